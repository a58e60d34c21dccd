//! A printed chart's values, read by Argyll: what it would measure is what lies on the page.

use std::fs;

use super::run;

#[test]
fn argyll_reads_the_values_of_a_chart() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (page, chart) = (at("page.tif"), at("chart.ti2"));
    let arguments = [
        "render",
        "--quiet",
        "--template",
        "profile-target",
        "--dpi",
        "30",
        "--set",
        "patches=800",
    ];
    let mut arguments: Vec<&std::ffi::OsStr> = arguments.map(std::ffi::OsStr::new).to_vec();
    arguments.extend(["-o".as_ref(), page.as_os_str(), "--chart".as_ref(), chart.as_os_str()]);
    run(env!("CARGO_BIN_EXE_platen"), &arguments);
    // `chartread` takes this file and wants an instrument. `fakeread` needs none, and takes the same under the name of the
    // step before.
    let text = fs::read_to_string(&chart).unwrap();
    fs::write(at("chart.ti1"), text.replacen("CTI2", "CTI1", 1)).unwrap();
    let profile = at("srgb.icc");
    fs::write(&profile, platen::color::Profile::srgb().as_bytes()).unwrap();
    run("fakeread", &[profile.as_os_str(), at("chart").as_os_str()]);
    let sets = |text: &str| -> Vec<Vec<f64>> {
        let (_, data) = text.split_once("BEGIN_DATA\n").unwrap();
        let lines = data.lines().take_while(|line| *line != "END_DATA");
        let numbers = |line: &str| {
            let words = line.split_whitespace().filter(|word| !word.starts_with('"'));
            words.map(|word| word.parse().unwrap()).collect()
        };
        lines.map(numbers).collect()
    };
    let (asked, measured) = (sets(&text), sets(&fs::read_to_string(at("chart.ti3")).unwrap()));
    assert!(asked.len() >= 800);
    assert_eq!(asked.len(), measured.len());
    for (asked, measured) in asked.iter().zip(&measured) {
        assert_eq!(asked[0], measured[0]);
        for (a, m) in asked[1..4].iter().zip(&measured[1..4]) {
            assert!((a - m).abs() < 1e-3, "{asked:?} {measured:?}");
        }
    }
}
