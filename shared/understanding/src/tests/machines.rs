//! What machines write: confirmations of tickets, mailboxes that nobody reads, people who have retired, absence notes.

use super::{mail, name, read, reply};
use crate::*;

fn automatic(subject: &str, text: &str) -> Understood {
    let mut mail = mail(subject, text);
    mail.headers.push(("auto-submitted".into(), "auto-replied".into()));
    read(&mail)
}

#[test]
fn retired_owner_or_a_mailbox_that_nobody_reads_is_left() {
    for text in [
        "I retired in October 2026 and no longer use this e-mail address. Please write to Jan Voss, jan@hafen.test.",
        "Ich bin seit Oktober in Rente. Bitte schreiben Sie an Jan Voss, jan@hafen.test.",
        "Je suis à la retraite. Écrivez à jan@hafen.test.",
        "Me he jubilado. Escriba a jan@hafen.test.",
        "Ik ben met pensioen. Schrijf naar jan@hafen.test.",
        "Jestem na emeryturze. Proszę pisać do jan@hafen.test.",
    ] {
        let found = automatic("Out of office", text);
        assert_eq!(found.kind, Kind::LeftCompany, "{text}: {found:?}");
        assert_eq!(found.successor.as_deref(), Some("jan@hafen.test"), "{text}");
    }
    for text in [
        "This mailbox is not monitored. Messages sent here are not read.",
        "Dieses Postfach wird nicht gelesen.",
        "Cette adresse n'est pas consultée.",
        "Este buzón no se supervisa.",
        "Questa casella non è monitorata.",
        "Ta skrzynka nie jest monitorowana.",
    ] {
        assert_eq!(automatic("Re: Fewer missed appointments", text).kind, Kind::LeftCompany, "{text}");
    }
    let person = read(&reply("I retired last year, sorry, so this is nothing for me."));
    assert_eq!(person.kind, Kind::Person, "{person:?}");
}

#[test]
fn confirmation_of_a_ticket_is_a_machine_s_in_each_language() {
    for (subject, text) in [
        (
            "Ihre Anfrage [#48213] ist bei uns eingegangen",
            "Vielen Dank für Ihre Nachricht. Wir haben Ihr Anliegen unter der Nummer 48213 aufgenommen und melden uns in der Regel binnen zwei Werktagen.\nDiese E-Mail wurde automatisch erzeugt.",
        ),
        (
            "[Request received] Fewer missed appointments",
            "Your request (48213) has been received and is being reviewed by our support staff.\nTo add additional comments, reply to this email.",
        ),
        ("SUP-123 Fewer", "Your ticket has been created. Our support team will get back to you."),
        (
            "[#48213] Demande",
            "Votre demande a été enregistrée sous le numéro 48213. Notre équipe vous répondra sous 48 heures.",
        ),
        (
            "Ticket #48213",
            "Su solicitud ha sido registrada con el número 48213. Le responderemos a la mayor brevedad posible.",
        ),
        ("Ticket #48213", "La sua richiesta è stata presa in carico con il numero 48213."),
        (
            "Ticket #48213",
            "O seu pedido foi registado com o número 48213. Entraremos em contacto em 24 horas.",
        ),
        (
            "Ticket #48213",
            "Uw aanvraag is geregistreerd onder nummer 48213. Wij reageren binnen twee werkdagen.",
        ),
        ("Zgłoszenie #48213", "Państwa zgłoszenie zostało zarejestrowane pod numerem 48213."),
        ("Ärende #48213", "Ditt ärende har registrerats. Vi återkommer inom två arbetsdagar."),
    ] {
        let found = read(&mail(subject, text));
        assert_eq!(name(&found), "auto_acknowledgement", "{subject}: {text}: {found:?}");
    }
}

#[test]
fn absence_is_read_in_more_languages_and_to_far_dates() {
    for (text, date) in [
        ("Sunt în concediu până în 7 decembrie 2026.", Some("2026-12-07")),
        ("Nu sunt în birou, revin pe 7 decembrie.", Some("2026-12-07")),
        ("Som na dovolenke do 7. decembra 2026.", Some("2026-12-07")),
        ("Momentálne som mimo kancelárie, vrátim sa 7. decembra.", Some("2026-12-07")),
        ("12월 7일까지 휴가 중입니다.", Some("2026-12-07")),
        ("현재 부재중입니다. 2026년 12월 7일에 복귀합니다.", Some("2026-12-07")),
        ("I am on parental leave until 1 September 2027.", Some("2027-09-01")),
        ("Ich bin bis 30. Juni 2027 in Elternzeit.", Some("2027-06-30")),
        ("Je suis en congé jusqu'au 15 mai 2027.", Some("2027-05-15")),
        ("휴가 중입니다.", None),
    ] {
        let found = automatic("Re: Fewer missed appointments", text);
        assert_eq!(found.kind, Kind::OutOfOffice, "{text}: {found:?}");
        assert_eq!(found.return_date.map(|date| date.to_string()).as_deref(), date, "{text}");
    }
}

