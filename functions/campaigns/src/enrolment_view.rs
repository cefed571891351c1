//! One lead's enrolment in one campaign as the API shows it.

use crate::App;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::{Enrolment, EnrolmentState, PauseWanted};
use domain::event::UserOrKey;
use domain::lead::Lead;
use domain::sequence::SequenceVersion;
use domain::sequence::step_kind::StepType;
use domain::{AccountId, CampaignId, LeadId, StepId, TaskId, WorkspaceId};
use http_api::{ApiError, ApiResult, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EnrolmentView {
    pub lead_id: LeadId,
    pub lead_name: String,
    pub company: Option<String>,
    pub campaign_id: CampaignId,
    pub state: EnrolmentWord,
    /// Why the enrolment is held; `held_until` tells until when, `end_reason` why it ended.
    pub hold_reason: Option<HoldReason>,
    pub held_until: Option<Timestamp>,
    pub end_reason: Option<EndReason>,
    /// A pause was requested; it begins once the outcome of the claimed message is known, or the campaign is
    /// launched.
    pub pause_wanted: Option<WantedPauseView>,
    pub version: u32,
    /// The version that applies after the present step.
    pub bound_for: Option<u32>,
    /// Position of the next step in this version; the number of steps once all are done.
    pub step: u16,
    pub step_id: Option<StepId>,
    /// The next step's kind.
    pub step_kind: Option<StepType>,
    /// The open task that the enrolment waits for.
    pub task: Option<TaskId>,
    /// The mailbox that its mail goes out by, once one was chosen.
    pub mailbox_id: Option<AccountId>,
    /// The earliest time of the next step.
    pub due: Option<Timestamp>,
    /// The number of failed attempts at the present step.
    pub attempts: u8,
    pub enrolled_at: Timestamp,
    pub enrolled_by: Option<UserOrKey>,
    pub ended_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WantedPauseView {
    /// Left out if the pause lasts until a user resumes the enrolment.
    pub until: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentWord {
    Pending,
    Scheduled,
    Sending,
    /// The step is a task that waits for a person.
    WaitingTask,
    Held,
    Ended,
}

impl EnrolmentView {
    pub fn of(enrolment: Enrolment, lead: &Lead, version: Option<&SequenceVersion>) -> Self {
        let step = version.map(|version| present(&enrolment, version)).unwrap_or_default();
        let bound_for = enrolment.pending_transfer().map(|transfer| transfer.to);
        let (state, hold_reason, held_until, end_reason) = match *enrolment.state() {
            EnrolmentState::Pending => (EnrolmentWord::Pending, None, None, None),
            EnrolmentState::Scheduled => (EnrolmentWord::Scheduled, None, None, None),
            EnrolmentState::Claimed { .. } => (EnrolmentWord::Sending, None, None, None),
            EnrolmentState::WaitingTask => (EnrolmentWord::WaitingTask, None, None, None),
            EnrolmentState::Held { reason, until } => (EnrolmentWord::Held, Some(reason), until, None),
            EnrolmentState::Ended { reason } => (EnrolmentWord::Ended, None, None, Some(reason)),
        };
        Self {
            lead_name: lead.display_name(),
            company: lead.company.clone(),
            lead_id: enrolment.key().lead.clone(),
            campaign_id: enrolment.key().campaign.clone(),
            state,
            hold_reason,
            held_until,
            end_reason,
            pause_wanted: enrolment.pause_wanted().map(|PauseWanted { until, .. }| WantedPauseView { until }),
            version: enrolment.version(),
            bound_for,
            step: step.0,
            step_kind: step.1,
            step_id: enrolment.step().clone(),
            task: enrolment.task().clone(),
            mailbox_id: enrolment.mailbox().clone(),
            due: enrolment.due(),
            attempts: enrolment.attempts(),
            enrolled_at: enrolment.enrolled_at(),
            enrolled_by: enrolment.enrolled_by().clone(),
            ended_at: enrolment.ended_at(),
        }
    }
}

fn present(enrolment: &Enrolment, version: &SequenceVersion) -> (u16, Option<StepType>) {
    let position = enrolment.step().as_ref().and_then(|step| version.position(step));
    let kind =
        enrolment.step().as_ref().and_then(|step| version.step(step)).map(|step| step.kind.step_type());
    let done = u16::try_from(version.steps.len()).unwrap_or(u16::MAX);
    (position.unwrap_or(done), kind)
}

impl App {
    /// Shows enrolments with the names of their leads, which are read together. Those of deleted leads are left out.
    pub async fn enrolment_views(
        &self,
        workspace: &WorkspaceId,
        enrolments: Vec<Enrolment>,
    ) -> ApiResult<Vec<EnrolmentView>> {
        let ids: Vec<LeadId> = enrolments.iter().map(|enrolment| enrolment.key().lead.clone()).collect();
        let leads = self.leads_with_deleted.get_many(workspace, &ids).await?;
        let shown = leads.into_iter().filter(|lead| !lead.is_deleted());
        let leads: BTreeMap<LeadId, Lead> = shown.map(|lead| (lead.id.clone(), lead)).collect();
        // The lead of an enrolment may have been merged into another one, which is shown in its place.
        let shown_as =
            |id: &LeadId| leads.get(id).or_else(|| leads.values().find(|lead| lead.absorbed.contains(id)));
        let mut versions = BTreeMap::new();
        for enrolment in &enrolments {
            let key = (enrolment.sequence().clone(), enrolment.version());
            if let Entry::Vacant(slot) = versions.entry(key) {
                let version = self.sequences.version(workspace, &slot.key().0, slot.key().1).await?;
                slot.insert(version);
            }
        }
        let view = |enrolment: Enrolment| {
            let lead = shown_as(&enrolment.key().lead)?;
            let version = versions.get(&(enrolment.sequence().clone(), enrolment.version()));
            Some(EnrolmentView::of(enrolment, lead, version))
        };
        Ok(enrolments.into_iter().filter_map(view).collect())
    }

    pub async fn enrolment_view(&self, enrolment: Enrolment) -> ApiResult<EnrolmentView> {
        let workspace = enrolment.key().workspace.clone();
        let mut views = self.enrolment_views(&workspace, vec![enrolment]).await?;
        views.pop().ok_or_else(|| ApiError::not_found("enrolment"))
    }
}
