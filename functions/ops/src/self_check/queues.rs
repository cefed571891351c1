//! Checks the queues and their dead letters.

use super::CheckGroup::Work;
use super::finding::{Part, PartCheck};
use crate::App;
use application::ports::parts::Looked;
use application::ports::queues::QueueDepth;
use application::queue_messages::Queue;
use futures::future::join_all;

impl App {
    pub(super) async fn check_queues(&self) -> Vec<PartCheck> {
        let looks =
            Queue::ALL.map(|queue| async move { check(queue, self.within(self.parts.queue(queue)).await) });
        join_all(looks).await
    }
}

pub fn id_of(queue: Queue) -> String {
    format!("queue_{}", queue.as_str())
}

fn check(queue: Queue, depth: Looked<QueueDepth>) -> PartCheck {
    let part = Part::new(id_of(queue), Work, format!("Queue {}", queue.as_str()));
    let (worker, resource) = worker_of(queue);
    let depth = match depth {
        Ok(depth) => depth,
        Err(fault) => {
            let missing = format!(
                "It, or the queue of its dead letters, was deleted. `aws cloudformation describe-stack-resource --stack-name <stack> \
                 --logical-resource-id {resource}Queue` (and {resource}DeadLetters) tells the name: create it again under that name, with the \
                 attributes that template.yaml gives it, and check again."
            );
            return part.fault(fault, &missing);
        }
    };
    let QueueDepth { waiting, in_flight, delayed, dead } = depth;
    if dead > 0 {
        return part.warning(
            format!("{} failed for good.", messages(dead)),
            format!(
                "Look at them under Queue, Failed jobs; fix what the log of {worker} names, then retry them. Nothing is done twice."
            ),
        );
    }
    if waiting > 0 && in_flight == 0 {
        return part.warning(
            format!("{} waiting, and none is being processed.", messages(waiting)),
            format!(
                "Check again in a minute. If they wait still: `aws lambda list-event-source-mappings --function-name <{worker}>` must say \
                 Enabled; then the log of {worker}, and the alarm Throttles."
            ),
        );
    }
    part.fine(format!("{waiting} waiting, {in_flight} being processed, {delayed} for later, none failed."))
}

fn messages(count: u64) -> String {
    if count == 1 { "1 message".to_owned() } else { format!("{count} messages") }
}

/// The queue's consumer, and the prefix of its resources in the template.
fn worker_of(queue: Queue) -> (&'static str, &'static str) {
    match queue {
        Queue::Imports => ("import_leads", "Imports"),
        Queue::Enrolments => ("campaign_jobs", "Enrolments"),
        Queue::Enrichment => ("enrich_lead", "Enrichment"),
        Queue::Columns => ("fill_columns", "Columns"),
        Queue::Ai => ("personalize_lead", "Ai"),
        Queue::Send => ("send_message", "Send"),
        Queue::Inbound => ("ingest_event", "Inbound"),
        Queue::Visits => ("record_visits", "Visits"),
        Queue::Mailboxes => ("poll_mailboxes", "Mailboxes"),
        Queue::Folds => ("fold_changes", "Folds"),
    }
}
