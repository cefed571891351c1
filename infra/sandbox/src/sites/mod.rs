//! The public web, as far as it exists here: the websites of companies, which say only what the sample files say of
//! them, a program that answers webhooks, Slack, and the push service of a browser. A fifth of the sites is missing or broken, the same ones each time.

mod echo;
mod pages;
pub(crate) mod push_service;
mod slack;

pub(crate) use echo::call_back;
pub(crate) use push_service::PushBrowser;
pub use push_service::{BrowserSubscription, PUSH_HOST, TakenPush};
pub use slack::{SLACK_HOST, SlackText};

use axum::http::{StatusCode, header};

use crate::companies;
use crate::sandbox::Sandbox;
use crate::seed::Seed;

/// The host of the program that answers webhooks.
pub const WEBHOOK_HOST: &str = "hooks.sandbox.leadflow.test";

/// The faults of sites do not change with the sandbox's seed: a site that is missing is missing in every demo.
const FAULTS: Seed = Seed(46);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    Works,
    /// There is no such name.
    Missing,
    /// Its server answers with an error.
    Broken,
    /// Its robots file forbids everything.
    Closed,
    /// It leads to a site of another company.
    Moved,
}

pub(crate) fn health(host: &str) -> Health {
    match FAULTS.roll(&["site", host.strip_prefix("www.").unwrap_or(host)]).below(100) {
        0..8 => Health::Missing,
        8..14 => Health::Broken,
        14..17 => Health::Closed,
        17..20 => Health::Moved,
        _ => Health::Works,
    }
}

impl Sandbox {
    /// Answers a request to the public web; `None` if there is no such host.
    pub async fn answer_web(&self, request: http::Request<Vec<u8>>) -> Option<http::Response<Vec<u8>>> {
        let host = request.uri().host()?.to_ascii_lowercase();
        if host == WEBHOOK_HOST {
            return Some(self.answer_webhook(request).await);
        }
        if host == SLACK_HOST {
            return Some(self.answer_slack(&request));
        }
        if host == PUSH_HOST {
            return Some(self.answer_push(&request));
        }
        let bare = host.strip_prefix("www.").unwrap_or(&host);
        let is_known = !companies::at_host(bare).is_empty() || pages::name_of_listing(bare).is_some();
        if !is_known {
            return None;
        }
        match health(bare) {
            Health::Missing => None,
            Health::Broken => Some(answer(StatusCode::INTERNAL_SERVER_ERROR, "text/html", "<h1>Error</h1>")),
            Health::Closed if request.uri().path() == "/robots.txt" => {
                Some(answer(StatusCode::OK, "text/plain", "User-agent: *\nDisallow: /\n"))
            }
            Health::Moved => {
                let mut moved = answer(StatusCode::MOVED_PERMANENTLY, "text/html", "");
                let to = header::HeaderValue::from_static("https://parked.example/");
                moved.headers_mut().insert(header::LOCATION, to);
                Some(moved)
            }
            Health::Closed | Health::Works => Some(pages::page(bare, request.uri().path())),
        }
    }
}

pub(crate) fn answer(status: StatusCode, kind: &'static str, body: &str) -> http::Response<Vec<u8>> {
    let mut answer = http::Response::new(body.as_bytes().to_vec());
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    answer
}
