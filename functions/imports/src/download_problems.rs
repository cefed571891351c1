//! `GET /api/imports/{id}/problems.csv`: the rejected rows as a file that can be mended and imported again.

use crate::App;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::ImportId;
use domain::import::mapping::Mapping;
use domain::import::rejects::{rejects_header, rejects_row};
use http::header;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

/// What fits an answer.
const LARGEST: usize = 5 * 1024 * 1024;
const MOST: usize = 100_000;

#[utoipa::path(get, path = "/api/imports/{id}/problems.csv", operation_id = "download_problems",
    params(("id" = ImportId, Path)), responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn download_problems(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ImportId>,
) -> ApiResult<Response> {
    let import = app.imports.get(&caller.workspace, &id).await?;
    let headers = Mapping::of(&import.columns).headers();
    let mut csv = rejects_header(&headers);
    for problem in app.problems(&import, MOST).await?.iter().filter(|problem| !problem.row.is_empty()) {
        if csv.len() > LARGEST {
            break;
        }
        csv.push_str(&rejects_row(&headers, problem));
    }
    let disposition = format!("attachment; filename=\"{id}-problems.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        // Lambda carries a text as a string and loses its byte order mark; what has an encoding it carries as bytes.
        (header::CONTENT_ENCODING, "identity".to_owned()),
    ];
    Ok((headers, csv).into_response())
}
