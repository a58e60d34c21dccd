//! Which letters can be set.

use super::TextError;
use super::line::Line;

/// Most letters of a text that a message repeats.
const SHOWN: usize = 40;

/// Checks that every letter of a text can be set. A tab is a space, and a line may end.
///
/// # Errors
/// [`TextError::NoLetter`] or [`TextError::Control`].
pub fn check(words: &str) -> Result<(), TextError> {
    for line in words.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let shown = || -> String {
            let clean = |c: char| if c.is_control() { '·' } else { c };
            line.chars().take(SHOWN).map(clean).collect()
        };
        if let Some(control) = line.chars().find(|c| c.is_control() && *c != '\t') {
            return Err(TextError::Control {
                code: u32::from(control),
                words: shown(),
            });
        }
        if let Some(letter) = Line::unknown(line)? {
            return Err(TextError::NoLetter {
                letter,
                code: u32::from(letter),
                words: shown(),
            });
        }
    }
    Ok(())
}
