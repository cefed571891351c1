//! `/api/tasks*`: what a user should do. `/api/calls*`: the calls among it, in the order of their value, those made, their
//! recordings and costs, and the one that a user makes now.

mod call_queue_view;
mod call_view;
mod cancel_task;
mod change_task;
mod confirm_phone;
mod create_task;
mod delete_recording;
mod get_call_queue;
mod get_call_stats;
mod get_my_call;
mod get_recording;
mod get_task;
mod hang_up;
mod list_calls;
mod list_tasks;
mod place_call;
mod read_phone_code;
mod recording_view;
mod task_fields;
mod task_owner;
mod task_view;
#[cfg(test)]
mod tests;

use application::lead::sight::sees_lead;
use application::ports::conversations::ConversationStore;
use application::ports::due::DueStore;
use application::ports::lead_access::LeadAccessStore;
use application::ports::leads::LeadStore;
use application::ports::tasks::TaskStore;
use application::tasks::close_task::TaskPorts;
use application::tasks::place_call::CallPorts;
use application::tasks::recordings::RecordingPorts;
use application::{Clock, Ids};
use domain::UserId;
use domain::workspace::api_key::ApiScope::{TasksRead, TasksWrite};
use http_api::Access::{Manager, ReadOnly, Rep};
use http_api::IdUse::OwnScope;
use http_api::{ApiError, ApiResult, Caller, Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        tasks: Arc<dyn TaskStore>,
        leads: Arc<dyn LeadStore>,
        lead_access: Arc<dyn LeadAccessStore>,
        closing: TaskPorts = TaskPorts::new,
        calling: CallPorts = CallPorts::new,
        recordings: RecordingPorts = RecordingPorts::new,
        conversations: Arc<dyn ConversationStore>,
        due: Arc<dyn DueStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    }
}

impl App {
    /// Answers 422 unless this is an active user who sees the lead of this owner.
    pub(crate) async fn check_owner(
        &self,
        caller: &Caller,
        user: &UserId,
        lead_owner: Option<&UserId>,
    ) -> ApiResult<()> {
        match sees_lead(&*self.lead_access, &caller.workspace, user, lead_owner).await? {
            true => Ok(()),
            false => {
                Err(ApiError::invalid("owner", "is an active member of this workspace who sees the lead"))
            }
        }
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/tasks")
        .group("/api/calls")
        .for_keys(TasksRead, TasksWrite)
        .add(ReadOnly.narrowed(), routes!(list_tasks::list_tasks))
        .add(Rep.narrowed().naming(&[("lead_id", OwnScope)]), routes!(create_task::create_task))
        .add(ReadOnly.of_lead("id"), routes!(get_task::get_task))
        .add(Rep.of_lead("id"), routes!(change_task::change_task))
        .add(Rep.of_lead("id"), routes!(cancel_task::cancel_task))
        .add(ReadOnly.narrowed(), routes!(list_calls::list_calls))
        .add(ReadOnly.narrowed(), routes!(get_call_queue::get_call_queue))
        .add(ReadOnly.narrowed(), routes!(get_call_stats::get_call_stats))
        .for_users_only()
        .add(Rep.narrowed(), routes!(place_call::place_call))
        .add(Rep.narrowed(), routes!(read_phone_code::read_phone_code))
        .add(Rep.narrowed(), routes!(confirm_phone::confirm_phone))
        .add(ReadOnly.narrowed(), routes!(get_my_call::get_my_call))
        .add(Rep.narrowed(), routes!(hang_up::hang_up))
        .add(Rep.of_lead("id"), routes!(get_recording::get_recording))
        .add(Manager.of_lead("id"), routes!(delete_recording::delete_recording))
}
