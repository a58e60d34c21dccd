//! Single answers that a client may count on.

use super::super::codec::Group;
use super::*;

fn print(job: impl FnOnce(&mut Group)) -> Message {
    let mut message = request(op::PRINT_JOB, None);
    let mut group = Group::new(group::JOB);
    job(&mut group);
    message.groups.push(group);
    message
}

/// Adds operation attributes.
fn with(mut message: Message, operation: impl FnOnce(&mut Group)) -> Message {
    operation(&mut message.groups[0]);
    message
}

fn words(group: &Group, name: &str) -> Vec<String> {
    let values = &group.get(name).unwrap_or_else(|| panic!("no {name}: {group:?}")).values;
    values.iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}

async fn subscribe(house: &House, job: Option<i32>, events: &str) -> i32 {
    let code = match job {
        Some(_) => op::CREATE_JOB_SUBSCRIPTIONS,
        None => op::CREATE_PRINTER_SUBSCRIPTIONS,
    };
    let mut message = with(request(code, None), |operation| {
        if let Some(job) = job {
            operation.push("notify-job-id", Value::Integer(job));
        }
    });
    let mut group = Group::new(group::SUBSCRIPTION);
    group.push("notify-pull-method", Value::keyword("ippget"));
    group.push("notify-events", Value::keyword(events));
    message.groups.push(group);
    let answer = ask(house, &message, &[]).await;
    let made = answer.group(group::SUBSCRIPTION).unwrap();
    made.first("notify-subscription-id")
        .and_then(Value::as_integer)
        .unwrap()
}

fn fetch(ids: &[i32]) -> Message {
    with(request(op::GET_NOTIFICATIONS, None), |operation| {
        let ids = ids.iter().map(|id| Value::Integer(*id)).collect();
        operation.push_all("notify-subscription-ids", ids);
    })
}

#[tokio::test]
async fn when_a_job_has_ended_its_subscription_is_complete() {
    let house = House::new().await;
    let job = new_id(&ask(&house, &print(|_| {}), &PICTURE).await);
    let other = new_id(&ask(&house, &print(|_| {}), &PICTURE).await);
    let id = subscribe(&house, Some(job), "job-completed").await;
    let still = subscribe(&house, Some(other), "job-completed").await;
    let answer = ask(&house, &fetch(&[id]), &[]).await;
    assert_eq!(answer.code, status::SUCCESSFUL_OK);
    assert!(answer.groups[0].get("notify-get-interval").is_some());
    ask(&house, &request(op::CANCEL_JOB, Some(job)), &[]).await;
    for _ in 0..2 {
        let answer = ask(&house, &fetch(&[id]), &[]).await;
        assert_eq!(answer.code, status::SUCCESSFUL_OK_EVENTS_COMPLETE);
        assert_eq!(
            answer.groups[0].get("notify-get-interval"),
            None,
            "nobody need ask again"
        );
        let told = answer.group(group::EVENT_NOTIFICATION).unwrap();
        assert_eq!(words(told, "notify-subscribed-event"), ["job-completed"]);
    }
    let both = ask(&house, &fetch(&[id, still]), &[]).await;
    assert_eq!(both.code, status::SUCCESSFUL_OK, "one of them may still tell something");
    house.close().await;
}

#[tokio::test]
async fn a_turned_switch_is_told_with_the_state_of_the_printer() {
    let house = House::new().await;
    house.set_printers(&["Gertie"]).await;
    let id = subscribe(&house, None, "printer-state-changed").await;
    for code in [op::PAUSE_PRINTER, op::DISABLE_PRINTER, op::RESUME_PRINTER] {
        assert_eq!(ask(&house, &request(code, None), &[]).await.code, status::SUCCESSFUL_OK);
    }
    let answer = ask(&house, &fetch(&[id]), &[]).await;
    assert_eq!(answer.code, status::SUCCESSFUL_OK, "a printer is never complete");
    let told: Vec<_> = answer
        .groups_of(group::EVENT_NOTIFICATION)
        .map(|event| {
            let accepting = event.first("printer-is-accepting-jobs").and_then(Value::as_bool);
            let state = event.first("printer-state").and_then(Value::as_enum);
            (
                state.unwrap(),
                words(event, "printer-state-reasons").concat(),
                accepting.unwrap(),
            )
        })
        .collect();
    // Stopped in the end, too: no printer answers in this house.
    let expected = [(5, "paused", true), (5, "paused", false), (5, "none", false)];
    assert_eq!(told, expected.map(|(s, r, a)| (s, r.to_owned(), a)));
    house.close().await;
}

