//! Presets: ways to print that are shown as printers.

use crate::common::daemon::Daemon;
use crate::common::ipptool::{self, ask, reaches};
use crate::common::photo;
use crate::common::simulator::Simulator;

const CONFIG: &str = "[[printer]]
name = \"Gertie\"
uri = \"virtual:\"
seconds-per-sheet = 0.1
[[printer]]
name = \"Squirty\"
uri = \"virtual:\"
seconds-per-sheet = 0.1
[[preset]]
name = \"Matte A3+, white border\"
printer = \"Squirty\"
media = \"a3+\"
media-type = \"photographic-matte\"
border = 20.0
print-quality = \"normal\"
print-color-mode = \"monochrome\"
print-scaling = \"fit\"
print-rendering-intent = \"perceptual\"
";

#[test]
fn a_preset_is_a_printer_that_sets_everything() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(folder.path(), CONFIG);
    let uri = daemon.uri(Some("matte-a3-white-border"));
    // Its printer's abilities are known as soon as that was asked.
    crate::common::wait_for("the printer's abilities", std::time::Duration::from_secs(30), || {
        let (_, text) = ipptool::run(&["-tv", &daemon.uri(Some("squirty")), "get-printer-attributes.test"]);
        text.contains("photographic-matte").then_some(())
    });
    let (passed, text) = ipptool::run(&["-tv", &uri, "get-printer-attributes.test"]);
    assert!(passed, "{text}");
    for words in [
        "printer-name (nameWithoutLanguage) = Matte A3+, white border\n",
        "printer-info (textWithoutLanguage) = Matte A3+, white border\n",
        "media-default (keyword) = na_super-b_13x19in\n",
        "media-supported (keyword) = na_super-b_13x19in\n",
        "media-ready (keyword) = na_super-b_13x19in\n",
        "media-type-supported (keyword) = photographic-matte\n",
        "media-top-margin-supported (integer) = 2000\n",
        "print-quality-supported (enum) = normal\n",
        "print-color-mode-supported (keyword) = monochrome\n",
        "print-rendering-intent-default (keyword) = perceptual\n",
        "print-scaling-supported (keyword) = fit\n",
    ] {
        assert!(text.contains(words), "no {words} in:\n{text}");
    }
    assert!(
        text.contains(&format!("printer-uri-supported (1setOf uri) = {uri},")),
        "{text}"
    );
    let ours = "ATTR name requesting-user-name anna";
    let listed = ask(
        folder.path(),
        &daemon.uri(None),
        "CUPS-Get-Printers",
        ours,
        "successful-ok",
    );
    for name in ["Platen", "Gertie", "Squirty", "Matte A3+, white border"] {
        let line = format!("printer-name (nameWithoutLanguage) = {name}\n");
        assert!(listed.contains(&line), "{listed}");
    }

    let photo = photo::jpeg(folder.path());
    let bare = ipptool::print(folder.path(), &uri, &photo, "image/jpeg", "");
    let own = ipptool::print(folder.path(), &uri, &photo, "image/jpeg", "ATTR enum print-quality 5");
    // What it says holds.
    for id in [bare, own] {
        reaches(&daemon, id, "completed");
        let (_, text) = ipptool::job(daemon.port, id);
        for words in [
            "media (keyword) = na_super-b_13x19in",
            "media-left-margin=2000",
            "media-type=photographic-matte",
            "print-color-mode (keyword) = monochrome",
            "print-rendering-intent (keyword) = perceptual",
            "print-scaling (keyword) = fit",
            "output-device-assigned (nameWithoutLanguage) = squirty",
            "print-quality (enum) = normal",
        ] {
            assert!(text.contains(words), "job {id}: no {words} in:\n{text}");
        }
    }

    let about = format!("ATTR uri printer-uri $uri\n {ours}");
    let other = "GROUP job-attributes-tag\n ATTR enum print-quality 5";
    let exactly = format!("{about}\n ATTR boolean ipp-attribute-fidelity true\n {other}");
    let code = "client-error-attributes-or-values-not-supported";
    ask(folder.path(), &uri, "Validate-Job", &exactly, code);
    let told = ask(
        folder.path(),
        &uri,
        "Validate-Job",
        &format!("{about}\n {other}"),
        "successful-ok-ignored-or-substituted-attributes",
    );
    assert!(told.contains("print-quality (enum) = high"), "{told}");
    assert!(!text.contains("Pause-Printer") && !text.contains("SRGB24"), "{text}");

    // What concerns the printer is done at the printer.
    let refused = ask(
        folder.path(),
        &uri,
        "Pause-Printer",
        &about,
        "client-error-not-possible",
    );
    assert!(refused.contains("squirty"), "{refused}");
    let nobody = daemon.uri(Some("matte-a4"));
    ask(
        folder.path(),
        &nobody,
        "Get-Printer-Attributes",
        &about,
        "client-error-not-found",
    );
}

#[test]
fn what_unlike_printers_can_not_do_together_is_told_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let gertie = Simulator::start(folder.path(), "Gertie", &[]);
    let config = format!(
        "[[printer]]\nname = \"Gertie\"\nuri = \"{}\"\n[[printer]]\nname = \"Paper\"\nuri = \"virtual:\"\n",
        gertie.uri()
    );
    let daemon = Daemon::start(folder.path(), &config);
    let uri = daemon.uri(None);
    let text = crate::common::wait_for("both printers' abilities", std::time::Duration::from_secs(30), || {
        let (_, text) = ipptool::run(&["-tv", &uri, "get-printer-attributes.test"]);
        text.contains("job-constraints-supported").then_some(text)
    });
    let line = |name: &str| text.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
    let constraints = line("job-constraints-supported");
    // Legal is known to the virtual printer alone, and Canon's fine art paper to the other.
    assert!(
        constraints.contains("{media-size={x-dimension=21590 y-dimension=35560} media-type=com.canon.fineart}"),
        "{constraints}"
    );
    assert!(
        line("job-resolvers-supported").contains("resolver-name=any-type"),
        "{text}"
    );
    let wish = "GROUP job-attributes-tag\n ATTR collection media-col { MEMBER collection media-size { MEMBER integer \
                x-dimension 21590 MEMBER integer y-dimension 35560 } MEMBER keyword media-type com.canon.fineart }";
    let about = "ATTR uri printer-uri $uri\n ATTR name requesting-user-name anna";
    let mended = format!("{about}\n {wish}");
    ask(
        folder.path(),
        &uri,
        "Validate-Job",
        &mended,
        "successful-ok-conflicting-attributes",
    );
    let exactly = format!("{about}\n ATTR boolean ipp-attribute-fidelity true\n {wish}");
    ask(
        folder.path(),
        &uri,
        "Validate-Job",
        &exactly,
        "client-error-conflicting-attributes",
    );
}
