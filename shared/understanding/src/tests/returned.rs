//! The mail of ours that a bounce, a complaint or a forward returns: whole in a part of its own, encoded, in another mail,
//! or named by its id alone.

use super::raw;
use crate::*;

const RETURNED: &str = "Message-ID: <01hzx0example0000000000001@us.test>\nX-Leadflow-Message: msg_1\n\
    From: Ada <ada@us.test>\nTo: mia@lead.test\nSubject: Fewer\n\nHello Mia\n";
const ID: &str = "01hzx0example0000000000001@us.test";

fn report(kind: &str, machine: &str, returned: &str) -> Understood {
    raw(&format!(
        "From: MAILER-DAEMON@mx.test\nReturn-Path: <>\nSubject: Undelivered Mail\nMessage-ID: <other@mx.test>\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type={kind}; boundary=b\n\n--b\nContent-Type: text/plain\n\n\
         It could not be delivered.\n--b\n{machine}\n--b\n{returned}\n--b--\n"
    ))
}

fn bounced(returned: &str) -> Understood {
    let machine = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\n\n\
        Final-Recipient: rfc822; other@forward.test\nAction: failed\nStatus: 5.1.1\n";
    report("delivery-status", machine, returned)
}

fn id_and_to(found: &Understood) -> (Option<&str>, Option<&str>) {
    let returned = found.returned.as_ref();
    (returned.and_then(|one| one.id.as_deref()), returned.and_then(|one| one.to.as_deref()))
}

#[test]
fn returned_mail_in_a_part_is_found_by_its_own_id() {
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, RETURNED);
    for returned in [
        format!("Content-Type: message/rfc822\n\n{RETURNED}"),
        format!("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{encoded}\n"),
        format!("Content-Type: text/rfc822-headers\n\n{RETURNED}"),
        format!("Content-Type: message/rfc822-headers\n\n{RETURNED}"),
        format!("Content-Type: message/global\n\n{RETURNED}"),
        format!(
            "Content-Type: message/rfc822\n\nSubject: Fwd\nMessage-ID: <fwd@forward.test>\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n{RETURNED}"
        ),
    ] {
        let found = bounced(&returned);
        assert_eq!(found.kind, Kind::Bounce, "{returned}");
        assert_eq!(id_and_to(&found), (Some(ID), Some("mia@lead.test")), "{returned}");
        let machine = "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n";
        let complaint = report("feedback-report", machine, &returned);
        assert_eq!(complaint.kind, Kind::Complaint, "{returned}");
        assert_eq!(id_and_to(&complaint), (Some(ID), Some("mia@lead.test")), "{returned}");
    }
}

#[test]
fn complaint_that_only_returns_the_mail_with_its_provider_s_header_is_one() {
    let found = raw(&format!(
        "From: staff@provider.test\nSubject: complaint about message\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
         --b\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: mia@lead.test\n{RETURNED}\n--b--\n"
    ));
    assert_eq!(found.kind, Kind::Complaint);
    assert_eq!(id_and_to(&found), (Some(ID), Some("mia@lead.test")));
}

#[test]
fn mail_of_which_only_the_id_is_told_is_found() {
    let empty = "Content-Type: text/plain\n\n";
    let machine = |field: &str| {
        format!(
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.test\n{field}\n\nFinal-Recipient: rfc822; mia@lead.test\nAction: failed\nStatus: 5.1.1\n"
        )
    };
    let found = report("delivery-status", &machine(&format!("X-Original-Message-ID: <{ID}>")), empty);
    assert_eq!(id_and_to(&found).0, Some(ID));
    for text in [
        format!("Your message could not be delivered: user unknown.\n\nMessage-ID: <{ID}>"),
        format!("Your message could not be delivered: user unknown.\n\nMessage-ID:\n  {ID}"),
        format!("Nachrichten-ID: {ID}\nDer Empfänger ist unbekannt."),
        format!("Your mail <{ID}> could not be delivered: user unknown."),
        format!(
            "User unknown\n\nFrom: somebody\n\n------ This is a copy ------\nReceived: from x\nMessage-Id:\n <{ID}>\nTo: mia@lead.test"
        ),
    ] {
        let found = raw(&format!(
            "From: mailer-daemon@mx.test\nReturn-Path: <>\nSubject: failure notice\n\n{text}\n"
        ));
        assert_eq!((found.kind, id_and_to(&found).0), (Kind::Bounce, Some(ID)), "{text}");
    }
}

#[test]
fn forwarded_bounce_is_a_person_s() {
    let forwarded = raw(
        "From: mia@lead.test\nIn-Reply-To: <1@us.test>\nSubject: Fwd: Undeliverable\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nI got this back, what is it?\n\
         --b\nContent-Type: message/rfc822\n\nFrom: mailer-daemon@mx.test\nMIME-Version: 1.0\n\
         Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; tom@lead.test\nAction: failed\nStatus: 5.1.1\n--b--\n",
    );
    assert_eq!(forwarded.kind, Kind::Person, "{forwarded:?}");
}

#[test]
fn prose_about_two_recipients_tells_of_each() {
    let found = raw(
        "From: mailer-daemon@mx.test\nReturn-Path: <>\nSubject: Undelivered Mail\n\nIt could not be delivered.\n\n\
         <mia@lead.test>: 552 5.2.2 mailbox full\n\n<tom@lead.test>: 550 5.1.1 no such user\n",
    );
    let told: Vec<_> = found.bounces.iter().map(|one| (one.address.as_deref(), one.class)).collect();
    assert_eq!(
        told,
        [
            (Some("mia@lead.test"), BounceClass::SoftFull),
            (Some("tom@lead.test"), BounceClass::HardUnknownUser)
        ]
    );
}

#[test]
fn wordings_of_ended_accounts_and_full_mailboxes_are_known() {
    for (answer, class) in [
        ("550 User account has been terminated", BounceClass::HardUnknownUser),
        ("550 5.7.1 This account has expired", BounceClass::HardUnknownUser),
        ("mia@lead.test: over quota temporarily (#5.1.1)", BounceClass::SoftFull),
        ("552 storage full", BounceClass::SoftFull),
    ] {
        assert_eq!(class_of_answer(answer), class, "{answer}");
    }
}

#[test]
fn report_that_is_no_complaint_is_automatic_and_holds_nobody() {
    let returned = "Content-Type: message/rfc822\n\nFrom: ada@us.test\nTo: mia@lead.test\nSubject: Fewer missed appointments\n\
         Message-ID: <1@us.test>\n\nIf you would like me to stop emailing you, just say so.\n";
    for kind in ["auth-failure", "dmarc", "not-spam", "virus", "fraud", "other", "Auth-Failure"] {
        let machine = format!("Content-Type: message/feedback-report\n\nFeedback-Type: {kind}\nVersion: 1\n");
        let text = format!(
            "From: reports@lead.test\nSubject: Report about your mail\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: text/plain\n\n\
             A message claiming to be from you has failed authentication. Please stop sending such mails.\n--b\n{machine}\n--b\n{returned}\n--b--\n"
        );
        let found = super::raw(&text);
        assert_eq!(found.kind, crate::Kind::AutoAcknowledgement, "{kind}: {found:?}");
    }
    let wish = "From: reports@lead.test\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/report; boundary=b\n\n--b\n\
         Content-Type: message/feedback-report\n\nFeedback-Type: opt-out\nOriginal-Rcpt-To: mia@lead.test\n\n--b--\n";
    assert_eq!(super::raw(wish).kind, crate::Kind::Complaint);
}
