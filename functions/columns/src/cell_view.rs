//! A cell as the API shows it.

use domain::column::cell::{Cell, CellState, CellStep};
use domain::spend::Usd;
use domain::{ColumnId, ColumnRunId, LeadId};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CellView {
    pub lead: LeadId,
    pub column: ColumnId,
    #[serde(flatten)]
    pub state: CellState,
    /// The value that was found.
    pub value: Option<String>,
    pub source: Option<String>,
    /// How sure the source is, 0–100.
    pub confidence: Option<u8>,
    /// What the questions cost, in millionths of a dollar.
    pub price: Usd,
    pub at: Timestamp,
    pub run: Option<ColumnRunId>,
    /// Whether a webhook that should have called back has not done so for a day.
    pub is_late: bool,
}

/// A cell with the questions by which its value was found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CellDetail {
    #[serde(flatten)]
    pub cell: CellView,
    /// The value that the lead has now.
    pub lead_value: Option<String>,
    pub steps: Vec<CellStep>,
}

impl CellView {
    pub fn of(cell: Cell, now: Timestamp) -> Self {
        let is_late = cell.is_late(now);
        let value = cell.value.filter(|_| matches!(cell.state, CellState::Found {}));
        Self {
            lead: cell.lead,
            column: cell.column,
            state: cell.state,
            value,
            source: cell.source,
            confidence: cell.confidence,
            price: cell.price,
            at: cell.at,
            run: cell.run,
            is_late,
        }
    }
}
