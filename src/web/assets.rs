//! What pages are made of beside themselves: a style, some scripts, an icon. All of it is in the program.

use std::sync::LazyLock;

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};

use crate::api::{Api, Call, Problem, Reply};
use crate::crypto::Sha256;

/// One of them.
struct Asset {
    name: &'static str,
    mime: &'static str,
    bytes: &'static [u8],
}

const ASSETS: [Asset; 6] = [
    Asset {
        name: "style.css",
        mime: "text/css; charset=utf-8",
        bytes: include_bytes!("assets/style.css"),
    },
    Asset {
        name: "live.js",
        mime: "text/javascript; charset=utf-8",
        bytes: include_bytes!("assets/live.js"),
    },
    Asset {
        name: "upload.js",
        mime: "text/javascript; charset=utf-8",
        bytes: include_bytes!("assets/upload.js"),
    },
    Asset {
        name: "print.js",
        mime: "text/javascript; charset=utf-8",
        bytes: include_bytes!("assets/print.js"),
    },
    Asset {
        name: "panel.js",
        mime: "text/javascript; charset=utf-8",
        bytes: include_bytes!("assets/panel.js"),
    },
    Asset {
        name: "icon.svg",
        mime: "image/svg+xml",
        bytes: include_bytes!("assets/icon.svg"),
    },
];

/// A word that changes when any of them does: browsers keep what they have by it.
pub static EDITION: LazyLock<String> = LazyLock::new(|| {
    let mut sum = Sha256::new();
    ASSETS.iter().for_each(|asset| sum.update(asset.bytes));
    sum.finish().to_string().chars().take(12).collect()
});

/// `/assets/{name}`
pub async fn get(_: Api, call: Call) -> Result<Reply, Problem> {
    let name: String = call.id("name", "file")?;
    let asset = ASSETS.iter().find(|asset| asset.name == name);
    let asset = asset.ok_or_else(|| Problem::not_found("no-such-path", format_args!("file \"{name}\"")))?;
    let tag = format!("\"{}\"", *EDITION);
    if call.header(IF_NONE_MATCH.as_str()) == Some(&tag) {
        let mut reply = Reply::nothing();
        *reply.0.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(reply);
    }
    let mut reply = Reply::bytes(StatusCode::OK, asset.mime, asset.bytes.to_vec());
    // Its address has the edition.
    reply.set(CACHE_CONTROL, "public, max-age=31536000, immutable");
    reply.set(ETAG, &tag);
    Ok(reply)
}
