//! What a job will use of each ink, before it is printed.
//!
//! The amount of a sheet is its area × [`FULL`] × the mean of 1−L over it, shared out over the inks by fixed shares for
//! matte and for glossy paper. Where the picture's own coverage was measured, cyans, magentas and yellows get more or
//! less of that by its means of 1−R, 1−G and 1−B, and the error is narrower.
//!
//! Photographs on printers with eight to ten inks use 1.5 to 2 ml a square foot, all inks together, when they cover
//! heavily (owners' measurements, Luminous Landscape and Red River Paper); a PRO-1000's own separation is published by
//! nobody. So the shares are *unproven* guesses, and what they get wrong of an ink is learned from its level
//! ([`super::ink`]).

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::model::{Coverage, Finish, Length, MediaSize, Nanoliters, Need, Routine};

/// Of all inks but chroma optimizer, for a square metre that is all black: 2 ml a square foot.
pub const FULL: Nanoliters = Nanoliters(21_530_000);
/// Chroma optimizer on a square metre that is inked. A guess: *unproven*.
pub const COAT: Nanoliters = Nanoliters(2_500_000);
/// The mean of 1−L that is taken where it was not measured, in 1/65536: 0.7, a picture that covers most of its sheet.
const TYPICAL: u32 = 45_875;
/// One standard deviation of an ink's amount, in per cent of it, where only the area is known: the picture may be a sky
/// or a forest.
const AREA_ERROR: i64 = 60;
/// The same where the coverage was measured.
const COVERAGE_ERROR: i64 = 35;
/// Square hundredths of a millimetre in a square metre.
const SQUARE_METRE: i128 = 10_000_000_000;

/// What an ink's amount goes with.
#[derive(Debug, Clone, Copy)]
enum Follows {
    /// All three means alike: greys and black.
    All,
    Red,
    Green,
    Blue,
    /// Red ink stands for magenta and yellow.
    GreenBlue,
    /// Blue ink stands for cyan and magenta.
    RedGreen,
}

/// The inks with their shares of the whole in thousandths; the black is the paper's.
const SHARES: [(&str, i128, Follows); 10] = [
    ("PGY", 160, Follows::All),
    ("GY", 140, Follows::All),
    ("PC", 110, Follows::Red),
    ("C", 60, Follows::Red),
    ("PM", 110, Follows::Green),
    ("M", 60, Follows::Green),
    ("Y", 120, Follows::Blue),
    ("R", 40, Follows::GreenBlue),
    ("B", 40, Follows::RedGreen),
    (BLACK, 160, Follows::All),
];
/// Stands for the black that the paper takes.
const BLACK: &str = "";

/// What `copies` of a page on a sheet will use of each ink. Without a coverage all that is known is the sheet's area.
pub fn estimate(
    coverage: Option<&Coverage>,
    sheet: &MediaSize,
    finish: Finish,
    copies: u32,
) -> BTreeMap<SmolStr, Need> {
    let limit = |value: u32| i128::from(value.min(Coverage::FULL));
    let full = i128::from(Coverage::FULL);
    let side = |length: Length| i128::from(length.as_hundredths().max(0));
    let area = side(sheet.x) * side(sheet.y);
    let (light, inked, error) = match coverage {
        Some(c) => (limit(c.light), limit(c.inked), COVERAGE_ERROR),
        None => (limit(TYPICAL), full, AREA_ERROR),
    };
    let [red, green, blue] = coverage.map_or([full; 3], |c| [limit(c.red), limit(c.green), limit(c.blue)]);
    let weight = |share: i128, follows: Follows| {
        // Six times the mean, so that nothing is lost in thirds and halves.
        let mean = match follows {
            Follows::All => 2 * (red + green + blue),
            Follows::Red => 6 * red,
            Follows::Green => 6 * green,
            Follows::Blue => 6 * blue,
            Follows::GreenBlue => 3 * (green + blue),
            Follows::RedGreen => 3 * (red + green),
        };
        share * mean
    };
    let of_sheet = |rate: Nanoliters, cover: i128| i128::from(rate.0) * area / SQUARE_METRE * cover / full;
    let whole = of_sheet(FULL, light);
    let weights: i128 = SHARES.iter().map(|(_, share, follows)| weight(*share, *follows)).sum();

    let mut needs = BTreeMap::new();
    let mut put = |channel: &str, amount: i128| {
        let amount = Nanoliters(i64::try_from(amount).unwrap_or(i64::MAX));
        let one = Need {
            amount,
            error: Nanoliters(amount.0 / 100 * error),
        };
        needs.insert(SmolStr::new(channel), times(one, copies));
    };
    for (channel, share, follows) in SHARES {
        let amount = match weights {
            0 => 0,
            all => whole * weight(share, follows) / all,
        };
        put(if channel == BLACK { finish.black() } else { channel }, amount);
    }
    if finish == Finish::Glossy {
        put("CO", of_sheet(COAT, inked));
    }
    needs
}

