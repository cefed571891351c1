//! The check of a model's opening line: it is used only if it keeps to the facts it cites.

use super::{Fact, MAX_LINE_CHARS, MAX_LINE_WORDS, MIN_LINE_CHARS};
use crate::lead::enrichment::CitedFact;
use crate::message::promises::{unfounded_promise, unfounded_sum};
use crate::text_match::folded;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::LazyLock;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Answer {
    pub line: String,
    pub facts_used: Vec<u32>,
}

/// A line that may be sent, and the facts that it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalLine {
    pub text: String,
    pub facts: Vec<CitedFact>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("the answer is not the JSON that was asked for")]
    NotJson,
    #[error("the line has {0} characters")]
    Length(usize),
    #[error("the line is not one sentence of plain text")]
    NotPlain,
    #[error("no fact is cited")]
    NoFact,
    #[error("fact {0} does not exist")]
    UnknownFact(u32),
    /// A sentence of ours that the lead has written may be one that the lead has ordered.
    #[error("the line is copied from a fact")]
    Copied,
    #[error("'{0}' is in no cited fact")]
    Unfounded(String),
}

/// The bounds of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextLimits {
    pub min_chars: usize,
    pub max_chars: usize,
    pub max_words: usize,
    /// Whether the text may ask something.
    pub questions: bool,
    /// Whether the text is in another language than English, which has other words to begin a sentence and to count.
    pub other_language: bool,
}

/// The bounds of an opening line.
const OPENING_LINE: TextLimits = TextLimits {
    min_chars: MIN_LINE_CHARS,
    max_chars: MAX_LINE_CHARS,
    max_words: MAX_LINE_WORDS,
    questions: false,
    other_language: false,
};

/// Parses and checks the model's answer.
pub fn accept(answer: &str, facts: &[Fact]) -> Result<PersonalLine, Rejection> {
    check(&parse(answer)?, facts)
}

/// Does what `accept` does for a line in the language that a campaign asks for; empty for none.
pub fn accept_in(answer: &str, facts: &[Fact], language: &str) -> Result<PersonalLine, Rejection> {
    let other_language = !language.is_empty() && !folded(language).starts_with("english");
    check_line(&parse(answer)?, facts, TextLimits { other_language, ..OPENING_LINE })
}

/// Parses the answer; some models put a code fence around it.
pub fn parse(answer: &str) -> Result<Answer, Rejection> {
    let text = answer.trim().trim_start_matches("```json").trim_start_matches("```").trim_end_matches("```");
    serde_json::from_str(text.trim()).map_err(|_| Rejection::NotJson)
}

pub fn check(answer: &Answer, facts: &[Fact]) -> Result<PersonalLine, Rejection> {
    check_line(answer, facts, OPENING_LINE)
}

fn check_line(answer: &Answer, facts: &[Fact], limits: TextLimits) -> Result<PersonalLine, Rejection> {
    let line = check_within(answer, facts, limits)?;
    // What a lead writes of prices is no source for a line of ours.
    if let Some(sum) = unfounded_sum(&line.text, "") {
        return Err(Rejection::Unfounded(sum));
    }
    let words = spaced(&line.text);
    match facts.iter().any(|fact| spaced(&fact.text).contains(&words)) {
        true => Err(Rejection::Copied),
        false => Ok(line),
    }
}

/// Returns the words, folded, with a blank around each.
fn spaced(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).map(folded).filter(|word| !word.is_empty());
    format!(" {} ", words.collect::<Vec<_>>().join(" "))
}

/// Does what `check` does, for a text with other bounds.
pub fn check_within(answer: &Answer, facts: &[Fact], limits: TextLimits) -> Result<PersonalLine, Rejection> {
    let line = answer.line.trim();
    let length = line.chars().count();
    if !(limits.min_chars..=limits.max_chars).contains(&length) {
        return Err(Rejection::Length(length));
    }
    let forbidden = |c: char| c.is_control() || "<>{}[]@|\\`*#".contains(c) || c == '?' && !limits.questions;
    let lower = line.to_lowercase();
    let link = ["http", "www.", "://"].iter().any(|part| lower.contains(part));
    if line.contains(forbidden) || link || line.split_whitespace().count() > limits.max_words {
        return Err(Rejection::NotPlain);
    }
    let used: BTreeSet<u32> = answer.facts_used.iter().copied().collect();
    if used.is_empty() {
        return Err(Rejection::NoFact);
    }
    let cited = cited_text(&used, facts)?;
    check_supported(line, &cited, limits.other_language)?;
    if let Some(promise) = unfounded_promise(line, &cited) {
        return Err(Rejection::Unfounded(promise));
    }
    let cited = facts.iter().filter(|fact| used.contains(&fact.number)).map(|fact| CitedFact {
        number: fact.number,
        text: fact.text.clone(),
        source: fact.source.to_owned(),
        at: fact.at,
    });
    Ok(PersonalLine { text: line.to_owned(), facts: cited.collect() })
}

