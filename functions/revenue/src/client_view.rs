//! Clients, subscriptions and payments as the API shows them.

use domain::money::{Currency, Money, Sums};
use domain::revenue::commission::Credit;
use domain::revenue::dispute::{Dispute, DisputeOutcome};
use domain::revenue::{Client, Subscription, SubscriptionStatus, Transaction, TransactionKind};
use domain::{CampaignId, ClientId, LeadId};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
pub struct MoneyView {
    pub amount_minor: i64,
    pub currency: Currency,
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> Self {
        Self { amount_minor: money.amount_minor, currency: money.currency }
    }
}

pub fn views_of(sums: &Sums) -> Vec<MoneyView> {
    sums.iter().map(MoneyView::from).collect()
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ClientView {
    pub id: ClientId,
    pub name: String,
    pub email: Option<String>,
    pub lead_id: Option<LeadId>,
    /// The campaign that had contacted the lead last when it first paid.
    pub campaign_id: Option<CampaignId>,
    pub since: Timestamp,
    /// One amount for each currency, as are all amounts of a client.
    pub mrr: Vec<MoneyView>,
    /// Whether a discount or a price is unknown, so that the MRR may be lower or higher.
    pub mrr_is_unsure: bool,
    /// The part of the MRR whose subscriptions are cancelled and still run.
    pub ending: Vec<MoneyView>,
    /// The first of these ends.
    pub ends_at: Option<Timestamp>,
    pub collected: Vec<MoneyView>,
    /// Collected money in disputes that are not decided.
    pub disputed: Vec<MoneyView>,
    /// The team members who are credited with what the client pays.
    pub credits: Vec<Credit>,
    pub rev: u64,
}

impl From<Client> for ClientView {
    fn from(client: Client) -> Self {
        let disputed = views_of(&client.disputed());
        Self {
            id: client.id,
            name: client.name,
            email: client.email,
            lead_id: client.lead,
            campaign_id: client.campaign,
            since: client.since,
            mrr: views_of(&client.mrr),
            mrr_is_unsure: client.mrr_is_unsure,
            ending: views_of(&client.ending),
            ends_at: client.ends_at,
            disputed,
            credits: client.credits,
            rev: client.rev,
            collected: views_of(&client.collected),
        }
    }
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SubscriptionView {
    /// The payment provider's id.
    pub id: String,
    pub status: SubscriptionStatus,
    /// Rounded to whole minor units.
    pub monthly: MoneyView,
    /// Whether a discount or a price is unknown, so that the amount may be lower or higher.
    pub is_unsure: bool,
    /// The scheduled end of a subscription that is cancelled and still runs.
    pub ends_at: Option<Timestamp>,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

impl From<Subscription> for SubscriptionView {
    fn from(subscription: Subscription) -> Self {
        let amount_minor = subscription.monthly.rounded();
        Self {
            id: subscription.external_id,
            status: subscription.status,
            monthly: MoneyView { amount_minor, currency: subscription.currency },
            is_unsure: subscription.is_unsure,
            ends_at: subscription.ends_at,
            started_at: subscription.started_at,
            ended_at: subscription.ended_at,
        }
    }
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DisputeView {
    /// The payment provider's id.
    pub id: String,
    pub amount: MoneyView,
    /// The reason in the provider's words.
    pub reason: Option<String>,
    pub outcome: DisputeOutcome,
    /// The time until which evidence is taken.
    pub due_by: Option<Timestamp>,
    pub at: Timestamp,
}

impl From<Dispute> for DisputeView {
    fn from(dispute: Dispute) -> Self {
        Self {
            amount: dispute.amount().into(),
            id: dispute.id,
            reason: dispute.reason,
            outcome: dispute.outcome,
            due_by: dispute.due_by,
            at: dispute.at,
        }
    }
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TransactionView {
    /// The provider's id of the invoice or payment.
    pub id: String,
    pub client_id: ClientId,
    pub client_name: Option<String>,
    pub lead_id: Option<LeadId>,
    pub kind: TransactionKind,
    /// Negative for a refund and a chargeback.
    pub amount: MoneyView,
    pub at: Timestamp,
}

impl TransactionView {
    pub fn of(transaction: Transaction, client_name: Option<String>) -> Self {
        Self {
            id: transaction.external_id,
            client_id: transaction.client,
            client_name,
            lead_id: transaction.lead,
            kind: transaction.kind,
            amount: transaction.amount.into(),
            at: transaction.at,
        }
    }
}
