//! Books in the accounts' quotas: reserves slots, gives them back, and books days in the capacity calendar. Every
//! booking is a conditional write of the account's quota item; a booking that loses against another writer reads the
//! item and tries again.

use crate::ports::clock::Clock;
use crate::ports::quotas::QuotaStore;
use crate::ports::store::{StoreError, StoreResult};

use domain::capacity::capacity_calendar::DayBooking;
use domain::capacity::quota::{HORIZON, Place, Quota, SendingLimits, SlotRequest};
use domain::event::Event;
use domain::workspace::account::Account;
use domain::{CampaignId, WorkspaceId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// The attempts to save a quota item against other writers; then the caller steps aside for a while.
const TRIES: usize = 5;
const CROWDED: SignedDuration = SignedDuration::from_secs(20);

/// Reserves slots for all wishes that can have one within the horizon, in one write. The answers are in the order of
/// the wishes.
pub async fn reserve(
    quotas: &dyn QuotaStore,
    clock: &dyn Clock,
    (account, limits): (&Account, &SendingLimits),
    wishes: &[SlotRequest],
) -> StoreResult<Vec<Place>> {
    for _ in 0..TRIES {
        let now = clock.now();
        let mut quota = read(quotas, account).await?;
        let places = quota.place(limits, wishes, now);
        if !places.iter().any(|place| matches!(place, Place::Slot(_))) {
            return Ok(places);
        }
        match quotas.save(&quota, &Event::system("slots_taken", now)).await {
            Ok(_) => return Ok(places),
            Err(StoreError::Conflict) => {}
            Err(other) => return Err(other),
        }
    }
    let crowded = clock.now().checked_add(HORIZON + CROWDED).unwrap_or(Timestamp::MAX);
    Ok(wishes.iter().map(|wish| Place::About(crowded.max(wish.at))).collect())
}

/// Records that a user sent a message by hand: it waits for no slot, but later ones must know of it.
pub async fn note_sent(
    quotas: &dyn QuotaStore,
    clock: &dyn Clock,
    (account, limits): (&Account, &SendingLimits),
) -> StoreResult<()> {
    change(quotas, clock, account, "sent_by_a_person", |quota, now| quota.note(limits, now)).await.map(drop)
}

/// Gives back slots that no message went out in, as far as possible: a slot that is not given back is lost for that
/// day, whereas one given back twice would let too many messages go out.
pub async fn give_back(
    quotas: &dyn QuotaStore,
    clock: &dyn Clock,
    (account, limits): (&Account, &SendingLimits),
    unused: &[(Timestamp, bool)],
) -> StoreResult<()> {
    for _ in 0..TRIES {
        let mut quota = read(quotas, account).await?;
        for (at, opening) in unused {
            quota.give_back(limits, *at, *opening);
        }
        match quotas.save_once(&quota, &Event::system("slots_given_back", clock.now())).await {
            Err(StoreError::Conflict) => {}
            saved => return saved,
        }
    }
    Ok(())
}

/// Books the day on which each of these messages is expected. Returns the days in the same order.
pub async fn line_up(
    quotas: &dyn QuotaStore,
    clock: &dyn Clock,
    (account, limits): (&Account, &SendingLimits),
    coming: &[DayBooking<'_>],
) -> StoreResult<Vec<Date>> {
    let lined = change(quotas, clock, account, "lined_up", |quota, now| {
        let today = limits.day_of(now);
        coming.iter().map(|coming| quota.line_up(limits, *coming, today)).collect()
    });
    // Without a booking they keep their own day and are deferred when it comes.
    Ok(lined.await?.unwrap_or_else(|| coming.iter().map(|coming| coming.from).collect()))
}

/// Removes all bookings of a campaign that sends nothing more, so that others find the capacity.
pub async fn forget_campaign(
    quotas: &dyn QuotaStore,
    now: Timestamp,
    (workspace, campaign): (&WorkspaceId, &CampaignId),
) -> StoreResult<()> {
    for mut quota in quotas.list(workspace).await? {
        for _ in 0..TRIES {
            if !quota.forget_campaign(campaign) {
                break;
            }
            match quotas.save(&quota, &Event::system("campaign_forgotten", now)).await {
                Err(StoreError::Conflict) => {}
                saved => {
                    saved?;
                    break;
                }
            }
            let Some(changed) = quotas.get(workspace, &quota.account).await? else { break };
            quota = changed;
        }
    }
    Ok(())
}

/// Changes and saves a quota item. `None`: other writers were faster at every try.
async fn change<T: Send>(
    quotas: &dyn QuotaStore,
    clock: &dyn Clock,
    account: &Account,
    event: &str,
    mut change: impl FnMut(&mut Quota, Timestamp) -> T + Send,
) -> StoreResult<Option<T>> {
    for _ in 0..TRIES {
        let now = clock.now();
        let mut quota = read(quotas, account).await?;
        let answer = change(&mut quota, now);
        match quotas.save(&quota, &Event::system(event, now)).await {
            Ok(_) => return Ok(Some(answer)),
            Err(StoreError::Conflict) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(None)
}

async fn read(quotas: &dyn QuotaStore, account: &Account) -> StoreResult<Quota> {
    let stored = quotas.get(&account.workspace, &account.id).await?;
    Ok(stored.unwrap_or_else(|| Quota::unused(account.workspace.clone(), account.id.clone())))
}
