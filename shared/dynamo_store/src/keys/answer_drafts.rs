//! Keys of drafts of answers: one beside each conversation.

use super::{WorkspaceKey, lead_partition};
use domain::{LeadId, WorkspaceId};

pub(crate) fn answer_draft(workspace: &WorkspaceId, lead: &LeadId) -> WorkspaceKey {
    lead_partition(workspace, lead).at("V#DRAFT")
}
