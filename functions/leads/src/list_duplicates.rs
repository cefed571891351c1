//! `GET /api/leads/duplicates`: leads that may be the same person, as the latest search has found them.

use crate::App;
use application::lead::duplicate_search::{ShownGroup, groups_of_now, latest_search};
use axum::extract::State;
use domain::lead::Lead;
use domain::lead::duplicates::{DuplicateReason, DuplicateSearch};
use domain::lead::stage::StageId;
use domain::{LeadId, UserId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PageQuery, QueryOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

/// The most groups that one request compares again.
const MOST_LOOKS: usize = 200;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DuplicatesPage {
    /// None before the first search.
    pub search: Option<DuplicateSearchView>,
    /// A page may be short, or empty, and have a `next_cursor`: groups that are no longer such are left out.
    pub items: Vec<DuplicateGroupView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DuplicateSearchView {
    pub running: bool,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// The number of leads that were compared: the newest 100,000 at most.
    pub compared: usize,
    /// Whether there are more leads, or more groups, than one search deals with.
    pub is_partial: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DuplicateGroupView {
    pub reasons: Vec<DuplicateReason>,
    pub leads: Vec<DuplicateLeadView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DuplicateLeadView {
    pub id: LeadId,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub status: StageId,
    pub owner: Option<UserId>,
    pub created_at: Timestamp,
    pub last_contacted_at: Option<Timestamp>,
}

impl DuplicateSearchView {
    pub fn of(search: &DuplicateSearch, now: Timestamp) -> Self {
        Self {
            running: search.is_running(now),
            started_at: search.started_at,
            finished_at: search.finished_at,
            compared: search.compared,
            is_partial: search.is_partial,
        }
    }
}

impl From<Lead> for DuplicateLeadView {
    fn from(lead: Lead) -> Self {
        Self {
            name: lead.display_name(),
            company: lead.company,
            email: lead.email.as_ref().map(ToString::to_string),
            phone: lead.phone.as_ref().map(ToString::to_string),
            status: lead.status,
            owner: lead.owner,
            created_at: lead.created_at,
            last_contacted_at: lead.last_contacted_at,
            id: lead.id,
        }
    }
}

impl From<ShownGroup> for DuplicateGroupView {
    fn from(shown: ShownGroup) -> Self {
        Self {
            reasons: shown.group.reasons,
            leads: shown.leads.into_iter().map(DuplicateLeadView::from).collect(),
        }
    }
}

/// Groups of leads that may be one person, with the reasons, as the latest search has found them. `POST` starts a
/// search.
#[utoipa::path(get, path = "/api/leads/duplicates", operation_id = "list_duplicates", params(PageQuery),
    responses((status = 200, body = DuplicatesPage)))]
pub async fn list_duplicates(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(page): QueryOf<PageQuery>,
) -> ApiResult<JsonBody<DuplicatesPage>> {
    let page = page.parse()?;
    let Some(search) = latest_search(&app.duplicates, &caller.workspace).await? else {
        return Ok(JsonBody(DuplicatesPage { search: None, items: Vec::new(), next_cursor: None }));
    };
    let mut at = page.cursor.as_deref().map_or(Ok(0), |cursor| position(&search, cursor))?;
    let (mut items, mut looks) = (Vec::new(), 0);
    while at < search.groups.len() && items.len() < page.limit && looks < MOST_LOOKS {
        let to = search.groups.len().min(at + page.limit - items.len());
        let shown = groups_of_now(&app.duplicates, &caller.workspace, &search.groups[at..to]).await?;
        items.extend(shown.into_iter().map(DuplicateGroupView::from));
        (looks, at) = (looks + to - at, to);
    }
    let next_cursor =
        (at < search.groups.len()).then(|| format!("{}.{at}", search.started_at.as_microsecond()));
    let search = Some(DuplicateSearchView::of(&search, app.clock.now()));
    Ok(JsonBody(DuplicatesPage { search, items, next_cursor }))
}

/// Reads a cursor: the search that it belongs to, and the position in it.
fn position(search: &DuplicateSearch, cursor: &str) -> ApiResult<usize> {
    let (started, at) = cursor.split_once('.').unwrap_or_default();
    match at.parse() {
        Ok(at) if started == search.started_at.as_microsecond().to_string() => Ok(at),
        // It belongs to an earlier search, or to no list.
        _ => Err(ApiError::bad_cursor()),
    }
}
