//! Finds the account that a webhook may belong to: the one named by the path, else those that the payload
//! names. Anybody can name an account; only its owner has the secret that signs the webhook.

use crate::App;
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::OpenAccount;
use application::ports::provider_events::WebhookRequest;
use application::ports::store::found;
use domain::workspace::account::Account;
use domain::{AccountId, WorkspaceId};
use http_api::{ApiError, ApiResult};

impl App {
    /// The accounts that the webhook may belong to; empty if this installation has none.
    pub(crate) async fn accounts(
        &self,
        provider: &str,
        named: Option<&str>,
        request: &WebhookRequest,
    ) -> ApiResult<Vec<Account>> {
        let Some(text) = named else { return self.naming(provider, request).await };
        let Ok(id) = AccountId::parse(text) else { return Ok(Vec::new()) };
        Ok(self.account(provider, &id).await?.into_iter().collect())
    }

    pub(crate) async fn account(&self, provider: &str, id: &AccountId) -> ApiResult<Option<Account>> {
        let Some(workspace) = found(self.accounts.workspace_of(id).await)? else { return Ok(None) };
        self.reporting(provider, &workspace, id).await
    }

    async fn naming(&self, provider: &str, request: &WebhookRequest) -> ApiResult<Vec<Account>> {
        let Some(account) = self.webhooks.account_hint(provider, request) else { return Ok(Vec::new()) };
        let mut accounts = Vec::new();
        for (workspace, id) in self.accounts.by_external_id(provider, &account).await? {
            accounts.extend(self.reporting(provider, &workspace, &id).await?);
        }
        Ok(accounts)
    }

    async fn reporting(
        &self,
        provider: &str,
        workspace: &WorkspaceId,
        id: &AccountId,
    ) -> ApiResult<Option<Account>> {
        let known = found(self.accounts.get(workspace, id).await)?;
        Ok(known.filter(|known| known.settings.provider() == provider))
    }

    pub(crate) fn open(&self, account: Account) -> ApiResult<OpenAccount> {
        let secret = self.secret(&account)?;
        Ok(OpenAccount { account, secret })
    }

    pub(crate) fn secret(&self, account: &Account) -> ApiResult<SecretFields> {
        let opened = self.vault.open(&account.workspace, &account.id, &account.sealed_secret);
        // The fault is ours, not the caller's: the provider retries, and succeeds once it is fixed.
        opened.map_err(|bad| ApiError::internal("an account's secret cannot be opened").because(bad))
    }
}
