//! Layouts, templates, words, and IPP messages.

use super::Files;

const TEMPLATES: [(&str, &str); 15] = [
    ("card-2up", include_str!("../../../assets/templates/card-2up.toml")),
    (
        "contact-sheet",
        include_str!("../../../assets/templates/contact-sheet.toml"),
    ),
    (
        "edition-sheet",
        include_str!("../../../assets/templates/edition-sheet.toml"),
    ),
    ("four-up", include_str!("../../../assets/templates/four-up.toml")),
    ("full-bleed", include_str!("../../../assets/templates/full-bleed.toml")),
    (
        "gallery-wrap",
        include_str!("../../../assets/templates/gallery-wrap.toml"),
    ),
    (
        "greeting-card",
        include_str!("../../../assets/templates/greeting-card.toml"),
    ),
    (
        "passe-partout",
        include_str!("../../../assets/templates/passe-partout.toml"),
    ),
    (
        "picture-package",
        include_str!("../../../assets/templates/picture-package.toml"),
    ),
    (
        "profile-target",
        include_str!("../../../assets/templates/profile-target.toml"),
    ),
    ("square", include_str!("../../../assets/templates/square.toml")),
    ("step-wedge", include_str!("../../../assets/templates/step-wedge.toml")),
    ("test-strip", include_str!("../../../assets/templates/test-strip.toml")),
    ("triptych", include_str!("../../../assets/templates/triptych.toml")),
    (
        "white-border",
        include_str!("../../../assets/templates/white-border.toml"),
    ),
];

/// Every template, and with values that a person may type.
pub fn templates() -> Files {
    let mut files = Files::new();
    for (name, text) in TEMPLATES {
        files.push((name.into(), text.into()));
        let typed = format!("{text}\0 7.5 mm\0yes\0Ávila\x003");
        files.push((format!("{name}-typed"), typed.into()));
    }
    files
}

/// The value of `default` in a parameter's table.
fn default<'a>(text: &'a str, parameter: &str) -> &'a str {
    let table = text.split_once(&format!("[parameter.{parameter}]")).map_or("", |t| t.1);
    let line = table.lines().find(|l| l.starts_with("default"));
    line.and_then(|l| l.split_once('=')).map_or("0", |l| l.1.trim())
}

/// A template's layout with the defaults in their places.
fn plain(text: &str) -> String {
    let layout = text.split_once("[layout]").map_or("", |t| t.1);
    let layout = layout.replace("[layout.", "[").replace("[[layout.", "[[");
    let mut out = String::new();
    let mut rest = layout.as_str();
    while let Some((before, after)) = rest.split_once("\"$") {
        let (name, after) = after.split_once('"').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(default(text, name));
        rest = after;
    }
    out + rest
}

pub fn layouts() -> Files {
    let mut files: Files = TEMPLATES
        .iter()
        .map(|(name, text)| ((*name).to_owned(), plain(text).into_bytes()))
        .collect();
    let more = [
        (
            "grid",
            "margin = { top = 5, left = 1 }\n[[block]]\nkind = \"grid\"\nrows = 3\ncolumns = 2\ngutter = [3, 4]\npictures = \
             \"same\"\nlook = { fit = \"fill\", turn = \"auto\", aspect = 1.5, focus = [0.2, 0.8] }\ncaption = [{ text = \
             \"{filename}\", side = \"above\", cut = \"middle\" }]\nmarks = { cut = true, registration = true }\n",
        ),
        (
            "cells",
            "orientation = \"landscape\"\n[[block]]\nkind = \"grid\"\nrows = 2\ncolumns = 2\ncell = { width = 60, height = 40, \
             shrink = true }\nborder = { width = 2, weight = 1.5, colour = \"#ff0000\", whole-cell = true, line = { width = 0.2, \
             colour = \"paper\" } }\n",
        ),
        (
            "wrap",
            "borderless = true\noverspray = 3\nbackground = \"#102030\"\n[[block]]\nkind = \"picture\"\nwrap = { width = 20, edge = \
             \"mirror\" }\nlook = { fit = \"fill\", long-side = 200 }\n",
        ),
        (
            "chart",
            "[[block]]\nkind = \"chart\"\npatches = 300\ncube = 6\ngreys = 20\npatch = 8\ngap = [1, 1]\norder = \"mixed\"\nlabels = \
             true\n[[block]]\nkind = \"wedge\"\nsteps = 21\nramps = [\"grey\", \"red\"]\ndevice = true\ngap = 1\nlabels = true\nframe = \
             { height = 20, bottom = 2 }\n",
        ),
        (
            "text",
            "[[block]]\nkind = \"text\"\ntext = \"{title}\\n[{artist}, ]{{x}} {page}/{pages}\"\nsize = 20\nshrink-to = 6\nanchor = \
             \"bottom-right\"\nturn = \"left\"\ncolour = \"#336699\"\nframe = { of = \"sheet\", left = 5, width = 20 }\n[[block]]\nkind \
             = \"fill\"\ncolour = \"device 1 2 3\"\nframe = { left = 1, top = 1, width = 5, height = 5 }\n",
        ),
    ];
    files.extend(more.map(|(name, text)| (name.to_owned(), text.into())));
    files
}

