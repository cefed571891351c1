//! Update expressions, and expressions that DynamoDB refuses.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::world::{code, item, key, n, s, some};
use super::{Held, World, checks, same};

checks!(
    "dynamodb",
    an_update_creates_the_item,
    counters_sets_and_lists_change_in_place,
    only_changed_attributes_are_returned_when_asked,
    reserved_words_need_a_placeholder,
    an_unused_value_is_refused,
    a_key_attribute_cannot_be_updated,
    nested_paths_are_updated,
);

async fn an_update_creates_the_item(world: &World) -> Held {
    let update = world.clients.dynamodb.update_item().table_name(&world.table);
    let update = update.set_key(Some(key("update", "new"))).update_expression("SET a = :a");
    update.expression_attribute_values(":a", n(1)).send().await?;
    same!(world.get("update", "new").await?, Some(item("update", "new", [("a", n(1))])));
    Ok(())
}

async fn counters_sets_and_lists_change_in_place(world: &World) -> Held {
    let update = |expression: &str, value: AttributeValue| {
        let update = world.clients.dynamodb.update_item().table_name(&world.table);
        update
            .set_key(Some(key("update", "in place")))
            .update_expression(expression)
            .expression_attribute_values(":v", value)
            .send()
    };
    update("ADD hits :v", n(2)).await?;
    update("ADD hits :v", n(3)).await?;
    update("ADD tags :v", AttributeValue::Ss(vec!["a".into(), "b".into()])).await?;
    update("DELETE tags :v", AttributeValue::Ss(vec!["a".into()])).await?;
    update("SET seen = if_not_exists(seen, :v)", n(7)).await?;
    update("SET seen = if_not_exists(seen, :v)", n(8)).await?;
    update("SET steps = if_not_exists(steps, :v)", AttributeValue::L(vec![s("x")])).await?;
    update("SET steps = list_append(steps, :v)", AttributeValue::L(vec![s("y")])).await?;
    update("SET hits = hits - :v REMOVE gone", n(1)).await?;
    let got = some(world.get("update", "in place").await?, "the item")?;
    same!(got.get("hits"), Some(&n(4)));
    same!(got.get("tags"), Some(&AttributeValue::Ss(vec!["b".into()])));
    same!(got.get("seen"), Some(&n(7)));
    same!(got.get("steps"), Some(&AttributeValue::L(vec![s("x"), s("y")])));
    update("DELETE tags :v", AttributeValue::Ss(vec!["b".into()])).await?;
    let got = some(world.get("update", "in place").await?, "the item")?;
    same!(got.get("tags"), None);
    Ok(())
}

async fn only_changed_attributes_are_returned_when_asked(world: &World) -> Held {
    world.put(item("update", "returned", [("a", n(1)), ("b", n(1))])).await?;
    let update = world.clients.dynamodb.update_item().table_name(&world.table);
    let update = update.set_key(Some(key("update", "returned"))).update_expression("SET a = a + :one");
    let update = update.expression_attribute_values(":one", n(1)).return_values(ReturnValue::UpdatedNew);
    let told = some(update.send().await?.attributes, "the attributes")?;
    same!(told, [("a".to_owned(), n(2))].into());
    Ok(())
}

async fn reserved_words_need_a_placeholder(world: &World) -> Held {
    let update = world.clients.dynamodb.update_item().table_name(&world.table);
    let update = update.set_key(Some(key("update", "reserved"))).update_expression("SET name = :v");
    same!(code(&update.expression_attribute_values(":v", n(1)).send().await), "ValidationException");
    Ok(())
}

async fn an_unused_value_is_refused(world: &World) -> Held {
    let update = world.clients.dynamodb.update_item().table_name(&world.table);
    let update = update.set_key(Some(key("update", "unused"))).update_expression("SET a = :v");
    let update = update.expression_attribute_values(":v", n(1)).expression_attribute_values(":w", n(1));
    same!(code(&update.send().await), "ValidationException");
    Ok(())
}

async fn a_key_attribute_cannot_be_updated(world: &World) -> Held {
    let update = world.clients.dynamodb.update_item().table_name(&world.table);
    let update = update.set_key(Some(key("update", "key"))).update_expression("SET sk = :v");
    same!(code(&update.expression_attribute_values(":v", s("x")).send().await), "ValidationException");
    Ok(())
}

async fn nested_paths_are_updated(world: &World) -> Held {
    let map = AttributeValue::M([("b".to_owned(), n(1))].into());
    world.put(item("update", "nested", [("a", map)])).await?;
    let update = world.clients.dynamodb.update_item().table_name(&world.table);
    let update =
        update.set_key(Some(key("update", "nested"))).update_expression("SET a.b = a.b + :v, a.c = :v");
    update.expression_attribute_values(":v", n(1)).send().await?;
    let got = some(world.get("update", "nested").await?, "the item")?;
    let expected = AttributeValue::M([("b".to_owned(), n(2)), ("c".to_owned(), n(1))].into());
    same!(got.get("a"), Some(&expected));
    let update = world.clients.dynamodb.update_item().table_name(&world.table);
    let update = update.set_key(Some(key("update", "nested"))).update_expression("SET z.b = :v");
    same!(code(&update.expression_attribute_values(":v", n(1)).send().await), "ValidationException");
    Ok(())
}
