//! Webhooks of the providers to the app: signed, retried and given up as each provider does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, Request, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::agenda::Action;
use crate::config::WebhookUrls;
use crate::fakes::{self, Fake};
use crate::graph_notices;
use crate::mail_webhooks::{mailgun, resend, retries, sendgrid, sns};
use crate::people;
use crate::sandbox::{AppClient, Sandbox};
use crate::signatures;
use crate::whatsapp::contact_of;
use crate::world::Text;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Delivery {
    via: Via,
    /// The event's id, the same over all attempts.
    id: String,
    url: String,
    body: String,
    attempt: usize,
    /// The deed that this webhook reports, if it is a person's.
    deed: Option<usize>,
    /// The payment whose money this webhook reports; not each of a payment's events does.
    #[serde(default)]
    money_of: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Via {
    InboundEmail,
    Resend,
    Mailgun,
    Postmark,
    SendgridMail,
    SendgridEvents,
    Sns,
    Twilio,
    Stripe,
    /// Microsoft Graph, with notices of a mailbox.
    Graph,
    Whatsapp,
    CalCom {
        secret: String,
    },
    Calendly {
        secret: String,
    },
    /// One of `fakes`, by its name.
    Sender(String),
}

/// The seconds until the next attempt after the first, second … failure.
const STANDARD_WEBHOOKS: &[i64] = &[5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];
const STRIPE: &[i64] = &[10, 300, 1_800, 7_200, 18_000, 36_000, 43_200, 43_200, 43_200];
/// The waits of WhatsApp grow, for a week.
const WHATSAPP: &[i64] = &[5, 60, 600, 3_600, 14_400, 43_200, 86_400, 86_400, 86_400, 86_400];
/// The waits of Twilio apply only if the URL's connection overrides ask for retries.
const TWILIO: &[i64] = &[1, 1, 2, 4, 7];

impl Delivery {
    pub fn inbound_email(urls: &WebhookUrls, id: String, event: &Value) -> Self {
        Self::new(Via::InboundEmail, id, urls.inbound_email.clone(), event.to_string())
    }

    pub fn stripe(urls: &WebhookUrls, id: String, event: &Value) -> Self {
        Self::new(Via::Stripe, id, urls.stripe.clone(), event.to_string())
    }

    pub fn incoming_text(sandbox: &Sandbox, sid: &str, from: &str, to: &str, body: &str) -> Self {
        if let Some(fake) = fakes::of_number(to) {
            return Self::of_sender(sandbox, fake, sid.to_owned(), None, fake.written(sid, from, body));
        }
        if sandbox.config().credentials.is_chat(to) {
            let contact = contact_of(sandbox, from);
            let mut message = json!({
                "id": sid, "timestamp": sandbox.now().as_second().to_string(),
                "type": "text", "text": { "body": body },
            });
            for (name, known) in [("from", "wa_id"), ("from_user_id", "user_id")] {
                if contact[known].is_string() {
                    message[name] = contact[known].clone();
                }
            }
            let value = json!({ "contacts": [contact], "messages": [message] });
            return Self::whatsapp(sandbox, to, sid, value);
        }
        let country = country_of(from);
        let form = [
            ("ToCountry", "US"),
            ("SmsMessageSid", sid),
            ("NumMedia", "0"),
            ("SmsSid", sid),
            ("SmsStatus", "received"),
            ("FromCountry", country),
            ("Body", body),
            ("To", to),
            ("NumSegments", "1"),
            ("MessageSid", sid),
            ("AccountSid", &sandbox.config().credentials.twilio_account_sid),
            ("From", from),
            ("ApiVersion", "2010-04-01"),
        ];
        let body = serde_urlencoded::to_string(form).unwrap_or_default();
        Self::new(Via::Twilio, sid.to_owned(), sandbox.webhook_urls().twilio, body)
    }

    /// None if the sender asked for no callbacks.
    pub fn text_status(
        sandbox: &Sandbox,
        text: &Text,
        status: &str,
        code: Option<u32>,
        token: String,
    ) -> Option<Self> {
        if let Some(fake) = fakes::of_number(&text.from) {
            let (url, body) = (text.status_callback.clone(), fake.report(text, status, code));
            return Some(Self::of_sender(sandbox, fake, token, url, body));
        }
        if text.chat {
            let errors = code.map(|code| json!({ "code": code, "title": "Message undeliverable" }));
            let contact = contact_of(sandbox, &text.to);
            let mut report = json!({
                "id": text.sid, "status": status, "timestamp": sandbox.now().as_second().to_string(),
                "biz_opaque_callback_data": text.tag, "errors": errors.as_slice(),
            });
            for (name, known) in [("recipient_id", "wa_id"), ("recipient_user_id", "user_id")] {
                if contact[known].is_string() {
                    report[name] = contact[known].clone();
                }
            }
            return Some(Self::whatsapp(sandbox, &text.from, &token, json!({ "statuses": [report] })));
        }
        let url = text.status_callback.clone()?;
        let code = code.map(|code| code.to_string());
        let delivered = sandbox.now().strftime("%y%m%d%H%M").to_string();
        let mut form = vec![
            ("SmsSid", text.sid.as_str()),
            ("SmsStatus", status),
            ("MessageStatus", status),
            ("To", &text.to),
            ("MessageSid", &text.sid),
            ("AccountSid", &sandbox.config().credentials.twilio_account_sid),
            ("From", &text.from),
            ("ApiVersion", "2010-04-01"),
        ];
        if let Some(service) = &text.service_sid {
            form.push(("MessagingServiceSid", service));
        }
        if let Some(code) = &code {
            form.push(("ErrorCode", code));
        }
        if matches!(status, "delivered" | "undelivered") {
            form.push(("RawDlrDoneDate", &delivered));
        }
        let body = serde_urlencoded::to_string(form).unwrap_or_default();
        Some(Self::new(Via::Twilio, token, url, body))
    }

    /// A webhook to the URL that was asked for, else to the one of all accounts.
    fn of_sender(sandbox: &Sandbox, fake: &dyn Fake, id: String, url: Option<String>, body: String) -> Self {
        let word = fake.name().replace('_', "-");
        let url = url.unwrap_or_else(|| format!("{}/api/webhooks/{word}", sandbox.config().app_url));
        Self::new(Via::Sender(fake.name().to_owned()), id, url, body)
    }

    /// A webhook about one of our numbers.
    fn whatsapp(sandbox: &Sandbox, ours: &str, id: &str, mut value: Value) -> Self {
        let known = &sandbox.config().credentials.whatsapp_numbers;
        let number = known.iter().find(|known| known.number == ours);
        value["messaging_product"] = json!("whatsapp");
        value["metadata"] = json!({
            "display_phone_number": ours.trim_start_matches('+'),
            "phone_number_id": number.map(|number| &number.id),
        });
        let change = json!({ "field": "messages", "value": value });
        let event = json!({
            "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [change] }],
        });
        Self::new(Via::Whatsapp, id.to_owned(), sandbox.webhook_urls().whatsapp, event.to_string())
    }

    pub fn about(mut self, deed: usize) -> Self {
        self.deed = Some(deed);
        self
    }

    pub fn money_of(mut self, deed: usize) -> Self {
        self.money_of = Some(deed);
        self
    }

    pub fn new(via: Via, id: String, url: String, body: String) -> Self {
        Self { via, id, url, body, attempt: 0, deed: None, money_of: None }
    }

    /// The URL without the fragment, which only configures Twilio.
    fn address(&self) -> &str {
        self.url.split('#').next().unwrap_or(&self.url)
    }

    /// The URL without user and password, and the header that carries them.
    fn login(&self) -> (String, Option<String>) {
        let Some((scheme, rest)) = self.url.split_once("://") else { return (self.url.clone(), None) };
        let host = &rest[..rest.find('/').unwrap_or(rest.len())];
        match host.rsplit_once('@') {
            Some((login, _)) => {
                let address = format!("{scheme}://{}", &rest[login.len() + 1..]);
                (address, Some(format!("Basic {}", STANDARD.encode(login))))
            }
            None => (self.url.clone(), None),
        }
    }

    /// A mail provider's request.
    fn mail_request(&self, now: i64) -> Result<Request<Vec<u8>>, http::Error> {
        let (address, login) = self.login();
        let mut request = Request::builder().method(Method::POST).uri(address);
        if let Some(login) = login {
            request = request.header(header::AUTHORIZATION, login);
        }
        let body = match self.via {
            Via::Mailgun => mailgun::signed(&self.body, &self.id, now),
            _ => self.body.clone(),
        };
        let request = match &self.via {
            Via::Mailgun => request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
            Via::Postmark => request
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::USER_AGENT, "Postmark"),
            Via::SendgridMail | Via::SendgridEvents => {
                let kind = match self.via {
                    Via::SendgridMail => format!("multipart/form-data; boundary={}", sendgrid::BOUNDARY),
                    _ => "application/json;charset=utf-8".to_owned(),
                };
                request
                    .header(header::CONTENT_TYPE, kind)
                    .header(header::USER_AGENT, "Sendlib/1.0 server")
                    .header("x-twilio-email-event-webhook-timestamp", now)
                    .header(
                        "x-twilio-email-event-webhook-signature",
                        sendgrid::signature(body.as_bytes(), now),
                    )
            }
            Via::Sns => request
                .header(header::CONTENT_TYPE, "text/plain; charset=UTF-8")
                .header(header::USER_AGENT, "Amazon Simple Notification Service Agent")
                .header("x-amz-sns-message-type", sns::kind_of(&body))
                .header("x-amz-sns-message-id", &self.id)
                .header("x-amz-sns-topic-arn", sns::TOPIC),
            _ => request
                .header(header::CONTENT_TYPE, "application/json")
                .header("svix-id", &self.id)
                .header("svix-timestamp", now)
                .header(
                    "svix-signature",
                    signatures::standard_webhooks(resend::SIGNING_SECRET, &self.id, now, body.as_bytes()),
                ),
        };
        request.body(body.into_bytes())
    }

    fn request(&self, sandbox: &Sandbox) -> Result<Request<Vec<u8>>, http::Error> {
        let known = &sandbox.config().credentials;
        let now = sandbox.now().as_second();
        let body = self.body.as_bytes();
        let request = Request::builder().method(Method::POST).uri(self.address());
        let request = match &self.via {
            Via::Resend
            | Via::Mailgun
            | Via::Postmark
            | Via::SendgridMail
            | Via::SendgridEvents
            | Via::Sns => return self.mail_request(now),
            Via::InboundEmail => request
                .header(header::CONTENT_TYPE, "application/json")
                .header("webhook-id", &self.id)
                .header("webhook-timestamp", now)
                .header(
                    "webhook-signature",
                    signatures::standard_webhooks(&known.inbound_email_secret, &self.id, now, body),
                ),
            Via::Stripe => request
                .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
                .header(header::USER_AGENT, "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
                .header(
                    "stripe-signature",
                    signatures::stripe(&sandbox.secrets().stripe_webhook_secret, now, body),
                ),
            // What shows that a notice comes from Graph stands in its body.
            Via::Graph => request.header(header::CONTENT_TYPE, "application/json"),
            Via::Whatsapp => request
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::USER_AGENT, "facebookexternalua")
                .header("x-hub-signature-256", signatures::whatsapp(&known.whatsapp_app_secret, body)),
            Via::CalCom { secret } => request.header(header::CONTENT_TYPE, "application/json").header(
                "x-cal-signature-256",
                match secret.is_empty() {
                    true => "no-secret-provided".to_owned(),
                    false => signatures::cal_com(secret, body),
                },
            ),
            Via::Calendly { secret } => request
                .header(header::CONTENT_TYPE, "application/json")
                .header("calendly-webhook-signature", signatures::calendly(secret, now, body)),
            Via::Sender(name) => {
                let signed = fakes::named(name).map(|fake| fake.signed(&self.body, now));
                signed.into_iter().flatten().fold(
                    request.header(header::CONTENT_TYPE, "application/json"),
                    |request, (name, value)| request.header(name, value),
                )
            }
            Via::Twilio => {
                let form: Vec<(String, String)> = serde_urlencoded::from_str(&self.body).unwrap_or_default();
                request
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8")
                    .header(header::USER_AGENT, "TwilioProxy/1.1")
                    .header("i-twilio-idempotency-token", &self.id)
                    .header(
                        "x-twilio-signature",
                        signatures::twilio(&known.twilio_auth_token, self.address(), &form),
                    )
            }
        };
        request.body(body.to_vec())
    }

    /// The seconds until the next attempt; None if the provider gives up.
    fn retry_after(&self, status: u16) -> Option<i64> {
        match &self.via {
            Via::InboundEmail if status == 410 => None,
            Via::CalCom { .. } => None,
            Via::InboundEmail | Via::Resend | Via::Calendly { .. } | Via::Sender(_) => {
                STANDARD_WEBHOOKS.get(self.attempt).copied()
            }
            Via::Mailgun if status == 406 => None,
            Via::Mailgun => retries::MAILGUN.get(self.attempt).copied(),
            Via::Postmark if status == 403 => None,
            Via::Postmark => retries::POSTMARK.get(self.attempt).copied(),
            Via::SendgridMail | Via::SendgridEvents if status < 500 => None,
            Via::SendgridMail | Via::SendgridEvents => retries::SENDGRID.get(self.attempt).copied(),
            // SNS takes an answer of the 400s for final.
            Via::Sns if (400..500).contains(&status) && status != 429 => None,
            Via::Sns => retries::SNS.get(self.attempt).copied(),
            Via::Whatsapp => WHATSAPP.get(self.attempt).copied(),
            Via::Stripe => STRIPE.get(self.attempt).copied(),
            Via::Graph => graph_notices::RETRIES.get(self.attempt).copied(),
            Via::Twilio => {
                let (count, policy) = overrides(&self.url);
                let covered = match status {
                    502..=504 => true,
                    500.. => policy.contains("5xx") || policy.contains("all"),
                    400..500 => policy.contains("4xx") || policy.contains("all"),
                    _ => false,
                };
                (covered && self.attempt < count).then(|| TWILIO[self.attempt.min(TWILIO.len() - 1)])
            }
        }
    }
}

