//! Whole calls through `Providers` with in-process transports.

mod grants;
mod imap_mailbox;
pub(crate) mod mailbox_stage;
mod newcomer;
#[path = "newcomer/email.rs"]
mod newcomer_by_mail;
#[path = "newcomer/whatsapp.rs"]
mod newcomer_on_whatsapp;
mod registry;
mod sending;
mod sent_folder;
pub(crate) mod smtp_server;
mod sockets;

use crate::Providers;
use crate::transport::{
    Http, Imap, InProcessHttp, InProcessWeb, PipeImap, PipeSmtp, Smtp, TransportError, Web,
};
use application::Clock;
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::OpenAccount;
use domain::contact::email_address::EmailAddress;
use domain::workspace::account::{Account, AccountSettings};
use domain::{AccountId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

pub(crate) struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

pub(crate) fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

pub(crate) fn account(settings: AccountSettings, secret: SecretFields) -> OpenAccount {
    OpenAccount {
        account: Account {
            id: AccountId::derived(noon(), &["c"]),
            workspace: WorkspaceId::derived(noon(), &["w"]),
            name: "test".to_owned(),
            settings,
            sealed_secret: String::new(),
            hours: None,
            limits: None,
            enabled: true,
            pause: None,
            works_since: Some(noon()),
            last_error: None,
            created_at: noon(),
            rev: 1,
        },
        secret,
    }
}

pub(crate) fn resend_account() -> OpenAccount {
    let from_address = EmailAddress::parse("joe@acme.test").unwrap();
    let base_url = "https://api.resend.com".to_owned();
    let settings =
        AccountSettings::Resend { base_url, from_address, from_name: "Joe".to_owned(), reply_to: None };
    account(settings, SecretFields::one("api_key", "re_key"))
}

pub(crate) fn providers(http: impl Http + 'static, smtp: impl Smtp + 'static) -> Providers {
    let no_imap = PipeImap::new(|_| Err(std::io::Error::other("no sent mail in this test")));
    providers_with(http, smtp, no_imap)
}

pub(crate) fn providers_with(
    http: impl Http + 'static,
    smtp: impl Smtp + 'static,
    imap: impl Imap + 'static,
) -> Providers {
    let (http, smtp, imap) = (Arc::new(http), Arc::new(smtp), Arc::new(imap));
    let web = Arc::new(InProcessWeb::new(no_http()));
    Providers { http, web, smtp, imap, clock: Arc::new(FixedClock(noon())), held: None }
}

/// Makes providers whose websites are answered by this transport.
pub(crate) fn providers_on_web(web: impl Web + 'static) -> Providers {
    Providers { web: Arc::new(web), ..providers(no_http(), no_smtp()) }
}

pub(crate) fn no_smtp() -> PipeSmtp {
    PipeSmtp::new(|_| Err(std::io::Error::other("no mail in this test")))
}

pub(crate) fn no_http() -> InProcessHttp {
    InProcessHttp::new(|_| async { Err(TransportError::NotSent("no web in this test".into())) })
}

pub(crate) type Asked = Arc<Mutex<Vec<http::Request<Vec<u8>>>>>;

/// Makes a transport that answers every request alike and keeps the requests.
pub(crate) fn answering(status: u16, body: &str) -> (InProcessHttp, Asked) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (kept, body) = (asked.clone(), body.to_owned());
    let http = InProcessHttp::new(move |request| {
        kept.lock().unwrap().push(request);
        let answer = http::Response::builder().status(status).body(body.clone().into_bytes()).unwrap();
        async move { Ok(answer) }
    });
    (http, asked)
}

/// Makes an account at a declared provider of data.
pub(crate) fn data_account(provider: &str, base_url: &str) -> OpenAccount {
    let settings = AccountSettings::DataProvider {
        provider: provider.to_owned(),
        base_url: base_url.to_owned(),
        fields: BTreeMap::new(),
    };
    account(settings, SecretFields::one("api_key", "k3y"))
}
