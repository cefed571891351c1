//! Writes an opening line out of numbered facts and nothing else.

use crate::seed::Roll;

pub(super) struct Written {
    pub line: String,
    pub subject: String,
    /// Numbers of the facts the line rests on.
    pub facts: Vec<u64>,
}

impl Written {
    pub fn with_only(&self, fact: u64) -> Self {
        Self { line: self.line.clone(), subject: self.subject.clone(), facts: vec![fact] }
    }
}

struct Fact {
    number: u64,
    /// Lower case; empty when the fact is a bare sentence.
    name: String,
    value: String,
}

pub(super) fn write(messages: &[(String, String)], roll: &mut Roll) -> Written {
    let facts: Vec<Fact> = messages.iter().flat_map(|(_, text)| text.lines()).filter_map(fact).collect();
    let find = |words: &[&str]| {
        facts.iter().find(|fact| words.iter().any(|word| fact.name.contains(word)) && !fact.value.is_empty())
    };
    let business = find(&["business", "company", "organisation", "organization"]);
    let trade = find(&["category", "industry", "trade", "type"]);
    let city = find(&["city", "town", "location", "address"]);
    let rating = find(&["rating"]);
    let reviews = find(&["reviews", "review count"]);
    let opening = *roll.pick(&["I came across", "I was reading about", "I noticed"]);
    let (line, used) = match (business, trade, city, rating, reviews) {
        (Some(name), _, _, Some(rating), Some(reviews)) => (
            format!(
                "{opening} {}: a rating of {} over {} reviews says a lot about how you look after people.",
                name.value, rating.value, reviews.value
            ),
            vec![name, rating, reviews],
        ),
        (Some(name), Some(trade), Some(city), ..) => (
            format!(
                "{opening} {} while looking at {} in {}.",
                name.value,
                lower_first(&trade.value),
                city.value
            ),
            vec![name, trade, city],
        ),
        (Some(name), Some(trade), ..) => (
            format!("{opening} {} and your work as {}.", name.value, lower_first(&trade.value)),
            vec![name, trade],
        ),
        (Some(name), _, Some(city), ..) => {
            (format!("{opening} {} in {}.", name.value, city.value), vec![name, city])
        }
        (Some(name), ..) => (format!("{opening} {} today.", name.value), vec![name]),
        _ => match facts.first() {
            Some(first) => {
                (format!("I noticed this about you: {}.", first.value.trim_end_matches('.')), vec![first])
            }
            None => ("I hope this finds you well.".to_owned(), Vec::new()),
        },
    };
    let subject = business
        .map_or_else(|| "A quick question".to_owned(), |name| format!("A question for {}", name.value));
    Written { line, subject, facts: used.into_iter().map(|fact| fact.number).collect() }
}

/// `1. Business: Alder & Sons`, `[2] Rated 4.6`, `3) city = Leek`, `F4: …`.
fn fact(line: &str) -> Option<Fact> {
    let line = line.trim().trim_start_matches(['-', '*', ' ', '[', '(', '#', 'F', 'f']);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 3 {
        return None;
    }
    let number = line[..digits].parse().ok()?;
    let rest = line[digits..].strip_prefix(['.', ')', ']', ':'])?.trim();
    let rest = rest.trim_start_matches([':', ' ']);
    let (name, value) = rest.split_once(": ").or_else(|| rest.split_once(" = ")).unwrap_or(("", rest));
    let value = value.trim().trim_matches('"').to_owned();
    (!value.is_empty()).then(|| Fact { number, name: name.trim().to_lowercase(), value })
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    let acronym = text.chars().nth(1).is_some_and(char::is_uppercase);
    match letters.next() {
        Some(first) if !acronym => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}
