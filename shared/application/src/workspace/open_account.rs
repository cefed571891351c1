//! Chooses a workspace's account at a provider, and opens its secret.

use crate::ports::accounts::ConnectionStore;
use crate::ports::accounts::Vault;
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::{StoreResult, found};

use domain::workspace::account::{Connection, ConnectionKind};
use domain::{ConnectionId, WorkspaceId};

/// Returns the chosen connection, else the workspace's first of one of the kinds that is switched on; a paused one
/// only where all of them are.
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

/// Chooses as `choose_connection` does, and opens the secret.
pub async fn open_account(
    connections: &dyn ConnectionStore,
    vault: &dyn Vault,
    workspace: &WorkspaceId,
    chosen: Option<&ConnectionId>,
    kinds: &[ConnectionKind],
) -> StoreResult<Option<OpenAccount>> {
    let connection = choose_connection(connections, workspace, chosen, kinds).await?;
    Ok(connection.and_then(|connection| opened(vault, connection, kinds)))
}

pub fn is_usable(connection: &Connection, kinds: &[ConnectionKind]) -> bool {
    connection.enabled && kinds.contains(&connection.settings.kind())
}

/// Opens a connection's secret. `None`: the connection is not usable, is of no such kind, or its secret cannot be
/// opened.
pub fn opened(vault: &dyn Vault, connection: Connection, kinds: &[ConnectionKind]) -> Option<OpenAccount> {
    if !is_usable(&connection, kinds) {
        return None;
    }
    match vault.open(&connection.workspace, &connection.id, &connection.sealed_secret) {
        Ok(secret) => Some(OpenAccount { connection, secret }),
        Err(_) => {
            tracing::error!(connection.id = %connection.id, "a connection's secret cannot be opened");
            None
        }
    }
}
