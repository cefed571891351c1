//! Queues and single messages.

use aws_sdk_sqs::types::{MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName};

use super::world::{code, some};
use super::{Held, World, checks, same};

checks!(
    "sqs",
    creating_a_queue_again_needs_equal_attributes,
    a_missing_queue_is_named_so,
    a_message_arrives_with_its_sum_and_attributes,
    a_message_holds_one_mebibyte_at_most,
    a_message_refuses_control_characters_and_emptiness,
    a_delay_holds_a_message_back,
    a_delay_above_15_minutes_is_refused,
    at_most_ten_are_received_at_once,
    counts_tell_waiting_hidden_and_delayed,
    attributes_change_within_their_ranges,
    a_purge_empties_the_queue,
    queues_are_listed_by_prefix,
);

async fn creating_a_queue_again_needs_equal_attributes(world: &World) -> Held {
    let url = world.queue("again", &[("VisibilityTimeout", "45")]).await?;
    same!(world.queue("again", &[("VisibilityTimeout", "45")]).await?, url);
    let other = world.clients.sqs.create_queue().queue_name(world.name("again"));
    let other = other.attributes(QueueAttributeName::VisibilityTimeout, "46").send().await;
    same!(code(&other), "QueueAlreadyExists");
    let found = world.clients.sqs.get_queue_url().queue_name(world.name("again")).send().await?;
    same!(found.queue_url, Some(url));
    Ok(())
}

async fn a_missing_queue_is_named_so(world: &World) -> Held {
    let missing = world.clients.sqs.get_queue_url().queue_name(world.name("missing")).send().await;
    same!(missing.err().and_then(|e| e.into_service_error().into()).map(is_missing), Some(true));
    Ok(())
}

fn is_missing(error: aws_sdk_sqs::operation::get_queue_url::GetQueueUrlError) -> bool {
    error.is_queue_does_not_exist()
}

async fn a_message_arrives_with_its_sum_and_attributes(world: &World) -> Held {
    let url = world.queue("single", &[]).await?;
    let sqs = &world.clients.sqs;
    let attribute = MessageAttributeValue::builder().data_type("String").string_value("b").build()?;
    let sent = sqs.send_message().queue_url(&url).message_body("hello").message_attributes("a", attribute);
    let sent = sent.send().await?;
    same!(sent.md5_of_message_body.as_deref(), Some("5d41402abc4b2a76b9719d911017c592"));
    let receive = sqs.receive_message().queue_url(&url).message_attribute_names("All");
    let receive = receive.message_system_attribute_names(MessageSystemAttributeName::All);
    let received = some(receive.send().await?.messages, "the message")?;
    let message = some(received.first(), "the message")?;
    same!(message.body.as_deref(), Some("hello"));
    same!(message.message_id, sent.message_id);
    same!(message.md5_of_message_attributes, sent.md5_of_message_attributes);
    let own = some(message.message_attributes.as_ref(), "its attributes")?;
    same!(own.get("a").and_then(|a| a.string_value.as_deref()), Some("b"));
    let system = some(message.attributes.as_ref(), "its system attributes")?;
    let count = system.get(&MessageSystemAttributeName::ApproximateReceiveCount);
    same!(count.map(String::as_str), Some("1"));
    same!(system.contains_key(&MessageSystemAttributeName::SentTimestamp), true);
    let handle = some(message.receipt_handle.as_ref(), "its handle")?;
    sqs.delete_message().queue_url(&url).receipt_handle(handle).send().await?;
    sqs.delete_message().queue_url(&url).receipt_handle(handle).send().await?;
    Ok(())
}

async fn a_message_holds_one_mebibyte_at_most(world: &World) -> Held {
    let url = world.queue("large", &[]).await?;
    let send = |bytes: usize| {
        world.clients.sqs.send_message().queue_url(&url).message_body("x".repeat(bytes)).send()
    };
    same!(code(&send(1_048_576).await), "success");
    same!(code(&send(1_048_577).await), "InvalidParameterValue");
    Ok(())
}

async fn a_message_refuses_control_characters_and_emptiness(world: &World) -> Held {
    let url = world.queue("characters", &[]).await?;
    let send = |body: &str| world.clients.sqs.send_message().queue_url(&url).message_body(body).send();
    same!(code(&send("tab\tline\n").await), "success");
    same!(code(&send("bell\u{7}").await), "InvalidMessageContents");
    same!(code(&send("\u{fffd}\u{10ffff}").await), "success");
    same!(code(&send("\u{fffe}").await), "InvalidMessageContents");
    same!(code(&send("\u{ffff}").await), "InvalidMessageContents");
    same!(code(&send("").await), "MissingParameter");
    Ok(())
}

