//! Reads an answer as a model would that is asked what its writer wants: by a few plain English words, the same each time.
//! It is gullible, as models are: a text that tells it what to say gets its way.

use serde_json::{Value, json};

const MEANINGS: [(&str, &[&str]); 8] = [
    ("opt_out", &["no more mail", "stop writing", "off your list", "leave us alone"]),
    ("not_interested", &["not for us", "no need", "we pass"]),
    ("wrong_person", &["not my department", "not the right"]),
    ("referral", &["ask my colleague", "talk to our"]),
    ("later", &["next quarter", "next year", "after the summer", "in spring"]),
    ("not_now", &["not at the moment", "no budget", "hands are full"]),
    ("angry", &["nonsense", "ridiculous", "how dare"]),
    ("interested", &["would like to see", "had a look", "sounds good", "talk it over", "worth a try"]),
];

/// The answer to a question for a meaning and the sentence that shows it; none if something else is asked.
pub(super) fn read(schema: &Value, prompt: &str) -> Option<Value> {
    let properties = schema["properties"].as_object()?;
    let offered = properties.get("meaning")?["enum"].as_array()?;
    properties.get("sentence")?;
    let text = prompt.split_once("<answer>\n")?.1.split_once("\n</answer>")?.0;
    let text: String = serde_json::from_str(text).ok()?;
    let sentences: Vec<&str> = text.split_inclusive(['.', '!', '?', '\n']).map(str::trim).collect();
    let said = |words: &[&str]| {
        sentences.iter().find(|sentence| words.iter().any(|word| sentence.to_lowercase().contains(word)))
    };
    let told = sentences.iter().find(|sentence| sentence.to_lowercase().contains("classify"));
    let obeyed = told.and_then(|sentence| {
        let lower = sentence.to_lowercase();
        offered
            .iter()
            .filter_map(Value::as_str)
            .find(|meaning| lower.contains(meaning))
            .map(|meaning| (meaning, *sentence))
    });
    let by_words = || MEANINGS.iter().find_map(|(meaning, words)| Some((*meaning, *said(words)?)));
    let asks =
        || sentences.iter().find(|sentence| sentence.ends_with('?')).map(|sentence| ("question", *sentence));
    let (meaning, sentence) = obeyed.or_else(by_words).or_else(asks).unwrap_or(("neutral", ""));
    Some(json!({ "meaning": meaning, "sentence": sentence }))
}
