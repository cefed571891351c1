//! Budgets, reservations, and the caps and prices of a workspace.
//!
//! A budget is an item of counters. Its `taken` is what was spent and what is reserved; a reservation adds to it in one
//! transaction with the budget's condition that the cap holds, and settling takes back what the calls did not cost. The
//! reservation itself is put in the same transactions, so that a repeat of either finds what was done. What models were
//! asked for is counted by day in the transaction that settles.

mod ai_use;

use crate::errors::Cancelled;
use crate::item::{Head, Item, Stored, decode, encode, head, number, number_of, plain_item, text, text_of};
use crate::keys::spend as keys;
use crate::keys::{Key, Listing, Tenant, workspace_of};
use crate::pages::Order;
use crate::query::{Query, Range};
use crate::table::Table;
use crate::times::passes;
use crate::write::{Expression, Write, absent, put, update};
use application::ports::spend::SpendStore;
use application::{Page, PageRequest, StoreError, StoreResult};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::WorkspaceId;
use domain::event::Event;
use domain::spend::{
    AiUseOfDay, Booking, BookingOutcome, Budget, BudgetScope, PriceList, Reservation, Reserving, SpendLimit,
    SpendSettings, Tally, Usd,
};
use domain::time::calendar_month::CalendarMonth;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const BUDGET: &str = "budget";
const SCOPE: &str = "scope";
const TAKEN: &str = "taken";
const SPENT: &str = "spent";
/// The beginning of the attributes that count calls, and of those that count what they cost.
const CALLS: &str = "n#";
const AMOUNT: &str = "a#";
/// The beginning of the attributes that say when something about the cap was told first.
const TOLD: &str = "told#";
/// The place of the reservation in the transactions that change it.
const RESERVATION: usize = 0;

#[async_trait]
impl SpendStore for Table {
    async fn settings(&self, workspace: &WorkspaceId) -> StoreResult<SpendSettings> {
        let found = self.find(&keys::spend_settings(workspace)).await?;
        Ok(found.unwrap_or_else(|| SpendSettings::usual(workspace.clone())))
    }

    async fn save_settings(&self, settings: &SpendSettings, event: &Event) -> StoreResult<u64> {
        self.save_entity(settings, Some(event)).await
    }

    async fn reserve(&self, reservation: &Reservation) -> StoreResult<Reserving> {
        let stored = StoredReservation { reservation: reservation.clone(), settled: None };
        let mut writes = vec![put(encode(&stored, 1, None)?, absent())];
        for limit in &reservation.limits {
            writes.push(taking(reservation, limit)?);
        }
        let failed = match self.transact(writes).await {
            Ok(()) => return Ok(Reserving::Reserved),
            Err(Cancelled::Conditions(failed)) => failed,
            Err(other) => return Err(other.into()),
        };
        if failed.contains(&RESERVATION) {
            let known: StoredReservation =
                self.read(&keys::reservation(&reservation.workspace, &reservation.id)).await?;
            return Ok(match known.settled {
                None => Reserving::OpenAlready,
                Some(_) => Reserving::SettledAlready,
            });
        }
        let refused = failed.first().and_then(|at| reservation.limits.get(at - 1));
        let limit = refused.ok_or(StoreError::Conflict)?;
        let budgets = self.budgets(&reservation.workspace, std::slice::from_ref(&limit.scope)).await?;
        let left = budgets.first().zip(limit.cap).map_or(Usd::ZERO, |(budget, cap)| budget.left(cap));
        Ok(Reserving::Refused { scope: limit.scope.clone(), left })
    }

    async fn settle(
        &self,
        workspace: &WorkspaceId,
        reservation: &str,
        bookings: &[Booking],
        at: Timestamp,
    ) -> StoreResult<()> {
        let key = keys::reservation(workspace, reservation);
        let known: StoredReservation = self.read(&key).await?;
        if known.settled.is_some() {
            return Ok(());
        }
        let spent: Usd = bookings.iter().map(|booking| booking.amount).sum();
        if spent > known.reservation.amount {
            let why = format!("{spent} is booked on a reservation of {}", known.reservation.amount);
            return Err(StoreError::Corrupt { key: reservation.to_owned(), why });
        }
        let settled = StoredReservation { settled: Some(at), ..known };
        let open = Expression::new("attribute_not_exists(#settled) AND attribute_exists(pk)")
            .name("#settled", "settled");
        let mut writes = vec![put(encode(&settled, 2, None)?, Some(open))];
        let back = settled.reservation.amount.less(spent);
        for limit in &settled.reservation.limits {
            let key = keys::budget(workspace, &limit.scope);
            writes.push(update(&key, booking(back, spent, bookings), None));
        }
        writes.extend(ai_use::counting(workspace, bookings, at));
        match self.transact(writes).await {
            // Another one was faster, or this is the repeat of a call whose answer was lost.
            Err(Cancelled::Conditions(failed)) if failed.contains(&RESERVATION) => Ok(()),
            done => Ok(done?),
        }
    }

