//! Whether a message may come at an instant, read from the stored items, by the clocks on people's walls: the window, days
//! off, the lead's night, the sender's hours.

use super::raw::Item;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use serde_json::Value;

/// The time that may pass from the last look at the clock to the provider: a token asked for first, a slow answer.
pub const TOLERANCE: SignedDuration = SignedDuration::from_secs(35);

/// The minutes after midnight in which a text may come.
const AWAKE: std::ops::Range<i64> = 8 * 60..21 * 60;

/// Days that everybody there has off, of those that runs live through.
const HOLIDAYS: [(&str, &str); 9] = [
    ("US", "2026-11-11"),
    ("US", "2026-11-26"),
    ("GB", "2027-03-26"),
    ("GB", "2027-03-29"),
    ("DE", "2027-03-26"),
    ("DE", "2027-03-29"),
    ("NL", "2027-03-29"),
    ("AU", "2027-03-26"),
    ("AU", "2027-03-29"),
];

/// The zone and country of a lead.
#[derive(Debug, Clone, Copy)]
pub struct Home {
    pub zone: &'static str,
    pub country: &'static str,
}

/// What a message has to keep to.
pub struct Rules<'a> {
    /// The sequence's version, if the message belongs to one.
    pub version: Option<&'a Item>,
    pub workspace: Option<&'a Item>,
    /// The account it goes out by.
    pub sender: Option<&'a Item>,
    pub home: Home,
    pub wakes: bool,
}

/// What was shut all the time from as long as `tolerance` before to as long as `off` after.
pub fn shut(
    rules: &Rules<'_>,
    at: Timestamp,
    tolerance: SignedDuration,
    off: SignedDuration,
) -> Option<&'static str> {
    let earlier = at.checked_sub(tolerance).unwrap_or(at);
    let later = at.checked_add(off).unwrap_or(at);
    shut_at(rules, at).filter(|_| shut_at(rules, earlier).is_some() && shut_at(rules, later).is_some())
}

/// Whether a message may come at this very moment.
pub fn is_open(rules: &Rules<'_>, at: Timestamp) -> bool {
    shut_at(rules, at).is_none()
}

fn shut_at(rules: &Rules<'_>, at: Timestamp) -> Option<&'static str> {
    let local = clock(rules.home.zone, at);
    let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
    if let Some(window) = rules.version.map(|version| &version.0["window"]["M"]) {
        if !allows(window, &local, &|_| true) {
            return Some("outside its window");
        }
        if !allows(window, &local, &|day| !is_off(rules, window, day)) {
            return Some("on a day off");
        }
    }
    if rules.wakes && !AWAKE.contains(&minute) {
        return Some("at night");
    }
    let hours = rules.sender.map(|sender| &sender.0["hours"]["M"]).filter(|hours| hours.is_object())?;
    let local = clock(hours["zone"]["S"].as_str().unwrap_or_default(), at);
    (!allows(hours, &local, &|_| true)).then_some("outside its sender's hours")
}

fn clock(zone: &str, at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::get(zone).unwrap_or(TimeZone::UTC))
}

fn list(value: &Value) -> &[Value] {
    value["L"].as_array().map_or(&[], Vec::as_slice)
}

fn is_off(rules: &Rules<'_>, window: &Value, day: Date) -> bool {
    let text = day.to_string();
    let own = |item: &Item| {
        list(&item.0["days_off"]).iter().any(|off| {
            let date = off["M"]["date"]["S"].as_str().unwrap_or_default();
            let yearly = off["M"]["yearly"]["BOOL"] == true;
            date == text || (yearly && date.get(4..) == text.get(4..))
        })
    };
    let public = HOLIDAYS.contains(&(rules.home.country, text.as_str()));
    rules.workspace.is_some_and(own) || (public && window["on_holidays"]["S"] != "send")
}

/// What goes on past midnight belongs to the day before.
fn allows(week: &Value, local: &Zoned, works: &dyn Fn(Date) -> bool) -> bool {
    let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
    let digits = |value: &Value| value["N"].as_str().and_then(|n| n.parse::<i64>().ok()).unwrap_or(-1);
    let allowed = |day: Date| {
        let number = i64::from(day.weekday().to_monday_one_offset());
        list(&week["weekdays"]).iter().any(|weekday| digits(weekday) == number) && works(day)
    };
    let today = local.date();
    let yesterday = today.yesterday().unwrap_or(today);
    list(&week["ranges"]).iter().any(|range| {
        let (start, end) = (digits(&range["M"]["start"]), digits(&range["M"]["end"]));
        if start < end {
            return allowed(today) && (start..end).contains(&minute);
        }
        (allowed(today) && minute >= start) || (allowed(yesterday) && minute < end)
    })
}

#[cfg(test)]
mod tests;
