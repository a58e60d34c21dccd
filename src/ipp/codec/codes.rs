//! Operation and status codes (RFC 8011, 5.4.15 and appendix B; RFC 3380, 3995, 3996, 3998; PWG 5100.5, 5100.7, 5100.11,
//! 5100.13).

/// Operations.
pub mod op {
    /// Print-Job
    pub const PRINT_JOB: u16 = 0x0002;
    /// Print-URI
    pub const PRINT_URI: u16 = 0x0003;
    /// Validate-Job
    pub const VALIDATE_JOB: u16 = 0x0004;
    /// Create-Job
    pub const CREATE_JOB: u16 = 0x0005;
    /// Send-Document
    pub const SEND_DOCUMENT: u16 = 0x0006;
    /// Send-URI
    pub const SEND_URI: u16 = 0x0007;
    /// Cancel-Job
    pub const CANCEL_JOB: u16 = 0x0008;
    /// Get-Job-Attributes
    pub const GET_JOB_ATTRIBUTES: u16 = 0x0009;
    /// Get-Jobs
    pub const GET_JOBS: u16 = 0x000a;
    /// Get-Printer-Attributes
    pub const GET_PRINTER_ATTRIBUTES: u16 = 0x000b;
    /// Hold-Job
    pub const HOLD_JOB: u16 = 0x000c;
    /// Release-Job
    pub const RELEASE_JOB: u16 = 0x000d;
    /// Restart-Job
    pub const RESTART_JOB: u16 = 0x000e;
    /// Pause-Printer
    pub const PAUSE_PRINTER: u16 = 0x0010;
    /// Resume-Printer
    pub const RESUME_PRINTER: u16 = 0x0011;
    /// Purge-Jobs
    pub const PURGE_JOBS: u16 = 0x0012;
    /// Set-Printer-Attributes
    pub const SET_PRINTER_ATTRIBUTES: u16 = 0x0013;
    /// Set-Job-Attributes
    pub const SET_JOB_ATTRIBUTES: u16 = 0x0014;
    /// Get-Printer-Supported-Values
    pub const GET_PRINTER_SUPPORTED_VALUES: u16 = 0x0015;
    /// Create-Printer-Subscriptions
    pub const CREATE_PRINTER_SUBSCRIPTIONS: u16 = 0x0016;
    /// Create-Job-Subscriptions
    pub const CREATE_JOB_SUBSCRIPTIONS: u16 = 0x0017;
    /// Get-Subscription-Attributes
    pub const GET_SUBSCRIPTION_ATTRIBUTES: u16 = 0x0018;
    /// Get-Subscriptions
    pub const GET_SUBSCRIPTIONS: u16 = 0x0019;
    /// Renew-Subscription
    pub const RENEW_SUBSCRIPTION: u16 = 0x001a;
    /// Cancel-Subscription
    pub const CANCEL_SUBSCRIPTION: u16 = 0x001b;
    /// Get-Notifications
    pub const GET_NOTIFICATIONS: u16 = 0x001c;
    /// Enable-Printer
    pub const ENABLE_PRINTER: u16 = 0x0022;
    /// Disable-Printer
    pub const DISABLE_PRINTER: u16 = 0x0023;
    /// Pause-Printer-After-Current-Job
    pub const PAUSE_PRINTER_AFTER_CURRENT_JOB: u16 = 0x0024;
    /// Hold-New-Jobs
    pub const HOLD_NEW_JOBS: u16 = 0x0025;
    /// Release-Held-New-Jobs
    pub const RELEASE_HELD_NEW_JOBS: u16 = 0x0026;
    /// Restart-Printer
    pub const RESTART_PRINTER: u16 = 0x0029;
    /// Shutdown-Printer
    pub const SHUTDOWN_PRINTER: u16 = 0x002a;
    /// Startup-Printer
    pub const STARTUP_PRINTER: u16 = 0x002b;
    /// Reprocess-Job
    pub const REPROCESS_JOB: u16 = 0x002c;
    /// Cancel-Current-Job
    pub const CANCEL_CURRENT_JOB: u16 = 0x002d;
    /// Suspend-Current-Job
    pub const SUSPEND_CURRENT_JOB: u16 = 0x002e;
    /// Resume-Job
    pub const RESUME_JOB: u16 = 0x002f;
    /// Promote-Job
    pub const PROMOTE_JOB: u16 = 0x0030;
    /// Schedule-Job-After
    pub const SCHEDULE_JOB_AFTER: u16 = 0x0031;
    /// Cancel-Document
    pub const CANCEL_DOCUMENT: u16 = 0x0033;
    /// Get-Document-Attributes
    pub const GET_DOCUMENT_ATTRIBUTES: u16 = 0x0034;
    /// Get-Documents
    pub const GET_DOCUMENTS: u16 = 0x0035;
    /// Set-Document-Attributes
    pub const SET_DOCUMENT_ATTRIBUTES: u16 = 0x0037;
    /// Cancel-Jobs
    pub const CANCEL_JOBS: u16 = 0x0038;
    /// Cancel-My-Jobs
    pub const CANCEL_MY_JOBS: u16 = 0x0039;
    /// Resubmit-Job
    pub const RESUBMIT_JOB: u16 = 0x003a;
    /// Close-Job
    pub const CLOSE_JOB: u16 = 0x003b;
    /// Identify-Printer
    pub const IDENTIFY_PRINTER: u16 = 0x003c;

