//! People, programs, grants and tokens.

use proptest::prelude::*;

use super::*;
use crate::model::{Client, Code, Ends, NewTokens, Role, Scopes, Session, User};

fn user(name: &str, role: Role) -> User {
    User::new(name.into(), role, Timestamp(1))
}

fn client(id: &str, name: &str) -> Client {
    Client {
        id: id.into(),
        name: name.into(),
        secret: Some(Digest([7; 32])),
        redirect_uris: vec!["https://shop.example/cb".into()],
        scopes: scopes(),
        created: Timestamp(1),
        created_by: "ola".into(),
        revoked: None,
    }
}

fn scopes() -> Scopes {
    "jobs:read jobs:write".parse().unwrap()
}

fn tokens(access: u8, refresh: u8) -> NewTokens {
    NewTokens {
        scopes: scopes(),
        access: (Digest([access; 32]), Timestamp(600)),
        refresh: Some((Digest([refresh; 32]), Timestamp(60_000))),
    }
}

fn session(user: i64, at: i64) -> Session {
    Session {
        id: 0,
        user,
        created: Timestamp(at),
        used: Timestamp(at),
        expires: Timestamp(at + 100),
        address: "10.0.0.1".into(),
        agent: "a browser".into(),
    }
}

#[tokio::test]
async fn people_are_read_back_as_they_were_written_and_names_are_one_persons_or_programs() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let ola = store.make_user(user("Ola", Role::Owner), true).await.unwrap().unwrap();
    assert_eq!(store.make_user(user("x", Role::Owner), true).await.unwrap(), None);
    let changed = store.change_user(ola.id, Timestamp(2), |user: &mut User, others| {
        assert_eq!(others, 0);
        user.password = Some("$argon2id$".into());
        user.totp = Some(vec![1, 2]);
        user.totp_step = 5;
        Ok::<_, ()>(Ends::default())
    });
    let ola = changed.await.unwrap().unwrap();
    assert_eq!(store.user_by_name(" oLA").await.unwrap(), Some(ola.clone()));
    assert!(!format!("{ola:?}").contains("argon2id"), "not for the log");
    let taken = |result: Result<_, StoreError>| matches!(result, Err(StoreError::NameTaken(_)));
    assert!(taken(store.make_user(user("OLA", Role::Viewer), false).await.map(drop)));
    assert!(taken(store.make_client(client("c1", "ola")).await.map(drop)));
    // Cyrillic letters among Latin ones.
    let alike = "\u{41e}l\u{430}";
    assert!(taken(store.make_user(user(alike, Role::Viewer), false).await.map(drop)));
    let shop = store.make_client(client("c1", "Shop")).await.unwrap();
    assert_eq!(store.client("c1".into()).await.unwrap(), Some(shop));
    assert!(taken(store.make_client(client("c2", "shop")).await.map(drop)));
    assert!(taken(
        store.make_user(user("shop", Role::Viewer), false).await.map(drop)
    ));
    store.revoke_client("c1".into(), Timestamp(9)).await.unwrap();
    assert!(store.make_client(client("c2", "shop")).await.is_ok());
    store.close().await;
}