/// Four bytes that choose, and words in many scripts.
pub fn texts() -> Files {
    let words = [
        "Dünen bei Ávila",
        "AVATAR To. Wa fi ffl",
        "e\u{301}o\u{308}a\u{30a}\u{323}",
        "Ελληνικά и кириллица",
        "שלום עולם",
        "السلام عليكم",
        "नमस्ते",
        "日本語の写真",
        "👩\u{200d}👩\u{200d}👧 🇩🇪",
        "a\u{ad}b\u{2028}c\td\u{0}e",
        "\u{202e}right to left\u{202c}",
        "{title} [x] {{y}}",
        "one line\nand another",
        "W",
        "",
    ];
    let mut files = Files::new();
    for (i, text) in (0u8..).zip(words) {
        let choice = [i.wrapping_mul(40) | 20, 3, i, i * 5];
        files.push((format!("{i}"), [&choice, text.as_bytes()].concat()));
        let long = text.repeat(8);
        files.push((format!("{i}-long"), [&[90, 40, i + 1, i], long.as_bytes()].concat()));
    }
    files
}

fn value(bytes: &mut Vec<u8>, tag: u8, name: &str, data: &[u8]) {
    bytes.push(tag);
    bytes.extend((name.len() as u16).to_be_bytes());
    bytes.extend(name.as_bytes());
    bytes.extend((data.len() as u16).to_be_bytes());
    bytes.extend(data);
}

/// The head of a message with its two first attributes.
fn head(code: u16) -> Vec<u8> {
    let mut bytes = vec![2, 0];
    bytes.extend(code.to_be_bytes());
    bytes.extend([0, 0, 0, 1, 1]);
    value(&mut bytes, 0x47, "attributes-charset", b"utf-8");
    value(&mut bytes, 0x48, "attributes-natural-language", b"en");
    bytes
}

