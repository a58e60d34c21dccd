//! The words: jobs, tickets, printers, media, supplies, units, ids and events. Plain data, no I/O, no async.
//!
//! Names are IPP's (RFC 8011, PWG 5100 series) wherever IPP has one.

mod access;
mod account;
mod alike;
mod attempt;
mod bookings;
mod control;
mod destination;
mod document;
mod event;
mod hold;
mod ids;
mod ink;
mod job;
mod job_state;
mod loaded;
mod media;
mod order;
mod pages;
mod paper;
mod papers;
mod pool;
mod price;
mod printer;
mod raster;
mod readings;
mod routine;
mod scope;
mod settings;
mod subscription;
mod ticket;
mod time;
mod units;
mod webhook;
mod window;

pub use access::{Access, Identity, Password, SnmpAccess};
pub use account::{Client, Code, Ends, Grant, NewTokens, Session, Token, TokenKind, User};
pub use alike::{is_unseen, look_alike};
pub use attempt::{Attempt, AttemptOutcome, AttemptPhase, Avoid, RemoteJob, RemoteJobState, Trouble, TroubleClass};
pub use bookings::Bookings;
pub use control::{PrinterControl, Turned};
pub use destination::Destination;
pub use document::{Digest, DigestError, Document, DocumentFacts, DocumentFormat};
pub use event::{Event, EventKind, HousePart};
pub use hold::{Hold, HoldUntil};
pub use ids::{AttemptId, DocumentId, EventSeq, JobId, PrinterId, PrinterIdError};
pub use ink::{Coverage, INK_HISTORY, InkEntry, InkLevel, InkReason, Nanoliters, Need, NewInkEntry};
pub use job::{HOUSE, Job, JobHead, NOBODY, NewJob, Question, who, without_operations};
pub use job_state::{JobReason, JobState};
pub use loaded::{Loaded, LoadedBy};
pub use media::{MEDIA_SIZES, Margins, Media, MediaNameError, MediaSize};
pub use order::{Order, RequestKey, TemplateChoice};
pub use pages::{ChosenPage, NumberRange, PageChoice, PageOverride};
pub use paper::{
    Finish, NewStockEntry, Paper, PaperId, PaperIdError, StockEntry, StockReason, called, counted, sheets_shown,
    used_up,
};
pub use papers::{PAPER_NAMES, PaperName};
pub use pool::Pool;
pub use price::Price;
pub use printer::{Capabilities, Marker, PrinterRecord, PrinterState, PrinterStatus};
pub use raster::{ColorMode, OutputSpec, RasterFormat, RasterType, Rendering};
pub use readings::{Alert, Details, ReadBy, Reading, Severity, Tray};
pub use routine::Routine;
pub use scope::{Role, Scope, Scopes, UnknownWord};
pub use settings::{HouseSettings, IppOperators, SettingError};
pub use subscription::{NewSubscription, NotifyEvent, Subscription, Told};
pub use ticket::{Decided, Orientation, PrintQuality, PrintScaling, RenderingIntent, Source, Ticket};
pub use time::Timestamp;
pub use units::{Length, Pixels, Resolution};
pub use webhook::{Delivery, DeliveryState, Webhook};
pub use window::{Span, WindowRule};
