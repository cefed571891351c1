//! The part of a mail that its author wrote now: without the mail that it answers.
//!
//! Four things show a quotation: marks (`>`), a line such as `On Monday, Sam wrote:`, a block of header lines (`From:`,
//! `Sent:`, in any language), and our own words, which are known.

use crate::Context;
use crate::fold::words;
use crate::language::{label_key, languages};
use crate::lists::List;
use crate::said::Said;
use crate::spoken::spoken;
use std::collections::HashSet;

const MOST_LINES: usize = 4_000;
/// The text is read up to here; an answer does not come after so much quotation.
const MOST_READ: usize = 96 * 1024;
/// The most lines whose wording is looked at; above a quotation there are fewer.
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
    texts: Vec<String>,
}

impl OurWords {
    pub fn new(texts: &[&str]) -> Self {
        Self { texts: texts.iter().take(100).map(|text| said_words(&without_links(text))).collect() }
    }

    fn have(&self, line: &str) -> bool {
        self.texts.iter().any(|text| text.contains(line))
    }
}

fn said_words(text: &str) -> String {
    let mut out = String::from(" ");
    for word in words(text) {
        out.push_str(&word.text);
        out.push(' ');
    }
    out
}

fn without_links(text: &str) -> String {
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
    let text = &text[..text.floor_char_boundary(MOST_READ)];
    let lines: Vec<&str> =
        text.lines().take(MOST_LINES).map(|line| line.trim_end().trim_start_matches('\u{feff}')).collect();
    let mut kept: Vec<&str> = Vec::new();
    let mut quotes = false;
    let mut at = 0;
    let mut wordings = 0;
    while let Some(line) = lines.get(at) {
        if is_marked(line) {
            quotes = true;
            at += 1;
            continue;
        }
        wordings += usize::from(!line.trim().is_empty());
        let reads = wordings <= MOST_WORDINGS;
        if reads && is_rule(line) || starts_headers(&lines[at..]) || starts_unknown_headers(&lines[at..]) {
            quotes = true;
            // What is marked behind may have an answer below it; the rest is history.
            match lines[at..].iter().rposition(|line| is_marked(line)) {
                Some(last) if has_marks_next(&lines[at + 1..]) => at += last + 1,
                _ => break,
            }
            continue;
        }
        if *line == "--" && kept.iter().any(|line| !line.trim().is_empty()) {
            // A signature; what is quoted below it is no answer, what stands below the quotation is.
            let below = lines[at..].iter().position(|line| is_marked(line));
            match below {
                Some(next) => at += next,
                None => break,
            }
            continue;
        }
        if let Some(length) = reads.then(|| attribution(&lines[at..])).flatten() {
            quotes = true;
            at += length;
            let next = lines[at..].iter().find(|line| !line.trim().is_empty());
            // Unmarked quotation: all the rest is history. With marks the reply may stand below or between the marked lines.
            if next.is_none_or(|line| !is_marked(line)) {
                break;
            }
            continue;
        }
        kept.push(line);
        at += 1;
    }
    let (kept, cut) = without_ours(&kept, ours);
    Fresh { text: kept.join("\n").trim().to_owned(), quotes: quotes || cut }
}

fn is_marked(line: &str) -> bool {
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
fn names_a_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|number| number.len() == 4 && number.starts_with("20"))
}

/// Whether a block of headers in an unknown language starts here: the first names an address, another a date.
fn starts_unknown_headers(lines: &[&str]) -> bool {
    let labelled = |line: &&&str| label(line).is_some_and(|(_, value)| !value.is_empty());
    let first = lines.first().is_some_and(|line| labelled(&line) && line.contains('@'));
    let block = || lines.iter().skip(1).take(4).take_while(labelled);
    first && block().count() >= 3 && block().any(|line| names_a_year(line))
}

/// The number of lines of an attribution such as `On Monday, Sam wrote:`, which mail programs wrap. It must
/// name an address or a date, or marked lines must follow; otherwise the author may speak of something that
/// was written.
fn attribution(lines: &[&str]) -> Option<usize> {
    let mut joined = String::new();
    for (i, line) in lines.iter().take(4).enumerate() {
        if line.trim().is_empty() || joined.len() > 600 {
            return None;
        }
        joined.push(' ');
        joined.push_str(line.trim().trim_matches(['*', '_']));
        let line = joined.trim_end();
        let ends = line.ends_with([':', '：']);
        let next = lines[i + 1..].iter().find(|line| !line.trim().is_empty());
        let marked = next.is_some_and(|line| is_marked(line));
        if !ends && (!marked || !line.ends_with('>')) {
            continue;
        }
        let numbers = joined.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty()).count();
        let dated = joined.contains('@') && numbers > 0 || numbers >= 3;
        let known = (dated || marked) && {
            let said = Said::read(&joined);
            said.has(List::Attributions)
        };
        let unknown = joined.contains('@') && (names_a_year(&joined) || marked);
        return (known || unknown).then_some(i + 1);
    }
    None
}

/// Removes our own lines that a mail program has quoted without marks. The first line is always the writer's,
/// and so may a few words be: somebody who was told what to write to opt out writes just that.
fn without_ours<'a>(lines: &[&'a str], ours: &OurWords) -> (Vec<&'a str>, bool) {
    const QUOTED_WORDS: usize = 10;
    if ours.texts.is_empty() {
        return (lines.to_vec(), false);
    }
    let said: Vec<String> = lines.iter().map(|line| said_words(&without_links(line))).collect();
    let count = |line: &String| line.split_whitespace().count();
    let first = said.iter().position(|line| count(line) > 0).unwrap_or(0);
    let is_long = |at: usize| at > first && count(&said[at]) >= 4 && ours.have(&said[at]);
    let long: HashSet<usize> = (0..lines.len()).filter(|at| is_long(*at)).collect();
    if long.iter().map(|at| count(&said[*at])).sum::<usize>() < QUOTED_WORDS {
        return (lines.to_vec(), false);
    }
    let from = long.iter().min().copied().unwrap_or(0);
    // A greeting of ours stands right above.
    let above = (first + 1..from)
        .rev()
        .take_while(|at| count(&said[*at]) == 0 || ours.have(&said[*at]))
        .last()
        .unwrap_or(from);
    let kept = (0..lines.len())
        .filter(|at| {
            let link = *at > from && lines[*at].contains("://") && count(&said[*at]) <= 3;
            *at < above || !(ours.have(&said[*at]) || link)
        })
        .map(|at| lines[at]);
    (kept.collect(), true)
}
