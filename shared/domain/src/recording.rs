//! Records what the planner was asked and what it decided, so that a later version can be asked the same
//! again. It exists for tests; a product is built without it.

use crate::campaign::auto_enrol_rule::AutoEnrolRule;
use crate::campaign::calendar::Calendar;
use crate::campaign::{Campaign, CampaignState, WhenMailboxGone};
use crate::contact::channel::Channel;
use crate::contact::country::Country;
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::enrolment::key::EnrolmentKey;
use crate::enrolment::late_rule::LateAnswer;
use crate::enrolment::transfer::Transfer;
use crate::enrolment::{Enrolment, EnrolmentState, PauseWanted};
use crate::ids::{
    AccountId, CampaignId, ImportId, LeadId, MessageId, SequenceId, StepId, TaskId, UserId, WorkspaceId,
};
use crate::lead::engagement::Engagement;
use crate::lead::enrichment::Deliverability;
use crate::lead::out_of_office::Absence;
use crate::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use crate::lead::{Lead, LeadStatus, Priority, Temperature};
use crate::planning::behaviour::Behaviour;
use crate::planning::check::Check;
use crate::planning::planner::{Plan, PlanInput, plan};
use crate::sequence::{SequenceVersion, Step};
use crate::time::time_zone::{ZoneFact, ZoneName};
use crate::time::weekly_hours::SendingWindow;
use crate::workspace::Sending;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

thread_local! {
    static RUN: RefCell<Option<Run>> = const { RefCell::new(None) };
}

/// Starts to record everything that this thread plans.
pub fn begin() {
    RUN.with(|run| *run.borrow_mut() = Some(Run::default()));
}

/// Ends the recording and returns it.
pub fn end() -> Run {
    RUN.with(|run| run.borrow_mut().take()).unwrap_or_default()
}

pub(crate) fn keep(input: &PlanInput<'_>, plan: &Plan) {
    RUN.with(|run| {
        if let Some(run) = run.borrow_mut().as_mut() {
            run.note(input, plan);
        }
    });
}

/// Recorded decisions, in order. What many of them share is stored once.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    campaigns: Vec<KeptCampaign>,
    versions: Vec<KeptVersion>,
    calendars: Vec<Calendar>,
    leads: Vec<KeptLead>,
    pub decisions: Vec<Kept>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub now: Timestamp,
    /// Indices into the lists above.
    campaign: usize,
    version: usize,
    calendar: usize,
    lead: usize,
    enrolment: KeptEnrolment,
    sending: Sending,
    suppressions: Vec<KeptSuppression>,
    seen: Behaviour,
    pub decision: String,
    pub checks: Vec<String>,
}

impl Run {
    fn note(&mut self, input: &PlanInput<'_>, plan: &Plan) {
        let kept = Kept {
            now: input.now,
            campaign: place_of(&mut self.campaigns, KeptCampaign::of(input.campaign)),
            version: place_of(&mut self.versions, KeptVersion::of(input.version)),
            calendar: place_of(&mut self.calendars, input.calendar.clone()),
            lead: place_of(&mut self.leads, KeptLead::of(input.lead)),
            enrolment: KeptEnrolment::of(input.enrolment),
            sending: *input.sending,
            suppressions: input.suppressions.iter().map(KeptSuppression::of).collect(),
            seen: *input.seen,
            decision: format!("{:?}", plan.decision),
            checks: plan.checks.iter().map(told).collect(),
        };
        self.decisions.push(kept);
    }

    /// Asks the planner everything again: the same run with today's decisions.
    #[must_use]
    pub fn again(&self) -> Self {
        let mut again = Self { decisions: Vec::new(), ..self.clone() };
        for kept in &self.decisions {
            let (version, lead) = (self.versions[kept.version].entity(), self.leads[kept.lead].entity());
            let (campaign, enrolment) = (self.campaigns[kept.campaign].entity(), kept.enrolment.entity());
            let suppressions: Vec<Suppression> =
                kept.suppressions.iter().map(KeptSuppression::entity).collect();
            let input = PlanInput {
                enrolment: &enrolment,
                version: &version,
                lead: &lead,
                campaign: &campaign,
                calendar: &self.calendars[kept.calendar],
                sending: &kept.sending,
                suppressions: &suppressions,
                seen: &kept.seen,
                now: kept.now,
            };
            again.note(&input, &plan(&input));
        }
        again
    }

