//! The Cloud API's error codes as our classes, for answers and reports alike. Statuses of the same code have changed over
//! time; the code decides.

use jiff::SignedDuration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Refused {
        class: &'static str,
        suppress: bool,
    },
    /// Of this message alone, and it may be tried again after that.
    Later {
        after: SignedDuration,
    },
    /// Of the whole account.
    Account,
    Wait,
    /// It may have been taken.
    Unclear,
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// To one person only so often.
const PAIR_RATE: SignedDuration = SignedDuration::from_secs(6);

pub(super) fn meaning(code: u32) -> Meaning {
    let refused = |class| Meaning::Refused { class, suppress: false };
    match code {
        // Has stopped marketing messages from this business.
        131050 => Meaning::Refused { class: "opted_out", suppress: true },
        131026 => refused("not_on_whatsapp"),
        131047 => refused("window_closed"),
        131021 | 100 | 131008 | 131009 | 131051 => refused("bad_content"),
        132005 => refused("too_large"),
        // Of the template: not as approved, paused or switched off. A person may mend it meanwhile.
        132000 | 132001 | 132007 | 132012 | 132015 | 132016 => Meaning::Later { after: HOUR },
        // Enough marketing for this person today, from whomever.
        131049 => Meaning::Later { after: DAY },
        131056 => Meaning::Later { after: PAIR_RATE },
        4 | 80007 | 130429 | 131057 => Meaning::Wait,
        // Token, permission, a block, billing, a number that is not registered, too many complaints.
        0 | 3 | 10 | 190 | 200..=299 | 368 | 131005 | 131031 | 131042 | 131048 | 133010 => Meaning::Account,
        1 | 2 | 131000 | 131016 | 133004 => Meaning::Unclear,
        _ => refused("unknown"),
    }
}
