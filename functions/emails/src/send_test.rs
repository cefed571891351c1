//! `POST /api/emails/test`: sends a mail as a lead would get it to one of the workspace's own mailboxes. It
//! is marked as a test, not counted, and not tracked.

use crate::App;
use crate::get_email::EmailView;
use application::sending::test_send::{MOST_TESTS, TestMail, Untested, send_test as queue_test};
use application::workspace::open_account::is_usable;
use axum::extract::State;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::sequence::render::check;
use domain::workspace::account::{Account, AccountKind};
use domain::{AccountId, LeadId};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestEmail {
    /// The lead whose values are filled in. Nothing is sent to this lead.
    lead_id: LeadId,
    /// May be empty, as for a mail that continues a thread.
    #[serde(default)]
    subject: String,
    /// Up to 20,000 characters.
    body: String,
    /// The account that it is sent from; if left out, the first mailbox that works.
    account_id: Option<AccountId>,
    /// The address of one of the workspace's mailboxes. If left out, the caller's own if that is one, else
    /// the sender's.
    to: Option<EmailAddress>,
}

#[utoipa::path(post, path = "/api/emails/test", operation_id = "send_test", request_body = TestEmail,
    responses((status = 202, body = EmailView)))]
pub async fn send_test(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(test): JsonBody<TestEmail>,
) -> ApiResult<(StatusCode, JsonBody<EmailView>)> {
    let mut errors = FieldErrors::default();
    let text = errors.required("body", &test.body, 20_000);
    let subject = errors.text("subject", Some(test.subject), 300).unwrap_or_default();
    errors.take("body", check(&text));
    errors.take("subject", check(&subject));
    errors.finish()?;
    let file = caller.seen(app.leads.file(&caller.workspace, &test.lead_id).await);
    let file =
        file.map_err(|error| ApiError::from_missing(error, "lead_id", "is not a lead of this workspace"))?;
    let mut mailboxes = app.accounts.list(&caller.workspace).await?;
    mailboxes.retain(|known| is_usable(known, AccountKind::of_channel(Channel::Email)));
    mailboxes.sort_by_key(|known| known.pause.is_some());
    let own = app.users.get(&caller.workspace, &caller.signed_in()?.user).await?.email;
    let from = match &test.account_id {
        Some(id) => mailboxes.iter().find(|known| known.id == *id),
        None => with_address(&mailboxes, &own).or(mailboxes.first()),
    };
    let from = from.ok_or_else(|| ApiError::invalid("account_id", "is no mailbox that can send"))?;
    let to = match &test.to {
        Some(to) => with_address(&mailboxes, to),
        None => with_address(&mailboxes, &own).or(Some(from)),
    };
    let to = to.and_then(|mailbox| mailbox.settings.mailbox()).map(|mailbox| mailbox.address.clone());
    let to = to.ok_or_else(|| ApiError::invalid("to", "is the address of none of your mailboxes"))?;
    let workspace = caller.read_workspace(&*app.workspaces).await?;
    let mail = TestMail { subject, text, from: from.clone(), to, author: caller.signed_in()?.user.clone() };
    match queue_test((&app.writing, &*app.limits), (&workspace, &file), mail, &app.public_url).await? {
        Ok(message) => Ok((StatusCode::ACCEPTED, JsonBody(message.into()))),
        Err(Untested::CannotRender(error)) => Err(ApiError::invalid("body", error.to_string())),
        Err(Untested::TooMany(wait)) => {
            tracing::info!(user.id = %caller.user_or_key(), "more than {MOST_TESTS} tests in an hour");
            Err(ApiError::too_many_requests(wait.as_secs().max(1).unsigned_abs()))
        }
    }
}

fn with_address<'a>(mailboxes: &'a [Account], address: &EmailAddress) -> Option<&'a Account> {
    let theirs = |known: &&Account| known.settings.mailbox().is_some_and(|own| own.address == address);
    mailboxes.iter().find(theirs)
}
