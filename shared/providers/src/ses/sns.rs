//! A message of Amazon SNS: its signature, and the subscription that it may ask to confirm. Anybody can have SNS sign for
//! a topic of their own, so the topic must be the account's, and certificate and confirmation are asked for at that
//! topic's host alone, whatever the message says.

use super::certificate::Certificate;
use crate::calls::{broken, lost};
use crate::transport::Http;
use crate::wire::{excerpt, get};
use application::ports::provider_calls::CallError;
use application::ports::provider_events::{Forged, Verified, WebhookRequest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::workspace::topic_arn::TopicArn;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaParameters,
    UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

/// SNS delivers nothing larger.
const LARGEST_BODY: usize = 512 * 1024;
const LONGEST_ID: usize = 100;
const LONGEST_TOKEN: usize = 1_000;
/// SNS tries to deliver a message for an hour. What is older was kept by somebody else.
const OLDEST: SignedDuration = SignedDuration::from_mins(65);
const FUTURE: SignedDuration = SignedDuration::from_mins(5);
/// The type under which we keep the message that a subscription must be confirmed.
const CONFIRMATION: &str = "SubscriptionConfirmation";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    r#type: String,
    message_id: String,
    topic_arn: String,
    subject: Option<String>,
    message: String,
    timestamp: String,
    signature_version: String,
    signature: String,
    #[serde(rename = "SigningCertURL")]
    signing_cert_url: String,
    #[serde(rename = "SubscribeURL")]
    subscribe_url: Option<String>,
    token: Option<String>,
}

impl Message {
    /// Returns the text that SNS has signed: names and values in the order of names. A value that could pass for several
    /// lines is refused, but for the message itself, which comes first.
    fn signed_text(&self) -> Option<String> {
        let mut text = format!("Message\n{}\nMessageId\n{}\n", self.message, line(&self.message_id)?);
        match self.r#type.as_str() {
            "Notification" => {
                if let Some(subject) = &self.subject {
                    text += &format!("Subject\n{}\n", line(subject)?);
                }
                text += &format!("Timestamp\n{}\n", line(&self.timestamp)?);
            }
            CONFIRMATION | "UnsubscribeConfirmation" => {
                let (url, token) = (line(self.subscribe_url.as_ref()?)?, line(self.token.as_ref()?)?);
                let sent = line(&self.timestamp)?;
                text += &format!("SubscribeURL\n{url}\nTimestamp\n{sent}\nToken\n{token}\n");
            }
            _ => return None,
        }
        text += &format!("TopicArn\n{}\nType\n{}\n", line(&self.topic_arn)?, self.r#type);
        Some(text)
    }

    fn algorithm(&self) -> Option<&'static RsaParameters> {
        match self.signature_version.as_str() {
            "1" => Some(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY),
            "2" => Some(&RSA_PKCS1_2048_8192_SHA256),
            _ => None,
        }
    }

    /// Returns what is kept of the message: what SES has written, or what SNS says itself.
    fn payload(self) -> String {
        match self.r#type.as_str() {
            "Notification" => self.message,
            kind => json!({ "notificationType": kind, "token": self.token }).to_string(),
        }
    }
}

fn line(text: &str) -> Option<&str> {
    (!text.contains('\n')).then_some(text)
}

pub(super) async fn verify(
    http: &dyn Http,
    topic: &TopicArn,
    request: &WebhookRequest,
    now: Timestamp,
) -> Result<Verified, Forged> {
    if request.body.len() > LARGEST_BODY {
        return Err(Forged::Mismatch);
    }
    let message: Message = serde_json::from_slice(&request.body).map_err(|_| Forged::Missing)?;
    // What costs nothing comes first: nothing is fetched for a message that is refused anyway.
    if message.topic_arn != topic.as_str() || message.message_id.len() > LONGEST_ID {
        return Err(Forged::Mismatch);
    }
    sent_lately(&message.timestamp, now)?;
    let algorithm = message.algorithm().ok_or(Forged::Mismatch)?;
    let text = message.signed_text().ok_or(Forged::Mismatch)?;
    let signature = STANDARD.decode(&message.signature).map_err(|_| Forged::Mismatch)?;
    let certificate = Certificate::at(http, &topic.host(), &message.signing_cert_url).await?;
    let key = UnparsedPublicKey::new(algorithm, certificate.key_at(now)?);
    key.verify(text.as_bytes(), &signature).map_err(|_| Forged::Mismatch)?;
    Ok(Verified { event_id: message.message_id.clone(), payload: message.payload() })
}

fn sent_lately(sent: &str, now: Timestamp) -> Result<(), Forged> {
    let sent: Timestamp = sent.parse().map_err(|_| Forged::OutsideTolerance)?;
    let age = now.duration_since(sent);
    if age > OLDEST || age < -FUTURE { Err(Forged::OutsideTolerance) } else { Ok(()) }
}

/// Returns the token of a message that asks to confirm a subscription.
pub(super) fn asked_to_confirm(payload: &str) -> Option<String> {
    let kept: Value = serde_json::from_str(payload).ok()?;
    let token = kept.get("token")?.as_str().filter(|_| kept["notificationType"] == CONFIRMATION)?;
    (token.len() <= LONGEST_TOKEN).then(|| token.to_owned())
}

/// Confirms the subscription at the topic's own host. The URL in the message is signed for, and not called.
pub(super) async fn confirm(http: &dyn Http, topic: &TopicArn, token: &str) -> Result<(), CallError> {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let (host, arn, token) = (topic.host(), encoded(topic.as_str()), encoded(token));
    let url = format!("https://{host}/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}");
    let asked = get(&url, None).map_err(|_| CallError::Rejected("the topic has no host".to_owned()))?;
    let answer = http.send(asked).await.map_err(lost)?;
    match answer.status() {
        StatusCode::OK => Ok(()),
        status if status.is_client_error() => {
            Err(CallError::Rejected(excerpt(&String::from_utf8_lossy(answer.body()))))
        }
        _ => Err(broken(&answer)),
    }
}
