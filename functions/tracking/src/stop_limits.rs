//! The number of times that one link may stop its messages. A link of an opt-out is open to whoever has the mail, and each
//! stop is a message in the queue that carries the replies and opt-outs of every workspace. The first one does it all, so a
//! link that is called all day puts in a few an hour, and its page says the same as before.

use crate::App;
use application::StoreResult;
use application::queue_messages::IngestEvent;
use jiff::SignedDuration;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The stops of one link that are queued in an hour.
const MOST_AN_HOUR: u32 = 20;

impl App {
    /// Enqueues what one link stops, unless this hour's are in the queue already. `link`: its name among all links. An
    /// error tells that it is not in the queue and does not count, so that the next attempt is heard.
    pub(crate) async fn enqueue_stop(&self, link: &str, stop: IngestEvent) -> StoreResult<()> {
        let now = self.clock.now();
        match self.limits.take(link, MOST_AN_HOUR, HOUR, now).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Ok(()),
            Err(error) => {
                // A stop must be heard, whether it can be counted or not.
                tracing::warn!(%error, "a stop was not counted");
                return self.enqueue(stop).await;
            }
        }
        let queued = self.enqueue(stop).await;
        if queued.is_err()
            && let Err(error) = self.limits.give_back(link, HOUR, now).await
        {
            tracing::warn!(%error, "a stop that is not in the queue counts");
        }
        queued
    }
}
