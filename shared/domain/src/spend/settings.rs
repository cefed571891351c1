//! The caps and prices that a workspace has set.

use super::{BudgetScope, PriceList, Usd};
use crate::ids::WorkspaceId;

/// The cap of a month until a workspace sets another.
const USUAL_MONTH_CAP: Usd = Usd::cents(5_000);

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

    /// Returns the cap that a new budget of this scope begins with.
    pub fn cap(&self, scope: &BudgetScope) -> Option<Usd> {
        match scope {
            BudgetScope::Month { .. } => self.month_cap,
            BudgetScope::User { .. } => self.user_cap,
            BudgetScope::Campaign { .. } | BudgetScope::Run { .. } | BudgetScope::Column { .. } => None,
        }
    }
}
