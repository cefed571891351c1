//! Names of columns and custom fields that say who has opted out, and how their values say it.

use super::opt_out_words::Manner;
use super::permission_names;
use super::synonyms;
use crate::lead::attributes::Target;
use crate::text_match::folded;

/// Parts of names that columns of opt-outs have.
const SIGNS: &[&str] = &[
    "optout",
    "optedout",
    "optsout",
    "unsub",
    // Not what begins with the notes of a to-do list.
    "donota",
    "donotb",
    "donotc",
    "donotd",
    "donotem",
    "donotm",
    "donotp",
    "donots",
    "donott",
    "dontcontact",
    "dontcall",
    "dontmail",
    "dnc",
    "nocontact",
    "nomail",
    "noemail",
    "nocall",
    "blacklist",
    "blocklist",
    "suppress",
    "bounce",
    "sperr",
    "abgemeld",
    "abmeld",
    "widerspr",
    "widerruf",
    "keinewerb",
    "keinemail",
    "keineemail",
    "keineanruf",
    "robinson",
    "desabon",
    "desinscri",
    "nepas",
    "desuscri",
    "debaja",
    "nollam",
    "disiscri",
    "noncontat",
    "uitschr",
    "uitgeschr",
    "afgemeld",
    "nietbel",
    "nietmail",
    "nietcontact",
    "descadastr",
    "naocontat",
    "wypis",
    "rezygn",
    "niekontakt",
    "odhlas",
    "nekontakt",
    "avregistr",
    "afmeld",
    "avmeld",
    "leirat",
    "dezabon",
    "optaus",
    "отпис",
];
/// Parts of names whose columns concern no channel of ours, or tracking, or measure something.
const OTHER: &[&str] = &[
    "fax",
    "postal",
    "directmail",
    "track",
    "sync",
    "brief",
    "bouncerate",
    "bouncequote",
    "bouncecount",
    "softbounce",
];
/// Parts of names whose columns are read by their words alone.
const STATES: &[&str] = &[
    "status",
    "state",
    "consent",
    "permission",
    "subscri",
    "newsletter",
    "mailing",
    "marketing",
    "optin",
    "einwilligung",
    "accepts",
    "zustimmung",
    "abo",
];
/// Parts of names whose columns say it by being filled.
const FILLED: &[&str] = &[
    "reason",
    "time",
    "date",
    "campaign",
    "mode",
    "grund",
    "datum",
    "motivo",
    "raison",
    "suppressions",
    "quarantine",
    "reden",
];
const PHONE: &[&str] = &[
    "call", "phone", "anruf", "telefon", "appel", "llam", "chiam", "sms", "text", "whatsapp", "bel", "ligar",
    "dzwon", "vola", "ring", "mobil",
];
const MAIL: &[&str] = &["mail", "courriel", "correo", "newsletter", "почт"];
/// Parts of names that are about a list of e-mails, unless they name the phone.
const LISTS: &[&str] = &["unsub", "abmeld", "abgemeld", "abonn", "inscri", "subscri"];
const BOUNCES: &[&str] = &["bounce", "invalid", "ungultig", "undeliver", "unzustell"];
/// Parts of names that mean opt-outs if their values say so clearly.
const SOFT_SIGNS: &[&str] = &[
    "withdraw",
    "complain",
    "spam",
    "erased",
    "erasure",
    "forgotten",
    "deceased",
    "verstorben",
    "gestorben",
    "fallecid",
    "falecid",
    "decede",
    "deceduto",
    "overleden",
    "exclud",
    "ausgeschloss",
    "invalidemail",
    "emailinvalid",
    "invalidmail",
    "undeliver",
    "unzustell",
    "dontdisturb",
    "nichtstoren",
    "nepasderanger",
    "mailstop",
    "stopmail",
    "stopemail",
    "stopsms",
    "werbestop",
    "refus",
    "退订",
    "退訂",
    "配信停止",
    "受信拒否",
    "수신거부",
];
/// Names that mean them as a whole.
const SOFT_NAMES: &[&str] = &[
    "baja",
    "stop",
    "stopp",
    "stopped",
    "exclude",
    "exclusion",
    "exclu",
    "exclue",
    "excluido",
    "escluso",
    "uitgesloten",
    "wykluczony",
    "ausschluss",
    "removed",
    "blocked",
    "blockiert",
    "bloque",
    "bloqueado",
    "bloccato",
    "geblokkeerd",
    "zablokowany",
];

pub(super) fn has(name: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| name.contains(part))
}

/// The target of a column whose name is known to mean opt-outs, or tells of a permission and of nothing else.
pub(super) fn known_target(name: &str) -> Option<Target> {
    let known = synonyms::target_of(name).map(|(target, _)| target).filter(|target| target.is_opt_out());
    known.or_else(|| {
        let folded = folded(name);
        let is_certain = permission_names::of(name).is_some_and(|told| told.is_certain);
        (is_certain && !has(&folded, OTHER)).then(|| target_for(name))
    })
}

/// The target of a column whose name looks like opt-outs. A permission that says no channel is one of e-mail, whose
/// opt-out closes all of them.
pub fn target_for(header: &str) -> Target {
    if let Some((target, _)) = synonyms::target_of(header).filter(|(target, _)| target.is_opt_out()) {
        return target;
    }
    let name = folded(header);
    let permission = permission_names::of(header);
    if has(&name, BOUNCES) {
        Target::Bounced
    } else if has(&name, MAIL) {
        Target::OptedOutEmail
    } else if has(&name, PHONE) {
        Target::OptedOutPhone
    } else if has(&name, LISTS) || permission.is_some_and(|told| !told.is_denied) {
        Target::OptedOutEmail
    } else {
        Target::DoNotContact
    }
}

/// Whether a name looks like opt-outs.
pub fn is_named_so(name: &str) -> bool {
    let folded = folded(name);
    let is_known = synonyms::target_of(name).is_some_and(|(target, _)| target.is_opt_out());
    let looks = || has(&folded, SIGNS) || is_soft(name) || permission_names::of(name).is_some();
    !has(&folded, OTHER) && (is_known || looks())
}

/// Whether a name means opt-outs only beside a value that says so by words that are known: `Stop` may be a bus stop, and
/// `Complaint` one about a delivery.
pub(super) fn is_soft(name: &str) -> bool {
    let folded = folded(name);
    has(&folded, SOFT_SIGNS) || SOFT_NAMES.contains(&folded.as_str())
}

/// Whether a name is about a state, so that a word among its values may be an opt-out.
pub(super) fn is_state(name: &str) -> bool {
    let folded = folded(name);
    has(&folded, STATES) && !has(&folded, SIGNS) && !has(&folded, OTHER)
}

/// How the cells of a column that is mapped to a target of opt-outs say it.
pub(super) fn manner_of(header: &str) -> Manner {
    let name = folded(header);
    let permission = permission_names::of(header);
    let denies = has(&name, SIGNS) || permission.is_some_and(|told| told.is_denied) || is_soft(header);
    match denies {
        true if has(&name, SIGNS) && has(&name, FILLED) => Manner::Filled,
        false if has(&name, STATES) || permission.is_some() => Manner::State,
        _ => Manner::Flag,
    }
}
