//! Passwords: Argon2id, one at a time, and as long for a name that is not known as for one that is.

use std::sync::Arc;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash};
use hyper::StatusCode;
use smol_str::{SmolStr, format_smolstr};
use tokio::sync::Semaphore;

use crate::api::Problem;
use crate::crypto;

/// Memory in KiB, passes and lanes: the OWASP Password Storage Cheat Sheet's first choice that fits beside the press in
/// 2 GB; 19 MiB.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// Least characters of a password that somebody chooses.
const LEAST: usize = 10;
/// Most bytes: a sentence, not a book.
pub const MOST: usize = 512;
/// Most that wait for their turn. Each takes a tenth of a second, more on a Pi.
const WAITING: usize = 32;
/// What a password is compared with where there is none: it is no password's hash.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Where passwords are hashed.
#[derive(Debug, Clone)]
pub struct Passwords {
    /// Taken by whoever hashes: 19 MiB, and a core.
    turn: Arc<Semaphore>,
    /// Taken by whoever waits for that.
    places: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Passwords {
            turn: Arc::new(Semaphore::new(1)),
            places: Arc::new(Semaphore::new(WAITING)),
        }
    }
}

impl Passwords {
    /// The PHC string of a password.
    ///
    /// # Errors
    /// 429 when too many wait, 500.
    pub async fn hash(&self, password: &str) -> Result<SmolStr, Problem> {
        let password = password.to_owned();
        let hashed = self.run(move || {
            let mut salt = [0; 16];
            crypto::random(&mut salt).map_err(|e| e.to_string())?;
            let (memory, passes, lanes) = COST;
            let params = Params::new(memory, passes, lanes, None).map_err(|e| e.to_string())?;
            let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let hash: PasswordHash = argon
                .hash_password_with_salt(password.as_bytes(), &salt)
                .map_err(|e| e.to_string())?;
            Ok(format_smolstr!("{hash}"))
        });
        hashed.await?.map_err(|e: String| Problem::internal(&e))
    }

    /// Whether a password is the one of this PHC string; takes as long where there is none.
    ///
    /// # Errors
    /// 429 when too many wait.
    pub async fn is_right(&self, password: &str, phc: Option<&str>) -> Result<bool, Problem> {
        let (password, has_one) = (password.to_owned(), phc.is_some());
        let phc = phc.unwrap_or(NOBODY).to_owned();
        let right = self.run(move || {
            password.len() <= MOST
                && PasswordHash::new(&phc)
                    .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        });
        Ok(right.await? && has_one)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let Ok(_place) = self.places.clone().try_acquire_owned() else {
            return Err(Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "busy",
                "too many people sign in at this moment: try again in a few seconds",
            )
            .after(Duration::from_secs(5)));
        };
        let turn = self.turn.clone().acquire_owned().await;
        let turn = turn.map_err(|e| Problem::internal(&e))?;
        // The turn ends with the work, even if whoever asked is gone.
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        done.await.map_err(|e| Problem::internal(&e))
    }
}

/// Refuses a password that is too short, too long, or a name.
///
/// # Errors
/// 422.
pub fn check(password: &str, name: &str, field: &'static str) -> Result<(), Problem> {
    if password.chars().count() < LEAST {
        let text = format_smolstr!("a password has {LEAST} characters at least: some words in a row do well");
        return Err(Problem::invalid(field, text));
    }
    if password.len() > MOST {
        return Err(Problem::invalid(
            field,
            format_smolstr!("a password has {MOST} bytes at most"),
        ));
    }
    if password.to_lowercase().trim() == name.to_lowercase().trim() {
        return Err(Problem::invalid(
            field,
            "the password is the name: choose one that nobody guesses",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_nobody_has_none() {
        let passwords = Passwords::default();
        let phc = passwords.hash("correct horse battery").await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert_ne!(phc, passwords.hash("correct horse battery").await.unwrap(), "salted");
        assert!(passwords.is_right("correct horse battery", Some(&phc)).await.unwrap());
        assert!(!passwords.is_right("correct horse", Some(&phc)).await.unwrap());
        assert!(!passwords.is_right("", None).await.unwrap());
        assert!(!passwords.is_right("x", Some("no hash")).await.unwrap());
    }

    #[test]
    fn the_hash_of_nobody_costs_what_others_do() {
        let hash = PasswordHash::new(NOBODY).unwrap();
        let params = Params::try_from(&hash).unwrap();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), COST);
    }

    #[test]
    fn short_passwords_and_names_are_refused() {
        assert!(check("123456789", "anna", "password").is_err());
        assert!(check("Anna Anderson", "anna anderson", "password").is_err());
        assert!(check(&"x".repeat(MOST + 1), "anna", "password").is_err());
        assert!(check("zehn Wörter", "anna", "password").is_ok());
    }
}
