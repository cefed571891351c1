//! `PATCH /api/deals/{id}`: changes the given fields of a deal; the others stay.

use crate::App;
use crate::deal_fields;
use crate::deal_view::DealView;
use axum::extract::State;
use domain::DealId;
use domain::deal::DealNews;
use domain::event::{Event, EventKind};
use domain::money::Currency;
use http_api::{ApiResult, Caller, FieldErrors, IfMatch, JsonBody, PathOf, axum, given, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DealChanges {
    name: Option<String>,
    amount_minor: Option<i64>,
    currency: Option<Currency>,
    /// A percentage; null takes that of the lead's stage.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<u8>)]
    probability: Option<Option<u8>>,
    close_on: Option<String>,
    /// The revision that this change is based on; `If-Match` does the same.
    rev: Option<u64>,
}

#[utoipa::path(patch, path = "/api/deals/{id}", operation_id = "change_deal", params(("id" = DealId, Path)),
    request_body = DealChanges, responses((status = 200, body = DealView)))]
pub async fn change_deal(
    State(app): State<Arc<App>>,
    caller: Caller,
    seen: IfMatch,
    PathOf(id): PathOf<DealId>,
    JsonBody(changes): JsonBody<DealChanges>,
) -> ApiResult<JsonBody<DealView>> {
    let (before, lead) = app.deal_and_lead(&caller, &id).await?;
    seen.check(changes.rev, before.rev)?;
    let (mut deal, mut errors) = (before.clone(), FieldErrors::default());
    if let Some(name) = changes.name {
        deal.name = deal_fields::name(&mut errors, &name);
    }
    if let Some(amount) = changes.amount_minor {
        deal.value.amount_minor = deal_fields::amount_minor(&mut errors, amount);
    }
    deal.value.currency = changes.currency.unwrap_or(deal.value.currency);
    if let Some(percent) = changes.probability {
        deal.probability = deal_fields::probability(&mut errors, percent);
    }
    if let Some(day) = changes.close_on {
        deal.close_on = deal_fields::close_on(&mut errors, &day);
    }
    errors.finish()?;
    if deal == before {
        return Ok(JsonBody(app.deal_view(deal, &lead).await?));
    }
    if deal.value != before.value {
        let news = DealNews::ValueChanged {
            amount_minor: deal.value.amount_minor,
            currency: deal.value.currency,
            was_minor: before.value.amount_minor,
            was_currency: before.value.currency,
        };
        return Ok(JsonBody(app.save_deal(&caller, (deal, &lead), news).await?));
    }
    let event = Event::new(EventKind::DealChanged, caller.actor(), app.clock.now());
    deal.rev = app.deals.deals.save(&deal, &event).await?;
    Ok(JsonBody(app.deal_view(deal, &lead).await?))
}
