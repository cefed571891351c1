//! A batch of queue messages, one after the other: each is read, planned, claimed and called before the next begins. The
//! writes that need not be durable before a call wait until the end and are packed.

use crate::ports::outbox::send_all;
use crate::ports::store::StoreResult;
use crate::queue_messages::SendMessage;
use crate::sending::account_mail;
use crate::sending::cache::Cache;
use crate::sending::one_off::{OneOffOrder, send_one_off};
use crate::sending::ports::SendPorts;
use crate::sending::run::SendRun;
use crate::sending::sent::{BEGINS_WITHIN, Sent};
use crate::sending::step::{StepOrder, send_step};
use crate::sending::writes::finish;

/// Sends a batch. Returns one answer for each message, in order.
pub async fn send_batch(ports: &SendPorts, batch: &[SendMessage]) -> Vec<Sent> {
    let (mut answers, mut writes) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
    let mut cache = Cache::default();
    let began = ports.clock.now();
    for (number, message) in batch.iter().enumerate() {
        if number > 0 && ports.clock.now().duration_since(began) > BEGINS_WITHIN {
            break;
        }
        cache.breakers.wanted = u32::try_from(batch.len() - number).unwrap_or(1);
        let mut run = SendRun::new(ports, &mut cache);
        let sent = send(&mut run, message).await;
        answers.push(sent.unwrap_or_else(|error| Sent::broken(&error)));
        writes.push(run.writes);
    }
    finish(ports, writes, &mut answers).await;
    let left = &batch[answers.len()..];
    if !left.is_empty() {
        // They go back as new messages, because none of them was tried.
        let given_back = send_all(&*ports.outbox, left, 0).await;
        let answer = given_back.map_or_else(|error| Sent::broken(&error), |()| Sent::Done);
        answers.resize(batch.len(), answer);
    }
    answers
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
        SendMessage::ForgottenPassword { sealed, at } => {
            account_mail::forgotten(run.ports, sealed, *at).await
        }
        SendMessage::Invitation { sealed, at } => account_mail::invited(run.ports, sealed, *at).await,
    }
}
