//! An authenticator app on a user's phone: it is given the text of a secret, and shows codes.

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha1::Sha1;

/// Returns the six digits that the app shows at this time for a secret in base 32.
pub fn authenticator_code(secret: &str, at: Timestamp) -> String {
    let mut bits = String::new();
    for letter in secret.chars() {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).expect("a secret is in base 32");
        bits += &format!("{value:05b}");
    }
    let key: Vec<u8> = (0..bits.len() / 8)
        .map(|byte| u8::from_str_radix(&bits[byte * 8..byte * 8 + 8], 2).expect("eight bits"))
        .collect();
    let counter = u64::try_from(at.as_second() / 30).expect("a time after 1970");
    let mac = Hmac::<Sha1>::new_from_slice(&key).expect("any length").chain_update(counter.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let start = usize::from(digest[19] % 16);
    let number = digest[start..start + 4].iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    format!("{:06}", number % (1 << 31) % 1_000_000)
}
