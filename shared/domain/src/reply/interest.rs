//! Signs of interest, which make a reply positive. Without one it is neither positive nor a refusal, and a user reads it.

use super::wording::{sentences, words};

/// Words that mean yes at the beginning of a sentence.
const YES: [&str; 14] =
    ["yes", "yeah", "yep", "yup", "sure", "oui", "ja", "jo", "evet", "ano", "да", "kylla", "sim", "gerne"];
/// Words that mean yes only if nothing follows in the sentence; elsewhere they mean other things.
const YES_ALONE: [&str; 6] = ["si", "tak", "ok ja", "claro", "certo", "daccord"];

/// Phrases that show interest anywhere in the reply.
const PHRASES: [&str; 96] = [
    "is interesting",
    "could we talk",
    "what would it cost",
    "look forward to it",
    "sounds good",
    "sounds great",
    "sounds interesting",
    "interested",
    "lets talk",
    "lets chat",
    "lets meet",
    "lets do",
    "call me",
    "ring me",
    "give me a call",
    "happy to",
    "id love",
    "would love",
    "love to",
    "keen to",
    "count me in",
    "im in",
    "tell me more",
    "more information",
    "more info",
    "more details",
    "send prices",
    "send me",
    "send it over",
    "send over",
    "how much",
    "what does it cost",
    "pricing",
    "a quote",
    "a demo",
    "book a",
    "works for me",
    "works for us",
    "that works",
    "suits me",
    "suits us",
    "can we do",
    "can we talk",
    "can we meet",
    "can you call",
    "can you stop by",
    "go ahead",
    "this is great",
    "that is great",
    "thats great",
    "looks great",
    "looks good",
    "klingt gut",
    "klingt interessant",
    "klingt spannend",
    "interessiert",
    "interesse",
    "rufen sie mich an",
    "ruf mich an",
    "passt mir",
    "passt gut",
    "passt dienstag",
    "schicken sie mir",
    "senden sie mir",
    "mehr informationen",
    "was kostet",
    "gern",
    "volontiers",
    "avec plaisir",
    "interesse par",
    "appelez moi",
    "envoyez moi",
    "combien",
    "me interesa",
    "llameme",
    "llamame",
    "envieme",
    "cuanto cuesta",
    "con gusto",
    "mi interessa",
    "volentieri",
    "mi chiami",
    "quanto costa",
    "graag",
    "bel me",
    "klinkt goed",
    "tenho interesse",
    "quanto custa",
    "ring mig",
    "ring pa",
    "chetnie",
    "prosze o kontakt",
    "prosze zadzwonic",
    "soita minulle",
    "zavolejte",
    "позвоните",
];
/// Signs in scripts that do not separate words.
const SIGNS: [&str; 7] = ["好的", "可以", "请发", "感兴趣", "ぜひ", "興味", "お願いします"];
/// Words that negate what follows: `I am not keen to` and `don't call me` show no interest.
const NEGATES: [&str; 10] = ["not", "dont", "never", "no", "nicht", "kein", "keine", "pas", "non", "nie"];

/// The sentence that shows interest, if there is one.
pub fn interest(fresh: &str) -> Option<&str> {
    sentences(fresh)
        .find(|sentence| sentence.split([',', ';']).any(|clause| shows_interest(clause, sentence)))
}

fn shows_interest(clause: &str, sentence: &str) -> bool {
    let said = words(clause).replace(" non stop ", " ");
    let begins = |word: &&str| said.starts_with(&format!(" {word} "));
    let is_phrase = |phrase: &&str| {
        said.find(&format!(" {phrase} ")).is_some_and(|at| {
            let mut before = said[..at].split_whitespace().rev().take(2);
            !before.any(|word| NEGATES.contains(&word))
        })
    };
    YES.iter().any(begins)
        || YES_ALONE.contains(&said.trim()) && sentence.trim_start().starts_with(clause.trim())
        || PHRASES.iter().any(is_phrase)
        || SIGNS.iter().any(|sign| sentence.contains(sign))
}
