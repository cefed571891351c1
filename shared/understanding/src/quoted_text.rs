//! The part of a mail that its author wrote now: without the mail that it answers.
//!
//! Four things show a quotation: marks (`>`), a line such as `On Monday, Sam wrote:`, a block of header lines (`From:`,
//! `Sent:`, in any language), and our own words, which are known.

use crate::Context;
use crate::answer_below::answer_below;
use crate::attribution::{attribution, attribution_within};
use crate::fold::words;
use crate::language::{label_key, languages};
use crate::lists::List;
use crate::said::Said;
use crate::spoken::spoken;
use std::collections::HashSet;
use std::ops::Range;

const MOST_LINES: usize = 4_000;
/// The text is read up to here; an answer does not come after so much quotation.
const MOST_READ: usize = 96 * 1024;
/// The most lines, and places within lines, whose wording is looked at; above a quotation there are fewer.
const MOST_WORDINGS: usize = 400;

/// What was found: the author's own words, and whether anything was cut.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fresh {
    pub text: String,
    pub quotes: bool,
}

/// Our own texts, prepared for comparison.
#[derive(Debug, Default)]
pub struct OurWords {
    /// Our texts as words, a blank around each.
    pub(crate) texts: Vec<String>,
}

impl OurWords {
    pub fn new(texts: &[&str]) -> Self {
        Self { texts: texts.iter().take(100).map(|text| said_words(&without_links(text))).collect() }
    }

    pub(crate) fn have(&self, line: &str) -> bool {
        self.texts.iter().any(|text| text.contains(line))
    }
}

pub(crate) fn said_words(text: &str) -> String {
    let mut out = String::from(" ");
    for word in words(text) {
        out.push_str(&word.text);
        out.push(' ');
    }
    out
}

pub(crate) fn without_links(text: &str) -> String {
    text.split_inclusive(char::is_whitespace).filter(|word| !word.contains("://")).collect()
}

/// The author's own words of a mail's text, where our own messages are not at hand.
pub fn own_words(text: &str) -> String {
    fresh_text(text, &OurWords::default()).text
}

/// Tells what a message says: its author's own words without what they quote of these messages of ours, signature and
/// legal notices.
pub fn said_in(text: &str, ours: &[&str]) -> String {
    let zone = jiff::tz::TimeZone::UTC;
    let context = Context {
        ours: &[],
        received_at: jiff::Timestamp::UNIX_EPOCH,
        zone: &zone,
        our_addresses: &[],
        our_names: &[],
        addressees: &[],
    };
    spoken(&fresh_text(text, &OurWords::new(ours)).text, &context).body.trim().to_owned()
}

pub fn fresh_text(text: &str, ours: &OurWords) -> Fresh {
    let parted = Parted::read(text, ours);
    let own: Vec<&str> = parted.own.iter().map(|line| line.text).collect();
    Fresh { text: own.join("\n").trim().to_owned(), quotes: parted.quotes }
}

/// The answer at the bottom of a text whose marks do not tell it from what it answers: below a block of headers and our words.
pub fn below_headers(text: &str, ours: &OurWords) -> Option<Fresh> {
    let text = &text[..text.floor_char_boundary(MOST_READ)];
    let bare: Vec<&str> =
        text.lines().take(MOST_LINES).map(|line| line.trim_start_matches(['>', ' ']).trim_end()).collect();
    let headers = (0..bare.len()).find(|at| starts_headers(&bare[*at..]))?;
    let below = headers + answer_below(&bare[headers..], ours)?;
    let fresh = fresh_text(&bare[below..].join("\n"), &OurWords::default());
    Some(Fresh { quotes: true, ..fresh }).filter(|fresh| !words(&fresh.text).is_empty())
}

/// The lines of a text that quote another message, as ranges of their numbers from zero. A text that is nothing but a
/// quotation has none.
pub fn quoted_lines(text: &str, ours: &OurWords) -> Vec<Range<usize>> {
    let parted = Parted::read(text, ours);
    if !parted.quotes || parted.own.iter().all(|line| line.text.trim().is_empty()) {
        return Vec::new();
    }
    let own: HashSet<usize> = parted.own.iter().map(|line| line.number).collect();
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(number, _)| !own.contains(number)) {
        match ranges.last_mut() {
            Some(last) if last.end == number => last.end += 1,
            // An empty line begins no quotation.
            _ if line.trim().is_empty() => {}
            _ => ranges.push(number..number + 1),
        }
    }
    ranges
}

