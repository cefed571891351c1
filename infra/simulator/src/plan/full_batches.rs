//! The profile `full_batches`: many leads come due at one moment, and their messages go out by several accounts, so that the
//! message groups of one batch run side by side while things go wrong.

use crate::chance::Chance;
use crate::plan::Plan;
use crate::plan::full_days::{mails_first, send_soon};
use crate::plan::races::crowd;
use crate::plan::steps::Does;
use serde_json::json;

/// Two mailboxes take the first mails in turn at the launch; the same leads meet again hours later. Nothing but the
/// accounts' daily limits spreads them.
pub fn fill(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "silent", chance);
    mails_first(plan, chance);
    if let Some(third) = plan.steps.get_mut(2) {
        let does = if chance.per_mille(500) { Does::Mail } else { Does::Text };
        send_soon(third, does, chance.between(0, 6));
    }
    plan.caps = json!({ "one_campaign": false });
    let limits = || Some(json!({ "zone": "UTC", "per_day": 100 }));
    (plan.mailbox_limits, plan.second_mailbox) = (limits(), limits());
    plan.number_limits = [limits(), limits()];
}
