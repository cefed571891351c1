//! `/api/inbox*` and `/api/messages*`: conversations, replies and messages.

mod answer_conversation;
mod answer_draft_view;
mod answer_possible_opt_out;
mod approve_answer_draft;
mod assign_conversation;
mod conversation_view;
mod correct_understanding;
mod dismiss_unmatched;
mod finish_conversation;
mod get_conversation;
mod get_message;
mod get_message_html;
mod link_unmatched;
mod list_answer_drafts;
mod list_conversations;
mod list_messages;
mod list_unmatched;
mod message_view;
mod read_conversation;
mod redraft_answer;
mod refuse_answer_draft;
mod remember_address;
mod reopen_conversation;
mod restore_answer_draft;
mod restore_unmatched;
mod safe_html;
mod suggest_leads;
#[cfg(test)]
mod tests;
mod unmatched_view;

use application::Clock;
use application::ai::AiPorts;
use application::identity::stage_keys::StageKeys;
use application::inbox::compose_by_hand::WritePorts;
use application::lead::list::LeadLists;
use application::lead::suppressing::SuppressPorts;
use application::ports::accounts::AccountStore;
use application::ports::blobs::Blobs;
use application::ports::campaigns::CampaignStore;
use application::ports::conversations::ConversationStore;
use application::ports::lead_access::LeadAccessStore;
use application::ports::leads::LeadStore;
use application::ports::messages::MessageStore;
use application::ports::outbox::Outbox;
use application::ports::suppressions::SuppressionStore;
use application::ports::users::UserStore;
use application::ports::workspaces::WorkspaceStore;
use domain::workspace::api_key::ApiScope::{InboxRead, InboxWrite};
use http_api::Access::{ReadOnly, Rep, Signed};
use http_api::IdUse::OwnScope;
use http_api::{Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        accounts: Arc<dyn AccountStore>,
        blobs: Arc<dyn Blobs>,
        conversations: Arc<dyn ConversationStore>,
        messages: Arc<dyn MessageStore>,
        outbox: Arc<dyn Outbox>,
        leads: Arc<dyn LeadStore>,
        lead_access: Arc<dyn LeadAccessStore>,
        lists: LeadLists = LeadLists::new,
        campaigns: Arc<dyn CampaignStore>,
        suppressions: Arc<dyn SuppressionStore>,
        suppressing: SuppressPorts = SuppressPorts::new,
        users: Arc<dyn UserStore>,
        workspaces: Arc<dyn WorkspaceStore>,
        writing: WritePorts = WritePorts::new,
        ai: AiPorts = AiPorts::new,
        clock: Arc<dyn Clock>,
        keys: Arc<StageKeys>,
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/inbox")
        .group("/api/messages")
        .for_keys(InboxRead, InboxWrite)
        .add(ReadOnly.narrowed(), routes!(list_conversations::list_conversations))
        .add(ReadOnly.narrowed(), routes!(list_answer_drafts::list_answer_drafts))
        .add(ReadOnly, routes!(list_unmatched::list_unmatched))
        .add(ReadOnly, routes!(suggest_leads::suggest_leads))
        .add(ReadOnly.of_lead("lead_id"), routes!(get_conversation::get_conversation))
        .add(Rep.of_lead("lead_id"), routes!(finish_conversation::finish_conversation))
        .add(Rep.of_lead("lead_id"), routes!(reopen_conversation::reopen_conversation))
        .add(Rep.of_lead("lead_id"), routes!(read_conversation::read_conversation))
        .add(Rep.of_lead("lead_id"), routes!(assign_conversation::assign_conversation))
        .add(Rep.of_lead("lead_id"), routes!(remember_address::remember_address))
        .add(ReadOnly.narrowed().naming(&[("query.lead", OwnScope)]), routes!(list_messages::list_messages))
        .add(ReadOnly.of_lead("id"), routes!(get_message::get_message))
        .for_users_only()
        .add(Rep, routes!(link_unmatched::link_unmatched))
        .add(Rep, routes!(dismiss_unmatched::dismiss_unmatched))
        .add(Rep, routes!(restore_unmatched::restore_unmatched))
        .add(Rep.of_lead("lead_id"), routes!(answer_conversation::answer_conversation))
        .add(Rep.of_lead("lead_id"), routes!(answer_possible_opt_out::answer_possible_opt_out))
        .add(Rep.of_lead("lead_id"), routes!(approve_answer_draft::approve_answer_draft))
        .add(Rep.of_lead("lead_id"), routes!(refuse_answer_draft::refuse_answer_draft))
        .add(Rep.of_lead("lead_id"), routes!(restore_answer_draft::restore_answer_draft))
        .add(Rep.of_lead("lead_id"), routes!(redraft_answer::redraft_answer))
        .add(Signed, routes!(get_message_html::get_message_html))
        .add(Rep.of_lead("message_id"), routes!(correct_understanding::correct_understanding))
}