    /// CUPS-Get-Default
    pub const CUPS_GET_DEFAULT: u16 = 0x4001;
    /// CUPS-Get-Printers
    pub const CUPS_GET_PRINTERS: u16 = 0x4002;
    /// CUPS-Get-Classes
    pub const CUPS_GET_CLASSES: u16 = 0x4005;
    /// CUPS-Move-Job
    pub const CUPS_MOVE_JOB: u16 = 0x400d;

    /// The name of a code, where it is known here.
    pub const fn name(code: u16) -> Option<&'static str> {
        Some(match code {
            PRINT_JOB => "Print-Job",
            PRINT_URI => "Print-URI",
            VALIDATE_JOB => "Validate-Job",
            CREATE_JOB => "Create-Job",
            SEND_DOCUMENT => "Send-Document",
            SEND_URI => "Send-URI",
            CANCEL_JOB => "Cancel-Job",
            GET_JOB_ATTRIBUTES => "Get-Job-Attributes",
            GET_JOBS => "Get-Jobs",
            GET_PRINTER_ATTRIBUTES => "Get-Printer-Attributes",
            HOLD_JOB => "Hold-Job",
            RELEASE_JOB => "Release-Job",
            RESTART_JOB => "Restart-Job",
            PAUSE_PRINTER => "Pause-Printer",
            RESUME_PRINTER => "Resume-Printer",
            PURGE_JOBS => "Purge-Jobs",
            SET_PRINTER_ATTRIBUTES => "Set-Printer-Attributes",
            SET_JOB_ATTRIBUTES => "Set-Job-Attributes",
            GET_PRINTER_SUPPORTED_VALUES => "Get-Printer-Supported-Values",
            CREATE_PRINTER_SUBSCRIPTIONS => "Create-Printer-Subscriptions",
            CREATE_JOB_SUBSCRIPTIONS => "Create-Job-Subscriptions",
            GET_SUBSCRIPTION_ATTRIBUTES => "Get-Subscription-Attributes",
            GET_SUBSCRIPTIONS => "Get-Subscriptions",
            RENEW_SUBSCRIPTION => "Renew-Subscription",
            CANCEL_SUBSCRIPTION => "Cancel-Subscription",
            GET_NOTIFICATIONS => "Get-Notifications",
            ENABLE_PRINTER => "Enable-Printer",
            DISABLE_PRINTER => "Disable-Printer",
            PAUSE_PRINTER_AFTER_CURRENT_JOB => "Pause-Printer-After-Current-Job",
            HOLD_NEW_JOBS => "Hold-New-Jobs",
            RELEASE_HELD_NEW_JOBS => "Release-Held-New-Jobs",
            RESTART_PRINTER => "Restart-Printer",
            SHUTDOWN_PRINTER => "Shutdown-Printer",
            STARTUP_PRINTER => "Startup-Printer",
            REPROCESS_JOB => "Reprocess-Job",
            CANCEL_CURRENT_JOB => "Cancel-Current-Job",
            SUSPEND_CURRENT_JOB => "Suspend-Current-Job",
            RESUME_JOB => "Resume-Job",
            PROMOTE_JOB => "Promote-Job",
            SCHEDULE_JOB_AFTER => "Schedule-Job-After",
            CANCEL_DOCUMENT => "Cancel-Document",
            GET_DOCUMENT_ATTRIBUTES => "Get-Document-Attributes",
            GET_DOCUMENTS => "Get-Documents",
            SET_DOCUMENT_ATTRIBUTES => "Set-Document-Attributes",
            RESUBMIT_JOB => "Resubmit-Job",
            CANCEL_JOBS => "Cancel-Jobs",
            CANCEL_MY_JOBS => "Cancel-My-Jobs",
            CLOSE_JOB => "Close-Job",
            IDENTIFY_PRINTER => "Identify-Printer",
            CUPS_GET_DEFAULT => "CUPS-Get-Default",
            CUPS_GET_PRINTERS => "CUPS-Get-Printers",
            CUPS_GET_CLASSES => "CUPS-Get-Classes",
            CUPS_MOVE_JOB => "CUPS-Move-Job",
            _ => return None,
        })
    }
}

