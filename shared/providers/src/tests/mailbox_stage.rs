//! A connector over one of the mail APIs in process, with a clock that is set and answers that get lost.

use super::{account, no_smtp, noon, providers};
use crate::Providers;
use crate::transport::{InProcessHttp, TransportError};
use application::Clock;
use application::ports::accounts::SecretFields;
use application::ports::mailboxes::{MailReference, MailboxError, MailboxReader, WholeMail};
use application::ports::provider_calls::{OpenAccount, OutgoingMail};
use domain::contact::email_address::EmailAddress;
use domain::workspace::account::AccountSettings;
use jiff::{SignedDuration, Timestamp};
use mailbox_fakes::{Client, Request, Response};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

pub(crate) const GMAIL: &str = "https://gmail.test";
pub(crate) const GRAPH: &str = "https://graph.test";
pub(crate) const OWNER: &str = "joe@acme.test";

/// A clock that a test moves.
pub(crate) struct SetClock(Mutex<Timestamp>);

impl SetClock {
    pub fn pass(&self, time: SignedDuration) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(time).unwrap();
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

type Lost = Arc<Mutex<Option<&'static str>>>;

pub(crate) struct MailboxStage {
    pub providers: Providers,
    pub clock: Arc<SetClock>,
    lost: Lost,
}

impl MailboxStage {
    pub fn over(answer: impl Fn(&Request, Timestamp) -> Response + Send + Sync + 'static) -> Self {
        let (clock, lost) = (Arc::new(SetClock(Mutex::new(noon()))), Lost::default());
        let (time, losing) = (clock.clone(), lost.clone());
        let http = InProcessHttp::new(move |request: Request| {
            let path = request.uri().path().to_owned();
            let answer = answer(&request, time.now());
            let mut losing = losing.lock().unwrap();
            let is_lost = losing.is_some_and(|what| path.ends_with(what));
            if is_lost {
                *losing = None;
            }
            async move {
                if is_lost { Err(TransportError::Ambiguous("the line broke".into())) } else { Ok(answer) }
            }
        });
        let mut providers = providers(http, no_smtp());
        providers.clock = clock.clone();
        Self { providers, clock, lost }
    }

    /// Loses the answer to the next request whose path ends like this. What it asks for is done.
    pub fn lose_answer(&self, path: &'static str) {
        *self.lost.lock().unwrap() = Some(path);
    }

    pub async fn fetch(
        &self,
        account: &OpenAccount,
        mail: &MailReference,
        most_bytes: usize,
    ) -> Result<Option<WholeMail>, MailboxError> {
        self.providers.fetcher(account, most_bytes)?.fetch(mail).await
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

pub(crate) fn client() -> Client {
    Client {
        id: "client-1".to_owned(),
        secret: "cl13nt-s3cret".to_owned(),
        redirect_uri: "https://app.test/connect".to_owned(),
    }
}

pub(crate) fn mailbox(provider: &str, base_url: &str, (refresh, access): (String, String)) -> OpenAccount {
    let settings = AccountSettings::EmailSender {
        provider: provider.to_owned(),
        base_url: base_url.to_owned(),
        from_address: EmailAddress::parse(OWNER).unwrap(),
        from_name: "Joe".to_owned(),
        reply_to: None,
        account: None,
        fields: BTreeMap::from([
            ("client_id".to_owned(), client().id),
            ("tenant".to_owned(), "acme.test".to_owned()),
        ]),
    };
    let mut secret = SecretFields::one("client_secret", client().secret);
    secret.0.insert("refresh_token".to_owned(), refresh);
    secret.0.insert("access_token".to_owned(), access);
    account(settings, secret)
}

pub(crate) fn mail(number: u32) -> OutgoingMail {
    OutgoingMail {
        from: EmailAddress::parse(OWNER).unwrap(),
        from_name: "Joe".to_owned(),
        message_id: format!("msg_{number}@acme.test"),
        to: EmailAddress::parse("ann@lead.test").unwrap(),
        to_name: Some("Ann Lee".to_owned()),
        reply_to: None,
        subject: "Hello".to_owned(),
        text: "Hi Ann\n.\n..dots, and Grüße\n".to_owned(),
        html: "<p>Hi Ann</p>".to_owned(),
        in_reply_to: None,
        references: Vec::new(),
        unsubscribe_url: None,
        tag: format!("msg_{number}"),
    }
}

/// The bytes that a draft of this mail is made of now.
pub(crate) fn composed(stage: &MailboxStage, mail: &OutgoingMail) -> Vec<u8> {
    crate::smtp::compose(mail, stage.now()).unwrap().1
}

/// A mail as it arrives.
pub(crate) fn letter(from: &str, subject: &str, id: &str, more: &str) -> Vec<u8> {
    let head =
        format!("From: {from}\r\nTo: Joe <{OWNER}>\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n{more}");
    format!("{head}Content-Type: text/plain; charset=utf-8\r\n\r\nSecret words\r\n").into_bytes()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