#[tokio::test]
async fn validate_job_says_no_where_print_job_would() {
    let house = House::new().await;
    let validate = request(op::VALIDATE_JOB, None);
    for _ in 0..40 {
        assert_eq!(ask(&house, &validate, &[]).await.code, status::SUCCESSFUL_OK);
        assert_eq!(ask(&house, &print(|_| {}), &PICTURE).await.code, status::SUCCESSFUL_OK);
    }
    assert_eq!(
        ask(&house, &print(|_| {}), &PICTURE).await.code,
        status::SERVER_ERROR_TOO_MANY_JOBS
    );
    assert_eq!(
        ask(&house, &validate, &[]).await.code,
        status::SERVER_ERROR_TOO_MANY_JOBS
    );
    house.close().await;
}

#[tokio::test]
async fn an_orientation_that_is_not_listed_is_not_taken() {
    let house = House::new().await;
    let asked = || print(|job| job.push("orientation-requested", Value::Enum(7)));
    let answer = ask(&house, &asked(), &PICTURE).await;
    assert_eq!(answer.code, status::SUCCESSFUL_OK_IGNORED_OR_SUBSTITUTED_ATTRIBUTES);
    let exact = with(asked(), |operation| {
        operation.push("ipp-attribute-fidelity", Value::Boolean(true))
    });
    let answer = ask(&house, &exact, &PICTURE).await;
    assert_eq!(answer.code, status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED);
    let back = answer.group(group::UNSUPPORTED).unwrap();
    assert_eq!(back.first("orientation-requested"), Some(&Value::Enum(7)));
    house.close().await;
}

#[tokio::test]
async fn the_uris_of_a_job_agree_with_each_other() {
    let house = House::new().await;
    // The client that sends it calls the house "studio", the one that asks calls it "localhost".
    let job = new_id(&ask(&house, &print(|_| {}), &PICTURE).await);
    let answer = ask(&house, &request(op::GET_JOB_ATTRIBUTES, Some(job)), &[]).await;
    let told = answer.group(group::JOB).unwrap();
    assert_eq!(words(told, "job-uri"), [format!("ipp://localhost:631/ipp/job/{job}")]);
    assert_eq!(words(told, "job-printer-uri"), ["ipp://localhost:631/ipp/print"]);
    house.close().await;
}

#[tokio::test]
async fn page_ranges_that_leave_no_page_are_refused_when_the_pages_are_known() {
    let house = House::new().await;
    let refused = status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED;
    let pages = |job: &mut Group| job.push("page-ranges", Value::Range(2, 5));
    let answer = ask(&house, &print(pages), &PICTURE).await;
    assert_eq!(answer.code, refused);
    let back = answer.group(group::UNSUPPORTED).unwrap();
    assert_eq!(back.first("page-ranges"), Some(&Value::Range(2, 5)));
    assert!(words(&answer.groups[0], "status-message")[0].contains("the document has one page"));
    let open = ask(&house, &request(op::GET_JOBS, None), &[]).await;
    assert_eq!(open.groups_of(group::JOB).count(), 0, "nothing was made of it");

    let mut create = request(op::CREATE_JOB, None);
    let mut group = Group::new(group::JOB);
    pages(&mut group);
    create.groups.push(group);
    let job = new_id(&ask(&house, &create, &[]).await);
    let send = |last: bool| {
        with(request(op::SEND_DOCUMENT, Some(job)), |operation| {
            operation.push("last-document", Value::Boolean(last));
        })
    };
    // Another document might have more.
    assert_eq!(ask(&house, &send(false), &PICTURE).await.code, status::SUCCESSFUL_OK);
    assert_eq!(ask(&house, &send(true), &PICTURE).await.code, refused);
    house.close().await;
}

