//! `PATCH /api/templates/{id}`: changes a template; sequences keep the text that they were made with.

use crate::App;
use crate::template_body::tidy;
use crate::template_view::{TemplateView, uses};
use axum::extract::State;
use domain::TemplateId;
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use http_api::{ApiResult, Caller, FieldErrors, IfMatch, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateChanges {
    name: Option<String>,
    category: Option<String>,
    channel: Option<Channel>,
    subject: Option<String>,
    body: Option<String>,
    favourite: Option<bool>,
    /// The revision that this change is based on; `If-Match` does the same.
    rev: Option<u64>,
}

#[utoipa::path(patch, path = "/api/templates/{id}", operation_id = "change_template",
    params(("id" = TemplateId, Path)), request_body = TemplateChanges, responses((status = 200, body = TemplateView)))]
pub async fn change_template(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<TemplateId>,
    if_match: IfMatch,
    JsonBody(changes): JsonBody<TemplateChanges>,
) -> ApiResult<JsonBody<TemplateView>> {
    let mut template = app.templates.get(&caller.workspace, &id).await?;
    if_match.check(changes.rev, template.rev)?;
    template.name = changes.name.unwrap_or(template.name);
    template.category = changes.category.unwrap_or(template.category);
    template.channel = changes.channel.unwrap_or(template.channel);
    template.subject = changes.subject.unwrap_or(template.subject);
    template.body = changes.body.unwrap_or(template.body);
    template.favourite = changes.favourite.unwrap_or(template.favourite);
    template.updated_at = app.clock.now();
    let mut errors = FieldErrors::default();
    tidy(&mut template, &mut errors);
    errors.finish()?;
    let event = Event::new(EventKind::TemplateChanged, caller.actor(), template.updated_at);
    template.rev = app.templates.save(&template, &event).await?;
    let uses = uses(&app.sequences.list(&caller.workspace).await?);
    Ok(JsonBody(TemplateView::of(template, uses.get(&id).copied().unwrap_or(0))))
}
