//! Listens to a provider's answer that is no acceptance. What it says about the account goes to the circuit breaker and to
//! the account's health; what it says about the message is handed to the policy that decides (`domain::message::send_policy`).

use crate::ports::provider_calls::{OpenAccount, SendError};
use crate::sending::SendPorts;
use crate::sending::gate::Refusal;
use crate::sending::health::note_works;
use crate::sending::memory::Memory;
use domain::message::Failure;
use domain::message::send_policy::{BLOCKED_WAITS, SendAnswer};
use jiff::{SignedDuration, Timestamp};

/// An answer that was told to the account's circuit breaker.
pub(super) struct Heard {
    pub answer: SendAnswer,
    /// While the breaker is open, or the account over its rate: the time before which this message is not tried again.
    pub closed_until: Option<Timestamp>,
    /// Whether the account has immediate retries left.
    pub may_be_quick: bool,
    /// The wait that the provider asks for.
    pub after: Option<SignedDuration>,
    /// The failure that the message has if it is given up now.
    pub failure: Failure,
    /// Whether the address refuses later messages, too.
    pub suppress: bool,
}

/// Returns the answer that an error of a send is.
pub(super) fn answer_of(error: &SendError) -> SendAnswer {
    match error {
        SendError::Rejected { .. } => SendAnswer::Rejected,
        SendError::Blocked { .. } => SendAnswer::Blocked,
        SendError::Retryable { .. } => SendAnswer::Busy,
        SendError::TooFast { .. } => SendAnswer::TooFast,
        SendError::Down { .. } => SendAnswer::Down,
        SendError::Account { .. } => SendAnswer::AccountRefused,
        SendError::Uncertain(_) => SendAnswer::Lost,
    }
}

/// Tells the account's breaker and health what the provider answered. `has_key`: the message may be repeated under its key.
pub(super) async fn hear(
    ports: &SendPorts,
    memory: &mut Memory,
    (account, probe): (&OpenAccount, bool),
    (message, has_key): (&str, bool),
    error: SendError,
) -> Heard {
    let now = ports.clock.now();
    let answer = answer_of(&error);
    let (class, code, detail, wait, suppress) = match error {
        SendError::Rejected { class, code, detail, suppress } => (class, code, detail, None, suppress),
        SendError::Blocked { class, code, detail } => (class, code, detail, None, false),
        SendError::Retryable { detail, after } | SendError::Down { detail, after } => {
            (NOT_TAKEN.to_owned(), None, detail, after, false)
        }
        SendError::TooFast { detail, after } => (NOT_TAKEN.to_owned(), None, detail, Some(after), false),
        SendError::Account { detail } => ("auth_failed".to_owned(), None, detail, None, false),
        SendError::Uncertain(source) => {
            tracing::warn!(message.id = %message, error = %source, "the outcome of a send is unknown");
            (NOT_TAKEN.to_owned(), None, "the answer was lost".to_owned(), None, false)
        }
    };
    let failure = Failure { class, code, detail };
    if matches!(answer, SendAnswer::Rejected | SendAnswer::Busy | SendAnswer::TooFast) {
        memory.gates.answered(ports, account, probe, message).await;
        note_works(ports, account, now).await;
    } else {
        memory.forget_senders();
    }
    let refusal = |after, repeats| Refusal { probe, detail: &failure.detail, after, repeats };
    let (closed_until, may_be_quick) = match answer {
        SendAnswer::Rejected => (None, false),
        SendAnswer::Busy => (None, memory.gates.may_repeat(ports, account).await),
        SendAnswer::TooFast => {
            let wait = wait.unwrap_or_default();
            (Some(memory.gates.too_fast(&account, wait, message, now)), false)
        }
        SendAnswer::Down => memory.gates.failed(ports, account, refusal(wait, true), message).await,
        SendAnswer::Blocked => {
            memory.gates.failed(ports, account, refusal(Some(BLOCKED_WAITS[0]), false), message).await
        }
        SendAnswer::AccountRefused => {
            memory.gates.failed(ports, account, refusal(None, false), message).await
        }
        SendAnswer::Lost => memory.gates.failed(ports, account, refusal(None, has_key), message).await,
    };
    Heard { answer, closed_until, may_be_quick, after: wait, failure, suppress }
}

const NOT_TAKEN: &str = "provider_down";
