//! How often somebody may be wrong: a few times freely, then after a wait that doubles. By name, so that one password is
//! not guessed from many places, and by address, so that many names are not tried from one.
//!
//! ```text
//!   attempt ─► counted as wrong before it is looked at ─► right: forgiven
//!                                                     └─► wrong: the count stands, the next one waits
//! ```
//!
//! It counts in memory: whoever can restart the daemon needs no password.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use smol_str::SmolStr;

use crate::model::Timestamp;

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Who {
    /// A name that somebody wants to be, whether it is known here or not.
    Name(SmolStr),
    /// Where he calls from.
    From(IpAddr),
}

impl Who {
    /// A name, however it is written; of a long one the beginning.
    pub fn name(name: &str) -> Who {
        Who::Name(name.trim().to_lowercase().chars().take(64).collect())
    }

    /// An address. Of IPv6 the network counts: whoever has one address has 2⁶⁴ of them (RFC 4291, 2.5.4).
    pub fn address(address: IpAddr) -> Who {
        match address.to_canonical() {
            IpAddr::V6(v6) => {
                let network = u128::from(v6) & !u128::from(u64::MAX);
                Who::From(IpAddr::V6(network.into()))
            }
            v4 => Who::From(v4),
        }
    }

    /// How often it may be wrong freely. Several people may share an address.
    fn free(&self) -> u32 {
        match self {
            Who::Name(_) => 5,
            Who::From(_) => 20,
        }
    }

    /// The longest wait. A name's is short: else anybody could keep its owner out for long.
    fn longest(&self) -> Duration {
        match self {
            Who::Name(_) => Duration::from_secs(5 * 60),
            Who::From(_) => Duration::from_secs(60 * 60),
        }
    }
}

/// After how long without an attempt one begins anew, in milliseconds. Longer than every wait.
const FORGOTTEN_MS: i64 = 2 * 60 * 60 * 1000;
/// Most that are counted at once. When more come, half of them go: those that were wrong least, and longest ago.
const MOST: usize = 4_096;

#[derive(Debug, Clone, Copy)]
struct Count {
    wrong: u32,
    last: Timestamp,
}

/// The counts.
#[derive(Debug, Default)]
pub struct Throttle(HashMap<Who, Count>);

impl Throttle {
    /// Lets an attempt pass, and counts it as wrong for all of these until it is forgiven; or says how long to wait, and
    /// counts nothing.
    ///
    /// # Errors
    /// How long to wait.
    pub fn attempt(&mut self, all: &[Who], now: Timestamp) -> Result<(), Duration> {
        let wait = all.iter().map(|who| self.wait(who, now)).max().unwrap_or_default();
        if !wait.is_zero() {
            return Err(wait);
        }
        for who in all {
            let wrong = self.count(who, now).map_or(0, |count| count.wrong);
            let count = Count {
                wrong: wrong.saturating_add(1),
                last: now,
            };
            self.0.insert(who.clone(), count);
        }
        self.shrink(now);
        Ok(())
    }

    /// The attempt was right: a name begins anew; an address only has this one taken back, or whoever has a name of his
    /// own could try others without end.
    pub fn forgive(&mut self, all: &[Who]) {
        self.take_back(all);
        self.0
            .retain(|who, _| matches!(who, Who::From(_)) || !all.contains(who));
    }

    /// The attempt was neither right nor wrong: it is as if it had not been.
    pub fn take_back(&mut self, all: &[Who]) {
        for who in all {
            if let Some(count) = self.0.get_mut(who) {
                count.wrong = count.wrong.saturating_sub(1);
            }
        }
    }

    /// How long until the next attempt may come.
    fn wait(&self, who: &Who, now: Timestamp) -> Duration {
        let Some(count) = self.count(who, now) else {
            return Duration::ZERO;
        };
        let Some(over) = count.wrong.checked_sub(who.free()) else {
            return Duration::ZERO;
        };
        let wait = Duration::from_secs(1 << over.min(20)).min(who.longest());
        // A clock that was put back must not lock anybody out for longer.
        let passed = now.0.saturating_sub(count.last.0).max(0);
        wait.saturating_sub(Duration::from_millis(passed.unsigned_abs()))
    }

    fn count(&self, who: &Who, now: Timestamp) -> Option<Count> {
        let count = self.0.get(who).copied();
        count.filter(|count| now.0.saturating_sub(count.last.0) < FORGOTTEN_MS)
    }

