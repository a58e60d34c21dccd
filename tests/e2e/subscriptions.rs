//! Subscriptions and their notifications, by `ipptool`.

use std::path::Path;

use crate::common::daemon::Daemon;
use crate::common::ipptool::{ask, command, number, reaches};
use crate::common::{ipptool, photo};

fn daemon(folder: &Path) -> Daemon {
    Daemon::start(
        folder,
        "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.1\n",
    )
}

fn numbers(text: &str) -> Vec<i32> {
    let parts = text.split("notify-sequence-number (integer) = ").skip(1);
    parts
        .map(|p| p.split_whitespace().next().unwrap().parse().unwrap())
        .collect()
}

#[test]
fn what_happens_is_told_once_in_order_and_with_the_same_numbers_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let daemon = daemon(folder);
    let pool = daemon.uri(None);
    let text = command(
        folder,
        &pool,
        "Create-Printer-Subscriptions",
        "GROUP subscription-attributes-tag\n ATTR keyword notify-pull-method ippget\n ATTR keyword notify-events \
         job-created,job-completed,job-config-changed\n ATTR octetString notify-user-data hello\n ATTR integer \
         notify-lease-duration 3600",
    );
    let id = number(&text, "notify-subscription-id (integer) = ").unwrap();
    let hold = "ATTR keyword job-hold-until indefinite";
    let job = ipptool::print(folder, &pool, &photo::jpeg(folder), "image/jpeg", hold);
    let mine = format!("ATTR uri printer-uri $uri\n ATTR name requesting-user-name anna\n ATTR integer job-id {job}");
    ask(folder, &pool, "Release-Job", &mine, "successful-ok");
    reaches(&daemon, job, "completed");
    let fetch = |daemon: &Daemon, from: i32| {
        let more = format!("ATTR integer notify-subscription-ids {id}\n ATTR integer notify-sequence-numbers {from}");
        command(folder, &daemon.uri(None), "Get-Notifications", &more)
    };
    let text = fetch(&daemon, 1);
    assert_eq!(numbers(&text), [1, 2, 3], "{text}");
    for line in [
        "notify-subscribed-event (keyword) = job-created",
        "notify-subscribed-event (keyword) = job-config-changed",
        "notify-subscribed-event (keyword) = job-completed",
        "notify-user-data (octetString) = hello",
        "job-state (enum) = completed",
        "notify-get-interval (integer) = 5",
        "was sent by anna",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert_eq!(numbers(&fetch(&daemon, 3)), [3]);
    daemon.kill();
    let daemon = self::daemon(folder);
    assert_eq!(numbers(&fetch(&daemon, 2)), [2, 3]);

    let pool = daemon.uri(None);
    let one = format!("ATTR integer notify-subscription-id {id}");
    let text = command(folder, &pool, "Get-Subscription-Attributes", &one);
    assert!(
        text.contains("notify-subscriber-user-name (nameWithoutLanguage) = anna"),
        "{text}"
    );
    let text = command(folder, &pool, "Get-Subscriptions", "");
    assert_eq!(text.matches("notify-subscription-id (integer)").count(), 1, "{text}");
    let longer = format!("{one}\n GROUP subscription-attributes-tag\n ATTR integer notify-lease-duration 7200");
    let text = command(folder, &pool, "Renew-Subscription", &longer);
    assert!(text.contains("notify-lease-duration (integer) = 7200"), "{text}");
    command(folder, &pool, "Cancel-Subscription", &one);
    let gone = format!("ATTR uri printer-uri $uri\n ATTR integer notify-subscription-ids {id}");
    ask(folder, &pool, "Get-Notifications", &gone, "client-error-not-found");
}

#[test]
fn nothing_is_sent_to_addresses_that_clients_name() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let daemon = daemon(folder);
    let asked = "ATTR uri printer-uri $uri\n ATTR name requesting-user-name anna\n GROUP subscription-attributes-tag\n \
                 ATTR uri notify-recipient-uri mailto:eve@example.org\n ATTR keyword notify-events job-completed";
    let text = ask(
        folder,
        &daemon.uri(None),
        "Create-Printer-Subscriptions",
        asked,
        "client-error-ignored-all-subscriptions",
    );
    assert!(text.contains("notify-status-code (enum)"), "{text}");
    // A job is accepted, whatever becomes of the subscription that came with it.
    let with = "GROUP subscription-attributes-tag\n ATTR keyword notify-pull-method ippget";
    let text = command(folder, &daemon.uri(None), "Create-Job", with);
    let id = number(&text, "notify-subscription-id (integer) = ");
    assert!(id.is_some(), "{text}");
}
