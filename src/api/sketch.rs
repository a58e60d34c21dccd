//! A press for tests, which only pretends.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

use std::collections::BTreeMap;

use super::studio::{Fitted, Look, OnSheet, Print, Refused, SheetView, Showing};
use crate::model::{Digest, Document, MediaSize, TemplateChoice};

/// A press that only pretends: every template there is takes a sheet for each picture.
pub struct Sketch;

impl Showing for Sketch {
    fn fit(
        &self,
        name: &str,
        fields: &BTreeMap<String, String>,
        on: &OnSheet,
        documents: &[Document],
    ) -> Result<Fitted, Refused> {
        if name != "white-border" {
            return Err(Refused::new("template", "there is no such template"));
        }
        Ok(Fitted {
            choice: TemplateChoice {
                name: name.into(),
                fields: fields.clone(),
                sheets: documents.len() as u32,
            },
            size: on.size.clone().or(MediaSize::called("a3")).unwrap(),
            margins: None,
        })
    }

    fn lay_out(&self, _: &Print) -> Result<Vec<SheetView>, Refused> {
        Ok(Vec::new())
    }

    fn key(&self, print: &Print, look: &Look) -> Result<Digest, Refused> {
        let of = format!("{:?} {look:?}", print.ticket);
        Ok(crate::crypto::Sha256::of(of.as_bytes()))
    }

    fn picture(&self, _: &Print, look: &Look, _: &Digest) -> Result<Vec<u8>, Refused> {
        Ok(format!("{}", look.side).into_bytes())
    }
}
