//! PDFs for tests, written by hand.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A document in the making. Object 1 is the catalogue, 2 the page tree.
#[derive(Default)]
pub struct Writer {
    objects: Vec<Vec<u8>>,
    pages: Vec<usize>,
    /// More entries of the catalogue.
    pub catalogue: String,
    /// More entries of the trailer.
    pub trailer: String,
    /// Whether `startxref` points to nowhere.
    pub lost: bool,
}

impl Writer {
    pub fn new() -> Writer {
        Writer {
            objects: vec![Vec::new(); 2],
            ..Writer::default()
        }
    }

    /// Adds an object, and gives its number.
    pub fn object(&mut self, body: impl Into<Vec<u8>>) -> usize {
        self.objects.push(body.into());
        self.objects.len()
    }

    /// Adds a stream with the entries `dict`.
    pub fn stream(&mut self, dict: &str, data: &[u8]) -> usize {
        let mut body = format!("<<{dict}/Length {}>>stream\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.object(body)
    }

    /// Adds a page with its entries and its content.
    pub fn page(&mut self, entries: &str, content: &str) -> usize {
        let content = self.stream("", content.as_bytes());
        let page = self.object(format!("<</Type/Page/Parent 2 0 R {entries}/Contents {content} 0 R>>"));
        self.pages.push(page);
        page
    }

    pub fn finish(mut self) -> Vec<u8> {
        let mut kids = String::new();
        for page in &self.pages {
            write!(kids, "{page} 0 R ").unwrap();
        }
        self.objects[0] = format!("<</Type/Catalog/Pages 2 0 R {}>>", self.catalogue).into_bytes();
        if self.objects[1].is_empty() {
            self.objects[1] = format!("<</Type/Pages/Kids[{kids}]/Count {}>>", self.pages.len()).into_bytes();
        }
        let mut out = b"%PDF-1.7\n".to_vec();
        let mut table = String::new();
        for (number, body) in (1..).zip(&self.objects) {
            writeln!(table, "{:010} 00000 n ", out.len()).unwrap();
            writeln!(out, "{number} 0 obj").unwrap();
            out.extend_from_slice(body);
            out.extend_from_slice(b"\nendobj\n");
        }
        let at = if self.lost { 7 } else { out.len() };
        let size = self.objects.len() + 1;
        write!(out, "xref\n0 {size}\n0000000000 65535 f \n{table}").unwrap();
        let more = &self.trailer;
        write!(
            out,
            "trailer<</Size {size}/Root 1 0 R {more}>>\nstartxref\n{at}\n%%EOF\n"
        )
        .unwrap();
        out
    }

    /// Replaces the page tree.
    pub fn tree(&mut self, body: &str) {
        self.objects[1] = body.into();
    }
}

/// A document of one page.
pub fn one(entries: &str, content: &str) -> Vec<u8> {
    let mut pdf = Writer::new();
    pdf.page(entries, content);
    pdf.finish()
}

pub fn deflate(data: &[u8]) -> Vec<u8> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(data).unwrap();
    zlib.finish().unwrap()
}

/// A page of `width` × `height` points that one picture covers, placed by `matrix`.
pub fn picture(page: &str, dict: &str, data: &[u8], profile: Option<(u8, &[u8])>, matrix: &str) -> Vec<u8> {
    let mut pdf = Writer::new();
    let space = profile.map(|(n, bytes)| {
        let packed = deflate(bytes);
        let icc = pdf.stream(&format!("/N {n}/Filter/FlateDecode"), &packed);
        format!("/ColorSpace[/ICCBased {icc} 0 R]")
    });
    let dict = format!("/Type/XObject/Subtype/Image{dict}{}", space.unwrap_or_default());
    let image = pdf.stream(&dict, data);
    pdf.page(
        &format!("{page}/Resources<</XObject<</I {image} 0 R>>>>"),
        &format!("q {matrix} cm /I Do Q"),
    );
    pdf.finish()
}
