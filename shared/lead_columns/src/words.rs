//! The words of leads: each lead has the numbers of its words, and a search looks the words up that it means.
//!
//! A word that is searched for means every word that begins with it; if there is none, it means the words that begin
//! with it but for one typing error: a letter too many, too few, wrong, or two that changed places.

use crate::LeadColumns;
use crate::bits::Bits;
use crate::listed::TextField;
use crate::pool::{Pool, make_room, resize};
use crate::text_column::TextColumn;
use hashbrown::HashMap;

/// The fewest letters of a word in which an error is forgiven.
const FORGIVEN_FROM: usize = 4;

#[derive(Default)]
pub(crate) struct Words {
    pool: Pool,
    /// The place of each row's words in `numbers`.
    spans: Vec<(u32, u16)>,
    numbers: Vec<u32>,
    /// The words by their first letter, and how many are in there.
    by_letter: HashMap<char, Vec<u32>>,
    known: usize,
}

/// The words of each text of a column, by the texts' numbers.
struct Parts {
    ends: Vec<u32>,
    numbers: Vec<u32>,
}

impl Parts {
    fn of(&self, text: u32) -> &[u32] {
        match text as usize {
            0 => &[],
            text => &self.numbers[self.ends[text - 1] as usize..self.ends[text] as usize],
        }
    }
}

/// Calls back with each word of a text, in lower case: letters and digits that stand together.
pub(crate) fn each_word(text: &str, mut met: impl FnMut(&str)) {
    let mut word = String::new();
    for letter in text.chars() {
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        } else if !word.is_empty() {
            met(&word);
            word.clear();
        }
    }
    if !word.is_empty() {
        met(&word);
    }
}

/// The fields whose words are searched, besides tags, custom values and notes.
const SEARCHED: [TextField; 7] = [
    TextField::FirstName,
    TextField::LastName,
    TextField::Company,
    TextField::JobTitle,
    TextField::Email,
    TextField::City,
    TextField::Category,
];

impl Words {
    /// Makes the words of all leads.
    pub(crate) fn of(columns: &LeadColumns) -> Self {
        let mut words = Self::default();
        words.grow(columns.ids.len());
        let texts = SEARCHED.map(|field| &columns.texts[field as usize]).into_iter();
        let texts = texts.chain(columns.custom.values()).chain([&columns.note_words]);
        // A text that many leads share is taken apart once.
        let parts: Vec<(&TextColumn, Parts)> =
            texts.map(|column| (column, words.parts(column.pool.texts()))).collect();
        let tags = words.parts(columns.tags.pool.texts());
        for row in 0..columns.rows.len() {
            let start = words.numbers.len();
            for (column, parts) in &parts {
                words.numbers.extend_from_slice(parts.of(column.number_of(row)));
            }
            columns.tags.members(row).iter().for_each(|tag| words.numbers.extend_from_slice(tags.of(*tag)));
            words.close(row, start);
        }
        words.numbers.shrink_to_fit();
        words.by_letter.values_mut().for_each(Vec::shrink_to_fit);
        words.pool.shrink();
        words
    }

