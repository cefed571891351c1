//! Something a person should know now.

use crate::ids::{LeadId, NotificationId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub id: NotificationId,
    pub workspace: WorkspaceId,
    /// Nobody in particular: everyone in the workspace sees it.
    pub user: Option<UserId>,
    pub kind: NotificationKind,
    pub title: String,
    pub detail: String,
    pub lead: Option<LeadId>,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    HotLead,
    Reply,
    Payment,
    ImportFinished,
    Health,
    /// A workspace's own rule.
    Rule,
    /// One variant is ahead, and the others were paused.
    VariantAhead,
    /// What somebody wrote by hand cannot go out.
    NotSent,
    /// People of a campaign wait for somebody to say whether they are still written to.
    Late,
}
