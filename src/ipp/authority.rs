//! Who may do what.
//!
//! Where nobody is asked who he is (`[ipp] authentication`), `requesting-user-name` is what a client says and no more. It keeps people on the LAN
//! from acting on each other's jobs by mistake; it stops nobody who means to. What concerns everybody (pausing a
//! printer, its texts, the order of the queue) is therefore taken from this machine alone, unless the owner has opened
//! it to the network in the configuration.

use smol_str::format_smolstr;

use super::codec::{op, status};
use super::failure::Failure;
use crate::model::Job;

/// Who is taken for an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Operators {
    /// Whoever calls from this machine.
    #[default]
    ThisMachine,
    /// Whoever reaches the port.
    Network,
}

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Whether an operator's requests are taken from him.
    pub is_operator: bool,
    /// Whether he calls by TLS.
    pub secure: bool,
}

impl Caller {
    /// A client at this address.
    pub fn new(peer: Option<std::net::IpAddr>, secure: bool, operators: Operators) -> Self {
        Caller {
            is_operator: operators == Operators::Network || peer.is_some_and(|ip| ip.to_canonical().is_loopback()),
            secure,
        }
    }

    /// Refuses what only an operator may do.
    ///
    /// # Errors
    /// `client-error-forbidden`.
    pub fn check_operation(self, code: u16) -> Result<(), Failure> {
        if self.is_operator || !is_operators(code) {
            return Ok(());
        }
        Err(Failure::new(
            status::CLIENT_ERROR_FORBIDDEN,
            format_smolstr!(
                "{} concerns everybody who prints here and is taken from the print server itself only; its owner can \
                 open it to the network by operators = \"network\" in [ipp]",
                op::name(code).unwrap_or("this")
            ),
        ))
    }

    /// Refuses to touch somebody else's job.
    ///
    /// # Errors
    /// `client-error-not-authorized`.
    pub fn check_job(self, job: &Job, user: &str) -> Result<(), Failure> {
        self.check_owner(&job.user, user, &format!("job {}", job.id))
    }

    /// Refuses to touch what is somebody else's.
    ///
    /// # Errors
    /// `client-error-not-authorized`.
    pub fn check_owner(self, owner: &str, user: &str, what: &str) -> Result<(), Failure> {
        if self.is_operator || owner == user {
            return Ok(());
        }
        Err(Failure::new(
            status::CLIENT_ERROR_NOT_AUTHORIZED,
            format_smolstr!("{what} is not of {user}: whoever made it can do this, or the print server itself"),
        ))
    }
}

/// Whether a `Host` header names this machine to itself. A name of somebody else's that has been made to lead here
/// (DNS rebinding) does not.
pub fn is_own_host(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => host.split(':').next().unwrap_or(""),
    };
    let system = rustix::system::uname();
    let own = system.nodename().to_string_lossy();
    let short = own.split('.').next().unwrap_or("");
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
        || (!short.is_empty()
            && (name.eq_ignore_ascii_case(&own)
                || name.eq_ignore_ascii_case(short)
                || name.eq_ignore_ascii_case(&format!("{short}.local"))))
}

/// What concerns everybody.
fn is_operators(code: u16) -> bool {
    matches!(
        code,
        op::PAUSE_PRINTER
            | op::PAUSE_PRINTER_AFTER_CURRENT_JOB
            | op::RESUME_PRINTER
            | op::ENABLE_PRINTER
            | op::DISABLE_PRINTER
            | op::HOLD_NEW_JOBS
            | op::RELEASE_HELD_NEW_JOBS
            | op::RESTART_PRINTER
            | op::SHUTDOWN_PRINTER
            | op::STARTUP_PRINTER
            | op::SET_PRINTER_ATTRIBUTES
            | op::PURGE_JOBS
            | op::CANCEL_JOBS
            | op::PROMOTE_JOB
            | op::SCHEDULE_JOB_AFTER
            | op::SUSPEND_CURRENT_JOB
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_were_made_to_lead_here_are_not_ours() {
        for own in ["localhost", "LOCALHOST:8631", "127.0.0.1:8631", "[::1]:8631", "[::1]"] {
            assert!(is_own_host(own), "{own}");
        }
        for other in [
            "evil.example:8631",
            "localhost.evil.example",
            "10.0.0.1",
            "[fe80::1]:8631",
            "",
        ] {
            assert!(!is_own_host(other), "{other}");
        }
    }

    #[test]
    fn operators_call_from_this_machine() {
        let caller = |ip: &str, operators| Caller::new(ip.parse().ok(), false, operators).is_operator;
        for here in ["127.0.0.1", "::1", "127.3.2.1", "::ffff:127.0.0.1"] {
            assert!(caller(here, Operators::ThisMachine), "{here}");
        }
        for there in ["192.168.1.7", "fe80::1", "::ffff:10.0.0.1", ""] {
            assert!(!caller(there, Operators::ThisMachine), "{there}");
            assert!(caller(there, Operators::Network), "{there}");
        }
        let stranger = Caller {
            is_operator: false,
            secure: true,
        };
        assert_eq!(
            stranger.check_operation(op::PAUSE_PRINTER).unwrap_err().status,
            status::CLIENT_ERROR_FORBIDDEN
        );
        assert!(stranger.check_operation(op::PRINT_JOB).is_ok());
    }
}
