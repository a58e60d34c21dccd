//! IEEE 1284 device ids: `MFG:Canon;MDL:PRO-1000 series;CMD:…;`, as USB, IPP and SNMP give them. Pure.
//!
//! **They hold secrets.** Canon's `PSE` is a serial number that is the administrator's first password at once, and anybody
//! on the LAN can read it. What is kept of an id is what says of which kind a printer is; the rest never gets further than
//! [`DeviceId::secrets`], by which it is found in other places.

use std::fmt;

use smol_str::SmolStr;

/// Longest id that is read, in bytes. IEEE 1284 allows 64 KiB; the longest seen have some 400 bytes.
const MOST_BYTES: usize = 4_096;
/// Most entries.
const MOST_ENTRIES: usize = 64;

/// Keys whose values say of which kind a printer is, and nothing of which one it is: with their short names (IEEE 1284,
/// 7.6), and vendors' own that were seen.
const PLAIN: &[&str] = &[
    "MANUFACTURER",
    "MFG",
    "COMMAND SET",
    "CMD",
    "MODEL",
    "MDL",
    "CLASS",
    "CLS",
    "DESCRIPTION",
    "DES",
    "CID",
    "COMPATIBLEID",
    "SOJ",
    "VER",
    "STA",
    "CMDVER",
    "1284.4DL",
    "FW",
    "FWVER",
    "URF",
    "IPPVER",
];

/// An id, apart.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct DeviceId {
    entries: Vec<(SmolStr, SmolStr)>,
}

impl DeviceId {
    /// Reads one. With USB's two bytes of length before it or without them, of which some devices count themselves and some
    /// do not, in one order or the other: whatever they say, the text begins behind them.
    pub fn read(bytes: &[u8]) -> DeviceId {
        let is_text = |byte: &u8| (0x20..0x7f).contains(byte);
        let text = match bytes {
            [first, second, rest @ ..] if !(is_text(first) && is_text(second)) => rest,
            all => all,
        };
        let text = String::from_utf8_lossy(&text[..text.len().min(MOST_BYTES)]);
        let clean = |part: &str| -> SmolStr {
            let plain: String = part.chars().filter(|c| !c.is_control()).collect();
            plain.trim().into()
        };
        let entry = |entry: &str| {
            let (key, value) = entry.split_once(':')?;
            let key = clean(key).to_ascii_uppercase();
            (!key.is_empty()).then(|| (key.into(), clean(value)))
        };
        DeviceId {
            entries: text.split(';').filter_map(entry).take(MOST_ENTRIES).collect(),
        }
    }

    fn first(&self, keys: &[&str]) -> Option<&SmolStr> {
        let is_one = |(key, value): &&(SmolStr, SmolStr)| keys.contains(&key.as_str()) && !value.is_empty();
        self.entries.iter().find(is_one).map(|(_, value)| value)
    }

    /// Who made it.
    pub fn make(&self) -> Option<&SmolStr> {
        self.first(&["MANUFACTURER", "MFG"])
    }

    /// Its model.
    pub fn model(&self) -> Option<&SmolStr> {
        self.first(&["MODEL", "MDL"])
    }

    /// The languages that it prints.
    pub fn languages(&self) -> Vec<SmolStr> {
        let told = self.first(&["COMMAND SET", "CMD"]);
        let words = told.into_iter().flat_map(|told| told.split(','));
        words
            .map(|word| word.trim().into())
            .filter(|word: &SmolStr| !word.is_empty())
            .collect()
    }

    /// Its serial number: which one of its kind it is. Not for a log.
    pub fn serial(&self) -> Option<&SmolStr> {
        self.first(&["SN", "SERN", "SERIALNUMBER", "SERIAL"])
    }

    /// The values of every entry that is not known to be harmless.
    pub fn secrets(&self) -> impl Iterator<Item = &SmolStr> {
        let secret = self.entries.iter().filter(|(key, _)| !PLAIN.contains(&key.as_str()));
        secret.map(|(_, value)| value).filter(|value| !value.is_empty())
    }

    /// Whether it tells a password: Canon's `PSE`.
    pub fn tells_password(&self) -> bool {
        self.first(&["PSE"]).is_some()
    }
}

/// Without its secrets.
impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (key, value) in &self.entries {
            if PLAIN.contains(&key.as_str()) {
                write!(f, "{key}:{value};")?;
            } else if key.len() <= 16 && key.bytes().all(|b| b.is_ascii_alphabetic()) {
                // That it is there is no secret, and may matter.
                write!(f, "{key}:…;")?;
            }
        }
        Ok(())
    }
}

/// As it is displayed.
impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceId({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// In the form of Canon's, with made up secrets.
    const CANON: &str = "MFG:Canon;CMD:BJRaster3,NCCe,IVEC, URF;SOJ:CHMP,CHMPu;MDL:PRO-1000 series;CLS:PRINTER;DES:Canon \
                         PRO-1000 series;VER:1.090;STA:10;PSE:ABCD12345;CID:CA_IVEC1TYPE2_IJP;SN:0A1B2C;";

    #[test]
    fn a_canon_is_known_and_its_secrets_are_not_shown() {
        let id = DeviceId::read(CANON.as_bytes());
        assert_eq!(
            (id.make().unwrap().as_str(), id.model().unwrap().as_str()),
            ("Canon", "PRO-1000 series")
        );
        assert_eq!(id.languages(), ["BJRaster3", "NCCe", "IVEC", "URF"]);
        assert_eq!(id.serial().unwrap(), "0A1B2C");
        assert!(id.tells_password());
        let shown = format!("{id} {id:?}");
        assert!(
            shown.contains("PSE:…;") && shown.contains("CID:CA_IVEC1TYPE2_IJP;"),
            "{shown}"
        );
        assert!(!shown.contains("ABCD12345") && !shown.contains("0A1B2C"), "{shown}");
        assert_eq!(id.secrets().collect::<Vec<_>>(), ["ABCD12345", "0A1B2C"]);
    }

    #[test]
    fn lengths_before_it_are_passed_over_however_they_count() {
        let whole = DeviceId::read(CANON.as_bytes());
        let length = CANON.len() as u16;
        for before in [
            (length + 2).to_be_bytes(),
            length.to_be_bytes(),
            length.to_le_bytes(),
            [0, 0],
        ] {
            assert_eq!(
                DeviceId::read(&[&before[..], CANON.as_bytes()].concat()),
                whole,
                "{before:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn unknown_values_never_show(key in "[A-Z]{2,6}", value in "[a-z0-9]{6,20}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assume!(!PLAIN.contains(&key.as_str()));
            let id = DeviceId::read(format!("MFG:X;{key}:{value};MDL:Y").as_bytes());
            let shown = format!("{id} {id:?}");
            prop_assert!(!shown.contains(&value));
            let odd = DeviceId::read(&bytes);
            prop_assert!(odd.entries.len() <= MOST_ENTRIES && !odd.to_string().chars().any(char::is_control));
        }
    }
}
