//! Whether an account is known to work: nobody has tried, its provider takes it, or why it does not.

use crate::connection::{Connection, LastError};
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

impl Connection {
    pub fn state(&self) -> ConnectionState {
        if self.failing().is_some() {
            ConnectionState::Failing
        } else if self.works_since.is_none() && self.settings.kind().sends() {
            ConnectionState::Untested
        } else {
            ConnectionState::Works
        }
    }

    /// A try has failed. Until another succeeds the account is failing.
    pub fn note_failed_try(&mut self, fault: ConnectionFault, detail: &str, now: Timestamp) {
        let known = self.last_error.take().filter(|last| last.over_at.is_none());
        let since = known.map_or(now, |last| last.since.unwrap_or(last.at));
        let (detail, since) = (detail.to_owned(), Some(since));
        self.last_error = Some(LastError { detail, since, at: now, over_at: None, fault: Some(fault) });
    }

    /// What was known is about another account: nobody has tried this one.
    pub fn forget_tries(&mut self) {
        (self.works_since, self.last_error) = (None, None);
    }
}
