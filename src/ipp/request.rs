//! Reading a request from its HTTP body: the attributes under limits and time, then the document as a stream.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body as _;

use super::codec::{DecodeError, HeadReader, Limits, Message, status};
use super::failure::Failure;
use crate::door::Body;

/// Bytes of an unwanted document that are read and thrown away, so that the client hears the answer rather than a
/// torn connection.
const DRAIN_BYTES: usize = 16 << 20;
/// How long that may take.
const DRAIN_TIME: Duration = Duration::from_secs(5);
/// A client that pauses for so long waits for the answer.
const DRAIN_QUIET: Duration = Duration::from_secs(1);

/// A request's attributes, and the document that follows them.
pub struct Request {
    /// The attributes.
    pub message: Message,
    /// The rest of the body.
    pub data: Data,
}

/// The document data of a request, as a stream.
pub struct Data {
    first: Option<Bytes>,
    body: Body,
    idle: Duration,
    ended: bool,
    /// What went wrong while the body was gathered; told to whoever reads on.
    torn: Option<Failure>,
}

/// A head that could not be read. The prefix, where it came, tells which request to answer.
pub struct BadHead {
    /// Version and request-id, where they arrived.
    pub prefix: Option<Message>,
    /// What to answer.
    pub failure: Failure,
    /// The rest of the body, to be drained.
    pub data: Data,
}

/// Reads the attributes of a request whose body began `since` then.
pub async fn read(
    mut data: Data,
    limits: Limits,
    since: tokio::time::Instant,
    head: Duration,
) -> Result<Request, Box<BadHead>> {
    let mut reader = HeadReader::new(limits);
    let deadline = since + head;
    let failure = loop {
        let chunk = match data.first.take() {
            Some(first) => Ok(Ok(Some(first))),
            None => tokio::time::timeout_at(deadline, data.frame()).await,
        };
        let chunk = match chunk {
            Err(_) => {
                break Failure::new(
                    status::CLIENT_ERROR_TIMEOUT,
                    format!("the request's attributes did not arrive within {} s", head.as_secs()),
                );
            }
            Ok(Err(failure)) => break failure,
            Ok(Ok(None)) => break Failure::bad_request("the request ends before its attributes do"),
            Ok(Ok(Some(chunk))) => chunk,
        };
        match reader.push(chunk) {
            Ok(None) => {}
            Ok(Some((message, rest))) => {
                // Whoever is torn off in the middle has asked for nothing, however little was missing.
                if let Some(failure) = data.torn.take() {
                    break failure;
                }
                data.first = Some(rest).filter(|rest| !rest.is_empty());
                return Ok(Request { message, data });
            }
            Err(error) => break decode_failure(&error),
        }
    };
    Err(Box::new(BadHead {
        prefix: reader.prefix(),
        failure,
        data,
    }))
}

fn decode_failure(error: &DecodeError) -> Failure {
    let status = if error.is_limit() {
        status::CLIENT_ERROR_REQUEST_ENTITY_TOO_LARGE
    } else {
        status::CLIENT_ERROR_BAD_REQUEST
    };
    Failure::new(status, format!("the request can't be read: {error}"))
}

impl Data {
    /// A body, of which nothing was read. A document in it may pause for `idle`.
    pub fn new(body: Body, idle: Duration) -> Self {
        Data {
            first: None,
            body,
            idle,
            ended: false,
            torn: None,
        }
    }

    /// A body that is known to be short, as a whole; `None` where it is not, or does not come in time, and then it is
    /// still to be read.
    pub async fn short(&mut self, most: usize, until: tokio::time::Instant) -> Option<Bytes> {
        let length = usize::try_from(self.announced()?).ok().filter(|n| *n <= most)?;
        let mut whole = self.first.take().unwrap_or_default();
        while whole.len() < length {
            let next = match tokio::time::timeout_at(until, self.frame()).await {
                Ok(Ok(Some(next))) => next,
                Ok(Err(failure)) => {
                    self.torn = Some(failure);
                    break;
                }
                Ok(Ok(None)) | Err(_) => break,
            };
            whole = if whole.is_empty() {
                next
            } else {
                [whole, next].concat().into()
            };
        }
        let is_whole = whole.len() == length;
        self.first = Some(whole.clone()).filter(|w| !w.is_empty());
        is_whole.then_some(whole)
    }

    /// How many bytes of the document are still to come, where `Content-Length` says so.
    pub fn announced(&self) -> Option<u64> {
        let here = self.first.as_ref().map_or(0, |first| first.len() as u64);
        self.body.size_hint().exact().map(|left| left.saturating_add(here))
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// When the connection tears or pauses too long.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        let idle = self.idle;
        match tokio::time::timeout(idle, self.frame()).await {
            Ok(result) => result,
            Err(_) => {
                self.ended = true;
                Err(Failure::new(
                    status::CLIENT_ERROR_TIMEOUT,
                    format!("no byte of the document came for {} s", idle.as_secs()),
                ))
            }
        }
    }

    /// Whether there is any document data.
    ///
    /// # Errors
    /// As for [`Data::next`].
    pub async fn peek(&mut self) -> Result<bool, Failure> {
        self.first = self.next().await?;
        Ok(self.first.is_some())
    }

    async fn frame(&mut self) -> Result<Option<Bytes>, Failure> {
        if let Some(failure) = self.torn.take() {
            return Err(failure);
        }
        while !self.ended {
            match self.body.frame().await {
                None => self.ended = true,
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) if bytes.is_empty() => {}
                    Ok(bytes) => return Ok(Some(bytes)),
                    // Trailers say nothing in IPP.
                    Err(_) => {}
                },
                Some(Err(error)) => {
                    self.ended = true;
                    return Err(Failure::bad_request(format!(
                        "the connection broke while the request arrived: {error}"
                    )));
                }
            }
        }
        Ok(None)
    }

    /// Reads and drops what is left, within bounds.
    pub async fn drain(&mut self) {
        let mut left = DRAIN_BYTES;
        let all = async {
            while let Ok(Ok(Some(bytes))) = tokio::time::timeout(DRAIN_QUIET, self.next()).await {
                left = left.saturating_sub(bytes.len());
                if left == 0 {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(DRAIN_TIME, all).await;
    }
}
