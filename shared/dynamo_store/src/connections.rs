//! A workspace's accounts at providers, and the look-ups for webhooks that name no workspace.

use crate::errors::Cancelled;
use crate::item::{Head, Item, Stored, number, plain_item, text, text_of};
use crate::keys::{self, Key, System, SystemKey, Tenant};
use crate::query::Query;
use crate::table::Table;
use crate::write::{delete, put, saving};
use application::ports::accounts::ConnectionStore;
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use domain::capacity::quota::SendingLimits;
use domain::enrolment::pause::AccountPause;
use domain::event::Event;
use domain::time::weekly_hours::WorkingHours;
use domain::workspace::account::{Connection, ConnectionSettings};
use domain::workspace::account_fault::LastError;
use domain::{ConnectionId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl ConnectionStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &ConnectionId) -> StoreResult<Connection> {
        self.read(&keys::connection(workspace, id)).await
    }

    async fn save(&self, connection: &Connection, event: &Event) -> StoreResult<u64> {
        let key = keys::connection(&connection.workspace, &connection.id);
        for _ in 0..3 {
            let before = match connection.rev {
                0 => Vec::new(),
                _ => self.find::<Connection>(&key).await?.map(|old| accounts(&old)).unwrap_or_default(),
            };
            let after = accounts(connection);
            let mut writes = vec![
                saving(connection, Some(event))?,
                put(pointer(&keys::connection_by_id(&connection.id), connection), None),
            ];
            writes.extend(after.iter().map(|account| put(pointer(account, connection), None)));
            let dropped = before.iter().filter(|account| !after.contains(account));
            writes.extend(dropped.map(|account| delete(account, None)));
            match self.transact(writes).await {
                Ok(()) => return Ok(connection.rev + 1),
                Err(Cancelled::Conditions(failed)) if failed.contains(&0) => {
                    return Err(StoreError::Conflict);
                }
                Err(Cancelled::Other(error)) => return Err(error),
                Err(Cancelled::Conditions(_)) => {}
            }
        }
        Err(StoreError::Conflict)
    }

    async fn delete(&self, workspace: &WorkspaceId, id: &ConnectionId, event: &Event) -> StoreResult<()> {
        let key = keys::connection(workspace, id);
        let connection: Connection = self.read(&key).await?;
        // The last image carries the event with the user who removed it.
        let disabled = Connection { enabled: false, sealed_secret: String::new(), ..connection.clone() };
        self.write(saving(&disabled, Some(event))?).await?;
        let mut writes = vec![delete(&key, None), delete(&keys::connection_by_id(id), None)];
        writes.extend(accounts(&connection).iter().map(|account| delete(account, None)));
        Ok(self.transact(writes).await?)
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Connection>> {
        self.query_all(Query::table(&keys::connections(workspace))).await
    }

    async fn workspace_of(&self, id: &ConnectionId) -> StoreResult<WorkspaceId> {
        let item = self.read_item(&keys::connection_by_id(id)).await?.ok_or(StoreError::NotFound)?;
        Ok(pointed(&item)?.0)
    }

    async fn by_account(
        &self,
        provider: &str,
        account: &str,
    ) -> StoreResult<Vec<(WorkspaceId, ConnectionId)>> {
        let partition = keys::connections_of_account(provider, account);
        let query = Query { limit: Some(MOST_OF_ONE_ACCOUNT), ..Query::table(&partition) };
        self.query(query).await?.iter().map(pointed).collect()
    }
}

/// The most connections that are read for one account's name: far more than an account has owners.
const MOST_OF_ONE_ACCOUNT: usize = 100;

fn pointed(item: &Item) -> StoreResult<(WorkspaceId, ConnectionId)> {
    let workspace = WorkspaceId::parse(text_of(item, "workspace").unwrap_or_default());
    let connection = ConnectionId::parse(text_of(item, "connection").unwrap_or_default());
    match (workspace, connection) {
        (Ok(workspace), Ok(connection)) => Ok((workspace, connection)),
        _ => Err(crate::item::head(item)?.corrupt("names no connection")),
    }
}

fn accounts(connection: &Connection) -> Vec<SystemKey> {
    let provider = connection.settings.provider();
    let mut names = connection.settings.external_accounts();
    names.sort();
    names.dedup();
    names.iter().map(|name| keys::connection_by_account(provider, name, &connection.id)).collect()
}

fn pointer(key: &Key<System>, connection: &Connection) -> Item {
    Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
        ("entity".to_owned(), text("connection_pointer")),
        ("v".to_owned(), number(1)),
        ("workspace".to_owned(), text(connection.workspace.as_str())),
        ("connection".to_owned(), text(connection.id.as_str())),
    ])
}

plain_item! { ConnectionItem of Connection, rev, {
    id: ConnectionId,
    workspace: WorkspaceId,
    name: String,
    settings: ConnectionSettings,
    sealed_secret: String,
    hours: Option<WorkingHours>,
    limits: Option<SendingLimits>,
    enabled: bool,
    pause: Option<AccountPause>,
    works_since: Option<Timestamp>,
    last_error: Option<LastError>,
    created_at: Timestamp,
} }

impl Stored for Connection {
    const ENTITY: &'static str = "connection";
    type Scope = Tenant;
    type Body = ConnectionItem;

    fn key(&self) -> Key<Tenant> {
        keys::connection(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> ConnectionItem {
        ConnectionItem::of(self)
    }
    fn from_body(body: ConnectionItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
