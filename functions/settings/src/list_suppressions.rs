//! `GET /api/settings/suppressions`: the suppression list, or those of its entries that somebody looks for.

use crate::App;
use crate::suppression_view::SuppressionView;
use application::Page;
use application::lead::suppression_search::{SuppressionSearch, search_suppressions};
use axum::extract::State;
use domain::lead::suppression::Suppression;
use futures::{StreamExt, TryStreamExt};
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

/// The entries whose leads are looked up at once.
const AT_ONCE: usize = 16;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuppressionQuery {
    /// A part of an address, a domain, a number or an id. A page of the answer may then be empty and still have a cursor.
    q: Option<String>,
    /// 1–200, 50 if left out.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

#[utoipa::path(get, path = "/api/settings/suppressions", operation_id = "list_suppressions",
    params(SuppressionQuery), responses((status = 200, body = PageBody<SuppressionView>)))]
pub async fn list_suppressions(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<SuppressionQuery>,
) -> ApiResult<JsonBody<PageBody<SuppressionView>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor }.parse()?;
    let found = match query.q.as_deref().and_then(SuppressionSearch::parse) {
        Some(search) => search_suppressions(&*app.suppressions, &caller.workspace, &search, page).await?,
        None => app.suppressions.list(&caller.workspace, page).await?,
    };
    let Page { items, next_cursor } = found;
    let views = items.into_iter().map(|entry| app.with_lead(&caller, entry));
    let items = futures::stream::iter(views).buffered(AT_ONCE).try_collect().await?;
    Ok(JsonBody(Page { items, next_cursor }.into()))
}

impl App {
    /// Returns the entry with the lead that has the address, number or id; of several leads with a number the first.
    async fn with_lead(&self, caller: &Caller, entry: Suppression) -> ApiResult<SuppressionView> {
        let lead_id = self.leads_of(caller, &entry.scope).await?.into_iter().next();
        Ok(SuppressionView { lead_id, ..entry.into() })
    }
}
