//! `GET /preview/drafts/{campaign}`: the preview page as a user is editing it, for a frame of the app.

use crate::App;
use crate::page::{PageErrors, nothing_here};
use crate::preview_page::{Offer, Shown, preview_page};
use crate::show_preview::failed;
use application::StoreError;
use application::lead::preview_links::{DraftLink, PAGE_LIFETIME};
use application::ports::store::found;
use axum::extract::State;
use axum::response::Response;
use domain::lead::Lead;
use domain::{CampaignId, LeadId, UserId, WorkspaceId};
use http_api::{ApiError, PathOf, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DraftQuery {
    workspace: WorkspaceId,
    by: UserId,
    lead: Option<LeadId>,
    /// The millisecond until which the address is valid.
    until: i64,
    signature: String,
}

#[utoipa::path(get, path = "/preview/drafts/{campaign}", operation_id = "show_draft",
    params(("campaign" = CampaignId, Path), DraftQuery),
    responses((status = 200, description = "The draft", content_type = "text/html"), PageErrors))]
pub async fn show_draft(
    State(app): State<Arc<App>>,
    campaign: Result<PathOf<CampaignId>, ApiError>,
    QueryOf(query): QueryOf<DraftQuery>,
) -> Response {
    let Ok(PathOf(campaign)) = campaign else { return nothing_here() };
    let DraftQuery { workspace, by, lead, until, signature } = query;
    let link = DraftLink { workspace, campaign, by, lead, until };
    if !link.is_valid(&app.keys, &signature, app.clock.now()) {
        return nothing_here();
    }
    match draft(&app, &link).await {
        Ok(Some(offer)) => preview_page(&offer),
        Ok(None) | Err(StoreError::NotFound) => nothing_here(),
        Err(error) => failed(&error),
    }
}

async fn draft(app: &App, link: &DraftLink) -> Result<Option<Offer>, StoreError> {
    let DraftLink { workspace, campaign, by, .. } = link;
    let Some(draft) = app.previews.draft(workspace, campaign, by).await? else { return Ok(None) };
    let workspace = app.workspaces.get(workspace).await?;
    let now = app.clock.now();
    let file = match &link.lead {
        Some(lead) => found(app.leads.file(&workspace.id, lead).await)?,
        None => None,
    };
    let (lead, line) = match file {
        Some(file) => {
            let file = file.in_campaign(&app.campaigns.get(&workspace.id, campaign).await?);
            (file.lead.clone(), file.opening_line().map(str::to_owned))
        }
        None => (made_up_lead(&workspace.id, now), Some(MADE_UP_LINE.to_owned())),
    };
    let closes_at = now.checked_add(PAGE_LIFETIME).unwrap_or(now);
    let blocks = draft.blocks;
    Ok(Some(Offer { workspace, lead, opening_line: line, blocks, shown: Shown::AsDraft, closes_at }))
}

const MADE_UP_LINE: &str = "Your guests praise the garden, and ask how to book a table.";

/// A lead for a workspace that has none yet.
fn made_up_lead(workspace: &WorkspaceId, now: jiff::Timestamp) -> Lead {
    let mut lead = Lead::blank(LeadId::derived(now, &["made up"]), workspace.clone(), now);
    lead.first_name = Some("Ada".to_owned());
    lead.last_name = Some("Example".to_owned());
    lead.company = Some("Example Garden Café".to_owned());
    lead.city = Some("Bristol".to_owned());
    (lead.rating, lead.reviews) = (Some(4.6), Some(87));
    lead
}
