//! An inbound record as admins see it.

use crate::App;
use application::ports::inbound_records::InboundRecord;
use application::queue_messages::{IngestEvent, Payload};
use domain::message::inbound_outcome::{Became, InboundOutcome};
use domain::{AccountId, InboundId, LeadId, WorkspaceId};
use http_api::{ApiResult, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct InboundView {
    pub id: InboundId,
    /// The provider's word, such as `twilio`.
    pub provider: String,
    pub account: AccountId,
    pub received_at: Timestamp,
    pub outcome: InboundOutcome,
    pub became: Vec<Became>,
    /// The leads that it is about.
    pub leads: Vec<InboundLead>,
    /// The reason why it could not be read, or not yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay: Option<ReplayView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct InboundLead {
    pub id: LeadId,
    pub name: String,
}

/// The latest replay.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReplayView {
    pub asked_at: Timestamp,
    /// When it was read again; absent while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
    /// Whether something else became of it than before.
    pub has_changed: bool,
}

impl App {
    pub(crate) async fn inbound_views(
        &self,
        workspace: &WorkspaceId,
        records: Vec<InboundRecord>,
    ) -> ApiResult<Vec<InboundView>> {
        let leads: BTreeSet<LeadId> = records.iter().flat_map(|record| record.leads.clone()).collect();
        let leads = self.leads.get_many(workspace, &Vec::from_iter(leads)).await?;
        let names: BTreeMap<LeadId, String> =
            leads.into_iter().map(|lead| (lead.id.clone(), lead.display_name())).collect();
        Ok(records.into_iter().map(|record| view(record, &names)).collect())
    }
}

fn view(record: InboundRecord, names: &BTreeMap<LeadId, String>) -> InboundView {
    let lead = |id: LeadId| names.get(&id).cloned().map(|name| InboundLead { id, name });
    InboundView {
        received_at: received_at(&record),
        id: record.id,
        provider: record.provider,
        account: record.account,
        outcome: record.outcome,
        became: record.became,
        leads: record.leads.into_iter().filter_map(lead).collect(),
        detail: record.detail,
        replay: record.replay.map(|replay| ReplayView {
            asked_at: replay.asked_at,
            done_at: replay.done_at,
            has_changed: replay.has_changed,
        }),
    }
}

fn received_at(record: &InboundRecord) -> Timestamp {
    match &record.event {
        IngestEvent::Webhook { received_at, .. } | IngestEvent::Mail { received_at, .. } => *received_at,
        _ => record.id.at(),
    }
}

/// Returns the payload as the provider sent it; nothing for one that lies in the bucket.
pub fn payload(record: &InboundRecord) -> Option<String> {
    match &record.event {
        IngestEvent::Webhook { body: Payload::Inline(text), .. } => Some(text.clone()),
        _ => None,
    }
}
