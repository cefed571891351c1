//! The keys of this installation, from its one secret: they sign tokens and links and seal provider secrets.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

#[derive(Clone)]
pub struct StageKeys {
    /// Signs access tokens.
    pub token: [u8; 32],
    /// Signs links in messages, Message-IDs and reply addresses.
    pub link: [u8; 32],
    /// Seals provider secrets.
    pub vault: [u8; 32],
}

impl std::fmt::Debug for StageKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StageKeys(…)")
    }
}

impl StageKeys {
    /// 80 bits of HMAC-SHA256 under the link key, as 16 lower-case base-32 characters: fits a URL and an address.
    pub fn sign_link(&self, parts: &[&str]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.link).expect("HMAC takes any key length");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        base32(&mac.finalize().into_bytes()[..10])
    }

    pub fn link_is_signed(&self, parts: &[&str], signature: &str) -> bool {
        self.sign_link(parts).as_bytes().ct_eq(signature.as_bytes()).into()
    }

    /// A keyed digest of a network address or other personal datum that must be compared, never read.
    pub fn blind(&self, text: &str) -> String {
        self.sign_link(&["blind", text])
    }
}

fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut out = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut buffer, mut bits) = (0u32, 0u32);
    for &byte in bytes {
        buffer = (buffer << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(ALPHABET[(buffer >> bits) as usize & 31]));
        }
    }
    if bits > 0 {
        out.push(char::from(ALPHABET[(buffer << (5 - bits)) as usize & 31]));
    }
    out
}
