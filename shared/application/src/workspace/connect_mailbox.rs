//! Connecting a mailbox that is used by a grant: the address of the provider's page, and what follows when it returns.

use crate::identity::stage_keys::StageKeys;
use crate::ports::mailbox_grants::{AuthorizationCode, AuthorizationRequest, GrantFailure};
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::StoreError;
use crate::workspace::account_grant::{GrantPorts, store_grant};
use crate::workspace::grant_request::{self, BadGrantRequest, Connecting};
use domain::event::{Actor, Event, EventKind};
use domain::workspace::account::Account;
use domain::{UserId, WorkspaceId};

pub struct ConnectPorts<'a> {
    pub grants: GrantPorts<'a>,
    pub keys: &'a StageKeys,
    pub public_url: &'a str,
}

#[derive(Debug, thiserror::Error)]
pub enum NotConnected {
    #[error(transparent)]
    Request(#[from] BadGrantRequest),
    #[error(transparent)]
    Grant(#[from] GrantFailure),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Returns our address to which providers' pages return. It is registered there, letter for letter.
pub fn redirect_uri(public_url: &str) -> String {
    format!("{public_url}/settings/accounts/connected")
}

/// Returns the address of the provider's page where the owner of the account's mailbox allows the access.
pub fn provider_page(
    ports: &ConnectPorts<'_>,
    account: &Account,
    user: &UserId,
) -> Result<String, GrantFailure> {
    let who =
        Connecting { workspace: account.workspace.clone(), user: user.clone(), account: account.id.clone() };
    let request = grant_request::begin(ports.keys, ports.grants.ids, who, ports.grants.clock.now());
    let asked = AuthorizationRequest {
        redirect_uri: redirect_uri(ports.public_url),
        state: request.state,
        code_challenge: request.code_challenge,
    };
    ports.grants.grants.authorization_url(&account.settings, &asked)
}

/// Exchanges what the provider's page has returned with, and stores the grant. The account is untested afterwards.
pub async fn connect(
    ports: &ConnectPorts<'_>,
    (workspace, user): (&WorkspaceId, &UserId),
    (state, code): (&str, &str),
) -> Result<Account, NotConnected> {
    let GrantPorts { clock, accounts, vault, grants, .. } = ports.grants;
    let (id, code_verifier) = grant_request::finish(ports.keys, state, (workspace, user), clock.now())?;
    let account = accounts.get(workspace, &id).await?;
    let opened = vault.open(workspace, &id, &account.sealed_secret);
    let secret = opened.map_err(|bad| StoreError::Corrupt { key: id.to_string(), why: bad.to_string() })?;
    let open = OpenAccount { account, secret };
    let redirect_uri = redirect_uri(ports.public_url);
    let code = AuthorizationCode { code: code.to_owned(), code_verifier, redirect_uri };
    let tokens = grants.exchange(&open, &code).await?;
    let event = Event::new(EventKind::AccountChanged, Actor::User(user.clone()), clock.now());
    Ok(store_grant(&ports.grants, &open.account, tokens, &event).await?)
}
