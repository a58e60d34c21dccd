//! The colours that inks are shown in, by their codes and by the names that printers give them.

use smol_str::SmolStr;

/// Codes of Canon's and Epson's photo printers, and the colorants of the Printer-MIB (RFC 3805, 2.2.12.2), small letters
/// without spaces; for display only.
const COLORS: &[(&str, &str)] = &[
    ("pm", "#F2A6C6"),
    ("photomagenta", "#F2A6C6"),
    ("lightmagenta", "#F2A6C6"),
    ("lm", "#F2A6C6"),
    ("vlm", "#F2A6C6"),
    ("r", "#E2231A"),
    ("red", "#E2231A"),
    ("b", "#23318E"),
    ("blue", "#23318E"),
    ("c", "#0095D9"),
    ("cyan", "#0095D9"),
    ("pc", "#8FD3F1"),
    ("photocyan", "#8FD3F1"),
    ("lightcyan", "#8FD3F1"),
    ("lc", "#8FD3F1"),
    ("m", "#D3006E"),
    ("magenta", "#D3006E"),
    ("y", "#FFE600"),
    ("yellow", "#FFE600"),
    ("gy", "#7F7F7F"),
    ("gray", "#7F7F7F"),
    ("grey", "#7F7F7F"),
    ("lk", "#7F7F7F"),
    ("pgy", "#B5B5B5"),
    ("photogray", "#B5B5B5"),
    ("lightgray", "#B5B5B5"),
    ("llk", "#B5B5B5"),
    ("mbk", "#252525"),
    ("matteblack", "#252525"),
    ("mk", "#252525"),
    ("pbk", "#0A0A0A"),
    ("photoblack", "#0A0A0A"),
    ("pk", "#0A0A0A"),
    ("bk", "#0A0A0A"),
    ("k", "#0A0A0A"),
    ("black", "#0A0A0A"),
    ("g", "#1E7B3A"),
    ("green", "#1E7B3A"),
    ("or", "#F28C1E"),
    ("orange", "#F28C1E"),
    ("v", "#5B3A8E"),
    ("violet", "#5B3A8E"),
];

/// The colour of an ink by one of these names; `none` where nobody knows.
pub fn of(names: [&str; 2]) -> SmolStr {
    let known = names.iter().find_map(|name| {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let plain = plain.to_ascii_lowercase();
        COLORS.iter().find(|(code, _)| *code == plain)
    });
    SmolStr::new_static(known.map_or("none", |(_, color)| color))
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_and_names_have_colours() {
        assert_eq!(super::of(["MBK", ""]), "#252525");
        assert_eq!(super::of(["PFI-1000PM", "photo Magenta"]), "#F2A6C6");
        assert_eq!(super::of(["CO", "chromaOptimizer"]), "none");
    }
}
