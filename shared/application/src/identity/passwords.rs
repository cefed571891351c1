//! Passwords: Argon2id with 19 MiB, two passes, one lane (the OWASP minimum).

use crate::identity::refused_passwords::is_common;
use crate::ports::ids::Ids;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

/// The shortest password, in characters.
pub const SHORTEST: usize = 10;
pub const LONGEST: usize = 200;

/// Returns what is wrong with a new password, if anything.
pub fn password_fault(password: &str) -> Option<String> {
    length_fault(password).or_else(|| {
        let why = "is among the passwords that are tried first: choose one that nobody else has";
        is_common(password).then(|| why.to_owned())
    })
}

/// Returns what is wrong with the length of a password, if anything. A login of before may have a common one.
pub fn length_fault(password: &str) -> Option<String> {
    match password.chars().count() {
        ..SHORTEST => Some(format!("needs at least {SHORTEST} characters")),
        SHORTEST..=LONGEST => None,
        _ => Some(format!("is longer than {LONGEST} characters")),
    }
}

fn argon2id() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("constant parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

pub fn hash_password(password: &str, ids: &dyn Ids) -> String {
    let mut salt = [0; 16];
    ids.secret_bytes(&mut salt);
    let salt = SaltString::encode_b64(&salt).expect("sixteen bytes fit a salt");
    argon2id().hash_password(password.as_bytes(), &salt).expect("constant parameters are valid").to_string()
}

/// Compares a password with its hash. Pass `None` for an unknown user: it takes the same time.
pub fn password_matches(password: &str, hash: Option<&str>) -> bool {
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE";
    // A login without a password takes the same time, too.
    let hash = hash.filter(|hash| !hash.is_empty());
    let parsed = PasswordHash::new(hash.unwrap_or(NOBODY));
    let matches = parsed.is_ok_and(|parsed| argon2id().verify_password(password.as_bytes(), &parsed).is_ok());
    matches && hash.is_some()
}
