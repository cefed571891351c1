//! Clients, subscriptions and payments as the API shows them.

use domain::money::{Currency, Money};
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

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ClientView {
    pub id: ClientId,
    pub name: String,
    pub email: Option<String>,
    pub lead_id: Option<LeadId>,
    /// The campaign that had contacted the lead last when it first paid.
    pub campaign_id: Option<CampaignId>,
    pub since: Timestamp,
    pub mrr: MoneyView,
    pub collected: MoneyView,
}

impl From<Client> for ClientView {
    fn from(client: Client) -> Self {
        Self {
            id: client.id,
            name: client.name,
            email: client.email,
            lead_id: client.lead,
            campaign_id: client.campaign,
            since: client.since,
            mrr: client.mrr.into(),
            collected: client.collected.into(),
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
    pub cancel_at_period_end: bool,
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
            cancel_at_period_end: subscription.cancel_at_period_end,
            started_at: subscription.started_at,
            ended_at: subscription.ended_at,
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
    /// Negative for a refund.
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
