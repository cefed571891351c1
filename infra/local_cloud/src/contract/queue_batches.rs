//! Batches of messages: limits of the whole, failures of single entries.

use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, SendMessageBatchRequestEntry,
};

use super::world::{code, some};
use super::{Difference, Held, World, checks, same};

checks!(
    "sqs",
    a_batch_sends_what_it_can,
    a_batch_of_messages_has_its_limits,
    a_batch_deletes_what_it_can,
    a_batch_changes_visibility,
);

fn entry(id: &str, body: &str, delay: i32) -> Result<SendMessageBatchRequestEntry, Difference> {
    Ok(SendMessageBatchRequestEntry::builder().id(id).message_body(body).delay_seconds(delay).build()?)
}

fn entries(
    bodies: impl IntoIterator<Item = (String, String)>,
) -> Result<Vec<SendMessageBatchRequestEntry>, Difference> {
    bodies.into_iter().map(|(id, body)| entry(&id, &body, 0)).collect()
}

async fn a_batch_sends_what_it_can(world: &World) -> Held {
    let url = world.queue("batch", &[]).await?;
    let batch = vec![entry("good", "x", 0)?, entry("late", "x", 901)?, entry("bell", "\u{7}", 0)?];
    let sent = world.clients.sqs.send_message_batch().queue_url(&url).set_entries(Some(batch)).send().await?;
    let good: Vec<&str> = sent.successful.iter().map(|entry| entry.id.as_str()).collect();
    same!(good, ["good"]);
    let mut bad: Vec<(&str, &str)> =
        sent.failed.iter().map(|entry| (entry.id.as_str(), entry.code.as_str())).collect();
    bad.sort_unstable();
    same!(bad, [("bell", "InvalidMessageContents"), ("late", "InvalidParameterValue")]);
    same!(sent.failed.iter().all(|entry| entry.sender_fault), true);
    Ok(())
}

async fn a_batch_of_messages_has_its_limits(world: &World) -> Held {
    let url = world.queue("batch-limits", &[]).await?;
    let send = |entries: Vec<SendMessageBatchRequestEntry>| {
        world.clients.sqs.send_message_batch().queue_url(&url).set_entries(Some(entries)).send()
    };
    let numbered = |count: usize, bytes: usize| {
        entries((0..count).map(|number| (number.to_string(), "x".repeat(bytes))))
    };
    same!(code(&send(numbered(10, 1)?).await), "success");
    let prefix = "AWS.SimpleQueueService.";
    same!(code(&send(numbered(11, 1)?).await), format!("{prefix}TooManyEntriesInBatchRequest"));
    same!(code(&send(numbered(2, 600_000)?).await), format!("{prefix}BatchRequestTooLong"));
    let twice = vec![entry("a", "x", 0)?, entry("a", "x", 0)?];
    same!(code(&send(twice).await), format!("{prefix}BatchEntryIdsNotDistinct"));
    same!(code(&send(vec![entry("a b", "x", 0)?]).await), format!("{prefix}InvalidBatchEntryId"));
    same!(code(&send(Vec::new()).await), format!("{prefix}EmptyBatchRequest"));
    Ok(())
}

async fn received(world: &World, what: &str, count: usize) -> Result<(String, Vec<String>), Difference> {
    let url = world.queue(what, &[]).await?;
    let numbered = entries((0..count).map(|number| (number.to_string(), number.to_string())))?;
    world.clients.sqs.send_message_batch().queue_url(&url).set_entries(Some(numbered)).send().await?;
    let receive = world.clients.sqs.receive_message().queue_url(&url).max_number_of_messages(10);
    let messages = some(receive.send().await?.messages, "the messages")?;
    Ok((url, messages.into_iter().filter_map(|message| message.receipt_handle).collect()))
}

async fn a_batch_deletes_what_it_can(world: &World) -> Held {
    let (url, handles) = received(world, "batch-delete", 2).await?;
    let mut batch = Vec::new();
    for (number, handle) in handles.iter().map(String::as_str).chain(["nonsense"]).enumerate() {
        let entry = DeleteMessageBatchRequestEntry::builder().id(number.to_string()).receipt_handle(handle);
        batch.push(entry.build()?);
    }
    let delete = world.clients.sqs.delete_message_batch().queue_url(&url).set_entries(Some(batch));
    let deleted = delete.send().await?;
    same!(deleted.successful.len(), 2);
    let bad: Vec<(&str, &str)> =
        deleted.failed.iter().map(|entry| (entry.id.as_str(), entry.code.as_str())).collect();
    same!(bad, [("2", "ReceiptHandleIsInvalid")]);
    Ok(())
}

async fn a_batch_changes_visibility(world: &World) -> Held {
    let (url, handles) = received(world, "batch-visibility", 2).await?;
    let mut batch = Vec::new();
    for (number, handle) in handles.iter().enumerate() {
        let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(number.to_string());
        batch.push(entry.receipt_handle(handle).visibility_timeout(0).build()?);
    }
    let change = world.clients.sqs.change_message_visibility_batch().queue_url(&url);
    same!(change.set_entries(Some(batch)).send().await?.successful.len(), 2);
    same!(world.bodies(&url).await?.len(), 2);
    Ok(())
}
