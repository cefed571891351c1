//! `GET /api/settings/accounts`: the workspace's provider accounts, without their secrets.

use crate::App;
use crate::account_view::{AccountView, BesideAccount};
use axum::extract::State;
use domain::workspace::account::{Account, AccountKind};
use http_api::{ApiResult, Caller, JsonBody, PageBody, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountListQuery {
    #[param(value_type = Option<AccountKind>)]
    kind: Option<AccountKind>,
}

#[utoipa::path(get, path = "/api/settings/accounts", operation_id = "list_accounts", params(AccountListQuery),
    responses((status = 200, body = PageBody<AccountView>)))]
pub async fn list_accounts(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<AccountListQuery>,
) -> ApiResult<JsonBody<PageBody<AccountView>>> {
    let all = app.accounts.list(&caller.workspace).await?;
    let mut shown = all.clone();
    shown.retain(|account| query.kind.is_none_or(|kind| kind == account.settings.kind()));
    let total = Some(shown.len());
    let breakers = app.breakers.list(&caller.workspace).await?;
    let quotas = app.quotas.list(&caller.workspace).await?;
    let readings = app.mailbox_readings.list(&caller.workspace).await?;
    let view = |account: Account| {
        let breaker = breakers.iter().find(|breaker| breaker.account == account.id);
        let quota = quotas.iter().find(|quota| quota.account == account.id);
        let reading = readings.iter().find(|reading| reading.account == account.id);
        app.account_view(account, &all, BesideAccount { breaker, quota, reading })
    };
    let items = shown.into_iter().map(view).collect();
    Ok(JsonBody(PageBody { items, next_cursor: None, total }))
}
