//! What a branch asks and what a goal is. Machines' opens and clicks count for nothing.

use crate::company_hold::ColleagueAnswered;
use crate::enrolment::Enrolment;
use crate::ids::{MessageId, TaskId};
use crate::lead::{Lead, LeadStatus, Temperature};
use crate::merge_fields::lead_value;
use crate::message::{Direction, Message, MessageState};
use crate::reach::SkipReason;
use crate::task::{Task, TaskOutcome};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "if", deny_unknown_fields)]
pub enum Condition {
    /// A person opened a mail of this campaign.
    Opened {},
    Clicked {},
    /// Has ever answered. Who answers after enrolment is out of the sequence anyway.
    Replied {},
    NotReplied {},
    FieldPresent {
        field: String,
    },
    /// Upper and lower case are the same.
    FieldEquals {
        field: String,
        value: String,
    },
    ScoreAtLeast {
        score: u8,
    },
    TemperatureAtLeast {
        temperature: Temperature,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "reach", deny_unknown_fields)]
pub enum Goal {
    /// This status, or a later one that is not lost.
    Stage {
        stage: LeadStatus,
    },
    Paid {},
    /// A person noted that a meeting is booked.
    Booked {},
}

/// What people did, as far as branches and goals ask.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(any(test, feature = "recording"), derive(serde::Serialize, serde::Deserialize))]
pub struct Seen {
    pub replied_since_enrolment: bool,
    pub replied_ever: bool,
    pub opened: bool,
    pub clicked: bool,
    pub booked: bool,
    /// Of the present step.
    pub task: Option<SeenTask>,
    /// When the latest of all messages to them went out, or may have; the present step's own does not count.
    pub last_message: Option<Timestamp>,
    /// The present step's message is of an earlier visit, and a step has but one: why it is left out.
    #[cfg_attr(any(test, feature = "recording"), serde(default, skip_serializing_if = "Option::is_none"))]
    pub had_before: Option<SkipReason>,
    /// Somebody else of their company, where the workspace minds.
    #[cfg_attr(any(test, feature = "recording"), serde(default, skip_serializing_if = "Option::is_none"))]
    pub colleague: Option<ColleagueAnswered>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(test, feature = "recording"), derive(serde::Serialize, serde::Deserialize))]
pub struct SeenTask {
    pub done: Option<(Timestamp, TaskOutcome)>,
}

impl Seen {
    pub fn of(enrolment: &Enrolment, messages: &[Message], tasks: &[Task]) -> Self {
        let mut seen = Self::default();
        let (lead, campaign) = (&enrolment.key.lead, &enrolment.key.campaign);
        let own = enrolment.step.as_ref().map(|step| MessageId::for_step(lead, campaign, step));
        seen.last_message = last_message(messages, own.as_ref());
        for message in messages.iter().filter(|message| !message.test) {
            match message.direction {
                Direction::In if message.reply.is_some_and(|reply| reply.stops_sequences()) => {
                    seen.replied_ever = true;
                    seen.replied_since_enrolment |= message.created_at > enrolment.enrolled_at;
                }
                Direction::In => {}
                Direction::Out if message.campaign.as_ref() == Some(&enrolment.key.campaign) => {
                    seen.opened |= message.first_opened_at.is_some();
                    seen.clicked |= message.first_clicked_at.is_some();
                }
                Direction::Out => {}
            }
        }
        seen.booked = tasks.iter().any(|task| task.outcome == Some(TaskOutcome::Booked));
        let (Some(step), Some(own)) = (&enrolment.step, own) else { return seen };
        let message = messages.iter().find(|found| found.id == own);
        seen.had_before = message.filter(|found| is_behind(found, enrolment.anchor)).map(had);
        let id = TaskId::for_step(lead, campaign, step);
        let task = tasks.iter().find(|task| task.id == id);
        seen.task = task.map(|task| SeenTask {
            done: task.done_at.map(|at| (at, task.outcome.unwrap_or(TaskOutcome::Done))),
        });
        seen
    }
}

/// When the latest of all messages to somebody went out, or may have, but for this one.
pub fn last_message(messages: &[Message], but: Option<&MessageId>) -> Option<Timestamp> {
    let others = messages
        .iter()
        .filter(|message| !message.test && message.direction == Direction::Out && but != Some(&message.id));
    others.filter_map(went_out).max()
}

