//! An answer right below a sender's quoted offer to stop: `> If you would like me to stop, just say so.`, `Yes please do so.`
//! The same words elsewhere are a yes to what the mail proposes.

use crate::lists::List;
use crate::quoted_text::{OurWords, is_marked, said_words, without_links};
use crate::said::Said;

const MOST_LINES: usize = 600;
/// The most words of an answer that says no more than that it agrees.
const LONGEST: usize = 14;

/// The words that agree to a quoted offer to stop.
pub(crate) fn agreed(text: &str, ours: &OurWords) -> Option<String> {
    let is_quoted = |line: &str| {
        let said = said_words(&without_links(line));
        is_marked(line) || said.split_whitespace().count() >= 4 && ours.have(&said)
    };
    let lines: Vec<&str> = text.lines().take(MOST_LINES).collect();
    (1..lines.len()).find_map(|at| {
        let is_begin = !is_empty(lines[at])
            && !is_quoted(lines[at])
            && lines[..at]
                .iter()
                .rev()
                .find(|line| !line.trim().is_empty())
                .is_some_and(|line| is_quoted(line));
        if !is_begin {
            return None;
        }
        let above = lines[..at].iter().rev().skip_while(|line| is_empty(line));
        let mut quoted: Vec<&str> =
            above.take_while(|line| !is_empty(line)).map(|line| unmarked(line)).collect();
        quoted.reverse();
        let answer: Vec<&str> =
            lines[at..].iter().take_while(|line| !is_empty(line) && !is_quoted(line)).copied().collect();
        let answer = answer.join("\n");
        (offers(&quoted.join("\n")) && agrees(&answer)).then_some(answer)
    })
}

fn unmarked(line: &str) -> &str {
    line.trim_start_matches(['>', '|', ' '])
}

fn is_empty(line: &str) -> bool {
    unmarked(line.trim()).is_empty()
}

/// Whether the last sentence of a quotation offers to stop.
fn offers(quoted: &str) -> bool {
    let said = Said::read(quoted);
    let last = said.sentences.last().cloned().unwrap_or(0..0);
    said.hits(List::OptOutOffers).any(|hit| last.contains(&hit.words.start))
}

fn agrees(answer: &str) -> bool {
    const AGREEING: [List; 5] =
        [List::InterestWords, List::OptOutAgrees, List::OptOutWords, List::Courtesy, List::Greetings];
    let said = Said::read(answer);
    let Some(first) = said.sentences.first() else { return false };
    let says = |list: List| said.hits(list).any(|hit| first.contains(&hit.words.start));
    let wants_more = [List::InterestPhrases, List::Later, List::Question]
        .into_iter()
        .any(|list| said.likely_hits(list).any(|hit| !first.contains(&hit.words.start)));
    said.words.len() <= LONGEST
        && AGREEING[..3].iter().any(|list| says(*list))
        && said.consists_of(first, &AGREEING, &[])
        && !said.ends_with_question(first)
        && !wants_more
}
