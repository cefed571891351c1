//! What somebody said: the words of a text with the sentence and the clause that each stands in, and the phrases of all
//! languages that were found in it.

use crate::fold::{Folded, MOST_WORDS, words};
use crate::language::languages;
use crate::lists::List;
use crate::phrase::{Hit, Search};
use std::ops::Range;

/// The letters of a phrase that is no chance likeness, be it in another language or a text that is read backwards.
const LONG_PHRASE: usize = 11;
/// What is shortened before a number: `Art. 21`, `Nr. 5`.
const BEFORE_A_NUMBER: [&str; 10] = ["art", "nr", "no", "abs", "tel", "num", "par", "pkt", "ust", "cl"];
/// The words that are read twice where a long text is read in parts: more than a phrase has.
const OVERLAP: usize = 60;

#[derive(Debug)]
pub struct Said<'a> {
    pub text: &'a str,
    pub words: Vec<Folded>,
    /// The number of the clause of each word; clauses are counted through the whole text.
    pub clauses: Vec<u32>,
    /// The words of each sentence.
    pub sentences: Vec<Range<usize>>,
    pub hits: Vec<Hit>,
    /// The languages that the text seems to be written in, a bit each.
    pub likely: u32,
}

impl<'a> Said<'a> {
    pub fn read(text: &'a str) -> Self {
        let languages = languages();
        let words = words(text);
        let known = languages.known(&words);
        let likely = languages.likely(&known);
        let (mut clauses, sentences) = divide(text, &words, likely);
        let hits = Search { languages, known: &known, sentences: &sentences, clauses: &clauses }.hits();
        divide_at_but(&mut clauses, &hits, likely);
        Self { text, words, clauses, sentences, hits, likely }
    }

