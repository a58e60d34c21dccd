//! `job-hold-until` and `job-hold-until-time`, as a client gives them.

use super::super::codec::{Group, Value};
use super::super::failure::Failure;
use crate::model::{HoldUntil, Timestamp};

/// What was asked for: `None` is `no-hold`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedHold {
    /// Until when.
    pub until: Option<HoldUntil>,
}

/// One value of either attribute; `None` when it is not understood.
pub fn hold_value(name: &str, value: &Value) -> Option<AskedHold> {
    let until = match name {
        "job-hold-until" => match value.as_keyword_or_name()? {
            "no-hold" => None,
            word => Some(HoldUntil::from_keyword(word).or_else(|| HoldUntil::from_clock(word))?),
        },
        "job-hold-until-time" => Some(HoldUntil::Time(Timestamp(value.as_date_time()?.checked_mul(1000)?))),
        _ => return None,
    };
    Some(AskedHold { until })
}

/// Reads the hold of a group, `None` when it has none.
///
/// # Errors
/// `client-error-bad-request` when it makes no sense, or when both attributes are there.
pub fn read_hold(group: &Group) -> Result<Option<AskedHold>, Failure> {
    let mut found = None;
    for name in ["job-hold-until", "job-hold-until-time"] {
        let Some(attribute) = group.get(name) else { continue };
        if found.is_some() {
            return Err(Failure::bad_request(
                "job-hold-until and job-hold-until-time can't both be given",
            ));
        }
        let one = match attribute.values.as_slice() {
            [one] => hold_value(name, one),
            _ => None,
        };
        let Some(asked) = one else {
            return Err(Failure::bad_request(
                "this hold is not known: job-hold-until takes the words of job-hold-until-supported or a \
                 time of day such as 22:30, and job-hold-until-time a dateTime",
            ));
        };
        found = Some(asked);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::super::codec::group;
    use super::*;

    fn read(attributes: &[(&str, Value)]) -> Result<Option<AskedHold>, Failure> {
        let mut operation = Group::new(group::OPERATION);
        for (name, value) in attributes {
            operation.push(name, value.clone());
        }
        read_hold(&operation)
    }

    #[test]
    fn words_and_moments() {
        let keyword = |word: &str| read(&[("job-hold-until", Value::keyword(word))]);
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(keyword("no-hold").unwrap(), Some(AskedHold { until: None }));
        assert_eq!(keyword("night").unwrap().unwrap().until, Some(HoldUntil::Night));
        let name = read(&[("job-hold-until", Value::name("22:30"))]).unwrap().unwrap();
        assert_eq!(name.until, Some(HoldUntil::Clock(22 * 3600 + 30 * 60)));
        let at = Value::date_time(1_800_000_000);
        let moment = read(&[("job-hold-until-time", at.clone())]).unwrap().unwrap();
        assert_eq!(moment.until, Some(HoldUntil::Time(Timestamp(1_800_000_000_000))));
        for bad in [
            &[("job-hold-until", Value::keyword("tea-time"))][..],
            &[("job-hold-until", Value::Integer(4))],
            &[("job-hold-until", Value::name("25:00"))],
            &[("job-hold-until-time", Value::DateTime([0xff; 11]))],
            &[("job-hold-until", Value::keyword("night")), ("job-hold-until-time", at)],
        ] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
