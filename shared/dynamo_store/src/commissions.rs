//! Commissions: the rates as one item, a statement for each closed month, and the credits on clients and transactions.
//!
//! Closing a month and crediting a client both write the next revision of the rates' item. So neither can pass between
//! what the other one reads and writes.

use crate::item::{Head, Stored, encode, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::{Query, Range};
use crate::table::Table;
use crate::write::{absent, present, put, saving};
use application::StoreResult;
use application::ports::commissions::CommissionStore;
use async_trait::async_trait;
use domain::event::Event;
use domain::money::Sums;
use domain::revenue::commission::{
    BOOKED_WITHIN, CommissionPlan, CommissionStatement, CommissionTier, Earnings,
};
use domain::revenue::{Client, Transaction};
use domain::time::calendar_month::CalendarMonth;
use domain::{UserId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeMap;

#[async_trait]
impl CommissionStore for Table {
    async fn plan(&self, workspace: &WorkspaceId) -> StoreResult<CommissionPlan> {
        let found = self.find(&keys::commissions::commission_plan(workspace)).await?;
        Ok(found.unwrap_or_else(|| CommissionPlan::none(workspace.clone())))
    }

    async fn save_plan(&self, plan: &CommissionPlan, event: &Event) -> StoreResult<u64> {
        self.save_entity(plan, Some(event)).await
    }

    async fn booked_in(
        &self,
        workspace: &WorkspaceId,
        month: &CalendarMonth,
    ) -> StoreResult<Vec<Transaction>> {
        // The key has the provider's time, which is up to some weeks before the booking.
        let from = month.start().checked_sub(BOOKED_WITHIN).unwrap_or(Timestamp::MIN);
        let money = keys::money(workspace);
        let query = Query::table(&money).range(Range::Above(keys::commissions::money_from(from)));
        let mut found: Vec<Transaction> = self.query_all(query).await?;
        found.retain(|transaction| CalendarMonth::at(transaction.booked_at) == *month);
        Ok(found)
    }

    async fn statement(
        &self,
        workspace: &WorkspaceId,
        month: &CalendarMonth,
    ) -> StoreResult<Option<CommissionStatement>> {
        self.find(&keys::commissions::commission_statement(workspace, month)).await
    }

    async fn closed_months(&self, workspace: &WorkspaceId) -> StoreResult<Vec<CalendarMonth>> {
        let partition = keys::commissions::commission_statements(workspace);
        let found: Vec<CommissionStatement> = self.query_all(Query::table(&partition).descending()).await?;
        Ok(found.into_iter().map(|statement| statement.month).collect())
    }

    async fn close(
        &self,
        statement: &CommissionStatement,
        plan: &CommissionPlan,
        event: &Event,
    ) -> StoreResult<()> {
        let writes = vec![put(encode(statement, 1, Some(event))?, absent()), saving(plan, Some(event))?];
        Ok(self.transact(writes).await?)
    }

    async fn credit(
        &self,
        client: &Client,
        transactions: &[Transaction],
        plan: &CommissionPlan,
        event: &Event,
    ) -> StoreResult<()> {
        let mut writes = vec![saving(client, Some(event))?, saving(plan, Some(event))?];
        for transaction in transactions {
            writes.push(put(encode(transaction, 2, Some(event))?, present()));
        }
        Ok(self.transact(writes).await?)
    }
}

plain_item! { CommissionPlanItem of CommissionPlan, rev, {
    workspace: WorkspaceId,
    tiers: Vec<CommissionTier>,
    own: BTreeMap<UserId, Vec<CommissionTier>>,
} }

impl Stored for CommissionPlan {
    const ENTITY: &'static str = "commission_plan";
    type Scope = Tenant;
    type Body = CommissionPlanItem;

    fn key(&self) -> Key<Tenant> {
        keys::commissions::commission_plan(&self.workspace)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> CommissionPlanItem {
        CommissionPlanItem::of(self)
    }
    fn from_body(body: CommissionPlanItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

plain_item! { CommissionStatementItem of CommissionStatement, {
    workspace: WorkspaceId,
    month: CalendarMonth,
    earnings: Vec<Earnings>,
    not_credited: Sums,
    closed_by: UserId,
    closed_at: Timestamp,
} }

impl Stored for CommissionStatement {
    const ENTITY: &'static str = "commission_statement";
    type Scope = Tenant;
    type Body = CommissionStatementItem;

    fn key(&self) -> Key<Tenant> {
        keys::commissions::commission_statement(&self.workspace, &self.month)
    }
    fn body(&self, _rev: u64) -> CommissionStatementItem {
        CommissionStatementItem::of(self)
    }
    fn from_body(body: CommissionStatementItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}
