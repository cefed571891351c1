//! An answer other than success from a mail API, classified once, and what it means for a reader, a sender and a test.

use crate::accounts::Unusable;
use crate::senders::over_rate;
use crate::transport::{AnswerTooLarge, TransportError};
use crate::trial::failed;
use crate::wire::excerpt;
use application::ports::mailbox_grants::ACCESS_TOKEN;
use application::ports::mailboxes::MailboxError;
use application::ports::provider_calls::{CallError, SendError, TrialError};
use application::ports::store::BoxError;
use domain::message::failure_class::FailureClass;
use domain::workspace::account_fault::AccountFault;
use http::{Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;

/// The wait after a used-up quota that does not say when it comes back.
const QUOTA_WAIT: SignedDuration = SignedDuration::from_hours(1);
/// The wait of a reader that is too fast and is not told for how long.
const RATE_WAIT: SignedDuration = SignedDuration::from_secs(30);

#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error("the provider was not reached")]
    NotReached(#[source] BoxError),
    /// Something was asked, and no readable answer came: it may have been done.
    #[error("the provider's answer was lost")]
    Lost(#[source] BoxError),
    #[error("the answer is too large")]
    TooLarge,
    /// The access token is refused.
    #[error("401 {0}")]
    Token(String),
    /// The token does not allow it, or the owner has no such mailbox.
    #[error("{0}")]
    NotAllowed(String),
    #[error("too many requests: {detail}")]
    TooFast { detail: String, after: Option<SignedDuration> },
    #[error("a quota is used up: {detail}")]
    QuotaUsed { detail: String, after: Option<SignedDuration> },
    #[error("there is no such thing")]
    Missing,
    #[error("the cursor is void")]
    CursorVoid,
    /// The request itself is refused.
    #[error("{code} {detail}")]
    Refused { class: FailureClass, code: String, detail: String },
    #[error(transparent)]
    Account(#[from] Unusable),
}

#[derive(Debug, thiserror::Error)]
#[error("status {0}")]
struct Status(StatusCode);

impl From<TransportError> for Trouble {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::NotSent(source) => Self::NotReached(source),
            TransportError::Ambiguous(source) if source.is::<AnswerTooLarge>() => Self::TooLarge,
            TransportError::Ambiguous(source) => Self::Lost(source),
        }
    }
}

impl Trouble {
    pub fn refused(code: impl Into<String>, detail: impl AsRef<str>) -> Self {
        Self::Refused { class: FailureClass::Unknown, code: code.into(), detail: excerpt(detail.as_ref()) }
    }

    /// Makes the trouble of an answer that cannot be understood, or of a server that is out of order.
    pub fn unclear(status: StatusCode) -> Self {
        Self::Lost(Status(status).into())
    }

    /// Whether trouble like this can come of the one mail that was asked for. A server that is busy, a token that is refused
    /// and a connection that is never made say nothing about a mail.
    pub fn may_be_of_one_mail(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::TooLarge | Self::Refused { .. })
    }

    /// What it means for a reader.
    pub fn for_reader(self, now: Timestamp) -> MailboxError {
        let until = |after: SignedDuration| now.checked_add(after).unwrap_or(now);
        match self {
            Self::NotReached(source) | Self::Lost(source) => MailboxError::Unreachable(source),
            Self::TooLarge => MailboxError::Refused { detail: self.to_string() },
            Self::Token(_) => MailboxError::TokenRefused,
            Self::TooFast { after, .. } => {
                MailboxError::Throttled { until: until(after.unwrap_or(RATE_WAIT)) }
            }
            Self::QuotaUsed { after, .. } => {
                MailboxError::Throttled { until: until(after.unwrap_or(QUOTA_WAIT)) }
            }
            Self::CursorVoid => MailboxError::CursorVoid,
            Self::Account(Unusable::WrongKind(kind)) => MailboxError::NoMailbox(kind.as_str().to_owned()),
            // A mailbox that is not connected yet, or whose grant is lost, has no token.
            Self::Account(Unusable::NoSecret(ACCESS_TOKEN)) => MailboxError::TokenRefused,
            Self::Missing | Self::NotAllowed(_) | Self::Refused { .. } | Self::Account(_) => {
                MailboxError::Refused { detail: self.to_string() }
            }
        }
    }

    /// What it means for a look-up, or for a call that may be made again.
    pub fn for_call(self) -> CallError {
        match self {
            Self::NotReached(source) | Self::Lost(source) => CallError::Unavailable(source),
            Self::TooFast { after, .. } => CallError::RateLimited { after: after.or(Some(RATE_WAIT)) },
            Self::QuotaUsed { after, .. } => CallError::RateLimited { after: after.or(Some(QUOTA_WAIT)) },
            Self::Token(_) | Self::NotAllowed(_) | Self::Account(_) => CallError::Account(self.to_string()),
            Self::TooLarge | Self::Missing | Self::CursorVoid | Self::Refused { .. } => {
                CallError::Rejected(self.to_string())
            }
        }
    }

    /// What it means for the making of a draft, which reaches nobody: nothing is ever uncertain.
    pub fn for_draft(self) -> SendError {
        match self {
            Self::Lost(_) | Self::NotReached(_) => SendError::Down { detail: self.to_string(), after: None },
            Self::TooLarge | Self::CursorVoid => {
                SendError::Down { detail: "the provider's answer cannot be read".to_owned(), after: None }
            }
            other => other.for_certain(),
        }
    }

    /// What it means for the sending of a draft. The same words may have been sent only where the answer is lost.
    pub fn for_sending(self) -> SendError {
        match self {
            Self::NotReached(_) => SendError::Down { detail: self.to_string(), after: None },
            Self::Lost(source) => SendError::Uncertain(source),
            // The draft is not there: it was sent by an earlier call, or a user has sent or deleted it by hand.
            Self::Missing | Self::TooLarge | Self::CursorVoid => SendError::Uncertain(self.into()),
            other => other.for_certain(),
        }
    }

    fn for_certain(self) -> SendError {
        match self {
            Self::TooFast { detail, after } => over_rate(detail, after.or(Some(RATE_WAIT))),
            Self::QuotaUsed { detail, after } => {
                SendError::Down { detail, after: after.or(Some(QUOTA_WAIT)) }
            }
            Self::Refused { class, code, detail } => SendError::refused(class, Some(code), detail, false),
            other => SendError::Account { detail: other.to_string() },
        }
    }

    /// What it means for the test of an account.
    pub fn for_test(self) -> TrialError {
        let fault = match &self {
            Self::NotReached(_) | Self::Lost(_) => AccountFault::NotReached,
            Self::Token(_) | Self::Account(_) => AccountFault::LoginRefused,
            Self::TooFast { .. } | Self::QuotaUsed { .. } => AccountFault::Busy,
            _ => AccountFault::Refused,
        };
        failed(fault, self.to_string())
    }
}

/// Reads a JSON body of a success.
pub(crate) fn object<T: DeserializeOwned>(answer: &Response<Vec<u8>>) -> Result<T, Trouble> {
    serde_json::from_slice(answer.body()).map_err(|_| Trouble::unclear(answer.status()))
}
