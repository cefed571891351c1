//! A received message is hidden, becomes visible again, and obeys only the handle of its last delivery.

use super::world::{code, some};
use super::{Difference, Held, World, checks, same};

checks!(
    "sqs",
    an_undeleted_message_comes_back,
    visibility_can_be_given_up_and_extended,
    visibility_ends_at_12_hours,
    an_old_handle_deletes_nothing,
    a_foreign_handle_is_refused,
    a_visible_message_cannot_be_extended,
);

/// Receives one message and returns its handle.
async fn handle(world: &World, url: &str, visibility: i32) -> Result<String, Difference> {
    let receive = world.clients.sqs.receive_message().queue_url(url).visibility_timeout(visibility);
    let message = receive.send().await?.messages.and_then(|messages| messages.into_iter().next());
    some(message.and_then(|message| message.receipt_handle), "the message")
}

async fn one_message(world: &World, what: &str) -> Result<String, Difference> {
    let url = world.queue(what, &[("VisibilityTimeout", "30")]).await?;
    world.clients.sqs.send_message().queue_url(&url).message_body("x").send().await?;
    Ok(url)
}

async fn an_undeleted_message_comes_back(world: &World) -> Held {
    let url = one_message(world, "back").await?;
    handle(world, &url, 2).await?;
    same!(world.bodies(&url).await?.len(), 0);
    world.let_pass(3).await;
    same!(world.bodies(&url).await?, ["x"]);
    Ok(())
}

async fn visibility_can_be_given_up_and_extended(world: &World) -> Held {
    let url = one_message(world, "give-up").await?;
    let change = |handle: String, seconds: i32| {
        let change = world.clients.sqs.change_message_visibility().queue_url(&url);
        change.receipt_handle(handle).visibility_timeout(seconds).send()
    };
    change(handle(world, &url, 30).await?, 0).await?;
    change(handle(world, &url, 2).await?, 6).await?;
    world.let_pass(3).await;
    same!(world.bodies(&url).await?.len(), 0);
    world.let_pass(4).await;
    same!(world.bodies(&url).await?, ["x"]);
    Ok(())
}

async fn visibility_ends_at_12_hours(world: &World) -> Held {
    let url = one_message(world, "twelve-hours").await?;
    let handle = handle(world, &url, 30).await?;
    let change = |seconds: i32| {
        let change = world.clients.sqs.change_message_visibility().queue_url(&url);
        change.receipt_handle(&handle).visibility_timeout(seconds).send()
    };
    same!(code(&change(43_201).await), "InvalidParameterValue");
    Ok(())
}

async fn an_old_handle_deletes_nothing(world: &World) -> Held {
    let url = one_message(world, "old-handle").await?;
    let old = handle(world, &url, 1).await?;
    world.let_pass(2).await;
    let new = handle(world, &url, 1).await?;
    let delete =
        |handle: &str| world.clients.sqs.delete_message().queue_url(&url).receipt_handle(handle).send();
    same!(code(&delete(&old).await), "success");
    world.let_pass(2).await;
    same!(world.bodies(&url).await?, ["x"]);
    same!(old == new, false);
    Ok(())
}

async fn a_foreign_handle_is_refused(world: &World) -> Held {
    let url = one_message(world, "foreign").await?;
    let delete = world.clients.sqs.delete_message().queue_url(&url).receipt_handle("nonsense").send().await;
    same!(code(&delete), "ReceiptHandleIsInvalid");
    Ok(())
}

async fn a_visible_message_cannot_be_extended(world: &World) -> Held {
    let url = one_message(world, "not-in-flight").await?;
    let handle = handle(world, &url, 1).await?;
    world.let_pass(2).await;
    let change = world.clients.sqs.change_message_visibility().queue_url(&url);
    let change = change.receipt_handle(handle).visibility_timeout(10).send().await;
    same!(change.err().map(|error| error.into_service_error().is_message_not_inflight()), Some(true));
    Ok(())
}