    /// The run as JSON with one decision a line, so that a difference shows as one line.
    pub fn to_json(&self) -> String {
        let line = |value: &dyn Fn() -> serde_json::Result<Value>| {
            let mut value = value().expect("what is kept is plain data");
            without_nulls(&mut value);
            value.to_string()
        };
        let lines = |all: Vec<String>| format!("[\n{}\n]", all.join(",\n"));
        let part = |name: &str, all: Vec<String>| format!("{}: {}", Value::from(name), lines(all));
        let parts = [
            part("campaigns", self.campaigns.iter().map(|x| line(&|| serde_json::to_value(x))).collect()),
            part("versions", self.versions.iter().map(|x| line(&|| serde_json::to_value(x))).collect()),
            part("calendars", self.calendars.iter().map(|x| line(&|| serde_json::to_value(x))).collect()),
            part("leads", self.leads.iter().map(|x| line(&|| serde_json::to_value(x))).collect()),
            part("decisions", self.decisions.iter().map(|x| line(&|| serde_json::to_value(x))).collect()),
        ];
        format!("{{{}}}\n", parts.join(",\n"))
    }

    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }
}

fn told(check: &Check) -> String {
    format!("{} {}: {}", if check.passed { "+" } else { "-" }, check.rule, check.seen)
}

fn place_of<T: PartialEq>(known: &mut Vec<T>, one: T) -> usize {
    known.iter().position(|other| *other == one).unwrap_or_else(|| {
        known.push(one);
        known.len() - 1
    })
}

fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

/// Declares the recorded form of an entity with all its fields: a new field does not compile before it is named here.
macro_rules! kept {
    ($kept:ident of $entity:ident { $($field:ident: $kind:ty),* $(,)? }) => {
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        struct $kept { $($field: $kind),* }

        impl $kept {
            fn of(entity: &$entity) -> Self {
                let $entity { $($field),* } = entity.clone();
                Self { $($field),* }
            }

            fn entity(&self) -> $entity {
                let Self { $($field),* } = self.clone();
                $entity { $($field),* }
            }
        }
    };
}

kept! { KeptVersion of SequenceVersion {
    sequence: SequenceId, version: u32, steps: Vec<Step>, window: SendingWindow,
} }

kept! { KeptEnrolment of Enrolment {
    key: EnrolmentKey, sequence: SequenceId, version: u32, state: EnrolmentState, step: Option<StepId>, generation: u16,
    task: Option<TaskId>, due: Option<Timestamp>, late_since: Option<Timestamp>, anchor: Timestamp, thread: Option<MessageId>,
    mailbox: Option<AccountId>, channels_used: BTreeSet<Channel>, attempts: u8, enrolled_at: Timestamp, enrolled_by: Option<UserId>,
    ended_at: Option<Timestamp>, claim_open_until: Option<Timestamp>, pause_wanted: Option<PauseWanted>, company_until: Option<Timestamp>,
    failed: BTreeSet<Channel>, transfer: Option<Transfer>, rev: u64,
} }

kept! { KeptCampaign of Campaign {
    id: CampaignId, workspace: WorkspaceId, name: String, state: CampaignState, state_since: Timestamp, paused_until: Option<Timestamp>,
    sequence: SequenceId, sequence_version: u32, mailboxes: Vec<AccountId>, when_mailbox_gone: WhenMailboxGone,
    sms_sender: Option<AccountId>, whatsapp_sender: Option<AccountId>, zone: ZoneName, lead_tag: Option<String>,
    only_verified: bool, promotes_winner: bool, owner: Option<UserId>, created_at: Timestamp, launched_at: Option<Timestamp>, auto_enrol: Option<AutoEnrolRule>, late_answer: Option<LateAnswer>, rev: u64,
} }

kept! { KeptSuppression of Suppression {
    workspace: WorkspaceId, scope: SuppressionScope, reason: SuppressionReason, source: Option<String>,
    created_by: Option<UserId>, created_at: Timestamp, expires_at: Option<Timestamp>,
} }

kept! { KeptLead of Lead {
    id: LeadId, workspace: WorkspaceId, first_name: Option<String>, last_name: Option<String>,
    company: Option<String>, job_title: Option<String>, email: Option<EmailAddress>, phone: Option<PhoneNumber>,
    phone_unparsed: Option<String>, website: Option<String>, address: Option<String>, city: Option<String>,
    country: Option<Country>, category: Option<String>, rating: Option<f64>, reviews: Option<u32>,
    notes: Option<String>, source: Option<String>, tags: BTreeSet<String>, custom: BTreeMap<String, String>,
    status: LeadStatus, priority: Priority, do_not_contact: bool, owner: Option<UserId>, import: Option<ImportId>,
    zone: Option<ZoneFact>, deliverability: Option<Deliverability>, engagement: Engagement,
    announced_temperature: Temperature, away: Option<Absence>, fence: u64, active: BTreeSet<CampaignId>, mailbox: Option<AccountId>,
    lacks_value: bool, follow_up_at: Option<Timestamp>, last_contacted_at: Option<Timestamp>, created_at: Timestamp, updated_at: Timestamp, rev: u64,
} }

#[cfg(test)]
mod tests;
