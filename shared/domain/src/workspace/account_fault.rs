//! The state of an account: untested, working, or failing and why.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why an account does not work, as far as it is known; what to do about it follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountFault {
    /// No server has this name.
    HostUnknown,
    /// A server of this name does not answer at this port, or refuses the connection.
    NotReached,
    /// The server's certificate is for another name, expired, or of an unknown authority.
    Certificate,
    /// The server does not offer the encryption that the account asks for.
    NoEncryption,
    /// The address may not be called from here, or mail would go unencrypted to another machine.
    NotAllowed,
    /// User name, password or key are refused.
    LoginRefused,
    /// The provider takes a password for this app alone, and the login was refused.
    NeedsAppPassword,
    /// The provider takes no password: the mailbox has to be connected on its page.
    NeedsGrant,
    /// The provider refuses the account for another reason, given in its own words.
    Refused,
    /// The provider is reached but accepts nothing at the moment.
    Busy,
    /// The mailbox is used by a grant of its owner, and there is none: it was never connected, or the grant is lost.
    NotConnected,
    /// The grant is for another mailbox than the account's.
    OtherMailbox,
}

impl AccountFault {
    /// Whether it may be over without a user changing anything.
    pub fn passes(self) -> bool {
        matches!(self, Self::Busy | Self::NotReached)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Nothing has shown yet whether the provider accepts the account.
    Untested,
    /// The provider accepted the account the last time.
    Works,
    /// The provider was not reached or accepted nothing the last time.
    Failing,
}

/// What precedes an error of reading the mailbox, which is over when it is read and not when a message goes out.
pub const READING: &str = "Reading the mailbox: ";

impl LastError {
    pub fn is_of_reading(&self) -> bool {
        self.detail.starts_with(READING)
    }

    /// Whether sending fails, and has not worked since.
    pub fn is_open_in_sending(&self) -> bool {
        self.over_at.is_none() && !self.is_of_reading()
    }

    /// Whether the failure lasts until a user changes something.
    pub fn needs_a_person(&self) -> bool {
        self.over_at.is_none() && self.fault.is_some_and(|fault| !fault.passes())
    }
}

/// The latest failure of the account at its provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LastError {
    pub detail: String,
    /// The first of a series of failures without success between them, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The latest of them, to the hour while they are the same.
    pub at: Timestamp,
    /// When the account worked again.
    pub over_at: Option<Timestamp>,
    /// The fault, if a test has shown it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<AccountFault>,
}
