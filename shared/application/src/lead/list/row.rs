//! A row of the columns as a list shows it.

use crate::ports::leads::LeadRow;
use domain::contact::country::Country;
use domain::lead::custom_field::{CustomFields, FieldKind};
use domain::lead::segment::ListField;
use domain::{CampaignId, UserId};
use jiff::Timestamp;
use lead_columns::{Row, TextField};
use serde_json::{Number, Value};
use ulid::Ulid;

pub(super) fn lead_row(row: Row<'_>, as_of: Timestamp, columns: &[String], fields: &CustomFields) -> LeadRow {
    let text = |field: TextField| row.text(field).map(str::to_owned);
    LeadRow {
        id: row.id(),
        name: row.name().into_owned(),
        first_name: text(TextField::FirstName),
        last_name: text(TextField::LastName),
        company: text(TextField::Company),
        email: text(TextField::Email),
        phone: text(TextField::Phone),
        city: text(TextField::City),
        country: row.text(TextField::Country).and_then(Country::parse),
        category: text(TextField::Category),
        zone: text(TextField::TimeZone),
        status: row.status(),
        priority: row.priority(),
        do_not_contact: row.do_not_contact(),
        owner: row.owner().and_then(|ulid| Ulid::from_string(ulid).ok()).map(UserId::new),
        tags: row.tags().map(str::to_owned).collect(),
        score: row.score(as_of),
        temperature: row.temperature(as_of),
        announced_temperature: row.announced_temperature(),
        active: row.active().filter_map(|ulid| Ulid::from_string(ulid).ok()).map(CampaignId::new).collect(),
        follow_up_at: row.follow_up(),
        last_contacted_at: row.last_contacted(),
        created_at: row.created(),
        updated_at: row.updated(),
        rev: row.rev(),
        fields: columns
            .iter()
            .filter_map(|column| Some((column.clone(), value_of(row, column, fields)?)))
            .collect(),
    }
}

/// Returns the value of a field that rows do not show anyway; none where the lead has none.
fn value_of(row: Row<'_>, column: &str, fields: &CustomFields) -> Option<Value> {
    match ListField::named(column, fields)? {
        ListField::Custom(field) => Some(custom_value(row.custom(&field.key)?, &field.kind)),
        ListField::Fixed(_) => match column {
            "rating" => row.rating().map(Value::from),
            "reviews" => row.reviews().map(Value::from),
            "first_name" | "last_name" | "job_title" | "website" | "linkedin" | "address" | "source" => {
                row.text(TextField::named(column)?).map(Value::from)
            }
            _ => None,
        },
    }
}

/// Returns a stored value as a column shows it. A number that cannot be read stays the text that it is.
fn custom_value(text: &str, kind: &FieldKind) -> Value {
    match kind {
        FieldKind::Number => text.parse::<Number>().map_or_else(|_| Value::from(text), Value::Number),
        FieldKind::Choices { .. } => text.split("; ").collect(),
        _ => Value::from(text),
    }
}
