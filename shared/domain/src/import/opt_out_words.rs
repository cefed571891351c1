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

/// Words that mean an opt-out and nothing else.
const OPTED_OUT: &str = "unsubscribed unsubscribe unsub unsubscribedfromall unsubscribedbyadmin globallyunsubscribed \
    emailsunsubscribed emailunsubscribed leadunsubscribed optedout optout optsout hasoptedout hardoptout donotcontact \
    donotemail donotcall donotmail donotphone donottext dontcontact doesnotwantcontact dnc blocklisted blacklisted \
    consentwithdrawn consentrevoked nevercontact removeme markedasspam reportedspam reportedasspam spamcomplaint \
    abgemeldet abbestellt werbesperre kontaktsperre nichtkontaktieren nichtmehrkontaktieren desabonne desinscrit \
    desinscrite desabonnee nepascontacter desuscrito desuscrita dadodebaja dadadebaja nocontactar disiscritto \
    disiscritta noncontattare uitgeschreven afgemeld nietcontacteren descadastrado descadastrada naocontatar \
    cancelouinscricao deceased verstorben donotdisturb donotmarket donotcontactagain optedoutofall gdprerased nomarketing \
    退订 已退订 退訂 配信停止 受信拒否 수신거부 wypisany wypisana niekontaktowac avregistrerad kontaktaej afmeldt avmeldt odhlasen odhlasena \
    odhlaseny nekontaktovat leiratkozott dezabonat отписан отписался";
/// Words that mean an opt-out where a state is told, and other things elsewhere: Baja is a town, and a complaint may be
/// about a delivery.
const OPTED_OUT_AS_STATE: &str = "donotallow notallowed blocked suppressed complained complaint abuse revoked withdrawn \
    stop dnd donotsend erased forgotten ausgetragen gesperrt widersprochen widerspruch widerrufen oppose baja";
/// Words that mean a dead address and nothing else.
const BOUNCED: &str = "hardbounced hardbounce bouncedhard";
const BOUNCED_AS_STATE: &str = "bounced bounce emailsbounced emailbounced leadbounced cleaned bounceback undeliverable \
    unzustellbar rebote rebotado npai";
/// Words that deny, where a permission is told.
const DENIED: &str = "denied deny refused refuse declined decline rejected disallowed forbidden noconsent consentdenied \
    notconsented notgiven notgranted notpermitted notaccepted notagreed notoptedin optedinno notsubscribed nonsubscribed \
    disabled inactive cancelled canceled nichterteilt nichterlaubt nichtgestattet nichteinverstanden nichtangemeldet \
    nichtabonniert nichterwunscht verweigert abgelehnt entzogen verboten untersagt keineeinwilligung keinezustimmung \
    keineerlaubnis refusee refuses nonconsenti nonautorise nonaccepte nonabonne noninscrit pasdaccord retire retiree \
    sansconsentement rechazado rechazada denegado denegada noautorizado noacepta noacepto nosuscrito noconsiente retirado \
    retirada revocado revocada rifiutato rifiutata negato negata nonautorizzato nonconcesso nonacconsente noniscritto \
    ritirato revocato geweigerd afgewezen niettoegestaan ingetrokken geentoestemming nietgegeven nietakkoord recusado \
    recusada negado naoautorizado naoaceita naoconsente revogado odmowa odrzucono brakzgody niewyrazono niewyrazazgody \
    wycofana wycofano cofnieta zamitnuto odmitnuto neudelen neudeleno nesouhlasi odvolano nekad nekat avbojt avvisad \
    aterkallat avslatt avslag nektet avvist trukket afvist afslaet ikketilladt trukkettilbage ejtillatet intetillatet kielletty \
    eisallittu eisuostumusta reddedildi reddetti onaylanmadi izinyok отказ отказано отказался отозвано запрещено несогласен \
    拒否 不同意 拒绝 拒絕 未同意 未订阅 停止 거부 미동의";
const OPEN: &str = "subscribed resubscribed active enabled optedin optin doubleoptin singleoptin allow allowed confirmed \
    unconfirmed pending neversubscribed notsubscribed nonsubscribed noconsent transactional archived imported \
    softbounce softbounced soft transient temporary verified none null na nan undefined unknown never niemals jamais \
    nunca nooit notregistered notlisted nomatch notfound clear nichtgelistet nichteingetragen alive notset unset novalue nodate blank empty angemeldet abonniert aktiv abonne inscrit \
    suscrito suscrita iscritto ingeschreven inscrito aktywny prenumererar";

