//! Conditional writes: the loser gets the item that stands in its way. Claims and locks are built on this.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;

use super::world::{code, item, key, n, s, some};
use super::{Difference, Held, World, checks, same};

checks!(
    "dynamodb",
    a_second_conditional_put_fails_and_shows_the_first,
    a_failed_condition_shows_nothing_unless_asked,
    a_claim_succeeds_once,
    a_condition_on_a_missing_item_fails,
    a_conditional_delete_keeps_what_changed,
    conditions_compare_sizes_types_and_sets,
);

async fn a_second_conditional_put_fails_and_shows_the_first(world: &World) -> Held {
    let put = |owner: &str| {
        let put = world.clients.dynamodb.put_item().table_name(&world.table);
        put.set_item(Some(item("unique", "e-mail", [("owner", s(owner))])))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(AllOld)
            .send()
    };
    put("first").await?;
    match put("second").await {
        Err(SdkError::ServiceError(refused)) => match refused.into_err() {
            PutItemError::ConditionalCheckFailedException(failed) => {
                let old = some(failed.item, "the item in the way")?;
                same!(old.get("owner"), Some(&s("first")));
                Ok(())
            }
            other => Err(Difference::new(format!("another error: {other:?}"))),
        },
        other => Err(Difference::new(format!("no refusal: {other:?}"))),
    }
}

async fn a_failed_condition_shows_nothing_unless_asked(world: &World) -> Held {
    world.put(item("unasked", "1", [("owner", s("first"))])).await?;
    let put = world.clients.dynamodb.put_item().table_name(&world.table);
    let put = put.set_item(Some(key("unasked", "1"))).condition_expression("attribute_not_exists(pk)");
    match put.send().await {
        Err(SdkError::ServiceError(refused)) => match refused.into_err() {
            PutItemError::ConditionalCheckFailedException(failed) => {
                same!(failed.item, None);
                same!(failed.message.as_deref(), Some("The conditional request failed"));
                Ok(())
            }
            other => Err(Difference::new(format!("another error: {other:?}"))),
        },
        other => Err(Difference::new(format!("no refusal: {other:?}"))),
    }
}

async fn a_claim_succeeds_once(world: &World) -> Held {
    world.put(item("claim", "N#1", [("st", s("scheduled")), ("step", n(2))])).await?;
    let claim = |token: &str| {
        let update = world.clients.dynamodb.update_item().table_name(&world.table);
        update
            .set_key(Some(key("claim", "N#1")))
            .update_expression("SET st = :claimed, claim_token = :token")
            .condition_expression("st = :scheduled AND step = :step")
            .expression_attribute_values(":claimed", s("claimed"))
            .expression_attribute_values(":scheduled", s("scheduled"))
            .expression_attribute_values(":step", n(2))
            .expression_attribute_values(":token", s(token))
            .return_values_on_condition_check_failure(AllOld)
            .send()
    };
    claim("mine").await?;
    match claim("theirs").await {
        Err(SdkError::ServiceError(refused)) => match refused.into_err() {
            UpdateItemError::ConditionalCheckFailedException(failed) => {
                let old = some(failed.item, "the item in the way")?;
                same!(old.get("claim_token"), Some(&s("mine")));
                Ok(())
            }
            other => Err(Difference::new(format!("another error: {other:?}"))),
        },
        other => Err(Difference::new(format!("no refusal: {other:?}"))),
    }
}

async fn a_condition_on_a_missing_item_fails(world: &World) -> Held {
    let update = world.clients.dynamodb.update_item().table_name(&world.table);
    let update = update.set_key(Some(key("condition", "missing"))).update_expression("SET a = :v");
    let update = update.condition_expression("attribute_exists(pk)").expression_attribute_values(":v", n(1));
    same!(code(&update.send().await), "ConditionalCheckFailedException");
    same!(world.get("condition", "missing").await?, None);
    Ok(())
}

async fn a_conditional_delete_keeps_what_changed(world: &World) -> Held {
    world.put(item("condition", "delete", [("version", n(2))])).await?;
    let delete = |version: u32| {
        let delete = world.clients.dynamodb.delete_item().table_name(&world.table);
        delete
            .set_key(Some(key("condition", "delete")))
            .condition_expression("version = :v")
            .expression_attribute_values(":v", n(version))
            .send()
    };
    same!(code(&delete(1).await), "ConditionalCheckFailedException");
    same!(code(&delete(2).await), "success");
    same!(world.get("condition", "delete").await?, None);
    Ok(())
}

async fn conditions_compare_sizes_types_and_sets(world: &World) -> Held {
    let set = aws_sdk_dynamodb::types::AttributeValue::Ss(vec!["a".into(), "b".into()]);
    world
        .put(item("condition", "functions", [("active", set), ("text", s("abc")), ("number", n(9))]))
        .await?;
    for (condition, holds) in [
        ("size(active) < :limit AND contains(active, :a)", true),
        ("begins_with(#text, :a)", true),
        ("NOT contains(active, :a) OR size(#text) > :limit", false),
        ("attribute_type(#text, :string) AND #number BETWEEN :limit AND :ten", true),
        ("#number IN (:limit, :ten)", false),
    ] {
        let update = world.clients.dynamodb.update_item().table_name(&world.table);
        let mut update = update
            .set_key(Some(key("condition", "functions")))
            .update_expression("SET checked = :checked")
            .condition_expression(condition)
            .expression_attribute_values(":checked", n(1));
        for (name, value) in [(":a", s("a")), (":limit", n(5)), (":ten", n(10)), (":string", s("S"))] {
            if condition.contains(name) {
                update = update.expression_attribute_values(name, value);
            }
        }
        for name in ["text", "number"] {
            if condition.contains(&format!("#{name}")) {
                update = update.expression_attribute_names(format!("#{name}"), name);
            }
        }
        let expected = if holds { "success" } else { "ConditionalCheckFailedException" };
        let outcome = code(&update.send().await);
        if outcome != expected {
            return Err(Difference::new(format!("{condition}: {outcome}, expected {expected}")));
        }
    }
    Ok(())
}
