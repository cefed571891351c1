//! Twilio's error numbers as our classes, for responses and status callbacks alike.

/// The meaning of a number: about this message, this recipient or the whole account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Refused { class: &'static str, suppress: bool },
    Account,
    Wait,
}

pub(super) fn meaning(code: u32) -> Meaning {
    let refused = |class| Meaning::Refused { class, suppress: false };
    let dead = |class| Meaning::Refused { class, suppress: true };
    match code {
        21610 => dead("opted_out"),
        21211 | 30005 => dead("hard_unknown_user"),
        21614 | 21635 | 30006 => refused("not_mobile"),
        21408 => refused("region_off"),
        21612 => refused("no_route"),
        21617 => refused("too_large"),
        21604 | 21619 | 21620 => refused("bad_content"),
        30003 => refused("soft_temp"),
        // This is the recipient's own wish, or their carrier's.
        30004 => refused("blocked_number"),
        // Filtered as spam, or not registered for such traffic.
        30007 | 30034 => refused("blocked_policy"),
        20003 | 20005 | 20404 | 21212 | 21603 | 21606 | 21608 | 21609 => Meaning::Account,
        20429 | 21611 => Meaning::Wait,
        _ => refused("unknown"),
    }
}
