//! `GET /api/fields/opt-outs`: the custom fields that may say who has opted out, with values of leads that may still be
//! contacted. An admin answers what each of them says.

use crate::App;
use application::lead::earlier_opt_outs::{MOST_LOOKED_AT, Reach, Search, SearchedStores, find_opt_outs};
use axum::extract::State;
use domain::CustomFieldId;
use domain::lead::attributes::Target;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FieldOptOuts {
    pub field: CustomFieldId,
    pub label: String,
    /// What the field's name makes of its values.
    pub target: Target,
    /// The leads with a value that says so.
    pub leads: u64,
    /// The first of these values, each once.
    pub examples: Vec<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OptOutFields {
    pub items: Vec<FieldOptOuts>,
    /// Whether all leads were looked at. Otherwise (with very many leads) there may be more.
    pub is_whole: bool,
}

#[utoipa::path(get, path = "/api/fields/opt-outs", operation_id = "list_opt_outs",
    responses((status = 200, body = OptOutFields)))]
pub async fn list_opt_outs(State(app): State<Arc<App>>, caller: Caller) -> ApiResult<JsonBody<OptOutFields>> {
    let fields = app.custom_fields.get(&caller.workspace).await?;
    let stores = SearchedStores { leads: &*app.leads, suppressions: &*app.enrolling.suppressions };
    // Values without a field get one in the night, and are asked about then.
    let reach = Reach { from: None, beyond_fields: false, goes_on: &|looked_at| looked_at < MOST_LOOKED_AT };
    let Search { found, next } = find_opt_outs(stores, &fields, reach, app.clock.now()).await?;
    let items = found.into_iter().map(|found| FieldOptOuts {
        field: found.field.id,
        label: found.field.label,
        target: found.target,
        leads: found.leads,
        examples: found.examples,
    });
    Ok(JsonBody(OptOutFields { items: items.collect(), is_whole: next.is_none() }))
}
