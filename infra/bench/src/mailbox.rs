//! The monthly cost of a connected mailbox that is read every five minutes.

use crate::cost::{
    CALL_SECONDS, CONVERSATION_SECONDS, GB_SECOND, INVOCATION, LOG_GB, LOG_GB_AN_INVOCATION, QUEUE, READ,
    WRITE,
};
use domain::workspace::mailbox_reading::POLL_EVERY;

const MONTH_SECONDS: f64 = 30.0 * 86_400.0;
/// What a poll that finds nothing uses of the table, and where IMAP's cursor is at its largest; tests in
/// `application/tests/mailbox_polls` hold it to that.
const WRITES: f64 = 4.0;
const WRITES_BY_IMAP: f64 = 8.0;
const READS: f64 = 12.0;
/// The message is sent, received and deleted.
const QUEUE_REQUESTS: f64 = 3.0;
/// The calls to AWS and the conversations with the mail provider: connecting and logging in, folders, what is new.
const CALLS: f64 = 8.0;
const CONVERSATIONS: f64 = 3.0;
const MEMORY_GB: f64 = 0.25;

/// Returns the polls of a month, and their cost in dollars.
fn month(writes: f64) -> (f64, f64) {
    let polls = MONTH_SECONDS / POLL_EVERY.as_secs_f64();
    let gb_seconds = (CALLS * CALL_SECONDS + CONVERSATIONS * CONVERSATION_SECONDS) * MEMORY_GB;
    let used = [
        (writes, WRITE),
        (READS, READ),
        (QUEUE_REQUESTS, QUEUE),
        (1.0, INVOCATION),
        (gb_seconds, GB_SECOND),
        (LOG_GB_AN_INVOCATION, LOG_GB),
    ];
    let a_poll: f64 = used.iter().map(|(units, price)| units * price.per_million / 1e6).sum();
    (polls, polls * a_poll)
}

pub fn text() -> String {
    let (polls, dollars) = month(WRITES);
    let (_, by_imap) = month(WRITES_BY_IMAP);
    format!(
        "## A connected mailbox\n\nA mailbox is read every {} minutes, {polls:.0} times a month. A poll that finds nothing takes {WRITES:.0} writes and\n\
        {READS:.0} reads at most, {QUEUE_REQUESTS:.0} requests to the queue, and {CONVERSATIONS:.0} conversations with the mail provider. That makes **{dollars:.3}** dollars\n\
        a month for each mailbox. By IMAP the cursor of a busy mailbox is larger: up to {WRITES_BY_IMAP:.0} writes, and **{by_imap:.3}** dollars. Without any mailbox only the empty queue costs: its mapping is among those of *Idle*.\n",
        POLL_EVERY.as_mins(),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn month_of_a_mailbox_costs_less_than_a_quarter_dollar_and_stands_in_the_document() {
        let dollars = super::month(super::WRITES_BY_IMAP).1;
        assert!(dollars < 0.25, "{dollars} dollars");
        let document = include_str!("../../../docs/COST.md");
        assert!(document.contains(&super::text()), "{}", super::text());
    }
}
