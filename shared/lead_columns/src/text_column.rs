//! Columns of texts: one text a row, or several.

use crate::bits::Bits;
use crate::pool::{Pool, make_room, resize};
use domain::lead::custom_field::FieldKind;
use hashbrown::HashMap;

/// A column with one text a row at most.
#[derive(Default)]
pub(crate) struct TextColumn {
    pub(crate) pool: Pool,
    numbers: Numbers,
    /// Whether the column's texts are seldom the same, so that looking for a known one does not pay.
    distinct: bool,
    /// The lower-case form of each text under its number, made when first asked for.
    folded: Pool,
    /// The place of each text in the order of lower-case forms, and the texts' numbers in that order.
    ranks: Vec<u32>,
    order: Vec<u32>,
    /// The size of each text as a value of a kind, in ten-thousandths.
    sizes: Option<(FieldKind, Vec<Option<i64>>)>,
}

impl TextColumn {
    pub(crate) fn grow(&mut self, rows: usize) {
        self.numbers.grow(rows);
    }

    pub(crate) fn rows(&self) -> usize {
        self.numbers.rows
    }

    /// The number of a row's text; 0 is none.
    pub(crate) fn number_of(&self, row: usize) -> u32 {
        self.numbers.get(row)
    }

    /// Makes a column whose texts are seldom the same.
    pub(crate) fn distinct() -> Self {
        Self { distinct: true, ..Self::default() }
    }

    pub(crate) fn set(&mut self, row: usize, text: Option<&str>) {
        let text = text.filter(|text| !text.is_empty());
        let number = match text {
            None => 0,
            Some(_) if self.distinct && self.get(row) == text => return,
            Some(text) if self.distinct => self.pool.push(text),
            Some(text) => self.pool.number(text),
        };
        self.numbers.set(row, number);
    }

    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        let number = self.number_of(row);
        (number > 0).then(|| self.pool.text(number))
    }

    /// The lower-case forms of the texts, by their numbers.
    fn folded(&mut self) -> &Pool {
        let known = self.folded.len() as u32;
        if known == 0 {
            self.folded.make_room_like(&self.pool);
        }
        for number in known + 1..=self.pool.len() as u32 {
            self.folded.push(&self.pool.text(number).to_lowercase());
        }
        &self.folded
    }

    /// The rows whose text passes a test, which is tried once on each distinct text in lower case.
    pub(crate) fn rows_with(&mut self, passes: impl Fn(&str) -> bool) -> Bits {
        let mut wanted = vec![false];
        wanted.extend(self.folded().texts().map(passes));
        self.numbers.rows_with(|number| wanted[number as usize])
    }

    /// The rows that have a text.
    pub(crate) fn rows_filled(&self) -> Bits {
        self.numbers.rows_with(|number| number > 0)
    }

    /// The rows that have no text.
    pub(crate) fn rows_without(&self) -> Bits {
        self.numbers.rows_with(|number| number == 0)
    }

    /// The rows whose text has a size that passes a test.
    pub(crate) fn rows_of_size(&mut self, kind: &FieldKind, passes: impl Fn(i64) -> bool) -> Bits {
        let mut wanted = vec![false];
        wanted.extend(self.sizes(kind).iter().map(|size| size.is_some_and(&passes)));
        self.numbers.rows_with(|number| wanted[number as usize])
    }

    pub(crate) fn sizes(&mut self, kind: &FieldKind) -> &[Option<i64>] {
        let known = self.sizes.take().filter(|(of, _)| of == kind);
        let (kind, mut sizes) = known.unwrap_or_else(|| (kind.clone(), Vec::new()));
        for number in sizes.len() as u32 + 1..=self.pool.len() as u32 {
            sizes.push(size_of(&kind, self.pool.text(number)));
        }
        &self.sizes.insert((kind, sizes)).1
    }

    /// The texts' places in the order of lower-case forms, by number less one; equal forms share a place. Places are even,
    /// so that a text that is not there has an odd one between two.
    pub(crate) fn ranks(&mut self) -> &[u32] {
        let known = self.ranks.len();
        if known < self.pool.len() {
            self.folded();
            let folded = &self.folded;
            make_room(&mut self.order, self.pool.len() - known, true);
            self.order.extend(known as u32 + 1..=self.pool.len() as u32);
            // Few texts are new as a rule: a stable sort of what is sorted but for its end takes one pass.
            self.order.sort_by(|a, b| folded.text(*a).cmp(folded.text(*b)));
            self.ranks = vec![0; self.pool.len()];
            let mut rank = 0;
            let mut before: Option<&str> = None;
            for number in &self.order {
                let text = folded.text(*number);
                rank += if before == Some(text) { 0 } else { 2 };
                before = Some(text);
                self.ranks[*number as usize - 1] = rank;
            }
        }
        &self.ranks
    }

    /// The ranks, once they were made.
    pub(crate) fn known_ranks(&self) -> &[u32] {
        &self.ranks
    }

    /// The size of a text, once sizes were made.
    pub(crate) fn known_size(&self, number: u32) -> Option<i64> {
        let (_, sizes) = self.sizes.as_ref()?;
        *sizes.get((number as usize).checked_sub(1)?)?
    }

    /// The place that a text in lower case has, or would have, among the ranks that were made.
    pub(crate) fn rank_of(&self, text: &str) -> u32 {
        let rank = |number: &u32| self.ranks[*number as usize - 1];
        let at = self.order.partition_point(|number| self.folded.text(*number) < text);
        match self.order.get(at) {
            Some(number) if self.folded.text(*number) == text => rank(number),
            Some(number) => rank(number) - 1,
            None => self.order.last().map_or(1, |number| rank(number) + 1),
        }
    }

    pub(crate) fn shrink(&mut self) {
        self.pool.shrink();
        self.numbers.values.shrink_to_fit();
    }

    pub(crate) fn size_bytes(&self) -> usize {
        let sizes = self.sizes.as_ref().map_or(0, |(_, sizes)| sizes.capacity() * 16);
        self.pool.size_bytes()
            + self.numbers.size_bytes()
            + self.folded.size_bytes()
            + (self.ranks.capacity() + self.order.capacity()) * 4
            + sizes
    }
}

