//! The mailbox of an SMTP account read by IMAP: what is reported and fetched, and what a refusal means.

use super::{account, no_http, no_smtp, noon, providers_with};
use crate::Providers;
use crate::transport::PipeImap;
use application::ports::accounts::SecretFields;
use application::ports::mailboxes::{
    MailPlace, MailboxCursor, MailboxError, MailboxPoll, MailboxReader, PollLimits,
};
use application::ports::provider_calls::OpenAccount;
use domain::contact::email_address::EmailAddress;
use domain::workspace::account::{AccountSettings, ImapServer, SmtpSecurity};
use jiff::SignedDuration;
use mailbox_fakes::{ImapAccount, serve_imap};
use std::sync::Arc;

const SECONDS: SignedDuration = SignedDuration::from_secs(1);

struct Stage {
    server: Arc<ImapAccount>,
    providers: Providers,
    account: OpenAccount,
}

fn stage(folder: Option<&str>) -> Stage {
    let server = Arc::new(ImapAccount::new("joe", "s3cret"));
    let served = server.clone();
    let imap = PipeImap::new(move |_| {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let served = served.clone();
        tokio::spawn(async move { serve_imap(&*served, theirs).await.ok() });
        Ok(ours)
    });
    let host = "imap.acme.test".to_owned();
    let folder = folder.map(str::to_owned);
    let settings = AccountSettings::Smtp {
        host: "mx.acme.test".to_owned(),
        port: 587,
        security: SmtpSecurity::StartTls,
        username: "joe".to_owned(),
        from_address: EmailAddress::parse("joe@acme.test").unwrap(),
        from_name: "Joe".to_owned(),
        reply_to: None,
        imap: Some(ImapServer { host, port: 993, security: SmtpSecurity::Tls, username: None, folder }),
    };
    let account = account(settings, SecretFields::one("password", "s3cret"));
    Stage { server, providers: providers_with(no_http(), no_smtp(), imap), account }
}

impl Stage {
    async fn begin(&self) -> Result<MailboxCursor, MailboxError> {
        self.providers.begin(&self.account, noon()).await
    }

    async fn poll(&self, cursor: &MailboxCursor) -> Result<MailboxPoll, MailboxError> {
        self.providers.poll(&self.account, cursor, PollLimits::default()).await
    }

    fn arrives(&self, folder: &str, id: &str) {
        self.server.mailbox().deliver(folder, &mail(id), noon() + SECONDS);
    }
}

fn mail(id: &str) -> Vec<u8> {
    format!("From: ann@lead.test\r\nTo: joe@acme.test\r\nMessage-ID: <{id}@lead.test>\r\n\r\nPlease call {id}.\r\n")
        .into_bytes()
}

fn ids(poll: &MailboxPoll) -> Vec<String> {
    let id = |headers: &[u8]| {
        let text = String::from_utf8_lossy(headers).into_owned();
        let (_, rest) = text.split_once("Message-ID: <").unwrap();
        rest.split('@').next().unwrap().to_owned()
    };
    poll.mails.iter().map(|mail| id(&mail.headers)).collect()
}

#[tokio::test]
async fn mail_that_arrives_after_connecting_is_reported_by_its_place_and_fetched_whole() {
    let stage = stage(None);
    stage.arrives("INBOX", "before");
    let cursor = stage.begin().await.unwrap();
    for (folder, id) in [("INBOX", "in"), ("Junk", "junk")] {
        stage.arrives(folder, id);
    }
    stage.server.mailbox().send_by_hand(&mail("sent"), noon() + SECONDS);
    let poll = stage.poll(&cursor).await.unwrap();
    assert_eq!(ids(&poll), ["in", "junk", "sent"]);
    let places: Vec<_> = poll.mails.iter().map(|mail| mail.place).collect();
    assert_eq!(places, [MailPlace::Received, MailPlace::Junk, MailPlace::Sent]);
    assert!(poll.is_complete() && !poll.mails[0].headers.ends_with(b"\n"));
    assert!(!stage.server.commands().iter().any(|command| command.contains("PEEK[]")), "headers alone");
    let mut fetcher = stage.providers.fetcher(&stage.account, 1_000).unwrap();
    for (reported, id) in poll.mails.iter().zip(["in", "junk", "sent"]) {
        let whole = fetcher.fetch(&reported.reference).await.unwrap().unwrap();
        assert_eq!((whole.bytes, whole.is_cut), (mail(id), false));
    }
    fetcher.close().await;
    let logins = stage.server.commands().iter().filter(|command| command.starts_with("AUTH")).count();
    assert_eq!(logins, 3, "begin, poll, and one for all mails");
    let next = stage.poll(&poll.cursor).await.unwrap();
    assert!(next.mails.is_empty() && next.is_complete());
}

