//! A batch of queue messages. Its groups are sent side by side, so that a slow account keeps nobody else's messages waiting; in
//! a group each message is read, planned, claimed and called before the next begins (`groups`). The writes that need not be
//! durable before a call wait until all are sent and are packed.
//!
//! The groups share what they read (`cache`). Each has circuit breakers of its own: what two groups take of one account, the
//! breaker's conditional write decides, as it does between two functions.

use crate::digest::send::{DigestSent, send_digest};
use crate::ports::outbox::send_all;
use crate::ports::store::StoreResult;
use crate::queue_messages::SendMessage;
use crate::sending::account_mail::{send_address_link, send_invitation, send_reset_link};
use crate::sending::admission::breaker::Breakers;
use crate::sending::cache::Cache;
use crate::sending::groups::groups_of;
use crate::sending::one_off::{OneOffOrder, send_one_off};
use crate::sending::ports::SendPorts;
use crate::sending::run::SendRun;
use crate::sending::sent::{BEGINS_WITHIN, Sent};
use crate::sending::step::{StepOrder, send_step};
use crate::sending::writes::{Unfinished, finish};
use futures::future::join_all;
use jiff::Timestamp;

/// The wait of a digest whose sender takes nothing now.
const DIGEST_AGAIN_SECONDS: u32 = 60;

/// Sends a batch. Returns one answer for each message, in order.
pub async fn send_batch(ports: &SendPorts, batch: &[SendMessage]) -> Vec<Sent> {
    let (cache, began) = (Cache::default(), ports.clock.now());
    let groups = groups_of(batch);
    let each = groups.iter().map(|group| send_group(ports, &cache, batch, group, began));
    let mut groups = join_all(each).await;
    finish(ports, &mut groups).await;
    let mut answers: Vec<Option<Sent>> = vec![None; batch.len()];
    for message in groups.into_iter().flatten() {
        answers[message.number] = Some(message.answer);
    }
    let is_left =
        |(message, answer): (&SendMessage, &Option<Sent>)| answer.is_none().then(|| message.clone());
    let left: Vec<SendMessage> = batch.iter().zip(&answers).filter_map(is_left).collect();
    let mut given_back = Sent::Done;
    if !left.is_empty() {
        // They go back as new messages, because none of them was tried.
        if let Err(error) = send_all(&*ports.outbox, &left, 0).await {
            given_back = Sent::broken(&error);
        }
    }
    answers.into_iter().map(|answer| answer.unwrap_or_else(|| given_back.clone())).collect()
}

/// Sends the messages of a group one after the other, without those that would begin too late.
async fn send_group(
    ports: &SendPorts,
    cache: &Cache,
    batch: &[SendMessage],
    group: &[usize],
    began: Timestamp,
) -> Vec<Unfinished> {
    let (mut breakers, mut sent) = (Breakers::default(), Vec::with_capacity(group.len()));
    for (done, number) in group.iter().copied().enumerate() {
        if number > 0 && ports.clock.now().duration_since(began) > BEGINS_WITHIN {
            break;
        }
        breakers.wanted = u32::try_from(group.len() - done).unwrap_or(1);
        let mut run = SendRun::new(ports, cache, &mut breakers);
        let answer = send(&mut run, &batch[number]).await;
        let answer = answer.unwrap_or_else(|error| Sent::broken(&error));
        sent.push(Unfinished { number, answer, writes: run.writes });
    }
    sent
}

async fn send(run: &mut SendRun<'_>, message: &SendMessage) -> StoreResult<Sent> {
    match message {
        SendMessage::Step { enrolment, generation, due, slot } => {
            let order = StepOrder { key: enrolment, generation: *generation, due: *due, slot: slot.as_ref() };
            send_step(run, order).await
        }
        SendMessage::OneOff { workspace, message, due, slot } => {
            let order = OneOffOrder { workspace, id: message, due: *due, slot: slot.as_ref() };
            send_one_off(run, order).await
        }
        SendMessage::ForgottenPassword { sealed, at } => send_reset_link(run.ports, sealed, *at).await,
        SendMessage::AddressLink { sealed, at } => send_address_link(run.ports, sealed, *at).await,
        SendMessage::Invitation { sealed, at } => send_invitation(run.ports, sealed, *at).await,
        SendMessage::Digest { workspace, user, day } => {
            Ok(match send_digest(&run.ports.digest, (workspace, user), *day).await? {
                DigestSent::Done => Sent::Done,
                DigestSent::Later => Sent::later(DIGEST_AGAIN_SECONDS, "the sender takes nothing now"),
            })
        }
    }
}
