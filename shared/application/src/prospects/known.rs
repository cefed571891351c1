//! Which prospects are leads already: by address, LinkedIn page, or name and company.

use crate::ports::leads::{LeadQuery, LeadRow};
use crate::ports::store::StoreResult;
use crate::prospects::desk::ProspectDesk;
use domain::LeadId;
use domain::lead::data_field::DataField;
use domain::lead::filter::LeadFilter;
use domain::lead::scope::LeadScope;
use domain::lead::segment::{SegmentCondition, SegmentRule, Test};
use domain::prospect::Prospect;
use std::collections::{BTreeMap, BTreeSet};

/// The most leads that are looked at: those of companies with the names of the prospects' ones.
const LOOKED_AT: usize = 5_000;

/// What a prospect was recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// It was added from a search before.
    AddedBefore,
    Email,
    Linkedin,
    /// The name and the company are the same; of a masked name its initial.
    NameAndCompany,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLead {
    pub lead: LeadId,
    pub by: KnownBy,
}

/// Finds the leads that these prospects are, by the prospects' digests.
pub(super) async fn known_leads(
    desk: &ProspectDesk<'_>,
    prospects: &[Prospect],
) -> StoreResult<BTreeMap<String, KnownLead>> {
    let conditions: Vec<SegmentRule> = [
        ("email", DataField::Email),
        ("linkedin", DataField::LinkedinUrl),
        ("company", DataField::CompanyName),
    ]
    .into_iter()
    .filter_map(|(field, of)| condition(field, prospects.iter().filter_map(|one| told(one, of))))
    .collect();
    if conditions.is_empty() {
        return Ok(BTreeMap::new());
    }
    let filter = LeadFilter { rule: Some(SegmentRule::Any(conditions)), ..LeadFilter::default() };
    let mut query = LeadQuery::of(&filter, LOOKED_AT, None, desk.ports.clock.now());
    query.columns = vec!["linkedin".to_owned()];
    let rows = desk.ports.lists.page(&desk.workspace.id, &LeadScope::All, &query).await?.leads;
    let known = prospects.iter().filter_map(|one| Some((one.id.clone(), known_as(one, &rows)?)));
    Ok(known.collect())
}

fn told(prospect: &Prospect, field: DataField) -> Option<&str> {
    prospect.value(field).filter(|_| !prospect.masked.contains(&field))
}

fn condition<'a>(field: &str, values: impl Iterator<Item = &'a str>) -> Option<SegmentRule> {
    let values: BTreeSet<String> = values.map(str::to_owned).collect();
    (!values.is_empty()).then(|| {
        let test = Test::Is(values.into_iter().collect());
        SegmentRule::If(SegmentCondition { field: field.to_owned(), test })
    })
}

fn known_as(prospect: &Prospect, rows: &[LeadRow]) -> Option<KnownLead> {
    let same = |a: Option<&str>, b: Option<&str>| match (a, b) {
        (Some(a), Some(b)) => folded(a) == folded(b),
        _ => false,
    };
    let found = |by, is: &dyn Fn(&LeadRow) -> bool| {
        rows.iter().find(|row| is(row)).map(|row| KnownLead { lead: row.id.clone(), by })
    };
    let linkedin =
        |row: &LeadRow| row.fields.get("linkedin").and_then(|value| value.as_str().map(str::to_owned));
    let company = told(prospect, DataField::CompanyName);
    let name = prospect.value(DataField::FullName);
    let is_masked = prospect.masked.contains(&DataField::FullName);
    found(KnownBy::Email, &|row| same(told(prospect, DataField::Email), row.email.as_deref()))
        .or_else(|| {
            found(KnownBy::Linkedin, &|row| {
                same(told(prospect, DataField::LinkedinUrl), linkedin(row).as_deref())
            })
        })
        .or_else(|| {
            found(KnownBy::NameAndCompany, &|row| {
                let is_name = match name {
                    // A business has no other name.
                    None => row.first_name.is_none() && row.last_name.is_none(),
                    Some(name) => is_name_of(name, is_masked, row),
                };
                is_name && same(company, row.company.as_deref())
            })
        })
}

/// Tells whether a lead has this name; of a masked one the first name and the initial of the last count.
fn is_name_of(name: &str, is_masked: bool, row: &LeadRow) -> bool {
    let (Some(first), Some(last)) = (row.first_name.as_deref(), row.last_name.as_deref()) else {
        return false;
    };
    let full = format!("{first} {last}");
    if !is_masked {
        return folded(name) == folded(&full);
    }
    let mask = |name: &str| domain::prospect::masked_name(name).map(|name| folded(&name));
    mask(name) == mask(&full)
}

/// The form in which two names or addresses are the same.
fn folded(text: &str) -> String {
    let text = text.trim().to_lowercase();
    let text = text.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    text.trim_end_matches('/').split_whitespace().collect::<Vec<_>>().join(" ")
}
