//! Turns a row into a lead in domain types; what does not fit is kept as text with a warning, or the row is rejected.

mod custom_cells;
mod opt_outs;
mod phone;
mod place;

use super::fields::NewLeadFields;
use super::mapping::{self, ColumnUse, Mapping};
use super::opt_out_names::manner_of;
use super::opt_out_words::Manner;
use super::place_words::{country_of_address, country_of_state};
use super::rows::Row;
use super::status_words::{self, StatusRead};
use super::{Column, ImportOptions, RowProblem, Target};
use super::{clean, consent_columns};
use crate::contact::country::Country;
use crate::contact::email_address::{BadEmail, EmailAddress};
use crate::contact::phone_number::BadPhone;
use crate::lead::attributes::LeadText;
use crate::lead::custom_field::{CustomFields, SpellingEvidence};
use crate::lead::stage::Stages;
use crate::placeholder::{is_placeholder, is_placeholder_of_text};
use crate::time::time_zone::{ZoneFact, ZoneName, ZoneSource};
use custom_cells::{CustomCells, CustomColumns, Settled};
use opt_outs::Hearing;
use std::borrow::Cow;
use std::collections::BTreeSet;

const MAX_TAGS: usize = 20;

#[derive(Debug, Clone, PartialEq)]
pub enum MappedRow {
    Lead {
        lead: Box<NewLeadFields>,
        warnings: Vec<RowProblem>,
    },
    Rejected {
        problem: RowProblem,
        /// What the row says of its lead, where it says that the lead has opted out: that is heard all the same.
        told: Option<Box<NewLeadFields>>,
    },
}

/// A mapping prepared for many rows.
pub struct RowMapper<'a> {
    mapping: &'a Mapping,
    options: &'a ImportOptions,
    custom: CustomColumns<'a>,
    /// The workspace's stages, which a file may name.
    stages: Option<&'a Stages>,
    /// Whether the file was exported here: what is empty in it is so for the lead, and nothing is inferred.
    own_export: bool,
    /// Columns that may replace a missing e-mail or phone: `Email 2`, `Phone 2`.
    spare_emails: Vec<usize>,
    spare_phones: Vec<usize>,
    /// Columns of states or provinces.
    states: Vec<usize>,
    /// How each column would say who has opted out.
    manners: Vec<Manner>,
    /// Which cells are heard in columns that nobody was asked about.
    hearing: Hearing,
}

impl<'a> RowMapper<'a> {
    pub fn new(mapping: &'a Mapping, options: &'a ImportOptions, fields: &'a CustomFields) -> Self {
        let custom = |names: &dyn Fn(&str) -> bool| {
            let is_custom = |column_use: &ColumnUse| !matches!(column_use, ColumnUse::Fixed(_));
            let custom = mapping.columns.iter().enumerate().filter(|(_, (_, known))| is_custom(known));
            custom
                .filter(|(_, (header, _))| names(&clean::header_key(header)))
                .map(|(place, _)| place)
                .collect()
        };
        let spare = |words: &[&str]| custom(&|header| words.iter().any(|word| header.contains(word)));
        Self {
            mapping,
            options,
            custom: CustomColumns::new(mapping, fields),
            stages: None,
            own_export: mapping.is_own_export(),
            spare_emails: spare(&["email", "mail"]),
            spare_phones: spare(&["phone", "mobil", "telefon", "handy", "cell"]),
            states: custom(&|header| matches!(header, "state" | "province" | "region")),
            manners: mapping.columns.iter().map(|(header, _)| manner_of(header)).collect(),
            hearing: Hearing::default(),
        }
    }

    /// Makes the mapper read the names of the workspace's stages, too.
    #[must_use]
    pub fn naming(self, stages: &'a Stages) -> Self {
        Self { stages: Some(stages), ..self }
    }

    /// Makes the mapper hear opt-outs in columns that are not read as such, unless a user has said that they say nothing
    /// of them. The columns are those of the mapping.
    #[must_use]
    pub fn hearing(self, columns: &[Column]) -> Self {
        Self { hearing: Hearing::of(columns), ..self }
    }

