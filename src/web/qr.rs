//! Texts as QR codes (ISO/IEC 18004), drawn into the page itself: nobody else is asked for a picture of a secret.

use std::fmt::Write as _;

use qrcode::{Color, QrCode};

/// White around it, in modules: what readers need (ISO/IEC 18004, 6.3.8).
const QUIET: usize = 4;

/// A code as an SVG path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// Modules of a side, the white around it included.
    pub side: usize,
    /// Its dark modules, each one unit wide and high.
    pub path: String,
}

impl Qr {
    /// Of a text; `None` when it is too long for one.
    pub fn of(text: &str) -> Option<Qr> {
        let code = QrCode::new(text).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (y, row) in code.to_colors().chunks(width).enumerate() {
            let mut x = 0;
            // Modules that lie side by side are one box: readers see no seam, and pages stay small.
            for run in row.chunk_by(|a, b| a == b) {
                if run[0] == Color::Dark {
                    let _ = write!(path, "M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len());
                }
                x += run.len();
            }
        }
        Some(Qr {
            side: width + 2 * QUIET,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which modules a path makes dark.
    fn dark(qr: &Qr) -> Vec<(usize, usize)> {
        let mut dark = Vec::new();
        for run in qr.path.split_terminator('z') {
            let (at, size) = run.trim_start_matches('M').split_once('h').unwrap();
            let (x, y) = at.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let length: usize = size.split('v').next().unwrap().parse().unwrap();
            dark.extend((x..x + length).map(|x| (x, y)));
        }
        dark
    }

    #[test]
    fn the_path_has_the_modules_of_the_code_and_white_around_them() {
        let text = "otpauth://totp/Platen:olga?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Platen";
        let qr = Qr::of(text).unwrap();
        let code = QrCode::new(text).unwrap();
        assert_eq!(qr.side, code.width() + 8);
        let wanted: Vec<(usize, usize)> = (0..code.width())
            .flat_map(|y| (0..code.width()).map(move |x| (x, y)))
            .filter(|at| code[*at] == Color::Dark)
            .map(|(x, y)| (x + 4, y + 4))
            .collect();
        assert_eq!(dark(&qr), wanted);
        // The three corners by which it is found.
        for corner in [(4, 4), (qr.side - 5, 4), (4, qr.side - 5)] {
            assert!(wanted.contains(&corner), "{corner:?}");
        }
    }

    #[test]
    fn what_is_too_long_is_none() {
        assert!(Qr::of(&"x".repeat(2_000)).is_some());
        assert_eq!(Qr::of(&"x".repeat(5_000)), None);
    }
}
