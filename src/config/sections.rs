//! The sections that are there once: `[ipp]`, `[spool]`, `[press]`, `[history]`.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// The IPP door.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Ipp {
    /// Addresses and ports to listen on. Port 0 takes any free one.
    pub listen: Vec<SocketAddr>,
    /// Most connections at once.
    pub connections: usize,
    /// Seconds that a request's headers and IPP attributes may take to arrive.
    pub head_seconds: u64,
    /// Seconds without a byte of a document before its connection is closed.
    pub idle_seconds: u64,
    /// `multiple-operation-time-out`: seconds that a job waits for its document.
    pub multiple_operation_time_out: u32,
    /// Most bytes of a request's attributes.
    pub attribute_bytes: usize,
    /// Most jobs of one user that have not ended.
    pub jobs_per_user: u32,
    /// Most documents of one job.
    pub documents_per_job: usize,
    /// Whether the printers are announced on the LAN, where it is listened on.
    pub announce: bool,
    /// Who may pause printers, change their texts and reorder the queue.
    pub operators: Operators,
    /// How clients must show who they are.
    pub authentication: Authentication,
}

/// Who is taken for an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operators {
    /// Whoever calls from this machine.
    ThisMachine,
    /// Whoever reaches the port.
    Network,
}

/// How clients of IPP must show who they are (`uri-authentication-supported`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authentication {
    /// Not at all.
    None,
    /// By name and password, in TLS.
    Basic,
    /// By a token, in TLS.
    Oauth,
}

impl Default for Ipp {
    fn default() -> Self {
        Ipp {
            listen: vec![
                SocketAddr::from(([127, 0, 0, 1], 8631)),
                SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 8631)),
            ],
            connections: 512,
            head_seconds: 20,
            idle_seconds: 60,
            multiple_operation_time_out: 120,
            attribute_bytes: 256 << 10,
            jobs_per_user: 1_000,
            documents_per_job: 100,
            announce: true,
            operators: Operators::ThisMachine,
            authentication: Authentication::None,
        }
    }
}

/// The spool.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Spool {
    /// Most bytes of one document.
    pub document_bytes: u64,
    /// Bytes of the disk that are kept free: below, new jobs are refused.
    pub free_floor_bytes: u64,
}

impl Default for Spool {
    fn default() -> Self {
        Spool {
            document_bytes: 2 << 30,
            free_floor_bytes: 512 << 20,
        }
    }
}

/// The press.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Press {
    /// Most pixels of a picture.
    pub pixels: u64,
    /// Most pixels of one side of a picture.
    pub side: u32,
    /// Most bytes that the press holds at once for one page.
    pub memory: u64,
}

impl Default for Press {
    fn default() -> Self {
        // The press holds few rows of most pictures; of an interlaced PNG all, 85 megapixels in 8 bits. Two printers
        // at work take it twice, on a Pi with 2 GB and more.
        Press {
            pixels: 400_000_000,
            side: 100_000,
            memory: 600_000_000,
        }
    }
}

/// What is kept of jobs that have ended, so that they can be printed again. The jobs themselves stay in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct History {
    /// Days after a job's end that its documents are kept.
    pub document_days: u32,
    /// Most jobs that have ended and whose documents are kept.
    pub document_jobs: usize,
    /// Most bytes of all these documents.
    pub document_bytes: u64,
}

impl Default for History {
    fn default() -> Self {
        // A month's prints of a busy studio, on the smallest card that is sold.
        History {
            document_days: 30,
            document_jobs: 10_000,
            document_bytes: 20_000_000_000,
        }
    }
}
