//! What placed calls cost: money set aside before the provider is asked for a call, and the price booked once it comes.
//!
//! The provider tells a price some time after the call. A due hint, which is put before the call is placed and anew with
//! each question, has a job ask for it. The job saves what it was told first, and moves the money then, as the saved cost
//! says: one that breaks off in between is repeated, and moves what is left to move. A call is booked on a reservation of
//! its own, of the exact amount and without a cap, because it is spent already; what was set aside is given back after it.
//!
//! A price that never comes, or that cannot be read, leaves the cost unknown. It is then booked like a lost answer, at the
//! workspace's own price of the minutes that the call took as far as anyone knows, so that no cap is passed unseen. Only
//! a call of which neither the provider's id nor a report ever came is not booked.

use crate::Clock;
use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::calls::{CallBill, CallPlacer, CallStore};
use crate::ports::due::{DueStore, DueWork, Hint};
use crate::ports::provider_calls::{CallError, OpenAccount};
use crate::ports::spend::SpendStore;
use crate::ports::store::{PageRequest, StoreError, StoreResult, found};
use crate::retry;
use crate::spend::caps::Caps;
use crate::spend::left_over::LEFT_OVER_AFTER;
use domain::spend::{
    Booking, BookingOutcome, BudgetScope, CallKind, Reservation, Reserving, SpendLimit, Usd,
};
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::call_cost::{CallCost, CallCostState};
use domain::{AccountId, CallId, WorkspaceId};
use jiff::Timestamp;
use std::sync::Arc;

/// The name under which a month shows what calls cost.
pub const CALLS: &str = "calls";
/// The provider of calls, as the price list names it.
pub(super) const TWILIO: &str = "twilio";
/// The reservations that are read at once.
const PAGE: usize = 100;

/// The reason why no money is set aside for a call.
#[derive(Debug, thiserror::Error)]
pub enum NotSetAside {
    #[error("the month's cap leaves too little for a call")]
    CapReached,
    #[error("money was set aside for this call before, and was given back")]
    Before,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sets money aside for a call that is about to be placed. The hint comes first: whatever breaks off after it, the money is
/// given back.
pub(crate) async fn set_aside(
    caps: &Caps,
    due: &dyn DueStore,
    (workspace, call): (&WorkspaceId, &CallId),
    account: &AccountId,
    now: Timestamp,
) -> Result<CallCost, NotSetAside> {
    let settings = caps.spend.settings(workspace).await?;
    let minute_price = settings.prices.call(TWILIO, CallKind::Minute).hit;
    let cost = CallCost::placed((workspace, call), account, minute_price, now);
    due.put(&[question(&cost)]).await?;
    let reservation = reservation(&cost, settings.month(now), now);
    match caps.reserve(&reservation).await? {
        // One that is open is of the same request, which came twice or broke off: one of them places the call.
        Reserving::Reserved | Reserving::OpenAlready => Ok(cost),
        Reserving::SettledAlready => Err(NotSetAside::Before),
        Reserving::Refused { .. } => Err(NotSetAside::CapReached),
    }
}

/// Gives back what was set aside for a call.
pub(crate) async fn give_back(
    spend: &dyn SpendStore,
    (workspace, call): (&WorkspaceId, &CallId),
    now: Timestamp,
) -> StoreResult<()> {
    for reservation in CallCost::reservations(call) {
        found(spend.settle(workspace, &reservation, &[], now).await)?;
    }
    Ok(())
}

/// Notes what the provider answered when it was asked for the call: its id, or that it refused, which costs nothing.
pub(crate) async fn note_answer(
    (calls, spend): (&dyn CallStore, &dyn SpendStore),
    cost: &CallCost,
    (provider_id, is_refused): (Option<&str>, bool),
    now: Timestamp,
) -> StoreResult<()> {
    if is_refused {
        give_back(spend, (&cost.workspace, &cost.call), now).await?;
    }
    change_cost(calls, (&cost.workspace, &cost.call), |cost| {
        if is_refused {
            cost.state = CallCostState::Known { amount: Usd::ZERO };
        }
        cost.name(provider_id) || is_refused
    })
    .await
    .map(drop)
}

/// Notes the provider's id of a call, as a report brings it.
pub(crate) async fn note_name(
    calls: &dyn CallStore,
    (workspace, call, account): (&WorkspaceId, &CallId, &AccountId),
    provider_id: &str,
) -> StoreResult<()> {
    let named = change_cost(calls, (workspace, call), |cost| {
        cost.account == *account && cost.name(Some(provider_id))
    });
    named.await.map(drop)
}

/// A call that is over, as far as the app has heard.
pub(crate) struct EndedCall<'a> {
    pub workspace: &'a WorkspaceId,
    pub call: &'a CallId,
    /// The account through which it was placed.
    pub account: &'a AccountId,
    pub provider_id: Option<&'a str>,
    /// How long it took, if that was told.
    pub seconds: Option<u32>,
}

