//! `/api/settings*`, `/api/team*`, `/api/keys*` and `/api/spend*`: the workspace's settings, provider accounts, trigger
//! rules, Slack channel, suppression list, users, API keys, and what look-ups and models cost.

mod account_checks;
mod account_view;
mod add_suppression;
mod call_changes;
mod change_account;
mod change_member;
mod change_rule;
mod change_settings;
mod check_tracking_domain;
mod connect_account;
mod countries;
mod create_account;
mod create_key;
mod create_rule;
mod delete_account;
mod delete_rule;
mod disconnect_account;
mod disconnect_slack;
mod export_suppressions;
mod finish_connecting;
mod get_account;
mod get_account_why;
mod get_routing;
mod get_settings;
mod get_slack;
mod get_spend;
mod get_tracking_domain;
mod get_workspace_why;
mod grant_access;
mod import_suppressions;
mod invitation_view;
mod invite_member;
mod judge_visits;
mod keep_suppression;
mod key_view;
mod lift_suppression;
mod list_access_log;
mod list_accounts;
mod list_invitations;
mod list_keys;
mod list_model_suppressions;
mod list_rules;
mod list_senders;
mod list_suppressions;
mod list_team;
mod member_view;
mod offer_reset;
mod pause_account;
mod preview_routing;
mod propose_mailbox;
mod recording_changes;
mod remove_tracking_domain;
mod resend_invitation;
mod restore_suppression;
mod resume_account;
mod revoke_invitation;
mod revoke_key;
mod routing_view;
mod send_test_mail;
mod set_routing;
mod set_slack;
mod set_spend_settings;
mod set_tracking_domain;
mod settings_view;
mod slack_view;
mod spend_view;
mod stop_sending;
mod suppression_view;
mod test_account;
mod test_slack;
#[cfg(test)]
mod tests;
mod tracking_domain_view;
mod web_address;

