//! Passwords: which are accepted, and how they are kept.
//!
//! Argon2id with 19 MiB, two passes, one lane: the first of the parameter sets that the OWASP Password Storage Cheat
//! Sheet recommends. Each computation takes its memory and some 24 ms, so few run at once, off the request threads.
//! Accepted are 15 characters and more (NIST SP 800-63B-4, section 3.1.1.2, for a password without second factor) that
//! are neither on the built-in list nor easy for zxcvbn, which is told the person's own names.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::error::{Error, Outage, Result};

/// Characters, not bytes.
const AT_LEAST: usize = 15;
/// Longer than any sentence; keeps hashing cheap to refuse.
const AT_MOST: usize = 256;
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Computations at once, in the whole process.
static PLACES: Semaphore = Semaphore::const_new(4);

static COMMON: &str = include_str!("common-passwords.txt");

/// `Invalid("password.…")` when the password is too short, too long, common or easy to guess for who knows the person.
pub fn check(password: &str, known: &[&str]) -> Result<()> {
    let length = password.chars().count();
    if length < AT_LEAST {
        return Err(Error::Invalid("password.short"));
    }
    if length > AT_MOST {
        return Err(Error::Invalid("password.long"));
    }
    let folded = password.trim().to_lowercase();
    if COMMON.lines().any(|common| common == folded) {
        return Err(Error::Invalid("password.common"));
    }
    let words: Vec<&str> =
        known.iter().flat_map(|name| name.split_whitespace()).chain(known.iter().copied()).collect();
    if zxcvbn::zxcvbn(password, &words).score() < zxcvbn::Score::Three {
        return Err(Error::Invalid("password.weak"));
    }
    Ok(())
}

/// The PHC string to keep.
pub async fn hash(password: &str) -> Result<String> {
    let password = Zeroizing::new(password.to_owned());
    computed(move || {
        let hash: PasswordHash = argon2()?.hash_password(password.as_bytes()).map_err(Error::internal)?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether the password is the one kept. With nothing kept (no such account) it computes as long and says no.
pub async fn verify(password: &str, kept: Option<&str>) -> Result<bool> {
    let password = Zeroizing::new(password.to_owned());
    let kept = kept.map(str::to_owned);
    computed(move || {
        let argon2 = argon2()?;
        if let Some(Ok(hash)) = kept.as_deref().map(PasswordHash::new) {
            return Ok(argon2.verify_password(password.as_bytes(), &hash).is_ok());
        }
        let _: PasswordHash =
            argon2.hash_password_with_salt(password.as_bytes(), &[0; 16]).map_err(Error::internal)?;
        Ok(false)
    })
    .await
}

/// Whether the kept hash was made with weaker parameters than today's.
pub fn is_outdated(kept: &str) -> bool {
    let Ok(hash) = PasswordHash::new(kept) else { return true };
    let Ok(params) = Params::try_from(&hash) else { return true };
    hash.algorithm.as_str() != Algorithm::Argon2id.as_str()
        || params.m_cost() < MEMORY_KIB
        || params.t_cost() < PASSES
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn computed<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _place = PLACES.acquire().await.map_err(|_| Error::Unavailable(Outage::Down))?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> Result<()> {
        check(password, &["aline.niyonzima", "Aline Niyonzima"])
    }

    #[test]
    fn weak_passwords_are_refused_each_with_its_word() {
        assert_eq!(refused("fourteen chars"), Err(Error::Invalid("password.short")));
        assert_eq!(refused(&"long ".repeat(60)), Err(Error::Invalid("password.long")));
        assert_eq!(refused("PasswordPassword"), Err(Error::Invalid("password.common")));
        assert_eq!(refused("aline niyonzima"), Err(Error::Invalid("password.weak")));
        assert_eq!(refused("aaaaaaaaaaaaaaaaaaaa"), Err(Error::Invalid("password.weak")));
        assert_eq!(refused("marché du samedi à Gitega"), Ok(()));
    }

    #[test]
    fn the_common_list_is_all_of_passwords_long_enough() {
        for common in COMMON.lines() {
            assert!(common.chars().count() >= AT_LEAST, "{common}: never reached");
            assert_eq!(common, common.to_lowercase());
        }
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_with_todays_parameters_and_a_salt_of_its_own() {
        let one = hash("marché du samedi à Gitega").await.unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, hash("marché du samedi à Gitega").await.unwrap());
        assert!(verify("marché du samedi à Gitega", Some(&one)).await.unwrap());
        assert!(!verify("marché du dimanche à Gitega", Some(&one)).await.unwrap());
        assert!(!verify("marché du samedi à Gitega", None).await.unwrap());
        assert!(!is_outdated(&one));
        assert!(is_outdated(&one.replace("m=19456", "m=8192")));
        assert!(is_outdated("not a hash"));
    }
}
