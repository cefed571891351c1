//! Composed mails: golden bytes, hostile values, long lines; replies by class.

use super::status_code::{Verdict, judge};
use super::{compose, target};
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::{OutgoingMail, SendError};
use domain::contact::email_address::EmailAddress;
use domain::message::failure_class::FailureClass;
use domain::workspace::account::SmtpSecurity;
use mail_parser::MessageParser;
use proptest::prelude::*;

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn mail() -> OutgoingMail {
    OutgoingMail {
        from: address("joe@acme.test"),
        from_name: "Joe Ünal".to_owned(),
        message_id: "msg_01@acme.test".to_owned(),
        to: address("ann@lead.test"),
        to_name: Some("Ann Müller, \"Boss\"".to_owned()),
        reply_to: None,
        subject: "Größe und Übermut für Ann — a subject that is long enough to be folded".to_owned(),
        text: "Hi Ann,\n\nschöne Grüße\n".to_owned(),
        html: "<p>Hi Ann</p>".to_owned(),
        in_reply_to: Some("parent@lead.test".to_owned()),
        references: vec![
            "root@lead.test".to_owned(),
            "evil>\r\nBcc: x@y.test".to_owned(),
            "parent@lead.test".to_owned(),
        ],
        unsubscribe_url: Some("https://app.acme.test/u/t".to_owned()),
        tag: "msg_01".to_owned(),
    }
}

fn composed(mail: &OutgoingMail) -> Result<String, SendError> {
    let now = "2026-11-20T12:00:00Z".parse().unwrap();
    let (envelope, bytes) = compose(mail, now)?;
    assert_eq!((envelope.from.as_str(), envelope.to.as_str()), ("joe@acme.test", mail.to.as_str()));
    Ok(String::from_utf8(bytes).unwrap())
}

#[test]
fn composed_mail_equals_the_golden_bytes() {
    let golden = include_str!("fixtures/mail.eml").replace('\n', "\r\n");
    assert_eq!(composed(&mail()).unwrap(), golden);
}

#[test]
fn composed_mail_parses_back_to_its_values() {
    let bytes = composed(&mail()).unwrap();
    let parsed = MessageParser::default().parse(bytes.as_bytes()).unwrap();
    assert_eq!(parsed.subject().unwrap(), mail().subject);
    let to = parsed.to().unwrap().first().unwrap();
    assert_eq!((to.name(), to.address()), (mail().to_name.as_deref(), Some("ann@lead.test")));
    assert_eq!(parsed.from().unwrap().first().unwrap().name(), Some("Joe Ünal"));
    assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), mail().text);
    assert_eq!(parsed.references().as_text_list().unwrap().len(), 2);
    assert!(parsed.header("Bcc").is_none());
}

#[test]
fn domain_is_written_in_ascii_and_the_local_part_unchanged() {
    let utf8 = |mail: &OutgoingMail| compose(mail, "2026-11-20T12:00:00Z".parse().unwrap()).unwrap().0.utf8;
    let mut odd = mail();
    assert!(!utf8(&odd));
    odd.to = address("ann@müller.test");
    assert!(composed(&odd).unwrap().contains("<ann@xn--mller-kva.test>\r\n") && !utf8(&odd));
    odd.to = address("müller@bücher.test");
    let bytes = composed(&odd).unwrap();
    assert!(bytes.contains("<müller@xn--bcher-kva.test>\r\n") && utf8(&odd), "{bytes}");
    let beyond: Vec<_> = bytes.split("\r\n").filter(|line| !line.is_ascii()).collect();
    assert_eq!(beyond.len(), 1, "{beyond:?}");
    let parsed = MessageParser::default().parse(bytes.as_bytes()).unwrap();
    let to = parsed.to().unwrap().first().unwrap();
    assert_eq!((to.name(), to.address()), (mail().to_name.as_deref(), Some("müller@xn--bcher-kva.test")));

    let mut odd = mail();
    odd.reply_to = Some(address("jörg@acme.test"));
    assert!(composed(&odd).unwrap().contains("Reply-To: jörg@acme.test\r\n") && utf8(&odd));
}

#[test]
fn invalid_header_values_are_refused() {
    let refused = |change: fn(&mut OutgoingMail)| {
        let mut bad = mail();
        change(&mut bad);
        matches!(composed(&bad), Err(SendError::Rejected { class: FailureClass::BadContent, .. }))
    };
    assert!(refused(|mail| mail.message_id = "a b".to_owned()));
    assert!(refused(|mail| mail.tag = "x\r\nBcc: y".to_owned()));
    assert!(refused(|mail| mail.unsubscribe_url = Some("https://x/ y".to_owned())));
    assert!(refused(|mail| mail.unsubscribe_url = Some("javascript:alert(1)".to_owned())));
    assert!(refused(|mail| mail.subject = "x".repeat(501)));
}

