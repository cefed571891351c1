//! The account that a message goes out by, with its secret opened.

use crate::ports::mailbox_grants::ACCESS_TOKEN;
use crate::ports::provider_calls::{OpenAccount, SenderClass};
use crate::ports::store::StoreResult;
use crate::sending::context::SendContext;
use crate::sending::ports::SendPorts;
use crate::sending::ready::class_of;
use crate::workspace::account_grant::{self, Access, GrantPorts};
use crate::workspace::open_account::{open_account, opened};
use domain::contact::channel::Channel;
use domain::message::Message;
use domain::workspace::account::AccountKind;
use domain::{AccountId, WorkspaceId};
use jiff::Timestamp;

/// Opens the account that a message goes out by. `None`: it does not work, or is gone.
pub(super) async fn sending_account(
    ports: &SendPorts,
    workspace: &WorkspaceId,
    channel: Channel,
    chosen: &AccountId,
) -> StoreResult<Option<OpenAccount>> {
    let kinds = AccountKind::of_channel(channel);
    open_account(&*ports.accounts, &*ports.vault, workspace, chosen, kinds).await
}

/// Renews the access to a mailbox that is used by a grant, where it ends soon. `Err`: another function renews it, or the
/// provider is busy, and the caller comes back then. An account whose grant is lost is returned without access: its provider
/// refuses it, and what follows is the same as for any refused account.
pub(super) async fn with_access(
    ports: &SendPorts,
    account: OpenAccount,
) -> StoreResult<Result<OpenAccount, Timestamp>> {
    let without = |mut account: OpenAccount| {
        account.secret.0.remove(ACCESS_TOKEN);
        account
    };
    Ok(match account_grant::with_access(&GrantPorts::from(ports), account.clone()).await? {
        Access::Ready(open) => Ok(*open),
        Access::Wait { until } => Err(until),
        Access::Lost { .. } | Access::Gone => Ok(without(account)),
    })
}

/// Opens the account that a message went out by, and tells what its provider promises about the message.
pub(super) async fn account_of(
    ports: &SendPorts,
    message: &Message,
) -> StoreResult<(Option<OpenAccount>, SenderClass)> {
    let account = match &message.account {
        Some(id) => sending_account(ports, &message.workspace, message.channel, id).await?,
        None => None,
    };
    let class = account.as_ref().map(|account| class_of(ports, account, message.channel));
    Ok((account, class.unwrap_or(SenderClass::PROMISES_NOTHING)))
}

/// Opens the account of a step. The campaign's own accounts were read with the context.
pub(super) async fn step_account(
    ports: &SendPorts,
    context: &SendContext,
    channel: Channel,
    chosen: Option<&AccountId>,
) -> StoreResult<Option<OpenAccount>> {
    let Some(chosen) = chosen else { return Ok(None) };
    match context.senders.iter().find(|sender| sender.id == *chosen) {
        Some(sender) => Ok(opened(&*ports.vault, sender.clone(), AccountKind::of_channel(channel))),
        None => sending_account(ports, &context.workspace.id, channel, chosen).await,
    }
}
