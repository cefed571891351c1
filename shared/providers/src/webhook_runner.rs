//! `WebhookRunner`: calls an address that a user has given. Only `https`, only public addresses, no redirects, no
//! compressed or endless answers. Headers may be secret: no error and no log holds the request.

use crate::Providers;
use crate::transport::{TransportError, WebAddress, WebError, WebLimits, WebRequest};
use crate::wire::{JSON, retry_after_in};
use application::ports::data_providers::{WebhookCall, WebhookMethod, WebhookReply, WebhookRunner};
use application::ports::provider_calls::CallError;
use async_trait::async_trait;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::time::Duration;

/// The time is shorter than that of the functions that call.
const LIMITS: WebLimits = WebLimits { bytes: 1_000_000, time: Duration::from_secs(20) };
const MOST_HEADERS: usize = 20;
const LARGEST_BODY: usize = 256 * 1024;
/// Headers that belong to the connection, or that tell the other side who asks.
const RESERVED: [&str; 9] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "trailer",
    "expect",
    "proxy-authorization",
];

#[derive(Debug, thiserror::Error)]
#[error("its name leads to a private network")]
struct NotPublic;

#[async_trait]
impl WebhookRunner for Providers {
    async fn run(&self, request: &WebhookCall) -> Result<WebhookReply, CallError> {
        let answer = self.web.fetch(asked(request).map_err(CallError::Rejected)?, LIMITS).await;
        let answer = answer.map_err(|error| match error {
            WebError::NotPublic => CallError::Rejected(NotPublic.to_string()),
            WebError::Transport(error @ TransportError::NotSent(_)) => CallError::Unavailable(error.into()),
            WebError::Transport(error @ TransportError::Ambiguous(_)) => CallError::Lost(error.into()),
        })?;
        if answer.is_cut {
            return Err(CallError::Rejected("its answer is larger than 1 MB".to_owned()));
        }
        let retry_after = retry_after_in(&answer.headers);
        let body = String::from_utf8(answer.body);
        let body = body.map_err(|_| CallError::Rejected("its answer is no text in UTF-8".to_owned()))?;
        Ok(WebhookReply { status: answer.status.as_u16(), retry_after, body })
    }
}

/// Makes the request, or says what of it is refused; the text holds no value of a header.
fn asked(request: &WebhookCall) -> Result<WebRequest, String> {
    let address = WebAddress::parse(&request.url).map_err(|why| format!("the address is refused: {why}"))?;
    if !address.is_https() {
        return Err("the address is refused: it does not begin with https://".to_owned());
    }
    if request.headers.len() > MOST_HEADERS {
        return Err(format!("at most {MOST_HEADERS} headers can be sent"));
    }
    if request.body.as_ref().is_some_and(|body| body.len() > LARGEST_BODY) {
        return Err("the body is larger than 256 KB".to_owned());
    }
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if request.body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    }
    for (name, value) in &request.headers {
        let known = HeaderName::from_bytes(name.trim().as_bytes()).ok();
        let known = known.filter(|name| !RESERVED.contains(&name.as_str()));
        let known = known.ok_or_else(|| format!("the header {name} cannot be sent"))?;
        let mut value = HeaderValue::from_str(value.trim())
            .map_err(|_| format!("the header {name} has characters that no header has"))?;
        value.set_sensitive(true);
        headers.insert(known, value);
    }
    let method = match request.method {
        WebhookMethod::Get => Method::GET,
        WebhookMethod::Post => Method::POST,
    };
    let body = request.body.clone().unwrap_or_default().into_bytes();
    Ok(WebRequest { method, address, headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{answering, providers_on_web};
    use crate::transport::{InProcessHttp, InProcessWeb};

    fn request(url: &str) -> WebhookCall {
        WebhookCall {
            method: WebhookMethod::Post,
            url: url.to_owned(),
            headers: vec![("X-Key".to_owned(), "s3cret".to_owned())],
            body: Some(r#"{"company":"Acme"}"#.to_owned()),
        }
    }

    #[tokio::test]
    async fn request_goes_out_as_it_was_given_and_any_status_is_an_answer() {
        let (http, asked) = answering(500, r#"{"error":"no"}"#);
        let runner = providers_on_web(InProcessWeb::new(http));
        let answer = runner.run(&request("https://hooks.example/run?id=1")).await.unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (500, r#"{"error":"no"}"#));
        let asked = asked.lock().unwrap();
        assert_eq!(
            (asked[0].method(), asked[0].uri().to_string().as_str()),
            (&Method::POST, "https://hooks.example/run?id=1")
        );
        assert_eq!(asked[0].headers()["x-key"], "s3cret");
        assert_eq!(asked[0].headers()["content-type"], "application/json");
        assert_eq!(asked[0].body(), br#"{"company":"Acme"}"#);
        assert!(!format!("{:?}", asked[0].headers()).contains("s3cret"));
    }

    #[tokio::test]
    async fn redirect_is_an_answer_and_is_not_followed() {
        let (http, asked) = answering(302, "");
        let runner = providers_on_web(InProcessWeb::new(http));
        assert_eq!(runner.run(&request("https://hooks.example/")).await.unwrap().status, 302);
        assert_eq!(asked.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn refused_request_is_never_sent() {
        let (http, asked) = answering(200, "{}");
        let runner = providers_on_web(InProcessWeb::new(http));
        let https = request("https://hooks.example/");
        let with_header = |name: &str, value: &str| WebhookCall {
            headers: vec![(name.to_owned(), value.to_owned())],
            ..https.clone()
        };
        for (request, why) in [
            (request("http://hooks.example/"), "https://"),
            (request("https://localhost/"), "no dot"),
            (request("https://169.254.169.254/"), "private"),
            (request("https://hooks.example:8443/"), "port"),
            (with_header("Host", "other.example"), "Host"),
            (with_header("bad name", "x"), "bad name"),
            (with_header("X-Key", "s3\ncret"), "characters"),
            (WebhookCall { body: Some("x".repeat(LARGEST_BODY + 1)), ..https.clone() }, "256 KB"),
        ] {
            let Err(CallError::Rejected(told)) = runner.run(&request).await else {
                panic!("{}", request.url)
            };
            assert!(told.contains(why) && !told.contains("cret"), "{told}");
        }
        assert!(asked.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn lost_answer_is_told_from_a_request_that_was_not_sent() {
        let failing = |make: fn() -> TransportError| {
            providers_on_web(InProcessWeb::new(InProcessHttp::new(move |_| async move { Err(make()) })))
        };
        let unsent = failing(|| TransportError::NotSent("no route".into()));
        let lost = failing(|| TransportError::Ambiguous("broken".into()));
        let request = request("https://hooks.example/");
        assert!(matches!(unsent.run(&request).await, Err(CallError::Unavailable(_))));
        assert!(matches!(lost.run(&request).await, Err(CallError::Lost(_))));
        let large = providers_on_web(InProcessWeb::new(answering(200, &"x".repeat(1_000_001)).0));
        assert!(matches!(large.run(&request).await, Err(CallError::Rejected(told)) if told.contains("1 MB")));
    }
}
