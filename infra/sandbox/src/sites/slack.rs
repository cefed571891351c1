//! Slack's incoming webhooks: a channel for each address under `/services/`, which takes a text a second. The words
//! `forbidden`, `revoked`, `gone`, `archived` and `broken` in the place of the secret stand for webhooks in that state.

use axum::http::{HeaderValue, Method, StatusCode, header};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer;
use crate::sandbox::Sandbox;

/// The host of Slack's incoming webhooks.
pub const SLACK_HOST: &str = "hooks.slack.com";
const EVERY: SignedDuration = SignedDuration::from_secs(1);
const MOST_BLOCKS: usize = 50;

/// A text that a channel has taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlackText {
    /// The path of the webhook.
    pub webhook: String,
    pub at: jiff::Timestamp,
    pub text: String,
}

impl Sandbox {
    /// The texts that channels have taken, oldest first.
    pub fn slack_texts(&self) -> Vec<SlackText> {
        self.world().slack_texts.clone()
    }

    pub(super) fn answer_slack(&self, request: &http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
        let said = |status: u16, word: &str| {
            answer(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), "text/html", word)
        };
        let webhook = request.uri().path();
        let parts: Vec<&str> = webhook.split('/').collect();
        let ["", "services", team, channel, secret] = parts[..] else { return said(404, "no_service") };
        if request.method() != Method::POST {
            return said(400, "invalid_payload");
        }
        if !team.starts_with('T') || !channel.starts_with('B') {
            return said(404, "no_service");
        }
        match secret {
            "forbidden" => return said(403, "action_prohibited"),
            "revoked" => return said(403, "invalid_token"),
            "gone" => return said(404, "channel_not_found"),
            "archived" => return said(410, "channel_is_archived"),
            "broken" => return said(500, "rollup_error"),
            _ => {}
        }
        let is_json = request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
            kind.to_str().is_ok_and(|kind| kind.split(';').next() == Some("application/json"))
        });
        let body: Value = match serde_json::from_slice(request.body()) {
            Ok(body @ Value::Object(_)) if is_json => body,
            _ => return said(400, "invalid_payload"),
        };
        let blocks = body["blocks"].as_array().map_or(0, Vec::len);
        if blocks > MOST_BLOCKS {
            return said(400, "invalid_blocks");
        }
        let text = body["text"].as_str().unwrap_or_default();
        if text.trim().is_empty() && blocks == 0 {
            return said(400, "no_text");
        }
        let now = self.now();
        let mut world = self.world();
        let last = world.slack_texts.iter().rfind(|taken| taken.webhook == webhook);
        if last.is_some_and(|last| now.duration_since(last.at) < EVERY) {
            let mut refused = said(429, "rate_limited");
            refused.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            return refused;
        }
        world.slack_texts.push(SlackText { webhook: webhook.to_owned(), at: now, text: text.to_owned() });
        said(200, "ok")
    }
}
