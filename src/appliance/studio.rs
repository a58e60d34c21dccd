//! The press for those who look before they print: where things lie, thumbnails, soft proofs.

mod cache;
mod geometry;
mod refused;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use smol_str::{SmolStr, format_smolstr};

use super::courier::HouseCourier;
use super::laid::{Laid, Subjects, Templates, subjects};
use super::output;
use super::stations::Station;
use crate::api::studio::{Fitted, Look, MOST_SHEETS, OnSheet, Print, ProofLook, Refused, SheetView, Showing};
use crate::color::{Profile, ProofOptions, Tone};
use crate::crypto::Sha256;
use crate::intake::DEFAULT_MARGINS;
use crate::model::{
    ColorMode, Destination, Digest, Document, DocumentFormat, Margins, MediaSize, OutputSpec, RasterFormat, RasterType,
    Resolution, TemplateChoice,
};
use crate::press::layout::{Fields, Picture, Subject};
use crate::press::template::{TemplateError, known};
use crate::press::{self, Content, Input, Page, PressError, PressJob, PressLimits, PressStream, Proof, Side};

use cache::Cache;
use geometry::Origin;
use refused::{of_document, of_laid, of_sheet};

/// Dots per inch at which geometry is worked out: a twenty-fifth of a millimetre.
const FINE: u32 = 600;
/// Most bytes that the making of a picture holds: it must not press those that are printed.
const MEMORY: u64 = 256_000_000;
/// Most pictures that are made up where there are none yet.
const MADE_UP: usize = 100;
/// Sheets of a template that are tried, with all their words, before a job is made.
const TRIED: usize = 20;
/// The sheet of a template that names none, when nobody does.
const SHEET: &str = "a4";

/// See the head of the file.
pub(super) struct PressStudio {
    courier: Arc<HouseCourier>,
    templates: Templates,
    cache: Cache,
}

/// A sheet's page, and the pictures that it is made of.
struct Pages {
    inputs: Vec<Input>,
    /// The document of each input, from 0.
    documents: Vec<usize>,
    pages: Vec<Page>,
}

impl PressStudio {
    /// Over what the courier prints with; pictures are kept in the state folder.
    pub fn new(courier: Arc<HouseCourier>, data: &Path) -> PressStudio {
        PressStudio {
            templates: courier.templates.clone(),
            cache: Cache::new(&data.join("proofs")),
            courier,
        }
    }

    fn limits(&self) -> PressLimits {
        let limits = &self.courier.limits;
        PressLimits {
            memory: limits.memory.min(MEMORY),
            ..limits.clone()
        }
    }

    fn inputs(&self, documents: &[Document]) -> Vec<Input> {
        let one = |document: &Document| Input {
            path: self.courier.spool.path(&document.digest),
            format: document.facts.format,
            page: 0,
        };
        documents.iter().map(one).collect()
    }

    fn laid(&self, choice: TemplateChoice, margins: Margins, documents: &[Document]) -> Laid {
        Laid {
            templates: self.templates.clone(),
            choice,
            margins,
            names: documents.iter().map(|document| document.name.clone()).collect(),
            printer: None,
            edition: None,
            date: jiff::ZonedDateTime::now().date(),
        }
    }

    /// The first sheets of a print, as many as are asked for.
    fn pages(&self, print: &Print, dots: Resolution, most: usize, profile: &Profile) -> Result<Pages, Refused> {
        let ticket = &print.ticket;
        let media = &ticket.media.value;
        let inputs = self.inputs(&print.documents);
        let limits = self.limits();
        if let Some(choice) = &ticket.template {
            let mut laid = self.laid(choice.clone(), media.margins, &print.documents);
            laid.edition.clone_from(&ticket.edition);
            laid.printer = print.destination.printer().map(|printer| printer.as_str().into());
            let of_documents = subjects(&inputs, &laid.names, &limits).map_err(of_document)?;
            let documents = of_documents.documents.clone();
            let mut fields = known(&media.size, profile, ticket.intent.value, dots.x, laid.date);
            if let Some(printer) = &laid.printer {
                fields.set("printer", printer.as_str());
            }
            let (inputs, composition) = laid.compose(&media.size, dots, of_documents, fields).map_err(of_laid)?;
            let pages = (0..composition.pages().min(most)).map(|index| composition.page(index));
            let pages = pages
                .collect::<Result<_, _>>()
                .map_err(|e| Refused::new("fields", format_smolstr!("{e}")))?;
            return Ok(Pages {
                inputs,
                documents,
                pages,
            });
        }
        let choice = &ticket.pages.value;
        let numbered: Vec<(u32, u32)> = (1..).zip(print.documents.iter().map(|d| d.facts.pages)).collect();
        let mut chosen = choice.choose(&numbered, ticket.scaling.value, ticket.orientation.value);
        let side = Side {
            sheet: &media.size,
            margins: media.margins,
            dots,
            number_up: choice.number_up,
        };
        // Every document begins on a sheet of its own, so that these are enough for so many sheets.
        chosen.truncate(most.saturating_mul(choice.number_up.max(1) as usize));
        let documents = chosen.iter().map(|page| page.document).collect();
        let (inputs, mut pages) = press::impose(&inputs, &chosen, &side, &limits).map_err(of_document)?;
        pages.truncate(most);
        Ok(Pages {
            inputs,
            documents,
            pages,
        })
    }

