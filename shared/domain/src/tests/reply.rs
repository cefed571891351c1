use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn mail(headers: &[(&str, &str)], subject: &str, text: &str) -> Classified {
    let headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    classify(&InboundText {
        channel: Channel::Email,
        headers: &headers,
        from: "Ana <ana@example.com>",
        subject,
        text,
        received_at: at("2026-09-02T09:00:00Z"),
        zone: &TimeZone::get("Europe/London").unwrap(),
    })
}

fn sms(text: &str) -> ReplyKind {
    classify(&InboundText {
        channel: Channel::Sms,
        headers: &[],
        from: "+442074960351",
        subject: "",
        text,
        received_at: at("2026-09-02T09:00:00Z"),
        zone: &TimeZone::UTC,
    })
    .kind
}

const QUOTE: &str = "\n\nOn Tue, 1 Sep 2026 at 10:00, Sam <sam@acme.test>\nwrote:\n> Hello Ana\n> -- \n> Unsubscribe: https://x\n";

#[test]
fn a_person_is_not_taken_for_a_machine() {
    let suppress = [("X-Auto-Response-Suppress", "All"), ("Auto-Submitted", "no"), ("Precedence", "bulk")];
    for (headers, subject, text) in [
        (&[][..], "Re: Your menu", "Sounds good, call me."),
        (&suppress[..], "AW: Your menu", "Gern, passt Dienstag?"),
        (&[][..], "Out of office chairs", "We sell them"),
        (&[][..], "Re: Out of office furniture", "How much?"),
        (&[][..], "Getting away from it all", "Yes please"),
        (&[][..], "Re: x", "How do your customers unsubscribe from the list?"),
        (&[][..], "Re: x", "Please don't contact me before Monday."),
        (&[][..], "Re: x", "Please don't remove me from the list, I like it"),
        (&[][..], "Re: x", "We no longer work with agencies. Send prices anyway"),
        (&[][..], "Re: x", "Yes!\n\n-- \nAna\nTo opt out, please unsubscribe below"),
        (&[("Return-Path", "<>")][..], "Re: x", "Fine"),
    ] {
        let found = mail(headers, subject, &format!("{text}{QUOTE}"));
        assert_eq!(found.kind, ReplyKind::Human, "{subject}: {text}: {found:?}");
    }
}

#[test]
fn asking_to_be_left_alone_is_understood_in_plain_words() {
    for text in [
        "unsubscribe",
        "STOP",
        "Please remove me from your list.",
        "Hi,\nnot for us. Kindly take me off this list, thanks",
        "Stop emailing me!",
        "Stop e-mailing me. Unsubscribe.",
        "Please do not e-mail me again",
        "Don’t contact me again",
        "Bitte melden Sie mich ab.",
        "Bitte keine weiteren E-Mails an diese Adresse",
        "Merci de ne plus me contacter. Désinscrivez-moi.",
        "Quiero darme de baja",
        "Non desidero ricevere altre mail",
        "Graag schrijf mij uit",
        "Não quero receber mais e-mails",
        "Nie chcę otrzymywać takich wiadomości",
    ] {
        assert_eq!(mail(&[], "Re: Hello", &format!("{text}{QUOTE}")).kind, ReplyKind::OptOut, "{text}");
    }
    for text in ["STOP", " stop ", "Cancel", "QUIT", "please stop texting me", "remove me"] {
        assert_eq!(sms(text), ReplyKind::OptOut, "{text}");
    }
    for text in ["Yes", "Can we stop by at 5?", "the end", "START"] {
        assert_eq!(sms(text), ReplyKind::Human, "{text}");
    }
}

#[test]
fn machines_say_so_in_headers_or_in_the_subject() {
    let replied = [("Auto-Submitted", "auto-replied")];
    for (headers, subject, text, kind) in [
        (&replied[..], "Re: Hello", "I am on vacation until 8th September.", ReplyKind::OutOfOffice),
        (
            &[("X-Autoreply", "yes"), ("Precedence", "bulk")][..],
            "Hello",
            "I'm out of office.",
            ReplyKind::OutOfOffice,
        ),
        (&[][..], "Automatische Antwort: Hello", "Danke für Ihre Nachricht.", ReplyKind::OutOfOffice),
        (&[][..], "Réponse automatique : Hello", "", ReplyKind::OutOfOffice),
        (&[][..], "Out of Office", "", ReplyKind::OutOfOffice),
        (&[][..], "Out of office until Monday", "", ReplyKind::OutOfOffice),
        (
            &[("Auto-Submitted", "auto-generated")][..],
            "[#123] We received it",
            "A ticket was made.",
            ReplyKind::AutoReply,
        ),
        (&[("Precedence", "auto_reply")][..], "Thanks", "Please unsubscribe below", ReplyKind::AutoReply),
        (
            &[("Content-Type", "multipart/report; report-type=delivery-status; boundary=x")][..],
            "Undeliverable: Hello",
            "",
            ReplyKind::Bounce,
        ),
        (&[("X-Failed-Recipients", "a@b.test")][..], "x", "", ReplyKind::Bounce),
        (&[("Return-Path", "<>")][..], "Mail delivery failed: returning message", "", ReplyKind::Bounce),
        (&replied[..], "Re: Hello", "Peter has left. Write to Eva.", ReplyKind::LeftCompany),
        (&[][..], "Re: Hello", "Peter no longer works here.", ReplyKind::LeftCompany),
    ] {
        let found = mail(headers, subject, text);
        assert_eq!(found.kind, kind, "{subject}: {text}: {found:?}");
    }
    let left = mail(&replied, "Hello", "I have left the company. Please write to eva@example.com.");
    assert_eq!(left.successor.unwrap().as_str(), "eva@example.com");
}

