//! `POST /api/inbox/{lead_id}/addresses`: remembers an address that the lead has written from as another one of the lead,
//! so that mail from there is matched without a thread, too.

use crate::App;
use application::lead::suppressing::own_addresses;
use application::ports::leads::{Activity, ActivityKind, Reached};
use application::ports::store::{found, unless_taken};
use axum::extract::State;
use domain::LeadId;
use domain::contact::email_address::EmailAddress;
use domain::message::reply_address::has_written_from;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnotherAddress {
    /// An address that a mail of the lead came from.
    address: String,
}

#[utoipa::path(post, path = "/api/inbox/{lead_id}/addresses", operation_id = "remember_address",
    params(("lead_id" = LeadId, Path)), request_body = AnotherAddress,
    responses((status = 204, description = "Remembered")))]
pub async fn remember_address(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    JsonBody(another): JsonBody<AnotherAddress>,
) -> ApiResult<StatusCode> {
    let file = app.leads.file(&caller.workspace, &id).await?;
    let ours = own_addresses(&app.suppressing, &caller.workspace).await?;
    let address = EmailAddress::parse(&another.address).ok();
    let address = address.filter(|address| has_written_from(&file.lead, &file.messages, address, &ours));
    let Some(address) = address else {
        return Err(ApiError::invalid("address", "is none that a mail of the lead came from"));
    };
    if file.lead.email.as_ref() == Some(&address) {
        return Ok(StatusCode::NO_CONTENT);
    }
    if let Some(other) = app
        .leads
        .find_by_email(&caller.workspace, &address)
        .await?
        .filter(|other| *other != id && !file.lead.absorbed.contains(other))
    {
        let other = found(caller.seen(app.leads.get(&caller.workspace, &other).await))?;
        let name = other.as_ref().map_or_else(|| "another lead".to_owned(), |other| other.display_name());
        let error = ApiError::conflict("duplicate_lead", format!("This is the address of {name}."));
        return Err(match other {
            Some(other) => error.existing(other.id),
            None => error,
        });
    }
    app.leads.note_address(&caller.workspace, &id, Reached::Email(&address)).await?;
    let activity = Activity {
        id: format!("remembered-{}", app.keys.keyed_digest(address.as_str())),
        at: app.clock.now(),
        kind: ActivityKind::Note {
            text: format!(
                "Remembered {address} as another address. Further messages from there are matched."
            ),
        },
        actor: Some(caller.user_or_key()),
    };
    unless_taken(app.leads.put_activity(&caller.workspace, &id, &activity).await)?;
    Ok(StatusCode::NO_CONTENT)
}
