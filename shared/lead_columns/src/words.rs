//! The words of leads: each lead has the numbers of its words, and a search looks the words up that it means.
//!
//! A word that is searched for means every word that begins with it; if there is none, it means the words that begin
//! with it but for one typing error: a letter too many, too few, wrong, or two that changed places.

use crate::bits::Bits;
use crate::listed::{ListedLead, TextField};
use crate::pool::Pool;

/// The fewest letters of a word in which an error is forgiven.
const FORGIVEN_FROM: usize = 4;

#[derive(Default)]
pub(crate) struct Words {
    pool: Pool,
    /// Where each row's words stand in `numbers`.
    spans: Vec<(u32, u16)>,
    numbers: Vec<u32>,
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

impl Words {
    pub(crate) fn grow(&mut self, rows: usize) {
        self.spans.resize(rows, (0, 0));
    }

    pub(crate) fn clear(&mut self, row: usize) {
        self.spans[row] = (0, 0);
    }

    pub(crate) fn set(&mut self, row: usize, lead: &ListedLead<'_>) {
        const SEARCHED: [TextField; 7] = [
            TextField::FirstName,
            TextField::LastName,
            TextField::Company,
            TextField::JobTitle,
            TextField::Email,
            TextField::City,
            TextField::Category,
        ];
        let start = self.numbers.len();
        let Self { pool, numbers, .. } = self;
        let mut add = |word: &str| {
            let number = pool.number(word);
            if !numbers[start..].contains(&number) && numbers.len() - start < usize::from(u16::MAX) {
                numbers.push(number);
            }
        };
        for field in SEARCHED {
            each_word(lead.texts[field as usize].unwrap_or_default(), &mut add);
        }
        for text in lead.tags.iter().chain(lead.custom.iter().map(|(_, value)| value)) {
            each_word(text, &mut add);
        }
        lead.note_words.split(' ').filter(|word| !word.is_empty()).for_each(add);
        let count = numbers.len() - start;
        let (known, room) = self.spans[row];
        let known = known as usize..known as usize + usize::from(room);
        if self.numbers[known.clone()] == self.numbers[start..] {
            self.numbers.truncate(start);
            return;
        }
        self.spans[row] = (start as u32, count as u16);
    }

    /// Keeps the rows that have a word which `asked`, in lower case, means.
    pub(crate) fn keep_meant(&self, rows: &mut Bits, asked: &str) {
        let mut meant = vec![false; self.pool.len() + 1];
        if !self.mark(&mut meant, |word| word.starts_with(asked)) {
            let letters: Vec<char> = asked.chars().collect();
            if letters.len() < FORGIVEN_FROM || !self.mark(&mut meant, |word| begins_nearly(word, &letters)) {
                *rows = Bits::none(self.spans.len());
                return;
            }
        }
        rows.keep(|row| {
            let (start, count) = self.spans[row];
            let numbers = &self.numbers[start as usize..start as usize + usize::from(count)];
            numbers.iter().any(|number| meant[*number as usize])
        });
    }

    fn mark(&self, meant: &mut [bool], means: impl Fn(&str) -> bool) -> bool {
        let mut any = false;
        for (number, word) in self.pool.texts().enumerate() {
            if means(word) {
                meant[number + 1] = true;
                any = true;
            }
        }
        any
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.pool.size_bytes() + self.spans.capacity() * 8 + self.numbers.capacity() * 4
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
