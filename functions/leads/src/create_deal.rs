//! `POST /api/leads/{id}/deals`: adds a deal to a lead.

use crate::App;
use crate::deal_fields;
use crate::deal_view::DealView;
use application::deals::follow_lead::begun_with;
use application::ports::store::found;
use axum::extract::State;
use domain::deal::{Deal, DealNews, MOST_DEALS};
use domain::money::{Currency, Money};
use domain::{DealId, LeadId};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, KeyedId, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeal {
    /// Up to 120 characters.
    name: String,
    /// The value in the currency's minor unit, such as cents.
    amount_minor: i64,
    currency: Currency,
    /// A percentage; without it the deal has that of its lead's stage. A deal of a lead that is won or lost needs one.
    probability: Option<u8>,
    /// The day on which it is expected to be closed.
    close_on: String,
}

#[utoipa::path(post, path = "/api/leads/{id}/deals", operation_id = "create_deal", params(("id" = LeadId, Path)),
    request_body = NewDeal, responses((status = 201, body = DealView)))]
pub async fn create_deal(
    State(app): State<Arc<App>>,
    caller: Caller,
    KeyedId(key): KeyedId,
    PathOf(id): PathOf<LeadId>,
    JsonBody(new): JsonBody<NewDeal>,
) -> ApiResult<(StatusCode, JsonBody<DealView>)> {
    let lead = caller.seen(app.leads.get(&caller.workspace, &id).await)?;
    let errors = &mut FieldErrors::default();
    let amount_minor = deal_fields::amount_minor(errors, new.amount_minor);
    let now = app.clock.now();
    let id = match &key {
        Some(key) => DealId::derived(&lead.id, &["added", key]),
        None => DealId::new(&lead.id, app.ids.next()),
    };
    let deal = Deal {
        id,
        workspace: caller.workspace.clone(),
        lead: lead.id.clone(),
        name: deal_fields::name(errors, &new.name),
        value: Money { amount_minor, currency: new.currency },
        probability: deal_fields::probability(errors, new.probability),
        close_on: deal_fields::close_on(errors, &new.close_on),
        closed: None,
        open_since: now,
        created_at: now,
        rev: 0,
    };
    if lead.status.is_closed() && new.probability.is_none() {
        errors.add("probability", "is needed, because the lead is won or lost");
    }
    std::mem::take(errors).finish()?;
    let news = DealNews::Added { amount_minor, currency: new.currency };
    // An attempt before this one may have added it.
    if key.is_some()
        && let Some(added) = found(app.deals.deals.get(&caller.workspace, &deal.id).await)?
    {
        app.tell_deal(&caller, (&added, &lead), news, added.created_at).await;
        return Ok((StatusCode::CREATED, JsonBody(app.deal_view(added, &lead).await?)));
    }
    let known = app.deals.deals.of_leads(&caller.workspace, &begun_with(&lead)).await?;
    deal_fields::refuse_too_many_open(&known)?;
    if known.len() >= MOST_DEALS {
        let why = format!("The lead has {MOST_DEALS} deals. Delete one of them first.");
        return Err(ApiError::conflict("too_many_deals", why));
    }
    Ok((StatusCode::CREATED, JsonBody(app.save_deal(&caller, (deal, &lead), news).await?)))
}