/// Has the provider asked for the price of a call that is over. The hint comes last, so that its job finds the question
/// planned; if it is not put, the one from before the call stands.
pub(crate) async fn note_end(
    (calls, due): (&dyn CallStore, &dyn DueStore),
    ended: EndedCall<'_>,
    now: Timestamp,
) -> StoreResult<()> {
    let planned = change_cost(calls, (ended.workspace, ended.call), |cost| {
        if cost.account != *ended.account || cost.state != CallCostState::Pending {
            return false;
        }
        let before = cost.clone();
        cost.name(ended.provider_id);
        cost.hear_end(ended.seconds, now);
        cost.end(now);
        *cost != before
    });
    match planned.await? {
        Some(cost) if cost.ask_at == now => due.put(&[question(&cost)]).await,
        _ => Ok(()),
    }
}

/// Changes a cost that others may change at the same time. Returns it as saved; none where nothing is new.
async fn change_cost(
    calls: &dyn CallStore,
    (workspace, call): (&WorkspaceId, &CallId),
    change: impl Fn(&mut CallCost) -> bool + Send + Sync,
) -> StoreResult<Option<CallCost>> {
    retry!(async {
        let Some(mut cost) = found(calls.cost(workspace, call).await)? else { return Ok(None) };
        if !change(&mut cost) {
            return Ok(None);
        }
        cost.rev = calls.save_cost(&cost).await?;
        Ok::<Option<CallCost>, StoreError>(Some(cost))
    })
}

crate::ports! {
    #[derive(Clone)]
    pub struct CallCostPorts {
        pub calls: Arc<dyn CallStore>,
        pub call_placer: Arc<dyn CallPlacer>,
        pub accounts: Arc<dyn AccountStore>,
        pub vault: Arc<dyn Vault>,
        pub spend: Arc<dyn SpendStore>,
        pub due: Arc<dyn DueStore>,
        pub clock: Arc<dyn Clock>,
    }
}

/// Asks the provider for the price of a call, and books it. A repeat changes nothing.
pub async fn price_call(
    ports: &CallCostPorts,
    (workspace, call): (&WorkspaceId, &CallId),
) -> StoreResult<()> {
    let now = ports.clock.now();
    let Some(mut cost) = found(ports.calls.cost(workspace, call).await)? else {
        return settle_without_cost(&*ports.spend, (workspace, call), now).await;
    };
    if cost.is_asked_for(now) {
        // If this job dies, another one asks.
        if let Some(at) = cost.asked_again_at(now) {
            ports.due.put(&[Hint { at, ..question(&cost) }]).await?;
        }
        let bill = ask(ports, &cost).await?;
        note_bill(&mut cost, bill, now);
        if cost.state == CallCostState::Pending {
            ports.due.put(&[question(&cost)]).await?;
        }
        ports.calls.save_cost(&cost).await?;
    }
    move_money(&*ports.spend, &cost, now).await
}

fn note_bill(cost: &mut CallCost, bill: Option<CallBill>, now: Timestamp) {
    match bill {
        None => cost.ask_again(now),
        Some(CallBill::GoesOn) => cost.goes_on(now),
        Some(CallBill::NotPriced { minutes }) => {
            cost.minutes.get_or_insert(minutes);
            cost.ask_again(now);
        }
        Some(CallBill::Priced { amount }) => cost.state = CallCostState::Known { amount },
        Some(CallBill::Unreadable { minutes, why }) => {
            tracing::error!(account.id = %cost.account, call.id = %cost.call, why, "call_cost.unreadable");
            cost.minutes.get_or_insert(minutes);
            cost.state = CallCostState::Unknown;
        }
        Some(CallBill::NotThere) => cost.state = CallCostState::Unknown,
    }
}

/// Moves the money of a call to where its saved cost says. Safe to repeat.
async fn move_money(spend: &dyn SpendStore, cost: &CallCost, now: Timestamp) -> StoreResult<()> {
    match cost.state {
        CallCostState::Pending => return narrow(spend, cost, now).await,
        CallCostState::Known { amount } => book(spend, cost, (amount, BookingOutcome::Hit), now).await?,
        CallCostState::Unknown => {
            if let Some(estimate) = cost.estimate() {
                book(spend, cost, (estimate, BookingOutcome::Lost), now).await?;
            }
        }
    }
    give_back(spend, (&cost.workspace, &cost.call), now).await
}

/// Returns what the provider tells; none where it does not answer, or where the id of a call that took place may yet
/// come. A call of which neither an id nor a report came did not take place, as far as anyone can tell.
async fn ask(ports: &CallCostPorts, cost: &CallCost) -> StoreResult<Option<CallBill>> {
    let Some(provider_id) = &cost.provider_id else {
        return Ok(cost.heard_minutes.is_none().then_some(CallBill::NotThere));
    };
    let Some(account) = found(ports.accounts.get(&cost.workspace, &cost.account).await)? else {
        tracing::warn!(account.id = %cost.account, "the price of a call stays unknown: its account is disconnected");
        return Ok(Some(CallBill::NotThere));
    };
    let opened = ports.vault.open(&account.workspace, &account.id, &account.sealed_secret);
    let answer = match opened {
        Ok(secret) => ports.call_placer.bill(&OpenAccount { account, secret }, provider_id).await,
        Err(error) => Err(CallError::Account(error.to_string())),
    };
    Ok(answer
        .inspect_err(|error| {
            tracing::warn!(account.id = %cost.account, %error, "the price of a call is asked for again later");
        })
        .ok())
}

