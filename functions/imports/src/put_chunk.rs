//! `PUT /api/imports/{id}/chunks/{n}`: uploads one chunk of the file, at most 4 MB; a repeated upload
//! replaces it. Together the chunks have no more bytes than the file was announced with: what goes beyond that is not kept.

use crate::{App, LARGEST_CHUNK};
use application::ports::imports::blob_keys;
use axum::extract::State;
use domain::ImportId;
use domain::import::{Import, ImportState};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, PathOf, RawBody, axum, utoipa};
use std::sync::Arc;

/// The most chunks of a file, so that the largest one may come in parts of 200 KB.
const MOST_CHUNKS: u32 = 1_000;

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
    if n >= MOST_CHUNKS {
        return Err(ApiError::invalid("n", format!("is from 0 to {}: send larger chunks", MOST_CHUNKS - 1)));
    }
    if body.bytes.is_empty() || body.bytes.len() > LARGEST_CHUNK {
        return Err(ApiError::invalid("body", "a chunk has 1 byte to 4 MB"));
    }
    if body.bytes.len() as u64 > import.size_bytes {
        return Err(too_much(&import));
    }
    let key = blob_keys::chunk(&caller.workspace, &id, n);
    app.blobs.put(&key, "application/octet-stream", body.bytes.to_vec()).await?;
    // Counted behind the write, so that of chunks which arrive at the same time none is overlooked.
    let prefix = blob_keys::all_chunks(&caller.workspace, &id);
    if app.blobs.total_bytes(&prefix).await? > import.size_bytes {
        // An empty chunk adds nothing to the file. This function may not delete.
        app.blobs.put(&key, "application/octet-stream", Vec::new()).await?;
        return Err(too_much(&import));
    }
    Ok(StatusCode::NO_CONTENT)
}

fn too_much(import: &Import) -> ApiError {
    let detail = format!("goes beyond the {} bytes that the file was announced with", import.size_bytes);
    ApiError::invalid("body", detail)
}
