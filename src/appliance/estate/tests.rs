//! A house that changes while it runs, with its doors open.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use super::super::Appliance;
use crate::api::ops::feeders::NewLoaded;
use crate::api::ops::printers::{NewPrinter, WaitingJobs};
use crate::api::ops::profile_uses::NewUse;
use crate::api::ops::routines::NewRoutine;
use crate::api::{Api, Caller};
use crate::color::Profile;
use crate::config::Config;
use crate::ipp::codec::{Message, Value, op};
use crate::model::{JobId, JobState, PrinterId, Routine};

fn ola() -> Caller {
    Caller::owner("ola")
}

fn id(name: &str) -> PrinterId {
    PrinterId::new(name).unwrap()
}

fn config(folder: &std::path::Path) -> Config {
    let text = "[ipp]\nlisten = [\"127.0.0.1:0\"]\n[web]\nlisten = [\"127.0.0.1:0\"]\n\
                [[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.0\n\
                [[preset]]\nname = \"Small\"\nmedia = \"a5\"\n";
    let path = folder.join("platen.toml");
    std::fs::write(&path, text).unwrap();
    Config {
        data: folder.join("state"),
        ..Config::read(&path).unwrap()
    }
}

fn virtual_printer(name: &str) -> NewPrinter {
    NewPrinter {
        name: name.into(),
        uri: "virtual:".into(),
        seconds_per_sheet: Some(0.0),
    }
}

