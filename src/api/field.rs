//! Fields of a request that may be left out, taken back or set.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A field of a document by JSON merge patch (RFC 7396).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Field<T> {
    /// Not named: as it was.
    #[default]
    Absent,
    /// `null`: left to the house.
    Null,
    /// This.
    Set(T),
}

impl<T> Field<T> {
    /// Whether it is not named.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Field::Absent)
    }

    /// What it is set to.
    pub const fn set(&self) -> Option<&T> {
        match self {
            Field::Set(value) => Some(value),
            Field::Absent | Field::Null => None,
        }
    }

    /// What stands after it, where `before` stood.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn over<U, E>(&self, before: Option<U>, read: impl FnOnce(&T) -> Result<U, E>) -> Result<Option<U>, E> {
        match self {
            Field::Absent => Ok(before),
            Field::Null => Ok(None),
            Field::Set(value) => read(value).map(Some),
        }
    }
}

impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Field::Absent, Field::Set)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Field::Null, Field::Set))
    }
}

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.set().serialize(serializer)
    }
}

/// A moment in a request, as RFC 3339 writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When(pub crate::model::Timestamp);

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let at: jiff::Timestamp = text.parse().map_err(|_| {
            serde::de::Error::custom("this is no time: write it as RFC 3339 does, such as 2026-11-30T16:00:00Z")
        })?;
        Ok(When(crate::model::Timestamp(at.as_millisecond())))
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        super::view::Moment(self.0).serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    #[serde(default)]
    #[derive(Default)]
    struct Some {
        a: Field<u32>,
        b: Field<u32>,
        c: Field<u32>,
        at: Field<When>,
    }

    #[test]
    fn absent_null_and_set_are_three_things() {
        let read: Some = serde_json::from_str(r#"{"b": null, "c": 3, "at": "2025-11-24T17:00:00.007+01:00"}"#).unwrap();
        assert_eq!((read.a, read.b, read.c), (Field::Absent, Field::Null, Field::Set(3)));
        assert_eq!(read.at, Field::Set(When(crate::model::Timestamp(1_764_000_000_007))));
        let over = |field: Field<u32>| field.over(Some(9), |v| Ok::<u32, ()>(*v)).unwrap();
        assert_eq!((over(read.a), over(read.b), over(read.c)), (Some(9), None, Some(3)));
        assert!(serde_json::from_str::<Some>(r#"{"at": "tomorrow"}"#).is_err());
    }
}
