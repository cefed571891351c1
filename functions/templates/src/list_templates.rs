//! `GET /api/templates`: favourites first, then by name.

use crate::App;
use crate::template_view::{TemplateView, uses};
use axum::extract::State;
use domain::contact::channel::Channel;
use http_api::{ApiResult, Caller, JsonBody, PageBody, QueryOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TemplateListQuery {
    #[param(value_type = Option<Channel>)]
    channel: Option<Channel>,
    category: Option<String>,
    /// Only favourites.
    #[serde(default)]
    favourite: bool,
    /// Words in name, subject or body.
    q: Option<String>,
}

#[utoipa::path(get, path = "/api/templates", operation_id = "list_templates", params(TemplateListQuery),
    responses((status = 200, body = PageBody<TemplateView>)))]
pub async fn list_templates(
    State(app): State<Arc<App>>,
    caller: Caller,
    QueryOf(query): QueryOf<TemplateListQuery>,
) -> ApiResult<JsonBody<PageBody<TemplateView>>> {
    let mut all = app.templates.list(&caller.workspace).await?;
    let uses = uses(&app.sequences.list(&caller.workspace).await?);
    let words = query.q.unwrap_or_default().to_lowercase();
    all.retain(|template| {
        let text =
            || [&template.name, &template.subject, &template.body].map(|part| part.to_lowercase()).join("\n");
        query.channel.is_none_or(|channel| channel == template.channel)
            && query.category.as_ref().is_none_or(|category| *category == template.category)
            && (!query.favourite || template.favourite)
            && (words.trim().is_empty() || words.split_whitespace().all(|word| text().contains(word)))
    });
    all.sort_by_key(|template| (!template.favourite, template.name.to_lowercase()));
    let total = Some(all.len());
    let view = |template: domain::sequence::template::Template| {
        let used = uses.get(&template.id).copied().unwrap_or(0);
        TemplateView::of(template, used)
    };
    Ok(JsonBody(PageBody { items: all.into_iter().map(view).collect(), next_cursor: None, total }))
}
