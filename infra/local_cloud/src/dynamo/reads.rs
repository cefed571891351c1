//! GetItem, Query and Scan.

use dynoxide::actions::{get_item as get, query as querying, scan as scanning};
use dynoxide::types::ConsumedCapacity;

use super::capacity::asked;
use super::errors::request;
use super::{Engine, run, schema};
use crate::ledger::Charge;
use crate::names::table_name;
use crate::wire::{Answer, encode};

pub(super) fn get_item(engine: &mut Engine, body: &[u8], charges: &mut Vec<Charge>) -> Answer {
    let mut req: get::GetItemRequest = request(body)?;
    req.table_name = table_name(&req.table_name).to_owned();
    let wanted = asked(&mut req.return_consumed_capacity);
    let table = req.table_name.clone();
    let labels = match engine.schemas.of(&engine.storage, &table)? {
        Some(schema) => schema.labels(&req.key),
        None => (None, None),
    };
    let mut response = run(get::execute(&engine.storage, req))?;
    read_charge(response.consumed_capacity.as_ref(), table, labels, charges);
    wanted.trim(&mut response.consumed_capacity);
    encode(&response)
}

pub(super) fn query(engine: &mut Engine, body: &[u8], charges: &mut Vec<Charge>) -> Answer {
    let mut req: querying::QueryRequest = request(body)?;
    req.table_name = table_name(&req.table_name).to_owned();
    let wanted = asked(&mut req.return_consumed_capacity);
    let resource = resource(&req.table_name, req.index_name.as_deref());
    let labels = condition_labels(&req);
    let mut response = run(querying::execute(&engine.storage, req))?;
    read_charge(response.consumed_capacity.as_ref(), resource, labels, charges);
    wanted.trim(&mut response.consumed_capacity);
    encode(&response)
}

pub(super) fn scan(engine: &mut Engine, body: &[u8], charges: &mut Vec<Charge>) -> Answer {
    let mut req: scanning::ScanRequest = request(body)?;
    req.table_name = table_name(&req.table_name).to_owned();
    let wanted = asked(&mut req.return_consumed_capacity);
    let resource = resource(&req.table_name, req.index_name.as_deref());
    let mut response = run(scanning::execute(&engine.storage, req))?;
    read_charge(response.consumed_capacity.as_ref(), resource, (None, None), charges);
    wanted.trim(&mut response.consumed_capacity);
    encode(&response)
}

fn resource(table: &str, index: Option<&str>) -> String {
    index.map_or_else(|| table.to_owned(), |index| format!("{table}/{index}"))
}

fn read_charge(
    consumed: Option<&ConsumedCapacity>,
    resource: String,
    (partition, sort): (Option<String>, Option<String>),
    charges: &mut Vec<Charge>,
) {
    let read_units = consumed.map_or(0.0, |capacity| capacity.capacity_units);
    charges.push(Charge { resource, partition, sort, read_units, ..Charge::default() });
}

/// The values a key condition names: the partition key is the first, the sort key's the second.
fn condition_labels(req: &querying::QueryRequest) -> (Option<String>, Option<String>) {
    let (Some(condition), Some(values)) = (&req.key_condition_expression, &req.expression_attribute_values)
    else {
        return (None, None);
    };
    let mut labels = condition
        .split(|c: char| !(c.is_alphanumeric() || c == ':' || c == '_'))
        .filter(|word| word.starts_with(':'))
        .filter_map(|word| values.get(word).map(schema::label));
    (labels.next(), labels.next())
}
