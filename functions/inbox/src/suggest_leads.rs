//! `GET /api/inbox/unmatched/{unmatched_id}/suggestions`: the leads whose an unmatched message may be, the best first.

use crate::App;
use application::inbox::unmatched_suggestions::{Fits, Searched, Suggestion};
use axum::extract::State;
use domain::{LeadId, UnmatchedId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SuggestedLeads {
    pub leads: Vec<SuggestedLead>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SuggestedLead {
    pub id: LeadId,
    pub name: String,
    pub company: Option<String>,
    pub email: Option<String>,
    pub fits: Fits,
}

#[utoipa::path(get, path = "/api/inbox/unmatched/{unmatched_id}/suggestions", operation_id = "suggest_leads",
    params(("unmatched_id" = UnmatchedId, Path)), responses((status = 200, body = SuggestedLeads)))]
pub async fn suggest_leads(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<UnmatchedId>,
) -> ApiResult<JsonBody<SuggestedLeads>> {
    let reply = app.unmatched(&caller, &id).await?;
    let searched =
        Searched { leads: &*app.leads, lists: &app.lists, messages: &*app.messages, blobs: &*app.blobs };
    let leads = searched.suggest(&reply).await?.into_iter().map(SuggestedLead::from).collect();
    Ok(JsonBody(SuggestedLeads { leads }))
}

impl From<Suggestion> for SuggestedLead {
    fn from(Suggestion { lead: id, name, company, email, fits }: Suggestion) -> Self {
        Self { id, name, company, email, fits }
    }
}
