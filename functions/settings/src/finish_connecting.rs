//! `POST /api/settings/accounts/connected`: finishes connecting a mailbox with what the provider's page has returned to
//! the app's page. The caller is the user who began it. The mailbox is tested at once.

use crate::App;
use crate::account_view::AccountView;
use application::ports::mailbox_grants::GrantFailure;
use application::ports::store::StoreError;
use application::workspace::connect_mailbox::{NotConnected, Returned, connect};
use application::workspace::grant_request::{self, VALID};
use axum::extract::State;
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

/// More than any provider returns.
const LONGEST: usize = 4_096;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderAnswer {
    /// The state that the provider's page was called with.
    state: String,
    /// The code, if the access was allowed.
    code: Option<String>,
    /// The provider's word for why there is no code, such as `access_denied`.
    error: Option<String>,
}

#[utoipa::path(post, path = "/api/settings/accounts/connected", operation_id = "finish_connecting",
    request_body = ProviderAnswer, responses((status = 200, body = AccountView)))]
pub async fn finish_connecting(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(answer): JsonBody<ProviderAnswer>,
) -> ApiResult<JsonBody<AccountView>> {
    let ProviderAnswer { state, code, error } = answer;
    let returned = match (&code, &error) {
        (Some(code), None) if code.len() <= LONGEST => Returned::Code(code),
        (None, Some(error)) => Returned::Error(error),
        _ => return Err(ApiError::invalid("code", "is what the provider's page returned, or its error")),
    };
    if state.len() > LONGEST {
        return Err(ApiError::invalid("state", "is too long"));
    }
    app.take_request(&state).await?;
    let who = (&caller.workspace, &caller.signed_in()?.user);
    let account = connect(&app.connect_ports(), who, (&state, returned)).await.map_err(problem)?;
    let account = app.run_first_test(account, &caller.actor()).await?;
    Ok(JsonBody(app.as_it_stands(account).await?))
}

impl App {
    /// Notes that a request is finished, which it can be once.
    async fn take_request(&self, state: &str) -> ApiResult<()> {
        let who = self.ids.next().to_string();
        let taken = self.limits.take_key(&grant_request::key(state), &who, VALID, self.clock.now()).await?;
        taken.map_err(|_| {
            ApiError::conflict(
                "request_used",
                "This answer of the provider was used before. Click Connect again.",
            )
        })
    }
}

fn problem(reason: NotConnected) -> ApiError {
    let code = match &reason {
        NotConnected::Store(_) => "not_stored",
        NotConnected::Request(_) => "request_void",
        NotConnected::CodeVoid => "code_void",
        NotConnected::OtherMailbox(_) => "other_mailbox",
        NotConnected::OwnerUnknown(_) => "owner_unknown",
        NotConnected::SettingsChanged => "settings_changed",
        NotConnected::Grant(failure) => match failure {
            GrantFailure::Lost { .. } => "sign_in_needed",
            GrantFailure::Refused => "access_denied",
            GrantFailure::PermissionsMissing(_) => "permissions_missing",
            GrantFailure::AdministratorNeeded { .. } => "administrator_needed",
            GrantFailure::ClientRefused { .. } => "client_refused",
            GrantFailure::Unavailable { .. } => "provider_unavailable",
            GrantFailure::Account(_) => "account_incomplete",
        },
    };
    let told = format!("{}. {}", capitalised(&reason.to_string()), reason.next_step());
    match reason {
        NotConnected::Store(StoreError::NotFound) => {
            ApiError::conflict("account_deleted", "The account was deleted meanwhile.")
        }
        NotConnected::Store(other) => other.into(),
        NotConnected::Grant(GrantFailure::Unavailable { .. }) => ApiError::conflict(
            code,
            "The provider was not reached or is busy. Click Connect again. If that does not help, check the account's API URL.",
        ),
        _ => ApiError::conflict(code, told),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
