//! The Cloud API's error codes as our classes, for responses and reports alike. Statuses of the same code have
//! changed over time, so the code decides.

use domain::message::failure_class::FailureClass;
use jiff::SignedDuration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Refused {
        class: FailureClass,
        suppress: bool,
    },
    /// An error of this message alone that may be tried again after that time.
    Later {
        after: SignedDuration,
    },
    /// An error of the whole account.
    Account,
    Wait,
    /// The message may have been accepted.
    Unclear,
}

/// The template goes to numbers only, and the message was addressed to a person's id.
pub(super) const NEEDS_NUMBER: u32 = 131062;
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// The wait between messages to the same person.
const PAIR_RATE: SignedDuration = SignedDuration::from_secs(6);

pub(super) fn meaning(code: u32) -> Meaning {
    let refused = |class| Meaning::Refused { class, suppress: false };
    match code {
        // The recipient has stopped marketing messages from this business.
        131050 => Meaning::Refused { class: FailureClass::OptedOut, suppress: true },
        131026 => refused(FailureClass::NotOnWhatsapp),
        131047 => refused(FailureClass::WindowClosed),
        131021 | 100 | 131008 | 131009 | 131051 => refused(FailureClass::BadContent),
        NEEDS_NUMBER => refused(FailureClass::AddressNotSupported),
        132005 => refused(FailureClass::TooLarge),
        // The template is not as approved, paused or switched off; a user may fix it meanwhile.
        132000 | 132001 | 132007 | 132012 | 132015 | 132016 => Meaning::Later { after: HOUR },
        // This person has had enough marketing messages today, from any business.
        131049 => Meaning::Later { after: DAY },
        131056 => Meaning::Later { after: PAIR_RATE },
        4 | 80007 | 130429 | 131057 => Meaning::Wait,
        // Token, permission, a block, billing, a number that is not registered, too many complaints.
        0 | 3 | 10 | 190 | 200..=299 | 368 | 131005 | 131031 | 131042 | 131048 | 133010 => Meaning::Account,
        1 | 2 | 131000 | 131016 | 133004 => Meaning::Unclear,
        _ => refused(FailureClass::Unknown),
    }
}
