//! What somebody did ends what it must end, closes what it must close and lists what it must list, and soon.

use super::raw::{Item, Key, instant, lead_of, path, reply_kind, text};
use super::tenant_isolation::{concerns, owner_of};
use super::{GRACE, Oracle, claim_conditions};
use jiff::{SignedDuration, Timestamp};
use local_cloud::LocalCloud;
use sandbox::{Deed, DeedKind, Observed};

const JUDGE: &str = "stops";

#[derive(Default)]
pub struct Stops {
    /// Tasks that a stop had to close, and the enrolments that ended.
    to_be_closed: Vec<(Key, String)>,
    /// Times in which something of the inbound queue lay among the dead letters.
    dead_lettered: Vec<(Timestamp, Option<Timestamp>)>,
}

/// The time from a webhook's acceptance until its stop is durable, with every retry of a queue in between.
pub const STOP_TAKES: SignedDuration = SignedDuration::from_hours(3);

/// The queues that what people did goes through, and what follows for those who are just being sent to.
const STOPPING: [&str; 2] = ["inbound", "send"];

/// Nothing that may stop somebody still lies in a queue, or among the dead.
pub fn all_is_taken_in(cloud: &LocalCloud) -> bool {
    let queues = cloud.queues();
    let waits = |name: &String| queues.bodies(name).is_ok_and(|bodies| !bodies.is_empty());
    let stops = |name: &&String| STOPPING.iter().any(|word| name.to_lowercase().contains(word));
    !queues.names().iter().filter(stops).any(waits)
}

/// While what somebody did lies among the dead letters nobody knows of it.
pub fn read_dead_letters(oracle: &mut Oracle, cloud: &LocalCloud, now: Timestamp) {
    let queues = cloud.queues();
    let is_theirs = |name: &&String| {
        let name = name.to_lowercase();
        name.contains("inbound") && name.contains("dead")
    };
    let lies = |name: &String| queues.bodies(name).is_ok_and(|bodies| !bodies.is_empty());
    match (queues.names().iter().filter(is_theirs).any(lies), oracle.stops.dead_lettered.last_mut()) {
        (true, Some((_, None))) | (false, None | Some((_, Some(_)))) => {}
        (true, _) => oracle.stops.dead_lettered.push((now, None)),
        (false, Some((_, until))) => *until = Some(now),
    }
}

/// Whether something that may have stopped somebody was put away then, or had just been taken up again.
pub fn was_dead_lettered(oracle: &Oracle, at: Timestamp) -> bool {
    let over = |until: Timestamp| until + STOP_TAKES;
    oracle
        .stops
        .dead_lettered
        .iter()
        .any(|(from, until)| *from <= at && until.is_none_or(|until| at <= over(until)))
}

/// Called as an enrolment is written again: what it was waiting for is closed by the same write.
pub fn stopped(oracle: &mut Oracle, key: &Key, old: &Item, new: &Item) {
    if text(old, "state") == "ended" || text(new, "state") != "ended" {
        return;
    }
    let tail = text(new, "task").strip_prefix("task_").and_then(|id| id.get(26..));
    if let Some(tail) = tail {
        oracle.stops.to_be_closed.push(((key.0.clone(), format!("T#{tail}")), key.1.clone()));
    }
}

/// Called when everything that was written has been taken in.
pub fn tasks_are_closed(oracle: &mut Oracle, now: Timestamp) {
    for (key, enrolment) in std::mem::take(&mut oracle.stops.to_be_closed) {
        let open = |task: &Item| path(task, &["sum", "done_at"]).is_empty();
        if oracle.items.get(&key).is_some_and(open) {
            oracle.accuse(
                JUDGE,
                now,
                format!("{} of {} has ended and its task {} is open", enrolment, key.0, key.1),
            );
        }
    }
}

