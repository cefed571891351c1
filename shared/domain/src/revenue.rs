//! Clients, what they pay, and monthly recurring revenue.

pub mod mrr;

use crate::ids::{CampaignId, ClientId, LeadId, WorkspaceId};
use crate::money::{Currency, Money};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    pub id: ClientId,
    pub workspace: WorkspaceId,
    pub lead: Option<LeadId>,
    pub name: String,
    pub email: Option<String>,
    /// The customer id at the payment provider.
    pub external_id: String,
    /// The campaign that had last written to the lead when it first paid.
    pub campaign: Option<CampaignId>,
    pub since: Timestamp,
    pub mrr: Money,
    pub collected: Money,
    pub rev: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    pub workspace: WorkspaceId,
    pub client: ClientId,
    pub external_id: String,
    pub status: SubscriptionStatus,
    /// The exact monthly amount: minor units as a fraction, rounded only for display.
    pub monthly: Fraction,
    pub currency: Currency,
    pub cancel_at_period_end: bool,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// When the provider's event of this state was created; an older event is not applied.
    pub as_of: Timestamp,
    pub rev: u64,
}

/// The state of a subscription. Active and past due count in MRR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionStatus {
    Incomplete,
    Trialing,
    Active,
    PastDue,
    Unpaid,
    Paused,
    Canceled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fraction {
    pub numerator: i64,
    pub denominator: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Transaction {
    pub workspace: WorkspaceId,
    pub client: ClientId,
    pub lead: Option<LeadId>,
    /// The id of the invoice or payment at the provider: the same money is never booked twice.
    pub external_id: String,
    pub kind: TransactionKind,
    pub amount: Money,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransactionKind {
    Payment,
    Refund,
}
