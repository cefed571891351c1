//! `GET /api/campaigns/{id}/enrolments`: the enrolments of a campaign, by state.

use crate::App;
use crate::enrolment_view::EnrolmentView;
use application::ports::enrolments::EnrolmentFilter;
use axum::extract::State;
use domain::CampaignId;
use domain::enrolment::Enrolment;
use http_api::{ApiResult, Caller, JsonBody, PageBody, PageQuery, PathOf, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EnrolmentListQuery {
    /// One state; all if left out.
    #[param(value_type = Option<EnrolmentStateFilter>, inline)]
    state: Option<EnrolmentStateFilter>,
    /// 1–200, 50 if left out.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentStateFilter {
    Pending,
    /// Scheduled, or being sent.
    Moving,
    /// The step is a task that waits for a person.
    WaitingTask,
    Held,
    Ended,
}

#[utoipa::path(get, path = "/api/campaigns/{id}/enrolments", operation_id = "list_enrolments",
    params(("id" = CampaignId, Path), EnrolmentListQuery), responses((status = 200, body = PageBody<EnrolmentView>)))]
pub async fn list_enrolments(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    QueryOf(query): QueryOf<EnrolmentListQuery>,
) -> ApiResult<JsonBody<PageBody<EnrolmentView>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor }.parse()?;
    let filter = query.state.map(|state| match state {
        EnrolmentStateFilter::Pending => EnrolmentFilter::Pending,
        EnrolmentStateFilter::Moving => EnrolmentFilter::Moving,
        EnrolmentStateFilter::WaitingTask => EnrolmentFilter::WaitingTask,
        EnrolmentStateFilter::Held => EnrolmentFilter::Held,
        EnrolmentStateFilter::Ended => EnrolmentFilter::Ended,
    });
    app.campaigns.get(&caller.workspace, &id).await?;
    let read = |page| app.enrolments.of_campaign(&caller.workspace, &id, filter, page);
    let lead = |enrolment: &Enrolment| Some(enrolment.key().lead.clone());
    let found = caller.page_seen(page, lead, read).await?;
    let items = app.enrolment_views(&caller.workspace, found.items).await?;
    Ok(JsonBody(PageBody { items, next_cursor: found.next_cursor, total: None }))
}
