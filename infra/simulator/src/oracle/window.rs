//! Whether an instant lies inside a sending window, read from the stored version, by the clock on the lead's wall.

use super::raw::Item;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// From the plan to the provider: a slow answer, a function put aside for a moment.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

pub fn was_open(version: &Item, zone: &str, at: Timestamp) -> bool {
    let window = &version.0["window"]["M"];
    let earlier = at.checked_sub(TOLERANCE).unwrap_or(at);
    is_open(window, zone, at) || is_open(window, zone, earlier)
}

fn is_open(window: &Value, zone: &str, at: Timestamp) -> bool {
    let Ok(zone) = TimeZone::get(zone) else { return false };
    let local = at.to_zoned(zone);
    let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
    let digits = |value: &Value| value["N"].as_str().and_then(|n| n.parse::<i64>().ok()).unwrap_or(-1);
    let list = |value: &Value| value["L"].as_array().cloned().unwrap_or_default();
    let allowed = |weekday: i64| list(&window["weekdays"]).iter().any(|day| digits(day) == weekday);
    let today = i64::from(local.weekday().to_monday_one_offset());
    let yesterday = if today == 1 { 7 } else { today - 1 };
    list(&window["ranges"]).iter().any(|range| {
        let (start, end) = (digits(&range["M"]["start"]), digits(&range["M"]["end"]));
        if start < end {
            return allowed(today) && (start..end).contains(&minute);
        }
        (allowed(today) && minute >= start) || (allowed(yesterday) && minute < end)
    })
}