    /// Whether a text has a phrase of this list; a text that is too much work is taken for one that has. A phrase counts
    /// in a sentence of its own language, and in any if it is long and has no gap. If the text may be a chance reading,
    /// long phrases without a slip count alone.
    pub fn has_phrase(text: &str, list: List, by_chance: bool) -> bool {
        let languages = languages();
        let mut rest = text;
        loop {
            let words = words(rest);
            let known = if by_chance { languages.known_exactly(&words) } else { languages.known(&words) };
            let (clauses, sentences) = divide(rest, &words, languages.likely(&known));
            let search = Search { languages, known: &known, sentences: &sentences, clauses: &clauses };
            let Some(hits) = search.hits_of(list) else {
                return true;
            };
            let counts = |hit: &Hit| {
                let sentence = sentences.iter().find(|sentence| sentence.contains(&hit.words.start));
                let possible = languages.possible(sentence.map_or(&known[..], |range| &known[range.clone()]));
                let letters: usize =
                    words[hit.words.clone()].iter().map(|word| word.text.chars().count()).sum();
                let is_long = letters >= LONG_PHRASE;
                let is_possible = possible & (1 << hit.language) != 0;
                if by_chance { is_long && is_possible } else { is_possible || is_long && !hit.has_gap }
            };
            if hits.iter().any(counts) {
                return true;
            }
            if words.len() < MOST_WORDS {
                return false;
            }
            // The words of a phrase at the end of this part stand at the beginning of the next one.
            rest = &rest[words[MOST_WORDS - OVERLAP].start..];
        }
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub fn hits(&self, list: List) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |hit| hit.list == list)
    }

    /// Hits of phrases in a language that the text seems to be in; long ones count in any.
    pub fn likely_hits(&self, list: List) -> impl Iterator<Item = &Hit> {
        self.hits(list).filter(|hit| self.likely & (1 << hit.language) != 0 || hit.words.len() >= 3)
    }

    pub fn has(&self, list: List) -> bool {
        self.hits(list).next().is_some()
    }

    pub fn sentence_of(&self, word: usize) -> Range<usize> {
        self.sentences.iter().find(|range| range.contains(&word)).cloned().unwrap_or(word..word)
    }

    /// The text of a range of words, with the sign that ends it.
    pub fn text_of(&self, range: &Range<usize>) -> &'a str {
        let (Some(first), Some(last)) =
            (self.words.get(range.start), range.end.checked_sub(1).and_then(|at| self.words.get(at)))
        else {
            return "";
        };
        let next = self.words.get(range.end).map_or(self.text.len(), |word| word.start);
        let tail = &self.text[last.end..next];
        let signs =
            tail.char_indices().find(|(_, c)| !".!?。！？…".contains(*c)).map_or(tail.len(), |(at, _)| at);
        &self.text[first.start..last.end + signs]
    }

    pub fn sentence_text(&self, hit: &Hit) -> &'a str {
        self.text_of(&self.sentence_of(hit.words.start))
    }

    pub fn ends_with_question(&self, sentence: &Range<usize>) -> bool {
        let Some(last) = sentence.end.checked_sub(1).and_then(|at| self.words.get(at)) else { return false };
        let next = self.words.get(sentence.end).map_or(self.text.len(), |word| word.start);
        self.text[last.end..next]
            .chars()
            .take_while(|c| !c.is_alphanumeric())
            .take(4)
            .any(|c| "?？;¿".contains(c) && c != ';')
    }

    /// Whether words stand between quotation marks, with others around them in their sentence: somebody else's, or a title.
    pub fn is_quoted(&self, hit: &Hit) -> bool {
        const FEWEST_AROUND: usize = 3;
        const LONGEST: usize = 200;
        const MARKS: [(char, &[char]); 6] = [
            ('"', &['"']),
            ('„', &['“', '”', '"']),
            ('“', &['”']),
            ('«', &['»']),
            ('「', &['」']),
            ('『', &['』']),
        ];
        let sentence = self.sentence_of(hit.words.start);
        let around = |from: usize, to: usize| {
            let is_outside = |at: &usize| self.words[*at].start < from || self.words[*at].start >= to;
            sentence.clone().filter(is_outside).count() >= FEWEST_AROUND
        };
        let (Some(first), Some(last)) =
            (self.words.get(hit.words.start), hit.words.end.checked_sub(1).and_then(|at| self.words.get(at)))
        else {
            return false;
        };
        MARKS.iter().any(|(opening, closing)| {
            let mut at = 0;
            while let Some(from) = self.text[at..].find(*opening).map(|found| at + found + opening.len_utf8())
            {
                let Some(length) = self.text[from..].find(*closing).filter(|length| *length <= LONGEST)
                else {
                    return false;
                };
                let to = from + length;
                if first.start < to && last.end > from && around(from, to) {
                    return true;
                }
                at = to + self.text[to..].chars().next().map_or(0, char::len_utf8);
            }
            false
        })
    }

    /// Whether a word of negation stands before the phrase in its clause, or behind it where the language has it so.
    pub fn is_negated(&self, hit: &Hit) -> bool {
        let clause = self.clauses[hit.words.start];
        let follows = languages().negation_follows(hit.language);
        self.hits(List::Negations).filter(|no| no.language == hit.language).any(|no| {
            let same = self.clauses[no.words.start] == clause;
            let before = no.words.end <= hit.words.start && hit.words.start - no.words.end <= 2;
            let behind = follows && no.words.start >= hit.words.end && no.words.start - hit.words.end <= 1;
            same && (before || behind) && self.sentence_of(no.words.start).contains(&hit.words.start)
        })
    }

    /// Whether a phrase of this list stands in the same sentence.
    pub fn sentence_has(&self, list: List, hit: &Hit) -> bool {
        let sentence = self.sentence_of(hit.words.start);
        self.hits(list).any(|other| sentence.contains(&other.words.start))
    }

    /// Whether every word of the range belongs to phrases of these lists, is an emoji, or is one of `also`.
    pub fn consists_of(&self, range: &Range<usize>, lists: &[List], also: &[String]) -> bool {
        range.clone().all(|at| {
            let word = &self.words[at].text;
            word.chars().next().is_some_and(crate::fold::is_emoji)
                || also.contains(word)
                || self.hits.iter().any(|hit| hit.words.contains(&at) && lists.contains(&hit.list))
        })
    }
}

