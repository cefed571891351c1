//! Phrases as the language files write them, and the search for all of them in one pass over a text.
//!
//! A phrase is words with a blank between them. `a|b` stands for one of two words, `word*` for all words that begin so,
//! `word?` for a word that may be left out, `..` for up to four words of any kind, `...` for up to ten; `^` in front binds the
//! phrase to the beginning of a sentence, `$` behind to its end (or to that of the clause that it may not leave). Words of six letters and more may have one slip.

use crate::fold::{Folded, is_one_slip};
use crate::language::Languages;
use crate::lists::List;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// The most comparisons of one search: a text made to cause work is read no further.
const MOST_STEPS: usize = 800_000;
/// The most hits that are kept, for the same reason.
const MOST_HITS: usize = 3_000;
const GAPS: [(&str, usize); 2] = [("..", 4), ("...", 10)];
/// The most words whose slips are looked for.
const MOST_SLIPS: usize = 600;
const SHORTEST_WITH_SLIP: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub list: List,
    pub language: u8,
    /// The place of the phrase in its list.
    pub place: u16,
    pub words: Range<usize>,
    /// Whether some of the words may be any.
    pub has_gap: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    /// One of these words of the vocabulary.
    Word(Vec<u32>),
    /// One of these rows of words.
    Row(Vec<Vec<u32>>),
    /// Up to so many words of any kind.
    Gap(usize),
}

/// How far a phrase may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Clause,
    Sentence,
}

#[derive(Debug)]
struct Pattern {
    tokens: Vec<Token>,
    at_start: bool,
    at_end: bool,
    list: List,
    language: u8,
    place: u16,
    reach: Reach,
}

/// The vocabulary and the phrases of all languages.
#[derive(Debug, Default)]
pub struct Phrases {
    exact: HashMap<String, u32>,
    prefixes: HashMap<String, u32>,
    /// Words that may have a slip, by their first letter.
    with_slips: HashMap<char, Vec<(String, u32)>>,
    patterns: Vec<Pattern>,
    /// The patterns that begin with a word of the vocabulary.
    by_first: HashMap<u32, Vec<u32>>,
    count: u32,
}

#[derive(Debug, PartialEq, Eq)]
pub enum BadPhrase {
    Empty,
    StartsWithGap,
    TooManyOptional,
}

impl Phrases {
    /// Adds a phrase.
    pub fn add(
        &mut self,
        list: List,
        language: u8,
        place: u16,
        reach: Reach,
        phrase: &str,
    ) -> Result<(), BadPhrase> {
        let at_start = phrase.starts_with('^');
        let at_end = phrase.ends_with('$');
        let phrase = phrase.trim_start_matches('^').trim_end_matches('$');
        for variant in variants(phrase)? {
            let mut tokens = Vec::new();
            for token in &variant {
                tokens.extend(self.tokens(token));
            }
            let first: BTreeSet<u32> = match tokens.first() {
                Some(Token::Word(first)) => first.iter().copied().collect(),
                Some(Token::Row(rows)) => rows.iter().filter_map(|row| row.first().copied()).collect(),
                Some(Token::Gap(_)) => return Err(BadPhrase::StartsWithGap),
                None => return Err(BadPhrase::Empty),
            };
            let number = u32::try_from(self.patterns.len()).unwrap_or(u32::MAX);
            for atom in first {
                self.by_first.entry(atom).or_default().push(number);
            }
            self.patterns.push(Pattern { tokens, at_start, at_end, list, language, place, reach });
        }
        Ok(())
    }

    /// Adds a word that is no slip of another.
    pub fn add_word(&mut self, word: &str) {
        for word in crate::fold::words(word) {
            self.atom(word.text, false);
        }
    }

    /// Turns `a|b*` into a token; a word that folds to several (`d'un`, Chinese) becomes a row of them. An underscore parts
    /// the words of a row.
    fn tokens(&mut self, token: &str) -> Vec<Token> {
        if let Some((_, most)) = GAPS.iter().find(|(sign, _)| *sign == token) {
            return vec![Token::Gap(*most)];
        }
        let mut atoms = Vec::new();
        let mut rows: Vec<Vec<u32>> = Vec::new();
        for word in token.split('|') {
            let is_prefix = word.ends_with('*');
            for spelling in spellings(word.trim_end_matches('*')) {
                let parts = crate::fold::words(&spelling);
                match parts.as_slice() {
                    [only] => atoms.push(self.atom(only.text.clone(), is_prefix)),
                    [] => {}
                    [before @ .., last] => {
                        let mut row: Vec<u32> =
                            before.iter().map(|part| self.atom(part.text.clone(), false)).collect();
                        row.push(self.atom(last.text.clone(), is_prefix));
                        rows.push(row);
                    }
                }
            }
        }
        if rows.is_empty() {
            return if atoms.is_empty() { Vec::new() } else { vec![Token::Word(atoms)] };
        }
        rows.extend(atoms.into_iter().map(|atom| vec![atom]));
        vec![Token::Row(rows)]
    }

    fn atom(&mut self, word: String, is_prefix: bool) -> u32 {
        let map = if is_prefix { &mut self.prefixes } else { &mut self.exact };
        if let Some(known) = map.get(&word) {
            return *known;
        }
        self.count += 1;
        map.insert(word.clone(), self.count);
        let may_slip =
            word.chars().count() >= SHORTEST_WITH_SLIP && !is_prefix && word.chars().all(char::is_alphabetic);
        if let Some(first) = word.chars().next().filter(|_| may_slip) {
            self.with_slips.entry(first).or_default().push((word, self.count));
        }
        self.count
    }

