//! `PUT /api/spend/settings`: replaces the caps and prices of look-ups and models.

use crate::App;
use crate::spend_view::{CampaignSpend, SpendSettingsBody, SpendView};
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::time::calendar_month::CalendarMonth;
use http_api::{ApiResult, Caller, IfMatch, JsonBody, axum, utoipa};
use std::sync::Arc;

/// New caps and prices hold from the next call on. A cap below what is spent already stops further calls.
#[utoipa::path(put, path = "/api/spend/settings", operation_id = "set_spend_settings",
    request_body = SpendSettingsBody, responses((status = 200, body = SpendView)))]
pub async fn set_spend_settings(
    State(app): State<Arc<App>>,
    caller: Caller,
    if_match: IfMatch,
    JsonBody(body): JsonBody<SpendSettingsBody>,
) -> ApiResult<JsonBody<SpendView>> {
    let known = app.spend.settings(&caller.workspace).await?;
    if_match.check(body.rev, known.rev)?;
    let mut settings = body.parse(known)?;
    let now = app.clock.now();
    let event = Event::new(EventKind::SpendSettingsChanged, caller.actor(), now);
    settings.rev = app.spend.save_settings(&settings, &event).await?;
    let month = CalendarMonth::at(now);
    let budgets = app.spend.budgets_in_month(&caller.workspace, &month).await?;
    let campaigns = CampaignSpend::all(&app, &caller.workspace).await?;
    Ok(JsonBody(SpendView::of(&settings, month, budgets, campaigns)))
}
