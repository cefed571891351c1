//! The leads of one workspace in memory, column by column, so that a list of a hundred thousand is filtered, sorted,
//! searched and counted within milliseconds.
//!
//! A lead is a row: the place of its values in every column. Texts are kept once each, in the pool of their column, and
//! rows hold the text's number; a filter is tried on the distinct texts and then looked up for each row. Rows are in no
//! order; a page keeps the best of all that match. Leads come in from blocks (`block`) and from the changes after them,
//! one at a time; a change with an older revision than the row's changes nothing, so that changes may be read twice.

mod bits;
pub mod block;
mod companies;
mod filter;
mod fit;
mod listed;
mod pool;
mod query;
mod row;
mod row_index;
mod sort;
mod text_column;
mod words;

pub use companies::{CompanyTally, company_domain};
pub use fit::{FitCounts, FitOfLead, RuleCount, WeightCount};
use listed::Bar;
pub use listed::{ListedLead, Moving, OwnTexts, TEXT_FIELDS, TextField};
pub use query::{ListQuery, Page, Position};
pub use row::Row;

use crate::pool::resize;
use crate::row_index::RowIndex;
use crate::text_column::{SetColumn, TextColumn};
use crate::words::Words;
use domain::LeadId;
use std::borrow::Cow;

/// A time in microseconds that stands for none.
const NO_TIME: i64 = i64::MIN;
/// The number that stands for no rating, and the one for no number of reviews.
const NO_RATING: i32 = i32::MIN;
const NO_REVIEWS: u32 = u32::MAX;

/// The leads of one workspace, by columns.
pub struct LeadColumns {
    rows: RowIndex,
    ids: Vec<u128>,
    /// The rows in the order of creation, made when a query first needs it.
    by_creation: Vec<u32>,
    /// The revision of each row's lead, and whether it is deleted.
    revs: Vec<u64>,
    live: bits::Bits,
    texts: [TextColumn; TEXT_FIELDS],
    /// The names to show, made when a query first needs them.
    names: Option<TextColumn>,
    /// The companies' domains, made when a query first needs them.
    company_domains: Option<TextColumn>,
    /// The words of the notes.
    note_words: TextColumn,
    custom: std::collections::BTreeMap<String, TextColumn>,
    owners: TextColumn,
    tags: SetColumn,
    campaigns: SetColumn,
    status: Vec<u8>,
    /// The numbers of the reasons why leads are lost, from 1 on; 0 is none.
    lost_reasons: Vec<u8>,
    stage_since: Vec<i64>,
    temperature: Vec<u8>,
    flags: Vec<u8>,
    /// Ratings in ten-thousandths; the least number is none.
    ratings: Vec<i32>,
    /// The numbers of reviews; the largest is none.
    reviews: Vec<u32>,
    follow_up: Vec<i64>,
    last_contacted: Vec<i64>,
    created: Vec<i64>,
    updated: Vec<i64>,
    /// The points of each lead's score that do not change with time.
    standing: Vec<u8>,
    /// What the other points come from, for leads that have any.
    moving: Vec<Moving>,
    /// The place of each row's in `moving`, from 1 on; 0 is none.
    moving_at: Vec<u32>,
    /// The words of the leads, made when first searched for.
    words: Option<Words>,
    /// Whether the list is loaded, so that little room is made in advance.
    is_settled: bool,
}

/// The fewest rows that room is made for at once.
const ROWS_AT_ONCE: usize = 1_024;

/// The flags of a row.
const HIGH: u8 = 1;
const DO_NOT_CONTACT: u8 = 2;
const POSSIBLE_OPT_OUT: u8 = 4;

impl Default for LeadColumns {
    fn default() -> Self {
        let texts = std::array::from_fn(|field| match field {
            field if DISTINCT.iter().any(|distinct| *distinct as usize == field) => TextColumn::distinct(),
            _ => TextColumn::default(),
        });
        Self {
            rows: RowIndex::default(),
            ids: Vec::new(),
            by_creation: Vec::new(),
            revs: Vec::new(),
            live: bits::Bits::default(),
            texts,
            names: None,
            company_domains: None,
            note_words: TextColumn::distinct(),
            custom: std::collections::BTreeMap::new(),
            owners: TextColumn::default(),
            tags: SetColumn::default(),
            campaigns: SetColumn::default(),
            status: Vec::new(),
            lost_reasons: Vec::new(),
            stage_since: Vec::new(),
            temperature: Vec::new(),
            flags: Vec::new(),
            ratings: Vec::new(),
            reviews: Vec::new(),
            follow_up: Vec::new(),
            last_contacted: Vec::new(),
            created: Vec::new(),
            updated: Vec::new(),
            standing: Vec::new(),
            moving: Vec::new(),
            moving_at: Vec::new(),
            words: None,
            is_settled: false,
        }
    }
}

