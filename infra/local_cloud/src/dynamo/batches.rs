//! BatchGetItem and BatchWriteItem: each item is billed by itself.

use dynoxide::Item;
use dynoxide::actions::{batch_get_item as getting, batch_write_item as writing};
use dynoxide::types::{item_size, read_capacity_units_with_consistency};

use super::capacity::{asked, item_write};
use super::errors::request;
use super::{Engine, run};
use crate::ledger::Charge;
use crate::names::table_name;
use crate::wire::{Answer, encode};

pub(super) fn batch_get(engine: &mut Engine, body: &[u8], charges: &mut Vec<Charge>) -> Answer {
    let mut req: getting::BatchGetItemRequest = request(body)?;
    req.request_items = by_name(req.request_items);
    let wanted = asked(&mut req.return_consumed_capacity);
    let mut reads = Vec::new();
    for (table, wanted) in &req.request_items {
        let Some(schema) = engine.schemas.of(&engine.storage, table)? else { continue };
        let strong = wanted.consistent_read.unwrap_or(false);
        for key in &wanted.keys {
            let size = schema.stored(&engine.storage, table, key)?.as_ref().map_or(0, item_size);
            let (partition, sort) = schema.labels(key);
            reads.push(Charge {
                resource: table.clone(),
                partition,
                sort,
                read_units: read_capacity_units_with_consistency(size, strong),
                ..Charge::default()
            });
        }
    }
    let mut response = run(getting::execute(&engine.storage, req))?;
    charges.append(&mut reads);
    wanted.trim_all(&mut response.consumed_capacity);
    encode(&response)
}

pub(super) fn batch_write(engine: &mut Engine, body: &[u8], charges: &mut Vec<Charge>) -> Answer {
    let mut req: writing::BatchWriteItemRequest = request(body)?;
    req.request_items = by_name(req.request_items);
    let wanted = asked(&mut req.return_consumed_capacity);
    let mut writes = Vec::new();
    for (table, requests) in &req.request_items {
        let Some(schema) = engine.schemas.of(&engine.storage, table)? else { continue };
        for write in requests {
            let put: Option<&Item> = write.put_request.as_ref().map(|put| &put.item);
            let Some(key) = put.or(write.delete_request.as_ref().map(|delete| &delete.key)) else {
                continue;
            };
            let key = schema.key_of(key);
            let old = schema.stored(&engine.storage, table, &key)?;
            match (&old, put) {
                (None, None) => item_write(&schema, table, Some(&key), None, 1.0, &mut writes),
                _ => item_write(&schema, table, old.as_ref(), put, 1.0, &mut writes),
            }
        }
    }
    let mut response = run(writing::execute(&engine.storage, req))?;
    charges.append(&mut writes);
    wanted.trim_all(&mut response.consumed_capacity);
    encode(&response)
}

fn by_name<T, M: FromIterator<(String, T)> + IntoIterator<Item = (String, T)>>(requests: M) -> M {
    requests.into_iter().map(|(table, value)| (table_name(&table).to_owned(), value)).collect()
}
