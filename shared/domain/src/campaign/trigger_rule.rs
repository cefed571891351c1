//! Trigger rules: actions that a workspace takes automatically when a lead does something.

use crate::contact::country::Country;
use crate::ids::{CampaignId, MessageId, RuleId, TaskId, UserId, WorkspaceId};
use crate::lead::Lead;
use crate::lead::stage::StageId;
use crate::message::understanding::Intent;
use crate::workspace::task::TaskOutcome;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// All rules of a workspace, stored as one item so that an event costs one read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggerRules {
    pub workspace: WorkspaceId,
    pub rules: Vec<TriggerRule>,
    pub rev: u64,
}

/// A trigger rule, stored and shown in the same shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TriggerRule {
    pub id: RuleId,
    pub name: String,
    pub when: Trigger,
    pub only: OnlyIf,
    /// The actions, in the order in which they are carried out.
    pub actions: Vec<TriggerAction>,
    pub enabled: bool,
    pub created_by: UserId,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "event", deny_unknown_fields)]
pub enum Trigger {
    /// Each time a lead turns hot, at most once a day.
    TurnedHot {},
    /// Each reply of a person that is not a refusal.
    AnsweredPositively {},
    /// The `times`-th time, once per lead. It does not fire for a lead who had reached that count before the rule existed.
    Did { what: Deed, times: u32 },
    /// Each answer of a person that is understood like this.
    Answered { intent: Intent },
    /// Each call that ends like this.
    CallEnded { outcome: TaskOutcome },
    /// Each time a lead comes into this stage.
    StageReached { stage: StageId },
    /// Sequences that have done all their steps, once three working days are over in which the lead did not reply.
    SequenceEnded {},
    /// A visit to the preview page, once this many working days are over in which the lead did not reply.
    PreviewUnanswered { working_days: u8 },
    /// Each time that nothing has happened for so many days on an open lead that is active in no campaign.
    NoActivity { days: u16 },
}

/// Behaviour of people; opens and clicks by scanners and proxies are filtered out before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    Opened,
    Clicked,
    PageViewed,
    CallToAction,
}

/// Conditions on the lead: one value of each list must match. Empty lists match every lead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OnlyIf {
    #[serde(default)]
    pub status: Vec<StageId>,
    #[serde(default)]
    pub country: Vec<Country>,
    #[serde(default)]
    pub tag: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "do", deny_unknown_fields)]
pub enum TriggerAction {
    /// Ends every sequence that the lead is active in. It comes first, so that an enrolment by the same rule survives.
    Stop {},
    Enrol {
        campaign: CampaignId,
    },
    CreateTask {
        title: String,
    },
    /// Gives the lead a follow-up date so many working days ahead. A lead that has one keeps it.
    SetFollowUp {
        working_days: u8,
        /// What the follow-up is for; it is the title of its task.
        #[serde(default)]
        note: String,
    },
    /// Notifies the lead's owner, or everybody if it has none.
    Notify {},
}

/// What happened to a lead that a rule may match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Happened {
    TurnedHot {
        since: Timestamp,
    },
    AnsweredPositively {
        message: MessageId,
    },
    /// The lead did this for the `nth` time.
    Did {
        deed: Deed,
        nth: u32,
    },
    Answered {
        message: MessageId,
        intent: Intent,
    },
    CallEnded {
        task: TaskId,
        outcome: TaskOutcome,
    },
    StageReached {
        stage: StageId,
    },
    /// The days that this rule leaves for a reply are over since a sequence ended.
    SequenceEnded {
        rule: RuleId,
    },
    /// The days of this rule are over since a visit to the preview page.
    PreviewUnanswered {
        rule: RuleId,
    },
    /// Nothing has happened on the lead for as long as this rule says.
    NoActivity {
        rule: RuleId,
    },
}

pub const MOST_RULES: usize = 20;
/// The working days in which a lead can reply to a sequence's last message.
pub const DAYS_TO_REPLY: u8 = 3;
const MOST_TIMES: u32 = 100;
const MOST_VALUES: usize = 20;
const MOST_DAYS_UNANSWERED: u8 = 30;
const MOST_DAYS_QUIET: u16 = 365;
const MOST_DAYS_AHEAD: u8 = 60;
const LONGEST_TITLE: usize = 200;

impl TriggerRules {
    pub fn none(workspace: WorkspaceId) -> Self {
        Self { workspace, rules: Vec::new(), rev: 0 }
    }

    /// Whether a rule waits for this, before anything is known of the lead.
    pub fn wait_for(&self, happened: &Happened, at: Timestamp) -> bool {
        self.rules.iter().any(|rule| rule.key_of(happened, at).is_some())
    }
}

impl TriggerRule {
    /// The key of the event that the rule fires for, if it does: the same for every repeat of the event, so
    /// that actions happen once. Events from before the rule was made do not count.
    pub fn occasion(&self, happened: &Happened, lead: &Lead, at: Timestamp) -> Option<String> {
        self.key_of(happened, at).filter(|_| self.only.holds(lead))
    }

