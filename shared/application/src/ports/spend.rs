//! Stores budgets and reservations. Money is reserved before a call and settled after it.

use crate::ports::store::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::spend::{AiUseOfDay, Booking, Budget, BudgetScope, Reservation, Reserving, SpendSettings};
use domain::time::calendar_month::CalendarMonth;
use jiff::Timestamp;
use jiff::civil::Date;

#[async_trait]
pub trait SpendStore: Send + Sync {
    /// Reads the caps and prices of a workspace; one that has set none gets the usual ones.
    async fn settings(&self, workspace: &WorkspaceId) -> StoreResult<SpendSettings>;

    async fn save_settings(&self, settings: &SpendSettings, event: &Event) -> StoreResult<u64>;

    /// Reserves the amount in each budget, or in none: a budget whose cap would be passed by what is spent, reserved and
    /// asked for refuses. The caller has read the caps just now. Safe to repeat: the id tells what was reserved before.
    async fn reserve(&self, reservation: &Reservation) -> StoreResult<Reserving>;

    /// Books what the calls of a reservation came to, and gives the rest back to its budgets. Safe to repeat: one that is
    /// settled already stays as it is. The bookings MUST NOT come to more than was reserved. Bookings of models are counted
    /// in the use of AI of the day of `at`, in the same transaction.
    async fn settle(
        &self,
        workspace: &WorkspaceId,
        reservation: &str,
        bookings: &[Booking],
        at: Timestamp,
    ) -> StoreResult<()>;

    /// Counts calls of models that cost nothing, which nothing is reserved for, in the use of AI of the day. Each call of
    /// this function counts: a caller that breaks off before it leaves the calls uncounted.
    async fn count_free(
        &self,
        workspace: &WorkspaceId,
        bookings: &[Booking],
        at: Timestamp,
    ) -> StoreResult<()>;

    /// Notes at a budget that something about its cap is told, and returns when it was noted first.
    async fn note_told(
        &self,
        workspace: &WorkspaceId,
        scope: &BudgetScope,
        mark: &str,
        at: Timestamp,
    ) -> StoreResult<Timestamp>;

    /// Lists the use of AI of these days, both included: by day, then by use and model.
    async fn ai_use(&self, workspace: &WorkspaceId, from: Date, to: Date) -> StoreResult<Vec<AiUseOfDay>>;

    /// Reads budgets in the order asked for. One in which nothing was reserved yet is empty.
    async fn budgets(&self, workspace: &WorkspaceId, scopes: &[BudgetScope]) -> StoreResult<Vec<Budget>>;

    /// Lists the budgets of a month: the month itself, its users and its columns.
    async fn budgets_in_month(
        &self,
        workspace: &WorkspaceId,
        month: &CalendarMonth,
    ) -> StoreResult<Vec<Budget>>;

    /// Lists the reservations that are not settled, the oldest first. The list MAY be a moment behind.
    async fn open(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<Reservation>>;
}
