//! A user's own program behind a webhook, for columns that are filled by one. `/echo` answers at once with what it was
//! sent; `/later` says that it will, and calls the address in the field `callback` after a while; `/slow` is too late,
//! `/broken` fails, `/text` answers no JSON. With the header `x-key` it wants the right value of it.

use axum::http::{StatusCode, header};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::answer;
use crate::agenda::Action;
use crate::sandbox::{AppClient, Sandbox};

/// The value of the header `x-key` that the program takes, if it is given one.
const KEY: &str = "sandbox-webhook-key";
const JSON: &str = "application/json";
/// The time after which the program calls back.
const LATER: SignedDuration = SignedDuration::from_secs(20);
const MOST_TRIES: u32 = 4;

impl Sandbox {
    pub(super) async fn answer_webhook(&self, request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
        let said = |status: StatusCode, body: Value| answer(status, JSON, &body.to_string());
        if request.headers().get("x-key").is_some_and(|key| key.as_bytes() != KEY.as_bytes()) {
            return said(StatusCode::UNAUTHORIZED, json!({"error": "the key is not known"}));
        }
        let sent: Value = match request.body().as_slice() {
            [] => Value::Null,
            body => match serde_json::from_slice(body) {
                Ok(sent) => sent,
                Err(_) => return said(StatusCode::BAD_REQUEST, json!({"error": "the body is no JSON"})),
            },
        };
        match request.uri().path() {
            "/echo" => said(StatusCode::OK, told(&sent, request.uri().query())),
            "/later" => match sent["callback"].as_str() {
                Some(url) => {
                    let due = self.now().checked_add(LATER).unwrap_or_else(|_| self.now());
                    let body = told(&sent, request.uri().query()).to_string();
                    self.world().agenda.add(due, Action::CallBack { url: url.to_owned(), body, tries: 1 });
                    said(StatusCode::ACCEPTED, json!({"accepted": true}))
                }
                None => {
                    said(StatusCode::UNPROCESSABLE_ENTITY, json!({"error": "the field callback is missing"}))
                }
            },
            "/text" => answer(StatusCode::OK, "text/plain", "no JSON here"),
            "/slow" => said(StatusCode::GATEWAY_TIMEOUT, json!({"error": "too late"})),
            "/broken" => said(StatusCode::INTERNAL_SERVER_ERROR, json!({"error": "out of order"})),
            _ => said(StatusCode::NOT_FOUND, json!({"error": "no such program"})),
        }
    }
}

/// Calls back, again after a while if the app does not answer.
pub(crate) async fn call_back(sandbox: &Sandbox, url: String, body: String, tries: u32, app: &dyn AppClient) {
    let request =
        http::Request::post(&url).header(header::CONTENT_TYPE, JSON).body(body.clone().into_bytes());
    let Ok(request) = request else {
        tracing::warn!("an address to call back is not one");
        return;
    };
    let status = app.call(request).await.status().as_u16();
    if status >= 500 && tries < MOST_TRIES {
        let again = sandbox.now().checked_add(LATER).unwrap_or_else(|_| sandbox.now());
        sandbox.world().agenda.add(again, Action::CallBack { url, body, tries: tries + 1 });
    }
}

/// What the program says of what it was sent: the same, and a short value made of it.
fn told(sent: &Value, query: Option<&str>) -> Value {
    let mut texts = Vec::new();
    match sent {
        Value::Object(fields) => {
            let texted = fields.iter().filter(|(name, _)| *name != "callback");
            texts.extend(texted.filter_map(|(_, value)| value.as_str().map(str::to_owned)));
        }
        Value::String(text) => texts.push(text.clone()),
        _ => {}
    }
    json!({"ok": true, "value": texts.join(", "), "received": sent, "query": query})
}
