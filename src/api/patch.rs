//! Changing some fields of a thing (RFC 7396): what is named is replaced, null is nothing, the rest stays.

use hyper::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use smol_str::SmolStr;

use super::Problem;

/// Fields with their new values.
pub type Patch = Map<String, Value>;

/// 422 of a thing as a whole.
pub fn wrong(why: impl Into<SmolStr>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-value", why)
}

/// The thing with some fields changed.
///
/// # Errors
/// 422 with the field at fault.
pub fn patched<T: Serialize + DeserializeOwned>(now: &T, patch: Patch) -> Result<T, Problem> {
    let mut json = serde_json::to_value(now).map_err(|e| Problem::internal(&e))?;
    if let Value::Object(fields) = &mut json {
        fields.extend(patch);
    }
    serde_path_to_error::deserialize(json)
        .map_err(|error| super::call::wrong_value(error.path(), &error.inner().to_string()))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Thing {
        name: String,
        weight: Option<u16>,
    }

    #[test]
    fn what_is_named_is_replaced() {
        let thing = Thing {
            name: "Rag".into(),
            weight: Some(308),
        };
        let with = |json: Value| patched(&thing, json.as_object().unwrap().clone());
        let lighter = with(json!({"weight": null})).unwrap();
        assert_eq!((lighter.name.as_str(), lighter.weight), ("Rag", None));
        assert_eq!(with(json!({})).unwrap(), thing);
        assert_eq!(with(json!({"weight": "much"})).unwrap_err().field.unwrap(), "weight");
        assert!(with(json!({"colour": 1})).unwrap_err().detail.contains("colour"));
    }
}
