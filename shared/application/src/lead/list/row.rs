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
        stage_since: row.stage_since(),
        lost_reason: row.lost_reason(),
        priority: row.priority(),
        do_not_contact: row.do_not_contact(),
        possible_opt_out: row.possible_opt_out(),
        owner: row.owner().and_then(|ulid| Ulid::from_string(ulid).ok()).map(UserId::new),
        tags: row.tags().map(str::to_owned).collect(),
        score: row.score(as_of),
        temperature: row.temperature(as_of),
        temperature_of_score: row.temperature_of_score(as_of),
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
        // The fit is computed with the page, for all of its rows.
        ListField::Fit(_) => None,
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

/// Returns what a row has in any field, as users read it; none where it has nothing.
pub(super) fn shown_text(
    row: Row<'_>,
    name: &str,
    as_of: Timestamp,
    fields: &CustomFields,
) -> Option<String> {
    let listed = |texts: Vec<&str>| (!texts.is_empty()).then(|| texts.join(", "));
    let day = |at: Timestamp| domain::lead::segment::day_of(at).to_string();
    match ListField::named(name, fields)? {
        ListField::Fit(_) => None,
        ListField::Custom(field) => row.custom(&field.key).map(str::to_owned),
        ListField::Fixed(_) => match name {
            "name" => Some(row.name().into_owned()),
            "company_domain" => {
                row.text(TextField::Email).and_then(lead_columns::company_domain).map(str::to_owned)
            }
            "rating" => row.rating().map(|rating| rating.to_string()),
            "reviews" => row.reviews().map(|reviews| reviews.to_string()),
            "score" => Some(row.score(as_of).to_string()),
            "status" => code(row.status()),
            "stage_since" => Some(day(row.stage_since())),
            "lost_reason" => row.lost_reason().and_then(code),
            "temperature" => code(row.temperature(as_of)),
            "priority" => code(row.priority()),
            "do_not_contact" => Some(if row.do_not_contact() { "yes" } else { "no" }.to_owned()),
            "possible_opt_out" => Some(if row.possible_opt_out() { "yes" } else { "no" }.to_owned()),
            "owner" => row.owner().map(str::to_owned),
            "tag" => listed(row.tags().collect()),
            "campaign" => listed(row.active().collect()),
            "created" => Some(day(row.created())),
            "updated" => Some(day(row.updated())),
            "follow_up" => row.follow_up().map(day),
            "last_contacted" => row.last_contacted().map(day),
            _ => row.text(TextField::named(name)?).map(str::to_owned),
        },
    }
}

/// Returns a code as rules and requests spell it.
fn code(value: impl serde::Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

/// Returns a stored value as a column shows it. A number that cannot be read stays the text that it is.
fn custom_value(text: &str, kind: &FieldKind) -> Value {
    match kind {
        FieldKind::Number => text.parse::<Number>().map_or_else(|_| Value::from(text), Value::Number),
        FieldKind::Choices { .. } => text.split("; ").collect(),
        _ => Value::from(text),
    }
}
