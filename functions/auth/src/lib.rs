//! `/api/auth/*`: sign-up, sign-in, its second step, passkeys and providers, sessions, the signed-in user and their workspaces, password changes and resets,
//! accepting invitations.

mod accept_invitation;
mod add_passkey;
mod attempt_cookie;
mod begin_passkey;
mod begin_passkey_sign_in;
mod begin_totp;
mod change_me;
mod change_password;
mod confirm_login;
mod confirm_totp;
mod connect_identity;
mod disconnect_identity;
mod end_session;
mod forget_password;
mod get_me;
mod get_second_factor;
mod get_sign_up;
mod join_by_provider;
mod leave_workspace;
mod limits;
mod list_identities;
mod list_passkeys;
mod list_sessions;
mod list_sign_in_providers;
mod list_workspaces;
mod log_in;
mod log_out;
mod log_out_others;
mod mail_address_link;
mod open_provider_page;
mod prove_address;
mod read_invitation;
mod refresh_session;
mod remove_passkey;
mod rename_passkey;
mod renew_recovery_codes;
mod reset_password;
mod return_from_provider;
mod session_view;
mod sign_in_by_passkey;
mod sign_in_by_provider;
mod sign_up;
mod sign_up_by_provider;
mod switch_off_totp;
mod switch_workspace;
#[cfg(test)]
mod tests;
mod verify_totp;

use application::identity::access_log::AccessLog;
use application::identity::sign_up::SignUpPorts;
use application::identity::stage_keys::StageKeys;
use application::ports::api_keys::ApiKeyStore;
use application::ports::logins::LoginStore;
use application::ports::outbox::Outbox;
use application::ports::rate_limits::RateLimitStore;
use application::ports::sign_in_providers::SignInProviders;
use application::ports::sign_up_rule::SignUpRule;
use application::ports::system_mail::SystemMail;
use application::ports::users::UserStore;
use application::ports::workspaces::WorkspaceStore;
use application::{Clock, Ids};
use http_api::Access::{Public, ReadOnly};
use http_api::{Routes, routes};
use std::sync::Arc;

application::ports! {
    pub struct App {
        users: Arc<dyn UserStore>,
        access: AccessLog = AccessLog::new,
        api_keys: Arc<dyn ApiKeyStore>,
        logins: Arc<dyn LoginStore>,
        workspaces: Arc<dyn WorkspaceStore>,
        limits: Arc<dyn RateLimitStore>,
        outbox: Arc<dyn Outbox>,
        signing_up: SignUpPorts = SignUpPorts::new,
        sign_up_rule: SignUpRule,
        system_mail: Arc<dyn SystemMail>,
        sign_in_providers: Arc<dyn SignInProviders>,
        public_url: Arc<str>,
        keys: Arc<StageKeys>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
        .group("/api/auth")
        .add(Public, routes!(get_sign_up::get_sign_up))
        .add(Public, routes!(sign_up::sign_up))
        .add(Public, routes!(log_in::log_in))
        .add(Public, routes!(list_sign_in_providers::list_sign_in_providers))
        .add(Public, routes!(open_provider_page::open_provider_page))
        .add(Public, routes!(return_from_provider::return_from_provider))
        .add(Public, routes!(sign_in_by_provider::sign_in_by_provider))
        .add(Public, routes!(sign_up_by_provider::sign_up_by_provider))
        .add(Public, routes!(join_by_provider::join_by_provider))
        .add(Public, routes!(begin_passkey_sign_in::begin_passkey_sign_in))
        .add(Public, routes!(sign_in_by_passkey::sign_in_by_passkey))
        .add(Public, routes!(verify_totp::verify_totp))
        .add(Public, routes!(refresh_session::refresh_session))
        .add(Public, routes!(forget_password::forget_password))
        .add(Public, routes!(reset_password::reset_password))
        .add(Public, routes!(read_invitation::read_invitation))
        .add(Public, routes!(accept_invitation::accept_invitation))
        .add(ReadOnly.without_leads().before_second_factor(), routes!(log_out::log_out))
        .add(ReadOnly.without_leads(), routes!(log_out_others::log_out_others))
        .add(ReadOnly.without_leads(), routes!(list_sessions::list_sessions))
        .add(ReadOnly.without_leads(), routes!(end_session::end_session))
        .add(ReadOnly.without_leads().before_second_factor(), routes!(list_workspaces::list_workspaces))
        .add(ReadOnly.without_leads().before_second_factor(), routes!(switch_workspace::switch_workspace))
        .add(ReadOnly.without_leads().before_second_factor(), routes!(leave_workspace::leave_workspace))
        .add(ReadOnly.without_leads(), routes!(mail_address_link::mail_address_link))
        .add(ReadOnly.without_leads(), routes!(prove_address::prove_address))
        .add(ReadOnly.without_leads(), routes!(change_password::change_password))
        .add(ReadOnly.without_leads().before_second_factor(), routes!(get_second_factor::get_second_factor))
        .add(ReadOnly.without_leads().before_second_factor(), routes!(begin_totp::begin_totp))
        .add(ReadOnly.without_leads().before_second_factor(), routes!(confirm_totp::confirm_totp))
        .add(ReadOnly.without_leads(), routes!(renew_recovery_codes::renew_recovery_codes))
        .add(ReadOnly.without_leads(), routes!(switch_off_totp::switch_off_totp))
        .add(ReadOnly.without_leads().before_second_factor(), routes!(confirm_login::confirm_login))
        .add(ReadOnly.without_leads().before_second_factor(), routes!(list_passkeys::list_passkeys))
        .add(ReadOnly.without_leads().before_second_factor(), routes!(begin_passkey::begin_passkey))
        .add(ReadOnly.without_leads().before_second_factor(), routes!(add_passkey::add_passkey))
        .add(ReadOnly.without_leads(), routes!(rename_passkey::rename_passkey))
        .add(ReadOnly.without_leads(), routes!(remove_passkey::remove_passkey))
        .add(ReadOnly.without_leads(), routes!(list_identities::list_identities))
        .add(ReadOnly.without_leads(), routes!(connect_identity::connect_identity))
        .add(ReadOnly.without_leads(), routes!(disconnect_identity::disconnect_identity))
        .add(ReadOnly.without_leads().before_second_factor(), routes!(get_me::get_me))
        .add(ReadOnly.without_leads(), routes!(change_me::change_me))
}
