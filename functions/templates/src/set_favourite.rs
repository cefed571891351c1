//! `POST /api/templates/{id}/favourite`: marks a template as a favourite, or removes the mark.

use crate::App;
use crate::template_view::TemplateView;
use axum::extract::State;
use domain::TemplateId;
use domain::event::{Event, EventKind};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FavouriteMark {
    favourite: bool,
}

#[utoipa::path(post, path = "/api/templates/{id}/favourite", operation_id = "set_favourite",
    params(("id" = TemplateId, Path)), request_body = FavouriteMark, responses((status = 200, body = TemplateView)))]
pub async fn set_favourite(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<TemplateId>,
    JsonBody(mark): JsonBody<FavouriteMark>,
) -> ApiResult<JsonBody<TemplateView>> {
    let mut template = app.templates.get(&caller.workspace, &id).await?;
    if template.favourite != mark.favourite {
        template.favourite = mark.favourite;
        let event = Event::new(EventKind::TemplateChanged, caller.actor(), app.clock.now());
        template.rev = app.templates.save(&template, &event).await?;
    }
    let uses = crate::template_view::uses(&app.sequences.list(&caller.workspace).await?);
    Ok(JsonBody(TemplateView::of(template, uses.get(&id).copied().unwrap_or(0))))
}
