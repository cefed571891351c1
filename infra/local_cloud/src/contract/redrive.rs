//! A message that is received too often moves to the dead-letter queue, and can be moved back.

use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};

use super::world::{code, some};
use super::{Difference, Held, World, checks, same};

checks!("sqs", a_poison_message_goes_to_the_dead_letters, dead_letters_can_be_sent_home);

/// A queue whose messages become dead letters after two receives: both URLs and the ARN of the dead letters.
async fn pair(world: &World, what: &str) -> Result<(String, String, String), Difference> {
    let dead = world.queue(&format!("{what}-dead"), &[]).await?;
    let told = world.clients.sqs.get_queue_attributes().queue_url(&dead);
    let told = told.attribute_names(QueueAttributeName::QueueArn).send().await?.attributes;
    let arn = some(told.and_then(|mut told| told.remove(&QueueAttributeName::QueueArn)), "the ARN")?;
    let policy = crate::redrive_attribute(&arn, 2);
    let live = world.queue(what, &[("RedrivePolicy", &policy), ("VisibilityTimeout", "1")]).await?;
    Ok((live, dead, arn))
}

async fn bury(world: &World, live: &str) -> Held {
    world.clients.sqs.send_message().queue_url(live).message_body("poison").send().await?;
    for _ in 0..2 {
        same!(world.bodies(live).await?, ["poison"]);
        world.let_pass(2).await;
    }
    same!(world.bodies(live).await?.len(), 0);
    Ok(())
}

async fn a_poison_message_goes_to_the_dead_letters(world: &World) -> Held {
    let (live, dead, _) = pair(world, "redrive").await?;
    bury(world, &live).await?;
    let receive = world.clients.sqs.receive_message().queue_url(&dead);
    let receive = receive.message_system_attribute_names(MessageSystemAttributeName::All);
    let messages = some(receive.send().await?.messages, "the dead letter")?;
    let letter = some(messages.first(), "the dead letter")?;
    same!(letter.body.as_deref(), Some("poison"));
    let source = MessageSystemAttributeName::DeadLetterQueueSourceArn;
    let source = letter.attributes.as_ref().and_then(|attributes| attributes.get(&source));
    same!(source.is_some_and(|arn| arn.ends_with(&world.name("redrive"))), true);
    Ok(())
}

async fn dead_letters_can_be_sent_home(world: &World) -> Held {
    let (live, dead, arn) = pair(world, "home").await?;
    bury(world, &live).await?;
    world.clients.sqs.start_message_move_task().source_arn(&arn).send().await?;
    let mut home = Vec::new();
    for _ in 0..5 {
        home = world.bodies(&live).await?;
        if !home.is_empty() {
            break;
        }
        world.let_pass(1).await;
    }
    same!(home, ["poison"]);
    same!(world.bodies(&dead).await?.len(), 0);
    let plain = world.queue("no-dead-letters", &[]).await?;
    let told = world.clients.sqs.get_queue_attributes().queue_url(&plain);
    let told = told.attribute_names(QueueAttributeName::QueueArn).send().await?.attributes;
    let arn = some(told.and_then(|mut told| told.remove(&QueueAttributeName::QueueArn)), "the ARN")?;
    let refused = world.clients.sqs.start_message_move_task().source_arn(arn).send().await;
    same!(code(&refused), "AWS.SimpleQueueService.UnsupportedOperation");
    Ok(())
}
