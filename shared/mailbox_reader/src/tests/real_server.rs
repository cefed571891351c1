//! Polls of a real server: what is new, moved, deleted, renamed, numbered anew, huge or many.

use super::dovecot::{Dovecot, LoginServer, PASSWORD, append, mail};
use super::scripted::{in_time, now};
use crate::{Credentials, Cursor, FolderName, FolderRole, Limits, MailboxFailure, Poll, Session, poll};
use jiff::{Timestamp, ToSpan};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use std::sync::Arc;
use tokio_rustls::TlsConnector;

fn chosen(names: &[&str]) -> Vec<FolderName> {
    names.iter().map(|name| FolderName::from_wire(*name)).collect()
}

async fn connected(server: &Dovecot, names: &[&str]) -> Cursor {
    let mut session = server.session().await;
    in_time(Cursor::start(&mut session, &chosen(names), now())).await.unwrap()
}

/// Polls as a new process does: a new session, and the cursor as it was stored.
async fn polled(server: &Dovecot, cursor: &Cursor, at: Timestamp) -> Poll {
    let stored = serde_json::to_string(cursor).unwrap();
    let mut session = server.session().await;
    let poll = in_time(poll(&mut session, &serde_json::from_str(&stored).unwrap(), at)).await.unwrap();
    in_time(session.log_out()).await;
    poll
}

fn ids(poll: &Poll) -> Vec<String> {
    let id =
        |mail: &crate::NewMail| format!("{} {}", mail.folder, mail.headers.message_id().unwrap_or_default());
    poll.mails.iter().map(id).collect()
}

fn in_minutes(minutes: i64) -> Timestamp {
    now() + minutes.minutes()
}

#[tokio::test]
async fn only_mails_after_the_connection_are_reported_and_each_once() {
    let Some(server) = Dovecot::new() else { return };
    server.deliver("INBOX", "07:00", &["old@a", "older@a"]);
    let cursor = connected(&server, &[]).await;
    let nothing = polled(&server, &cursor, in_minutes(5)).await;
    assert!(nothing.mails.is_empty() && nothing.is_complete());
    server.deliver("INBOX", "08:07", &["one@a", "two@a"]);
    server.deliver("Sent", "08:08", &["by-hand@a"]);
    let first = polled(&server, &nothing.cursor, in_minutes(10)).await;
    assert_eq!(ids(&first), ["INBOX one@a", "INBOX two@a", "Sent by-hand@a"]);
    assert_eq!(first.mails[2].role, Some(FolderRole::Sent));
    assert_eq!(first.mails[0].headers.field("From").as_deref(), Some("lead@firm.example"));
    assert_eq!(first.mails[0].headers.received_at, Some("2026-02-07T08:07:00Z".parse().unwrap()));
    assert_eq!(first.mails[0].headers.size_bytes, Some(mail("one@a").len() as u64));
    let again = polled(&server, &first.cursor, in_minutes(15)).await;
    assert!(again.mails.is_empty() && again.is_complete());
    assert_eq!(again.cursor.read_at(), in_minutes(15));
}

#[tokio::test]
async fn poll_whose_cursor_was_not_stored_reports_the_same_keys() {
    let Some(server) = Dovecot::new() else { return };
    let cursor = connected(&server, &[]).await;
    server.deliver("INBOX", "08:07", &["one@a", "two@a"]);
    let lost = polled(&server, &cursor, in_minutes(5)).await;
    let again = polled(&server, &cursor, in_minutes(10)).await;
    let keys = |poll: &Poll| {
        let key = |mail: &crate::NewMail| (mail.folder.clone(), mail.uid_validity, mail.headers.uid);
        poll.mails.iter().map(key).collect::<Vec<_>>()
    };
    assert_eq!(keys(&lost).len(), 2);
    assert_eq!(keys(&lost), keys(&again));
}

#[tokio::test]
async fn reading_leaves_mails_unread_and_bodies_come_only_when_asked_for() {
    let Some(server) = Dovecot::new() else { return };
    let cursor = connected(&server, &[]).await;
    let huge =
        format!("Message-ID: <huge@a>\r\nSubject: big\r\n\r\n{}\r\n", "0123456789\r\n".repeat(500_000));
    server.run(&[append("INBOX", "08:07", &huge)]);
    let mut session = server.session().await;
    let poll = in_time(poll(&mut session, &cursor, in_minutes(5))).await.unwrap();
    assert_eq!(ids(&poll), ["INBOX huge@a"]);
    assert!(session.bytes_read() < 10_000, "{} bytes read", session.bytes_read());
    assert_eq!(poll.mails[0].headers.size_bytes, Some(huge.len() as u64));
    in_time(session.examine(&FolderName::inbox())).await.unwrap();
    let cut = in_time(session.fetch_mail(1, 1000)).await.unwrap().unwrap();
    assert!(cut.is_cut && cut.bytes == huge.as_bytes()[..1000]);
    let whole = in_time(session.fetch_mail(1, usize::MAX)).await.unwrap().unwrap();
    assert!(whole.is_cut && whole.bytes.len() == Limits::default().literal_bytes);
    assert_eq!(in_time(session.fetch_mail(2, 1000)).await.unwrap(), None);
    let told = server.run(&["EXAMINE INBOX", "UID FETCH 1:* (FLAGS)"]);
    assert!(told.contains("FLAGS (") && !told.contains("FLAGS (\\Seen"), "{told}");
}

