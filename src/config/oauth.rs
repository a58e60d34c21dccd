//! `[oauth]`: who else than this house gives tokens for it.

use serde::Deserialize;
use smol_str::SmolStr;

/// An issuer of tokens outside of this house.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct OAuth {
    /// Its `iss`: an https: address. Left out: this house alone gives tokens.
    pub issuer: Option<SmolStr>,
    /// What its tokens for this house have as `aud`.
    pub audience: Option<SmolStr>,
    /// Where its keys are (JWKS). Left out: its metadata tells.
    pub jwks: Option<SmolStr>,
}

impl OAuth {
    /// What is wrong with it, in words.
    pub(super) fn check(&self) -> Result<(), String> {
        match (&self.issuer, &self.audience) {
            (Some(_), None) => {
                Err("[oauth] names an issuer and no audience: say what its tokens for this house have as aud".into())
            }
            (None, Some(_)) => Err("[oauth] names an audience and no issuer".into()),
            (None, None) if self.jwks.is_some() => Err("[oauth] names keys and no issuer".into()),
            _ => Ok(()),
        }
    }
}
