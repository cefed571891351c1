//! Gmail through its API: mailboxes of Google Workspace, and private ones where the OAuth client may read them.
//!
//! The permissions are `gmail.readonly`, to read history and mails, and `gmail.compose`, to make drafts and send them.
//! Together they are the least that does both: nothing of the user's own can be changed or deleted but drafts. Both are
//! *restricted*, so an app that is not internal to one organisation needs Google's review (`docs/PROVIDERS.md`).

mod drafts;
mod fetch;
mod poll;
mod response;
mod trial;

use crate::mailbox_api::{ApiAccount, MailboxApi, Trouble, at};
use crate::oauth::AuthorizationServer;
use application::ports::declarations::Declaration;
use application::ports::mail_drafts::{DraftState, MailDraft};
use application::ports::mailboxes::{MailReference, MailboxPoll, NewMail, PollLimits, WholeMail};
use application::ports::provider_calls::{Accepted, OutgoingMail, TrialError};
use async_trait::async_trait;
use domain::workspace::account::AccountKind;
use jiff::Timestamp;
use std::collections::BTreeMap;
use url::Url;

const API: &str = "https://gmail.googleapis.com";
const SCOPES: &[&str] =
    &["https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/gmail.compose"];
/// A refresh token is given only for `offline`, and again only where the page asks for consent again.
const MORE: &[(&str, &str)] = &[("access_type", "offline"), ("prompt", "consent")];

pub(crate) const DECLARED: Declaration = Declaration {
    kind: AccountKind::EmailSender,
    secrets: &["client_secret"],
    fields: &["client_id"],
    reports: false,
    brings_mail_with: None,
    by_grant: true,
    api_url: Some(API),
    check: Declaration::anything_goes,
};

pub(crate) struct Google;

/// Returns an address of the API, for the mailbox of the token's owner.
fn api(call: ApiAccount<'_>, path: &str, query: &[(&str, &str)]) -> Result<Url, Trouble> {
    at(call.base_url, &format!("/gmail/v1/users/me{path}"), query)
}

#[async_trait]
impl MailboxApi for Google {
    fn authorization_server(
        &self,
        base_url: &str,
        _fields: &BTreeMap<String, String>,
    ) -> AuthorizationServer {
        let base = base_url.trim().trim_end_matches('/');
        let (authorize_url, token_url) = match base {
            API => (
                "https://accounts.google.com/o/oauth2/v2/auth".to_owned(),
                "https://oauth2.googleapis.com/token".to_owned(),
            ),
            base => (format!("{base}/o/oauth2/v2/auth"), format!("{base}/token")),
        };
        AuthorizationServer { authorize_url, token_url, scopes: SCOPES, needed: SCOPES, more: MORE }
    }

    async fn begin(&self, call: ApiAccount<'_>, since: Timestamp) -> Result<String, Trouble> {
        poll::begin(call, since).await
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
        drafts::get(call, api(call, "/profile", &[])?).await.map(drop)
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

    async fn sent_id(&self, call: ApiAccount<'_>, sent: &Accepted) -> Option<String> {
        drafts::sent_id(call, sent.provider_id.as_deref()?).await
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