fn is_one_of(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|known| known == word)
}

/// Whether a word means an opt-out or a dead address where the state of a lead is told.
pub(super) fn word(text: &str) -> Option<Says> {
    if text.is_empty() || text.len() > 60 {
        return None;
    }
    let word = folded(text);
    if is_one_of(OPTED_OUT, &word) || is_one_of(OPTED_OUT_AS_STATE, &word) {
        return Some(Says::OptedOut);
    }
    (is_one_of(BOUNCED, &word) || is_one_of(BOUNCED_AS_STATE, &word)).then_some(Says::Bounced)
}

/// The same for a word where anything may stand, such as a tag: only words that mean nothing else count.
pub(super) fn plain_word(text: &str) -> Option<Says> {
    let says = word(text)?;
    let folded_word = folded(text);
    let other = [OPTED_OUT_AS_STATE, BOUNCED_AS_STATE];
    (!other.iter().any(|words| is_one_of(words, &folded_word))).then_some(says)
}

/// Whether the text is a word by which a consent is denied or taken back, whatever else its column tells.
pub(super) fn denies(text: &str) -> bool {
    word(text) == Some(Says::OptedOut) || is_one_of(DENIED, &folded(text))
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
    if is_no_day(text) {
        return Says::Nothing;
    }
    if manner == Manner::State && is_one_of(DENIED, &folded_word) {
        return Says::OptedOut;
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

/// The years by which systems write that there is no day: none, the first, and those from which they count.
const NO_YEARS: [&str; 5] = ["0000", "0001", "1899", "1900", "1970"];

/// The numbers of a day, in whatever order they stand; none if the text is no day or time.
fn day_parts(text: &str) -> Option<Vec<&str>> {
    let day = text.trim().split([' ', 'T']).next().unwrap_or(text);
    let parts: Vec<&str> = day.split(['/', '.', '-']).collect();
    let are_numbers = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    (parts.len() == 3 && are_numbers).then_some(parts)
}

fn is_day(text: &str) -> bool {
    day_parts(text).is_some()
}

/// Whether the text is a day by which a dump of a database writes that there is none.
fn is_no_day(text: &str) -> bool {
    day_parts(text).is_some_and(|parts| {
        let is_zero = |part: &&str| part.bytes().all(|b| b == b'0');
        parts.iter().any(|part| NO_YEARS.contains(part)) || parts.iter().all(is_zero)
    })
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
            ("No consent", Says::Nothing, Says::OptedOut),
            ("denied", Says::Unclear, Says::OptedOut),
            ("Do not send", Says::OptedOut, Says::OptedOut),
            ("nicht erteilt", Says::Unclear, Says::OptedOut),
            ("cleaned", Says::Bounced, Says::Bounced),
            ("because", Says::Unclear, Says::Nothing),
            ("https://one.example/unsubscribe", Says::Nothing, Says::Nothing),
            ("0000-00-00 00:00:00", Says::Nothing, Says::Nothing),
            ("0001-01-01T00:00:00Z", Says::Nothing, Says::Nothing),
            ("30.12.1899", Says::Nothing, Says::Nothing),
            ("01/01/1900", Says::Nothing, Says::Nothing),
            ("1970-01-01", Says::Nothing, Says::Nothing),
            ("00.00.00", Says::Nothing, Says::Nothing),
            ("Never", Says::Nothing, Says::Nothing),
            ("not set", Says::Nothing, Says::Nothing),
            ("No date", Says::Nothing, Says::Nothing),
        ] {
            assert_eq!((read(text, Manner::Flag), read(text, Manner::State)), (flag, state), "{text}");
        }
        assert_eq!(read("NORMAL", Manner::Filled), Says::OptedOut);
        for nothing in ["  ", "0000-00-00 00:00:00", "1970-01-01", "never"] {
            assert_eq!(read(nothing, Manner::Filled), Says::Nothing, "{nothing}");
        }
    }

    #[test]
    fn word_with_other_meanings_counts_only_where_a_state_is_told() {
        for text in ["Baja", "cleaned", "Stop", "Complaint", "blocked", "bounce"] {
            assert!(word(text).is_some() && plain_word(text).is_none(), "{text}");
        }
        for (text, says) in [("Do not contact", Says::OptedOut), ("hard-bounced", Says::Bounced)] {
            assert_eq!((word(text), plain_word(text)), (Some(says), Some(says)), "{text}");
        }
    }
}
