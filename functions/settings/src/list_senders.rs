//! `GET /api/settings/senders`: the providers that share the general settings of their kind of account (senders and
//! providers of data), and the fields that each needs.

use crate::App;
use application::workspace::connect_mailbox::redirect_uri;
use axum::extract::State;
use domain::workspace::account::AccountKind;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SenderView {
    /// The provider's name in an account's settings.
    pub provider: String,
    /// The kind of the account's settings.
    pub kind: AccountKind,
    /// Names of the secret's fields.
    pub secrets: Vec<String>,
    /// Names of the entries that the settings must have in `fields`.
    pub fields: Vec<String>,
    /// The address of the provider's API, where all accounts have the same.
    pub api_url: Option<String>,
    /// Our address that is registered with the provider's OAuth client, letter for letter. Present where accounts work
    /// only once they are connected.
    pub redirect_uri: Option<String>,
}

#[utoipa::path(get, path = "/api/settings/senders", operation_id = "list_senders",
    responses((status = 200, body = PageBody<SenderView>)))]
pub async fn list_senders(
    State(app): State<Arc<App>>,
    _caller: Caller,
) -> ApiResult<JsonBody<PageBody<SenderView>>> {
    let kinds = [
        AccountKind::EmailSender,
        AccountKind::SmsSender,
        AccountKind::WhatsappSender,
        AccountKind::DataProvider,
    ];
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let view = |provider: &str| {
        let declared = app.declarations.declared(provider)?;
        let (secrets, fields) = (named(declared.secrets), named(declared.fields));
        Some(SenderView {
            provider: provider.to_owned(),
            kind: declared.kind,
            secrets,
            fields,
            api_url: declared.api_url.map(str::to_owned),
            redirect_uri: declared.by_grant.then(|| redirect_uri(&app.public_url)),
        })
    };
    let providers = kinds.into_iter().flat_map(|kind| app.declarations.providers_of_kind(kind));
    let items: Vec<SenderView> = providers.filter_map(view).collect();
    let total = Some(items.len());
    Ok(JsonBody(PageBody { items, next_cursor: None, total }))
}
