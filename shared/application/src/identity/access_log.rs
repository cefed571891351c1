//! Notes in the access log who gets in and what is taken out. A note that fails is logged and stops nobody.

use crate::identity::stage_keys::StageKeys;
use crate::ports::access_log::AccessLogStore;
use crate::ports::clock::Clock;
use crate::ports::ids::Ids;
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::store::StoreResult;
use domain::event::UserOrKey;
use domain::workspace::access_record::{AccessKind, AccessRecord};
use domain::workspace::api_key::ApiKey;
use domain::workspace::login::Login;
use domain::{AccessRecordId, WorkspaceId};
use futures::future::join_all;
use jiff::SignedDuration;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The digits of a network's digest that are kept: enough to tell networks of one workspace apart.
const NETWORK_DIGITS: usize = 8;
/// How long a minute of refusals is remembered.
const MINUTE_KEPT: SignedDuration = SignedDuration::from_mins(10);
/// How long an hour of a key's uses is remembered.
const HOUR_KEPT: SignedDuration = SignedDuration::from_hours(2);
/// The most uses of an hour that a process remembers.
const MOST_USES: usize = 10_000;

crate::ports! {
    #[derive(Clone)]
    pub struct AccessLog {
        access_log: Arc<dyn AccessLogStore>,
        limits: Arc<dyn RateLimitStore>,
        keys: Arc<StageKeys>,
        ids: Arc<dyn Ids>,
        clock: Arc<dyn Clock>,
        uses: KeyUses = KeyUses::new,
    }
}

/// The uses of keys that a process knows to be noted in the present hour, so that a request costs no write for it.
#[derive(Clone, Default)]
struct KeyUses(Arc<Mutex<HashSet<String>>>);

impl KeyUses {
    fn new(_: &impl crate::Ports) -> Self {
        Self::default()
    }

    fn has(&self, key: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(key)
    }

    fn add(&self, key: String) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_USES {
            known.clear();
        }
        known.insert(key);
    }
}

/// The origin of a request: the network's address, which is not kept, and the device's name.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    pub network: &'a str,
    pub device: Option<&'a str>,
}

impl AccessLog {
    pub async fn note(
        &self,
        workspace: &WorkspaceId,
        (kind, by): (AccessKind, UserOrKey),
        origin: Origin<'_>,
        leads: Option<u64>,
    ) {
        let record = AccessRecord {
            id: AccessRecordId::new(self.ids.next()),
            workspace: workspace.clone(),
            kind,
            by,
            device: origin.device.map(str::to_owned),
            network: self.network(origin.network),
            leads,
            at: self.clock.now(),
        };
        if let Err(error) = self.access_log.add(&record).await {
            tracing::warn!(workspace.id = %workspace, access = %kind, %error, "an access was not noted");
        }
    }

    /// Notes in each workspace of a login that somebody was refused: once a minute for each network, so that guessing
    /// neither fills the log nor costs a write each time. An address without a login takes as long, so that the time of an
    /// answer does not tell the two apart.
    pub async fn note_refusal(&self, (email, login): (&str, Option<&Login>), origin: Origin<'_>) {
        let who = self.keys.keyed_digest(&format!("refused {email} {}", origin.network));
        match self.is_first(&who).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, "a refused sign-in was not counted");
                return;
            }
        }
        let Some(login) = login else {
            if let Err(error) = self.is_first(&format!("{who}/nobody")).await {
                tracing::warn!(%error, "a refused sign-in was not counted");
            }
            return;
        };
        let notes = login.memberships.iter().map(|membership| {
            let refused = (AccessKind::SignInRefused, membership.user.clone().into());
            self.note(&membership.workspace, refused, origin, None)
        });
        join_all(notes).await;
    }

    /// Notes that a key was used: once an hour for each network, so that a key that is used from elsewhere is seen at once.
    pub async fn note_key_use(&self, key: &ApiKey, origin: Origin<'_>) {
        let now = self.clock.now();
        let hour = now.as_second().div_euclid(3_600);
        let who = self.keys.keyed_digest(&format!("used {} {}", key.id, origin.network));
        let bucket = format!("used/{who}/{hour}");
        if self.uses.has(&bucket) {
            return;
        }
        match self.limits.first_time(&bucket, now, HOUR_KEPT).await {
            Ok(true) => {
                self.note(&key.workspace, (AccessKind::KeyUsed, key.id.clone().into()), origin, None).await;
            }
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(api_key.id = %key.id, %error, "the use of an API key was not noted");
                return;
            }
        }
        self.uses.add(bucket);
    }

    async fn is_first(&self, who: &str) -> StoreResult<bool> {
        let now = self.clock.now();
        let minute = now.as_second().div_euclid(60);
        self.limits.first_time(&format!("refused/{who}/{minute}"), now, MINUTE_KEPT).await
    }

    fn network(&self, address: &str) -> String {
        let mut digest = self.keys.keyed_digest(&format!("network {address}"));
        digest.truncate(NETWORK_DIGITS);
        digest
    }
}