/// Received on Wednesday, 2 September 2026.
#[test]
fn the_day_of_return_is_read_in_many_formats() {
    for (text, expected) in [
        ("I am out until 8th September.", "2026-09-08"),
        ("Back on September 14, 2026.", "2026-09-14"),
        ("I'll be away from Sept 3 to Sept 9 and return on Sept 10th", "2026-09-10"),
        ("Out September 3 - 11", "2026-09-11"),
        ("Ich bin vom 1.9. bis 18.09.2026 nicht erreichbar.", "2026-09-18"),
        ("Ab dem 21. September bin ich wieder im Büro.", "2026-09-21"),
        ("Je serai de retour le 1er octobre", "2026-10-01"),
        ("Absent jusqu'au 15/09/2026", "2026-09-15"),
        ("Estaré fuera hasta el 8 de octubre de 2026", "2026-10-08"),
        ("Sono in ferie fino al 12 settembre", "2026-09-12"),
        ("Ik ben afwezig t/m 10-09-2026", "2026-09-10"),
        ("Estou ausente até 9 de setembro", "2026-09-09"),
        ("Jag är tillbaka den 7 september", "2026-09-07"),
        ("Wracam 5 października", "2026-10-05"),
        ("Returning 2026-09-30", "2026-09-30"),
        ("out until Friday", "2026-09-04"),
        ("I am back next Monday", "2026-09-07"),
        ("Ich bin am Montag wieder da", "2026-09-07"),
        ("back on Wednesday", "2026-09-09"),
        ("Support is there 24/7. I am out until 04/09", "2026-09-04"),
        ("On leave until 3 January", ""),
        ("On leave since 1 August 2026", ""),
        ("I am out. Our fair is on 5 March 2027", ""),
    ] {
        let found = mail(&[("Auto-Submitted", "auto-replied")], "Out of office", text);
        let date = found.returns_on.map(|date| date.to_string()).unwrap_or_default();
        assert_eq!(date, expected, "{text}");
    }
    let slashes = |name: &str| {
        let zone = TimeZone::get(name).unwrap();
        return_date::return_date("back on 10/09/2026", "2026-09-02".parse().unwrap(), &zone)
            .unwrap()
            .0
            .to_string()
    };
    assert_eq!(slashes("America/Chicago"), "2026-10-09");
    assert_eq!(slashes("Europe/London"), "2026-09-10");
}

#[test]
fn quoted_history_is_not_what_they_wrote() {
    for (text, expected) in [
        ("Yes\n\nOn Tue, Sam wrote:\n> Hi\n> there", "Yes"),
        ("On Tue, Sam wrote:\n> Hi\n\nBelow: yes\n> more\nand no", "Below: yes\nand no"),
        ("Ja\n\nAm 01.09.2026 um 10:00 schrieb Sam\n<sam@a.test>:\n\nHallo", "Ja"),
        ("Ok\n\n-----Original Message-----\nFrom: Sam", "Ok"),
        ("Ok\n________________________________\nFrom: Sam", "Ok"),
        ("Oui\n\nDe : Sam\nEnvoyé : lundi\nÀ : Ana\nObjet : x", "Oui"),
        ("Ok\n-- \nAna, CEO", "Ok"),
        ("On Friday we close at: five", "On Friday we close at: five"),
        ("From: where did you get my address?", "From: where did you get my address?"),
    ] {
        let found = fresh_text(text);
        let found: Vec<&str> = found.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(found.join("\n"), expected, "{text}");
    }
}

#[test]
fn a_no_is_a_persons_answer_and_told_from_a_yes() {
    for text in [
        "Not interested.",
        "Hi Sam,\nthanks, but we’re all set.",
        "No, thanks!",
        "No",
        "Leider haben wir keinen Bedarf.",
        "Non, merci. Nous ne sommes pas intéressés",
        "No me interesa, gracias",
        "Nee, bedankt",
    ] {
        let found = mail(&[], "Re: Hello", &format!("{text}{QUOTE}"));
        assert_eq!((found.kind, found.refuses), (ReplyKind::Human, true), "{text}: {found:?}");
    }
    for text in
        ["Sounds good, call me.", "No problem, Tuesday works", "Nein, Dienstag passt besser", "Yes, no doubt"]
    {
        let found = mail(&[], "Re: Hello", &format!("{text}{QUOTE}"));
        assert_eq!((found.kind, found.refuses), (ReplyKind::Human, false), "{text}: {found:?}");
    }
    assert!(!mail(&[], "Re: Hello", "Please unsubscribe me, not interested").refuses);
}
