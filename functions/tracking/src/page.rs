//! The frame, style and headers of every public page. Pages work without any script.

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, StatusCode, header};
use http_api::axum;
use http_api::utoipa::IntoResponses;
use http_api::utoipa::openapi::{ContentBuilder, RefOr, Response as DocumentedResponse, ResponseBuilder};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const STYLE: &str = include_str!("page.css");

/// The content security policy: the style sheet is allowed by its digest, scripts and their calls only from
/// our own origin, and nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'self'; connect-src 'self'; img-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
});

/// The policy of a page that a frame of the app shows: no scripts, no forms.
static FRAME_POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "sandbox; default-src 'none'; style-src 'sha256-{style}'; form-action 'none'; base-uri 'none'; \
         frame-ancestors 'self'"
    )
});

pub struct Page<'a> {
    pub status: StatusCode,
    pub title: &'a str,
    /// The token of a preview page whose visits are counted.
    pub preview_token: Option<&'a str>,
    /// Whether a frame of the app shows it, and nobody else.
    pub framed: bool,
    pub body: Markup,
}

impl Page<'_> {
    pub fn answer(self) -> Response {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex, nofollow";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                    @if self.preview_token.is_some() { script src="/preview/page.js" defer {} }
                }
                body data-preview-token=[self.preview_token] { (self.body) }
            }
        };
        let (policy, frames) = if self.framed { (&FRAME_POLICY, "SAMEORIGIN") } else { (&POLICY, "DENY") };
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow")),
            (
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_str(policy).expect("a policy is plain ASCII"),
            ),
            (header::X_FRAME_OPTIONS, HeaderValue::from_static(frames)),
        ];
        (self.status, headers, page.into_string()).into_response()
    }
}

/// A page with one short text.
pub fn note(status: StatusCode, title: &str, text: &str) -> Response {
    let body = html! { main { h1 { (title) } p.lead { (text) } } };
    Page { status, title, preview_token: None, framed: false, body }.answer()
}

/// The answer to a link without a valid signature.
pub fn nothing_here() -> Response {
    let text = "The link is incomplete or was changed on its way. Open it again from the message it came in.";
    note(StatusCode::NOT_FOUND, "This link leads nowhere", text)
}

/// The pages that stand in the place of an answer, for the document: visitors read them, so that they are no problem
/// details.
pub struct PageErrors;

impl IntoResponses for PageErrors {
    fn responses() -> BTreeMap<String, RefOr<DocumentedResponse>> {
        let page = |(status, about): (StatusCode, &str)| {
            let html = ContentBuilder::new().build();
            let page = ResponseBuilder::new().description(about).content("text/html", html).build();
            (status.as_str().to_owned(), page.into())
        };
        let pages = [
            (StatusCode::NOT_FOUND, "A page that says that the link leads nowhere"),
            (StatusCode::SERVICE_UNAVAILABLE, "A page that asks to try again"),
        ];
        pages.into_iter().map(page).collect()
    }
}

pub fn try_again() -> Response {
    let text = "Something went wrong and nothing was changed. Please try again in a minute.";
    note(StatusCode::SERVICE_UNAVAILABLE, "That did not work", text)
}