/// What a cleaning takes of each ink. Guesses: *unproven*. Canon publishes no amounts for a PRO-1000, and its own figures
/// of ink leave cleanings out; owners tell of a per cent or two of each tank for the small one, several for the deep one,
/// and about a tenth for the one of the whole system. What they get wrong, the next step of a level corrects.
const CLEANINGS: [(Routine, Nanoliters); 3] = [
    (Routine::Cleaning, Nanoliters(1_000_000)),
    (Routine::DeepCleaning, Nanoliters(3_000_000)),
    (Routine::SystemCleaning, Nanoliters(8_000_000)),
];

/// The ink that a routine takes beside what it prints: of every ink alike, both blacks and the chroma optimizer too.
pub fn cleaning(routine: Routine) -> BTreeMap<SmolStr, Nanoliters> {
    let Some((_, each)) = CLEANINGS.iter().find(|(kind, _)| *kind == routine) else {
        return BTreeMap::new();
    };
    let inks = SHARES
        .iter()
        .map(|(channel, ..)| *channel)
        .filter(|channel| *channel != BLACK);
    let inks = inks.chain([Finish::Matte.black(), Finish::Glossy.black(), "CO"]);
    inks.map(|channel| (SmolStr::new(channel), *each)).collect()
}

/// The same so many times: the error grows with it, for it is the same picture each time.
fn times(need: Need, copies: u32) -> Need {
    Need {
        amount: need.amount * i64::from(copies),
        error: need.error * i64::from(copies),
    }
}

