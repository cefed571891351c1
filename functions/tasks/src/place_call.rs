//! `POST /api/calls`: rings the caller's own phone, and connects a lead once they press a key. The provider is asked
//! once; a repeat of the request returns the same call.

use crate::App;
use crate::call_view::CallView;
use application::tasks::place_call::{NewCall, NotPlaced, place_call as place};
use axum::extract::State;
use domain::contact::phone_number::PhoneNumber;
use domain::workspace::call::{CallSide, LeadNumber};
use domain::workspace::call_rules::NotRung;
use domain::{CallId, LeadId, TaskId};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, KeyedId, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedCall {
    lead_id: LeadId,
    /// One of the lead's numbers.
    number: PhoneNumber,
    /// The open task that asks for the call.
    #[serde(default)]
    task_id: Option<TaskId>,
}

#[utoipa::path(post, path = "/api/calls", operation_id = "place_call", request_body = WantedCall,
    responses((status = 201, body = CallView)))]
pub async fn place_call(
    State(app): State<Arc<App>>,
    caller: Caller,
    KeyedId(key): KeyedId,
    JsonBody(wanted): JsonBody<WantedCall>,
) -> ApiResult<(StatusCode, JsonBody<CallView>)> {
    let user = &caller.signed_in()?.user;
    let lead = caller.seen(app.leads.get(&caller.workspace, &wanted.lead_id).await);
    let lead =
        lead.map_err(|error| ApiError::from_missing(error, "lead_id", "is not a lead of this workspace"))?;
    let is_it = |number: &LeadNumber| number.of(&lead) == Some(&wanted.number);
    let number = LeadNumber::ALL.into_iter().find(is_it);
    let number = number.ok_or_else(|| ApiError::invalid("number", "is not a number of this lead"))?;
    if let Some(id) = &wanted.task_id {
        let task = app.tasks.get(&caller.workspace, id).await;
        let task = task.map_err(|error| ApiError::from_missing(error, "task_id", "is not a task"))?;
        if task.id.lead() != lead.id || !task.is_call() || task.done_at.is_some() {
            return Err(ApiError::invalid("task_id", "must be an open call of this lead"));
        }
    }
    let id = match &key {
        Some(key) => CallId::derived(&lead.id, &["placed", key]),
        None => CallId::new(&lead.id, app.ids.next()),
    };
    let new = NewCall { id, user, lead: &lead, number, task: wanted.task_id };
    let call = place(&app.calling, new).await.map_err(not_placed)?;
    Ok((StatusCode::CREATED, JsonBody(CallView::of(call, app.clock.now()))))
}

fn not_rung(side: CallSide, why: NotRung) -> (&'static str, String) {
    let whose = match side {
        CallSide::User => "Your own phone",
        CallSide::Lead => "This lead's phone",
    };
    match why {
        NotRung::HigherRate => {
            ("higher_rate", format!("{whose} has a number of a higher rate, which is not called."))
        }
        NotRung::Country(country) => {
            let place = country.map_or("no country that can be told", |country| country.name());
            let lead = match side {
                CallSide::User => "",
                CallSide::Lead => " If the lead is there, enter its country.",
            };
            let detail = format!(
                "{whose} is in {place}, where this workspace does not call. An admin can allow it under Settings, Sending.{lead}"
            );
            ("country_not_allowed", detail)
        }
    }
}

pub(crate) fn not_placed(reason: NotPlaced) -> ApiError {
    let (code, detail) = match reason {
        NotPlaced::DoNotContact => ("do_not_contact", "This lead must not be contacted.".to_owned()),
        NotPlaced::PossibleOptOut => {
            ("possible_opt_out", "This lead may have opted out. Say whether they have, then call.".to_owned())
        }
        NotPlaced::Suppressed => ("suppressed", "This number is on the suppression list.".to_owned()),
        NotPlaced::QuietHours => {
            ("quiet_hours", "It is night where the lead is. Call between 8:00 and 21:00 there.".to_owned())
        }
        NotPlaced::NotRung(side, why) => not_rung(side, why),
        NotPlaced::NoPhone => {
            ("no_phone", "Enter the number of your own phone in your profile, then call.".to_owned())
        }
        NotPlaced::PhoneNotProven => (
            "phone_not_proven",
            "Confirm the number of your own phone in your profile, then call.".to_owned(),
        ),
        NotPlaced::NoAccount => {
            ("no_calling_account", "No account of this workspace places calls.".to_owned())
        }
        NotPlaced::GoesOn => ("call_goes_on", "You are on another call. End it first.".to_owned()),
        NotPlaced::PlacedBefore => (
            "call_was_placed",
            "This call was placed before, and you have called since. Call anew.".to_owned(),
        ),
        NotPlaced::TurnedDown => {
            ("call_was_turned_down", "This request was turned down before. Call anew.".to_owned())
        }
        NotPlaced::CapReached => {
            ("cap_reached", "The month's cap leaves too little for a call. An admin can raise it.".to_owned())
        }
        NotPlaced::Refused(why) => ("call_refused", format!("The provider refused the call: {why}")),
        NotPlaced::Store(error) => return error.into(),
        NotPlaced::Seal(error) => {
            return ApiError::internal("an account's secret cannot be opened").because(error);
        }
    };
    ApiError::conflict(code, detail)
}
