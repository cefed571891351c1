//! A sandbox with a clock that tests move, and an app that records its calls.

use std::sync::{Arc, Mutex};

use application::Clock;
use async_trait::async_trait;
use axum::body::Body;
use http::{Request, Response, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::{AppClient, Sandbox, SandboxConfig};

pub const NOON: &str = "2026-11-17T17:00:00Z";

pub struct TurnedClock(Mutex<Timestamp>);

impl TurnedClock {
    pub fn at(time: &str) -> Arc<Self> {
        Arc::new(Self(Mutex::new(time.parse().unwrap())))
    }

    pub fn set(&self, time: Timestamp) {
        *self.0.lock().unwrap() = time;
    }

    pub fn forward(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        *now += SignedDuration::from_secs(seconds);
    }
}

impl Clock for TurnedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub struct World {
    pub sandbox: Sandbox,
    pub clock: Arc<TurnedClock>,
    pub app: Arc<App>,
}

pub fn world() -> World {
    world_with(|_| {})
}

pub fn world_with(change: impl FnOnce(&mut SandboxConfig)) -> World {
    let clock = TurnedClock::at(NOON);
    let mut config = SandboxConfig::demo(clock.clone(), 7);
    config.smtp.greylist_percent = 0;
    change(&mut config);
    World { sandbox: Sandbox::new(config), clock, app: Arc::default() }
}

impl World {
    /// Runs the sandbox until nothing is due any more, or for the given time.
    pub async fn live(&self, days: i64) -> usize {
        let end = self.clock.now() + SignedDuration::from_hours(days * 24);
        let mut done = 0;
        while let Some(next) = self.sandbox.next_due().filter(|next| *next <= end) {
            self.clock.set(next.max(self.clock.now()));
            done += self.sandbox.run_due(self.clock.now(), &*self.app).await;
        }
        self.clock.set(end);
        done
    }

    pub async fn call(&self, request: Request<Body>) -> (u16, Value) {
        let answer = self.sandbox.router().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (
            status,
            serde_json::from_slice(&body)
                .unwrap_or_else(|_| String::from_utf8_lossy(&body).into_owned().into()),
        )
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Puts a mail into a mailbox without SMTP.
    pub fn mail(&self, to: &str, number: u32) -> String {
        let id = format!("m{number}.{}", to.replace('@', "."));
        self.sandbox.accept_mail("bounce@reply.test", &[to.to_owned()], message(to, &id).as_bytes()).unwrap();
        id
    }
}

/// A mail in the form that the product sends.
pub fn message(to: &str, id: &str) -> String {
    format!(
        "From: Maya <maya@sender.test>\r\nTo: <{to}>\r\nReply-To: <r-{id}@reply.test>\r\nSubject: A page for you\r\n\
         Date: Tue, 17 Nov 2026 17:00:00 +0000\r\nMessage-ID: <{id}@sender.test>\r\nX-Leadflow-Message: tag-{id}\r\n\
         List-Unsubscribe: <http://localhost:8787/u/{id}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
         <p>Hello</p><a href=\"http://localhost:8787/t/{id}/1\">your preview</a> \
         <a href=\"http://localhost:8787/u/{id}\">Unsubscribe</a>\
         <img src=\"http://localhost:8787/t/{id}/o.gif\" width=1 height=1>\r\n"
    )
}

/// An app that answers like the product's public pages and records each call.
#[derive(Default)]
pub struct App {
    pub calls: Mutex<Vec<Request<Vec<u8>>>>,
    /// Statuses to give to the next webhook calls instead of 200.
    pub webhook_failures: Mutex<Vec<u16>>,
    /// If set, only webhooks that contain this text are accepted.
    pub hears_only: Mutex<Option<String>>,
    /// What a user's phone is told to do once a key was pressed.
    pub instructions: Mutex<Option<String>>,
    /// Whether it does not say the notice before a recorded call.
    pub is_silent: Mutex<bool>,
}

impl App {
    pub fn calls(&self, path: &str) -> Vec<Request<Vec<u8>>> {
        self.calls
            .lock()
            .unwrap()
            .iter()
            .filter(|call| call.uri().path().starts_with(path))
            .cloned()
            .collect()
    }

    pub fn json(&self, path: &str) -> Vec<Value> {
        self.calls(path).iter().map(|call| serde_json::from_slice(call.body()).unwrap()).collect()
    }
}

#[async_trait]
impl AppClient for App {
    async fn call(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let path = request.uri().path().to_owned();
        let query = request.uri().query().unwrap_or_default().to_owned();
        let method = request.method().clone();
        let said = String::from_utf8_lossy(request.body()).into_owned();
        self.calls.lock().unwrap().push(request);
        let answer = Response::builder();
        let page = |html: &str| Response::new(html.as_bytes().to_vec());
        if let Some(token) = query.strip_prefix("validationToken=").filter(|_| path.ends_with("/mailbox")) {
            let token =
                url::form_urlencoded::parse(format!("t={token}").as_bytes()).next().unwrap().1.into_owned();
            let plain = answer.header(header::CONTENT_TYPE, "text/plain");
            return plain.body(token.into_bytes()).unwrap();
        }
        if let Some(script) =
            self.instructions.lock().unwrap().clone().filter(|_| query.ends_with("part=key"))
        {
            return answer.header(header::CONTENT_TYPE, "text/xml").body(script.into_bytes()).unwrap();
        }
        if query.ends_with("part=notice") && !*self.is_silent.lock().unwrap() {
            let said = "<Response><Say language=\"en-GB\">This call is recorded.</Say></Response>";
            return answer.header(header::CONTENT_TYPE, "text/xml").body(said.into()).unwrap();
        }
        if path.starts_with("/api/webhooks/") {
            let is_deaf = self.hears_only.lock().unwrap().as_ref().is_some_and(|word| !said.contains(word));
            let failure = self.webhook_failures.lock().unwrap().pop();
            let status = failure.unwrap_or(if is_deaf { 500 } else { 200 });
            return answer.status(status).body(Vec::new()).unwrap();
        }
        if path.ends_with("/1") {
            return answer.status(302).header(header::LOCATION, "/preview/abc").body(Vec::new()).unwrap();
        }
        match (method.as_str(), path.as_str()) {
            ("GET", "/preview/abc") => page(
                "<html><body class=\"p\" data-preview-token=\"abc\"><a data-cta=\"call\" href=\"/x\">Call</a>\
                 <a href=\"http://localhost:8788/stripe/pay/growth-4900-eur-month?client_reference_id=lead_1\">Pay</a></body></html>",
            ),
            ("GET", unsubscribe) if unsubscribe.starts_with("/u/") => page(
                "<form method=\"post\"><input type=hidden name=confirm value=yes><button>Unsubscribe</button></form>",
            ),
            _ => page(""),
        }
    }
}
