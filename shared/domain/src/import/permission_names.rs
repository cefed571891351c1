//! Names of columns that say whether a person may be contacted: `Subscribed`, `SMS Consent`, `Werbeeinwilligung`.
//!
//! A name is certain if it consists of such words alone: folded, it is cut into words of the lists below. Another name
//! that has one of them in it only looks so, and its column is asked about. A word that denies turns the meaning: yes
//! under `Consent withdrawn` is an opt-out, and so is no under `Consent`.

use crate::text_match::folded;
use std::collections::HashMap;
use std::sync::OnceLock;

/// What such a name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Permission {
    /// Whether the name consists of words that are known.
    pub is_certain: bool,
    /// Whether yes means that there is no permission.
    pub is_denied: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// It tells of a permission by itself.
    Core,
    /// It tells of one beside what is permitted: `accepts marketing`, but not `accepts cards`.
    Verb,
    /// What is permitted: a channel, or advertising.
    Medium,
    Denial,
    Filler,
}

const CORE: &str = "consent consents consented optin optins optedin optsin doubleoptin singleoptin subscribed einwilligung \
    einwilligungen einverstandnis einverstanden eingewilligt zustimmung zugestimmt consentement consentements consentimiento \
    consentimientos consenso consensi toestemming toestemmingen samtycke samtykke zgoda zgody zgode souhlas suhlas \
    hozzajarulas suostumus consentimento consimtamant acordgdpr contactable mailable emailable callable kontaktierbar \
    abonniert abonne abonnee suscrito suscrita iscritto iscritta ingeschreven zapisany prenumererar согласие согласен \
    подписан 同意 동의 수신동의 订阅 已订阅 訂閱 購読 συγκαταθεση הסכמה موافقة";
const VERBS: &str = "permission permissions permitted allow allows allowed accept accepts agree agrees \
    agreed can may receive receives receiving want wants wanted send sends subscription subscriptions subscriber erlaubt \
    erlaubnis gestattet darf akzeptiert angemeldet erwunscht moglich autorise autorisee autorisation accepte acceptee accord \
    inscrit inscrite recevoir autorizado autorizada autorizacion acepta permite permitido puede recibir autorizzato \
    autorizzazione accetta accettato accettazione toegestaan mag wil akkoord aangemeld aceita autoriza autorizacao permite \
    inscrito pozwala zezwala zezwolenie povoleno tillaten tillatet tilladt tillatt tilmeldt pameldt sallittu izin izni onay \
    onayi разрешение разрешено разрешен принимает 許可 允许 允許 许可 허용";
const MEDIA: &str = "email emails mail mails emailing mailing mailings sms text texts texting phone call calls calling \
    telephone whatsapp marketing newsletter newsletters promo promos promotion promotions promotional communication \
    communications kommunikation kontakt kontaktaufnahme kontaktieren contact contacted contacting telefon telefonisch \
    telefonische anruf anrufe anrufen werbung werbe werbemails reclame publicite publicidad pubblicita publicidade reklama \
    reklame mainos commercial commerciale commercials tel mobile mobil handy courriel courriels epost correo correos telefono \
    telefonico llamada llamadas appel appels telephonique prospection outreach advertising ads bulk telefone telefoon bellen \
    telefoniczny рассылка рассылку реклама メール 邮件 营销 マーケティング 마케팅 이메일 メルマガ";
const DENIALS: &str = "not no non nicht kein keine keiner ohne sans pas niet geen nao nie bez brak ikke inte ej ei uden utan \
    senza sin withdrawn withdraw withdrew withdrawal revoked revoke revocation widerrufen widerruf entzogen denied refused \
    declined rejected verweigert abgelehnt retire revoque refuse retirado revocado denegado rechazado ritirato revocato negato \
    rifiutato ingetrokken geweigerd recusado wycofana wycofano cofnieta odmowa odvolan odmitnut aterkallat tilbagekaldt \
    tilbaketrukket cancelled canceled отозвано отозван отказ 撤回 拒否";
const FILLERS: &str = "is has have hat was to for by of the on in at our us we be this person people customer lead user client \
    member profile current status state preference preferences setting settings flag value given granted erteilt vorhanden \
    liegt vor yn yesno gdpr dsgvo rgpd lopd rgdp rodo kvkk ccpa casl per via durch par por fur zur zum an am dem der die das \
    mit de du des del della la le les al et und and or oder general explicit express material materials info information \
    informationen infos offer offers angebote news update updates date datum time check checkbox box form global datenschutz \
    privacy voor zu po na til i do da e y";
/// Parts of names that tell of a permission wherever they stand.
const STEMS: &[&str] = &[
    "consent",
    "consens",
    "optin",
    "optedin",
    "subscribed",
    "einwillig",
    "einverst",
    "zustimmung",
    "toestemming",
    "samtyck",
    "samtykk",
    "zgod",
    "souhlas",
    "hozzajarul",
    "suostumus",
    "consimt",
    "соглас",
    "同意",
    "동의",
    "συγκατ",
];
/// Names that stand for a permission, though they may stand for more.
const LIKELY: &[&str] = &["gdpr", "dsgvo", "rgpd", "lopd", "rodo", "kvkk", "ccpa", "casl"];
/// Parts of names whose permission is for something else.
const OTHER: &[&str] = &[
    "photo",
    "foto",
    "image",
    "bild",
    "record",
    "aufzeichn",
    "cookie",
    "analyt",
    "terms",
    "agb",
    "treatment",
    "behandl",
    "parent",
];

