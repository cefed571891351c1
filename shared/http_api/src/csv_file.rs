//! A CSV file as a response, byte for byte, and how large it may be.

use axum::response::{IntoResponse, Response};
use http::header;

/// The largest file in bytes that fits a response of Lambda: 6,291,556, less what headers take, and four for every
/// three.
pub const LARGEST_CSV_FILE: usize = (6_291_556 - 16 * 1024) / 4 * 3;

/// Makes the response. Lambda carries a text as a string and loses its byte order mark; a body with a content
/// encoding is carried as bytes.
pub fn csv_file(name: &str, csv: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CONTENT_ENCODING, "identity".to_owned()),
    ];
    (headers, csv).into_response()
}
