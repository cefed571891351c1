//! Transactions: all or nothing, the reason of each refusal, and the token that makes a retry harmless.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::{ConditionCheck, Get, Put, TransactGetItem, TransactWriteItem, Update};

use super::world::{Item, code, item, key, n, s};
use super::{Difference, Held, World, checks, same};

checks!(
    "dynamodb",
    a_transaction_happens_whole_or_not_at_all,
    each_refusal_has_its_reason_in_order,
    a_transaction_names_no_item_twice,
    a_transaction_holds_100_items_at_most,
    a_token_makes_a_repetition_harmless,
    a_transaction_reads_in_order,
);

fn put(world: &World, item: Item) -> Result<TransactWriteItem, Difference> {
    let put = Put::builder().table_name(&world.table).set_item(Some(item)).build()?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// An update that succeeds if the item's `rev` is as expected, and increments it.
fn advance(world: &World, item: Item, rev: u32) -> Result<TransactWriteItem, Difference> {
    let update = Update::builder()
        .table_name(&world.table)
        .set_key(Some(item))
        .update_expression("SET rev = :next")
        .condition_expression("rev = :rev")
        .expression_attribute_values(":rev", n(rev))
        .expression_attribute_values(":next", n(rev + 1))
        .return_values_on_condition_check_failure(AllOld)
        .build()?;
    Ok(TransactWriteItem::builder().update(update).build())
}

async fn a_transaction_happens_whole_or_not_at_all(world: &World) -> Held {
    world.put(item("tx", "lead", [("rev", n(1))])).await?;
    let enrol = |rev: u32| {
        let items =
            [advance(world, key("tx", "lead"), rev), put(world, item("tx", "N#1", [("rev", n(rev))]))];
        items.into_iter().collect::<Result<Vec<_>, _>>()
    };
    let write = world.clients.dynamodb.transact_write_items();
    let refused = write.set_transact_items(Some(enrol(9)?)).send().await;
    same!(code(&refused), "TransactionCanceledException");
    same!(world.get("tx", "N#1").await?, None);
    world.clients.dynamodb.transact_write_items().set_transact_items(Some(enrol(1)?)).send().await?;
    same!(world.get("tx", "lead").await?, Some(item("tx", "lead", [("rev", n(2))])));
    same!(world.get("tx", "N#1").await?, Some(item("tx", "N#1", [("rev", n(1))])));
    Ok(())
}

async fn each_refusal_has_its_reason_in_order(world: &World) -> Held {
    world.put(item("tx", "reason", [("rev", n(5))])).await?;
    let check = ConditionCheck::builder()
        .table_name(&world.table)
        .set_key(Some(key("tx", "absent")))
        .condition_expression("attribute_exists(pk)")
        .build()?;
    let items = vec![
        put(world, key("tx", "fine"))?,
        advance(world, key("tx", "reason"), 4)?,
        TransactWriteItem::builder().condition_check(check).build(),
    ];
    let write = world.clients.dynamodb.transact_write_items().set_transact_items(Some(items));
    match write.send().await {
        Err(SdkError::ServiceError(refused)) => match refused.into_err() {
            TransactWriteItemsError::TransactionCanceledException(cancelled) => {
                let reasons = cancelled.cancellation_reasons.unwrap_or_default();
                let codes: Vec<&str> = reasons.iter().filter_map(|reason| reason.code.as_deref()).collect();
                same!(codes, ["None", "ConditionalCheckFailed", "ConditionalCheckFailed"]);
                same!(reasons[1].item, Some(item("tx", "reason", [("rev", n(5))])));
                same!(reasons[2].item, None);
                Ok(())
            }
            other => Err(Difference::new(format!("another error: {other:?}"))),
        },
        other => Err(Difference::new(format!("no refusal: {other:?}"))),
    }
}

async fn a_transaction_names_no_item_twice(world: &World) -> Held {
    let twice = vec![put(world, key("tx", "twice"))?, put(world, key("tx", "twice"))?];
    let write = world.clients.dynamodb.transact_write_items().set_transact_items(Some(twice));
    same!(code(&write.send().await), "ValidationException");
    Ok(())
}

async fn a_transaction_holds_100_items_at_most(world: &World) -> Held {
    let write = |count: usize| {
        let items = (0..count).map(|number| put(world, key("tx many", &format!("{number}"))));
        items
            .collect::<Result<Vec<_>, _>>()
            .map(|items| world.clients.dynamodb.transact_write_items().set_transact_items(Some(items)).send())
    };
    same!(code(&write(100)?.await), "success");
    same!(code(&write(101)?.await), "ValidationException");
    Ok(())
}

async fn a_token_makes_a_repetition_harmless(world: &World) -> Held {
    world.put(item("tx", "token", [("rev", n(1))])).await?;
    let token = world.name("token").chars().take(36).collect::<String>();
    let write = |rev: u32| {
        advance(world, key("tx", "token"), rev).map(|item| {
            let write = world.clients.dynamodb.transact_write_items().transact_items(item);
            write.client_request_token(&token).send()
        })
    };
    write(1)?.await?;
    same!(code(&write(1)?.await), "success");
    same!(world.get("tx", "token").await?, Some(item("tx", "token", [("rev", n(2))])));
    same!(code(&write(2)?.await), "IdempotentParameterMismatchException");
    Ok(())
}

async fn a_transaction_reads_in_order(world: &World) -> Held {
    world.put(item("tx", "read", [("v", s("x"))])).await?;
    let get = |sk: &str| {
        let get = Get::builder().table_name(&world.table).set_key(Some(key("tx", sk))).build();
        get.map(|get| TransactGetItem::builder().get(get).build())
    };
    let read = world.clients.dynamodb.transact_get_items();
    let read = read.transact_items(get("not there")?).transact_items(get("read")?).send().await?;
    let items: Vec<Option<Item>> = read.responses.unwrap_or_default().into_iter().map(|r| r.item).collect();
    same!(items, [None, Some(item("tx", "read", [("v", s("x"))]))]);
    Ok(())
}
