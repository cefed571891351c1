//! Checks at rest that replies are stored once, that what we wrote names no other lead, and that it answers only what
//! its
//! reader has.

use super::Oracle;
use super::raw::{Item, Key, lead_of, path, reply_kind, text};
use super::stops::STOP_TAKES;
use super::tenant_isolation::{concerns, owner_of};
use jiff::Timestamp;
use sandbox::{Deed, DeedKind, Observed, ObservedEmail};
use std::collections::{BTreeMap, BTreeSet};

pub fn at_rest(oracle: &Oracle, observed: &Observed, now: Timestamp) -> Vec<String> {
    let mut wrong = recorded(oracle, observed, now);
    wrong.extend(texted(oracle, observed, now));
    wrong.extend(conversations(oracle));
    wrong.extend(observed.emails.iter().filter_map(|mail| astray(observed, mail)));
    let mails =
        observed.emails.iter().map(|mail| (&mail.recipient, format!("{} {}", mail.subject, mail.text)));
    let texts = observed.sms.iter().map(|sms| (&sms.to, sms.body.clone()));
    wrong.extend(mails.chain(texts).filter_map(|(to, said)| of_others(oracle, to, &said)));
    wrong
}

fn leads_of<'a>(oracle: &'a Oracle, who: &'a str) -> impl Iterator<Item = (&'a Key, &'a Item)> {
    let theirs = move |partition: &str| oracle.leads.ever_had_address(partition, who);
    oracle.items.iter().filter(move |((pk, sk), _)| sk == "LEAD" && theirs(pk))
}

/// What they wrote, each once at most; and all of it that they wrote after we knew them.
fn recorded(oracle: &Oracle, observed: &Observed, now: Timestamp) -> Vec<String> {
    use DeedKind::{AskedToStop, Replied, SentAutoReply, TextedBack, TextedStop};
    let wrote =
        |deed: &&Deed| matches!(deed.kind, AskedToStop | Replied | SentAutoReply | TextedBack | TextedStop);
    let mut wrong = Vec::new();
    for (key, _) in oracle.all("lead") {
        let known = oracle.leads.known.get(&key.0).copied().unwrap_or(Timestamp::MAX);
        let from_them = |deed: &&Deed| {
            oracle.leads.ever_had_address(&key.0, &deed.who) && concerns(oracle, deed, owner_of(&key.0))
        };
        let written: Vec<&Deed> = observed.deeds.iter().filter(wrote).filter(from_them).collect();
        // What answers a mail is kept with it, also where the address is another lead's by now.
        let answers_another = |deed: &Deed| {
            let about = |mail: &&ObservedEmail| Some(&mail.message_id) == deed.about.as_ref();
            let answered = observed.emails.iter().find(about).and_then(|mail| mail.tag.as_deref());
            let is_of = |pk: &str, tag: &str| tag.trim_start_matches("msg_").starts_with(lead_of(pk));
            let mut leads = oracle.items.keys().filter(|(pk, sk)| sk == "LEAD" && *pk != key.0);
            answered.is_some_and(|tag| leads.any(|(pk, _)| is_of(pk, tag)))
        };
        // A text answers nothing: it is from whose number it is, from one of them if several have it.
        let is_anothers =
            |deed: &Deed| is_text(&deed) && oracle.leads.belonged_to_another(&key.0, &deed.who, deed.at);
        let theirs = |deed: &&&Deed| {
            let knew = deed.at > known && oracle.leads.had_address_by(&key.0, &deed.who, deed.at);
            knew && is_taken_in(oracle, deed, now) && !answers_another(deed) && !is_anothers(deed)
        };
        let least = written.iter().filter(theirs).count();
        let kept = oracle.messages_of(&key.0).filter(|(_, message)| text(message, "dir") == "in").count();
        if kept < least || kept > written.len() {
            let what = |deed: &&Deed| format!("{:?} at {} by {}", deed.kind, deed.at, deed.who);
            let what: Vec<String> = written.iter().map(what).collect();
            wrong
                .push(format!("{} has written {least} times at least, and {kept} are kept: {what:?}", key.0));
        }
    }
    wrong
}

fn is_text(deed: &&Deed) -> bool {
    matches!(deed.kind, DeedKind::TextedBack | DeedKind::TextedStop)
}

fn is_taken_in(oracle: &Oracle, deed: &Deed, now: Timestamp) -> bool {
    deed.answered_at.is_some_and(|at| now.duration_since(at) > STOP_TAKES + oracle.off)
}

