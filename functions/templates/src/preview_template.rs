//! `POST /api/templates/preview`: a text as a given lead, or a sample lead, would get it.

use crate::App;
use application::identity::links::with_dead_links;
use axum::extract::State;
use domain::contact::channel::Channel;
use domain::lead::Lead;
use domain::lead::enrichment::{Field, FieldStatus, FieldValue};
use domain::message::sms::{SmsSegments, sms_segments};
use domain::sequence::merge_fields::MergeContext;
use domain::sequence::render::{Escaping, TemplateError, fields_used, render};
use domain::{LeadId, MessageId};
use http_api::{ApiError, ApiResult, Caller, FieldError, JsonBody, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplatePreviewRequest {
    channel: Channel,
    #[serde(default)]
    subject: String,
    body: String,
    /// A sample lead if left out.
    lead_id: Option<LeadId>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TemplatePreview {
    /// Absent if it cannot be written.
    pub subject: Option<String>,
    pub text: Option<String>,
    /// Merge fields that have no value for this lead.
    pub missing: Vec<String>,
    /// Faults of `subject` or `body`, each with its reason.
    pub errors: Vec<FieldError>,
    pub sms: Option<SmsSegments>,
}

#[utoipa::path(post, path = "/api/templates/preview", operation_id = "preview_template",
    request_body = TemplatePreviewRequest, responses((status = 200, body = TemplatePreview)))]
pub async fn preview_template(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(request): JsonBody<TemplatePreviewRequest>,
) -> ApiResult<JsonBody<TemplatePreview>> {
    let workspace = caller.read_workspace(&*app.workspaces).await?;
    let (lead, line) = match &request.lead_id {
        Some(id) => {
            let lead = caller.seen(app.leads.get(&caller.workspace, id).await);
            let lead = lead.map_err(|e| ApiError::from_missing(e, "lead_id", "there is no such lead"))?;
            let line = app.leads.field(&caller.workspace, id, Field::FirstLine).await?;
            (lead, line.and_then(|result| text_of(result.status)))
        }
        None => (sample(&app, &caller), Some("Your guests praise the garden in every review.".to_owned())),
    };
    let context = MergeContext::from_lead(&lead, &workspace.company).with_opening_line(line.as_deref());
    let message = MessageId::derived(&lead.id, &["preview"]);
    let context = with_dead_links(context, &app.public_url, (&workspace.id, &message));
    Ok(JsonBody(write(&request, &context)))
}

fn text_of(status: FieldStatus) -> Option<String> {
    match status {
        FieldStatus::Found { value: FieldValue::FirstLine { text, .. } } => Some(text),
        _ => None,
    }
}

fn sample(app: &App, caller: &Caller) -> Lead {
    let now = app.clock.now();
    let mut lead = Lead::blank(LeadId::derived(now, &["sample"]), caller.workspace.clone(), now);
    lead.first_name = Some("Ada".to_owned());
    lead.last_name = Some("Winter".to_owned());
    lead.company = Some("Garden Café Winter".to_owned());
    lead.city = Some("Bristol".to_owned());
    lead.category = Some("Café".to_owned());
    lead
}

fn write(request: &TemplatePreviewRequest, context: &MergeContext) -> TemplatePreview {
    let (mut errors, mut missing) = (Vec::new(), Vec::new());
    let mut part = |field: &str, template: &str| {
        for name in fields_used(template).unwrap_or_default() {
            if context.get(&name).is_none() && !missing.contains(&name) {
                missing.push(name);
            }
        }
        let written = render(template, context, Escaping::None);
        let error =
            |e: TemplateError| errors.push(FieldError { field: field.to_owned(), detail: e.to_string() });
        written.map_err(error).ok()
    };
    let mailed = request.channel == Channel::Email;
    let subject = if mailed { part("subject", &request.subject) } else { None };
    let text = part("body", &request.body);
    let sms = text.as_deref().filter(|_| !mailed).map(sms_segments);
    TemplatePreview { subject, text, missing, errors, sms }
}
