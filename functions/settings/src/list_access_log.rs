//! `GET /api/settings/access-log`: who signed in, who was refused, what was exported and which API keys were used, the newest
//! first. Entries are kept for 90 days.

use crate::App;
use axum::extract::State;
use domain::AccessRecordId;
use domain::event::UserOrKey;
use domain::workspace::access_record::{AccessKind, AccessRecord};
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AccessView {
    pub id: AccessRecordId,
    pub kind: AccessKind,
    /// The user or the API key; of a refusal, the user whose login was tried.
    pub by: UserOrKey,
    /// The browser and the system, as the browser names them; none of an API key.
    pub device: Option<String>,
    /// Stands for the network: the same text for the same network, whose address is not kept.
    pub network: String,
    /// The number of leads, or entries of the suppression list, that were exported.
    pub leads: Option<u64>,
    pub at: Timestamp,
}

#[utoipa::path(get, path = "/api/settings/access-log", operation_id = "list_access_log",
    params(("limit" = Option<usize>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageBody<AccessView>)))]
pub async fn list_access_log(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<PageQuery>,
) -> ApiResult<JsonBody<PageBody<AccessView>>> {
    let page = app.access_log.list(&caller.workspace, query.parse()?).await?;
    Ok(JsonBody(page.map(AccessView::from).into()))
}

impl From<AccessRecord> for AccessView {
    fn from(record: AccessRecord) -> Self {
        let AccessRecord { id, kind, by, device, network, leads, at, .. } = record;
        Self { id, kind, by, device, network, leads, at }
    }
}
