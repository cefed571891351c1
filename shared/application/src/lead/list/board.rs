//! The board: the leads of a query by stage, each stage with its number of leads and its first cards.
//!
//! All stages are read in one pass. More cards of a stage are an ordinary page of the same query with that stage, so a
//! column's cursor is the cursor of that page.

use super::selection::Selection;
use super::{LARGEST_PAGE, LeadLists, fingerprint, shown_page};
use crate::ports::blobs::unavailable;
use crate::ports::leads::{LeadPage, LeadQuery};
use crate::ports::store::StoreResult;
use domain::WorkspaceId;
use domain::lead::scope::LeadScope;
use domain::lead::segment::{ListField, SegmentCondition, SegmentRule, Test};
use domain::lead::stage::StageId;
use lead_columns::ListQuery;

/// A stage of the board.
#[derive(Debug)]
pub struct BoardColumn {
    pub stage: StageId,
    pub page: LeadPage,
}

impl LeadLists {
    /// Returns the first page of each of these stages, of the leads of the scope. Won and lost leads are shown if they became so within the last
    /// `closed_days` days; all of them are, if none are given.
    pub async fn board(
        &self,
        workspace: &WorkspaceId,
        scope: &LeadScope,
        query: &LeadQuery,
        (stages, closed_days): (&[StageId], Option<u32>),
    ) -> StoreResult<Vec<BoardColumn>> {
        let selection = self.named().selection(workspace, scope, query).await?;
        let Selection { rule, fields, icps } = &selection;
        let now = self.clock.now();
        let sort = ListField::named(query.sort.field(), fields)
            .ok_or_else(|| unavailable(format!("leads are not sorted by {}", query.sort.field())))?;
        let pages = self.read(workspace, &query.seen, |columns| {
            let list = ListQuery {
                rule,
                words: query.filter.q.as_deref().unwrap_or_default(),
                sort,
                descending: query.descending,
                limit: query.limit.clamp(1, LARGEST_PAGE),
                after: None,
                now,
                fields,
                icps,
                shown_fits: &[],
            };
            let pages = columns.board(&list, stages, &recent(closed_days));
            let shown = |(stage, page): (&StageId, lead_columns::Page)| {
                let own = of_stage(query, *stage, closed_days);
                let list = fingerprint(workspace, &own);
                Ok(BoardColumn {
                    stage: *stage,
                    page: shown_page(columns, page, (list, now), (&own, fields))?,
                })
            };
            stages.iter().zip(pages).map(shown).collect::<StoreResult<Vec<BoardColumn>>>()
        });
        pages.await?
    }

    /// Returns a further page of one stage, of the leads of the scope.
    pub async fn board_column(
        &self,
        workspace: &WorkspaceId,
        scope: &LeadScope,
        query: &LeadQuery,
        (stage, closed_days): (StageId, Option<u32>),
    ) -> StoreResult<BoardColumn> {
        let page = self.page(workspace, scope, &of_stage(query, stage, closed_days)).await?;
        Ok(BoardColumn { stage, page })
    }
}

/// The query of one stage's leads.
fn of_stage(query: &LeadQuery, stage: StageId, closed_days: Option<u32>) -> LeadQuery {
    let mut own = LeadQuery { columns: Vec::new(), ..query.clone() };
    own.filter.status = vec![stage];
    if stage.is_closed() && closed_days.is_some() {
        let recent = recent(closed_days);
        own.filter.rule = Some(match own.filter.rule.take() {
            Some(rule) => rule.and(recent),
            None => recent,
        });
    }
    own
}

/// The rule that selects leads that came into their stage within so many days.
fn recent(days: Option<u32>) -> SegmentRule {
    let Some(days) = days else { return SegmentRule::everyone() };
    SegmentRule::If(SegmentCondition { field: "stage_since".to_owned(), test: Test::InLastDays(days) })
}
