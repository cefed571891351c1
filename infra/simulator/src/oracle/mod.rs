//! Judges a run from outside: the table's changes as they are written, what providers took, what people did. It shares
//! no rule with the product.

mod account_limits;
mod automations;
mod bulk_messages;
mod caps;
mod claim_conditions;
mod claims;
mod closed_channels;
mod company_hold;
mod counters;
mod deleted_leads;
mod deliverability;
mod end_reasons;
mod engagement;
mod evidence;
mod former_settings;
mod gates;
mod grants;
mod hand_overs;
mod imports;
mod inbox;
mod judges;
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
mod read_before_send;
mod replies;
pub mod retry_waits;
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
mod stored;
mod summary;
mod suppressions;
mod tenant_isolation;
mod whatsapp_window;

use crate::world::page_reader::Shown;
use crate::world::watching;
use jiff::{SignedDuration, Timestamp};
pub use judges::Rest;
use local_cloud::{LocalCloud, StreamRecord};
use raw::{Item, Key, instant, text};
use sandbox::{Credentials, Observed, ObservedEmail, ObservedSms};
pub use send_window::Home;
use sends::{Accepted, By, Taken};
use std::collections::{BTreeMap, BTreeSet};

/// How long what is no stop of an enrolment may take until it is heeded: a function that has read just before it.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// No function that sends lives longer.
const FUNCTION_LASTS: SignedDuration = SignedDuration::from_secs(75);
/// The error of clocks where they are off by minutes.
const FAR_OFF: SignedDuration = SignedDuration::from_secs(240);

/// What is known of a life, and what each judge keeps of it for itself.
#[derive(Default)]
pub struct Oracle {
    items: BTreeMap<Key, Item>,
    /// Rows of steps that stand for an attempt, and of which nothing more is known: the ledger's judge alone counts them
    /// as messages.
    attempt_rows: BTreeMap<Key, Item>,
    /// The second in which the change at hand was written.
    written: Option<Timestamp>,
    /// Keys of enrolments and hints, which are looked at after every step.
    enrolments: BTreeSet<Key>,
    hints: BTreeSet<Key>,
    deleted: BTreeSet<String>,
    homes: BTreeMap<String, Home>,
    /// The error that the clocks of functions may have.
    off: SignedDuration,
    /// The time after its slot in which a provider may take a message.
    lag: SignedDuration,
    emails_seen: usize,
    texts_seen: usize,
    violations: Vec<String>,
    pub changes: u64,
    // The state of each judge.
    automations: automations::Automations,
    blocked: sender_blocks::SenderBlocks,
    claims: claims::Claims,
    closed_channels: closed_channels::ClosedChannels,
    company_hold: company_hold::CompanyHold,
    deleted_leads: deleted_leads::DeletedLeads,
    desk: inbox::Inbox,
    endings: end_reasons::Endings,
    gates: gates::Gates,
    grants: grants::Grants,
    holds: pauses::Holds,
    landing: late_deliveries::LateArrivals,
    late_steps: late_steps::LateSteps,
    leads: lead_history::LeadHistory,
    letters: read_before_send::Letters,
    mailboxes: mailbox_choice::Mailboxes,
    one_offs: one_off_messages::OneOffs,
    path: sequence_path::SequencePath,
    /// Messages whose provider reported on them after their deadline.
    reported_late: BTreeSet<String>,
    pub retry_waits: retry_waits::RetryWaits,
    rollouts: rollouts::Rollouts,
    sent: sends::Sends,
    settings: former_settings::FormerSettings,
    stops: stops::Stops,
    suppressions: suppressions::Suppressions,
    tenants: tenant_isolation::Tenants,
    texts: message_texts::MessageTexts,
    whatsapp: whatsapp_window::WhatsappWindow,
}