/// Both together, as of the pages of one job: errors add up, for they have one cause.
pub fn add(sum: &mut BTreeMap<SmolStr, Need>, more: &BTreeMap<SmolStr, Need>) {
    for (channel, need) in more {
        let total = sum.entry(channel.clone()).or_default();
        total.amount = total.amount + need.amount;
        total.error = total.error + need.error;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cleaning_takes_of_all_twelve_inks_and_a_check_of_none() {
        let [small, deep, system] = [Routine::Cleaning, Routine::DeepCleaning, Routine::SystemCleaning].map(cleaning);
        assert_eq!((small.len(), small.get("MBK")), (12, small.get("PBK")));
        assert!(small["PGY"] < deep["PGY"] && deep["PGY"] < system["PGY"]);
        assert!(cleaning(Routine::NozzleCheck).is_empty() && cleaning(Routine::CalibrationPrint).is_empty());
    }

    fn a3_plus() -> MediaSize {
        MediaSize::called("a3+").unwrap()
    }

    fn any_coverage() -> impl Strategy<Value = Coverage> {
        let part = || 0u32..=70_000;
        (part(), part(), part(), part(), part()).prop_map(|(red, green, blue, light, inked)| Coverage {
            red,
            green,
            blue,
            light,
            inked,
        })
    }

    fn even(value: u32) -> Coverage {
        Coverage {
            red: value,
            green: value,
            blue: value,
            light: value,
            inked: value,
        }
    }

    fn total(needs: &BTreeMap<SmolStr, Need>) -> f64 {
        needs.values().map(|need| need.amount.as_ml()).sum()
    }

    #[test]
    fn a_photograph_uses_what_owners_have_measured() {
        // A3+ is 1.72 square feet: 2.1 to 3.3 ml by 1.2 to 2 ml a square foot, and the coat.
        let needs = estimate(None, &a3_plus(), Finish::Glossy, 1);
        let without_coat = total(&needs) - needs["CO"].amount.as_ml();
        assert!((2.1..=3.3).contains(&without_coat), "{without_coat} ml");
        assert_eq!(needs.len(), 11);
    }

    #[test]
    fn matte_takes_matte_black_and_glossy_photo_black_and_the_coat() {
        let matte = estimate(None, &a3_plus(), Finish::Matte, 1);
        let glossy = estimate(None, &a3_plus(), Finish::Glossy, 1);
        assert!(matte.contains_key("MBK") && !matte.contains_key("PBK") && !matte.contains_key("CO"));
        assert!(glossy.contains_key("PBK") && !glossy.contains_key("MBK") && glossy.contains_key("CO"));
        assert_eq!(matte["MBK"], glossy["PBK"]);
    }

    #[test]
    fn a_blue_picture_takes_more_cyan_and_a_white_one_nothing() {
        let grey = estimate(Some(&even(30_000)), &a3_plus(), Finish::Glossy, 1);
        let blue = Coverage {
            red: 50_000,
            green: 30_000,
            blue: 10_000,
            ..even(30_000)
        };
        let blue = estimate(Some(&blue), &a3_plus(), Finish::Glossy, 1);
        assert!(blue["C"].amount > grey["C"].amount && blue["Y"].amount < grey["Y"].amount);
        assert!((total(&blue) - total(&grey)).abs() < 0.001);
        assert_eq!(total(&estimate(Some(&even(0)), &a3_plus(), Finish::Glossy, 9)), 0.0);
    }

    #[test]
    fn what_was_measured_is_known_better() {
        let measured = estimate(Some(&even(TYPICAL)), &a3_plus(), Finish::Matte, 1);
        let guessed = estimate(None, &a3_plus(), Finish::Matte, 1);
        for (channel, need) in &measured {
            assert!(need.error < guessed[channel].error, "{channel}");
        }
    }

    proptest! {
        /// Copies add up to the nanolitre, nothing is below 0, and shares make up the whole but for roundings.
        #[test]
        fn copies_add_up(
            coverage in proptest::option::of(any_coverage()),
            glossy: bool,
            a in 0u32..500,
            b in 0u32..500,
        ) {
            let finish = if glossy { Finish::Glossy } else { Finish::Matte };
            let of = |copies| estimate(coverage.as_ref(), &a3_plus(), finish, copies);
            let mut sum = of(a);
            add(&mut sum, &of(b));
            prop_assert_eq!(&sum, &of(a + b));
            prop_assert!(sum.values().all(|need| need.amount.0 >= 0 && need.error.0 >= 0));
            let one = of(1);
            let inks: i64 = one.iter().filter(|(c, _)| *c != "CO").map(|(_, n)| n.amount.0).sum();
            let light = |c: Coverage| if c.red | c.green | c.blue == 0 { 0 } else { c.light.min(Coverage::FULL) };
            let cover = coverage.map_or(TYPICAL, light);
            let area = a3_plus().x.as_mm() * a3_plus().y.as_mm() / 1e6;
            let whole = FULL.0 as f64 * area * f64::from(cover) / 65_536.0;
            prop_assert!((inks as f64 - whole).abs() <= 12.0, "{} {}", inks, whole);
        }

        /// No size and no coverage breaks the arithmetic.
        #[test]
        fn any_sheet_has_an_estimate(
            x in 1_000i32..=1_000_000,
            y in 1_000i32..=1_000_000,
            copies: u32,
            coverage in any_coverage(),
        ) {
            let sheet = MediaSize::from_sides(Length::hundredths(x), Length::hundredths(y));
            for need in estimate(Some(&coverage), &sheet, Finish::Glossy, copies).values() {
                prop_assert!(need.amount.0 >= 0 && need.error.0 >= 0);
            }
        }
    }
}
