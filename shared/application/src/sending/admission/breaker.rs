//! The circuit breakers of the accounts of one group of a batch: asked before a claim whether an account is called at all now,
//! and told afterwards how its provider answered.

use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::{StoreError, StoreResult};
use crate::sending::account_health::{note_error, note_recovered, note_still_fails};
use crate::sending::ports::SendPorts;
use domain::AccountId;
use domain::capacity::admission::{Admission, DelayReason};
use domain::capacity::circuit_breaker::{Breaker, BreakerState, Pass};
use domain::capacity::quota::SendingLimits;
use domain::event::{Event, EventKind};
use domain::workspace::account::Account;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;

/// A breaker that was read is valid for so long.
const READ_LASTS: SignedDuration = SignedDuration::from_secs(5);
/// Tries to write a breaker that other functions write, too; then the message waits.
const TRIES: usize = 4;
const CROWDED: SignedDuration = SignedDuration::from_secs(20);

/// The breakers as one group knows them. Where all is well nothing is written.
#[derive(Default)]
pub(crate) struct Breakers {
    known: HashMap<AccountId, Known>,
    /// Accounts that are over their rate, and until when.
    rests: HashMap<AccountId, Timestamp>,
    /// Messages of the group that may still want to go out: so many permits are taken at once.
    pub wanted: u32,
}

struct Known {
    read: Timestamp,
    breaker: Breaker,
    /// Calls that are permitted before an instant.
    ration: Option<(u32, Timestamp)>,
}

/// A call that reached nobody.
pub(crate) struct Refusal<'a> {
    pub probe: bool,
    pub detail: &'a str,
    /// The wait that the provider asks for.
    pub after: Option<SignedDuration>,
    /// Whether the message would be repeated within seconds.
    pub repeats: bool,
}

impl Known {
    fn permitted(&mut self, now: Timestamp) -> Option<&mut u32> {
        let is_down = self.breaker.is_down();
        let (calls, until) = self.ration.as_mut()?;
        (!is_down && *calls > 0 && *until > now).then_some(calls)
    }
}

impl Breakers {
    /// Tells whether `who` could call the account now, or when to look again. Nothing is taken.
    pub async fn look(
        &mut self,
        ports: &SendPorts,
        account: &Account,
        who: &str,
    ) -> StoreResult<Admission<()>> {
        let now = ports.clock.now();
        let rests = self.rests.get(&account.id).copied().filter(|until| *until > now);
        let known = self.read(ports, account).await?;
        if let Some(until) = rests {
            return Ok(down_until(known.breaker.retry_at(until, who)));
        }
        if known.permitted(now).is_some() {
            return Ok(Admission::Granted(()));
        }
        Ok(match known.breaker.clone().admit(1, now) {
            Pass::Wait { until } => down_until(known.breaker.retry_at(until, who)),
            Pass::Free | Pass::Probe | Pass::Ration { .. } => Admission::Granted(()),
        })
    }

    /// Takes one call, and tells whether it is the probe for whose outcome everybody else waits.
    pub async fn take_call(
        &mut self,
        ports: &SendPorts,
        account: &Account,
        who: &str,
    ) -> StoreResult<Admission<bool>> {
        let wanted = self.wanted.max(1);
        for _ in 0..TRIES {
            let now = ports.clock.now();
            let known = self.read(ports, account).await?;
            if let Some(calls) = known.permitted(now) {
                *calls -= 1;
                return Ok(Admission::Granted(false));
            }
            let mut next = known.breaker.clone();
            let (event, probe, ration) = match next.admit(wanted, now) {
                Pass::Free => return Ok(Admission::Granted(false)),
                Pass::Wait { until } => return Ok(down_until(next.retry_at(until, who))),
                Pass::Probe => (EventKind::ProviderProbed, true, None),
                Pass::Ration { calls, until } => {
                    (EventKind::ProviderRecovers, false, Some((calls - 1, until)))
                }
            };
            match ports.breakers.save(&next, &Event::system(event, now)).await {
                Ok(rev) => {
                    next.rev = rev;
                    self.known.insert(account.id.clone(), Known { read: now, breaker: next, ration });
                    return Ok(Admission::Granted(probe));
                }
                Err(StoreError::Conflict) => drop(self.known.remove(&account.id)),
                Err(other) => return Err(other),
            }
        }
        Ok(down_until(ports.clock.now().checked_add(CROWDED).unwrap_or(Timestamp::MAX)))
    }

    /// Notes that the provider answered, whatever it said.
    pub async fn answered(&mut self, ports: &SendPorts, account: &OpenAccount, probe: bool, who: &str) {
        let back = self.store_change(ports, account, |breaker, now| {
            let changed = breaker.answered(probe, who, now);
            let is_back = probe && matches!(breaker.state, BreakerState::Recovering { .. });
            (changed, if is_back { EventKind::ProviderBack } else { EventKind::ProviderAnswered })
        });
        if let Some(EventKind::ProviderBack) = back.await
            && let Err(error) = note_recovered(ports, account, ports.clock.now()).await
        {
            tracing::warn!(account.id = %account.id, %error, "nobody was told that an account works again");
        }
    }

