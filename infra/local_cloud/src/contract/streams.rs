//! The table's stream: each change once, in order, with both images.

use std::collections::HashMap;

use aws_sdk_dynamodbstreams::types::{AttributeValue, Record, ShardIteratorType};

use super::world::{item, key, n, some};
use super::{Difference, Held, World, checks, same};

checks!("streams", changes_come_in_order_with_both_images, a_write_that_changes_nothing_leaves_no_record);

/// The records of one partition, from the start of the stream.
async fn records(world: &World, pk: &str) -> Result<Vec<Record>, Difference> {
    let streams = &world.clients.streams;
    let listed = streams.list_streams().table_name(&world.table).send().await?.streams.unwrap_or_default();
    let arn = some(listed.into_iter().find_map(|stream| stream.stream_arn), "the stream")?;
    let described = streams.describe_stream().stream_arn(&arn).send().await?.stream_description;
    let shards = some(described, "the stream")?.shards.unwrap_or_default();
    let mut found = Vec::new();
    for shard in shards.into_iter().filter_map(|shard| shard.shard_id) {
        let iterator = streams.get_shard_iterator().stream_arn(&arn).shard_id(shard);
        let iterator = iterator.shard_iterator_type(ShardIteratorType::TrimHorizon).send().await?;
        let mut next = iterator.shard_iterator;
        for _ in 0..20 {
            let Some(iterator) = next else { break };
            let page = streams.get_records().shard_iterator(iterator).send().await?;
            next = page.next_shard_iterator;
            let page = page.records.unwrap_or_default();
            let done = page.is_empty();
            found.extend(page);
            if done {
                break;
            }
        }
    }
    let of_partition = |record: &Record| {
        let keys = record.dynamodb.as_ref().and_then(|change| change.keys.as_ref());
        keys.and_then(|keys| keys.get("pk")) == Some(&AttributeValue::S(pk.to_owned()))
    };
    found.retain(of_partition);
    Ok(found)
}

fn value(image: Option<&HashMap<String, AttributeValue>>) -> Option<String> {
    image?.get("v")?.as_n().ok().cloned()
}

async fn changes_come_in_order_with_both_images(world: &World) -> Held {
    world.put(item("stream", "1", [("v", n(1))])).await?;
    world.put(item("stream", "1", [("v", n(2))])).await?;
    let delete = world.clients.dynamodb.delete_item().table_name(&world.table);
    delete.set_key(Some(key("stream", "1"))).send().await?;
    let mut changes = Vec::new();
    for record in records(world, "stream").await? {
        let change = some(record.dynamodb, "the change")?;
        let name = record.event_name.map(|name| name.as_str().to_owned()).unwrap_or_default();
        changes.push((name, value(change.old_image.as_ref()), value(change.new_image.as_ref())));
    }
    let text = |text: &str| Some(text.to_owned());
    same!(
        changes,
        [
            ("INSERT".to_owned(), None, text("1")),
            ("MODIFY".to_owned(), text("1"), text("2")),
            ("REMOVE".to_owned(), text("2"), None),
        ]
    );
    Ok(())
}

async fn a_write_that_changes_nothing_leaves_no_record(world: &World) -> Held {
    world.put(item("stream same", "1", [("v", n(1))])).await?;
    world.put(item("stream same", "1", [("v", n(1))])).await?;
    same!(records(world, "stream same").await?.len(), 1);
    Ok(())
}
