//! Who calls, and what he may.

use smol_str::{SmolStr, format_smolstr};

use crate::model::{Job, Role, Scope, Scopes};

use super::Problem;
use super::accounts::Seen;

/// Whoever calls, once it is known who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The name by which jobs and books know him: a person's, or a program's.
    pub name: SmolStr,
    /// His number, of a person.
    pub user: Option<i64>,
    /// The program that calls, for itself or for a person; none: a browser with a session.
    pub client: Option<SmolStr>,
    /// What the person is; a program that calls for itself has none.
    pub role: Option<Role>,
    /// What may be done in this call.
    pub scopes: Scopes,
    /// The session by which a person in a browser is known.
    pub session: Option<Seen>,
}

impl Caller {
    /// Somebody who has not said who he is, and may do nothing but what is open to all.
    pub fn nobody() -> Caller {
        Caller {
            name: SmolStr::new_static("somebody"),
            user: None,
            client: None,
            role: None,
            scopes: Scopes::default(),
            session: None,
        }
    }

    /// Refuses whoever may not do this.
    ///
    /// # Errors
    /// 403.
    pub fn needs(&self, scope: Scope) -> Result<(), Problem> {
        if self.scopes.has(scope) {
            return Ok(());
        }
        let why = match (&self.client, self.role) {
            (Some(_), _) => "the token was not given for it",
            (None, Some(_)) => "ask the studio's owner for it",
            (None, None) => "nobody is signed in",
        };
        let problem = Problem::forbidden(format_smolstr!(
            "{} may not do this, which needs {}: {why}",
            self.name,
            scope.keyword()
        ));
        // A program is told what it lacks (RFC 6750, 3.1).
        let lacks = |_: &SmolStr| {
            let scope = scope.keyword();
            format_smolstr!("Bearer realm=\"Platen\", error=\"insufficient_scope\", scope=\"{scope}\"")
        };
        Err(Problem {
            challenge: self.client.as_ref().map(lacks),
            ..problem
        })
    }

    /// Whether he may see a job: his own, or everybody's.
    pub fn sees(&self, job_user: &str) -> bool {
        self.scopes.has(Scope::JobsRead) && (self.scopes.has(Scope::JobsAll) || self.name == job_user)
    }

    /// Refuses a job that he may not see, as if it were not there.
    ///
    /// # Errors
    /// 404.
    pub fn needs_sight_of(&self, job: &Job) -> Result<(), Problem> {
        if self.sees(&job.user) {
            return Ok(());
        }
        Err(Problem::not_found("job-not-found", format_args!("job {}", job.id)))
    }

    /// The one who is let do all, by name.
    #[cfg(test)]
    pub fn owner(name: &str) -> Caller {
        Caller::of_role(name, Role::Owner)
    }

    /// Somebody of a role, by name.
    #[cfg(test)]
    pub fn of_role(name: &str, role: Role) -> Caller {
        Caller {
            name: name.into(),
            user: Some(1),
            client: None,
            role: Some(role),
            scopes: role.scopes(),
            session: None,
        }
    }
}
