//! Operations on whole tables; names and ARNs are those of this cloud's region.

use dynoxide::actions::vector_lifecycle::VectorIndexLifecycle;
use dynoxide::actions::{
    create_table, delete_table, describe_table, describe_time_to_live, list_tables, update_table,
    update_time_to_live,
};
use dynoxide::streams::{LOCAL_ACCOUNT, LOCAL_REGION};
use serde::Serialize;

use super::errors::request;
use super::{Engine, run, ttl};
use crate::names::{ACCOUNT, REGION};
use crate::wire::{Answer, ServiceError, encode};

pub(super) fn execute(engine: &mut Engine, operation: &str, body: &[u8]) -> Answer {
    let storage = &engine.storage;
    // Vector indexes are not used here: a fresh lifecycle has nothing in progress.
    let vectors = VectorIndexLifecycle::new();
    match operation {
        "CreateTable" => {
            engine.schemas.forget();
            described(&run(create_table::execute(storage, request(body)?))?)
        }
        "UpdateTable" => {
            engine.schemas.forget();
            described(&run(update_table::execute(storage, request(body)?, &vectors))?)
        }
        "DeleteTable" => {
            engine.schemas.forget();
            described(&run(delete_table::execute(storage, request(body)?, &vectors))?)
        }
        "DescribeTable" => described(&run(describe_table::execute(storage, request(body)?, &vectors))?),
        "ListTables" => encode(&run(list_tables::execute(storage, request(body)?))?),
        "UpdateTimeToLive" => {
            let answer = run(update_time_to_live::execute(storage, request(body)?))?;
            ttl::restore_indexes(storage)?;
            encode(&answer)
        }
        "DescribeTimeToLive" => encode(&run(describe_time_to_live::execute(storage, request(body)?))?),
        "DescribeContinuousBackups" | "UpdateContinuousBackups" => encode(&serde_json::json!({
            "ContinuousBackupsDescription": { "ContinuousBackupsStatus": "ENABLED" }
        })),
        _ => Err(ServiceError::bad("UnknownOperationException", format!("{operation} is not served here"))),
    }
}

/// The engine names its own region; callers expect ours.
fn described(answer: &impl Serialize) -> Answer {
    let text = String::from_utf8(encode(answer)?).map_err(ServiceError::internal)?;
    let theirs = format!("arn:aws:dynamodb:{LOCAL_REGION}:{LOCAL_ACCOUNT}:");
    let ours = format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:");
    Ok(text.replace(&theirs, &ours).into_bytes())
}