/// The fields whose texts are seldom those of two leads.
const DISTINCT: [TextField; 5] =
    [TextField::Email, TextField::Phone, TextField::Website, TextField::Linkedin, TextField::Address];

impl LeadColumns {
    /// The number of leads.
    pub fn len(&self) -> usize {
        self.live.count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes in a lead as it is at its revision. An older revision than the known one changes nothing.
    pub fn put(&mut self, lead: &ListedLead<'_>) {
        let id = u128::from_be_bytes(lead.id);
        let row = match self.rows.get(&self.ids, id) {
            Some(row) if self.revs[row as usize] >= lead.rev => return,
            Some(row) => row,
            None => self.add_row(id),
        };
        let at = row as usize;
        self.revs[at] = lead.rev;
        self.live.set(at, true);
        for (column, text) in self.texts.iter_mut().zip(lead.texts) {
            column.set(at, text);
        }
        for (key, column) in &mut self.custom {
            let value = lead.custom.iter().find(|(own, _)| own == key).map(|(_, value)| *value);
            column.set(at, value);
        }
        for (key, value) in &lead.custom {
            if !self.custom.contains_key(*key) {
                let mut column = TextColumn::default();
                column.grow(self.ids.len());
                column.set(at, Some(value));
                self.custom.insert((*key).to_owned(), column);
            }
        }
        self.owners.set(at, lead.owner);
        self.tags.set(at, &lead.tags);
        self.campaigns.set(at, &lead.active);
        self.status[at] = lead.status;
        self.lost_reasons[at] = lead.lost_reason.map_or(0, |reason| reason.saturating_add(1));
        self.stage_since[at] = lead.stage_since;
        self.temperature[at] = lead.announced_temperature;
        let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
        self.flags[at] = flag(lead.high, HIGH)
            | flag(lead.contact_bars & Bar::DO_NOT_CONTACT != 0, DO_NOT_CONTACT)
            | flag(lead.contact_bars & Bar::POSSIBLE_OPT_OUT != 0, POSSIBLE_OPT_OUT);
        self.ratings[at] = lead.rating.map_or(NO_RATING, |rating| (rating * 10_000.0).round() as i32);
        self.reviews[at] = lead.reviews.unwrap_or(NO_REVIEWS);
        self.follow_up[at] = lead.follow_up.unwrap_or(NO_TIME);
        self.last_contacted[at] = lead.last_contacted.unwrap_or(NO_TIME);
        (self.created[at], self.updated[at]) = (lead.created, lead.updated);
        self.standing[at] = lead.standing_points;
        match (&lead.moving, self.moving_at[at]) {
            (None, _) => self.moving_at[at] = 0,
            (Some(moving), 0) => {
                self.moving.push(moving.clone());
                self.moving_at[at] = self.moving.len() as u32;
            }
            (Some(moving), known) => self.moving[known as usize - 1] = moving.clone(),
        }
        self.note_words.set(at, Some(lead.note_words));
        if let Some(mut names) = self.names.take() {
            names.set(at, Some(self.name(at).as_ref()));
            self.names = Some(names);
        }
        if let Some(domains) = &mut self.company_domains {
            domains.set(at, lead.texts[TextField::Email as usize].and_then(company_domain));
        }
        if let Some(mut words) = self.words.take() {
            words.set(at, self);
            self.words = Some(words);
        }
    }

    /// Removes a lead; what comes of it later with an older revision is passed over.
    pub fn remove(&mut self, id: &LeadId, rev: u64) {
        let id = listed::bits_of(id);
        let row = match self.rows.get(&self.ids, id) {
            Some(row) if self.revs[row as usize] > rev => return,
            Some(row) => row,
            None => self.add_row(id),
        };
        let at = row as usize;
        self.revs[at] = rev;
        self.live.set(at, false);
    }

    /// The name of a row's lead, as `Lead::display_name` makes it.
    fn name(&self, row: usize) -> Cow<'_, str> {
        let text = |field: TextField| self.texts[field as usize].get(row);
        match (text(TextField::FirstName), text(TextField::LastName)) {
            (Some(first), Some(last)) => Cow::Owned(format!("{first} {last}")),
            (Some(name), None) | (None, Some(name)) => Cow::Borrowed(name),
            (None, None) => {
                let known = [TextField::Company, TextField::Email, TextField::Phone];
                Cow::Borrowed(known.into_iter().find_map(text).unwrap_or("Unnamed"))
            }
        }
    }