    /// The columns to ask about because of this row: they look as if they said who has opted out.
    pub fn opt_out_questions<'r>(&'r self, row: &'r Row) -> impl Iterator<Item = usize> + 'r {
        let columns = 0..self.mapping.columns.len();
        columns
            .filter(|column| self.hearing.asks(*column, &self.mapping.columns[*column].0, row.field(*column)))
    }

    pub fn map(&self, row: &Row) -> MappedRow {
        if self.repeats_header(row) {
            let (line, reason) = (row.line, "repeats the header of the file".to_owned());
            let problem = RowProblem { line, field: String::new(), reason, row: row.values() };
            return MappedRow::Rejected { problem, told: None };
        }
        let (building, bad_email, bad_phone) = self.build(row);
        building.finish(bad_email, bad_phone)
    }

    /// Whether the row has the names of the columns again, as in files that were put together.
    fn repeats_header(&self, row: &Row) -> bool {
        let mut cells = self.mapping.columns.iter().enumerate().filter_map(|(place, (header, _))| {
            let cell = clean::line(row.field(place));
            (!cell.is_empty()).then(|| cell == clean::line(header).as_ref())
        });
        cells.next() == Some(true) && cells.all(|is_name| is_name)
    }

    /// The columns with a target whose value the check would report.
    pub fn misfits(&self, row: &Row) -> BTreeSet<usize> {
        let (building, bad_email, bad_phone) = self.build(row);
        let column = |header: &str| self.mapping.columns.iter().position(|(known, _)| known == header);
        let mut columns: BTreeSet<usize> =
            building.warnings.iter().filter_map(|warning| column(&warning.field)).collect();
        columns.extend(bad_email.and_then(|_| self.mapping.column_of(Target::Email)));
        columns.extend(bad_phone.and_then(|_| self.mapping.column_of(Target::Phone)));
        columns.extend(building.custom.bad_columns());
        columns
    }

    /// The row's values that are no options of their column's custom field, with the column.
    pub fn unknown_options(&self, row: &Row) -> Vec<(usize, String)> {
        let unknown = self.custom.unknown_options(row);
        if unknown.is_empty() || self.repeats_header(row) { Vec::new() } else { unknown }
    }

    /// Notes how the row spells the numbers and dates of custom fields.
    pub fn note_spelling(&self, row: &Row, evidence: &mut SpellingEvidence) {
        self.custom.note_spelling(row, evidence);
    }

    /// The cleaned value of one column.
    pub fn value<'r>(&self, row: &'r Row, column: usize) -> Cow<'r, str> {
        clean::line(row.field(column))
    }

    /// The row's phone numbers as they are written, and the country that the row itself names.
    pub fn phones<'r>(&'r self, row: &'r Row) -> (impl Iterator<Item = Cow<'r, str>>, Option<Country>) {
        let column = self.mapping.column_of(Target::Phone);
        let columns = column.into_iter().chain(self.spare_phones.iter().copied());
        let written = columns.map(|column| clean::line(row.field(column))).filter(|text| !text.is_empty());
        (written, self.country_of(row))
    }

    /// Infers the country of a row from its country column, else from its address, city or state.
    fn country_of(&self, row: &Row) -> Option<Country> {
        let of = |target: Target, read: fn(&str) -> Option<Country>| {
            self.mapping.column_of(target).and_then(|column| read(&clean::line(row.field(column))))
        };
        let by_state =
            || self.states.iter().find_map(|state| country_of_state(&clean::line(row.field(*state))));
        of(Target::Country, |text| Country::from_name(text).filter(|_| text != place::NAMIBIA))
            .or_else(|| of(Target::Address, country_of_address))
            .or_else(|| of(Target::City, country_of_address))
            .or_else(by_state)
    }

    fn build<'r>(&'r self, row: &'r Row) -> (Building<'r>, BadEmailCell, BadPhoneCell) {
        let place = self.country_of(row);
        let mut building = Building {
            mapper: self,
            row,
            place,
            lead: Box::default(),
            warnings: vec![],
            custom: self.custom.cells(self.options.values),
        };
        if let Some(warning) = &row.warning {
            building.warn("", warning.clone());
        }
        // The country comes first, because phones are read by it.
        let country = self.mapping.column_of(Target::Country);
        if let Some(column) = country {
            building.take(column, Target::Country);
        }
        let (mut email, mut phone) = (None, None);
        for (column, (header, column_use)) in self.mapping.columns.iter().enumerate() {
            building.hear(column);
            match column_use {
                ColumnUse::Fixed(Target::Ignore | Target::Country) => {}
                ColumnUse::Fixed(Target::Email) => email = Some(column),
                ColumnUse::Fixed(Target::Phone) => phone = Some(column),
                ColumnUse::Fixed(target) => building.take(column, *target),
                ColumnUse::Custom(key) => building.take_custom(column, key),
                ColumnUse::NewField => building.keep_custom(header, row.field(column)),
            }
        }
        let bad_email = building.take_email(email);
        let bad_phone = building.take_phone(phone);
        for (key, value) in &row.extra {
            building.hear_beyond(key, value);
            building.keep_custom(key, value);
        }
        if let Some((header, reason)) = building.custom.skipped() {
            building.warn(&header, reason);
        }
        (building, bad_email, bad_phone)
    }
}

