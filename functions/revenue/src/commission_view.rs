//! Commissions as the API shows and takes them.

use crate::App;
use crate::client_view::{MoneyView, views_of};
use domain::UserId;
use domain::lead::scope::LeadScope;
use domain::money::Money;
use domain::revenue::commission::{CommissionPlan, CommissionTier, Credit, Earnings, earnings, split};
use domain::revenue::{Transaction, TransactionKind};
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::user::Role;
use domain::{ClientId, LeadId, WorkspaceId};
use http_api::{ApiError, ApiResult, Caller, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CommissionsView {
    /// `2026-11`, in UTC
    pub month: CalendarMonth,
    /// Null while the month is open: its sums still change with each payment.
    pub closed_at: Option<Timestamp>,
    /// Whether the month is over and open, so that an admin can close it.
    pub can_be_closed: bool,
    /// Every team member with money in the month, by name; a rep gets their own alone, a manager of a team those of its members.
    pub earnings: Vec<EarningsView>,
    /// Money of the month that nobody is credited with; empty for those who do not see all.
    pub not_credited: Vec<MoneyView>,
    /// The closed months, the latest first.
    pub closed_months: Vec<CalendarMonth>,
}

/// What a team member earned in the month, with one amount for each currency.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EarningsView {
    pub user: UserId,
    pub name: String,
    /// The member's share of the payments, less refunds and chargebacks.
    pub credited: Vec<MoneyView>,
    pub taken_back: Vec<MoneyView>,
    pub earned: Vec<MoneyView>,
    /// The member's present tiers, by which an open month is computed.
    pub tiers: Vec<CommissionTier>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CommissionLine {
    /// The provider's id of the payment or refund.
    pub id: String,
    pub client_id: ClientId,
    pub client_name: Option<String>,
    pub lead_id: Option<LeadId>,
    pub kind: TransactionKind,
    /// The whole amount; negative for a refund and a chargeback.
    pub amount: MoneyView,
    /// The shares of the team members who are credited; empty if nobody is.
    pub shares: Vec<CommissionShare>,
    pub at: Timestamp,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CommissionShare {
    pub user: UserId,
    pub percent: u8,
    pub amount: MoneyView,
}

impl CommissionLine {
    pub fn of(transaction: Transaction, client_name: Option<String>) -> Self {
        let Money { amount_minor, currency } = transaction.amount;
        let parts = split(amount_minor, &transaction.credits);
        let share = |(credit, part): (Credit, i64)| CommissionShare {
            user: credit.user,
            percent: credit.percent,
            amount: MoneyView { amount_minor: part, currency },
        };
        Self {
            id: transaction.external_id,
            client_id: transaction.client,
            client_name,
            lead_id: transaction.lead,
            kind: transaction.kind,
            amount: transaction.amount.into(),
            shares: transaction.credits.into_iter().zip(parts).map(share).collect(),
            at: transaction.at,
        }
    }
}

/// The users whose figures alone the caller may see: a rep their own, a manager of a team those of its members. None if the
/// caller sees those of all.
pub fn only_of(caller: &Caller) -> ApiResult<Option<BTreeSet<UserId>>> {
    let signed_in = caller.signed_in()?;
    match caller.leads() {
        _ if signed_in.role < Role::Manager => Ok(Some(BTreeSet::from([signed_in.user.clone()]))),
        LeadScope::Owners(owners) => Ok(Some(owners.clone())),
        LeadScope::All => Ok(None),
    }
}

/// Reads a month of a query; the present one if left out.
pub fn month_of(app: &App, text: Option<&str>) -> ApiResult<CalendarMonth> {
    let now = CalendarMonth::at(app.clock.now());
    match text.map(CalendarMonth::parse) {
        None => Ok(now),
        Some(Some(month)) if month <= now => Ok(month),
        Some(Some(_)) => Err(ApiError::invalid("query.month", "is in the future")),
        Some(None) => Err(ApiError::invalid("query.month", "is not a month such as 2026-11")),
    }
}

/// The earnings of a month: those of its statement, or computed while it is open.
pub async fn commissions(
    app: &App,
    workspace: &WorkspaceId,
    month: CalendarMonth,
    only: Option<&BTreeSet<UserId>>,
) -> ApiResult<CommissionsView> {
    let plan = app.commissions.plan(workspace).await?;
    let statement = app.commissions.statement(workspace, &month).await?;
    let closed_at = statement.as_ref().map(|statement| statement.closed_at);
    let (each, not_credited) = match statement {
        Some(statement) => (statement.earnings, statement.not_credited),
        None => {
            let currency = app.workspaces.get(workspace).await?.currency;
            let booked = app.commissions.booked_in(workspace, &month).await?;
            earnings(&plan, currency, &booked)
        }
    };
    let team = app.users.list(workspace).await?;
    let name_of = |user: &UserId| {
        let member = team.iter().find(|member| member.id == *user);
        member.map_or_else(|| "A former member".to_owned(), |member| member.name.clone())
    };
    let each = each.into_iter().filter(|earnings| only.is_none_or(|users| users.contains(&earnings.user)));
    let mut shown: Vec<EarningsView> =
        each.map(|earnings| EarningsView::of(&plan, name_of(&earnings.user), earnings)).collect();
    shown.sort_by(|a, b| (&a.name, &a.user).cmp(&(&b.name, &b.user)));
    Ok(CommissionsView {
        closed_at,
        can_be_closed: closed_at.is_none() && is_over(app, &month),
        earnings: shown,
        not_credited: if only.is_none() { views_of(&not_credited) } else { Vec::new() },
        closed_months: app.commissions.closed_months(workspace).await?,
        month,
    })
}

/// Tells whether a month is over for so long that its last payments have been booked.
pub fn is_over(app: &App, month: &CalendarMonth) -> bool {
    app.clock.now().duration_since(month.end()) >= domain::revenue::commission::CLOSED_AFTER
}

impl EarningsView {
    fn of(plan: &CommissionPlan, name: String, earnings: Earnings) -> Self {
        let Earnings { user, credited, earned, taken_back } = earnings;
        Self {
            name,
            credited: views_of(&credited),
            taken_back: views_of(&taken_back),
            earned: views_of(&earned),
            tiers: plan.tiers_of(&user).to_vec(),
            user,
        }
    }
}
