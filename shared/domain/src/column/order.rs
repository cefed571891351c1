//! The order in which columns fill a lead: whatever a column rests on is filled before it. A circle has no order.

use crate::column::LeadColumn;
use crate::column::recipe::Recipe;
use crate::lead::data_field::DataField;
use std::collections::BTreeSet;

/// Columns that rest on each other, by name, in their order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("closes a circle: {}", .0.join(" → "))]
pub struct Circle(pub Vec<String>);

/// Puts columns in the order in which they are filled, or tells the circle that they form.
pub fn ordered(columns: &[LeadColumn]) -> Result<Vec<&LeadColumn>, Circle> {
    let mut waiting: Vec<&LeadColumn> = columns.iter().collect();
    waiting.sort_by_key(|column| (rank(column), column.created_at, column.id.clone()));
    let needs: Vec<(&LeadColumn, BTreeSet<String>)> =
        waiting.iter().map(|column| (*column, column.rests_on())).collect();
    let mut done: Vec<&LeadColumn> = Vec::with_capacity(needs.len());
    let mut left: Vec<&(&LeadColumn, BTreeSet<String>)> = needs.iter().collect();
    while !left.is_empty() {
        let open: BTreeSet<String> = left.iter().map(|(column, _)| column.target.name()).collect();
        let Some(next) = left.iter().position(|(_, needed)| needed.is_disjoint(&open)) else {
            return Err(circle_in(&left));
        };
        done.push(left.remove(next).0);
    }
    Ok(done)
}

/// Follows what columns rest on until one comes again.
fn circle_in(left: &[&(&LeadColumn, BTreeSet<String>)]) -> Circle {
    let mut path: Vec<&(&LeadColumn, BTreeSet<String>)> = vec![left[0]];
    loop {
        let (_, needed) = path[path.len() - 1];
        let next = left.iter().find(|(column, _)| needed.contains(&column.target.name()));
        let Some(next) = next else {
            return Circle(path.iter().map(|(column, _)| column.name.clone()).collect());
        };
        if let Some(start) = path.iter().position(|(column, _)| column.id == next.0.id) {
            let mut names: Vec<String> =
                path[start..].iter().map(|(column, _)| column.name.clone()).collect();
            names.push(next.0.name.clone());
            return Circle(names);
        }
        path.push(next);
    }
}

/// Returns the place of a column among those that do not name each other: a company's website is found before it is
/// crawled for an address.
fn rank(column: &LeadColumn) -> u8 {
    match &column.recipe {
        Recipe::Lookup { .. } => 0,
        Recipe::Enrichment { field, .. } => match field {
            DataField::CompanyName => 1,
            DataField::CompanyWebsite => 2,
            DataField::LinkedinUrl | DataField::CompanyLinkedinUrl | DataField::FullName => 3,
            DataField::Email => 4,
            _ => 5,
        },
        Recipe::Webhook(_) | Recipe::Actor { .. } => 6,
        Recipe::Ai { .. } => 7,
        Recipe::Formula { .. } => 8,
    }
}
