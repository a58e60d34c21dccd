//! How a program shows which one it is: its secret by HTTP Basic or in the form, or only its name, of a public one
//! (RFC 6749, 2.3 and 3.2.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::OAuthError;
use crate::api::Api;
use crate::api::accounts::secret;
use crate::crypto;
use crate::model::Client;

/// What is sent to the endpoints. What is not known is passed over (RFC 6749, 3.2); what comes twice is refused.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Form {
    /// Which way to a token.
    pub grant_type: Option<String>,
    /// The code.
    pub code: Option<String>,
    /// Where the person was sent back to with it.
    pub redirect_uri: Option<String>,
    /// What its challenge was made of.
    pub code_verifier: Option<String>,
    /// The refresh token.
    pub refresh_token: Option<String>,
    /// What for.
    pub scope: Option<String>,
    /// Which program.
    pub client_id: Option<String>,
    /// Its secret.
    pub client_secret: Option<String>,
    /// The token that is asked about, or revoked.
    pub token: Option<String>,
}

/// What a program shows.
#[derive(PartialEq, Eq)]
struct Credentials {
    id: String,
    secret: Option<String>,
}

/// Reads what a program shows, in one way only.
fn credentials(authorization: Option<&str>, form: &Form) -> Result<Credentials, OAuthError> {
    let basic = authorization.and_then(|value| {
        let (scheme, encoded) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("basic").then(|| encoded.trim())
    });
    let Some(encoded) = basic else {
        let id = form.client_id.clone().ok_or_else(OAuthError::invalid_client)?;
        return Ok(Credentials {
            id,
            secret: form.client_secret.clone(),
        });
    };
    let decoded = STANDARD
        .decode(encoded)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let decoded = decoded.ok_or_else(OAuthError::invalid_client)?;
    // Our names and secrets have nothing in them that a form would escape.
    let (id, secret) = decoded.split_once(':').ok_or_else(OAuthError::invalid_client)?;
    if form.client_secret.is_some() {
        return Err(OAuthError::invalid_request(
            "show the secret once: by Basic, or in the form",
        ));
    }
    if form.client_id.as_deref().is_some_and(|named| named != id) {
        return Err(OAuthError::invalid_request("client_id is another one than by Basic"));
    }
    Ok(Credentials {
        id: id.into(),
        secret: Some(secret.into()),
    })
}

impl Api {
    /// The program that sends a form.
    pub(super) async fn oauth_client(&self, authorization: Option<&str>, form: &Form) -> Result<Client, OAuthError> {
        let shown = credentials(authorization, form)?;
        let client = self.store.client(shown.id.as_str().into()).await?;
        let client = client.filter(|client| client.revoked.is_none());
        let client = client.ok_or_else(OAuthError::invalid_client)?;
        let is_right = match (&client.secret, &shown.secret) {
            (Some(kept), Some(shown)) => crypto::same(&kept.0, &secret::digest(shown).0),
            (None, None) => true,
            // A public program's secret is empty where its library always sends one.
            (None, Some(shown)) => shown.is_empty(),
            (Some(_), None) => false,
        };
        if is_right {
            Ok(client)
        } else {
            Err(OAuthError::invalid_client())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_shows_itself_in_one_way() {
        let form = |id: Option<&str>, secret: Option<&str>| Form {
            client_id: id.map(str::to_owned),
            client_secret: secret.map(str::to_owned),
            ..Form::default()
        };
        // "shop:s3cret"
        let basic = Some("Basic c2hvcDpzM2NyZXQ=");
        let shown = credentials(basic, &form(None, None)).ok().unwrap();
        assert_eq!((shown.id.as_str(), shown.secret.as_deref()), ("shop", Some("s3cret")));
        assert!(credentials(basic, &form(Some("shop"), None)).is_ok());
        let error = |authorization, form: Form| credentials(authorization, &form).err().unwrap().error;
        assert_eq!(error(basic, form(Some("other"), None)), "invalid_request");
        assert_eq!(error(basic, form(None, Some("s3cret"))), "invalid_request");
        assert_eq!(error(Some("Basic !"), form(None, None)), "invalid_client");
        assert_eq!(error(Some("Basic c2hvcA=="), form(None, None)), "invalid_client");
        assert_eq!(error(None, form(None, None)), "invalid_client");
        let shown = credentials(None, &form(Some("app"), None)).ok().unwrap();
        assert_eq!((shown.id.as_str(), shown.secret), ("app", None));
    }
}
