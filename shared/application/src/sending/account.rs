//! The account a message goes out by, with its secret opened.

use super::SendPorts;
use crate::connections::{ConnectionStore, Vault};
use crate::provider_calls::Account;
use crate::store::{StoreError, StoreResult};
use domain::connection::{Connection, ConnectionKind};
use domain::{ConnectionId, WorkspaceId};

/// The mailbox that was chosen, else the workspace's only kind of one. `None`: there is none that works.
pub async fn mail_account(
    ports: &SendPorts,
    workspace: &WorkspaceId,
    chosen: Option<&ConnectionId>,
) -> StoreResult<Option<Account>> {
    open(&*ports.connections, &*ports.vault, workspace, chosen, ConnectionKind::Smtp).await
}

pub async fn sms_account(
    ports: &SendPorts,
    workspace: &WorkspaceId,
    chosen: Option<&ConnectionId>,
) -> StoreResult<Option<Account>> {
    open(&*ports.connections, &*ports.vault, workspace, chosen, ConnectionKind::Twilio).await
}

async fn open(
    connections: &dyn ConnectionStore,
    vault: &dyn Vault,
    workspace: &WorkspaceId,
    chosen: Option<&ConnectionId>,
    kind: ConnectionKind,
) -> StoreResult<Option<Account>> {
    let usable = |connection: &Connection| connection.enabled && connection.settings.kind() == kind;
    let connection = match chosen {
        Some(id) => match connections.get(workspace, id).await {
            Ok(connection) => Some(connection).filter(usable),
            Err(StoreError::NotFound) => None,
            Err(other) => return Err(other),
        },
        None => connections.list(workspace).await?.into_iter().find(usable),
    };
    let Some(connection) = connection else { return Ok(None) };
    match vault.open(workspace, &connection.id, &connection.sealed_secret) {
        Ok(secret) => Ok(Some(Account { connection, secret })),
        Err(_) => {
            tracing::error!(connection.id = %connection.id, "a connection's secret cannot be opened");
            Ok(None)
        }
    }
}
