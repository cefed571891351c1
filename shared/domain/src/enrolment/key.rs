//! The key of an enrolment: one lead in one campaign of a workspace.

use crate::ids::{CampaignId, LeadId, WorkspaceId};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EnrolmentKey {
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    pub campaign: CampaignId,
}
