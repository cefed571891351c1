//! Reads numbered facts as a model would: from lists or JSON rows, as pairs or as sentences.

use serde_json::Value;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fact {
    pub number: u64,
    pub about: About,
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Business,
    Trade,
    City,
    Rating,
    Reviews,
    Position,
    FirstName,
    /// What its website says.
    Description,
    Website,
    Other,
}

pub(super) fn read(prompt: &str) -> Vec<Fact> {
    prompt.lines().filter_map(|line| json_row(line).or_else(|| list_row(line))).map(understood).collect()
}

/// Reads `{"number": 2, "fact": "It is in Leek."}`.
fn json_row(line: &str) -> Option<(u64, String)> {
    let row: Value = serde_json::from_str(line.trim().trim_end_matches(',')).ok()?;
    let number = ["number", "id", "n", "fact_id"].iter().find_map(|key| row[*key].as_u64())?;
    let text = ["fact", "text", "value", "statement"].iter().find_map(|key| row[*key].as_str())?;
    Some((number, text.trim().to_owned()))
}

/// Reads `1. Business: Alder & Sons`, `[2] Rated 4.6`, `3) city = Leek`, `F4: …`.
fn list_row(line: &str) -> Option<(u64, String)> {
    let line = line.trim().trim_start_matches(['-', '*', ' ', '[', '(', '#', 'F', 'f']);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 3 {
        return None;
    }
    let number = line[..digits].parse().ok()?;
    let rest = line[digits..].strip_prefix(['.', ')', ']', ':'])?.trim_start_matches([':', ' ']).trim();
    (!rest.is_empty()).then(|| (number, rest.to_owned()))
}

fn understood((number, text): (u64, String)) -> Fact {
    let pair = text.split_once(": ").or_else(|| text.split_once(" = "));
    let named = pair.and_then(|(name, value)| Some((of_name(name)?, value.to_owned())));
    let (about, value) = named.or_else(|| of_sentence(&text)).unwrap_or_else(|| (About::Other, text.clone()));
    Fact { number, about, value: value.trim().trim_matches('"').to_owned() }
}

fn of_name(name: &str) -> Option<About> {
    const NAMES: [(About, &[&str]); 9] = [
        (About::Description, &["about", "description", "what they do"]),
        (About::Website, &["website"]),
        (About::Business, &["business", "company", "organisation", "organization"]),
        (About::Trade, &["category", "industry", "trade", "line of business", "type"]),
        (About::City, &["city", "town", "location", "address"]),
        (About::Reviews, &["review"]),
        (About::Rating, &["rating"]),
        (About::Position, &["position", "title", "role"]),
        (About::FirstName, &["first name", "first_name"]),
    ];
    let name = name.to_lowercase();
    let exact = |words: &[&str]| words.iter().any(|word| name == *word);
    let partly = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let by =
        |fits: &dyn Fn(&[&str]) -> bool| NAMES.iter().find(|(_, words)| fits(words)).map(|(about, _)| *about);
    by(&exact).or_else(|| by(&partly))
}

/// The text between two phrases of a plain sentence.
fn of_sentence(text: &str) -> Option<(About, String)> {
    const PHRASES: [(About, &str, &str); 15] = [
        (About::Business, "business is called ", ""),
        (About::Business, "company is called ", ""),
        (About::Business, "business is ", ""),
        (About::Trade, "line of business is ", ""),
        (About::Trade, "category is ", ""),
        (About::Trade, "industry is ", ""),
        (About::Rating, "rate it ", " of 5"),
        (About::Rating, "rating is ", ""),
        (About::Reviews, "has ", " reviews"),
        (About::Position, "position is ", ""),
        (About::FirstName, "first name is ", ""),
        (About::City, "located in ", ""),
        (About::City, "based in ", ""),
        (About::City, "It is in ", ""),
        (About::Website, "website is ", ""),
    ];
    // "line of business is" contains "business is": the longest phrase that fits wins.
    let mut fitting: Vec<_> =
        PHRASES.iter().filter(|(_, start, end)| text.contains(start) && text.contains(end)).collect();
    fitting.sort_by_key(|(_, start, _)| std::cmp::Reverse(start.len()));
    let (about, start, end) = fitting.first()?;
    let rest = &text[text.find(start)? + start.len()..];
    let value = if end.is_empty() { rest } else { rest.split(end).next()? };
    Some((*about, value.trim_end_matches('.').to_owned()))
}
