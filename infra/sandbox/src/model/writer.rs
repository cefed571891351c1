//! Writes an opening line from numbered facts and nothing else.

use super::facts::{About, Fact, read};
use crate::seed::Roll;

pub(super) struct Written {
    pub line: String,
    pub subject: String,
    /// Numbers of the facts that the line rests on.
    pub facts: Vec<u64>,
}

impl Written {
    pub fn with_only(&self, fact: u64) -> Self {
        Self { line: self.line.clone(), subject: self.subject.clone(), facts: vec![fact] }
    }
}

pub(super) fn write(messages: &[(String, String)], roll: &mut Roll) -> Written {
    let facts: Vec<Fact> = messages.iter().flat_map(|(_, text)| read(text)).collect();
    let find = |about| facts.iter().find(|fact| fact.about == about);
    let business = find(About::Business);
    let subject = business
        .map_or_else(|| "A quick question".to_owned(), |name| format!("A question for {}", name.value));
    let possible = lines(&find);
    let (line, used) = match (possible.is_empty(), facts.first()) {
        (false, _) => roll.pick(&possible).clone(),
        (true, Some(first)) => {
            (format!("I read this about you: {}.", first.value.trim_end_matches('.')), vec![first.number])
        }
        (true, None) => ("I hope this finds you well.".to_owned(), Vec::new()),
    };
    Written { line, subject, facts: used }
}

/// All lines that the facts are enough for.
fn lines<'a>(find: &dyn Fn(About) -> Option<&'a Fact>) -> Vec<(String, Vec<u64>)> {
    let mut lines = Vec::new();
    let mut add = |line: String, facts: &[&Fact]| {
        lines.push((line, facts.iter().map(|fact| fact.number).collect()));
    };
    let name = find(About::Business);
    if let (Some(name), Some(rating), Some(reviews)) = (name, find(About::Rating), find(About::Reviews)) {
        let line =
            format!("I saw that {} is rated {} over {} reviews.", name.value, rating.value, reviews.value);
        add(line, &[name, rating, reviews]);
    }
    if let (Some(name), Some(trade), Some(city)) = (name, find(About::Trade), find(About::City)) {
        let trade_said = with_article(&trade.value);
        add(
            format!("I came across {} while looking for {trade_said} in {}.", name.value, city.value),
            &[name, trade, city],
        );
        add(
            format!("I was looking for {trade_said} in {} and found {}.", city.value, name.value),
            &[name, trade, city],
        );
    }
    if let (Some(name), Some(site)) = (name, find(About::Description))
        && let Some(said) = said_of(&name.value, &site.value)
    {
        add(format!("Your site says about {}: {said}.", name.value), &[name, site]);
    }
    if !lines.is_empty() {
        return lines;
    }
    let mut add = |line: String, facts: &[&Fact]| {
        lines.push((line, facts.iter().map(|fact| fact.number).collect()));
    };
    match (name, find(About::Trade), find(About::City), find(About::Position)) {
        (Some(name), Some(trade), ..) => {
            add(
                format!("I came across {} while looking for {}.", name.value, with_article(&trade.value)),
                &[name, trade],
            );
        }
        (Some(name), _, Some(city), _) => {
            add(format!("I came across {} while reading about {}.", name.value, city.value), &[name, city]);
        }
        (Some(name), _, _, Some(position)) => {
            add(
                format!("I came across your work as {} at {}.", position.value, name.value),
                &[name, position],
            );
        }
        (None, Some(trade), Some(city), _) => {
            add(
                format!("I was looking for {} in {} and found you.", with_article(&trade.value), city.value),
                &[trade, city],
            );
        }
        (Some(name), ..) => match find(About::Website) {
            Some(site) => {
                let line =
                    format!("I came across {} at {} and wanted to say hello.", name.value, host(&site.value));
                add(line, &[name, site]);
            }
            None => add(format!("I came across {} and wanted to say hello.", name.value), &[name]),
        },
        _ => {}
    }
    lines
}

/// The first words that a site has about a business: what stands behind its name, up to the end of the sentence.
fn said_of(name: &str, site: &str) -> Option<String> {
    const MOST_WORDS: usize = 15;
    let at = site.find(name)? + name.len();
    let sentence = site[at..].split(['.', '!', '?']).next()?.trim_matches([' ', ':', ',']);
    let is_plain = !sentence.contains(|c: char| "<>{}[]@|\\`*#".contains(c));
    let words: Vec<&str> = sentence.split_whitespace().take(MOST_WORDS).collect();
    (is_plain && words.len() > 1).then(|| words.join(" "))
}

/// `http://www.hood.org/` without what is not its name.
fn host(website: &str) -> &str {
    let host = website.rsplit("://").next().unwrap_or(website).split('/').next().unwrap_or(website);
    host.strip_prefix("www.").unwrap_or(host)
}

/// Adds the article: `Accounting firm` becomes `an accounting firm`; acronyms keep their capitals.
fn with_article(noun: &str) -> String {
    let acronym = noun.chars().nth(1).is_some_and(char::is_uppercase);
    let mut letters = noun.chars();
    let lower = match letters.next() {
        Some(first) if !acronym => first.to_lowercase().chain(letters).collect(),
        _ => noun.to_owned(),
    };
    let vowel = lower.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
    format!("{} {lower}", if vowel { "an" } else { "a" })
}
