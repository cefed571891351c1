//! `POST /api/settings/mailbox-proposal`: the settings that are known for a mailbox's address. Nothing is stored.

use crate::App;
use axum::extract::State;
use domain::contact::email_address::EmailAddress;
use domain::workspace::mailbox_proposal::MailboxProposal;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The limit of look-ups of one workspace: each asks servers of others.
const MOST_LOOKUPS: u32 = 30;
const WINDOW: SignedDuration = SignedDuration::from_mins(10);

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxQuestion {
    /// The mailbox's address.
    #[schema(max_length = 254)]
    address: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MailboxAnswer {
    /// What is known; absent where nothing is.
    pub proposal: Option<MailboxProposal>,
}

#[utoipa::path(post, path = "/api/settings/mailbox-proposal", operation_id = "propose_mailbox",
    request_body = MailboxQuestion, responses((status = 200, body = MailboxAnswer)))]
pub async fn propose_mailbox(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(question): JsonBody<MailboxQuestion>,
) -> ApiResult<JsonBody<MailboxAnswer>> {
    let address = EmailAddress::parse(&question.address)
        .map_err(|bad| ApiError::invalid("address", bad.to_string()))?;
    let bucket = format!("mailbox-proposals/{}", caller.workspace);
    let taken = app.limits.take(&bucket, MOST_LOOKUPS, WINDOW, app.clock.now()).await?;
    taken.map_err(|wait| ApiError::too_many_requests(wait.as_secs().max(1).unsigned_abs()))?;
    Ok(JsonBody(MailboxAnswer { proposal: app.mailbox_finder.find_mailbox(&address).await }))
}
