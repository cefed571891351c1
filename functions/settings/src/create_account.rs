//! `POST /api/settings/accounts`: adds a provider account and tests it; its secret is encrypted at once
//! and never shown again. What the workspace sends and asks goes where an account points, so the user shows first that it is
//! them.

use crate::App;
use crate::account_checks::{check_hours, check_limits};
use crate::account_view::SavedAccount;
use application::ports::accounts::SecretFields;
use axum::extract::State;
use domain::AccountId;
use domain::capacity::quota::SendingLimits;
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use domain::time::weekly_hours::WorkingHours;
use domain::workspace::account::{Account, AccountSettings};
use http::StatusCode;
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    name: String,
    settings: AccountSettings,
    /// Fields by kind: `password` and `imap_password` (smtp), `auth_token` (twilio), `access_token`,
    /// `app_secret` and `verify_token` (whatsapp), `signing_secret` (stripe, inbound_email, bookings), `api_key`
    /// (resend, chat_model, serp_api, hunter, data_provider), and those that the provider's page in docs/PROVIDERS.md names
    /// (email_sender, sms_sender, whatsapp_sender).
    #[serde(default)]
    secret: BTreeMap<String, String>,
    /// The hours in which messages to leads go out from it; all hours if left out.
    #[serde(default)]
    hours: Option<WorkingHours>,
    /// Its limits. If left out, a mailbox gets those recommended for new mailboxes, and other accounts none;
    /// `null`: none.
    #[serde(default, deserialize_with = "http_api::given")]
    limits: Option<Option<SendingLimits>>,
}

#[utoipa::path(post, path = "/api/settings/accounts", operation_id = "create_account",
    request_body = NewAccount, responses((status = 201, body = SavedAccount)))]
pub async fn create_account(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewAccount>,
) -> ApiResult<(StatusCode, JsonBody<SavedAccount>)> {
    let mut errors = FieldErrors::default();
    let name = errors.required("name", &new.name, 120);
    let mut settings = new.settings;
    app.check(&mut settings, &mut errors);
    check_hours(settings.kind(), new.hours.as_ref(), &mut errors);
    let limits = match new.limits {
        Some(given) => given,
        None => {
            let zone = app.workspaces.get(&caller.workspace).await?.default_zone;
            settings.kind().channel().map(|channel| match channel {
                Channel::Email => SendingLimits::of_a_mailbox(zone),
                Channel::Sms | Channel::Whatsapp => SendingLimits::of_a_number(channel, zone),
            })
        }
    };
    check_limits(settings.kind(), limits.as_ref(), &mut errors);
    let none = SecretFields::default();
    let (secret, generated_secret) = app.secret(&settings, none, new.secret, &mut errors);
    errors.finish()?;
    caller.demand_proof().await?;
    let now = app.clock.now();
    let id = AccountId::new(app.ids.next());
    let mut account = Account {
        sealed_secret: app.vault.seal(&caller.workspace, &id, &secret),
        id,
        workspace: caller.workspace.clone(),
        name,
        settings,
        hours: new.hours,
        limits,
        enabled: true,
        pause: None,
        works_since: None,
        last_error: None,
        created_at: now,
        rev: 0,
    };
    let event = Event::new(EventKind::AccountCreated, caller.actor(), now);
    account.rev = app.accounts.save(&account, &event).await?;
    // The account is saved, whatever the result of the test.
    let account = app.run_test(account, &caller.actor()).await?.account;
    let account = app.as_it_stands(account).await?;
    Ok((StatusCode::CREATED, JsonBody(SavedAccount { account, generated_secret })))
}
