//! The moments at which an installation is killed: in the middle of a function, between two of its writes.

use local_cloud::{Call, LocalCloud, Moment};
use std::sync::atomic::{AtomicU32, Ordering};

/// The `nth` call of a function to an operation whose body contains these words, before or after it took
/// effect.
#[derive(Debug)]
pub struct Strike {
    pub name: &'static str,
    function: &'static str,
    operation: &'static str,
    words: &'static [&'static str],
    moment: Moment,
    nth: u32,
}

const fn after(
    name: &'static str,
    function: &'static str,
    operation: &'static str,
    words: &'static [&'static str],
    nth: u32,
) -> Strike {
    Strike { name, function, operation, words, moment: Moment::After, nth }
}

const fn before(
    name: &'static str,
    function: &'static str,
    operation: &'static str,
    words: &'static [&'static str],
    nth: u32,
) -> Strike {
    Strike { name, function, operation, words, moment: Moment::Before, nth }
}

/// The moments in the order in which they come up while a campaign runs.
pub const STRIKES: [Strike; 13] = [
    after("a lead's address is taken, the lead not written", "import_leads", "PutItem", &[], 5),
    before("a counter is about to move", "project_events", "UpdateItem", &[], 2),
    after("a provider was paid, its answer half kept", "enrich_lead", "PutItem", &[], 4),
    after("some leads have their first time, some not", "campaign_jobs", "PutItem", &[], 7),
    after("due work is in the queue and still in the table", "due_steps", "SendMessageBatch", &[], 1),
    after("a step is claimed, nothing was sent", "send_message", "PutItem", &["step_claimed"], 3),
    before("a mail is out, nobody wrote it down", "send_message", "PutItem", &["message_accepted"], 4),
    after(
        "a mail is written down, its lead has not moved on",
        "send_message",
        "PutItem",
        &["message_accepted"],
        6,
    ),
    after("one counter has moved, the next has not", "project_events", "UpdateItem", &[], 3),
    after("a webhook lies in the queue, unanswered", "provider_webhooks", "SendMessageBatch", &[], 1),
    after(
        "an answer has stopped its lead, and is not kept yet",
        "ingest_event",
        "TransactWriteItems",
        &[],
        1,
    ),
    after("a step is claimed in the second round", "send_message", "PutItem", &["step_claimed"], 2),
    before(
        "a text is out, nobody wrote it down",
        "send_message",
        "PutItem",
        &["message_accepted", "\"sms\""],
        1,
    ),
];

impl Strike {
    /// Calls `strike` once, in the middle of that call; it must not return.
    pub fn arm(&'static self, cloud: &LocalCloud, strike: impl Fn() + Send + Sync + 'static) {
        let seen = AtomicU32::new(0);
        cloud.faults().inject(move |moment, call| {
            if self.is(moment, call) && seen.fetch_add(1, Ordering::Relaxed) + 1 == self.nth {
                strike();
            }
            None
        });
    }

    fn is(&self, moment: Moment, call: &Call<'_>) -> bool {
        moment == self.moment
            && call.principal == self.function
            && call.operation == self.operation
            && self.words.iter().all(|word| String::from_utf8_lossy(call.body).contains(word))
    }
}
