//! A small tree of an XML document, as far as it goes: a document that is cut off gives what was there.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use smol_str::SmolStr;

/// Longest document, in bytes. Those of a PRO-1000 have about 4,500.
pub const MOST_BYTES: usize = 128 << 10;
/// Most elements.
const MOST_ELEMENTS: usize = 4_096;
/// Deepest nesting. Theirs go seven deep.
const MOST_DEPTH: usize = 24;
/// Longest text of an element, in bytes.
const MOST_TEXT: usize = 4_096;

/// An element. Names are without their prefixes, which are the document's own choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name.
    pub name: SmolStr,
    /// Its attributes.
    pub attributes: Vec<(SmolStr, SmolStr)>,
    /// What stands in it, trimmed.
    pub text: SmolStr,
    /// What is nested in it.
    pub children: Vec<Element>,
}

impl Element {
    /// The first child of a name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of a child, where it has one that is not empty.
    pub fn told(&self, name: &str) -> Option<&SmolStr> {
        self.child(name)
            .map(|child| &child.text)
            .filter(|text| !text.is_empty())
    }

    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&SmolStr> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    }

    /// The first of a name at any depth, itself included.
    pub fn find(&self, name: &str) -> Option<&Element> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}

fn short(text: &str) -> SmolStr {
    text.chars().filter(|c| !c.is_control()).take(MOST_TEXT).collect()
}

fn begun(start: &BytesStart<'_>) -> Element {
    let mut element = Element {
        name: short(start.local_name().as_ref()),
        ..Element::default()
    };
    for attribute in start.attributes().with_checks(false).flatten().take(16) {
        let name = short(attribute.key.local_name().as_ref());
        element.attributes.push((name, short(&attribute.value)));
    }
    element
}

/// The character of a reference: the five of XML itself, and numbers.
fn referred(reference: &BytesRef<'_>) -> Option<char> {
    match reference.as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    }
}

/// The root of a document; everything in it under a nameless element.
pub fn read(document: &[u8]) -> Element {
    let document = String::from_utf8_lossy(&document[..document.len().min(MOST_BYTES)]);
    let mut reader = Reader::from_str(&document);
    let mut open = vec![(Element::default(), String::new())];
    let mut elements = 0;
    loop {
        let event = match reader.read_event() {
            Ok(Event::Eof) | Err(_) => break,
            Ok(event) => event,
        };
        match event {
            Event::Start(start) if elements < MOST_ELEMENTS && open.len() <= MOST_DEPTH => {
                elements += 1;
                open.push((begun(&start), String::new()));
            }
            Event::Start(_) => break,
            Event::Empty(start) if elements < MOST_ELEMENTS => {
                elements += 1;
                if let Some((parent, _)) = open.last_mut() {
                    parent.children.push(begun(&start));
                }
            }
            Event::End(_) => close(&mut open),
            Event::Text(some) => say(&mut open, short(&some).chars()),
            Event::CData(some) => say(&mut open, short(&some).chars()),
            Event::GeneralRef(reference) => say(&mut open, referred(&reference).into_iter()),
            _ => {}
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().map(|(root, _)| root).unwrap_or_default()
}

/// Adds to the text of the innermost element.
fn say(open: &mut [(Element, String)], some: impl Iterator<Item = char>) {
    if let Some((_, text)) = open.last_mut().filter(|(_, text)| text.len() < MOST_TEXT) {
        text.extend(some);
    }
}

/// Puts the innermost element into the one around it.
fn close(open: &mut Vec<(Element, String)>) {
    if open.len() < 2 {
        return;
    }
    if let (Some((mut element, text)), Some((parent, _))) = (open.pop(), open.last_mut()) {
        element.text = text.trim().into();
        parent.children.push(element);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_lose_their_prefixes_and_texts_their_wrappers() {
        let root = read(
            b"<?xml version=\"1.0\"?>\n<cmd xmlns:ivec=\"x\"><ivec:ink a=\"1\"><ivec:model><![CDATA[PFI-1000<PM>]]></ivec:model>\
              <ivec:color> PM </ivec:color><vcn:tca/>A&amp;B&#33;</ivec:ink></cmd>",
        );
        let ink = root.find("ink").unwrap();
        assert_eq!(ink.told("model").unwrap(), "PFI-1000<PM>");
        assert_eq!(ink.told("color").unwrap(), "PM");
        assert_eq!(ink.attribute("a").unwrap(), "1");
        assert_eq!((ink.text.as_str(), ink.told("tca")), ("A&B!", None));
    }

    #[test]
    fn what_is_cut_off_gives_what_was_there() {
        let root = read(b"<a><b>1</b><c>2");
        assert_eq!(root.find("b").unwrap().text, "1");
        assert_eq!(root.find("c").unwrap().text, "2");
        assert_eq!(read(b"<a></b>").find("a").unwrap().text, "");
        let deep = read("<a>".repeat(10_000).as_bytes());
        assert!(deep.find("a").is_some());
        let wide = read(format!("<a>{}</a>", "<b/>".repeat(20_000)).as_bytes());
        assert!(wide.find("a").unwrap().children.len() <= MOST_ELEMENTS);
    }

    proptest! {
        #[test]
        fn anything_may_come(bytes in prop::collection::vec(any::<u8>(), 0..400), tags in "[<>/ab!\\[\\]&;:\"= -]{0,200}") {
            let _ = (read(&bytes), read(tags.as_bytes()));
        }
    }
}
