//! `GET /preview/page.js`: the script that reports visits to a preview page.

use axum::response::IntoResponse;
use http::header;
use http_api::{axum, utoipa};

const SCRIPT: &str = include_str!("page.js");

#[utoipa::path(get, path = "/preview/page.js", operation_id = "preview_script",
    responses((status = 200, description = "The page's script", content_type = "text/javascript")))]
pub async fn preview_script() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, SCRIPT)
}
