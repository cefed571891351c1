//! Stores leads and everything in a lead's partition.

mod activity;

pub use crate::ports::leads::activity::{Activity, ActivityKind, Engaged, RuleEffect};

use crate::ports::store::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::campaign::Campaign;
use domain::campaign::writing::LineUsed;
use domain::contact::chat_recipient::ChatUser;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::deal::Deal;
use domain::enrolment::Enrolment;
use domain::event::Event;
use domain::lead::enrichment::{Field, FieldResult};
use domain::lead::filter::LeadFilter;
use domain::lead::stage::{LostReasonId, StageId};
use domain::lead::{Lead, Priority, Temperature};
use domain::message::answer_draft::AnswerDraft;
use domain::message::conversation::Conversation;
use domain::message::identity::message_of;
use domain::message::{Direction, Message, MessageState};
use domain::workspace::call_cost::CallCost;
use domain::workspace::preview_page::PreviewPage;
use domain::workspace::recording::CallRecording;
use domain::workspace::task::Task;
use domain::{CampaignId, LeadId, MessageId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// An address or number at which a lead is reached.
#[derive(Debug, Clone, Copy)]
pub enum Reached<'a> {
    Email(&'a EmailAddress),
    Phone(&'a PhoneNumber),
    /// WhatsApp's id of the person, beside the number or in its place.
    ChatUser(&'a ChatUser),
}

/// Stores leads. `Ports::leads` passes over a lead that is deleted and can still be restored, as if it did not exist;
/// only its keys name it. `Ports::leads_with_deleted` finds it, too.
///
/// The id of a lead that was merged into another stands for that one: `get`, `file` and `EnrolmentStore::stop` return or
/// change the survivor, whose file has the messages, enrolments, tasks and timeline of both. `get_many` leaves such an
/// id out, as every list does; that of `leads_with_deleted` returns the survivor.
#[async_trait]
pub trait LeadStore: Send + Sync {
    /// Stores a new lead, without a transaction: the unique e-mail (or, without e-mail, phone) key is put first and
    /// names the lead. A repeat with the same id MUST complete what was cut off and answer `Created`.
    async fn create(&self, lead: &Lead, event: &Event) -> StoreResult<Creation>;

    async fn get(&self, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<Lead>;

    /// Reads several leads in the order asked for; missing ones are left out.
    async fn get_many(&self, workspace: &WorkspaceId, ids: &[LeadId]) -> StoreResult<Vec<Lead>>;

    /// Saves a lead. MUST NOT be used where e-mail, phone or WhatsApp's id changed: that is `change_identity`.
    async fn save(&self, lead: &Lead, event: &Event) -> StoreResult<u64>;

    /// Saves a lead with a new address, number or id in one transaction: the lead, its new keys, its old keys. `Conflict`
    /// if the new e-mail belongs to another lead.
    async fn change_identity(&self, before: &Lead, after: &Lead, event: &Event) -> StoreResult<u64>;

    /// Returns the leads that are deleted and can still be restored, the latest deletion first. A page MAY be
    /// shorter than asked for.
    async fn deleted(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<Lead>>;

    /// Returns a page of the leads that were deleted up to this time, the earliest first. The list MAY be a moment
    /// behind: whoever erases a lead reads it before.
    async fn deleted_by(
        &self,
        workspace: &WorkspaceId,
        at: Timestamp,
        cursor: Option<String>,
    ) -> StoreResult<(Vec<LeadId>, Option<String>)>;

    /// Erases the lead with everything in its partition, its keys, drafts to it and notifications about it.
    /// `Conflict` where it is enrolled: the caller stops it before, and again if it was enrolled since; and where it was
    /// merged into another lead, or a lead that was merged into it is not erased yet. Items that
    /// name blobs in the bucket MUST stay until those are deleted: their keys are returned, and `erase_blobs`
    /// continues with them.
    async fn erase(&self, workspace: &WorkspaceId, id: &LeadId, event: &Event) -> StoreResult<Vec<String>>;

    /// Does what `erase` does for a lead that was merged into `survivor`, or into one that was. `Conflict` where it is
    /// so no longer.
    async fn erase_absorbed(&self, survivor: &Lead, id: &LeadId, event: &Event) -> StoreResult<Vec<String>>;

    /// Continues an erasure that broke off, and deletes what others wrote to the lead meanwhile; does nothing where
    /// there was none. Items that name only blobs in `freed` are deleted too; returns the bucket keys that are left.
    async fn finish_erasure(
        &self,
        workspace: &WorkspaceId,
        id: &LeadId,
        freed: &[String],
    ) -> StoreResult<Vec<String>>;

    /// Deletes what was written beside a lead that is gone, by a writer that was at it when it was deleted. Items
    /// that name blobs are left to `finish_erasure`.
    async fn delete_leftovers(&self, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<()>;

    async fn find_by_email(
        &self,
        workspace: &WorkspaceId,
        email: &EmailAddress,
    ) -> StoreResult<Option<LeadId>>;

    /// Returns the leads with this number, at most 20.
    async fn find_by_phone(&self, workspace: &WorkspaceId, phone: &PhoneNumber) -> StoreResult<Vec<LeadId>>;

    /// Notes another address of the lead, from which it writes, and which `find_by_former` then finds. Safe to repeat.
    async fn note_address(&self, workspace: &WorkspaceId, id: &LeadId, at: Reached<'_>) -> StoreResult<()>;

    /// Returns the leads that have this as another address: they were reached there before, have written from there, or
    /// are this chat user; at most 20.
    async fn find_by_former(&self, workspace: &WorkspaceId, at: Reached<'_>) -> StoreResult<Vec<LeadId>>;

    /// Reads the lead and everything that happened to it, in one query.
    async fn file(&self, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<LeadFile>;

    /// Returns ids in no particular order, for jobs over all leads.
    async fn ids(
        &self,
        workspace: &WorkspaceId,
        cursor: Option<String>,
    ) -> StoreResult<(Vec<LeadId>, Option<String>)>;

    async fn put_field(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        result: &FieldResult,
        event: &Event,
    ) -> StoreResult<()>;

    async fn field(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        field: Field,
    ) -> StoreResult<Option<FieldResult>>;

    /// Reads the lead with what is known of these fields of it, in one call.
    async fn get_with_fields(
        &self,
        workspace: &WorkspaceId,
        id: &LeadId,
        fields: &[Field],
    ) -> StoreResult<(Lead, Vec<FieldResult>)>;

    /// Does what `field` does for several leads, and leaves out those without the field.
    async fn field_of_many(
        &self,
        workspace: &WorkspaceId,
        leads: &[LeadId],
        field: Field,
    ) -> StoreResult<Vec<(LeadId, FieldResult)>>;

    /// Stores a campaign's own opening line for the lead.
    async fn put_campaign_line(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        campaign: &CampaignId,
        result: &FieldResult,
        event: &Event,
    ) -> StoreResult<()>;

    async fn campaign_line(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        campaign: &CampaignId,
    ) -> StoreResult<Option<FieldResult>>;

    /// Does what `campaign_line` does for several leads, and leaves out those without one.
    async fn campaign_lines(
        &self,
        workspace: &WorkspaceId,
        leads: &[LeadId],
        campaign: &CampaignId,
    ) -> StoreResult<Vec<(LeadId, FieldResult)>>;

    /// Stores a timeline entry for what has no item of its own: visits, clicks, notes, status changes. `Conflict`
    /// when the id is known: a repeat.
    async fn put_activity(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        activity: &Activity,
    ) -> StoreResult<()>;

    /// Saves visits that were judged again, with the lead and the messages that count them, in one transaction: all
    /// together are at most 90. `Conflict` if one of them was saved or removed since it was read.
    async fn save_verdicts(
        &self,
        lead: &Lead,
        visits: &[Activity],
        messages: &[Message],
        event: &Event,
    ) -> StoreResult<()>;

    async fn has_activity(&self, workspace: &WorkspaceId, lead: &LeadId, id: &str) -> StoreResult<bool>;

    /// Does what `has_activity` does for the lead and those that were merged into it.
    async fn has_had_activity(&self, lead: &Lead, id: &str) -> StoreResult<bool> {
        for each in std::iter::once(&lead.id).chain(&lead.absorbed) {
            if self.has_activity(&lead.workspace, each, id).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creation {
    Created,
    /// The e-mail or phone belongs to this lead already; nothing was written.
    Duplicate(LeadId),
    /// The lead was created before, and erased since: it does not come back.
    Deleted,
}

#[derive(Debug, Clone)]
pub struct LeadFile {
    pub lead: Lead,
    pub enrolments: Vec<Enrolment>,
    /// The messages, oldest first.
    pub messages: Vec<Message>,
    /// Rows of steps that were written before a claim, of which nothing more is known. Only the send pipeline
    /// reads them.
    pub attempts: Vec<Message>,
    pub tasks: Vec<Task>,
    pub deals: Vec<Deal>,
    pub fields: Vec<FieldResult>,
    /// The opening lines that campaigns have of their own for this lead.
    pub campaign_lines: Vec<(CampaignId, FieldResult)>,
    /// The campaign's choice among them and the lead's own, once `in_campaign` was asked.
    pub line_used: Option<LineUsed>,
    pub activities: Vec<Activity>,
    pub conversation: Option<Conversation>,
    /// The draft of an answer; where the lead has none, that of a lead that was merged into it.
    pub answer_draft: Option<AnswerDraft>,
    pub preview: Option<PreviewPage>,
    /// The recordings of calls, deleted ones too.
    pub recordings: Vec<CallRecording>,
    /// What the calls that the app placed have cost.
    pub call_costs: Vec<CallCost>,
}

impl LeadFile {
    /// The opening line that messages to this lead have: the lead's own, or the one that a campaign uses.
    pub fn opening_line(&self) -> Option<&str> {
        match &self.line_used {
            Some(used) => Some(&used.text),
            None => self.own_line()?.status.opening_line(),
        }
    }

    fn own_line(&self) -> Option<&FieldResult> {
        self.fields.iter().find(|result| result.field == Field::FirstLine)
    }

    /// Makes it the file for messages of this campaign, which may use another opening line.
    #[must_use]
    pub fn in_campaign(mut self, campaign: &Campaign) -> Self {
        let of_campaign = self.campaign_lines.iter().find(|(id, _)| *id == campaign.id);
        let of_campaign = of_campaign.map(|(_, result)| result);
        self.line_used = campaign.writing.line_for(&self.lead, self.own_line(), of_campaign);
        self
    }

    /// Finds an inbound mail that names this message of ours as the one it replies to.
    pub fn find_reply_to(&self, message: &MessageId) -> Option<&Message> {
        let about =
            |answer: &&Message| answer.in_reply_to.as_deref().and_then(message_of).as_ref() == Some(message);
        self.messages.iter().filter(|answer| answer.direction == Direction::In).find(about)
    }

    /// The row of a message of ours as it is stored, also where it is of an attempt alone.
    pub fn row_of(&self, id: &MessageId) -> Option<&Message> {
        self.attempts.iter().chain(&self.messages).find(|row| row.id == *id)
    }
}

impl LeadFile {
    /// Tells whether it is uncertain that this message went out.
    pub fn is_uncertain(&self, id: &MessageId) -> bool {
        self.messages.iter().any(|message| message.id == *id && message.state == MessageState::Uncertain)
    }
}

/// A query for leads.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LeadQuery {
    pub filter: LeadFilter,
    pub sort: LeadSort,
    pub descending: bool,
    /// The size of a page: 1–20,000.
    pub limit: usize,
    pub cursor: Option<String>,
    /// Leads with the revisions that the caller has seen of them: the list shows them no older than that.
    pub seen: Vec<(LeadId, u64)>,
    /// The instant as of which scores and temperatures are computed.
    pub as_of: Option<Timestamp>,
    /// The names of fields that rows show besides what they always show.
    pub columns: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum LeadSort {
    #[default]
    Created,
    Updated,
    Name,
    Company,
    Score,
    Status,
    FollowUp,
    LastContacted,
    /// Any other field, by its name in rules, a custom one included.
    Field(String),
}

impl LeadSort {
    /// The field that leads are sorted by, by its name in rules.
    pub fn field(&self) -> &str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Name => "name",
            Self::Company => "company",
            Self::Score => "score",
            Self::Status => "status",
            Self::FollowUp => "follow_up",
            Self::LastContacted => "last_contacted",
            Self::Field(name) => name,
        }
    }
}

#[derive(Debug, Clone)]
pub struct LeadPage {
    pub leads: Vec<LeadRow>,
    /// How many leads match, over all pages.
    pub total: usize,
    pub next_cursor: Option<String>,
}

/// The row of a lead in a list: the lead itself is not read.
#[derive(Debug, Clone, PartialEq)]
pub struct LeadRow {
    pub id: LeadId,
    pub name: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub company: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub city: Option<String>,
    pub country: Option<domain::contact::country::Country>,
    pub category: Option<String>,
    pub zone: Option<String>,
    pub status: StageId,
    pub stage_since: Timestamp,
    pub lost_reason: Option<LostReasonId>,
    pub priority: Priority,
    pub do_not_contact: bool,
    /// Whether a message of the lead may be an opt-out and no user has decided yet.
    pub possible_opt_out: bool,
    pub owner: Option<UserId>,
    pub tags: Vec<String>,
    pub score: u8,
    pub temperature: Temperature,
    /// The temperature that the score alone gives.
    pub temperature_of_score: Temperature,
    /// The temperature of the score as it was last announced.
    pub announced_temperature: Temperature,
    pub active: Vec<CampaignId>,
    pub follow_up_at: Option<Timestamp>,
    pub last_contacted_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
    /// The values of the columns that were asked for and are not above: texts, numbers, or lists of texts.
    pub fields: BTreeMap<String, Value>,
}
