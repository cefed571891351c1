//! Conditions of branches, and goals. Opens and clicks by machines do not count.

use crate::lead::stage::StageId;
use crate::lead::{Lead, Temperature};

use crate::planning::behaviour::Behaviour;

use crate::sequence::merge_fields::lead_value;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "if", deny_unknown_fields)]
pub enum Condition {
    /// A person opened a mail of this campaign.
    Opened {},
    Clicked {},
    /// The lead has ever replied. A reply after enrolment ends the sequence anyway.
    Replied {},
    NotReplied {},
    FieldPresent {
        field: String,
    },
    /// Compares without regard to case.
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
    /// The lead is in this stage, or in a later one other than lost. Qualified and the stages that a workspace has added
    /// are not later than each other.
    Stage {
        stage: StageId,
    },
    Paid {},
    /// A user noted that a meeting is booked.
    Booked {},
}

impl Condition {
    /// Whether it depends on messages, rather than on the lead's own fields.
    pub fn needs_behaviour(&self) -> bool {
        match self {
            Self::Opened {} | Self::Clicked {} | Self::Replied {} | Self::NotReplied {} => true,
            Self::FieldPresent { .. }
            | Self::FieldEquals { .. }
            | Self::ScoreAtLeast { .. }
            | Self::TemperatureAtLeast { .. } => false,
        }
    }

    /// Whether the condition holds, and what was looked at, for a user to read.
    pub fn holds(&self, lead: &Lead, seen: &Behaviour, now: Timestamp) -> (bool, String) {
        let said = |yes: bool, what: &str| (yes, format!("{}{what}", if yes { "" } else { "not " }));
        match self {
            Self::Opened {} => said(seen.opened, "opened by a person"),
            Self::Clicked {} => said(seen.clicked, "clicked by a person"),
            Self::Replied {} => said(seen.replied_ever, "replied"),
            Self::NotReplied {} => (!seen.replied_ever, said(seen.replied_ever, "replied").1),
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
                let found = crate::lead::score::score(lead, now).total;
                (found >= *score, format!("score {found}"))
            }
            Self::TemperatureAtLeast { temperature } => {
                let found = lead.temperature(now);
                (found >= *temperature, format!("{found:?}").to_lowercase())
            }
        }
    }

    /// The condition's code, without values, which may be personal: events may store it.
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
    /// Whether it depends on tasks, rather than on the lead's own fields.
    pub fn needs_behaviour(self) -> bool {
        match self {
            Self::Booked {} => true,
            Self::Stage { .. } | Self::Paid {} => false,
        }
    }

    pub fn reached(self, lead: &Lead, seen: &Behaviour) -> bool {
        match self {
            Self::Stage { stage: StageId::LOST } => lead.status == StageId::LOST,
            Self::Stage { stage } => {
                lead.status == stage || lead.status.reach() > stage.reach() && lead.status != StageId::LOST
            }
            Self::Paid {} => lead.status == StageId::WON,
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
mod tests;
