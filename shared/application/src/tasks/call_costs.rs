//! What placed calls cost: money set aside before the provider is asked for a call, and the price booked once it comes.
//!
//! The provider tells a price some time after the call. A due hint, which is put before the call is placed and anew with
//! each question, has a job ask for it. The job books first and marks then: one that breaks off in between is repeated,
//! and finds its reservation settled, so a call is booked once. What a call costs beyond what was set aside is booked on a
//! reservation of its own without a cap, because it is spent already.
//!
//! A price that never comes, or that cannot be read, leaves the cost unknown. It is then booked like a lost answer, at the
//! workspace's own price of the minutes that the call took, so that no cap is passed unseen. Where the minutes are not
//! known either, nothing is booked.

use crate::Clock;
use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::calls::{CallBill, CallPlacer, CallStore};
use crate::ports::due::{DueStore, DueWork, Hint};
use crate::ports::provider_calls::{CallError, OpenAccount};
use crate::ports::spend::SpendStore;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::retry;
use crate::spend::caps::Caps;
use domain::spend::{
    Booking, BookingOutcome, BudgetScope, CallKind, Reservation, Reserving, SpendLimit, Usd,
};
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::call::Call;
use domain::workspace::call_cost::{CallCost, CallCostState};
use domain::{AccountId, CallId, UserId, WorkspaceId};
use jiff::Timestamp;
use std::sync::Arc;

/// The name under which a month shows what calls cost.
pub const CALLS: &str = "calls";
/// The provider of calls, as the price list names it.
const TWILIO: &str = "twilio";

/// The reason why no money is set aside for a call.
#[derive(Debug, thiserror::Error)]
pub enum NotSetAside {
    #[error("{needed} is set aside for a call, and {left} is left of the month's cap of {cap}")]
    CapReached { needed: Usd, left: Usd, cap: Usd },
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
    (user, account): (&UserId, &AccountId),
    now: Timestamp,
) -> Result<CallCost, NotSetAside> {
    let settings = caps.spend.settings(workspace).await?;
    let minute_price = settings.prices.call(TWILIO, CallKind::Minute).hit;
    let cost = CallCost::placed((workspace, call), (user, account), minute_price, now);
    due.put(&[question(&cost)]).await?;
    let reservation = reservation(&cost, settings.month(now), now);
    match caps.reserve(&reservation).await? {
        // One that is open is of the same request, which came twice or broke off: one of them places the call.
        Reserving::Reserved | Reserving::OpenAlready => Ok(cost),
        Reserving::SettledAlready => Err(NotSetAside::Before),
        Reserving::Refused { left, .. } => {
            let cap = settings.month_cap.unwrap_or(Usd::ZERO);
            Err(NotSetAside::CapReached { needed: cost.set_aside(), left, cap })
        }
    }
}

/// Gives back what was set aside for a call.
pub(crate) async fn give_back(spend: &dyn SpendStore, cost: &CallCost, now: Timestamp) -> StoreResult<()> {
    found(spend.settle(&cost.workspace, &cost.reservation(), &[], now).await).map(drop)
}

/// Notes what the provider answered when it was asked for the call: its id, or that it refused, which costs nothing.
pub(crate) async fn note_answer(
    (calls, spend): (&dyn CallStore, &dyn SpendStore),
    cost: &CallCost,
    (provider_id, is_refused): (Option<&str>, bool),
    now: Timestamp,
) -> StoreResult<()> {
    if is_refused {
        give_back(spend, cost, now).await?;
    }
    change_cost(calls, (&cost.workspace, &cost.call), |cost| {
        if is_refused {
            cost.state = CallCostState::Known { amount: Usd::ZERO };
        }
        cost.name(provider_id) || is_refused
    })
    .await
}

/// Has the provider asked for the price of a call that is over.
pub(crate) async fn note_end(
    (calls, due): (&dyn CallStore, &dyn DueStore),
    call: &Call,
    now: Timestamp,
) -> StoreResult<()> {
    let Some(mut known) = found(calls.cost(&call.workspace, &call.id).await)? else { return Ok(()) };
    if !known.end(now) {
        return Ok(());
    }
    due.put(&[question(&known)]).await?;
    change_cost(calls, (&call.workspace, &call.id), |cost| {
        let is_named = cost.name(call.provider_id.as_deref());
        cost.end(now) || is_named
    })
    .await
}

