//! A budget: what was spent for something, and what is reserved for calls under way.

use super::{BookingOutcome, Usd};
use crate::ids::{CampaignId, ColumnId, ColumnRunId, UserId, WorkspaceId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What a budget is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "scope")]
pub enum BudgetScope {
    /// Everything that the workspace spends in a month.
    Month { month: SpendMonth },
    /// What a user's own requests to models cost in a month.
    User { user: UserId, month: SpendMonth },
    /// Everything that is spent for a campaign.
    Campaign { campaign: CampaignId },
    /// One run of columns.
    Run { run: ColumnRunId },
    /// What a column spends by itself in a month, when leads are imported or changed.
    Column { column: ColumnId, month: SpendMonth },
}

/// A calendar month in UTC, such as `2026-11`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct SpendMonth(String);

impl SpendMonth {
    pub fn at(now: Timestamp) -> Self {
        Self(now.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string())
    }

    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let is_number = |part: &str, digits| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        let is_month = is_number(year, 4) && is_number(month, 2) && ("01"..="12").contains(&month);
        is_month.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SpendMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for SpendMonth {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("'{text}' is not a month such as 2026-11"))
    }
}

impl From<SpendMonth> for String {
    fn from(month: SpendMonth) -> String {
        month.0
    }
}

/// A budget as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    pub workspace: WorkspaceId,
    pub scope: BudgetScope,
    pub spent: Usd,
    pub reserved: Usd,
    /// What was spent, by provider and outcome.
    pub tallies: BTreeMap<String, BTreeMap<BookingOutcome, Tally>>,
}

/// The calls of one provider with one outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tally {
    pub calls: u64,
    pub amount: Usd,
}

impl Budget {
    /// Makes a budget in which nothing was reserved yet.
    pub fn empty(workspace: WorkspaceId, scope: BudgetScope) -> Self {
        Self { workspace, scope, spent: Usd::ZERO, reserved: Usd::ZERO, tallies: BTreeMap::new() }
    }

    /// Returns what may still be reserved below a cap.
    pub fn left(&self, cap: Usd) -> Usd {
        cap.less(self.spent + self.reserved)
    }
}

#[cfg(test)]
mod tests {
    use super::SpendMonth;

    #[test]
    fn month_is_read_only_as_year_and_month() {
        assert!(SpendMonth::parse("2026-11").is_some());
        for text in ["2026-13", "2026-00", "2026-1", "26-11", "2026-11-01", "2026-1a", ""] {
            assert_eq!(SpendMonth::parse(text), None, "{text}");
        }
        let at: jiff::Timestamp = "2026-11-30T23:59:59Z".parse().expect("a time");
        assert_eq!(SpendMonth::at(at).as_str(), "2026-11");
    }
}
