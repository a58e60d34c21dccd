//! Switches of a printer or of the pool. They outlive a restart.
//!
//! Pause-, Resume-Printer (RFC 8011, 4.2.7 and 4.2.8); Enable-, Disable-Printer, Pause-Printer-After-Current-Job,
//! Hold-New-Jobs, Release-Held-New-Jobs, Restart-, Shutdown-, Startup-Printer (RFC 3998, 3). A sheet that was begun is
//! always finished, so that both kinds of pause are one.

use smol_str::{SmolStr, format_smolstr};

use super::super::codec::{Value, op};
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;
use crate::model::PrinterControl;

/// Most bytes of `printer-message-from-operator` (RFC 8011, 5.4.25).
const MESSAGE: usize = 127;

/// The switch that an operation turns; `None` where it turns none.
fn switch(code: u16) -> Option<fn(&mut PrinterControl)> {
    Some(match code {
        op::PAUSE_PRINTER | op::PAUSE_PRINTER_AFTER_CURRENT_JOB => |c| c.paused = true,
        op::RESUME_PRINTER => |c| c.paused = false,
        op::ENABLE_PRINTER => |c| c.accepting = true,
        op::DISABLE_PRINTER => |c| c.accepting = false,
        op::HOLD_NEW_JOBS => |c| c.holding_new = true,
        op::SHUTDOWN_PRINTER => |c| c.shut_down = true,
        op::STARTUP_PRINTER => |c| c.shut_down = false,
        // As after a start, with what was switched before: nothing of the queue is lost (RFC 3998, 3.4).
        op::RESTART_PRINTER => |c| {
            c.shut_down = false;
            c.paused = false;
        },
        _ => return None,
    })
}

/// Whether [`run`] runs this operation.
pub fn is_switch(code: u16) -> bool {
    code == op::RELEASE_HELD_NEW_JOBS || switch(code).is_some()
}

pub async fn run(call: &Call<'_>, code: u16) -> Result<Answer, Failure> {
    let (destination, _) = call.known_printer().await?;
    let message = operators_message(call);
    let name = op::name(code).unwrap_or("a switch");
    let queue = &call.shared.queue;
    let mut answer = Answer::default();
    match switch(code) {
        Some(switch) => {
            let change = move |control: &mut PrinterControl| {
                switch(control);
                if let Some(message) = message {
                    control.message_from_operator = message;
                }
            };
            queue.control(destination.clone(), &call.valid.user, change).await?;
        }
        None => {
            let count = queue.release_new_jobs(destination.clone()).await?;
            answer.message = format_smolstr!("{count} jobs were let go");
        }
    }
    log::info!("{name} for {destination} by {}", call.valid.who());
    Ok(answer)
}

/// `printer-message-from-operator` of the request: every one of these operations may bring one (RFC 3380, 6.1).
fn operators_message(call: &Call<'_>) -> Option<SmolStr> {
    let attribute = call.valid.operation.get("printer-message-from-operator")?;
    let text = attribute.values.first().and_then(Value::as_str)?;
    Some(clean(text, MESSAGE))
}

/// A text without control characters, of at most so many bytes.
pub fn clean(text: &str, most: usize) -> SmolStr {
    let mut short = String::new();
    for c in text.chars().filter(|c| !c.is_control()) {
        if short.len() + c.len_utf8() > most {
            break;
        }
        short.push(c);
    }
    short.into()
}
