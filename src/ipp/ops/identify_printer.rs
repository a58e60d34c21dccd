//! Identify-Printer (PWG 5100.13, 4.1): which of these boxes is it?
//!
//! The wish is written into the event log, from which the panel and the pages take it.

use smol_str::SmolStr;

use super::super::codec::{Value, status};
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;
use super::switches::clean;

/// `identify-actions-supported`: what every box can do, with a panel or without: a line where messages are shown.
pub const ACTIONS: [&str; 1] = ["display"];
/// Most bytes of `message` (PWG 5100.13: text(127)).
const MESSAGE: usize = 127;

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    let (destination, _) = call.known_printer().await?;
    let operation = &call.valid.operation;
    let actions: Vec<SmolStr> = match operation.get("identify-actions") {
        None => vec![SmolStr::new_static(ACTIONS[0])],
        Some(asked) => {
            let known = |v: &&Value| v.as_str().is_some_and(|word| ACTIONS.contains(&word));
            if let Some(unknown) = asked.values.iter().find(|v| !known(v)) {
                let mut failure = Failure::new(
                    status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED,
                    "this way of showing itself is not there: identify-actions-supported tells which are",
                );
                failure.unsupported = vec![super::super::codec::Attribute::new("identify-actions", unknown.clone())];
                return Err(failure);
            }
            // Each once, however often it was named.
            let named = |word: &&&str| asked.values.iter().any(|v| v.as_str() == Some(word));
            ACTIONS.iter().filter(named).map(SmolStr::new).collect()
        }
    };
    let message = operation
        .get("message")
        .and_then(|a| a.values.first())
        .and_then(Value::as_str)
        .map(|text| clean(text, MESSAGE))
        .unwrap_or_default();
    log::info!(
        "{destination} was asked to show itself by {}: \"{message}\"",
        call.valid.who()
    );
    let printer = destination.printer().cloned();
    call.shared.queue.identify(printer, actions, message).await?;
    Ok(Answer::default())
}
