use super::*;
use crate::model::PrinterId;

fn error(text: &str) -> String {
    Config::parse(text, Path::new("platen.toml")).unwrap_err().to_string()
}

#[test]
fn the_embedded_default_is_right() {
    let config = Config::embedded().unwrap();
    let names: Vec<&str> = config.printers.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["Gertie", "Squirty"]);
    assert!(
        config
            .ipp
            .listen
            .iter()
            .all(|a| a.port() == 8631 && a.ip().is_loopback())
    );
}

#[test]
fn the_readme_names_every_setting_with_its_default() {
    let text = include_str!("../../README.md");
    let block = text.split("```toml\n").nth(2).and_then(|rest| rest.split("```").next());
    let config = Config::parse(block.unwrap(), Path::new("README.md")).unwrap();
    assert_eq!(config.ipp, Ipp::default());
    assert_eq!(config.spool, Spool::default());
    assert_eq!(config.press, Press::default());
    assert_eq!(config.history, History::default());
    assert_eq!(config.printers[0].seconds_per_sheet, default_speed());
    let pool = text.split("```toml\n").nth(3).and_then(|rest| rest.split("```").next());
    let both = format!(
        "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n[[printer]]\nname = \"Squirty\"\nuri = \"virtual:\"\n{}",
        pool.unwrap()
    );
    let config = Config::parse(&both, Path::new("README.md")).unwrap();
    assert_eq!(config.named_pools().unwrap()[0].printers.len(), 2);
    let preset = text.split("```toml\n").nth(4).and_then(|rest| rest.split("```").next());
    let both = format!(
        "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n{}",
        preset.unwrap()
    );
    let config = Config::parse(&both, Path::new("README.md")).unwrap();
    assert_eq!(config.presets[0].size().unwrap().name, "na_super-b_13x19in");
    let path = format!(
        "/ipp/print/{}\n",
        PrinterId::from_name(&config.presets[0].name).unwrap()
    );
    assert!(preset.unwrap().contains(&path), "{path}");
    // What is left out would have its default all the same: it must be there by name.
    for name in [
        "connections",
        "head-seconds",
        "idle-seconds",
        "multiple-operation-time-out",
        "attribute-bytes",
        "jobs-per-user",
        "documents-per-job",
    ]
    .iter()
    .chain(&["document-bytes", "free-floor-bytes", "pixels", "side", "memory"])
    .chain(&["document-days", "document-jobs"])
    {
        assert!(block.unwrap().contains(&format!("\n{name} = ")), "{name}");
    }
}

#[test]
fn presets_are_checked_with_their_printers_and_papers() {
    let printer = "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n[[preset]]\n";
    let good = format!(
        "{printer}name = \"Rag A3+, border\"\nprinter = \"Gertie\"\nmedia = \"A3+\"\nborder = 20.0\n\
         print-quality = \"high\"\nprint-rendering-intent = \"perceptual\"\nprint-color-mode = \"monochrome\"\n"
    );
    let config = Config::parse(&good, Path::new("platen.toml")).unwrap();
    assert_eq!(config.presets[0].size().unwrap().name, "na_super-b_13x19in");
    for (preset, says) in [
        ("name = \"Gertie\"", "another name"),
        ("name = \"\"", "needs a name"),
        ("name = \"Platen\"", "another name"),
        ("name = \"a\\nb\"", "one line"),
        ("name = \"A\"\nmedia = \"4x6\"\nborder = 60.0", "no room"),
        ("name = \"A\"\nprinter = \"Nobody\"", "goes to Nobody"),
        ("name = \"A\"\nmedia = \"papyrus\"", "papyrus"),
        ("name = \"A\"\nborder = 900.0", "200 millimetres"),
        ("name = \"A\"\nmedia-type = \"two words\"", "media-type"),
        ("name = \"A\"\nprint-quality = \"best\"", "best"),
        ("name = \"A\"\nprint-rendering-intent = \"vivid\"", "vivid"),
    ] {
        let said = error(&format!("{printer}{preset}\n"));
        assert!(said.contains(says) && !said.contains('\n'), "{said}");
    }
}

