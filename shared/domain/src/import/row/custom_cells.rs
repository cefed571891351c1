//! The custom values of one row: each is read as its field's kind says, or kept as text.

use super::clean;
use crate::import::mapping::{ColumnUse, Mapping};
use crate::import::rows::Row;
use crate::import::{BadValues, ValueOptions};
use crate::lead::custom_field::{
    CustomField, CustomFields, FieldKind, LONGEST_NAME, MOST_VALUES, SpellingEvidence,
};
use crate::placeholder::is_placeholder;
use std::borrow::Cow;
use std::collections::BTreeMap;

const LONGEST_CUSTOM: usize = 1_000;

/// The custom fields of a workspace, and the one that each column fills.
pub(super) struct CustomColumns<'a> {
    fields: &'a CustomFields,
    /// None for a column that fills no custom field, or one that is gone.
    of_columns: Vec<Option<&'a CustomField>>,
}

impl<'a> CustomColumns<'a> {
    pub fn new(mapping: &Mapping, fields: &'a CustomFields) -> Self {
        let field = |known: &ColumnUse| match known {
            ColumnUse::Custom(key) => fields.get(key),
            _ => None,
        };
        Self { fields, of_columns: mapping.columns.iter().map(|(_, known)| field(known)).collect() }
    }

    pub fn cells(&self, options: ValueOptions) -> CustomCells<'_> {
        CustomCells { columns: self, options, values: BTreeMap::new(), beyond: Vec::new(), bad: Vec::new() }
    }

    /// The row's values that are no options of their column's field, with the column.
    pub fn unknown_options(&self, row: &Row) -> Vec<(usize, String)> {
        let mut unknown = Vec::new();
        for (column, field) in self.with(|kind| kind.options().is_some()) {
            let value = clean::lines(row.field(column));
            if field.is_missing_in(&value) {
                continue;
            }
            let options = field.kind.unknown_options(&value).into_iter();
            unknown.extend(options.map(|option| (column, option.to_owned())));
        }
        unknown
    }

    pub fn note_spelling(&self, row: &Row, evidence: &mut SpellingEvidence) {
        let is_spelled =
            |kind: &FieldKind| matches!(kind, FieldKind::Number | FieldKind::Money { .. } | FieldKind::Date);
        for (column, field) in self.with(is_spelled) {
            let value = clean::line(row.field(column));
            match field.kind {
                FieldKind::Date => evidence.take_date(&value),
                _ => evidence.take_number(&value),
            }
        }
    }

    fn with(&self, wanted: impl Fn(&FieldKind) -> bool) -> impl Iterator<Item = (usize, &'a CustomField)> {
        let fields =
            self.of_columns.iter().enumerate().filter_map(|(column, field)| Some((column, (*field)?)));
        fields.filter(move |(_, field)| wanted(&field.kind))
    }

    fn named(&self, name: &str) -> Option<&'a CustomField> {
        if self.fields.fields.is_empty() { None } else { self.fields.named(name) }
    }
}

/// The values taken so far. Methods return the reason of a warning, if there is one.
pub(super) struct CustomCells<'a> {
    columns: &'a CustomColumns<'a>,
    options: ValueOptions,
    values: BTreeMap<String, String>,
    /// Headers of values for which the lead has no custom field left.
    beyond: Vec<String>,
    /// Columns whose value their field cannot read, and why.
    bad: Vec<(usize, String)>,
}

/// What becomes of a row whose values do not all fit.
pub(super) enum Settled {
    /// The row is imported without these values; each has its header and the reason.
    LeftOut(Vec<(String, String)>),
    Rejected {
        field: String,
        reason: String,
    },
}

