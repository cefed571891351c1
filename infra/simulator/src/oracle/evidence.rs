//! Checks at rest that evidence (an open, a reply, a report) has settled whether a message went out.

use super::raw::{Item, Key, number, path, text};
use super::stops::STOP_TAKES;
use super::{Oracle, tenant_isolation};
use jiff::{SignedDuration, Timestamp};
use sandbox::{DeedKind, Observed};
use std::collections::BTreeMap;

/// How long what is told of a message waits for it to be written down.
const WAITS: SignedDuration = SignedDuration::from_mins(10);

pub fn at_rest(oracle: &Oracle, observed: &Observed, now: Timestamp) -> Vec<String> {
    let told = |deed: &&sandbox::Deed| {
        use DeedKind::{AskedToStop, Bounced, Clicked, Opened, Replied, Unsubscribed};
        let tells = matches!(deed.kind, AskedToStop | Bounced | Clicked | Opened | Replied | Unsubscribed);
        let heard = deed.answered_at.is_some_and(|at| now.duration_since(at) > STOP_TAKES);
        tells && heard && (deed.kind != Clicked || is_link_of_the_message(observed, deed))
    };
    let mut proven: BTreeMap<&str, Timestamp> = BTreeMap::new();
    for deed in observed.deeds.iter().filter(told) {
        let (Some(about), Some(at)) = (deed.about.as_deref(), deed.answered_at) else { continue };
        let latest = proven.entry(about).or_insert(at);
        *latest = at.max(*latest);
    }
    let mut wrong = Vec::new();
    for (key, message) in oracle.all("message") {
        wrong.extend(unexplained_engagement(oracle, observed, key, message));
        wrong.extend(too_often(observed, message));
        let state = text(message, "state");
        // What somebody does with a test they have sent to themselves says nothing of a lead.
        let test = message.0["test"]["BOOL"] == true;
        if test || text(message, "dir") != "out" || !matches!(state, "uncertain" | "abandoned") {
            continue;
        }
        let (id, internet_id) = (text(message, "id"), text(message, "mid"));
        let trim = |id: &str| id.trim_matches(['<', '>']).to_owned();
        // What was told long before the message was written down, its function dead and its queue's message put away, is forgotten.
        let begun = oracle.sent.begun.get(id).map_or(Timestamp::MAX, |begun| begun.written);
        let seen = |(about, at): &(&&str, &Timestamp)| {
            !internet_id.is_empty() && trim(about) == trim(internet_id) && begun.duration_since(**at) < WAITS
        };
        let answers = |((pk, _), answer): (&Key, &Item)| {
            let about = text(answer, "re");
            *pk == key.0
                && text(answer, "dir") == "in"
                && !about.is_empty()
                && trim(about) == trim(internet_id)
        };
        if oracle.items.iter().any(answers) {
            wrong.push(format!("{id} is {state} although an answer to it is there"));
        }
        if let Some((about, _)) = proven.iter().find(seen) {
            wrong.push(format!("{id} is {state} although somebody had it: {about}"));
        }
        if oracle.reported_late.contains(id) {
            wrong.push(format!("{id} is {state} although its provider has told of it, if late"));
        }
        if state == "uncertain" && !is_waited_for(oracle, key, message) {
            wrong.push(format!("{id} is uncertain, and nobody waits for it or is asked"));
        }
    }
    wrong.extend(needless_questions(oracle));
    wrong
}

/// Tells whether a click led through a link that names its message: those of a mail that is not tracked, the one to the
/// lead's page among them, do not say which mail they stood in.
fn is_link_of_the_message(observed: &Observed, click: &sandbox::Deed) -> bool {
    let mail = observed.emails.iter().find(|mail| Some(mail.message_id.as_str()) == click.about.as_deref());
    mail.is_some_and(|mail| mail.links.iter().any(|link| link.contains("/t/c/")))
}

