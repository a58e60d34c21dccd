//! The statuses with which a printer may refuse.

use super::Class::{Admin, JobBad, Look, Offline, Retry};
use super::{Class, Status};

const RFC_8011: &str = "RFC 8011, B.1";
const RFC_3380: &str = "RFC 3380, 7";
const RFC_3998: &str = "RFC 3998, 8";
const RFC_3995: &str = "RFC 3995, 12";
const PWG_5100_11: &str = "PWG 5100.11, 9";
const PWG_5100_13: &str = "PWG 5100.13, 9";
const PWG_5100_16: &str = "PWG 5100.16, 11";
const PWG_5100_18: &str = "PWG 5100.18, 10";

const fn status(code: u16, name: &'static str, class: Class, source: &'static str) -> Status {
    Status {
        code,
        name,
        class,
        source,
    }
}

/// See the head of the file.
pub const STATUSES: &[Status] = &[
    status(0x0400, "client-error-bad-request", JobBad, RFC_8011),
    status(0x0401, "client-error-forbidden", Admin, RFC_8011),
    status(0x0402, "client-error-not-authenticated", Admin, RFC_8011),
    status(0x0403, "client-error-not-authorized", Admin, RFC_8011),
    status(0x0404, "client-error-not-possible", Look, RFC_8011),
    status(0x0405, "client-error-timeout", Look, RFC_8011),
    status(0x0406, "client-error-not-found", Look, RFC_8011),
    status(0x0407, "client-error-gone", Look, RFC_8011),
    status(0x0408, "client-error-request-entity-too-large", JobBad, RFC_8011),
    status(0x0409, "client-error-request-value-too-long", JobBad, RFC_8011),
    status(0x040a, "client-error-document-format-not-supported", JobBad, RFC_8011),
    status(
        0x040b,
        "client-error-attributes-or-values-not-supported",
        JobBad,
        RFC_8011,
    ),
    // That is about our way of asking, not about the job.
    status(0x040c, "client-error-uri-scheme-not-supported", Look, RFC_8011),
    status(0x040d, "client-error-charset-not-supported", Look, RFC_8011),
    status(0x040e, "client-error-conflicting-attributes", JobBad, RFC_8011),
    status(0x040f, "client-error-compression-not-supported", JobBad, RFC_8011),
    status(0x0410, "client-error-compression-error", JobBad, RFC_8011),
    status(0x0411, "client-error-document-format-error", JobBad, RFC_8011),
    status(0x0412, "client-error-document-access-error", Look, RFC_8011),
    status(0x0413, "client-error-attributes-not-settable", Look, RFC_3380),
    status(0x0414, "client-error-ignored-all-subscriptions", Look, RFC_3995),
    status(0x0415, "client-error-too-many-subscriptions", Look, RFC_3995),
    status(0x0418, "client-error-document-password-error", JobBad, PWG_5100_13),
    status(0x0419, "client-error-document-permission-error", JobBad, PWG_5100_13),
    status(0x041a, "client-error-document-security-error", JobBad, PWG_5100_13),
    status(0x041b, "client-error-document-unprintable-error", JobBad, PWG_5100_13),
    status(0x041c, "client-error-account-info-needed", Admin, PWG_5100_16),
    status(0x041d, "client-error-account-closed", Admin, PWG_5100_16),
    status(0x041e, "client-error-account-limit-reached", Admin, PWG_5100_16),
    status(0x041f, "client-error-account-authorization-failed", Admin, PWG_5100_16),
    status(0x0420, "client-error-not-fetchable", Look, PWG_5100_18),
    status(0x0500, "server-error-internal-error", Look, RFC_8011),
    status(0x0501, "server-error-operation-not-supported", Look, RFC_8011),
    status(0x0502, "server-error-service-unavailable", Retry, RFC_8011),
    status(0x0503, "server-error-version-not-supported", Look, RFC_8011),
    // "Such as a paper jam": its reasons tell which.
    status(0x0504, "server-error-device-error", Look, RFC_8011),
    status(0x0505, "server-error-temporary-error", Retry, RFC_8011),
    status(0x0506, "server-error-not-accepting-jobs", Admin, RFC_8011),
    status(0x0507, "server-error-busy", Retry, RFC_8011),
    // Somebody canceled it while it came in: what lies there is asked for by its id.
    status(0x0508, "server-error-job-canceled", Look, RFC_8011),
    status(
        0x0509,
        "server-error-multiple-document-jobs-not-supported",
        Look,
        RFC_8011,
    ),
    status(0x050a, "server-error-printer-is-deactivated", Offline, RFC_3998),
    status(0x050b, "server-error-too-many-jobs", Retry, PWG_5100_11),
    status(0x050c, "server-error-too-many-documents", Look, PWG_5100_11),
];
