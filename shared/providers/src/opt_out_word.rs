//! The opt-out words that carriers act on, in a text or a chat.

use application::ports::provider_events::OptOutWord;

/// The words for STOP. The last is what WhatsApp writes on the button that it puts below a template.
const STOP: [&str; 9] =
    ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "STOP PROMOTIONS"];

/// Returns the opt-out word if the whole text is one. `YES` is no START here: it is a reply far more often.
pub(crate) fn opt_out_word(text: &str) -> Option<OptOutWord> {
    let word = text.trim_matches(|c: char| !c.is_alphanumeric()).to_uppercase();
    match word.as_str() {
        "START" | "UNSTOP" => Some(OptOutWord::Start),
        "HELP" | "INFO" => Some(OptOutWord::Help),
        word if STOP.contains(&word) => Some(OptOutWord::Stop),
        _ => None,
    }
}
