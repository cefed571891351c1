//! The account a message goes out by, with its secret opened.

use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::StoreResult;
use crate::sending::SendPorts;
use crate::sending::context::SendContext;
use crate::workspace::open_account::{open_account, opened};
use domain::contact::channel::Channel;
use domain::workspace::account::AccountKind;
use domain::{AccountId, WorkspaceId};

/// The account that was chosen, else the workspace's first for the channel. `None`: there is none that works.
pub async fn sending_account(
    ports: &SendPorts,
    workspace: &WorkspaceId,
    channel: Channel,
    chosen: Option<&AccountId>,
) -> StoreResult<Option<OpenAccount>> {
    let kinds = AccountKind::of_channel(channel);
    open_account(&*ports.accounts, &*ports.vault, workspace, chosen, kinds).await
}

/// As `sending_account`, of a step: the campaign's own were read with it.
pub(super) async fn step_account(
    ports: &SendPorts,
    scene: &SendContext,
    channel: Channel,
    chosen: Option<&AccountId>,
) -> StoreResult<Option<OpenAccount>> {
    match scene.senders.iter().find(|sender| Some(&sender.id) == chosen) {
        Some(sender) => Ok(opened(&*ports.vault, sender.clone(), AccountKind::of_channel(channel))),
        None => sending_account(ports, &scene.workspace.id, channel, chosen).await,
    }
}