/// Returns the texts of the cited facts.
pub fn cited_text(used: &BTreeSet<u32>, facts: &[Fact]) -> Result<String, Rejection> {
    let mut cited = String::new();
    for number in used {
        let fact = facts.iter().find(|fact| fact.number == *number).ok_or(Rejection::UnknownFact(*number))?;
        cited.push(' ');
        cited.push_str(&fact.text);
    }
    Ok(cited)
}

/// Whether every number and name of the line stands in the cited facts.
fn check_supported(line: &str, cited: &str, other_language: bool) -> Result<(), Rejection> {
    let known_numbers: BTreeSet<String> = pieces(cited).filter(|p| is_number(p)).map(plain_number).collect();
    let known_words: BTreeSet<String> = cited.split(|c: char| !c.is_alphanumeric()).map(folded).collect();
    let mut starts_sentence = true;
    for piece in pieces(line) {
        let found = if is_number(piece) {
            let is_known = |number: &str| known_numbers.contains(&plain_number(number));
            is_known(piece) || other_language && is_known(&with_point(piece))
        } else {
            let words = piece.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            let mut first = starts_sentence;
            words.into_iter().all(|word| {
                let opens = std::mem::take(&mut first);
                let named =
                    word.starts_with(char::is_uppercase) || word.contains(|c: char| c.is_ascii_digit());
                let word = folded(word);
                !named
                    || known_words.contains(&word)
                    || word == "i"
                    || opens && OPENERS.contains(&word.as_str())
                    || other_language && (opens && OTHER_OPENERS.contains(&word) || is_polite(&word))
            })
        };
        if !found {
            return Err(Rejection::Unfounded(piece.to_owned()));
        }
        starts_sentence = false;
    }
    // Numbers written as words must not bypass the check of digits.
    let counts = |word: &String| {
        NUMBER_WORDS.contains(&word.as_str()) || other_language && OTHER_NUMBERS.contains(word)
    };
    let counted = line
        .split(|c: char| !c.is_alphanumeric())
        .map(folded)
        .find(|word| counts(word) && !known_words.contains(word));
    counted.map_or(Ok(()), |word| Err(Rejection::Unfounded(word)))
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|w| !w.is_empty())
}

/// Whether the piece is a number, such as `4.5`, `1,200` or `24/7`: it begins with a digit and has no letters.
fn is_number(piece: &str) -> bool {
    piece.starts_with(|c: char| c.is_ascii_digit()) && !piece.contains(char::is_alphabetic)
}

fn plain_number(piece: &str) -> String {
    let grouped = piece.replace(',', "");
    if grouped.contains('.') {
        grouped.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        grouped
    }
}

/// Returns a number as English writes it, which others write with a decimal comma.
fn with_point(piece: &str) -> String {
    let swapped = piece.chars().map(|c| match c {
        '.' => ',',
        ',' => '.',
        other => other,
    });
    swapped.collect()
}

/// Whether it is a German word for the reader, which has a capital wherever it stands.
fn is_polite(word: &str) -> bool {
    ["sie", "ihr", "ihre", "ihrem", "ihren", "ihrer", "ihnen"].contains(&word)
}

/// Words of other languages that may begin a sentence.
static OTHER_OPENERS: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| listed(include_str!("other_openers.txt")));
/// Number words of other languages.
static OTHER_NUMBERS: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| listed(include_str!("other_numbers.txt")));

fn listed(words: &str) -> BTreeSet<String> {
    words.split_whitespace().map(folded).collect()
}

/// Words that may begin a sentence with a capital although no fact has them.
const OPENERS: [&str; 56] = [
    "a",
    "after",
    "an",
    "as",
    "being",
    "building",
    "congrats",
    "congratulations",
    "earning",
    "every",
    "few",
    "finding",
    "for",
    "from",
    "good",
    "great",
    "having",
    "helping",
    "holding",
    "how",
    "impressed",
    "impressive",
    "in",
    "it",
    "its",
    "just",
    "keeping",
    "looking",
    "looks",
    "many",
    "nice",
    "not",
    "noticed",
    "of",
    "on",
    "our",
    "read",
    "running",
    "saw",
    "seeing",
    "serving",
    "since",
    "so",
    "that",
    "the",
    "there",
    "this",
    "we",
    "what",
    "when",
    "while",
    "with",
    "you",
    "your",
    "youre",
    "at",
];
const NUMBER_WORDS: [&str; 20] = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "dozen",
    "dozens",
    "twenty",
    "hundred",
    "hundreds",
    "thousand",
    "thousands",
    "million",
    "millions",
];
