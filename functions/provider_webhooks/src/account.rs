//! Finds the account that a webhook may belong to: the one named by the path, else those that the payload
//! names. Anybody can name an account; only its owner has the secret that signs the webhook.

use crate::App;
use application::ports::accounts::SecretFields;
use application::ports::provider_events::WebhookRequest;
use application::ports::store::found;
use domain::workspace::account::Connection;
use domain::{ConnectionId, WorkspaceId};
use http_api::{ApiError, ApiResult};

impl App {
    /// The accounts that the webhook may belong to; empty if this installation has none.
    pub(crate) async fn accounts(
        &self,
        provider: &str,
        named: Option<&str>,
        request: &WebhookRequest,
    ) -> ApiResult<Vec<Connection>> {
        let Some(text) = named else { return self.naming(provider, request).await };
        let Ok(id) = ConnectionId::parse(text) else { return Ok(Vec::new()) };
        Ok(self.connection(provider, &id).await?.into_iter().collect())
    }

    pub(crate) async fn connection(
        &self,
        provider: &str,
        id: &ConnectionId,
    ) -> ApiResult<Option<Connection>> {
        let Some(workspace) = found(self.connections.workspace_of(id).await)? else { return Ok(None) };
        self.reporting(provider, &workspace, id).await
    }

    async fn naming(&self, provider: &str, request: &WebhookRequest) -> ApiResult<Vec<Connection>> {
        let Some(account) = self.webhooks.account_hint(provider, request) else { return Ok(Vec::new()) };
        let mut connections = Vec::new();
        for (workspace, id) in self.connections.by_account(provider, &account).await? {
            connections.extend(self.reporting(provider, &workspace, &id).await?);
        }
        Ok(connections)
    }

    async fn reporting(
        &self,
        provider: &str,
        workspace: &WorkspaceId,
        id: &ConnectionId,
    ) -> ApiResult<Option<Connection>> {
        let known = found(self.connections.get(workspace, id).await)?;
        Ok(known.filter(|known| known.settings.provider() == provider))
    }

    pub(crate) fn secret(&self, connection: &Connection) -> ApiResult<SecretFields> {
        let opened = self.vault.open(&connection.workspace, &connection.id, &connection.sealed_secret);
        // The fault is ours, not the caller's: the provider retries, and succeeds once it is fixed.
        opened.map_err(|bad| ApiError::internal("a connection's secret cannot be opened").because(bad))
    }
}
