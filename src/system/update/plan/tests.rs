use proptest::prelude::*;

use super::*;

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

fn running() -> Running {
    Running {
        compatible: "platen-pi4".into(),
        version: version("2.0"),
        machine: "one".into(),
    }
}

fn bundle(compatible: &str, offered: &str) -> Result<Bundle, SmolStr> {
    Ok(Bundle {
        compatible: compatible.into(),
        version: version(offered),
        description: SmolStr::default(),
    })
}

const NEW: Wish = Wish {
    allow_downgrade: false,
    when: When::Now,
};
const ANY: Wish = Wish {
    allow_downgrade: true,
    when: When::Now,
};

fn refused(inspected: &Result<Bundle, SmolStr>, terms: &Terms, wish: Wish) -> String {
    match check(inspected, terms, &running(), wish) {
        Ok(bundle) => format!("taken: {}", bundle.version),
        Err(refusal) => refusal.to_string(),
    }
}

#[test]
fn what_may_not_be_installed_is_refused_with_its_reason() {
    let none = Terms::default();
    assert_eq!(refused(&bundle("platen-pi4", "2.1"), &none, NEW), "taken: 2.1");
    assert!(refused(&bundle("other", "2.1"), &none, ANY).contains("for \"other\""));
    assert!(refused(&bundle("platen-pi4", "1.9"), &none, NEW).contains("older than version 2.0"));
    assert_eq!(refused(&bundle("platen-pi4", "1.9"), &none, ANY), "taken: 1.9");
    assert!(refused(&bundle("platen-pi4", "2.0.0"), &none, NEW).contains("runs already"));
    assert_eq!(refused(&bundle("platen-pi4", "2.0.0"), &none, ANY), "taken: 2.0.0");
    let step = Terms {
        minimum: Some(version("2.0.1")),
        share: None,
    };
    assert!(refused(&bundle("platen-pi4", "3"), &step, ANY).contains("install that first"));
    let nobody = Terms {
        minimum: None,
        share: Some(0),
    };
    assert!(refused(&bundle("platen-pi4", "3"), &nobody, NEW).contains("turn has not come"));
}

#[test]
fn what_rauc_says_is_put_into_words() {
    for (rauc, words) in [
        (
            "failed to check bundle: Verify error: self-signed certificate",
            "nobody whom this machine trusts",
        ),
        (
            "signature verification failed: rsa routines::invalid padding",
            "was changed",
        ),
        ("Signature size (4242) exceeds bundle size", "no whole update bundle"),
        ("Bundle format 'plain' not allowed", "a format"),
        ("something else", "RAUC does not take"),
    ] {
        let said = refused(&Err(rauc.into()), &Terms::default(), ANY);
        assert!(said.contains(words) && said.contains(rauc), "{said}");
    }
    let long = format!("a\nb{}", "x".repeat(5_000));
    assert!(refused(&Err(long.into()), &Terms::default(), ANY).len() < 500);
}

#[test]
fn it_waits_for_printers_and_for_the_window() {
    let window = Some(Span {
        from: Timestamp(100),
        to: Timestamp(200),
    });
    let house = |busy: &[&str]| House {
        busy: busy.iter().map(SmolStr::new).collect(),
        window,
        is_taken: false,
    };
    let late = Wish {
        when: When::Window,
        ..NEW
    };
    let why = |wish, house: &House, now| match moment(wish, house, Timestamp(now)) {
        Verdict::Install => "now".to_owned(),
        Verdict::Wait { why, until } => format!("{why} {until:?}"),
        Verdict::Refuse(_) => unreachable!(),
    };
    assert_eq!(why(NEW, &house(&[]), 0), "now");
    assert_eq!(why(NEW, &house(&["Gertie"]), 0), "Gertie prints None");
    assert_eq!(
        why(NEW, &house(&["Gertie", "Squirty"]), 0),
        "Gertie and Squirty print None"
    );
    assert!(why(late, &house(&[]), 99).contains("not begun Some(Timestamp(100))"));
    assert_eq!(why(late, &house(&[]), 100), "now");
    assert!(why(late, &house(&["Gertie"]), 100).contains("prints"));
    assert!(why(late, &house(&[]), 200).contains("over"));
    assert!(why(late, &House::default(), 0).contains("no window"));
    let taken = House {
        is_taken: true,
        ..House::default()
    };
    assert!(why(NEW, &taken, 0).contains("another update"));
}

prop_compose! {
    fn versions()(a in 0u32..4, b in 0u32..4, pre: bool) -> Version {
        version(&format!("{a}.{b}{}", if pre { "-rc" } else { "" }))
    }
}

proptest! {
    /// Whatever comes together: what is installed is trusted, for this machine, allowed by its version and its terms,
    /// and no printer is disturbed.
    #[test]
    fn nothing_is_installed_that_may_not_be(
        (offered, now_runs, minimum) in (versions(), versions(), proptest::option::of(versions())),
        (is_trusted, is_ours) in (any::<bool>(), any::<bool>()),
        (allow_downgrade, windowed) in (any::<bool>(), any::<bool>()),
        share in proptest::option::of(0u8..=100),
        (busy, is_taken) in (0usize..3, any::<bool>()),
        (from, lasts, now) in (0i64..100, 1i64..50, 0i64..160),
        has_window: bool,
    ) {
        let inspected = if is_trusted {
            Ok(Bundle {
                compatible: if is_ours { "platen-pi4".into() } else { "other".into() },
                version: offered.clone(),
                description: SmolStr::default(),
            })
        } else {
            Err(SmolStr::new("Verify error"))
        };
        let terms = Terms { minimum: minimum.clone(), share };
        let running = Running { version: now_runs.clone(), ..running() };
        let wish = Wish { allow_downgrade, when: if windowed { When::Window } else { When::Now } };
        let span = Span { from: Timestamp(from), to: Timestamp(from + lasts) };
        let house = House { busy: vec!["Gertie".into(); busy], window: has_window.then_some(span), is_taken };
        let may_be = is_trusted && is_ours
            && (allow_downgrade || now_runs.is_older_than(&offered))
            && minimum.as_ref().is_none_or(|minimum| !now_runs.is_older_than(minimum))
            && share.is_none_or(|share| channel::has_its_turn("one", &offered, share));
        let may_now = busy == 0 && !is_taken && (!windowed || (has_window && (from..from + lasts).contains(&now)));
        let verdict = decide(&inspected, &terms, &running, (wish, &house, Timestamp(now)));
        match verdict {
            Verdict::Refuse(refusal) => {
                prop_assert!(!may_be, "{}", refusal);
                prop_assert!(!refusal.to_string().is_empty());
            }
            Verdict::Wait { why, until } => {
                prop_assert!(may_be && !may_now);
                prop_assert!(!why.is_empty());
                prop_assert!(until.is_none_or(|until| until.0 > now));
            }
            Verdict::Install => prop_assert!(may_be && may_now),
        }
    }
}
