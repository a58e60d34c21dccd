//! What is handed to whoever helps: one archive of what the house says of itself, with secrets and names taken out. Pure.
//!
//! Only what is named goes in, and all of it goes through [`without_secrets`]: values that are secrets by their name, and
//! words that are secrets by their look, wherever they stand. What jobs and people are called, and what is on pictures, is
//! no help to anybody and stays here.

use serde_json::{Map, Value};

/// What stands in place of what was taken out.
pub const TAKEN_OUT: &str = "(taken out)";
/// Names of values that are secrets, or say who somebody is; compared in small letters, as parts of a name.
const SECRET_NAMES: [&str; 20] = [
    "secret",
    "password",
    "passphrase",
    "psk",
    "token",
    "totp",
    "cookie",
    "authorization",
    "private",
    "preshared",
    "shared",
    "credential",
    "callback",
    "user",
    "asked_by",
    "phone",
    "mail",
    "ssid",
    "community",
    "serial",
];
/// Names of values that look like one of them and are none.
const NO_SECRETS: [&str; 2] = ["has_password", "users"];
/// Words behind which a secret stands: `Bearer abc`, `password=abc`.
const INTRODUCTIONS: [&str; 10] = [
    "bearer",
    "basic",
    "password",
    "passphrase",
    "psk",
    "secret",
    "token",
    "code",
    "key",
    "cookie",
];
/// Least letters of a word that looks like a secret.
const LONG: usize = 20;

/// A document without secrets.
pub fn without_secrets(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let told = fields.iter().map(|(name, value)| {
                let value = match is_secret_name(name) && !value.is_null() {
                    true => Value::from(TAKEN_OUT),
                    false => without_secrets(value),
                };
                (name.clone(), value)
            });
            Value::Object(told.collect::<Map<_, _>>())
        }
        Value::Array(values) => values.iter().map(without_secrets).collect(),
        Value::String(text) => Value::from(line_without_secrets(text)),
        other => other.clone(),
    }
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !NO_SECRETS.contains(&name.as_str()) && SECRET_NAMES.iter().any(|secret| name.contains(secret))
}

/// A text without secrets, line by line. Where a private key begins, everything to its end is taken out.
pub fn text_without_secrets(text: &str) -> String {
    let mut is_key = false;
    let mut told = String::with_capacity(text.len());
    for line in text.lines() {
        if line.contains("-----BEGIN") && line.contains("PRIVATE") {
            is_key = true;
            told.push_str(TAKEN_OUT);
            told.push('\n');
        }
        if !is_key {
            told.push_str(&line_without_secrets(line));
            told.push('\n');
        }
        if line.contains("-----END") {
            is_key = false;
        }
    }
    told
}

/// A text without people's names, wherever one stands as a word.
pub fn without_people<'a>(text: &str, people: impl IntoIterator<Item = &'a str>) -> String {
    let mut told = text.to_owned();
    for name in people.into_iter().filter(|name| !name.is_empty()) {
        let mut rest = std::mem::take(&mut told);
        while let Some(at) = rest.find(name) {
            let end = at + name.len();
            let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            let is_word = !is_letter(
                rest[..at]
                    .chars()
                    .next_back()
                    .or(told.chars().next_back().filter(|_| at == 0)),
            ) && !is_letter(rest[end..].chars().next());
            told.push_str(&rest[..at]);
            told.push_str(if is_word { TAKEN_OUT } else { name });
            rest.drain(..end);
        }
        told.push_str(&rest);
    }
    told
}

/// One line: names in quotes, what stands behind a word that introduces a secret, what looks like one.
fn line_without_secrets(line: &str) -> String {
    let mut told = String::with_capacity(line.len());
    let mut is_introduced = false;
    for word in quoted(line).split_inclusive(is_gap) {
        let bare = word.trim_end_matches(is_gap);
        let gap = &word[bare.len()..];
        let is_taken = is_introduced && !bare.is_empty() && bare != TAKEN_OUT;
        match is_taken || looks_secret(bare) {
            true => told.push_str(TAKEN_OUT),
            false => told.push_str(bare),
        }
        told.push_str(gap);
        let lower = bare.to_ascii_lowercase();
        let introduces = INTRODUCTIONS.iter().any(|known| {
            lower == *known || lower.ends_with(&format!("_{known}")) || lower.ends_with(&format!("-{known}"))
        });
        // "password = x", "password: x", "Bearer x": signs between are passed over.
        is_introduced =
            introduces || (is_introduced && (bare.is_empty() || bare.bytes().all(|b| b.is_ascii_punctuation())));
    }
    told
}

/// Whether a letter stands between words.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || "=:,;()[]{}<>&?'\"".contains(c)
}

/// A line whose quoted parts are taken out: people's and jobs' names are told in quotes.
fn quoted(line: &str) -> String {
    let mut told = String::with_capacity(line.len());
    for (place, part) in line.split('"').enumerate() {
        if place > 0 {
            told.push('"');
        }
        match place % 2 == 1 {
            true => told.push_str(TAKEN_OUT),
            false => told.push_str(part),
        }
    }
    told
}

/// Whether a word is a secret by its look: long, of the letters of base64, hexadecimal or a token, and no word of a
/// language, no address, no path and no name with dots.
fn looks_secret(word: &str) -> bool {
    let word = word.trim_matches(|c: char| c.is_ascii_punctuation() && !"+/=_-$".contains(c));
    if word.len() < LONG
        || !word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=_-.~$".contains(&b))
    {
        return false;
    }
    // Paths and addresses are told apart by their parts: each is short.
    let longest = word.split(['/', '.', '-', '_', '$']).map(str::len).max().unwrap_or(0);
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let has_both = word.bytes().any(|b| b.is_ascii_uppercase()) && word.bytes().any(|b| b.is_ascii_lowercase());
    longest >= LONG && (digits > 0 || has_both)
}

#[cfg(test)]
mod tests;