fn move_to(job: Option<i32>, uri: &str) -> Message {
    let mut message = request(op::CUPS_MOVE_JOB, job);
    let mut group = Group::new(group::JOB);
    group.push("job-printer-uri", Value::uri(uri));
    message.groups.push(group);
    message
}

#[tokio::test]
async fn a_job_that_waits_is_moved_and_all_of_a_destination_too() {
    let house = House::new().await;
    house.set_printers(&["Gertie", "Squirty"]).await;
    let mut jobs = Vec::new();
    for _ in 0..3 {
        jobs.push(new_id(&ask(&house, &print(|_| {}), &PICTURE).await));
    }
    let at = async |printer: &str| {
        let mut message = request(op::GET_JOBS, None);
        message.groups[0].attributes.retain(|a| a.name != "printer-uri");
        let uri = format!("ipp://studio:631/ipp/print/{printer}");
        message.groups[0]
            .attributes
            .insert(2, super::super::codec::Attribute::new("printer-uri", Value::uri(&uri)));
        let answer = ask(&house, &message, &[]).await;
        answer.groups_of(group::JOB).count()
    };
    let gertie = "ipp://studio:631/printers/Gertie";
    let told = subscribe(&house, Some(jobs[0]), "job-config-changed").await;
    assert_eq!(
        ask(&house, &move_to(Some(jobs[0]), gertie), &[]).await.code,
        status::SUCCESSFUL_OK
    );
    assert_eq!((at("gertie").await, at("squirty").await), (1, 0));
    let answer = ask(&house, &fetch(&[told]), &[]).await;
    assert_eq!(answer.groups_of(group::EVENT_NOTIFICATION).count(), 1);
    let answer = ask(&house, &request(op::GET_JOB_ATTRIBUTES, Some(jobs[0])), &[]).await;
    let uri = words(answer.group(group::JOB).unwrap(), "job-printer-uri");
    assert_eq!(uri, ["ipp://localhost:631/ipp/print/gertie"]);
    // To where it is already.
    assert_eq!(
        ask(&house, &move_to(Some(jobs[0]), gertie), &[]).await.code,
        status::SUCCESSFUL_OK
    );

    let answer = ask(&house, &move_to(None, "ipp://studio:631/ipp/print/squirty"), &[]).await;
    assert_eq!(answer.code, status::SUCCESSFUL_OK);
    assert!(words(&answer.groups[0], "status-message")[0].starts_with("2 jobs were moved to Squirty"));
    assert_eq!((at("gertie").await, at("squirty").await), (1, 2));

    for (message, code) in [
        (move_to(Some(999), gertie), status::CLIENT_ERROR_NOT_FOUND),
        (
            move_to(Some(jobs[0]), "ipp://studio:631/ipp/print/nobody"),
            status::CLIENT_ERROR_NOT_FOUND,
        ),
        (
            move_to(Some(jobs[0]), "file:///etc/passwd"),
            status::CLIENT_ERROR_NOT_FOUND,
        ),
        (
            request(op::CUPS_MOVE_JOB, Some(jobs[0])),
            status::CLIENT_ERROR_BAD_REQUEST,
        ),
    ] {
        assert_eq!(ask(&house, &message, &[]).await.code, code, "{message:?}");
    }
    ask(&house, &request(op::CANCEL_JOB, Some(jobs[0])), &[]).await;
    let ended = ask(&house, &move_to(Some(jobs[0]), gertie), &[]).await;
    assert_eq!(ended.code, status::CLIENT_ERROR_NOT_POSSIBLE);
    house.close().await;
}
