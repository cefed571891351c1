//! `POST /api/notifications/push-tickets`: a ticket with which an open page connects, to be told at once what has changed.

use crate::App;
use application::push::connect::make_ticket;
use axum::extract::State;
use domain::workspace::push::{PushSession, TICKET_VALID};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PushTicketView {
    /// The address of the WebSocket, with the ticket. It opens one connection, of this session.
    pub url: String,
    /// The seconds within which it opens one.
    pub valid_seconds: i64,
}

#[utoipa::path(post, path = "/api/notifications/push-tickets", operation_id = "make_push_ticket",
    responses((status = 201, body = PushTicketView)))]
pub async fn make_push_ticket(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<(StatusCode, JsonBody<PushTicketView>)> {
    let by = caller.signed_in()?;
    let of = PushSession { login: by.login.clone(), session: by.session.clone(), user: by.user.clone() };
    let none = || ApiError::internal("this function has no PUSH_URL");
    let address = app.pages.address().ok_or_else(none)?;
    let ticket = make_ticket(&*app.push, &*app.ids, (&caller.workspace, of), app.clock.now()).await?;
    let url = format!("{address}?ticket={ticket}");
    Ok((StatusCode::CREATED, JsonBody(PushTicketView { url, valid_seconds: TICKET_VALID.as_secs() })))
}
