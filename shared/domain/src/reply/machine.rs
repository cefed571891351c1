//! Whether a machine wrote a mail, by its headers or, if a server sends none, by the beginning of its subject.

use super::wording::words;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Machine {
    Bounce {
        rule: &'static str,
        seen: String,
    },
    /// An out-of-office reply, recognised by its subject.
    Absence {
        rule: &'static str,
        seen: String,
    },
    Automatic {
        rule: &'static str,
        seen: String,
    },
}

const ABSENCE_SUBJECTS: [&str; 27] = [
    " automatic reply ",
    " auto reply ",
    " autoreply ",
    " auto response ",
    " out of office ",
    " out of the office ",
    " ooo ",
    " automatische antwort ",
    " abwesenheit ",
    " abwesenheitsnotiz ",
    " abwesend ",
    " reponse automatique ",
    " absence du bureau ",
    " risposta automatica ",
    " fuori ufficio ",
    " respuesta automatica ",
    " fuera de la oficina ",
    " automatisch antwoord ",
    " afwezig ",
    " afwezigheid ",
    " autosvar ",
    " automatiskt svar ",
    " automatisk svar ",
    " resposta automatica ",
    " odpowiedz automatyczna ",
    " automaattinen vastaus ",
    " автоответ ",
];
/// Words that may follow such a beginning without punctuation: `Out of office until Monday`, but not `Out of office chairs`.
const GO_ON: [&str; 14] = [
    "until",
    "till",
    "from",
    "re",
    "reply",
    "message",
    "notice",
    "notification",
    "bis",
    "vom",
    "hasta",
    "fino",
    "tot",
    "ate",
];
const BOUNCE_SUBJECTS: [&str; 14] = [
    " undeliverable ",
    " undelivered mail ",
    " delivery status notification ",
    " mail delivery failed ",
    " mail delivery failure ",
    " delivery failure ",
    " delivery has failed ",
    " returned mail ",
    " failure notice ",
    " unzustellbar ",
    " nicht zustellbar ",
    " non remis ",
    " no se puede entregar ",
    " onbestelbaar ",
];

pub fn recognise(headers: &[(String, String)], from: &str, subject: &str) -> Option<Machine> {
    let header =
        |name: &str| headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.trim());
    let has = |name: &str, part: &str| header(name).is_some_and(|v| v.to_ascii_lowercase().contains(part));
    let told = |name: &str| format!("{name}: {}", header(name).unwrap_or_default());

    let from_daemon = {
        let from = from.to_ascii_lowercase();
        from.contains("mailer-daemon") || from.contains("postmaster@")
    };
    let null_sender = header("Return-Path").is_some_and(|path| path == "<>" || path.is_empty());
    let is_report = has("Content-Type", "multipart/report") || has("Content-Type", "message/delivery-status");
    let folded_subject = words(subject);
    let bounce_subject = BOUNCE_SUBJECTS.iter().any(|start| folded_subject.starts_with(start));
    let bounce = |rule, seen| Some(Machine::Bounce { rule, seen });
    if has("Content-Type", "delivery-status") {
        return bounce("delivery_report", told("Content-Type"));
    }
    if header("X-Failed-Recipients").is_some() {
        return bounce("failed_recipients", told("X-Failed-Recipients"));
    }
    if from_daemon && (null_sender || is_report || bounce_subject) {
        return bounce("mailer_daemon", from.to_owned());
    }
    if null_sender && bounce_subject {
        return bounce("null_sender", subject.to_owned());
    }

    if let Some(start) = absence_subject(subject, &folded_subject) {
        return Some(Machine::Absence { rule: "subject", seen: start });
    }
    automatic_header(&header).map(|(rule, name)| Machine::Automatic { rule, seen: told(name) })
}

/// The header that shows an automatic mail. `X-Auto-Response-Suppress` is not among them: servers put it on
/// mails that people write, to ask for silence.
fn automatic_header<'a>(header: &dyn Fn(&str) -> Option<&'a str>) -> Option<(&'static str, &'static str)> {
    if header("Auto-Submitted").is_some_and(|value| !value.to_ascii_lowercase().starts_with("no")) {
        return Some(("auto_submitted", "Auto-Submitted"));
    }
    for name in
        ["X-Autoreply", "X-Autorespond", "X-AutoReply-From", "X-Mail-Autoreply", "X-FC-MachineGenerated"]
    {
        if header(name).is_some_and(|value| !value.eq_ignore_ascii_case("no")) {
            return Some(("vendor_header", name));
        }
    }
    for (name, proof) in [
        ("X-POST-MessageClass", "9"),
        ("Precedence", "auto_reply"),
        ("Preference", "auto_reply"),
        ("Delivered-To", "autoresponder"),
    ] {
        if header(name).is_some_and(|value| value.to_ascii_lowercase().starts_with(proof)) {
            return Some(("vendor_header", name));
        }
    }
    let is_receipt = |v: &str| v.to_ascii_lowercase().contains("disposition-notification");
    header("Content-Type").is_some_and(is_receipt).then_some(("read_receipt", "Content-Type"))
}

fn absence_subject(subject: &str, folded: &str) -> Option<String> {
    let start = ABSENCE_SUBJECTS.iter().find(|start| folded.starts_with(*start))?;
    let count = start.split_whitespace().count();
    let next = folded.split_whitespace().nth(count);
    let said = subject.split_whitespace().take(count).last().unwrap_or_default();
    let punctuated = said.ends_with(|c: char| !c.is_alphanumeric());
    let mark_follows =
        subject.split_whitespace().nth(count).is_some_and(|word| !word.starts_with(char::is_alphanumeric));
    let goes_on = next.is_none_or(|word| GO_ON.contains(&word));
    (punctuated || mark_follows || goes_on).then(|| subject.to_owned())
}
