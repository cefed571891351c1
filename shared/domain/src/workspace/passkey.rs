//! A passkey: a key pair on a device of the login's owner. The device signs with it after it has checked a finger, a face or
//! its PIN, so that a passkey is both factors in one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The most passkeys that one login has.
pub const MOST_PASSKEYS: usize = 20;
/// The longest name of a passkey, in characters.
pub const LONGEST_PASSKEY_NAME: usize = 60;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// The short name by which the API tells the passkeys of a login apart.
    pub id: String,
    /// The device's own id of the key, base 64 for URLs.
    pub credential: String,
    /// The public key as the device wrote it (COSE), base 64 for URLs.
    pub public_key: String,
    /// How often the device had signed when it signed last. Devices that copy their keys to one another do not count: 0.
    pub counter: u32,
    /// What the user calls it.
    pub name: String,
    pub added_at: Timestamp,
    /// The latest sign-in with it.
    pub used_at: Option<Timestamp>,
}
