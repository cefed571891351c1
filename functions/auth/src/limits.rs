//! How often the door may be tried. Failures count: per address from one network first, then per network and per address over
//! all networks. Those two do not shut out who has signed in from the same network before, so that nobody locks out another.
//! Neither address nor network is stored readable.

use crate::App;
use http_api::{ApiError, ApiResult, ClientNetwork};
use jiff::SignedDuration;

const QUARTER_HOUR: SignedDuration = SignedDuration::from_mins(15);
/// How long a network is known as somebody's own.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// In a quarter of an hour.
const OF_BOTH: u32 = 10;
const OF_A_NETWORK: u32 = 100;
const OF_AN_ADDRESS: u32 = 100;

/// What was taken before a try: given back where it was no failure.
pub struct Tries {
    taken: Vec<String>,
    both: String,
}

impl App {
    /// 429 when there were too many failures. `what` keeps the doors apart; `name` is an address, or whoever is tried.
    pub async fn try_door(&self, what: &str, name: &str, network: &ClientNetwork) -> ApiResult<Tries> {
        let both = format!("{what}/both/{}", self.keys.blind(&format!("{name} {}", network.0)));
        self.take(both.clone(), OF_BOTH).await?;
        let mut taken = vec![both.clone()];
        let wider = [
            (format!("{what}/network/{}", self.keys.blind(&network.0)), OF_A_NETWORK),
            (format!("{what}/address/{}", self.keys.blind(name)), OF_AN_ADDRESS),
        ];
        for (bucket, allowed) in wider {
            match self.take(bucket.clone(), allowed).await {
                Ok(()) => taken.push(bucket),
                Err(refused) if !self.is_known(&both).await? => return Err(refused),
                Err(_) => {}
            }
        }
        Ok(Tries { taken, both })
    }

    /// It was no failure, and this network is theirs.
    pub async fn let_in(&self, tries: Tries) -> ApiResult<()> {
        let now = self.clock.now();
        for bucket in &tries.taken {
            self.limits.give_back(bucket, QUARTER_HOUR, now).await?;
        }
        // However often: it is there or not.
        self.limits.take(&known(&tries.both), u32::MAX, KNOWN_FOR, now).await?.ok();
        Ok(())
    }

    /// 429 when this network, or somebody in it for this name, has asked too often, whatever came of it.
    pub async fn limit(&self, what: &str, name: &str, network: &ClientNetwork) -> ApiResult<()> {
        self.try_door(what, name, network).await.map(drop)
    }

    /// A token cannot be guessed, and an office behind one address opens many tabs: only a flood is refused.
    pub async fn limit_flood(&self, what: &str, network: &ClientNetwork) -> ApiResult<()> {
        self.take(format!("{what}/network/{}", self.keys.blind(&network.0)), 1_000).await
    }

    async fn is_known(&self, both: &str) -> ApiResult<bool> {
        let now = self.clock.now();
        Ok(self.limits.taken(&known(both), KNOWN_FOR, now).await? > 0)
    }

    async fn take(&self, bucket: String, allowed: u32) -> ApiResult<()> {
        match self.limits.take(&bucket, allowed, QUARTER_HOUR, self.clock.now()).await? {
            Ok(()) => Ok(()),
            Err(wait) => Err(ApiError::too_many_requests(wait.as_secs().max(1).unsigned_abs())),
        }
    }
}

fn known(both: &str) -> String {
    format!("known/{both}")
}
