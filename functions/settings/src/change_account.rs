//! `PATCH /api/settings/accounts/{id}`: changes an account. Secret fields that are not named stay, unless
//! the account now points to another server: otherwise a user who may change it could learn its secret that
//! way. Where it points to, and its secrets, change only by a user who has just shown that it is them. It is tested again if the
//! result may differ.

use crate::App;
use crate::account_checks::{IMAP_PASSWORD, check_hours, check_limits};
use crate::account_view::SavedAccount;
use application::campaign::resume::{put_recovery_hint, schedule_campaigns_of_account};
use application::workspace::account_grant::drop_tokens;
use axum::extract::State;
use domain::AccountId;
use domain::capacity::quota::SendingLimits;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::pause::PausedScope;
use domain::event::{Event, EventKind};
use domain::time::weekly_hours::WorkingHours;
use domain::workspace::account::AccountSettings;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, IfMatch, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

const NEEDED_AGAIN: &str = "is required again: the account's server has changed";

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChanges {
    name: Option<String>,
    /// Replaces all settings; the kind cannot change.
    settings: Option<AccountSettings>,
    #[serde(default)]
    secret: BTreeMap<String, String>,
    /// `null`: the account sends at all hours.
    #[serde(default, deserialize_with = "http_api::given")]
    hours: Option<Option<WorkingHours>>,
    /// `null`: no limits.
    #[serde(default, deserialize_with = "http_api::given")]
    limits: Option<Option<SendingLimits>>,
    enabled: Option<bool>,
    /// The revision that this change is based on; `If-Match` does the same.
    rev: Option<u64>,
}

#[utoipa::path(patch, path = "/api/settings/accounts/{id}", operation_id = "change_account",
    params(("id" = AccountId, Path)), request_body = AccountChanges,
    responses((status = 200, body = SavedAccount)))]
pub async fn change_account(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<AccountId>,
    if_match: IfMatch,
    JsonBody(changes): JsonBody<AccountChanges>,
) -> ApiResult<JsonBody<SavedAccount>> {
    let mut account = app.accounts.get(&caller.workspace, &id).await?;
    if_match.check(changes.rev, account.rev)?;
    let mut errors = FieldErrors::default();
    let mut moved = false;
    let mut has_other_client = false;
    let mut is_other = !changes.secret.is_empty();
    if let Some(name) = changes.name {
        account.name = errors.required("name", &name, 120);
    }
    if let Some(mut settings) = changes.settings {
        if settings.kind() != account.settings.kind() {
            errors.add("settings.kind", "cannot change");
        } else if settings.provider() != account.settings.provider() {
            errors.add("settings.provider", "cannot change");
        }
        app.check(&mut settings, &mut errors);
        let before = account.settings.secret_goes_to();
        moved = settings.secret_goes_to().iter().any(|address| !before.contains(address));
        is_other |= settings != account.settings;
        has_other_client = client_of(&settings) != client_of(&account.settings);
        account.settings = settings;
    }
    if let Some(hours) = changes.hours {
        check_hours(account.settings.kind(), hours.as_ref(), &mut errors);
        account.hours = hours;
    }
    if let Some(limits) = changes.limits {
        check_limits(account.settings.kind(), limits.as_ref(), &mut errors);
        account.limits = limits;
    }
    // A secret that cannot be decrypted any more must be given again.
    let mut known = app.vault.open(&caller.workspace, &id, &account.sealed_secret).unwrap_or_default();
    if moved && !known.0.is_empty() {
        let has_imap = matches!(account.settings, AccountSettings::Smtp { imap: Some(_), .. });
        if has_imap && known.get(IMAP_PASSWORD).is_some() && !changes.secret.contains_key(IMAP_PASSWORD) {
            errors.add(format!("secret.{IMAP_PASSWORD}"), NEEDED_AGAIN);
        }
        // A verify token is only compared with and sent nowhere, so it stays.
        known.0.retain(|name, _| name == "verify_token");
        if changes.secret.is_empty() {
            let field = format!("secret.{}", app.secret_names(&account.settings)[0]);
            return Err(ApiError::invalid(field, NEEDED_AGAIN));
        }
    }
    if has_other_client {
        // A grant was given to the former client, or for the former address.
        drop_tokens(&mut known);
    }
    let (secret, generated_secret) = app.secret(&account.settings, known, changes.secret, &mut errors);
    errors.finish()?;
    if is_other {
        caller.demand_proof().await?;
    }
    account.sealed_secret = app.vault.seal(&caller.workspace, &id, &secret);
    let was_off = !account.enabled;
    account.enabled = changes.enabled.unwrap_or(account.enabled);
    // A disabled account is not paused as well: each campaign's setting decides about its leads.
    let given_up = !account.enabled && account.pause.take().is_some();
    if is_other {
        account.forget_tries();
    }
    // Leads that wait for a paused account of the same campaign may use this one now.
    let is_back = was_off && account.enabled;
    let now = app.clock.now();
    let mut in_case = None;
    if given_up || is_back {
        let account = PausedScope::Account(id.clone());
        in_case = Some(put_recovery_hint(&*app.due, &caller.workspace, account, now).await?);
    }
    let event = Event::new(EventKind::AccountChanged, caller.actor(), now);
    account.rev = app.accounts.save(&account, &event).await?;
    if let Some(in_case) = in_case {
        schedule_campaigns_of_account(&*app.campaigns, &*app.outbox, &caller.workspace, &id, None).await?;
        in_case.over(&*app.due).await;
    }
    // The circuit breaker's state is about the former settings: the next message tests the account.
    app.breakers.forget(&caller.workspace, &id).await?;
    if account.enabled && (is_other || is_back) {
        account = app.run_test(account, &caller.actor()).await?.account;
    }
    let account = app.as_it_stands(account).await?;
    Ok(JsonBody(SavedAccount { account, generated_secret }))
}

/// What a grant belongs to: the OAuth client, and the mailbox.
fn client_of(settings: &AccountSettings) -> Option<(&BTreeMap<String, String>, &EmailAddress)> {
    match settings {
        AccountSettings::EmailSender { fields, from_address, .. } => Some((fields, from_address)),
        _ => None,
    }
}
