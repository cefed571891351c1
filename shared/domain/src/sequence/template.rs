//! A reusable text with merge fields.

use crate::contact::channel::Channel;
use crate::ids::{TemplateId, WorkspaceId};
use jiff::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub id: TemplateId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub category: String,
    pub channel: Channel,
    pub subject: String,
    pub body: String,
    pub favourite: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
}