#[test]
fn absence_that_tells_of_a_colleague_s_departure_or_a_coming_one_is_an_absence() {
    for text in [
        "I am out of office until 14 December. Please note that our colleague Tom retired in October.",
        "I am on holiday until 14 December. Tom Hale no longer works with us, please write to jan@hafen.test.",
        "Ich bin bis 14.12. im Urlaub. Hinweis: Herr Meier arbeitet nicht mehr bei uns.",
        "Ich bin bis zum 14.12.2026 im Urlaub. Unsere Kollegin Frau Meier ist in Rente.",
        "I am on holiday until 14 December. As of 1 January I will no longer work here, please write to jan@hafen.test.",
        "Je suis en congé jusqu'au 14 décembre. Notre collègue Paul Durand ne travaille plus chez nous.",
        "Estoy de vacaciones hasta el 14 de diciembre. Nuestra compañera Ana ya no trabaja aquí.",
        "Sono in ferie fino al 14 dicembre. Il nostro collega Marco non lavora più qui.",
        "Ik ben met vakantie tot 14 december. Onze collega Piet werkt niet meer bij ons.",
        "Jag är på semester till den 14 december. Vår kollega Lars har slutat hos oss.",
    ] {
        for subject in ["Out of office", "Automatic reply: Fewer missed appointments"] {
            let found = automatic(subject, text);
            assert_eq!(found.kind, Kind::OutOfOffice, "{text}: {found:?}");
            assert_eq!(
                found.return_date.map(|date| date.to_string()).as_deref(),
                Some("2026-12-14"),
                "{text}"
            );
        }
    }
}

#[test]
fn departure_beside_an_office_s_absence_is_the_writer_s() {
    for text in [
        "Mia Roth no longer works here. The office is closed until 4 January. Please write to jan@hafen.test.",
        "I no longer work here. Our office is closed until 4 January. Please write to jan@hafen.test.",
        "Ich arbeite nicht mehr bei uns im Haus. Unser Büro ist bis 4. Januar geschlossen. jan@hafen.test",
    ] {
        let mut mail = mail("Automatic reply", text);
        mail.headers.push(("auto-submitted".into(), "auto-replied".into()));
        mail.from_name = "Mia Roth".into();
        let found = read(&mail);
        assert_eq!(found.kind, Kind::LeftCompany, "{text}: {found:?}");
    }
}

#[test]
fn retirement_since_a_date_and_another_address_name_whom_to_write_to() {
    for text in [
        "Ich bin seit dem 1. Oktober 2026 im Ruhestand. Bitte wenden Sie sich an Jan Voss, jan@hafen.test.",
        "I have been retired since 1 October 2026. Please write to Jan Voss, jan@hafen.test.",
        "Je suis en retraite depuis le 1er octobre 2026. Écrivez à jan@hafen.test.",
        "My e-mail address has changed. Please use jan@hafen.test; this mailbox will be closed.",
        "My e-mail address has changed. Please use jan@hafen.test from now on.",
        "Meine E-Mail-Adresse hat sich geändert. Bitte verwenden Sie jan@hafen.test.",
        "Mon adresse a changé, écrivez à jan@hafen.test.",
        "Mi dirección de correo ha cambiado: jan@hafen.test",
        "Il mio indirizzo è cambiato: jan@hafen.test",
        "Mijn e-mailadres is gewijzigd in jan@hafen.test.",
        "Min e-postadress har ändrats till jan@hafen.test.",
        "Mój adres się zmienił: jan@hafen.test",
        "メールアドレスを変更しました。jan@hafen.test",
    ] {
        for subject in ["Out of office", "Automatic reply", "Re: Fewer missed appointments"] {
            let found = automatic(subject, text);
            assert_eq!(found.kind, Kind::LeftCompany, "{subject}: {text}: {found:?}");
            assert_eq!(found.successor.as_deref(), Some("jan@hafen.test"), "{text}");
        }
    }
    let away = "I am out of office until 14 December. Our new address is 5 Mill Lane. In urgent cases: jan@hafen.test";
    assert_eq!(automatic("Out of office", away).kind, Kind::OutOfOffice);
}
