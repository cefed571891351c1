//! A reservation: money that is set aside in budgets before calls are made, and settled when their outcome is known.

use super::{BudgetScope, ModelUse, Usd};
use crate::ids::WorkspaceId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Money that is reserved for one or several calls of the same work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    pub workspace: WorkspaceId,
    /// The id follows from the work, so that a repeat of the work finds the reservation that is there.
    pub id: String,
    /// The budgets that it is reserved in, all of them or none, with the caps that hold now.
    pub limits: Vec<SpendLimit>,
    /// The most that the calls may cost.
    pub amount: Usd,
    pub made_at: Timestamp,
}

/// A budget with its cap. The cap belongs to what the budget is for: a run, a campaign, the workspace's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendLimit {
    #[serde(flatten)]
    pub scope: BudgetScope,
    /// The most that may be spent; unlimited if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Usd>,
}

/// The answer to a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserving {
    Reserved,
    /// The same work has reserved before and was not settled: its calls may have been made.
    OpenAlready,
    /// The same work was settled before: it is done and paid.
    SettledAlready,
    /// A budget has too little left; nothing was reserved. `left` is what it still has.
    Refused {
        scope: BudgetScope,
        left: Usd,
    },
}

/// What one kind of calls of a reservation came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// The provider that was asked: `hunter`, `apollo`, `chat_model`.
    pub provider: String,
    pub outcome: BookingOutcome,
    pub calls: u64,
    pub amount: Usd,
    /// What a language model was asked for; none for other calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelUse>,
}

/// The outcome of a call that may cost money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BookingOutcome {
    /// The provider knew something.
    Hit,
    /// The provider knew nothing; some charge for that, too.
    Miss,
    /// The answer was lost. It is booked at the full price, because the provider may have charged it.
    Lost,
}

impl BookingOutcome {
    pub const ALL: [Self; 3] = [Self::Hit, Self::Miss, Self::Lost];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Lost => "lost",
        }
    }
}
