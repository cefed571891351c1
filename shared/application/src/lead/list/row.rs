//! A row of the columns as a list shows it.

use crate::ports::leads::LeadRow;
use domain::contact::country::Country;
use domain::{CampaignId, UserId};
use jiff::Timestamp;
use lead_columns::{Row, TextField};
use ulid::Ulid;

pub(super) fn lead_row(row: Row<'_>, as_of: Timestamp) -> LeadRow {
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
    }
}
