//! What was removed, and the form by which it is taken back: the same that would add it.

use crate::api::ops::presets::PresetView;
use crate::api::ops::webhooks::WebhookView;
use crate::api::view::{PaperView, PrinterView};

/// Something that was removed a moment ago.
pub struct Gone {
    /// What was done, in a sentence.
    pub text: String,
    /// What taking it back does not bring, in a sentence.
    pub but: &'static str,
    /// Where its form goes.
    pub action: &'static str,
    /// What its form says.
    pub fields: Vec<(&'static str, String)>,
}

impl Gone {
    fn of(name: &str, action: &'static str, fields: Vec<(&'static str, Option<String>)>) -> Gone {
        let given = fields.into_iter().filter_map(|(field, value)| Some((field, value?)));
        Gone {
            text: format!("{name} is removed."),
            but: "",
            action,
            fields: given.collect(),
        }
    }

    /// A printer.
    pub fn printer(printer: &PrinterView) -> Gone {
        let fields = vec![
            ("name", Some(printer.name.to_string())),
            ("uri", Some(printer.uri.to_string())),
        ];
        Gone {
            but: "What lay in it and which profiles it had must be said again.",
            ..Gone::of(&printer.name, "/printers", fields)
        }
    }

    /// A paper.
    pub fn paper(paper: &PaperView) -> Gone {
        let finish = serde_json::to_value(paper.finish).ok();
        let fields = vec![
            ("name", Some(paper.name.to_string())),
            ("media", Some(paper.media.to_string())),
            ("media_type", Some(paper.media_type.to_string())),
            ("finish", finish.and_then(|word| word.as_str().map(str::to_owned))),
            ("weight", paper.weight.map(|weight| weight.to_string())),
            ("price", paper.price.map(|price| price.to_string())),
            ("low", Some(paper.low.to_string())),
            ("sheets", paper.on_hand.filter(|n| *n >= 0).map(|n| n.to_string())),
        ];
        Gone::of(&paper.shown, "/papers", fields)
    }

    /// A preset.
    pub fn preset(preset: &PresetView) -> Gone {
        let wish = serde_json::to_value(&preset.preset).unwrap_or_default();
        let told = |field: &'static str| {
            let text = match &wish[field] {
                serde_json::Value::Null => None,
                serde_json::Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            };
            (field, text)
        };
        let fields = [
            "name",
            "printer",
            "media",
            "media_type",
            "media_source",
            "border",
            "print_quality",
            "print_color_mode",
            "print_scaling",
            "print_rendering_intent",
        ];
        Gone::of(&preset.preset.name, "/presets", fields.map(told).to_vec())
    }

    /// A webhook. One that is told some events alone is made anew by the API.
    pub fn webhook(webhook: &WebhookView) -> Option<Gone> {
        let fields = vec![("url", Some(webhook.url.to_string()))];
        webhook.events.is_empty().then(|| Gone {
            but: "It will have another secret.",
            ..Gone::of(&webhook.url, "/webhooks", fields)
        })
    }
}
