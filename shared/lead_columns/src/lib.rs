//! The leads of one workspace in memory, column by column, so that a list of a hundred thousand is filtered, sorted,
//! searched and counted within milliseconds.
//!
//! A lead is a row: the place of its values in every column. Texts are kept once each, in the pool of their column, and
//! rows hold the text's number; a filter is tried on the distinct texts and then looked up for each row. Rows are in no
//! order; a page keeps the best of all that match. Leads come in from blocks (`block`) and from the changes after them,
//! one at a time; a change with an older revision than the row's changes nothing, so that changes may be read twice.

mod bits;
pub mod block;
mod filter;
mod listed;
mod pool;
mod query;
mod sort;
mod text_column;
mod words;

pub use listed::{ListedLead, Moving, OwnTexts, TEXT_FIELDS, TextField};
pub use query::{ListQuery, Page, Position};

use crate::text_column::{SetColumn, TextColumn};
use crate::words::Words;
use domain::LeadId;
use hashbrown::HashMap;

/// A time in microseconds that stands for none.
const NO_TIME: i64 = i64::MIN;

/// The leads of one workspace, by columns.
#[derive(Default)]
pub struct LeadColumns {
    rows: HashMap<u128, u32>,
    ids: Vec<u128>,
    /// The revision of each row's lead, and whether it is deleted.
    revs: Vec<u64>,
    live: bits::Bits,
    names: TextColumn,
    texts: [TextColumn; TEXT_FIELDS],
    custom: std::collections::BTreeMap<String, TextColumn>,
    owners: TextColumn,
    tags: SetColumn,
    campaigns: SetColumn,
    status: Vec<u8>,
    temperature: Vec<u8>,
    flags: Vec<u8>,
    ratings: Vec<f64>,
    reviews: Vec<i64>,
    follow_up: Vec<i64>,
    last_contacted: Vec<i64>,
    created: Vec<i64>,
    updated: Vec<i64>,
    /// The points of each lead's score that do not change with time.
    standing: Vec<u8>,
    /// What the other points come from, for leads that have any.
    moving: HashMap<u32, Moving>,
    words: Words,
}

/// The flags of a row.
const HIGH: u8 = 1;
const DO_NOT_CONTACT: u8 = 2;

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
        let row = match self.rows.get(&id) {
            Some(row) if self.revs[*row as usize] >= lead.rev => return,
            Some(row) => *row,
            None => self.add_row(id),
        };
        let at = row as usize;
        self.revs[at] = lead.rev;
        self.live.set(at, true);
        self.names.set(at, Some(lead.name().as_ref()));
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
        self.temperature[at] = lead.announced_temperature;
        self.flags[at] =
            if lead.high { HIGH } else { 0 } | if lead.do_not_contact { DO_NOT_CONTACT } else { 0 };
        self.ratings[at] = lead.rating.unwrap_or(f64::NAN);
        self.reviews[at] = lead.reviews.map_or(-1, i64::from);
        self.follow_up[at] = lead.follow_up.unwrap_or(NO_TIME);
        self.last_contacted[at] = lead.last_contacted.unwrap_or(NO_TIME);
        (self.created[at], self.updated[at]) = (lead.created, lead.updated);
        self.standing[at] = lead.standing_points;
        match &lead.moving {
            Some(moving) => drop(self.moving.insert(row, moving.clone())),
            None => drop(self.moving.remove(&row)),
        }
        self.words.set(at, lead);
    }

    /// Removes a lead for good; what comes of it later with an older revision is passed over.
    pub fn remove(&mut self, id: &LeadId, rev: u64) {
        let id = listed::bits_of(id);
        let row = match self.rows.get(&id) {
            Some(row) if self.revs[*row as usize] > rev => return,
            Some(row) => *row,
            None => self.add_row(id),
        };
        let at = row as usize;
        self.revs[at] = rev;
        self.live.set(at, false);
        self.moving.remove(&row);
        self.words.clear(at);
    }

    fn add_row(&mut self, id: u128) -> u32 {
        let row = u32::try_from(self.ids.len()).expect("fewer than four billion leads fit into memory");
        self.rows.insert(id, row);
        self.ids.push(id);
        let rows = self.ids.len();
        self.revs.push(0);
        self.live.grow(rows);
        let texts = self.texts.iter_mut().chain(self.custom.values_mut());
        texts.chain([&mut self.names, &mut self.owners]).for_each(|column| column.grow(rows));
        self.tags.grow(rows);
        self.campaigns.grow(rows);
        for flags in [&mut self.status, &mut self.temperature, &mut self.flags, &mut self.standing] {
            flags.push(0);
        }
        self.ratings.push(f64::NAN);
        self.reviews.push(-1);
        for times in [&mut self.follow_up, &mut self.last_contacted, &mut self.created, &mut self.updated] {
            times.push(NO_TIME);
        }
        self.words.grow(rows);
        row
    }

    /// The bytes that the columns hold, without what the allocator adds.
    pub fn size_bytes(&self) -> usize {
        let texts = self.texts.iter().chain(self.custom.values()).chain([&self.names, &self.owners]);
        let texts: usize = texts.map(TextColumn::size_bytes).sum();
        let sets = self.tags.size_bytes() + self.campaigns.size_bytes();
        let row = 16 + 8 + 4 + 8 * 6 + (16 + 8);
        texts + sets + self.ids.capacity() * row + self.words.size_bytes() + self.moving.capacity() * 56
    }
}

#[cfg(test)]
mod tests;
