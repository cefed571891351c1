//! Answers that stand directly above what they quote, as many mail programs put them.

use super::{OURS, name, read, reply};

const ATTRIBUTIONS: [&str; 24] = [
    "On 20 Nov 2026, at 09:02, Ada Park <ada@us.test> wrote:",
    "On Friday, November 20, 2026 at 09:02:05 AM GMT+1, Ada Park <ada@us.test> wrote:",
    "On Friday, November 20,\n2026 at 09:02:05 AM GMT+1, Ada Park <ada@us.test> wrote:",
    "On Fri, Nov 20, 2026 at 9:02 AM, Ada Park\n<ada@us.test> wrote:",
    "On 11/20/26 09:02, Ada Park wrote:",
    "---- On Fri, 20 Nov 2026 09:02:33 +0100 Ada Park <ada@us.test> wrote ---",
    "Am 20.11.26 um 09:02 schrieb Ada Park:",
    "Am Fr., 20. Nov. 2026 um 09:02 Uhr schrieb Ada Park <ada@us.test>:",
    "Ada Park <ada@us.test>\nschrieb am Fr., 20. Nov. 2026, 09:02:",
    "Le ven. 20 nov. 2026 à 09:02, Ada Park <ada@us.test> a écrit :",
    "El vie, 20 nov 2026 a las 9:02, Ada Park (<ada@us.test>) escribió:",
    "Il giorno ven 20 nov 2026 alle ore 09:02 Ada Park <ada@us.test>\nha scritto:",
    "Em sex., 20 de nov. de 2026 às 09:02, Ada Park <ada@us.test> escreveu:",
    "Op vr 20 nov. 2026 om 09:02 schreef Ada Park <ada@us.test>:",
    "W dniu 20.11.2026 o 09:02, Ada Park pisze:",
    "pt., 20 lis 2026 o 09:02 Ada Park <ada@us.test> napisał(a):",
    "fre 20 nov. 2026 kl 09:02 skrev Ada Park <ada@us.test>:",
    "pá 20. 11. 2026 v 9:02 odesílatel Ada Park <ada@us.test> napsal:",
    "Ada Park <ada@us.test>, 20 Kas 2026 Cum, 09:02 tarihinde şunu yazdı:",
    "Ada Park <ada@us.test>,\n20 Kas 2026 Cum, 09:02 tarihinde şunu yazdı:",
    "пт, 20 нояб. 2026 г. в 09:02, Ada Park <ada@us.test>:",
    "2026年11月20日(金) 9:02 Ada Park <ada@us.test>:",
    "În vin., 20 nov. 2026 la 09:02, Ada Park <ada@us.test> a scris:",
    "Στις Παρ 20 Νοε 2026 στις 9:02 π.μ., ο/η Ada Park <ada@us.test> έγραψε:",
];

#[test]
fn answer_directly_above_an_attribution_is_kept_and_its_opt_out_heard() {
    let quoted: String = OURS.lines().map(|line| format!("> {line}\n")).collect();
    for attribution in ATTRIBUTIONS {
        for below in [quoted.as_str(), OURS] {
            for answer in ["Please remove me from your list.", "No more emails please\nMia"] {
                let found = read(&reply(&format!("{answer}\n{attribution}\n{below}")));
                assert_eq!((name(&found), found.fresh.as_str()), ("opt_out", answer), "{attribution}");
                assert!(found.quotes, "{attribution}");
            }
        }
    }
}

#[test]
fn answer_in_the_line_of_an_attribution_is_kept() {
    for (answer, attribution) in [
        ("Please remove me.", "On Fri, 20 Nov 2026 at 09:02 Ada Park <ada@us.test> wrote:"),
        ("Bitte abmelden.", "Am 20.11.2026 um 09:02 schrieb Ada Park <ada@us.test>:"),
        ("Please remove me from the list", "On Fri, Nov 20, 2026 at 9:02 AM Ada Park <ada@us.test> wrote:"),
    ] {
        for blank in ["", " "] {
            let found = read(&reply(&format!("{answer}{blank}{attribution}\n> Hello Mia")));
            assert_eq!((name(&found), found.fresh.as_str()), ("opt_out", answer), "{attribution}");
        }
    }
}

