//! What is handed to whoever helps: one archive, without secrets and without what jobs and people are called.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use smol_str::{SmolStr, format_smolstr};

use crate::api::{Api, Caller, Problem};
use crate::logging;
use crate::model::{EventKind, EventSeq, Scope, Timestamp};
use crate::system::support::{text_without_secrets, without_people, without_secrets};

/// The newest events that go in.
const EVENTS: i64 = 1_000;
/// Lines of the log that go in: all that are kept.
const LINES: usize = 2_000;

impl Api {
    /// The archive (POSIX tar), and what to call it.
    ///
    /// # Errors
    /// 403; 500 where it can't be made.
    pub async fn support_bundle(&self, caller: &Caller) -> Result<(String, Vec<u8>), Problem> {
        // What is in it is everybody's.
        for scope in [
            Scope::SettingsRead,
            Scope::PrintersRead,
            Scope::EventsRead,
            Scope::JobsAll,
        ] {
            caller.needs(scope)?;
        }
        let now = Timestamp::now();
        let mut files: Vec<(String, String)> = Vec::new();
        let mut add = |name: &str, value: Value| {
            let text = serde_json::to_string_pretty(&without_secrets(&value)).unwrap_or_default();
            files.push((format!("{name}.json"), text));
        };
        let told = |value: Result<Value, serde_json::Error>| value.unwrap_or(Value::Null);
        add("system", told(serde_json::to_value(self.system(caller).await?)));
        add("settings", told(serde_json::to_value(self.settings(caller).await?)));
        let updates = self.updates(caller)?;
        add("machine", told(serde_json::to_value(self.machine(caller).await?)));
        add("backup", told(serde_json::to_value(self.backup(caller).await?)));
        let house = self.store.house().await?;
        let printers = house.printers.iter().map(|printer| {
            json!({"id": printer.id, "uri": printer.uri, "status": printer.status, "capabilities": printer.capabilities})
        });
        add("printers", printers.collect());
        let attempts = house.open_attempts.iter().map(|attempt| {
            json!({"job": attempt.job, "printer": attempt.printer, "phase": attempt.phase, "opened": attempt.opened})
        });
        add("open-attempts", attempts.collect());
        let after = EventSeq(self.newest().0.saturating_sub(EVENTS));
        let events = self
            .store
            .events_after(after, u32::try_from(EVENTS).unwrap_or(u32::MAX))
            .await?;
        let mut people: BTreeSet<SmolStr> = self.store.users().await?.into_iter().map(|user| user.name).collect();
        people.extend(events.iter().filter_map(|event| match &event.kind {
            EventKind::JobCreated { user, .. } => Some(user.clone()),
            _ => None,
        }));
        let events = events.into_iter().map(|event| {
            let mut told = told(serde_json::to_value(&event));
            // What a job is called is nobody's business.
            let is_of_a_job = event.job.is_some() || matches!(event.kind, EventKind::JobCreated { .. });
            if is_of_a_job && let Some(name) = told.get_mut("name") {
                *name = Value::from(crate::system::support::TAKEN_OUT);
            }
            told
        });
        add("events", events.collect());
        for update in updates.history.iter().filter(|update| update.has_log) {
            if let Ok(log) = self.update_log(caller, update.id).await {
                files.push((format!("update-{}.log", update.id), text_without_secrets(&log)));
            }
        }
        let mut add = |name: &str, value: Value| {
            let text = serde_json::to_string_pretty(&without_secrets(&value)).unwrap_or_default();
            files.push((format!("{name}.json"), text));
        };
        add("updates", told(serde_json::to_value(&updates)));
        let lines = logging::ring().after(log::Level::Trace, 0, LINES);
        let lines = lines.into_iter().map(|line| {
            let at = crate::api::view::Moment(Timestamp(line.at));
            format!("{at} {} {}: {}\n", line.level, line.room, line.text)
        });
        files.push(("log.txt".to_owned(), text_without_secrets(&lines.collect::<String>())));
        for (_, text) in &mut files {
            *text = without_people(text, people.iter().map(SmolStr::as_str));
        }
        let name = format!("platen-support-{}", now.as_seconds());
        let folder = name.clone();
        let made = tokio::task::spawn_blocking(move || archive(&folder, &files, now)).await;
        let made = made
            .map_err(|e| Problem::internal(&e))?
            .map_err(|e| Problem::internal(&e))?;
        log::info!("{}", format_smolstr!("a support bundle was made for {}", caller.name));
        Ok((format!("{name}.tar"), made))
    }
}