    /// By which profile a proof is made: that of the printer that is named, or of the first that has one for the paper.
    fn profile(&self, print: &Print, look: &ProofLook) -> Result<Arc<Profile>, Refused> {
        let stations = &self.courier.stations;
        let of_paper = |station: &Station| {
            let papers: Vec<_> = station.papers.iter().map(|(choice, _)| choice.clone()).collect();
            let place = output::paper_for(&papers, &print.ticket.media.value.media_type)?;
            Some(station.papers[place].1.clone())
        };
        let named = look.printer.as_ref().or(print.destination.printer());
        if let Some(printer) = named {
            let station = stations
                .get(printer)
                .ok_or_else(|| Refused::new("printer", format_smolstr!("there is no printer {printer} here")))?;
            // Without a profile of its own it is left to manage sRGB.
            return Ok(of_paper(&station).unwrap_or_else(|| self.courier.standard.srgb()));
        }
        let mut all: Vec<_> = stations.all().into_iter().collect();
        all.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let first = all.into_iter().find_map(|(_, station)| of_paper(&station));
        Ok(first.unwrap_or_else(|| self.courier.standard.srgb()))
    }

    fn job(&self, print: &Print, look: &Look) -> Result<PressJob, Refused> {
        let media = &print.ticket.media.value;
        let longer = media.size.x.as_hundredths().max(media.size.y.as_hundredths()).max(1);
        let dpi = u64::from(look.side) * 2540 / u64::from(longer.unsigned_abs());
        let dots = Resolution::square(u32::try_from(dpi).unwrap_or(FINE).clamp(1, FINE));
        let srgb = self.courier.standard.srgb();
        let proof = match &look.proof {
            None => None,
            Some(wanted) => {
                let options = ProofOptions {
                    paper_white: wanted.paper_white,
                    black_ink: wanted.paper_white,
                    gamut_warning: wanted.gamut,
                    ..ProofOptions::default()
                };
                let printer = self.profile(print, wanted)?;
                Some(Proof { printer, options })
            }
        };
        let named = proof.as_ref().map_or(&srgb, |proof| &proof.printer);
        let wanted = look.sheet as usize;
        let Pages { inputs, mut pages, .. } = self.pages(print, dots, wanted, named)?;
        let Some(page) = pages.pop().filter(|_| pages.len() + 1 == wanted) else {
            return Err(Refused::new("sheet", "this print has no such sheet"));
        };
        Ok(PressJob {
            inputs,
            content: Content::Pages([page].into()),
            sheet: media.size.clone(),
            media_type: media.media_type.clone(),
            quality: print.ticket.quality.value.as_enum(),
            output: OutputSpec {
                format: RasterFormat::Jpeg,
                raster_type: RasterType::Srgb8,
                resolution: dots,
            },
            profile: srgb,
            intent: print.ticket.intent.value,
            proof,
            tone: (print.ticket.color_mode.value == ColorMode::Monochrome).then_some(Tone::NEUTRAL),
            dither: false,
            links: self.courier.links.clone(),
            sharpening: None,
            repeat: 1,
            workers: 1,
            band_rows: None,
            limits: self.limits(),
        })
    }
}

/// As many pictures as a page shows, of the shape of most cameras'.
fn made_up(pictures: usize) -> Subjects {
    let one = Subject::new(Picture {
        width: 3_000,
        height: 2_000,
        resolution: None,
    });
    Subjects {
        inputs: Vec::new(),
        subjects: vec![one; pictures.min(MADE_UP)],
        documents: Vec::new(),
    }
}

/// What a picture depends on.
#[derive(Serialize)]
struct Known<'a> {
    /// Changes with how pictures are made.
    version: u32,
    ticket: &'a crate::model::Ticket,
    documents: Vec<(Digest, &'a Option<SmolStr>)>,
    destination: &'a Destination,
    side: u32,
    sheet: u32,
    profile: Option<Digest>,
    shown: (Option<u64>, bool),
    template: Option<(u32, String)>,
}

