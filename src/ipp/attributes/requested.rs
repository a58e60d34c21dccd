//! `requested-attributes` (RFC 8011, 4.2.5.1): names and groups of names.

use smol_str::SmolStr;

use super::super::codec::{Attribute, Group, Value};

/// Job template attributes: asked for as a group by `job-template`, at a job by their name, at a printer with
/// `-default`, `-supported` and `-ready`.
const TEMPLATE: &[&str] = &[
    "copies",
    "finishings",
    "job-hold-until",
    "job-hold-until-time",
    "job-priority",
    "job-sheets",
    "media",
    "media-bottom-margin",
    "media-col",
    "media-left-margin",
    "media-right-margin",
    "media-size",
    "media-source",
    "media-top-margin",
    "media-type",
    "multiple-document-handling",
    "number-up",
    "orientation-requested",
    "output-bin",
    "overrides",
    "page-ranges",
    "print-color-mode",
    "print-content-optimize",
    "print-quality",
    "print-rendering-intent",
    "print-scaling",
    "printer-resolution",
    "sides",
];

/// Given only to who asks for it by name (PWG 5100.7: it may be very large).
const BY_NAME_ONLY: &[&str] = &["media-col-database"];

/// What a client asked to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requested {
    /// Sorted: of few, comparing is faster than hashing what is looked for.
    names: Vec<SmolStr>,
    all: bool,
    template: bool,
    description: bool,
}

impl Requested {
    /// Everything but what is given by name only.
    pub fn all() -> Self {
        Requested {
            names: Vec::new(),
            all: true,
            template: false,
            description: false,
        }
    }

    /// Reads `requested-attributes`; without it, `default` counts as asked for.
    pub fn read(operation: &Group, default: &[&str]) -> Self {
        let asked: Vec<SmolStr> = match operation.get("requested-attributes") {
            Some(attribute) => attribute
                .values
                .iter()
                .filter_map(Value::as_str)
                .map(SmolStr::new)
                .collect(),
            None => default.iter().map(SmolStr::new).collect(),
        };
        let has = |word: &str| asked.iter().any(|a| a == word);
        Requested {
            all: has("all"),
            template: has("job-template"),
            description: ["printer", "job", "document", "subscription"]
                .iter()
                .any(|of| has(&format!("{of}-description")))
                || has("subscription-template"),
            names: sorted(asked),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.names.binary_search_by(|known| known.as_str().cmp(name)).is_ok()
    }

    /// Whether an attribute is to be given.
    pub fn wants(&self, name: &str) -> bool {
        if self.has(name) {
            return true;
        }
        if BY_NAME_ONLY.contains(&name) {
            return false;
        }
        self.all
            || if is_template(name) {
                self.template
            } else {
                self.description
            }
    }

    /// Whether the costly `media-col-database` must be made.
    pub fn wants_database(&self) -> bool {
        self.has("media-col-database")
    }

    /// Whether all that is asked for is among these.
    pub fn is_within(&self, names: &[&str]) -> bool {
        !self.all && !self.template && !self.description && self.names.iter().all(|name| names.contains(&name.as_str()))
    }

    /// Keeps what was asked for.
    pub fn filter(&self, attributes: Vec<Attribute>) -> Vec<Attribute> {
        attributes.into_iter().filter(|a| self.wants(&a.name)).collect()
    }
}

fn sorted(mut names: Vec<SmolStr>) -> Vec<SmolStr> {
    names.sort_unstable();
    names.dedup();
    names
}

/// Attributes that are gathered for an answer; what was not asked for is not even made.
pub struct Gathering<'a> {
    requested: &'a Requested,
    /// What was asked for, so far.
    pub attributes: Vec<Attribute>,
}

impl<'a> Gathering<'a> {
    /// Nothing yet.
    pub fn new(requested: &'a Requested) -> Self {
        Gathering {
            requested,
            attributes: Vec::new(),
        }
    }

    /// Adds one of one value.
    pub fn put(&mut self, name: &'static str, make: impl FnOnce() -> Value) {
        self.put_all(name, || vec![make()]);
    }

    /// Adds one of several values.
    pub fn put_all(&mut self, name: &'static str, make: impl FnOnce() -> Vec<Value>) {
        if self.requested.wants(name) {
            self.attributes.push(Attribute {
                name: SmolStr::new_static(name),
                values: make(),
            });
        }
    }

    /// Adds what of these was asked for.
    pub fn extend(&mut self, attributes: Vec<Attribute>) {
        self.attributes.extend(self.requested.filter(attributes));
    }
}

fn is_template(name: &str) -> bool {
    let base = ["-default", "-supported", "-ready", "-database"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name);
    TEMPLATE.contains(&base)
}

#[cfg(test)]
mod tests {
    use super::super::super::codec::group;
    use super::*;

    fn asked(names: &[&str]) -> Requested {
        let mut operation = Group::new(group::OPERATION);
        operation.push_all(
            "requested-attributes",
            names.iter().map(|n| Value::keyword(n)).collect(),
        );
        Requested::read(&operation, &["all"])
    }

    #[test]
    fn groups_of_names() {
        assert!(asked(&["job-template"]).wants("media-supported"));
        assert!(!asked(&["job-template"]).wants("printer-name"));
        assert!(asked(&["printer-description"]).wants("printer-name"));
        assert!(!asked(&["printer-description"]).wants("copies-default"));
        assert!(asked(&["all"]).wants("copies-default"));
        assert!(!asked(&["none"]).wants("printer-name"));
    }

    #[test]
    fn only_what_was_asked_for_is_made() {
        let wanted = asked(&["job-name", "job-id"]);
        let mut out = Gathering::new(&wanted);
        out.put("job-id", || Value::Integer(1));
        out.put("job-uri", || panic!("nobody asked for it"));
        assert_eq!(out.attributes.len(), 1);
        assert!(wanted.is_within(&["job-id", "job-name", "job-uri"]) && !wanted.is_within(&["job-id"]));
        assert!(!asked(&["job-id", "all"]).is_within(&["job-id"]));
    }

    #[test]
    fn the_media_database_is_given_by_name_only() {
        assert!(!asked(&["all", "job-template"]).wants("media-col-database"));
        assert!(asked(&["all", "media-col-database"]).wants("media-col-database"));
        assert!(!Requested::read(&Group::new(group::OPERATION), &["all"]).wants("media-col-database"));
    }
}
