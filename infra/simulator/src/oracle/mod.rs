//! Judges a run from outside: the table's changes as they are written, what providers took, what people did. It shares
//! no rule with the product.

mod account_limits;
mod automations;
mod bulk_messages;
mod caps;
mod closed_channels;
mod company_hold;
mod cost_ledger;
mod counters;
mod deleted_leads;
mod deliverability;
mod end_reasons;
mod engagement;
mod evidence;
mod former_settings;
mod hand_overs;
mod imports;
mod inbox;
mod late_deliveries;
mod late_steps;
mod lead_history;
mod lead_keys;
mod mail_links;
mod mailbox_choice;
mod message_records;
mod message_texts;
mod one_off_messages;
mod pages;
mod pauses;
mod pending_work;
pub mod raw;
mod replies;
mod retry_waits;
mod revenue;
mod revisions;
mod rollouts;
mod send_ledger;
mod send_window;
mod sender_blocks;
mod sends;
mod sequence_path;
mod skipped_steps;
mod stops;
mod summary;
mod tenant_isolation;
mod whatsapp_window;

use crate::trouble::attempts::Attempt;
use crate::world::call_log::Seen;
use crate::world::page_reader::Shown;
use crate::world::watching;
use cost_ledger::CostLedger;
use jiff::{SignedDuration, Timestamp};
use local_cloud::LocalCloud;
use raw::{Item, Key, instant, text};
use sandbox::{Credentials, Observed, ObservedEmail, ObservedSms};
pub use send_window::Home;
use sends::{Accepted, By};
use sequence_path::Fork;
use std::collections::{BTreeMap, BTreeSet};

/// How long what is no stop of an enrolment may take until it is heeded: a function that has read just before it.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// No function that sends lives longer.
const FUNCTION_LASTS: SignedDuration = SignedDuration::from_secs(75);
/// By how much clocks are off where they are off by minutes.
const FAR_OFF: SignedDuration = SignedDuration::from_secs(240);