fn lexicon() -> &'static HashMap<String, Word> {
    static LEXICON: OnceLock<HashMap<String, Word>> = OnceLock::new();
    LEXICON.get_or_init(|| {
        let lists = [
            (CORE, Word::Core),
            (VERBS, Word::Verb),
            (MEDIA, Word::Medium),
            (DENIALS, Word::Denial),
            (FILLERS, Word::Filler),
        ];
        let mut lexicon = HashMap::new();
        for (words, kind) in lists {
            for word in words.split_whitespace() {
                lexicon.entry(folded(word)).or_insert(kind);
            }
        }
        lexicon
    })
}

/// The longest word of the lists, in bytes.
const LONGEST: usize = 32;

/// Cuts a folded name into the fewest words of the lists; none if they do not make it up.
fn cut(name: &str) -> Option<Vec<Word>> {
    let mut best: Vec<Option<Vec<Word>>> = vec![None; name.len() + 1];
    best[0] = Some(Vec::new());
    for end in 1..=name.len() {
        for start in end.saturating_sub(LONGEST)..end {
            let Some(word) = name.get(start..end).and_then(|text| lexicon().get(text)) else { continue };
            let Some(before) = &best[start] else { continue };
            if best[end].as_ref().is_none_or(|known| known.len() > before.len() + 1) {
                let mut words = before.clone();
                words.push(*word);
                best[end] = Some(words);
            }
        }
    }
    best.pop().flatten()
}

fn tell(words: &[Word]) -> bool {
    let has = |kind| words.contains(&kind);
    has(Word::Core) || has(Word::Verb) && has(Word::Medium)
}

/// The words of a name as it is written: `emailOptIn` has three.
fn written_words(name: &str) -> Vec<String> {
    let (mut words, mut word, mut was_small) = (Vec::new(), String::new(), false);
    for c in name.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && was_small {
            words.push(std::mem::take(&mut word));
        }
        was_small = c.is_lowercase();
        word.push(c);
    }
    words.push(word);
    words.iter().map(|word| folded(word)).filter(|word| !word.is_empty()).collect()
}

/// Reads a name; none if it does not tell of a permission to contact.
pub(super) fn of(name: &str) -> Option<Permission> {
    if name.len() > 100 {
        return None;
    }
    let whole = folded(name);
    if OTHER.iter().any(|part| whole.contains(part)) {
        return None;
    }
    if let Some(words) = cut(&whole).filter(|words| tell(words)) {
        return Some(Permission { is_certain: true, is_denied: words.contains(&Word::Denial) });
    }
    let kinds: Vec<Word> =
        written_words(name).iter().filter_map(|word| lexicon().get(word).copied()).collect();
    let looks =
        LIKELY.contains(&whole.as_str()) || STEMS.iter().any(|stem| whole.contains(stem)) || tell(&kinds);
    looks.then(|| Permission { is_certain: false, is_denied: kinds.contains(&Word::Denial) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_that_consists_of_words_of_permission_is_certain() {
        for name in "Subscribed|is_subscribed|email_subscribed|emailOptIn|Marketing Opt-In|Accepts Marketing|\
            Accepts Email Marketing|Send Marketing Materials|Can email|E-Mail erlaubt|Telefon erlaubt|Werbeeinwilligung|\
            DSGVO Einwilligung|RGPD consentement|SMS Consent|Consent|may_contact|Zgoda na e-mail|Consenso marketing|\
            Toestemming voor e-mail|Samtykke til e-post|optin_status|Receives newsletter|Autorise les emails|同意"
            .split('|')
        {
            assert_eq!(of(name), Some(Permission { is_certain: true, is_denied: false }), "{name}");
        }
        for name in ["Consent withdrawn", "consent_revoked_at", "No consent", "Einwilligung widerrufen"] {
            assert_eq!(of(name), Some(Permission { is_certain: true, is_denied: true }), "{name}");
        }
    }

    #[test]
    fn name_that_tells_of_something_else_is_none() {
        for name in "Accepts credit cards|Subscribers|Subscription plan|Allow backorder|Permission level|Options|Company|\
            American mail order|Newsletter|Marketing budget|Can ship|Cookie consent|Photo consent|Terms accepted|Adoption|\
            Contact|E-mail|Agreement number|Receives parcels"
            .split('|')
        {
            assert_eq!(of(name), None, "{name}");
        }
        for name in ["GDPR", "Consent form signed by", "Opt-in (fair 2024)"] {
            assert_eq!(of(name), Some(Permission { is_certain: false, is_denied: false }), "{name}");
        }
    }
}
