//! Tokens that work once: 256 unpredictable bits, stored only as a digest.

use crate::ports::ids::Ids;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Makes a token `names.secret`: the names find the record that holds the secret's digest.
pub(crate) fn new_token(names: &str, ids: &dyn Ids) -> String {
    let mut secret = [0; 32];
    ids.secret_bytes(&mut secret);
    format!("{names}.{}", URL_SAFE_NO_PAD.encode(secret))
}

pub(crate) fn digest_of(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
