//! The checks that come before any operation, in the order of RFC 8011, 4.1: version, request-id, charset and
//! language, the order of groups, attributes that come twice, and what the operation is about.

use smol_str::{SmolStr, format_smolstr};

use crate::model::{Destination, JobId, NOBODY, PrinterId, who};

use super::codec::{Attribute, Group, Message, Value, group, op, status};
use super::failure::Failure;

/// A request that passed the checks.
#[derive(Debug)]
pub struct Valid {
    /// The operation attributes.
    pub operation: Group,
    /// The job attributes; empty when there was no such group.
    pub job: Group,
    /// The document attributes, likewise.
    pub document: Group,
    /// The printer attributes, likewise.
    pub printer: Group,
    /// Every subscription attributes group.
    pub subscriptions: Vec<Group>,
    /// What it is about.
    pub target: Target,
    /// `requesting-user-name`, or `anonymous`: believed only to tell people's jobs apart.
    pub user: SmolStr,
}

impl Valid {
    /// Who asks, for the log.
    pub fn who(&self) -> &str {
        who(&self.user)
    }
}

/// What an operation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A printer of ours, and the URI by which the client calls it.
    Printer(Destination, SmolStr),
    /// A job, and the URI that the client used.
    Job(JobId, SmolStr),
}

/// The `printer-name` of the pool.
pub const POOL: &str = "Platen";

/// Versions that are spoken (PWG 5100.12 for 2.x).
pub const VERSIONS: [(u8, u8); 5] = [(1, 0), (1, 1), (2, 0), (2, 1), (2, 2)];

/// Checks a request.
///
/// # Errors
/// [`Failure`] with the status that RFC 8011 asks for.
pub fn validate(message: &Message) -> Result<Valid, Failure> {
    if !VERSIONS.contains(&message.version) {
        let (major, minor) = message.version;
        return Err(Failure::new(
            status::SERVER_ERROR_VERSION_NOT_SUPPORTED,
            format_smolstr!("IPP version {major}.{minor} is not spoken here; 1.0 to 2.2 are"),
        ));
    }
    if message.request_id < 1 {
        return Err(Failure::bad_request(format_smolstr!(
            "request-id is {}; it must be 1 or more",
            message.request_id
        )));
    }
    let operation = match message.groups.first() {
        Some(first) if first.tag == group::OPERATION => first,
        _ => {
            return Err(Failure::bad_request(
                "the operation attributes group is missing or not the first",
            ));
        }
    };
    if message.groups.iter().skip(1).any(|g| g.tag == group::OPERATION) {
        return Err(Failure::bad_request("there is a second operation attributes group"));
    }
    check_language(operation)?;
    for group in &message.groups {
        no_attribute_twice(group)?;
    }
    if !super::ops::SUPPORTED.contains(&message.code) {
        let name = op::name(message.code).map_or_else(|| format!("0x{:04x}", message.code), str::to_owned);
        return Err(Failure::new(
            status::SERVER_ERROR_OPERATION_NOT_SUPPORTED,
            format_smolstr!("the operation {name} is not supported"),
        ));
    }
    let one = |tag: u8, what: &str| {
        let mut groups = message.groups.iter().filter(|g| g.tag == tag);
        let first = groups.next();
        if groups.next().is_some() {
            return Err(Failure::bad_request(format_smolstr!(
                "there is a second {what} attributes group"
            )));
        }
        Ok(first.cloned().unwrap_or_else(|| Group::new(tag)))
    };
    Ok(Valid {
        target: target(message.code, operation)?,
        user: user(operation),
        operation: operation.clone(),
        job: one(group::JOB, "job")?,
        document: one(group::DOCUMENT, "document")?,
        printer: one(group::PRINTER, "printer")?,
        subscriptions: message
            .groups
            .iter()
            .filter(|g| g.tag == group::SUBSCRIPTION)
            .cloned()
            .collect(),
    })
}

fn check_language(operation: &Group) -> Result<(), Failure> {
    let charset = match operation.attributes.first() {
        Some(Attribute { name, values }) if name == "attributes-charset" => match values.as_slice() {
            [Value::Charset(charset)] => charset,
            _ => return Err(Failure::bad_request("attributes-charset must be one charset")),
        },
        _ => {
            return Err(Failure::bad_request(
                "the first operation attribute must be attributes-charset",
            ));
        }
    };
    match operation.attributes.get(1) {
        Some(Attribute { name, values }) if name == "attributes-natural-language" => match values.as_slice() {
            [Value::NaturalLanguage(_)] => {}
            _ => {
                return Err(Failure::bad_request(
                    "attributes-natural-language must be one naturalLanguage",
                ));
            }
        },
        _ => {
            return Err(Failure::bad_request(
                "the second operation attribute must be attributes-natural-language",
            ));
        }
    }
    if charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("us-ascii") {
        Ok(())
    } else {
        Err(Failure::new(
            status::CLIENT_ERROR_CHARSET_NOT_SUPPORTED,
            format_smolstr!("the charset {} is not supported; utf-8 is", shorten(charset)),
        ))
    }
}

