//! Connecting a mailbox that is used by a grant: the address of the provider's page, and what follows when it returns.

use crate::identity::stage_keys::StageKeys;
use crate::ports::mailbox_grants::{AuthorizationCode, AuthorizationRequest, GrantFailure, GrantLoss};
use crate::ports::provider_calls::{AccountTrial, OpenAccount, TrialError};
use crate::ports::store::StoreError;
use crate::workspace::account_grant::{GrantPorts, store_grant};
use crate::workspace::grant_request::{self, BadGrantRequest, Connecting};
use domain::event::{Actor, Event, EventKind};
use domain::workspace::account::Account;
use domain::workspace::account_fault::AccountFault;
use domain::{UserId, WorkspaceId};

pub struct ConnectPorts<'a> {
    pub grants: GrantPorts<'a>,
    pub trial: &'a dyn AccountTrial,
    pub keys: &'a StageKeys,
    pub public_url: &'a str,
}

#[derive(Debug, thiserror::Error)]
pub enum NotConnected {
    #[error(transparent)]
    Request(#[from] BadGrantRequest),
    #[error(transparent)]
    Grant(#[from] GrantFailure),
    /// The code was used before, or is too old.
    #[error("the provider does not know its own answer any more")]
    CodeVoid,
    /// The owner has allowed the access to a mailbox that is not the account's.
    #[error("{0}")]
    OtherMailbox(String),
    /// It is not known whose mailbox the access is to.
    #[error("the provider could not be asked whose mailbox it is: {0}")]
    OwnerUnknown(TrialError),
    #[error("the account's settings were changed meanwhile")]
    SettingsChanged,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NotConnected {
    /// Says what whoever connects the mailbox can do about it.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Request(BadGrantRequest::OfAnother) => {
                "Sign in as the user who has clicked Connect, or click Connect again as yourself."
            }
            Self::Request(_) | Self::CodeVoid | Self::SettingsChanged => "Click Connect again.",
            Self::OwnerUnknown(error) => next_step_after(error),
            Self::OtherMailbox(_) => {
                "Click Connect again, and choose the mailbox whose address the account has."
            }
            Self::Grant(failure) => failure.next_step(),
            Self::Store(_) => "Try again.",
        }
    }
}

/// Says what helps where the provider did not tell whose mailbox it is: waiting only if the failure can pass.
fn next_step_after(error: &TrialError) -> &'static str {
    use AccountFault::{Certificate, HostUnknown, NoEncryption, NotAllowed};
    match error {
        TrialError::Failed { fault, .. } if fault.passes() => {
            "Nothing was stored. Click Connect again in a minute."
        }
        TrialError::Failed { fault: HostUnknown | Certificate | NoEncryption | NotAllowed, .. } => {
            "Nothing was stored. Check the account's API URL, then click Connect again."
        }
        TrialError::Failed { .. } | TrialError::CannotBeTried => {
            "Nothing was stored. Check that the OAuth client may use the mail API where it is registered, and that the \
             owner has a mailbox there. Then click Connect again."
        }
    }
}

/// What the provider's page has returned with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned<'a> {
    Code(&'a str),
    /// The word for why there is no code, such as `access_denied`.
    Error(&'a str),
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

/// Exchanges what the provider's page has returned with, and stores the grant once the provider has said that it is for
/// the account's mailbox. A grant for another mailbox is not stored: nothing of that mailbox is ever read. The account is
/// untested afterwards.
pub async fn connect(
    ports: &ConnectPorts<'_>,
    (workspace, user): (&WorkspaceId, &UserId),
    (state, returned): (&str, Returned<'_>),
) -> Result<Account, NotConnected> {
    let GrantPorts { clock, accounts, vault, grants, .. } = ports.grants;
    let (id, code_verifier) = grant_request::finish(ports.keys, state, (workspace, user), clock.now())?;
    let code = match returned {
        Returned::Code(code) => code.to_owned(),
        Returned::Error(word) => return Err(page_refusal(word).into()),
    };
    let account = accounts.get(workspace, &id).await?;
    let opened = vault.open(workspace, &id, &account.sealed_secret);
    let secret = opened.map_err(|bad| StoreError::Corrupt { key: id.to_string(), why: bad.to_string() })?;
    let mut open = OpenAccount { account, secret };
    let redirect_uri = redirect_uri(ports.public_url);
    let code = AuthorizationCode { code, code_verifier, redirect_uri };
    let tokens = grants.exchange(&open, &code).await.map_err(|failure| match failure {
        GrantFailure::Lost { loss: GrantLoss::RevokedOrExpired, .. } => NotConnected::CodeVoid,
        other => other.into(),
    })?;
    tokens.clone().put_into(&mut open.secret);
    ports.trial.try_account(&open).await.map_err(|error| match error {
        TrialError::Failed { fault: AccountFault::OtherMailbox, detail } => {
            NotConnected::OtherMailbox(detail)
        }
        other => NotConnected::OwnerUnknown(other),
    })?;
    let event = Event::new(EventKind::AccountChanged, Actor::User(user.clone()), clock.now());
    let stored = store_grant(&ports.grants, &open.account, tokens, &event).await?;
    stored.ok_or(NotConnected::SettingsChanged)
}

/// Interprets the word that the provider's page returns with instead of a code (RFC 6749, 4.1.2.1). Faults of the client's
/// id and redirect address do not return at all: the provider's page shows them itself.
fn page_refusal(word: &str) -> GrantFailure {
    let is_code = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let code: String = word.chars().filter(is_code).take(40).collect();
    match code.as_str() {
        "access_denied" => GrantFailure::Refused,
        "admin_policy_enforced" | "org_internal" | "consent_required" | "interaction_required" => {
            GrantFailure::AdministratorNeeded { code }
        }
        "temporarily_unavailable" | "server_error" => {
            GrantFailure::Unavailable { after: None, source: code.into() }
        }
        _ => GrantFailure::ClientRefused { code },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_advised_only_where_it_can_help() {
        let advice = |fault| {
            NotConnected::OwnerUnknown(TrialError::Failed { fault, detail: String::new() }).next_step()
        };
        for fault in [AccountFault::Busy, AccountFault::NotReached] {
            assert!(advice(fault).contains("in a minute"), "{fault:?}");
        }
        for fault in [AccountFault::HostUnknown, AccountFault::Certificate, AccountFault::NotAllowed] {
            assert!(advice(fault).contains("API URL"), "{fault:?}");
        }
        for fault in [AccountFault::LoginRefused, AccountFault::Refused, AccountFault::NeedsGrant] {
            assert!(advice(fault).contains("OAuth client"), "{fault:?}");
        }
    }
}
