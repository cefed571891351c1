//! Pushes notifications to a user's devices. Each is claimed for each device before the call, so that a device shows it once at
//! most; a claim is given back only where the push service certainly took nothing. What was read in the app meanwhile, what is
//! no news any more and what the user has not chosen is not pushed, and nobody is told of a lead that they do not see.

use crate::ports::provider_calls::CallError;
use crate::ports::store::{StoreResult, found};
use crate::ports::web_push::{PushDelivery, PushReply};
use crate::push::connect::{SessionState, session_state};
use crate::queue_messages::NotificationKey;
use crate::web_push::devices::WebPushPorts;
use crate::web_push::encryption::{Fresh, encrypt};
use crate::web_push::subscription::PushSubscription;
use crate::web_push::vapid::authorization;
use domain::time::time_zone::ZoneName;
use domain::workspace::notification::Notification;
use domain::workspace::notification_choices::NotificationChoices;
use domain::workspace::user::Role;
use domain::workspace::web_push::{PushDevice, PushedText};
use domain::{LeadId, NotificationId, UserId, WorkspaceId};
use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use sha2::{Digest, Sha256};

/// The wait after a rate limit that names none.
const OVER_THE_RATE: SignedDuration = SignedDuration::from_secs(30);

/// Pushes these notifications to all devices of a user, in one text each. The answer is the shortest wait that a push service
/// asks for before it takes what a device did not get, none where nothing is left; the other devices are left alone then.
pub(crate) async fn push_notifications(
    ports: &WebPushPorts,
    (workspace, user): (&WorkspaceId, &UserId),
    told: &[NotificationKey],
) -> StoreResult<Option<SignedDuration>> {
    let devices = ports.push_devices.devices(workspace, user).await?;
    if devices.is_empty() {
        return Ok(None);
    }
    let Some(role) = ports.lead_access.role(workspace, user).await? else {
        ports.push_devices.forget_devices(&devices).await?;
        return Ok(None);
    };
    let wanted = wanted(ports, (workspace, user, role), told).await?;
    if wanted.all.is_empty() {
        return Ok(None);
    }
    let pushes = join_all(devices.iter().map(|device| push_to(ports, device, &wanted))).await;
    let waits = pushes.into_iter().collect::<StoreResult<Vec<_>>>()?;
    Ok(waits.into_iter().flatten().min())
}

/// What the user may know of and wants pushed now.
struct Wanted {
    all: Vec<Notification>,
    choices: NotificationChoices,
    clock: ZoneName,
}

async fn wanted(
    ports: &WebPushPorts,
    (workspace, user, role): (&WorkspaceId, &UserId, Role),
    told: &[NotificationKey],
) -> StoreResult<Wanted> {
    let choices = ports.notification_choices.choices(workspace, user).await?;
    let usual_clock = ports.workspaces.get(workspace).await?.default_zone;
    let digest = ports.digests.settings(workspace, user).await?;
    let (clock, now) = (digest.zone_or(&usual_clock), ports.clock.now());
    let mut wanted = Vec::new();
    for key in told {
        // It goes with its lead.
        let one = found(ports.notifications.get(workspace, key.user.as_ref(), &key.id).await)?;
        wanted.extend(one.filter(|one| choices.pushes(one, clock, now)));
    }
    let sees = ports.lead_access.access(workspace).await?.scope_of(user, role);
    if !sees.is_all() && !wanted.is_empty() {
        let leads: Vec<LeadId> = wanted.iter().filter_map(|one| one.lead.clone()).collect();
        let owners = ports.lead_access.owners(workspace, &leads).await?;
        let sees = |lead: &LeadId| owners.get(lead).is_some_and(|owner| sees.sees(owner.as_ref()));
        wanted.retain(|one| one.is_known_to(Some(user), sees));
    }
    Ok(Wanted { all: wanted, clock: clock.clone(), choices })
}

/// The answer is the wait before the device gets what it did not get, none where nothing is left for it.
async fn push_to(
    ports: &WebPushPorts,
    device: &PushDevice,
    wanted: &Wanted,
) -> StoreResult<Option<SignedDuration>> {
    match session_state(&ports.sessions, &device.workspace, &device.of, ports.clock.now()).await? {
        SessionState::Shows => {}
        // Its links would lead into the other workspace.
        SessionState::Elsewhere => return Ok(None),
        SessionState::Over => return forget(ports, device).await.map(|()| None),
    }
    let mut claimed = Vec::new();
    let all = claim(ports, device, &wanted.all, &mut claimed).await;
    let ids: Vec<NotificationId> = claimed.iter().map(|one| one.id.clone()).collect();
    if let Err(error) = all {
        ports.push_devices.release(device, &ids).await?;
        return Err(error);
    }
    let keep_for = wanted.choices.keep_for(&claimed, &wanted.clock, ports.clock.now());
    let Some(text) = PushedText::of(&claimed, keep_for) else { return Ok(None) };
    let wait = match deliver(ports, device, &text).await {
        Delivered::Taken | Delivered::Lost | Delivered::Refused(_) => return Ok(None),
        Delivered::Gone => return forget(ports, device).await.map(|()| None),
        Delivered::TooFast(after) => after,
        Delivered::Down => SignedDuration::ZERO,
    };
    ports.push_devices.release(device, &ids).await?;
    Ok(Some(wait))
}

