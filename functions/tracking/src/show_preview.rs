//! `GET /preview/{token}`: a lead's preview page, until it expires.

use crate::App;
use crate::page::{note, nothing_here, try_again};
use crate::preview_page::{Offer, preview_page};
use application::StoreError;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::MessageId;
use domain::lead::enrichment::Field;
use domain::workspace::preview_page::PreviewPage;
use http::StatusCode;
use http_api::{axum, utoipa};
use std::sync::Arc;

/// The longest token that is looked up: no page has a longer one, and the table's keys are limited.
pub const LONGEST_TOKEN: usize = 64;

#[utoipa::path(get, path = "/preview/{token}", operation_id = "show_preview", params(("token" = String, Path)),
    responses((status = 200, description = "The lead's page", content_type = "text/html")))]
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
        Ok(offer) => preview_page(&offer),
        Err(StoreError::NotFound) => closed(),
        Err(error) => failed(&error),
    }
}

fn closed() -> Response {
    note(StatusCode::GONE, "This page is closed", "It was made for a limited time, and that time is over.")
}

fn failed(error: &StoreError) -> Response {
    tracing::error!(%error, "a preview page cannot be shown");
    try_again()
}

async fn offer(app: &App, page: PreviewPage) -> Result<Offer, StoreError> {
    let workspace = app.workspaces.get(&page.workspace).await?;
    let lead = app.leads.get(&page.workspace, &page.lead).await?;
    let line = app.leads.field(&page.workspace, &page.lead, Field::FirstLine).await?;
    let opening_line = line.as_ref().and_then(|result| result.status.opening_line()).map(str::to_owned);
    // The id stands for the page, which no message brought.
    let message = MessageId::derived(&lead.id, &["preview"]);
    let opt_out = app.links(&page.workspace, &message).unsubscribe(lead.email.as_ref());
    Ok(Offer { workspace, lead, opening_line, opt_out, token: page.token, closes_at: page.expires_at })
}
