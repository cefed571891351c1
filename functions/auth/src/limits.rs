//! Rate limits of sign-in and of everything else that a password, a code or a link opens. Failures are counted three
//! times: per address from one network, per network, and per address over all networks. The last two do not
//! apply to a user who has signed in from the same network before, so that nobody can lock out another user.
//! Neither address nor network is stored readable.

use crate::App;
use application::identity::second_factor::accept_code;
use domain::LoginId;
use domain::workspace::login::Login;
use http_api::{ApiError, ApiResult, ClientNetwork};
use jiff::SignedDuration;

const QUARTER_HOUR: SignedDuration = SignedDuration::from_mins(15);
/// How long a network counts as one from which an address has signed in.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// All three limits count tries in a quarter of an hour.
const OF_BOTH: u32 = 10;
const OF_A_NETWORK: u32 = 100;
const OF_AN_ADDRESS: u32 = 100;
/// The wrong codes that a login may be given, over all networks: only a user who knows its password gives any.
const CODES_OF_A_LOGIN: u32 = 10;

/// The tokens taken from the rate limits before a try; given back if the try was no failure.
pub struct Tries {
    taken: Vec<String>,
    both: String,
}

impl App {
    /// Answers 429 after too many failures. `what` names the kind of try, whose limits are counted apart;
    /// `name` is the address, or the id of the user, that is tried.
    pub async fn count_attempt(&self, what: &str, name: &str, network: &ClientNetwork) -> ApiResult<Tries> {
        let both = format!("{what}/both/{}", self.keys.keyed_digest(&format!("{name} {}", network.0)));
        self.take(both.clone(), OF_BOTH).await?;
        let mut taken = vec![both.clone()];
        let wider = [
            (format!("{what}/network/{}", self.keys.keyed_digest(&network.0)), OF_A_NETWORK),
            (format!("{what}/address/{}", self.keys.keyed_digest(name)), OF_AN_ADDRESS),
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

    /// Gives the tries back and remembers the network as one from which this address signs in.
    pub async fn clear_attempts(&self, tries: Tries) -> ApiResult<()> {
        let now = self.clock.now();
        for bucket in &tries.taken {
            self.limits.give_back(bucket, QUARTER_HOUR, now).await?;
        }
        // The limit is never reached: the entry only records that the pair of address and network is known.
        self.limits.take(&known(&tries.both), u32::MAX, KNOWN_FOR, now).await?.ok();
        Ok(())
    }

    /// Answers 429 when this network, or this network for this name, has asked too often, whether or not the
    /// tries failed.
    pub async fn limit(&self, what: &str, name: &str, network: &ClientNetwork) -> ApiResult<()> {
        self.count_attempt(what, name, network).await.map(drop)
    }

    /// Uses up a code of the login's second factor. Answers 422 to a wrong one, and 429 after too many of them.
    pub async fn accept_code(&self, login: &LoginId, code: &str) -> ApiResult<Login> {
        let bucket = format!("code/{login}");
        self.take(bucket.clone(), CODES_OF_A_LOGIN).await?;
        let now = self.clock.now();
        match accept_code(&*self.logins, &self.keys, login, (code, now)).await? {
            Some(login) => {
                self.limits.give_back(&bucket, QUARTER_HOUR, now).await?;
                Ok(login)
            }
            None => Err(ApiError::invalid("code", "is wrong, or was used before")),
        }
    }

    /// Answers 429 only to a flood: a token cannot be guessed, and an office behind one IP address opens many
    /// tabs.
    pub async fn limit_flood(&self, what: &str, network: &ClientNetwork) -> ApiResult<()> {
        self.take(format!("{what}/network/{}", self.keys.keyed_digest(&network.0)), 1_000).await
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