/// Claims what the device has not been told, one after another, and keeps what it has claimed also where it fails.
async fn claim(
    ports: &WebPushPorts,
    device: &PushDevice,
    wanted: &[Notification],
    claimed: &mut Vec<Notification>,
) -> StoreResult<()> {
    for one in wanted {
        if ports.push_devices.claim(device, &one.id, ports.clock.now()).await? {
            claimed.push(one.clone());
        }
    }
    Ok(())
}

async fn forget(ports: &WebPushPorts, device: &PushDevice) -> StoreResult<()> {
    ports.push_devices.forget_devices(std::slice::from_ref(device)).await
}

/// A push service's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    Taken,
    TooFast(SignedDuration),
    /// It took nothing: it is not reached, or says that it is out of order.
    Down,
    /// The browser is subscribed no more, or for another key.
    Gone,
    /// It refuses the request, with its status.
    Refused(String),
    /// It may have been taken.
    Lost,
}

impl Delivered {
    /// What went wrong and what to do, as a user reads it; none where it was taken.
    pub fn trouble(&self) -> Option<&'static str> {
        match self {
            Self::Taken => None,
            Self::TooFast(_) => Some("The push service takes nothing more for now. Try again in a minute."),
            Self::Down => Some("The push service does not answer. Try again later."),
            Self::Gone => Some("This browser is not subscribed any more. Turn notifications on again."),
            Self::Refused(_) => {
                Some("The push service refused the notification. Turn notifications off and on again.")
            }
            Self::Lost => Some("The push service's answer was lost. The notification may still come."),
        }
    }
}

/// Pushes a text that shows that the device works. A device that is gone is forgotten.
pub async fn push_test(ports: &WebPushPorts, device: &PushDevice) -> StoreResult<Delivered> {
    let delivered = deliver(ports, device, &PushedText::test()).await;
    if delivered == Delivered::Gone {
        forget(ports, device).await?;
    }
    Ok(delivered)
}

async fn deliver(ports: &WebPushPorts, device: &PushDevice, text: &PushedText) -> Delivered {
    let Some(subscription) = PushSubscription::open(&ports.keys, device) else {
        tracing::error!(workspace.id = %device.workspace, device.id = device.id, "the address of a device cannot be opened");
        return Delivered::Gone;
    };
    let place = (&subscription.endpoint, &*ports.public_url);
    // Its page subscribes anew for the present key when it is opened next.
    let Some(authorization) = authorization(&ports.keys, &device.server_key, place, ports.clock.now()) else {
        return Delivered::Gone;
    };
    let shown = json!({ "title": text.title, "path": text.path, "tag": text.tag });
    let delivery = PushDelivery {
        body: encrypt(shown.to_string().as_bytes(), &subscription, &Fresh::draw(&*ports.ids)),
        authorization,
        keep_for: text.keep_for,
        is_urgent: text.is_urgent,
        topic: topic_of(&text.tag),
        endpoint: subscription.endpoint,
    };
    let answer = ports.push_service.deliver(&delivery).await;
    let host = delivery.endpoint.host();
    if let Ok(PushReply { status: 403, .. }) = answer {
        tracing::error!(workspace.id = %device.workspace, device.id = device.id, push.host = host, "a push service refused the key or its token: the device is forgotten");
    }
    let delivered = delivered(answer);
    match &delivered {
        Delivered::Refused(why) => {
            tracing::error!(workspace.id = %device.workspace, device.id = device.id, push.host = host, why, "a push service refused a notification");
        }
        Delivered::Lost => {
            tracing::warn!(workspace.id = %device.workspace, device.id = device.id, push.host = host, "whether a push service took a notification is not known: it is not pushed again");
        }
        Delivered::Taken | Delivered::TooFast(_) | Delivered::Down | Delivered::Gone => {}
    }
    delivered
}

fn delivered(answer: Result<PushReply, CallError>) -> Delivered {
    match answer {
        Ok(PushReply { status: 200..=299, .. }) => Delivered::Taken,
        Ok(PushReply { status: 403 | 404 | 410, .. }) => Delivered::Gone,
        Ok(PushReply { status: 429, retry_after }) => {
            Delivered::TooFast(retry_after.unwrap_or(OVER_THE_RATE))
        }
        Ok(PushReply { status: 503, retry_after: Some(after) }) => Delivered::TooFast(after),
        Ok(PushReply { status: 503, .. }) => Delivered::Down,
        // It may have taken the text before it failed.
        Ok(PushReply { status: 500.., .. }) => Delivered::Lost,
        Ok(PushReply { status, .. }) => Delivered::Refused(format!("status {status}")),
        Err(CallError::RateLimited { after }) => Delivered::TooFast(after.unwrap_or(OVER_THE_RATE)),
        Err(CallError::Unavailable(_)) => Delivered::Down,
        Err(CallError::Lost(_)) => Delivered::Lost,
        Err(CallError::Rejected(why) | CallError::Account(why)) => Delivered::Refused(why),
    }
}

/// Makes a word of 32 characters, the same for the same thing.
fn topic_of(tag: &str) -> String {
    hex::encode(&Sha256::digest(tag)[..16])
}
