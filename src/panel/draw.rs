//! Draws a screen on any display of 128 × 64 dots.
//!
//! Above is a bar with the heading, letters out of it; below are three to five lines. Buttons that do something are named
//! in the last line, in capitals as they are on the box.

use embedded_graphics::mono_font::iso_8859_1::{FONT_5X8, FONT_6X10, FONT_7X13_BOLD, FONT_10X20};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::BinaryColor::{self, Off, On};
use embedded_graphics::prelude::{DrawTarget, Drawable, Point, Primitive, Size};
use embedded_graphics::primitives::{PrimitiveStyle, Rectangle};
use embedded_graphics::text::{Alignment, Baseline, Text, TextStyleBuilder};

use super::canvas::{Canvas, HEIGHT, WIDTH};
use super::lights::Reset;
use super::screens::Screen;
use super::words::{plain, short, wrapped};

/// Height of the bar above.
const BAR: i32 = 13;
/// Height of a line of small letters.
const SMALL: i32 = 9;
/// Height of a line of common letters.
const LINE: i32 = 11;
/// Where the last line begins.
const FOOT: i32 = 55;

/// The dots of a screen.
pub fn drawn(screen: &Screen) -> Canvas {
    let mut canvas = Canvas::default();
    let Ok(()) = draw(screen, &mut canvas);
    canvas
}

/// How many letters of a font fit in a row, with a dot of margin on the left.
fn fit(font: &MonoFont<'_>) -> usize {
    let wide = font.character_size.width + font.character_spacing;
    (WIDTH - 1) / wide.max(1) as usize
}

fn text<D: DrawTarget<Color = BinaryColor>>(
    target: &mut D,
    words: &str,
    font: &MonoFont<'static>,
    (at, alignment): (Point, Alignment),
    color: BinaryColor,
) -> Result<(), D::Error> {
    let style = TextStyleBuilder::new()
        .baseline(Baseline::Top)
        .alignment(alignment)
        .build();
    let words = plain(words);
    Text::with_text_style(&words, at, MonoTextStyle::new(font, color), style).draw(target)?;
    Ok(())
}

fn left<D: DrawTarget<Color = BinaryColor>>(
    target: &mut D,
    words: &str,
    font: &MonoFont<'static>,
    y: i32,
) -> Result<(), D::Error> {
    text(target, words, font, (Point::new(1, y), Alignment::Left), On)
}

fn middle<D: DrawTarget<Color = BinaryColor>>(
    target: &mut D,
    words: &str,
    font: &MonoFont<'static>,
    y: i32,
) -> Result<(), D::Error> {
    let at = Point::new(WIDTH as i32 / 2, y);
    text(target, words, font, (at, Alignment::Center), On)
}

/// The heading, dark in a lit bar.
fn title<D: DrawTarget<Color = BinaryColor>>(target: &mut D, words: &str) -> Result<(), D::Error> {
    Rectangle::new(Point::zero(), Size::new(WIDTH as u32, BAR as u32 - 1))
        .into_styled(PrimitiveStyle::with_fill(On))
        .draw(target)?;
    let words = short(&plain(words), fit(&FONT_6X10));
    text(target, &words, &FONT_6X10, (Point::new(2, 1), Alignment::Left), Off)
}

/// What the buttons do: on the left, on the right.
fn foot<D: DrawTarget<Color = BinaryColor>>(target: &mut D, one: &str, other: &str) -> Result<(), D::Error> {
    left(target, one, &FONT_5X8, FOOT)?;
    let at = Point::new(WIDTH as i32 - 2, FOOT);
    text(target, other, &FONT_5X8, (at, Alignment::Right), On)
}

/// Lines of a text between two heights.
fn lines<D: DrawTarget<Color = BinaryColor>>(
    target: &mut D,
    words: &str,
    (y, end): (i32, i32),
) -> Result<(), D::Error> {
    let words = plain(words);
    let most = |high: i32| ((end - y) / high).max(1) as usize;
    // What is too long for common letters is set in small ones.
    let common = wrapped(&words, fit(&FONT_6X10), usize::MAX);
    let (font, high) = match common.len() <= most(LINE) {
        true => (&FONT_6X10, LINE),
        false => (&FONT_5X8, SMALL),
    };
    for (n, line) in wrapped(&words, fit(font), most(high)).iter().enumerate() {
        left(target, line, font, y + n as i32 * high)?;
    }
    Ok(())
}

