//! Prices.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Above all prices, in millionths: a million.
const MOST: i64 = 1_000_000_000_000;

/// A price in millionths of the studio's currency, written as a number or as text: `4.2`, `"4.20"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "Written")]
pub struct Price(pub i64);

#[derive(Deserialize)]
#[serde(untagged, expecting = "a price is a number such as 4.20")]
enum Written {
    Whole(i64),
    // Written back it has the fewest digits that make the same number, which are those that were typed.
    Fraction(f64),
    Text(SmolStr),
}

impl TryFrom<Written> for Price {
    type Error = String;
    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Whole(whole) => whole.to_string().parse(),
            Written::Fraction(fraction) => fraction.to_string().parse(),
            Written::Text(text) => text.parse(),
        }
    }
}

impl FromStr for Price {
    type Err = String;

    /// Reads a decimal number exactly.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!("\"{text}\" is no price: give a number such as 4.20, below a million, with six decimals at most")
        };
        let (whole, decimals) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 7 || decimals.len() > 6 || !digits(whole) || !digits(decimals) {
            return Err(wrong());
        }
        let millionths: i64 = format!("{whole}{decimals:0<6}").parse().map_err(|_| wrong())?;
        if millionths < MOST {
            Ok(Price(millionths))
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for Price {
    /// A decimal number with two decimals at least: "4.20", "0.0035".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, value) = if self.0 < 0 {
            ("-", self.0.unsigned_abs())
        } else {
            ("", self.0.unsigned_abs())
        };
        let decimals = format!("{:06}", value % 1_000_000);
        let end = decimals.trim_end_matches('0').len().max(2);
        write!(f, "{sign}{}.{}", value / 1_000_000, &decimals[..end])
    }
}

impl Serialize for Price {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn prices_are_told_with_the_decimals_that_they_have() {
        for (millionths, text) in [
            (4_200_000, "4.20"),
            (3_500, "0.0035"),
            (0, "0.00"),
            (-1_000_000, "-1.00"),
        ] {
            assert_eq!(Price(millionths).to_string(), text);
        }
        assert_eq!(serde_json::to_string(&Price(4_200_000)).unwrap(), "\"4.20\"");
        for written in ["4.2", "\"4.2\"", "\" 4.200 \""] {
            assert_eq!(serde_json::from_str::<Price>(written).unwrap(), Price(4_200_000));
        }
        assert!(serde_json::from_str::<Price>("-1").is_err());
    }

    proptest! {
        #[test]
        fn what_is_told_is_read_back(millionths in 0..MOST) {
            prop_assert_eq!(Price(millionths).to_string().parse(), Ok(Price(millionths)));
        }
    }
}
