//! Recorded replies and reports, and what a hostile sender may think of.

use super::webhook::{account, translate};
use application::ports::provider_events::{InboundEmail, ProviderEvent, WebhookRequest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::json;

fn payload(raw: &[u8]) -> String {
    let data =
        json!({"from": "bounce@lead.test", "to": ["reply@in.acme.test"], "raw_base64": STANDARD.encode(raw)});
    json!({"type": "email.received", "data": data}).to_string()
}

fn read(raw: &[u8]) -> InboundEmail {
    match <[_; 1]>::try_from(translate(&payload(raw)).unwrap()) {
        Ok([ProviderEvent::EmailReceived(mail)]) => *mail,
        other => panic!("{other:?}"),
    }
}

fn fixture(text: &str) -> InboundEmail {
    read(text.replace('\n', "\r\n").as_bytes())
}

#[test]
fn reply_is_read_with_all_its_parts() {
    let mail = fixture(include_str!("fixtures/reply.eml"));
    assert_eq!(mail.from.as_deref(), Some("Ann@Lead.test"));
    assert_eq!(mail.from_name.as_deref(), Some("Ann Müller"));
    assert_eq!(mail.to, ["reply@in.acme.test", "joe@acme.test", "boss@lead.test"]);
    assert_eq!(mail.subject, "Re: Größe");
    assert_eq!(mail.text.trim_end(), "Schön, rufen Sie mich an.\n\n> Hi Ann");
    assert_eq!(mail.internet_id.as_deref(), Some("reply-1@lead.test"));
    assert_eq!(mail.in_reply_to.as_deref(), Some("msg_01@acme.test"));
    assert_eq!(mail.references, ["root@acme.test", "msg_01@acme.test"]);
    assert_eq!(mail.date, "2026-11-20T12:05:00Z".parse().ok());
    assert_eq!(mail.bounce, None);
    assert!(mail.headers.contains(&("auto-submitted".to_owned(), "no".to_owned())));
    let received = mail.headers.iter().find(|(name, _)| name == "received").unwrap();
    assert_eq!(received.1, "from mx.lead.test (mx.lead.test [192.0.2.9]) by in.acme.test with ESMTPS id abc");
}

#[test]
fn delivery_report_names_the_mail_that_bounced() {
    let bounce = fixture(include_str!("fixtures/bounce.eml")).bounce.unwrap();
    assert_eq!((bounce.action.as_str(), bounce.status.as_str()), ("failed", "5.1.1"));
    assert_eq!(bounce.recipient, "ann@lead.test");
    assert_eq!(bounce.diagnostic, "550 5.1.1 <ann@lead.test>: Recipient address rejected: User unknown");
    assert_eq!(bounce.original.id.as_deref(), Some("msg_01@acme.test"));
    assert_eq!(bounce.original.tag.as_deref(), Some("msg_01"));
}

/// RFC 6533: a bounce of a mail to an address beyond ASCII.
#[test]
fn delivery_report_about_an_address_beyond_ascii_names_its_mail() {
    for (subtype, body) in [("global-headers", ""), ("global", "\nHi\n")] {
        let report = format!(
            "From: MAILER-DAEMON@mx.lead.test\nTo: joe@acme.test\nSubject: Undeliverable\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=global-delivery-status; boundary=\"b\"\n\n\
             --b\nContent-Type: text/plain\n\nIt came back.\n\
             --b\nContent-Type: message/global-delivery-status\nContent-Transfer-Encoding: 8bit\n\n\
             Reporting-MTA: dns; mx.lead.test\n\nFinal-Recipient: utf-8; müller@bücher.test\nAction: failed\n\
             Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 nobody\n\
             --b\nContent-Type: message/{subtype}\n\nMessage-ID: <msg_01@acme.test>\nTo: müller@bücher.test\n\
             X-Leadflow-Message: msg_01\n{body}\n--b--\n"
        );
        let bounce = fixture(&report).bounce.unwrap();
        assert_eq!((bounce.action.as_str(), bounce.status.as_str()), ("failed", "5.1.1"));
        assert_eq!(bounce.recipient, "müller@bücher.test");
        assert_eq!(bounce.original.tag.as_deref(), Some("msg_01"), "{subtype}");
        assert_eq!(bounce.original.id.as_deref(), Some("msg_01@acme.test"), "{subtype}");
    }
}

/// RFC 6532: addresses beyond ASCII stand in the headers as they are.
#[test]
fn reply_from_an_address_beyond_ascii_has_our_spelling_of_it() {
    let mail =
        fixture("From: Jörg Müller <Müller@Bücher.test>\nTo: reply@in.acme.test\nSubject: Schön\n\nJa\n");
    let from = domain::contact::email_address::EmailAddress::parse(mail.from.as_deref().unwrap()).unwrap();
    assert_eq!(from.as_str(), "müller@xn--bcher-kva.test");
    assert_eq!((mail.from_name.as_deref(), mail.subject.as_str()), (Some("Jörg Müller"), "Schön"));
}

#[test]
fn delivery_report_with_the_whole_mail_names_it() {
    let bounce = fixture(include_str!("fixtures/delayed.eml")).bounce.unwrap();
    assert_eq!((bounce.action.as_str(), bounce.status.as_str()), ("delayed", "4.4.1"));
    assert_eq!(bounce.original.id.as_deref(), Some("msg_01@acme.test"));
    assert_eq!(bounce.original.tag.as_deref(), Some("msg_01"));
}

#[test]
fn abuse_report_names_the_mail_taken_for_spam() {
    let report = include_str!("fixtures/complaint.eml");
    let mail = fixture(report);
    assert_eq!(mail.bounce, None);
    let original = mail.complaint.unwrap();
    assert_eq!(original.to.as_deref(), Some("ann@lead.test"));
    assert_eq!(original.id.as_deref(), Some("msg_01@acme.test"));
    assert_eq!(original.tag.as_deref(), Some("msg_01"));
    assert_eq!(fixture(&report.replace("Type: abuse", "Type: not-spam")).complaint, None);
}

#[test]
fn html_alone_becomes_text() {
    let raw = b"From: a@b.test\r\nContent-Type: text/html\r\n\r\n<style>p{}</style><p>Yes &amp; no</p>";
    assert!(read(raw).text.contains("Yes & no"));
}

#[test]
fn missing_parts_of_a_mail_are_left_out() {
    let bare = read(b"no header at all");
    assert_eq!(bare.from.as_deref(), Some("bounce@lead.test"));
    assert_eq!(bare.to, ["reply@in.acme.test"]);
    let empty = read(b"");
    assert_eq!((empty.text.as_str(), empty.subject.as_str()), ("", ""));
    let huge = [b"Subject: x\r\n\r\n".as_slice(), "ü".repeat(400_000).as_bytes()].concat();
    assert!(read(&huge).text.len() <= 256 * 1024);
}

#[test]
fn other_events_are_ignored_and_broken_ones_an_error() {
    assert_eq!(translate(r#"{"type":"email.opened","data":{}}"#).unwrap(), Vec::new());
    assert!(translate(r#"{"type":"email.received","data":{}}"#).is_err());
    assert!(translate(r#"{"type":"email.received","data":{"to":[],"raw_base64":"é"}}"#).is_err());
    assert!(translate("{").is_err());
}

#[test]
fn account_is_the_first_recipient() {
    let request =
        |body: String| WebhookRequest { url: String::new(), headers: Vec::new(), body: body.into_bytes() };
    assert_eq!(account(&request(payload(b"x"))).as_deref(), Some("reply@in.acme.test"));
    assert_eq!(account(&request("[]".to_owned())), None);
}

/// Makes recorded mails with bytes changed, cut and doubled.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let fixtures = [
        include_str!("fixtures/reply.eml"),
        include_str!("fixtures/bounce.eml"),
        include_str!("fixtures/delayed.eml"),
    ];
    (0..3_usize, proptest::collection::vec((any::<u16>(), any::<u8>(), 0..4_u8), 0..40), any::<bool>())
        .prop_map(move |(which, changes, crlf)| {
            let text = fixtures[which];
            let mut raw = if crlf { text.replace('\n', "\r\n") } else { text.to_owned() }.into_bytes();
            for (place, byte, what) in changes {
                if raw.is_empty() {
                    break;
                }
                let place = usize::from(place) % raw.len();
                match what {
                    0 => raw[place] = byte,
                    1 => raw.truncate(place),
                    2 => drop(raw.drain(place..(place + usize::from(byte)).min(raw.len()))),
                    _ => {
                        let again = raw[place..(place + usize::from(byte)).min(raw.len())].to_vec();
                        raw.splice(place..place, again);
                    }
                }
            }
            raw
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn parser_survives_changed_mails(raw in mutated()) {
        read(&raw);
    }

    #[test]
    fn parser_survives_any_bytes(raw in proptest::collection::vec(any::<u8>(), 0..600)) {
        read(&raw);
    }

    #[test]
    fn parser_survives_any_structure(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("Content-Type: multipart/mixed; boundary=x\r\n\r\n"), Just("--x\r\n"), Just("--x--\r\n"), Just("--x--"),
                Just("Content-Type: message/rfc822\r\n\r\n"), Just("\r\n"), Just("\n"), Just("From: <a@b>, c:d;\r\n"),
                Just("Content-Type: message/delivery-status\r\n\r\n"), Just("Action: failed\r\n"), Just(" folded\r\n"),
                Just("Content-Type: text/rfc822-headers\r\n\r\n"), Just("Content-Transfer-Encoding: base64\r\n"),
                Just("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nRnJvbTogYQ0KDQo=\r\n"),
                Just("Subject: =?utf-8?b?=C3?=\r\n"), Just("Date: Fri, 99 Zzz 99999 99:99:99 +9999\r\n"), Just("text"),
            ],
            0..40,
        )
    ) {
        read(parts.concat().as_bytes());
    }
}
