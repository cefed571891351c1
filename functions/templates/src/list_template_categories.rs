//! `GET /api/templates/categories`: the categories in use, with the number of templates in each.

use crate::App;
use axum::extract::State;
use http_api::{ApiResult, Caller, JsonBody, PageBody, axum, utoipa};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TemplateCategory {
    pub name: String,
    pub templates: usize,
}

#[utoipa::path(get, path = "/api/templates/categories", operation_id = "list_template_categories",
    responses((status = 200, body = PageBody<TemplateCategory>)))]
pub async fn list_template_categories(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<PageBody<TemplateCategory>>> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for template in app.templates.list(&caller.workspace).await? {
        *counts.entry(template.category).or_default() += 1;
    }
    let total = Some(counts.len());
    let items = counts.into_iter().map(|(name, templates)| TemplateCategory { name, templates }).collect();
    Ok(JsonBody(PageBody { items, next_cursor: None, total }))
}