async fn a_delay_holds_a_message_back(world: &World) -> Held {
    let url = world.queue("delay", &[("DelaySeconds", "4")]).await?;
    let sqs = &world.clients.sqs;
    sqs.send_message().queue_url(&url).message_body("default").send().await?;
    sqs.send_message().queue_url(&url).message_body("now").delay_seconds(0).send().await?;
    same!(world.bodies(&url).await?, ["now"]);
    world.let_pass(5).await;
    same!(world.bodies(&url).await?, ["default"]);
    Ok(())
}

async fn a_delay_above_15_minutes_is_refused(world: &World) -> Held {
    let url = world.queue("long-delay", &[]).await?;
    let send = |delay: i32| {
        world.clients.sqs.send_message().queue_url(&url).message_body("x").delay_seconds(delay).send()
    };
    same!(code(&send(900).await), "success");
    same!(code(&send(901).await), "InvalidParameterValue");
    Ok(())
}

async fn at_most_ten_are_received_at_once(world: &World) -> Held {
    let url = world.queue("eleven", &[]).await?;
    let receive =
        |max: i32| world.clients.sqs.receive_message().queue_url(&url).max_number_of_messages(max).send();
    same!(code(&receive(10).await), "success");
    same!(code(&receive(11).await), "InvalidParameterValue");
    Ok(())
}

async fn counts_tell_waiting_hidden_and_delayed(world: &World) -> Held {
    let url = world.queue("counts", &[]).await?;
    let sqs = &world.clients.sqs;
    for (body, delay) in [("a", 0), ("b", 0), ("c", 0), ("d", 600)] {
        sqs.send_message().queue_url(&url).message_body(body).delay_seconds(delay).send().await?;
    }
    sqs.receive_message().queue_url(&url).send().await?;
    let told = sqs.get_queue_attributes().queue_url(&url).attribute_names(QueueAttributeName::All);
    let told = some(told.send().await?.attributes, "the attributes")?;
    let count = |name: QueueAttributeName| told.get(&name).map(String::as_str);
    same!(count(QueueAttributeName::ApproximateNumberOfMessages), Some("2"));
    same!(count(QueueAttributeName::ApproximateNumberOfMessagesNotVisible), Some("1"));
    same!(count(QueueAttributeName::ApproximateNumberOfMessagesDelayed), Some("1"));
    Ok(())
}

async fn attributes_change_within_their_ranges(world: &World) -> Held {
    let url = world.queue("attributes", &[]).await?;
    let set = |name: QueueAttributeName, value: &str| {
        world.clients.sqs.set_queue_attributes().queue_url(&url).attributes(name, value).send()
    };
    same!(code(&set(QueueAttributeName::VisibilityTimeout, "43200").await), "success");
    same!(code(&set(QueueAttributeName::VisibilityTimeout, "43201").await), "InvalidAttributeValue");
    same!(code(&set(QueueAttributeName::DelaySeconds, "901").await), "InvalidAttributeValue");
    let told = world.clients.sqs.get_queue_attributes().queue_url(&url);
    let told = told.attribute_names(QueueAttributeName::VisibilityTimeout).send().await?.attributes;
    same!(some(told, "the attribute")?.len(), 1);
    Ok(())
}

async fn a_purge_empties_the_queue(world: &World) -> Held {
    let url = world.queue("purge", &[]).await?;
    let sqs = &world.clients.sqs;
    sqs.send_message().queue_url(&url).message_body("x").send().await?;
    sqs.purge_queue().queue_url(&url).send().await?;
    world.let_pass(1).await;
    same!(world.bodies(&url).await?.len(), 0);
    Ok(())
}

async fn queues_are_listed_by_prefix(world: &World) -> Held {
    let urls = [world.queue("listed-a", &[]).await?, world.queue("listed-b", &[]).await?];
    let list = world.clients.sqs.list_queues().queue_name_prefix("contract-listed-").send().await?;
    let mut listed = list.queue_urls.unwrap_or_default();
    listed.retain(|url| urls.contains(url));
    listed.sort();
    same!(listed, urls);
    Ok(())
}
