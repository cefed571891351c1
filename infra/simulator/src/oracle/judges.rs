//! The judges that look at everything once more when it has come to rest, each by the name of its file.

use super::{
    Oracle, automations, closed_channels, counters, deliverability, end_reasons, engagement, evidence,
    grants, imports, inbox, late_steps, lead_keys, mail_links, message_records, one_off_messages,
    pending_work, read_before_send, replies, revenue, rollouts, send_ledger, sequence_path, tenant_isolation,
};
use jiff::Timestamp;
use local_cloud::LocalCloud;
use sandbox::Observed;

/// A life at rest, and what is known of it from outside.
pub struct Rest<'a> {
    pub cloud: &'a LocalCloud,
    pub observed: &'a Observed,
    /// What a verifier says of an address.
    pub verdict: &'a dyn Fn(&str) -> &'static str,
    pub now: Timestamp,
}

/// A judge's name, and what it finds wrong at rest.
pub type AtRest = (&'static str, fn(&Oracle, &Rest<'_>) -> Vec<String>);

pub const AT_REST: &[AtRest] = &[
    ("evidence", |oracle, rest| evidence::at_rest(oracle, rest.observed, rest.now)),
    ("send_ledger", |oracle, _| send_ledger::at_rest(oracle)),
    ("tenant_isolation", |oracle, rest| tenant_isolation::at_rest(oracle, rest.observed)),
    ("pending_work", |oracle, rest| pending_work::at_rest(oracle, rest.cloud, rest.now)),
    ("message_records", |oracle, rest| message_records::at_rest(oracle, rest.observed)),
    ("counters", |oracle, _| counters::differing(oracle)),
    ("replies", |oracle, rest| replies::at_rest(oracle, rest.observed, rest.now)),
    ("read_before_send", |oracle, rest| read_before_send::at_rest(oracle, rest.observed)),
    ("grants", |oracle, _| grants::at_rest(oracle)),
    ("mail_links", |oracle, rest| mail_links::at_rest(oracle, rest.observed)),
    ("revenue", |oracle, rest| revenue::at_rest(oracle, rest.observed, rest.now)),
    ("engagement", |oracle, rest| engagement::at_rest(oracle, rest.observed, rest.now)),
    ("imports", |oracle, _| imports::at_rest(oracle)),
    ("inbox", |oracle, rest| inbox::at_rest(oracle, rest.now)),
    ("lead_keys", |oracle, _| lead_keys::at_rest(oracle)),
    ("sequence_path", |oracle, rest| sequence_path::at_rest(oracle, rest.observed)),
    ("end_reasons", |oracle, rest| end_reasons::at_rest(oracle, rest.observed)),
    ("closed_channels", |oracle, _| closed_channels::at_rest(oracle)),
    ("rollouts", |oracle, _| rollouts::at_rest(oracle)),
    ("one_off_messages", |oracle, rest| one_off_messages::at_rest(oracle, rest.cloud, rest.now)),
    ("automations", |oracle, _| automations::at_rest(oracle)),
    ("late_steps", |oracle, rest| late_steps::at_rest(oracle, rest.now)),
    ("deliverability", |oracle, rest| deliverability::at_rest(oracle, rest.verdict)),
];
