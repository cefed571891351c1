//! The columns of a file that fill custom fields. Columns are proposed for the fields that they name; one that nothing
//! names gets a text field of its own when the import starts.

use super::mapping::ColumnUse;
use super::rejects::{EXPORTED, OWN_EXPORT, PROBLEM_COLUMNS};
use super::{Column, Import, Target, synonyms};
use crate::ids::CustomFieldId;
use crate::lead::custom_field::{CustomField, CustomFields, FieldKind, LONGEST_NAME, MOST_FIELDS};
use crate::sequence::merge_fields::custom_name;

/// What keeps an import from starting with its columns as they are mapped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadFieldColumn {
    #[error("the custom field '{key}' is gone: choose another use for the column")]
    Gone { header: String, key: String },
    #[error(
        "{new} columns would get a field of their own, but the workspace has {known} of at most {MOST_FIELDS} custom \
         fields: leave columns out, or map them to fields"
    )]
    TooMany { new: usize, known: usize },
    #[error("the new options {why}")]
    BadOptions { header: String, why: String },
}

impl BadFieldColumn {
    /// The header at fault; empty if it is no single one.
    pub fn header(&self) -> &str {
        match self {
            Self::Gone { header, .. } | Self::BadOptions { header, .. } => header,
            Self::TooMany { .. } => "",
        }
    }
}

/// Maps the columns that name a custom field by its key or label. A header that usually means a fixed field means the
/// custom one only if that is more than a text: texts are made by imports, for a second column of phone numbers, say.
/// In our own export every column that is not fixed is a custom field's.
pub fn propose_fields(columns: &mut [Column], fields: &CustomFields) {
    let is_own_export = columns.iter().any(|column| column.header == OWN_EXPORT);
    for place in 0..columns.len() {
        let column = &columns[place];
        let Some(field) = fields.named(&column.header) else { continue };
        let is_free = match column.target {
            None => true,
            Some(_) if is_own_export => !EXPORTED.contains(&column.header.as_str()),
            Some(Target::Email | Target::Phone | Target::Ignore) => false,
            Some(target) if target.is_opt_out() => false,
            Some(_) => field.kind != FieldKind::Text || synonyms::target_of(&column.header).is_none(),
        };
        if is_free && !is_filled(columns, &field.key) {
            columns[place].set_use(ColumnUse::Custom(field.key.clone()));
        }
    }
}

/// The header of a field's column in an export: its label, or its key as templates name it where the label is also the
/// name of another column.
pub fn exported_header(field: &CustomField, fields: &CustomFields) -> String {
    let name = custom_name(&field.label);
    let is_fixed = EXPORTED.iter().chain(&PROBLEM_COLUMNS).any(|fixed| *fixed == name);
    let is_named = fields.named(&field.label).is_some_and(|named| named.id == field.id);
    if is_named && !is_fixed { field.label.clone() } else { format!("custom.{}", field.key) }
}

fn is_filled(columns: &[Column], key: &str) -> bool {
    columns.iter().any(|column| column.column_use() == ColumnUse::Custom(key.to_owned()))
}

/// Adds the options that were chosen for a column to the custom field that it fills.
pub fn add_chosen_options(column: &Column, fields: &mut CustomFields) -> Result<(), BadFieldColumn> {
    let header = column.header.clone();
    let key = match column.column_use() {
        ColumnUse::Custom(key) if fields.get(&key).is_none() => {
            return Err(BadFieldColumn::Gone { header, key });
        }
        ColumnUse::Custom(key) => key,
        _ => String::new(),
    };
    if column.add_options.is_empty() {
        return Ok(());
    }
    fields.add_options(&key, &column.add_options).map_err(|why| BadFieldColumn::BadOptions { header, why })
}

/// Makes the custom fields ready for an import: adds the options that were chosen, and a text field for each column that
/// has values and no use yet, which then fills it. Returns whether the fields changed. Repeated, it changes nothing.
pub fn prepare_fields(import: &mut Import, fields: &mut CustomFields) -> Result<bool, BadFieldColumn> {
    let before = fields.fields.clone();
    for column in &import.columns {
        add_chosen_options(column, fields)?;
    }
    let is_empty = |column: &Column| import.fits_whole && column.of == 0;
    let without: Vec<usize> = (0..import.columns.len())
        .filter(|place| {
            let column = &import.columns[*place];
            column.column_use() == ColumnUse::NewField && !is_empty(column)
        })
        .collect();
    let known = fields.fields.len();
    for place in &without {
        let id = CustomFieldId::derived(import.created_at, &[import.id.as_str(), &place.to_string()]);
        let key = text_field(&import.columns, *place, id, fields);
        // It is the use that the column was answered for.
        let column = &mut import.columns[*place];
        let no_opt_out = column.no_opt_out;
        column.set_use(ColumnUse::Custom(key));
        column.no_opt_out = no_opt_out;
    }
    if fields.fields.len() > MOST_FIELDS.max(known) {
        return Err(BadFieldColumn::TooMany { new: fields.fields.len() - known, known });
    }
    Ok(fields.fields != before)
}

/// Finds the text field for a column, or adds one: it has the column's name, with a number behind it where another field
/// has that name or another column fills it.
fn text_field(columns: &[Column], place: usize, id: CustomFieldId, fields: &mut CustomFields) -> String {
    let header = &columns[place].header;
    let has_name = !custom_name(header).is_empty();
    let name = if has_name { header.clone() } else { format!("Column {}", place + 1) };
    let mut labels = (1_usize..).map(|number| {
        let end = if number == 1 { String::new() } else { format!(" ({number})") };
        let start: String = name.chars().take(LONGEST_NAME - end.chars().count()).collect();
        format!("{}{end}", start.trim())
    });
    let is_usable = |field: &CustomField| field.kind == FieldKind::Text && !is_filled(columns, &field.key);
    let label = labels.find(|label| fields.named(label).is_none_or(is_usable));
    let label = label.expect("a workspace has fewer fields than there are numbers");
    if let Some(field) = fields.named(&label) {
        return field.key.clone();
    }
    fields.fields.push(CustomField { id, key: label.clone(), label: label.clone(), kind: FieldKind::Text });
    label
}
