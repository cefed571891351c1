//! A segment: a rule that a workspace has saved under a name. Who is in it is found anew each time that it is read.

use super::SegmentRule;
use crate::ids::{SegmentId, UserId, WorkspaceId};
use jiff::Timestamp;

/// The most segments of a workspace.
pub const MOST_SEGMENTS: usize = 200;
/// The most characters of a segment's name.
pub const LONGEST_SEGMENT_NAME: usize = 80;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub id: SegmentId,
    pub workspace: WorkspaceId,
    /// The name, which no other segment of the workspace has, whatever the case of letters.
    pub name: String,
    pub rule: SegmentRule,
    /// The user who made it; none if a program did.
    pub by: Option<UserId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
}

impl Segment {
    /// The form of a name by which two are the same.
    pub fn folded_name(name: &str) -> String {
        name.trim().to_lowercase()
    }
}
