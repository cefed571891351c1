//! Stores budgets and reservations. Money is reserved before a call and settled after it.

use crate::ports::store::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::spend::{Booking, Budget, BudgetScope, Reservation, Reserving, SpendMonth, SpendSettings, Usd};
use jiff::Timestamp;

#[async_trait]
pub trait SpendStore: Send + Sync {
    /// Reads the caps and prices of a workspace; one that has set none gets the usual ones.
    async fn settings(&self, workspace: &WorkspaceId) -> StoreResult<SpendSettings>;

    /// Saves the caps and prices. The caps hold from then on, for the present month, too.
    async fn save_settings(&self, settings: &SpendSettings, event: &Event) -> StoreResult<u64>;

    /// Reserves the amount in each budget of the reservation, or in none. A budget that is not there yet begins with its
    /// cap: that of `settings`, or the one that was set for it. Whoever reserves less than a whole page asks for less.
    async fn reserve(&self, reservation: &Reservation, settings: &SpendSettings) -> StoreResult<Reserving>;

    /// Books what the calls of a reservation came to, and gives the rest back to its budgets. Safe to repeat: one that is
    /// settled already stays as it is. The bookings MUST NOT come to more than was reserved.
    async fn settle(
        &self,
        workspace: &WorkspaceId,
        reservation: &str,
        bookings: &[Booking],
        at: Timestamp,
    ) -> StoreResult<()>;

    /// Reads a budget. One in which nothing was ever reserved has its cap and nothing else.
    async fn budget(
        &self,
        workspace: &WorkspaceId,
        scope: &BudgetScope,
        settings: &SpendSettings,
    ) -> StoreResult<Budget>;

    /// Sets the cap of one run, campaign or column. A lower cap than what is spent and reserved stops further calls.
    async fn set_cap(
        &self,
        workspace: &WorkspaceId,
        scope: &BudgetScope,
        cap: Option<Usd>,
        event: &Event,
    ) -> StoreResult<()>;

    /// Lists the budgets of a month: the month itself, its users and its columns.
    async fn of_month(&self, workspace: &WorkspaceId, month: &SpendMonth) -> StoreResult<Vec<Budget>>;

    /// Lists reservations that are still open, the oldest first.
    async fn open(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<Reservation>>;
}
