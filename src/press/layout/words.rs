//! Words with fields: `"{title}[, {date}]"`.
//!
//! `{name}` stands for a field's value. What is in square brackets is left out when a field in it is empty. `{{`, `}}`,
//! `[[` and `]]` stand for the signs themselves. Brackets do not nest.

use std::collections::BTreeMap;

use super::limits;

/// The fields that every layout knows. A template adds its own.
pub const FIELDS: [&str; 17] = [
    "artist",
    "copyright",
    "date",
    "edition",
    "filename",
    "intent",
    "number",
    "of",
    "page",
    "pages",
    "paper",
    "printer",
    "profile",
    "resolution",
    "size",
    "title",
    "year",
];

/// Values of fields. What is not there is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Sets a value; its letters beyond [`limits::VALUE`] are left out.
    pub fn set(&mut self, name: impl Into<String>, value: impl AsRef<str>) {
        let value = value.as_ref().chars().take(limits::VALUE).collect();
        self.0.insert(name.into(), value);
    }

    /// The same, to be chained.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl AsRef<str>) -> Self {
        self.set(name, value);
        self
    }

    /// A value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// A piece of a text.
#[derive(Debug, PartialEq)]
enum Piece {
    Plain(String),
    Field(String),
    Open,
    Close,
}

/// Reads a text.
fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    if text.chars().count() > limits::TEXT {
        return Err(format!("at most {} letters; make it shorter", limits::TEXT));
    }
    if text.lines().count() > limits::TEXT_LINES {
        return Err(format!("at most {} lines; make them fewer", limits::TEXT_LINES));
    }
    let (mut found, mut plain, mut open) = (Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if "{}[]".contains(letter) && letters.peek() == Some(&letter) {
            letters.next();
            plain.push(letter);
            continue;
        }
        let piece = match letter {
            '{' => {
                let mut name = String::new();
                loop {
                    match letters.next() {
                        Some('}') => break,
                        Some(c) if c.is_ascii_alphanumeric() || c == '-' || c == '_' => name.push(c),
                        _ => return Err("a { wants a field's name and a } after it; write {{ for the sign".to_owned()),
                    }
                }
                Piece::Field(name)
            }
            '[' if !open => {
                open = true;
                Piece::Open
            }
            ']' if open => {
                open = false;
                Piece::Close
            }
            '[' => return Err("square brackets don't nest; write [[ for the sign".to_owned()),
            '}' | ']' => return Err(format!("a {letter} that closes nothing; write it twice for the sign")),
            other => {
                plain.push(other);
                continue;
            }
        };
        if !plain.is_empty() {
            found.push(Piece::Plain(std::mem::take(&mut plain)));
        }
        found.push(piece);
    }
    if open {
        return Err("a [ that is not closed; write [[ for the sign".to_owned());
    }
    if !plain.is_empty() {
        found.push(Piece::Plain(plain));
    }
    Ok(found)
}

/// The names of a text's fields.
///
/// # Errors
/// Words that say what is wrong with the text.
pub fn names(text: &str) -> Result<Vec<String>, String> {
    let names = pieces(text)?.into_iter().filter_map(|p| match p {
        Piece::Field(name) => Some(name),
        _ => None,
    });
    Ok(names.collect())
}

/// The text with its fields' values. A text that can't be read is empty; it was checked before.
pub(super) fn filled(text: &str, value: impl Fn(&str) -> String) -> String {
    let (mut whole, mut bracket, mut empty) = (String::new(), None::<String>, false);
    for piece in pieces(text).unwrap_or_default() {
        let words = match piece {
            Piece::Plain(words) => words,
            Piece::Field(name) => {
                let words = value(&name);
                empty |= words.trim().is_empty();
                words
            }
            Piece::Open => {
                bracket = Some(String::new());
                empty = false;
                continue;
            }
            Piece::Close => {
                if let Some(words) = bracket.take().filter(|_| !empty) {
                    whole.push_str(&words);
                }
                continue;
            }
        };
        bracket.as_mut().unwrap_or(&mut whole).push_str(&words);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str) -> String {
        let fields = Fields::default().with("title", "Dune").with("of", "");
        filled(text, |n| fields.get(n).unwrap_or_default().to_owned())
    }

    #[test]
    fn fields_are_filled_and_empty_brackets_left_out() {
        assert_eq!(fill("{title}[ of {of}]"), "Dune");
        assert_eq!(fill("[“{title}”][, {year}]."), "“Dune”.");
        assert_eq!(fill("{{title}} [[{title}]]"), "{title} [Dune]");
    }

    #[test]
    fn what_is_not_closed_is_told() {
        for wrong in ["{title", "{ti tle}", "[a", "a]", "}", "[a[b]]c]", "{"] {
            assert!(names(wrong).is_err(), "{wrong}");
        }
        assert_eq!(names("{a}[ {b}]").unwrap(), ["a", "b"]);
    }
}
