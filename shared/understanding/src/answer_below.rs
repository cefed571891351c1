//! An answer at the bottom of a mail that it answers, where the mail program has marked nothing of that: what stands below
//! our own words, which are known, and below the footer that is sent with them.

use crate::fold::words;
use crate::quoted_text::{OurWords, said_words, without_links};

/// The words of a line of ours that can be no chance.
const LONG: usize = 4;
/// The words of ours that must be found before the rest is taken for an answer.
const QUOTED_WORDS: usize = 8;

/// The number of lines up to the answer that stands below our words.
pub(crate) fn answer_below(lines: &[&str], ours: &OurWords) -> Option<usize> {
    let said: Vec<String> = lines.iter().map(|line| said_words(&without_links(line))).collect();
    let count = |line: &String| line.split_whitespace().count();
    let is_ours = |line: &&String| count(line) >= LONG && ours.texts.iter().any(|text| text.contains(*line));
    let found: usize = said.iter().filter(is_ours).map(count).sum();
    let last = said.iter().rposition(|line| is_ours(&line)).filter(|_| found >= QUOTED_WORDS)?;
    let begin = end_of_ours(&said, last, ours);
    let begin = end_of_footer(lines, begin);
    lines[begin..].iter().any(|line| !words(line).is_empty()).then_some(begin)
}

/// The line behind the last of our words: short lines such as a name follow a long one in the order that we wrote them in.
fn end_of_ours(said: &[String], last: usize, ours: &OurWords) -> usize {
    let rest_of = |text: &'_ String| text.rfind(&said[last]).map(|at| at + said[last].len() - 1);
    let ends = ours.texts.iter().filter_map(|text| {
        let mut rest = &text[rest_of(text)?..];
        let mut end = last + 1;
        for (at, line) in said.iter().enumerate().skip(last + 1).filter(|(_, line)| !line.trim().is_empty()) {
            let Some(tail) = rest.strip_prefix(line.trim_end()) else { break };
            (rest, end) = (tail, at + 1);
        }
        Some(end)
    });
    ends.max().unwrap_or(last + 1)
}

/// The line behind our footer, which ends with a link to unsubscribe: a mail program may have kept its word alone.
fn end_of_footer(lines: &[&str], begin: usize) -> usize {
    const MOST_LINES: usize = 12;
    let is_link = |line: &str| line.contains("://") && words(&without_links(line)).len() <= 2;
    let filled = || lines.iter().enumerate().skip(begin).filter(|(_, line)| !line.trim().is_empty());
    let unsubscribes = |line: &str| {
        let line = line.trim_start_matches(['[', '<', ' ', '*', '|']).to_lowercase();
        line.starts_with("unsubscribe") && (line.contains("://") || words(&line).len() == 1)
    };
    let first = filled().next();
    // The word alone in the first line may be the answer.
    let footer = filled().take(MOST_LINES).find(|(at, line)| {
        unsubscribes(line) && (line.contains("://") || first.is_some_and(|(first, _)| first < *at))
    });
    let mut end = footer.map_or(begin, |(at, _)| at + 1);
    while lines.get(end).is_some_and(|line| line.trim().is_empty() || is_link(line)) {
        end += 1;
    }
    // A signature mark of ours without such a link has its paragraph below it.
    if lines.get(end).is_some_and(|line| line.trim() == "--") {
        end += lines[end..].iter().take_while(|line| !line.trim().is_empty()).count();
    }
    end
}
