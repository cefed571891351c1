//! `GET /api/fields/{id}/use`: how many leads have each option of a custom field, and how far a renaming of its options
//! has come.

use crate::App;
use application::lead::option_rename::count_option_use;
use axum::extract::State;
use domain::CustomFieldId;
use domain::lead::custom_field::OptionRename;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, QueryOf, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FieldUseQuery {
    /// Whether leads are counted. Otherwise only the progress of a renaming is read.
    #[serde(default)]
    count: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FieldUse {
    /// The options, in their order, with the number of leads that have each; empty unless they were counted.
    pub options: Vec<OptionLeads>,
    /// Whether all leads were looked at. Otherwise (with very many leads) more may have an option.
    pub is_whole: bool,
    /// The renaming of options that has not been through all leads yet.
    pub rename: Option<OptionRename>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OptionLeads {
    pub option: String,
    pub leads: u64,
}

#[utoipa::path(get, path = "/api/fields/{id}/use", operation_id = "get_field_use",
    params(("id" = CustomFieldId, Path), FieldUseQuery), responses((status = 200, body = FieldUse)))]
pub async fn get_field_use(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CustomFieldId>,
    QueryOf(query): QueryOf<FieldUseQuery>,
) -> ApiResult<JsonBody<FieldUse>> {
    let fields = app.custom_fields.get(&caller.workspace).await?;
    let Some(field) = fields.fields.iter().find(|field| field.id == id) else {
        return Err(ApiError::not_found("field"));
    };
    let rename = fields.renames.iter().find(|rename| rename.field == id).cloned();
    if !query.count {
        return Ok(JsonBody(FieldUse { options: Vec::new(), is_whole: false, rename }));
    }
    let counted = count_option_use(&*app.leads, &caller.workspace, field).await?;
    let leads = |option: &String| counted.leads.get(option).copied().unwrap_or(0);
    let options = field.kind.options().unwrap_or_default().iter();
    let options =
        options.map(|option| OptionLeads { option: option.clone(), leads: leads(option) }).collect();
    Ok(JsonBody(FieldUse { options, is_whole: counted.is_whole, rename }))
}
