//! The keys of this installation, derived from its one master key: they sign tokens and links and seal provider
//! secrets. Everything new is made with the current keys; what was made with earlier ones is still accepted, so that
//! the master key can be changed.

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use p256::SecretKey;
use sha2::Sha256;
use subtle::ConstantTimeEq;

#[derive(Clone)]
pub struct StageKeys {
    /// The key that signs access tokens.
    pub token: [u8; 32],
    /// The key that signs links in messages, Message-IDs and reply addresses.
    pub link: [u8; 32],
    /// The key that seals provider secrets.
    pub vault: [u8; 32],
    /// The keys of earlier master keys, or of the next one: they verify and open, and never sign or seal.
    pub others: Vec<StageKeys>,
}

impl std::fmt::Debug for StageKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StageKeys(…)")
    }
}

impl StageKeys {
    /// Signs with 80 bits of HMAC-SHA256 under the link key, as 16 lower-case base-32 characters: they fit a URL and
    /// an address.
    pub fn sign_link(&self, parts: &[&str]) -> String {
        base32(&self.mac(parts)[..10])
    }

    fn mac(&self, parts: &[&str]) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.link).expect("HMAC takes any key length");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// Iterates over the current keys, then the others that something may have been made with.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.others)
    }

    pub fn link_is_signed(&self, parts: &[&str], signature: &str) -> bool {
        self.all().any(|keys| keys.sign_link(parts).as_bytes().ct_eq(signature.as_bytes()).into())
    }

    /// Makes a keyed digest of a network address or other personal datum that must be compared, never read.
    pub fn keyed_digest(&self, text: &str) -> String {
        self.sign_link(&["blind", text])
    }

    /// Returns the code that proves its holder to be the operator: with it the first user signs up. 80 bits in four
    /// groups of four characters.
    pub fn setup_code(&self) -> String {
        let code = self.sign_link(&["setup code"]);
        [&code[..4], &code[4..8], &code[8..12], &code[12..]].join("-")
    }

    /// Checks a setup code as people type it: in capitals, with spaces, without dashes.
    pub fn is_setup_code(&self, given: &str) -> bool {
        let bare = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let (given, code) = (bare(given).to_ascii_lowercase(), bare(&self.setup_code()));
        code.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// Encrypts a text for a URL, readable only by this installation. The same text bound to the same thing gives the
    /// same result, so that a message composed twice is equal. AES-256-GCM-SIV (RFC 8452) is safe for that.
    pub fn seal(&self, bound_to: &str, text: &str) -> String {
        let payload = Payload { msg: text.as_bytes(), aad: bound_to.as_bytes() };
        let sealed = self.sealer().encrypt(&Nonce::default(), payload).expect("text is far below the limit");
        URL_SAFE_NO_PAD.encode(sealed)
    }

    pub fn open(&self, bound_to: &str, sealed: &str) -> Option<String> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let opened = self.all().find_map(|keys| {
            let payload = Payload { msg: &sealed, aad: bound_to.as_bytes() };
            keys.sealer().decrypt(&Nonce::default(), payload).ok()
        });
        String::from_utf8(opened?).ok()
    }

    /// The key under which this installation signs for push services, on the curve P-256.
    pub fn web_push_key(&self) -> SecretKey {
        let key = |attempt: u8| SecretKey::from_slice(&self.mac(&["web push", &attempt.to_string()])).ok();
        (0..=u8::MAX).find_map(key).expect("of 256 numbers one is below the order of the curve")
    }

    fn sealer(&self) -> Aes256GcmSiv {
        Aes256GcmSiv::new(&self.mac(&["seal"]).into())
    }
}

pub(crate) fn base32(bytes: &[u8]) -> String {
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
