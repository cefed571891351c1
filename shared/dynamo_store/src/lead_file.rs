//! A lead's file: its whole partition in one query; and the two kinds of item that are known only there.

use crate::item::{Head, Item, Stored, decode, head, text_of};
use crate::keys::{self, Key, Tenant};
use crate::lead_item::{is_gone, merged_into};
use crate::query::{Query, Range};
use crate::table::Table;
use application::ports::leads::{Activity, ActivityKind, LeadFile};
use application::{StoreError, StoreResult};
use domain::deal::{Deal, DealNews};
use domain::enrolment::Enrolment;
use domain::event::{Actor, Event, EventKind, UserOrKey};
use domain::lead::Lead;
use domain::lead::enrichment::FieldResult;
use domain::lead::meeting::MeetingNews;
use domain::lead::merging::MOST_ABSORBED;
use domain::message::Message;
use domain::message::answer_draft::AnswerDraft;
use domain::message::conversation::Conversation;
use domain::workspace::call_cost::CallCost;
use domain::workspace::preview_page::PreviewPage;
use domain::workspace::recording::CallRecording;
use domain::workspace::task::Task;
use domain::{CampaignId, LeadId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredField {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    /// The campaign whose own opening line it is.
    pub campaign: Option<CampaignId>,
    pub result: FieldResult,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct FieldItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    campaign: Option<CampaignId>,
    result: FieldResult,
}

impl Stored for StoredField {
    const ENTITY: &'static str = "field";
    type Scope = Tenant;
    type Body = FieldItem;

    fn key(&self) -> Key<Tenant> {
        match &self.campaign {
            Some(campaign) => keys::campaign_line(&self.workspace, &self.lead, campaign),
            None => keys::field(&self.workspace, &self.lead, self.result.field),
        }
    }
    fn body(&self, _rev: u64) -> FieldItem {
        FieldItem { campaign: self.campaign.clone(), result: self.result.clone() }
    }
    fn from_body(body: FieldItem, head: &Head) -> Result<Self, String> {
        let (workspace, lead) = keys::lead_of(&head.pk)?;
        Ok(Self { workspace, lead, campaign: body.campaign, result: body.result })
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredActivity {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    pub activity: Activity,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ActivityItem {
    id: String,
    at: Timestamp,
    what: ActivityKind,
    actor: Option<UserOrKey>,
}

impl Stored for StoredActivity {
    const ENTITY: &'static str = "activity";
    type Scope = Tenant;
    type Body = ActivityItem;

    fn key(&self) -> Key<Tenant> {
        keys::activity(&self.workspace, &self.lead, &self.activity.id)
    }
    fn body(&self, _rev: u64) -> ActivityItem {
        let Activity { id, at, kind, actor } = self.activity.clone();
        ActivityItem { id, at, what: kind, actor }
    }
    fn from_body(body: ActivityItem, head: &Head) -> Result<Self, String> {
        let (workspace, lead) = keys::lead_of(&head.pk)?;
        let activity = Activity { id: body.id, at: body.at, kind: body.what, actor: body.actor };
        Ok(Self { workspace, lead, activity })
    }
}

/// Returns the event of a timeline entry, which is the entry itself.
pub(crate) fn event_of_activity(activity: &Activity) -> Event {
    let kind = match &activity.kind {
        ActivityKind::Engaged { .. } => EventKind::LeadEngaged,
        ActivityKind::TurnedHot { .. } => EventKind::LeadTurnedHot,
        ActivityKind::StatusChanged { .. } => EventKind::LeadStatusChanged,
        ActivityKind::Note { .. } => EventKind::NoteAdded,
        ActivityKind::Suppressed { .. } => EventKind::LeadSuppressed,
        ActivityKind::Paid { .. } => EventKind::LeadPaid,
        ActivityKind::PaymentFailed { .. } => EventKind::PaymentFailed,
        ActivityKind::Meeting { news: MeetingNews::CalledOff, .. } => EventKind::MeetingCalledOff,
        ActivityKind::Meeting { .. } => EventKind::MeetingBooked,
        ActivityKind::Disputed { .. } => EventKind::DisputeNoted,
        ActivityKind::SubscriptionEnding { .. } => EventKind::SubscriptionChanged,
        ActivityKind::Restored { .. } => EventKind::LeadRestored,
        ActivityKind::RuleCarriedOut { .. } => EventKind::RuleCarriedOut,
        ActivityKind::ConsentChanged { .. } => EventKind::ConsentChanged,
        ActivityKind::Deal { news, .. } => match news {
            DealNews::Added { .. } => EventKind::DealCreated,
            DealNews::ValueChanged { .. } => EventKind::DealChanged,
            DealNews::Won { .. } => EventKind::DealWon,
            DealNews::Lost { .. } => EventKind::DealLost,
            DealNews::Reopened {} => EventKind::DealReopened,
        },
        ActivityKind::Merged { .. } => EventKind::LeadMerged,
        ActivityKind::Unmerged { .. } => EventKind::LeadUnmerged,
    };
    let actor = activity.actor.as_ref().map_or(Actor::System, UserOrKey::actor);
    Event::new(kind, actor, activity.at).because(activity.id.clone())
}

/// The most timeline entries of one lead that are read. A lead has some hundred, and what strangers add has limits of
/// its own; a partition that is larger nevertheless must not keep the lead's stop from being heard.
const MOST_ENTRIES: usize = if cfg!(test) { 30 } else { 3_000 };

/// The most entries that are read beside them whose ids say no time. The visits to a lead's page have such ids, and no more of
/// them are recorded.
const MOST_TIMELESS: usize = if cfg!(test) { 5 } else { 1_000 };
/// The beginning of the ids that say no time: those of 1970, before all others.
const TIMELESS: &str = "0000000000";
const FIRST_TIME: &str = "0000000001";

fn is_entry(item: &Item) -> bool {
    text_of(item, "sk").is_some_and(|sk| sk.starts_with(keys::ACTIVITIES.0))
}

impl Table {
    /// Reads a lead's whole partition, with no more than `MOST_ENTRIES` of its timeline entries. Where there are more, the
    /// newest are read apart, and so are those without a time in their ids and what lies behind all entries.
    async fn read_partition(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<Vec<Item>> {
        let partition = keys::lead_partition(workspace, lead);
        let (mut items, mut entries) = (Vec::new(), 0);
        let mut is_cut = false;
        self.query_pages(Query::table(&partition), |page| {
            for item in page {
                if is_entry(&item) {
                    entries += 1;
                    if entries > MOST_ENTRIES {
                        is_cut = true;
                        return Ok(ControlFlow::Break(()));
                    }
                }
                items.push(item);
            }
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        if is_cut {
            tracing::warn!(lead.id = %lead, "a lead has more timeline entries than are read");
            items.retain(|item| !is_entry(item));
            let [timeless, timed] = [TIMELESS, FIRST_TIME].map(|id| format!("{}{id}", keys::ACTIVITIES.0));
            let timeless = Query::table(&partition).range(Range::Prefix(timeless)).limit(MOST_TIMELESS);
            items.extend(self.query(timeless).await?);
            let timed = Range::Between(timed, keys::ACTIVITIES.1.to_owned());
            let newest = Query::table(&partition).range(timed).descending().limit(MOST_ENTRIES);
            items.extend(self.query(newest).await?);
            let behind = Range::Above(keys::ACTIVITIES.1.to_owned());
            items.extend(self.query(Query::table(&partition).range(behind)).await?);
        }
        Ok(items)
    }

    pub(crate) async fn read_file(&self, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<LeadFile> {
        let mut items = self.read_partition(workspace, id).await?;
        for _ in 0..MOST_ABSORBED {
            let Some(into) = items.iter().find_map(merged_into) else { break };
            items = self.read_partition(workspace, &into).await?;
        }
        let mut lead: Option<Lead> = None;
        let (mut enrolments, mut rows, mut tasks) = (Vec::new(), Vec::new(), Vec::new());
        let mut deals: Vec<Deal> = Vec::new();
        let (mut fields, mut campaign_lines, mut activities) = (Vec::new(), Vec::new(), Vec::new());
        let (mut conversation, mut answer_draft, mut preview) = (None, None, None);
        let mut recordings: Vec<CallRecording> = Vec::new();
        let mut call_costs: Vec<CallCost> = Vec::new();
        for item in items {
            let head = head(&item)?;
            match head.entity.as_str() {
                Lead::ENTITY if self.hides(&item) => return Err(StoreError::NotFound),
                Lead::ENTITY => lead = Some(decode(item)?),
                Enrolment::ENTITY => enrolments.push(decode::<Enrolment>(item)?),
                Message::ENTITY => rows.push(decode::<Message>(item)?),
                Task::ENTITY => tasks.push(decode::<Task>(item)?),
                Deal::ENTITY => deals.push(decode(item)?),
                StoredField::ENTITY => match decode::<StoredField>(item)? {
                    StoredField { campaign: Some(campaign), result, .. } => {
                        campaign_lines.push((campaign, result));
                    }
                    StoredField { campaign: None, result, .. } => fields.push(result),
                },
                StoredActivity::ENTITY => activities.push(decode::<StoredActivity>(item)?.activity),
                Conversation::ENTITY => conversation = Some(decode(item)?),
                AnswerDraft::ENTITY => answer_draft = Some(decode(item)?),
                PreviewPage::ENTITY => preview = Some(decode(item)?),
                CallRecording::ENTITY => recordings.push(decode(item)?),
                CallCost::ENTITY => call_costs.push(decode(item)?),
                // Kinds that a later version adds are ignored.
                _ => {}
            }
        }
        for absorbed in lead.iter().flat_map(|lead| &lead.absorbed) {
            let theirs = self.read_partition(workspace, absorbed).await?;
            // One that is being erased has nothing to show any more.
            if theirs.iter().any(is_gone) {
                continue;
            }
            for item in theirs {
                match head(&item)?.entity.as_str() {
                    Enrolment::ENTITY => enrolments.push(decode::<Enrolment>(item)?),
                    Message::ENTITY => rows.push(decode::<Message>(item)?),
                    Task::ENTITY => tasks.push(decode::<Task>(item)?),
                    Deal::ENTITY => deals.push(decode(item)?),
                    StoredActivity::ENTITY => activities.push(decode::<StoredActivity>(item)?.activity),
                    AnswerDraft::ENTITY if answer_draft.is_none() => answer_draft = Some(decode(item)?),
                    PreviewPage::ENTITY if preview.is_none() => preview = Some(decode(item)?),
                    CallRecording::ENTITY => recordings.push(decode(item)?),
                    CallCost::ENTITY => call_costs.push(decode(item)?),
                    _ => {}
                }
            }
        }
        let attempts = rows.iter().filter(|row| row.is_of_attempt()).cloned().collect();
        let mut messages: Vec<Message> = rows.into_iter().filter_map(Message::without_attempt).collect();
        messages.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        activities.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        deals.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        tasks.sort_by(|a, b| (a.due_at, &a.id).cmp(&(b.due_at, &b.id)));
        let lead = lead.ok_or(StoreError::NotFound)?;
        Ok(LeadFile {
            lead,
            enrolments,
            messages,
            attempts,
            tasks,
            deals,
            fields,
            campaign_lines,
            line_used: None,
            activities,
            conversation,
            answer_draft,
            preview,
            recordings,
            call_costs,
        })
    }
}