fn no_attribute_twice(group: &Group) -> Result<(), Failure> {
    let mut names = std::collections::HashSet::new();
    match group.attributes.iter().find(|a| !names.insert(a.name.as_str())) {
        None => Ok(()),
        Some(twice) => Err(Failure::bad_request(format_smolstr!(
            "the attribute {} comes twice",
            shorten(&twice.name)
        ))),
    }
}

fn target(code: u16, operation: &Group) -> Result<Target, Failure> {
    let uri = |name: &str| match operation.get(name).map(|a| a.values.as_slice()) {
        None => Ok(None),
        Some([Value::Uri(uri)]) => Ok(Some(uri.clone())),
        Some(_) => Err(Failure::bad_request(format_smolstr!("{name} must be one uri"))),
    };
    let job_id = match operation.get("job-id").map(|a| a.values.as_slice()) {
        None => None,
        Some([Value::Integer(id)]) if *id > 0 => Some(JobId(i64::from(*id))),
        Some(_) => return Err(Failure::bad_request("job-id must be one integer of 1 or more")),
    };
    match (uri("printer-uri")?, uri("job-uri")?, job_id) {
        (Some(printer), _, None) => {
            let place = destination(&printer)
                .ok_or_else(|| Failure::not_found(format_smolstr!("there is no printer at {}", shorten(&printer))))?;
            Ok(Target::Printer(place, printer))
        }
        // Their job-id says which job is meant to be the current one.
        (Some(printer), _, Some(_)) if matches!(code, op::CANCEL_CURRENT_JOB | op::SUSPEND_CURRENT_JOB) => {
            let place = destination(&printer)
                .ok_or_else(|| Failure::not_found(format_smolstr!("there is no printer at {}", shorten(&printer))))?;
            Ok(Target::Printer(place, printer))
        }
        (Some(printer), _, Some(id)) => {
            destination(&printer)
                .ok_or_else(|| Failure::not_found(format_smolstr!("there is no printer at {}", shorten(&printer))))?;
            Ok(Target::Job(id, printer))
        }
        (None, Some(job), _) => {
            let id = path_of(&job)
                .and_then(|path| path.strip_prefix("/ipp/job/").or_else(|| path.strip_prefix("/jobs/")))
                .and_then(|id| id.parse::<i64>().ok())
                .filter(|id| *id > 0)
                .ok_or_else(|| Failure::not_found(format_smolstr!("there is no job at {}", shorten(&job))))?;
            Ok(Target::Job(JobId(id), job))
        }
        // They are about the whole house.
        (None, None, None)
            if matches!(
                code,
                op::CUPS_GET_DEFAULT | op::CUPS_GET_PRINTERS | op::CUPS_GET_CLASSES
            ) =>
        {
            Ok(Target::Printer(Destination::Pool, SmolStr::default()))
        }
        (None, None, _) => Err(Failure::bad_request(
            "neither printer-uri nor job-uri says what this is about",
        )),
    }
}

/// The path of an `ipp:`, `ipps:`, `http:` or `https:` URI; `/` when there is none.
fn path_of(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once("://")?;
    if !["ipp", "ipps", "http", "https"]
        .iter()
        .any(|s| scheme.eq_ignore_ascii_case(s))
    {
        return None;
    }
    let path = rest.find('/').map_or("/", |at| &rest[at..]);
    Some(path.split(['?', '#']).next().unwrap_or(path))
}

/// The printer of ours that a URI names. `/` and `/ipp/printer` are taken for the pool, as clients that guess do;
/// CUPS' tools make `/printers/NAME` of a `printer-name`.
pub fn destination(uri: &str) -> Option<Destination> {
    let path = path_of(uri)?;
    match path.strip_suffix('/').unwrap_or(path) {
        "" | "/ipp" | "/ipp/print" | "/ipp/printer" => Some(Destination::Pool),
        other => match other.strip_prefix("/ipp/print/") {
            Some(id) => PrinterId::new(id).ok().map(Destination::Printer),
            None => by_name(other.strip_prefix("/printers/")?),
        },
    }
}

