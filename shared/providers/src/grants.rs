//! `MailboxGrants`: the OAuth side of the mailboxes that are used through an API.

use crate::accounts::{Unusable, secret, wrong_kind};
use crate::oauth::{self, AuthorizationServer, Client};
use crate::wire::BadSettings;
use crate::{Providers, registry};
use application::ports::mailbox_grants::{
    AuthorizationCode, AuthorizationRequest, GrantFailure, GrantTokens, MailboxGrants, REFRESH_TOKEN,
};
use application::ports::provider_calls::OpenAccount;
use async_trait::async_trait;
use domain::workspace::account::AccountSettings;
use http::Request;

impl From<Unusable> for GrantFailure {
    fn from(reason: Unusable) -> Self {
        Self::Account(reason.to_string())
    }
}

impl From<BadSettings> for GrantFailure {
    fn from(reason: BadSettings) -> Self {
        Self::Account(reason.to_string())
    }
}

/// Returns the authorization server of an account, and the client's id there.
fn server(settings: &AccountSettings) -> Result<(AuthorizationServer, &str), GrantFailure> {
    let AccountSettings::EmailSender { provider, base_url, fields, .. } = settings else {
        return Err(Unusable::WrongKind(settings.kind()).into());
    };
    let api = registry::mailbox_api(provider).ok_or(Unusable::WrongKind(settings.kind()))?;
    let id = fields.get("client_id").map(|id| id.trim()).filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| GrantFailure::Account("the account has no client_id".to_owned()))?;
    Ok((api.authorization_server(base_url, fields), id))
}

impl Providers {
    async fn tokens(
        &self,
        account: &OpenAccount,
        request: impl FnOnce(&AuthorizationServer, Client<'_>) -> Result<Request<Vec<u8>>, BadSettings> + Send,
    ) -> Result<GrantTokens, GrantFailure> {
        let (server, id) = server(&account.settings)?;
        let request = request(&server, Client { id, secret: secret(account, "client_secret")? })?;
        oauth::tokens(&server, self.http.send(request).await, self.clock.now())
    }
}

#[async_trait]
impl MailboxGrants for Providers {
    fn needs_grant(&self, settings: &AccountSettings) -> bool {
        registry::mailbox_api(settings.provider()).is_some()
    }

    fn authorization_url(
        &self,
        settings: &AccountSettings,
        asked: &AuthorizationRequest,
    ) -> Result<String, GrantFailure> {
        let (server, id) = server(settings)?;
        let hint = settings.mailbox().map_or("", |mailbox| mailbox.address.as_str());
        Ok(oauth::authorization_url(&server, id, hint, asked)?)
    }

    async fn exchange(
        &self,
        account: &OpenAccount,
        code: &AuthorizationCode,
    ) -> Result<GrantTokens, GrantFailure> {
        let tokens = self.tokens(account, |server, client| oauth::exchange(server, client, code)).await?;
        match tokens.refresh_token {
            Some(_) => Ok(tokens),
            // Without one the mailbox would work for an hour.
            None => Err(GrantFailure::PermissionsMissing(vec!["offline access".to_owned()])),
        }
    }

    async fn renew(&self, account: &OpenAccount) -> Result<GrantTokens, GrantFailure> {
        if registry::mailbox_api(account.settings.provider()).is_none() {
            return Err(wrong_kind(account).into());
        }
        let token = secret(account, REFRESH_TOKEN)?;
        self.tokens(account, |server, client| oauth::renewal(server, client, token)).await
    }
}
