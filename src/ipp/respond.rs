//! Making an answer.

use smol_str::SmolStr;

use super::codec::{Attribute, Group, Message, Value, group, status};
use super::failure::Failure;
use super::listing::Listing;
use super::validate::VERSIONS;

/// What an operation gives back.
#[derive(Debug, Default)]
pub struct Answer {
    /// Attributes that were ignored or replaced: the status becomes
    /// `successful-ok-ignored-or-substituted-attributes`.
    pub unsupported: Vec<Attribute>,
    /// A word for the person, where there is one.
    pub message: SmolStr,
    /// The object groups.
    pub groups: Vec<Group>,
    /// A list of jobs, whose groups come last.
    pub listing: Option<Listing>,
    /// Attributes of the operation, beside those that every answer has.
    pub operation: Vec<Attribute>,
    /// Another status than that everything was done.
    pub status: Option<u16>,
}

impl Answer {
    /// One group.
    pub fn group(group: Group) -> Self {
        Answer {
            groups: vec![group],
            ..Answer::default()
        }
    }
}

/// The answer to `request`.
pub fn respond(request: &Message, result: Result<Answer, Failure>) -> Message {
    let (code, answer) = match result {
        Ok(answer) => {
            let plain = if answer.unsupported.is_empty() {
                status::SUCCESSFUL_OK
            } else {
                status::SUCCESSFUL_OK_IGNORED_OR_SUBSTITUTED_ATTRIBUTES
            };
            (answer.status.unwrap_or(plain), answer)
        }
        Err(failure) => (
            failure.status,
            Answer {
                message: failure.message,
                unsupported: failure.unsupported,
                groups: failure.groups,
                ..Answer::default()
            },
        ),
    };
    let mut operation = Group::new(group::OPERATION);
    operation.push("attributes-charset", Value::charset("utf-8"));
    operation.push("attributes-natural-language", Value::language("en"));
    if !answer.message.is_empty() {
        // status-message is text(255) (RFC 8011, 4.1.6.2).
        operation.push("status-message", Value::text(&clip(&answer.message, 255)));
    }
    operation.attributes.extend(answer.operation);
    let mut all = vec![operation];
    if !answer.unsupported.is_empty() {
        all.push(Group {
            tag: group::UNSUPPORTED,
            attributes: answer.unsupported,
        });
    }
    all.extend(answer.groups);
    // The answer speaks the client's version where that is spoken here, else 2.0 (RFC 8011, 4.1.8).
    let version = if VERSIONS.contains(&request.version) {
        request.version
    } else {
        (2, 0)
    };
    Message {
        version,
        code,
        request_id: request.request_id,
        groups: all,
    }
}

/// At most `octets` octets of a text, cut between characters.
fn clip(text: &str, octets: usize) -> String {
    let mut end = text.len().min(octets);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
