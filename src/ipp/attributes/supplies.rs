//! Inks and waste: `marker-*` (CUPS, PWG 5100.9's forerunner) and `printer-supply` (PWG 5100.13, 5.6.36).

use smol_str::{SmolStr, format_smolstr};

use super::super::codec::{Attribute, Value};
use super::printer::View;
use crate::model::Marker;

/// Every marker with the name that tells whose it is.
pub fn markers<'a>(view: &'a View<'_>) -> Vec<(SmolStr, &'a Marker)> {
    let many = view.is_pool() && view.printers.len() > 1;
    let name = |printer: &SmolStr, m: &Marker| match many {
        true => format_smolstr!("{printer} {}", m.name),
        false => m.name.clone(),
    };
    view.statuses()
        .flat_map(|(printer, s)| s.markers.iter().map(move |m| (name(printer, m), m)))
        .collect()
}

/// Whether it fills up rather than runs out.
fn is_waste(marker: &Marker) -> bool {
    marker.kind.contains("waste")
}

/// One supply as the Printer MIB describes it (RFC 3805, prtMarkerSuppliesTable): capacity and level in per cent.
fn supply(place: usize, marker: &Marker) -> String {
    let (kind, class) = if is_waste(marker) {
        ("wasteInk", "receptacleThatIsFilled")
    } else {
        ("inkCartridge", "supplyThatIsConsumed")
    };
    let colorant: String = marker
        .name
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_.".contains(*c))
        .collect();
    format!(
        "index={place};class={class};type={kind};unit=percent;maxcapacity=100;level={};colorantname={colorant};",
        marker.level
    )
}

/// Adds the attributes; none while no printer has told its inks.
pub fn supplies(view: &View, all: &mut Vec<Attribute>) {
    let list = markers(view);
    if list.is_empty() {
        return;
    }
    let mut put = |name: &str, value: &dyn Fn(usize, &(SmolStr, &Marker)) -> Value| {
        let values = (1..).zip(&list).map(|(n, m)| value(n, m)).collect();
        all.push(Attribute::new_all(name, values));
    };
    put("marker-names", &|_, (name, _)| Value::name(name));
    put("marker-colors", &|_, (_, m)| Value::name(&m.color));
    put("marker-types", &|_, (_, m)| Value::keyword(&m.kind));
    put("marker-levels", &|_, (_, m)| Value::Integer(m.level));
    put("marker-low-levels", &|_, (_, m)| Value::Integer(m.low.unwrap_or(10)));
    put("marker-high-levels", &|_, (_, m)| Value::Integer(m.high.unwrap_or(100)));
    put("printer-supply", &|n, (_, m)| Value::OctetString(supply(n, m).into()));
    put("printer-supply-description", &|_, (name, _)| Value::text(name));
}
