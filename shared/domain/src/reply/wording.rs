//! Phrases of people and machines in the known languages: opt-out, refusal, absence, departure.

use crate::contact::email_address::EmailAddress;
use crate::text_match::folded;

/// The text in lower case, without accents and apostrophes, with one blank between words and at both ends: `
/// please dont write `.
pub fn words(text: &str) -> String {
    let mut out = String::from(" ");
    for word in text.split(|c: char| !c.is_alphanumeric() && !"'’".contains(c) && !is_mark(c)) {
        let word = folded(word);
        if !word.is_empty() {
            out.push_str(&word);
            out.push(' ');
        }
    }
    // `e-mail` and `email` count as the same word.
    out.replace(" e mail", " email")
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Opt-outs if they are the whole first line.
const OPT_OUT_LINES: [&str; 32] = [
    "unsubscribe",
    "stop",
    "remove",
    "remove me",
    "please remove",
    "opt out",
    "optout",
    "take me off",
    "no more",
    "abmelden",
    "bitte abmelden",
    "austragen",
    "stopp",
    "abbestellen",
    "desabonner",
    "desinscrire",
    "desinscription",
    "desabonnement",
    "baja",
    "dar de baja",
    "cancellami",
    "cancellatemi",
    "disiscrivimi",
    "afmelden",
    "uitschrijven",
    "avregistrera",
    "afmeld",
    "avmeld",
    "wypisz",
    "rezygnuje",
    "descadastrar",
    "отписаться",
];

/// Opt-outs if the text has only one of these words, apart from courtesy.
const STOPS: [&str; 9] =
    ["stop", "stopp", "stopall", "unsubscribe", "arret", "baja", "sair", "optout", "abmelden"];
const COURTESY: [&str; 25] = [
    "please", "pls", "plz", "thanks", "thank", "you", "thx", "ty", "now", "all", "it", "this", "sms",
    "texts", "text", "messages", "me", "sorry", "wrong", "person", "number", "bitte", "danke", "merci",
    "gracias",
];

/// Whether a text is a stop word with courtesy and nothing else: `Stop. Thank you`, but not `can you stop by`.
pub fn polite_stop(text: &str) -> bool {
    let said = words(text);
    let left: Vec<&str> = said.split_whitespace().filter(|word| !COURTESY.contains(word)).collect();
    !left.is_empty() && left.iter().all(|word| STOPS.contains(word))
}

/// Opt-outs anywhere in the reply.
const OPT_OUT_PHRASES: [&str; 83] = [
    "leave me alone",
    "unsubscribe me",
    "please unsubscribe",
    "kindly unsubscribe",
    "want to unsubscribe",
    "like to unsubscribe",
    "remove me from",
    "please remove me",
    "remove us from",
    "remove my email",
    "remove my address",
    "remove my name",
    "remove my number",
    "remove this address",
    "take me off",
    "take us off",
    "take my name off",
    "stop emailing",
    "stop mailing me",
    "stop contacting",
    "stop messaging",
    "stop texting",
    "stop writing to me",
    "stop sending me",
    "stop sending these",
    "dont contact",
    "do not contact",
    "dont email",
    "do not email",
    "dont text me",
    "do not text me",
    "dont write to me",
    "do not write to me",
    "dont message me",
    "no more emails",
    "no more messages",
    "opt me out",
    "want to opt out",
    "like to opt out",
    "wish to opt out",
    "opting out",
    "never contact",
    "delete my data",
    "delete my details",
    "cease and desist",
    "melden sie mich ab",
    "tragen sie mich aus",
    "aus ihrem verteiler",
    "aus dem verteiler",
    "keine weiteren mails",
    "keine weiteren emails",
    "keine mails mehr",
    "keine emails mehr",
    "keine werbung",
    "nicht mehr kontaktieren",
    "nicht mehr anschreiben",
    "loschen sie meine",
    "desabonnez moi",
    "desinscrivez moi",
    "me desinscrire",
    "me desabonner",
    "ne plus recevoir",
    "ne me contactez plus",
    "retirez moi",
    "supprimez mon adresse",
    "darme de baja",
    "denme de baja",
    "dame de baja",
    "no deseo recibir",
    "no quiero recibir",
    "no me escriban",
    "non desidero ricevere",
    "non voglio ricevere",
    "rimuovetemi",
    "non contattatemi",
    "schrijf mij uit",
    "meld mij af",
    "geen mails meer",
    "verwijder mij",
    "nao desejo receber",
    "nao quero receber",
    "ta bort mig",
    "nie chce otrzymywac",
];
/// Words that make it no opt-out: `don't contact me before Monday`, `don't remove me from the list`.
const POSTPONES: [&str; 9] = ["before", "until", "till", "by", "on", "via", "at", "today", "tomorrow"];
const NEGATES: [&str; 4] = ["dont", "not", "never", "nicht"];

/// The sentence that asks to be left alone, if there is one.
pub fn opt_out(fresh: &str) -> Option<&str> {
    let first = fresh.lines().map(str::trim).find(|line| !line.is_empty())?;
    if OPT_OUT_LINES.contains(&words(first).trim()) {
        return Some(first);
    }
    sentences(fresh).find(|sentence| {
        let said = words(sentence);
        OPT_OUT_PHRASES.iter().any(|phrase| {
            said.find(&format!(" {phrase} ")).is_some_and(|at| {
                let before = said[..at].split_whitespace().next_back().unwrap_or_default();
                let after: Vec<&str> = said[at + phrase.len() + 1..].split_whitespace().take(2).collect();
                let postponed = match after.as_slice() {
                    ["me" | "us", word] | [word, ..] => POSTPONES.contains(word),
                    [] => false,
                };
                !postponed && !NEGATES.contains(&before)
            })
        })
    })
}

/// Refusals that are no wish never to hear from us again.
const REFUSALS: [&str; 45] = [
    "wrong number",
    "wrong person",
    "no thx",
    "not interested",
    "no interest",
    "no thanks",
    "no thank you",
    "not for us",
    "not for me",
    "not a fit",
    "no need",
    "dont need",
    "do not need",
    "not looking for",
    "not looking to",
    "were all set",
    "we are all set",
    "im all set",
    "ill pass",
    "we will pass",
    "kein interesse",
    "keinen bedarf",
    "kein bedarf",
    "nein danke",
    "nicht interessiert",
    "pas interesse",
    "pas interessee",
    "pas interesses",
    "pas besoin",
    "non merci",
    "no me interesa",
    "no nos interesa",
    "no estoy interesado",
    "no estoy interesada",
    "no gracias",
    "non mi interessa",
    "non ci interessa",
    "no grazie",
    "geen interesse",
    "nee bedankt",
    "inte intresserad",
    "nej tack",
    "nie jestem zainteresowany",
    "nie dziekuje",
    "nao tenho interesse",
];
const REFUSAL_LINES: [&str; 8] = ["no", "nope", "nah", "nein", "non", "nee", "nej", "nie"];

/// The sentence that refuses, if there is one.
pub fn refusal(fresh: &str) -> Option<&str> {
    let first = fresh.lines().map(str::trim).find(|line| !line.is_empty())?;
    if REFUSAL_LINES.contains(&words(first).trim()) {
        return Some(first);
    }
    sentences(fresh).find(|sentence| {
        let said = words(sentence);
        REFUSALS.iter().any(|phrase| said.contains(&format!(" {phrase} ")))
    })
}

const ABSENCE: [&str; 44] = [
    "out of office",
    "out of the office",
    "on vacation",
    "on holiday",
    "on holidays",
    "annual leave",
    "on leave",
    "maternity leave",
    "paternity leave",
    "parental leave",
    "sick leave",
    "away from the office",
    "away from my desk",
    "currently away",
    "limited access to",
    "i am away",
    "im away",
    "im urlaub",
    "nicht im buro",
    "nicht im haus",
    "abwesend",
    "nicht erreichbar",
    "elternzeit",
    "mutterschutz",
    "en conges",
    "en vacances",
    "absent",
    "absente",
    "de vacaciones",
    "fuera de la oficina",
    "in ferie",
    "fuori ufficio",
    "fuori sede",
    "op vakantie",
    "afwezig",
    "de ferias",
    "fora do escritorio",
    "ausente",
    "pa semester",
    "tjanstledig",
    "pa ferie",
    "na urlopie",
    "nieobecny",
    "nieobecna",
];

pub fn absence(text: &str) -> bool {
    let said = words(text);
    ABSENCE.iter().any(|phrase| said.contains(&format!(" {phrase} ")))
}

/// Phrases of departure, said of a third person or clearly of oneself; a colleague may write them too.
const LEFT: [&str; 33] = [
    "no longer works",
    "no longer employed",
    "no longer with us",
    "no longer with the company",
    "no longer with our company",
    "has left the company",
    "has left our company",
    "left the company",
    "has left the business",
    "has left the organisation",
    "has left the organization",
    "i no longer work at",
    "i no longer work for",
    "i no longer work here",
    "arbeitet nicht mehr",
    "nicht mehr im unternehmen",
    "nicht mehr bei uns",
    "nicht mehr fur uns",
    "das unternehmen verlassen",
    "aus dem unternehmen ausgeschieden",
    "ne travaille plus",
    "ne fait plus partie",
    "a quitte la societe",
    "a quitte lentreprise",
    "ya no trabaja",
    "ha dejado la empresa",
    "non lavora piu",
    "ha lasciato lazienda",
    "werkt niet meer",
    "niet meer werkzaam",
    "nao trabalha mais",
    "deixou a empresa",
    "nie pracuje juz",
];
/// Phrases that are enough only from a machine, which does not speak of its own business.
const LEFT_SAYS_MACHINE: [&str; 8] = [
    "am no longer with",
    "is no longer with",
    "no longer work at",
    "no longer work for",
    "have left the company",
    "is no longer in use",
    "nicht mehr fur",
    "has left",
];

/// The sentence that says that the recipient no longer works there, if there is one.
pub fn departure(fresh: &str, by_machine: bool) -> Option<&str> {
    let says =
        |said: &str, phrases: &[&str]| phrases.iter().any(|phrase| said.contains(&format!(" {phrase} ")));
    sentences(fresh).find(|sentence| {
        let said = words(sentence);
        says(&said, &LEFT) || by_machine && says(&said, &LEFT_SAYS_MACHINE)
    })
}

pub fn addresses_in(text: &str) -> Vec<EmailAddress> {
    let separators = |c: char| c.is_whitespace() || "<>()[],;:\"'|".contains(c);
    let candidates = text.split(separators).filter(|part| part.contains('@'));
    candidates.filter_map(|part| EmailAddress::parse(part.trim_end_matches(['.', '!', '?'])).ok()).collect()
}

/// Splits text at the ends of lines and sentences, but not within `a.b` or `8.9.`.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| {
        let mut parts = Vec::new();
        let mut start = 0;
        let mut before = ' ';
        let mut chars = line.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let blank_follows = chars.peek().is_none_or(|(_, next)| next.is_whitespace());
            let ends = "!?".contains(c) || c == '.' && !before.is_ascii_digit();
            if ends && blank_follows {
                parts.push(&line[start..at + c.len_utf8()]);
                start = at + c.len_utf8();
            }
            before = c;
        }
        parts.push(&line[start..]);
        parts.into_iter().map(str::trim).filter(|part| !part.is_empty())
    })
}