    fn parts<'a>(&mut self, texts: impl Iterator<Item = &'a str>) -> Parts {
        let mut parts = Parts { ends: vec![0], numbers: Vec::new() };
        for text in texts {
            each_word(text, |word| parts.numbers.push(self.number(word)));
            parts.ends.push(parts.numbers.len() as u32);
        }
        parts
    }

    fn number(&mut self, word: &str) -> u32 {
        let number = self.pool.number(word);
        if number as usize > self.known {
            self.known = number as usize;
            if let Some(first) = word.chars().next() {
                self.by_letter.entry(first).or_default().push(number);
            }
        }
        number
    }

    pub(crate) fn grow(&mut self, rows: usize) {
        resize(&mut self.spans, rows, (0, 0));
    }

    /// Takes in the words of a row anew.
    pub(crate) fn set(&mut self, row: usize, columns: &LeadColumns) {
        let start = self.numbers.len();
        let texts = SEARCHED.map(|field| &columns.texts[field as usize]).into_iter();
        let texts = texts.chain(columns.custom.values()).chain([&columns.note_words]);
        let texts = texts.filter_map(|column| column.get(row));
        let tags = columns.tags.members(row).iter().map(|tag| columns.tags.pool.text(*tag));
        for text in texts.chain(tags) {
            each_word(text, |word| {
                let number = self.number(word);
                make_room(&mut self.numbers, 1, true);
                self.numbers.push(number);
            });
        }
        self.close(row, start);
    }

    /// Gives a row the numbers from `start` on, each once, unless they are those that it had.
    fn close(&mut self, row: usize, start: usize) {
        self.numbers[start..].sort_unstable();
        let mut kept = start;
        for at in start..self.numbers.len() {
            if at == start || self.numbers[at] != self.numbers[kept - 1] {
                self.numbers[kept] = self.numbers[at];
                kept += 1;
            }
        }
        self.numbers.truncate(kept.min(start + usize::from(u16::MAX)));
        let count = self.numbers.len() - start;
        let (known, room) = self.spans[row];
        let known = known as usize..known as usize + usize::from(room);
        if self.numbers[known] == self.numbers[start..] {
            self.numbers.truncate(start);
        } else {
            self.spans[row] = (start as u32, count as u16);
        }
    }

    /// Keeps the rows that have a word which `asked`, in lower case, means.
    pub(crate) fn keep_meant(&self, rows: &mut Bits, asked: &str) {
        let mut meant = vec![false; self.pool.len() + 1];
        let letters: Vec<char> = asked.chars().collect();
        let Some(candidates) = letters.first().and_then(|first| self.by_letter.get(first)) else {
            *rows = Bits::none(self.spans.len());
            return;
        };
        let mut mark = |means: &dyn Fn(&str) -> bool| {
            let mut any = false;
            for number in candidates.iter().filter(|number| means(self.pool.text(**number))) {
                meant[*number as usize] = true;
                any = true;
            }
            any
        };
        let found = mark(&|word| word.starts_with(asked))
            || letters.len() >= FORGIVEN_FROM && mark(&|word| begins_nearly(word, &letters));
        if !found {
            *rows = Bits::none(self.spans.len());
            return;
        }
        // A row's numbers ascend, and words that many leads have were met early: few numbers are looked at.
        let last = meant.iter().rposition(|is_meant| *is_meant).unwrap_or(0) as u32;
        rows.keep(|row| {
            let (start, count) = self.spans[row];
            let numbers = &self.numbers[start as usize..start as usize + usize::from(count)];
            numbers.iter().take_while(|number| **number <= last).any(|number| meant[*number as usize])
        });
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.pool.size_bytes() + self.spans.capacity() * 8 + (self.numbers.capacity() + self.pool.len()) * 4
    }
}

/// Whether a word begins with these letters but for one error. The first letter is taken as right.
fn begins_nearly(word: &str, asked: &[char]) -> bool {
    let mut letters = word.chars();
    if letters.next() != asked.first().copied() {
        return false;
    }
    let word: Vec<char> = word.chars().take(asked.len() + 1).collect();
    let same = word.iter().zip(asked).take_while(|(a, b)| a == b).count();
    let begins = |word: &[char], asked: &[char]| word.len() >= asked.len() && word[..asked.len()] == *asked;
    let (word, asked) = (&word[same..], &asked[same..]);
    if asked.is_empty() {
        return true;
    }
    let swapped = word.len() > 1
        && asked.len() > 1
        && word[0] == asked[1]
        && word[1] == asked[0]
        && begins(&word[2..], &asked[2..]);
    let wrong = !word.is_empty() && begins(&word[1..], &asked[1..]);
    let missing = !word.is_empty() && begins(&word[1..], asked);
    let extra = begins(word, &asked[1..]);
    swapped || wrong || missing || extra
}
