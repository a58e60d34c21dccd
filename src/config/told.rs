//! What is wrong with a file, in words of whoever wrote it: the reader's own speak of types.

/// The line, where it is known, and what is wrong there.
pub fn told(text: &str, error: &toml::de::Error) -> (Option<usize>, String) {
    let at = error.span().map(|span| span.start.min(text.len()));
    let line = at.map(|at| 1 + text.bytes().take(at).filter(|b| *b == b'\n').count());
    let key = line.and_then(|line| key_in(text, line));
    let message = error.message().replace('\n', " ");
    (line, in_words(&message, key.as_deref()).unwrap_or(message))
}

/// The key of a line, with the section that it stands in: `[ipp] connections`.
fn key_in(text: &str, line: usize) -> Option<String> {
    let lines: Vec<&str> = text.lines().take(line).collect();
    let (key, _) = lines.last()?.split_once('=')?;
    let mut sections = lines.iter().rev().map(|line| line.trim());
    let section = sections.find(|line| line.starts_with('[') && line.ends_with(']'));
    Some(match section {
        Some(section) => format!("{section} {}", key.trim()),
        None => key.trim().to_owned(),
    })
}

fn in_words(message: &str, key: Option<&str>) -> Option<String> {
    if let Some(rest) = message.strip_prefix("unknown field `") {
        let (field, known) = rest.split_once('`')?;
        let known = known.trim_start_matches(", expected ").trim_start_matches("one of ");
        return Some(format!(
            "there is no key {field} here; {} can be",
            known.replace('`', "")
        ));
    }
    if let Some(field) = message.strip_prefix("missing field `") {
        return Some(format!("{} is missing: say it", field.trim_end_matches('`')));
    }
    let wrong = message
        .strip_prefix("invalid value: ")
        .or_else(|| message.strip_prefix("invalid type: "))?;
    let (found, expected) = wrong.rsplit_once(", expected ")?;
    let found = found
        .rsplit_once('`')
        .and_then(|(rest, _)| rest.split_once('`'))
        .map_or_else(
            // `string "x"`, `map`, …
            || found.trim_start_matches("string ").to_owned(),
            |(_, value)| value.to_owned(),
        );
    let key = key.unwrap_or("this");
    Some(format!("{key} can't be {found}: give {}", wanted(expected)))
}

/// What may stand there, of a type's name.
fn wanted(expected: &str) -> &str {
    match expected {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number, 0 or more",
        "a nonzero u8" => "a whole number from 1 to 255",
        "a nonzero u16" => "a whole number from 1 to 65535",
        "a nonzero u32" => "a whole number from 1 to 4294967295",
        "a nonzero u64" | "a nonzero usize" => "a whole number, 1 or more",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a string" | "string" | "path string" => "a text in quotation marks",
        "a sequence" => "a list in brackets",
        "socket address" | "IPv4 socket address" | "IPv6 socket address" => {
            "an address with its port, such as \"0.0.0.0:631\""
        }
        other if other.starts_with("struct ") => "a section of its own, in brackets",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Config;

    fn error(text: &str) -> String {
        let text = format!("{text}\n[[printer]]\nname = \"G\"\nuri = \"virtual:\"\n");
        Config::parse(&text, Path::new("platen.toml")).unwrap_err().to_string()
    }

    #[test]
    fn numbers_are_refused_by_their_key_and_not_by_their_type() {
        let paper =
            "[[paper]]\nname = \"Rag\"\nmedia = \"a3\"\nmedia-type = \"photographic-matte\"\nfinish = \"matte\"\n";
        for (text, says) in [
            (
                "[ipp]\nconnections = -1",
                "[ipp] connections can't be -1: give a whole number",
            ),
            (
                "[ipp]\njobs-per-user = 5000000000",
                "[ipp] jobs-per-user can't be 5000000000",
            ),
            ("[ipp]\nannounce = 1", "[ipp] announce can't be 1: give true or false"),
            (
                "[press]\nside = \"big\"",
                "[press] side can't be \"big\": give a whole number",
            ),
            ("[press]\nside = 1.5", "[press] side can't be 1.5: give a whole number"),
            ("[ipp]\nlisten = \"here\"", "give a list in brackets"),
            ("[spool]\ndocument-bytes = true", "[spool] document-bytes can't be true"),
            ("data = 3", "data can't be 3: give a text in quotation marks"),
            (
                "[history]\ndocument-weeks = 3",
                "there is no key document-weeks here; document-days",
            ),
            ("[[window]]\nat = \"06:30\"", "minutes is missing"),
            (
                &format!("{paper}weight = 70000"),
                "[[paper]] weight can't be 70000: give a whole number from 0 to 65535",
            ),
            (&format!("{paper}low = -2"), "[[paper]] low can't be -2"),
        ] {
            let said = error(text);
            assert!(said.contains(says), "{text}: {said}");
            for rust in ["u16", "u32", "u64", "usize", "f64", "invalid", "expected", "field"] {
                assert!(!said.contains(rust), "{said}");
            }
        }
    }
}