    fn key_of(&self, happened: &Happened, at: Timestamp) -> Option<String> {
        let key = match (self.when, happened) {
            (Trigger::TurnedHot {}, Happened::TurnedHot { since }) => format!("hot-{since}"),
            (Trigger::AnsweredPositively {}, Happened::AnsweredPositively { message }) => message.to_string(),
            (Trigger::Did { what, times }, Happened::Did { deed, nth }) if what == *deed && *nth == times => {
                format!("{}-{times}", deed.as_str())
            }
            (Trigger::Answered { intent }, Happened::Answered { message, intent: of }) if intent == *of => {
                format!("{message}-{intent}")
            }
            (Trigger::CallEnded { outcome }, Happened::CallEnded { task, outcome: of }) if outcome == *of => {
                format!("{task}-{}", outcome.as_str())
            }
            (Trigger::StageReached { stage }, Happened::StageReached { stage: of }) if stage == *of => {
                format!("stage-{}-{at}", String::from(stage))
            }
            (Trigger::SequenceEnded {}, Happened::SequenceEnded { rule }) if *rule == self.id => {
                format!("ended-{at}")
            }
            (Trigger::PreviewUnanswered { .. }, Happened::PreviewUnanswered { rule }) if *rule == self.id => {
                format!("unanswered-{at}")
            }
            (Trigger::NoActivity { .. }, Happened::NoActivity { rule }) if *rule == self.id => {
                format!("quiet-{at}")
            }
            _ => return None,
        };
        (self.enabled && self.created_at <= at).then_some(key)
    }

    /// Each invalid field, and what was expected.
    pub fn faults(&self) -> Vec<(String, &'static str)> {
        let mut faults = Vec::new();
        let mut add = |field: &str, why| faults.push((field.to_owned(), why));
        if let Trigger::Did { times, .. } = self.when
            && !(1..=MOST_TIMES).contains(&times)
        {
            add("when.times", "is from 1 to 100");
        }
        if self.when == (Trigger::CallEnded { outcome: TaskOutcome::Cancelled }) {
            add("when.outcome", "is the outcome of a call that was made");
        }
        if let Trigger::PreviewUnanswered { working_days } = self.when
            && !(1..=MOST_DAYS_UNANSWERED).contains(&working_days)
        {
            add("when.working_days", "is from 1 to 30");
        }
        if let Trigger::NoActivity { days } = self.when
            && !(1..=MOST_DAYS_QUIET).contains(&days)
        {
            add("when.days", "is from 1 to 365");
        }
        if self.only.status.len() + self.only.country.len() + self.only.tag.len() > MOST_VALUES {
            add("only", "has at most 20 values");
        }
        if self.actions.is_empty() {
            add("actions", "needs at least one");
        }
        for (at, action) in self.actions.iter().enumerate() {
            if self.actions[..at].iter().any(|other| other.place() == action.place()) {
                add(&format!("actions[{at}]"), "is there already");
            }
            if *action == (TriggerAction::Stop {}) && matches!(self.when, Trigger::NoActivity { .. }) {
                add(&format!("actions[{at}]"), "ends nothing: a quiet lead is active in no campaign");
            }
            if let TriggerAction::CreateTask { title } = action
                && (title.trim().is_empty() || title.chars().count() > LONGEST_TITLE)
            {
                add(&format!("actions[{at}].title"), "is 1 to 200 characters");
            }
            if let TriggerAction::SetFollowUp { working_days, note } = action {
                if !(1..=MOST_DAYS_AHEAD).contains(working_days) {
                    add(&format!("actions[{at}].working_days"), "is from 1 to 60");
                }
                if note.chars().count() > LONGEST_TITLE {
                    add(&format!("actions[{at}].note"), "is at most 200 characters");
                }
            }
        }
        faults
    }
}

impl TriggerAction {
    /// The rank of the action in a rule; a rule has at most one action of each rank.
    pub fn place(&self) -> u8 {
        match self {
            Self::Stop {} => 0,
            Self::Enrol { .. } => 1,
            Self::CreateTask { .. } => 2,
            Self::SetFollowUp { .. } => 3,
            Self::Notify {} => 4,
        }
    }
}

impl OnlyIf {
    pub fn holds(&self, lead: &Lead) -> bool {
        self.holds_for(lead.status, lead.country, |tag| lead.tags.contains(tag))
    }

    pub fn holds_for(
        &self,
        status: StageId,
        country: Option<Country>,
        has_tag: impl Fn(&String) -> bool,
    ) -> bool {
        let is_there = |wanted: &Country| country == Some(*wanted);
        (self.status.is_empty() || self.status.contains(&status))
            && (self.country.is_empty() || self.country.iter().any(is_there))
            && (self.tag.is_empty() || self.tag.iter().any(has_tag))
    }
}

impl Deed {
    fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Clicked => "clicked",
            Self::PageViewed => "page_viewed",
            Self::CallToAction => "call_to_action",
        }
    }
}

#[cfg(test)]
mod tests;
