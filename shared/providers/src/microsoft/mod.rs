//! Mailboxes of Microsoft 365 through Microsoft Graph. Exchange Online takes no passwords for IMAP, so there is no other
//! way to them.
//!
//! The permissions are `Mail.ReadWrite`, without which no draft can be made, `Mail.Send`, `User.Read`, to see whose
//! mailbox it is, and `offline_access`, for a refresh token.
//!
//! Every request asks for immutable ids: a message then keeps its id when it is moved to another folder, and a draft
//! keeps it as it becomes the copy among sent mail.

mod drafts;
mod fetch;
mod poll;
mod reachable;
mod response;
mod subscription;
mod trial;

use crate::mailbox_api::{ApiAccount, MailboxApi, Trouble, at};
use crate::oauth::AuthorizationServer;
use application::ports::declarations::Declaration;
use application::ports::mail_drafts::{DraftState, MailDraft};
use application::ports::mailboxes::{MailReference, MailboxPoll, NewMail, PollLimits, WholeMail};
use application::ports::provider_calls::{Accepted, OutgoingMail, TrialError};
use async_trait::async_trait;
use domain::workspace::account::AccountKind;
use http::Method;
use jiff::Timestamp;
pub(crate) use reachable::reaches;
use std::collections::BTreeMap;
pub(crate) use subscription::{handshake, notices, renew, subscribe, unsubscribe};
use url::Url;

const API: &str = "https://graph.microsoft.com";
const SCOPES: &[&str] = &[
    "https://graph.microsoft.com/Mail.ReadWrite",
    "https://graph.microsoft.com/Mail.Send",
    "https://graph.microsoft.com/User.Read",
    "offline_access",
];
/// The answer does not name `offline_access`.
const NEEDED: &[&str] = &["Mail.ReadWrite", "Mail.Send", "User.Read"];
const MORE: &[(&str, &str)] = &[("response_mode", "query"), ("prompt", "select_account")];

pub(crate) const DECLARED: Declaration = Declaration {
    kind: AccountKind::EmailSender,
    secrets: &["client_secret"],
    fields: &["client_id", "tenant"],
    reports: false,
    brings_mail_with: None,
    by_grant: true,
    api_url: Some(API),
    check: Declaration::anything_goes,
};

pub(crate) struct Microsoft;

fn api(call: ApiAccount<'_>, path: &str, query: &[(&str, &str)]) -> Result<Url, Trouble> {
    at(call.base_url, &format!("/v1.0{path}"), query)
}

#[async_trait]
impl MailboxApi for Microsoft {
    /// An organisation's own tenant stands in the field `tenant`. `organizations` lets any in, `common` private
    /// accounts as well.
    fn authorization_server(&self, base_url: &str, fields: &BTreeMap<String, String>) -> AuthorizationServer {
        let base = base_url.trim().trim_end_matches('/');
        let base = if base == API { "https://login.microsoftonline.com" } else { base };
        let tenant = fields.get("tenant").map(|tenant| tenant.trim()).filter(|tenant| !tenant.is_empty());
        let tenant = tenant.unwrap_or("organizations");
        let at = |what: &str| format!("{base}/{}/oauth2/v2.0/{what}", crate::mailbox_api::segment(tenant));
        AuthorizationServer {
            authorize_url: at("authorize"),
            token_url: at("token"),
            scopes: SCOPES,
            needed: NEEDED,
            more: MORE,
        }
    }

    async fn begin(&self, call: ApiAccount<'_>, since: Timestamp) -> Result<String, Trouble> {
        poll::begin(call, since)
    }

    async fn poll(
        &self,
        call: ApiAccount<'_>,
        cursor: &str,
        limits: PollLimits,
    ) -> Result<MailboxPoll, Trouble> {
        poll::poll(call, cursor, limits).await
    }

    async fn fetch(
        &self,
        call: ApiAccount<'_>,
        mail: &MailReference,
        most_bytes: usize,
    ) -> Result<Option<WholeMail>, Trouble> {
        fetch::fetch(call, mail, most_bytes).await
    }

    async fn fetch_beginning(
        &self,
        call: ApiAccount<'_>,
        mail: &NewMail,
        most_bytes: usize,
    ) -> Result<Option<WholeMail>, Trouble> {
        fetch::fetch_beginning(call, mail, most_bytes).await
    }

    async fn answers(&self, call: ApiAccount<'_>) -> Result<(), Trouble> {
        let inbox = api(call, "/me/mailFolders/inbox", &[("$select", "id")])?;
        response::done(call, call.empty(Method::GET, &inbox)?).await.map(drop)
    }

    async fn create_draft(
        &self,
        call: ApiAccount<'_>,
        mail: &OutgoingMail,
        bytes: &[u8],
    ) -> Result<MailDraft, Trouble> {
        drafts::create(call, mail, bytes).await
    }

    async fn send_draft(&self, call: ApiAccount<'_>, draft: &str) -> Result<Accepted, Trouble> {
        drafts::send(call, draft).await
    }

    async fn draft_state(
        &self,
        call: ApiAccount<'_>,
        draft: &str,
        internet_id: &str,
    ) -> Result<DraftState, Trouble> {
        drafts::state(call, draft, internet_id).await
    }

    async fn find_sent(&self, call: ApiAccount<'_>, internet_id: &str) -> Result<Option<Accepted>, Trouble> {
        drafts::find_sent(call, internet_id).await
    }

    async fn discard_draft(&self, call: ApiAccount<'_>, draft: &str) -> Result<(), Trouble> {
        drafts::discard(call, draft).await
    }

    async fn trial(&self, call: ApiAccount<'_>) -> Result<(), TrialError> {
        trial::trial(call).await
    }
}

#[cfg(test)]
mod tests;