/// Reads `#rc=5&rp=5xx,ct`: the retry count (1 by default, at most 5) and the policy.
fn overrides(url: &str) -> (usize, &str) {
    let fragment = url.split_once('#').map_or("", |(_, fragment)| fragment);
    let of = |name: &str| fragment.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    (of("rc").and_then(|count| count.parse().ok()).unwrap_or(1).min(5), of("rp").unwrap_or("ct"))
}

fn country_of(number: &str) -> &'static str {
    crate::places::gazetteer::of_number(number).code
}

/// Makes one attempt; a failed one is put on the agenda again as long as the provider would retry.
pub(crate) async fn deliver(sandbox: &Sandbox, mut delivery: Delivery, app: &dyn AppClient) {
    let is_notification = delivery.via == Via::Sns && sns::kind_of(&delivery.body) == "Notification";
    if is_notification && !sandbox.is_subscribed(&delivery.url) {
        tracing::warn!("a topic has no confirmed subscription: its message goes nowhere");
        return;
    }
    let status = match delivery.request(sandbox) {
        Ok(request) => app.call(request).await.status().as_u16(),
        Err(error) => {
            tracing::warn!(%error, "a webhook's URL is not one");
            return;
        }
    };
    let now = sandbox.now();
    let mut world = sandbox.world();
    if let Some(deed) = delivery.deed.and_then(|deed| world.deeds.get_mut(deed)) {
        deed.status = Some(status);
        if (200..300).contains(&status) {
            deed.answered_at.get_or_insert(now);
        }
    }
    if (200..300).contains(&status) {
        if let Some(deed) = delivery.money_of.and_then(|deed| world.deeds.get_mut(deed)) {
            deed.money_told_at.get_or_insert(now);
        }
        return;
    }
    match delivery.retry_after(status) {
        Some(wait) => {
            delivery.attempt += 1;
            world.agenda.add(people::later(now, wait), Action::Deliver(delivery));
        }
        None => tracing::debug!(status, id = delivery.id, "webhook given up"),
    }
}
