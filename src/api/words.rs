//! What serde says of a value, as a person would say it: which field, what it must be, and what it was instead.
//!
//! Serde's texts are all that is left of what it found. Each form of them is held by a test against serde itself, so that
//! another wording of it does not pass unseen; what is of no known form is told as it is, because the house's own readers
//! say it well already.

use smol_str::{SmolStr, format_smolstr};

/// Most characters of what was sent that are told back.
const SHOWN: usize = 60;

/// A text of serde's about a field (`ticket/border`; empty: the whole), for a person.
pub fn plain(field: &str, text: &str) -> SmolStr {
    let text = without_place(text);
    let name = match field {
        "" | "." => "this",
        named => named,
    };
    if let Some(missing) = quoted(text, "missing field ") {
        return format_smolstr!("{missing} is missing");
    }
    if let Some(twice) = quoted(text, "duplicate field ") {
        return format_smolstr!("{twice} is there twice: leave one of them out");
    }
    if let Some(rest) = text.strip_prefix("unknown field ") {
        let (unknown, known) = rest.split_once(", ").unwrap_or((rest, ""));
        let unknown = short(unknown.trim_matches('`'));
        return match one_of(known) {
            Some(known) => format_smolstr!("there is no field \"{unknown}\" here: there are {known}"),
            None => format_smolstr!("there is no field \"{unknown}\" here, nor any other"),
        };
    }
    if let Some(rest) = text.strip_prefix("unknown variant ") {
        let (unknown, known) = rest.rsplit_once(", expected ").unwrap_or((rest, ""));
        let unknown = short(unknown.trim_matches('`'));
        let known = one_of(known).unwrap_or_default();
        return format_smolstr!("{name} is one of {known}, and not \"{unknown}\"");
    }
    for (prefix, is_type) in [("invalid type: ", true), ("invalid value: ", false)] {
        let Some((found, expected)) = text
            .strip_prefix(prefix)
            .and_then(|rest| rest.rsplit_once(", expected "))
        else {
            continue;
        };
        let expected = wanted(expected);
        return match is_type {
            true => format_smolstr!("{name} must be {expected}, and {} was sent", kind(found)),
            false => format_smolstr!("{name} must be {expected}"),
        };
    }
    if let Some((_, expected)) = text
        .strip_prefix("invalid length ")
        .and_then(|rest| rest.split_once(", expected "))
    {
        return format_smolstr!("{name} must be {}", wanted(expected));
    }
    match text {
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            format_smolstr!("{name} must be a whole number")
        }
        "number too large to fit in target type" => format_smolstr!("{name} is too large a number"),
        "number too small to fit in target type" => format_smolstr!("{name} is too small a number"),
        "invalid float literal" | "cannot parse float from empty string" => format_smolstr!("{name} must be a number"),
        // What a query has twice that is no list.
        "unsupported value" => format_smolstr!("{name} is there twice: leave one of them out"),
        // What a reader of the house's own has said.
        own => own.into(),
    }
}

/// The text without where in the document it was found, which counts from a machine's point of view.
fn without_place(text: &str) -> &str {
    let Some((before, place)) = text.rsplit_once(" at line ") else {
        return text;
    };
    let is_place = place
        .split(" column ")
        .all(|number| number.bytes().all(|b| b.is_ascii_digit()));
    if is_place { before } else { text }
}

fn quoted<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.strip_prefix(prefix)?.strip_prefix('`')?.strip_suffix('`')
}

/// `expected one of` and its sisters: the words that may stand there.
fn one_of(expected: &str) -> Option<String> {
    let list = expected.trim_start_matches("expected ").trim_start_matches("one of ");
    let words: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// What serde wants, for a person.
fn wanted(expected: &str) -> SmolStr {
    let whole = |most: &str| format_smolstr!("a whole number from 0 to {most}");
    let known = match expected {
        "u8" => return whole("255"),
        "u16" => return whole("65535"),
        "u32" => return whole("4294967295"),
        "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a string" | "a borrowed string" | "string" | "str" | "string or map" => "a text",
        "a boolean" | "\"true\", \"on\" or \"false\"" => "true or false",
        "a character" => "one letter",
        "a sequence" => "a list",
        "unit" => "null",
        expected if expected == "a map" || expected.starts_with("struct ") => "an object with named fields",
        expected if expected.starts_with("a sequence of ") || expected.starts_with("a tuple of ") => "a list",
        expected if expected.starts_with("an array of length ") => {
            return format_smolstr!("a list of {}", expected.trim_start_matches("an array of length "));
        }
        expected if expected.starts_with("enum ") || expected == "variant identifier" => "one of its words",
        expected => return expected.into(),
    };
    known.into()
}

/// What serde has found, without the value: that may be a password in the wrong place.
fn kind(found: &str) -> &'static str {
    let kinds = [
        ("integer", "a number"),
        ("floating point", "a number"),
        ("string", "a text"),
        ("boolean", "true or false"),
        ("null", "null"),
        ("unit", "null"),
        ("sequence", "a list"),
        ("map", "an object"),
    ];
    let known = kinds.into_iter().find(|(word, _)| found.starts_with(word));
    known.map_or("something else", |(_, words)| words)
}