/// The size of a value in ten-thousandths, by which values of its kind are compared.
pub(crate) fn size_of(kind: &FieldKind, text: &str) -> Option<i64> {
    let size = kind.read(text).ok()?.size()?;
    Some((size * 10_000.0).round() as i64)
}

/// A number for each row. No room is made for a column in which no row has one.
#[derive(Default)]
struct Numbers {
    values: Vec<u32>,
    rows: usize,
}

impl Numbers {
    fn grow(&mut self, rows: usize) {
        self.rows = rows;
        if !self.values.is_empty() {
            resize(&mut self.values, rows, 0);
        }
    }

    fn get(&self, row: usize) -> u32 {
        self.values.get(row).copied().unwrap_or(0)
    }

    fn set(&mut self, row: usize, number: u32) {
        if self.values.is_empty() {
            if number == 0 {
                return;
            }
            resize(&mut self.values, self.rows, 0);
        }
        self.values[row] = number;
    }

    fn rows_with(&self, passes: impl Fn(u32) -> bool) -> Bits {
        match self.values.is_empty() {
            false => Bits::of(&self.values, |number| passes(*number)),
            true if passes(0) => Bits::all(self.rows),
            true => Bits::none(self.rows),
        }
    }

    fn size_bytes(&self) -> usize {
        self.values.capacity() * 4
    }
}

/// A column with several texts a row.
#[derive(Default)]
pub(crate) struct SetColumn {
    pub(crate) pool: Pool,
    sets: Vec<Box<[u32]>>,
    set_bytes: usize,
    numbers_of_sets: HashMap<Box<[u32]>, u32>,
    /// The number of each row's set; 0 is the empty one.
    numbers: Numbers,
    /// The texts of each set, sorted and joined, by which rows are sorted; made when first asked for.
    joined: TextColumn,
}

impl SetColumn {
    pub(crate) fn grow(&mut self, rows: usize) {
        self.numbers.grow(rows);
    }

    /// The number of a row's set; 0 is the empty one.
    pub(crate) fn number_of(&self, row: usize) -> u32 {
        self.numbers.get(row)
    }

    pub(crate) fn shrink(&mut self) {
        self.pool.shrink();
        self.numbers.values.shrink_to_fit();
    }

    /// The texts stay in the order in which they are given.
    pub(crate) fn set(&mut self, row: usize, texts: &[&str]) {
        if texts.is_empty() {
            self.numbers.set(row, 0);
            return;
        }
        let members: Box<[u32]> = texts.iter().map(|text| self.pool.number(text)).collect();
        let number = match self.numbers_of_sets.get(&members) {
            Some(number) => *number,
            None => {
                self.set_bytes += members.len() * 8 + 48;
                self.sets.push(members.clone());
                let number = self.sets.len() as u32;
                self.numbers_of_sets.insert(members, number);
                number
            }
        };
        self.numbers.set(row, number);
    }

    /// Makes ready what rows are sorted by: the order of their sets' joined texts.
    pub(crate) fn prepare_order(&mut self) {
        for set in &self.sets[self.joined.pool.len()..] {
            let mut texts: Vec<String> =
                set.iter().map(|member| self.pool.text(*member).to_lowercase()).collect();
            texts.sort_unstable();
            self.joined.pool.push(&texts.join(", "));
        }
        self.joined.ranks();
    }

    /// The joined texts, which have the number of their set.
    pub(crate) fn joined(&self) -> &TextColumn {
        &self.joined
    }

    /// The numbers of a row's texts.
    pub(crate) fn members(&self, row: usize) -> &[u32] {
        match self.number_of(row) as usize {
            0 => &[],
            number => &self.sets[number - 1],
        }
    }

    /// The rows whose set passes a test, which is tried once on each distinct set: it is told how many of the set's texts
    /// are wanted.
    pub(crate) fn rows_with(&self, wanted: impl Fn(&str) -> bool, passes: impl Fn(usize) -> bool) -> Bits {
        let members: Vec<bool> = self.pool.texts().map(&wanted).collect();
        let test = |set: &[u32]| passes(set.iter().filter(|member| members[**member as usize - 1]).count());
        let mut sets = vec![test(&[])];
        sets.extend(self.sets.iter().map(|set| test(set)));
        self.numbers.rows_with(|number| sets[number as usize])
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.pool.size_bytes() + self.set_bytes + self.numbers.size_bytes() + self.joined.size_bytes()
    }
}
