//! Whether an account is known to work: nobody has tried, its provider takes it, or why it does not.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why an account does not work, as far as it can be told; what to do follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConnectionFault {
    /// No server has this name.
    HostUnknown,
    /// A server of this name is silent at this port, or refuses the connection.
    NotReached,
    /// The server's certificate is not for this name, expired, or of an unknown authority.
    Certificate,
    /// The server does not speak TLS the way the account asks for it.
    NoEncryption,
    /// An address that may not be called from here, or mail in the clear to another machine.
    NotAllowed,
    /// User name, password or key are refused.
    LoginRefused,
    /// The provider refuses the account for another reason, in its own words.
    Refused,
    /// The provider is reached and takes nothing at the moment.
    Busy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// Nobody has tried whether its provider takes it.
    Untested,
    /// Its provider took it the last time.
    Works,
    /// Its provider was not reached or took nothing the last time.
    Failing,
}

impl LastError {
    /// It goes on only once somebody has changed something.
    pub fn needs_a_person(&self) -> bool {
        let passes = |fault| matches!(fault, ConnectionFault::Busy | ConnectionFault::NotReached);
        self.over_at.is_none() && self.fault.is_some_and(|fault| !passes(fault))
    }
}

/// The latest time that the provider did not take anything from the account, or would not know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LastError {
    pub detail: String,
    /// The first of those without anything taken in between, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// To the hour, while it goes on saying the same.
    pub at: Timestamp,
    /// Since then the account works again.
    pub over_at: Option<Timestamp>,
    /// What is wrong, where a try has told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<ConnectionFault>,
}