#[derive(Default)]
pub struct Oracle {
    cost_ledger: CostLedger,
    blocked: sender_blocks::SenderBlocks,
    landing: late_deliveries::LateArrivals,
    /// Messages of which a provider has told after their deadline.
    reported_late: BTreeSet<String>,
    items: BTreeMap<Key, Item>,
    /// Rows of steps that were put down for an attempt, and of which nothing more is known: no judge but the ledger's counts them as
    /// messages.
    attempt_rows: BTreeMap<Key, Item>,
    /// The second in which what is looked at just now was written.
    written: Option<Timestamp>,
    /// Of each enrolment: what it was when it was last claimed.
    claims: BTreeMap<Key, Claim>,
    /// When that which is repeated was claimed first, by enrolment and turn.
    repeats: BTreeMap<(Key, i64), Timestamp>,
    /// Kept apart from all other items, because they are looked at after every step.
    enrolments: BTreeSet<Key>,
    hints: BTreeSet<Key>,
    /// By workspace and value: since when, and why.
    suppressed: BTreeMap<(String, String), (Timestamp, String)>,
    /// When each was taken off the list.
    lifted: BTreeMap<(String, String), Vec<Timestamp>>,
    /// After how many changes somebody was listed or excluded, by workspace and value or by the lead's partition.
    barred: BTreeMap<(String, String), u64>,
    tenants: tenant_isolation::Tenants,
    /// Since when leads are marked as not to be contacted, by partition.
    excluded: BTreeMap<String, Timestamp>,
    /// Tasks that a stop had to close, and whose they were.
    to_be_closed: Vec<(Key, String)>,
    /// When a mailbox last went or came back: by the campaign that it left, or none, and its id.
    gone: BTreeMap<(String, String), Timestamp>,
    /// When a mailbox was last paused or resumed.
    pauses: BTreeMap<String, Timestamp>,
    /// When mailboxes were refused, by address, since they last took something.
    refused: BTreeMap<String, Vec<Timestamp>>,
    /// When such a one took something, once.
    taken_again: BTreeMap<String, Timestamp>,
    /// Where a campaign's message was refused for good, by enrolment and channel.
    failed: BTreeMap<(Key, String), BTreeMap<String, Timestamp>>,
    closed_channels: closed_channels::ClosedChannels,
    endings: end_reasons::Endings,
    deleted_leads: deleted_leads::DeletedLeads,
    /// When an enrolment came to its present mailbox.
    chosen: BTreeMap<Key, Timestamp>,
    /// When leads were given to another user who has not let them go on yet, by enrolment.
    handed_over: BTreeMap<Key, Timestamp>,
    answers: Vec<company_hold::Answer>,
    /// When a lead last paid, or was spoken to.
    contacted: BTreeMap<String, Timestamp>,
    /// Since when somebody is bound for another version.
    bound: BTreeMap<Key, Timestamp>,
    /// Since when campaigns and workspaces let nothing out.
    closed: BTreeMap<Key, Timestamp>,
    /// When one of them, or an account, last opened again.
    opened: Timestamp,
    settings: former_settings::FormerSettings,
    desk: inbox::Inbox,
    /// Enrolments that a person has paused, and until when, if that is said.
    paused_by_user: BTreeMap<Key, Option<Timestamp>>,
    /// Since when campaigns are launched.
    active: BTreeMap<Key, Timestamp>,
    /// Since when people are under way, and when rollouts were ordered.
    begins: BTreeMap<Key, Timestamp>,
    /// When the present step of those was to be done whom a pause has kept from it.
    planned_since: BTreeMap<Key, Timestamp>,
    /// What users have said of a campaign's late messages.
    late_answers: BTreeMap<Key, Vec<late_steps::Answer>>,
    /// Leads whom a user has resumed by hand.
    resumed_by_user: BTreeSet<String>,
    deleted: BTreeSet<String>,
    leads: lead_history::LeadHistory,
    /// Who came into a campaign by themselves, by day.
    taken_in: BTreeMap<(String, jiff::civil::Date), usize>,
    /// When opens and clicks of a lead, by campaign, and answers came to be known.
    engaged: BTreeMap<(String, String, String), Timestamp>,
    /// When each number last wrote to a workspace on WhatsApp, and since when that is known.
    wrote: BTreeMap<(String, String), (Timestamp, Timestamp)>,
    forks: Vec<Fork>,
    paused: message_texts::Paused,
    /// When each message was first written.
    begun: BTreeMap<String, sends::Begun>,
    given_up: BTreeMap<String, sends::GivenUp>,
    retry_waits: retry_waits::RetryWaits,
    /// When something of the inbound queue lay among the dead letters, and until when.
    dead_lettered: Vec<(Timestamp, Option<Timestamp>)>,
    /// How often somebody came to wait for a task.
    tasks_given: u32,
    /// How often a step of each kind was left behind.
    steps_passed: BTreeMap<String, u32>,
    taken: Vec<Taken>,
    one_offs: one_off_messages::OneOffs,
    emails_seen: usize,
    texts_seen: usize,
    homes: BTreeMap<String, Home>,
    /// By how much what functions take for the time may be off.
    off: SignedDuration,
    /// How long after its slot a provider may take a message.
    lag: SignedDuration,
    violations: Vec<String>,
    pub changes: u64,
}

struct Claim {
    at: Timestamp,
    generation: i64,
    /// Of all changes; a call follows its claim at once.
    made: u64,
    /// By which it goes out.
    account: Option<String>,
    /// What was closed by then, if anything was.
    closed: Option<String>,
}

/// Something a provider accepted.
struct Taken {
    at: Timestamp,
    tag: String,
    to: String,
    lead: String,
    key: Key,
    generation: i64,
    step: String,
    /// Of a mail: the mailbox.
    account: Option<String>,
    /// The account it went out by.
    by: Option<String>,
}

impl Oracle {
    /// `homes`: of people, by address and number. `far_off`: clocks of functions may be, by minutes.
    pub fn new(homes: BTreeMap<String, Home>, far_off: bool) -> Self {
        Self {
            opened: Timestamp::MIN,
            homes,
            lag: account_limits::DELAY,
            off: if far_off { FAR_OFF } else { SignedDuration::from_secs(2) },
            ..Self::default()
        }
    }

