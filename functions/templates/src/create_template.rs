//! `POST /api/templates`: creates a template.

use crate::App;
use crate::template_body::tidy;
use crate::template_view::TemplateView;
use axum::extract::State;
use domain::TemplateId;
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use domain::sequence::template::Template;
use http::StatusCode;
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplate {
    name: String,
    /// `Other` if left out.
    category: Option<String>,
    channel: Channel,
    /// Not used for SMS.
    #[serde(default)]
    subject: String,
    body: String,
    #[serde(default)]
    favourite: bool,
}

#[utoipa::path(post, path = "/api/templates", operation_id = "create_template", request_body = NewTemplate,
    responses((status = 201, body = TemplateView)))]
pub async fn create_template(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewTemplate>,
) -> ApiResult<(StatusCode, JsonBody<TemplateView>)> {
    let now = app.clock.now();
    let mut template = Template {
        id: TemplateId::new(app.ids.next()),
        workspace: caller.workspace.clone(),
        name: new.name,
        category: new.category.filter(|c| !c.trim().is_empty()).unwrap_or_else(|| "Other".to_owned()),
        channel: new.channel,
        subject: new.subject,
        body: new.body,
        favourite: new.favourite,
        created_at: now,
        updated_at: now,
        rev: 0,
    };
    let mut errors = FieldErrors::default();
    tidy(&mut template, &mut errors);
    errors.finish()?;
    template.rev =
        app.templates.save(&template, &Event::new(EventKind::TemplateCreated, caller.actor(), now)).await?;
    Ok((StatusCode::CREATED, JsonBody(TemplateView::of(template, 0))))
}
