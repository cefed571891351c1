//! Clients, subscriptions and transactions as they are stored.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use domain::money::{Currency, Money, Sums};
use domain::revenue::commission::Credit;
use domain::revenue::dispute::Dispute;
use domain::revenue::{
    Client, Fraction, Subscription, SubscriptionReport, SubscriptionStatus, Transaction, TransactionKind,
};
use domain::{CampaignId, ClientId, LeadId, WorkspaceId};
use jiff::Timestamp;

mod amount {
    use domain::money::{Currency, Money};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct MoneyItem {
        amount_minor: i64,
        currency: Currency,
    }

    pub(super) fn serialize<S: Serializer>(money: &Money, serializer: S) -> Result<S::Ok, S::Error> {
        MoneyItem { amount_minor: money.amount_minor, currency: money.currency }.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        let MoneyItem { amount_minor, currency } = MoneyItem::deserialize(deserializer)?;
        Ok(Money { amount_minor, currency })
    }
}

plain_item! { ClientItem of Client, rev, {
    id: ClientId,
    workspace: WorkspaceId,
    lead: Option<LeadId>,
    name: String,
    email: Option<String>,
    external_id: String,
    campaign: Option<CampaignId>,
    since: Timestamp,
    mrr: Sums,
    mrr_is_unsure: bool,
    ending: Sums,
    ends_at: Option<Timestamp>,
    collected: Sums,
    disputes: Vec<Dispute>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    credits: Vec<Credit>,
} }

impl Stored for Client {
    const ENTITY: &'static str = "client";
    type Scope = Tenant;
    type Body = ClientItem;

    fn key(&self) -> Key<Tenant> {
        keys::client(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> ClientItem {
        ClientItem::of(self)
    }
    fn from_body(body: ClientItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

plain_item! { SubscriptionItem of Subscription, rev, {
    workspace: WorkspaceId,
    client: ClientId,
    external_id: String,
    status: SubscriptionStatus,
    monthly: Fraction,
    is_unsure: bool,
    currency: Currency,
    ends_at: Option<Timestamp>,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    as_of: Timestamp,
    reported: SubscriptionReport,
} }

impl Stored for Subscription {
    const ENTITY: &'static str = "subscription";
    type Scope = Tenant;
    type Body = SubscriptionItem;

    fn key(&self) -> Key<Tenant> {
        keys::subscription(&self.workspace, &self.client, &self.external_id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> SubscriptionItem {
        SubscriptionItem::of(self)
    }
    fn from_body(body: SubscriptionItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

plain_item! { TransactionItem of Transaction, {
    workspace: WorkspaceId,
    client: ClientId,
    lead: Option<LeadId>,
    external_id: String,
    also_known_as: Vec<String>,
    kind: TransactionKind,
    #[serde(with = "amount")]
    amount: Money,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    credits: Vec<Credit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of_payment: Option<String>,
    at: Timestamp,
    booked_at: Timestamp,
} }

impl Stored for Transaction {
    const ENTITY: &'static str = "transaction";
    type Scope = Tenant;
    type Body = TransactionItem;

    fn key(&self) -> Key<Tenant> {
        keys::transaction(&self.workspace, self.at, &self.external_id)
    }
    fn body(&self, _rev: u64) -> TransactionItem {
        TransactionItem::of(self)
    }
    fn from_body(body: TransactionItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}