/// What came from a number is kept once, with whoever has or had it.
fn texted(oracle: &Oracle, observed: &Observed, now: Timestamp) -> Vec<String> {
    let numbers: BTreeSet<&str> = observed.deeds.iter().filter(is_text).map(|deed| &*deed.who).collect();
    let mut wrong = Vec::new();
    for number in numbers {
        let is_from = |item: &Item| text(item, "dir") == "in" && text(item, "from") == number;
        let kept = oracle.all("message").filter(|(_, item)| is_from(item)).count();
        let written = || observed.deeds.iter().filter(is_text).filter(|deed| deed.who == number);
        let is_kept = |deed: &&Deed| {
            let mut holders =
                leads_of(oracle, number).filter(|(key, _)| concerns(oracle, deed, owner_of(&key.0)));
            let knows = |(key, _): (&Key, &Item)| oracle.leads.had_address_by(&key.0, number, deed.at);
            is_taken_in(oracle, deed, now) && holders.any(knows)
        };
        let least =
            if oracle.leads.belonged_to_deleted(number) { 0 } else { written().filter(is_kept).count() };
        if kept < least || kept > written().count() {
            wrong.push(format!("{least} texts at least came from {number}, and {kept} are kept"));
        }
    }
    wrong
}

/// A lead that wrote has a conversation, no older than its latest message, and a user is notified of each reply.
fn conversations(oracle: &Oracle) -> Vec<String> {
    let mut wrong = Vec::new();
    // By whose feed it lies in: who was given the lead when an answer came again is told of it as well.
    let mut told: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (key, note) in oracle.all("notification") {
        *told.entry(path(note, &["ev", "c"])).or_default().entry(&key.0).or_default() += 1;
    }
    for (key, message) in oracle.all("message") {
        if text(message, "dir") != "in" || oracle.lead(&key.0).is_none() {
            continue;
        }
        let at = super::instant(message, "at");
        let conversation = oracle.items.get(&(key.0.clone(), "V".to_owned()));
        let latest = conversation.and_then(|item| path(item, &["sum", "last_at"]).parse::<Timestamp>().ok());
        let misses = latest.is_none_or(|latest| at.is_some_and(|at| latest < at));
        if misses {
            wrong.push(format!("{} of {} of {at:?} is not in its conversation: {latest:?}", key.1, key.0));
        }
        let is_a_persons = matches!(reply_kind(message), "person" | "opt_out" | "possible_opt_out");
        let times =
            told.get(text(message, "id")).and_then(|feeds| feeds.values().max()).copied().unwrap_or(0);
        if is_a_persons && times != 1 {
            wrong.push(format!("{times} times somebody was told of {} of {}", key.1, key.0));
        }
    }
    wrong
}

/// A mail answers what its reader has had from us, or has written.
fn astray(observed: &Observed, mail: &ObservedEmail) -> Option<String> {
    let about = mail.in_reply_to.as_deref()?;
    let trim = |id: &str| id.trim_matches(['<', '>']).to_lowercase();
    let before = |other: &&ObservedEmail| {
        other.recipient == mail.recipient && other.at <= mail.at && trim(&other.message_id) == trim(about)
    };
    let wrote = |deed: &Deed| {
        deed.who == mail.recipient && deed.letter.as_deref().is_some_and(|id| trim(id) == trim(about))
    };
    let has = observed.emails.iter().any(|other| before(&other)) || observed.deeds.iter().any(wrote);
    let tag = mail.tag.as_deref().unwrap_or_default();
    (!has).then(|| format!("{tag} to {} answers {about}, which they never had", mail.recipient))
}

