//! Provider accounts of a workspace, and the vault that seals their secrets.

use crate::ports::accounts::ConnectionStore;
use crate::ports::accounts::Vault;
use crate::ports::provider_calls::Account;
use crate::ports::store::{StoreResult, found};

use domain::workspace::account::{Connection, ConnectionKind};
use domain::{ConnectionId, WorkspaceId};

/// The chosen connection, else the workspace's first that is switched on, of one of the kinds; one that is paused only where
/// all of them are.
pub async fn choose_connection(
    connections: &dyn ConnectionStore,
    workspace: &WorkspaceId,
    chosen: Option<&ConnectionId>,
    kinds: &[ConnectionKind],
) -> StoreResult<Option<Connection>> {
    Ok(match chosen {
        Some(id) => found(connections.get(workspace, id).await)?.filter(|chosen| is_usable(chosen, kinds)),
        None => {
            let usable =
                connections.list(workspace).await?.into_iter().filter(|listed| is_usable(listed, kinds));
            usable.min_by_key(|listed| listed.pause.is_some())
        }
    })
}

/// What `choose_connection` answers, with its secret opened.
pub async fn open_account(
    connections: &dyn ConnectionStore,
    vault: &dyn Vault,
    workspace: &WorkspaceId,
    chosen: Option<&ConnectionId>,
    kinds: &[ConnectionKind],
) -> StoreResult<Option<Account>> {
    let connection = choose_connection(connections, workspace, chosen, kinds).await?;
    Ok(connection.and_then(|connection| opened(vault, connection, kinds)))
}

pub fn is_usable(connection: &Connection, kinds: &[ConnectionKind]) -> bool {
    connection.enabled && kinds.contains(&connection.settings.kind())
}

/// `None`: it does not work, or is of no such kind.
pub fn opened(vault: &dyn Vault, connection: Connection, kinds: &[ConnectionKind]) -> Option<Account> {
    if !is_usable(&connection, kinds) {
        return None;
    }
    match vault.open(&connection.workspace, &connection.id, &connection.sealed_secret) {
        Ok(secret) => Some(Account { connection, secret }),
        Err(_) => {
            tracing::error!(connection.id = %connection.id, "a connection's secret cannot be opened");
            None
        }
    }
}