/// Status codes.
pub mod status {
    /// successful-ok
    pub const SUCCESSFUL_OK: u16 = 0x0000;
    /// successful-ok-ignored-or-substituted-attributes
    pub const SUCCESSFUL_OK_IGNORED_OR_SUBSTITUTED_ATTRIBUTES: u16 = 0x0001;
    /// successful-ok-conflicting-attributes
    pub const SUCCESSFUL_OK_CONFLICTING_ATTRIBUTES: u16 = 0x0002;
    /// successful-ok-ignored-subscriptions (RFC 3995, 12)
    pub const SUCCESSFUL_OK_IGNORED_SUBSCRIPTIONS: u16 = 0x0003;
    /// successful-ok-events-complete (RFC 3996, 10.1)
    pub const SUCCESSFUL_OK_EVENTS_COMPLETE: u16 = 0x0007;
    /// client-error-bad-request
    pub const CLIENT_ERROR_BAD_REQUEST: u16 = 0x0400;
    /// client-error-forbidden
    pub const CLIENT_ERROR_FORBIDDEN: u16 = 0x0401;
    /// client-error-not-authenticated
    pub const CLIENT_ERROR_NOT_AUTHENTICATED: u16 = 0x0402;
    /// client-error-not-authorized
    pub const CLIENT_ERROR_NOT_AUTHORIZED: u16 = 0x0403;
    /// client-error-not-possible
    pub const CLIENT_ERROR_NOT_POSSIBLE: u16 = 0x0404;
    /// client-error-timeout
    pub const CLIENT_ERROR_TIMEOUT: u16 = 0x0405;
    /// client-error-not-found
    pub const CLIENT_ERROR_NOT_FOUND: u16 = 0x0406;
    /// client-error-gone
    pub const CLIENT_ERROR_GONE: u16 = 0x0407;
    /// client-error-request-entity-too-large
    pub const CLIENT_ERROR_REQUEST_ENTITY_TOO_LARGE: u16 = 0x0408;
    /// client-error-request-value-too-long
    pub const CLIENT_ERROR_REQUEST_VALUE_TOO_LONG: u16 = 0x0409;
    /// client-error-document-format-not-supported
    pub const CLIENT_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED: u16 = 0x040a;
    /// client-error-attributes-or-values-not-supported
    pub const CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED: u16 = 0x040b;
    /// client-error-uri-scheme-not-supported
    pub const CLIENT_ERROR_URI_SCHEME_NOT_SUPPORTED: u16 = 0x040c;
    /// client-error-charset-not-supported
    pub const CLIENT_ERROR_CHARSET_NOT_SUPPORTED: u16 = 0x040d;
    /// client-error-conflicting-attributes
    pub const CLIENT_ERROR_CONFLICTING_ATTRIBUTES: u16 = 0x040e;
    /// client-error-compression-not-supported
    pub const CLIENT_ERROR_COMPRESSION_NOT_SUPPORTED: u16 = 0x040f;
    /// client-error-compression-error
    pub const CLIENT_ERROR_COMPRESSION_ERROR: u16 = 0x0410;
    /// client-error-document-format-error
    pub const CLIENT_ERROR_DOCUMENT_FORMAT_ERROR: u16 = 0x0411;
    /// client-error-document-access-error
    pub const CLIENT_ERROR_DOCUMENT_ACCESS_ERROR: u16 = 0x0412;
    /// client-error-attributes-not-settable (RFC 3380, 7.1)
    pub const CLIENT_ERROR_ATTRIBUTES_NOT_SETTABLE: u16 = 0x0413;
    /// client-error-ignored-all-subscriptions (RFC 3995, 12)
    pub const CLIENT_ERROR_IGNORED_ALL_SUBSCRIPTIONS: u16 = 0x0414;
    /// client-error-too-many-subscriptions (RFC 3995, 12)
    pub const CLIENT_ERROR_TOO_MANY_SUBSCRIPTIONS: u16 = 0x0415;
    /// client-error-document-password-error (PWG 5100.13)
    pub const CLIENT_ERROR_DOCUMENT_PASSWORD_ERROR: u16 = 0x0418;
    /// client-error-document-permission-error (PWG 5100.13)
    pub const CLIENT_ERROR_DOCUMENT_PERMISSION_ERROR: u16 = 0x0419;
    /// client-error-document-security-error (PWG 5100.13)
    pub const CLIENT_ERROR_DOCUMENT_SECURITY_ERROR: u16 = 0x041a;
    /// client-error-document-unprintable-error (PWG 5100.13)
    pub const CLIENT_ERROR_DOCUMENT_UNPRINTABLE_ERROR: u16 = 0x041b;
    /// client-error-account-info-needed (PWG 5100.16)
    pub const CLIENT_ERROR_ACCOUNT_INFO_NEEDED: u16 = 0x041c;
    /// client-error-account-closed (PWG 5100.16)
    pub const CLIENT_ERROR_ACCOUNT_CLOSED: u16 = 0x041d;
    /// client-error-account-limit-reached (PWG 5100.16)
    pub const CLIENT_ERROR_ACCOUNT_LIMIT_REACHED: u16 = 0x041e;
    /// client-error-account-authorization-failed (PWG 5100.16)
    pub const CLIENT_ERROR_ACCOUNT_AUTHORIZATION_FAILED: u16 = 0x041f;
    /// client-error-not-fetchable (PWG 5100.18)
    pub const CLIENT_ERROR_NOT_FETCHABLE: u16 = 0x0420;
    /// server-error-internal-error
    pub const SERVER_ERROR_INTERNAL_ERROR: u16 = 0x0500;
    /// server-error-operation-not-supported
    pub const SERVER_ERROR_OPERATION_NOT_SUPPORTED: u16 = 0x0501;
    /// server-error-service-unavailable
    pub const SERVER_ERROR_SERVICE_UNAVAILABLE: u16 = 0x0502;
    /// server-error-version-not-supported
    pub const SERVER_ERROR_VERSION_NOT_SUPPORTED: u16 = 0x0503;
    /// server-error-device-error
    pub const SERVER_ERROR_DEVICE_ERROR: u16 = 0x0504;
    /// server-error-temporary-error
    pub const SERVER_ERROR_TEMPORARY_ERROR: u16 = 0x0505;
    /// server-error-not-accepting-jobs
    pub const SERVER_ERROR_NOT_ACCEPTING_JOBS: u16 = 0x0506;
    /// server-error-busy
    pub const SERVER_ERROR_BUSY: u16 = 0x0507;
    /// server-error-job-canceled
    pub const SERVER_ERROR_JOB_CANCELED: u16 = 0x0508;
    /// server-error-multiple-document-jobs-not-supported
    pub const SERVER_ERROR_MULTIPLE_DOCUMENT_JOBS_NOT_SUPPORTED: u16 = 0x0509;
    /// server-error-printer-is-deactivated
    pub const SERVER_ERROR_PRINTER_IS_DEACTIVATED: u16 = 0x050a;
    /// server-error-too-many-jobs
    pub const SERVER_ERROR_TOO_MANY_JOBS: u16 = 0x050b;
    /// server-error-too-many-documents
    pub const SERVER_ERROR_TOO_MANY_DOCUMENTS: u16 = 0x050c;

