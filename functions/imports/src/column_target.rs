//! What a request maps a column to.

use domain::import::field_columns::add_chosen_options;
use domain::import::mapping::{ColumnUse, Mapping};
use domain::import::{Column, Import};
use domain::lead::attributes::Target;
use domain::lead::custom_field::CustomFields;
use http_api::{ApiError, ApiResult, utoipa};
use serde::Deserialize;
use std::fmt::Display;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappedColumn {
    header: String,
    /// A fixed field. With neither this nor `field`, the column fills the custom field that its header names, else it
    /// gets a text field of its own when the import starts.
    target: Option<Target>,
    /// The custom field that the column fills, by its key or label.
    field: Option<String>,
    /// Options that the field gets when the import starts, instead of those that were chosen before.
    add_options: Option<Vec<String>>,
    /// Whether the column says nothing of opt-outs, although it looks so; what was said before if left out.
    no_opt_out: Option<bool>,
}

/// Makes a 422 that names the column.
pub fn of_column(header: &str, why: &impl Display) -> ApiError {
    let field = if header.is_empty() { "columns".to_owned() } else { format!("columns.{header}") };
    ApiError::invalid(field, why.to_string())
}

pub fn map(import: &mut Import, columns: Vec<MappedColumn>, fields: &CustomFields) -> ApiResult<()> {
    if columns.is_empty() {
        return Ok(());
    }
    let mut changes = Vec::new();
    for column in &columns {
        changes.push((column.header.clone(), column_use(column, fields)?));
    }
    let taken: Vec<ColumnUse> = changes.iter().map(|(_, known)| known.clone()).collect();
    for (header, known) in changes.iter_mut().filter(|(_, known)| *known == ColumnUse::NewField) {
        let named = fields.named(header).map(|field| ColumnUse::Custom(field.key.clone()));
        let others =
            import.columns.iter().filter(|column| columns.iter().all(|one| one.header != column.header));
        let is_free = |wanted: &ColumnUse| {
            !taken.contains(wanted) && others.clone().all(|column| column.column_use() != *wanted)
        };
        *known = named.filter(is_free).unwrap_or(ColumnUse::NewField);
    }
    let mapping = Mapping::of(&import.columns).changed(&changes);
    let mapping = mapping.map_err(|bad| of_column(bad.field(), &bad))?;
    for (column, (_, new)) in import.columns.iter_mut().zip(mapping.columns) {
        column.set_use(new);
    }
    for asked in columns {
        let known = import.columns.iter_mut().find(|column| column.header == asked.header);
        let Some(column) = known else { continue };
        column.no_opt_out = asked.no_opt_out.unwrap_or(column.no_opt_out);
        if let Some(options) = asked.add_options {
            choose_options(column, options, fields)?;
        }
    }
    Ok(())
}

fn column_use(column: &MappedColumn, fields: &CustomFields) -> ApiResult<ColumnUse> {
    match (column.target, column.field.as_deref()) {
        (Some(_), Some(_)) => Err(of_column(&column.header, &"give a target or a field, not both")),
        (target, None) => Ok(target.into()),
        (None, Some(name)) => match fields.named(name) {
            Some(field) => Ok(ColumnUse::Custom(field.key.clone())),
            None => Err(of_column(&column.header, &format!("there is no custom field '{name}'"))),
        },
    }
}

fn choose_options(column: &mut Column, options: Vec<String>, fields: &CustomFields) -> ApiResult<()> {
    let header = column.header.clone();
    column.add_options = options.into_iter().map(|option| option.trim().to_owned()).collect();
    let added = add_chosen_options(column, &mut fields.clone());
    added.map_err(|bad| of_column(&header, &bad))
}
