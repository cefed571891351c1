//! Logging in: by password in either way, by token, under STARTTLS, and every refusal.

use super::scripted::{SMALL, in_time, ordinary, play};
use crate::{Credentials, MailboxFailure, Session};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const PASSWORD: Credentials<'static> =
    Credentials::Password { username: "maya@firm.example", password: "pa\"ss" };
const TOKEN: Credentials<'static> = Credentials::OauthToken { username: "maya@firm.example", token: "t0k" };

/// Answers with these capabilities, and each later line with the next of these texts.
fn server(
    capabilities: &'static str,
    texts: &'static [&'static str],
) -> impl FnMut(&str) -> Option<Vec<u8>> + Send {
    let mut texts = texts.iter();
    move |command| match command {
        "CAPABILITY" => {
            Some(format!("* CAPABILITY IMAP4rev1 {capabilities}\r\n{{tag}} OK x\r\n").into_bytes())
        }
        _ => texts.next().map(|text| text.as_bytes().to_vec()),
    }
}

async fn log_in(
    credentials: &Credentials<'_>,
    capabilities: &'static str,
    texts: &'static [&'static str],
) -> (Result<(), MailboxFailure>, Vec<String>) {
    let (stream, heard) = play(b"* OK ready\r\n", server(capabilities, texts));
    let mut session = Session::greet(stream, SMALL).await.unwrap();
    let result = in_time(session.log_in(credentials)).await;
    let heard = heard.lock().unwrap().clone();
    (result, heard)
}

#[tokio::test]
async fn password_goes_by_the_way_that_the_server_offers() {
    let (result, heard) = log_in(&PASSWORD, "AUTH=PLAIN", &["+ \r\n", "{tag} OK in\r\n"]).await;
    assert!(result.is_ok());
    assert_eq!(heard[1], "a2 AUTHENTICATE PLAIN");
    assert_eq!(STANDARD.decode(&heard[2]).unwrap(), b"\0maya@firm.example\0pa\"ss");
    let (result, heard) = log_in(&PASSWORD, "", &["{tag} OK in\r\n"]).await;
    assert!(result.is_ok());
    assert_eq!(heard[1], "a2 LOGIN \"maya@firm.example\" \"pa\\\"ss\"");
    let umlaut = Credentials::Password { username: "maya", password: "gr\u{fc}n" };
    let (result, heard) = log_in(&umlaut, "", &["+ ok\r\n", "{tag} OK in\r\n"]).await;
    assert!(result.is_ok());
    assert_eq!(heard[1..], ["a2 LOGIN \"maya\" {5}", "gr\u{fc}n"]);
}

#[tokio::test]
async fn token_goes_by_xoauth2_and_its_error_is_read() {
    let (result, heard) = log_in(&TOKEN, "AUTH=XOAUTH2", &["+ \r\n", "{tag} OK in\r\n"]).await;
    assert!(result.is_ok());
    assert_eq!(STANDARD.decode(&heard[1]).unwrap(), b"user=maya@firm.example\x01auth=Bearer t0k\x01\x01");
    // {"status":"401","schemes":"Bearer","scope":"x"}
    let error = "+ eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJ4In0=\r\n";
    let texts: &[&str] = Box::leak(Box::new(["+ \r\n", error, "{tag} NO SASL failed\r\n"]));
    let (result, heard) = log_in(&TOKEN, "AUTH=XOAUTH2", texts).await;
    let failure = result.unwrap_err();
    assert!(
        matches!(&failure, MailboxFailure::TokenRefused { status: Some(status) } if status == "401"),
        "{failure}"
    );
    assert_eq!(heard.last().unwrap(), "", "the error is answered by an empty line");
    let (result, _) = log_in(&TOKEN, "", &["{tag} NO what?\r\n"]).await;
    assert!(matches!(result.unwrap_err(), MailboxFailure::TokenRefused { status: None }));
    let endless: &[&str] = &["+ \r\n", "+ x\r\n", "+ x\r\n", "+ x\r\n"];
    assert!(matches!(log_in(&TOKEN, "", endless).await.0.unwrap_err(), MailboxFailure::NotImap(_)));
}