/// Words such as `but` begin a clause.
fn divide_at_but(clauses: &mut [u32], hits: &[Hit], likely: u32) {
    for hit in hits.iter().filter(|hit| hit.list == List::But && likely & (1 << hit.language) != 0) {
        let clause = clauses[hit.words.start];
        // Numbers of clauses are even; what follows the word in the same clause gets the odd one behind.
        for other in clauses[hit.words.start..].iter_mut().take_while(|other| **other == clause) {
            *other |= 1;
        }
    }
}

/// Divides the words of a text in one of these languages into clauses and sentences by the signs between them.
fn divide(text: &str, words: &[Folded], likely: u32) -> (Vec<u32>, Vec<Range<usize>>) {
    let mut clauses = Vec::with_capacity(words.len());
    let mut sentences = Vec::new();
    let (mut clause, mut first) = (0, 0);
    for (at, word) in words.iter().enumerate() {
        clauses.push(clause);
        let next = words.get(at + 1);
        let between = &text[word.end..next.map_or(text.len(), |next| next.start)];
        let ends = next.is_none_or(|next| ends_sentence(text, word, between, next, likely));
        if ends {
            sentences.push(first..at + 1);
            first = at + 1;
        }
        let divided = between.contains([',', ';', ':', '(', ')', '–', '—', '、', '，', '；', '：'])
            || between.contains(" - ");
        if ends || divided {
            clause += 2;
        }
    }
    (clauses, sentences)
}

fn ends_sentence(text: &str, word: &Folded, between: &str, next: &Folded, likely: u32) -> bool {
    if between.contains(['!', '?', '。', '！', '？', '…', '•', '¡', '¿'])
        || between.contains("...")
        || between.contains("\n\n")
    {
        return true;
    }
    let starts_small = text[next.start..].chars().next().is_some_and(char::is_lowercase);
    if let Some((_, tail)) = between.split_once('.') {
        let is_number = word.text.len() <= 2 && word.text.bytes().all(|b| b.is_ascii_digit());
        // `Am 10. Oktober`, but `See you at 10. Do not write`
        let is_ordinal =
            || languages().writes_ordinals(likely) || languages().date_words.contains_key(&next.text);
        let of_number = BEFORE_A_NUMBER.contains(&word.text.as_str())
            && text[next.start..].starts_with(|c: char| c.is_ascii_digit());
        let space = tail.starts_with(char::is_whitespace) || tail.is_empty() && between.len() > 1;
        let is_short = starts_small && word.text.len() <= 3;
        return space && !(is_number && is_ordinal() || of_number || is_short);
    }
    between.contains('\n') && !starts_small && !is_wrapped(text, word)
}

/// Whether the line of this word is so long that its end is a mail program's, not the writer's.
fn is_wrapped(text: &str, word: &Folded) -> bool {
    const WRAPPED_FROM: usize = 55;
    let start = text[..word.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[word.end..].find('\n').map_or(text.len(), |at| word.end + at);
    text[start..end].chars().count() >= WRAPPED_FROM && !text[..end].trim_end().ends_with([':', ','])
        || text[start..end].chars().count() >= WRAPPED_FROM + 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_signs_and_lines_but_not_where_a_line_was_wrapped() {
        for (text, count) in [
            ("Stop. Thank you", 2),
            ("Hi\nplease remove me", 1),
            ("Hi,\nPlease remove me", 2),
            ("I would be very glad if you could please take me off your\nList of people", 1),
            ("I am back on 8. September 2026. Bye!", 2),
            ("See you on Tuesday at 10. Do not write again", 2),
            ("Wir sehen uns am 10. Februar im Büro", 1),
            ("Das ist im 3. Stock bei uns im Büro", 1),
            ("e.g. this one", 1),
            ("Ich widerspreche nach Art. 21 DSGVO", 1),
            ("It costs nothing. 30 people know", 2),
            ("我很忙。请发资料", 2),
            ("", 0),
        ] {
            assert_eq!(Said::read(text).sentences.len(), count, "{text}");
        }
    }
}
