//! Who people and programs are, to the doors.

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use smol_str::SmolStr;

use super::StartError;
use crate::api::Api;
use crate::api::accounts::Issuer;
use crate::config;
use crate::ipp::{Authenticator, Scheme};
use crate::model::Scope;

/// The issuer outside of this house, where one is configured.
pub(super) fn issuer(config: &config::OAuth) -> Result<Option<Issuer>, StartError> {
    let (Some(issuer), Some(audience)) = (&config.issuer, &config.audience) else {
        return Ok(None);
    };
    let issuer = Issuer::new(issuer, audience, config.jwks.as_deref());
    issuer.map(Some).map_err(|error| StartError::Config(error.to_string()))
}

/// How the IPP door knows its clients, if it asks.
pub(super) fn authenticator(asks: config::Authentication, api: &Api) -> Option<Arc<dyn Authenticator>> {
    let scheme = match asks {
        config::Authentication::None => return None,
        config::Authentication::Basic => Scheme::Basic,
        config::Authentication::Oauth => Scheme::OAuth,
    };
    Some(Arc::new(People {
        scheme,
        api: api.clone(),
    }))
}

/// People and programs as the API knows them.
struct People {
    scheme: Scheme,
    api: Api,
}

#[async_trait]
impl Authenticator for People {
    fn scheme(&self) -> Scheme {
        self.scheme
    }

    async fn user(&self, authorization: &str, address: Option<IpAddr>) -> Option<SmolStr> {
        match self.scheme {
            Scheme::Basic => self.api.basic(authorization, address).await,
            Scheme::OAuth => {
                let (scheme, token) = authorization.split_once(' ')?;
                if !scheme.eq_ignore_ascii_case("bearer") {
                    return None;
                }
                let caller = self.api.bearer(token.trim()).await.ok()?;
                caller.scopes.has(Scope::JobsWrite).then_some(caller.name)
            }
        }
    }
}