    async fn count_free(
        &self,
        workspace: &WorkspaceId,
        bookings: &[Booking],
        at: Timestamp,
    ) -> StoreResult<()> {
        match ai_use::counting(workspace, bookings, at) {
            writes if writes.is_empty() => Ok(()),
            writes => Ok(self.transact(writes).await?),
        }
    }

    async fn note_told(
        &self,
        workspace: &WorkspaceId,
        scope: &BudgetScope,
        mark: &str,
        at: Timestamp,
    ) -> StoreResult<Timestamp> {
        let name = format!("{TOLD}{mark}");
        let change = Expression::new(
            "SET #told = if_not_exists(#told, :at), #entity = :entity, #v = :v, #scope = :scope",
        )
        .name("#told", &name)
        .name("#entity", "entity")
        .name("#v", "v")
        .name("#scope", SCOPE)
        .value(":at", text(at.to_string()))
        .value(":entity", text(BUDGET))
        .value(":v", number(1))
        .value(":scope", stored_scope(scope)?);
        let key = keys::budget(workspace, scope);
        let item = self.change(&key, change, None).await?;
        let first = text_of(&item, &name).and_then(|first| first.parse().ok());
        first.ok_or_else(|| StoreError::Corrupt { key: mark.to_owned(), why: "has no time".to_owned() })
    }

    async fn ai_use(&self, workspace: &WorkspaceId, from: Date, to: Date) -> StoreResult<Vec<AiUseOfDay>> {
        let partition = keys::budgets(workspace);
        let last = format!("{}\u{10ffff}", keys::ai_use_of(to));
        let of_days = Query::table(&partition).range(Range::Between(keys::ai_use_of(from), last));
        self.query(of_days).await?.iter().map(ai_use::read).collect()
    }

    async fn budgets(&self, workspace: &WorkspaceId, scopes: &[BudgetScope]) -> StoreResult<Vec<Budget>> {
        let wanted: Vec<_> = scopes.iter().map(|scope| keys::budget(workspace, scope)).collect();
        let items = self.read_items(&wanted).await?;
        let mut stored: Vec<Budget> = items.iter().map(budget_of).collect::<StoreResult<_>>()?;
        let mut of_scope = |scope: &BudgetScope| match stored.iter().position(|budget| budget.scope == *scope)
        {
            Some(at) => stored.swap_remove(at),
            None => Budget::empty(workspace.clone(), scope.clone()),
        };
        Ok(scopes.iter().map(&mut of_scope).collect())
    }

    async fn budgets_in_month(
        &self,
        workspace: &WorkspaceId,
        month: &CalendarMonth,
    ) -> StoreResult<Vec<Budget>> {
        let partition = keys::budgets(workspace);
        let of_month = Query::table(&partition).range(Range::Prefix(keys::budgets_of_month(month)));
        self.query(of_month).await?.iter().map(budget_of).collect()
    }

