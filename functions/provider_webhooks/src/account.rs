//! Whose webhook it is: the connection named by the path, else the account named by the payload.

use crate::App;
use application::StoreError;
use application::connections::SecretFields;
use application::provider_events::WebhookRequest;
use domain::ConnectionId;
use domain::connection::Connection;
use http_api::{ApiError, ApiResult};

impl App {
    /// `None`: nobody here has such an account.
    pub(crate) async fn account(
        &self,
        provider: &str,
        named: Option<&str>,
        request: &WebhookRequest,
    ) -> ApiResult<Option<Connection>> {
        let found = match named {
            Some(text) => match ConnectionId::parse(text) {
                Ok(id) => self.connections.workspace_of(&id).await.map(|workspace| (workspace, id)),
                Err(_) => return Ok(None),
            },
            None => match self.webhooks.account_hint(provider, request) {
                Some(account) => self.connections.by_account(provider, &account).await,
                None => return Ok(None),
            },
        };
        let connection = match found {
            Ok((workspace, id)) => self.connections.get(&workspace, &id).await,
            Err(error) => Err(error),
        };
        match connection {
            Ok(known) => Ok(Some(known).filter(|known| known.settings.provider() == provider)),
            Err(StoreError::NotFound) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    pub(crate) fn secret(&self, connection: &Connection) -> ApiResult<SecretFields> {
        let opened = self.vault.open(&connection.workspace, &connection.id, &connection.sealed_secret);
        // Of our making, not of the caller's: the provider shall try again when it is mended.
        opened.map_err(|bad| ApiError::internal("a connection's secret cannot be opened").because(bad))
    }
}