/// A line, or the beginning of one, that the author wrote.
#[derive(Debug, Clone, Copy)]
struct OwnLine<'t> {
    number: usize,
    text: &'t str,
}

/// A text parted into what its author wrote and what is quoted.
#[derive(Debug, Default)]
struct Parted<'t> {
    own: Vec<OwnLine<'t>>,
    quotes: bool,
}

impl<'t> Parted<'t> {
    fn read(text: &'t str, ours: &OurWords) -> Self {
        let text = &text[..text.floor_char_boundary(MOST_READ)];
        let lines: Vec<&str> = text
            .lines()
            .take(MOST_LINES)
            .map(|line| line.trim_end().trim_start_matches('\u{feff}'))
            .collect();
        let mut parted = Self::default();
        let mut says_something = false;
        let mut at = 0;
        let mut wordings = MOST_WORDINGS;
        let mut looks_below = true;
        while let Some(line) = lines.get(at) {
            if is_marked(line) {
                parted.quotes = true;
                at += 1;
                continue;
            }
            let reads = wordings > 0;
            wordings = wordings.saturating_sub(usize::from(!line.trim().is_empty()));
            if reads && is_rule(line) || starts_headers(&lines[at..]) || starts_unknown_headers(&lines[at..])
            {
                parted.quotes = true;
                // What is marked behind may have an answer below it; so may our own words. The rest is history.
                let marked = lines[at..].iter().rposition(|line| is_marked(line));
                let below = marked.filter(|_| has_marks_next(&lines[at + 1..])).map(|last| last + 1);
                match below.or_else(|| parted.answer_below(&lines[at..], ours, &mut looks_below)) {
                    Some(below) => at += below,
                    None => break,
                }
                continue;
            }
            if *line == "--" && says_something {
                // A signature; what is quoted below it is no answer, what stands below the quotation is.
                let below = lines[at..].iter().position(|line| is_marked(line));
                match below {
                    Some(next) => at += next,
                    None => break,
                }
                continue;
            }
            let within = reads.then(|| attribution_within(&lines[at..], &mut wordings)).flatten();
            if let Some((end, _)) = within {
                parted.own.push(OwnLine { number: at, text: line[..end].trim_end() });
                says_something = true;
            }
            let whole = || reads.then(|| attribution(&lines[at..])).flatten();
            if let Some(length) = within.map(|(_, length)| length).or_else(whole) {
                parted.quotes = true;
                at += length;
                let next = lines[at..].iter().find(|line| !line.trim().is_empty());
                // Unmarked quotation: all the rest is history, but for an answer below our own words. With marks the reply may
                // stand below or between the marked lines.
                if next.is_none_or(|line| !is_marked(line)) {
                    match parted.answer_below(&lines[at..], ours, &mut looks_below) {
                        Some(below) => at += below,
                        None => break,
                    }
                }
                continue;
            }
            says_something |= !line.trim().is_empty();
            parted.own.push(OwnLine { number: at, text: line });
            at += 1;
        }
        parted.without(ours)
    }

    /// The number of lines up to an answer below our words, if the writer has said no more above them than `see below`. It is
    /// looked for once.
    fn answer_below(&self, lines: &[&str], ours: &OurWords, looks: &mut bool) -> Option<usize> {
        const FEW_WORDS: usize = 8;
        let said: usize = self.own.iter().map(|line| words(line.text).len()).sum();
        let looks = std::mem::take(looks) && said <= FEW_WORDS && !ours.texts.is_empty();
        looks.then(|| answer_below(lines, ours)).flatten()
    }

