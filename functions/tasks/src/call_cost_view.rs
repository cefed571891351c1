//! What a placed call cost as the API shows it.

use domain::spend::Usd;
use domain::workspace::call_cost::{CallCost, CallCostState};
use http_api::utoipa;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CallCostView {
    pub state: CallCostWord,
    /// Millionths of a US dollar; null unless the price is known.
    pub amount: Option<Usd>,
}

#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallCostWord {
    /// The provider tells the price within some hours of the call.
    Pending,
    Known,
    /// The provider has told no price, or one that cannot be read.
    Unknown,
}

impl From<&CallCost> for CallCostView {
    fn from(cost: &CallCost) -> Self {
        let (state, amount) = match cost.state {
            CallCostState::Pending => (CallCostWord::Pending, None),
            CallCostState::Known { amount } => (CallCostWord::Known, Some(amount)),
            CallCostState::Unknown => (CallCostWord::Unknown, None),
        };
        Self { state, amount }
    }
}
