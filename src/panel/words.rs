//! Words on a narrow display: which letters it has, where lines break, what is cut.

use smol_str::SmolStr;

/// A text in letters that the display's fonts have (ISO 8859-1): the rest is replaced by what comes near, or `?`.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '‘' | '’' | '′' => plain.push('\''),
            '“' | '”' | '„' => plain.push('"'),
            '–' | '—' | '−' => plain.push('-'),
            '…' => plain.push_str("..."),
            '€' => plain.push_str("EUR"),
            c if c.is_whitespace() => plain.push(' '),
            ' '..='~' | '\u{a1}'..='\u{ff}' => plain.push(c),
            c if c.is_control() => {}
            _ => plain.push('?'),
        }
    }
    plain
}

/// A text of `most` letters at the most; what is too long loses its middle, so that a file's ending stays.
pub fn short(text: &str, most: usize) -> SmolStr {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= most {
        return text.into();
    }
    let kept = most.saturating_sub(2);
    let ending = kept / 3;
    let begin = letters[..kept - ending].iter();
    let end = letters[letters.len() - ending..].iter();
    begin.chain(&['.', '.']).chain(end).copied().take(most).collect()
}

/// The lines of a text, of `width` letters each and `most` in all. Words stay whole where they can; what does not fit ends
/// in two dots.
pub fn wrapped(text: &str, width: usize, most: usize) -> Vec<SmolStr> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        loop {
            let line = lines.last().map_or(0, |line| line.chars().count());
            let gap = usize::from(line > 0);
            let room = width.saturating_sub(line + gap);
            // A word that fits nowhere is broken where a third of a line is left, or more.
            let fits = word.len() <= room;
            if !fits && !(word.len() > width && room * 3 >= width) && line > 0 {
                lines.push(String::new());
                continue;
            }
            let taken: String = word.drain(..word.len().min(room.max(1))).collect();
            if let Some(last) = lines.last_mut() {
                if gap > 0 {
                    last.push(' ');
                }
                last.push_str(&taken);
            }
            if word.is_empty() {
                break;
            }
            lines.push(String::new());
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            let kept: String = last.chars().take(width.saturating_sub(2)).collect();
            *last = format!("{}..", kept.trim_end());
        }
    }
    lines.into_iter().map(SmolStr::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("the sheet is finished", 10, 3), ["the sheet", "is", "finished"]);
        assert_eq!(wrapped("the sheet is finished", 10, 2), ["the sheet", "is.."]);
        assert_eq!(
            wrapped("IMG_20261124_very_long.tif", 10, 3),
            ["IMG_202611", "24_very_lo", "ng.tif"]
        );
        assert_eq!(wrapped("", 10, 3), [""]);
    }

    #[test]
    fn names_lose_their_middle() {
        assert_eq!(short("Harbour at dawn, final.tif", 16), "Harbour at...tif");
        assert_eq!(short("short", 16), "short");
    }

    #[test]
    fn letters_that_are_not_there_are_replaced() {
        assert_eq!(plain("Größe – “Ω”…\n"), "Größe - \"?\"... ");
    }

    proptest! {
        #[test]
        fn nothing_is_wider_or_longer_than_it_may_be(text in ".{0,200}", width in 1usize..30, most in 1usize..6) {
            let text = plain(&text);
            let lines = wrapped(&text, width, most);
            prop_assert!(lines.len() <= most);
            prop_assert!(lines.iter().all(|line| line.chars().count() <= width.max(2)), "{lines:?}");
            prop_assert!(short(&text, width).chars().count() <= width);
        }
    }
}
