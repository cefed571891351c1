//! The checks that must hold at the end of every demo, whatever its simulated people did.

use crate::recount::Recount;
use crate::world::World;
use anyhow::Result;
use application::Ports;
use application::ports::stats::{Counters, Metric};
use application::queue_messages::Queue;
use jiff::SignedDuration;

/// The time from a reply's arrival until its stop is durable; it spends that time in a queue.
const STOP_TAKES: SignedDuration = SignedDuration::from_secs(10);

const COMPARED: [Metric; 20] = [
    Metric::LeadsCreated,
    Metric::LeadsWon,
    Metric::EmailsSent,
    Metric::SmsSent,
    Metric::EmailsDelivered,
    Metric::SmsDelivered,
    Metric::Opened,
    Metric::Clicked,
    Metric::Bounced,
    Metric::SendFailed,
    Metric::Uncertain,
    Metric::Replied,
    Metric::Enrolled,
    Metric::InFlight,
    Metric::Finished,
    Metric::EndedReplied,
    Metric::EndedOptedOut,
    Metric::EndedBounced,
    Metric::EndedWon,
    Metric::EndedOther,
];

#[derive(Debug, Default)]
pub struct Findings {
    pub duplicate_sends: u64,
    pub sends_after_stop: u64,
    pub counter_mismatches: Vec<String>,
    pub stuck: Vec<String>,
    /// Messages that a provider accepted without a record of ours, or the other way round.
    pub unaccounted: Vec<String>,
}

pub async fn check(world: &World, recount: &Recount, counted: &Counters) -> Result<Findings> {
    let observed = world.sandbox.observed();
    let mut findings = Findings {
        duplicate_sends: u64::from(observed.duplicate_sends()),
        sends_after_stop: observed.sends_after_stop(STOP_TAKES).len() as u64,
        stuck: recount.stuck.clone(),
        ..Findings::default()
    };
    for metric in COMPARED {
        let (kept, found) = (value(counted, metric), value(&recount.counters, metric));
        if kept != found {
            findings.counter_mismatches.push(format!("{}: counted {kept}, found {found}", metric.as_str()));
        }
    }
    let mails = observed.emails.iter().filter_map(|mail| mail.tag.clone());
    let texts = observed.sms.iter().filter_map(|sms| {
        let callback = sms.status_callback.as_deref()?;
        Some(callback.split_once("message=")?.1.split('&').next()?.to_owned())
    });
    let taken: std::collections::BTreeSet<String> = mails.chain(texts).collect();
    let unrecorded = taken.difference(&recount.accepted).filter(|tag| !recount.uncertain.contains(*tag));
    findings.unaccounted.extend(unrecorded.map(|tag| format!("{tag}: taken, not recorded")));
    findings
        .unaccounted
        .extend(recount.accepted.difference(&taken).map(|tag| format!("{tag}: recorded, not taken")));
    for queue in Queue::ALL {
        let depth = world.host.ports().queues().depth(queue).await?;
        if depth.dead > 0 {
            findings.stuck.push(format!("{} dead letters of {}", depth.dead, queue.as_str()));
        }
        if depth.waiting > 0 {
            findings.stuck.push(format!("{} messages wait in {}", depth.waiting, queue.as_str()));
        }
    }
    Ok(findings)
}

pub fn value(counters: &Counters, metric: Metric) -> i64 {
    counters.get(&metric).copied().unwrap_or(0)
}

impl Findings {
    pub fn is_clean(&self) -> bool {
        self.duplicate_sends == 0
            && self.sends_after_stop == 0
            && self.counter_mismatches.is_empty()
            && self.stuck.is_empty()
            && self.unaccounted.is_empty()
    }

    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.duplicate_sends > 0 {
            lines.push(format!("{} messages were sent twice", self.duplicate_sends));
        }
        if self.sends_after_stop > 0 {
            lines.push(format!("{} messages went out after a stop", self.sends_after_stop));
        }
        lines.extend(self.counter_mismatches.iter().cloned());
        lines.extend(self.stuck.iter().map(|what| format!("stuck: {what}")));
        lines.extend(self.unaccounted.iter().cloned());
        lines
    }
}