/// Or may have: also what was given up.
fn went_out(message: &Message) -> Option<Timestamp> {
    let nobody_knows = matches!(message.state, MessageState::Uncertain | MessageState::Abandoned);
    message.accepted_at.or(nobody_knows.then_some(message.created_at))
}

/// What became of a message on an earlier visit.
fn had(message: &Message) -> SkipReason {
    let refused = message.state == MessageState::Failed && message.accepted_at.is_none();
    if refused { SkipReason::RefusedBefore } else { SkipReason::AlreadySent }
}

const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(10);

/// Whether a message belongs to what was over when the present step began. What belongs to the present step is the
/// sender's to settle.
fn is_behind(message: &Message, began: Timestamp) -> bool {
    match message.accepted_at {
        Some(accepted) => accepted <= began,
        // Given up at the earliest a day after it was tried: no clock is that wrong.
        None => {
            let tried_before = began.duration_since(message.created_at) > CLOCKS_DIFFER;
            message.state != MessageState::Queued && tried_before
        }
    }
}

impl Condition {
    /// Of messages, and not of the lead as it is.
    pub fn asks_what_was_seen(&self) -> bool {
        match self {
            Self::Opened {} | Self::Clicked {} | Self::Replied {} | Self::NotReplied {} => true,
            Self::FieldPresent { .. }
            | Self::FieldEquals { .. }
            | Self::ScoreAtLeast { .. }
            | Self::TemperatureAtLeast { .. } => false,
        }
    }

    /// The answer, and what was looked at, for a person to read.
    pub fn holds(&self, lead: &Lead, seen: &Seen, now: Timestamp) -> (bool, String) {
        let said = |yes: bool, what: &str| (yes, format!("{}{what}", if yes { "" } else { "not " }));
        match self {
            Self::Opened {} => said(seen.opened, "opened by a person"),
            Self::Clicked {} => said(seen.clicked, "clicked by a person"),
            Self::Replied {} => said(seen.replied_ever, "answered"),
            Self::NotReplied {} => (!seen.replied_ever, said(seen.replied_ever, "answered").1),
            Self::FieldPresent { field } => {
                let present = lead_value(lead, field).is_some();
                (present, format!("{field} is {}", if present { "present" } else { "empty" }))
            }
            Self::FieldEquals { field, value } => {
                let found = lead_value(lead, field).unwrap_or_default();
                let same = found.trim().to_lowercase() == value.trim().to_lowercase();
                (same, format!("{field} is '{found}'"))
            }
            Self::ScoreAtLeast { score } => {
                let found = crate::score::score(lead, now).total;
                (found >= *score, format!("score {found}"))
            }
            Self::TemperatureAtLeast { temperature } => {
                let found = lead.temperature(now);
                (found >= *temperature, format!("{found:?}").to_lowercase())
            }
        }
    }

    /// Without values, which may be personal: what an event may keep.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Opened {} => "opened",
            Self::Clicked {} => "clicked",
            Self::Replied {} => "replied",
            Self::NotReplied {} => "not_replied",
            Self::FieldPresent { .. } => "field_present",
            Self::FieldEquals { .. } => "field_equals",
            Self::ScoreAtLeast { .. } => "score_at_least",
            Self::TemperatureAtLeast { .. } => "temperature_at_least",
        }
    }
}

impl Goal {
    /// Of tasks, and not of the lead as it is.
    pub fn asks_what_was_seen(self) -> bool {
        match self {
            Self::Booked {} => true,
            Self::Stage { .. } | Self::Paid {} => false,
        }
    }

    pub fn reached(self, lead: &Lead, seen: &Seen) -> bool {
        match self {
            Self::Stage { stage: LeadStatus::Lost } => lead.status == LeadStatus::Lost,
            Self::Stage { stage } => lead.status >= stage && lead.status != LeadStatus::Lost,
            Self::Paid {} => lead.status == LeadStatus::Won,
            Self::Booked {} => seen.booked,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stage { .. } => "stage",
            Self::Paid {} => "paid",
            Self::Booked {} => "booked",
        }
    }
}

#[cfg(test)]
#[path = "tests/condition.rs"]
mod tests;
