//! `GET /api/leads/deleted`: the leads that are deleted and can still be restored, the latest first.

use crate::App;
use axum::extract::State;
use domain::event::UserOrKey;
use domain::lead::Lead;
use domain::{LeadId, UserId};
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, QueryOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeletedLeadView {
    pub id: LeadId,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub deleted_at: Timestamp,
    /// The user who deleted it, if one did.
    pub deleted_by: Option<UserId>,
    /// The name of the API key whose program deleted it, if one did.
    pub deleted_by_program: Option<String>,
    /// The time until which it can be restored.
    pub restorable_until: Timestamp,
    /// The days until then, the begun one included.
    pub days_left: u32,
}

#[utoipa::path(get, path = "/api/leads/deleted", operation_id = "list_deleted_leads", params(PageQuery),
    responses((status = 200, body = PageBody<DeletedLeadView>)))]
pub async fn list_deleted_leads(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(page): QueryOf<PageQuery>,
) -> ApiResult<JsonBody<PageBody<DeletedLeadView>>> {
    let read = |page| app.leads.deleted(&caller.workspace, page);
    let found = caller.page_seen(page.parse()?, |lead: &Lead| Some(lead.id.clone()), read).await?;
    let deletions = found.items.iter().filter_map(|lead| lead.deleted.as_ref());
    let names =
        app.key_names(&caller.workspace, deletions.filter_map(|deletion| deletion.by.as_ref())).await?;
    let now = app.clock.now();
    let view = |lead: Lead| {
        let deletion = lead.deleted.as_ref().filter(|deletion| !deletion.may_be_erased(now))?;
        Some(DeletedLeadView {
            name: lead.display_name(),
            company: lead.company.clone(),
            email: lead.email.as_ref().map(ToString::to_string),
            phone: lead.phone.as_ref().map(ToString::to_string),
            deleted_at: deletion.at,
            deleted_by: deletion.by.as_ref().and_then(UserOrKey::user),
            deleted_by_program: names.program(deletion.by.as_ref()),
            restorable_until: deletion.erased_from(),
            days_left: deletion.days_left(now),
            id: lead.id,
        })
    };
    let items = found.items.into_iter().filter_map(view).collect();
    Ok(JsonBody(PageBody { items, next_cursor: found.next_cursor, total: None }))
}