#[tokio::test]
async fn mail_that_a_rule_moves_is_reported_where_it_is_now() {
    let Some(server) = Dovecot::new() else { return };
    server.run(&["CREATE Kunden"]);
    let cursor = connected(&server, &["Kunden"]).await;
    server.deliver("INBOX", "08:07", &["moved@a", "stays@a"]);
    server.run(&["SELECT INBOX", "UID MOVE 1 Kunden"]);
    let first = polled(&server, &cursor, in_minutes(5)).await;
    assert_eq!(ids(&first), ["INBOX stays@a", "Kunden moved@a"]);
    // A mail that was reported and is moved then comes under another key, with the same Message-ID.
    server.run(&["SELECT INBOX", "UID MOVE 2 Kunden"]);
    let second = polled(&server, &first.cursor, in_minutes(10)).await;
    assert_eq!(ids(&second), ["Kunden stays@a"]);
}

#[tokio::test]
async fn mail_from_before_the_connection_that_is_moved_in_is_not_read() {
    let Some(server) = Dovecot::new() else { return };
    server.run(&["CREATE Archive"]);
    server.run(&[format!(
        "APPEND Archive \"01-Jan-2024 10:00:00 +0000\" {{{}+}}\r\n{}",
        mail("old@a").len(),
        mail("old@a")
    )]);
    let cursor = connected(&server, &[]).await;
    server.run(&["SELECT Archive", "UID MOVE 1 INBOX"]);
    let poll = polled(&server, &cursor, in_minutes(5)).await;
    assert!(poll.mails.is_empty() && poll.is_complete());
    assert_eq!(poll.cursor.folders()[0].next_uid, 2);
}

#[tokio::test]
async fn deleted_mails_leave_gaps_that_are_passed_over() {
    let Some(server) = Dovecot::new() else { return };
    let cursor = connected(&server, &[]).await;
    server.deliver("INBOX", "08:07", &["1@a", "2@a", "3@a", "4@a", "5@a"]);
    server.run(&["SELECT INBOX", "UID STORE 2,3,5 +FLAGS (\\Deleted)", "EXPUNGE"]);
    let first = polled(&server, &cursor, in_minutes(5)).await;
    assert_eq!(ids(&first), ["INBOX 1@a", "INBOX 4@a"]);
    assert_eq!(first.cursor.folders()[0].next_uid, 6);
    server.run(&["SELECT INBOX", "UID STORE 1:4 +FLAGS (\\Deleted)", "EXPUNGE"]);
    let empty = polled(&server, &first.cursor, in_minutes(10)).await;
    assert!(empty.mails.is_empty() && empty.is_complete() && empty.numbered_anew.is_empty());
    server.deliver("INBOX", "08:20", &["6@a"]);
    assert_eq!(ids(&polled(&server, &empty.cursor, in_minutes(15)).await), ["INBOX 6@a"]);
}

#[tokio::test]
async fn folder_that_is_made_again_is_read_anew_without_repeats() {
    let Some(server) = Dovecot::new() else { return };
    server.run(&["CREATE Kunden"]);
    server.deliver("Kunden", "07:00", &["before@a"]);
    let cursor = connected(&server, &["Kunden"]).await;
    server.deliver("Kunden", "08:07", &["1@a", "2@a", "3@a"]);
    let first = polled(&server, &cursor, in_minutes(5)).await;
    assert_eq!(ids(&first), ["Kunden 1@a", "Kunden 2@a", "Kunden 3@a"]);
    server.run(&[
        "CREATE Neu",
        "SELECT Kunden",
        "UID COPY 1:* Neu",
        "CLOSE",
        "DELETE Kunden",
        "RENAME Neu Kunden",
    ]);
    server.deliver("Kunden", "08:12", &["4@a"]);
    let second = polled(&server, &first.cursor, in_minutes(10)).await;
    assert_eq!(second.numbered_anew, chosen(&["Kunden"]));
    assert_eq!(ids(&second), ["Kunden 4@a"]);
    assert_ne!(second.mails[0].uid_validity, first.mails[0].uid_validity);
    let third = polled(&server, &second.cursor, in_minutes(15)).await;
    assert!(third.mails.is_empty() && third.numbered_anew.is_empty() && third.is_complete());
    server.deliver("Kunden", "08:22", &["5@a"]);
    assert_eq!(ids(&polled(&server, &third.cursor, in_minutes(20)).await), ["Kunden 5@a"]);
}

