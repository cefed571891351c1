//! The provider's errors as our classes, for responses and reports alike: a line for each that its documentation
//! names.

use domain::message::failure_class::FailureClass;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Refused {
        class: FailureClass,
        suppress: bool,
    },
    /// An error of this recipient or message that may be tried again.
    Later,
    /// An error of the account: nothing is accepted before a user has looked at it.
    Account,
    /// An error of the account that passes.
    Wait,
}

/// Translates a code; an unknown one is a refusal of an unknown kind.
pub(super) fn meaning(code: &str) -> Meaning {
    let refused = |class| Meaning::Refused { class, suppress: false };
    match code {
        "invalid_recipient" => Meaning::Refused { class: FailureClass::HardUnknownUser, suppress: true },
        "opted_out" => Meaning::Refused { class: FailureClass::OptedOut, suppress: true },
        "invalid_content" => refused(FailureClass::BadContent),
        "too_long" => refused(FailureClass::TooLarge),
        "spam" => refused(FailureClass::BlockedPolicy),
        "recipient_busy" => Meaning::Later,
        "bad_key" | "bad_sender" | "no_credit" | "suspended" => Meaning::Account,
        "too_many_requests" => Meaning::Wait,
        _ => refused(FailureClass::Unknown),
    }
}
