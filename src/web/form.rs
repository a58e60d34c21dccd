//! Forms: reading what was sent, and where a page goes on after it.

use hyper::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::api::call::{from_form, from_json};
use crate::api::{Api, Call, Problem, Reply, http};

/// Most bytes of a form without files.
const FORM_BYTES: usize = 256 << 10;

/// What every form of somebody who is signed in carries.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Token {
    #[serde(default)]
    form_token: String,
}

/// Reads a form of somebody who is signed in: it must carry his session's token.
///
/// # Errors
/// 403 `form-outdated`; what is wrong with a field.
pub async fn read<T: DeserializeOwned>(api: &Api, call: &mut Call) -> Result<T, Problem> {
    let bytes = call.whole(FORM_BYTES).await?;
    let token: Token = from_form(&bytes)?;
    api.check_form_token(&call.caller, &token.form_token)?;
    from_form(&bytes)
}

/// Reads a form of somebody who is signed in as what an operation wants: empty fields are left out, those of `numbers` are
/// numbers.
///
/// # Errors
/// As for [`read`].
pub async fn wish<T: DeserializeOwned>(api: &Api, call: &mut Call, numbers: &[&str]) -> Result<T, Problem> {
    let fields: Vec<(String, String)> = read(api, call).await?;
    let mut json = Map::new();
    for (name, value) in fields {
        let value = value.trim();
        if value.is_empty() || name == "form-token" {
            continue;
        }
        let value = match numbers.contains(&name.as_str()) {
            // What is no number is refused by whoever wants one.
            true => serde_json::from_str(value).unwrap_or_else(|_| Value::from(value)),
            false => Value::from(value),
        };
        json.insert(name, value);
    }
    from_json(Value::Object(json).to_string().as_bytes())
}

/// Reads a form that says nothing but that it was sent.
///
/// # Errors
/// As for [`read`].
pub async fn sent(api: &Api, call: &mut Call) -> Result<(), Problem> {
    read::<Vec<(String, String)>>(api, call).await.map(drop)
}

/// Reads a form of somebody who is not known yet.
///
/// # Errors
/// 403 when another site has sent it; what is wrong with a field.
pub async fn from_nobody<T: DeserializeOwned>(call: &mut Call) -> Result<T, Problem> {
    if !crate::api::accounts::is_same_origin(&call.parts.headers) {
        return Err(Problem::forbidden(
            "this form was sent by another site: load the page of this one",
        ));
    }
    let bytes = call.whole(FORM_BYTES).await?;
    from_form(&bytes)
}

/// Goes on to another page (Post/Redirect/Get): a page that is loaded again sends no form again.
pub fn go(to: &str) -> Reply {
    Reply(http::see(StatusCode::SEE_OTHER, to))
}

/// The page that was wanted before somebody had to sign in: one of this house, or the first.
pub fn next(wanted: Option<&str>) -> &str {
    match wanted {
        // "//host" and "/\host" lead elsewhere, and browsers leave tabs and line ends out.
        Some(path)
            if path.starts_with('/') && !path.starts_with("//") && path.bytes().all(|b| b > b' ' && b != b'\\') =>
        {
            path
        }
        _ => "/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_out_of_the_house() {
        assert_eq!(next(Some("/jobs?state=held")), "/jobs?state=held");
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "jobs",
            "/a\nb",
            "/\t/evil.example",
        ] {
            assert_eq!(next(Some(bad)), "/", "{bad:?}");
        }
        assert_eq!(next(None), "/");
    }
}
