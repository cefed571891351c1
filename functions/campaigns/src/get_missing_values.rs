//! `GET /api/campaigns/{id}/missing-values`: the enrolled leads that would be held because they lack a value which a
//! text needs, a consent which a message needs, or a time zone; meant to be asked before a launch.

use crate::App;
use application::campaign::missing_values::{MOST_LOOKED_AT, missing_values};
use application::campaign::planning_context::PlanningContext;
use application::campaign::version_sent::version_sent;
use axum::extract::State;
use domain::CampaignId;
use domain::contact::channel::Channel;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, QueryOf, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MissingValuesQuery {
    /// Checks this version of the sequence for every lead; if left out, the campaign's own, or for a draft
    /// the one that its launch pins.
    version: Option<u32>,
    /// The most leads to look at in this request: 1–1,000, 1,000 if left out.
    limit: Option<usize>,
    /// `next_cursor` of the answer before.
    cursor: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MissingValuesView {
    pub version: u32,
    /// The number of open enrolments that this answer covers.
    pub looked_at: usize,
    /// How many of them would be held for a missing value at one of their next steps.
    pub people: usize,
    /// Missing values, most frequent first; each lead counts at the first value that it lacks.
    pub fields: Vec<MissingValuesField>,
    /// The leads that would be held for want of consent, most first; each lead counts at the first message that needs
    /// one.
    pub without_consent: Vec<MissingConsent>,
    /// The leads whose time zone is not known. Texts and calls to them come only while it is day in every zone where
    /// they may be; e-mails keep the window, read in the most populous of these zones.
    pub zone_unknown: usize,
    /// Those of them who would be held at a text or call, because no hour of the window is day in all these zones.
    pub without_hours: usize,
    /// The start of the next request; none once every lead was looked at.
    pub next_cursor: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MissingValuesField {
    pub field: String,
    pub people: usize,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MissingConsent {
    pub channel: Channel,
    /// What the law or the workspace asks for.
    pub rule: String,
    pub people: usize,
}

#[utoipa::path(get, path = "/api/campaigns/{id}/missing-values", operation_id = "get_missing_values",
    params(("id" = CampaignId, Path), MissingValuesQuery), responses((status = 200, body = MissingValuesView)))]
pub async fn get_missing_values(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    QueryOf(query): QueryOf<MissingValuesQuery>,
) -> ApiResult<JsonBody<MissingValuesView>> {
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    let most = match query.limit {
        None => MOST_LOOKED_AT,
        Some(limit) if (1..=MOST_LOOKED_AT).contains(&limit) => limit,
        Some(_) => return Err(ApiError::invalid("query.limit", format!("is from 1 to {MOST_LOOKED_AT}"))),
    };
    let number = match query.version {
        Some(version) => version,
        None => version_sent(&*app.sequences, &campaign).await?,
    };
    let version = app.sequences.version(&caller.workspace, &campaign.sequence, number).await;
    let version = version
        .map_err(|error| ApiError::from_missing(error, "query.version", "there is no such version"))?;
    let planning = PlanningContext::on(&app.enrolling, campaign, version).await?;
    let told = missing_values(&app.enrolling, &planning, query.cursor, most).await?;
    let mut fields: Vec<_> =
        told.fields.into_iter().map(|(field, people)| MissingValuesField { field, people }).collect();
    fields.sort_by_key(|row| std::cmp::Reverse(row.people));
    let row = |((channel, rule), people)| MissingConsent { channel, rule, people };
    let mut without_consent: Vec<_> = told.without_consent.into_iter().map(row).collect();
    without_consent.sort_by_key(|row| std::cmp::Reverse(row.people));
    let (looked_at, people, next_cursor) = (told.looked_at, told.people, told.next_cursor);
    let (zone_unknown, without_hours) = (told.zone_unknown, told.without_hours);
    Ok(JsonBody(MissingValuesView {
        version: number,
        looked_at,
        people,
        fields,
        without_consent,
        zone_unknown,
        without_hours,
        next_cursor,
    }))
}
