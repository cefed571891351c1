//! The places of leads in the pipeline: in which stage they are, and whose they are.

use domain::lead::stage::StageId;
use domain::{LeadId, UserId};
use jiff::Timestamp;
use lead_columns::Row;
use ulid::Ulid;

/// A lead with its stage and its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadPlace {
    pub id: LeadId,
    pub name: String,
    pub owner: Option<UserId>,
    pub stage: StageId,
    pub stage_since: Timestamp,
}

impl LeadPlace {
    pub(super) fn of(row: Row<'_>) -> Self {
        Self {
            id: row.id(),
            name: row.name().into_owned(),
            owner: row.owner().and_then(|ulid| Ulid::from_string(ulid).ok()).map(UserId::new),
            stage: row.status(),
            stage_since: row.stage_since(),
        }
    }
}
