//! The caps and prices that a workspace has set.

use super::{BudgetScope, PriceList, SpendLimit, Usd};
use crate::ids::{UserId, WorkspaceId};
use crate::time::calendar_month::CalendarMonth;
use jiff::Timestamp;

/// The cap of a month until a workspace sets another.
const USUAL_MONTH_CAP: Usd = Usd::cents(10_000);

/// The caps and prices of a workspace, stored as one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendSettings {
    pub workspace: WorkspaceId,
    /// The most that the workspace spends in a month; unlimited if none.
    pub month_cap: Option<Usd>,
    /// The most that each user's own requests to models cost in a month; unlimited if none.
    pub user_cap: Option<Usd>,
    pub prices: PriceList,
    pub rev: u64,
}

impl SpendSettings {
    /// Makes the settings of a workspace that has set nothing.
    pub fn usual(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            month_cap: Some(USUAL_MONTH_CAP),
            user_cap: None,
            prices: PriceList::default(),
            rev: 0,
        }
    }

    /// Returns the limit of everything that the workspace spends in the month of `now`.
    pub fn month(&self, now: Timestamp) -> SpendLimit {
        SpendLimit { scope: BudgetScope::Month { month: CalendarMonth::at(now) }, cap: self.month_cap }
    }

    /// Returns the limit of a user's own requests to models in the month of `now`.
    pub fn user(&self, user: &UserId, now: Timestamp) -> SpendLimit {
        let scope = BudgetScope::User { user: user.clone(), month: CalendarMonth::at(now) };
        SpendLimit { scope, cap: self.user_cap }
    }
}
