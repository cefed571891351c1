//! Limits of mailboxes and their sending hours.

use crate::chance::Chance;
use crate::plan::places::PLACES;
use crate::profile::Seed;
use serde_json::{Value, json};

const FAR_AWAY: [&str; 2] = ["Australia/Sydney", "America/Los_Angeles"];

/// So few that some have to wait, and so many that all get their turn; or one after the other, all day.
pub fn mailbox_limits(start: &str, chance: &mut Chance) -> Option<Value> {
    if chance.per_mille(300) {
        let gap = 180 + 60 * chance.below(3);
        return Some(json!({ "zone": "UTC", "per_day": 100, "gap_seconds": gap }));
    }
    if !chance.per_mille(500) {
        return None;
    }
    let per_day = 2 + chance.below(3);
    // Mostly where a day begins at another time than here.
    let zone =
        if chance.per_mille(600) { FAR_AWAY[chance.below(2)] } else { PLACES[chance.below(PLACES.len())].3 };
    let mut limits = json!({ "zone": zone, "per_day": per_day });
    if chance.per_mille(500) {
        limits["gap_seconds"] = json!(300 + 60 * chance.below(8));
        limits["jitter_seconds"] = json!(60 * chance.below(4));
    }
    if chance.per_mille(400) {
        limits["new_per_day"] = json!((2 + chance.below(2)).min(per_day));
    }
    if chance.per_mille(300) {
        limits["per_hour"] = json!((2 + chance.below(2)).min(per_day));
    }
    if chance.per_mille(300) {
        limits["ramp_up"] =
            json!({ "from": &start[..10], "first_day": 2, "daily_increase": 1 + chance.below(2) });
    }
    Some(limits)
}

pub fn second_mailbox(seed: Seed, start: &str) -> Option<Value> {
    let mut chance = Chance::of(seed, "second mailbox");
    chance.per_mille(400).then(|| mailbox_limits(start, &mut chance).unwrap_or(Value::Null))
}

/// Long enough to meet every window everywhere.
pub fn mailbox_hours(chance: &mut Chance) -> Value {
    if !chance.per_mille(300) {
        return Value::Null;
    }
    let ranges = json!([{ "start": 5 * 60, "end": 12 * 60 }, { "start": 13 * 60, "end": 2 * 60 }]);
    let zone = PLACES[chance.below(PLACES.len())].3;
    json!({ "zone": zone, "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": ranges })
}
