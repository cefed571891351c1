//! A user's push devices: added after a click in the browser, removed in the settings, and gone with their session.

use crate::identity::stage_keys::StageKeys;
use crate::ports::clock::Clock;
use crate::ports::digests::DigestStore;
use crate::ports::ids::Ids;
use crate::ports::lead_access::LeadAccessStore;
use crate::ports::logins::LoginStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::store::{StoreResult, found};
use crate::ports::web_push::{NotificationChoiceStore, PushDeviceStore, PushService};
use crate::ports::workspaces::WorkspaceStore;
use crate::push::connect::{SessionPorts, SessionState, session_state};
use crate::web_push::subscription::PushSubscription;
use crate::web_push::vapid::server_key;
use domain::workspace::push::PushSession;
use domain::workspace::web_push::{MOST_DEVICES, PushDevice};
use domain::{UserId, WorkspaceId};
use std::sync::Arc;

crate::ports! {
    pub struct WebPushPorts {
        pub clock: Arc<dyn Clock>,
        pub ids: Arc<dyn Ids>,
        pub keys: Arc<StageKeys>,
        pub public_url: Arc<str>,
        pub digests: Arc<dyn DigestStore>,
        pub lead_access: Arc<dyn LeadAccessStore>,
        pub logins: Arc<dyn LoginStore>,
        pub notifications: Arc<dyn NotificationStore>,
        pub notification_choices: Arc<dyn NotificationChoiceStore>,
        pub push_devices: Arc<dyn PushDeviceStore>,
        pub push_service: Arc<dyn PushService>,
        pub sessions: SessionPorts = SessionPorts::new,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// Adds the browser of a session, or keeps it if it is known. A session has one device: a browser that subscribes anew leaves
/// its former address behind, and one that another user of the workspace had added is theirs no more. The oldest device makes
/// room for one too many.
pub async fn add_device(
    ports: &WebPushPorts,
    workspace: &WorkspaceId,
    of: PushSession,
    subscription: &PushSubscription,
) -> StoreResult<()> {
    let now = ports.clock.now();
    let session = found(ports.logins.session(&of.login, &of.session).await)?;
    let device = PushDevice {
        workspace: workspace.clone(),
        id: subscription.device_id(),
        name: session.and_then(|session| session.device),
        sealed: subscription.seal(&ports.keys, workspace, &of),
        server_key: server_key(&ports.keys),
        added_at: now,
        of,
    };
    let known = ports.push_devices.devices(workspace, &device.of.user).await?;
    let (mut gone, others): (Vec<_>, Vec<_>) = known
        .into_iter()
        .filter(|known| known.id != device.id)
        .partition(|known| known.of.session == device.of.session);
    let too_many = (others.len() + 1).saturating_sub(MOST_DEVICES);
    gone.extend(others.into_iter().take(too_many));
    let of_browser = ports.push_devices.devices_of_browser(workspace, &device.id).await?;
    gone.extend(of_browser.into_iter().filter(|known| known.of.user != device.of.user));
    ports.push_devices.put_device(&device).await?;
    ports.push_devices.forget_devices(&gone).await
}

/// Lists the devices of a user whose sessions go on, and forgets the others.
pub async fn live_devices(
    ports: &WebPushPorts,
    workspace: &WorkspaceId,
    user: &UserId,
) -> StoreResult<Vec<PushDevice>> {
    let (mut live, mut gone) = (Vec::new(), Vec::new());
    for device in ports.push_devices.devices(workspace, user).await? {
        match session_state(&ports.sessions, workspace, &device.of, ports.clock.now()).await? {
            SessionState::Over => gone.push(device),
            SessionState::Shows | SessionState::Elsewhere => live.push(device),
        }
    }
    ports.push_devices.forget_devices(&gone).await?;
    Ok(live)
}
