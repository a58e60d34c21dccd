//! Commands: what may happen to the printer, as a line of a script or of `POST /control`. Pure.

use crate::ipp::codec::op;

/// What happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// `busy on|off`: every new job gets server-error-busy.
    Busy(bool),
    /// `accept on|off`: every new job gets server-error-not-accepting-jobs.
    Accept(bool),
    /// `stop`, `resume`
    Stop(bool),
    /// `paper SHEETS [MEDIA]`: 0 is paper out.
    Paper(u32, Option<String>),
    /// `jam on|off`
    Jam(bool),
    /// `cover open|close`
    Cover(bool),
    /// `offline on|off`: connections are closed without a byte.
    Offline(bool),
    /// `slow MS`: before each answer.
    Slow(u64),
    /// `tear BYTES`: once so many more document bytes have come, the connection is cut; once.
    Tear(u64),
    /// `tear-answer [OPERATION]`: the next request is obeyed and its answer swallowed; once.
    TearAnswer(Option<u16>),
    /// `garbage [N]`: the next answers are noise.
    Garbage(u32),
    /// `wrong-answer KIND`: the next answer is wrong in this way.
    WrongAnswer(Wrong),
    /// `ink NAME PERCENT`
    Ink(String, i32),
    /// `abort-next`: the next job is aborted before it prints.
    AbortNext,
    /// `abort-after PAGES`: a job is aborted after so many pages more.
    AbortAfter(u32),
    /// `forget-jobs`: ended jobs are not remembered.
    ForgetJobs,
    /// `power-cycle [SECONDS]`: what is not printed is lost, and job-ids begin again.
    PowerCycle(f64),
    /// `speed SECONDS-PER-PAGE`
    Speed(f64),
}

/// How an answer is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// `wrong-request-id`
    RequestId,
    /// `wrong-status`: a code that no registry knows.
    Status,
    /// `empty`: no body.
    Empty,
    /// `http-500`
    Http500,
    /// `huge`: attributes without end.
    Huge,
    /// `other-content-type`
    ContentType,
    /// `no-job-id`: success without the job's number.
    NoJobId,
}

/// Reads one command.
pub fn parse(line: &str) -> Result<Command, String> {
    let mut words = line.split_whitespace();
    let name = words.next().unwrap_or_default();
    let arguments: Vec<&str> = words.collect();
    let one = |what: &str| match arguments.as_slice() {
        [a] => Ok(*a),
        _ => Err(format!("{name} wants {what}")),
    };
    let switch = |on: &str, off: &str| match one(&format!("{on} or {off}"))? {
        a if a == on => Ok(true),
        a if a == off => Ok(false),
        a => Err(format!("{name} is {on} or {off}, not \"{a}\"")),
    };
    fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
        text.parse().map_err(|_| format!("\"{text}\" is no number that fits"))
    }
    let seconds = |text: &str| match number::<f64>(text)? {
        s if (0.0..=86_400.0).contains(&s) => Ok(s),
        _ => Err(format!("\"{text}\" is not between 0 and 86400 seconds")),
    };
    Ok(match name {
        "busy" => Command::Busy(switch("on", "off")?),
        "accept" => Command::Accept(switch("on", "off")?),
        "stop" => Command::Stop(true),
        "resume" => Command::Stop(false),
        "paper" => match arguments.as_slice() {
            [n] => Command::Paper(number(n)?, None),
            [n, media] => Command::Paper(number(n)?, Some((*media).to_owned())),
            _ => return Err("paper wants a number of sheets, and a PWG media name if you like".into()),
        },
        "jam" => Command::Jam(switch("on", "off")?),
        "cover" => Command::Cover(switch("open", "close")?),
        "offline" => Command::Offline(switch("on", "off")?),
        "slow" => Command::Slow(number::<u64>(one("milliseconds")?)?.min(600_000)),
        "tear" => Command::Tear(number(one("a number of bytes")?)?),
        "tear-answer" => match arguments.as_slice() {
            [] => Command::TearAnswer(None),
            [name] => Command::TearAnswer(Some(operation(name)?)),
            _ => return Err("tear-answer wants one operation, such as Send-Document".into()),
        },
        "garbage" if arguments.is_empty() => Command::Garbage(1),
        "garbage" => Command::Garbage(number(one("a number of answers")?)?),
        "wrong-answer" => Command::WrongAnswer(match one("a kind")? {
            "wrong-request-id" => Wrong::RequestId,
            "wrong-status" => Wrong::Status,
            "empty" => Wrong::Empty,
            "http-500" => Wrong::Http500,
            "huge" => Wrong::Huge,
            "other-content-type" => Wrong::ContentType,
            "no-job-id" => Wrong::NoJobId,
            other => return Err(format!("there is no wrong answer \"{other}\"")),
        }),
        "ink" => match arguments.as_slice() {
            [name, level] => Command::Ink((*name).to_owned(), number::<i32>(level)?.clamp(0, 100)),
            _ => return Err("ink wants a name and a level in per cent".into()),
        },
        "abort-next" => Command::AbortNext,
        "abort-after" => Command::AbortAfter(number(one("a number of pages")?)?),
        "forget-jobs" => Command::ForgetJobs,
        "power-cycle" if arguments.is_empty() => Command::PowerCycle(0.0),
        "power-cycle" => Command::PowerCycle(seconds(one("seconds")?)?),
        "speed" => Command::Speed(seconds(one("seconds for a page")?)?),
        other => return Err(format!("there is no command \"{other}\"")),
    })
}

fn operation(name: &str) -> Result<u16, String> {
    (1..0x80)
        .find(|code| op::name(*code).is_some_and(|n| n.eq_ignore_ascii_case(name)))
        .ok_or_else(|| format!("there is no operation \"{name}\""))
}

/// Reads a script: lines of seconds since the start and a command; `#` begins a comment.
pub fn read_script(text: &str) -> Result<Vec<(f64, Command)>, String> {
    let mut script = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let wrong = |why: String| format!("line {number}: {why}");
        let (after, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let after: f64 = after
            .parse()
            .ok()
            .filter(|s| (0.0..=1e6).contains(s))
            .ok_or_else(|| wrong(format!("\"{after}\" is no number of seconds")))?;
        script.push((after, parse(rest).map_err(wrong)?));
    }
    script.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(script)
}
