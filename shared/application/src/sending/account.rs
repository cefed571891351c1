//! The account a message goes out by, with its secret opened.

use super::SendPorts;
use crate::connections::open_account;
use crate::provider_calls::Account;
use crate::store::StoreResult;
use domain::connection::ConnectionKind;
use domain::{ConnectionId, WorkspaceId};

/// The mailbox that was chosen, else the workspace's only kind of one. `None`: there is none that works.
pub async fn mail_account(
    ports: &SendPorts,
    workspace: &WorkspaceId,
    chosen: Option<&ConnectionId>,
) -> StoreResult<Option<Account>> {
    open_account(&*ports.connections, &*ports.vault, workspace, chosen, ConnectionKind::Smtp).await
}

pub async fn sms_account(
    ports: &SendPorts,
    workspace: &WorkspaceId,
    chosen: Option<&ConnectionId>,
) -> StoreResult<Option<Account>> {
    open_account(&*ports.connections, &*ports.vault, workspace, chosen, ConnectionKind::Twilio).await
}