    /// Takes an immediate retry of the account. False if none is left.
    pub async fn may_repeat(&mut self, ports: &SendPorts, account: &OpenAccount) -> bool {
        let mut left = false;
        let spend = |breaker: &mut Breaker, _| {
            left = breaker.spend_retry();
            (left, EventKind::ProviderAskedAgain)
        };
        self.store_change(ports, account, spend).await;
        left
    }

    /// Notes that the account is over its rate, which says nothing against it: the group does not call it before then.
    /// Returns when this message comes again.
    pub fn note_rate_limited(
        &mut self,
        account: &Account,
        after: SignedDuration,
        who: &str,
        now: Timestamp,
    ) -> Timestamp {
        let until = now.checked_add(after).unwrap_or(Timestamp::MAX);
        self.rests.insert(account.id.clone(), until);
        self.known.get(&account.id).map_or(until, |known| known.breaker.retry_at(until, who))
    }

    /// Notes that the provider accepted nothing from the account. Returns until when the breaker is open, if it is now,
    /// and whether the message may be repeated within seconds.
    pub async fn failed(
        &mut self,
        ports: &SendPorts,
        account: &OpenAccount,
        refusal: Refusal<'_>,
        who: &str,
    ) -> (Option<Timestamp>, bool) {
        let Refusal { probe, detail, after, repeats } = refusal;
        let mut quick = false;
        let an_hour = account.limits.as_ref().map(SendingLimits::most_an_hour);
        let stored = self.store_change(ports, account, |breaker, now| {
            let was_down = breaker.is_down();
            let changed = breaker.failed(probe, after, an_hour, now);
            if breaker.is_down() {
                return (
                    changed,
                    if was_down { EventKind::ProviderStillDown } else { EventKind::ProviderDown },
                );
            }
            quick = repeats && breaker.spend_retry();
            (changed, EventKind::ProviderFailed)
        });
        let now = ports.clock.now();
        let noted = match stored.await {
            Some(EventKind::ProviderDown) => note_error(ports, account, detail, now).await,
            Some(EventKind::ProviderStillDown) => note_still_fails(ports, account, detail, now).await,
            _ => Ok(()),
        };
        if let Err(error) = noted {
            tracing::warn!(account.id = %account.id, %error, "nobody was told that an account does not work");
        }
        let breaker = self.known.get(&account.id).map(|known| &known.breaker);
        match breaker.map(|breaker| (breaker, breaker.state)) {
            Some((breaker, BreakerState::Open { until } | BreakerState::Probing { until })) => {
                (Some(breaker.retry_at(until, who)), false)
            }
            _ => (None, quick),
        }
    }

    /// Stores a change as far as possible: the outcome of the message must be written whatever becomes of this. Returns
    /// the event that was stored.
    async fn store_change(
        &mut self,
        ports: &SendPorts,
        account: &Account,
        mut change: impl FnMut(&mut Breaker, Timestamp) -> (bool, EventKind) + Send,
    ) -> Option<EventKind> {
        for _ in 0..TRIES {
            let now = ports.clock.now();
            let known = match self.read(ports, account).await {
                Ok(known) => known,
                Err(error) => {
                    tracing::warn!(account.id = %account.id, %error, "an account's health cannot be read");
                    return None;
                }
            };
            let mut next = known.breaker.clone();
            let (changed, event) = change(&mut next, now);
            if !changed {
                return None;
            }
            let stored = ports.breakers.save(&next, &Event::system(event, now)).await;
            match stored {
                Ok(rev) => {
                    next.rev = rev;
                    known.breaker = next;
                    return Some(event);
                }
                Err(StoreError::Conflict) => drop(self.known.remove(&account.id)),
                Err(error) => {
                    tracing::warn!(account.id = %account.id, %error, "an account's health cannot be written");
                    self.known.remove(&account.id);
                    return None;
                }
            }
        }
        None
    }

    async fn read(&mut self, ports: &SendPorts, account: &Account) -> StoreResult<&mut Known> {
        let now = ports.clock.now();
        let fresh = |known: &Known| now.duration_since(known.read) < READ_LASTS;
        if !self.known.get(&account.id).is_some_and(fresh) {
            let stored = ports.breakers.get(&account.workspace, &account.id).await?;
            let breaker =
                stored.unwrap_or_else(|| Breaker::closed(account.workspace.clone(), account.id.clone()));
            // What was permitted stays permitted: it is counted.
            let ration = self.known.get(&account.id).and_then(|known| known.ration);
            self.known.insert(account.id.clone(), Known { read: now, breaker, ration });
        }
        Ok(self.known.get_mut(&account.id).expect("it was read just now"))
    }
}

fn down_until<T>(at: Timestamp) -> Admission<T> {
    Admission::NotBefore { at, why: DelayReason::ProviderDown }
}