/// Whether a message speaks of another lead's company.
fn of_others(oracle: &Oracle, to: &str, said: &str) -> Option<String> {
    let own: Vec<&str> = leads_of(oracle, to).map(|(_, lead)| path(lead, &["core", "co"])).collect();
    if own.is_empty() {
        return None;
    }
    let named = said.match_indices("Practice ").map(|(at, word)| {
        let number: String = said[at + word.len()..].chars().take_while(char::is_ascii_digit).collect();
        format!("Practice {number}")
    });
    let other = named.into_iter().find(|name| !own.contains(&name.as_str()))?;
    Some(format!("what was sent to {to} speaks of {other}, and they are {own:?}: {said}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn mail(id: &str, to: &str, in_reply_to: Option<&str>) -> ObservedEmail {
        ObservedEmail {
            at: Timestamp::UNIX_EPOCH,
            message_id: id.to_owned(),
            recipient: to.to_owned(),
            from: String::new(),
            tag: None,
            subject: String::new(),
            text: String::new(),
            in_reply_to: in_reply_to.map(str::to_owned),
            unsubscribe: None,
            links: Vec::new(),
        }
    }

    #[test]
    fn mail_in_foreign_thread_is_reported() {
        let emails = vec![
            mail("a", "pat1@x.example", None),
            mail("b", "pat1@x.example", Some("<A>")),
            mail("c", "pat2@x.example", Some("a")),
        ];
        let observed = Observed { emails, ..Observed::default() };
        let is_astray: Vec<bool> =
            observed.emails.iter().map(|mail| astray(&observed, mail).is_some()).collect();
        assert_eq!(is_astray, [false, false, true]);
    }

    #[test]
    fn other_company_in_text_is_reported() {
        let mut oracle = Oracle::new(BTreeMap::new(), false);
        let lead = serde_json::json!({ "core": { "M": {
            "e": { "S": "pat1@x.example" }, "p": { "S": "+1" }, "co": { "S": "Practice 1" },
        } } });
        let (key, lead) = (("W#w#L#l".to_owned(), "LEAD".to_owned()), Item(lead));
        super::super::lead_history::written(&mut oracle, Timestamp::UNIX_EPOCH, &key, None, &lead);
        oracle.items.insert(key, lead);
        let says = |said: &str| of_others(&oracle, "pat1@x.example", said).is_some();
        assert!(!says("Hello Practice 1, and you?") && !says("Hello"));
        assert!(says("Hello Practice 12") && says("Practice 1 or Practice 2"));
    }

    #[test]
    fn text_from_shared_number_belongs_to_one_lead() {
        let mut oracle = Oracle::new(BTreeMap::new(), false);
        let lead = serde_json::json!({ "entity": { "S": "lead" }, "core": { "M": { "p": { "S": "+1" } } } });
        let key = |lead: &str, sk: &str| (format!("W#w#L#{lead}"), sk.to_owned());
        for holder in ["a", "b"] {
            let (key, lead) = (key(holder, "LEAD"), Item(lead.clone()));
            super::super::lead_history::written(&mut oracle, Timestamp::UNIX_EPOCH, &key, None, &lead);
            oracle.items.insert(key, lead);
        }
        let at = Timestamp::from_second(60).ok();
        let deed = Deed {
            at: at.unwrap_or_default(),
            who: "+1".to_owned(),
            kind: DeedKind::TextedBack,
            about: None,
            answered_at: at,
            letter: None,
            detail: String::new(),
            status: None,
            mailbox: None,
            read_at: None,
            money_told_at: None,
        };
        let observed = Observed { deeds: vec![deed], ..Observed::default() };
        let message = serde_json::json!({
            "entity": { "S": "message" }, "dir": { "S": "in" }, "from": { "S": "+1" },
        });
        let now = Timestamp::from_second(86_400).unwrap_or_default();
        let accused =
            |oracle: &Oracle| texted(oracle, &observed, now).len() + recorded(oracle, &observed, now).len();
        assert_eq!(accused(&oracle), 1, "kept nowhere");
        oracle.items.insert(key("b", "M#1"), Item(message.clone()));
        assert_eq!(accused(&oracle), 0);
        oracle.items.insert(key("a", "M#1"), Item(message));
        assert_eq!(accused(&oracle), 1, "kept with both");
    }

    #[test]
    fn reply_notifications_are_counted_by_feed() {
        let key = |pk: &str, sk: &str| (pk.to_owned(), sk.to_owned());
        let item = |value| Item(value);
        let message = serde_json::json!({
            "entity": { "S": "message" }, "id": { "S": "msg_1" }, "dir": { "S": "in" }, "read": { "M": { "kind": { "S": "person" } } },
            "at": { "N": "5000000000" },
        });
        let note = serde_json::json!({
            "entity": { "S": "notification" }, "ev": { "M": { "c": { "S": "msg_1" } } },
        });
        let accused = |feeds: &[(&str, usize)]| {
            let mut oracle = Oracle::new(BTreeMap::new(), false);
            oracle.items.insert(key("W#w#L#l", "LEAD"), item(serde_json::json!({})));
            let latest =
                serde_json::json!({ "sum": { "M": { "last_at": { "S": "1970-01-01T00:00:05Z" } } } });
            oracle.items.insert(key("W#w#L#l", "V"), item(latest));
            oracle.items.insert(key("W#w#L#l", "M#1"), item(message.clone()));
            for (feed, notes) in feeds {
                for number in 0..*notes {
                    oracle.items.insert(key(feed, &format!("N#{number}")), item(note.clone()));
                }
            }
            conversations(&oracle)
        };
        assert_eq!(accused(&[("W#w#FEED#a", 1)]), [""; 0]);
        // Their rep of that time and the one of now.
        assert_eq!(accused(&[("W#w#FEED#a", 1), ("W#w#FEED#b", 1)]), [""; 0]);
        assert_eq!(accused(&[]).len(), 1);
        assert_eq!(accused(&[("W#w#FEED#a", 2)]).len(), 1);
        assert_eq!(accused(&[("W#w#FEED#a", 1), ("W#w#FEED#b", 2)]).len(), 1);
    }
}