use application::identity::access_log::AccessLog;
use application::identity::stage_keys::StageKeys;
use application::lead::model_suppressions::ModelSuppressionPorts;
use application::lead::routing::RoutingPorts;
use application::lead::suppressing::SuppressPorts;
use application::ports::access_log::AccessLogStore;
use application::ports::accounts::{AccountStore, Vault};
use application::ports::api_keys::ApiKeyStore;
use application::ports::campaigns::CampaignStore;
use application::ports::circuit_breakers::BreakerStore;
use application::ports::declarations::Declarations;
use application::ports::due::DueStore;
use application::ports::enrolments::EnrolmentStore;
use application::ports::leads::LeadStore;
use application::ports::logins::LoginStore;
use application::ports::mailbox_finder::MailboxFinder;
use application::ports::mailbox_grants::MailboxGrants;
use application::ports::mailbox_push::MailboxPush;
use application::ports::mailbox_readings::MailboxReadingStore;
use application::ports::mailboxes::MailboxReader;
use application::ports::notifications::NotificationStore;
use application::ports::outbox::Outbox;
use application::ports::provider_calls::{AccountTrial, MailSender};
use application::ports::quotas::QuotaStore;
use application::ports::rate_limits::RateLimitStore;
use application::ports::sign_up_rule::SignUpRule;
use application::ports::spend::SpendStore;
use application::ports::stages::StageStore;
use application::ports::suppressions::SuppressionStore;
use application::ports::system_mail::SystemMail;
use application::ports::trigger_rules::RuleStore;
use application::ports::users::UserStore;
use application::ports::workspaces::WorkspaceStore;
use application::workspace::slack::SlackPorts;
use application::workspace::tracking_domain::DomainPorts;
use application::{Clock, Ids};
use domain::workspace::api_key::ApiScope::{SuppressionsRead, SuppressionsWrite};
use http_api::Access::{Admin, Manager, ReadOnly, Rep};
use http_api::{Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        workspaces: Arc<dyn WorkspaceStore>,
        accounts: Arc<dyn AccountStore>,
        declarations: Arc<dyn Declarations>,
        breakers: Arc<dyn BreakerStore>,
        quotas: Arc<dyn QuotaStore>,
        vault: Arc<dyn Vault>,
        trial: Arc<dyn AccountTrial>,
        grants: Arc<dyn MailboxGrants>,
        mailbox_finder: Arc<dyn MailboxFinder>,
        notifications: Arc<dyn NotificationStore>,
        mail: Arc<dyn MailSender>,
        mailbox_push: Arc<dyn MailboxPush>,
        mailbox_reader: Arc<dyn MailboxReader>,
        mailbox_readings: Arc<dyn MailboxReadingStore>,
        model_suppressions: ModelSuppressionPorts = ModelSuppressionPorts::new,
        routing: RoutingPorts = RoutingPorts::new,
        rules: Arc<dyn RuleStore>,
        stages: Arc<dyn StageStore>,
        slack: SlackPorts = SlackPorts::new,
        spend: Arc<dyn SpendStore>,
        suppressions: Arc<dyn SuppressionStore>,
        suppressing: SuppressPorts = SuppressPorts::new,
        system_mail: Arc<dyn SystemMail>,
        sign_up_rule: SignUpRule,
        users: Arc<dyn UserStore>,
        logins: Arc<dyn LoginStore>,
        api_keys: Arc<dyn ApiKeyStore>,
        access: AccessLog = AccessLog::new,
        access_log: Arc<dyn AccessLogStore>,
        campaigns: Arc<dyn CampaignStore>,
        leads: Arc<dyn LeadStore>,
        limits: Arc<dyn RateLimitStore>,
        due: Arc<dyn DueStore>,
        enrolments: Arc<dyn EnrolmentStore>,
        outbox: Arc<dyn Outbox>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        keys: Arc<StageKeys>,
        public_url: Arc<str>,
        tracking_target: Arc<str>,
        tracking_domain: DomainPorts = DomainPorts::new,
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/settings")
        .group("/api/team")
        .group("/api/keys")
        .group("/api/spend")
        .add(ReadOnly.without_leads(), routes!(get_settings::get_settings))
        .add(Admin, routes!(change_settings::change_settings))
        .add(Admin, routes!(judge_visits::judge_visits))
        .add(ReadOnly.without_leads(), routes!(get_tracking_domain::get_tracking_domain))
        .add(Admin, routes!(set_tracking_domain::set_tracking_domain))
        .add(Admin, routes!(check_tracking_domain::check_tracking_domain))
        .add(Admin, routes!(remove_tracking_domain::remove_tracking_domain))
        .add(Rep.without_leads(), routes!(stop_sending::stop_sending))
        .add(ReadOnly.without_leads(), routes!(get_workspace_why::get_workspace_why))
        .add(ReadOnly.without_leads(), routes!(list_accounts::list_accounts))
        .add(ReadOnly.without_leads(), routes!(list_senders::list_senders))
        .add(Admin, routes!(propose_mailbox::propose_mailbox))
        .add(Admin, routes!(create_account::create_account))
        .add(ReadOnly.without_leads(), routes!(get_account::get_account))
        .add(ReadOnly.without_leads(), routes!(get_account_why::get_account_why))
        .add(Admin, routes!(change_account::change_account))
        .add(Rep.without_leads(), routes!(connect_account::connect_account))
        .add(Rep.without_leads(), routes!(finish_connecting::finish_connecting))
        .add(Rep.without_leads(), routes!(disconnect_account::disconnect_account))
        .add(Rep.without_leads(), routes!(test_account::test_account))
        .add(Rep.without_leads(), routes!(send_test_mail::send_test_mail))
        .add(Rep.without_leads(), routes!(pause_account::pause_account))
        .add(Rep.without_leads(), routes!(resume_account::resume_account))
        .add(Admin, routes!(delete_account::delete_account))
        .add(Admin, routes!(lift_suppression::lift_suppression))
        .add(Admin, routes!(restore_suppression::restore_suppression))
        .add(Admin, routes!(list_model_suppressions::list_model_suppressions))
        .add(Admin, routes!(keep_suppression::keep_suppression))
        .add(ReadOnly.without_leads(), routes!(list_rules::list_rules))
        .add(Manager.without_leads(), routes!(create_rule::create_rule))
        .add(Manager.without_leads(), routes!(change_rule::change_rule))
        .add(Manager.without_leads(), routes!(delete_rule::delete_rule))
        .add(ReadOnly.without_leads(), routes!(get_routing::get_routing))
        .add(Manager.without_leads(), routes!(set_routing::set_routing))
        .add(Manager.without_leads(), routes!(preview_routing::preview_routing))
        .add(Admin, routes!(get_slack::get_slack))
        .add(Admin, routes!(set_slack::set_slack))
        .add(Admin, routes!(disconnect_slack::disconnect_slack))
        .add(Admin, routes!(test_slack::test_slack))
        .add(ReadOnly.with_totals(), routes!(get_spend::get_spend))
        .add(Admin, routes!(set_spend_settings::set_spend_settings))
        .add(ReadOnly.without_leads(), routes!(list_team::list_team))
        .add(Admin, routes!(invite_member::invite_member))
        .add(Admin, routes!(list_invitations::list_invitations))
        .add(Admin, routes!(resend_invitation::resend_invitation))
        .add(Admin, routes!(revoke_invitation::revoke_invitation))
        .add(Admin, routes!(offer_reset::offer_reset))
        .add(Admin, routes!(change_member::change_member))
        .add(Admin, routes!(list_access_log::list_access_log))
        .add(Admin, routes!(list_keys::list_keys))
        .add(Admin, routes!(create_key::create_key))
        .add(Admin, routes!(revoke_key::revoke_key))
        .for_keys(SuppressionsRead, SuppressionsWrite)
        .add(ReadOnly, routes!(list_suppressions::list_suppressions))
        .add(ReadOnly, routes!(export_suppressions::export_suppressions))
        .add(Rep, routes!(add_suppression::add_suppression))
        .add(Rep, routes!(import_suppressions::import_suppressions))
}
