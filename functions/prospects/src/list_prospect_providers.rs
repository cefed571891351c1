//! `GET /api/prospects/providers`: where prospects can be searched for, by what, and at which price.

use crate::App;
use application::ports::data_providers::ProspectCriterion;
use application::prospects::desk::ProspectDesk;
use axum::extract::State;
use domain::prospect::SEARCHED_PROVIDERS;
use domain::spend::Usd;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

/// The page size that the prices of a search are told for.
const USUAL_PAGE: u32 = 25;

/// The networks that users ask about, and why leads do not come from there by a search.
const NOT_SEARCHED: [(&str, &str); 2] = [
    ("Meta", "Meta has no people search: its leads come by webhook."),
    ("LinkedIn", "LinkedIn has no people search for programs: search there and import your list."),
];

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProspectProviders {
    pub items: Vec<ProspectProviderView>,
    /// The networks that cannot be searched.
    pub not_possible: Vec<NotSearched>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProspectProviderView {
    /// The provider's name in requests and in the price list.
    pub provider: String,
    pub name: String,
    /// Whether an account is switched on.
    pub connected: bool,
    /// The filters that it can be asked for; none are told before it is connected.
    pub filters: Vec<ProspectCriterion>,
    /// The most that a page of 25 may cost, in millionths of a dollar.
    pub search: Usd,
    /// The price of an address that it tells only for a credit.
    pub each: Usd,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NotSearched {
    pub name: String,
    pub why: String,
}

#[utoipa::path(get, path = "/api/prospects/providers", operation_id = "list_prospect_providers",
    responses((status = 200, body = ProspectProviders)))]
pub async fn list_prospect_providers(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<ProspectProviders>> {
    let desk = ProspectDesk::open(&app.ports, &caller.workspace).await?;
    let items = SEARCHED_PROVIDERS.iter().map(|(provider, name)| {
        let account = desk.account(provider);
        let (filters, search, each) = match &account {
            Some(account) => (
                app.ports.prospect_search.criteria(account).to_vec(),
                desk.most_of_search(account, USUAL_PAGE),
                desk.price_of_address(account).most(),
            ),
            None => (Vec::new(), Usd::ZERO, Usd::ZERO),
        };
        let (provider, name) = ((*provider).to_owned(), (*name).to_owned());
        ProspectProviderView { provider, name, connected: account.is_some(), filters, search, each }
    });
    let not_possible =
        NOT_SEARCHED.map(|(name, why)| NotSearched { name: name.to_owned(), why: why.to_owned() });
    Ok(JsonBody(ProspectProviders { items: items.collect(), not_possible: not_possible.into() }))
}
