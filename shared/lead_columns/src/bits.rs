//! A set of rows, one bit each.

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
    rows: usize,
}

impl Bits {
    pub(crate) fn none(rows: usize) -> Self {
        Self { words: vec![0; rows.div_ceil(64)], rows }
    }

    pub(crate) fn all(rows: usize) -> Self {
        let mut bits = Self { words: vec![u64::MAX; rows.div_ceil(64)], rows };
        if let Some(last) = bits.words.last_mut()
            && !rows.is_multiple_of(64)
        {
            *last = (1 << (rows % 64)) - 1;
        }
        bits
    }

    /// Makes the set of the rows whose value passes a test.
    pub(crate) fn of<T>(values: &[T], passes: impl Fn(&T) -> bool) -> Self {
        let word = |chunk: &[T]| {
            chunk.iter().enumerate().fold(0, |word, (at, value)| word | u64::from(passes(value)) << at)
        };
        Self { words: values.chunks(64).map(word).collect(), rows: values.len() }
    }

    pub(crate) fn grow(&mut self, rows: usize) {
        self.words.resize(rows.div_ceil(64), 0);
        self.rows = rows;
    }

    pub(crate) fn set(&mut self, row: usize, on: bool) {
        let bit = 1 << (row % 64);
        if on { self.words[row / 64] |= bit } else { self.words[row / 64] &= !bit }
    }

    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(crate) fn and(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(own, other)| *own &= other);
    }

    pub(crate) fn or(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(own, other)| *own |= other);
    }

    pub(crate) fn and_not(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(own, other)| *own &= !other);
    }

    pub(crate) fn has(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    pub(crate) fn not(self) -> Self {
        let mut all = Self::all(self.rows);
        all.words.iter_mut().zip(&self.words).for_each(|(own, other)| *own &= !other);
        all
    }

    /// The rows of the set, in their order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(at * 64 + bit)
            })
        })
    }

    /// Keeps the rows that pass a test.
    pub(crate) fn keep(&mut self, passes: impl Fn(usize) -> bool) {
        for (at, word) in self.words.iter_mut().enumerate() {
            let mut left = *word;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                if !passes(at * 64 + bit as usize) {
                    *word &= !(1 << bit);
                }
            }
        }
    }
}
