//! Drafts of answers, in their leads' partitions: they are erased with them.

use crate::item::{Head, Stored, plain_item};
use crate::keys::answer_drafts as keys;
use crate::keys::{Key, Tenant};
use domain::ai_prompt::WrittenWith;
use domain::message::answer_draft::{AnswerDraft, AnswerDraftState};
use domain::spend::{ModelTokens, Usd};
use domain::{LeadId, MessageId, UserId, WorkspaceId};
use jiff::Timestamp;

plain_item! { AnswerDraftItem of AnswerDraft, rev, {
    workspace: WorkspaceId,
    lead: LeadId,
    message: MessageId,
    text: String,
    state: AnswerDraftState,
    written_with: Option<WrittenWith>,
    cost: Usd,
    tokens: ModelTokens,
    reservation: Option<String>,
    made_at: Timestamp,
    asked_by: Option<UserId>,
} }

impl Stored for AnswerDraft {
    const ENTITY: &'static str = "answer_draft";
    type Scope = Tenant;
    type Body = AnswerDraftItem;

    fn key(&self) -> Key<Tenant> {
        keys::answer_draft(&self.workspace, &self.lead)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> AnswerDraftItem {
        AnswerDraftItem::of(self)
    }
    fn from_body(body: AnswerDraftItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