/// Returns the header names; any but the allowed ones was injected.
fn header_names(bytes: &str) -> Vec<&str> {
    let head = bytes.split("\r\n\r\n").next().unwrap();
    let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    lines.map(|line| line.split(':').next().unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_value_adds_a_header_or_breaks_a_line(
        subject in "(?s).{0,200}", name in "(?s).{0,80}", text in "(?s).{0,2000}", html in "[a-z<>é\\r\\n\\. ]{0,3000}",
        reference in "(?s).{0,60}", long in "[a-zA-Z]{0,490}",
    ) {
        let mut hostile = mail();
        hostile.subject = format!("{subject}\r\nBcc: a@b.test\r\n\r\n{long}").chars().take(500).collect();
        hostile.to_name = Some(name);
        hostile.text = text;
        hostile.html = html;
        hostile.references = vec![reference];
        let bytes = composed(&hostile).unwrap();
        let allowed = [
            "From", "To", "Date", "Message-ID", "Subject", "X-Leadflow-Message", "In-Reply-To", "References",
            "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Content-Type",
        ];
        for name in header_names(&bytes) {
            prop_assert!(allowed.contains(&name), "{name}");
        }
        prop_assert!(bytes.is_ascii());
        prop_assert!(!bytes.replace("\r\n", "").contains(['\r', '\n']));
        prop_assert!(bytes.split("\r\n").all(|line| line.len() <= 998));
        prop_assert_eq!(composed(&hostile).unwrap(), bytes);
    }
}

#[test]
fn replies_of_the_large_hosts_are_classified() {
    let refused = |class, suppress| Verdict::Refused { class, suppress };
    for (code, text, verdict) in [
        (
            550,
            "5.1.1 The email account that you tried to reach does not exist",
            refused(FailureClass::HardUnknownUser, true),
        ),
        (550, "5.2.1 The email account is inactive", refused(FailureClass::HardUnknownUser, true)),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound", refused(FailureClass::HardUnknownUser, true)),
        (
            550,
            "5.4.1 Recipient address rejected: Access denied",
            refused(FailureClass::HardUnknownUser, true),
        ),
        (
            554,
            "delivery error: dd This user doesn't have a yahoo.com account",
            refused(FailureClass::HardUnknownUser, true),
        ),
        (
            552,
            "1 Requested mail action aborted, mailbox not found",
            refused(FailureClass::HardUnknownUser, true),
        ),
        (553, "5.1.2 We weren't able to find the recipient domain", refused(FailureClass::HardDomain, true)),
        (552, "5.2.2 The email account is over quota", refused(FailureClass::SoftFull, false)),
        (552, "5.3.4 message too big", refused(FailureClass::TooLarge, false)),
        (550, "5.7.26 unauthenticated email", refused(FailureClass::AuthFailed, false)),
        (
            550,
            "5.7.515 Access denied, sending domain does not meet",
            refused(FailureClass::AuthFailed, false),
        ),
        (550, "5.7.1 likely unsolicited mail", refused(FailureClass::BlockedReputation, false)),
        (
            550,
            "5.7.1 messages from [192.0.2.1] weren't sent (S3150)",
            refused(FailureClass::BlockedReputation, false),
        ),
        (550, "5.7.606 Access denied, banned sending IP", refused(FailureClass::BlockedReputation, false)),
        (552, "5.7.0 blocked attachment", refused(FailureClass::BadContent, false)),
        (554, "5.7.1 <ann@lead.test>: Relay access denied", Verdict::Account),
        (550, "relaying denied", Verdict::Account),
        (550, "Domain acme.test has exceeded the max emails per hour (40/40) allowed", Verdict::Quota),
        (553, "5.6.7 the server does not offer SMTPUTF8", refused(FailureClass::AddressNotSupported, false)),
        (550, "5.4.5 Daily user sending limit exceeded", Verdict::Quota),
        (550, "5.7.708 Access denied, traffic not accepted", Verdict::Quota),
        (554, "5.2.2 SubmissionQuotaExceeded", Verdict::Quota),
        (550, "no", refused(FailureClass::Unknown, false)),
    ] {
        assert_eq!(judge(code, text), verdict, "{code} {text}");
    }
}

#[test]
fn smtp_target_never_prints_its_password() {
    let secret = SecretFields::one("password", "hunter2");
    let shown = format!("{:?}", target("mx.test", 25, SmtpSecurity::Tls, "joe", &secret));
    assert!(!shown.contains("hunter2"), "{shown}");
}
