//! The line that mail programs put above what they quote: `On Monday, Sam wrote:`, `Sam <sam@a.test> schrieb am 27.11.2026:`.
//!
//! Programs wrap it, and many put no blank line between it and the answer above it, some not even a new line. The lines up
//! to its colon are therefore compared with what is left of them without the first ones: an attribution that is whole
//! begins further down, and what stands above it is the author's.

use crate::fold::{folded, words};
use crate::language::languages;
use crate::lists::List;
use crate::quoted_text::{is_marked, names_a_year};
use crate::said::Said;

/// The most lines that a program wraps an attribution into.
const MOST_LINES: usize = 4;
const LONGEST: usize = 600;

/// The number of lines of the attribution that the first of these lines begins. It must name an address or a date, or marked
/// lines must follow; otherwise the author may speak of something that was written.
pub(crate) fn attribution(lines: &[&str]) -> Option<usize> {
    let end = end_of(lines)?;
    (1..end).all(|start| !begins_below(&lines[..end], start)).then_some(end)
}

/// The place in a line where an attribution begins behind the author's words, and the number of lines that it ends in:
/// `Please stop. On 27 Nov 2026, Sam wrote:`. Programs lose the end of a line between them. Each place whose wording is
/// looked at is taken from `budget`.
pub(crate) fn attribution_within(lines: &[&str], budget: &mut usize) -> Option<(usize, usize)> {
    const MOST_PLACES: usize = 12;
    const PLACE: usize = 4;
    let line = lines.first().filter(|line| line.len() <= LONGEST)?;
    let ends = lines.iter().take(MOST_LINES).any(|line| line.trim_end().ends_with([':', '：']));
    if !ends || begins(line) {
        return None;
    }
    let chars = || line.char_indices();
    let places = chars().zip(chars().skip(1)).filter(|((_, c), (_, next))| {
        ".!?。！？…)".contains(*c) || next.is_uppercase() && (c.is_lowercase() || c.is_whitespace())
    });
    places.take(MOST_PLACES).find_map(|(_, (begin, _))| {
        let (own, rest) = (&line[..begin], line[begin..].trim_start());
        let has_start = has_start_word(rest);
        let says_something = words(own).len() >= if has_start { 1 } else { 2 };
        let is_part = !has_start && numbers(own) > 0;
        let is_capital = rest.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        if !says_something || is_part || !is_capital || *budget == 0 || !begins(rest) {
            return None;
        }
        *budget = budget.saturating_sub(PLACE);
        let parted: Vec<&str> =
            std::iter::once(rest).chain(lines[1..].iter().copied().take(MOST_LINES)).collect();
        let length = attribution(&parted).filter(|length| has_date(&joined(&parted[..*length])))?;
        Some((begin, length))
    })
}

/// The number of lines up to the end of an attribution, wherever in these lines it begins.
fn end_of(lines: &[&str]) -> Option<usize> {
    let mut joined = String::new();
    for (at, line) in lines.iter().take(MOST_LINES).enumerate() {
        if line.trim().is_empty() || joined.len() > LONGEST {
            return None;
        }
        push(&mut joined, line);
        let text = joined.trim_end();
        let ends = text.ends_with([':', '：']) || is_framed(text);
        let next = lines[at + 1..].iter().find(|line| !line.trim().is_empty());
        let marked = next.is_some_and(|line| is_marked(line));
        if !ends && (!marked || !text.ends_with('>')) {
            continue;
        }
        let dated = joined.contains('@') && numbers(&joined) > 0 || numbers(&joined) >= 3;
        let known = (dated || marked) && Said::read(&joined).has(List::Attributions);
        let unknown = joined.contains('@') && (names_a_year(&joined) || marked);
        return (known || unknown).then_some(at + 1);
    }
    None
}

/// `---- On Monday, Sam wrote ---`
fn is_framed(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("--") && text.ends_with("--") && text.len() > 4
}

/// Whether the lines from `start` are a whole attribution that the one above it does not belong to.
fn begins_below(lines: &[&str], start: usize) -> bool {
    let rest = joined(&lines[start..]);
    let complete = rest.contains('@') && names_a_year(&rest) && numbers(&rest) >= 3;
    has_date(&rest) && (begins(&rest) || complete) && !belongs_to(lines[start - 1], &rest)
}

/// Whether a line is the first part of an attribution that a program has wrapped: nothing but its first words or the name and
/// address. One that begins with a word such as `On` has no other before it.
fn belongs_to(line: &str, rest: &str) -> bool {
    const LONGEST_PART: usize = 9;
    let line = line.trim();
    let count = words(line).len();
    if line.ends_with(['.', '!', '?', '…']) || count > LONGEST_PART || has_start_word(rest) {
        return false;
    }
    let names_alone = line.contains('@') && line.ends_with([',', '>', ')']) && numbers(line) == 0;
    names_alone || begins(line) && (line.ends_with(',') || numbers(line) > 0)
}

/// Whether a text begins as an attribution does: with a word such as `On` and a date, with a date, or with a name and an
/// address.
fn begins(text: &str) -> bool {
    let first: Vec<String> = words(text).into_iter().take(5).map(|word| word.text).collect();
    let is_date = |word: &String| {
        word.starts_with(|c: char| c.is_ascii_digit()) || languages().date_words.contains_key(word)
    };
    let dated = |from: usize| first.iter().skip(from).take(3).any(is_date);
    if has_start_word(text) && dated(1) {
        return true;
    }
    if first.first().is_some_and(is_date) && dated(1) {
        return true;
    }
    // `Sam Hill <sam@a.test>`
    const LONGEST_NAME: usize = 60;
    text.find('@').is_some_and(|at| {
        let local = text[..at].rfind(['<', '(', ' ', '[']).map_or(0, |at| at + 1);
        let name = text[..local].trim_matches(['<', '(', '[', ' ', '"', '\'']);
        name.len() <= LONGEST_NAME
            && !name.contains(['.', '!', '?', ':'])
            && name.split_whitespace().count() <= 5
            && name.chars().next().is_none_or(|c| !c.is_lowercase())
            && text[..local].ends_with(['<', '(', '['])
    })
}

fn has_start_word(text: &str) -> bool {
    let first = words(text);
    let starts = &languages().attribution_starts;
    let one = first.first().is_some_and(|word| starts.contains(&word.text));
    let two = first.get(..2).is_some_and(|two| starts.contains(&format!("{} {}", two[0].text, two[1].text)));
    one || two
}

/// Whether a text has the date of a mail: a year, or a day with a time.
fn has_date(text: &str) -> bool {
    let outside: String =
        text.split_whitespace().filter(|word| !word.contains('@')).collect::<Vec<_>>().join(" ");
    names_a_year(&outside) || numbers(&outside) >= 3
}

fn numbers(text: &str) -> usize {
    text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty()).count()
}

fn joined(lines: &[&str]) -> String {
    let mut joined = String::new();
    lines.iter().for_each(|line| push(&mut joined, line));
    joined
}

fn push(joined: &mut String, line: &str) {
    joined.push(' ');
    joined.push_str(line.trim().trim_matches(['*', '_']));
}

/// A word that an attribution begins with as it is compared: `w dniu`.
pub(crate) fn start_word(word: &str) -> String {
    word.split_whitespace().map(folded).collect::<Vec<_>>().join(" ")
}
