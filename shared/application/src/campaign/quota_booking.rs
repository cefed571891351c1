//! Books in the accounts' quotas: reserves slots, gives them back, and books days in the capacity calendar. Every
//! booking is a conditional write of the account's quota item; a booking that loses against another writer reads the
//! item and tries again.

use crate::ports::clock::Clock;
use crate::ports::quotas::QuotaStore;
use crate::ports::store::{StoreError, StoreResult, unless_taken};
use crate::retry;

use domain::capacity::capacity_calendar::DayBooking;
use domain::capacity::quota::{HORIZON, Place, Quota, SendingLimits, SlotRequest};
use domain::event::{Event, EventKind};
use domain::workspace::account::Account;
use domain::{CampaignId, WorkspaceId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// The time for which a caller steps aside when other writers of a quota item were faster at every try.
const CROWDED: SignedDuration = SignedDuration::from_secs(20);

/// Reserves slots for all wishes that can have one within the horizon, in one write. The answers are in the order of
/// the wishes.
pub async fn reserve(
    quotas: &dyn QuotaStore,
    clock: &dyn Clock,
    (account, limits): (&Account, &SendingLimits),
    wishes: &[SlotRequest],
) -> StoreResult<Vec<Place>> {
    let reserved = retry!(async {
        let now = clock.now();
        let mut quota = read(quotas, account).await?;
        let places = quota.place(limits, wishes, now);
        if !places.iter().any(|place| matches!(place, Place::Slot(_))) {
            return Ok(places);
        }
        quotas.save(&quota, &Event::system(EventKind::SlotsTaken, now)).await.map(|_| places)
    });
    if let Some(places) = unless_crowded(reserved)? {
        return Ok(places);
    }
    let crowded = clock.now().checked_add(HORIZON + CROWDED).unwrap_or(Timestamp::MAX);
    Ok(wishes.iter().map(|wish| Place::About(crowded.max(wish.at))).collect())
}

/// Records that a user sends a message by hand: it waits for no slot, but later ones must know of it. Returns until when
/// the account has sent as much as it may; nothing is recorded then.
pub async fn note_sent(
    quotas: &dyn QuotaStore,
    clock: &dyn Clock,
    (account, limits): (&Account, &SendingLimits),
) -> StoreResult<Option<Timestamp>> {
    let noted = retry!(async {
        let now = clock.now();
        let mut quota = read(quotas, account).await?;
        if let Some(until) = quota.full_until(limits, now) {
            return Ok(Some(until));
        }
        quota.note(limits, now);
        quotas.save(&quota, &Event::system(EventKind::SentByAPerson, now)).await.map(|_| None)
    });
    // Where other writers were faster at every try, it goes out uncounted.
    Ok(unless_crowded(noted)?.flatten())
}

/// Gives back slots that no message went out in, as far as possible: a slot that is not given back is lost for that
/// day, whereas one given back twice would let too many messages go out.
pub async fn give_back(
    quotas: &dyn QuotaStore,
    clock: &dyn Clock,
    (account, limits): (&Account, &SendingLimits),
    unused: &[(Timestamp, bool)],
) -> StoreResult<()> {
    let given_back = retry!(async {
        let mut quota = read(quotas, account).await?;
        for (at, opening) in unused {
            quota.give_back(limits, *at, *opening);
        }
        quotas.save_once(&quota, &Event::system(EventKind::SlotsGivenBack, clock.now())).await
    });
    unless_taken(given_back)
}

/// Books the day on which each of these messages is expected. Returns the days in the same order.
pub async fn book_days(
    quotas: &dyn QuotaStore,
    clock: &dyn Clock,
    (account, limits): (&Account, &SendingLimits),
    coming: &[DayBooking<'_>],
) -> StoreResult<Vec<Date>> {
    let lined = change(quotas, clock, account, EventKind::LinedUp, |quota, now| {
        let today = limits.day_of(now);
        coming.iter().map(|coming| quota.book_day(limits, *coming, today)).collect()
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
    for listed in quotas.list(workspace).await? {
        let account = listed.account.clone();
        let mut listed = Some(listed);
        let forgotten = retry!(async {
            let quota = match listed.take() {
                Some(quota) => Some(quota),
                None => quotas.get(workspace, &account).await?,
            };
            let Some(mut quota) = quota else { return Ok(()) };
            if !quota.forget_campaign(campaign) {
                return Ok(());
            }
            quotas.save(&quota, &Event::system(EventKind::CampaignForgotten, now)).await.map(drop)
        });
        unless_taken(forgotten)?;
    }
    Ok(())
}

/// Changes and saves a quota item. `None`: other writers were faster at every try.
async fn change<T: Send>(
    quotas: &dyn QuotaStore,
    clock: &dyn Clock,
    account: &Account,
    event: EventKind,
    mut change: impl FnMut(&mut Quota, Timestamp) -> T + Send,
) -> StoreResult<Option<T>> {
    let changed = retry!(async {
        let now = clock.now();
        let mut quota = read(quotas, account).await?;
        let answer = change(&mut quota, now);
        quotas.save(&quota, &Event::system(event, now)).await.map(|_| answer)
    });
    unless_crowded(changed)
}

/// Turns a conflict into `None`: other writers were faster at every try.
fn unless_crowded<T>(result: StoreResult<T>) -> StoreResult<Option<T>> {
    match result {
        Err(StoreError::Conflict) => Ok(None),
        other => other.map(Some),
    }
}

async fn read(quotas: &dyn QuotaStore, account: &Account) -> StoreResult<Quota> {
    let stored = quotas.get(&account.workspace, &account.id).await?;
    Ok(stored.unwrap_or_else(|| Quota::unused(account.workspace.clone(), account.id.clone())))
}
