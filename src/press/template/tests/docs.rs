//! `docs/templates.md` says what is true: its example reads, and every key and word of the format stands in it.

use std::collections::BTreeSet;

use super::*;
use crate::press::layout::FIELDS;

const DOCS: &str = include_str!("../../../../docs/templates.md");

#[test]
fn the_example_is_a_template() {
    let examples: Vec<&str> = DOCS
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(examples.len(), 1);
    let template = Template::parse(examples[0], "the example").unwrap_or_else(|e| panic!("{e}"));
    let made = template.compose(&Values::new(), paper(&template, 60), subjects(1), words());
    assert_eq!(made.unwrap().all().unwrap().len(), 1);
}

/// What a reader that meets a strange key or word says it would know.
fn known(layout: &str) -> Vec<String> {
    let text = format!("version = 1\nname = \"x\"\ntitle = \"X\"\ndescription = \"\"\n{layout}\n");
    let told = Template::parse(&text, "x.toml").unwrap_err().to_string();
    let (_, list) = told
        .split_once("expected")
        .unwrap_or_else(|| panic!("{layout}: {told}"));
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_key_and_word_of_the_format_is_explained() {
    const PICTURE: &str = "[layout]\n[[layout.block]]\nkind = \"picture\"\n";
    let inside = |key: &str| format!("{PICTURE}{key}");
    let block = |kind: &str| format!("[layout]\n[[layout.block]]\nkind = \"{kind}\"\nzz = 1");
    let grid = "[layout]\n[[layout.block]]\nkind = \"grid\"\nrows = 1\ncolumns = 1\n";
    let probes = [
        "zz = 1\n[layout]".to_owned(),
        "[media]\nzz = 1\n[layout]".to_owned(),
        "[layout]\n[parameter.a]\nzz = 1".to_owned(),
        "[layout]\n[parameter.a]\nkind = \"zz\"".to_owned(),
        "[layout]\nzz = 1".to_owned(),
        "[layout]\norientation = \"zz\"".to_owned(),
        block("picture"),
        block("grid"),
        block("text"),
        block("fill"),
        block("wedge"),
        block("chart"),
        inside("frame.zz = 1"),
        inside("frame.of = \"zz\""),
        inside("look.zz = 1"),
        inside("look.fit = \"zz\""),
        inside("look.turn = \"zz\""),
        inside("look.anchor = \"zz\""),
        inside("border = { width = 1, zz = 1 }"),
        inside("border = { width = 1, line = { zz = 1 } }"),
        inside("wrap = { zz = 1 }"),
        inside("wrap = { width = 1, edge = \"zz\" }"),
        inside("marks.zz = 1"),
        inside("caption = [{ zz = 1 }]"),
        inside("caption = [{ text = \"\", of = \"zz\" }]"),
        inside("caption = [{ text = \"\", align = \"zz\" }]"),
        inside("caption = [{ text = \"\", side = \"zz\" }]"),
        inside("caption = [{ text = \"\", cut = \"zz\" }]"),
        format!("{grid}pictures = \"zz\""),
        format!("{grid}cell = {{ zz = 1 }}"),
        "[layout]\n[[layout.block]]\nkind = \"wedge\"\nsteps = 2\nramps = [\"zz\"]".to_owned(),
        "[layout]\n[[layout.block]]\nkind = \"chart\"\npatches = 2\npatch = 1\norder = \"zz\"".to_owned(),
    ];
    let mut names: BTreeSet<String> = FIELDS.iter().map(|name| (*name).to_owned()).collect();
    for probe in &probes {
        let found = known(probe);
        assert!(!found.is_empty(), "{probe}");
        names.extend(found);
    }
    assert!(names.len() > 100, "{names:?}");
    // Tables stand with their brackets.
    let ways = |name: &str| {
        [
            format!("`{name}`"),
            format!("`\"{name}\"`"),
            format!("`[{name}"),
            format!("`{name} "),
        ]
    };
    let missing: Vec<&String> = names
        .iter()
        .filter(|name| !ways(name).iter().any(|way| DOCS.contains(way)))
        .collect();
    assert!(missing.is_empty(), "not in docs/templates.md: {missing:?}");
}
