//! Graph's subscriptions. A subscription is made only after its address has sent a token back, lives for seven days at most,
//! and its notices carry the secret that it was made with.

use super::{GraphMailbox, refusal};
use crate::reply::{Asked, bytes, json};
use crate::server::Server;
use crate::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::{Host, Url};

const LONGEST: SignedDuration = SignedDuration::from_mins(10_080);

#[derive(Default)]
pub(super) struct Subscriptions {
    made: u64,
    known: Vec<Value>,
    /// The addresses that have sent their token back, each for one subscription.
    validated: Vec<String>,
    notices: Vec<SentNotice>,
}

/// The call by which Graph asks whether an address is its owner's, while the request for a subscription waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// The address with the token in its query, as it is called by POST.
    pub url: String,
    notification_url: String,
    token: String,
}

/// A call of an address with notices, by POST.
#[derive(Debug, Clone, PartialEq)]
pub struct SentNotice {
    pub url: String,
    pub body: Value,
}

impl Server<GraphMailbox> {
    /// Returns the call that Graph makes before it answers this request, if it is one for a subscription.
    pub fn handshake_of(&self, request: &Request) -> Option<Handshake> {
        let asked = Asked::of(request);
        if asked.line() != "POST /v1.0/subscriptions" {
            return None;
        }
        let notification_url = asked.json()?.get("notificationUrl")?.as_str()?.to_owned();
        let mut url = Url::parse(&notification_url).ok().filter(is_allowed)?;
        let token = format!("Validation: Testing client application reachability+{}", notification_url.len());
        url.query_pairs_mut().append_pair("validationToken", &token);
        Some(Handshake { url: url.into(), notification_url, token })
    }

    /// Notes what the address has answered. It counts for the next request for a subscription.
    pub fn hear_handshake(&self, handshake: &Handshake, answer: &Response) {
        let content_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
        let is_plain = content_type.is_some_and(|kind| kind.starts_with("text/plain"));
        if answer.status() == 200 && is_plain && answer.body() == handshake.token.as_bytes() {
            self.state().mailbox.subscriptions.validated.push(handshake.notification_url.clone());
        }
    }

    pub fn subscriptions(&self) -> Vec<Value> {
        self.state().mailbox.subscriptions.known.clone()
    }

    /// Takes the calls that Graph makes of the addresses of subscriptions.
    pub fn take_notices(&self) -> Vec<SentNotice> {
        std::mem::take(&mut self.state().mailbox.subscriptions.notices)
    }

    /// Tells each subscription of an event of its life: `reauthorizationRequired`, `subscriptionRemoved` or `missed`. One that
    /// is removed is gone.
    pub fn tell_of_life(&self, event: &str) {
        let mut state = self.state();
        let subscriptions = &mut state.mailbox.subscriptions;
        subscriptions.tell(|_, notice| notice["lifecycleEvent"] = json!(event), "lifecycleNotificationUrl");
        if event == "subscriptionRemoved" {
            subscriptions.known.clear();
        }
    }
}

fn is_allowed(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || url.scheme() == "http" && is_loopback
}

impl Subscriptions {
    pub fn subscribe(&mut self, asked: &Asked<'_>, now: Timestamp) -> Response {
        let Some(mut wish) = asked.json() else { return refusal(400, "BadRequest", "Unable to read JSON.") };
        let text = |name: &str| wish.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let urls = [text("notificationUrl"), text("lifecycleNotificationUrl")];
        if !urls.iter().all(|url| Url::parse(url).is_ok_and(|url| is_allowed(&url))) {
            return refusal(400, "InvalidRequest", "The URL must use HTTPS.");
        }
        if text("clientState").len() > 128 || text("resource").is_empty() || text("changeType").is_empty() {
            return refusal(400, "InvalidRequest", "A property is missing or too long.");
        }
        if !ends_in_time(&text("expirationDateTime"), now) {
            return refusal(400, "InvalidRequest", "Subscription expiration is out of range.");
        }
        if urls[0] != urls[1] {
            return refusal(400, "InvalidRequest", "This fake knows one address for both.");
        }
        let Some(place) = self.validated.iter().position(|known| *known == urls[0]) else {
            let message =
                "Subscription validation request failed. Response must exactly match validationToken.";
            return refusal(400, "ValidationError", message);
        };
        self.validated.remove(place);
        self.made += 1;
        wish["id"] = json!(format!("subscription-{}", self.made));
        self.known.push(wish.clone());
        // The secret is never told again.
        wish["clientState"] = Value::Null;
        json(201, &wish)
    }

    pub fn renew(&mut self, asked: &Asked<'_>, id: &str, now: Timestamp) -> Response {
        self.forget_ended(now);
        let until = asked.json().unwrap_or_default();
        let until = until.get("expirationDateTime").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(known) = self.known.iter_mut().find(|known| known["id"] == id) else {
            return refusal(404, "ResourceNotFound", "The object was not found.");
        };
        if !ends_in_time(&until, now) {
            return refusal(400, "InvalidRequest", "Subscription expiration is out of range.");
        }
        known["expirationDateTime"] = json!(until);
        json(200, known)
    }

    pub fn unsubscribe(&mut self, id: &str, now: Timestamp) -> Response {
        self.forget_ended(now);
        let before = self.known.len();
        self.known.retain(|known| known["id"] != id);
        match self.known.len() < before {
            true => bytes(204, "text/plain", Vec::new()),
            false => refusal(404, "ResourceNotFound", "The object was not found."),
        }
    }

    /// Tells the subscriptions of a mail that has arrived in the inbox.
    pub fn tell_of_mail(&mut self, number: u64, now: Timestamp) {
        self.forget_ended(now);
        let add = |known: &Value, notice: &mut Value| {
            notice["changeType"] = json!("created");
            notice["resource"] = known["resource"].clone();
            notice["resourceData"] = json!({ "id": format!("AAkALg{number}=") });
        };
        self.tell(add, "notificationUrl");
    }

    fn tell(&mut self, add: impl Fn(&Value, &mut Value), address: &str) {
        for known in &self.known {
            let mut notice = json!({
                "subscriptionId": known["id"],
                "clientState": known["clientState"],
                "subscriptionExpirationDateTime": known["expirationDateTime"],
            });
            add(known, &mut notice);
            let url = known[address].as_str().unwrap_or_default().to_owned();
            self.notices.push(SentNotice { url, body: json!({ "value": [notice] }) });
        }
    }

    fn forget_ended(&mut self, now: Timestamp) {
        let lasts = |known: &Value| {
            let end = known["expirationDateTime"].as_str().and_then(|end| end.parse::<Timestamp>().ok());
            end.is_some_and(|end| end > now)
        };
        self.known.retain(lasts);
    }
}

fn ends_in_time(until: &str, now: Timestamp) -> bool {
    until.parse::<Timestamp>().is_ok_and(|until| until > now && until <= now + LONGEST)
}
