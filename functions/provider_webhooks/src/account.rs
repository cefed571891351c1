//! Finds whose webhook it may be: the connection named by the path, else those that name the payload's account. Anybody can name an
//! account; only its owner has the secret that the webhook is signed with.

use crate::App;
use application::ports::accounts::SecretFields;
use application::ports::provider_events::WebhookRequest;
use application::ports::store::found;
use domain::workspace::account::Connection;
use domain::{ConnectionId, WorkspaceId};
use http_api::{ApiError, ApiResult};

impl App {
    /// None: nobody here has such an account.
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
        // Of our making, not of the caller's: the provider shall try again when it is mended.
        opened.map_err(|bad| ApiError::internal("a connection's secret cannot be opened").because(bad))
    }
}
