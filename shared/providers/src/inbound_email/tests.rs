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
    let inbound = fixture(include_str!("fixtures/reply.eml"));
    assert_eq!(inbound.from.as_deref(), Some("Ann@Lead.test"));
    assert_eq!(inbound.to, ["reply@in.acme.test", "joe@acme.test", "boss@lead.test"]);
    assert_eq!(inbound.internet_id.as_deref(), Some("reply-1@lead.test"));
    assert_eq!(inbound.in_reply_to.as_deref(), Some("msg_01@acme.test"));
    assert_eq!(inbound.references, ["root@acme.test", "msg_01@acme.test"]);
    let mail = inbound.mail;
    assert_eq!((mail.from_name.as_str(), mail.subject.as_str()), ("Ann Müller", "Re: Größe"));
    assert_eq!(mail.text.trim_end(), "Schön, rufen Sie mich an.\n\n> Hi Ann");
}

#[test]
fn recipients_are_read_of_envelope_header_and_what_was_noted_on_the_way() {
    let mail = fixture(
        "Delivered-To: <in@acme.test>\nX-Original-To: ben@acme.test\nEnvelope-To: cleo@acme.test\n\
         Delivered-To: no address\nFrom: a@b.test\nTo: Boss <boss@b.test>\nCc: BEN@acme.test\n\nx\n",
    );
    let read = ["reply@in.acme.test", "boss@b.test", "BEN@acme.test", "in@acme.test", "cleo@acme.test"];
    assert_eq!(mail.to, read);
    let many: String = (0..60).map(|n| format!("To: {n}@b.test\n")).collect();
    let mail = fixture(&format!("Delivered-To: ben@acme.test\n{many}\nx\n"));
    assert!(mail.to.len() <= 60 && mail.to.last().unwrap() == "ben@acme.test", "{:?}", mail.to);
}

#[test]
fn ids_are_read_with_or_without_angle_brackets() {
    let read =
        |references: &str| fixture(&format!("From: a@b.test\nReferences: {references}\n\nx\n")).references;
    assert_eq!(read("<one@b.test><two@b.test>\n <one@b.test>"), ["one@b.test", "two@b.test"]);
    assert_eq!(read("one@b.test two@b.test"), ["one@b.test", "two@b.test"]);
    assert_eq!(read("<> < > <one"), ["one"]);
}

#[test]
fn reports_keep_the_parts_that_machines_read() {
    for (report, kind, told) in [
        (include_str!("fixtures/bounce.eml"), "message/delivery-status", "550 5.1.1 <ann@lead.test>"),
        (include_str!("fixtures/delayed.eml"), "message/delivery-status", "4.4.1"),
        (include_str!("fixtures/complaint.eml"), "message/feedback-report", "Feedback-Type: abuse"),
    ] {
        let mail = fixture(report).mail;
        assert!(mail.part(kind).is_some_and(|part| part.text.contains(told)), "{kind}: {:?}", mail.parts);
        assert!(mail.parts.iter().any(|part| part.text.contains("msg_01@acme.test")), "{kind}");
    }
}

/// RFC 6532: addresses beyond ASCII stand in the headers as they are.
#[test]
fn reply_from_an_address_beyond_ascii_has_our_spelling_of_it() {
    let mail =
        fixture("From: Jörg Müller <Müller@Bücher.test>\nTo: reply@in.acme.test\nSubject: Schön\n\nJa\n");
    let from = domain::contact::email_address::EmailAddress::parse(mail.from.as_deref().unwrap()).unwrap();
    assert_eq!(from.as_str(), "müller@xn--bcher-kva.test");
    assert_eq!((mail.mail.from_name.as_str(), mail.mail.subject.as_str()), ("Jörg Müller", "Schön"));
}

#[test]
fn html_alone_becomes_text() {
    let raw = b"From: a@b.test\r\nContent-Type: text/html\r\n\r\n<style>p{}</style><p>Yes &amp; no</p>";
    assert!(read(raw).mail.plain().contains("Yes & no"));
}

#[test]
fn missing_parts_of_a_mail_are_left_out() {
    let bare = read(b"no header at all");
    assert_eq!(bare.from.as_deref(), Some("bounce@lead.test"));
    assert_eq!(bare.to, ["reply@in.acme.test"]);
    let empty = read(b"");
    assert_eq!((empty.mail.text.as_str(), empty.mail.subject.as_str()), ("", ""));
    let huge = [b"Subject: x\r\n\r\n".as_slice(), "ü".repeat(400_000).as_bytes()].concat();
    assert!(read(&huge).mail.text.len() <= 256 * 1024);
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