impl Showing for PressStudio {
    fn fit(
        &self,
        name: &str,
        fields: &BTreeMap<String, String>,
        on: &OnSheet,
        documents: &[Document],
    ) -> Result<Fitted, Refused> {
        let wrong = |error: TemplateError| of_laid(error.into());
        let template = self.templates.get(name).map_err(wrong)?;
        let of_house = || MediaSize::called(SHEET);
        let size = on.size.clone().or_else(|| template.first_size()).or_else(of_house);
        let size = size.ok_or_else(|| Refused::new("ticket/media", "name a sheet"))?;
        template.suits(&size).map_err(wrong)?;
        let margins = match (template.media.borderless, on.margins) {
            (true, Some(margins)) if !margins.is_borderless() => {
                let text = format_smolstr!("template {name} prints to the sheet's edges: leave margins out");
                return Err(Refused::new("ticket/border", text));
            }
            (true, _) => Some(Margins::BORDERLESS),
            (false, _) => None,
        };
        let (values, _) = template.given(fields).map_err(wrong)?;
        let pictures = template.layout(&values).map_err(wrong)?.pictures();
        if pictures == 0 && !documents.is_empty() {
            let text = format_smolstr!("template {name} shows no pictures: it can't be printed with documents");
            return Err(Refused::new("template", text));
        }
        let mut choice = TemplateChoice {
            name: template.name.clone(),
            fields: fields.clone(),
            sheets: 1,
        };
        let laid = self.laid(
            choice.clone(),
            margins.or(on.margins).unwrap_or(DEFAULT_MARGINS),
            documents,
        );
        let of_documents = match documents {
            // Whoever asks for a price before there are pictures is told of what would have no room for any.
            [] => made_up(pictures),
            _ => subjects(&self.inputs(documents), &laid.names, &self.limits()).map_err(of_document)?,
        };
        let dots = Resolution::square(72);
        let (_, composition) = laid
            .compose(&size, dots, of_documents, Fields::default())
            .map_err(|error| of_sheet(error, on.margins.is_some()))?;
        for index in 0..composition.pages().min(TRIED) {
            let tried = composition.page(index);
            tried.map_err(|error| Refused::new("fields", format_smolstr!("{error}")))?;
        }
        if !documents.is_empty() {
            choice.sheets = u32::try_from(composition.pages()).unwrap_or(u32::MAX);
        }
        Ok(Fitted { choice, size, margins })
    }

    fn lay_out(&self, print: &Print) -> Result<Vec<SheetView>, Refused> {
        let dots = Resolution::square(FINE);
        let srgb = self.courier.standard.srgb();
        let made = self.pages(print, dots, MOST_SHEETS, &srgb)?;
        let mut origins = Vec::with_capacity(made.inputs.len());
        for (input, document) in made.inputs.iter().zip(&made.documents) {
            let facts = press::inspect_page(input, &self.limits()).map_err(of_document)?;
            origins.push(Origin {
                document: *document,
                page: input.page,
                size: (facts.width, facts.height),
                has_pixels: facts.format != DocumentFormat::Pdf,
            });
        }
        let sheets = made.pages.iter().enumerate();
        Ok(sheets
            .map(|(index, page)| geometry::sheet(index + 1, page, dots, &origins))
            .collect())
    }

    fn key(&self, print: &Print, look: &Look) -> Result<Digest, Refused> {
        let mut ticket = print.ticket.clone();
        // What is said of a print changes nothing of how it looks.
        ticket.warnings.clear();
        let profile = match &look.proof {
            None => None,
            Some(wanted) => Some(Sha256::of(self.profile(print, wanted)?.as_bytes())),
        };
        let template = match &ticket.template {
            None => None,
            Some(choice) => {
                let template = self
                    .templates
                    .get(&choice.name)
                    .map_err(|error| of_laid(error.into()))?;
                let date = jiff::ZonedDateTime::now().date();
                Some((template.revision, format!("{template:?} {date}")))
            }
        };
        let known = Known {
            version: 1,
            documents: print.documents.iter().map(|d| (d.digest, &d.name)).collect(),
            destination: &print.destination,
            side: look.side,
            sheet: look.sheet,
            profile,
            shown: look.proof.as_ref().map_or((None, false), |proof| {
                (proof.gamut.map(f64::to_bits), proof.paper_white)
            }),
            template,
            ticket: &ticket,
        };
        let json = serde_json::to_vec(&known).map_err(|error| Refused::new("job", format_smolstr!("{error}")))?;
        Ok(Sha256::of(&json))
    }

    fn picture(&self, print: &Print, look: &Look, key: &Digest) -> Result<Vec<u8>, Refused> {
        if let Some(kept) = self.cache.get(key) {
            return Ok(kept);
        }
        let job = self.job(print, look)?;
        let made = || -> Result<Vec<u8>, PressError> {
            let mut stream = PressStream::open(job)?;
            let mut picture = Vec::new();
            while let Some(piece) = stream.next_piece()? {
                picture.extend_from_slice(&piece);
            }
            Ok(picture)
        };
        let picture = made().map_err(of_document)?;
        self.cache.put(key, &picture);
        Ok(picture)
    }
}

#[cfg(test)]
mod printed;
#[cfg(test)]
mod tests;
