//! Why the press can't show something, told with the field of the request that is at fault.

use smol_str::format_smolstr;

use crate::api::studio::Refused;
use crate::appliance::laid::LaidError;
use crate::press::PressError;
use crate::press::layout::LayoutError;
use crate::press::template::TemplateError;

/// A document that can't be shown.
pub(super) fn of_document(error: PressError) -> Refused {
    Refused::new("uploads", format_smolstr!("{error}"))
}

/// Pictures that can't be laid out.
pub(super) fn of_laid(error: LaidError) -> Refused {
    match error {
        LaidError::Document(error) => of_document(error),
        LaidError::Template(error) => {
            let field = match &error {
                TemplateError::Unknown(..) | TemplateError::File { .. } => "template",
                TemplateError::Paper { .. } => "ticket/media",
                TemplateError::Value { .. } | TemplateError::Layout { .. } => "fields",
            };
            Refused::new(field, format_smolstr!("{error}"))
        }
    }
}

/// The same of a sheet whose margins somebody has named, where these leave no room.
pub(super) fn of_sheet(error: LaidError, has_margins: bool) -> Refused {
    let has_no_room = matches!(
        &error,
        LaidError::Template(TemplateError::Layout {
            why: LayoutError::NoRoom { .. },
            ..
        })
    );
    let refused = of_laid(error);
    match has_no_room && has_margins {
        true => Refused::new("ticket/border", refused.text),
        false => refused,
    }
}
