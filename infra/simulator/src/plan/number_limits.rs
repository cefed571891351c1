//! Limits of numbers, and of a mailbox's minute.

use crate::chance::Chance;
use crate::profile::{Profile, Seed};
use serde_json::{Value, json};

/// Limits of the number for texts and of the one on WhatsApp; none leaves them as they are.
pub fn number_limits(seed: Seed) -> [Option<Value>; 2] {
    let mut chance = Chance::of(seed, "numbers");
    [(); 2]
        .map(|()| (seed.profile >= Profile::TwoTenants && chance.per_mille(600)).then(|| limits(&mut chance)))
}

pub fn limits(chance: &mut Chance) -> Value {
    let per_day = 2 + chance.below(4);
    let mut limits = json!({ "zone": *chance.pick(&["UTC", "America/New_York", "Australia/Sydney"]) });
    limits["per_day"] = json!(if chance.per_mille(500) { per_day } else { 100 });
    if chance.per_mille(400) {
        limits["per_hour"] = json!((1 + chance.below(3)).min(per_day));
    }
    match chance.below(3) {
        0 => limits["per_minute"] = json!(1 + chance.below(3)),
        1 => limits["gap_seconds"] = json!(120 + 60 * chance.below(5)),
        _ => {}
    }
    limits
}

/// Some mailboxes send so many a minute and no more.
pub fn with_a_minutes_limit(seed: Seed, limits: Option<Value>) -> Option<Value> {
    let Some(mut chance) = Chance::since(Profile::TwoTenants, seed, "a minute of a mailbox", 400) else {
        return limits;
    };
    let mut limits = limits.unwrap_or_else(|| json!({ "zone": "UTC", "per_day": 100 }));
    limits["per_minute"] = json!(1 + chance.below(3));
    Some(limits)
}
