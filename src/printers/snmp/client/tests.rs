//! The client against agents that a test plays, over real datagrams.

use super::*;
use crate::model::Timestamp;
use crate::printers::canon::status::tests::{INKS, document};
use crate::printers::snmp::canon;
use crate::printers::snmp::printer_mib::tests::pro_1000;
use crate::printers::snmp::read::{gather, understand};

/// Rows of a PRO-1000, in an agent's order.
fn rows() -> Vec<Row> {
    let root = Oid::parse(canon::ROOT).unwrap();
    let document = document();
    let chunks = (1u32..).zip(document.as_bytes().chunks(250));
    let mut rows = pro_1000();
    rows.extend(chunks.map(|(n, chunk)| Row {
        oid: root.child(&[1, 2, 1, n]),
        value: Value::Octets(chunk.to_vec()),
    }));
    rows.sort_by(|a, b| a.oid.cmp(&b.oid));
    rows
}

/// What an agent answers.
fn answered(question: &Message, rows: &[Row]) -> Message {
    let after = |oid: &Oid| rows.iter().find(|row| row.oid > *oid);
    let mut answer = Message {
        kind: Kind::Response,
        error_status: 0,
        error_index: 0,
        bindings: vec![],
        ..question.clone()
    };
    for binding in &question.bindings {
        let found = match question.kind {
            Kind::Get => rows.iter().find(|row| row.oid == binding.oid),
            _ => after(&binding.oid),
        };
        let Some(found) = found else {
            if question.version == Version::V1 {
                answer.error_status = NO_SUCH_NAME;
                answer.bindings.clone_from(&question.bindings);
                return answer;
            }
            let value = if question.kind == Kind::Get {
                Value::NoSuchObject
            } else {
                Value::EndOfMibView
            };
            answer.bindings.push(Binding {
                oid: binding.oid.clone(),
                value,
            });
            continue;
        };
        let many = if question.kind == Kind::GetBulk {
            question.error_index as usize
        } else {
            1
        };
        let from = rows.iter().skip_while(|row| row.oid != found.oid).take(many);
        answer.bindings.extend(from.map(|row| Binding {
            oid: row.oid.clone(),
            value: row.value.clone(),
        }));
    }
    answer
}

/// An agent; `say` makes datagrams of a question, each from the agent's socket or from another one.
async fn agent(mut say: impl FnMut(Message) -> Vec<(bool, Vec<u8>)> + Send + 'static) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut datagram = vec![0; 2_048];
        while let Ok((length, from)) = socket.recv_from(&mut datagram).await {
            for (is_own, bytes) in say(Message::decode(&datagram[..length]).unwrap()) {
                let sender = if is_own { &socket } else { &stranger };
                sender.send_to(&bytes, from).await.unwrap();
            }
        }
    });
    address
}

async fn client(to: SocketAddr, version: Version) -> Client {
    Client::open(to, version, "public", Duration::from_millis(700))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_pro_1000_is_read_in_either_version() {
    for speaks in [Version::V2c, Version::V1] {
        let all = rows();
        let to = agent(move |question| match question.version == speaks {
            true => vec![(true, answered(&question, &all).encode())],
            false => vec![],
        })
        .await;
        let answers = understand(&gather(to, "public").await.unwrap(), Timestamp(0));
        let inks: Vec<(&str, i32)> = answers
            .canon
            .as_ref()
            .unwrap()
            .inks
            .iter()
            .map(|i| (i.name.as_str(), i.level.unwrap()))
            .collect();
        assert_eq!(inks, INKS);
        assert_eq!(answers, understand(&rows(), Timestamp(0)));
    }
}

#[tokio::test]
async fn what_others_say_is_not_heard() {
    let name = Oid::parse("1.3.6.1.2.1.1.5.0").unwrap();
    let told = name.clone();
    let to = agent(move |question| {
        let say = |value: &str, id: i32, community: &[u8]| {
            let mut answer = answered(
                &question,
                &[Row {
                    oid: told.clone(),
                    value: Value::Octets(value.into()),
                }],
            );
            (answer.request_id, answer.community) = (question.request_id.wrapping_add(id), community.to_vec());
            answer.encode()
        };
        vec![
            (false, say("a stranger", 0, b"public")),
            (true, say("late", -1, b"public")),
            (true, say("of another", 0, b"private")),
            (true, question.encode()),
            (true, vec![0x30, 0x84, 0xff]),
            (true, say("Gertie", 0, b"public")),
        ]
    })
    .await;
    let rows = client(to, Version::V2c).await.get(&[name]).await.unwrap();
    assert_eq!(rows[0].value, Value::Octets(b"Gertie".to_vec()));
}

#[tokio::test]
async fn silence_noise_and_circles_end() {
    let root = Oid::parse("1.3.6.1.2.1.43").unwrap();
    let silent = agent(|_| vec![]).await;
    let walked = client(silent, Version::V2c)
        .await
        .walk(root.clone(), Bounds::TABLE)
        .await;
    assert!(matches!(walked, Err(SnmpError::Silent)));
    let noise = agent(|_| vec![(true, vec![7; 1_000]); 64]).await;
    assert!(matches!(
        client(noise, Version::V2c).await.get(std::slice::from_ref(&root)).await,
        Err(SnmpError::Silent)
    ));
    // One that tells the same row for ever.
    let circle = agent(|question| {
        let row = Row {
            oid: Oid::parse("1.3.6.1.2.1.43.5").unwrap(),
            value: Value::Integer(1),
        };
        let mut answer = answered(&question, &[]);
        (answer.bindings, answer.error_status) = (
            vec![Binding {
                oid: row.oid,
                value: row.value,
            }],
            0,
        );
        vec![(true, answer.encode())]
    })
    .await;
    let (rows, whole) = client(circle, Version::V2c)
        .await
        .walk(root.clone(), Bounds::TABLE)
        .await
        .unwrap();
    assert_eq!((rows.len(), whole), (1, false));
    // One that refuses.
    let refusing = agent(|question| {
        let mut answer = answered(&question, &[]);
        answer.error_status = 16;
        vec![(true, answer.encode())]
    })
    .await;
    assert!(matches!(
        client(refusing, Version::V2c).await.walk(root, Bounds::TABLE).await,
        Err(SnmpError::Refused(16))
    ));
}