    /// The words of the vocabulary that a word may be.
    pub fn atoms_of(&self, word: &str, slips: bool) -> Vec<u32> {
        let mut found: Vec<u32> = self.exact.get(word).copied().into_iter().collect();
        let known = !found.is_empty();
        for (at, c) in word.char_indices() {
            found.extend(self.prefixes.get(&word[..at + c.len_utf8()]));
        }
        if known || !slips || word.chars().count() + 1 < SHORTEST_WITH_SLIP {
            return found;
        }
        let alike = word.chars().next().and_then(|first| self.with_slips.get(&first));
        for (other, atom) in alike.into_iter().flatten() {
            if other.len().abs_diff(word.len()) <= 1 && is_one_slip(other, word) {
                found.push(*atom);
            }
        }
        found
    }

    pub fn all_atoms(&self, words: &[Folded], slips: bool) -> Vec<Vec<u32>> {
        let most_slips = if slips { MOST_SLIPS } else { 0 };
        let mut seen: HashMap<&str, Vec<u32>> = HashMap::new();
        words
            .iter()
            .map(|word| {
                let slips = seen.len() < most_slips;
                seen.entry(&word.text).or_insert_with(|| self.atoms_of(&word.text, slips)).clone()
            })
            .collect()
    }
}

/// The phrase with and without each of its optional words.
fn variants(phrase: &str) -> Result<Vec<Vec<&str>>, BadPhrase> {
    let mut all: Vec<Vec<&str>> = vec![Vec::new()];
    for token in phrase.split_whitespace() {
        let (token, optional) = token.strip_suffix('?').map_or((token, false), |token| (token, true));
        let without = if optional { all.clone() } else { Vec::new() };
        for variant in &mut all {
            variant.push(token);
        }
        all.extend(without);
        if all.len() > 16 {
            return Err(BadPhrase::TooManyOptional);
        }
    }
    Ok(all)
}

/// A word as it is written, and as it is typed where the keyboard has no umlauts: `löschen`, `loeschen`.
fn spellings(word: &str) -> Vec<String> {
    let typed: String = word
        .chars()
        .map(|c| match c {
            'ä' | 'æ' => "ae".to_owned(),
            'ö' | 'ø' => "oe".to_owned(),
            'ü' => "ue".to_owned(),
            'å' => "aa".to_owned(),
            c => c.to_string(),
        })
        .collect();
    if typed == word { vec![typed] } else { vec![word.to_owned(), typed] }
}

/// A search for all phrases in a text.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    pub languages: &'a Languages,
    /// The words of the vocabulary that each word may be.
    pub known: &'a [Vec<u32>],
    pub sentences: &'a [Range<usize>],
    /// The number of the clause of each word.
    pub clauses: &'a [u32],
}

impl Search<'_> {
    pub fn hits(&self) -> Vec<Hit> {
        self.search(None).0
    }

    /// The hits of one list alone; none if the text makes so much work that it is not read to its end.
    pub fn hits_of(&self, list: List) -> Option<Vec<Hit>> {
        let (hits, is_whole) = self.search(Some(list));
        is_whole.then_some(hits)
    }

    /// The hits of one list or of all, and whether the text was read to its end.
    fn search(&self, only: Option<List>) -> (Vec<Hit>, bool) {
        let phrases = &self.languages.phrases;
        let mut hits: Vec<Hit> = Vec::new();
        let mut steps = 0;
        for sentence in self.sentences {
            for at in sentence.clone() {
                let starting = self.known[at].iter().filter_map(|atom| phrases.by_first.get(atom)).flatten();
                for number in starting {
                    let pattern = &phrases.patterns[*number as usize];
                    let is_other = only.is_some_and(|list| list != pattern.list);
                    if is_other || pattern.at_start && at != sentence.start {
                        continue;
                    }
                    let limit = match pattern.reach {
                        Reach::Sentence => sentence.end,
                        Reach::Clause => self.end_of_clause(at, sentence.end),
                    };
                    if let Some(end) = self.matches(&pattern.tokens, at, limit, pattern.at_end, &mut steps) {
                        hits.push(Hit {
                            list: pattern.list,
                            language: pattern.language,
                            place: pattern.place,
                            words: at..end,
                            has_gap: pattern.tokens.iter().any(|token| matches!(token, Token::Gap(_))),
                        });
                    }
                    if steps > MOST_STEPS || hits.len() >= MOST_HITS {
                        return (hits, false);
                    }
                }
            }
        }
        (hits, true)
    }

    fn end_of_clause(&self, at: usize, end: usize) -> usize {
        let clause = self.clauses[at];
        (at..end).find(|other| self.clauses[*other] != clause).unwrap_or(end)
    }

    /// The end of the phrase, if it stands here.
    fn matches(
        &self,
        tokens: &[Token],
        at: usize,
        end: usize,
        to_the_end: bool,
        steps: &mut usize,
    ) -> Option<usize> {
        *steps += 1;
        match tokens.split_first() {
            None => (!to_the_end || at == end).then_some(at),
            Some((Token::Gap(most), rest)) => (0..=*most).find_map(|skipped| {
                let next = at + skipped;
                if next > end { None } else { self.matches(rest, next, end, to_the_end, steps) }
            }),
            Some((Token::Word(atoms), rest)) => {
                let here = at < end && self.known[at].iter().any(|atom| atoms.contains(atom));
                if here { self.matches(rest, at + 1, end, to_the_end, steps) } else { None }
            }
            Some((Token::Row(rows), rest)) => rows.iter().find_map(|row| {
                let next = at + row.len();
                let here =
                    next <= end && row.iter().zip(at..).all(|(atom, at)| self.known[at].contains(atom));
                if here { self.matches(rest, next, end, to_the_end, steps) } else { None }
            }),
        }
    }
}
