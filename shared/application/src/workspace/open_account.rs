//! Opens the secret of a workspace's account at a provider: the one that is named, or for models and data the first.

use crate::ports::accounts::AccountStore;
use crate::ports::accounts::Vault;
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::{StoreResult, found};

use domain::workspace::account::{Account, AccountKind};
use domain::{AccountId, WorkspaceId};

/// Opens the workspace's first chat model that is switched on; a paused one only where all of them are. Only for what is
/// asked and writes to nobody does the first do as well as any: a message names its account.
pub async fn open_chat_model(
    accounts: &dyn AccountStore,
    vault: &dyn Vault,
    workspace: &WorkspaceId,
) -> StoreResult<Option<OpenAccount>> {
    let kinds = [AccountKind::ChatModel];
    let usable = accounts.list(workspace).await?.into_iter().filter(|listed| is_usable(listed, &kinds));
    let first = usable.min_by_key(|listed| listed.pause.is_some());
    Ok(first.and_then(|account| opened(vault, account, &kinds)))
}

/// Opens the workspace's account at the first of these providers of data that has one switched on.
pub async fn open_data_account(
    accounts: &dyn AccountStore,
    vault: &dyn Vault,
    workspace: &WorkspaceId,
    providers: &[&str],
) -> StoreResult<Option<OpenAccount>> {
    let listed = accounts.list(workspace).await?;
    let rank = |account: &Account| {
        let own = account.settings.data_provider()?;
        providers.iter().position(|provider| *provider == own).filter(|_| account.enabled)
    };
    let first = listed.into_iter().filter_map(|account| Some((rank(&account)?, account)));
    let first = first.min_by_key(|(rank, _)| *rank).map(|(_, account)| account);
    Ok(first.and_then(|account| opened(vault, account, &AccountKind::OF_DATA)))
}

/// Opens the chosen account, if it is switched on and of one of the kinds.
pub async fn open_account(
    accounts: &dyn AccountStore,
    vault: &dyn Vault,
    workspace: &WorkspaceId,
    chosen: &AccountId,
    kinds: &[AccountKind],
) -> StoreResult<Option<OpenAccount>> {
    let account = found(accounts.get(workspace, chosen).await)?;
    Ok(account.and_then(|account| opened(vault, account, kinds)))
}

pub fn is_usable(account: &Account, kinds: &[AccountKind]) -> bool {
    account.enabled && kinds.contains(&account.settings.kind())
}

/// Opens an account's secret. `None`: the account is not usable, is of no such kind, or its secret cannot be
/// opened.
pub fn opened(vault: &dyn Vault, account: Account, kinds: &[AccountKind]) -> Option<OpenAccount> {
    if !is_usable(&account, kinds) {
        return None;
    }
    match vault.open(&account.workspace, &account.id, &account.sealed_secret) {
        Ok(secret) => Some(OpenAccount { account, secret }),
        Err(_) => {
            tracing::error!(account.id = %account.id, "an account's secret cannot be opened");
            None
        }
    }
}