/// Users are not asked about a message whose outcome is known.
fn needless_questions(oracle: &Oracle) -> Vec<String> {
    let is_open = |task: &Item| {
        let asks = path(task, &["sum", "kind"]) == "resolve_uncertain";
        asks && path(task, &["sum", "done_at"]).is_empty()
    };
    let about = |task: &Item| {
        let id = path(task, &["sum", "message"]);
        let state = text(oracle.stored("message", id)?, "state");
        let known = !matches!(state, "uncertain" | "abandoned");
        known.then(|| format!("a person is asked about {id}, which is {state}"))
    };
    let open = oracle.all("task").filter(|(_, task)| is_open(task));
    open.filter_map(|(_, task)| about(task)).collect()
}

/// Only people open and click: what a message says of them, they did.
fn unexplained_engagement(oracle: &Oracle, observed: &Observed, key: &Key, message: &Item) -> Option<String> {
    use DeedKind::{Clicked, ClickedCallToAction, Opened, ViewedPreview};
    let says = |name: &str| message.0[name]["N"].is_string();
    let id = text(message, "id");
    // Also where it was taken before it was made again for where the lead is reached by now.
    let reached = |who: &str| {
        who == text(message, "to") || oracle.sent.taken.iter().any(|taken| taken.tag == id && taken.to == who)
    };
    let did = |kinds: &[DeedKind]| {
        let owner = tenant_isolation::owner_of(&key.0);
        let theirs = |deed: &&sandbox::Deed| {
            let did = reached(&deed.who) && kinds.contains(&deed.kind);
            did && tenant_isolation::concerns(oracle, deed, owner)
        };
        observed.deeds.iter().any(|deed| theirs(&deed))
    };
    let clicked = did(&[Clicked, ViewedPreview, ClickedCallToAction]);
    if says("clicked") && !clicked {
        return Some(format!("{id} counts as clicked, and nobody has"));
    }
    (says("opened") && !clicked && !did(&[Opened])).then(|| format!("{id} counts as opened, and nobody has"))
}

/// What they did once counts once.
fn too_often(observed: &Observed, message: &Item) -> Option<String> {
    let is_it = |mail: &&sandbox::ObservedEmail| mail.tag.as_deref() == Some(text(message, "id"));
    let mails: Vec<&str> =
        observed.emails.iter().filter(is_it).map(|mail| mail.message_id.as_str()).collect();
    let did = |kind: DeedKind| {
        let about_it =
            |deed: &&sandbox::Deed| deed.about.as_deref().is_some_and(|about| mails.contains(&about));
        observed.deeds.iter().filter(|deed| deed.kind == kind).filter(about_it).count() as i64
    };
    let counts = [("opens", DeedKind::Opened), ("clicks", DeedKind::Clicked)];
    let (name, kind) = counts.into_iter().find(|(name, kind)| number(message, name) > did(*kind))?;
    let (counted, id) = (number(message, name), text(message, "id"));
    Some(format!("{id} counts {counted} {name}, and there were {}", did(kind)))
}

/// Whether an uncertain message is still attended to: by its enrolment at the same step, or by an open task.
fn is_waited_for(oracle: &Oracle, key: &Key, message: &Item) -> bool {
    let campaign = text(message, "camp").trim_start_matches("campaign_");
    let enrolment = oracle.items.get(&(key.0.clone(), format!("N#{campaign}")));
    let stands = enrolment.is_some_and(|enrolment| {
        text(enrolment, "step") == text(message, "step") && text(enrolment, "state") != "ended"
    });
    stands || asks_about(oracle, key, message)
}

fn asks_about(oracle: &Oracle, key: &Key, message: &Item) -> bool {
    oracle.all("task").filter(|((pk, _), _)| *pk == key.0).any(|(_, task)| {
        path(task, &["sum", "message"]) == text(message, "id") && path(task, &["sum", "done_at"]).is_empty()
    })
}
