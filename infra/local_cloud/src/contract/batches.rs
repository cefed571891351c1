//! Batches: their limits, and that they are no transactions.

use aws_sdk_dynamodb::types::{DeleteRequest, KeysAndAttributes, PutRequest, WriteRequest};

use super::world::{Item, code, item, key, n, some};
use super::{Difference, Held, World, checks, same};

checks!(
    "dynamodb",
    a_batch_writes_and_deletes_up_to_25,
    a_batch_names_no_item_twice,
    a_batch_gets_what_is_there_up_to_100,
);

fn put(item: Item) -> Result<WriteRequest, Difference> {
    let put = PutRequest::builder().set_item(Some(item)).build()?;
    Ok(WriteRequest::builder().put_request(put).build())
}

async fn a_batch_writes_and_deletes_up_to_25(world: &World) -> Held {
    world.put(item("batch", "old", [])).await?;
    let mut requests = Vec::new();
    for number in 0..24 {
        requests.push(put(item("batch", &format!("{number:02}"), [("v", n(number))]))?);
    }
    let delete = DeleteRequest::builder().set_key(Some(key("batch", "old"))).build()?;
    requests.push(WriteRequest::builder().delete_request(delete).build());
    let write = |requests: Vec<WriteRequest>| {
        world.clients.dynamodb.batch_write_item().request_items(&world.table, requests).send()
    };
    let written = write(requests.clone()).await?;
    same!(written.unprocessed_items.unwrap_or_default().len(), 0);
    same!(world.get("batch", "23").await?.is_some(), true);
    same!(world.get("batch", "old").await?, None);
    requests.push(put(item("batch", "one more", []))?);
    same!(code(&write(requests).await), "ValidationException");
    Ok(())
}

async fn a_batch_names_no_item_twice(world: &World) -> Held {
    let twice = vec![put(item("batch", "twice", []))?, put(item("batch", "twice", []))?];
    let refused = world.clients.dynamodb.batch_write_item().request_items(&world.table, twice).send().await;
    same!(code(&refused), "ValidationException");
    Ok(())
}

async fn a_batch_gets_what_is_there_up_to_100(world: &World) -> Held {
    world.put(item("batch", "got", [])).await?;
    let get = |count: usize| {
        let mut keys = vec![key("batch", "got")];
        keys.extend((1..count).map(|number| key("batch", &format!("missing {number}"))));
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).build();
        wanted
            .map(|wanted| world.clients.dynamodb.batch_get_item().request_items(&world.table, wanted).send())
    };
    let got = get(100)?.await?;
    let found = some(got.responses, "the answer")?.remove(&world.table).unwrap_or_default();
    same!(found, [key("batch", "got")]);
    same!(code(&get(101)?.await), "ValidationException");
    Ok(())
}
