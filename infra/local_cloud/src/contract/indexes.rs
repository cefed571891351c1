//! The global index: sparse, keys only, following its items.

use super::world::{Item, code, item, key, n, s};
use super::{Difference, Held, World, checks, same};

checks!(
    "dynamodb",
    an_index_holds_keys_only_and_items_with_its_keys_only,
    an_item_moves_in_the_index_with_its_keys,
    an_index_refuses_consistent_reads,
);

async fn group(world: &World, gpk: &str, expected: usize) -> Result<Vec<Item>, Difference> {
    let mut items = Vec::new();
    for _ in 0..10 {
        let query = world.clients.dynamodb.query().table_name(&world.table).index_name("by_group");
        let query = query.key_condition_expression("gpk = :g").expression_attribute_values(":g", s(gpk));
        items = query.send().await?.items.unwrap_or_default();
        if items.len() == expected {
            break;
        }
        world.let_pass(1).await;
    }
    Ok(items)
}

async fn an_index_holds_keys_only_and_items_with_its_keys_only(world: &World) -> Held {
    world.put(item("index", "1", [("gpk", s("G")), ("gsk", s("1")), ("body", s("x"))])).await?;
    world.put(item("index", "2", [("gpk", s("G")), ("body", s("no sort key"))])).await?;
    let found = group(world, "G", 1).await?;
    same!(found, [item("index", "1", [("gpk", s("G")), ("gsk", s("1"))])]);
    Ok(())
}

async fn an_item_moves_in_the_index_with_its_keys(world: &World) -> Held {
    world.put(item("index", "move", [("gpk", s("from")), ("gsk", s("1"))])).await?;
    same!(group(world, "from", 1).await?.len(), 1);
    let update = world.clients.dynamodb.update_item().table_name(&world.table);
    let update = update.set_key(Some(key("index", "move"))).update_expression("SET gpk = :to, v = :v");
    update.expression_attribute_values(":to", s("to")).expression_attribute_values(":v", n(1)).send().await?;
    same!(group(world, "to", 1).await?.len(), 1);
    same!(group(world, "from", 0).await?.len(), 0);
    let delete = world.clients.dynamodb.delete_item().table_name(&world.table);
    delete.set_key(Some(key("index", "move"))).send().await?;
    same!(group(world, "to", 0).await?.len(), 0);
    Ok(())
}

async fn an_index_refuses_consistent_reads(world: &World) -> Held {
    let query = world.clients.dynamodb.query().table_name(&world.table).index_name("by_group");
    let query = query.key_condition_expression("gpk = :g").expression_attribute_values(":g", s("G"));
    same!(code(&query.consistent_read(true).send().await), "ValidationException");
    Ok(())
}