    /// Removes our own lines that a mail program has quoted without marks. The first line is always the writer's,
    /// and so may a few words be: somebody who was told what to write to opt out writes just that.
    fn without(self, ours: &OurWords) -> Self {
        const QUOTED_WORDS: usize = 10;
        if ours.texts.is_empty() {
            return self;
        }
        let said: Vec<String> = self.own.iter().map(|line| said_words(&without_links(line.text))).collect();
        let count = |line: &String| line.split_whitespace().count();
        let first = said.iter().position(|line| count(line) > 0).unwrap_or(0);
        let is_long = |at: usize| at > first && count(&said[at]) >= 4 && ours.have(&said[at]);
        let long: HashSet<usize> = (0..said.len()).filter(|at| is_long(*at)).collect();
        if long.iter().map(|at| count(&said[*at])).sum::<usize>() < QUOTED_WORDS {
            return self;
        }
        let from = long.iter().min().copied().unwrap_or(0);
        // A greeting of ours stands right above.
        let above = (first + 1..from)
            .rev()
            .take_while(|at| count(&said[*at]) == 0 || ours.have(&said[*at]))
            .last()
            .unwrap_or(from);
        let kept = self.own.iter().enumerate().filter(|(at, line)| {
            let link = *at > from && line.text.contains("://") && count(&said[*at]) <= 3;
            *at < above || !(ours.have(&said[*at]) || link)
        });
        Self { own: kept.map(|(_, line)| *line).collect(), quotes: true }
    }
}

pub(crate) fn is_marked(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('>') || line.starts_with("|>") || line.starts_with("&gt;")
}

fn has_marks_next(lines: &[&str]) -> bool {
    lines.iter().take(12).any(|line| is_marked(line))
}

/// Whether the line is drawn by a mail program above what it quotes: `-----Original Message-----`, a long underline.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    if line.len() >= 20 && line.bytes().all(|b| b == b'_') {
        return true;
    }
    let ruled = line.starts_with("--")
        || line.starts_with("**")
        || line.starts_with("__")
        || line.starts_with("==")
        || line.ends_with(':')
        || line.starts_with('—')
        || line.starts_with("Begin");
    let short = line.len() <= 120;
    ruled && short && {
        let said = Said::read(line);
        said.hits(List::Rules).any(|hit| said.words.len() - hit.words.len() <= 1)
    }
}

/// The label of a header line, `From` of `*From:* Ada <ada@a.test>`, with what follows it.
fn label(line: &str) -> Option<(String, &str)> {
    let line = line.trim().trim_start_matches(['*', '_', '|', ' ', '\u{a0}']);
    let (label, value) = line.split_once([':', '：'])?;
    if label.is_empty() || label.chars().count() > 24 || label.contains('@') {
        return None;
    }
    Some((label_key(label), value.trim_matches([' ', '*', '_', '\u{a0}'])))
}

fn known_label(line: &str) -> bool {
    label(line).is_some_and(|(label, _)| languages().labels.contains(&label))
}

fn starts_headers(lines: &[&str]) -> bool {
    if !lines.first().is_some_and(|line| known_label(line)) {
        return false;
    }
    let mut labels: Vec<String> = Vec::new();
    let block = lines.iter().take(9).take_while(|line| !line.trim().is_empty());
    let mut addresses = 0;
    for line in block {
        if let Some((label, value)) = label(line).filter(|(label, _)| languages().labels.contains(label)) {
            addresses += usize::from(value.contains('@'));
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
    }
    labels.len() >= 3
        || labels.len() == 2 && addresses > 0 && names_a_year(&lines[..lines.len().min(3)].join(" "))
}

/// Whether the text has a year, as the date of a mail does.
pub(crate) fn names_a_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|number| number.len() == 4 && number.starts_with("20"))
}

/// Whether a block of headers in an unknown language starts here: the first names an address, another a date.
fn starts_unknown_headers(lines: &[&str]) -> bool {
    let labelled = |line: &&&str| label(line).is_some_and(|(_, value)| !value.is_empty());
    let first = lines.first().is_some_and(|line| labelled(&line) && line.contains('@'));
    let block = || lines.iter().skip(1).take(4).take_while(labelled);
    first && block().count() >= 3 && block().any(|line| names_a_year(line))
}