#[tokio::test]
async fn folder_that_is_made_again_is_read_page_by_page() {
    let Some(server) = Dovecot::new() else { return };
    server.run(&["CREATE Kunden"]);
    let mut cursor = connected(&server, &["Kunden"]).await;
    let names: Vec<String> = (0..50).map(|number| format!("{number}@a")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    server.deliver("Kunden", "08:07", &names[..25]);
    let mut read = Vec::new();
    for made_again in [false, true] {
        if made_again {
            server.run(&["DELETE Kunden", "CREATE Kunden"]);
            server.deliver("Kunden", "08:07", &names);
        }
        loop {
            let mut session = server.session_within(Limits { mails: 10, ..Limits::default() }).await;
            let poll = in_time(poll(&mut session, &cursor, in_minutes(5))).await.unwrap();
            read.extend(poll.mails.iter().map(|mail| mail.headers.message_id().unwrap()));
            cursor = poll.cursor;
            if !poll.more {
                break;
            }
        }
        assert_eq!(read, names[..if made_again { 50 } else { 25 }]);
    }
}

#[tokio::test]
async fn folder_that_is_gone_is_told_and_the_rest_is_read() {
    let Some(server) = Dovecot::new() else { return };
    server.run(&["CREATE Kunden"]);
    let cursor = connected(&server, &["Kunden"]).await;
    server.run(&["RENAME Kunden Leads"]);
    server.deliver("Leads", "08:07", &["there@a"]);
    server.deliver("INBOX", "08:07", &["here@a"]);
    let gone = polled(&server, &cursor, in_minutes(5)).await;
    assert_eq!(ids(&gone), ["INBOX here@a"]);
    assert!(!gone.is_complete());
    assert_eq!(gone.problems[0].failure.to_string(), "there is no folder Kunden");
    server.run(&["RENAME Leads Kunden"]);
    let back = polled(&server, &gone.cursor, in_minutes(10)).await;
    assert_eq!(ids(&back), ["Kunden there@a"]);
    assert!(back.is_complete());
}

#[tokio::test]
async fn renamed_sent_folder_is_found_by_its_role() {
    let Some(server) = Dovecot::new() else { return };
    server.run(&["CREATE Spam", "CREATE \"Gesendet\""]);
    let cursor = connected(&server, &[]).await;
    let watched: Vec<String> = cursor.folders().iter().map(|folder| folder.name.to_string()).collect();
    assert_eq!(watched, ["INBOX", "Spam", "Sent"], "what is marked wins over names");
    let stored = serde_json::to_string(&cursor).unwrap().replace("\"Sent\"", "\"Sent before\"");
    server.deliver("Sent", "08:07", &["by-hand@a"]);
    let found = polled(&server, &serde_json::from_str(&stored).unwrap(), in_minutes(5)).await;
    assert_eq!(ids(&found), ["Sent by-hand@a"]);
    assert_eq!(found.renamed, [(FolderName::from_wire("Sent before"), FolderName::from_wire("Sent"))]);
    assert!(found.is_complete());
}

#[tokio::test]
async fn junk_folder_that_comes_with_the_first_junk_is_read() {
    let Some(server) = Dovecot::new() else { return };
    let cursor = connected(&server, &[]).await;
    assert_eq!(cursor.folders().len(), 2);
    server.run(&["CREATE Spam"]);
    server.deliver("Spam", "07:00", &["old@a"]);
    server.deliver("Spam", "08:07", &["answer@a"]);
    let poll = polled(&server, &cursor, in_minutes(5)).await;
    assert_eq!(ids(&poll), ["Spam answer@a"]);
    assert_eq!(poll.mails[0].role, Some(FolderRole::Junk));
    server.deliver("Spam", "08:12", &["later@a"]);
    let poll = polled(&server, &poll.cursor, in_minutes(10)).await;
    assert_eq!(ids(&poll), ["Spam later@a"]);
    assert!(poll.numbered_anew.is_empty());
}

#[tokio::test]
async fn folder_names_beyond_ascii_are_shown_and_opened() {
    let Some(server) = Dovecot::new() else { return };
    server.run(&["CREATE \"B&APw-ro/&BB4EQgQyBDUEQgRL-\"", "CREATE \"a \\\"b\\\" &- c\\\\d\""]);
    let folders = in_time(server.session().await.folders()).await.unwrap();
    let names: Vec<String> = folders.iter().map(|folder| folder.name.to_string()).collect();
    assert!(names.contains(&"Büro/Ответы".to_owned()), "{names:?}");
    let odd = names.iter().find(|name| name.starts_with("a \"b\"")).unwrap();
    let wire = folders.iter().find(|folder| folder.name.to_string() == "Büro/Ответы").unwrap().name.as_wire();
    let other = folders.iter().find(|folder| folder.name.to_string() == *odd).unwrap().name.as_wire();
    let cursor = connected(&server, &[wire, other]).await;
    server.deliver(wire, "08:07", &["1@a"]);
    let poll = polled(&server, &cursor, in_minutes(5)).await;
    assert_eq!(ids(&poll), ["Büro/Ответы 1@a"]);
    assert!(poll.is_complete());
}

#[tokio::test]
async fn thousands_of_mails_are_paged_oldest_first_across_sessions() {
    let Some(server) = Dovecot::new() else { return };
    let mut cursor = connected(&server, &[]).await;
    let names: Vec<String> = (0..5000).map(|number| format!("{number}@a")).collect();
    server.deliver("INBOX", "08:07", &names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut read = Vec::new();
    for page in 0.. {
        let mut session = server.session_within(Limits { mails: 900, ..Limits::default() }).await;
        let poll = in_time(poll(&mut session, &cursor, in_minutes(5))).await.unwrap();
        assert_eq!(poll.mails.len(), 900.min(5000 - read.len()));
        // A process that ends here has stored nothing: the page comes again.
        if page == 2 {
            continue;
        }
        read.extend(poll.mails.iter().map(|mail| mail.headers.message_id().unwrap()));
        cursor = poll.cursor;
        if !poll.more {
            assert_eq!(page, 6);
            break;
        }
    }
    assert_eq!(read, names);
}

#[tokio::test]
async fn copy_among_sent_mails_is_found_by_its_message_id() {
    let Some(server) = Dovecot::new() else { return };
    server.deliver("Sent", "08:07", &["1@a", "2@a"]);
    let mut session = server.session().await;
    let examined = in_time(session.examine(&FolderName::from_wire("Sent"))).await.unwrap();
    assert_eq!((examined.mails, examined.uid_next), (2, Some(3)));
    assert_eq!(in_time(session.search_message_id("2@a")).await.unwrap(), [2]);
    assert!(in_time(session.search_message_id("3@a")).await.unwrap().is_empty());
    let failure = in_time(session.examine(&FolderName::from_wire("Nowhere"))).await.unwrap_err();
    assert!(matches!(failure, MailboxFailure::FolderNotFound(_)), "{failure}");
}

async fn encrypted(
    server: &LoginServer,
    host: &'static str,
    trusted: bool,
) -> Result<Session<tokio_rustls::client::TlsStream<tokio::net::UnixStream>>, MailboxFailure> {
    let mut roots = rustls::RootCertStore::empty();
    if trusted {
        roots.add(CertificateDer::from_pem_file(server.certificate()).unwrap()).unwrap();
    }
    let config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    let session = in_time(Session::greet(server.connect().await, Limits::default())).await?;
    let stream = in_time(session.start_tls()).await?;
    let connecting =
        TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(host).unwrap(), stream);
    let stream = in_time(connecting).await.map_err(MailboxFailure::of_connecting)?;
    Ok(Session::after_tls(stream, Limits::default()))
}

#[tokio::test]
async fn login_under_tls_succeeds_or_tells_what_is_wrong() {
    let Some(server) = LoginServer::start() else { return };
    let login = |password| Credentials::Password { username: "maya", password };
    let mut session = encrypted(&server, "mail.firm.example", true).await.unwrap();
    in_time(session.log_in(&login(PASSWORD))).await.unwrap();
    let cursor = in_time(Cursor::start(&mut session, &[], now())).await.unwrap();
    assert_eq!(cursor.folders().len(), 2);
    let mut session = encrypted(&server, "mail.firm.example", true).await.unwrap();
    let wrong = in_time(session.log_in(&login("wrong"))).await.unwrap_err();
    assert!(matches!(wrong, MailboxFailure::WrongPassword), "{wrong}");
    let name = encrypted(&server, "imap.other.example", true).await.err().unwrap();
    assert!(matches!(name, MailboxFailure::CertificateOfAnotherName(_)), "{name}");
    let trust = encrypted(&server, "mail.firm.example", false).await.err().unwrap();
    assert!(matches!(trust, MailboxFailure::CertificateUntrusted(_)), "{trust}");
}
