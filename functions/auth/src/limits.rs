//! Rate limits of sign-in and of everything else that a password, a code or a link opens. Failures are counted three
//! times: per address from one network, per network, and per address over all networks. The last two do not
//! apply to a user who has signed in from the same network before, so that nobody can lock out another user.
//! Neither address nor network is stored readable.

use crate::App;
use application::identity::access_log::Origin;
use application::identity::second_factor::accept_code;
use application::ports::store::{StoreResult, found};
use domain::LoginId;
use domain::workspace::login::Login;
use http_api::{ApiError, ApiResult, ClientNetwork};
use jiff::SignedDuration;

const QUARTER_HOUR: SignedDuration = SignedDuration::from_mins(15);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How long a network counts at least as one from which an address has signed in, and at most twice as long.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The most failures in a quarter of an hour, and in a day.
struct Most {
    /// The most of one name from one network.
    of_both: u32,
    of_a_network: u32,
    /// The most of one name over all networks that are not known.
    of_a_name: u32,
    /// The same in a day, where that is bounded.
    of_a_name_a_day: Option<u32>,
}

const PASSWORDS: Most = Most { of_both: 10, of_a_network: 100, of_a_name: 100, of_a_name_a_day: None };
/// Three codes of a million are right at any moment. A stranger who knows the password has 100 guesses a day, which find
/// one of 3,000 logins; the login's own networks have 10 in a quarter of an hour each, however many strangers guess.
const CODES: Most = Most { of_both: 10, of_a_network: 100, of_a_name: 20, of_a_name_a_day: Some(100) };

/// The most workspaces that are opened in a day, and by one network of them: what nobody uses is stored all the same.
const SIGN_UPS: u32 = 1_000;
const SIGN_UPS_OF_A_NETWORK: u32 = 50;

/// The tokens taken from the rate limits before a try; given back if the try was no failure.
pub struct Tries {
    taken: Vec<(String, SignedDuration)>,
    both: String,
}

impl App {
    /// Answers 429 after too many failures. `what` names the kind of try, whose limits are counted apart;
    /// `name` is the address, or the id of the user, that is tried.
    pub async fn count_attempt(&self, what: &str, name: &str, network: &ClientNetwork) -> ApiResult<Tries> {
        self.count_within((what, &PASSWORDS), name, network).await
    }

    async fn count_within(
        &self,
        (what, most): (&str, &Most),
        name: &str,
        network: &ClientNetwork,
    ) -> ApiResult<Tries> {
        let both = format!("{what}/both/{}", self.keys.keyed_digest(&format!("{name} {}", network.0)));
        self.take(&both, most.of_both, QUARTER_HOUR).await?;
        let mut taken = vec![(both.clone(), QUARTER_HOUR)];
        let of_name = self.keys.keyed_digest(name);
        let mut wider = vec![
            (
                format!("{what}/network/{}", self.keys.keyed_digest(&network.0)),
                most.of_a_network,
                QUARTER_HOUR,
            ),
            (format!("{what}/address/{of_name}"), most.of_a_name, QUARTER_HOUR),
        ];
        wider.extend(most.of_a_name_a_day.map(|a_day| (format!("{what}/day/{of_name}"), a_day, DAY)));
        for (bucket, allowed, window) in wider {
            match self.take(&bucket, allowed, window).await {
                Ok(()) => taken.push((bucket, window)),
                Err(refused) if !self.is_known(&both).await? => return Err(refused),
                Err(_) => {}
            }
        }
        Ok(Tries { taken, both })
    }

    /// Gives the tries back and remembers the network as one from which this address signs in.
    pub async fn clear_attempts(&self, tries: Tries) -> ApiResult<()> {
        let now = self.clock.now();
        for (bucket, window) in &tries.taken {
            self.limits.give_back(bucket, *window, now).await?;
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
    pub async fn accept_code(
        &self,
        login: &LoginId,
        code: &str,
        network: &ClientNetwork,
    ) -> ApiResult<Login> {
        let tries = self.count_within(("code", &CODES), login.as_str(), network).await?;
        match accept_code(&*self.logins, &self.keys, login, (code, self.clock.now())).await? {
            Some(login) => {
                self.clear_attempts(tries).await?;
                Ok(login)
            }
            None => {
                self.note_refusal_of(login, network).await?;
                Err(ApiError::invalid("code", "is wrong, or was used before"))
            }
        }
    }

    /// Notes in the access log that somebody was refused who tried to be this login.
    pub async fn note_refusal(&self, login: &Login, origin: Origin<'_>) {
        self.access.note_refusal((login.email.as_str(), Some(login)), origin).await;
    }

    /// Does the same for a login by its id. An id that no login has is noted nowhere.
    pub async fn note_refusal_of(&self, login: &LoginId, network: &ClientNetwork) -> StoreResult<()> {
        if let Some(login) = found(self.logins.login(login).await)? {
            self.note_refusal(&login, network.origin()).await;
        }
        Ok(())
    }

    /// Answers 429 only to a flood: a token cannot be guessed, and an office behind one IP address opens many
    /// tabs.
    pub async fn limit_flood(&self, what: &str, network: &ClientNetwork) -> ApiResult<()> {
        let bucket = format!("{what}/flood/{}", self.keys.keyed_digest(&network.0));
        self.take(&bucket, 1_000, QUARTER_HOUR).await
    }

    /// Answers 429 where one network, or all together, have opened the most workspaces of a day.
    pub async fn count_sign_up(&self, network: &ClientNetwork) -> ApiResult<()> {
        if network.is_of_a_client() {
            let bucket = format!("signups/network/{}", self.keys.keyed_digest(&network.0));
            self.take(&bucket, SIGN_UPS_OF_A_NETWORK, DAY).await?;
        }
        self.take("signups/all", SIGN_UPS, DAY).await
    }

    async fn is_known(&self, both: &str) -> ApiResult<bool> {
        let (bucket, now) = (known(both), self.clock.now());
        if self.limits.taken(&bucket, KNOWN_FOR, now).await? > 0 {
            return Ok(true);
        }
        // The windows are fixed: a sign-in of yesterday may be of the window before.
        let before = now.checked_sub(KNOWN_FOR).unwrap_or(now);
        Ok(self.limits.taken(&bucket, KNOWN_FOR, before).await? > 0)
    }

    pub async fn take(&self, bucket: &str, allowed: u32, window: SignedDuration) -> ApiResult<()> {
        match self.limits.take(bucket, allowed, window, self.clock.now()).await? {
            Ok(()) => Ok(()),
            Err(wait) => Err(ApiError::too_many_requests(wait.as_secs().max(1).unsigned_abs())),
        }
    }
}

fn known(both: &str) -> String {
    format!("known/{both}")
}