#[test]
fn pools_are_checked_with_their_printers() {
    let printers =
        "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n[[printer]]\nname = \"Squirty\"\nuri = \"virtual:\"\n";
    let parse = |more: &str| Config::parse(&format!("{printers}{more}"), Path::new("platen.toml"));
    let pool = "[[pool]]\nname = \"pro-1000\"\nprinters = [\"Gertie\", \"squirty\"]\n";
    let more = "[[pool]]\nname = \"One\"\nprinters = [\"Gertie\"]\n[[preset]]\nname = \"Rag\"\nprinter = \"One\"\n";
    let config = parse(&format!("{pool}{more}")).unwrap();
    let pools = config.named_pools().unwrap();
    assert_eq!((pools[0].id.as_str(), pools[0].printers.len()), ("pro-1000", 2));
    assert_eq!(
        pools[1].printers,
        [PrinterId::new("gertie").unwrap()],
        "one may be in several"
    );
    for (wrong, says) in [
        ("name = \"A\"\nprinters = []", "no printers"),
        ("name = \"A\"\nprinters = [\"Third\"]", "has Third"),
        ("name = \"A\"\nprinters = [\"Gertie\", \"gertie\"]", "twice"),
        ("name = \"Gertie\"\nprinters = [\"Squirty\"]", "another name"),
        ("name = \"Platen\"\nprinters = [\"Squirty\"]", "another name"),
        ("name = \"\"\nprinters = [\"Squirty\"]", "needs a name"),
        (
            "name = \"A\"\nprinters = [\"Gertie\"]\n[[preset]]\nname = \"a\"",
            "another name",
        ),
    ] {
        let said = parse(&format!("[[pool]]\n{wrong}\n")).unwrap_err().to_string();
        assert!(said.contains(says) && !said.contains('\n'), "{said}");
    }
}

#[test]
fn what_contradicts_itself_is_refused() {
    let with = |more: &str| error(&format!("[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n{more}"));
    let paper = |name: &str, more: &str| {
        format!(
            "[[paper]]\nname = \"{name}\"\nmedia = \"a3\"\nmedia-type = \"photographic-matte\"\nfinish = \"matte\"\n{more}"
        )
    };
    let said = with(&format!("{}{}", paper("Rag", ""), paper("Etching", "")));
    assert!(said.contains("\"Rag\" and \"Etching\" are of one size (A3)"), "{said}");
    let said = with(&paper("Rag", "weight = 0\n"));
    assert!(said.contains("weight of the paper \"Rag\" is 0"), "{said}");
    let window = |at: &str| format!("[[window]]\nat = \"{at}\"\nminutes = 30\n");
    let said = with(&format!("{}{}", window("06:30"), window("06:45")));
    assert!(
        said.contains("two windows of gertie overlap, at 06:30 and at 06:45"),
        "{said}"
    );
}

#[test]
fn a_wrong_file_is_told_in_one_line_with_its_place() {
    let text = "data = \"x\"\n[[printer]]\nname = \"G\"\nuri = \"virtual:\"\nspeeed = 3\n";
    let said = error(text);
    assert!(said.contains("line 5") && said.contains("speeed"), "{said}");
    assert!(!said.contains('\n'));
    // Printers can be added later, on the page.
    assert!(Config::parse("", Path::new("platen.toml")).unwrap().printers.is_empty());
    assert!(error("[[printer]]\nname=\"G\"\nuri=\"lpd://x\"").contains("ipp://"));
    let twins = "[[printer]]\nname=\"G 1\"\nuri=\"virtual:\"\n[[printer]]\nname=\"g-1\"\nuri=\"virtual:\"";
    assert!(error(twins).contains("two printers"));
}