#[test]
fn answer_directly_above_headers_or_a_rule_is_kept() {
    let headers =
        "From: Ada Park <ada@us.test>\nSent: 20 November 2026 09:02\nTo: mia@lead.test\nSubject: Fewer";
    let german = "Von: Ada Park <ada@us.test>\nGesendet: Freitag, 20. November 2026 09:02\nAn: mia@lead.test\nBetreff: Fewer";
    for block in [
        headers.to_owned(),
        german.to_owned(),
        format!("-----Original Message-----\n{headers}"),
        format!("-----Ursprüngliche Nachricht-----\n{german}"),
        format!("________________________________\n{headers}"),
        "-------- 원본 메시지 --------\n보낸 사람: Ada Park <ada@us.test>".to_owned(),
        "-----Pôvodná správa-----".to_owned(),
    ] {
        let found = read(&reply(&format!("Please stop emailing me\n{block}\n\n{OURS}")));
        assert_eq!((name(&found), found.fresh.as_str()), ("opt_out", "Please stop emailing me"), "{block}");
    }
}

#[test]
fn answers_between_quoted_lines_are_kept_and_the_lines_named() {
    let text = "On 20 Nov 2026, Ada Park <ada@us.test> wrote:\n> What does it cost?\nToo much.\n> And then?\nRemove me.";
    let found = read(&reply(text));
    assert_eq!((name(&found), found.fresh.as_str()), ("opt_out", "Too much.\nRemove me."));
    let none = crate::OurWords::default();
    assert_eq!(crate::quoted_lines(text, &none), [0..2, 3..4]);
    assert!(crate::quoted_lines("> nothing else", &none).is_empty());
    let ours = crate::OurWords::new(&[OURS]);
    let quoted = crate::quoted_lines(&format!("Yes, call me.\n\n{OURS}"), &ours);
    assert_eq!(quoted.first(), Some(&(2..10)));
    assert_eq!(quoted.len(), 1);
}

#[test]
fn date_in_an_answer_begins_no_attribution() {
    for text in [
        "On Monday at 10:30 I told you:\nplease remove me from your list",
        "Call me on 27 Nov 2026 at 09:00:\n0171 3920012",
    ] {
        assert_eq!(read(&reply(text)).fresh, text);
    }
}

#[test]
fn lines_with_many_places_where_a_quotation_may_begin_are_read_in_time() {
    let line = format!("x {}:\n", "On 1 ".repeat(118));
    let text = format!("Please stop.\n{}", line.repeat(96 * 1024 / line.len()));
    let began = std::time::Instant::now();
    crate::quoted_lines(&text, &crate::OurWords::new(&[]));
    assert!(began.elapsed().as_millis() < 1_000, "{:?}", began.elapsed());
}

/// Our words as an Outlook quotes them: below headers and without marks, with the footer that they were sent with.
fn quoted_by_outlook(headers: &str) -> String {
    format!(
        "{headers}\n\n{OURS}\n\n--\nLeadflow Ltd\n1 Mill Lane, Leeds\nUnsubscribe: https://go.us.test/u/1\n"
    )
}

const HEADERS: [&str; 8] = [
    "From: Ada Park <ada@us.test>\nSent: Friday, 20 November 2026 09:02\nTo: mia@lead.test\nSubject: Fewer",
    "Von: Ada Park <ada@us.test>\nGesendet: Freitag, 20. November 2026 09:02\nAn: mia@lead.test\nBetreff: Fewer",
    "De : Ada Park <ada@us.test>\nEnvoyé : vendredi 20 novembre 2026 09:02\nÀ : mia@lead.test\nObjet : Fewer",
    "De: Ada Park <ada@us.test>\nEnviado: viernes, 20 de noviembre de 2026 9:02\nPara: mia@lead.test\nAsunto: Fewer",
    "Da: Ada Park <ada@us.test>\nInviato: venerdì 20 novembre 2026 09:02\nA: mia@lead.test\nOggetto: Fewer",
    "-----Original Message-----\nFrom: Ada Park <ada@us.test>\nSent: 20 November 2026 09:02\nTo: mia@lead.test\nSubject: Fewer",
    "________________________________\nFrom: Ada Park <ada@us.test>\nSent: 20 November 2026 09:02\nTo: mia@lead.test\nSubject: Fewer",
    "On 20 Nov 2026, at 09:02, Ada Park <ada@us.test> wrote:",
];

