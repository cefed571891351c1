//! Takes batches of messages to send from their queue and reports which of them come back. `application::sending` sends
//! them.

#[cfg(test)]
mod tests;

use application::Ports;
use application::queue_messages::SendMessage;
use application::sending::{SendPorts, Sent, send_batch};
use queue_consumer::{Delivery, Handler, Outcome, batch_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: SendPorts = SendPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    batch_handler(Arc::new(App::new(ports)), ports.redelivery(), handle)
}

async fn handle(app: Arc<App>, batch: Vec<(SendMessage, Delivery)>) -> Vec<Outcome> {
    let messages: Vec<SendMessage> = batch.iter().map(|(message, _)| message.clone()).collect();
    let answers = send_batch(&app.ports, &messages).await;
    let outcomes = answers.into_iter().zip(&batch).map(|(sent, (_, delivery))| match sent {
        Sent::Done => Outcome::Done,
        Sent::Later(after_seconds, why) => Outcome::Retry { after_seconds, why },
        Sent::Broken(why) => Outcome::back_off(delivery, why),
    });
    outcomes.collect()
}