/// A bar that is filled up to a share.
fn bar<D: DrawTarget<Color = BinaryColor>>(target: &mut D, y: i32, (done, all): (u32, u32)) -> Result<(), D::Error> {
    let full = Size::new(WIDTH as u32 - 4, 8);
    Rectangle::new(Point::new(2, y), full)
        .into_styled(PrimitiveStyle::with_stroke(On, 1))
        .draw(target)?;
    let inner = u64::from(full.width) - 4;
    let filled = inner * u64::from(done.min(all)) / u64::from(all.max(1));
    Rectangle::new(Point::new(4, y + 2), Size::new(filled as u32, full.height - 4))
        .into_styled(PrimitiveStyle::with_fill(On))
        .draw(target)
}

/// Draws a screen on a cleared display.
///
/// # Errors
/// Those of the display.
pub fn draw<D: DrawTarget<Color = BinaryColor>>(screen: &Screen, target: &mut D) -> Result<(), D::Error> {
    target.clear(Off)?;
    match screen {
        Screen::Asleep => Ok(()),
        Screen::Armed { reset, left } => {
            let (what, scope) = match reset {
                Reset::Access => ("RESET", "network and sign-in"),
                Reset::Factory => ("FACTORY RESET", "EVERYTHING is deleted"),
            };
            title(target, what)?;
            middle(target, scope, &FONT_6X10, 15)?;
            middle(target, &format!("in {left} s"), &FONT_10X20, 29)?;
            middle(target, "let go to abort", &FONT_6X10, 53)
        }
        Screen::Identify { printer, message } => {
            Rectangle::new(Point::zero(), Size::new(WIDTH as u32, HEIGHT as u32))
                .into_styled(PrimitiveStyle::with_stroke(On, 2))
                .draw(target)?;
            middle(target, "HERE I AM", &FONT_10X20, 5)?;
            middle(target, &short(&plain(printer), 20), &FONT_6X10, 26)?;
            for (n, line) in wrapped(&plain(message), 24, 2).iter().enumerate() {
                middle(target, line, &FONT_5X8, 40 + n as i32 * SMALL)?;
            }
            Ok(())
        }
        Screen::Choice {
            title: heading,
            text: words,
            choices,
            chosen,
        } => {
            title(target, heading)?;
            left(target, &short(&plain(words), fit(&FONT_5X8)), &FONT_5X8, 14)?;
            choose(target, choices, *chosen)?;
            foot(target, "SELECT next", "ACTION ok")
        }
        Screen::YesNo { title: heading, text } => {
            title(target, heading)?;
            lines(target, text, (18, FOOT))?;
            foot(target, "CANCEL no", "ACTION yes")
        }
        Screen::Note(words) => {
            let set = wrapped(&plain(words), fit(&FONT_6X10), 4);
            let top = (HEIGHT as i32 - set.len() as i32 * LINE) / 2;
            for (n, line) in set.iter().enumerate() {
                middle(target, line, &FONT_6X10, top + n as i32 * LINE)?;
            }
            Ok(())
        }
        Screen::Status(words) => {
            title(target, "Platen")?;
            let mut y = 15;
            for (n, line) in words.iter().enumerate() {
                let rest = ((HEIGHT as i32 - y) / SMALL).max(0) as usize;
                let most = rest.min(if n + 1 == words.len() { rest } else { 2 });
                for line in wrapped(&plain(line), fit(&FONT_5X8), most.max(1)).iter().take(most) {
                    left(target, line, &FONT_5X8, y)?;
                    y += SMALL;
                }
            }
            Ok(())
        }
        Screen::Updating(done) => {
            title(target, "Update")?;
            middle(target, "is being installed.", &FONT_6X10, 18)?;
            middle(target, "Leave it switched on.", &FONT_6X10, 30)?;
            bar(target, 46, (u32::from(done.unwrap_or(0)), 100))
        }
        Screen::Starting => {
            middle(target, "Platen", &FONT_10X20, 14)?;
            middle(target, "is starting", &FONT_6X10, 38)
        }
        Screen::Setup { address, code } => {
            title(target, "Set me up")?;
            for (n, line) in wrapped(&plain(address), fit(&FONT_5X8), 2).iter().enumerate() {
                left(target, line, &FONT_5X8, 15 + n as i32 * SMALL)?;
            }
            left(target, "Code", &FONT_5X8, 43)?;
            let at = Point::new(WIDTH as i32 - 2, 36);
            let code = short(&plain(code), 10);
            text(target, &code, &FONT_10X20, (at, Alignment::Right), On)
        }
        Screen::Question { title: heading, text } => {
            title(target, heading)?;
            lines(target, text, (15, FOOT))?;
            foot(target, "", "ACTION answer")
        }
        Screen::Load {
            printer,
            paper,
            size,
            count,
        } => {
            title(target, &format!("Load {printer}"))?;
            let paper = plain(paper);
            let below = match paper.chars().count() <= fit(&FONT_7X13_BOLD) {
                true => {
                    left(target, &paper, &FONT_7X13_BOLD, 14)?;
                    29
                }
                false => {
                    lines(target, &paper, (14, 36))?;
                    36
                }
            };
            left(target, &short(&plain(size), fit(&FONT_6X10)), &FONT_6X10, below)?;
            left(target, &short(&plain(count), fit(&FONT_5X8)), &FONT_5X8, 46)?;
            foot(target, "", "ACTION loaded")
        }
        Screen::Trouble { title: heading, text } => {
            title(target, &format!("! {heading}"))?;
            lines(target, text, (16, HEIGHT as i32))
        }
        Screen::Job {
            printer,
            name,
            user,
            sheets,
            message,
        } => {
            title(target, printer)?;
            lines(target, name, (14, 32))?;
            left(target, &short(&plain(user), fit(&FONT_5X8)), &FONT_5X8, 33)?;
            let counted = match sheets {
                (_, 0) => String::new(),
                (done, all) => format!("{done}/{all}"),
            };
            if sheets.1 > 0 {
                bar(target, 44, *sheets)?;
            }
            let room = fit(&FONT_5X8).saturating_sub(counted.len() + 1);
            let message = wrapped(&plain(message), room, 1).concat();
            foot(target, &message, &counted)
        }
        Screen::Printers { lines, last } => {
            title(target, "Platen")?;
            for (n, (name, how, shown)) in lines.iter().enumerate() {
                let y = 14 + n as i32 * 10;
                let how = short(&plain(how), 8);
                let room = fit(&FONT_6X10) - 2 - how.chars().count();
                if *shown {
                    left(target, ">", &FONT_6X10, y)?;
                }
                let at = (Point::new(8, y), Alignment::Left);
                text(target, &short(&plain(name), room), &FONT_6X10, at, On)?;
                let at = (Point::new(WIDTH as i32 - 2, y), Alignment::Right);
                text(target, &how, &FONT_6X10, at, On)?;
            }
            if lines.is_empty() {
                left(target, "There is no printer.", &FONT_6X10, 20)?;
            }
            left(target, &short(&plain(last), fit(&FONT_5X8)), &FONT_5X8, FOOT)
        }
    }
}

/// Choices, the chosen one dark in a lit bar.
fn choose<D: DrawTarget<Color = BinaryColor>>(
    target: &mut D,
    choices: &[smol_str::SmolStr],
    chosen: usize,
) -> Result<(), D::Error> {
    for (n, choice) in choices.iter().take(3).enumerate() {
        let y = 23 + n as i32 * 10;
        let is_chosen = n == chosen;
        if is_chosen {
            Rectangle::new(Point::new(0, y), Size::new(WIDTH as u32, 10))
                .into_styled(PrimitiveStyle::with_fill(On))
                .draw(target)?;
        }
        let color = if is_chosen { Off } else { On };
        let words = short(&plain(choice), fit(&FONT_6X10));
        text(target, &words, &FONT_6X10, (Point::new(2, y), Alignment::Left), color)?;
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests;
