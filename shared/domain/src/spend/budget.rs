//! A budget: what was spent for something, and what is reserved for calls under way.

use super::{BookingOutcome, Usd};
use crate::ids::{CampaignId, ColumnId, ColumnRunId, UserId, WorkspaceId};
use crate::time::calendar_month::CalendarMonth;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a budget is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "scope")]
pub enum BudgetScope {
    /// Everything that the workspace spends in a month.
    Month { month: CalendarMonth },
    /// What a user's own requests to models cost in a month.
    User { user: UserId, month: CalendarMonth },
    /// Everything that is spent for a campaign.
    Campaign { campaign: CampaignId },
    /// One run of columns.
    Run { run: ColumnRunId },
    /// What a column spends by itself in a month, when leads are imported or changed.
    Column { column: ColumnId, month: CalendarMonth },
}

/// A budget as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    pub workspace: WorkspaceId,
    pub scope: BudgetScope,
    pub spent: Usd,
    pub reserved: Usd,
    /// What was spent, by provider and outcome.
    pub tallies: BTreeMap<String, BTreeMap<BookingOutcome, Tally>>,
}

/// The calls of one provider with one outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tally {
    pub calls: u64,
    pub amount: Usd,
}

impl Budget {
    /// Makes a budget in which nothing was reserved yet.
    pub fn empty(workspace: WorkspaceId, scope: BudgetScope) -> Self {
        Self { workspace, scope, spent: Usd::ZERO, reserved: Usd::ZERO, tallies: BTreeMap::new() }
    }

    /// Returns what may still be reserved below a cap.
    pub fn left(&self, cap: Usd) -> Usd {
        cap.less(self.spent + self.reserved)
    }
}
