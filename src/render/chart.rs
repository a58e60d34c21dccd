//! The patches of a printed chart as a text for the software that measures them: which device value lies where.
//!
//! Two kinds, by the file's name. `.ti2` is what Argyll's `chartread` wants: values from 0 to 100, what the patches are
//! expected to look like, and the columns as strips. Anything else is CGATS.17 (ISO 28178's forerunner) with values from 0
//! to 255.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::model::MediaSize;
use crate::press::layout::{Patch, label_of};
use crate::press::{Content, PressJob};

use super::out::Out;
use super::{RenderError, out, words};

/// A chart's text that waits for its page.
pub struct Chart {
    text: String,
    path: PathBuf,
}

impl Chart {
    /// The chart of a job, where one is wanted.
    ///
    /// # Errors
    /// [`RenderError::Wish`] when the job has none.
    pub fn of(job: &PressJob, path: Option<&Path>, page: &Path) -> Result<Option<Chart>, RenderError> {
        let Some(path) = path else { return Ok(None) };
        if path == page || out::is_same(path, page) {
            let why = format!(
                "{}: this is where the page goes: give the chart another name",
                path.display()
            );
            return Err(RenderError::Wish(why));
        }
        let patches = match &job.content {
            Content::Composed(made) => made.chart().map_err(|e| RenderError::Wish(e.to_string()))?,
            _ => Vec::new(),
        };
        let labels: BTreeSet<&str> = patches.iter().map(|patch| patch.label.as_str()).collect();
        let why = if patches.is_empty() {
            "--chart: the template has no chart; profile-target is one that has"
        } else if labels.len() < patches.len() {
            "--chart: the template has several charts, whose patches share their names: leave one chart"
        } else {
            let created = words::today().to_string();
            let is_argyll = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("ti2"));
            let text = if is_argyll {
                argyll(&patches, &job.sheet, &created)
            } else {
                cgats(&patches, &created)
            };
            let path = path.to_owned();
            return Ok(Some(Chart { text, path }));
        };
        Err(RenderError::Wish(why.to_owned()))
    }

    /// Writes it.
    ///
    /// # Errors
    /// [`RenderError::File`].
    pub fn write(self) -> Result<(), RenderError> {
        let file_error = |e| RenderError::File(self.path.clone(), e);
        let mut out = Out::begin(&self.path).map_err(file_error)?;
        out.write_all(self.text.as_bytes()).map_err(file_error)?;
        out.finish().map_err(file_error)
    }
}

/// CGATS.17 text.
fn cgats(patches: &[Patch], created: &str) -> String {
    let mut text = format!(
        "CGATS.17\n\nORIGINATOR \"Platen\"\nDESCRIPTOR \"Chart of device values\"\nCREATED \"{created}\"\nKEYWORD \
         \"SAMPLE_LOC\"\nKEYWORD \"PAGE\"\nKEYWORD \"COLUMN\"\nKEYWORD \"ROW\"\n\nNUMBER_OF_FIELDS \
         8\nBEGIN_DATA_FORMAT\nSAMPLE_ID SAMPLE_LOC PAGE COLUMN ROW RGB_R RGB_G \
         RGB_B\nEND_DATA_FORMAT\n\nNUMBER_OF_SETS {}\nBEGIN_DATA\n",
        patches.len()
    );
    for (index, patch) in patches.iter().enumerate() {
        let [r, g, b] = patch.value;
        let (number, page, column, row) = (index + 1, patch.page + 1, patch.column + 1, patch.row + 1);
        let label = &patch.label;
        // Writing to a string does not fail.
        let _ = writeln!(text, "{number} \"{label}\" {page} {column} {row} {r} {g} {b}");
    }
    text.push_str("END_DATA\n");
    text
}

