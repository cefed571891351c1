//! A row of the calls page as the API shows it.

use crate::task_view::TaskView;
use domain::LeadId;
use domain::contact::channel::Channel;
use domain::lead::score::score;
use domain::lead::{Lead, Temperature};
use domain::message::conversation::Conversation;
use domain::time::time_zone::ZoneName;
use domain::workspace::call_queue::{CallHours, QueueRow, ValuePart};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CallQueueRow {
    pub lead_id: LeadId,
    pub lead_name: String,
    pub company: Option<String>,
    pub city: Option<String>,
    pub job_title: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub do_not_contact: bool,
    /// Whether a message of the lead may be an opt-out and no user has decided yet: it is not called until then.
    pub possible_opt_out: bool,
    /// Whether the lead has become a client.
    pub is_client: bool,
    pub score: u8,
    pub temperature: Temperature,
    /// What makes the lead worth a call now.
    pub reason: String,
    /// When the task is due, or the reply came in.
    pub at: Timestamp,
    pub late: bool,
    /// The task that closes the row. A reply that waits has none: it leaves the queue when it is answered.
    pub task: Option<TaskView>,
    /// Whether it is a time to call: 9 to 18, Monday to Friday, on the lead's clock.
    pub hours: CallHoursState,
    pub zone: Option<ZoneName>,
    /// When their hours open, if they are closed.
    pub opens_at: Option<Timestamp>,
    pub last_message: Option<LastMessage>,
    pub value: i32,
    /// Why the row stands where it does: the parts of its value.
    pub parts: Vec<ValuePart>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallHoursState {
    Open,
    Closed,
    Unknown,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LastMessage {
    pub channel: Channel,
    pub at: Timestamp,
    /// The first 140 characters of what the lead wrote.
    pub text: String,
}

impl CallQueueRow {
    pub fn of(row: QueueRow, lead: &Lead, conversation: Option<&Conversation>, now: Timestamp) -> Self {
        let value = row.value();
        let (hours, zone, opens_at) = match row.hours {
            CallHours::Open { zone } => (CallHoursState::Open, Some(zone), None),
            CallHours::Closed { zone, opens_at } => (CallHoursState::Closed, Some(zone), Some(opens_at)),
            CallHours::Unknown => (CallHoursState::Unknown, None, None),
        };
        Self {
            lead_id: lead.id.clone(),
            lead_name: lead.display_name(),
            company: lead.company.clone(),
            city: lead.city.clone(),
            job_title: lead.job_title.clone(),
            phone: lead.phone.as_ref().map(ToString::to_string),
            email: lead.email.as_ref().map(ToString::to_string),
            do_not_contact: lead.do_not_contact,
            possible_opt_out: lead.opt_out_hold.is_some(),
            is_client: lead.is_client(),
            score: score(lead, now).total,
            temperature: lead.temperature(now),
            reason: row.reason,
            at: row.at,
            late: row.is_late,
            task: row.task.map(TaskView::from),
            hours,
            zone,
            opens_at,
            last_message: conversation.map(|conversation| LastMessage {
                channel: conversation.channel,
                at: conversation.last_at,
                text: conversation.snippet.clone(),
            }),
            value,
            parts: row.parts,
        }
    }
}
