//! Counts everything again from the items themselves, independently of the projection that keeps the
//! counters.

use anyhow::Result;
use application::Ports;
use application::ports::leads::LeadFile;
use application::ports::stats::{Counters, Metric};
use domain::WorkspaceId;
use domain::contact::channel::Channel;
use domain::enrolment::reasons::EndReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::lead::stage::StageId;
use domain::message::{Direction, Message, MessageState};
use domain::workspace::task::Task;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
pub struct Recount {
    pub counters: Counters,
    /// Tags of all messages that a provider accepted.
    pub accepted: BTreeSet<String>,
    /// Tags of uncertain messages; these are never sent again.
    pub uncertain: BTreeSet<String>,
    /// Enrolments and messages that should have moved on and did not, with the reason.
    pub stuck: Vec<String>,
    pub ended: BTreeMap<String, u64>,
    /// (step, channel) → accepted, opened, clicked; replies are not kept by step.
    pub steps: BTreeMap<(u16, &'static str), [u64; 4]>,
}

/// Items that are older than this should have moved on; it is longer than any delay of a queue.
const PATIENCE: SignedDuration = SignedDuration::from_mins(30);

pub async fn recount(ports: &impl Ports, workspace: &WorkspaceId, now: Timestamp) -> Result<Recount> {
    let mut found = Recount::default();
    let mut cursor = None;
    loop {
        let (ids, next) = ports.leads().ids(workspace, cursor).await?;
        for id in &ids {
            let file = ports.leads().file(workspace, id).await?;
            found.lead(&file);
            for enrolment in &file.enrolments {
                found.enrolment(enrolment, &file.tasks, now);
            }
            for message in &file.messages {
                found.message(message);
            }
        }
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    Ok(found)
}

impl Recount {
    fn add(&mut self, metric: Metric) {
        *self.counters.entry(metric).or_default() += 1;
    }

    fn lead(&mut self, file: &LeadFile) {
        self.add(Metric::LeadsCreated);
        if file.lead.status == StageId::WON {
            self.add(Metric::LeadsWon);
        }
    }

    fn enrolment(&mut self, enrolment: &Enrolment, tasks: &[Task], now: Timestamp) {
        self.add(Metric::Enrolled);
        let overdue = |at: Option<Timestamp>| at.is_none_or(|at| now.duration_since(at) > PATIENCE);
        let name = format!("{} in {}", enrolment.key().lead, enrolment.key().campaign);
        match enrolment.state() {
            EnrolmentState::Ended { reason } => {
                let text = serde_json::to_value(reason).ok().and_then(|v| v.as_str().map(str::to_owned));
                *self.ended.entry(text.unwrap_or_default()).or_default() += 1;
                self.add(match reason {
                    EndReason::Finished => Metric::Finished,
                    EndReason::Replied => Metric::EndedReplied,
                    EndReason::OptedOut => Metric::EndedOptedOut,
                    EndReason::Bounced => Metric::EndedBounced,
                    EndReason::Won => Metric::EndedWon,
                    _ => Metric::EndedOther,
                });
                return;
            }
            EnrolmentState::Scheduled if overdue(enrolment.due()) => {
                self.stuck.push(format!("{name}: due {:?}", enrolment.due()))
            }
            EnrolmentState::Claimed { expires, .. } if overdue(Some(*expires)) => {
                self.stuck.push(format!("{name}: claim expired {expires}"));
            }
            EnrolmentState::Held { until: Some(until), .. } if overdue(Some(*until)) => {
                self.stuck.push(format!("{name}: held until {until}"));
            }
            EnrolmentState::WaitingTask
                if !tasks
                    .iter()
                    .any(|task| Some(&task.id) == enrolment.task().as_ref() && task.done_at.is_none()) =>
            {
                self.stuck.push(format!("{name}: no open task"));
            }
            _ => {}
        }
        self.add(Metric::InFlight);
    }

    fn message(&mut self, message: &Message) {
        if message.direction == Direction::In {
            if message.is_answer() {
                self.add(Metric::Replied);
            }
            return;
        }
        if message.state == MessageState::Failed {
            self.add(Metric::SendFailed);
        }
        if message.state == MessageState::Uncertain {
            self.add(Metric::Uncertain);
        }
        if message.accepted_at.is_none() {
            if matches!(message.state, MessageState::Uncertain | MessageState::Abandoned) {
                self.uncertain.insert(message.id.to_string());
            }
            return;
        }
        self.accepted.insert(message.id.to_string());
        let email = message.channel == Channel::Email;
        self.add(if email { Metric::EmailsSent } else { Metric::SmsSent });
        let came_back = matches!(message.state, MessageState::Bounced | MessageState::Failed);
        let delivered = if email { !came_back } else { message.delivered_at.is_some() };
        if delivered {
            self.add(if email { Metric::EmailsDelivered } else { Metric::SmsDelivered });
        }
        if message.state == MessageState::Bounced {
            self.add(Metric::Bounced);
        }
        if message.first_opened_at.is_some() {
            self.add(Metric::Opened);
        }
        if message.first_clicked_at.is_some() {
            self.add(Metric::Clicked);
        }
        if let Some(step) = message.step_index {
            let line = self.steps.entry((step, message.channel.as_str())).or_default();
            line[0] += 1;
            line[1] += u64::from(delivered);
            line[2] += u64::from(message.first_opened_at.is_some());
            line[3] += u64::from(message.first_clicked_at.is_some());
        }
    }
}