/// Settles what is set aside for a call without a cost: its placing broke off before the provider was asked, or its lead
/// was erased. The price of minutes that the provider told is booked like a lost answer.
async fn settle_without_cost(
    spend: &dyn SpendStore,
    (workspace, call): (&WorkspaceId, &CallId),
    now: Timestamp,
) -> StoreResult<()> {
    let ([_, ended], booked) = (CallCost::reservations(call), CallCost::booked(call));
    let open = open_among(spend, workspace, [&ended, &booked]).await?;
    let find = |id: &str| open.iter().find(|reservation| reservation.id == id);
    if let Some(held) = find(&booked).or_else(|| find(&ended)) {
        let own = Reservation { id: booked.clone(), made_at: now, ..held.clone() };
        if spend.reserve(&own).await? != Reserving::SettledAlready {
            let bookings = [booking(own.amount, BookingOutcome::Lost)];
            spend.settle(workspace, &own.id, &bookings, now).await?;
        }
    }
    give_back(spend, (workspace, call), now).await
}

async fn open_among(
    spend: &dyn SpendStore,
    workspace: &WorkspaceId,
    ids: [&str; 2],
) -> StoreResult<Vec<Reservation>> {
    let (mut open, mut cursor) = (Vec::new(), None);
    loop {
        let page = spend.open(workspace, PageRequest { limit: PAGE, cursor }).await?;
        open.extend(page.items.into_iter().filter(|reservation| ids.contains(&reservation.id.as_str())));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(open);
        }
    }
}

/// Sets aside the price of the minutes that the call took, if they are known, in place of that of an hour. Money that
/// is left over stays with the nightly job, which books it in full.
async fn narrow(spend: &dyn SpendStore, cost: &CallCost, now: Timestamp) -> StoreResult<()> {
    if cost.minutes.is_none() || now.duration_since(cost.placed_at) >= LEFT_OVER_AFTER {
        return Ok(());
    }
    let [placed, _] = CallCost::reservations(&cost.call);
    spend.reserve(&reservation(cost, spent_already(cost), now)).await?;
    found(spend.settle(&cost.workspace, &placed, &[], now).await).map(drop)
}

/// Books what a call costs, once. What was set aside is open until this is done, unless the nightly job has booked it in
/// full: the call is not booked a second time then.
async fn book(
    spend: &dyn SpendStore,
    cost: &CallCost,
    (amount, outcome): (Usd, BookingOutcome),
    now: Timestamp,
) -> StoreResult<()> {
    let id = CallCost::booked(&cost.call);
    let own = Reservation { id, amount, ..reservation(cost, spent_already(cost), now) };
    if spend.reserve(&own).await? == Reserving::SettledAlready {
        return Ok(());
    }
    let [placed, ended] = CallCost::reservations(&cost.call);
    let is_held = is_open(spend, cost, placed, now).await?
        || cost.minutes.is_some() && is_open(spend, cost, ended, now).await?;
    let bookings = if is_held { vec![booking(amount, outcome)] } else { Vec::new() };
    spend.settle(&cost.workspace, &own.id, &bookings, now).await
}

pub(super) fn booking(amount: Usd, outcome: BookingOutcome) -> Booking {
    Booking { provider: CALLS.to_owned(), outcome, calls: 1, amount, model: None }
}

/// Whether a reservation is not settled, which the repeat of its making tells. One that is not there is made of nothing.
async fn is_open(spend: &dyn SpendStore, cost: &CallCost, id: String, now: Timestamp) -> StoreResult<bool> {
    let workspace = cost.workspace.clone();
    let again = Reservation { workspace, id, limits: Vec::new(), amount: Usd::ZERO, made_at: now };
    Ok(spend.reserve(&again).await? == Reserving::OpenAlready)
}

/// Returns the month in which the call was placed, whose cap stops no money that is spent already.
fn spent_already(cost: &CallCost) -> SpendLimit {
    SpendLimit { scope: BudgetScope::Month { month: CalendarMonth::at(cost.placed_at) }, cap: None }
}

fn reservation(cost: &CallCost, limit: SpendLimit, now: Timestamp) -> Reservation {
    Reservation {
        workspace: cost.workspace.clone(),
        id: cost.reservation(),
        limits: vec![limit],
        amount: cost.set_aside(),
        made_at: now,
    }
}

fn question(cost: &CallCost) -> Hint {
    let (workspace, call) = (cost.workspace.clone(), cost.call.clone());
    Hint { at: cost.ask_at, what: DueWork::PriceCall { workspace, call } }
}
