//! `POST /api/inbox/{lead_id}/possible-opt-out`: says of a lead that is held for a possible opt-out whether it has opted
//! out. If so, it is suppressed as by an opt-out; if not, the hold is lifted at once.

use crate::App;
use application::lead::change::change_lead;
use application::ports::store::found;
use axum::extract::State;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::opt_out_hold::OptOutHold;
use domain::message::Message;
use domain::message::understanding::ReplyKind;
use domain::{LeadId, MessageId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PossibleOptOutAnswer {
    /// Whether the lead has opted out.
    opted_out: bool,
    /// The latest message of the hold that the user has seen.
    message_id: MessageId,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PossibleOptOutState {
    /// The hold, while it stands: after an opt-out until the suppression list has it.
    pub possible_opt_out: Option<OptOutHold>,
}

#[utoipa::path(post, path = "/api/inbox/{lead_id}/possible-opt-out", operation_id = "answer_possible_opt_out",
    params(("lead_id" = LeadId, Path)), request_body = PossibleOptOutAnswer,
    responses((status = 200, body = PossibleOptOutState)))]
pub async fn answer_possible_opt_out(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    JsonBody(answer): JsonBody<PossibleOptOutAnswer>,
) -> ApiResult<JsonBody<PossibleOptOutState>> {
    let lead = app.leads.get(&caller.workspace, &id).await?;
    let Some(hold) = &lead.opt_out_hold else {
        // A repeat: the lead is not held any more.
        return Ok(JsonBody(PossibleOptOutState { possible_opt_out: None }));
    };
    if hold.messages.last() != Some(&answer.message_id) {
        let detail =
            "The lead has written again since. Read that message, then say whether they have opted out.";
        return Err(ApiError::conflict("newer_message", detail));
    }
    let kind = if answer.opted_out { ReplyKind::OptOut } else { ReplyKind::Person };
    let mut is_heard = false;
    let mut settled = Vec::new();
    for id in &hold.messages {
        let message = found(app.messages.get(&caller.workspace, id).await)?;
        match message.as_ref().and_then(|message| Some((message, message.understood.as_ref()?))) {
            Some((message, read)) if read.kind == ReplyKind::PossibleOptOut => {
                app.correct(&caller, message, &read.corrected(kind, None)).await?;
                is_heard = true;
            }
            // A colleague has just said that it is one: the suppression list will have it.
            Some((_, read)) if read.kind == ReplyKind::OptOut => {
                is_heard = true;
                continue;
            }
            _ => {}
        }
        settled.push(id);
    }
    let event =
        || Event::new(EventKind::OptOutHoldSettled, caller.actor(), app.clock.now()).because(id.as_str());
    let change = |lead: &mut Lead| {
        let settles =
            |lead: &mut Lead| settled.iter().fold(false, |done, message| lead.settle_hold(message) | done);
        match answer.opted_out {
            // The hold goes once the list has the address.
            true if is_heard => None,
            // The messages went with another lead, and nothing tells their address any more.
            true => {
                lead.do_not_contact = true;
                settles(lead).then(event)
            }
            false => settles(lead).then(event),
        }
    };
    let lead = change_lead(&*app.leads, &caller.workspace, &id, change).await?;
    Ok(JsonBody(PossibleOptOutState { possible_opt_out: lead.opt_out_hold }))
}

impl App {
    /// Lifts the hold that a message has set, because a user says that it is no opt-out.
    pub(crate) async fn release(&self, caller: &Caller, message: &Message) -> ApiResult<()> {
        let event = || {
            let event = Event::new(EventKind::OptOutHoldSettled, caller.actor(), self.clock.now());
            event.because(message.id.as_str())
        };
        let settle = |lead: &mut Lead| lead.settle_hold(&message.id).then(event);
        found(change_lead(&*self.leads, &caller.workspace, &message.id.lead(), settle).await)?;
        Ok(())
    }
}
