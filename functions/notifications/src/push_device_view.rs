//! A user's push devices, in requests and answers.

use crate::App;
use application::web_push::devices::live_devices;
use application::web_push::subscription::{BadSubscription, PushSubscription};
use application::web_push::vapid::server_key;
use http_api::{ApiResult, Caller, FieldErrors, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PushDevicesView {
    /// The public key that a browser subscribes for, in base64url.
    pub server_key: String,
    /// Oldest first.
    pub devices: Vec<PushDeviceView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PushDeviceView {
    pub id: String,
    /// The browser and the system: `Firefox on Linux`.
    pub name: Option<String>,
    pub added_at: Timestamp,
    /// Whether it is the browser of this session.
    pub is_this_session: bool,
    /// Whether it was subscribed for the present key: it must subscribe anew otherwise.
    pub is_current: bool,
}

impl PushDevicesView {
    pub async fn of_caller(app: &App, caller: &Caller) -> ApiResult<Self> {
        let by = caller.signed_in()?;
        let server_key = server_key(&app.web_push.keys);
        let devices = live_devices(&app.web_push, &caller.workspace, &by.user).await?;
        let devices = devices.into_iter().map(|device| PushDeviceView {
            is_this_session: device.of.session == by.session,
            is_current: device.server_key == server_key,
            id: device.id,
            name: device.name,
            added_at: device.added_at,
        });
        Ok(Self { devices: devices.collect(), server_key })
    }
}

/// A browser's subscription, as its `PushSubscription` says it.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushDeviceBody {
    /// An address at the push service of Google, Mozilla, Apple or Microsoft.
    endpoint: String,
    /// The public key, 65 bytes in base64url.
    p256dh: String,
    /// The secret, 16 bytes in base64url.
    auth: String,
}

impl PushDeviceBody {
    pub fn parse(&self) -> ApiResult<PushSubscription> {
        let mut errors = FieldErrors::default();
        let parsed = PushSubscription::parse(&self.endpoint, &self.p256dh, &self.auth);
        let field = match parsed {
            Err(BadSubscription::PublicKey) => "p256dh",
            Err(BadSubscription::Auth) => "auth",
            Err(BadSubscription::Endpoint(_)) | Ok(_) => "endpoint",
        };
        let parsed = errors.take(field, parsed);
        errors.finish()?;
        Ok(parsed.expect("there is no error"))
    }
}