#[tokio::test]
async fn refused_login_repeats_no_secret() {
    let told: &[&str] = &["+ \r\n", "{tag} NO [AUTHENTICATIONFAILED] pa\"ss is wrong\r\n"];
    let failure = log_in(&PASSWORD, "AUTH=PLAIN", told).await.0.unwrap_err();
    assert!(matches!(failure, MailboxFailure::WrongPassword));
    for shown in [failure.to_string(), format!("{failure:?}"), failure.next_step().to_owned()] {
        assert!(!shown.contains("pa\"ss"), "{shown}");
    }
    let echoes: [&[&str]; 5] = [
        &["* BYE pa\"ss is wrong\r\n"],
        &["pa\"ss\r\n"],
        &["{tag} WHAT pa\"ss\r\n"],
        &["+ pa\"ss\r\n"],
        &["* SEARCH pa\"ss\r\n"],
    ];
    for echo in echoes {
        let failure = log_in(&PASSWORD, "", echo).await.0.unwrap_err();
        assert!(!format!("{failure} {failure:?}").contains("pa"), "{failure:?}");
        let asked: &[&str] = Box::leak(Box::new(["+ \r\n", echo[0], echo[0]]));
        let failure = log_in(&PASSWORD, "AUTH=PLAIN", asked).await.0.unwrap_err();
        assert!(!format!("{failure} {failure:?}").contains("pa"), "{failure:?}");
    }
    let error: &[&str] = &["+ \r\n", "+ dDBr\r\n", "{tag} NO t0k\r\n"];
    let failure = log_in(&TOKEN, "", error).await.0.unwrap_err();
    assert!(!format!("{failure} {failure:?}").contains("t0k"));
}

#[tokio::test]
async fn server_that_takes_no_password_is_sent_none() {
    use MailboxFailure as F;
    let refused = async |capabilities| {
        let (result, heard) = log_in(&PASSWORD, capabilities, &[]).await;
        assert_eq!(heard.len(), 1, "{heard:?}");
        result.unwrap_err()
    };
    assert!(matches!(refused("LOGINDISABLED STARTTLS").await, F::NoTls));
    assert!(matches!(refused("LOGINDISABLED AUTH=XOAUTH2").await, F::NeedsOauth));
    assert!(matches!(refused("LOGINDISABLED AUTH=GSSAPI").await, F::NoKnownLogin));
    let zero = Credentials::Password { username: "maya", password: "a\0b" };
    assert!(matches!(log_in(&zero, "AUTH=PLAIN", &[]).await.0.unwrap_err(), F::UnsendableLogin));
}

#[tokio::test]
async fn encryption_is_asked_for_and_nothing_sent_ahead_is_believed() {
    let start = async |greeting: &'static [u8], answer: &'static str| {
        let (stream, _) = play(greeting, move |command| match command {
            "STARTTLS" => Some(answer.as_bytes().to_vec()),
            command => Some(ordinary(command).into_bytes()),
        });
        let session = Session::greet(stream, SMALL).await.unwrap();
        in_time(session.start_tls()).await.map(drop)
    };
    assert!(start(b"* OK ready\r\n", "{tag} OK begin\r\n").await.is_ok());
    let ahead = start(b"* OK ready\r\n", "{tag} OK begin\r\n* PREAUTH in\r\n").await.unwrap_err();
    assert!(matches!(ahead, MailboxFailure::NotImap(_)), "{ahead}");
    assert!(matches!(start(b"* PREAUTH in\r\n", "").await.unwrap_err(), MailboxFailure::NoTls));
    let none = start(b"* OK [CAPABILITY IMAP4rev1] ready\r\n", "").await.unwrap_err();
    assert!(matches!(none, MailboxFailure::NoTls));
    let refused = start(b"* OK ready\r\n", "{tag} NO not now\r\n").await.unwrap_err();
    assert!(matches!(refused, MailboxFailure::Refused { .. }));
}

#[tokio::test]
async fn program_is_named_to_servers_that_ask() {
    let (stream, heard) =
        play(b"* PREAUTH [CAPABILITY IMAP4rev1 ID] in\r\n", |command| Some(ordinary(command).into_bytes()));
    let mut session = Session::greet(stream, SMALL).await.unwrap();
    in_time(session.identify("a reader")).await.unwrap();
    in_time(session.log_out()).await;
    assert_eq!(*heard.lock().unwrap(), ["a1 ID (\"name\" \"a reader\")", "a2 LOGOUT"]);
}
