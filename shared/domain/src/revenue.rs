//! Clients, what they pay, and monthly recurring revenue.

pub mod commission;
pub mod dispute;
pub mod mrr;

use crate::ids::{CampaignId, ClientId, LeadId, WorkspaceId};
use crate::money::{Currency, Money, Sums};
use crate::revenue::commission::Credit;
use crate::revenue::dispute::Dispute;
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
    /// The monthly recurring revenue, rounded per currency.
    pub mrr: Sums,
    /// Whether a discount or a price is unknown, so that the revenue may be lower or higher.
    pub mrr_is_unsure: bool,
    /// The part of the monthly revenue whose subscriptions are cancelled and still run.
    pub ending: Sums,
    /// The first end of these subscriptions: with one, the client is about to leave.
    pub ends_at: Option<Timestamp>,
    pub collected: Sums,
    /// The disputes of the client's payments, oldest first.
    pub disputes: Vec<Dispute>,
    /// The team members who are credited with what the client pays from now on; empty until its lead has an owner.
    pub credits: Vec<Credit>,
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
    /// Whether a discount or a price is unknown, so that the monthly amount may be lower or higher.
    pub is_unsure: bool,
    pub currency: Currency,
    /// The scheduled end of a subscription that is cancelled and still runs.
    pub ends_at: Option<Timestamp>,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// When the provider's event of this state was created; an older event is not applied.
    pub as_of: Timestamp,
    pub reported: SubscriptionReport,
    pub rev: u64,
}

/// The kind of the report. Within one second, the resolution of the provider's clock, a later kind is the newer state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionReport {
    Created,
    Updated,
    Deleted,
}

impl Subscription {
    /// Tells whether the subscription is cancelled but still runs: its client is about to leave.
    pub fn is_ending(&self) -> bool {
        self.ends_at.is_some() && self.status != SubscriptionStatus::Canceled
    }

    /// Tells whether this state stays although another was reported. An end is final, and a state that was only begun
    /// is older than any other of its second.
    pub fn outlasts(&self, other: &Self) -> bool {
        let is_over = |state: &Self| state.status == SubscriptionStatus::Canceled;
        let age =
            |state: &Self| (state.as_of, state.reported, state.status != SubscriptionStatus::Incomplete);
        (is_over(self) && !is_over(other)) || (!is_over(other) && age(self) > age(other))
    }
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
    /// Further ids of the same money at the provider, such as its charge: a dispute names one of them.
    pub also_known_as: Vec<String>,
    pub kind: TransactionKind,
    pub amount: Money,
    /// The team members who are credited with the money. Money that goes back has the credits of its payment.
    pub credits: Vec<Credit>,
    /// The payment that a refund or chargeback gives back, by its id at the provider; none where it is not known.
    pub of_payment: Option<String>,
    /// When the money moved, as the provider says.
    pub at: Timestamp,
    /// When we booked it: its commission belongs to this month.
    pub booked_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransactionKind {
    Payment,
    Refund,
    /// A payment that the customer disputed and the bank took back.
    Chargeback,
}
