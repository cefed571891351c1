//! Stores clients, subscriptions and transactions.

use crate::ports::store::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::event::Event;
use domain::revenue::{Client, Subscription, Transaction};
use domain::{ClientId, WorkspaceId};

/// Whether money was booked by this call, or had been booked before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booking {
    Now,
    Before,
}

#[async_trait]
pub trait RevenueStore: Send + Sync {
    /// Finds a client by the payment provider's customer id.
    async fn client_by_external(
        &self,
        workspace: &WorkspaceId,
        external_id: &str,
    ) -> StoreResult<Option<Client>>;
    /// Finds the client whose payment has this id at the provider.
    async fn client_of_payment(
        &self,
        workspace: &WorkspaceId,
        external_id: &str,
    ) -> StoreResult<Option<Client>>;
    /// Returns the id under which the payment was booked that has this id at the provider.
    async fn payment_named(&self, workspace: &WorkspaceId, external_id: &str) -> StoreResult<Option<String>>;
    /// Notes a further id of a payment of the client. A known id changes nothing.
    async fn name_payment(&self, client: &Client, payment: &str, also_known_as: &str) -> StoreResult<()>;
    async fn client(&self, workspace: &WorkspaceId, id: &ClientId) -> StoreResult<Client>;
    async fn clients(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<Client>>;
    async fn subscriptions(
        &self,
        workspace: &WorkspaceId,
        client: &ClientId,
    ) -> StoreResult<Vec<Subscription>>;
    /// Returns the transactions, newest first.
    async fn transactions(
        &self,
        workspace: &WorkspaceId,
        page: PageRequest,
    ) -> StoreResult<Page<Transaction>>;

    async fn save_client(&self, client: &Client, event: &Event) -> StoreResult<u64>;

    /// Books money in one transaction: the money, if its external id is new, and the client's total. `Conflict` when
    /// the client changed meanwhile.
    async fn book(&self, transaction: &Transaction, client: &Client, event: &Event) -> StoreResult<Booking>;

    /// Saves the subscription and the client with its new MRR, in one transaction.
    async fn save_subscription(
        &self,
        subscription: &Subscription,
        client: &Client,
        event: &Event,
    ) -> StoreResult<()>;
}
