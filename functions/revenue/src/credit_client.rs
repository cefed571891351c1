//! `PUT /api/clients/{id}/credits`: says which team members are credited with a client's money.

use crate::App;
use crate::client_view::ClientView;
use axum::extract::State;
use domain::ClientId;
use domain::event::{Event, EventKind};
use domain::revenue::commission::{Credit, fault_of};
use domain::revenue::{Transaction, TransactionKind};
use domain::time::calendar_month::CalendarMonth;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most transactions of one client in one open month that one request credits anew: what one write takes.
const MOST_TRANSACTIONS: usize = 90;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientCredits {
    /// Empty: nobody is credited.
    credits: Vec<Credit>,
    /// The revision of the client that this change is based on.
    rev: Option<u64>,
}

/// It holds for what the client pays from now on, and for what it paid or got back in the present month and the one before, as
/// far as they are open. A refund of a payment from before stays with those who had the payment.
#[utoipa::path(put, path = "/api/clients/{id}/credits", operation_id = "credit_client",
    params(("id" = ClientId, Path)), request_body = ClientCredits, responses((status = 200, body = ClientView)))]
pub async fn credit_client(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<ClientId>,
    JsonBody(ClientCredits { credits, rev }): JsonBody<ClientCredits>,
) -> ApiResult<JsonBody<ClientView>> {
    let workspace = &caller.workspace;
    let mut client = app.revenue.client(workspace, &id).await?;
    if rev.is_some_and(|rev| rev != client.rev) {
        return Err(ApiError::conflict(
            "changed_meanwhile",
            "Someone else changed this client. Reload and try again.",
        ));
    }
    if let Some(fault) = fault_of(&credits) {
        return Err(ApiError::invalid("credits", fault));
    }
    let team = app.users.list(workspace).await?;
    for (place, credit) in credits.iter().enumerate() {
        if !team.iter().any(|member| member.id == credit.user) {
            let field = format!("credits[{place}].user");
            return Err(ApiError::invalid(field, "there is no such user in this workspace"));
        }
    }
    // The plan is read first: a month that is closed after that makes the change fail.
    let plan = app.commissions.plan(workspace).await?;
    let now = app.clock.now();
    let this_month = CalendarMonth::at(now);
    let month_before = this_month.before();
    let mut changed: Vec<Transaction> = Vec::new();
    for month in [month_before, this_month] {
        if app.commissions.statement(workspace, &month).await?.is_none() {
            let booked = app.commissions.booked_in(workspace, &month).await?;
            changed.extend(booked.into_iter().filter(|transaction| transaction.client == id));
        }
    }
    if changed.len() > MOST_TRANSACTIONS {
        let detail = format!(
            "The client has more than {MOST_TRANSACTIONS} payments in open months. Close a month first."
        );
        return Err(ApiError::conflict("too_many_payments", detail));
    }
    // Money that goes back stays with those who had it, unless its payment is credited anew as well.
    let payments: BTreeSet<String> = changed
        .iter()
        .filter(|one| one.kind == TransactionKind::Payment)
        .map(|one| one.external_id.clone())
        .collect();
    changed.retain(|one| match &one.of_payment {
        Some(paid) => payments.contains(paid),
        None => one.kind == TransactionKind::Payment,
    });
    for transaction in &mut changed {
        transaction.credits.clone_from(&credits);
    }
    client.credits = credits;
    let event = Event::new(EventKind::ClientCredited, caller.actor(), now);
    app.commissions.credit(&client, &changed, &plan, &event).await?;
    client.rev += 1;
    Ok(JsonBody(client.into()))
}
