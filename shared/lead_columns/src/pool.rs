//! The distinct texts of a column, each kept once and known by a number from 1 on; 0 stands for no text.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

#[derive(Default)]
pub(crate) struct Pool {
    bytes: String,
    /// The end of each text in `bytes`.
    ends: Vec<u32>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// Whether the pool has most of its texts, so that little room is made in advance.
    is_settled: bool,
}

/// Makes a column as long as there are rows, and no longer: who grows the columns makes room in advance.
pub(crate) fn resize<T: Clone>(items: &mut Vec<T>, rows: usize, value: T) {
    items.reserve_exact(rows.saturating_sub(items.len()));
    items.resize(rows, value);
}

/// Makes room for some more items: as much again while a list is loaded, a sixteenth once it is.
pub(crate) fn make_room<T>(items: &mut Vec<T>, more: usize, is_settled: bool) {
    if is_settled && items.len() + more > items.capacity() {
        items.reserve_exact(more.max(items.len() / 16));
    }
}

impl Pool {
    /// The number of texts.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the number of a text, which is kept if it is new.
    pub(crate) fn number(&mut self, text: &str) -> u32 {
        let Self { bytes, ends, numbers, hasher, is_settled } = self;
        let hash = hasher.hash_one(text);
        if let Some(number) = numbers.find(hash, |number| text_at(bytes, ends, *number) == text) {
            return *number;
        }
        room_for(text, bytes, ends, *is_settled);
        bytes.push_str(text);
        ends.push(u32::try_from(bytes.len()).expect("a column holds less than 4 GB of text"));
        let number = ends.len() as u32;
        let (bytes, ends) = (&*bytes, &*ends);
        numbers.insert_unique(hash, number, |number| hasher.hash_one(text_at(bytes, ends, *number)));
        number
    }

    /// Keeps a text without looking whether it is there: for columns whose texts are seldom the same.
    pub(crate) fn push(&mut self, text: &str) -> u32 {
        room_for(text, &mut self.bytes, &mut self.ends, self.is_settled);
        self.bytes.push_str(text);
        self.ends.push(u32::try_from(self.bytes.len()).expect("a column holds less than 4 GB of text"));
        self.ends.len() as u32
    }

    /// Makes room for the texts of another pool, which will not be many more.
    pub(crate) fn make_room_like(&mut self, other: &Self) {
        self.is_settled = true;
        self.bytes.reserve_exact(other.bytes.len());
        self.ends.reserve_exact(other.ends.len());
    }

    /// The text with a number from 1 on.
    pub(crate) fn text(&self, number: u32) -> &str {
        text_at(&self.bytes, &self.ends, number)
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        (1..=self.len() as u32).map(|number| self.text(number))
    }

    /// Gives back the room that was made in advance.
    pub(crate) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.is_settled = true;
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 4 + self.numbers.allocation_size()
    }
}

fn room_for(text: &str, bytes: &mut String, ends: &mut Vec<u32>, is_settled: bool) {
    if is_settled && bytes.len() + text.len() > bytes.capacity() {
        bytes.reserve_exact(text.len().max(bytes.len() / 16));
    }
    make_room(ends, 1, is_settled);
}

fn text_at<'a>(bytes: &'a str, ends: &[u32], number: u32) -> &'a str {
    let at = number as usize - 1;
    let start = if at == 0 { 0 } else { ends[at - 1] as usize };
    &bytes[start..ends[at] as usize]
}
