//! The account of a call to a mail API, and the calls that both APIs have.

use super::Trouble;
use crate::accounts::{Unusable, secret, wrong_kind};
use crate::oauth::AuthorizationServer;
use crate::transport::Http;
use crate::wire::{BadSettings, JSON, authorization, join, post};
use application::ports::mail_drafts::{DraftState, MailDraft};
use application::ports::mailbox_grants::ACCESS_TOKEN;
use application::ports::mailboxes::{MailReference, MailboxPoll, NewMail, PollLimits, WholeMail};
use application::ports::provider_calls::{
    Accepted, KeyPromise, OpenAccount, OutgoingMail, SenderClass, TrialError,
};
use async_trait::async_trait;
use domain::workspace::account::AccountSettings;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, Request, Response};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use url::Url;

/// A provider whose mailboxes are read and used through an API of its own.
#[async_trait]
pub(crate) trait MailboxApi: Sync {
    fn authorization_server(&self, base_url: &str, fields: &BTreeMap<String, String>) -> AuthorizationServer;

    async fn begin(&self, call: ApiAccount<'_>, since: Timestamp) -> Result<String, Trouble>;

    /// Reports what is new since the cursor was made.
    async fn poll(
        &self,
        call: ApiAccount<'_>,
        cursor: &str,
        limits: PollLimits,
    ) -> Result<MailboxPoll, Trouble>;

    async fn fetch(
        &self,
        call: ApiAccount<'_>,
        mail: &MailReference,
        most_bytes: usize,
    ) -> Result<Option<WholeMail>, Trouble>;

    /// Reads what is told of a mail's text where it cannot be read as it is.
    async fn fetch_beginning(
        &self,
        call: ApiAccount<'_>,
        mail: &NewMail,
        most_bytes: usize,
    ) -> Result<Option<WholeMail>, Trouble>;

    /// Asks the mailbox for something small, to see whether it answers.
    async fn answers(&self, call: ApiAccount<'_>) -> Result<(), Trouble>;

    /// Makes a draft of these bytes.
    async fn create_draft(
        &self,
        call: ApiAccount<'_>,
        mail: &OutgoingMail,
        bytes: &[u8],
    ) -> Result<MailDraft, Trouble>;

    async fn send_draft(&self, call: ApiAccount<'_>, draft: &str) -> Result<Accepted, Trouble>;

    /// Returns the Message-ID under which a mail that was sent reaches people, as far as the provider tells it.
    async fn sent_id(&self, _call: ApiAccount<'_>, _sent: &Accepted) -> Option<String> {
        None
    }

    async fn draft_state(
        &self,
        call: ApiAccount<'_>,
        draft: &str,
        internet_id: &str,
    ) -> Result<DraftState, Trouble>;

    /// Looks for a sent mail by its Message-ID.
    async fn find_sent(&self, call: ApiAccount<'_>, internet_id: &str) -> Result<Option<Accepted>, Trouble>;

    async fn discard_draft(&self, call: ApiAccount<'_>, draft: &str) -> Result<(), Trouble>;

    async fn trial(&self, call: ApiAccount<'_>) -> Result<(), TrialError>;
}

/// The promises of a mailbox with drafts. A draft is sent once, so a mail whose row names its draft may be repeated as
/// under a key; after a day without an answer its copy is looked for by its Message-ID.
pub(crate) const CLASS: SenderClass = SenderClass {
    key: Some(KeyPromise { window: SignedDuration::from_hours(23), identical_body: true }),
    status_query: true,
    ..SenderClass::PROMISES_NOTHING
};

/// An account with what its calls need.
#[derive(Clone, Copy)]
pub(crate) struct ApiAccount<'a> {
    pub http: &'a dyn Http,
    pub open: &'a OpenAccount,
    pub base_url: &'a str,
    pub now: Timestamp,
}

impl<'a> ApiAccount<'a> {
    pub fn new(http: &'a dyn Http, open: &'a OpenAccount, now: Timestamp) -> Result<Self, Unusable> {
        match &open.settings {
            AccountSettings::EmailSender { base_url, .. } => Ok(Self { http, open, base_url, now }),
            _ => Err(wrong_kind(open)),
        }
    }

    fn key(&self) -> Result<(HeaderName, HeaderValue), Unusable> {
        Ok(authorization(&format!("Bearer {}", secret(self.open, ACCESS_TOKEN)?))?)
    }

    /// Makes a request with the account's access token.
    pub fn request(
        self,
        method: Method,
        url: &Url,
        content_type: &'static str,
        body: Vec<u8>,
    ) -> Result<Request<Vec<u8>>, Trouble> {
        let mut request = post(self.own(url)?, self.key()?, content_type, body).map_err(Unusable::from)?;
        *request.method_mut() = method;
        Ok(request)
    }

    pub fn json(
        self,
        method: Method,
        url: &Url,
        body: &serde_json::Value,
    ) -> Result<Request<Vec<u8>>, Trouble> {
        self.request(method, url, JSON, body.to_string().into_bytes())
    }

    /// Makes a request without a body.
    pub fn empty(self, method: Method, url: &Url) -> Result<Request<Vec<u8>>, Trouble> {
        let mut request = self.request(method, url, JSON, Vec::new())?;
        request.headers_mut().remove(CONTENT_TYPE);
        Ok(request)
    }

    pub async fn send(self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Trouble> {
        self.http.send(request).await.map_err(Trouble::from)
    }

    /// Lets an address through that belongs to the account's own server: the token goes nowhere else, whatever an answer
    /// names as the next page.
    fn own<'u>(&self, url: &'u Url) -> Result<&'u str, Trouble> {
        let base = Url::parse(self.base_url.trim());
        match base.is_ok_and(|base| base.origin() == url.origin()) {
            true => Ok(url.as_str()),
            false => Err(Trouble::refused("", "an answer leads to another server")),
        }
    }
}

/// Joins a path and a query to the base URL.
pub(crate) fn at(base_url: &str, path: &str, query: &[(&str, &str)]) -> Result<Url, Trouble> {
    let invalid = |_| Unusable::from(BadSettings("the base URL is not valid".to_owned()));
    let mut url = Url::parse(&join(base_url, path)).map_err(invalid)?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(url)
}

/// Writes an id as one segment of a path.
pub(crate) fn segment(id: &str) -> String {
    let mut written = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'-' | b'_' | b'=' | b'.' | b'~' => written.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => written.push(char::from(byte)),
            _ => written.push_str(&format!("%{byte:02X}")),
        }
    }
    written
}
