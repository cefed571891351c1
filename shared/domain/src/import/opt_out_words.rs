//! The words by which the cells of other systems' lists say that somebody has opted out, or that an address is dead.

use super::consent_columns::date;
use crate::text_match::folded;
use crate::yes_no;

/// What one cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    Nothing,
    OptedOut,
    Bounced,
    /// Words that are not known; in a column of opt-outs they count as one.
    Unclear,
}

/// How a column of opt-outs says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Yes, a word or a day means an opt-out: `Email Opt Out`.
    Flag,
    /// Any text means one: `UNSUB_REASON`.
    Filled,
    /// Its words name the state, and yes means that the lead agrees: `Marketing status`, `Accepts marketing`.
    State,
}

const OPTED_OUT: &str = "unsubscribed unsubscribe unsub unsubscribedfromall unsubscribedbyadmin globallyunsubscribed \
    emailsunsubscribed emailunsubscribed leadunsubscribed optedout optout optsout hasoptedout hardoptout donotcontact \
    donotemail donotcall donotmail dontcontact doesnotwantcontact dnc donotallow notallowed blocked blocklisted blacklisted \
    suppressed complained complaint spamcomplaint markedasspam reportedspam reportedasspam abuse revoked withdrawn \
    consentwithdrawn consentrevoked nevercontact removeme stop abgemeldet ausgetragen abbestellt werbesperre gesperrt \
    kontaktsperre nichtkontaktieren nichtmehrkontaktieren widersprochen widerspruch widerrufen desabonne desinscrit \
    desinscrite desabonnee nepascontacter oppose desuscrito desuscrita dadodebaja dadadebaja baja nocontactar \
    disiscritto disiscritta noncontattare uitgeschreven afgemeld nietcontacteren descadastrado descadastrada \
    naocontatar naocontactar cancelouinscricao wypisany wypisana niekontaktowac avregistrerad kontaktaej afmeldt \
    avmeldt odhlasen odhlasena odhlaseny nekontaktovat leiratkozott dezabonat отписан отписался";
const BOUNCED: &str = "bounced hardbounced hardbounce bounce bouncedhard emailsbounced emailbounced leadbounced cleaned \
    bounceback undeliverable unzustellbar rebote rebotado npai";
const OPEN: &str = "subscribed resubscribed active enabled optedin optin doubleoptin singleoptin allow allowed confirmed \
    unconfirmed pending neversubscribed notsubscribed nonsubscribed noconsent transactional archived imported \
    softbounce softbounced verified none null na nan undefined unknown angemeldet abonniert aktiv abonne inscrit \
    suscrito suscrita iscritto ingeschreven inscrito aktywny prenumererar";

fn is_one_of(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|known| known == word)
}

/// Whether a word means an opt-out or a dead address in whatever column it stands.
pub(super) fn word(text: &str) -> Option<Says> {
    if text.is_empty() || text.len() > 60 {
        return None;
    }
    let word = folded(text);
    if is_one_of(OPTED_OUT, &word) {
        return Some(Says::OptedOut);
    }
    is_one_of(BOUNCED, &word).then_some(Says::Bounced)
}

/// Reads a cell of a column that says who has opted out.
pub(super) fn read(text: &str, manner: Manner) -> Says {
    let folded_word = folded(text);
    // A web address is where people opt out, and says of nobody that they did.
    if folded_word.is_empty() && yes_no::read(text).is_none() || text.trim().starts_with("http") {
        return Says::Nothing;
    }
    if let Some(says) = word(text) {
        return says;
    }
    match (manner, yes_no::read(text)) {
        (Manner::State, Some(false)) | (Manner::Flag | Manner::Filled, Some(true)) => Says::OptedOut,
        (Manner::State, _) | (_, Some(false)) => Says::Nothing,
        (_, None) if is_one_of(OPEN, &folded_word) => Says::Nothing,
        (Manner::Filled, None) => Says::OptedOut,
        (Manner::Flag, None) if date(text).is_some() || is_day(text) => Says::OptedOut,
        (Manner::Flag, None) => Says::Unclear,
    }
}

/// Whether the text is a day or a time, in whatever order its numbers stand.
fn is_day(text: &str) -> bool {
    let day = text.split([' ', 'T']).next().unwrap_or(text);
    let parts: Vec<&str> = day.split(['/', '.', '-']).collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_as_their_columns_mean_them() {
        for (text, flag, state) in [
            ("1", Says::OptedOut, Says::Nothing),
            ("WAHR", Says::OptedOut, Says::Nothing),
            ("ja", Says::OptedOut, Says::Nothing),
            ("x", Says::OptedOut, Says::Nothing),
            ("0", Says::Nothing, Says::OptedOut),
            ("FALSCH", Says::Nothing, Says::OptedOut),
            ("", Says::Nothing, Says::Nothing),
            ("-", Says::Nothing, Says::Nothing),
            ("n/a", Says::Nothing, Says::Nothing),
            ("2026-03-11 09:12:44", Says::OptedOut, Says::Nothing),
            ("11/12/2026", Says::OptedOut, Says::Nothing),
            ("Unsubscribed", Says::OptedOut, Says::OptedOut),
            ("Do Not Contact", Says::OptedOut, Says::OptedOut),
            ("Subscribed", Says::Nothing, Says::Nothing),
            ("No consent", Says::Nothing, Says::Nothing),
            ("cleaned", Says::Bounced, Says::Bounced),
            ("because", Says::Unclear, Says::Nothing),
            ("https://one.example/unsubscribe", Says::Nothing, Says::Nothing),
        ] {
            assert_eq!((read(text, Manner::Flag), read(text, Manner::State)), (flag, state), "{text}");
        }
        assert_eq!(read("NORMAL", Manner::Filled), Says::OptedOut);
        assert_eq!(read("  ", Manner::Filled), Says::Nothing);
    }
}
