//! Sends mail over a pipe and texts over a function: what was sent, and how each response is classified.

use super::smtp_server::{Script, server};
use super::{account, answering, no_http, no_smtp, providers};
use crate::transport::{InProcessHttp, PipeSmtp, TransportError};
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::{
    Accepted, MailSender, OpenAccount, OutgoingMail, OutgoingSms, SendError, SmsSender,
};
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::message::failure_class::FailureClass;
use domain::workspace::account::{AccountSettings, SmtpSecurity};
use jiff::SignedDuration;
use std::time::Duration;

fn mail() -> OutgoingMail {
    OutgoingMail {
        from: EmailAddress::parse("joe@acme.test").unwrap(),
        from_name: "Joe".to_owned(),
        message_id: "msg_1@acme.test".to_owned(),
        to: EmailAddress::parse("ann@lead.test").unwrap(),
        to_name: Some("Ann Lee".to_owned()),
        reply_to: EmailAddress::parse("reply@in.acme.test").ok(),
        subject: "Hello".to_owned(),
        text: "Hi Ann\n.\n..dots\n".to_owned(),
        html: "<p>Hi Ann</p>".to_owned(),
        in_reply_to: None,
        references: Vec::new(),
        unsubscribe_url: Some("https://app.acme.test/u/token".to_owned()),
        tag: "msg_1".to_owned(),
    }
}

fn mailbox() -> OpenAccount {
    let settings = AccountSettings::Smtp {
        host: "mx.test".to_owned(),
        port: 587,
        security: SmtpSecurity::StartTls,
        username: "joe".to_owned(),
        from_address: EmailAddress::parse("joe@acme.test").unwrap(),
        from_name: "Joe".to_owned(),
        reply_to: EmailAddress::parse("reply@in.acme.test").ok(),
        imap: None,
    };
    account(settings, SecretFields::one("password", "s3cret"))
}

async fn send_to(script: Script) -> Result<Accepted, SendError> {
    let (smtp, _) = server(script);
    providers(no_http(), smtp).send_mail(&mailbox(), &mail()).await
}

#[tokio::test]
async fn silent_server_before_the_mail_means_down() {
    for silent in [&[("banner", "say nothing")], &[("RCPT", "say nothing")], &[("DATA", "say nothing")]] {
        let (smtp, _) = server(silent);
        let smtp = smtp.with_patience(Duration::from_millis(5));
        let given_up = providers(no_http(), smtp).send_mail(&mailbox(), &mail()).await;
        assert!(matches!(given_up, Err(SendError::Down { .. })), "{given_up:?}");
    }
}