#[test]
fn answer_at_the_bottom_of_a_quotation_without_marks_is_heard() {
    for headers in HEADERS {
        for above in ["", "Hello Ada,\n\n", "See below.\n\n"] {
            for answer in ["Please remove me from your list.", "Bitte keine weiteren E-Mails.", "Unsubscribe"]
            {
                let found = read(&reply(&format!("{above}{}\n{answer}\n", quoted_by_outlook(headers))));
                assert_eq!(name(&found), "opt_out", "{headers}: {above}{answer}: {found:?}");
                assert!(found.fresh.ends_with(answer) && found.quotes, "{found:?}");
            }
        }
        let yes = read(&reply(&format!("{}\nYes, please call me on Tuesday.\n", quoted_by_outlook(headers))));
        assert_eq!(name(&yes), "interested", "{headers}: {yes:?}");
    }
}

#[test]
fn quotation_without_marks_and_without_an_answer_below_says_nothing() {
    for headers in HEADERS {
        let empty = read(&reply(&format!("\n{}", quoted_by_outlook(headers))));
        assert_eq!((empty.rule.code(), empty.fresh.as_str()), ("wordless", ""), "{headers}: {empty:?}");
        let without_mark =
            format!("\n{headers}\n\n{OURS}\n\nLeadflow Ltd\n1 Mill Lane, Leeds\nUnsubscribe\n");
        assert_eq!(read(&reply(&without_mark)).fresh, "", "{headers}");
        let above = read(&reply(&format!(
            "Yes, I would like a call on Tuesday at ten, please.\n\n{}",
            quoted_by_outlook(headers)
        )));
        assert_eq!(name(&above), "interested", "{headers}: {above:?}");
        let strange = format!("\n{headers}\n\nHello Kim,\n\nplease remove me from your list of guests.\n");
        assert_eq!(read(&reply(&strange)).rule.code(), "wordless", "{headers}");
    }
}

#[test]
fn answer_at_the_bottom_of_html_without_text_is_heard() {
    let html = "<div></div><div id=\"divRplyFwdMsg\"><b>From:</b> Ada Park &lt;ada@us.test&gt;<br><b>Sent:</b> 20 November 2026 09:02<br>\
        <b>To:</b> mia@lead.test<br><b>Subject:</b> Fewer</div><div>Hello Mia,<br><br>we help clinics to lose fewer appointments and would \
        like to show you how.<br><br>If you would like me to stop emailing you, just say so.<br><br>Ada Park<br></div>\
        <div>Leadflow Ltd<br>1 Mill Lane, Leeds<br><a href=\"https://go.us.test/u/1\">Unsubscribe</a></div><div>Please remove me from your list.</div>";
    let mail = crate::Mail { html: html.into(), text: String::new(), ..reply("") };
    let found = read(&mail);
    assert_eq!(
        (name(&found), found.fresh.as_str()),
        ("opt_out", "Please remove me from your list."),
        "{found:?}"
    );
}

#[test]
fn yes_below_a_quoted_offer_to_stop_asks() {
    for (offer, answer) in [
        ("If you would like me to stop emailing you, just say so.", "Yes please do so."),
        ("If you would like me to stop emailing you, just say so.", "So!"),
        ("If you would like me to stop emailing you, just say so.", "I say so."),
        ("If you would like me to stop emailing you, just say so.", "Yes please\nMia"),
        ("Should I stop writing to you?", "Yes please."),
        ("Falls Sie keine weiteren Mails möchten, sagen Sie einfach Bescheid.", "Ja bitte."),
        ("Si vous préférez que j'arrête, dites-le moi.", "Oui, faites-le."),
        ("¿Quiere que deje de escribirle?", "Sí, hágalo."),
        ("Se preferisce che smetta di scriverle, me lo dica.", "Sì, lo faccia."),
        ("Zal ik stoppen met mailen?", "Ja, doe dat maar."),
        ("Ska jag sluta skriva?", "Ja, gör det."),
    ] {
        for quoted in [format!("> Hello Mia,\n>\n> {offer}"), format!("> {offer}\n>\n> ")] {
            let found = read(&reply(&format!("{quoted}\n\n{answer}")));
            assert!(found.is_possible_opt_out() || found.is_opt_out(), "{offer}: {answer}: {found:?}");
        }
    }
    for text in [
        "> Would you like a call?\n\nYes please.",
        "> If you would like me to stop emailing you, just say so.\n\nNo, please go on.",
        "> If you would like me to stop emailing you, just say so.\n>\n> When may I call you?\n\nYes please.",
        "Yes please.\n\n> If you would like me to stop emailing you, just say so.",
        "> If you would like me to stop emailing you, just say so.\n\nSounds great, call me on Tuesday.",
    ] {
        let found = read(&reply(text));
        assert!(!found.is_possible_opt_out() && !found.is_opt_out(), "{text}: {found:?}");
    }
}
