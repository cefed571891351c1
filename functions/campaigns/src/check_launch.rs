//! `GET /api/campaigns/{id}/launch`: what prevents the launch, and when the first message would go out; meant to be asked
//! before a launch.

use crate::App;
use application::campaign::launch_checks::launch_faults;
use application::campaign::simulation::first_message::forecast_launch;
use application::campaign::version_sent::version_sent;
use axum::extract::State;
use domain::CampaignId;
use domain::contact::channel::Channel;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LaunchCheck {
    /// The first message that would go out; none where no enrolled lead gets one, and where something prevents the launch.
    pub first: Option<FirstMessage>,
    /// The enrolled leads that were looked at, at most a thousand.
    pub looked_at: usize,
    /// Whether there are more leads: the first message to one of these may go out sooner.
    pub more: bool,
    /// What prevents the launch, by the field of the campaign or company that is at fault.
    pub faults: Vec<LaunchFault>,
}

/// A message with its time, if nobody pauses anything and these accounts send nothing else meanwhile.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FirstMessage {
    pub at: Timestamp,
    pub channel: Channel,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LaunchFault {
    pub field: String,
    /// The fault in words, with the steps that it concerns.
    pub detail: String,
}

#[utoipa::path(get, path = "/api/campaigns/{id}/launch", operation_id = "check_launch", params(("id" = CampaignId, Path)),
    responses((status = 200, body = LaunchCheck)))]
pub async fn check_launch(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<JsonBody<LaunchCheck>> {
    let workspace = &caller.workspace;
    let campaign = app.campaigns.get(workspace, &id).await?;
    let number = version_sent(&*app.sequences, &campaign).await?;
    let version = app.sequences.version(workspace, &campaign.sequence, number).await?;
    let company = app.workspaces.get(workspace).await?.company;
    let faults = launch_faults(&*app.accounts, &company, &campaign, &version).await?;
    let fault = |(field, detail): (&str, String)| LaunchFault { field: field.to_owned(), detail };
    if !faults.is_empty() {
        let faults = faults.into_iter().map(fault).collect();
        return Ok(JsonBody(LaunchCheck { first: None, looked_at: 0, more: false, faults }));
    }
    let told = forecast_launch(&app.enrolling, &*app.limits, &app.public_url, campaign).await?;
    let first = told.first.map(|message| FirstMessage { at: message.at, channel: message.channel });
    Ok(JsonBody(LaunchCheck { first, looked_at: told.people, more: told.cut_off, faults: Vec::new() }))
}
