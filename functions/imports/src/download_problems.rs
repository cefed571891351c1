//! `GET /api/imports/{id}/problems.csv`: the rejected rows as a file that can be corrected and imported
//! again.

use crate::App;
use axum::extract::State;
use axum::response::Response;
use domain::ImportId;
use domain::import::rejects::{rejects_header, rejects_row};
use http_api::{ApiResult, Caller, LARGEST_CSV_FILE, PathOf, axum, csv_file, utoipa};
use std::sync::Arc;

const MOST: usize = 100_000;

#[utoipa::path(get, path = "/api/imports/{id}/problems.csv", operation_id = "download_problems",
    params(("id" = ImportId, Path)), responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn download_problems(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ImportId>,
) -> ApiResult<Response> {
    let import = app.import(&caller, &id).await?;
    let mut csv = rejects_header(&import.columns);
    for problem in app.problems(&import, MOST).await?.iter().filter(|problem| !problem.row.is_empty()) {
        let row = rejects_row(&import.columns, problem);
        // The file holds as much as an answer can carry; the list of problems has them all.
        if csv.len() + row.len() > LARGEST_CSV_FILE {
            break;
        }
        csv.push_str(&row);
    }
    Ok(csv_file(&format!("{id}-problems.csv"), csv))
}