impl CustomCells<'_> {
    /// Whether a custom field has this name and is more than a text, so that it cannot keep just anything.
    pub fn is_typed(&self, name: &str) -> bool {
        self.columns.named(name).is_some_and(|field| field.kind != FieldKind::Text)
    }

    /// Keeps a value as text under the header.
    pub fn keep(&mut self, header: &str, value: &str) -> Option<String> {
        let value = clean::lines(value);
        if value.is_empty() || is_placeholder(&value) {
            return None;
        }
        let name = clean::line(header);
        let name = clean::limited(&name, LONGEST_NAME).0;
        match self.columns.named(name) {
            Some(field) if field.kind != FieldKind::Text => {
                Some("was left out: the custom field of this name is not a text".to_owned())
            }
            field => self.keep_text(header, field.map_or(name, |field| field.key.as_str()), value),
        }
    }

    /// Takes a column's value for the custom field with this key; a field that is gone leaves any text there.
    pub fn take(&mut self, column: usize, (header, key): (&str, &str), raw: &str) -> Option<String> {
        let value = clean::lines(raw);
        if value.is_empty() {
            return None;
        }
        let field = self.columns.of_columns[column];
        if field.map_or_else(|| is_placeholder(&value), |field| field.is_missing_in(&value)) {
            return None;
        }
        let field = field.filter(|field| field.kind != FieldKind::Text);
        let Some(field) = field else { return self.keep_text(header, key, value) };
        match field.kind.read_spelled(&value, self.options.spelling) {
            Ok(read) => self.store(header, key, read.to_string()),
            Err(bad) => {
                let shown = clean::line(&value);
                self.bad.push((column, format!("'{}' {bad}", clean::limited(&shown, 60).0)));
            }
        }
        None
    }

    fn keep_text(&mut self, header: &str, key: &str, value: Cow<'_, str>) -> Option<String> {
        let (kept, cut) = clean::limited(&value, LONGEST_CUSTOM);
        self.store(header, key, kept.to_owned());
        cut.then(|| format!("was cut at {LONGEST_CUSTOM} characters"))
    }

    /// Gives the lead a value, if it has room for it.
    fn store(&mut self, header: &str, key: &str, value: String) {
        if self.values.len() >= MOST_VALUES && !self.values.contains_key(key) {
            self.beyond.push(header.to_owned());
        } else if !value.is_empty() {
            self.values.insert(key.to_owned(), value);
        }
    }

    /// The columns whose value their field cannot read.
    pub fn bad_columns(&self) -> impl Iterator<Item = usize> + '_ {
        self.bad.iter().map(|(column, _)| *column)
    }

    /// One warning of all values that were skipped, and the first one's header: a file of 300 columns has hundreds of
    /// them in each row.
    pub fn skipped(&mut self) -> Option<(String, String)> {
        let skipped = std::mem::take(&mut self.beyond);
        let reason = match skipped.len() {
            0 => return None,
            1 => format!("was skipped: a lead has at most {MOST_VALUES} custom fields"),
            n => format!(
                "and {} more columns were skipped: a lead has at most {MOST_VALUES} custom fields",
                n - 1
            ),
        };
        skipped.into_iter().next().map(|header| (header, reason))
    }

    /// Rejects the row because of values that their fields cannot read, or leaves those out, as the importer chose.
    pub fn settle(&mut self, mapping: &Mapping) -> Settled {
        let bad = std::mem::take(&mut self.bad);
        let header = |column: usize| mapping.columns[column].0.as_str();
        match bad.split_first() {
            Some(((column, first), others)) if self.options.bad_values == BadValues::Reject => {
                let others = others.iter().map(|(column, reason)| format!("; {}: {reason}", header(*column)));
                let reason = others.fold(first.clone(), |all, one| all + &one);
                Settled::Rejected { field: header(*column).to_owned(), reason }
            }
            _ => {
                let left = bad.into_iter();
                let left = left.map(|(column, why)| (header(column).to_owned(), format!("{why}: left out")));
                Settled::LeftOut(left.collect())
            }
        }
    }

    pub fn take_values(&mut self) -> BTreeMap<String, String> {
        std::mem::take(&mut self.values)
    }
}
