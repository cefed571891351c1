//! Looks for a mail in the sent folder: the commands, the meaning of each answer, and hostile servers.

use super::{account, no_http, no_smtp, providers_with};
use crate::transport::{Imap, ImapTarget, MailboxFailure, PipeImap, Reach, Secret, SentCopy, SocketImap};
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::{CallError, OpenAccount, ProviderRecord, Sender, StatusQuery};
use domain::contact::email_address::EmailAddress;
use domain::message::MessageState;
use domain::workspace::account::{AccountSettings, ImapServer, SmtpSecurity};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};

/// A server's script: the first matching prefix of a command gives the reply; `TAG` is the command's tag. `hang up`
/// closes the connection.
type Script = &'static [(&'static str, &'static str)];

const USUAL: Script = &[
    ("greeting", "* OK ready"),
    ("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN LIST-EXTENDED SPECIAL-USE\r\nTAG OK"),
    ("AUTHENTICATE", "+ "),
    ("AG1heWEAczNjcmV0", "TAG OK in"),
    ("LIST \"\" \"*\"", "* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent Mail\"\r\nTAG OK listed"),
    ("EXAMINE \"Sent Mail\"", "* 3 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\nTAG OK [READ-ONLY] opened"),
    ("UID SEARCH HEADER Message-ID \"<msg_1@acme.test>\"", "* SEARCH 2\r\nTAG OK found"),
    ("LOGOUT", "* BYE\r\nTAG OK out"),
];

fn imap(script: Script) -> (PipeImap, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let kept = heard.clone();
    let imap = PipeImap::new(move |_| {
        let (ours, theirs) = tokio::io::duplex(1024);
        let kept = kept.clone();
        // The client may leave in the middle of a reply.
        tokio::spawn(async move { serve(theirs, script, kept).await.ok() });
        Ok(ours)
    });
    (imap, heard)
}

async fn serve(
    pipe: impl AsyncRead + AsyncWrite + Unpin,
    script: Script,
    heard: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    let mut pipe = BufReader::new(pipe);
    let (mut tag, mut command) = (String::new(), "greeting".to_owned());
    loop {
        let found = script.iter().chain(USUAL).find(|(prefix, _)| command.starts_with(prefix));
        match found.map_or("TAG BAD what?", |(_, reply)| reply) {
            "hang up" => return Ok(()),
            "never end" => {
                while pipe.write_all(&[b'x'; 512]).await.is_ok() {}
                return Ok(());
            }
            reply => pipe.write_all(format!("{}\r\n", reply.replace("TAG", &tag)).as_bytes()).await?,
        }
        let mut line = String::new();
        if pipe.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        match line.split_once(' ') {
            Some((first, rest)) => (tag, command) = (first.to_owned(), rest.to_owned()),
            None => command = line.to_owned(),
        }
        heard.lock().unwrap().push(command.clone());
    }
}

fn mailbox(secret: SecretFields) -> OpenAccount {
    let host = "imap.test".to_owned();
    let settings = AccountSettings::Smtp {
        host: "mx.test".to_owned(),
        port: 587,
        security: SmtpSecurity::StartTls,
        username: "maya".to_owned(),
        from_address: EmailAddress::parse("joe@acme.test").unwrap(),
        from_name: "Joe".to_owned(),
        reply_to: None,
        imap: Some(ImapServer { host, port: 993, security: SmtpSecurity::Tls, username: None, folder: None }),
    };
    account(settings, secret)
}

fn sought() -> StatusQuery {
    StatusQuery {
        to: "ann@lead.test".to_owned(),
        text: "Hi".to_owned(),
        internet_id: Some("msg_1@acme.test".to_owned()),
        since: super::noon(),
        others: Vec::new(),
    }
}

async fn ask(script: Script) -> Result<Option<ProviderRecord>, CallError> {
    let (imap, _) = imap(script);
    let account = mailbox(SecretFields::one("password", "s3cret"));
    providers_with(no_http(), no_smtp(), imap).look_up(&account, &sought()).await
}

#[tokio::test]
async fn copy_in_the_sent_folder_shows_that_the_mail_was_accepted() {
    let (imap, heard) = imap(&[]);
    let account = mailbox(SecretFields::one("password", "s3cret"));
    let providers = providers_with(no_http(), no_smtp(), imap);
    let class = providers.class(&account.settings);
    assert!(class.status_query && class.asked_elsewhere && class.key.is_none());
    let seen = providers.look_up(&account, &sought()).await.unwrap();
    let seen = seen.map(|seen| (seen.provider_id, seen.state, seen.failure));
    assert_eq!(seen, Some((None, MessageState::Accepted, None)));
    let heard = heard.lock().unwrap();
    let verbs: Vec<_> = heard.iter().map(|line| line.split(' ').next().unwrap()).collect();
    let expected =
        ["CAPABILITY", "AUTHENTICATE", "AG1heWEAczNjcmV0", "CAPABILITY", "LIST", "EXAMINE", "UID", "LOGOUT"];
    assert_eq!(verbs, expected);
}

