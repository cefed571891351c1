//! Serves one file with its hash as tag, compressed, and cached for as long as it cannot change.

use crate::App;
use crate::files::content_type;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_api::{ApiResult, axum};

/// The content security policy but for what may be connected to: no inline script or style, nothing from elsewhere.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src blob:; \
                      font-src 'self'; worker-src 'self'; frame-src 'self' blob:; object-src 'none'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const A_YEAR: &str = "public, max-age=31536000, immutable";
const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>leadflow</title></head>\
    <body><h1>The web app is not built</h1><p>The API answers. To have the app too, run <code>npm ci</code> and \
    <code>npm run build</code> in <code>web</code>, then start again; <code>cargo xtask dev</code> does both.</p></body></html>";

/// Makes the policy of an app whose pages connect to this WebSocket, and to nothing else but their own address.
pub fn policy(pages: Option<&str>) -> HeaderValue {
    let origin = pages.map(|address| address.splitn(4, '/').take(3).collect::<Vec<_>>().join("/"));
    let connect = origin.map_or_else(String::new, |origin| format!(" {origin}"));
    let text = format!("{POLICY}; connect-src 'self'{connect}");
    HeaderValue::try_from(text).expect("the address of a WebSocket is plain ASCII")
}

pub fn serve(app: &App, path: &str, asked: &HeaderMap) -> ApiResult<Response> {
    let Some(file) = app.files.find(path) else {
        let page = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT);
        return Ok((secure_headers(app), page).into_response());
    };
    let tag = format!("\"{}\"", hex::encode(&file.hash[..12]));
    let mut headers = secure_headers(app);
    let mut set = |name: HeaderName, value: &str| {
        headers.insert(name, HeaderValue::from_str(value).expect("these headers are plain ASCII"));
    };
    set(header::CACHE_CONTROL, caching(path));
    set(header::ETAG, &tag);
    set(header::VARY, "accept-encoding");
    if says(asked, header::IF_NONE_MATCH).split(',').any(|known| known.trim().trim_start_matches("W/") == tag)
    {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    set(header::CONTENT_TYPE, content_type(path));
    let packed = takes_gzip(asked).then(|| app.files.packed(path, &file)).flatten();
    let body = match packed {
        Some(packed) => {
            set(header::CONTENT_ENCODING, "gzip");
            packed.to_vec()
        }
        None => file.bytes.into_owned(),
    };
    Ok((headers, Body::from(body)).into_response())
}

/// Names of assets change with their content and may be cached for long; everything else is requested again.
fn caching(path: &str) -> &'static str {
    match path {
        "index.html" => "no-store",
        asset if asset.starts_with("assets/") => A_YEAR,
        _ => "no-cache",
    }
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let offers = says(asked, header::ACCEPT_ENCODING).to_ascii_lowercase();
    offers.split(',').any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let named = matches!(parts.next(), Some("gzip" | "*"));
        let refused = parts.any(|weight| weight.strip_prefix("q=").and_then(|q| q.parse().ok()) == Some(0.0));
        named && !refused
    })
}

fn says(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
}

fn secure_headers(app: &App) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_SECURITY_POLICY, app.policy.clone());
    headers.insert("permissions-policy", HeaderValue::from_static(PERMISSIONS));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers
}
