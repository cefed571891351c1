//! A column: a recipe by which a field of the leads fills itself. The lead holds the value; beside it a cell tells how it
//! was found. A run fills columns for a selection of leads.

pub mod ai;
pub mod cell;
pub mod faults;
pub mod formula;
pub mod json_template;
pub mod order;
pub mod recipe;
pub mod run;
pub mod target;

use crate::column::recipe::{LookupSource, Recipe, plain_name};
use crate::column::target::ColumnTarget;
use crate::ids::{ColumnId, WorkspaceId};
use crate::spend::Usd;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most columns of a workspace.
pub const MOST_COLUMNS: usize = 50;
/// The most characters of a column's name.
pub const LONGEST_COLUMN_NAME: usize = 80;
/// The most days that a value may count as fresh.
pub const MOST_FRESH_DAYS: u32 = 730;

/// A column of a workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct LeadColumn {
    pub id: ColumnId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub target: ColumnTarget,
    pub recipe: Recipe,
    /// A formula that must be true of the lead, else nothing is asked for it.
    pub condition: Option<String>,
    pub triggers: Triggers,
    /// The days for which a value stays fresh: until then no provider is asked for it again. 0: always.
    pub fresh_days: u32,
    /// The most that the column spends by itself in a month, when leads are created or changed; unlimited if left out.
    pub month_cap: Option<Usd>,
    /// The number of the recipe, which rises with every change of it.
    pub version: u32,
    /// The day up to which the schedule has started a run.
    pub scheduled_through: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
}

/// When a column fills itself, besides by hand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Triggers {
    /// When a lead is created or imported.
    #[serde(default)]
    pub on_new: bool,
    /// When a field that the recipe rests on changes.
    #[serde(default)]
    pub on_change: bool,
    /// The regular times at which it fills itself for all leads.
    #[serde(default)]
    pub schedule: Option<ColumnSchedule>,
}

crate::codes! {
    /// How often a column fills itself for all leads.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum ColumnSchedule {
        Daily = "daily",
        Weekly = "weekly",
        Monthly = "monthly",
    }
}

impl ColumnSchedule {
    /// Returns the time between two runs.
    pub fn period(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Daily => 24,
            Self::Weekly => 7 * 24,
            Self::Monthly => 30 * 24,
        })
    }
}

crate::codes! {
    /// What makes a column fill itself for one lead.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum FillCause {
        /// The lead was created or imported.
        New = "new",
        /// A field of the lead was changed.
        Changed = "changed",
    }
}

impl LeadColumn {
    /// Returns the names of the fields that the column rests on, as templates spell them. Without these fields, or before
    /// they are filled, it cannot fill itself.
    pub fn rests_on(&self) -> BTreeSet<String> {
        let mut names = self.recipe.names();
        if let Some(condition) = &self.condition {
            names.extend(formula::names(condition).unwrap_or_default());
        }
        names
    }

    /// Tells whether the column fills or reads the custom field with this key.
    pub fn uses_custom_field(&self, key: &str) -> bool {
        let name = plain_name(&format!("custom.{key}"));
        let is_looked_up = match &self.recipe {
            Recipe::Lookup { from: LookupSource::Colleague { field } } => plain_name(field) == name,
            _ => false,
        };
        is_looked_up || self.target.name() == name || self.rests_on().contains(&name)
    }

    /// Tells whether the column fills itself for this cause.
    pub fn is_filled_on(&self, cause: FillCause) -> bool {
        match cause {
            FillCause::New => self.triggers.on_new,
            FillCause::Changed => self.triggers.on_change,
        }
    }

    /// Tells whether the schedule asks for a run now.
    pub fn is_due(&self, now: Timestamp) -> bool {
        let Some(schedule) = self.triggers.schedule else { return false };
        let since = self.scheduled_through.unwrap_or(self.created_at);
        now.duration_since(since) >= schedule.period()
    }

    /// Tells whether a value of this age needs no new question.
    pub fn is_fresh(&self, found_at: Timestamp, now: Timestamp) -> bool {
        now.duration_since(found_at) < SignedDuration::from_hours(24 * i64::from(self.fresh_days))
    }
}

#[cfg(test)]
mod tests;
