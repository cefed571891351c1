//! Twilio's error numbers as our classes, for responses and status callbacks alike.

use domain::message::failure_class::FailureClass;

/// The meaning of a number: about this message, this recipient or the whole account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Refused { class: FailureClass, suppress: bool },
    Account,
    Wait,
}

pub(super) fn meaning(code: u32) -> Meaning {
    let refused = |class| Meaning::Refused { class, suppress: false };
    let dead = |class| Meaning::Refused { class, suppress: true };
    match code {
        21610 => dead(FailureClass::OptedOut),
        21211 | 30005 => dead(FailureClass::HardUnknownUser),
        21614 | 21635 | 30006 => refused(FailureClass::NotMobile),
        21215 | 21408 => refused(FailureClass::RegionOff),
        21612 => refused(FailureClass::NoRoute),
        21617 => refused(FailureClass::TooLarge),
        21604 | 21619 | 21620 => refused(FailureClass::BadContent),
        30003 => refused(FailureClass::SoftTemp),
        // This is the recipient's own wish, or their carrier's.
        30004 => refused(FailureClass::BlockedNumber),
        // Filtered as spam, or not registered for such traffic.
        30007 | 30034 => refused(FailureClass::BlockedPolicy),
        20003 | 20005 | 20404 | 21210 | 21212 | 21603 | 21606 | 21608 | 21609 => Meaning::Account,
        20429 | 21611 => Meaning::Wait,
        _ => refused(FailureClass::Unknown),
    }
}
