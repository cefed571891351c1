//! The users who may move an account besides an administrator, and the access to mailboxes that are used by a grant of their owner:
//! who may connect one, and its state.

use crate::App;
use application::ports::accounts::SecretFields;
use application::workspace::account_grant::{GrantDates, GrantPorts};
use application::workspace::connect_mailbox::ConnectPorts;
use domain::AccountId;
use domain::workspace::account::Account;
use domain::workspace::user::Role;
use http_api::{ApiError, ApiResult, Caller, utoipa};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct GrantView {
    pub state: GrantState,
    /// When the owner allowed the access.
    pub connected_at: Option<Timestamp>,
    /// When the access ends whatever is done, where the provider has told it.
    pub ends_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    /// It was never connected, or was disconnected.
    NotConnected,
    Connected,
    /// The provider gives no access any more: it has to be connected again.
    Lost,
}

impl GrantView {
    pub fn of(secret: &SecretFields) -> Self {
        let GrantDates { stands, granted_at, ends_at } = GrantDates::of(secret);
        let state = match granted_at {
            Some(_) if stands => GrantState::Connected,
            Some(_) => GrantState::Lost,
            None => GrantState::NotConnected,
        };
        Self { state, connected_at: granted_at, ends_at }
    }
}

impl App {
    /// Returns a mailbox that the caller may connect and disconnect: an administrator may, and the user whose own address
    /// it is.
    pub async fn connectable(&self, caller: &Caller, id: &AccountId) -> ApiResult<Account> {
        let account = self.accounts.get(&caller.workspace, id).await?;
        if !self.grants.needs_grant(&account.settings) {
            return Err(ApiError::conflict("no_grant", "This account is used by its secret alone."));
        }
        self.refuse_others(caller, account).await
    }

    /// Returns an account that the caller may pause and resume: an administrator may, and the user whose own mailbox it is.
    /// A pause moves what others send to other mailboxes, or holds it.
    pub async fn pausable(&self, caller: &Caller, id: &AccountId) -> ApiResult<Account> {
        let account = self.accounts.get(&caller.workspace, id).await?;
        self.refuse_others(caller, account).await
    }

    async fn refuse_others(&self, caller: &Caller, account: Account) -> ApiResult<Account> {
        if caller.signed_in()?.role >= Role::Admin || self.is_own(caller, &account).await? {
            return Ok(account);
        }
        Err(ApiError::forbidden())
    }

    async fn is_own(&self, caller: &Caller, account: &Account) -> ApiResult<bool> {
        let user = self.users.get(&caller.workspace, &caller.signed_in()?.user).await?;
        Ok(account.settings.mailbox().is_some_and(|mailbox| *mailbox.address == user.email))
    }

    pub fn grant_ports(&self) -> GrantPorts<'_> {
        GrantPorts {
            clock: &*self.clock,
            ids: &*self.ids,
            accounts: &*self.accounts,
            vault: &*self.vault,
            grants: &*self.grants,
            notifications: &*self.notifications,
        }
    }

    pub fn connect_ports(&self) -> ConnectPorts<'_> {
        ConnectPorts {
            grants: self.grant_ports(),
            trial: &*self.trial,
            keys: &self.keys,
            public_url: &self.public_url,
        }
    }
}
