//! Expiry of items by the clock: an index finds them, so that a sweep costs only what it deletes.

use dynoxide::actions::delete_item::{DeleteItemRequest, execute as execute_delete};
use dynoxide::storage::Storage;
use dynoxide::{DynoxideError, Item};
use jiff::Timestamp;

use super::{Dynamo, Engine, run};
use crate::wire::ServiceError;

/// The items deleted under one lock of the engine, so that calls get their turn between pages.
const PAGE: usize = 100;

/// Items that expired longer ago than this, five years, are left alone, as DynamoDB leaves them.
const TOO_OLD_SECONDS: i64 = 5 * 365 * 86_400;

/// Marks deletions by expiry in the stream as made by the service.
const MARK_DELETIONS: &str = r#"CREATE TEMP TRIGGER local_expiry AFTER INSERT ON main._stream_records
    BEGIN UPDATE _stream_records
    SET user_identity = '{"type":"Service","principalId":"dynamodb.amazonaws.com"}'
    WHERE id = NEW.id; END"#;

impl Dynamo {
    /// Deletes what has expired; returns how many items.
    pub(crate) fn sweep_ttl(&self) -> Result<usize, ServiceError> {
        let now = self.clock.now();
        let tables: Vec<(String, String)> = expiring_tables(&self.engine().storage)?;
        let mut deleted = 0;
        for (table, attribute) in tables {
            loop {
                let page = self.engine().sweep_page(&table, &attribute, now)?;
                deleted += page;
                if page < PAGE {
                    break;
                }
            }
        }
        Ok(deleted)
    }
}

impl Engine {
    fn sweep_page(&mut self, table: &str, attribute: &str, now: Timestamp) -> Result<usize, ServiceError> {
        let Some(schema) = self.schemas.of(&self.storage, table)? else { return Ok(0) };
        let keys = expired(&self.storage, table, attribute, now)?
            .iter()
            .map(|item| schema.key_of(item))
            .collect::<Vec<_>>();
        if keys.is_empty() {
            return Ok(0);
        }
        self.ends.clear();
        self.storage.conn().execute_batch(MARK_DELETIONS)?;
        let outcome = keys.iter().try_for_each(|key| {
            let request =
                DeleteItemRequest { table_name: table.to_owned(), key: key.clone(), ..Default::default() };
            run(execute_delete(&self.storage, request)).map(|_| ())
        });
        self.storage.conn().execute_batch("DROP TRIGGER temp.local_expiry")?;
        outcome?;
        Ok(keys.len())
    }
}

fn expired(
    storage: &Storage,
    table: &str,
    attribute: &str,
    now: Timestamp,
) -> Result<Vec<Item>, ServiceError> {
    let mut statement = storage.conn().prepare_cached(&expired_query(table, attribute))?;
    let limit = i64::try_from(PAGE).map_err(ServiceError::internal)?;
    let rows = statement
        .query_map(rusqlite::params![now.as_second(), limit, now.as_second() - TOO_OLD_SECONDS], |row| {
            row.get::<_, String>(0)
        })?;
    rows.map(|json| serde_json::from_str(&json?).map_err(ServiceError::internal)).collect()
}

fn expired_query(table: &str, attribute: &str) -> String {
    let seconds = expiry_of(attribute);
    format!(
        "SELECT item_json FROM {} WHERE {seconds} IS NOT NULL AND {seconds} < ?1 AND {seconds} > ?3
         ORDER BY {seconds} LIMIT ?2",
        quoted(table)
    )
}

/// Creates the expiry index of every table that has an expiry attribute.
pub(super) fn restore_indexes(storage: &Storage) -> Result<(), DynoxideError> {
    for (table, attribute) in expiring_tables(storage)? {
        let seconds = expiry_of(&attribute);
        storage.conn().execute_batch(&format!(
            "CREATE INDEX IF NOT EXISTS {} ON {} ({seconds}) WHERE {seconds} IS NOT NULL",
            quoted(&format!("local_expiry::{table}")),
            quoted(&table),
        ))?;
    }
    Ok(())
}

fn expiring_tables(storage: &Storage) -> Result<Vec<(String, String)>, DynoxideError> {
    let tables = storage.list_ttl_enabled_tables()?;
    Ok(tables.into_iter().filter_map(|meta| Some((meta.table_name, meta.ttl_attribute?))).collect())
}

fn expiry_of(attribute: &str) -> String {
    let path = format!("$.\"{attribute}\".N").replace('\'', "''");
    format!("CAST(json_extract(item_json, '{path}') AS INTEGER)")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::expired_query;

    #[test]
    fn sweep_reads_only_expired_items() {
        let (cloud, _) = crate::tests::cloud();
        crate::tests::table(&cloud);
        let engine = cloud.inner.tables.engine();
        let query = format!("EXPLAIN QUERY PLAN {}", expired_query("main", "expires"));
        let mut plan = engine.storage.conn().prepare(&query).unwrap();
        let steps = plan.query_map([0, 0, 0], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        assert!(steps.iter().any(|step| step.contains("local_expiry")), "{steps:?}");
    }
}