    fn shrink(&mut self, now: Timestamp) {
        if self.0.len() <= MOST {
            return;
        }
        self.0
            .retain(|_, count| now.0.saturating_sub(count.last.0) < FORGOTTEN_MS);
        if self.0.len() > MOST {
            let mut all: Vec<(Who, Count)> = self.0.drain().collect();
            all.sort_unstable_by_key(|(_, count)| std::cmp::Reverse((count.wrong, count.last)));
            all.truncate(MOST / 2);
            self.0.extend(all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * 1000)
    }

    #[test]
    fn a_name_waits_after_five_times_and_longer_each_time() {
        let mut throttle = Throttle::default();
        let anna = [Who::name("Anna")];
        for _ in 0..5 {
            assert_eq!(throttle.attempt(&anna, at(0)), Ok(()));
        }
        assert_eq!(
            throttle.attempt(&[Who::name(" anna ")], at(0)),
            Err(Duration::from_secs(1))
        );
        assert_eq!(throttle.attempt(&anna, at(1)), Ok(()));
        assert_eq!(throttle.attempt(&anna, at(2)), Err(Duration::from_secs(1)));
        assert_eq!(throttle.attempt(&anna, at(3)), Ok(()));
        assert_eq!(throttle.attempt(&anna, at(3)), Err(Duration::from_secs(4)));
        assert_eq!(throttle.attempt(&[Who::name("bert")], at(3)), Ok(()));
        throttle.forgive(&anna);
        assert_eq!(throttle.attempt(&anna, at(3)), Ok(()));
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        assert_eq!(
            Who::address("2001:db8::1".parse().unwrap()),
            Who::address("2001:db8::ffff:1".parse().unwrap())
        );
        assert_eq!(
            Who::address("::ffff:10.0.0.1".parse().unwrap()),
            Who::address("10.0.0.1".parse().unwrap())
        );
        assert_ne!(
            Who::address("10.0.0.1".parse().unwrap()),
            Who::address("10.0.0.2".parse().unwrap())
        );
    }

    proptest! {
        /// However fast one tries from one address, with whatever names, and even with a right one now and then: in an
        /// hour no more than the free ones and those of the doubling waits are looked at.
        #[test]
        fn few_attempts_are_looked_at_in_an_hour(steps in prop::collection::vec((0i64..5_000, 0u8..3), 1..2_000)) {
            let mut throttle = Throttle::default();
            let from = Who::address([10, 0, 0, 9].into());
            let mut now = 0;
            let mut wrong = 0;
            for (step, name) in steps {
                now += step;
                if now > 60 * 60 * 1000 {
                    break;
                }
                let all = [Who::name(&format!("guest{now}")), from.clone()];
                if throttle.attempt(&all, Timestamp(now)).is_ok() {
                    if name == 0 {
                        throttle.forgive(&all);
                    } else {
                        wrong += 1;
                    }
                }
            }
            prop_assert!(wrong <= 20 + 12, "{wrong}");
        }

        /// Nobody waits longer than the longest wait after the last attempt that was looked at.
        #[test]
        fn every_wait_ends(steps in prop::collection::vec(0i64..400_000, 1..60)) {
            let mut throttle = Throttle::default();
            let anna = [Who::name("anna")];
            let mut now = 0;
            for step in steps {
                now += step;
                if let Err(wait) = throttle.attempt(&anna, Timestamp(now)) {
                    prop_assert!(wait <= Duration::from_secs(300));
                    let later = Timestamp(now + i64::try_from(wait.as_millis()).unwrap());
                    prop_assert_eq!(throttle.attempt(&anna, later), Ok(()));
                    now = later.0;
                }
            }
        }

        /// Memory is bounded, and whoever was wrong most is not forgotten for others.
        #[test]
        fn it_stays_small(seed in 0u32..1_000) {
            let mut throttle = Throttle::default();
            let anna = [Who::name("anna")];
            for _ in 0..5 {
                throttle.attempt(&anna, at(0)).unwrap();
            }
            for n in 0..10_000 {
                let _ = throttle.attempt(&[Who::name(&format!("{seed}-{n}"))], at(0));
                prop_assert!(throttle.0.len() <= MOST);
            }
            prop_assert!(throttle.attempt(&anna, at(0)).is_err());
        }
    }
}