#[tokio::test]
async fn imap_login_may_differ_from_the_accounts() {
    let (imap, heard) = imap(&[("AG", "TAG OK in")]);
    let mut account = mailbox(SecretFields::one("password", "s3cret"));
    account.secret.0.insert("imap_password".to_owned(), "other".to_owned());
    if let AccountSettings::Smtp { imap: Some(imap), .. } = &mut account.settings {
        imap.username = Some("maya@acme".to_owned());
    }
    providers_with(no_http(), no_smtp(), imap).look_up(&account, &sought()).await.unwrap();
    assert_eq!(heard.lock().unwrap()[2], "AG1heWFAYWNtZQBvdGhlcg==");
}

#[tokio::test]
async fn missing_copy_shows_nothing() {
    for script in [
        &[("UID", "* SEARCH\r\nTAG OK none")][..],
        &[("UID", "TAG OK none")],
        &[("LIST", "* LIST () \"/\" INBOX\r\nTAG OK")],
        &[("LIST", "TAG OK")],
    ] {
        assert_eq!(ask(script).await.unwrap(), None, "{script:?}");
    }
}

#[tokio::test]
async fn sent_folder_is_found_by_its_mark_or_else_its_name() {
    for script in [
        // No marks at all; the name comes as a literal.
        &[
            ("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK"),
            (
                "LIST \"\" \"*\"",
                "* LIST () \"/\" INBOX\r\n* LIST () \"/\" {5}\r\nG\"\\s!\r\n* LIST () \".\" INBOX.Gesendet\r\nTAG OK",
            ),
            ("EXAMINE \"INBOX.Gesendet\"", "TAG OK"),
        ][..],
        // The mark wins over the name.
        &[
            ("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK"),
            ("LIST", "* LIST () \"/\" Sent\r\n* LIST (\\Sent) \"/\" {4}\r\nO\"ut\r\nTAG OK"),
            ("EXAMINE \"O\\\"ut\"", "TAG OK"),
        ],
        // Marks that mark nothing; the first of two cannot be opened.
        &[
            ("LIST \"\" \"*\" RETURN", "* LIST () \"/\" \"Sent Items\"\r\n* LIST () \"/\" Sent\r\nTAG OK"),
            ("EXAMINE \"Sent Items\"", "TAG NO gone"),
            ("EXAMINE \"Sent\"", "TAG OK"),
        ],
        // The server accepts a login in no other way.
        &[
            ("CAPABILITY", "* CAPABILITY IMAP4rev1 LIST-EXTENDED SPECIAL-USE\r\nTAG OK"),
            ("LOGIN \"maya\" \"s3cret\"", "TAG OK in"),
        ],
    ] {
        assert!(ask(script).await.unwrap().is_some(), "{script:?}");
    }
}

#[tokio::test]
async fn refusals_and_silence_are_classified() {
    let of_account = |answer| matches!(answer, Err(CallError::Account(_)));
    let silent = |answer| matches!(answer, Err(CallError::Unavailable(_)));
    let refused = |answer| matches!(answer, Err(CallError::Rejected(_)));
    assert!(of_account(ask(&[("AG1", "TAG NO [AUTHENTICATIONFAILED] invalid credentials")]).await));
    assert!(of_account(ask(&[("AUTHENTICATE", "TAG NO not so")]).await));
    assert!(of_account(ask(&[("CAPABILITY", "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nTAG OK")]).await));
    let echo = "TAG NO [AUTHENTICATIONFAILED] who is maya with s3cret and AG1heWEAczNjcmV0";
    let script: Script = Box::leak(vec![("AG1", echo)].into_boxed_slice());
    let told = ask(script).await.unwrap_err().to_string();
    assert!(told.contains("refuses the user name or password") && !told.contains("s3cret"), "{told}");
    assert!(silent(ask(&[("AG1", "TAG NO [UNAVAILABLE] later")]).await));
    assert!(silent(ask(&[("greeting", "* BYE too many connections")]).await));
    assert!(silent(ask(&[("UID", "* BYE shutting down")]).await));
    for command in ["greeting", "CAPABILITY", "AUTHENTICATE", "AG1", "LIST", "EXAMINE", "UID"] {
        let script: Script = Box::leak(vec![(command, "hang up")].into_boxed_slice());
        assert!(silent(ask(script).await), "{command}");
    }
    assert!(refused(ask(&[("EXAMINE", "TAG NO no permission")]).await));
    assert!(refused(ask(&[("UID", "TAG BAD no such search")]).await));
    // A lost farewell changes nothing.
    assert!(ask(&[("LOGOUT", "hang up")]).await.unwrap().is_some());
}

