//! Bounces: what mail servers of all makes write, whose fault it is, and what is none.

use super::{bounced, raw, read, reply};
use crate::*;

fn returned(from: &str, subject: &str, text: &str) -> Understood {
    raw(&format!(
        "Return-Path: <>\nFrom: {from}\nTo: ada@us.test\nSubject: {subject}\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    ))
}

fn class_in_prose(subject: &str, text: &str) -> Option<BounceClass> {
    let found = returned("Mailer <mailer-daemon@mx.test>", subject, text);
    let bounce = found.bounces.first().filter(|bounce| bounce.address.as_deref() == Some("mia@lead.test"));
    bounce.map(|bounce| bounce.class)
}

#[test]
fn refusal_of_the_sender_is_not_taken_for_a_dead_address() {
    for answer in [
        "550 5.1.8 <ada@us.test>: Sender address rejected: Domain not found",
        "550 Verification failed for <ada@us.test>\nSender verify failed",
        "550 Mail content denied",
        "541 5.4.1 Mail rejected by destination domain",
        "554 Your message violates our rules on mass mail",
    ] {
        assert!(class_of_answer(answer).is_blocked(), "{answer}: {:?}", class_of_answer(answer));
    }
}

#[test]
fn dead_address_is_known_in_the_words_of_many_servers() {
    for answer in [
        "User mia (mia@lead.test) not listed in Domino Directory",
        "550 mia: there is nobody of that name",
        "The account or domain may not exist, they may be blacklisted, or missing the proper dns entries.",
        "550 5.1.6 recipient no longer on server: mia@lead.test",
        "550 Local mailbox mia@lead.test is unavailable: user is terminated",
    ] {
        assert!(class_of_answer(answer).is_hard(), "{answer}: {:?}", class_of_answer(answer));
    }
}

#[test]
fn full_mailbox_and_a_limit_of_ours_may_pass() {
    for (answer, class) in [
        ("552 5.2.3 Mailbox voll", BounceClass::SoftFull),
        ("Router: mail file is over its quota", BounceClass::SoftFull),
        ("Domain us.test has exceeded the max emails per hour (130/100)", BounceClass::SoftTemp),
        ("550 Ip frequency limited", BounceClass::SoftTemp),
        ("lowest numbered MX record points to local host", BounceClass::SoftTemp),
    ] {
        assert_eq!(class_of_answer(answer), class, "{answer}");
    }
    assert_eq!(
        bounced("mia@lead.test", "5.2.3", "552 5.2.3 message size exceeds fixed limit").bounces[0].class,
        BounceClass::TooLarge
    );
}

#[test]
fn server_s_prose_is_read_in_every_language() {
    use BounceClass::{BlockedPolicy, HardUnknownUser, SoftFull, SoftTemp};
    for (subject, text, class) in [
        ("Rücksendung", "Das Postfach mia@lead.test wurde gelöscht.", HardUnknownUser),
        ("Zustellung verzögert", "mia@lead.test: wir versuchen es weiter.", SoftTemp),
        ("Message refusé", "mia@lead.test : votre courriel a été rejeté.", BlockedPolicy),
        ("Correo devuelto", "El buzón de mia@lead.test ha superado su cuota.", SoftFull),
        ("Messaggio respinto", "mia@lead.test: casella disattivata", HardUnknownUser),
        ("Mensagem devolvida", "A caixa de mia@lead.test está cheia.", SoftFull),
        ("Bericht geweigerd", "Uw bericht aan mia@lead.test is tegengehouden.", BlockedPolicy),
        ("Zwrot wiadomości", "Konto mia@lead.test zostało usunięte.", HardUnknownUser),
        ("Vrácená zpráva", "Schránka mia@lead.test je zaplněná.", SoftFull),
        ("Returnerad post", "Mottagaren mia@lead.test är okänd.", HardUnknownUser),
        ("Mail returneret", "Postkassen mia@lead.test er nedlagt.", HardUnknownUser),
        ("İleti reddedildi", "mia@lead.test için iletiniz engellendi.", BlockedPolicy),
        ("Письмо не доставлено", "Ящик mia@lead.test переполнен.", SoftFull),
        ("系统退信", "mia@lead.test 收件人不存在", HardUnknownUser),
    ] {
        assert_eq!(class_in_prose(subject, text), Some(class), "{subject}: {text}");
    }
}

#[test]
fn daemon_that_names_an_address_in_unknown_words_is_no_person() {
    let found = returned("mailer-daemon@mx.test", "Kjfs", "mia@lead.test: lorem ipsum dolor");
    assert_eq!(
        (found.kind, found.bounces[0].address.as_deref(), found.bounces[0].class),
        (Kind::Bounce, Some("mia@lead.test"), BounceClass::Unknown)
    );
    let gate = returned(
        "Mail Security <noreply@gate.test>",
        "Message rejected",
        "Your message to mia@lead.test was stopped.",
    );
    assert_eq!(gate.kind, Kind::Bounce);
}

#[test]
fn absence_note_without_a_return_path_is_no_bounce() {
    let found = returned("mia@lead.test", "Out of office", "I am away until 7 December. Ask kim@lead.test.");
    assert_eq!(found.kind, Kind::OutOfOffice, "{found:?}");
}

#[test]
fn person_who_speaks_of_deliveries_is_no_bounce() {
    for text in [
        "Delivery has been delayed at our dock all week. Call me on Monday, I am interested.",
        "Bei uns konnte letzte Woche nichts zugestellt werden. Schicken Sie mir bitte ein Angebot.",
    ] {
        assert_eq!(read(&reply(text)).intent, Some(Intent::Interested), "{text}");
    }
}
