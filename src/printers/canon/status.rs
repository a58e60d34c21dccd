//! The answer to Canon's GetStatus: state, inks, what is collected.
//!
//! Known of it: levels come in steps of ten; the inks are named by the codes that IPP and the Printer-MIB name them by; a
//! PRO-1000 tells all twelve, and one receptacle, `MC-20`. **Whether the receptacle's level says how full it is or how much
//! room is left is unproven**, so that it is told and never acted on.

use smol_str::SmolStr;

use super::xml;

/// Most inks. A PRO-1000 has 12.
const MOST_INKS: usize = 32;
/// Longest word that is kept, in characters.
const MOST_WORD: usize = 64;

/// An ink, or a receptacle of waste.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tank {
    /// `color` of an ink: its code. `model` of a receptacle.
    pub name: SmolStr,
    /// What is fitted: `PFI-1000`.
    pub model: SmolStr,
    /// Per cent.
    pub level: Option<i32>,
    /// What the printer thinks of it: `none`, `warning` …
    pub icon: SmolStr,
    /// Tanks that were fitted so far, where it says so.
    pub fitted: Option<u32>,
}

/// What the document says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// `idle`, `processing`, `stopped`, `notready`, `canceling`.
    pub state: SmolStr,
    /// Why: `MediaEmpty`, `MarkerSupplyAttention` …
    pub detail: SmolStr,
    /// What Canon's manuals explain by number.
    pub support_code: SmolStr,
    /// The inks, in its order.
    pub inks: Vec<Tank>,
    /// What it collects.
    pub waste: Vec<Tank>,
    /// The maintenance that is under way: operation and type.
    pub maintenance: Option<(SmolStr, SmolStr)>,
}

fn word(text: &str) -> SmolStr {
    text.chars().filter(|c| !c.is_control()).take(MOST_WORD).collect()
}

fn told(element: &xml::Element, name: &str) -> SmolStr {
    element.told(name).map(|text| word(text)).unwrap_or_default()
}

/// A level: anything that is no number from 0 to 100 is none.
fn level(element: &xml::Element) -> Option<i32> {
    let level = element.told("level")?.parse().ok()?;
    (0..=100).contains(&level).then_some(level)
}

/// `PFI-1000<PM>`: the tank, and the ink that it is for.
fn model(text: &str) -> (SmolStr, SmolStr) {
    match text.split_once('<') {
        Some((model, code)) => (word(model.trim()), word(code.trim_end_matches('>').trim())),
        None => (word(text), SmolStr::default()),
    }
}

