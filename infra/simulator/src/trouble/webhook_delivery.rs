//! Webhooks and requests of people on their way to the product: they come twice, late, in another order, or are not
//! acknowledged.

use crate::trouble::disorder::{Disorder, Interrupt};
use crate::trouble::kind::Kind;
use crate::trouble::late_reports::LateReports;
use crate::world::invocation::{Invocation, run};
use async_trait::async_trait;
use http::{Request, Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use local_world::App;
use sandbox::AppClient;
use std::sync::{Arc, Mutex, PoisonError};

/// A request, and when it is handed over.
type Held = (Timestamp, Request<Vec<u8>>);

#[derive(Clone)]
pub struct WebhookDelivery {
    app: Arc<App>,
    disorder: Disorder,
    late_reports: LateReports,
    held: Arc<Mutex<Vec<Held>>>,
}

impl WebhookDelivery {
    pub fn new(app: App, disorder: Disorder, late_reports: LateReports) -> Self {
        Self { app: Arc::new(app), disorder, late_reports, held: Arc::default() }
    }

    pub fn next_held(&self) -> Option<Timestamp> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().map(|(at, _)| *at).min()
    }

    /// Hands over one request whose time has come.
    pub async fn hand_over(&self) -> bool {
        let now = self.disorder.now();
        let next = {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            let due = held.iter().position(|(at, _)| *at <= now);
            due.map(|due| held.remove(due).1)
        };
        let Some(request) = next else { return false };
        let status = self.deliver(request).await.status();
        self.disorder.log(format!("a webhook that was held is answered {status}"));
        true
    }

    fn hold(&self, request: Request<Vec<u8>>, seconds: i64) {
        let at = self.disorder.now() + SignedDuration::from_secs(seconds);
        self.held.lock().unwrap_or_else(PoisonError::into_inner).push((at, request));
    }

    async fn deliver(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let says = format!("{} {}", request.uri(), String::from_utf8_lossy(request.body()));
        let app = self.app.clone();
        let mut call: Invocation<_> = Box::pin(async move { app.call(request).await });
        let could_freeze = self.disorder.allow_freezing(false);
        let ahead = self.disorder.clock_of("a function with routes");
        let done = run(&mut call, &self.disorder, ahead).await;
        self.disorder.allow_freezing(could_freeze);
        match done {
            Ok(response) => {
                if response.status().is_success() {
                    self.late_reports.note_heard(&says);
                }
                response
            }
            Err(Interrupt::Killed | Interrupt::Frozen(_)) => answer(StatusCode::BAD_GATEWAY),
        }
    }
}

fn answer(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

#[async_trait]
impl AppClient for WebhookDelivery {
    async fn call(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let path = request.uri().path().to_owned();
        if !path.starts_with("/api/webhooks/") {
            return self.deliver(request).await;
        }
        let told = || path.clone();
        let says = format!("{} {}", request.uri(), String::from_utf8_lossy(request.body()));
        if let Some(until) = self.late_reports.hidden_until(self.disorder.now(), &says) {
            self.hold(request, until.duration_since(self.disorder.now()).as_secs() + 1);
            return answer(StatusCode::GATEWAY_TIMEOUT);
        }
        if self.disorder.strikes(Kind::WebhookLate, told) {
            return answer(StatusCode::GATEWAY_TIMEOUT);
        }
        if self.disorder.strikes(Kind::WebhookOutOfOrder, told) {
            self.hold(request, self.disorder.draw(Kind::WebhookOutOfOrder, 1, 200));
            return answer(StatusCode::GATEWAY_TIMEOUT);
        }
        if self.disorder.strikes(Kind::WebhookTwice, told) {
            self.hold(request.clone(), self.disorder.draw(Kind::WebhookTwice, 0, 200));
        }
        let response = self.deliver(request).await;
        if self.disorder.strikes(Kind::WebhookAnswerLost, told) {
            return answer(StatusCode::GATEWAY_TIMEOUT);
        }
        response
    }
}
