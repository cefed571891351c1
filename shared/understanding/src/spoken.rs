//! The part of somebody's own words that says something: without banners, disclaimers, and what a mail program adds; the
//! lines below the sign-off apart, because they are a signature more often than an answer.

use crate::lists::List;
use crate::phrase::Hit;
use crate::said::Said;
use crate::{Context, OurMessage, opt_out};
use std::ops::Range;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spoken {
    pub body: String,
    pub below: String,
    pub greets_us: bool,
}

/// The most lines that are looked at one by one; an answer is shorter.
const MOST_LINES: usize = 300;

pub fn spoken(fresh: &str, context: &Context<'_>) -> Spoken {
    let mut out = Spoken::default();
    let end = fresh.match_indices('\n').nth(MOST_LINES).map_or(fresh.len(), |(at, _)| at);
    let fresh = &fresh[..end];
    let (mut signed, mut says_something) = (false, false);
    for paragraph in paragraphs(fresh) {
        let whole = Said::read(&paragraph);
        if is_notice(&whole) {
            // What stands below the footer of a mail belongs to it.
            signed |= says_something && whole.has(List::Footers);
            continue;
        }
        // A name and a firm stand below the answer, and below them what their program adds.
        signed |= says_something && is_name_block(&paragraph, &whole);
        for line in paragraph.lines() {
            let said = Said::read(line);
            if is_added(line, &said) {
                continue;
            }
            let reopens = said.words.first().is_some_and(|word| word.text == "ps")
                || line.trim_start().to_lowercase().starts_with("p.s");
            if !signed && !out.greets_us && out.body.trim().is_empty() {
                out.greets_us = greets(&said, context);
            }
            signed = (signed || is_sign_off(&said) && says_something || line.trim() == "--") && !reopens;
            says_something |= !signed && !is_greeting(&said);
            let to = if signed { &mut out.below } else { &mut out.body };
            to.push_str(line);
            to.push('\n');
        }
        out.body.push('\n');
        out.below.push('\n');
    }
    out.body = without_spacing(out.body);
    out
}

/// The text with its spaced words as words: `S T O P`, `s.t.o.p`.
fn without_spacing(text: String) -> String {
    const FEWEST: usize = 4;
    const MOST: usize = 14;
    let words = crate::fold::words(&text);
    let is_letter = |word: &crate::fold::Folded| {
        let mut letters = text[word.start..word.end].chars();
        letters.next().is_some_and(|c| c.is_alphabetic() && c < '\u{0600}') && letters.next().is_none()
    };
    let first = words.iter().position(is_letter);
    let run = |from: usize| words[from..].iter().take_while(|word| is_letter(word)).count();
    // Initials of a name are fewer.
    let Some((from, length)) =
        first.map(|from| (from, run(from))).filter(|(_, length)| (FEWEST..=MOST).contains(length))
    else {
        return text;
    };
    let (start, end) = (words[from].start, words[from + length - 1].end);
    // Letters with invisible characters between them are no word that somebody spells.
    if text[start..end].contains(|c: char| !c.is_alphabetic() && !matches!(c, ' ' | '.' | '-')) {
        return text;
    }
    let joined: String = text[start..end].chars().filter(|c| c.is_alphabetic()).collect();
    format!("{}{joined}{}", &text[..start], &text[end..])
}

/// Whether a paragraph is a legal notice, a newsletter's footer or a gateway's warning. One that also asks for no more
/// mail, or asks something, is read.
fn is_notice(said: &Said<'_>) -> bool {
    const SHORT: usize = 25;
    let tells = |sentence: &Range<usize>| {
        let in_it = |hit: &Hit| sentence.contains(&hit.words.start);
        said.likely_hits(List::Disclaimers).any(in_it) || said.hits(List::Footers).any(in_it)
    };
    let sentences = said.sentences.iter().filter(|sentence| tells(sentence)).count();
    let is_long = said.words.len() > SHORT;
    let asks = said.words.len() <= 40
        && said.sentences.iter().any(|sentence| said.ends_with_question(sentence) && !tells(sentence));
    let wish = opt_out::wish(said);
    let first = said.sentences.first();
    let begins_with_wish =
        wish.is_some_and(|at| first.is_some_and(|first| first.contains(&at) && !tells(first)));
    sentences > 0
        && !asks
        && (sentences * 2 >= said.sentences.len() || is_long)
        && !begins_with_wish
        && (is_long || wish.is_none())
}