impl Oracle {
    /// `homes`: of people, by address and number. `far_off`: clocks of functions may be, by minutes.
    pub fn new(homes: BTreeMap<String, Home>, far_off: bool) -> Self {
        Self {
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

    fn accuse(&mut self, judge: &str, now: Timestamp, what: impl AsRef<str>) {
        self.violations.push(format!("[{judge}] {now} {}", what.as_ref()));
    }

    fn accuse_all(&mut self, judge: &str, now: Timestamp, wrong: impl IntoIterator<Item = String>) {
        wrong.into_iter().for_each(|what| self.accuse(judge, now, what));
    }

    /// Takes in what was written since it last looked.
    pub fn catch_up(&mut self, changes: &[StreamRecord], now: Timestamp) {
        for record in changes {
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
                    self.rollouts.begins.entry(key.clone()).or_insert(now);
                }
                claims::enrolment_written(self, now, key, old, new);
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
                self.sent.begun.entry(text(new, "id").to_owned()).or_insert(begun);
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
            ("suppression", new) => suppressions::written(self, now, key, old, new),
            ("campaign", Some(new)) => {
                late_steps::campaign_written(self, now, key, new);
                inbox::campaign_written(self, now, key, new);
                gates::campaign_written(self, now, key, new);
            }
            ("account", new) => {
                gates::set(self, now, key, new.is_some_and(mailbox_choice::is_paused));
                new.into_iter().for_each(|new| grants::account_written(self, now, old, new));
            }
            ("mailbox_reading", Some(new)) => read_before_send::reading_written(self, now, old, new),
            ("workspace", Some(new)) => {
                gates::set(self, now, key, raw::path(new, &["sending", "state"]) == "stopped");
            }
            _ => {}
        }
    }

    /// A person is about to let this lead go on.
    pub fn user_resumes(&mut self, lead: &str) {
        let lead = lead.trim_start_matches("lead_");
        self.holds.paused_by_user.retain(|key, _| raw::lead_of(&key.0) != lead);
        self.holds.handed_over.retain(|key, _| raw::lead_of(&key.0) != lead);
        self.holds.resumed_by_user.insert(lead.to_owned());
    }

    /// When the first of all hints comes due. Those that only have a mailbox read may wait for so long.
    pub fn earliest_hint(&self, polls_wait: SignedDuration) -> Option<Timestamp> {
        let is_poll = |key: &Key| self.items.get(key).is_some_and(pending_work::is_of_polls);
        let wait = |key: &Key| if is_poll(key) { polls_wait } else { SignedDuration::ZERO };
        self.hints.iter().filter_map(|key| Some(pending_work::due_at(key)? + wait(key))).min()
    }

    /// How many mails and texts it has seen.
    pub fn seen_outside(&self) -> (usize, usize) {
        (self.emails_seen, self.texts_seen)
    }

    /// When which mailbox was refused since it last looked.
    pub fn look_at_refusals(&mut self, refusals: &[(Timestamp, String)]) {
        for (at, mailbox) in refusals {
            self.mailboxes.refused.entry(mailbox.clone()).or_default().push(*at);
        }
    }

    /// What providers took since it last looked. `catch_up` comes first.
    pub fn look_outside(&mut self, mails: &[ObservedEmail], texts: &[ObservedSms], now: Timestamp) {
        for mail in mails {
            tenant_isolation::mail_taken(self, now, mail);
            match &mail.tag {
                Some(tag) => {
                    let by = By::Mail { from: &mail.from };
                    sends::taken(self, &Accepted { at: now, tag, to: &mail.recipient, by, says: &mail.text });
                }
                None => {
                    self.accuse(sends::JUDGE, now, format!("a mail to {} carries no tag", mail.recipient))
                }
            }
        }
        self.emails_seen += mails.len();
        for sms in texts {
            let by = if sms.from == Credentials::WHATSAPP_NUMBER { By::Chat } else { By::Text };
            let called_back = sms.status_callback.as_deref().and_then(|url| url.split_once("message="));
            let called_back = called_back.map(|(_, rest)| rest.split('&').next().unwrap_or(rest));
            match sms.tag.as_deref().or(called_back) {
                Some(tag) => sends::taken(self, &Accepted { at: now, tag, to: &sms.to, by, says: &sms.body }),
                None => self.accuse(sends::JUDGE, now, format!("a text to {} carries no tag", sms.to)),
            }
        }
        self.texts_seen += texts.len();
    }

    /// Every enrolment that goes on is found by something.
    pub fn check_custody(&mut self, cloud: &LocalCloud, now: Timestamp) {
        stops::read_dead_letters(self, cloud, now);
        pending_work::check(self, cloud, now);
    }

    /// What people did has the consequences that it must have by now.
    pub fn check_stops(&mut self, cloud: &LocalCloud, observed: &Observed, now: Timestamp) {
        if stops::all_is_taken_in(cloud) {
            let wrong = stops::at_rest(self, observed, now);
            self.accuse_all("stops", now, wrong);
        }
    }

    /// Asks every judge for what is wrong when everything has come to rest.
    pub fn settle(&mut self, rest: &Rest<'_>) {
        pending_work::check(self, rest.cloud, rest.now);
        self.check_stops(rest.cloud, rest.observed, rest.now);
        for (judge, at_rest) in judges::AT_REST {
            let wrong = at_rest(self, rest);
            self.accuse_all(judge, rest.now, wrong);
        }
    }

    /// What a user of the workspace with this id is shown by then.
    pub fn look_at_pages(&mut self, workspace: &str, shown: &Shown, now: Timestamp) {
        pages::check(self, &format!("W#{}", workspace.trim_start_matches("ws_")), shown, now);
    }
}
