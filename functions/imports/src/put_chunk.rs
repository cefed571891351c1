//! `PUT /api/imports/{id}/chunks/{n}`: uploads one chunk of the file, at most 4 MB; a repeated upload
//! replaces it.

use crate::{App, LARGEST_CHUNK, LARGEST_FILE};
use application::ports::imports::blob_keys;
use axum::extract::State;
use domain::ImportId;
use domain::import::ImportState;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, PathOf, RawBody, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(put, path = "/api/imports/{id}/chunks/{n}", operation_id = "put_chunk",
    params(("id" = ImportId, Path), ("n" = u32, Path, description = "From 0.")),
    request_body(content = String, content_type = "application/octet-stream"), responses((status = 204)))]
pub async fn put_chunk(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf((id, n)): PathOf<(ImportId, u32)>,
    body: RawBody,
) -> ApiResult<StatusCode> {
    let import = app.import(&caller, &id).await?;
    if import.state != ImportState::Uploading {
        return Err(ApiError::conflict("upload_over", "This file was already received."));
    }
    if u64::from(n) > LARGEST_FILE / 1024 {
        return Err(ApiError::invalid("n", "is too large"));
    }
    if body.bytes.is_empty() || body.bytes.len() > LARGEST_CHUNK {
        return Err(ApiError::invalid("body", "a chunk has 1 byte to 4 MB"));
    }
    let key = blob_keys::chunk(&caller.workspace, &id, n);
    app.blobs.put(&key, "application/octet-stream", body.bytes.to_vec()).await?;
    Ok(StatusCode::NO_CONTENT)
}
