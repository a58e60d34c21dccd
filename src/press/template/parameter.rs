//! Parameters: what a person may set in a template.

use serde::Deserialize;
use smol_str::SmolStr;
use toml::Value;

use super::super::layout::{limits, short};

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Millimetres.
    Length,
    /// A number, such as points or a ratio.
    Number,
    /// A whole number.
    Count,
    /// Words.
    Text,
    /// A colour, as layouts write it.
    Colour,
    /// One of a list of words.
    Choice,
    /// Yes or no.
    Switch,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: SmolStr,
    /// What it is.
    pub kind: Kind,
    /// What people read.
    pub title: String,
    /// Its value when nobody sets it.
    pub default: Value,
    /// The least that it may be; for words, letters.
    pub min: f64,
    /// The most.
    pub max: f64,
    /// What a choice may be.
    pub choices: Vec<String>,
}

/// A parameter as a file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawParameter {
    kind: Kind,
    title: String,
    default: Value,
    min: Option<f64>,
    max: Option<f64>,
    #[serde(default)]
    choices: Vec<String>,
}

impl Parameter {
    /// Checks a file's parameter.
    pub(super) fn new(name: &str, raw: RawParameter) -> Result<Parameter, String> {
        let most = match raw.kind {
            Kind::Text => limits::VALUE as f64,
            _ => limits::MM,
        };
        let made = Parameter {
            name: SmolStr::new(name),
            kind: raw.kind,
            title: raw.title,
            default: raw.default,
            min: raw.min.unwrap_or(0.0),
            max: raw.max.unwrap_or(most),
            choices: raw.choices,
        };
        if !(made.min <= made.max && made.min.abs() <= limits::MM && made.max <= most) {
            return Err(format!("min and max must be in order, and at most {}", short(most)));
        }
        if (made.kind == Kind::Choice) == made.choices.is_empty() || made.choices.len() > 64 {
            return Err("kind \"choice\" wants choices, 1 to 64 words, and no other kind does".to_owned());
        }
        if made.title.chars().count() > 200 {
            return Err("a title has at most 200 letters".to_owned());
        }
        let text = match &made.default {
            Value::String(text) => text.clone(),
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) => made.default.to_string(),
            _ => return Err("default is a word, a number, or true or false".to_owned()),
        };
        let default = made.read(&text).map_err(|why| format!("default: {why}"))?;
        Ok(Parameter { default, ..made })
    }

    /// Reads what a person typed.
    ///
    /// # Errors
    /// What would be right, in words.
    pub fn read(&self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        let number = || -> Result<f64, String> {
            // "12 mm" is as good as "12".
            let bare = text.strip_suffix("mm").unwrap_or(text).trim();
            let plain = bare.len() <= 24 && bare.bytes().all(|b| b.is_ascii_digit() || b"+-.".contains(&b));
            let value: f64 = bare
                .parse()
                .ok()
                .filter(|_| plain)
                .ok_or_else(|| format!("\"{}\" is no number", cut(text)))?;
            if value >= self.min && value <= self.max {
                Ok(value)
            } else {
                Err(format!(
                    "{} is not between {} and {}",
                    short(value),
                    short(self.min),
                    short(self.max)
                ))
            }
        };
        match self.kind {
            Kind::Length | Kind::Number => number().map(Value::Float),
            Kind::Count => {
                let value = number()?;
                if value.fract() != 0.0 {
                    return Err(format!("{} is not a whole number", short(value)));
                }
                Ok(Value::Integer(value as i64))
            }
            Kind::Text => {
                let letters = text.chars().count();
                if letters as f64 > self.max {
                    return Err(format!("it has {letters} letters and may have {}", short(self.max)));
                }
                Ok(Value::String(text.to_owned()))
            }
            Kind::Colour => {
                super::super::layout::Colour::try_from(text.to_owned())?;
                Ok(Value::String(text.to_owned()))
            }
            Kind::Choice if self.choices.iter().any(|c| c == text) => Ok(Value::String(text.to_owned())),
            Kind::Choice => Err(format!("\"{}\" is not one of {}", cut(text), self.choices.join(", "))),
            Kind::Switch => match text {
                "true" | "yes" | "on" => Ok(Value::Boolean(true)),
                "false" | "no" | "off" => Ok(Value::Boolean(false)),
                _ => Err(format!("\"{}\" is neither yes nor no", cut(text))),
            },
        }
    }

    /// The values at its ends, where it has any, and each choice.
    pub(super) fn ends(&self) -> Vec<Value> {
        match self.kind {
            Kind::Length | Kind::Number => vec![Value::Float(self.min), Value::Float(self.max)],
            Kind::Count => vec![Value::Integer(self.min as i64), Value::Integer(self.max as i64)],
            Kind::Choice => self.choices.iter().cloned().map(Value::String).collect(),
            Kind::Switch => vec![Value::Boolean(true), Value::Boolean(false)],
            Kind::Text | Kind::Colour => Vec::new(),
        }
    }
}

/// The beginning of what was typed, for a message.
fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}
