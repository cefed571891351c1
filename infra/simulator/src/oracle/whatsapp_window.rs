//! WhatsApp's day: free words go to whoever wrote there within the last 24 hours, and to nobody else.

use super::raw::{Item, text};
use super::sends::Accepted;
use super::{Oracle, message_texts};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

#[derive(Default)]
pub struct WhatsappWindow {
    /// The instant at which each number last wrote to a workspace, and the one since which that is known.
    wrote: BTreeMap<(String, String), (Timestamp, Timestamp)>,
}

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// What may go out freely for so long after the lead wrote does, where the step has words for it.
const FREELY: SignedDuration = SignedDuration::from_hours(23);

/// Called as it was taken. The stored messages tell when the lead wrote, and since when that is known.
pub fn check(oracle: &Oracle, owner: &str, step: &Item, accepted: &Accepted<'_>) -> Option<String> {
    let Accepted { at: now, tag, to, says, .. } = *accepted;
    let freely = text(step, "free_text");
    let is_free = !freely.is_empty() && message_texts::is_made_from(says, freely);
    let wrote = oracle.whatsapp.wrote.get(&(owner.to_owned(), to.to_owned()));
    let since = wrote.map(|(at, _)| now.duration_since(*at));
    if is_free && since.is_none_or(|since| since > DAY) {
        return Some(format!("{tag} to {to} says what it likes, and they wrote {since:?} ago"));
    }
    // Put together before that was known, it goes again in the same words.
    let begun = oracle.sent.begun.get(tag).map_or(now, |begun| begun.claimed);
    let known = wrote.is_some_and(|(_, known)| oracle.is_known(*known, begun));
    let wide_open = known && since.is_some_and(|since| since < FREELY);
    (!is_free && !freely.is_empty() && wide_open)
        .then(|| format!("{tag} to {to} is the template, and they wrote {since:?} ago"))
}

/// Called as a message of a lead is written.
pub fn learned(oracle: &mut Oracle, now: Timestamp, owner: &str, message: &Item) {
    if text(message, "dir") != "in" || text(message, "ch") != "whatsapp" {
        return;
    }
    let Some(at) = super::instant(message, "at") else { return };
    let who = (owner.to_owned(), text(message, "from").to_owned());
    let (latest, known) = oracle.whatsapp.wrote.entry(who).or_insert((at, now));
    if at > *latest {
        (*latest, *known) = (at, now);
    }
}

#[cfg(test)]
mod tests {
    use super::super::sends::By;
    use super::*;
    use serde_json::json;

    #[test]
    fn free_text_outside_whatsapp_window_is_reported() {
        let now: Timestamp = "2026-11-25T15:00:00Z".parse().unwrap();
        let step = Item(json!({ "free_text": { "S": "Thanks, {{ first_name }}!" } }));
        let seen = |hours: Option<i64>, says: &str| {
            let mut oracle = Oracle::new(BTreeMap::new(), false);
            if let Some(hours) = hours {
                let at = now - SignedDuration::from_hours(hours);
                oracle.whatsapp.wrote.insert(("W#1".to_owned(), "+1".to_owned()), (at, at));
            }
            let accepted = Accepted { at: now, tag: "msg_1", to: "+1", by: By::Chat, says };
            check(&oracle, "W#1", &step, &accepted).is_some()
        };
        assert!(seen(None, "Thanks, Pat!") && seen(Some(25), "Thanks, Pat!"));
        assert!(!seen(Some(1), "Thanks, Pat!") && !seen(None, "Hi Pat, do you?"));
        assert!(seen(Some(1), "Hi Pat, do you?") && !seen(Some(25), "Hi Pat, do you?"));
    }
}
