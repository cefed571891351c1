//! The board: the leads of a query by stage, each stage with its number of leads and its first cards.
//!
//! All stages are read in one pass. More cards of a stage are an ordinary page of the same query with that stage, so a
//! column's cursor is the cursor of that page.

use crate::ports::leads::{LeadPage, LeadQuery};
use domain::lead::segment::{SegmentCondition, SegmentRule, Test};
use domain::lead::stage::StageId;

/// A stage of the board.
#[derive(Debug)]
pub struct BoardColumn {
    pub stage: StageId,
    pub page: LeadPage,
}

/// The query of one stage's leads.
pub(super) fn of_stage(query: &LeadQuery, stage: StageId, closed_days: Option<u32>) -> LeadQuery {
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
pub(super) fn recent(days: Option<u32>) -> SegmentRule {
    let Some(days) = days else { return SegmentRule::everyone() };
    SegmentRule::If(SegmentCondition { field: "stage_since".to_owned(), test: Test::InLastDays(days) })
}