/// Several requests in a row, each behind its length: a job is made, and then every operation is asked of it.
pub fn requests() -> Files {
    let framed = |message: &[u8]| [&(message.len() as u16).to_be_bytes()[..], message].concat();
    let about = |code: u16, job: bool| {
        let mut bytes = head(code);
        value(&mut bytes, 0x45, "printer-uri", b"ipp://studio:631/ipp/print");
        if job {
            value(&mut bytes, 0x21, "job-id", &[0, 0, 0, 1]);
        }
        value(&mut bytes, 0x42, "requesting-user-name", b"ann");
        bytes
    };
    let mut print = about(2, false);
    print.push(2);
    value(&mut print, 0x44, "job-hold-until", b"indefinite");
    value(&mut print, 0x33, "page-ranges", &[0, 0, 0, 1, 0, 0, 0, 2]);
    print.push(3);
    print.extend([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let mut files = Files::new();
    let codes = (0x02..=0x3d).chain([0x4001, 0x4002, 0x4005]);
    for code in codes {
        for job in [false, true] {
            let mut asked = about(code, job);
            // What one operation or another reads.
            value(&mut asked, 0x22, "last-document", &[1]);
            value(&mut asked, 0x21, "document-number", &[0, 0, 0, 1]);
            value(&mut asked, 0x21, "limit", &[0, 0, 0, 2]);
            value(&mut asked, 0x44, "requested-attributes", b"all");
            value(&mut asked, 0x21, "notify-subscription-id", &[0, 0, 0, 1]);
            value(&mut asked, 0x21, "notify-subscription-ids", &[0, 0, 0, 1]);
            value(&mut asked, 0x21, "predecessor-job-id", &[0, 0, 0, 2]);
            match code {
                0x13 => {
                    asked.push(4);
                    value(&mut asked, 0x41, "printer-location", b"attic");
                }
                0x14 => {
                    asked.push(2);
                    value(&mut asked, 0x21, "copies", &[0, 0, 0, 2]);
                    value(&mut asked, 0x16, "page-ranges", b"");
                }
                0x16 | 0x17 => {
                    asked.push(6);
                    value(&mut asked, 0x44, "notify-pull-method", b"ippget");
                    value(&mut asked, 0x44, "notify-events", b"job-state-changed");
                }
                0x37 => {
                    asked.push(9);
                    value(&mut asked, 0x42, "document-name", b"dawn");
                }
                _ => {}
            }
            asked.push(3);
            files.push((format!("{code:04x}-{job}"), [framed(&print), framed(&asked)].concat()));
        }
    }
    files
}

/// One byte that chooses, and messages with every kind of value.
pub fn messages() -> Files {
    let mut plain = head(2);
    value(&mut plain, 0x45, "printer-uri", b"ipp://localhost/ipp/print");
    value(&mut plain, 0x42, "requesting-user-name", "Zoë".as_bytes());
    value(&mut plain, 0x49, "document-format", b"image/jpeg");
    plain.push(2);
    value(&mut plain, 0x21, "copies", &[0, 0, 0, 2]);
    value(&mut plain, 0x44, "media", b"iso_a4_210x297mm");
    value(&mut plain, 0x23, "print-quality", &[0, 0, 0, 5]);
    plain.push(3);
    plain.extend(b"document");
    let mut nested = head(0x0004);
    nested.push(2);
    value(&mut nested, 0x34, "media-col", b"");
    value(&mut nested, 0x4a, "", b"media-size");
    value(&mut nested, 0x34, "", b"");
    value(&mut nested, 0x4a, "", b"x-dimension");
    value(&mut nested, 0x21, "", &[0, 0, 82, 8]);
    value(&mut nested, 0x37, "", b"");
    value(&mut nested, 0x4a, "", b"media-type");
    value(&mut nested, 0x44, "", b"photographic");
    value(&mut nested, 0x44, "", b"other");
    value(&mut nested, 0x37, "", b"");
    nested.push(3);
    let mut all = head(0);
    all.push(4);
    for (tag, data) in [
        (0x10, &b""[..]),
        (0x12, b""),
        (0x13, b""),
        (0x22, b"\x01"),
        (0x30, b"octets"),
        (0x31, b"\x07\xe8\x01\x02\x03\x04\x05\x06+\x01\x00"),
        (0x32, b"\0\0\x01\x2c\0\0\x01\x2c\x03"),
        (0x33, b"\0\0\0\x01\0\0\0\x09"),
        (0x35, b"\0\x02de\0\x03abc"),
        (0x36, b"\0\x02de\0\x03abc"),
        (0x41, b"text"),
        (0x46, b"ipp"),
        (0x41, b"\xff\xfe"),
    ] {
        value(&mut all, tag, &format!("a-{tag:x}-{}", data.len()), data);
        value(&mut all, tag, "", data);
    }
    all.push(5);
    all.push(3);
    let mut files = Files::new();
    for chunk in [0u8, 6, 255] {
        for (name, message) in [("plain", &plain), ("nested", &nested), ("all", &all)] {
            files.push((format!("{name}-{chunk}"), [&[chunk], message.as_slice()].concat()));
        }
    }
    files
}