/// Runs a routine that is a page, and waits for it.
async fn print_there(api: &Api, printer: &str) -> JobState {
    let new = NewRoutine {
        routine: Routine::CalibrationPrint,
        confirm: false,
    };
    let job = api.run_routine(&ola(), &id(printer), new).await.unwrap();
    let mut events = api.store.subscribe();
    loop {
        events.borrow_and_update();
        let now = api.store.job(JobId(job.line.id)).await.unwrap().unwrap();
        if now.state.is_terminal() {
            return now.state;
        }
        // Generous: a test machine may be busy.
        let waited = tokio::time::timeout(Duration::from_secs(120), events.changed()).await;
        assert!(waited.is_ok(), "nothing happens any more: {now:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_is_added_prints_at_once_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let appliance = Appliance::start(&config(folder.path())).await.unwrap();
    let api = appliance.api().clone();
    api.add_printer(&ola(), virtual_printer("Squirty")).await.unwrap();
    assert_eq!(print_there(&api, "squirty").await, JobState::Completed);
    let printed = || {
        std::fs::read_dir(folder.path().join("state/prints/squirty"))
            .unwrap()
            .count()
    };
    assert!(printed() > 0);

    // A profile is used from the next job on.
    let bytes = Bytes::copy_from_slice(Profile::virtual_paper().as_bytes());
    let profile = api.add_profile(&ola(), Some("Lustre"), bytes).await.unwrap();
    let lustre = NewUse {
        profile: profile.digest.clone().into(),
        media_type: Some("photographic-glossy".into()),
        raster_type: None,
    };
    api.use_profile(&ola(), &id("squirty"), lustre.clone()).await.unwrap();
    appliance.stop().await;
    // Whoever holds the store keeps others out of its folder.
    drop(api);

    let appliance = Appliance::start(&config(folder.path())).await.unwrap();
    let api = appliance.api().clone();
    let names: Vec<String> = api
        .printers(&ola())
        .await
        .unwrap()
        .iter()
        .map(|p| p.id.to_string())
        .collect();
    assert_eq!(names, ["gertie", "squirty"]);
    let uses = api.printer_profiles(&ola(), &id("squirty")).await.unwrap();
    assert_eq!((uses.len(), uses[0].profile.as_str()), (1, profile.digest.as_str()));
    assert_eq!(print_there(&api, "squirty").await, JobState::Completed);
    let again = api
        .remove_profile(&ola(), &profile.digest.parse().unwrap())
        .await
        .unwrap_err();
    assert_eq!(again.code, "profile-used");

    // What it is taken away with goes, and its name is free.
    let rag = NewLoaded {
        media: Some("a4".into()),
        ..NewLoaded::default()
    };
    api.set_loaded(&ola(), &id("squirty"), "main", rag).await.unwrap();
    api.remove_printer(&ola(), &id("squirty"), WaitingJobs::Keep)
        .await
        .unwrap();
    assert!(api.store.loaded().await.unwrap().is_empty());
    let gone = api.printer(&ola(), &id("squirty")).await.unwrap_err();
    assert_eq!(gone.code, "printer-not-found");
    api.remove_profile(&ola(), &profile.digest.parse().unwrap())
        .await
        .unwrap();
    api.add_printer(&ola(), virtual_printer("Squirty")).await.unwrap();
    assert_eq!(print_there(&api, "squirty").await, JobState::Completed);
    appliance.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_a_printer_that_is_taken_away_are_printed_by_the_pool() {
    let folder = tempfile::tempdir().unwrap();
    let appliance = Appliance::start(&config(folder.path())).await.unwrap();
    let api = appliance.api().clone();
    let cleaning = NewRoutine {
        routine: Routine::Cleaning,
        confirm: false,
    };
    let asked = api.run_routine(&ola(), &id("gertie"), cleaning).await.unwrap_err();
    assert_eq!(asked.code, "confirmation-needed");
    // Nobody is there: its job waits.
    let away = NewPrinter {
        name: "Away".into(),
        uri: "ipp://127.0.0.1:9/ipp/print".into(),
        seconds_per_sheet: None,
    };
    api.add_printer(&ola(), away).await.unwrap();
    let job = api
        .queue
        .run_routine(&id("away"), Routine::CalibrationPrint, "ola".into())
        .await
        .unwrap();
    let kept = api
        .remove_printer(&ola(), &id("away"), WaitingJobs::Keep)
        .await
        .unwrap_err();
    assert_eq!(kept.code, "printer-needed");
    assert!(kept.detail.contains(&format!("job {}", job.id)), "{}", kept.detail);
    assert_eq!(
        api.remove_printer(&ola(), &id("away"), WaitingJobs::ToPool).await,
        Ok(1)
    );
    let ended = api.store.job(job.id).await.unwrap().unwrap();
    assert_eq!(ended.state, JobState::Canceled, "a routine is about one printer");
    appliance.stop().await;
}

/// What a client is told of all printers, as it comes over the wire.
async fn printers_by_ipp(appliance: &Appliance) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut message = Message::request(op::CUPS_GET_PRINTERS, 1);
    message.groups[0].push("printer-uri", Value::uri("ipp://localhost/ipp/print"));
    let mut body = Vec::new();
    message.encode(&mut body).unwrap();
    let mut socket = tokio::net::TcpStream::connect(appliance.addresses()[0]).await.unwrap();
    let head = format!(
        "POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&body).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn presets_and_settings_are_others_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let appliance = Appliance::start(&config(folder.path())).await.unwrap();
    let api = appliance.api().clone();
    let wish = serde_json::from_value(json!({
        "name": "Rag A3+", "printer": "gertie", "media": "a3+", "border": 20.0, "print_quality": "high",
        "print_scaling": "fit", "print_rendering_intent": "perceptual",
    }));
    let made = api.add_preset(&ola(), wish.unwrap()).await.unwrap();
    assert_eq!((made.id.as_str(), made.preset.border), ("rag-a3", Some(20.0)));
    assert_eq!(made.preset.print_rendering_intent.as_deref(), Some("perceptual"));
    let shown: Vec<(String, bool)> = api
        .presets(&ola())
        .await
        .unwrap()
        .iter()
        .map(|p| (p.id.to_string(), p.configured))
        .collect();
    assert_eq!(shown, [("small".to_owned(), true), ("rag-a3".to_owned(), false)]);
    assert!(printers_by_ipp(&appliance).await.contains("Rag A3+"));
    let configured = api.remove_preset(&ola(), &id("small")).await.unwrap_err();
    assert_eq!(configured.code, "configured");
    let taken = api.add_printer(&ola(), virtual_printer("Rag A3")).await.unwrap_err();
    assert_eq!(taken.code, "name-taken");
    let patch = |json: serde_json::Value| json.as_object().cloned().unwrap();
    let wrong = api
        .change_preset(&ola(), &id("rag-a3"), patch(json!({"border": 300.0})))
        .await
        .unwrap_err();
    assert!(wrong.detail.contains("border"), "{}", wrong.detail);
    let changed = api
        .change_preset(&ola(), &id("rag-a3"), patch(json!({"border": null})))
        .await
        .unwrap();
    assert_eq!(changed.preset.border, None);
    let leads = api
        .add_preset(
            &ola(),
            serde_json::from_value(json!({"name": "B", "printer": "none"})).unwrap(),
        )
        .await;
    assert_eq!(leads.unwrap_err().field.unwrap(), "printer");

    let extra = api
        .add_preset(&ola(), serde_json::from_value(json!({"name": "Passing"})).unwrap())
        .await
        .unwrap();
    assert!(printers_by_ipp(&appliance).await.contains("Passing"));
    api.remove_preset(&ola(), &id(&extra.id)).await.unwrap();
    assert!(!printers_by_ipp(&appliance).await.contains("Passing"));

    let operators = patch(json!({"ipp_operators": "network", "document_days": 3}));
    let settings = api.change_settings(&ola(), operators).await.unwrap();
    assert_eq!(settings.settings.document_days, 3);
    assert_eq!(settings.configured.document_days, 30);
    let system = api.system(&ola()).await.unwrap();
    assert_eq!(
        (system.ipp_addresses.len(), system.certificate.unwrap().sha256.len()),
        (1, 95)
    );
    assert!(
        api.certificate()
            .await
            .unwrap()
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
    let drawing = crate::api::estate::Drawing {
        template: "white-border".into(),
        paper: None,
        set: vec!["border=20".into()],
        side: 200,
    };
    let drawn = api.draw_template(&ola(), drawing).await.unwrap();
    assert!(drawn.starts_with(b"\x89PNG"));
    appliance.stop().await;
    // Whoever holds the store keeps others out of its folder.
    drop(api);

    let appliance = Appliance::start(&config(folder.path())).await.unwrap();
    let names: Vec<&str> = appliance.presets().iter().map(|preset| preset.id.as_str()).collect();
    assert_eq!(names, ["small", "rag-a3"]);
    assert_eq!(appliance.api().estate.settings().document_days, 3);
    appliance.stop().await;
}