pub fn at_rest(oracle: &Oracle, observed: &Observed, now: Timestamp) -> Vec<String> {
    let mut wrong = left_open(oracle, now);
    wrong.extend(over(oracle));
    for deed in observed.deeds.iter().filter(|deed| deed.kind.ends_contact()) {
        let Some(answered) = deed.answered_at.filter(|at| now.duration_since(*at) > STOP_TAKES + oracle.off)
        else {
            continue;
        };
        for owner in oracle.tenants.all().iter().filter(|owner| concerns(oracle, deed, owner)) {
            let (who, what) = (&deed.who, deed.kind);
            let listed = oracle.listed(owner, who).is_some() || oracle.is_lifted(owner, who, (deed.at, now));
            let may_be_missed = || what == DeedKind::Bounced && is_of_a_deleted_lead(oracle, deed);
            if lists(what) && is_known(oracle, owner, who) && !listed && !may_be_missed() {
                let answers = answers_of(oracle, who);
                wrong.push(format!(
                    "{who} is not listed, although {what:?} since {answered}; known are {answers:?}"
                ));
            }
        }
        for key in &oracle.enrolments {
            let Some(enrolment) = oracle.items.get(key) else { continue };
            // What came back from where they are no more says nothing of where they are; nor does it end anything when they are
            // there again, where nothing more goes.
            let theirs = match deed.kind {
                DeedKind::Bounced => oracle.leads.kept_address_since(&key.0, &deed.who, deed.at),
                // What is written from a number that two of them have, or another has by now, is one lead's word.
                DeedKind::TextedBack if oracle.leads.belonged_to_another(&key.0, &deed.who, deed.at) => false,
                _ => oracle.leads.ever_had_address(&key.0, &deed.who),
            };
            let before =
                instant(enrolment, "since").is_some_and(|since| since + GRACE + oracle.off < deed.at);
            let theirs = theirs && concerns(oracle, deed, owner_of(&key.0));
            if theirs && before && ends_all(oracle, &key.0, deed.kind) && text(enrolment, "state") != "ended"
            {
                let state = text(enrolment, "state");
                let (lead, what) = (lead_of(&key.0), deed.kind);
                wrong.push(format!("{} of {lead} is {state} although {what:?} since {answered}", key.1));
            }
        }
    }
    wrong
}

/// Or one channel alone, as the workspace has it.
pub fn ends_all(oracle: &Oracle, pk: &str, kind: DeedKind) -> bool {
    match kind {
        DeedKind::Bounced => claim_conditions::ends(oracle, pk, "bounce") != "channel",
        DeedKind::TextedStop => claim_conditions::ends(oracle, pk, "text_stop") != "channel",
        _ => true,
    }
}

/// Checks that a lead that is won or lost has no active enrolment from before.
fn over(oracle: &Oracle) -> Vec<String> {
    let mut wrong = Vec::new();
    for key in &oracle.enrolments {
        let Some(enrolment) = oracle.items.get(key).filter(|found| text(found, "state") != "ended") else {
            continue;
        };
        let lead = oracle.lead(&key.0);
        let status = lead.map_or("", |lead| path(lead, &["core", "s"]));
        let Some(staged) = oracle.leads.staged.get(&key.0) else { continue };
        let since = instant(enrolment, "since");
        if ["won", "lost"].contains(&status)
            && since.is_some_and(|since| since + GRACE + oracle.off < *staged)
        {
            let state = text(enrolment, "state");
            wrong.push(format!("{} of {} is {state}, and {status} since {staged}", key.1, lead_of(&key.0)));
        }
    }
    wrong
}

/// A task that was opened while its enrolment was stopped is taken back.
fn left_open(oracle: &Oracle, now: Timestamp) -> Vec<String> {
    let mut wrong = Vec::new();
    for key in &oracle.enrolments {
        let Some(enrolment) = oracle.items.get(key) else { continue };
        let ended =
            instant(enrolment, "ended").filter(|at| now.duration_since(*at) > STOP_TAKES + oracle.off);
        let Some(ended) = ended else { continue };
        let campaign = key.1.trim_start_matches("N#");
        for ((_, sk), task) in oracle.tasks_of(&key.0) {
            let theirs = path(task, &["sum", "campaign"]).ends_with(campaign);
            if theirs && path(task, &["sum", "done_at"]).is_empty() && !campaign.is_empty() {
                wrong.push(format!("{sk} of {} is open and its sequence over since {ended}", key.0));
            }
        }
    }
    wrong
}

/// What nobody is ever to be written to again after.
pub fn lists(kind: DeedKind) -> bool {
    use DeedKind::{AskedToStop, Bounced, TextedStop, Unsubscribed};
    matches!(kind, AskedToStop | Bounced | TextedStop | Unsubscribed)
}

/// What the product takes their messages for.
fn answers_of<'a>(oracle: &'a Oracle, who: &str) -> Vec<(&'a str, &'a str)> {
    let theirs = oracle.all("message").filter(|(_, message)| text(message, "from") == who);
    theirs.map(|(_, message)| (reply_kind(message), path(message, &["text"]))).collect()
}

/// What came back of a lead that was deleted with its messages is no person's word: an address that is in a later file is tried
/// once more.
fn is_of_a_deleted_lead(oracle: &Oracle, deed: &Deed) -> bool {
    let about = deed.about.as_deref().unwrap_or_default().trim_matches(['<', '>']);
    let is_it = |item: &Item| text(item, "mid").trim_matches(['<', '>']) == about;
    oracle.leads.belonged_to_deleted(&deed.who) && !oracle.items.values().any(is_it)
}

fn is_known(oracle: &Oracle, owner: &str, who: &str) -> bool {
    let leads = oracle.items.keys().filter(|(pk, sk)| sk == "LEAD" && owner_of(pk) == owner);
    leads.into_iter().any(|(pk, _)| oracle.leads.ever_had_address(pk, who))
}