#[tokio::test]
async fn hostile_server_is_given_up() {
    for said in
        ["never end", "HTTP/1.1 200 OK", "* LIST () \"/\" {99999999999}", "* LIST () \"/\" {2000}", ""]
    {
        for command in ["greeting", "LIST", "UID"] {
            let script: Script = Box::leak(vec![(command, said)].into_boxed_slice());
            let answer = ask(script).await;
            assert!(matches!(answer, Err(CallError::Unavailable(_))), "{command} {said}: {answer:?}");
        }
    }
    // A reply to another command does not end this one.
    let smuggled = ask(&[("UID", "* SEARCH 1\r\na99 OK found")]).await;
    assert!(matches!(smuggled, Err(CallError::Unavailable(_))), "{smuggled:?}");
    // A folder whose name does not fit in one line is ignored.
    let odd = ask(&[("LIST", "* LIST (\\Sent) \"/\" {14}\r\nSent\r\na9 DELETE\r\nTAG OK")]).await;
    assert_eq!(odd.unwrap(), None);
}

#[tokio::test]
async fn login_cannot_break_a_line() {
    let plain: Script = &[("CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK"), ("LOGIN", "TAG OK in")];
    let (server, heard) = imap(plain);
    let account = mailbox(SecretFields::one("password", "a\"b\\c"));
    let providers = providers_with(no_http(), no_smtp(), server);
    providers.look_up(&account, &sought()).await.ok();
    assert_eq!(heard.lock().unwrap()[1], r#"LOGIN "maya" "a\"b\\c""#);
    for odd in ["a\r\na2 DELETE INBOX", "p\u{e4}ss"] {
        let (server, heard) = imap(plain);
        let account = mailbox(SecretFields::one("password", odd));
        providers_with(no_http(), no_smtp(), server).look_up(&account, &sought()).await.ok();
        assert_eq!(heard.lock().unwrap()[1], format!("LOGIN \"maya\" {{{}}}", odd.len()));
    }
    let (server, heard) = imap(&[]);
    let odd = StatusQuery { internet_id: Some("a\r\nb".to_owned()), ..sought() };
    let account = mailbox(SecretFields::one("password", "s3cret"));
    providers_with(no_http(), no_smtp(), server).look_up(&account, &odd).await.ok();
    assert!(heard.lock().unwrap().iter().all(|line| !line.starts_with('b')), "{heard:?}");
}

fn target(host: &str, port: u16, security: SmtpSecurity) -> ImapTarget {
    let password = Secret::new("s3cret");
    ImapTarget { host: host.to_owned(), port, security, username: "maya".to_owned(), password }
}

async fn on_a_socket(script: Script) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, script, Arc::default()));
        }
    });
    port
}

#[tokio::test]
async fn sockets_without_encryption_connect_to_this_machine_only() {
    let asked = |reach, target: ImapTarget| async move {
        SocketImap::new(reach).find_sent(&target, "msg_1@acme.test").await
    };
    let port = on_a_socket(USUAL).await;
    let found = asked(Reach::Anywhere, target("127.0.0.1", port, SmtpSecurity::None)).await;
    assert_eq!(found.unwrap(), SentCopy::Found);
    for (reach, host, security) in
        [(Reach::Anywhere, "192.0.2.1", SmtpSecurity::None), (Reach::Public, "127.0.0.1", SmtpSecurity::Tls)]
    {
        let refused = asked(reach, target(host, port, security)).await;
        assert!(matches!(refused, Err(MailboxFailure::NotAllowed(_))), "{host}: {refused:?}");
    }
    let none = asked(Reach::Anywhere, target("127.0.0.1", port, SmtpSecurity::StartTls)).await;
    assert!(matches!(none, Err(MailboxFailure::NoTls)), "{none:?}");
    let no_tls = asked(Reach::Anywhere, target("127.0.0.1", port, SmtpSecurity::Tls)).await;
    assert!(matches!(no_tls, Err(MailboxFailure::NotTls(_))), "{no_tls:?}");
}

/// An answer that arrives in the clear behind the server's go-ahead does not count as given under TLS.
#[tokio::test]
async fn answer_smuggled_in_before_tls_is_ignored() {
    let port = on_a_socket(&[
        ("CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS\r\nTAG OK"),
        ("STARTTLS", "TAG OK go on\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na1 OK"),
    ])
    .await;
    let target = target("127.0.0.1", port, SmtpSecurity::StartTls);
    let refused = SocketImap::new(Reach::Anywhere).find_sent(&target, "msg_1@acme.test").await;
    assert!(matches!(refused, Err(MailboxFailure::NotImap(_))), "{refused:?}");
    assert!(!format!("{target:?}").contains("s3cret"));
}