#[tokio::test]
async fn mail_is_sent_with_login_size_and_dots_intact() {
    let (smtp, received) = server(&[]);
    let accepted = providers(no_http(), smtp).send_mail(&mailbox(), &mail()).await.unwrap();
    assert_eq!(accepted.provider_id, None);
    let received = received.lock().unwrap();
    assert_eq!(received.commands[0], "EHLO acme.test");
    assert!(received.commands[1].starts_with("AUTH PLAIN"));
    assert!(received.commands.iter().any(|c| c.starts_with("MAIL FROM:<joe@acme.test> SIZE=")));
    assert!(received.commands.contains(&"RCPT TO:<ann@lead.test>".to_owned()));
    let parsed = mail_parser::MessageParser::default().parse(received.message.as_bytes()).unwrap();
    assert_eq!(parsed.message_id(), Some("msg_1@acme.test"));
    assert_eq!(parsed.body_text(0).unwrap(), "Hi Ann\r\n.\r\n..dots\r\n");
    assert_eq!(parsed.reply_to().unwrap().first().unwrap().address(), Some("reply@in.acme.test"));
    assert!(received.message.contains("List-Unsubscribe: <https://app.acme.test/u/token>\r\n"));
    assert!(received.message.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    assert!(received.message.contains("X-Leadflow-Message: msg_1\r\n"));
    assert!(received.message.contains("Date: Fri, 20 Nov 2026 12:00:00 +0000\r\n"));
}

#[tokio::test]
async fn dead_address_is_rejected_and_suppressed() {
    let refused =
        send_to(&[("RCPT", "550-5.1.1 <ann@lead.test> does\r\n550 5.1.1 not exist")]).await.unwrap_err();
    let SendError::Rejected { class, code, detail, suppress } = refused else { panic!("{refused:?}") };
    assert_eq!((class.as_str(), code.as_deref(), suppress), ("hard_unknown_user", Some("550 5.1.1"), true));
    assert!(!detail.contains("ann@lead.test"));
}

#[tokio::test]
async fn replies_are_classified_by_stage() {
    // No server that asks for another try wants it within seconds.
    let retryable =
        |error| matches!(error, Err(SendError::Retryable { after: Some(after), .. }) if after.as_secs() > 60);
    let down = |error| matches!(error, Err(SendError::Down { .. }));
    let of_account = |error| matches!(error, Err(SendError::Account { .. }));
    assert!(down(send_to(&[("banner", "421 4.3.2 busy")]).await));
    assert!(down(send_to(&[("banner", "hang up")]).await));
    assert!(of_account(send_to(&[("banner", "554 5.7.1 you are listed")]).await));
    assert!(of_account(send_to(&[("AUTH", "535 5.7.8 no")]).await));
    assert!(down(send_to(&[("AUTH", "454 4.7.0 later")]).await));
    assert!(of_account(send_to(&[("EHLO", "250 mx.test")]).await), "no way to log in");
    assert!(of_account(send_to(&[("MAIL", "553 5.7.1 not yours")]).await));
    assert!(of_account(send_to(&[("MAIL", "530 5.7.0 log in")]).await));
    assert!(down(send_to(&[("MAIL", "hang up")]).await));
    assert!(down(send_to(&[("MAIL", "450 4.7.1 too many messages, slow down")]).await));
    assert!(down(send_to(&[("RCPT", "421 4.7.28 unusual rate of mail")]).await));
    for of_one_recipient in [
        &[("RCPT", "450 4.2.1 too quickly")],
        &[("RCPT", "451 4.7.1 greylisted, please try again shortly")],
        &[("RCPT", "452 4.2.2 mailbox full")],
        &[("RCPT", "450 try later")],
        &[(".", "451 4.7.1 try later")],
        &[("RCPT", "550 5.2.121 the recipient's limit is exceeded")],
    ] {
        assert!(retryable(send_to(of_one_recipient).await), "{of_one_recipient:?}");
    }
    assert!(down(send_to(&[("RCPT", "550 5.4.5 Daily user sending limit exceeded")]).await));
    assert!(down(send_to(&[("DATA", "hang up")]).await));
    assert!(down(send_to(&[(".", "451 4.3.0 try later")]).await));
    let refused = send_to(&[(".", "550 5.7.26 unauthenticated")]).await;
    assert!(
        matches!(refused, Err(SendError::Blocked { class: FailureClass::AuthFailed, .. })),
        "{refused:?}"
    );
    assert!(of_account(send_to(&[("RCPT", "550 5.7.1 relaying denied")]).await));
    let lost = send_to(&[(".", "hang up")]).await;
    assert!(matches!(lost, Err(SendError::Uncertain(_))), "{lost:?}");
}

#[tokio::test]
async fn throttling_waits_an_hour_and_an_outage_names_no_wait() {
    let an_hour = Some(SignedDuration::from_hours(1));
    for (script, asked) in [
        (&[("banner", "421 4.3.2 down for maintenance")], None),
        (&[("MAIL", "421 4.3.2 shutting down")], None),
        (&[("MAIL", "421 4.4.2 timeout")], None),
        (&[("MAIL", "432 4.3.2 sender thread limit exceeded")], an_hour),
        (&[("RCPT", "421 4.7.28 unusual rate of mail")], an_hour),
        (&[("AUTH", "454 Throttling failure: maximum sending rate exceeded")], an_hour),
    ] {
        let refused = send_to(script).await.unwrap_err();
        assert!(
            matches!(refused, SendError::Down { after, .. } if after == asked),
            "{script:?}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn mail_above_the_servers_size_limit_is_not_sent() {
    let refused = send_to(&[("EHLO", "250-mx.test\r\n250-AUTH PLAIN\r\n250 SIZE 10")]).await;
    assert!(matches!(refused, Err(SendError::Rejected { class: FailureClass::TooLarge, .. })), "{refused:?}");
}

const INTERNATIONAL: Script =
    &[("EHLO", "250-mx.test\r\n250-AUTH PLAIN\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 100000")];

#[tokio::test]
async fn addresses_beyond_ascii_are_sent_only_to_servers_with_smtputf8() {
    let to = |address: &str| OutgoingMail { to: EmailAddress::parse(address).unwrap(), ..mail() };
    let (smtp, received) = server(INTERNATIONAL);
    let providers_of = |smtp| providers(no_http(), smtp);
    providers_of(smtp).send_mail(&mailbox(), &to("müller@bücher.test")).await.unwrap();
    {
        let received = received.lock().unwrap();
        let said = |prefix: &str| received.commands.iter().find(|c| c.starts_with(prefix)).unwrap().clone();
        assert!(said("MAIL").ends_with(" BODY=8BITMIME SMTPUTF8"), "{}", said("MAIL"));
        assert_eq!(said("RCPT"), "RCPT TO:<müller@xn--bcher-kva.test>");
        assert!(received.message.contains("<müller@xn--bcher-kva.test>"));
    }
    // A mail without such letters does not ask for the extension.
    let (smtp, received) = server(INTERNATIONAL);
    providers_of(smtp).send_mail(&mailbox(), &to("ann@bücher.test")).await.unwrap();
    assert!(received.lock().unwrap().commands.iter().all(|command| !command.contains("UTF8")));

    for script in [
        &[][..],
        &[("EHLO", "250-mx.test\r\n250-AUTH PLAIN\r\n250 SMTPUTF8")],
        &[("EHLO", "250-mx.test\r\n250-AUTH PLAIN\r\n250 8BITMIME")],
    ] {
        let (smtp, received) = server(script);
        let refused = providers_of(smtp).send_mail(&mailbox(), &to("müller@lead.test")).await;
        let Err(SendError::Rejected { class, code, detail, suppress }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!((class.as_str(), code.as_deref()), ("address_not_supported", Some("553 5.6.7")));
        assert!(detail.contains("does not offer SMTPUTF8") && !suppress, "{detail}");
        assert!(received.lock().unwrap().commands.iter().all(|c| !c.starts_with("MAIL")));
    }
    // The account's own address is in all of its mail.
    let odd = OutgoingMail { reply_to: EmailAddress::parse("jörg@acme.test").ok(), ..mail() };
    let later: Script = Box::leak(vec![INTERNATIONAL[0], ("MAIL", "550 5.6.7 no")].into_boxed_slice());
    for script in [&[][..], later] {
        let (smtp, _) = server(script);
        let refused = providers_of(smtp).send_mail(&mailbox(), &odd).await;
        assert!(matches!(refused, Err(SendError::Account { .. })), "{refused:?}");
    }
    // The server refuses at the recipient, or at the parameter, after it announced the extension.
    for said in [("RCPT", "553 5.6.7 no"), ("MAIL", "550 5.6.7 no"), (".", "554 5.6.9 not to them")] {
        let script = Box::leak(vec![INTERNATIONAL[0], said].into_boxed_slice());
        let (smtp, _) = server(script);
        let refused = providers_of(smtp).send_mail(&mailbox(), &to("müller@lead.test")).await;
        assert!(
            matches!(
                &refused,
                Err(SendError::Rejected { class: FailureClass::AddressNotSupported, suppress: false, .. })
            ),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn amazon_relay_returns_the_message_id_it_gives() {
    let id = "0100018c-aaaa-bbbb-cccc-000000000000-000000";
    let accepted = send_to(&[(".", "250 Ok 0100018c-aaaa-bbbb-cccc-000000000000-000000")]).await.unwrap();
    assert_eq!(accepted.provider_id.as_deref(), Some(id));
    assert_eq!(accepted.internet_id, None, "of another relay nobody knows the rest of it");
    let through = async |host: &str| {
        let (smtp, _) = server(&[(".", "250 Ok 0100018c-aaaa-bbbb-cccc-000000000000-000000")]);
        let mut mailbox = mailbox();
        let AccountSettings::Smtp { host: own, .. } = &mut mailbox.settings else { unreachable!() };
        *own = host.to_owned();
        let accepted = providers(no_http(), smtp).send_mail(&mailbox, &mail()).await.unwrap();
        accepted.internet_id.unwrap()
    };
    let north_virginia = through("email-smtp.us-east-1.amazonaws.com").await;
    assert_eq!(north_virginia, format!("{id}@email.amazonses.com"));
    assert_eq!(through("email-smtp.eu-west-1.amazonaws.com").await, format!("{id}@eu-west-1.amazonses.com"));
    assert_eq!(
        through("email-smtp-fips.us-west-2.amazonaws.com").await,
        format!("{id}@us-west-2.amazonses.com")
    );
}

#[tokio::test]
async fn refused_connection_may_be_retried() {
    let nobody = PipeSmtp::new(|_| Err(std::io::Error::from(std::io::ErrorKind::ConnectionRefused)));
    let error = providers(no_http(), nobody).send_mail(&mailbox(), &mail()).await.unwrap_err();
    assert!(matches!(error, SendError::Down { .. }), "{error:?}");
}

fn phone() -> OpenAccount {
    let settings = AccountSettings::Twilio {
        base_url: "https://api.twilio.com/".to_owned(),
        account_sid: "AC123".to_owned(),
        from_number: PhoneNumber::parse("+14155552671", None).unwrap(),
        places_calls: false,
    };
    account(settings, SecretFields::one("auth_token", "t0ken"))
}

fn sms() -> OutgoingSms {
    OutgoingSms {
        to: PhoneNumber::parse("+12025550123", None).unwrap(),
        text: "Hi & bye ☂".to_owned(),
        status_callback: "https://app.acme.test/api/webhooks/twilio?message=msg_1".to_owned(),
        tag: "msg_1".to_owned(),
    }
}

#[tokio::test]
async fn sms_is_sent_as_a_form() {
    let (http, asked) = answering(201, include_str!("../twilio/fixtures/created.json"));
    let accepted = providers(http, no_smtp()).send_sms(&phone(), &sms()).await.unwrap();
    assert_eq!(accepted.provider_id.as_deref(), Some("SM3e1f0a2b4c5d6e7f8091a2b3c4d5e6f7"));
    let request = asked.lock().unwrap().pop().unwrap();
    assert_eq!(request.uri(), "https://api.twilio.com/2010-04-01/Accounts/AC123/Messages.json");
    assert_eq!(request.headers()["authorization"], "Basic QUMxMjM6dDBrZW4=");
    assert!(!format!("{request:?}").contains("QUMxMjM6dDBrZW4="));
    assert_eq!(
        String::from_utf8(request.into_body()).unwrap(),
        "To=%2B12025550123&From=%2B14155552671&Body=Hi+%26+bye+%E2%98%82&StatusCallback=https%3A%2F%2Fapp.acme.test\
         %2Fapi%2Fwebhooks%2Ftwilio%3Fmessage%3Dmsg_1"
    );
}

async fn text(status: u16, body: &str) -> Result<Accepted, SendError> {
    let (http, _) = answering(status, body);
    providers(http, no_smtp()).send_sms(&phone(), &sms()).await
}

fn numbered(code: u32) -> String {
    format!(r#"{{"code":{code},"message":"To +12025550123 is not good","more_info":"…","status":400}}"#)
}

#[tokio::test]
async fn each_twilio_response_is_classified() {
    for (code, class, suppresses) in
        [(21610, "opted_out", true), (21211, "hard_unknown_user", true), (21614, "not_mobile", false)]
    {
        let error = text(400, &numbered(code)).await.unwrap_err();
        let SendError::Rejected { class: found, detail, suppress, .. } = error else { panic!("{error:?}") };
        assert_eq!((found.as_str(), suppress), (class, suppresses));
        assert_eq!(detail, "To the recipient is not good");
    }
    assert!(matches!(text(401, &numbered(20003)).await, Err(SendError::Account { .. })));
    assert!(matches!(text(400, &numbered(21606)).await, Err(SendError::Account { .. })));
    assert!(matches!(text(404, "<html>").await, Err(SendError::Account { .. })));
    assert!(matches!(text(429, &numbered(20429)).await, Err(SendError::Down { .. })));
    assert!(matches!(text(400, &numbered(21611)).await, Err(SendError::Down { .. })));
    assert!(matches!(text(503, "").await, Err(SendError::Uncertain(_))));
    assert!(matches!(text(201, "<html>").await, Err(SendError::Uncertain(_))));
}

#[tokio::test]
async fn unsent_sms_is_down_and_a_lost_answer_uncertain() {
    let broken = |make: fn() -> TransportError| {
        let http = InProcessHttp::new(move |_| async move { Err(make()) });
        async move { providers(http, no_smtp()).send_sms(&phone(), &sms()).await }
    };
    let unsent = broken(|| TransportError::NotSent("refused".into())).await;
    assert!(matches!(unsent, Err(SendError::Down { .. })));
    let lost = broken(|| TransportError::Ambiguous("reset".into())).await;
    assert!(matches!(lost, Err(SendError::Uncertain(_))));
}

#[tokio::test]
async fn wrong_account_is_reported_without_its_secret() {
    let error = providers(no_http(), no_smtp()).send_sms(&mailbox(), &sms()).await.unwrap_err();
    assert_eq!(error.to_string(), "the account is refused: an account of kind Smtp cannot do this");
    let mut bare = phone();
    bare.secret = SecretFields::default();
    let error = providers(no_http(), no_smtp()).send_sms(&bare, &sms()).await.unwrap_err();
    assert_eq!(error.to_string(), "the account is refused: the account has no auth_token");
}