#[tokio::test]
async fn large_mail_is_cut_and_a_deleted_one_is_gone() {
    let stage = stage(None);
    let cursor = stage.begin().await.unwrap();
    stage.arrives("INBOX", "a");
    let poll = stage.poll(&cursor).await.unwrap();
    let reference = &poll.mails[0].reference;
    let mut fetcher = stage.providers.fetcher(&stage.account, 40).unwrap();
    let cut = fetcher.fetch(reference).await.unwrap().unwrap();
    assert_eq!((cut.bytes.len(), cut.is_cut), (40, true));
    stage.server.mailbox().delete_newest("INBOX");
    assert_eq!(fetcher.fetch(reference).await.unwrap(), None);
}

#[tokio::test]
async fn mail_is_not_taken_for_another_after_the_folder_is_numbered_anew() {
    let stage = stage(None);
    stage.server.mailbox().deliver("INBOX", &mail("old"), noon() - SECONDS);
    let cursor = stage.begin().await.unwrap();
    stage.arrives("INBOX", "new");
    let poll = stage.poll(&cursor).await.unwrap();
    stage.server.mailbox().number_anew("INBOX");
    let mut fetcher = stage.providers.fetcher(&stage.account, 1_000).unwrap();
    let unsure = fetcher.fetch(&poll.mails[0].reference).await;
    assert!(matches!(unsure, Err(MailboxError::Unreachable(_))), "{unsure:?}");
    // The cursor of the poll that failed is not stored: the mail is reported again, under its new number.
    let again = stage.poll(&cursor).await.unwrap();
    assert_eq!(ids(&again), ["new"]);
    assert_ne!(again.mails[0].reference, poll.mails[0].reference);
}

#[tokio::test]
async fn chosen_folder_is_read_from_the_moment_of_choosing_and_no_more_when_it_is_not_chosen() {
    let mut stage = stage(None);
    stage.server.mailbox().add_folder("Leads");
    let cursor = stage.begin().await.unwrap();
    let AccountSettings::Smtp { imap: Some(imap), .. } = &mut stage.account.settings else { panic!() };
    imap.folder = Some("Leads".to_owned());
    let chosen = stage.poll(&cursor).await.unwrap();
    stage.arrives("Leads", "moved");
    let poll = stage.poll(&chosen.cursor).await.unwrap();
    assert_eq!((ids(&poll), poll.mails[0].place), (vec!["moved".to_owned()], MailPlace::Received));
    stage.server.mailbox().delete_folder("Leads");
    let gone = stage.poll(&poll.cursor).await.unwrap();
    assert!(gone.problems[0].detail.contains("no folder Leads"), "{:?}", gone.problems);
    let AccountSettings::Smtp { imap: Some(imap), .. } = &mut stage.account.settings else { panic!() };
    imap.folder = None;
    assert!(stage.poll(&gone.cursor).await.unwrap().is_complete());
}

#[tokio::test]
async fn folder_that_does_not_exist_is_told_when_the_mailbox_is_connected() {
    let refused = stage(Some("Leads")).begin().await;
    let Err(MailboxError::Refused { detail }) = refused else { panic!("{refused:?}") };
    assert!(detail.contains("no folder Leads"), "{detail}");
}

#[tokio::test]
async fn reading_that_begins_late_reports_what_arrived_since_the_moment_of_connecting() {
    let stage = stage(None);
    let connected = noon() - SignedDuration::from_hours(2);
    for (id, at) in [("before", connected - SECONDS), ("since", connected + SECONDS)] {
        stage.server.mailbox().deliver("INBOX", &mail(id), at);
    }
    let cursor = stage.providers.begin(&stage.account, connected).await.unwrap();
    assert_eq!(ids(&stage.poll(&cursor).await.unwrap()), ["since"]);
}

#[tokio::test]
async fn refused_login_needs_its_owner_and_a_lost_connection_does_not() {
    let stage = stage(None);
    let cursor = stage.begin().await.unwrap();
    stage.server.break_off_at("UID SEARCH");
    stage.arrives("INBOX", "a");
    let lost = stage.poll(&cursor).await;
    assert!(matches!(lost, Err(MailboxError::Unreachable(_))), "{lost:?}");
    stage.server.change_password("another");
    let refused = stage.poll(&cursor).await;
    let Err(MailboxError::Refused { detail }) = refused else { panic!("{refused:?}") };
    assert!(detail.contains("password") && !detail.contains("s3cret"), "{detail}");
    let void = stage.poll(&MailboxCursor("{}".to_owned())).await;
    assert!(matches!(void, Err(MailboxError::CursorVoid)), "{void:?}");
}

#[test]
fn only_accounts_with_an_imap_server_have_a_mailbox() {
    let mut stage = stage(None);
    let name = stage.providers.mailbox_of(&stage.account.settings);
    assert_eq!(name.as_deref(), Some("imap joe imap.acme.test:993"));
    let AccountSettings::Smtp { imap, .. } = &mut stage.account.settings else { panic!() };
    *imap = None;
    assert_eq!(stage.providers.mailbox_of(&stage.account.settings), None);
}