/// Argyll's target information, second kind.
fn argyll(patches: &[Patch], sheet: &MediaSize, created: &str) -> String {
    let rows = patches.iter().map(|patch| patch.row + 1).max().unwrap_or(1);
    let pages = patches.iter().map(|patch| patch.page + 1).max().unwrap_or(1);
    let columns: Vec<String> = (0..pages)
        .map(|page| {
            let on_it = patches.iter().filter(|patch| patch.page == page);
            on_it
                .map(|patch| patch.column)
                .collect::<BTreeSet<_>>()
                .len()
                .to_string()
        })
        .collect();
    // Strips are whole: bare paper fills the last one, by the number that Argyll leaves out.
    let last = patches.iter().map(|patch| patch.column).max().unwrap_or(0);
    let used = patches.iter().filter(|patch| patch.column == last).count();
    let bare = (used..rows).map(|row| (0, label_of(last, row), [u8::MAX; 3]));
    let printed = patches.iter().enumerate();
    let printed = printed.map(|(index, patch)| (index + 1, patch.label.clone(), patch.value));
    let sets: Vec<_> = printed.chain(bare).collect();
    let mut text = format!(
        "CTI2\n\nDESCRIPTOR \"Argyll Calibration Target chart information 2\"\nORIGINATOR \"Platen\"\nCREATED \
         \"{created}\"\nAPPROX_WHITE_POINT \"95.047000 100.000000 108.883000\"\nCOLOR_REP \"iRGB\"\nPAPER_SIZE \
         \"{:.1}x{:.1}\"\nSTEPS_IN_PASS \"{rows}\"\nPASSES_IN_STRIPS2 \"{}\"\nSTRIP_INDEX_PATTERN \"A-Z, \
         A-Z\"\nPATCH_INDEX_PATTERN \"0-9,@-9,@-9;1-999\"\nINDEX_ORDER \"STRIP_THEN_PATCH\"\n\nNUMBER_OF_FIELDS \
         8\nBEGIN_DATA_FORMAT\nSAMPLE_ID SAMPLE_LOC RGB_R RGB_G RGB_B XYZ_X XYZ_Y \
         XYZ_Z\nEND_DATA_FORMAT\n\nNUMBER_OF_SETS {}\nBEGIN_DATA\n",
        sheet.x.as_mm(),
        sheet.y.as_mm(),
        columns.join(","),
        sets.len()
    );
    for (number, label, value) in sets {
        let [r, g, b] = value.map(|v| f64::from(v) / 2.55);
        let [x, y, z] = expected(value);
        let _ = writeln!(text, "{number} \"{label}\" {r:.4} {g:.4} {b:.4} {x:.4} {y:.4} {z:.4}");
    }
    text.push_str("END_DATA\n");
    text
}

/// What a patch would be if the device were sRGB (IEC 61966-2-1): near enough to tell strips apart.
fn expected(value: [u8; 3]) -> [f64; 3] {
    let [r, g, b] = value.map(|v| {
        let v = f64::from(v) / 255.0;
        if v <= 0.04045 {
            v / 12.92
        } else {
            ((v + 0.055) / 1.055).powf(2.4)
        }
    });
    [
        100.0 * (0.4124 * r + 0.3576 * g + 0.1805 * b),
        100.0 * (0.2126 * r + 0.7152 * g + 0.0722 * b),
        100.0 * (0.0193 * r + 0.1192 * g + 0.9505 * b),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seven patches in columns of three, two columns a page.
    fn patches() -> Vec<Patch> {
        let patch = |index: usize| Patch {
            page: index / 6,
            label: label_of(index / 3, index % 3),
            column: index / 3,
            row: index % 3,
            value: [(index * 40) as u8, 255, 0],
        };
        (0..7).map(patch).collect()
    }

    fn sets(text: &str) -> Vec<Vec<&str>> {
        let (_, data) = text.split_once("BEGIN_DATA\n").unwrap();
        let lines = data.lines().take_while(|line| *line != "END_DATA");
        lines.map(|line| line.split(' ').collect()).collect()
    }

    #[test]
    fn cgats_says_where_each_value_lies() {
        let text = cgats(&patches(), "2026-03-09");
        let sets = sets(&text);
        assert!(text.starts_with("CGATS.17\n") && text.contains("NUMBER_OF_SETS 7\n"));
        assert_eq!(sets[5], ["6", "\"B3\"", "1", "2", "3", "200", "255", "0"]);
        assert_eq!(sets[6], ["7", "\"C1\"", "2", "3", "1", "240", "255", "0"]);
        assert_eq!(sets.len(), 7);
    }

    #[test]
    fn argylls_strips_are_whole() {
        let sheet = MediaSize::called("a4").unwrap();
        let text = argyll(&patches(), &sheet, "2026-03-09");
        for line in [
            "STEPS_IN_PASS \"3\"",
            "PASSES_IN_STRIPS2 \"2,1\"",
            "PAPER_SIZE \"210.0x297.0\"",
            "NUMBER_OF_SETS 9",
        ] {
            assert!(text.contains(line), "{text}");
        }
        let sets = sets(&text);
        assert_eq!(sets[1][..5], ["2", "\"A2\"", "15.6863", "100.0000", "0.0000"]);
        assert_eq!(sets[7][..2], ["0", "\"C2\""]);
        assert_eq!(sets[8][1..5], ["\"C3\"", "100.0000", "100.0000", "100.0000"]);
        let white: Vec<f64> = sets[8][5..].iter().map(|v| v.parse().unwrap()).collect();
        assert!(
            (white[1] - 100.0).abs() < 1e-6 && (white[2] - 108.9).abs() < 0.02,
            "{white:?}"
        );
    }
}
