//! The second factor: codes of six digits by time (RFC 6238), as every authenticator app makes them: HMAC-SHA-1, 30 s.

use crate::crypto;
use crate::model::Timestamp;

/// Seconds of a time step (RFC 6238, 5.2).
const STEP: i64 = 30;
/// Bytes of a secret: as long as the digest (RFC 4226, 4).
pub const SECRET_BYTES: usize = 20;

/// The code of a time step (RFC 4226, 5.3).
fn code(secret: &[u8], step: i64) -> u32 {
    let digest = crypto::hmac_sha1(secret, &step.to_be_bytes());
    let offset = usize::from(digest[19] & 15);
    let word = [
        digest[offset],
        digest[offset + 1],
        digest[offset + 2],
        digest[offset + 3],
    ];
    (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000
}

/// The time step whose code somebody has typed: this one, the one before or the one after (RFC 6238, 6), but none up to
/// the last one that was taken, so that a code that was looked at over the shoulder is of no use (RFC 6238, 5.2).
pub fn step_of(typed: &str, secret: &[u8], last: i64, now: Timestamp) -> Option<i64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let this = now.as_seconds().div_euclid(STEP);
    let mut found = None;
    for step in [this - 1, this, this + 1] {
        let right = format!("{:06}", code(secret, step));
        if crypto::same(right.as_bytes(), digits.as_bytes()) && step > last {
            found = Some(step);
        }
    }
    found
}

/// A secret as people type it: base32 (RFC 4648, 6) without padding.
pub fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    let (mut bits, mut count) = (0u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            text.push(char::from(LETTERS[(bits >> count & 31) as usize]));
        }
    }
    if count > 0 {
        text.push(char::from(LETTERS[(bits << (5 - count) & 31) as usize]));
    }
    text
}

/// What an app reads as a QR code.
pub fn uri(name: &str, secret: &[u8]) -> String {
    let name: String = name
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(b).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("otpauth://totp/Platen:{name}?secret={}&issuer=Platen", base32(secret))
}

/// The code of a moment, for tests.
#[cfg(test)]
pub fn code_at(secret: &[u8], now: Timestamp) -> String {
    format!("{:06}", code(secret, now.as_seconds().div_euclid(STEP)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B.
    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, the last six of their eight digits.
        for (seconds, right) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(SECRET, Timestamp(seconds * 1000)), right);
        }
    }

    #[test]
    fn a_code_is_taken_a_step_early_or_late_and_once() {
        let now = Timestamp(59_000);
        assert_eq!(step_of("287 082", SECRET, 0, now), Some(1));
        assert_eq!(step_of("287082", SECRET, 0, Timestamp(89_000)), Some(1));
        assert_eq!(step_of("287082", SECRET, 0, Timestamp(1_000)), Some(1));
        assert_eq!(step_of("287082", SECRET, 0, Timestamp(90_000)), None);
        assert_eq!(step_of("287082", SECRET, 1, now), None, "replayed");
        assert_eq!(step_of("", SECRET, 0, now), None);
        assert_eq!(step_of("28708２", SECRET, 0, now), None);
    }

    #[test]
    fn secrets_are_told_as_apps_read_them() {
        // RFC 4648, 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(
            uri("anna b", b"foobar"),
            "otpauth://totp/Platen:anna%20b?secret=MZXW6YTBOI&issuer=Platen"
        );
    }
}
