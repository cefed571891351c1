//! The texts that people write.

use jiff::civil::Date;

pub(super) const KEEN_REPLIES: [&str; 6] = [
    "Thanks for reaching out, this is interesting. Could we talk on Thursday afternoon?",
    "Good timing, we were just discussing this. What would it cost for a team of our size?",
    "Yes, happy to have a look. Can you send over a few times for a call next week?",
    "I looked at the page you made for us, nice work. Let's talk.",
    "Sounds good. Who would set this up, you or us?",
    "Interested. Please call me, mornings are best.",
];

pub(super) const REMOVAL_REPLIES: [&str; 4] = [
    "Please remove me from your list.",
    "Not interested. Take me off this list, please.",
    "Stop e-mailing me. Unsubscribe.",
    "Please remove me, and do not contact us again.",
];

pub(super) const KEEN_TEXTS: [&str; 4] = [
    "Sure, call me tomorrow after 10",
    "Sounds interesting, tell me more",
    "Yes please, what does it cost?",
    "Ok, send me the details",
];

/// The subject prefix and text of an out-of-office reply, with the date as that language writes it.
pub(super) fn absence(language: &str, back: Option<Date>) -> (&'static str, String) {
    let numbers = |date: Date, separator: char| {
        format!("{:02}{separator}{:02}{separator}{}", date.day(), date.month(), date.year())
    };
    match (language, back) {
        ("de" | "de-AT", Some(date)) => (
            "Automatische Antwort: ",
            format!(
                "Guten Tag,\n\nich bin bis {} nicht im Büro und habe keinen Zugriff auf meine E-Mails.\n\nFreundliche Grüße",
                numbers(date, '.')
            ),
        ),
        ("de", None) => (
            "Abwesenheitsnotiz: ",
            "Guten Tag,\n\nich bin derzeit nicht im Büro. Ich melde mich nach meiner Rückkehr.".into(),
        ),
        ("fr", Some(date)) => (
            "Réponse automatique : ",
            format!(
                "Bonjour,\n\nJe suis absente du bureau jusqu'au {}. Je vous répondrai à mon retour.",
                numbers(date, '/')
            ),
        ),
        ("fr", None) => {
            ("Réponse automatique : ", "Bonjour,\n\nJe suis actuellement absente du bureau.".into())
        }
        ("es", Some(date)) => (
            "Respuesta automática: ",
            format!(
                "Hola,\n\nEstoy fuera de la oficina hasta el {} de {} de {}.\n\nUn saludo",
                date.day(),
                SPANISH[date.month() as usize - 1],
                date.year()
            ),
        ),
        ("es", None) => ("Respuesta automática: ", "Hola,\n\nActualmente estoy fuera de la oficina.".into()),
        ("nl", Some(date)) => (
            "Automatisch antwoord: ",
            format!(
                "Beste lezer,\n\nIk ben afwezig tot en met {}. Daarna beantwoord ik uw bericht.",
                numbers(date, '-')
            ),
        ),
        ("nl", None) => ("Automatisch antwoord: ", "Beste lezer,\n\nIk ben momenteel afwezig.".into()),
        ("it", Some(date)) => (
            "Risposta automatica: ",
            format!("Buongiorno,\n\nsono fuori ufficio fino al {}.\n\nCordiali saluti", numbers(date, '/')),
        ),
        ("pt", Some(date)) => {
            ("Resposta automática: ", format!("Olá,\n\nEstou fora do escritório até {}.", numbers(date, '/')))
        }
        (_, Some(date)) => {
            let written = match date.day() % 3 {
                0 => date.to_string(),
                1 => format!("{} {} {}", date.day(), ENGLISH[date.month() as usize - 1], date.year()),
                _ => format!("{} {}{}", ENGLISH[date.month() as usize - 1], date.day(), ordinal(date.day())),
            };
            (
                "Automatic reply: ",
                format!("Hello,\n\nI am out of the office and will be back on {written}.\n\nBest regards"),
            )
        }
        (_, None) => (
            "Out of Office: ",
            "Hello,\n\nI am currently out of the office with limited access to e-mail.".into(),
        ),
    }
}

const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const SPANISH: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

fn ordinal(day: i8) -> &'static str {
    match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    }
}