/// Reads a document; `None` when it is no answer to GetStatus.
pub fn read(document: &[u8]) -> Option<Status> {
    let root = xml::read(document);
    let operation = root.find("operation").map(|operation| operation.text.as_str());
    let set = root.find("param_set").unwrap_or(&root);
    let markers = root.find("marker_info");
    let is_status = operation == Some("GetStatusResponse") || markers.is_some();
    if !is_status {
        return None;
    }
    let counts: Vec<(&SmolStr, u32)> = set
        .all("ink_replacement_count")
        .filter_map(|count| Some((count.attribute("color")?, count.text.parse().ok()?)))
        .collect();
    let inks = markers.into_iter().flat_map(|markers| markers.all("ink"));
    let inks = inks.filter_map(|ink| {
        let (fitted_model, code) = model(&told(ink, "model"));
        let name = Some(told(ink, "color")).filter(|name| !name.is_empty()).unwrap_or(code);
        (!name.is_empty()).then(|| Tank {
            level: level(ink),
            icon: told(ink, "icon"),
            fitted: counts
                .iter()
                .find(|(color, _)| **color == name)
                .map(|(_, count)| *count),
            model: fitted_model,
            name,
        })
    });
    let waste = root.find("wasteink").into_iter().flat_map(|waste| waste.all("item"));
    let waste = waste.map(|item| Tank {
        name: told(item, "model"),
        model: told(item, "model"),
        level: level(item),
        icon: told(item, "icon"),
        fitted: None,
    });
    let running = root
        .find("jobinfo")
        .filter(|info| info.child("maintenance_operation").is_some());
    Some(Status {
        state: told(set, "status"),
        detail: told(set, "status_detail"),
        support_code: told(set, "current_support_code"),
        inks: inks.take(MOST_INKS).collect(),
        waste: waste.take(MOST_INKS).collect(),
        maintenance: running.map(|info| (told(info, "maintenance_operation"), told(info, "type"))),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The inks of a PRO-1000 in its order. An owner's told C, MBK, PBK, GY, Y and M so, and the Printer-MIB alike; the
    /// other six, which the Printer-MIB leaves out, are made up.
    pub const INKS: [(&str, i32); 12] = [
        ("PM", 10),
        ("R", 80),
        ("C", 80),
        ("PGY", 30),
        ("MBK", 20),
        ("PBK", 20),
        ("B", 90),
        ("CO", 40),
        ("GY", 80),
        ("Y", 10),
        ("M", 100),
        ("PC", 60),
    ];

    /// A document in the form in which a PRO-1000 gives it.
    pub fn document() -> String {
        let ink = |(at, (code, level)): (usize, &(&str, i32))| {
            let icon = if *level <= 10 { "warning" } else { "none" };
            format!(
                "<ivec:ink><ivec:model><![CDATA[PFI-1000<{code}>]]></ivec:model><ivec:color>{code}</ivec:color>\
                 <ivec:icon>{icon}</ivec:icon><ivec:level>{level}</ivec:level><vcn:tca>AC</vcn:tca>\
                 <ivec:order>{}</ivec:order></ivec:ink>",
                at + 1
            )
        };
        let inks: String = INKS.iter().enumerate().map(ink).collect();
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<cmd xmlns:ivec=\"http://www.canon.com/ns/cmd/2008/07/common/\" \
             xmlns:vcn=\"http://www.canon.com/ns/cmd/2008/07/canon/\">\n<ivec:contents>\n\
             <ivec:operation>GetStatusResponse</ivec:operation>\n<ivec:param_set servicetype=\"print\">\n\
             <ivec:response>OK</ivec:response>\n<ivec:response_detail/>\n<ivec:status>idle</ivec:status>\n\
             <ivec:status_detail>MarkerSupplyAttention</ivec:status_detail>\n\
             <ivec:current_support_code>1600</ivec:current_support_code>\n<ivec:marker_info>{inks}</ivec:marker_info>\n\
             <ivec:wasteink><ivec:item><ivec:icon>none</ivec:icon><ivec:model>MC-20</ivec:model>\
             <ivec:level>30</ivec:level></ivec:item></ivec:wasteink>\n<ivec:jobinfo/>\n</ivec:param_set>\n\
             </ivec:contents>\n</cmd>\n"
        )
    }

    #[test]
    fn all_twelve_inks_and_the_receptacle_are_read() {
        let status = read(document().as_bytes()).unwrap();
        let inks: Vec<(&str, i32)> = status
            .inks
            .iter()
            .map(|i| (i.name.as_str(), i.level.unwrap()))
            .collect();
        assert_eq!(inks, INKS);
        assert!(status.inks.iter().all(|ink| ink.model == "PFI-1000"));
        assert_eq!(
            (status.waste[0].name.as_str(), status.waste[0].level),
            ("MC-20", Some(30))
        );
        assert_eq!((status.state.as_str(), status.support_code.as_str()), ("idle", "1600"));
        assert_eq!(status.detail, "MarkerSupplyAttention");
        assert_eq!(status.maintenance, None);
    }

    #[test]
    fn a_cut_off_one_gives_the_inks_that_it_has() {
        let whole = document();
        let cut = whole.find("<ivec:color>GY").unwrap();
        let status = read(&whole.as_bytes()[..cut]).unwrap();
        // The ninth is begun, and named by its tank.
        assert_eq!(status.inks.len(), 9);
        assert_eq!((status.inks[8].name.as_str(), status.inks[8].level), ("GY", None));
        assert_eq!(read(b"<html><body>Sign in</body></html>"), None);
        assert_eq!(read(b""), None);
    }

    #[test]
    fn what_is_no_level_is_none() {
        for odd in ["-2", "101", "x", "", "1e2", "99999999999999999999"] {
            let one = format!(
                "<marker_info><ink><color>C</color><level>{odd}</level></ink></marker_info><jobinfo>\
                 <maintenance_operation>Cleaning</maintenance_operation><type>deep</type></jobinfo>"
            );
            let status = read(one.as_bytes()).unwrap();
            assert_eq!(status.inks[0].level, None, "{odd}");
            assert_eq!(status.maintenance.unwrap(), ("Cleaning".into(), "deep".into()));
        }
    }
}