    async fn open(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<Reservation>> {
        let partition = keys::open_reservations(workspace);
        let listed =
            self.page(&partition, Order::Index, page.limit, page.cursor.as_deref(), |_| true).await?;
        let mut found = Vec::new();
        for item in &listed.items {
            found.push(partition.found(&head(item)?.sk));
        }
        let items = self.read_items(&found).await?;
        let stored: Vec<StoredReservation> = items.into_iter().map(decode).collect::<StoreResult<_>>()?;
        let open = stored.into_iter().filter(|stored| stored.settled.is_none());
        let mut open: Vec<Reservation> = open.map(|stored| stored.reservation).collect();
        open.sort_by(|a, b| (a.made_at, &a.id).cmp(&(b.made_at, &b.id)));
        Ok(Page { items: open, next_cursor: listed.next_cursor })
    }
}

/// Makes the write that takes a reservation's amount out of a budget, if its cap allows.
fn taking(reservation: &Reservation, limit: &SpendLimit) -> StoreResult<Write> {
    let key = keys::budget(&reservation.workspace, &limit.scope);
    let change = Expression::new("ADD #taken :amount SET #entity = :entity, #v = :v, #scope = :scope")
        .name("#taken", TAKEN)
        .name("#entity", "entity")
        .name("#v", "v")
        .name("#scope", SCOPE)
        .value(":amount", number(reservation.amount.as_micros()))
        .value(":entity", text(BUDGET))
        .value(":v", number(1))
        .value(":scope", stored_scope(&limit.scope)?);
    let condition = limit.cap.map(|cap| {
        // A cap below the amount leaves no room, not even in a budget that is not there yet.
        let Some(room) = cap.as_micros().checked_sub(reservation.amount.as_micros()) else {
            return Expression::new("attribute_exists(#never)").name("#never", "never");
        };
        Expression::new("attribute_not_exists(#taken) OR #taken <= :room").value(":room", number(room))
    });
    Ok(update(&key, change, condition))
}

fn stored_scope(scope: &BudgetScope) -> StoreResult<AttributeValue> {
    serde_dynamo::to_attribute_value(scope)
        .map_err(|error| StoreError::Corrupt { key: BUDGET.to_owned(), why: error.to_string() })
}

/// Makes the change of a budget that books calls and gives the rest back.
fn booking(back: Usd, spent: Usd, bookings: &[Booking]) -> Expression {
    let mut change = Expression::new("ADD #taken :back, #spent :spent")
        .name("#taken", TAKEN)
        .name("#spent", SPENT)
        .value(":back", number(-i128::from(back.as_micros())))
        .value(":spent", number(spent.as_micros()));
    let mut sums: BTreeMap<(&str, BookingOutcome), Tally> = BTreeMap::new();
    for booking in bookings {
        let sum = sums.entry((booking.provider.as_str(), booking.outcome)).or_default();
        sum.calls += booking.calls;
        sum.amount = sum.amount + booking.amount;
    }
    for (nth, ((provider, outcome), tally)) in sums.into_iter().enumerate() {
        let name = format!("{provider}#{}", outcome.as_str());
        change = change
            .plus(&format!(", #n{nth} :n{nth}, #a{nth} :a{nth}"))
            .name(&format!("#n{nth}"), &format!("{CALLS}{name}"))
            .name(&format!("#a{nth}"), &format!("{AMOUNT}{name}"))
            .value(&format!(":n{nth}"), number(tally.calls))
            .value(&format!(":a{nth}"), number(tally.amount.as_micros()));
    }
    change
}

fn budget_of(item: &Item) -> StoreResult<Budget> {
    let head = head(item)?;
    let workspace = workspace_of(&head.pk).ok_or_else(|| head.corrupt("is in no workspace"))?;
    let scope = item.get(SCOPE).cloned().ok_or_else(|| head.corrupt("has no scope"))?;
    let scope = serde_dynamo::from_attribute_value(scope).map_err(|error| head.corrupt(error))?;
    let amount = |name: &str| number_of(item, name).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    let (taken, spent) = (Usd::micros(amount(TAKEN)), Usd::micros(amount(SPENT)));
    let mut tallies: BTreeMap<String, BTreeMap<BookingOutcome, Tally>> = BTreeMap::new();
    for name in item.keys().filter_map(|name| name.strip_prefix(CALLS)) {
        let Some((provider, word)) = name.rsplit_once('#') else { continue };
        let outcome = BookingOutcome::ALL.into_iter().find(|outcome| outcome.as_str() == word);
        let Some(outcome) = outcome else { continue };
        let tally = Tally {
            calls: amount(&format!("{CALLS}{name}")),
            amount: Usd::micros(amount(&format!("{AMOUNT}{name}"))),
        };
        tallies.entry(provider.to_owned()).or_default().insert(outcome, tally);
    }
    Ok(Budget { workspace, scope, spent, reserved: taken.less(spent), tallies })
}

/// A reservation with the time at which it was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
struct StoredReservation {
    reservation: Reservation,
    settled: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct ReservationItem {
    id: String,
    limits: Vec<SpendLimit>,
    amount: Usd,
    made_at: Timestamp,
    settled: Option<Timestamp>,
}

impl Stored for StoredReservation {
    const ENTITY: &'static str = "reservation";
    type Scope = Tenant;
    type Body = ReservationItem;

    fn key(&self) -> Key<Tenant> {
        keys::reservation(&self.reservation.workspace, &self.reservation.id)
    }

    fn listing(&self) -> Option<Listing> {
        let Reservation { workspace, id, made_at, .. } = &self.reservation;
        self.settled.is_none().then(|| keys::open_reservation_listing(workspace, *made_at, id))
    }

    /// A settled reservation is kept as long as a repeat of its work may come.
    fn expires(&self) -> Option<Timestamp> {
        self.settled.map(passes)
    }

    fn body(&self, _rev: u64) -> ReservationItem {
        let Reservation { id, limits, amount, made_at, .. } = self.reservation.clone();
        ReservationItem { id, limits, amount, made_at, settled: self.settled }
    }

    fn from_body(body: ReservationItem, head: &Head) -> Result<Self, String> {
        let workspace = workspace_of(&head.pk).ok_or("is in no workspace")?;
        let ReservationItem { id, limits, amount, made_at, settled } = body;
        Ok(Self { reservation: Reservation { workspace, id, limits, amount, made_at }, settled })
    }
}

plain_item! { SpendSettingsItem of SpendSettings, rev, {
    workspace: WorkspaceId,
    month_cap: Option<Usd>,
    user_cap: Option<Usd>,
    prices: PriceList,
} }

impl Stored for SpendSettings {
    const ENTITY: &'static str = "spend_settings";
    type Scope = Tenant;
    type Body = SpendSettingsItem;

    fn key(&self) -> Key<Tenant> {
        keys::spend_settings(&self.workspace)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> SpendSettingsItem {
        SpendSettingsItem::of(self)
    }
    fn from_body(body: SpendSettingsItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
