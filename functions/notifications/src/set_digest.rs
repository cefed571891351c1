//! `PUT /api/notifications/digest`: chooses when the caller gets the digest, and what is in it.

use crate::App;
use crate::digest_view::{DigestSettingsBody, DigestSettingsView};
use axum::extract::State;
use domain::event::{Event, EventKind};
use http_api::{ApiResult, Caller, IfMatch, JsonBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(put, path = "/api/notifications/digest", operation_id = "set_digest",
    request_body = DigestSettingsBody, responses((status = 200, body = DigestSettingsView)))]
pub async fn set_digest(
    State(app): State<Arc<App>>,
    caller: Caller,
    if_match: IfMatch,
    JsonBody(body): JsonBody<DigestSettingsBody>,
) -> ApiResult<JsonBody<DigestSettingsView>> {
    let ports = &app.digest;
    let known = ports.digests.settings(&caller.workspace, &caller.signed_in()?.user).await?;
    if_match.check(body.rev, known.rev)?;
    let mut settings = body.parse(known)?;
    let event = Event::new(EventKind::SettingsChanged, caller.actor(), app.clock.now());
    settings.rev = ports.digests.save(&settings, &event).await?;
    let zone = ports.workspaces.get(&caller.workspace).await?.default_zone;
    let mails_go_out = ports.system_mail.address().is_some();
    Ok(JsonBody(DigestSettingsView::of(settings, zone, mails_go_out)))
}