#[tokio::test]
async fn sessions_end_with_their_person_and_the_oldest_when_there_are_many() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let ola = store.make_user(user("ola", Role::Owner), true).await.unwrap().unwrap();
    for n in 1..=4 {
        let digest = Digest([n; 32]);
        store.make_session(digest, session(ola.id, n.into()), 3).await.unwrap();
    }
    assert_eq!(store.session(Digest([1; 32])).await.unwrap(), None);
    let (kept, whose) = store.session(Digest([4; 32])).await.unwrap().unwrap();
    assert_eq!((whose.name.as_str(), whose.seen), ("ola", Some(Timestamp(4))));
    assert_eq!(store.sessions(ola.id, Timestamp(5)).await.unwrap().len(), 3);
    assert!(
        !store.end_session(kept.id, Some(ola.id + 1)).await.unwrap(),
        "another one's"
    );
    assert!(store.end_session(kept.id, Some(ola.id)).await.unwrap());
    store
        .remove_user(ola.id, |_, _| Ok::<_, ()>(()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(store.session(Digest([3; 32])).await.unwrap(), None);
    store.close().await;
}

#[tokio::test]
async fn a_refused_code_stays_and_one_that_comes_again_takes_its_tokens_along() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let ola = store.make_user(user("ola", Role::Owner), true).await.unwrap().unwrap();
    store.make_client(client("c1", "shop")).await.unwrap();
    let code = Code {
        client: "c1".into(),
        user: ola.id,
        redirect_uri: None,
        scopes: scopes(),
        challenge: "c".into(),
        expires: Timestamp(60),
    };
    let digest = Digest([1; 32]);
    store.make_code(digest, code.clone()).await.unwrap();
    let refused = store.take_code(digest, Timestamp(5), |_, _| Err::<NewTokens, _>("no"));
    assert_eq!(refused.await.unwrap(), Taken::Refused("no"));
    let taken = store.take_code(digest, Timestamp(6), move |found, user| {
        assert_eq!((found, user.name.as_str()), (&code, "ola"));
        Ok::<_, ()>(tokens(10, 11))
    });
    assert!(matches!(taken.await.unwrap(), Taken::Done(_)));
    let access = store.token(Digest([10; 32])).await.unwrap().unwrap();
    assert!(access.is_good(Timestamp(599)) && !access.is_good(Timestamp(600)));
    let again = store.take_code(digest, Timestamp(7), |_, _| Ok::<_, ()>(tokens(20, 21)));
    assert!(matches!(again.await.unwrap(), Taken::Again(_)));
    assert!(
        !store
            .token(Digest([10; 32]))
            .await
            .unwrap()
            .unwrap()
            .is_good(Timestamp(8))
    );
    assert_eq!(store.token(Digest([20; 32])).await.unwrap(), None);
    store.close().await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However a thief and the program take turns with the refresh tokens of a family: as soon as one of them is taken a
    /// second time, no token of the family counts any more.
    #[test]
    fn a_family_ends_when_a_token_comes_again(turns in prop::collection::vec(0usize..6, 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let store = open(folder.path());
            let ola = store.make_user(user("ola", Role::Owner), true).await.unwrap().unwrap();
            store.make_client(client("c1", "shop")).await.unwrap();
            let code = Code {
                client: "c1".into(), user: ola.id, redirect_uri: None, scopes: scopes(), challenge: "c".into(),
                expires: Timestamp(60),
            };
            store.make_code(Digest([255; 32]), code).await.unwrap();
            store.take_code(Digest([255; 32]), Timestamp(1), |_, _| Ok::<_, ()>(tokens(100, 0))).await.unwrap();
            let mut newest = 0u8;
            let mut is_stolen = false;
            for back in turns {
                let shown = newest.saturating_sub(u8::try_from(back).unwrap());
                let next = newest + 1;
                let taken = store.exchange_token(Digest([shown; 32]), Timestamp(2), move |token| {
                    if token.is_good(Timestamp(2)) { Ok(tokens(100 + next, next)) } else { Err(()) }
                }).await.unwrap();
                is_stolen |= shown < newest;
                match taken {
                    Taken::Done(_) => {
                        prop_assert!(!is_stolen);
                        newest = next;
                    }
                    Taken::Again(grant) => prop_assert!(is_stolen && grant.revoked.is_some()),
                    Taken::Refused(()) => prop_assert!(is_stolen),
                    Taken::Unknown => prop_assert!(false, "every token is known"),
                }
                for byte in (0..=newest).flat_map(|n| [n, 100 + n]) {
                    let token = store.token(Digest([byte; 32])).await.unwrap().unwrap();
                    prop_assert!(!(is_stolen && token.is_good(Timestamp(3))));
                }
            }
            store.close().await;
            Ok(())
        })?;
    }
}
