//! `POST /api/settings/accounts/{id}/test-mail`: sends a mail from this mailbox to the caller, who waits
//! for the result. It goes to a user, not to a lead: it is not recorded as a message, not tracked, and no
//! limits of campaigns apply.

use crate::App;
use crate::account_view::AccountView;
use application::ports::provider_calls::{OutgoingMail, SendError};
use application::workspace::account_grant::{Access, with_access};
use application::workspace::account_trials::mail_trial_result;
use application::workspace::open_account::opened;
use axum::extract::State;
use domain::AccountId;
use domain::contact::channel::Channel;
use domain::message::mail_body::{End, MailParts, mail_body};
use domain::workspace::account::AccountKind;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::SignedDuration;
use serde::Serialize;
use std::sync::Arc;

/// The hourly limit of test mails of one user.
const MOST_TEST_MAILS: u32 = 10;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SentTestMail {
    /// The caller's address.
    pub to: String,
    /// Whether the provider accepted it.
    pub accepted: bool,
    /// Why it was not accepted, in the provider's own words.
    pub detail: Option<String>,
    /// The account's state afterwards.
    pub account: AccountView,
}

#[utoipa::path(post, path = "/api/settings/accounts/{id}/test-mail", operation_id = "send_test_mail",
    params(("id" = AccountId, Path)), responses((status = 200, body = SentTestMail)))]
pub async fn send_test_mail(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<AccountId>,
) -> ApiResult<JsonBody<SentTestMail>> {
    let account = app.accounts.get(&caller.workspace, &id).await?;
    let kinds = AccountKind::of_channel(Channel::Email);
    if !kinds.contains(&account.settings.kind()) {
        return Err(ApiError::conflict("no_mailbox", "This account sends no e-mail."));
    }
    let account = opened(&*app.vault, account, kinds)
        .ok_or_else(|| ApiError::conflict("switched_off", "Switch it on first."))?;
    let user = app.users.get(&caller.workspace, &caller.signed_in()?.user).await?;
    let now = app.clock.now();
    let bucket = format!("test-mails/{}/{}", caller.workspace, caller.signed_in()?.user);
    if let Err(wait) = app.limits.take(&bucket, MOST_TEST_MAILS, HOUR, now).await? {
        return Err(ApiError::too_many_requests(wait.as_secs().max(1).unsigned_abs()));
    }
    app.take_try(&account).await?;
    let account = match with_access(&app.grant_ports(), account).await? {
        Access::Ready(open) => *open,
        Access::Lost { detail } => return Err(ApiError::conflict("not_connected", detail)),
        Access::Wait { .. } => {
            return Err(ApiError::conflict(
                "renewing",
                "The access is just being renewed. Try again in a minute.",
            ));
        }
        Access::Gone => return Err(ApiError::not_found("account")),
    };
    let Some(mailbox) = account.settings.mailbox() else {
        return Err(ApiError::conflict("no_mailbox", "This account sends no e-mail."));
    };
    let text = format!(
        "Hello {},\n\nthis test shows that {} can send: leadflow signed in and the server accepted the mail.\n\nNothing was sent to a lead.",
        user.name, account.name
    );
    let body = mail_body(
        &text,
        &MailParts { rewrite: &str::to_owned, pixel_url: None, hidden_url: None, end: End::Bare },
    );
    let id = format!("test-{}", app.ids.next()).to_ascii_lowercase();
    let mail = OutgoingMail {
        from: mailbox.address.clone(),
        from_name: mailbox.name.to_owned(),
        message_id: format!("{id}@{}", mailbox.address.domain()),
        to: user.email.clone(),
        to_name: Some(user.name),
        reply_to: None,
        subject: format!("[Test] {} sends", account.name),
        text: body.text,
        html: body.html,
        in_reply_to: None,
        references: Vec::new(),
        unsubscribe_url: None,
        tag: id,
    };
    let result = app.mail.send_mail(&account, &mail).await;
    let account = app.note_shown(account.account, mail_trial_result(&result), &caller.actor()).await?;
    let detail = result.err().map(|error| match error {
        SendError::Uncertain(_) => {
            "the server's answer was lost: check whether the mail has arrived".to_owned()
        }
        told => told.to_string(),
    });
    let account = app.as_it_stands(account).await?;
    Ok(JsonBody(SentTestMail { to: user.email.to_string(), accepted: detail.is_none(), detail, account }))
}
