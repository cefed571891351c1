mod ai_use;
mod campaigns;
mod change;
mod columns;
mod deals;
mod document;
mod enrolments;
mod golden;
mod icps;
mod inbox;
mod index_change;
mod lead_lists;
mod leads;
mod machinery;
mod money;
mod people;
mod prompts;
mod prospects;
mod push;
mod routing;
mod settings;
mod spend;

use crate::{Table, definition};
use application::Clock;
use domain::campaign::{Campaign, CampaignState, WhenMailboxGone};
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::{Enrolment, EnrolmentSnapshot, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::time::time_zone::ZoneName;
use domain::{CampaignId, LeadId, SequenceId, StepId, WorkspaceId};
use jiff::Timestamp;
use local_cloud::{IndexSpec, LocalCloud, Principal, TableSpec};
use std::sync::Arc;

pub(crate) struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        at("2026-11-20T09:00:00Z")
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn later(seconds: i64) -> Timestamp {
    Still.now() + jiff::SignedDuration::from_secs(seconds)
}

pub(crate) struct World {
    pub cloud: LocalCloud,
    pub table: Table,
}

impl World {
    pub(crate) fn new() -> Self {
        let cloud = LocalCloud::in_memory(Arc::new(Still)).unwrap();
        let definition = definition();
        let index = IndexSpec {
            name: definition.index.name.into(),
            partition_key: definition.index.partition_key.into(),
            sort_key: Some(definition.index.sort_key.into()),
            carried: Some(definition.index.carried.iter().map(|name| (*name).into()).collect()),
        };
        let spec = TableSpec {
            name: "main".into(),
            partition_key: definition.partition_key.into(),
            sort_key: Some(definition.sort_key.into()),
            indexes: vec![index],
            ttl_attribute: Some(definition.ttl_attribute.into()),
        };
        cloud.create_table(&spec).unwrap();
        let aws = cloud.retrying_sdk_config_for(Principal::root());
        Self { table: Table::new(&aws, "main"), cloud }
    }

    /// Returns the write units that `work` costs.
    pub(crate) async fn write_units<T>(&self, work: impl Future<Output = T>) -> (T, f64) {
        let before = self.cloud.ledger().snapshot();
        let result = work.await;
        (result, self.cloud.ledger().since(&before).write_units())
    }

    pub(crate) async fn read_units<T>(&self, work: impl Future<Output = T>) -> (T, f64) {
        let before = self.cloud.ledger().snapshot();
        let result = work.await;
        (result, self.cloud.ledger().since(&before).read_units())
    }
}

pub(crate) fn workspace() -> WorkspaceId {
    WorkspaceId::derived(at("2026-01-01T00:00:00Z"), &["workspace"])
}

pub(crate) fn other_workspace() -> WorkspaceId {
    WorkspaceId::derived(at("2026-01-01T00:00:00Z"), &["other"])
}

pub(crate) fn event(kind: EventKind) -> Event {
    Event::system(kind, Still.now())
}

/// Makes the nth lead: each was created a second after the one before.
pub(crate) fn lead(n: i64) -> Lead {
    let created = later(n);
    let mut lead = Lead::blank(LeadId::derived(created, &["lead", &n.to_string()]), workspace(), created);
    lead.first_name = Some("Billy".into());
    lead.last_name = Some(format!("Knapp {n:03}"));
    lead.company = Some("Hanson-Burke".into());
    lead.email = Some(EmailAddress::parse(&format!("billy{n}@hanson.example.com")).unwrap());
    lead.phone = Some(PhoneNumber::try_from(format!("+1518519{:04}", 6000 + n)).unwrap());
    lead
}

pub(crate) fn campaign(name: &str) -> Campaign {
    Campaign {
        id: CampaignId::derived(Still.now(), &[name]),
        workspace: workspace(),
        name: name.into(),
        state: CampaignState::Draft,
        state_since: Still.now(),
        paused_until: None,
        sequence: SequenceId::derived(Still.now(), &["sequence"]),
        sequence_version: 1,
        mailboxes: Vec::new(),
        when_mailbox_gone: WhenMailboxGone::Reassign,
        sms_sender: None,
        whatsapp_sender: None,
        zone: ZoneName::utc(),
        lead_tag: None,
        only_verified: false,
        untracked: Default::default(),
        writing: Default::default(),
        promotes_winner: false,
        ab_tests: Default::default(),
        late_answer: None,
        auto_enrol: None,
        owner: None,
        created_at: Still.now(),
        launched_at: None,
        rev: 0,
    }
}

pub(crate) fn enrolment(lead: &Lead, campaign: &Campaign, state: EnrolmentState) -> Enrolment {
    Enrolment::rebuild(EnrolmentSnapshot {
        key: EnrolmentKey {
            workspace: lead.workspace.clone(),
            lead: lead.id.clone(),
            campaign: campaign.id.clone(),
        },
        sequence: campaign.sequence.clone(),
        version: 1,
        state,
        step: Some(StepId::derived(Still.now(), &["step"])),
        generation: 0,
        task: None,
        due: Some(later(60)),
        anchor: Still.now(),
        thread: None,
        channels_used: [].into(),
        mailbox: None,
        attempts: 0,
        enrolled_at: Still.now(),
        enrolled_by: None,
        ended_at: None,
        late_since: None,
        claim_open_until: None,
        pause_wanted: None,
        company_until: None,
        failed: Default::default(),
        transfer: None,
        rev: 0,
    })
}