    pub fn violations(&self) -> &[String] {
        &self.violations
    }

    /// When what is looked at was written: a function may have waited for a provider since.
    fn written_by(&self, now: Timestamp) -> Timestamp {
        self.written.map_or(now, |second| now.min(second + SignedDuration::from_secs(1)))
    }

    fn accuse(&mut self, now: Timestamp, what: impl AsRef<str>) {
        self.violations.push(format!("{now} {}", what.as_ref()));
    }

    /// Takes in what was written since it last looked.
    pub fn catch_up(&mut self, calls: &[Seen], now: Timestamp) {
        for call in calls {
            self.cost_ledger.count(call);
            for record in &call.changes {
                self.changes += 1;
                let change = &record.event["dynamodb"];
                let second = change["ApproximateCreationDateTime"].as_i64();
                self.written = second.and_then(|second| Timestamp::from_second(second).ok());
                let key = raw::key(&change["Keys"]);
                let new = change.get("NewImage").map(|image| Item(image.clone()));
                if send_ledger::is_kept_apart(self, now, &key, new.as_ref()) {
                    continue;
                }
                let old = match &new {
                    Some(new) => self.items.insert(key.clone(), new.clone()),
                    None => self.items.remove(&key),
                };
                self.changed(now, &key, old.as_ref(), new.as_ref());
            }
        }
        stops::tasks_are_closed(self, now);
    }

    fn changed(&mut self, now: Timestamp, key: &Key, old: Option<&Item>, new: Option<&Item>) {
        watching::written(now, key, old, new);
        if let Some(new) = new {
            tenant_isolation::check(self, now, key, new);
            let row = self.attempt_rows.remove(key);
            revisions::check(self, now, key, row.as_ref().or(old), new);
        }
        self.settings.changed(now, key, old, new);
        let entity = new.or(old).map(|item| text(item, "entity").to_owned()).unwrap_or_default();
        if matches!(entity.as_str(), "account" | "campaign") {
            mailbox_choice::changed(self, now, old, new);
        }
        match (entity.as_str(), new) {
            ("enrolment", Some(new)) => {
                self.enrolments.insert(key.clone());
                if text(new, "state") != "pending" {
                    self.begins.entry(key.clone()).or_insert(now);
                }
                self.enrolment_moved(now, key, old, new);
            }
            ("enrolment", None) => {
                self.enrolments.remove(key);
                deleted_leads::forgotten(self, key, old);
            }
            ("hints", Some(_)) => drop(self.hints.insert(key.clone())),
            ("hints", None) => drop(self.hints.remove(key)),
            ("lead", Some(new)) => lead_history::written(self, now, key, old, new),
            ("message", Some(new)) => {
                let begun = sends::begun(self, now, key, new);
                self.begun.entry(text(new, "id").to_owned()).or_insert(begun);
                one_off_messages::written(self, now, key, old, new);
                sends::message_written(self, now, key, new);
                sender_blocks::message_written(self, now, key, new);
                company_hold::message_written(self, now, key, old, new);
                mailbox_choice::message_written(self, now, old, new);
                sequence_path::learned(self, now, key, new);
                whatsapp_window::learned(self, now, tenant_isolation::owner_of(&key.0), new);
            }
            ("task", Some(new)) => retry_waits::task_written(self, new),
            ("conversation", Some(new)) => inbox::conversation_written(self, now, key, new),
            ("rollout", Some(new)) => rollouts::written(self, now, key, old, new),
            ("sequence_version", Some(new)) => {
                message_texts::version_written(self, now, key, new);
                automations::version_written(self, now, new);
            }
            ("former_lead", _) => self.leads.forget(&key.0),
            ("lead", None) => drop(self.deleted.insert(raw::lead_of(&key.0).to_owned())),
            ("suppression", Some(new)) => {
                sender_blocks::listed(self, now, new);
                let (which, reason) =
                    (tenant_isolation::listed_key(key, new), text(new, "reason").to_owned());
                if reason != "hard_bounce" {
                    self.barred.entry(which.clone()).or_insert(self.changes);
                }
                self.suppressed.insert(which, (now, reason));
            }
            ("suppression", None) => {
                if let Some(which) = old.map(|old| tenant_isolation::listed_key(key, old)) {
                    self.suppressed.remove(&which);
                    self.lifted.entry(which.clone()).or_default().push(now);
                    self.barred.remove(&which);
                }
            }
            ("campaign", Some(new)) => {
                late_steps::campaign_written(self, now, key, new);
                inbox::campaign_written(self, now, key, new);
                self.gate(key, text(new, "state") == "paused" || inbox::is_over(new), now);
                if text(new, "state") == "active" {
                    self.active.entry(key.clone()).or_insert(now);
                } else {
                    self.active.remove(key);
                }
            }
            ("account", Some(new)) => self.gate(key, mailbox_choice::is_paused(new), now),
            ("account", None) => self.gate(key, false, now),
            ("workspace", Some(new)) => {
                self.gate(key, raw::path(new, &["sending", "state"]) == "stopped", now);
            }
            _ => {}
        }
    }

