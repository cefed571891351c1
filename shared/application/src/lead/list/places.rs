//! The places of named leads in the pipeline: who of them a query selects, in which stage they are and whose they are.

use super::board::recent;
use super::{LeadLists, Selection};
use crate::ports::leads::LeadQuery;
use crate::ports::store::{StoreError, StoreResult};
use domain::lead::scope::LeadScope;
use domain::lead::segment::ListField;
use domain::lead::stage::StageId;
use domain::{LeadId, UserId, WorkspaceId};
use jiff::Timestamp;
use lead_columns::{ListQuery, Row};
use std::collections::HashMap;
use ulid::Ulid;

/// Where a lead stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadPlace {
    pub id: LeadId,
    pub name: String,
    pub owner: Option<UserId>,
    pub stage: StageId,
    pub stage_since: Timestamp,
}

impl LeadPlace {
    fn of(row: Row<'_>) -> Self {
        Self {
            id: row.id(),
            name: row.name().into_owned(),
            owner: row.owner().and_then(|ulid| Ulid::from_string(ulid).ok()).map(UserId::new),
            stage: row.status(),
            stage_since: row.stage_since(),
        }
    }
}

impl LeadLists {
    /// Returns the places of those of these leads that the query and the scope select. Won and lost leads count if they
    /// became so within the last `closed_days` days; all of them do, if none are given.
    pub async fn places(
        &self,
        workspace: &WorkspaceId,
        scope: &LeadScope,
        (query, closed_days): (&LeadQuery, Option<u32>),
        ids: &[LeadId],
    ) -> StoreResult<HashMap<LeadId, LeadPlace>> {
        let selection = self.named().selection(workspace, scope, query).await?;
        let Selection { rule, fields, icps } = &selection;
        let sort = ListField::named(query.sort.field(), fields).ok_or(StoreError::NotFound)?;
        let now = self.clock.now();
        self.read(workspace, &query.seen, |columns| {
            let list = ListQuery {
                rule,
                words: query.filter.q.as_deref().unwrap_or_default(),
                sort,
                descending: query.descending,
                limit: 1,
                after: None,
                now,
                fields,
                icps,
                shown_fits: &[],
            };
            let rows = columns.selected_of(&list, &recent(closed_days), ids);
            rows.into_iter()
                .map(|row| LeadPlace::of(columns.row(row)))
                .map(|lead| (lead.id.clone(), lead))
                .collect()
        })
        .await
    }

    /// Returns the stages of the workspace's open leads, and since when each of them is there.
    pub async fn stages_of_open(&self, workspace: &WorkspaceId) -> StoreResult<Vec<(StageId, Timestamp)>> {
        let stage = |row: Row<'_>| (row.status(), row.stage_since());
        self.read(workspace, &[], |columns| columns.open_rows().map(|at| stage(columns.row(at))).collect())
            .await
    }
}
