//! `GET /api/leads/{id}/consent`: for each channel, the recorded consent, what is asked for there, and whether it
//! suffices.

use crate::App;
use crate::lead_consent::ConsentView;
use application::lead::suppression_lookup::scopes_of;
use axum::extract::State;
use domain::LeadId;
use domain::contact::channel::Channel;
use domain::lead::consent::policy::ConsentNeeded;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeadConsent {
    /// The channels in the order e-mail, SMS, WhatsApp.
    pub channels: Vec<ChannelConsent>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ChannelConsent {
    pub channel: Channel,
    /// Whether campaigns and bulk messages may write to the lead on this channel, as far as consent goes.
    pub allowed: bool,
    /// What the law or the workspace asks for; null if nothing need be recorded.
    pub needed: Option<ConsentNeeded>,
    /// What is recorded; null if nothing is.
    pub recorded: Option<ConsentView>,
}

#[utoipa::path(get, path = "/api/leads/{id}/consent", operation_id = "get_consent", params(("id" = LeadId, Path)),
    responses((status = 200, body = LeadConsent)))]
pub async fn get_consent(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<LeadConsent>> {
    let lead = app.leads.get(&caller.workspace, &id).await?;
    let workspace = caller.read_workspace(&*app.workspaces).await?;
    let listed = app.enrolling.suppressions.find(&caller.workspace, &scopes_of(&lead)).await?;
    let policy = workspace.consent_policy();
    let mut recorded = ConsentView::all(&lead, &listed, app.clock.now());
    let mut of = |channel: Channel| {
        let place = recorded.iter().position(|consent| consent.channel == channel);
        let recorded = place.map(|place| recorded.swap_remove(place));
        let withdrawn = recorded.as_ref().is_some_and(|consent| consent.withdrawn_at.is_some());
        let needed = policy.needed(&lead, channel);
        let allowed = policy.check(&lead, channel).passed && !(withdrawn && needed.is_some());
        ChannelConsent { channel, allowed, needed, recorded }
    };
    Ok(JsonBody(LeadConsent { channels: Channel::ALL.into_iter().map(&mut of).collect() }))
}
