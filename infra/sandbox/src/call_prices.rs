//! What legs of calls cost: by the country of the number that is called, for each started minute, and told late.
//!
//! A number of the form `…55501xx` says how its leg is priced: `17` never is, and `18` is billed in euros.

use jiff::{SignedDuration, Timestamp};

/// The time after the end of a leg at which it is priced.
const PRICED_AFTER: SignedDuration = SignedDuration::from_mins(4);
/// The price of a minute in millionths, by the beginning of the number.
const MINUTE: [(&str, i64); 4] = [("+1", 14_000), ("+44", 30_500), ("+49", 62_400), ("+33", 85_000)];
const ELSEWHERE: i64 = 150_000;

/// A price as Twilio shows it; none while it is not known, or where there is nothing to pay.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Priced {
    pub price: Option<String>,
    pub unit: &'static str,
}

/// Prices a leg by its number, the seconds that it was up, and its end.
pub(crate) fn price_of((to, seconds, ended_at): (&str, i64, Option<Timestamp>), now: Timestamp) -> Priced {
    let says = |tail: &str| to.ends_with(&format!("55501{tail}"));
    let unit = if says("18") { "EUR" } else { "USD" };
    let is_due = ended_at.is_some_and(|ended| now.duration_since(ended) >= PRICED_AFTER);
    if !is_due || seconds == 0 || says("17") {
        return Priced { price: None, unit };
    }
    let minute =
        MINUTE.iter().find(|(start, _)| to.starts_with(start)).map_or(ELSEWHERE, |(_, price)| *price);
    let micros = minute * ((seconds + 59) / 60);
    Priced { price: Some(format!("-{}.{:05}", micros / 1_000_000, micros % 1_000_000 / 10)), unit }
}