    fn gate(&mut self, key: &Key, is_closed: bool, now: Timestamp) {
        if is_closed {
            self.closed.entry(key.clone()).or_insert(now);
        } else if self.closed.remove(key).is_some() {
            self.opened = now;
        }
    }

    fn enrolment_moved(&mut self, now: Timestamp, key: &Key, old: Option<&Item>, new: &Item) {
        let (state, generation) = (text(new, "state"), raw::number(new, "generation"));
        let before = old.map_or("", |old| text(old, "state"));
        let name = format!("enrolment {} of {}", key.1, key.0);
        if before == "ended" && state != "ended" {
            self.accuse(now, format!("{name} has ended and is {state} again"));
        }
        if old.is_none() {
            let crowded = caps::may_be_enrolled(self, key, &name);
            for what in crowded.into_iter().chain(automations::enrolled(self, now, key, new)) {
                self.accuse(now, what);
            }
        }
        pauses::written(self, key, new);
        closed_channels::enrolment_written(self, key, new);
        if let Some(old) = old {
            sequence_path::moved(self, now, key, old, new, &name);
            late_steps::moved(self, now, key, old, new, &name);
            sends::repeated(self, key, new);
            stops::stopped(self, key, old, new);
            mailbox_choice::moved(self, now, key, old, new);
            let tags = format!("msg_{}", raw::lead_of(&key.0));
            retry_waits::claim_written(self, now, (old, new), ("expires", &tags));
            sender_blocks::claim_written(self, now, (old, new), "expires", (Some(key), ""));
        }
        let token = |item: &Item| text(item, "token").to_owned();
        if state != "claimed" || old.is_some_and(|old| token(old) == token(new)) {
            return;
        }
        if before == "claimed" {
            self.accuse(now, format!("{name} was claimed while somebody held a claim"));
        }
        if before == "ended" || before == "pending" {
            self.accuse(now, format!("{name} was claimed when {before}"));
        }
        // Its function lasts no longer for having stood still since it made the claim.
        let made = raw::told_at(new).map_or(now, |at| at.clamp(now - FUNCTION_LASTS, now));
        if instant(new, "expires").is_none_or(|expires| expires + self.off < made + FUNCTION_LASTS) {
            self.accuse(now, format!("{name} was claimed for less time than its sender may take"));
        }
        let closed = sends::may_be_claimed(self, now, key, new, &name);
        pauses::may_be_claimed(self, now, key, &name);
        sender_blocks::claimed(self, key, new);
        let account = send_ledger::account_of(self, key, new);
        if account.is_none() {
            self.accuse(now, format!("{name} was claimed, and no row says what is about to go out"));
        }
        let at = self.written_by(now);
        self.claims.insert(key.clone(), Claim { at, generation, made: self.changes, account, closed });
    }

    /// A person is about to let this lead go on.
    pub fn user_resumes(&mut self, lead: &str) {
        let lead = lead.trim_start_matches("lead_");
        self.paused_by_user.retain(|key, _| raw::lead_of(&key.0) != lead);
        self.handed_over.retain(|key, _| raw::lead_of(&key.0) != lead);
        self.resumed_by_user.insert(lead.to_owned());
    }

