//! What is said of a printer behind its name. Pure.

use smol_str::{SmolStr, format_smolstr};

/// A text about a printer, to stand behind its name and a colon: it need not name the printer once more.
pub fn said_of(name: &str, text: &str) -> SmolStr {
    match text.strip_prefix(name).filter(|_| !name.is_empty()) {
        Some(rest) if rest.starts_with(": ") => rest[2..].into(),
        Some(rest) if rest.starts_with(' ') => format_smolstr!("it{rest}"),
        _ => text.into(),
    }
}

/// A sentence as a clause: without its full stop, and beginning small.
pub fn clause(sentence: &str) -> SmolStr {
    let mut letters = sentence.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string());
    format_smolstr!("{}{}", first.unwrap_or_default(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_said_once() {
        assert_eq!(said_of("Gertie", "Gertie can't be reached"), "it can't be reached");
        assert_eq!(said_of("Gertie", "Gertie: it refused"), "it refused");
        assert_eq!(said_of("Gertie", "Gerties are many"), "Gerties are many");
        assert_eq!(said_of("", "nobody"), "nobody");
        assert_eq!(clause("Load paper into Gertie."), "load paper into Gertie");
        assert_eq!(clause(""), "");
    }
}
