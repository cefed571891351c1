use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn mail(headers: &[(&str, &str)], subject: &str, text: &str) -> Classified {
    let headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let message = InboundText {
        channel: Channel::Email,
        headers: &headers,
        from: "Ana <ana@example.com>",
        subject,
        text,
        received_at: at("2026-09-02T09:00:00Z"),
        zone: &TimeZone::get("Europe/London").unwrap(),
    };
    classify(&message, &[])
}

fn sms(text: &str) -> ReplyKind {
    texted(text).kind
}

fn texted(text: &str) -> Classified {
    let message = InboundText {
        channel: Channel::Sms,
        headers: &[],
        from: "+442074960351",
        subject: "",
        text,
        received_at: at("2026-09-02T09:00:00Z"),
        zone: &TimeZone::UTC,
    };
    classify(&message, &[])
}

const QUOTE: &str = "\n\nOn Tue, 1 Sep 2026 at 10:00, Sam <sam@acme.test>\nwrote:\n> Hello Ana\n> -- \n> Unsubscribe: https://x\n";

#[test]
fn person_is_not_taken_for_a_machine() {
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
fn opt_out_in_plain_words_is_recognised() {
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
fn machine_is_recognised_by_headers_or_subject() {
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

/// The notes were received on Wednesday, 2 September 2026.
#[test]
fn return_date_is_read_in_many_formats() {
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
fn quoted_history_is_removed() {
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
fn refusal_is_a_persons_reply_and_told_from_a_yes() {
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

#[test]
fn reply_is_positive_only_with_a_sign_of_interest() {
    for text in [
        "Sounds good, call me.",
        "No problem, Tuesday works for me",
        "Gern, passt Dienstag?",
        "Yes please",
        "We no longer work with agencies. Send prices anyway. How much is it?",
        "Me interesa, cuénteme",
        "Thanks for reaching out, this is interesting. Could we talk on Thursday?",
        "Good timing. What would it cost for a team of our size?",
        "Non-stop interested ;)",
    ] {
        assert!(mail(&[], "Re: Hello", &format!("{text}{QUOTE}")).is_positive(), "{text}");
    }
    for text in [
        "Who is this?",
        "Thanks for your message.",
        "I forward this to my colleague.",
        "Fine",
        "Please don't call me",
        "I am not keen to change anything",
        "Si vous avez une question, écrivez à l'accueil",
    ] {
        let found = mail(&[], "Re: Hello", &format!("{text}{QUOTE}"));
        assert_eq!(
            (found.kind, found.is_positive(), found.refuses),
            (ReplyKind::Human, false, false),
            "{text}"
        );
    }
}

/// Texts as people write them, grouped by what each must be.
#[test]
fn polite_stop_is_an_opt_out_and_stopping_by_is_not() {
    for text in [
        "STOP",
        "“STOP”",
        "Stop. Thank you",
        "stop please",
        "Pls stop",
        "STOP ALL",
        "STOP 🙏",
        "Stop!! wrong person",
        "STOP SMS",
        "ARRET",
        "Arrêt",
        "stopp",
        "BAJA",
        "SAIR",
        "Stop texting me",
        "Unsubscribe me",
        "leave me alone",
    ] {
        assert_eq!(sms(text), ReplyKind::OptOut, "{text}");
    }
    for text in ["Wrong number", "no thx"] {
        assert!(texted(text).refuses, "{text}");
    }
    for text in [
        "Can you stop by tomorrow at 3?",
        "Count me in! We have got to stop losing patients",
        "Don't stop, this is great",
        "Non-stop interested ;)",
        "End of the month works for me",
        "Cancel my 3pm, can we do 4?",
    ] {
        assert!(texted(text).is_positive(), "{text}: {:?}", texted(text));
    }
    for text in ["who is this", "Stpo", "?", "stop, o Zé não vem"] {
        let found = texted(text);
        assert_eq!(
            (found.kind, found.is_positive(), found.refuses),
            (ReplyKind::Human, false, false),
            "{text}"
        );
    }
}

#[test]
fn our_own_words_below_a_yes_are_no_opt_out_in_any_language() {
    const OURS: &str = "Hi Lena,\n\nshall we talk about your bookings?\n\nIf you would like me to stop emailing you, just say so.";
    for (yes, headers) in [
        (
            "好的，请发资料给我。",
            "发件人: Kim Berg <k@a.test>\n发送时间: 2026年11月27日 9:02\n收件人: Lena <l@b.test>\n主题: Hi",
        ),
        (
            "Kiitos, soita minulle tiistaina.",
            "Lähettäjä: Kim <k@a.test>\nLähetetty: 27. marraskuuta 2026 9.02\nVastaanottaja: L <l@b.test>\nAihe: Hi",
        ),
        (
            "Да, позвоните во вторник.",
            "От: Kim <k@a.test>\nОтправлено: 27 ноября 2026 г. 9:02\nКому: L <l@b.test>\nТема: Hi",
        ),
        ("Ja, ring mig på tisdag!", "fre 27 nov. 2026 kl 09:02 skrev Kim Berg <k@a.test>:"),
        ("Yes please, call me", ""),
    ] {
        let text = format!("{yes}\n\n{headers}\n\n{OURS}\n");
        let message = InboundText {
            channel: Channel::Email,
            headers: &[],
            from: "lena@b.test",
            subject: "Re: Hi",
            text: &text,
            received_at: at("2026-11-27T09:14:00Z"),
            zone: &TimeZone::UTC,
        };
        let found = classify(&message, &[OURS]);
        assert!(found.is_positive(), "{yes}: {found:?}");
        if !headers.is_empty() {
            assert_eq!(fresh_text(&text), yes);
        }
    }
}

/// A lead who was told what to write to opt out writes just that.
#[test]
fn opt_out_in_the_words_we_proposed_is_recognised() {
    let ours = "Hello\nTo hear no more of me write: please remove me from your list.";
    for text in ["Please remove me from your list", "Hi,\nplease remove me from your list"] {
        let message = InboundText {
            channel: Channel::Email,
            headers: &[],
            from: "ana@b.test",
            subject: "Re: Hi",
            text,
            received_at: at("2026-11-27T09:14:00Z"),
            zone: &TimeZone::UTC,
        };
        assert_eq!(classify(&message, &[ours]).kind, ReplyKind::OptOut, "{text}");
    }
}

#[test]
fn attribution_without_a_date_is_no_quotation() {
    let opt_out = "On your website you wrote:\n\nNo cold e-mails, ever.\n\nPlease remove me from your list.";
    assert_eq!(mail(&[], "Re: x", opt_out).kind, ReplyKind::OptOut);
    let no = "On the phone I already wrote this off, as I wrote to your colleague:\n\nwe are not interested.";
    assert!(mail(&[], "Re: x", no).refuses);
    let ask = "Am Montag schrieb Ihr Kollege:\n\nwir bekämen 20 Prozent Nachlass. Gilt das noch?";
    assert_eq!(fresh_text(ask), ask);
}
