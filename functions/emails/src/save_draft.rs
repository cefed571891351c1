//! `PUT /api/emails/draft`: saves a draft.

use crate::App;
use crate::draft_view::DraftView;
use application::StoreError;
use application::ports::messages::{Draft, draft_to};
use axum::extract::State;
use domain::contact::channel::Channel;
use domain::{DraftId, LeadId};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftText {
    /// A new draft, if left out. An author has one draft per lead, under the same id on every device.
    id: Option<DraftId>,
    lead_id: Option<LeadId>,
    /// `email`, if left out.
    channel: Option<Channel>,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    body: String,
}

#[utoipa::path(put, path = "/api/emails/draft", operation_id = "save_draft", request_body = DraftText,
    responses((status = 200, body = DraftView)))]
pub async fn save_draft(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(text): JsonBody<DraftText>,
) -> ApiResult<JsonBody<DraftView>> {
    let mut errors = FieldErrors::default();
    errors.text("subject", Some(text.subject.clone()), 300);
    errors.text("body", Some(text.body.clone()), 20_000);
    errors.finish()?;
    if let Some(lead) = &text.lead_id {
        let known = caller.seen(app.leads.get(&caller.workspace, lead).await);
        known.map_err(|error| ApiError::from_missing(error, "lead_id", "is not a lead of this workspace"))?;
    }
    let id = match (&text.id, &text.lead_id) {
        (Some(id), _) => {
            refuse_foreign_draft(&app, &caller, id).await?;
            id.clone()
        }
        (None, Some(lead)) => draft_to(&caller.signed_in()?.user, lead),
        (None, None) => DraftId::new(app.ids.next()),
    };
    let draft = Draft {
        id,
        workspace: caller.workspace.clone(),
        author: caller.signed_in()?.user.clone(),
        lead: text.lead_id,
        channel: text.channel.unwrap_or(Channel::Email),
        subject: text.subject,
        body: text.body,
        updated_at: app.clock.now(),
    };
    app.messages.put_draft(&draft).await?;
    Ok(JsonBody(draft.into()))
}

/// An id that the caller made up is accepted; the id of another user's draft is answered with 404.
async fn refuse_foreign_draft(app: &App, caller: &Caller, id: &DraftId) -> ApiResult<()> {
    match app.messages.draft(&caller.workspace, id).await {
        Ok(draft) if draft.author != caller.signed_in()?.user => Err(ApiError::not_found("draft")),
        Ok(_) | Err(StoreError::NotFound) => Ok(()),
        Err(other) => Err(other.into()),
    }
}
