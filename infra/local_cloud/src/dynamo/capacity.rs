//! Capacity as AWS bills it: 1 KB steps for writes, 4 KB for reads, indexes if what they carry changes.

use dynoxide::types::{ConsumedCapacity, item_size, table_write_capacity_units, write_capacity_units};
use dynoxide::{AttributeValue, Item};

use super::schema::{Index, Schema};
use crate::ledger::Charge;

/// Makes the engine return the breakdown, unless the caller asked for something that the engine must refuse.
pub(super) fn asked(mode: &mut Option<String>) -> Asked {
    let asked = match mode.as_deref() {
        None | Some("NONE") => Asked::Nothing,
        Some("TOTAL") => Asked::Total,
        Some("INDEXES") => Asked::Indexes,
        Some(_) => return Asked::Nonsense,
    };
    *mode = Some("INDEXES".to_owned());
    asked
}

/// The level of detail about capacity that the caller asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Nothing,
    Total,
    Indexes,
    Nonsense,
}

impl Asked {
    /// Leaves in the answer what the caller asked for.
    pub(super) fn trim(self, consumed: &mut Option<ConsumedCapacity>) {
        match (self, consumed.as_mut()) {
            (Self::Nothing, _) => *consumed = None,
            (Self::Total, Some(capacity)) => trim_to_total(capacity),
            _ => {}
        }
    }

    pub(super) fn trim_all(self, consumed: &mut Option<Vec<ConsumedCapacity>>) {
        match (self, consumed.as_mut()) {
            (Self::Nothing, _) => *consumed = None,
            (Self::Total, Some(tables)) => tables.iter_mut().for_each(trim_to_total),
            _ => {}
        }
    }
}

fn trim_to_total(capacity: &mut ConsumedCapacity) {
    capacity.table = None;
    capacity.global_secondary_indexes = None;
    capacity.local_secondary_indexes = None;
}

/// Charges of one write from the engine's breakdown: the table, then each index that changed.
pub(super) fn write_charges(
    consumed: Option<&ConsumedCapacity>,
    table: &str,
    labels: (Option<String>, Option<String>),
    charges: &mut Vec<Charge>,
) {
    let Some(consumed) = consumed else { return };
    let (partition, sort) = labels;
    let of_table = consumed.table.as_ref().map_or(consumed.capacity_units, |t| t.capacity_units);
    let indexes = [&consumed.global_secondary_indexes, &consumed.local_secondary_indexes];
    let base = Charge { partition, sort, ..Charge::default() };
    charges.push(Charge { resource: table.to_owned(), write_units: of_table, ..base.clone() });
    for (name, detail) in indexes.into_iter().flatten().flatten() {
        charges.push(Charge {
            resource: format!("{table}/{name}"),
            partition: None,
            write_units: detail.capacity_units,
            ..base.clone()
        });
    }
}

/// Charges of one write from the item before and after it. A transaction doubles the table's part only.
pub(super) fn item_write(
    schema: &Schema,
    table: &str,
    old: Option<&Item>,
    new: Option<&Item>,
    factor: f64,
    charges: &mut Vec<Charge>,
) {
    let Some(labelled) = new.or(old) else { return };
    let (partition, sort) = schema.labels(labelled);
    let units = table_write_capacity_units(old.map(item_size), new.map(item_size));
    charges.push(Charge {
        resource: table.to_owned(),
        partition,
        sort: sort.clone(),
        write_units: units * factor,
        ..Charge::default()
    });
    for index in &schema.indexes {
        let write_units = index_write(schema, index, old, new);
        if write_units > 0.0 {
            let resource = format!("{table}/{}", index.name);
            charges.push(Charge { resource, sort: sort.clone(), write_units, ..Charge::default() });
        }
    }
}

/// Charges nothing if the entry stays equal, and two writes if its key moves.
fn index_write(schema: &Schema, index: &Index, old: Option<&Item>, new: Option<&Item>) -> f64 {
    let entry = |item: Option<&Item>| item.and_then(|item| Entry::of(schema, index, item));
    match (entry(old), entry(new)) {
        (None, None) => 0.0,
        (None, Some(entry)) | (Some(entry), None) => entry.units,
        (Some(a), Some(b)) if a.key != b.key => a.units + b.units,
        (Some(a), Some(b)) if a.carried == b.carried => 0.0,
        (Some(a), Some(b)) => a.units.max(b.units),
    }
}

struct Entry {
    key: Vec<Option<AttributeValue>>,
    carried: Item,
    units: f64,
}

impl Entry {
    /// `None` if the item lacks a key of the index, which is sparse.
    fn of(schema: &Schema, index: &Index, item: &Item) -> Option<Self> {
        let names: Vec<&String> = std::iter::once(&index.hash).chain(&index.range).collect();
        let key: Vec<_> = names.iter().map(|name| item.get(*name).cloned()).collect();
        if key.iter().any(Option::is_none) {
            return None;
        }
        let is_key = |name: &String| {
            names.contains(&name) || *name == schema.hash || schema.range.as_ref() == Some(name)
        };
        let carries = |name: &String| {
            is_key(name) || index.carried.as_ref().is_none_or(|carried| carried.contains(name))
        };
        let carried: Item = item
            .iter()
            .filter(|(name, _)| carries(name))
            .map(|(name, value)| (name.clone(), in_order(value)))
            .collect();
        Some(Self { units: write_capacity_units(item_size(&carried)), key, carried })
    }
}

/// Sorts sets, which compare without order.
pub(super) fn in_order(value: &AttributeValue) -> AttributeValue {
    let mut value = value.clone();
    match &mut value {
        AttributeValue::SS(members) | AttributeValue::NS(members) => members.sort(),
        AttributeValue::BS(members) => members.sort(),
        AttributeValue::L(list) => list.iter_mut().for_each(|v| *v = in_order(v)),
        AttributeValue::M(map) => map.values_mut().for_each(|v| *v = in_order(v)),
        _ => {}
    }
    value
}
