//! `PushService`: asks the push service of a browser's maker to carry a text (RFC 8030). Address and headers are secret: no
//! error and no log holds the request.

use crate::Providers;
use crate::transport::{TransportError, WebAddress, WebError, WebLimits, WebRequest};
use crate::wire::retry_after_in;
use application::ports::provider_calls::CallError;
use application::ports::web_push::{PushDelivery, PushReply, PushService};
use async_trait::async_trait;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use std::time::Duration;

/// The answer says nothing that is read; the time is shorter than that of the functions that call.
const LIMITS: WebLimits = WebLimits { bytes: 64 * 1024, time: Duration::from_secs(10) };
/// What a push service takes at most.
const LARGEST_BODY: usize = 4_096;

#[async_trait]
impl PushService for Providers {
    async fn deliver(&self, delivery: &PushDelivery) -> Result<PushReply, CallError> {
        let asked = asked(delivery).map_err(|why| CallError::Rejected(why.to_owned()))?;
        let answer = self.web.fetch(asked, LIMITS).await.map_err(|error| match error {
            WebError::NotPublic => CallError::Rejected("its name leads to a private network".to_owned()),
            WebError::Transport(error @ TransportError::NotSent(_)) => CallError::Unavailable(error.into()),
            WebError::Transport(error @ TransportError::Ambiguous(_)) => CallError::Lost(error.into()),
        })?;
        Ok(PushReply { status: answer.status.as_u16(), retry_after: retry_after_in(&answer.headers) })
    }
}

fn asked(delivery: &PushDelivery) -> Result<WebRequest, &'static str> {
    let address = WebAddress::parse(delivery.endpoint.secret()).map_err(|_| "the address is refused")?;
    if !address.is_https() {
        return Err("the address is refused: it does not begin with https://");
    }
    if delivery.body.len() > LARGEST_BODY {
        return Err("the text is larger than 4,096 bytes");
    }
    let value =
        |text: &str| HeaderValue::from_str(text).map_err(|_| "a header has characters that no header has");
    let mut headers = HeaderMap::new();
    let mut authorization = value(&delivery.authorization)?;
    authorization.set_sensitive(true);
    headers.insert(AUTHORIZATION, authorization);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("aes128gcm"));
    headers.insert("ttl", value(&delivery.keep_for.as_secs().max(0).to_string())?);
    headers.insert("urgency", HeaderValue::from_static(if delivery.is_urgent { "high" } else { "normal" }));
    headers.insert("topic", value(&delivery.topic)?);
    Ok(WebRequest { method: Method::POST, address, headers, body: delivery.body.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{answering, providers_on_web};
    use crate::transport::{InProcessHttp, InProcessWeb};
    use domain::workspace::web_push::PushEndpoint;
    use jiff::SignedDuration;

    const URL: &str = "https://fcm.googleapis.com/fcm/send/s3cret";

    fn delivery(body: Vec<u8>) -> PushDelivery {
        PushDelivery {
            endpoint: PushEndpoint::parse(URL).unwrap(),
            authorization: "vapid t=a.b.c, k=d".to_owned(),
            keep_for: SignedDuration::from_secs(90),
            is_urgent: true,
            topic: "abc".to_owned(),
            body,
        }
    }

    #[tokio::test]
    async fn delivery_has_the_headers_of_the_standard_and_a_redirect_is_not_followed() {
        let (http, asked) = answering(307, "");
        let service = providers_on_web(InProcessWeb::new(http));
        let reply = service.deliver(&delivery(vec![1, 2, 3])).await.unwrap();
        assert_eq!(reply, PushReply { status: 307, retry_after: None });
        let asked = asked.lock().unwrap();
        assert_eq!(
            (asked.len(), asked[0].method(), asked[0].uri().to_string().as_str()),
            (1, &Method::POST, URL)
        );
        for (name, value) in [
            ("authorization", "vapid t=a.b.c, k=d"),
            ("content-encoding", "aes128gcm"),
            ("ttl", "90"),
            ("urgency", "high"),
            ("topic", "abc"),
        ] {
            assert_eq!(asked[0].headers()[name], value);
        }
        assert_eq!(asked[0].body(), &[1, 2, 3]);
        assert!(!format!("{:?}", asked[0].headers()).contains("vapid"));
    }

    #[tokio::test]
    async fn body_that_no_push_service_takes_is_not_sent() {
        let (http, asked) = answering(201, "");
        let service = providers_on_web(InProcessWeb::new(http));
        assert!(service.deliver(&delivery(vec![0; LARGEST_BODY])).await.is_ok());
        let refused = service.deliver(&delivery(vec![0; LARGEST_BODY + 1])).await;
        assert!(matches!(refused, Err(CallError::Rejected(why)) if why.contains("4,096")));
        assert_eq!(asked.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn lost_answer_is_told_from_a_delivery_that_was_not_sent() {
        let failing = |make: fn() -> TransportError| {
            providers_on_web(InProcessWeb::new(InProcessHttp::new(move |_| async move { Err(make()) })))
        };
        let unsent = failing(|| TransportError::NotSent("no route".into()));
        let lost = failing(|| TransportError::Ambiguous("broken".into()));
        assert!(matches!(unsent.deliver(&delivery(vec![])).await, Err(CallError::Unavailable(_))));
        assert!(matches!(lost.deliver(&delivery(vec![])).await, Err(CallError::Lost(_))));
    }
}
