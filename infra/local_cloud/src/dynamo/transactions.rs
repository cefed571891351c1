//! TransactWriteItems and TransactGetItems: all or nothing, billed twice, repeatable by token.

use dynoxide::actions::transact_get_items::{TransactGetItemsRequest, execute as execute_get};
use dynoxide::actions::transact_write_items::{
    TransactWriteItem, TransactWriteItemsRequest, TransactWriteItemsResponse, execute as execute_write,
};
use dynoxide::types::{item_size, read_capacity_units, table_write_capacity_units};
use dynoxide::{DynoxideError, Item};
use jiff::Timestamp;

use super::capacity::{asked, item_write};
use super::errors::request;
use super::tokens::Known;
use super::writes::return_old_item;
use super::{Engine, run};
use crate::ledger::Charge;
use crate::names::table_name;
use crate::wire::{Answer, ServiceError, encode};

/// A transaction costs two underlying operations an item.
const FACTOR: f64 = 2.0;

pub(super) fn transact_write(
    engine: &mut Engine,
    now: Timestamp,
    body: &[u8],
    charges: &mut Vec<Charge>,
) -> Answer {
    let mut req: TransactWriteItemsRequest = request(body)?;
    let token = req.client_request_token.take();
    if let Some(token) = &token {
        match engine.tokens.look_up(token, now, body)? {
            Known::Repeated => {
                replay_charges(engine, &req, charges)?;
                return encode(&TransactWriteItemsResponse::default());
            }
            Known::New => {}
        }
    }
    let wanted = asked(&mut req.return_consumed_capacity);
    let mut told = Vec::new();
    let mut before = Vec::new();
    for action in &mut req.transact_items {
        told.push(prepare(action));
        before.push(Touched::find(engine, action)?);
    }
    match run(execute_write(&engine.storage, req)) {
        Ok(mut response) => {
            for touched in before.into_iter().flatten() {
                touched.charge(engine, charges)?;
            }
            if let Some(token) = token {
                engine.tokens.remember(token, now, body);
            }
            wanted.trim_all(&mut response.consumed_capacity);
            encode(&response)
        }
        Err(error) => {
            if matches!(error, DynoxideError::TransactionCanceledException(..)) {
                before.iter().flatten().for_each(|touched| touched.charge_cancelled(charges));
            }
            Err(hide_unrequested_items(error, &told))
        }
    }
}

pub(super) fn transact_get(engine: &mut Engine, body: &[u8], charges: &mut Vec<Charge>) -> Answer {
    let mut req: TransactGetItemsRequest = request(body)?;
    let wanted = asked(&mut req.return_consumed_capacity);
    let mut reads = Vec::new();
    for item in &mut req.transact_items {
        item.get.table_name = table_name(&item.get.table_name).to_owned();
        let Some(schema) = engine.schemas.of(&engine.storage, &item.get.table_name)? else { continue };
        let stored = schema.stored(&engine.storage, &item.get.table_name, &item.get.key)?;
        let (partition, sort) = schema.labels(&item.get.key);
        reads.push(Charge {
            resource: item.get.table_name.clone(),
            partition,
            sort,
            read_units: FACTOR * read_capacity_units(stored.as_ref().map_or(0, item_size)),
            ..Charge::default()
        });
    }
    let mut response = run(execute_get(&engine.storage, req))?;
    charges.append(&mut reads);
    wanted.trim_all(&mut response.consumed_capacity);
    encode(&response)
}

/// The state of one item before a transaction.
struct Touched {
    table: String,
    key: Item,
    labels: (Option<String>, Option<String>),
    old: Option<Item>,
    new_size: Option<usize>,
    writes: bool,
}

impl Touched {
    fn find(engine: &mut Engine, action: &TransactWriteItem) -> Result<Option<Self>, ServiceError> {
        let (table, attributes, writes) = match action {
            TransactWriteItem { put: Some(put), .. } => (&put.table_name, &put.item, true),
            TransactWriteItem { update: Some(update), .. } => (&update.table_name, &update.key, true),
            TransactWriteItem { delete: Some(delete), .. } => (&delete.table_name, &delete.key, true),
            TransactWriteItem { condition_check: Some(c), .. } => (&c.table_name, &c.key, false),
            _ => return Ok(None),
        };
        let Some(schema) = engine.schemas.of(&engine.storage, table)? else { return Ok(None) };
        let key = schema.key_of(attributes);
        let old = schema.stored(&engine.storage, table, &key)?;
        let new_size = action.put.as_ref().map(|put| item_size(&put.item));
        let labels = schema.labels(&key);
        Ok(Some(Self { table: table.clone(), key, labels, old, new_size, writes }))
    }

    fn charge(self, engine: &mut Engine, charges: &mut Vec<Charge>) -> Result<(), ServiceError> {
        let Some(schema) = engine.schemas.of(&engine.storage, &self.table)? else { return Ok(()) };
        if !self.writes {
            self.charge_cancelled(charges);
            return Ok(());
        }
        let new = schema.stored(&engine.storage, &self.table, &self.key)?;
        match (&self.old, &new) {
            (None, None) => item_write(&schema, &self.table, Some(&self.key), None, FACTOR, charges),
            (old, new) => item_write(&schema, &self.table, old.as_ref(), new.as_ref(), FACTOR, charges),
        }
        Ok(())
    }

    /// Charges a check, or an item of a refused transaction, by the stored item.
    fn charge_cancelled(&self, charges: &mut Vec<Charge>) {
        let units = table_write_capacity_units(self.old.as_ref().map(item_size), self.new_size);
        let (partition, sort) = self.labels.clone();
        charges.push(Charge {
            resource: self.table.clone(),
            partition,
            sort,
            write_units: FACTOR * units,
            failed_condition: self.writes,
            ..Charge::default()
        });
    }
}

/// Charges the repetition of a token as reads; it is answered from memory.
fn replay_charges(
    engine: &mut Engine,
    req: &TransactWriteItemsRequest,
    charges: &mut Vec<Charge>,
) -> Result<(), ServiceError> {
    for action in &req.transact_items {
        if let Some(touched) = Touched::find(engine, action)? {
            let size = touched.old.as_ref().map_or(0, item_size);
            let (partition, sort) = touched.labels;
            charges.push(Charge {
                resource: touched.table,
                partition,
                sort,
                read_units: FACTOR * read_capacity_units(size),
                ..Charge::default()
            });
        }
    }
    Ok(())
}

/// Replaces ARNs by table names and asks for the item in the way; returns whether the caller wants it.
fn prepare(action: &mut TransactWriteItem) -> bool {
    let (table, tells) = match action {
        TransactWriteItem { put: Some(a), .. } => {
            (&mut a.table_name, &mut a.return_values_on_condition_check_failure)
        }
        TransactWriteItem { update: Some(a), .. } => {
            (&mut a.table_name, &mut a.return_values_on_condition_check_failure)
        }
        TransactWriteItem { delete: Some(a), .. } => {
            (&mut a.table_name, &mut a.return_values_on_condition_check_failure)
        }
        TransactWriteItem { condition_check: Some(a), .. } => {
            (&mut a.table_name, &mut a.return_values_on_condition_check_failure)
        }
        _ => return true,
    };
    *table = table_name(table).to_owned();
    return_old_item(tells)
}

fn hide_unrequested_items(mut error: DynoxideError, told: &[bool]) -> ServiceError {
    if let DynoxideError::TransactionCanceledException(_, reasons) = &mut error {
        for (reason, told) in reasons.iter_mut().zip(told) {
            if !told {
                reason.item = None;
            }
        }
    }
    error.into()
}
