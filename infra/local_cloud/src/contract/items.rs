//! Single items: what is put can be read, and what DynamoDB refuses.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ReturnValue};

use super::world::{code, item, key, n, s, some};
use super::{Held, World, checks, same};

checks!(
    "dynamodb",
    every_type_comes_back,
    numbers_keep_38_digits_and_lose_zeros,
    a_put_can_return_what_it_replaced,
    deleting_what_is_not_there_succeeds,
    an_empty_key_is_refused_and_an_empty_attribute_is_not,
    an_item_above_400_kb_is_refused,
    a_missing_table_is_named_so,
    capacity_is_told_by_table_and_index,
    expiry_is_described,
);

async fn every_type_comes_back(world: &World) -> Held {
    let nested = AttributeValue::M([("a".to_owned(), AttributeValue::L(vec![s("x"), n(1)]))].into());
    let put = item(
        "types",
        "1",
        [
            ("text", s("äöü 漢字")),
            ("number", n(42)),
            ("binary", AttributeValue::B(Blob::new([0, 255, 7]))),
            ("flag", AttributeValue::Bool(true)),
            ("nothing", AttributeValue::Null(true)),
            ("map", nested),
            ("strings", AttributeValue::Ss(vec!["one".into()])),
        ],
    );
    world.put(put.clone()).await?;
    same!(world.get("types", "1").await?, Some(put));
    Ok(())
}

async fn numbers_keep_38_digits_and_lose_zeros(world: &World) -> Held {
    let long = "12345678901234567890123456789012345678";
    world.put(item("numbers", "1", [("long", n(long)), ("zeros", n("0001.500"))])).await?;
    let got = some(world.get("numbers", "1").await?, "the item")?;
    same!(got.get("long"), Some(&n(long)));
    same!(got.get("zeros"), Some(&n("1.5")));
    let long = format!("{long}9");
    let refused = world.clients.dynamodb.put_item().table_name(&world.table);
    let refused = refused.set_item(Some(item("numbers", "2", [("long", n(long))]))).send().await;
    same!(code(&refused), "ValidationException");
    Ok(())
}

async fn a_put_can_return_what_it_replaced(world: &World) -> Held {
    world.put(item("replace", "1", [("v", n(1))])).await?;
    let put = world.clients.dynamodb.put_item().table_name(&world.table);
    let put = put.set_item(Some(item("replace", "1", [("v", n(2))]))).return_values(ReturnValue::AllOld);
    same!(put.send().await?.attributes, Some(item("replace", "1", [("v", n(1))])));
    Ok(())
}

async fn deleting_what_is_not_there_succeeds(world: &World) -> Held {
    let delete = world.clients.dynamodb.delete_item().table_name(&world.table);
    let deleted =
        delete.set_key(Some(key("nothing", "here"))).return_values(ReturnValue::AllOld).send().await?;
    same!(deleted.attributes, None);
    Ok(())
}

async fn an_empty_key_is_refused_and_an_empty_attribute_is_not(world: &World) -> Held {
    world.put(item("empty", "1", [("text", s(""))])).await?;
    let put = world.clients.dynamodb.put_item().table_name(&world.table);
    same!(code(&put.set_item(Some(key("", "1"))).send().await), "ValidationException");
    let put = world.clients.dynamodb.put_item().table_name(&world.table);
    let empty_set = item("empty", "2", [("set", AttributeValue::Ss(Vec::new()))]);
    same!(code(&put.set_item(Some(empty_set)).send().await), "ValidationException");
    Ok(())
}

async fn an_item_above_400_kb_is_refused(world: &World) -> Held {
    let put = |bytes: usize| {
        let big = item("big", "1", [("body", s("x".repeat(bytes)))]);
        world.clients.dynamodb.put_item().table_name(&world.table).set_item(Some(big)).send()
    };
    same!(code(&put(400 * 1024 - 20).await), "success");
    same!(code(&put(400 * 1024).await), "ValidationException");
    Ok(())
}

async fn a_missing_table_is_named_so(world: &World) -> Held {
    let get = world.clients.dynamodb.get_item().table_name(world.name("missing"));
    same!(code(&get.set_key(Some(key("a", "b"))).send().await), "ResourceNotFoundException");
    Ok(())
}

async fn capacity_is_told_by_table_and_index(world: &World) -> Held {
    let indexed = [("body", s("x".repeat(1_500))), ("gpk", s("capacity")), ("gsk", s("1"))];
    let put = world.clients.dynamodb.put_item().table_name(&world.table);
    let put = put.set_item(Some(item("capacity", "1", indexed)));
    let told = put.return_consumed_capacity(ReturnConsumedCapacity::Indexes).send().await?.consumed_capacity;
    let told = some(told, "the consumed capacity")?;
    same!(told.capacity_units, Some(3.0));
    same!(told.table.and_then(|table| table.capacity_units), Some(2.0));
    let read = world.clients.dynamodb.get_item().table_name(&world.table);
    let read = read.set_key(Some(key("capacity", "1")));
    let told = read.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await?.consumed_capacity;
    same!(told.and_then(|told| told.capacity_units), Some(0.5));
    Ok(())
}

async fn expiry_is_described(world: &World) -> Held {
    let told = world.clients.dynamodb.describe_time_to_live().table_name(&world.table).send().await?;
    let told = some(told.time_to_live_description, "the description")?;
    same!(told.attribute_name.as_deref(), Some("expires"));
    Ok(())
}
