//! A provider's answer that is no acceptance. What it says about the account goes to the circuit breaker and to the account's
//! health; what it says about the message is handed to the policy that decides (`domain::message::send_policy`).

use crate::ports::provider_calls::{OpenAccount, SendError};
use crate::sending::account_health::note_works;
use crate::sending::admission::breaker::Refusal;
use crate::sending::run::SendRun;
use domain::MessageId;
use domain::message::Failure;
use domain::message::failure_class::FailureClass;
use domain::message::send_policy::{BLOCKED_WAITS, Disposition, SendAnswer, SendKind, SendTry, after_answer};
use jiff::{SignedDuration, Timestamp};

/// One call to a provider, as far as its account's breaker and the policy ask.
pub(super) struct Call<'a> {
    pub account: &'a OpenAccount,
    pub message: &'a MessageId,
    /// Whether everybody else waits for the outcome of this call.
    pub probe: bool,
    /// Whether the message may be repeated under its key.
    pub has_key: bool,
    pub kind: SendKind,
    pub tries: u8,
    pub may_have_gone: bool,
}

/// An answer that was told to the account's breaker.
pub(super) struct Heard {
    pub answer: SendAnswer,
    /// The policy's decision about the message.
    pub disposition: Disposition,
    /// The time before which nobody calls the account, if its breaker is open or it is over its rate.
    pub closed_until: Option<Timestamp>,
    /// The failure that the message has if it is given up.
    pub failure: Failure,
    /// Whether the address refuses later messages, too.
    pub suppress: bool,
}

impl Heard {
    /// Whether users are shown at the account that it does not take messages.
    pub fn is_shown_at_account(&self) -> bool {
        let gives_up = matches!(self.disposition, Disposition::Later(_) | Disposition::GivenUp { .. });
        gives_up && self.answer.is_of_account()
    }
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

/// Tells the account's breaker and health what the provider answered, and asks the policy what becomes of the message.
pub(super) async fn handle_failure(run: &mut SendRun<'_>, call: Call<'_>, error: SendError) -> Heard {
    let answer = answer_of(&error);
    let Words { failure, after, suppress } = failure_words(error, call.message);
    let (ports, breakers, who) = (run.ports, &mut *run.breakers, call.message.as_str());
    let answers = matches!(answer, SendAnswer::Rejected | SendAnswer::Busy | SendAnswer::TooFast);
    if answers {
        breakers.answered(ports, call.account, call.probe, who).await;
        note_works(ports, call.account, ports.clock.now()).await;
    }
    let refused = |after, repeats| Refusal { probe: call.probe, detail: &failure.detail, after, repeats };
    let (closed_until, may_be_quick) = match answer {
        SendAnswer::Rejected => (None, false),
        SendAnswer::Busy => (None, breakers.may_repeat(ports, call.account).await),
        SendAnswer::TooFast => {
            let (account, wait) = (&call.account.account, after.unwrap_or_default());
            (Some(breakers.note_rate_limited(account, wait, who, ports.clock.now())), false)
        }
        SendAnswer::Down => breakers.failed(ports, call.account, refused(after, true), who).await,
        SendAnswer::Blocked => {
            breakers.failed(ports, call.account, refused(Some(BLOCKED_WAITS[0]), false), who).await
        }
        SendAnswer::AccountRefused => breakers.failed(ports, call.account, refused(None, false), who).await,
        SendAnswer::Lost => breakers.failed(ports, call.account, refused(None, call.has_key), who).await,
    };
    if !answers {
        // The breaker has noted it at the account: what is read from now on says so.
        run.cache.forget_senders();
    }
    let sent = SendTry {
        kind: call.kind,
        tries: call.tries,
        may_have_gone: call.may_have_gone,
        has_key: call.has_key,
        breaker_is_open: closed_until.is_some(),
        may_be_quick,
        after,
    };
    let disposition = after_answer(answer, &sent, call.message);
    Heard { answer, disposition, closed_until, failure, suppress }
}

/// The words of an answer.
struct Words {
    failure: Failure,
    after: Option<SignedDuration>,
    suppress: bool,
}

fn failure_words(error: SendError, message: &MessageId) -> Words {
    let of = |class, code, detail, after| Words {
        failure: Failure { class, code, detail },
        after,
        suppress: false,
    };
    match error {
        SendError::Rejected { class, code, detail, suppress } => {
            Words { suppress, ..of(class, code, detail, None) }
        }
        SendError::Blocked { class, code, detail } => of(class, code, detail, None),
        SendError::Retryable { detail, after } | SendError::Down { detail, after } => {
            of(FailureClass::ProviderDown, None, detail, after)
        }
        SendError::TooFast { detail, after } => of(FailureClass::ProviderDown, None, detail, Some(after)),
        SendError::Account { detail } => of(FailureClass::AuthFailed, None, detail, None),
        SendError::Uncertain(source) => {
            tracing::warn!(message.id = %message, error = %source, "the outcome of a send is unknown");
            of(FailureClass::ProviderDown, None, "the answer was lost".to_owned(), None)
        }
    }
}
