//! `POST /api/ai/draft-reply`: an answer to a lead's last message, drafted by the workspace's language model.

use crate::App;
use application::ai::reply_draft::{Drafted, draft_reply as draft};
use axum::extract::State;
use domain::LeadId;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, not_asked, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplyRequest {
    lead_id: LeadId,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReplyDraft {
    pub text: String,
}

/// The draft is neither saved nor sent: its reader does that.
#[utoipa::path(post, path = "/api/ai/draft-reply", operation_id = "draft_reply", request_body = ReplyRequest,
    responses((status = 200, body = ReplyDraft), (status = 409, description = "There is no draft; `code` says why.")))]
pub async fn draft_reply(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(ReplyRequest { lead_id }): JsonBody<ReplyRequest>,
) -> ApiResult<JsonBody<ReplyDraft>> {
    let user = app.users.get(&caller.workspace, &caller.signed_in()?.user).await?;
    let missing = |error| ApiError::from_missing(error, "lead_id", "is not a lead of this workspace");
    caller.check_lead(&lead_id).await.map_err(missing)?;
    let drafted = draft(&app.ai, &*app.leads, (&caller.workspace, &lead_id), &user).await;
    match drafted.map_err(missing)? {
        Drafted::Text(drafted) => Ok(JsonBody(ReplyDraft { text: drafted.text })),
        Drafted::NothingToAnswer => {
            Err(ApiError::conflict("nothing_to_answer", "The lead has not written anything yet."))
        }
        Drafted::Not(why) => Err(not_asked(&why)),
    }
}