    /// The column of the names, made at the first call.
    fn names(&mut self) -> &mut TextColumn {
        if self.names.is_none() {
            let mut names = TextColumn::default();
            names.grow(self.ids.len());
            (0..self.ids.len()).for_each(|row| names.set(row, Some(self.name(row).as_ref())));
            self.names = Some(names);
        }
        self.names.get_or_insert_default()
    }

    /// Makes room for so many leads at once, so that no column is copied while they come in.
    pub fn make_room(&mut self, leads: usize) {
        self.rows.reserve(&self.ids, leads);
        if leads > self.ids.len() {
            self.grow(leads);
        }
    }

    fn add_row(&mut self, id: u128) -> u32 {
        let row = self.rows.len();
        if row == self.ids.len() {
            let more = if self.is_settled { row / 16 } else { row / 4 };
            self.grow(row + more.max(ROWS_AT_ONCE));
        }
        self.ids[row] = id;
        let number = u32::try_from(row).expect("fewer than four billion leads fit into memory");
        self.rows.insert(&self.ids, number);
        number
    }

    /// Makes room for rows, which are not live before a lead is put there.
    fn grow(&mut self, rows: usize) {
        resize(&mut self.ids, rows, 0);
        resize(&mut self.revs, rows, 0);
        self.live.grow(rows);
        let texts = self.texts.iter_mut().chain(self.custom.values_mut()).chain(&mut self.names);
        let texts = texts.chain(&mut self.company_domains);
        texts.chain([&mut self.note_words, &mut self.owners]).for_each(|column| column.grow(rows));
        self.tags.grow(rows);
        self.campaigns.grow(rows);
        let bytes = [&mut self.status, &mut self.lost_reasons, &mut self.temperature, &mut self.flags];
        for bytes in bytes.into_iter().chain([&mut self.standing]) {
            resize(bytes, rows, 0);
        }
        resize(&mut self.ratings, rows, NO_RATING);
        resize(&mut self.reviews, rows, NO_REVIEWS);
        resize(&mut self.moving_at, rows, 0);
        let times = [&mut self.follow_up, &mut self.last_contacted, &mut self.created, &mut self.updated];
        for times in times.into_iter().chain([&mut self.stage_since]) {
            resize(times, rows, NO_TIME);
        }
        if let Some(words) = &mut self.words {
            words.grow(rows);
        }
    }

    /// Gives back the room that was made in advance: a list that was just loaded grows little.
    pub fn shrink(&mut self) {
        let rows = self.rows.len();
        self.is_settled = true;
        self.grow(rows);
        self.rows.shrink(&self.ids);
        let texts = self.texts.iter_mut().chain(self.custom.values_mut());
        texts.chain([&mut self.note_words, &mut self.owners]).for_each(TextColumn::shrink);
        self.tags.shrink();
        self.campaigns.shrink();
        self.ids.shrink_to_fit();
        self.revs.shrink_to_fit();
        for bytes in [&mut self.status, &mut self.lost_reasons, &mut self.temperature, &mut self.flags] {
            bytes.shrink_to_fit();
        }
        self.standing.shrink_to_fit();
        self.ratings.shrink_to_fit();
        self.reviews.shrink_to_fit();
        self.moving.shrink_to_fit();
        self.moving_at.shrink_to_fit();
        let times = [&mut self.follow_up, &mut self.last_contacted, &mut self.created, &mut self.updated];
        times.into_iter().chain([&mut self.stage_since]).for_each(Vec::shrink_to_fit);
    }

    /// The bytes that the columns hold, without what the allocator adds.
    pub fn size_bytes(&self) -> usize {
        let texts = self.texts.iter().chain(self.custom.values()).chain(&self.names);
        let texts = texts.chain(&self.company_domains);
        let texts = texts.chain([&self.note_words, &self.owners]);
        let texts: usize = texts.map(TextColumn::size_bytes).sum();
        let sets = self.tags.size_bytes() + self.campaigns.size_bytes();
        // An id, a revision, five times, two numbers, the place in `moving`, and five bytes.
        let row = 16 + 8 + 5 * 8 + 2 * 4 + 4 + 5;
        texts
            + sets
            + self.rows.size_bytes()
            + self.ids.capacity() * row
            + self.by_creation.capacity() * 4
            + self.words.as_ref().map_or(0, Words::size_bytes)
            + self.moving.capacity() * 72
    }
}

#[cfg(test)]
mod tests;
