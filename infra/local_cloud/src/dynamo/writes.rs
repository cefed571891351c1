//! PutItem, UpdateItem and DeleteItem. A failed condition is billed, and returns the item in the way.

use dynoxide::actions::{delete_item as delete, put_item as put, update_item as update};
use dynoxide::types::{item_size, table_write_capacity_units};
use dynoxide::{DynoxideError, Item};

use super::capacity::{asked, write_charges};
use super::errors::request;
use super::{Engine, run};
use crate::ledger::Charge;
use crate::names::table_name;
use crate::wire::{Answer, ServiceError, encode};

/// Defines the three operations, whose requests and responses differ in type only.
macro_rules! write_operation {
    ($name:ident, $module:ident, $request:ident, $key:ident, $new_size:expr) => {
        pub(super) fn $name(engine: &mut Engine, body: &[u8], charges: &mut Vec<Charge>) -> Answer {
            let mut req: $module::$request = request(body)?;
            req.table_name = table_name(&req.table_name).to_owned();
            let wanted = asked(&mut req.return_consumed_capacity);
            let tells = return_old_item(&mut req.return_values_on_condition_check_failure);
            let table = req.table_name.clone();
            let labels = match engine.schemas.of(&engine.storage, &table)? {
                Some(schema) => schema.labels(&req.$key),
                None => (None, None),
            };
            let new_size: Option<usize> = $new_size(&req);
            match run($module::execute(&engine.storage, req)) {
                Ok(mut response) => {
                    write_charges(response.consumed_capacity.as_ref(), &table, labels, charges);
                    wanted.trim(&mut response.consumed_capacity);
                    encode(&response)
                }
                Err(error) => Err(failed(error, tells, new_size, table, labels, charges)),
            }
        }
    };
}

write_operation!(put_item, put, PutItemRequest, item, |req: &put::PutItemRequest| Some(item_size(&req.item)));
write_operation!(update_item, update, UpdateItemRequest, key, |_: &update::UpdateItemRequest| None);
write_operation!(delete_item, delete, DeleteItemRequest, key, |_: &delete::DeleteItemRequest| None);

/// Makes the engine return the item in the way; returns whether the caller wants it.
pub(super) fn return_old_item(mode: &mut Option<String>) -> bool {
    match mode.as_deref() {
        None | Some("NONE") => {
            *mode = Some("ALL_OLD".to_owned());
            false
        }
        _ => true,
    }
}

fn failed(
    error: DynoxideError,
    tells: bool,
    new_size: Option<usize>,
    table: String,
    (partition, sort): (Option<String>, Option<String>),
    charges: &mut Vec<Charge>,
) -> ServiceError {
    let mut error = error;
    if let DynoxideError::ConditionalCheckFailedException(_, old) = &mut error {
        let old_size = old.as_ref().map(|item: &Item| item_size(item));
        charges.push(Charge {
            resource: table,
            partition,
            sort,
            write_units: table_write_capacity_units(old_size, new_size),
            failed_condition: true,
            ..Charge::default()
        });
        if !tells {
            *old = None;
        }
    }
    error.into()
}
