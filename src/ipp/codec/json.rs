//! Values as JSON, for reports of printers that people read and programs read back: `{"keyword": "none"}`,
//! `{"range": [1, 99]}`, `{"collection": {"media-size": [{"collection": …}]}}`.

use serde_json::{Map, Value as Json, json};
use smol_str::SmolStr;

use super::{Attribute, Value};

/// Deepest nesting that is read.
const MOST_DEPTH: usize = 8;

/// A value.
pub fn to_json(value: &Value) -> Json {
    let (name, json) = match value {
        Value::OutOfBand(tag) => ("out-of-band", json!(tag)),
        Value::Integer(n) => ("integer", json!(n)),
        Value::Boolean(b) => ("boolean", json!(b)),
        Value::Enum(n) => ("enum", json!(n)),
        Value::OctetString(octets) => match std::str::from_utf8(octets) {
            Ok(text) => ("octets", json!(text)),
            Err(_) => ("octets-hex", json!(hex(octets))),
        },
        Value::DateTime(octets) => ("date-time", json!(octets)),
        Value::Resolution { x, y, units } => ("resolution", json!([x, y, units])),
        Value::Range(a, b) => ("range", json!([a, b])),
        Value::TextWithLanguage(_, text) | Value::Text(text) => ("text", json!(text)),
        Value::NameWithLanguage(_, text) | Value::Name(text) => ("name", json!(text)),
        Value::Keyword(text) => ("keyword", json!(text)),
        Value::Uri(text) => ("uri", json!(text)),
        Value::UriScheme(text) => ("uri-scheme", json!(text)),
        Value::Charset(text) => ("charset", json!(text)),
        Value::NaturalLanguage(text) => ("language", json!(text)),
        Value::MimeMediaType(text) => ("mime", json!(text)),
        Value::Collection(members) => ("collection", attributes_to_json(members)),
        Value::Other { tag, bytes } => ("other", json!([tag, hex(bytes)])),
    };
    json!({ name: json })
}

/// Attributes, each a list of its values. One that comes twice has the values of both.
pub fn attributes_to_json(attributes: &[Attribute]) -> Json {
    let mut all: Map<String, Json> = Map::new();
    for attribute in attributes {
        let values = attribute.values.iter().map(to_json);
        match all.get_mut(attribute.name.as_str()) {
            Some(Json::Array(known)) => known.extend(values),
            _ => {
                all.insert(attribute.name.to_string(), values.collect());
            }
        }
    }
    Json::Object(all)
}

/// A value back; `None` for what is none.
pub fn from_json(json: &Json) -> Option<Value> {
    value(json, 0)
}

/// Attributes back; what is none is left out.
pub fn attributes_from_json(json: &Json) -> Vec<Attribute> {
    attributes(json, 0)
}

fn attributes(json: &Json, depth: usize) -> Vec<Attribute> {
    let all = json.as_object().filter(|_| depth < MOST_DEPTH);
    let attribute = |(name, values): (&String, &Json)| {
        let values: Vec<Value> = values.as_array()?.iter().filter_map(|v| value(v, depth)).collect();
        let fits = !values.is_empty() && !name.is_empty() && name.len() <= 255;
        fits.then(|| Attribute::new_all(name, values))
    };
    all.into_iter().flatten().filter_map(attribute).collect()
}

fn value(json: &Json, depth: usize) -> Option<Value> {
    let (name, inner) = json.as_object().filter(|all| all.len() == 1)?.iter().next()?;
    let text = || inner.as_str().filter(|text| text.len() <= 1_023).map(SmolStr::new);
    let number = |json: &Json| i32::try_from(json.as_i64()?).ok();
    let numbers = || -> Option<Vec<i32>> { inner.as_array()?.iter().map(number).collect() };
    Some(match name.as_str() {
        "out-of-band" => Value::OutOfBand(
            u8::try_from(inner.as_u64()?)
                .ok()
                .filter(|tag| (0x10..0x20).contains(tag))?,
        ),
        "integer" => Value::Integer(number(inner)?),
        "boolean" => Value::Boolean(inner.as_bool()?),
        "enum" => Value::Enum(number(inner)?),
        "octets" => Value::OctetString(inner.as_str().filter(|text| text.len() <= 32_767)?.as_bytes().to_vec()),
        "octets-hex" => Value::OctetString(unhex(inner.as_str()?)?),
        "date-time" => Value::DateTime(serde_json::from_value(inner.clone()).ok()?),
        "resolution" => match numbers()?.as_slice() {
            [x, y, units] => Value::Resolution {
                x: *x,
                y: *y,
                units: i8::try_from(*units).ok()?,
            },
            _ => return None,
        },
        "range" => match numbers()?.as_slice() {
            [a, b] => Value::Range(*a, *b),
            _ => return None,
        },
        "text" => Value::Text(text()?),
        "name" => Value::Name(text()?),
        "keyword" => Value::Keyword(text()?),
        "uri" => Value::Uri(text()?),
        "uri-scheme" => Value::UriScheme(text()?),
        "charset" => Value::Charset(text()?),
        "language" => Value::NaturalLanguage(text()?),
        "mime" => Value::MimeMediaType(text()?),
        "collection" => Value::Collection(attributes(inner, depth + 1)),
        _ => return None,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.bytes().map(|b| Some((b as char).to_digit(16)? as u8)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2) && digits.len() <= 65_534)?;
    Some(digits.chunks_exact(2).map(|two| two[0] << 4 | two[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_there_and_back() {
        let all = vec![
            Value::OutOfBand(0x13),
            Value::Integer(-2),
            Value::Boolean(true),
            Value::Enum(4),
            Value::OctetString(b"index=1;level=82;".to_vec()),
            Value::OctetString(vec![0xff, 0]),
            Value::date_time(1_700_000_000),
            Value::Resolution {
                x: 600,
                y: 300,
                units: 3,
            },
            Value::Range(1, 99),
            Value::text("Tëxt"),
            Value::name("Gertie"),
            Value::keyword("none"),
            Value::uri("ipp://h/ipp/print"),
            Value::charset("utf-8"),
            Value::language("en"),
            Value::mime("image/urf"),
            Value::collection(vec![Attribute::new(
                "media-size",
                Value::collection(vec![Attribute::new("x-dimension", Value::Integer(21_000))]),
            )]),
        ];
        for value in &all {
            assert_eq!(from_json(&to_json(value)).as_ref(), Some(value));
        }
        let attributes = vec![Attribute::new_all("all", all)];
        assert_eq!(attributes_from_json(&attributes_to_json(&attributes)), attributes);
    }

    #[test]
    fn what_is_no_value_is_none() {
        for odd in [
            json!({}),
            json!({"integer": 1, "enum": 2}),
            json!({"integer": 99_999_999_999i64}),
            json!({"range": [1]}),
            json!({"octets-hex": "abc"}),
            json!({"keyword": "x".repeat(2_000)}),
            json!({"out-of-band": 3}),
            json!("none"),
        ] {
            assert_eq!(from_json(&odd), None, "{odd}");
        }
        let mut deep = json!({"integer": 1});
        for _ in 0..40 {
            deep = json!({"collection": {"a": [deep]}});
        }
        assert!(from_json(&deep).is_some(), "cut off, not refused");
        assert_eq!(attributes_from_json(&json!([1])), []);
    }
}