async fn change_cost(
    calls: &dyn CallStore,
    (workspace, call): (&WorkspaceId, &CallId),
    change: impl Fn(&mut CallCost) -> bool + Send + Sync,
) -> StoreResult<()> {
    retry!(async {
        let Some(mut cost) = found(calls.cost(workspace, call).await)? else { return Ok(()) };
        if change(&mut cost) {
            calls.save_cost(&cost).await?;
        }
        Ok::<(), StoreError>(())
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
        // Its placing broke off before the provider was asked, or its lead was erased.
        for reservation in CallCost::reservations(call) {
            found(ports.spend.settle(workspace, &reservation, &[], now).await)?;
        }
        return Ok(());
    };
    if !cost.is_asked_for(now) {
        return Ok(());
    }
    match ask(ports, &cost).await? {
        None => cost.ask_again(now),
        Some(CallBill::GoesOn) => cost.goes_on(now),
        Some(CallBill::NotPriced { minutes }) => {
            narrow(&*ports.spend, &mut cost, minutes, now).await?;
            cost.ask_again(now);
        }
        Some(CallBill::Priced { amount }) => {
            book(&*ports.spend, &cost, (amount, BookingOutcome::Hit), now).await?;
            cost.state = CallCostState::Known { amount };
        }
        Some(CallBill::Unreadable { minutes, why }) => {
            tracing::error!(account.id = %cost.account, call.id = %cost.call, why, "call_cost.unreadable");
            narrow(&*ports.spend, &mut cost, minutes, now).await?;
            cost.state = CallCostState::Unknown;
        }
        Some(CallBill::NotThere) => cost.state = CallCostState::Unknown,
    }
    match cost.state {
        CallCostState::Pending => ports.due.put(&[question(&cost)]).await?,
        CallCostState::Unknown if cost.minutes.is_some() => {
            book(&*ports.spend, &cost, (cost.set_aside(), BookingOutcome::Lost), now).await?;
        }
        CallCostState::Unknown => give_back(&*ports.spend, &cost, now).await?,
        CallCostState::Known { .. } => {}
    }
    ports.calls.save_cost(&cost).await.map(drop)
}

/// Returns what the provider tells; none where it does not answer. A call whose id never came did not take place, as far
/// as anyone can tell.
async fn ask(ports: &CallCostPorts, cost: &CallCost) -> StoreResult<Option<CallBill>> {
    let Some(provider_id) = &cost.provider_id else { return Ok(Some(CallBill::NotThere)) };
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

/// Sets aside the price of the minutes that the call took, in place of that of an hour.
async fn narrow(
    spend: &dyn SpendStore,
    cost: &mut CallCost,
    minutes: u64,
    now: Timestamp,
) -> StoreResult<()> {
    if cost.minutes.is_some() {
        return Ok(());
    }
    let placed = cost.reservation();
    cost.minutes = Some(minutes);
    spend.reserve(&reservation(cost, spent_already(cost), now)).await?;
    found(spend.settle(&cost.workspace, &placed, &[], now).await).map(drop)
}

/// Books what a call costs, once.
async fn book(
    spend: &dyn SpendStore,
    cost: &CallCost,
    (amount, outcome): (Usd, BookingOutcome),
    now: Timestamp,
) -> StoreResult<()> {
    let booking =
        |calls, amount| [Booking { provider: CALLS.to_owned(), outcome, calls, amount, model: None }];
    let within = amount.min(cost.set_aside());
    let beyond = amount.less(within);
    if !beyond.is_zero() {
        let id = format!("calls#{}#beyond", cost.call);
        let more = Reservation { id, amount: beyond, ..reservation(cost, spent_already(cost), now) };
        spend.reserve(&more).await?;
        spend.settle(&cost.workspace, &more.id, &booking(0, beyond), now).await?;
    }
    found(spend.settle(&cost.workspace, &cost.reservation(), &booking(1, within), now).await).map(drop)
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