/// A printer by the name that people see, in a URI.
fn by_name(name: &str) -> Option<Destination> {
    if name.eq_ignore_ascii_case(POOL) {
        return Some(Destination::Pool);
    }
    // What is no letter or digit is a dash in the short name, escaped or not.
    let plain = name.replace("%20", " ");
    PrinterId::from_name(&plain).ok().map(Destination::Printer)
}

fn user(operation: &Group) -> SmolStr {
    let named = operation
        .get("requesting-user-name")
        .and_then(|a| a.values.first())
        .and_then(Value::as_str);
    let clean: String = named
        .unwrap_or("")
        .chars()
        .filter(|c| !c.is_control())
        .take(255)
        .collect();
    if clean.is_empty() {
        SmolStr::new_static(NOBODY)
    } else {
        clean.into()
    }
}

/// A peer's text, short enough to be repeated to it.
fn shorten(text: &str) -> String {
    let short: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_the_pool_and_its_printers() {
        let gertie = Destination::Printer(PrinterId::new("gertie").unwrap());
        assert_eq!(destination("ipp://localhost:8631/ipp/print"), Some(Destination::Pool));
        assert_eq!(destination("http://[::1]:8631/ipp/print/"), Some(Destination::Pool));
        assert_eq!(destination("IPP://host/ipp/print/gertie"), Some(gertie.clone()));
        assert_eq!(destination("ipp://host/printers/Gertie"), Some(gertie));
        assert_eq!(destination("ipp://host/printers/Platen"), Some(Destination::Pool));
        for bad in [
            "ipp://host/ipp/print/../../etc",
            "file:///ipp/print",
            "ipp:/ipp/print",
            "ipp://host/x",
            "",
        ] {
            assert_eq!(destination(bad), None, "{bad}");
        }
    }

    fn request(build: impl FnOnce(&mut Group)) -> Message {
        let mut operation = Group::new(group::OPERATION);
        operation.push("attributes-charset", Value::charset("utf-8"));
        operation.push("attributes-natural-language", Value::language("en"));
        build(&mut operation);
        Message {
            version: (2, 0),
            code: op::GET_JOBS,
            request_id: 1,
            groups: vec![operation],
        }
    }

    fn refused(message: &Message) -> u16 {
        validate(message).unwrap_err().status
    }

    #[test]
    fn good_requests_pass() {
        let ok = request(|g| g.push("printer-uri", Value::uri("ipp://h/ipp/print")));
        let valid = validate(&ok).unwrap();
        assert_eq!(valid.user, "anonymous");
        assert_eq!(
            valid.target,
            Target::Printer(Destination::Pool, "ipp://h/ipp/print".into())
        );
        // As CUPS' `cancel` calls it.
        let cups = request(|g| g.push("job-uri", Value::uri("ipp://localhost/jobs/7")));
        assert!(matches!(validate(&cups).unwrap().target, Target::Job(JobId(7), _)));
        let job = request(|g| g.push("job-uri", Value::uri("ipp://h/ipp/job/7")));
        assert_eq!(
            validate(&job).unwrap().target,
            Target::Job(JobId(7), "ipp://h/ipp/job/7".into())
        );
    }

    #[test]
    fn bad_requests_get_their_own_status() {
        let ok = request(|g| g.push("printer-uri", Value::uri("ipp://h/ipp/print")));
        let mut old = ok.clone();
        old.version = (0, 0);
        assert_eq!(refused(&old), status::SERVER_ERROR_VERSION_NOT_SUPPORTED);
        let mut zero = ok.clone();
        zero.request_id = 0;
        assert_eq!(refused(&zero), status::CLIENT_ERROR_BAD_REQUEST);
        let mut swapped = ok.clone();
        swapped.groups[0].attributes.swap(0, 1);
        assert_eq!(refused(&swapped), status::CLIENT_ERROR_BAD_REQUEST);
        let mut latin = ok.clone();
        latin.groups[0].attributes[0].values = vec![Value::charset("iso-8859-1")];
        assert_eq!(refused(&latin), status::CLIENT_ERROR_CHARSET_NOT_SUPPORTED);
        let mut twice = ok.clone();
        twice.groups[0].push("printer-uri", Value::uri("ipp://h/ipp/print"));
        assert_eq!(refused(&twice), status::CLIENT_ERROR_BAD_REQUEST);
        let mut unknown = ok.clone();
        unknown.code = 0x3fff;
        assert_eq!(refused(&unknown), status::SERVER_ERROR_OPERATION_NOT_SUPPORTED);
        assert_eq!(refused(&request(|_| {})), status::CLIENT_ERROR_BAD_REQUEST);
        let stranger = request(|g| g.push("printer-uri", Value::uri("ipp://h/ipp/print/No Such")));
        assert_eq!(refused(&stranger), status::CLIENT_ERROR_NOT_FOUND);
    }
}
