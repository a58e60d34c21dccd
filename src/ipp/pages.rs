//! What a browser finds at the IPP port: where `printer-more-info`, `printer-supply-info-uri` and `printer-icons` point.

use std::fmt::Write as _;

use bytes::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

use super::{Shared, icons};
use crate::door::AnswerBody;
use crate::model::{Destination, PrinterState};

/// A text for a person.
pub fn plain(status: StatusCode, text: impl Into<Bytes>) -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::whole(text));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// Answers a GET.
pub async fn get(shared: &Shared, path: &str) -> Response<AnswerBody> {
    if let Some(png) = icons::at(path) {
        let mut response = Response::new(AnswerBody::whole(png));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/png"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=86400"));
        return response;
    }
    let text = match path {
        "/" => printers(shared).await,
        "/supplies" => supplies(shared).await,
        _ => return plain(StatusCode::NOT_FOUND, "There is nothing here.\n"),
    };
    text.map_or_else(
        |error| {
            log::error!("a page could not be made: {error}");
            plain(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The print server could not read its books. Try again.\n",
            )
        },
        |text| plain(StatusCode::OK, text),
    )
}

async fn printers(shared: &Shared) -> Result<String, crate::store::StoreError> {
    let mut out = "Platen prints here by IPP: add ipp://<this host>:<this port>/ipp/print as a printer.\n\n".to_owned();
    for printer in shared.store.printers().await? {
        let how = match &printer.status {
            None => "has not answered yet",
            Some(s) if !s.reachable => "does not answer",
            Some(s) => match s.state {
                PrinterState::Idle => "is ready",
                PrinterState::Processing => "is printing",
                PrinterState::Stopped => "is stopped",
            },
        };
        let _ = writeln!(out, "{} {how}", printer.name);
    }
    let _ = writeln!(
        out,
        "\n{} jobs wait or are being printed.",
        shared.store.queued_count(Destination::Pool).await?
    );
    Ok(out)
}

async fn supplies(shared: &Shared) -> Result<String, crate::store::StoreError> {
    let mut out = String::new();
    for printer in shared.store.printers().await? {
        let _ = writeln!(out, "{}", printer.name);
        match printer.status {
            Some(status) if !status.markers.is_empty() => {
                for marker in &status.markers {
                    // PWG 5100.9: -1 other, -2 unknown, -3 some left.
                    let level = match marker.level {
                        0..=100 => format!("{} %", marker.level),
                        -3 => "some left".to_owned(),
                        _ => "not known".to_owned(),
                    };
                    let _ = writeln!(out, "  {:<12} {level}", marker.name);
                }
            }
            _ => out.push_str("  its supplies are not known\n"),
        }
    }
    Ok(out)
}