/// Whether a paragraph is a few short lines of names, titles and numbers, without a sentence.
fn is_name_block(paragraph: &str, said: &Said<'_>) -> bool {
    const MOST_LINES: usize = 6;
    const MOST_WORDS: usize = 6;
    const MOST_SIGNS: usize = 14;
    let lines = || paragraph.lines().map(str::trim);
    let is_short = |line: &str| {
        let signs = line.chars().filter(|c| *c >= '\u{3041}' && c.is_alphabetic()).count();
        line.split_whitespace().count() <= MOST_WORDS && signs <= MOST_SIGNS
    };
    let is_name = |line: &str| {
        is_short(line)
            && !line.ends_with(['!', '?', '。', '！', '？', '…', ':', ','])
            && line.chars().next().is_some_and(|c| !c.is_lowercase())
    };
    let says = [
        List::InterestPhrases,
        List::InterestWords,
        List::RefusalPhrases,
        List::RefusalWords,
        List::Later,
        List::Question,
        List::Referral,
        List::WrongPerson,
        List::Anger,
    ];
    lines().count() <= MOST_LINES
        && lines().next().is_some_and(|first| !first.contains(|c: char| c.is_ascii_digit()))
        && lines().all(is_name)
        && opt_out::wish(said).is_none()
        && !says.into_iter().any(|list| said.likely_hits(list).next().is_some())
}

fn paragraphs(text: &str) -> Vec<String> {
    let mut all: Vec<String> = vec![String::new()];
    for line in text.lines() {
        if line.trim().is_empty() {
            all.push(String::new());
        } else if let Some(last) = all.last_mut() {
            last.push_str(line);
            last.push('\n');
        }
    }
    all.retain(|paragraph| !paragraph.is_empty());
    all
}

/// Lines such as `Sent from my iPhone` or `[EXTERNAL]`.
fn is_added(line: &str, said: &Said<'_>) -> bool {
    let line = line.trim();
    said.hits(List::SignatureStarts).any(|hit| hit.words.start == 0) && said.words.len() <= 14
        || line.starts_with('[') && line.ends_with(']') && said.words.len() <= 12
}

fn is_sign_off(said: &Said<'_>) -> bool {
    let whole = 0..said.words.len();
    whole.len() <= 7 && said.has(List::SignOffs) && said.consists_of(&whole, &[List::SignOffs, List::Courtesy], &[])
        // `Best regards, Lena` in one line.
        || whole.len() <= 8 && said.hits(List::SignOffs).any(|hit| hit.words.start == 0 && hit.words.len() >= 2)
}

/// Whether a line is a greeting and nothing else: thanks below it are no sign-off.
fn is_greeting(said: &Said<'_>) -> bool {
    const LONGEST: usize = 5;
    said.is_empty()
        || said.words.len() <= LONGEST && said.hits(List::Greetings).any(|hit| hit.words.start == 0)
}

fn greets(said: &Said<'_>, context: &Context<'_>) -> bool {
    let names: Vec<String> =
        context.our_names.iter().flat_map(|name| crate::fold::words(name)).map(|word| word.text).collect();
    let first = said.words.iter().take(5);
    let named = first.clone().any(|word| names.contains(&word.text));
    named
        && (said.hits(List::Greetings).any(|hit| hit.words.start == 0)
            || first.take(2).any(|word| names.contains(&word.text)))
}

/// The addresses in a text, in lower case, each once.
pub fn addresses_in(text: &str) -> Vec<String> {
    const MOST: usize = 50;
    let separators = |c: char| {
        c.is_whitespace()
            || "<>()[],;:\"'|*&=“”„«»{}`/".contains(c)
            || ('\u{3041}'..='\u{9FFF}').contains(&c)
            || "。、，：；（）".contains(c)
    };
    let mut found: Vec<String> = Vec::new();
    for part in text.split(separators).filter(|part| part.contains('@') && part.len() <= 254) {
        let part = part.trim_matches(|c: char| !c.is_alphanumeric() && c != '_').to_lowercase();
        let is_address = part.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && !domain.contains('@')
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.contains("..")
        });
        if is_address && !found.contains(&part) && found.len() < MOST {
            found.push(part);
        }
    }
    found
}

/// The first address in somebody's words that is neither theirs nor ours: whom to ask instead.
pub fn other_address(text: &str, from: &str, context: &Context<'_>) -> Option<String> {
    let known = |address: &str| {
        from.to_lowercase().contains(address)
            || context
                .our_addresses
                .iter()
                .chain(context.addressees)
                .any(|known| known.eq_ignore_ascii_case(address))
            || context.ours.iter().any(|OurMessage { text, .. }| text.to_lowercase().contains(address))
    };
    addresses_in(text).into_iter().find(|address| !known(address))
}
