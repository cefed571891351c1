//! A user's call as the API shows it.

use domain::workspace::call::{Call, CallEnd, CallState};
use domain::workspace::task::TaskOutcome;
use domain::{CallId, LeadId, TaskId};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CallView {
    pub id: CallId,
    pub lead_id: LeadId,
    /// The open task that asks for the call.
    pub task_id: Option<TaskId>,
    pub state: CallState,
    /// How the call has ended; null while it goes on.
    pub end: Option<CallEnd>,
    /// The outcome that is proposed; null where the lead's phone did not ring.
    pub proposed: Option<TaskOutcome>,
    /// How long the lead was on the phone; null until the provider tells.
    pub seconds: Option<u32>,
    pub placed_at: Timestamp,
}

impl CallView {
    pub fn of(call: Call, now: Timestamp) -> Self {
        let end = call.end(now);
        Self {
            lead_id: call.id.lead(),
            state: call.state(now),
            end,
            proposed: end.and_then(CallEnd::proposed),
            id: call.id,
            task_id: call.task,
            seconds: call.seconds,
            placed_at: call.placed_at,
        }
    }
}
