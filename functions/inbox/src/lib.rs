//! `/api/inbox*` and `/api/messages*`: conversations, replies and messages.

mod answer_conversation;
mod assign_conversation;
mod conversation_view;
mod correct_understanding;
mod finish_conversation;
mod get_conversation;
mod get_message;
mod list_conversations;
mod list_messages;
mod list_unmatched;
mod message_view;
mod read_conversation;
mod reopen_conversation;
#[cfg(test)]
mod tests;

use application::Clock;
use application::inbox::compose_by_hand::WritePorts;
use application::ports::campaigns::CampaignStore;
use application::ports::conversations::ConversationStore;
use application::ports::leads::LeadStore;
use application::ports::messages::MessageStore;
use application::ports::outbox::Outbox;
use application::ports::suppressions::SuppressionStore;
use application::ports::users::UserStore;
use application::ports::workspaces::WorkspaceStore;
use http_api::Access::{ReadOnly, Rep};
use http_api::{Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        conversations: Arc<dyn ConversationStore>,
        messages: Arc<dyn MessageStore>,
        outbox: Arc<dyn Outbox>,
        leads: Arc<dyn LeadStore>,
        campaigns: Arc<dyn CampaignStore>,
        suppressions: Arc<dyn SuppressionStore>,
        users: Arc<dyn UserStore>,
        workspaces: Arc<dyn WorkspaceStore>,
        writing: WritePorts = WritePorts::new,
        clock: Arc<dyn Clock>,
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/inbox")
        .group("/api/messages")
        .add(ReadOnly, routes!(list_conversations::list_conversations))
        .add(ReadOnly, routes!(list_unmatched::list_unmatched))
        .add(ReadOnly, routes!(get_conversation::get_conversation))
        .add(Rep, routes!(answer_conversation::answer_conversation))
        .add(Rep, routes!(finish_conversation::finish_conversation))
        .add(Rep, routes!(reopen_conversation::reopen_conversation))
        .add(Rep, routes!(read_conversation::read_conversation))
        .add(Rep, routes!(assign_conversation::assign_conversation))
        .add(ReadOnly, routes!(list_messages::list_messages))
        .add(ReadOnly, routes!(get_message::get_message))
        .add(Rep, routes!(correct_understanding::correct_understanding))
}
