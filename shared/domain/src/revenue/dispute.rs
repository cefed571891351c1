//! Disputed payments: a customer asks the bank for the money back. The bank decides weeks later, for the customer
//! (`Lost`) or for us (`Won`); until then the money is not safe.

use crate::money::{Money, Sums};
use crate::revenue::Client;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The number of disputes that a client keeps; the oldest decided ones go first.
const KEPT: usize = 50;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The provider's id.
    pub id: String,
    pub amount_minor: i64,
    pub currency: crate::money::Currency,
    /// The reason in the provider's words, such as `subscription_canceled`.
    pub reason: Option<String>,
    pub outcome: DisputeOutcome,
    /// The time until which evidence is taken.
    pub due_by: Option<Timestamp>,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DisputeOutcome {
    Open,
    Won,
    Lost,
}

impl Dispute {
    pub fn amount(&self) -> Money {
        Money { amount_minor: self.amount_minor, currency: self.currency }
    }
}

impl Client {
    /// Notes a dispute. False if it is known like this, or decided: a decision is final.
    pub fn note_dispute(&mut self, dispute: &Dispute) -> bool {
        match self.disputes.iter_mut().find(|known| known.id == dispute.id) {
            Some(known) if known.outcome != DisputeOutcome::Open => return false,
            Some(known) if known.outcome == dispute.outcome => return false,
            Some(known) => known.outcome = dispute.outcome,
            None => self.disputes.push(dispute.clone()),
        }
        while self.disputes.len() > KEPT {
            let decided = self.disputes.iter().position(|known| known.outcome != DisputeOutcome::Open);
            self.disputes.remove(decided.unwrap_or(0));
        }
        true
    }

    /// The money in disputes that are not decided.
    pub fn disputed(&self) -> Sums {
        let open = self.disputes.iter().filter(|dispute| dispute.outcome == DisputeOutcome::Open);
        open.map(Dispute::amount).collect()
    }
}
