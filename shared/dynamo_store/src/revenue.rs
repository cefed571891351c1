//! Clients, subscriptions and money: what must agree is written in one transaction.

use crate::errors::{Cancelled, Refused};
use crate::item::{Item, decode, encode, number, text, text_of};
use crate::keys::{self, WorkspaceKey};
use crate::pages::Order;
use crate::query::Query;
use crate::table::Table;
use crate::write::{Write, absent, put, saving};
use application::ports::revenue::{Booking, RevenueStore};
use application::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::event::Event;
use domain::revenue::{Client, Subscription, Transaction};
use domain::{ClientId, WorkspaceId};

#[async_trait]
impl RevenueStore for Table {
    async fn client_by_external(
        &self,
        workspace: &WorkspaceId,
        external_id: &str,
    ) -> StoreResult<Option<Client>> {
        let key = keys::client_by_external(workspace, external_id);
        let Some(pointer) = self.read_item(&key).await? else { return Ok(None) };
        match ClientId::parse(text_of(&pointer, "client").unwrap_or_default()) {
            Ok(id) => self.find(&keys::client(workspace, &id)).await,
            Err(why) => Err(crate::item::head(&pointer)?.corrupt(why)),
        }
    }

    async fn client_of_payment(
        &self,
        workspace: &WorkspaceId,
        external_id: &str,
    ) -> StoreResult<Option<Client>> {
        let key = keys::money_by_external(workspace, external_id);
        let Some(pointer) = self.read_item(&key).await? else { return Ok(None) };
        match ClientId::parse(text_of(&pointer, "client").unwrap_or_default()) {
            Ok(id) => self.find(&keys::client(workspace, &id)).await,
            Err(why) => Err(crate::item::head(&pointer)?.corrupt(why)),
        }
    }

    async fn payment_named(&self, workspace: &WorkspaceId, external_id: &str) -> StoreResult<Option<String>> {
        let pointer = self.read_item(&keys::money_by_external(workspace, external_id)).await?;
        Ok(pointer.and_then(|pointer| text_of(&pointer, "payment").map(str::to_owned)))
    }

    async fn name_payment(&self, client: &Client, payment: &str, also_known_as: &str) -> StoreResult<()> {
        let key = keys::money_by_external(&client.workspace, also_known_as);
        match self.write(put(naming_payment(&key, &client.id, payment), absent())).await {
            Ok(()) | Err(Refused::Condition(_)) => Ok(()),
            Err(refused) => Err(refused.into()),
        }
    }

    async fn client(&self, workspace: &WorkspaceId, id: &ClientId) -> StoreResult<Client> {
        self.read(&keys::client(workspace, id)).await
    }

    async fn clients(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<Client>> {
        let clients = keys::clients(workspace);
        let limit = page.limit.clamp(1, 200);
        let found =
            self.page(&clients, Order::TableDescending, limit, page.cursor.as_deref(), |_| true).await?;
        let items = found.items.into_iter().map(decode).collect::<StoreResult<_>>()?;
        Ok(Page { items, next_cursor: found.next_cursor })
    }

    async fn subscriptions(
        &self,
        workspace: &WorkspaceId,
        client: &ClientId,
    ) -> StoreResult<Vec<Subscription>> {
        self.query_all(Query::table(&keys::subscriptions(workspace, client))).await
    }

    async fn transactions(
        &self,
        workspace: &WorkspaceId,
        page: PageRequest,
    ) -> StoreResult<Page<Transaction>> {
        let money = keys::money(workspace);
        let limit = page.limit.clamp(1, 200);
        let found =
            self.page(&money, Order::TableDescending, limit, page.cursor.as_deref(), |_| true).await?;
        let items = found.items.into_iter().map(decode).collect::<StoreResult<_>>()?;
        Ok(Page { items, next_cursor: found.next_cursor })
    }

    async fn save_client(&self, client: &Client, event: &Event) -> StoreResult<u64> {
        self.transact(client_writes(client, event)?).await?;
        Ok(client.rev + 1)
    }

    async fn book(&self, transaction: &Transaction, client: &Client, event: &Event) -> StoreResult<Booking> {
        let once = keys::money_by_external(&transaction.workspace, &transaction.external_id);
        let mut writes = vec![
            put(naming_payment(&once, &client.id, &transaction.external_id), absent()),
            put(encode(transaction, 1, Some(event))?, absent()),
        ];
        for name in transaction.also_known_as.iter().filter(|name| **name != transaction.external_id) {
            let key = keys::money_by_external(&transaction.workspace, name);
            writes.push(put(naming_payment(&key, &client.id, &transaction.external_id), None));
        }
        writes.extend(client_writes(client, event)?);
        match self.transact(writes).await {
            Ok(()) => Ok(Booking::Now),
            Err(Cancelled::Conditions(failed)) if failed.contains(&0) => Ok(Booking::Before),
            Err(error) => Err(error.into()),
        }
    }

    async fn save_subscription(
        &self,
        subscription: &Subscription,
        client: &Client,
        event: &Event,
    ) -> StoreResult<()> {
        let mut writes = vec![saving(subscription, Some(event))?];
        writes.extend(client_writes(client, event)?);
        Ok(self.transact(writes).await?)
    }
}

/// Makes the writes of the client, and of a new one's key by the payment provider's id.
fn client_writes(client: &Client, event: &Event) -> StoreResult<Vec<Write>> {
    let mut writes = vec![saving(client, Some(event))?];
    if client.rev == 0 && !client.external_id.is_empty() {
        let key = keys::client_by_external(&client.workspace, &client.external_id);
        writes.push(put(naming(&key, "client_key", &client.id), absent()));
    }
    Ok(writes)
}

fn naming_payment(key: &WorkspaceKey, client: &ClientId, payment: &str) -> Item {
    let mut item = naming(key, "money_key", client);
    item.insert("payment".to_owned(), text(payment));
    item
}

fn naming(key: &WorkspaceKey, entity: &str, client: &ClientId) -> Item {
    Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
        ("entity".to_owned(), text(entity)),
        ("v".to_owned(), number(1)),
        ("client".to_owned(), text(client.as_str())),
    ])
}
