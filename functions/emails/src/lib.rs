//! `/api/emails*` and `/api/ai*`: one-off messages, bulk messages and drafts, and what a model does for a draft.

mod bulk_message_body;
mod bulk_message_view;
mod cancel_bulk_message;
mod cancel_email;
mod change_prompt;
mod check_bulk_message;
mod delete_draft;
mod draft_reply;
mod draft_view;
mod get_ai_usage;
mod get_bulk_message;
mod get_draft;
mod get_email;
mod get_lead_draft;
mod get_prompt;
mod get_senders;
mod list_bulk_messages;
mod list_prompt_versions;
mod list_prompts;
mod list_uncertain;
mod prompt_view;
mod rewrite_draft;
mod save_draft;
mod score_draft;
mod send_email;
mod send_test;
mod settle_email;
mod start_bulk_message;
#[cfg(test)]
mod tests;
mod try_prompt;
mod write_sequence;

use application::ai::AiPorts;
use application::bulk_messages::start::BulkMessagePorts;
use application::inbox::compose_by_hand::WritePorts;
use application::lead::list::LeadLists;
use application::ports::accounts::AccountStore;
use application::ports::custom_fields::CustomFieldStore;
use application::ports::icps::IcpStore;
use application::ports::leads::LeadStore;
use application::ports::messages::MessageStore;
use application::ports::prompts::PromptStore;
use application::ports::rate_limits::RateLimitStore;
use application::ports::spend::SpendStore;
use application::ports::stats::StatsStore;
use application::ports::users::UserStore;
use application::ports::workspaces::WorkspaceStore;
use application::sending::uncertain::SettlePorts;
use application::{Clock, Ids};
use http_api::Access::{Admin, ReadOnly, Rep};
use http_api::{Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        messages: Arc<dyn MessageStore>,
        leads: Arc<dyn LeadStore>,
        lists: LeadLists = LeadLists::new,
        accounts: Arc<dyn AccountStore>,
        custom_fields: Arc<dyn CustomFieldStore>,
        icps: Arc<dyn IcpStore>,
        users: Arc<dyn UserStore>,
        workspaces: Arc<dyn WorkspaceStore>,
        limits: Arc<dyn RateLimitStore>,
        prompts: Arc<dyn PromptStore>,
        ai: AiPorts = AiPorts::new,
        writing: WritePorts = WritePorts::new,
        bulk_messages: BulkMessagePorts = BulkMessagePorts::new,
        spend: Arc<dyn SpendStore>,
        stats: Arc<dyn StatsStore>,
        settling: SettlePorts = SettlePorts::new,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        public_url: Arc<str>,
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/emails")
        .group("/api/ai")
        .add(Rep.without_leads(), routes!(rewrite_draft::rewrite_draft))
        .add(Rep.without_leads(), routes!(score_draft::score_draft))
        .add(Rep.narrowed(), routes!(draft_reply::draft_reply))
        .add(Rep.without_leads(), routes!(write_sequence::write_sequence))
        .add(ReadOnly.without_leads(), routes!(get_ai_usage::get_ai_usage))
        .add(ReadOnly.without_leads(), routes!(list_prompts::list_prompts))
        .add(ReadOnly.without_leads(), routes!(get_prompt::get_prompt))
        .add(Admin, routes!(change_prompt::change_prompt))
        .add(Admin, routes!(try_prompt::try_prompt))
        .add(ReadOnly.without_leads(), routes!(list_prompt_versions::list_prompt_versions))
        .add(ReadOnly.narrowed(), routes!(get_senders::get_senders))
        .add(Rep.narrowed(), routes!(send_email::send_email))
        .add(Rep.narrowed(), routes!(send_test::send_test))
        .add(Rep.narrowed(), routes!(check_bulk_message::check_bulk_message))
        .add(Rep.narrowed(), routes!(start_bulk_message::start_bulk_message))
        .add(ReadOnly.narrowed(), routes!(list_bulk_messages::list_bulk_messages))
        .add(ReadOnly.narrowed(), routes!(get_bulk_message::get_bulk_message))
        .add(Rep.narrowed(), routes!(cancel_bulk_message::cancel_bulk_message))
        .add(ReadOnly.narrowed(), routes!(list_uncertain::list_uncertain))
        .add(ReadOnly.of_lead("id"), routes!(get_email::get_email))
        .add(Rep.of_lead("id"), routes!(cancel_email::cancel_email))
        .add(Rep.of_lead("id"), routes!(settle_email::settle_email))
        .add(Rep.narrowed(), routes!(save_draft::save_draft))
        .add(Rep.narrowed(), routes!(get_draft::get_draft))
        .add(Rep.of_lead("lead"), routes!(get_lead_draft::get_lead_draft))
        .add(Rep.narrowed(), routes!(delete_draft::delete_draft))
}
