//! `GET /api/deals`: the deals of the leads that the caller sees.

use crate::App;
use crate::deal_view::{DealState, DealView};
use application::deals::with_leads::with_leads;
use application::ports::deals::DealList;
use application::ports::leads::LeadQuery;
use axum::extract::State;
use domain::UserId;
use domain::lead::filter::LeadFilter;
use domain::time::calendar_month::CalendarMonth;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

/// The pages that are read for one that is full: owners and outcomes are no part of the list's order.
const MOST_LOOKS: usize = 20;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DealListQuery {
    /// `open` if left out: earliest day first. `won` and `lost`: latest closing first.
    state: Option<DealState>,
    /// A user's id, `me`, or `none` for leads without an owner; all, if left out.
    owner: Option<String>,
    /// The month in which open deals are expected, and others were closed, such as 2026-11.
    month: Option<String>,
    /// 1–200, 50 if left out.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A page is short where few of many deals match; the next one goes on from there.
#[utoipa::path(get, path = "/api/deals", operation_id = "list_deals", params(DealListQuery),
    responses((status = 200, body = PageBody<DealView>)))]
pub async fn list_deals(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<DealListQuery>,
) -> ApiResult<JsonBody<PageBody<DealView>>> {
    let mut page = PageQuery { limit: query.limit, cursor: query.cursor }.parse()?;
    let state = query.state.unwrap_or(DealState::Open);
    let wrong_month = || ApiError::invalid("query.month", "is not a month such as 2026-11");
    let month = query.month.as_deref().filter(|month| !month.is_empty());
    let month = month.map(|month| CalendarMonth::parse(month).ok_or_else(wrong_month)).transpose()?;
    let list = DealList { closed: state != DealState::Open, month };
    let leads =
        LeadQuery { filter: filter_of_deals_owner(&caller, query.owner.as_deref())?, ..LeadQuery::default() };
    let (wanted, mut items) = (page.limit, Vec::new());
    for _ in 0..MOST_LOOKS {
        page.limit = wanted - items.len();
        let mut found = app.deals.deals.page(&caller.workspace, &list, page.clone()).await?;
        found.items.retain(|deal| DealState::of(deal) == state);
        let scope = (&caller.workspace, caller.leads());
        items.extend(with_leads(&app.deals, scope, found.items, (&leads, None)).await?);
        page.cursor = found.next_cursor;
        if page.cursor.is_none() || items.len() >= wanted {
            break;
        }
    }
    let items = items.into_iter().map(DealView::from).collect();
    Ok(JsonBody(PageBody { items, next_cursor: page.cursor, total: None }))
}

/// The filter for leads of an owner.
fn filter_of_deals_owner(caller: &Caller, owner: Option<&str>) -> ApiResult<LeadFilter> {
    let owner = match owner {
        None | Some("") => return Ok(LeadFilter::default()),
        Some("none") => return Ok(LeadFilter { unowned: true, ..LeadFilter::default() }),
        Some("me") => caller
            .user()
            .cloned()
            .ok_or_else(|| ApiError::invalid("query.owner", "is a user's id: an API key has no leads"))?,
        Some(id) => UserId::parse(id).map_err(|error| ApiError::invalid("query.owner", error.to_string()))?,
    };
    Ok(LeadFilter { owner: Some(owner), ..LeadFilter::default() })
}
