//! A screen in words, line by line, for whoever can't see its dots.

use smol_str::{SmolStr, format_smolstr};

use super::lights::Reset;
use super::screens::Screen;

/// What a screen says. Nothing, while it sleeps.
pub(super) fn told(screen: &Screen) -> Vec<SmolStr> {
    let lines = match screen {
        Screen::Asleep => vec![],
        Screen::Armed { reset, left } => vec![
            match reset {
                Reset::Access => "Network and sign-in are reset".into(),
                Reset::Factory => "Everything is reset".into(),
            },
            format_smolstr!("in {left} s: let go to abort"),
        ],
        Screen::Identify { printer, message } => vec!["This is the box".into(), printer.clone(), message.clone()],
        Screen::Choice {
            title,
            text,
            choices,
            chosen,
        } => {
            let choices = choices.iter().enumerate().map(|(n, choice)| match n == *chosen {
                true => format_smolstr!("▸ {choice}"),
                false => choice.clone(),
            });
            [title.clone(), text.clone()].into_iter().chain(choices).collect()
        }
        Screen::YesNo { title, text } => vec![title.clone(), text.clone(), "ACTION: yes. CANCEL: no".into()],
        Screen::Note(text) => vec![text.clone()],
        Screen::Status(lines) => lines.clone(),
        Screen::Updating(Some(done)) => vec![format_smolstr!("An update is being installed: {done} %")],
        Screen::Updating(None) => vec!["An update is being installed".into()],
        Screen::Starting => vec!["Platen is starting".into()],
        // Whoever stands before the box reads the code.
        Screen::Setup { address, .. } => vec!["Go there with a browser".into(), address.clone()],
        Screen::Question { title, text } => vec![title.clone(), text.clone(), "ACTION: answer".into()],
        Screen::Load {
            printer,
            paper,
            size,
            count,
        } => vec![
            format_smolstr!("Load in {printer}"),
            format_smolstr!("{paper}, {size}"),
            count.clone(),
            "ACTION: it is loaded".into(),
        ],
        Screen::Trouble { title, text } => vec![title.clone(), text.clone()],
        Screen::Job {
            printer,
            name,
            user,
            sheets: (done, all),
            message,
        } => vec![
            printer.clone(),
            name.clone(),
            user.clone(),
            match all {
                0 => format_smolstr!("{done} sheets"),
                all => format_smolstr!("{done} of {all} sheets"),
            },
            message.clone(),
        ],
        Screen::Printers { lines, last } => {
            let line = |(name, how, shown): &(SmolStr, SmolStr, bool)| match shown {
                true => format_smolstr!("▸ {name}: {how}"),
                false => format_smolstr!("{name}: {how}"),
            };
            lines.iter().map(line).chain([last.clone()]).collect()
        }
    };
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_one_is_marked_and_empty_lines_are_left_out() {
        let screen = Screen::Choice {
            title: "Gertie".into(),
            text: "".into(),
            choices: vec!["Print nozzle check".into(), "Show status".into()],
            chosen: 1,
        };
        assert_eq!(told(&screen), ["Gertie", "Print nozzle check", "▸ Show status"]);
        assert!(told(&Screen::Asleep).is_empty());
    }

    #[test]
    fn the_setup_code_is_read_at_the_box_alone() {
        let screen = Screen::Setup {
            address: "https://10.0.0.7/".into(),
            code: "ABCD-2345".into(),
        };
        assert!(!told(&screen).concat().contains("ABCD"));
    }
}
