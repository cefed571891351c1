//! Notices of new mail: subscribing to them and reading them.
//!
//! A subscription lives for at most seven days, and is renewed before. Before it begins, Graph calls the address with a
//! token that is sent back as plain text. Each notice carries the `clientState` that we gave, which is what shows that
//! it comes from Graph. Notices about the subscription itself say that it has to be renewed, that it is gone, or that
//! notices were lost.

use super::api;
use super::response::done;
use crate::mailbox_api::{ApiAccount, Trouble, object, segment};
use application::ports::mailbox_push::{PushAddress, PushNotice};
use application::ports::provider_events::{Forged, WebhookRequest};
use domain::workspace::mailbox_push::{PushNews, PushSubscription};
use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;
use subtle::ConstantTimeEq;
use url::Url;

/// The longest life of a subscription to messages is 10,080 minutes; some minutes are left for clocks that differ.
const LONGEST: SignedDuration = SignedDuration::from_mins(10_070);
const LONGEST_TOKEN: usize = 2_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    id: String,
    expiration_date_time: Timestamp,
}

#[derive(Deserialize)]
struct Notices {
    value: Vec<Notice>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notice {
    subscription_id: String,
    #[serde(default)]
    client_state: String,
    lifecycle_event: Option<String>,
}

/// Subscribes to mail in the inbox. What is junk or sent is found by the poll.
pub(crate) async fn subscribe(
    call: ApiAccount<'_>,
    address: &PushAddress,
    until: Timestamp,
) -> Result<PushSubscription, Trouble> {
    let body = json!({
        "changeType": "created",
        "notificationUrl": address.url,
        "lifecycleNotificationUrl": address.url,
        "resource": "me/mailFolders('inbox')/messages",
        "expirationDateTime": end(call, until),
        "clientState": address.client_state,
    });
    let request = call.json(Method::POST, &api(call, "/subscriptions", &[])?, &body)?;
    let made: Made = object(&done(call, request).await?)?;
    Ok(PushSubscription { id: made.id, expires_at: made.expiration_date_time, url: address.url.clone() })
}

pub(crate) async fn renew(
    call: ApiAccount<'_>,
    subscription: &str,
    until: Timestamp,
) -> Result<Option<Timestamp>, Trouble> {
    let url = api(call, &format!("/subscriptions/{}", segment(subscription)), &[])?;
    let body = json!({ "expirationDateTime": end(call, until) });
    match done(call, call.json(Method::PATCH, &url, &body)?).await {
        Err(Trouble::Missing) => Ok(None),
        other => object::<Made>(&other?).map(|made| Some(made.expiration_date_time)),
    }
}

pub(crate) async fn unsubscribe(call: ApiAccount<'_>, subscription: &str) -> Result<(), Trouble> {
    let url = api(call, &format!("/subscriptions/{}", segment(subscription)), &[])?;
    match done(call, call.empty(Method::DELETE, &url)?).await {
        Ok(_) | Err(Trouble::Missing) => Ok(()),
        Err(other) => Err(other),
    }
}

fn end(call: ApiAccount<'_>, until: Timestamp) -> String {
    until.min(call.now.checked_add(LONGEST).unwrap_or(until)).to_string()
}

/// Returns the token to send back, when Graph asks whether the address is ours. It is the caller who answers with plain
/// text: as a page it could be anybody's script.
pub(crate) fn handshake(request: &WebhookRequest) -> Option<String> {
    let url = Url::parse(&request.url).ok()?;
    let (_, token) = url.query_pairs().find(|(name, _)| name == "validationToken")?;
    (!token.is_empty() && token.len() <= LONGEST_TOKEN).then(|| token.into_owned())
}

pub(crate) fn notices(request: &WebhookRequest, client_state: &str) -> Result<Vec<PushNotice>, Forged> {
    let told: Notices = serde_json::from_slice(&request.body).map_err(|_| Forged::Missing)?;
    let is_ours = |notice: &Notice| -> bool {
        !client_state.is_empty() && notice.client_state.as_bytes().ct_eq(client_state.as_bytes()).into()
    };
    if told.value.iter().any(|notice| notice.client_state.is_empty()) {
        return Err(Forged::Missing);
    }
    if !told.value.iter().all(is_ours) {
        return Err(Forged::Mismatch);
    }
    let notice = |notice: Notice| PushNotice {
        subscription: notice.subscription_id,
        news: match notice.lifecycle_event.as_deref() {
            Some("reauthorizationRequired") => PushNews::Renew,
            Some("subscriptionRemoved") => PushNews::SubscribeAnew,
            // A new mail, notices that were lost, or an event that is not known here: the poll finds out.
            _ => PushNews::Read,
        },
    };
    Ok(told.value.into_iter().map(notice).collect())
}
