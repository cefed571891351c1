//! Rules as they are written: a rule is a group or a condition, a condition has one test, and nothing else is passed
//! over in silence.

use super::{SegmentCondition, SegmentRule, Test};
use serde::Deserialize;

/// A rule as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleParts {
    all: Option<Vec<SegmentRule>>,
    any: Option<Vec<SegmentRule>>,
    none: Option<Vec<SegmentRule>>,
    #[serde(rename = "if")]
    condition: Option<SegmentCondition>,
}

impl TryFrom<RuleParts> for SegmentRule {
    type Error = &'static str;

    fn try_from(parts: RuleParts) -> Result<Self, Self::Error> {
        let groups = [parts.all.map(Self::All), parts.any.map(Self::Any), parts.none.map(Self::None)];
        let mut rules = groups.into_iter().chain([parts.condition.map(Self::If)]).flatten();
        match (rules.next(), rules.next()) {
            (Some(rule), None) => Ok(rule),
            (None, _) => Err("needs one of all, any, none, if"),
            (Some(_), Some(_)) => Err("has more than one of all, any, none, if"),
        }
    }
}

/// A condition as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionParts {
    field: String,
    is: Option<Vec<String>>,
    is_not: Option<Vec<String>>,
    has_all: Option<Vec<String>>,
    contains: Option<String>,
    lacks: Option<String>,
    starts_with: Option<String>,
    at_least: Option<String>,
    at_most: Option<String>,
    in_last_days: Option<u32>,
    in_next_days: Option<u32>,
    filled: Option<bool>,
}

impl TryFrom<ConditionParts> for SegmentCondition {
    type Error = &'static str;

    fn try_from(parts: ConditionParts) -> Result<Self, Self::Error> {
        let tests = [
            parts.is.map(Test::Is),
            parts.is_not.map(Test::IsNot),
            parts.has_all.map(Test::HasAll),
            parts.contains.map(Test::Contains),
            parts.lacks.map(Test::Lacks),
            parts.starts_with.map(Test::StartsWith),
            parts.at_least.map(Test::AtLeast),
            parts.at_most.map(Test::AtMost),
            parts.in_last_days.map(Test::InLastDays),
            parts.in_next_days.map(Test::InNextDays),
            parts.filled.map(Test::Filled),
        ];
        let mut tests = tests.into_iter().flatten();
        match (tests.next(), tests.next()) {
            (Some(test), None) => Ok(Self { field: parts.field, test }),
            (None, _) => Err("has no test, such as is or filled"),
            (Some(_), Some(_)) => Err("has more than one test"),
        }
    }
}
