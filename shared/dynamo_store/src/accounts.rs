//! A workspace's accounts at providers, and the look-ups for webhooks that name no workspace.

use crate::errors::Cancelled;
use crate::item::{Head, Item, Stored, number, plain_item, text, text_of};
use crate::keys::{self, Key, System, SystemKey, Tenant};
use crate::query::Query;
use crate::table::Table;
use crate::write::{delete, put, saving};
use application::ports::accounts::AccountStore;
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use domain::capacity::quota::SendingLimits;
use domain::enrolment::pause::AccountPause;
use domain::event::Event;
use domain::time::weekly_hours::WorkingHours;
use domain::workspace::account::{Account, AccountSettings};
use domain::workspace::account_fault::LastError;
use domain::{AccountId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl AccountStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &AccountId) -> StoreResult<Account> {
        self.read(&keys::account(workspace, id)).await
    }

    async fn save(&self, account: &Account, event: &Event) -> StoreResult<u64> {
        let key = keys::account(&account.workspace, &account.id);
        for _ in 0..3 {
            let before = match account.rev {
                0 => Vec::new(),
                _ => self.find::<Account>(&key).await?.map(|old| external_ids(&old)).unwrap_or_default(),
            };
            let after = external_ids(account);
            let mut writes = vec![
                saving(account, Some(event))?,
                put(pointer(&keys::account_by_id(&account.id), account), None),
            ];
            writes.extend(after.iter().map(|key| put(pointer(key, account), None)));
            let dropped = before.iter().filter(|key| !after.contains(key));
            writes.extend(dropped.map(|key| delete(key, None)));
            match self.transact(writes).await {
                Ok(()) => return Ok(account.rev + 1),
                Err(Cancelled::Conditions(failed)) if failed.contains(&0) => {
                    return Err(StoreError::Conflict);
                }
                Err(Cancelled::Other(error)) => return Err(error),
                Err(Cancelled::Conditions(_)) => {}
            }
        }
        Err(StoreError::Conflict)
    }

    async fn delete(&self, workspace: &WorkspaceId, id: &AccountId, event: &Event) -> StoreResult<()> {
        let key = keys::account(workspace, id);
        let account: Account = self.read(&key).await?;
        // The last image carries the event with the user who removed it.
        let disabled = Account { enabled: false, sealed_secret: String::new(), ..account.clone() };
        self.write(saving(&disabled, Some(event))?).await?;
        let mut writes = vec![delete(&key, None), delete(&keys::account_by_id(id), None)];
        writes.extend(external_ids(&account).iter().map(|key| delete(key, None)));
        Ok(self.transact(writes).await?)
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Account>> {
        self.query_all(Query::table(&keys::accounts(workspace))).await
    }

    async fn workspace_of(&self, id: &AccountId) -> StoreResult<WorkspaceId> {
        let item = self.read_item(&keys::account_by_id(id)).await?.ok_or(StoreError::NotFound)?;
        Ok(pointed(&item)?.0)
    }

    async fn by_external_id(
        &self,
        provider: &str,
        account: &str,
    ) -> StoreResult<Vec<(WorkspaceId, AccountId)>> {
        let partition = keys::accounts_of_external_id(provider, account);
        let query = Query { limit: Some(MOST_OF_ONE_ACCOUNT), ..Query::table(&partition) };
        self.query(query).await?.iter().map(pointed).collect()
    }
}

/// The most accounts that are read for one account's name: far more than an account has owners.
const MOST_OF_ONE_ACCOUNT: usize = 100;

fn pointed(item: &Item) -> StoreResult<(WorkspaceId, AccountId)> {
    let workspace = WorkspaceId::parse(text_of(item, "workspace").unwrap_or_default());
    let account = AccountId::parse(text_of(item, "account").unwrap_or_default());
    match (workspace, account) {
        (Ok(workspace), Ok(account)) => Ok((workspace, account)),
        _ => Err(crate::item::head(item)?.corrupt("names no account")),
    }
}

/// The keys under which webhooks find an account by what its provider calls it.
fn external_ids(account: &Account) -> Vec<SystemKey> {
    let provider = account.settings.provider();
    let mut names = account.settings.external_accounts();
    names.sort();
    names.dedup();
    names.iter().map(|name| keys::account_by_external_id(provider, name, &account.id)).collect()
}

fn pointer(key: &Key<System>, account: &Account) -> Item {
    Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
        ("entity".to_owned(), text("account_pointer")),
        ("v".to_owned(), number(1)),
        ("workspace".to_owned(), text(account.workspace.as_str())),
        ("account".to_owned(), text(account.id.as_str())),
    ])
}

plain_item! { AccountItem of Account, rev, {
    id: AccountId,
    workspace: WorkspaceId,
    name: String,
    settings: AccountSettings,
    sealed_secret: String,
    hours: Option<WorkingHours>,
    limits: Option<SendingLimits>,
    enabled: bool,
    pause: Option<AccountPause>,
    works_since: Option<Timestamp>,
    last_error: Option<LastError>,
    created_at: Timestamp,
} }

impl Stored for Account {
    const ENTITY: &'static str = "account";
    type Scope = Tenant;
    type Body = AccountItem;

    fn key(&self) -> Key<Tenant> {
        keys::account(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> AccountItem {
        AccountItem::of(self)
    }
    fn from_body(body: AccountItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
