//! A row read back: what the list shows of a lead.

use crate::listed::{TextField, bits_of, id_of, temperature_of, time};
use crate::text_column::SetColumn;
use crate::{DO_NOT_CONTACT, HIGH, LeadColumns, NO_RATING, NO_REVIEWS, POSSIBLE_OPT_OUT};
use domain::LeadId;
use domain::lead::stage::{LostReasonId, StageId};
use domain::lead::{Priority, Temperature};
use jiff::Timestamp;
use std::borrow::Cow;

/// One lead of the columns. Its place stays valid until the columns change.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    columns: &'a LeadColumns,
    at: usize,
}

impl LeadColumns {
    /// Returns the lead at a place that `page` gave.
    pub fn row(&self, at: usize) -> Row<'_> {
        Row { columns: self, at }
    }

    /// Returns the revision under which a lead is known here; a removed one counts.
    pub fn rev_of(&self, id: &LeadId) -> Option<u64> {
        self.rows.get(&self.ids, bits_of(id)).map(|row| self.revs[row as usize])
    }
}

impl<'a> Row<'a> {
    pub fn id(self) -> LeadId {
        id_of(self.columns.ids[self.at])
    }

    pub fn rev(self) -> u64 {
        self.columns.revs[self.at]
    }

    /// Returns the name to show, as `Lead::display_name` makes it.
    pub fn name(self) -> Cow<'a, str> {
        self.columns.name(self.at)
    }

    pub fn text(self, field: TextField) -> Option<&'a str> {
        self.columns.texts[field as usize].get(self.at)
    }

    /// Returns the value of a custom field, by the field's key.
    pub fn custom(self, key: &str) -> Option<&'a str> {
        self.columns.custom.get(key)?.get(self.at)
    }

    /// Returns the lead's custom values with their fields' keys.
    pub fn custom_values(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let columns = self.columns.custom.iter();
        columns.filter_map(move |(key, column)| Some((key.as_str(), column.get(self.at)?)))
    }

    /// Returns the owner as a ULID.
    pub fn owner(self) -> Option<&'a str> {
        self.columns.owners.get(self.at)
    }

    pub fn tags(self) -> impl Iterator<Item = &'a str> {
        members(&self.columns.tags, self.at)
    }

    /// Returns the campaigns that the lead is active in, as ULIDs.
    pub fn active(self) -> impl Iterator<Item = &'a str> {
        members(&self.columns.campaigns, self.at)
    }

    pub fn rating(self) -> Option<f64> {
        let rating = Some(self.columns.ratings[self.at]).filter(|rating| *rating != NO_RATING)?;
        Some(f64::from(rating) / 10_000.0)
    }

    pub fn reviews(self) -> Option<u32> {
        Some(self.columns.reviews[self.at]).filter(|count| *count != NO_REVIEWS)
    }

    pub fn status(self) -> StageId {
        StageId::numbered(self.columns.status[self.at])
    }

    pub fn stage_since(self) -> Timestamp {
        time(self.columns.stage_since[self.at]).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub fn lost_reason(self) -> Option<LostReasonId> {
        self.columns.lost_reasons[self.at].checked_sub(1).map(LostReasonId::numbered)
    }

    pub fn priority(self) -> Priority {
        if self.columns.flags[self.at] & HIGH != 0 { Priority::High } else { Priority::Normal }
    }

    pub fn do_not_contact(self) -> bool {
        self.columns.flags[self.at] & DO_NOT_CONTACT != 0
    }

    /// Whether a message of the lead may be an opt-out and no user has decided yet.
    pub fn possible_opt_out(self) -> bool {
        self.columns.flags[self.at] & POSSIBLE_OPT_OUT != 0
    }

    pub fn score(self, now: Timestamp) -> u8 {
        self.columns.score(self.at, now)
    }

    pub fn temperature(self, now: Timestamp) -> Temperature {
        temperature_of(self.columns.temperature_at(self.at, now) as u8)
    }

    /// The temperature that the score alone gives.
    pub fn temperature_of_score(self, now: Timestamp) -> Temperature {
        domain::lead::score::temperature_of_score(self.score(now), self.announced_temperature())
    }

    pub fn announced_temperature(self) -> Temperature {
        temperature_of(self.columns.temperature[self.at])
    }

    pub fn follow_up(self) -> Option<Timestamp> {
        time(self.columns.follow_up[self.at])
    }

    pub fn last_contacted(self) -> Option<Timestamp> {
        time(self.columns.last_contacted[self.at])
    }

    pub fn created(self) -> Timestamp {
        time(self.columns.created[self.at]).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub fn updated(self) -> Timestamp {
        time(self.columns.updated[self.at]).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

fn members(column: &SetColumn, row: usize) -> impl Iterator<Item = &str> {
    column.members(row).iter().map(|number| column.pool.text(*number))
}
