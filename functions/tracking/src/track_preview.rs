//! `POST /api/preview/track`: takes in the reports of the preview page's script.

use crate::App;
use crate::show_preview::LONGEST_TOKEN;
use crate::visitor::Visitor;
use application::StoreError;
use axum::extract::State;
use domain::ids::derived_ulid;
use domain::lead::engagement::{Action, MAX_SLICE_SECONDS};
use domain::workspace::preview_page::PreviewPage;
use http::StatusCode;
use http_api::{ApiError, ApiResult, FieldErrors, JsonBody, axum, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Beacon {
    token: String,
    event: BeaconEvent,
    /// Identifies one visit; reloading the page in it counts again, but is shown as one visit.
    session: Option<String>,
    /// Counts up within the session: a repeated number is a repeated report.
    seq: Option<u64>,
    /// Only with `time`: the length of a slice, at most 15 s.
    seconds: Option<u32>,
    /// Only with `cta`: the button that was pressed.
    cta: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BeaconEvent {
    View,
    Time,
    Cta,
}

#[utoipa::path(post, path = "/api/preview/track", operation_id = "track_preview", request_body = Beacon,
    responses((status = 204, description = "Accepted")))]
pub async fn track_preview(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    JsonBody(beacon): JsonBody<Beacon>,
) -> ApiResult<StatusCode> {
    let event_id = event_id(&app, &beacon);
    let action = action(&beacon, &event_id)?;
    let page = match app.previews.by_token(&beacon.token).await {
        Ok(page) => page,
        Err(StoreError::NotFound) => return Err(ApiError::not_found("page")),
        Err(error) => {
            tracing::error!(%error, "a visit was not counted");
            return Ok(StatusCode::NO_CONTENT);
        }
    };
    if !page.is_open(app.clock.now()) {
        return Err(ApiError::new(StatusCode::GONE, "page_closed", "This page is closed."));
    }
    let PreviewPage { workspace, lead, .. } = page;
    let visit = app.tracked(visitor, workspace, lead, None, event_id, action);
    app.count_visit(&beacon.token, visit).await;
    Ok(StatusCode::NO_CONTENT)
}

/// A repeated report has the same id, and so has each press of the same button within a visit; a report without a session
/// or a number counts as new.
fn event_id(app: &App, beacon: &Beacon) -> String {
    let number = match beacon.event {
        BeaconEvent::Cta => beacon.cta.clone().or_else(|| Some("primary".to_owned())),
        BeaconEvent::View | BeaconEvent::Time => beacon.seq.map(|seq| seq.to_string()),
    };
    let (Some(session), Some(number)) = (&beacon.session, number) else {
        return app.ids.next().to_string();
    };
    let event = format!("{:?}", beacon.event);
    derived_ulid(Timestamp::UNIX_EPOCH, &[&beacon.token, session, &event, &number]).to_string()
}

fn action(beacon: &Beacon, event_id: &str) -> ApiResult<Action> {
    let mut errors = FieldErrors::default();
    errors.required("token", &beacon.token, LONGEST_TOKEN);
    let session = errors.text("session", beacon.session.clone(), 64).unwrap_or_else(|| event_id.to_owned());
    let action = match beacon.event {
        BeaconEvent::View => Action::PreviewViewed { session },
        BeaconEvent::Time => {
            let seconds = beacon.seconds.unwrap_or(0);
            if seconds == 0 {
                errors.add("seconds", "is required, and more than zero");
            }
            Action::TimeOnPage { session, seconds: seconds.min(MAX_SLICE_SECONDS) }
        }
        BeaconEvent::Cta => {
            let target = errors.text("cta", beacon.cta.clone(), 200).unwrap_or_else(|| "primary".to_owned());
            Action::CallToAction { session, target }
        }
    };
    errors.finish()?;
    Ok(action)
}
