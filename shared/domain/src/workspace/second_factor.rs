//! The second factor of a login: an authenticator app that shares a secret with us, or a passkey, and recovery codes for
//! the day when both are lost.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The recovery codes that a login is given at a time.
pub const RECOVERY_CODES: usize = 10;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticatorApp {
    /// The secret that the app shares with us, sealed.
    pub secret: String,
    /// The time step whose code was accepted last. Codes of this step and of earlier ones are void.
    pub last_step: u64,
    pub since: Timestamp,
}