    /// When the first of all hints comes due.
    pub fn earliest_hint(&self) -> Option<Timestamp> {
        self.hints.iter().filter_map(pending_work::due_at).min()
    }

    /// How many mails and texts it has seen.
    pub fn seen_outside(&self) -> (usize, usize) {
        (self.emails_seen, self.texts_seen)
    }

    /// When which mailbox was refused since it last looked.
    pub fn look_at_refusals(&mut self, refusals: &[(Timestamp, String)]) {
        for (at, mailbox) in refusals {
            self.refused.entry(mailbox.clone()).or_default().push(*at);
        }
    }

    /// What providers were asked about messages since it last looked.
    pub fn look_at_attempts(&mut self, attempts: &[Attempt], now: Timestamp) {
        retry_waits::look(self, now, attempts);
    }

    /// What providers took since it last looked. `catch_up` comes first.
    pub fn look_outside(&mut self, mails: &[ObservedEmail], texts: &[ObservedSms], now: Timestamp) {
        for mail in mails {
            tenant_isolation::mail_taken(self, now, mail);
            match &mail.tag {
                Some(tag) => {
                    let by = By::Mail { from: &mail.from };
                    sends::taken(self, now, &Accepted { tag, to: &mail.recipient, by, says: &mail.text });
                }
                None => self.accuse(now, format!("a mail to {} carries no tag", mail.recipient)),
            }
        }
        self.emails_seen += mails.len();
        for sms in texts {
            let by = if sms.from == Credentials::WHATSAPP_NUMBER { By::Chat } else { By::Text };
            let called_back = sms.status_callback.as_deref().and_then(|url| url.split_once("message="));
            let called_back = called_back.map(|(_, rest)| rest.split('&').next().unwrap_or(rest));
            match sms.tag.as_deref().or(called_back) {
                Some(tag) => sends::taken(self, now, &Accepted { tag, to: &sms.to, by, says: &sms.body }),
                None => self.accuse(now, format!("a text to {} carries no tag", sms.to)),
            }
        }
        self.texts_seen += texts.len();
    }

    /// Every enrolment that goes on is found by something.
    pub fn check_custody(&mut self, cloud: &LocalCloud, now: Timestamp) {
        stops::look_at_the_dead(self, cloud, now);
        pending_work::check(self, cloud, now);
    }

    /// What people did has the consequences that it must have by now.
    pub fn check_stops(&mut self, cloud: &LocalCloud, observed: &Observed, now: Timestamp) {
        if stops::all_is_taken_in(cloud) {
            stops::check(self, observed, now);
        }
    }

    /// All that must hold when everything has come to rest, and everybody was looked at.
    pub fn settle(&mut self, cloud: &LocalCloud, observed: &Observed, now: Timestamp) {
        pending_work::check(self, cloud, now);
        self.check_stops(cloud, observed, now);
        evidence::check(self, observed, now);
        send_ledger::check(self, now);
        tenant_isolation::settle(self, observed, now);
        pending_work::nothing_is_overdue(self, cloud, now);
        message_records::check(self, observed, now);
        replies::check(self, observed, now);
        mail_links::check(self, observed, now);
        revenue::check(self, observed, now);
        engagement::check(self, observed, now);
        imports::check(self, now);
        inbox::check(self, now);
        lead_keys::check(self, now);
        sequence_path::check(self, observed, now);
        end_reasons::check(self, observed, now);
        closed_channels::check(self, now);
        rollouts::check(self, now);
        one_off_messages::check(self, cloud, now);
        automations::check(self, now);
        late_steps::check(self, now);
        cost_ledger::check(self, cloud, now);
    }

    /// What a verifier says of addresses.
    pub fn look_at_verdicts(&mut self, verdict: &dyn Fn(&str) -> &'static str, now: Timestamp) {
        deliverability::check(self, verdict, now);
    }

    /// What a user of the workspace with this id is shown by then.
    pub fn look_at_pages(&mut self, workspace: &str, shown: &Shown, now: Timestamp) {
        pages::check(self, &format!("W#{}", workspace.trim_start_matches("ws_")), shown, now);
    }
}