    /// The name of a code, where it is known here.
    pub const fn name(code: u16) -> Option<&'static str> {
        Some(match code {
            SUCCESSFUL_OK => "successful-ok",
            SUCCESSFUL_OK_IGNORED_OR_SUBSTITUTED_ATTRIBUTES => "successful-ok-ignored-or-substituted-attributes",
            SUCCESSFUL_OK_CONFLICTING_ATTRIBUTES => "successful-ok-conflicting-attributes",
            SUCCESSFUL_OK_IGNORED_SUBSCRIPTIONS => "successful-ok-ignored-subscriptions",
            SUCCESSFUL_OK_EVENTS_COMPLETE => "successful-ok-events-complete",
            CLIENT_ERROR_BAD_REQUEST => "client-error-bad-request",
            CLIENT_ERROR_FORBIDDEN => "client-error-forbidden",
            CLIENT_ERROR_NOT_AUTHENTICATED => "client-error-not-authenticated",
            CLIENT_ERROR_NOT_AUTHORIZED => "client-error-not-authorized",
            CLIENT_ERROR_NOT_POSSIBLE => "client-error-not-possible",
            CLIENT_ERROR_TIMEOUT => "client-error-timeout",
            CLIENT_ERROR_NOT_FOUND => "client-error-not-found",
            CLIENT_ERROR_GONE => "client-error-gone",
            CLIENT_ERROR_REQUEST_ENTITY_TOO_LARGE => "client-error-request-entity-too-large",
            CLIENT_ERROR_REQUEST_VALUE_TOO_LONG => "client-error-request-value-too-long",
            CLIENT_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED => "client-error-document-format-not-supported",
            CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED => "client-error-attributes-or-values-not-supported",
            CLIENT_ERROR_URI_SCHEME_NOT_SUPPORTED => "client-error-uri-scheme-not-supported",
            CLIENT_ERROR_CHARSET_NOT_SUPPORTED => "client-error-charset-not-supported",
            CLIENT_ERROR_CONFLICTING_ATTRIBUTES => "client-error-conflicting-attributes",
            CLIENT_ERROR_COMPRESSION_NOT_SUPPORTED => "client-error-compression-not-supported",
            CLIENT_ERROR_COMPRESSION_ERROR => "client-error-compression-error",
            CLIENT_ERROR_DOCUMENT_FORMAT_ERROR => "client-error-document-format-error",
            CLIENT_ERROR_DOCUMENT_ACCESS_ERROR => "client-error-document-access-error",
            CLIENT_ERROR_ATTRIBUTES_NOT_SETTABLE => "client-error-attributes-not-settable",
            CLIENT_ERROR_IGNORED_ALL_SUBSCRIPTIONS => "client-error-ignored-all-subscriptions",
            CLIENT_ERROR_TOO_MANY_SUBSCRIPTIONS => "client-error-too-many-subscriptions",
            CLIENT_ERROR_DOCUMENT_PASSWORD_ERROR => "client-error-document-password-error",
            CLIENT_ERROR_DOCUMENT_PERMISSION_ERROR => "client-error-document-permission-error",
            CLIENT_ERROR_DOCUMENT_SECURITY_ERROR => "client-error-document-security-error",
            CLIENT_ERROR_DOCUMENT_UNPRINTABLE_ERROR => "client-error-document-unprintable-error",
            CLIENT_ERROR_ACCOUNT_INFO_NEEDED => "client-error-account-info-needed",
            CLIENT_ERROR_ACCOUNT_CLOSED => "client-error-account-closed",
            CLIENT_ERROR_ACCOUNT_LIMIT_REACHED => "client-error-account-limit-reached",
            CLIENT_ERROR_ACCOUNT_AUTHORIZATION_FAILED => "client-error-account-authorization-failed",
            CLIENT_ERROR_NOT_FETCHABLE => "client-error-not-fetchable",
            SERVER_ERROR_INTERNAL_ERROR => "server-error-internal-error",
            SERVER_ERROR_OPERATION_NOT_SUPPORTED => "server-error-operation-not-supported",
            SERVER_ERROR_SERVICE_UNAVAILABLE => "server-error-service-unavailable",
            SERVER_ERROR_VERSION_NOT_SUPPORTED => "server-error-version-not-supported",
            SERVER_ERROR_DEVICE_ERROR => "server-error-device-error",
            SERVER_ERROR_TEMPORARY_ERROR => "server-error-temporary-error",
            SERVER_ERROR_NOT_ACCEPTING_JOBS => "server-error-not-accepting-jobs",
            SERVER_ERROR_BUSY => "server-error-busy",
            SERVER_ERROR_JOB_CANCELED => "server-error-job-canceled",
            SERVER_ERROR_MULTIPLE_DOCUMENT_JOBS_NOT_SUPPORTED => "server-error-multiple-document-jobs-not-supported",
            SERVER_ERROR_PRINTER_IS_DEACTIVATED => "server-error-printer-is-deactivated",
            SERVER_ERROR_TOO_MANY_JOBS => "server-error-too-many-jobs",
            SERVER_ERROR_TOO_MANY_DOCUMENTS => "server-error-too-many-documents",
            _ => return None,
        })
    }
}
