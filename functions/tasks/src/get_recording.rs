//! `GET /api/calls/{id}/recording`: a part of a call's recording, from the byte that the header `Range` names. The sound is
//! read from the provider with the account's secret, which no browser gets; a function's answer is at most 6 MB, so a
//! part is at most one.

use crate::App;
use application::ports::provider_calls::CallError;
use application::tasks::recordings::{NotPlayed, play_recording};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::CallId;
use http::{HeaderMap, StatusCode, header};
use http_api::{ApiError, ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(get, path = "/api/calls/{id}/recording", operation_id = "get_recording",
    params(("id" = CallId, Path), ("range" = Option<String>, Header, description = "`bytes=0-` and so on")),
    responses((status = 206, content_type = "audio/mpeg", body = String, description = "A part, with `Content-Range`")))]
pub async fn get_recording(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CallId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    caller.signed_in()?;
    let from = first_byte(&headers)?;
    // A deleted lead's recordings are kept for its return, and not for listening.
    app.leads.get(&caller.workspace, &id.lead()).await?;
    let part = play_recording(&app.recordings, (&caller.workspace, &id), from).await.map_err(refusal)?;
    let last = (part.from + part.bytes.len() as u64).saturating_sub(1);
    let headers = [
        (header::CONTENT_TYPE, "audio/mpeg".to_owned()),
        (header::CONTENT_RANGE, format!("bytes {}-{last}/{}", part.from, part.total)),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((StatusCode::PARTIAL_CONTENT, headers, part.bytes).into_response())
}

/// Reads `bytes=1048576-`; an end is not needed, because the length of a part is ours. Without a range it is the first part.
fn first_byte(headers: &HeaderMap) -> ApiResult<u64> {
    let Some(range) = headers.get(header::RANGE) else { return Ok(0) };
    let from = range.to_str().ok().and_then(|text| text.strip_prefix("bytes=")?.split_once('-'));
    let from = from.and_then(|(from, _)| from.parse().ok());
    from.ok_or_else(|| ApiError::invalid("range", "must be bytes=FROM-"))
}

fn refusal(reason: NotPlayed) -> ApiError {
    match reason {
        NotPlayed::NotReady => ApiError::conflict(
            "recording_not_ready",
            "The recording is not ready yet. Try again in a minute.",
        ),
        NotPlayed::Store(error) => error.into(),
        NotPlayed::Seal(error) => ApiError::internal("an account's secret cannot be opened").because(error),
        NotPlayed::Provider(CallError::Rejected(_)) => {
            ApiError::invalid("range", "must begin within the recording")
        }
        NotPlayed::Provider(error) => {
            let detail = "The provider did not hand over the recording. Try again later.";
            ApiError::new(StatusCode::BAD_GATEWAY, "provider_silent", detail).because(error)
        }
    }
}
