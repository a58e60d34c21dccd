//! The socket: one question, one answer, bounded in time, size and count.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::Instant;

use super::codec::{Binding, Kind, Message, Oid, Value, Version};
use super::walk::{Bounds, Row, Walk};
use crate::crypto;

/// How long an answer may take. Agents in printers are slow, and share their processor with the print.
const ANSWER: Duration = Duration::from_millis(1_500);
/// How often a question is asked.
const TRIES: u32 = 3;
/// Most datagrams that are looked at for one answer: others can't keep us busy.
const DATAGRAMS: usize = 32;
/// Largest datagram that is read.
const DATAGRAM: usize = 16 << 10;
/// Rows asked for at once. With strings of 255 bytes they fit into a datagram that no network has to split by much.
const REPETITIONS: i32 = 12;
/// Most questions of one walk.
const QUESTIONS: usize = 400;

/// error-status noSuchName (RFC 1157, 4.1.1)
const NO_SUCH_NAME: i32 = 2;

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum SnmpError {
    /// Nobody answers.
    #[error("it gives no answer by SNMP: switch SNMP on in its settings, with the community that is set here")]
    Silent,
    /// The socket does not work, or the machine says that nobody listens there.
    #[error("SNMP: {0}")]
    Socket(#[from] std::io::Error),
    /// It answers with an error.
    #[error("it refuses to be read by SNMP (error-status {0})")]
    Refused(i32),
}

/// An agent, as it is asked.
pub struct Client {
    socket: UdpSocket,
    version: Version,
    community: Vec<u8>,
    next_id: i32,
    /// When everything has to be over.
    deadline: Instant,
}

impl Client {
    /// One for the agent at an address, whose questions are all over after `within`.
    ///
    /// # Errors
    /// [`SnmpError::Socket`].
    pub async fn open(
        to: SocketAddr,
        version: Version,
        community: &str,
        within: Duration,
    ) -> Result<Client, SnmpError> {
        let any: SocketAddr = match to {
            SocketAddr::V4(_) => (std::net::Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (std::net::Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any).await?;
        // From now on the system drops what comes from any other address or port.
        socket.connect(to).await?;
        let mut id = [0; 4];
        // Hard to guess, for those who can't listen.
        let _ = crypto::random(&mut id);
        Ok(Client {
            socket,
            version,
            community: community.as_bytes().to_vec(),
            next_id: i32::from_be_bytes(id) & 0x3fff_ffff,
            deadline: Instant::now() + within,
        })
    }

    async fn ask(&mut self, kind: Kind, oids: &[Oid], repetitions: i32) -> Result<Message, SnmpError> {
        self.next_id = self.next_id.wrapping_add(1) & i32::MAX;
        let bindings = oids.iter().map(|oid| Binding {
            oid: oid.clone(),
            value: Value::Null,
        });
        let question = Message {
            version: self.version,
            community: self.community.clone(),
            kind,
            request_id: self.next_id,
            error_status: 0,
            error_index: repetitions,
            bindings: bindings.collect(),
        };
        let bytes = question.encode();
        for _ in 0..TRIES {
            if Instant::now() >= self.deadline {
                break;
            }
            self.socket.send(&bytes).await?;
            let until = self.deadline.min(Instant::now() + ANSWER);
            match tokio::time::timeout_at(until, self.answer(question.request_id)).await {
                Ok(Ok(Some(answer))) => return Ok(answer),
                Ok(Ok(None)) | Err(_) => {}
                Ok(Err(error)) => return Err(error.into()),
            }
        }
        Err(SnmpError::Silent)
    }

    /// The answer of this number among what comes.
    async fn answer(&self, id: i32) -> std::io::Result<Option<Message>> {
        let mut datagram = vec![0; DATAGRAM];
        for _ in 0..DATAGRAMS {
            let length = self.socket.recv(&mut datagram).await?;
            match Message::decode(&datagram[..length]) {
                Ok(answer)
                    if answer.kind == Kind::Response
                        && answer.request_id == id
                        && answer.community == self.community =>
                {
                    return Ok(Some(answer));
                }
                // A late answer to an earlier try, or nothing of ours.
                Ok(_) => {}
                Err(error) => log::debug!("SNMP: an answer that is none: {error}"),
            }
        }
        Ok(None)
    }

    /// The values of these variables; those that are not there are left out.
    ///
    /// # Errors
    /// [`SnmpError`].
    pub async fn get(&mut self, oids: &[Oid]) -> Result<Vec<Row>, SnmpError> {
        let mut rows = Vec::new();
        // In version 1 one that is missing spoils the others.
        let together = if self.version == Version::V1 { 1 } else { 16 };
        for some in oids.chunks(together) {
            let answer = self.ask(Kind::Get, some, 0).await?;
            match answer.error_status {
                0 => {}
                NO_SUCH_NAME if self.version == Version::V1 => continue,
                status => return Err(SnmpError::Refused(status)),
            }
            let asked = answer
                .bindings
                .into_iter()
                .filter(|binding| some.contains(&binding.oid));
            let is_there = |value: &Value| {
                !matches!(
                    value,
                    Value::Null | Value::NoSuchObject | Value::NoSuchInstance | Value::EndOfMibView
                )
            };
            let told = asked.filter(|binding| is_there(&binding.value));
            rows.extend(told.take(some.len()).map(|Binding { oid, value }| Row { oid, value }));
        }
        Ok(rows)
    }

    /// Everything below `root`, as far as the bounds allow and time is left. Says whether it is all.
    ///
    /// # Errors
    /// [`SnmpError`], when nothing at all was read.
    pub async fn walk(&mut self, root: Oid, bounds: Bounds) -> Result<(Vec<Row>, bool), SnmpError> {
        let mut walk = Walk::new(root, bounds);
        for question in 0..QUESTIONS {
            let Some(after) = walk.next().cloned() else { break };
            let asked = match self.version {
                Version::V1 => self.ask(Kind::GetNext, &[after], 0).await,
                Version::V2c => self.ask(Kind::GetBulk, &[after], REPETITIONS).await,
            };
            let answer = match asked {
                Ok(answer) => answer,
                Err(_) if question > 0 => break,
                Err(error) => return Err(error),
            };
            match answer.error_status {
                0 => walk.take(answer.bindings),
                NO_SUCH_NAME => walk.end(),
                status if question == 0 => return Err(SnmpError::Refused(status)),
                _ => break,
            }
        }
        let whole = walk.is_whole();
        Ok((walk.into_rows(), whole))
    }
}

#[cfg(test)]
mod tests;
