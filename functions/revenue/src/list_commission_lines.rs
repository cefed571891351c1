//! `GET /api/commissions/lines`: the payments and refunds that a month's commissions are computed from, newest first.

use crate::App;
use crate::commission_view::{CommissionLine, month_of, only_of};
use crate::list_transactions::names_of;
use axum::extract::State;
use domain::UserId;
use domain::revenue::Transaction;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PageBody, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

const MOST_LINES: usize = 200;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CommissionLinesQuery {
    /// A month such as `2026-11`; the present one if left out.
    month: Option<String>,
    /// Only lines of which this team member has a share.
    user: Option<String>,
    /// `true`: only lines that nobody is credited with.
    not_credited: Option<bool>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A rep gets the lines with a share of their own alone, and of these only their own share; a manager of a team those of
/// its members.
#[utoipa::path(get, path = "/api/commissions/lines", operation_id = "list_commission_lines",
    params(CommissionLinesQuery), responses((status = 200, body = PageBody<CommissionLine>)))]
pub async fn list_commission_lines(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<CommissionLinesQuery>,
) -> ApiResult<JsonBody<PageBody<CommissionLine>>> {
    let own = only_of(&caller)?;
    let month = month_of(&app, query.month.as_deref())?;
    let asked = query.user.map(|text| UserId::parse(&text)).transpose();
    let asked = asked.map_err(|_| ApiError::invalid("query.user", "is not the id of a user"))?;
    if let (Some(own), Some(asked)) = (&own, &asked)
        && !own.contains(asked)
    {
        return Err(ApiError::invalid("query.user", "is not you or a member of your team"));
    }
    let users = asked.map(|user| BTreeSet::from([user])).or_else(|| own.clone());
    let uncredited = query.not_credited == Some(true);
    let mut booked = app.commissions.booked_in(&caller.workspace, &month).await?;
    booked.retain(|transaction| match &users {
        Some(users) => transaction.credits.iter().any(|credit| users.contains(&credit.user)),
        None => !uncredited || transaction.credits.is_empty(),
    });
    booked.reverse();
    let total = booked.len();
    let start = match &query.cursor {
        Some(cursor) => after(&booked, cursor).ok_or_else(ApiError::bad_cursor)?,
        None => 0,
    };
    let page: Vec<Transaction> = booked.drain(start..).take(MOST_LINES).collect();
    let next_cursor =
        (start + page.len() < total).then(|| page.last().map(|last| last.external_id.clone())).flatten();
    let names = names_of(&app, &caller.workspace, &page).await?;
    let line = |transaction: Transaction| {
        let name = names.get(&transaction.client).cloned().flatten();
        let mut line = CommissionLine::of(transaction, name);
        if let Some(own) = &own {
            line.shares.retain(|share| own.contains(&share.user));
        }
        line
    };
    Ok(JsonBody(PageBody { items: page.into_iter().map(line).collect(), next_cursor, total: Some(total) }))
}

fn after(booked: &[Transaction], id: &str) -> Option<usize> {
    booked.iter().position(|transaction| transaction.external_id == id).map(|place| place + 1)
}
