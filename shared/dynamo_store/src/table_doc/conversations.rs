//! The access patterns of a lead's conversation.

use super::Doc;
use crate::keys::{self, answer_drafts};
use domain::{LeadId, WorkspaceId};

pub(super) fn describe(doc: &mut Doc, workspace: &WorkspaceId, lead: &LeadId) {
    doc.key("the conversation", keys::conversation(workspace, lead), "`ConversationStore::{get, save}`");
    doc.key(
        "the draft of an answer to its latest message",
        answer_drafts::answer_draft(workspace, lead),
        "`ConversationStore::{answer_draft, answer_drafts, save_answer_draft}`",
    );
}
