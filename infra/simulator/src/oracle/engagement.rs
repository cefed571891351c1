//! Checks at rest that a lead's engagement counts what it did, each once; and that a lead that came to its page again
//! and
//! again is hot, with a notification and a task.

use super::Oracle;
use super::raw::{Item, Key, lead_of, path, reply_kind, text};
use super::stops::STOP_TAKES;
use super::tenant_isolation::{concerns, owner_of};
use jiff::{SignedDuration, Timestamp};
use sandbox::{Deed, DeedKind, Observed};

const VIEWS: usize = 3;
const WITHIN: SignedDuration = SignedDuration::from_mins(10);

pub fn at_rest(oracle: &Oracle, observed: &Observed, now: Timestamp) -> Vec<String> {
    let mut wrong = Vec::new();
    for (key, lead) in oracle.all("lead") {
        let theirs = |deed: &&Deed| {
            oracle.leads.ever_had_address(&key.0, &deed.who) && concerns(oracle, deed, owner_of(&key.0))
        };
        let deeds: Vec<&Deed> = observed.deeds.iter().filter(theirs).collect();
        wrong.extend(too_often(key, lead, &deeds));
        wrong.extend(answers(oracle, key, lead));
        wrong.extend(hot(oracle, (key, lead), &deeds, now));
    }
    wrong
}

fn counted(lead: &Item, name: &str) -> usize {
    lead.0["eng"]["M"][name]["N"].as_str().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn too_often(key: &Key, lead: &Item, deeds: &[&Deed]) -> Option<String> {
    use DeedKind::{Clicked, ClickedCallToAction, Opened, ViewedPreview};
    let did = |kind: DeedKind| deeds.iter().filter(|deed| deed.kind == kind).count();
    let kinds = [
        ("opens", Opened),
        ("clicks", Clicked),
        ("views", ViewedPreview),
        ("cta_clicks", ClickedCallToAction),
    ];
    let (name, kind) = kinds.into_iter().find(|(name, kind)| counted(lead, name) > did(*kind))?;
    Some(format!("{} counts {} {name}, and there were {}", key.0, counted(lead, name), did(kind)))
}

/// Checks that a lead counts as many replies as are stored.
fn answers(oracle: &Oracle, key: &Key, lead: &Item) -> Option<String> {
    let is_answer = |message: &&Item| text(message, "dir") == "in" && reply_kind(message) == "person";
    let kept = oracle.messages_of(&key.0).filter(|(_, message)| is_answer(message)).count();
    let counted = counted(lead, "messages");
    (counted != kept).then(|| format!("{} counts {counted} answers, and {kept} are kept", key.0))
}

fn hot(oracle: &Oracle, (key, lead): (&Key, &Item), deeds: &[&Deed], now: Timestamp) -> Option<String> {
    let is_hot = lead.0["core"]["M"]["hs"]["N"].is_string();
    // Two workspaces may have a page each for one person, and which of them they looked at is not told.
    if !is_hot && oracle.tenants.all().len() < 2 {
        let is_over = |deed: &&&Deed| {
            deed.answered_at.is_some_and(|at| now.duration_since(at) > STOP_TAKES + oracle.off)
        };
        // What was looked at before was the page of who was deleted since.
        let is_its_own =
            |deed: &&&Deed| oracle.leads.known.get(&key.0).is_none_or(|known| deed.at + oracle.off >= *known);
        let views = deeds.iter().filter(|deed| deed.kind == DeedKind::ViewedPreview);
        let views = views.filter(is_over).filter(is_its_own);
        let views: Vec<Timestamp> = views.map(|deed| deed.at).collect();
        // The product's clocks need not agree on how long ago the first of them was.
        let within = WITHIN - oracle.off - oracle.off;
        let burst = views.windows(VIEWS).find(|some| some[VIEWS - 1].duration_since(some[0]) <= within);
        return burst.map(|burst| format!("{} has looked at its page at {burst:?}, and is not hot", key.0));
    }
    if !is_hot {
        return None;
    }
    let id = format!("lead_{}", lead_of(&key.0));
    let tells = |note: &Item| text(note, "kind") == "hot_lead" && text(note, "lead") == id;
    if !oracle.all("notification").any(|(_, note)| tells(note)) {
        return Some(format!("nobody was told that {id} is hot"));
    }
    let has_task = oracle.tasks_of(&key.0).any(|(_, task)| path(task, &["sum", "kind"]) == "hot_lead");
    (!has_task).then(|| format!("{id} is hot, and nobody has a task"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn key() -> Key {
        ("W#w#L#l".to_owned(), "LEAD".to_owned())
    }

    fn deed(kind: DeedKind, minute: i64) -> Deed {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute);
        Deed {
            at,
            who: "pat1@x.example".to_owned(),
            kind,
            about: None,
            letter: None,
            detail: String::new(),
            status: Some(200),
            answered_at: Some(at),
            mailbox: None,
            read_at: None,
            money_told_at: None,
        }
    }

    #[test]
    fn wrong_engagement_counts_are_reported() {
        let mut oracle = Oracle::new(BTreeMap::new(), false);
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(48);
        let lead = Item(json!({ "eng": { "M": { "opens": { "N": "1" }, "messages": { "N": "1" } } } }));
        let opened = deed(DeedKind::Opened, 0);
        assert!(too_often(&key(), &lead, &[]).is_some() && too_often(&key(), &lead, &[&opened]).is_none());
        assert!(answers(&oracle, &key(), &lead).is_some());
        let answer = json!({ "dir": { "S": "in" }, "read": { "M": { "kind": { "S": "person" } } } });
        oracle.items.insert((key().0, "M#1".to_owned()), Item(answer));
        assert!(answers(&oracle, &key(), &lead).is_none());

        let views = [0, 5, 9, 30, 41, 52].map(|minute| deed(DeedKind::ViewedPreview, minute));
        let views: Vec<&Deed> = views.iter().collect();
        assert!(hot(&oracle, (&key(), &lead), &views, now).is_some());
        assert!(hot(&oracle, (&key(), &lead), &views[2..], now).is_none());
        oracle.off = SignedDuration::from_mins(1);
        assert!(hot(&oracle, (&key(), &lead), &views, now).is_none());
        oracle.off = SignedDuration::from_secs(2);
        assert!(hot(&oracle, (&key(), &lead), &[&deed(DeedKind::ViewedPreview, 0); 3], now).is_some());
        let is_hot = Item(json!({ "core": { "M": { "hs": { "N": "0" } } } }));
        assert!(hot(&oracle, (&key(), &is_hot), &views, now).is_some_and(|what| what.contains("told")));
        let note = json!({ "entity": { "S": "notification" }, "kind": { "S": "hot_lead" }, "lead": { "S": "lead_l" } });
        oracle.items.insert(("W#w#N".to_owned(), "1".to_owned()), Item(note));
        assert!(hot(&oracle, (&key(), &is_hot), &views, now).is_some_and(|what| what.contains("task")));
        let task = json!({ "sum": { "M": { "kind": { "S": "hot_lead" } } } });
        oracle.items.insert((key().0, "T#1".to_owned()), Item(task));
        assert!(hot(&oracle, (&key(), &is_hot), &views, now).is_none());
    }
}