/// The text of a bad cell, and what is wrong with it.
type BadEmailCell = Option<(String, BadEmail)>;
type BadPhoneCell = Option<(String, BadPhone)>;

struct Building<'a> {
    mapper: &'a RowMapper<'a>,
    row: &'a Row,
    /// The country that the row names anywhere.
    place: Option<Country>,
    lead: Box<NewLeadFields>,
    warnings: Vec<RowProblem>,
    custom: CustomCells<'a>,
}

impl<'a> Building<'a> {
    fn header(&self, column: usize) -> &'a str {
        &self.mapper.mapping.columns[column].0
    }

    fn warn(&mut self, field: &str, reason: impl Into<String>) {
        let (field, reason) = (field.to_owned(), reason.into());
        self.warnings.push(RowProblem { line: self.row.line, field, reason, row: vec![] });
    }

    /// The column's value for a text of the lead, cut to the length that the text may have.
    fn text(&mut self, column: usize, text: LeadText) -> Option<String> {
        let raw = self.row.field(column);
        let value = if text.has_lines() { clean::lines(raw) } else { clean::line(raw) };
        if value.is_empty() || text.is_missing_in(&value) {
            return None;
        }
        let limit = text.longest();
        let (kept, cut) = clean::limited(&value, limit);
        if cut {
            self.warn(self.header(column), format!("was cut at {limit} characters"));
        }
        Some(kept.to_owned())
    }

    /// Takes the column's value for a text. An empty one takes nothing away: a full name may have given the text
    /// before.
    fn take_text(&mut self, column: usize, text: LeadText) {
        if let Some(value) = self.text(column, text) {
            self.lead.texts.insert(text, value);
        }
    }

    /// Keeps a value as text under the header.
    fn keep_custom(&mut self, header: &str, value: &str) {
        if let Some(reason) = self.custom.keep(header, value) {
            self.warn(header, reason);
        }
    }

    /// Takes the column's value for a custom field as the field's kind reads it.
    fn take_custom(&mut self, column: usize, key: &str) {
        let (header, raw) = (self.header(column), self.row.field(column));
        if let Some(reason) = self.custom.take(column, (header, key), raw) {
            self.warn(header, reason);
        }
    }

    /// Keeps a value that does not fit its field as a custom field.
    fn keep_misfit(&mut self, column: usize, reason: &str) {
        let (header, value) = (self.header(column), clean::line(self.row.field(column)).into_owned());
        let shown = clean::limited(&value, 60).0;
        if self.custom.is_typed(header) {
            return self.warn(header, format!("'{shown}' {reason}: left out"));
        }
        self.warn(header, format!("'{shown}' {reason}: kept as text"));
        self.keep_custom(header, &value);
    }

    fn take(&mut self, column: usize, target: Target) {
        let raw = self.row.field(column);
        if raw.is_empty() || target.is_missing_in(&clean::line(raw)) {
            return;
        }
        let is_website = target == Target::Website;
        if is_website && !raw.trim().is_empty() && !mapping::looks_like_website(&clean::line(raw)) {
            return self.keep_misfit(column, "is not a web address");
        }
        if let Some(text) = target.text() {
            return self.take_text(column, text);
        }
        match target {
            Target::FullName => self.take_full_name(column),
            Target::Tags => self.take_tags(column),
            Target::Country => self.take_country(column),
            Target::Rating => match clean::number(&clean::line(raw)) {
                Some(rating) if (0.0..=5.0).contains(&rating) => self.lead.rating = Some(rating),
                _ if raw.trim().is_empty() => {}
                _ => self.keep_misfit(column, "is not a rating from 0 to 5"),
            },
            Target::Reviews => match clean::whole_number(&clean::line(raw)) {
                Some(reviews) => self.lead.reviews = Some(reviews),
                None if raw.trim().is_empty() => {}
                None => self.keep_misfit(column, "is not a number of reviews"),
            },
            Target::TimeZone => match ZoneName::parse_given(&clean::line(raw)) {
                Ok(zone) => {
                    self.lead.zone = Some(ZoneFact { zone, source: ZoneSource::Given, confidence: 100 })
                }
                Err(_) if raw.trim().is_empty() => {}
                Err(why) => self.keep_misfit(column, &why.to_string()),
            },
            Target::Status => self.take_status(column),
            Target::ConsentBasis | Target::ConsentDate | Target::ConsentSource | Target::ConsentChannels => {
                self.take_consent(column, target);
            }
            Target::TrackingConsent => match consent_columns::date(&clean::line(raw)) {
                Some(on) => self.lead.tracking_consent = Some(on),
                None if raw.trim().is_empty() => {}
                None => self.keep_misfit(column, "is not a day such as 2026-11-28"),
            },
            _ if target.is_opt_out() => self.take_opt_out(column, target),
            // Addresses are taken by themselves, and texts are taken above.
            _ => {}
        }
    }

    fn take_full_name(&mut self, column: usize) {
        let Some(name) = self.text(column, LeadText::FirstName) else { return };
        let (first, last) = match name.split_once(", ") {
            Some((last, first)) => (first, last),
            None => name.split_once(' ').unwrap_or((name.as_str(), "")),
        };
        for (text, part) in [(LeadText::FirstName, first.trim()), (LeadText::LastName, last.trim())] {
            if !part.is_empty() && !text.is_missing_in(part) {
                self.lead.texts.entry(text).or_insert_with(|| part.to_owned());
            }
        }
    }

    fn take_tags(&mut self, column: usize) {
        let value = clean::line(self.row.field(column)).into_owned();
        // In our own export one sign separates tags, because a tag may have a comma itself.
        let separators: &[char] = if self.mapper.own_export { &[';'] } else { &[',', ';', '|'] };
        for tag in
            value.split(separators).map(str::trim).filter(|tag| !tag.is_empty() && !is_placeholder(tag))
        {
            if self.lead.tags.len() >= MAX_TAGS {
                return self.warn(
                    self.header(column),
                    format!("has more than {MAX_TAGS} tags: the rest was skipped"),
                );
            }
            self.hear_tag(column, tag);
            self.lead.tags.insert(clean::limited(tag, 50).0.to_owned());
        }
    }

    /// Reads the stage, by its name in the workspace or by other systems' words; a word that says more than our stage is also kept as a custom field.
    fn take_status(&mut self, column: usize) {
        let text = clean::line(self.row.field(column)).into_owned();
        let own = self.mapper.stages.and_then(|stages| stages.meant(&text));
        let own = own.map(|status| StatusRead { status, exact: true });
        let read = own.or_else(|| status_words::read(&text));
        match read {
            Some(read) => self.lead.status = read.status,
            None => self.lead.opt_outs.take_word(&text),
        }
        // The workspace may have a stage of that name.
        self.lead.opt_outs.take_plain_word(&text);
        if !read.is_some_and(|read| read.exact) {
            self.keep_custom(self.header(column), &text);
        }
    }

    /// Takes one column of what the row says of the lead's consent.
    fn take_consent(&mut self, column: usize, target: Target) {
        let text = clean::line(self.row.field(column)).into_owned();
        if target == Target::ConsentBasis && self.takes_back_consent(self.header(column), &text) {
            return;
        }
        if let Some(reason) = self.lead.consent.take(target, &text) {
            self.keep_misfit(column, reason);
        }
    }

    /// Takes the column's first valid address, else one from a column of further addresses, else (in a row
    /// whose fields have slipped) from any column. Returns the bad text that was there instead.
    fn take_email(&mut self, column: Option<usize>) -> Option<(String, BadEmail)> {
        let row = self.row;
        let mut bad = None;
        if let Some(column) = column {
            let text = clean::line(row.field(column));
            if text.is_empty() || is_placeholder_of_text(&text) {
                bad = None;
            } else if let Ok(address) = EmailAddress::parse_given(&text) {
                self.lead.email = Some(address);
                return None;
            } else {
                let mut found =
                    EmailAddress::parts_of(&text).filter_map(|part| EmailAddress::parse_given(part).ok());
                if let Some(address) = found.next() {
                    if found.next().is_some() {
                        self.warn(self.header(column), "holds several addresses: the first is used");
                        self.keep_custom(self.header(column), &text);
                    }
                    self.lead.email = Some(address);
                    return None;
                }
                let why = EmailAddress::parse_given(&text).err().unwrap_or(BadEmail::NoAt);
                bad = Some((clean::limited(&text, 100).0.to_owned(), why));
            }
        }
        let slipped = row.ragged.then_some(0..row.len()).into_iter().flatten();
        for spare in self.mapper.spare_emails.iter().copied().chain(slipped) {
            let text = clean::line(row.field(spare));
            if let Some(address) =
                EmailAddress::parts_of(&text).find_map(|part| EmailAddress::parse_given(part).ok())
            {
                self.lead.email = Some(address);
                let from = self.header(spare);
                if let (Some((text, why)), Some(column)) = (&bad, column) {
                    self.warn(
                        self.header(column),
                        format!("'{text}' {why}: the address in '{from}' is used"),
                    );
                }
                return None;
            }
        }
        bad
    }

    fn finish(
        mut self,
        bad_email: Option<(String, BadEmail)>,
        bad_phone: Option<(String, BadPhone)>,
    ) -> MappedRow {
        let column = |target| self.mapper.mapping.column_of(target).map_or("", |column| self.header(column));
        let (email_header, phone_header) = (column(Target::Email), column(Target::Phone));
        if self.lead.email.is_none() && self.lead.phone.is_none() {
            let mut reasons = vec![];
            reasons.extend(bad_email.map(|(text, why)| format!("e-mail '{text}' {why}")));
            reasons.extend(bad_phone.map(|(text, why)| format!("phone '{text}' {why}")));
            let field = if email_header.is_empty() { phone_header } else { email_header };
            let reason = match reasons.is_empty() {
                true => "has neither an e-mail nor a phone".to_owned(),
                false => format!("no usable e-mail or phone: {}", reasons.join("; ")),
            };
            let (line, field) = (self.row.line, field.to_owned());
            let problem = RowProblem { line, field, reason, row: self.row.values() };
            return MappedRow::Rejected { problem, told: None };
        }
        match self.custom.settle(self.mapper.mapping) {
            Settled::LeftOut(values) => values.iter().for_each(|(header, reason)| self.warn(header, reason)),
            Settled::Rejected { field, reason } => {
                let (line, row) = (self.row.line, self.row.values());
                let told = self.lead.opt_outs.lists().then_some(self.lead);
                return MappedRow::Rejected { problem: RowProblem { line, field, reason, row }, told };
            }
        }
        if let Some((text, why)) = bad_email {
            self.warn(email_header, format!("'{text}' {why}: kept, but we won't e-mail it"));
            self.keep_custom(email_header, &text);
        }
        if let Some((text, why)) = bad_phone {
            self.warn(phone_header, format!("'{text}' {why}: kept, but we won't text or call it"));
            self.lead.phone_unparsed = Some(text);
        }
        self.lead.custom = self.custom.take_values();
        self.settle_place();
        if let Some(tag) = &self.mapper.options.tag {
            self.lead.tags.insert(tag.clone());
        }
        MappedRow::Lead { lead: self.lead, warnings: self.warnings }
    }
}
