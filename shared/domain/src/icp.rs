//! The ideal customer profile (ICP): which leads suit the workspace, and how well. Its rules must all be true; its
//! weights then say how well a lead fits, from 0 to 100.
//!
//! A rule or a weight has one of three answers for a lead: it is met, it is not met, or it is not known because the lead
//! has no value in a field that is asked for. Not known is never taken for false: each rule says whether leads stay
//! about which it is not known, and a weight that is not known adds nothing and is told as not known. A lead that opted
//! out never fits; no rule has to say so.
//!
//! Fit is computed from what a lead is when it is read, and stored nowhere, so that it is never stale.

mod faults;
mod fit;
mod missing;
pub mod proposal;
mod reason;

pub use fit::{FitAnswer, FitAnswers, FitVerdict, HISTOGRAM_BINS, bin_of, fit_points, fit_verdict};
pub use missing::may_be_missing;
pub use reason::{reason_text, rule_text};

use crate::ids::{IcpId, UserId, WorkspaceId};
use crate::lead::segment::{FitField, SegmentRule};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The most ICPs of a workspace.
pub const MOST_ICPS: usize = 20;
/// The most characters of an ICP's name.
pub const LONGEST_ICP_NAME: usize = 80;
/// The most rules of an ICP, and the most weights.
pub const MOST_ICP_RULES: usize = 20;
/// The most conditions of an ICP, over all its rules and weights.
pub const MOST_ICP_CONDITIONS: usize = 100;
/// The most points of a weight.
pub const MOST_POINTS: u8 = 100;
/// The most characters of an ICP's rules and weights as JSON.
pub const LONGEST_ICP: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Icp {
    pub id: IcpId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub profile: IcpProfile,
    /// Whether it is the one that the field `fit` means.
    pub main: bool,
    /// The number of the profile that was saved last, from 1 on. A new name does not change it.
    pub version: u32,
    /// The user who made it; none if a program did.
    pub by: Option<UserId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
}

/// What an ICP asks of leads; stored, sent and shown in the same shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct IcpProfile {
    /// The rules that must be true, in the order in which leads are counted; at most 20.
    pub rules: Vec<IcpRule>,
    /// What adds to fit, at most 20. Fit is the points that a lead has of all points there are, from 0 to 100: points
    /// that do not add up to 100 are scaled to it. Without weights every lead that passes the rules has 100.
    pub weights: Vec<IcpWeight>,
    /// The fit from which on a lead is a good one: 0 to 100.
    pub threshold: u8,
}

/// A rule that must be true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct IcpRule {
    pub rule: SegmentRule,
    /// What becomes of leads about which the rule is not known.
    #[serde(default)]
    pub not_known: NotKnown,
}

/// What adds to fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct IcpWeight {
    pub rule: SegmentRule,
    /// 1 to 100.
    pub points: u8,
}

/// What becomes of leads about which a rule is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotKnown {
    /// They do not fit.
    #[default]
    LeaveOut,
    /// They pass the rule.
    Keep,
}

impl Icp {
    /// Finds the ICP that a field of the lead list means.
    pub fn of_field(icps: &[Self], field: FitField) -> Option<&Self> {
        match field {
            FitField::Main => Self::main_of(icps),
            FitField::Of(ulid) => icps.iter().find(|icp| icp.id.ulid_text() == ulid.to_string()),
        }
    }

    /// Finds the workspace's main ICP. Of two that were made so at the same instant it is the one that was changed last.
    pub fn main_of(icps: &[Self]) -> Option<&Self> {
        icps.iter().filter(|icp| icp.main).max_by_key(|icp| (icp.updated_at, &icp.id))
    }

    /// The name of the field of the lead list that holds the fit with this ICP.
    pub fn field(&self) -> String {
        format!("{}{}", FitField::PREFIX, self.id)
    }

    /// The form of a name by which two are the same.
    pub fn folded_name(name: &str) -> String {
        name.trim().to_lowercase()
    }
}

impl IcpProfile {
    /// Visits every rule, those of weights included.
    pub fn all_rules(&self) -> impl Iterator<Item = &SegmentRule> {
        self.rules.iter().map(|rule| &rule.rule).chain(self.weights.iter().map(|weight| &weight.rule))
    }

    /// Tells whether a rule or a weight names a custom field.
    pub fn names_custom_fields(&self) -> bool {
        self.all_rules().any(SegmentRule::names_custom_fields)
    }

    /// The sum of all points.
    pub fn points(&self) -> u32 {
        self.weights.iter().map(|weight| u32::from(weight.points)).sum()
    }
}

#[cfg(test)]
mod tests;