fn archive(folder: &str, files: &[(String, String)], now: Timestamp) -> std::io::Result<Vec<u8>> {
    let mut made = tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut head = tar::Header::new_ustar();
        head.set_size(text.len() as u64);
        head.set_mode(0o644);
        head.set_mtime(now.as_seconds().unsigned_abs());
        made.append_data(&mut head, format!("{folder}/{name}"), text.as_bytes())?;
    }
    made.into_inner()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::api::Caller;
    use crate::api::house::House;
    use crate::model::{EventKind, Role, Timestamp};

    /// Words that must not get out of the house.
    const PLANTED: [&str; 6] = [
        "wedding-of-anna",
        "anna",
        "hunter2hunter2",
        "qJtVxPfN8m2ZrC4KhW7eDsA1uYb6GoLi3TnRkXw9E0Q",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "gI6EdUSYvn8ugXOt8QQD6Yc+JyiXxIhp3GiSWRgWwic=",
    ];

    #[tokio::test]
    async fn secrets_that_lie_about_everywhere_are_in_no_file_of_it() {
        crate::logging::start(vec![Box::new(crate::logging::ring())], log::LevelFilter::Info);
        let house = House::new().await;
        let owner = || Some(Caller::owner("ola"));
        house.behind().submit("anna").await;
        for (path, wish) in [
            (
                "/api/v1/webhooks",
                json!({"url": format!("https://shop.example/hooks?token={}", PLANTED[3])}),
            ),
            ("/api/v1/users", json!({"name": "anna", "role": "client"})),
            ("/api/v1/settings", json!({"studio_name": "The studio"})),
        ] {
            let method = if path.ends_with("settings") { "PATCH" } else { "POST" };
            let made = house.ask(owner(), method, path, wish).await;
            assert!(made.status < 300, "{path}: {}", made.json());
        }
        let kind = EventKind::JobCreated {
            name: "wedding-of-anna".into(),
            user: "anna".into(),
        };
        house.api.store.tell(Timestamp::now(), None, kind).await.unwrap();
        for planted in PLANTED {
            log::info!("job 7 \"{planted}\": goes to Gertie");
            log::warn!("Authorization: Bearer {planted}");
            log::warn!("something with password={planted} in it");
        }
        for planted in &PLANTED[3..] {
            log::error!("and there stood {planted} in the open");
        }
        let (name, archive) = house.api.support_bundle(&Caller::owner("ola")).await.unwrap();
        assert!(name.ends_with(".tar"));
        let mut names = Vec::new();
        for entry in tar::Archive::new(archive.as_slice()).entries().unwrap() {
            use std::io::Read as _;
            let mut entry = entry.unwrap();
            let name = entry.path().unwrap().display().to_string();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            for planted in PLANTED {
                assert!(!text.contains(planted), "{name} has {planted}: {text}");
            }
            names.push(name.rsplit('/').next().unwrap().to_owned());
        }
        for wanted in [
            "system.json",
            "log.txt",
            "events.json",
            "printers.json",
            "updates.json",
            "machine.json",
        ] {
            assert!(names.iter().any(|name| name == wanted), "{names:?}");
        }
        let viewer = house.api.support_bundle(&Caller::of_role("vera", Role::Viewer)).await;
        assert_eq!(viewer.unwrap_err().status, 403);
        house.close().await;
    }
}
