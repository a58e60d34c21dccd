//! The body of an answer: whole, or in pieces that are made while the client takes them.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

/// Why a body ends before its end; for the log.
#[derive(Debug, thiserror::Error)]
#[error("an answer was cut off: {0}")]
pub struct Cut(pub String);

/// The body of an answer.
#[derive(Debug)]
pub enum AnswerBody {
    /// All of it.
    Whole(Full<Bytes>),
    /// What comes, to the last one.
    Pieces(Pieces),
}

/// A body in pieces. Where one is missing the connection is cut: the client sees it.
#[derive(Debug)]
pub struct Pieces {
    arriving: mpsc::Receiver<Result<Piece, Cut>>,
    is_whole: bool,
}

/// One of them.
#[derive(Debug)]
pub struct Piece {
    /// What it is.
    pub bytes: Bytes,
    /// Whether none follows.
    pub is_last: bool,
}

impl Pieces {
    /// Those that arrive.
    pub fn new(arriving: mpsc::Receiver<Result<Piece, Cut>>) -> Self {
        Pieces {
            arriving,
            is_whole: false,
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if self.is_whole {
            return Poll::Ready(None);
        }
        self.arriving.poll_recv(context).map(|piece| {
            // Whoever makes them gives up without a word when nobody takes them.
            let piece = piece.unwrap_or_else(|| Err(Cut("nobody made the rest".to_owned())));
            self.is_whole = piece.as_ref().map_or(true, |piece| piece.is_last);
            Some(piece.map(|piece| Frame::data(piece.bytes)))
        })
    }
}

impl AnswerBody {
    /// A body that is there.
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        AnswerBody::Whole(Full::new(bytes.into()))
    }
}

impl Default for AnswerBody {
    fn default() -> Self {
        AnswerBody::Whole(Full::default())
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        match self.get_mut() {
            AnswerBody::Whole(whole) => {
                let frame = Pin::new(whole).poll_frame(context);
                frame.map(|frame| frame.map(|frame| frame.map_err(|never| match never {})))
            }
            AnswerBody::Pieces(pieces) => pieces.poll(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            AnswerBody::Whole(whole) => whole.is_end_stream(),
            AnswerBody::Pieces(pieces) => pieces.is_whole,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            AnswerBody::Whole(whole) => whole.size_hint(),
            AnswerBody::Pieces(_) => SizeHint::default(),
        }
    }
}
