//! `GET /preview/{token}`: a lead's preview page, until it expires. It has the blocks of the campaign that enrolled the
//! lead last, or else those of the standard page.

use crate::App;
use crate::page::{PageErrors, note, nothing_here, try_again};
use crate::preview_page::{Offer, Shown, preview_page};
use application::StoreError;
use application::ports::leads::LeadFile;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::MessageId;
use domain::campaign::Campaign;
use domain::campaign::page_blocks::{CampaignPage, standard_blocks};
use domain::workspace::preview_page::PreviewPage;
use http::StatusCode;
use http_api::{axum, utoipa};
use jiff::Timestamp;
use jiff::civil::Date;
use std::cmp::Reverse;
use std::sync::Arc;

/// The longest token that is looked up: no page has a longer one, and the table's keys are limited.
pub const LONGEST_TOKEN: usize = 64;
/// The most campaigns of a lead that are asked for a page, from the latest on.
const MOST_CAMPAIGNS: usize = 5;

#[utoipa::path(get, path = "/preview/{token}", operation_id = "show_preview", params(("token" = String, Path)),
    responses((status = 200, description = "The lead's page", content_type = "text/html"),
        (status = 410, description = "A page that says that it is closed", content_type = "text/html"), PageErrors))]
pub async fn show_preview(State(app): State<Arc<App>>, Path(token): Path<String>) -> Response {
    if token.len() > LONGEST_TOKEN {
        return nothing_here();
    }
    let found = match app.previews.by_token(&token).await {
        Ok(page) => page,
        Err(StoreError::NotFound) => return nothing_here(),
        Err(error) => return failed(&error),
    };
    if !found.is_open(app.clock.now()) {
        return closed();
    }
    match offer(&app, found).await {
        Ok(Some(offer)) => preview_page(&offer),
        Ok(None) => closed(),
        Err(StoreError::NotFound) => closed(),
        Err(error) => failed(&error),
    }
}

pub fn closed() -> Response {
    note(StatusCode::GONE, "This page is closed", "It was made for a limited time, and that time is over.")
}

pub fn failed(error: &StoreError) -> Response {
    tracing::error!(%error, "a preview page cannot be shown");
    try_again()
}

/// Answers `None` if the campaign's page is not shown any more.
async fn offer(app: &App, page: PreviewPage) -> Result<Option<Offer>, StoreError> {
    let PreviewPage { workspace, token, expires_at, .. } = page;
    let workspace = app.workspaces.get(&workspace).await?;
    let mut file = app.leads.file(&workspace.id, &page.lead).await?;
    let mut closes_at = expires_at;
    let blocks = match campaign_page(app, &file).await? {
        None => standard_blocks(&workspace.company),
        Some(page) => {
            let campaign = app.campaigns.get(&workspace.id, &page.campaign).await?;
            if !page.is_open_on(campaign.day(app.clock.now())) {
                return Ok(None);
            }
            file = file.in_campaign(&campaign);
            closes_at = page.closes_on.map_or(closes_at, |last| end_of(last, &campaign).min(closes_at));
            page.blocks
        }
    };
    // The id stands for the page, which no message brought.
    let message = MessageId::derived(&file.lead.id, &["preview"]);
    let opt_out = app.links(&workspace.id, &message).unsubscribe(file.lead.email.as_ref());
    let opening_line = file.opening_line().map(str::to_owned);
    let shown = Shown::ToTheLead { token, opt_out };
    Ok(Some(Offer { workspace, lead: file.lead, opening_line, blocks, shown, closes_at }))
}

fn end_of(last: Date, campaign: &Campaign) -> Timestamp {
    let end = last.at(23, 59, 59, 0).to_zoned(campaign.zone.zone());
    end.map_or(Timestamp::MAX, |end| end.timestamp())
}

/// Finds the page of the campaign that enrolled the lead last. Campaigns without a page of their own are passed over.
async fn campaign_page(app: &App, file: &LeadFile) -> Result<Option<CampaignPage>, StoreError> {
    let mut enrolments: Vec<_> = file.enrolments.iter().collect();
    enrolments.sort_by_key(|enrolment| Reverse(enrolment.enrolled_at()));
    for enrolment in enrolments.into_iter().take(MOST_CAMPAIGNS) {
        let key = enrolment.key();
        if let Some(page) = app.previews.campaign_page(&key.workspace, &key.campaign).await? {
            return Ok(Some(page));
        }
    }
    Ok(None)
}
