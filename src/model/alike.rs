//! Names that look alike, so that nobody passes for somebody else, and no paper for another one.

use unicode_security::confusable_detection::skeleton;

/// Whether a person could take one name for the other, whatever letters they are made of (UTS #39, 4), and whether they
/// are written large or small.
pub fn look_alike(name: &str, other: &str) -> bool {
    look(name) == look(other) || look(&name.to_lowercase()) == look(&other.to_lowercase())
}

/// The same for all names that look the same. Spaces around and beside each other are nobody's name.
fn look(name: &str) -> String {
    let seen: String = skeleton(name).flat_map(char::to_lowercase).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character is there and can't be seen, so that two names would look alike: joiners, marks of direction.
pub fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_other_scripts_digits_and_capitals_fool_nobody() {
        for (name, other) in [
            ("olga", "\u{43e}lg\u{430}"),
            ("Photo Rag", "Ph\u{43e}t\u{43e}  Rag"),
            ("anna", "ANNA"),
            ("Bob", "B0b"),
            ("Gertie 1", "Gertie l"),
            ("Bill", "BiIl"),
            ("Zoë", "Zoe\u{308}"),
            ("\u{391}lpha", "Alpha"),
        ] {
            assert!(look_alike(name, other), "{name} {other}");
        }
        for (name, other) in [
            ("anna", "anne"),
            ("Rag 308", "Rag 188"),
            ("Zoë", "Zoe"),
            ("\u{43e}\u{43b}\u{44c}\u{433}\u{430}", "olga"),
            ("Gertie", "Gertie 2"),
        ] {
            assert!(!look_alike(name, other), "{name} {other}");
        }
    }
}
