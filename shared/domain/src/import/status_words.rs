//! Reads other systems' words for the state of a lead.

use crate::lead::stage::StageId;
use crate::text_match::folded;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StatusRead {
    pub status: StageId,
    /// Whether the word says no more than our status.
    pub exact: bool,
}

/// The status of a word; none if it is not known. Customers count as won and refusals as lost, so that no
/// sequence treats them as strangers. Words for opt-outs are read elsewhere (`opt_out_words.rs`).
pub(super) fn read(text: &str) -> Option<StatusRead> {
    if text.len() > 60 {
        return None;
    }
    let word = folded(text);
    let status = match word.as_str() {
        "new" | "newlead" | "open" | "lead" | "subscriber" | "uncontacted" | "notcontacted"
        | "notstarted" | "todo" | "prospect" | "raw" | "fresh" | "cold" | "neu" | "offen" | "nouveau"
        | "nuevo" | "nieuw" | "nuovo" | "novo" | "nowy" | "ny" => StageId::NEW,
        "contacted" | "contactmade" | "attempted" | "attemptedtocontact" | "attempting" | "inprogress"
        | "working" | "emailed" | "called" | "reengagement" | "nurture" | "nurturing" | "onhold"
        | "connected" | "followup" | "kontaktiert" | "contacte" | "contactado" | "gecontacteerd"
        | "contattato" | "inbearbeitung" | "encours" => StageId::CONTACTED,
        "replied" | "responded" | "answered" | "interested" | "engaged" | "geantwortet" | "interessiert"
        | "repondu" | "respondido" | "interesado" | "beantwoord" => StageId::REPLIED,
        "qualified"
        | "mql"
        | "sql"
        | "marketingqualifiedlead"
        | "salesqualifiedlead"
        | "opportunity"
        | "proposal"
        | "proposalsent"
        | "quotesent"
        | "offersent"
        | "negotiation"
        | "contractsent"
        | "demo"
        | "demoscheduled"
        | "demobooked"
        | "meetingbooked"
        | "meetingscheduled"
        | "appointmentscheduled"
        | "presentationscheduled"
        | "decisionmakerboughtin"
        | "hot"
        | "qualifiziert"
        | "angebot"
        | "verhandlung"
        | "qualifie"
        | "cualificado"
        | "calificado"
        | "gekwalificeerd" => StageId::QUALIFIED,
        "won" | "closedwon" | "customer" | "client" | "paid" | "paying" | "converted" | "evangelist"
        | "gewonnen" | "kunde" | "bezahlt" | "gagne" | "ganado" | "cliente" | "klant" | "vinto" => {
            StageId::WON
        }
        "lost" | "closedlost" | "disqualified" | "unqualified" | "notinterested" | "rejected" | "dead"
        | "badfit" | "badtiming" | "junk" | "verloren" | "keininteresse" | "perdu" | "perdido"
        | "geeninteresse" | "perso" => StageId::LOST,
        _ => return None,
    };
    let exact = matches!(
        word.as_str(),
        "new"
            | "newlead"
            | "contacted"
            | "replied"
            | "qualified"
            | "won"
            | "closedwon"
            | "paid"
            | "lost"
            | "closedlost"
    );
    Some(StatusRead { status, exact })
}