fn short(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::api::call::{from_form, from_json};

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Act {
        Hold,
        LetGo,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Part {
        border: f64,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Whole {
        name: String,
        #[serde(default)]
        copies: Option<u8>,
        #[serde(default)]
        after: Option<i64>,
        #[serde(default)]
        act: Option<Act>,
        #[serde(default)]
        draft: Option<bool>,
        #[serde(default)]
        part: Option<Part>,
        #[serde(default)]
        list: Vec<u32>,
        #[serde(default)]
        sides: Option<[f64; 4]>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}

    #[test]
    fn a_person_is_told_what_is_expected_and_where() {
        let all = "name, copies, after, act, draft, part, list, sides";
        for (json, field, text) in [
            (r"{}", "name", "name is missing".to_owned()),
            (
                r#"{"name": 7}"#,
                "name",
                "name must be a text, and a number was sent".to_owned(),
            ),
            (
                r#"{"name": null}"#,
                "name",
                "name must be a text, and null was sent".to_owned(),
            ),
            (
                r#"{"name": "a", "copies": "2"}"#,
                "copies",
                "copies must be a whole number from 0 to 255, and a text was sent".to_owned(),
            ),
            (
                r#"{"name": "a", "copies": 300}"#,
                "copies",
                "copies must be a whole number from 0 to 255".to_owned(),
            ),
            (
                r#"{"name": "a", "after": 1.5}"#,
                "after",
                "after must be a whole number, and a number was sent".to_owned(),
            ),
            (
                r#"{"name": "a", "act": "go"}"#,
                "act",
                "act is one of hold, let-go, and not \"go\"".to_owned(),
            ),
            (
                r#"{"name": "a", "draft": "no"}"#,
                "draft",
                "draft must be true or false, and a text was sent".to_owned(),
            ),
            (
                r#"{"name": "a", "part": 1}"#,
                "part",
                "part must be an object with named fields, and a number was sent".to_owned(),
            ),
            (
                r#"{"name": "a", "part": {"border": true}}"#,
                "part/border",
                "part/border must be a number, and true or false was sent".to_owned(),
            ),
            (
                r#"{"name": "a", "part": {}}"#,
                "part/border",
                "border is missing".to_owned(),
            ),
            (
                r#"{"name": "a", "list": [1, {}]}"#,
                "list/1",
                "list/1 must be a whole number from 0 to 4294967295, and an object was sent".to_owned(),
            ),
            (
                r#"{"name": "a", "list": 4}"#,
                "list",
                "list must be a list, and a number was sent".to_owned(),
            ),
            (
                r#"{"name": "a", "sides": [1]}"#,
                "sides",
                "sides must be a list of 4".to_owned(),
            ),
            (
                r#"{"name": "a", "color": 1}"#,
                "color",
                format!("there is no field \"color\" here: there are {all}"),
            ),
            (
                r#"{"name": "a", "name": "b"}"#,
                "name",
                "name is there twice: leave one of them out".to_owned(),
            ),
        ] {
            let problem = from_json::<Whole>(json.as_bytes()).unwrap_err();
            assert_eq!(
                (problem.field.as_deref(), problem.detail.as_str()),
                (Some(field), text.as_str()),
                "{json}"
            );
        }
        let nothing = from_json::<Nothing>(b"{\"a\": 1}").unwrap_err();
        assert_eq!(nothing.detail, "there is no field \"a\" here, nor any other");
        let whole = from_json::<Whole>(b"7").unwrap_err();
        assert_eq!(
            (whole.field, whole.detail.as_str()),
            (None, "this must be an object with named fields, and a number was sent")
        );
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Query {
        limit: u8,
        #[serde(default)]
        gamut: Option<f64>,
        #[serde(default)]
        white: Option<bool>,
        #[serde(default)]
        act: Option<Act>,
    }

    #[test]
    fn so_it_is_of_queries() {
        for (query, field, text) in [
            ("", "limit", "limit is missing"),
            ("limit=many", "limit", "limit must be a whole number"),
            ("limit=", "limit", "limit must be a whole number"),
            ("limit=300", "limit", "limit is too large a number"),
            ("limit=-3", "limit", "limit must be a whole number"),
            ("limit=1&gamut=wide", "gamut", "gamut must be a number"),
            ("limit=1&white=yes", "white", "white must be true or false"),
            ("limit=1&act=go", "act", "act is one of hold, let-go, and not \"go\""),
            (
                "limit=1&x=1",
                "x",
                "there is no field \"x\" here: there are limit, gamut, white, act",
            ),
            (
                "limit=1&limit=2",
                "limit",
                "limit is there twice: leave one of them out",
            ),
        ] {
            let problem = from_form::<Query>(query.as_bytes()).unwrap_err();
            assert_eq!(
                (problem.field.as_deref(), problem.detail.as_str()),
                (Some(field), text),
                "{query}"
            );
        }
    }

    #[test]
    fn what_is_no_text_of_serdes_stays() {
        for own in ["a price is written as 4.20", "pages are written as 1-3,5", ""] {
            assert_eq!(plain("x", own), own);
        }
        assert_eq!(
            plain("x", "see it at line 3 of the table"),
            "see it at line 3 of the table"
        );
    }
}
