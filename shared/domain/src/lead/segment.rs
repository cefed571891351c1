//! Segment rules: which leads a saved segment, a view or an action selects. A rule is a condition on one field, or a
//! group of rules of which all, any or none must match. Groups may hold groups.

mod field;
mod saved;
mod spelling;

pub use field::{FieldShape, FitField, ListField};
pub use saved::{LONGEST_SEGMENT_NAME, MOST_SEGMENTS, Segment};

use crate::lead::custom_field::CustomFields;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use spelling::{ConditionParts, RuleParts};

/// The most conditions of a rule, over all its groups.
pub const MOST_CONDITIONS: usize = 50;
/// The most groups inside each other.
pub const DEEPEST: usize = 5;
/// The most values of a condition.
pub const MOST_VALUES: usize = 100;

/// A rule that selects leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", try_from = "RuleParts")]
pub enum SegmentRule {
    /// Every one of these matches. An empty list selects every lead.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    All(Vec<SegmentRule>),
    /// One of these matches, or several do.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    Any(Vec<SegmentRule>),
    /// None of these matches.
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    None(Vec<SegmentRule>),
    /// One field's value passes a test.
    If(SegmentCondition),
}

/// A test of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "ConditionParts")]
pub struct SegmentCondition {
    /// A field's name, such as `status`, or `custom.` and the key of a custom field.
    pub field: String,
    #[serde(flatten)]
    pub test: Test,
}

/// What a field's value must be. A lead without a value passes `filled: false`, and `is_not` and `lacks` of anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SegmentTest))]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// It is one of these, or has one of these. The case of letters does not matter.
    Is(Vec<String>),
    IsNot(Vec<String>),
    /// It has all of these; for fields with several values.
    HasAll(Vec<String>),
    /// The text has this in it, whatever the case of letters.
    Contains(String),
    Lacks(String),
    StartsWith(String),
    /// It is at least this number, amount or day.
    AtLeast(String),
    AtMost(String),
    /// It lies within the last so many days; for days and times.
    InLastDays(u32),
    InNextDays(u32),
    /// There is a value, or there is none.
    Filled(bool),
}

/// A fault of a rule: where it is, as a path such as `all[1].values`, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFault {
    pub path: String,
    pub why: String,
}

impl SegmentRule {
    /// The rule that selects every lead.
    pub fn everyone() -> Self {
        Self::All(Vec::new())
    }

    /// Checks the rule against the fields that the workspace has.
    pub fn faults(&self, fields: &CustomFields) -> Vec<RuleFault> {
        self.faults_within(fields, MOST_CONDITIONS, DEEPEST)
    }

    /// Does what `faults` does for a rule that may be two rules joined, and narrowed to the leads of some owners: it may be
    /// twice as large with one condition more, and a group deeper.
    pub fn faults_of_joined(&self, fields: &CustomFields) -> Vec<RuleFault> {
        self.faults_within(fields, 2 * MOST_CONDITIONS + 1, DEEPEST + 1)
    }

    fn faults_within(&self, fields: &CustomFields, most_conditions: usize, deepest: usize) -> Vec<RuleFault> {
        let mut check = RuleCheck { fields, deepest, conditions: 0, faults: Vec::new() };
        check.rule(self, "", 1);
        if check.conditions > most_conditions {
            let why = format!("has {} conditions: at most {most_conditions} are possible", check.conditions);
            check.fault("", why);
        }
        check.faults
    }

    /// The rule that selects the leads that both select.
    pub fn and(self, other: Self) -> Self {
        Self::All(vec![self, other])
    }

    /// Tells whether a condition names a custom field.
    pub fn names_custom_fields(&self) -> bool {
        self.conditions().iter().any(|condition| is_custom(&condition.field))
    }

    /// Tells whether a condition compares the custom field with this option.
    pub fn names_option(&self, key: &str, option: &str) -> bool {
        let option = option.to_lowercase();
        self.conditions().into_iter().any(|condition| {
            let (Test::Is(values) | Test::IsNot(values) | Test::HasAll(values)) = &condition.test else {
                return false;
            };
            condition.field.strip_prefix(field::CUSTOM) == Some(key)
                && values.iter().any(|value| value.trim().to_lowercase() == option)
        })
    }

    /// Visits the fits that the rule's conditions name.
    pub fn fits(&self) -> impl Iterator<Item = FitField> {
        self.conditions().into_iter().filter_map(|condition| FitField::named(&condition.field))
    }

    /// Visits each condition of the rule.
    pub fn conditions(&self) -> Vec<&SegmentCondition> {
        match self {
            Self::All(rules) | Self::Any(rules) | Self::None(rules) => {
                rules.iter().flat_map(SegmentRule::conditions).collect()
            }
            Self::If(condition) => vec![condition],
        }
    }

    /// Tells whether the rule's answer changes as time passes, without a change of the lead.
    pub fn depends_on_time(&self) -> bool {
        self.conditions().into_iter().any(|condition| {
            let by_score = matches!(condition.field.as_str(), "score" | "temperature");
            by_score
                || FitField::named(&condition.field).is_some()
                || matches!(condition.test, Test::InLastDays(_) | Test::InNextDays(_))
        })
    }
}

/// Tells whether a name of the list is that of a custom field.
pub fn is_custom(name: &str) -> bool {
    name.starts_with(field::CUSTOM)
}

struct RuleCheck<'a> {
    fields: &'a CustomFields,
    deepest: usize,
    conditions: usize,
    faults: Vec<RuleFault>,
}

impl RuleCheck<'_> {
    fn fault(&mut self, path: &str, why: impl Into<String>) {
        self.faults.push(RuleFault { path: path.to_owned(), why: why.into() });
    }

    fn rule(&mut self, rule: &SegmentRule, path: &str, depth: usize) {
        let (name, rules) = match rule {
            SegmentRule::All(rules) => ("all", rules),
            SegmentRule::Any(rules) => ("any", rules),
            SegmentRule::None(rules) => ("none", rules),
            SegmentRule::If(condition) => {
                self.conditions += 1;
                return self.condition(condition, path);
            }
        };
        let dot = if path.is_empty() { "" } else { "." };
        if depth > self.deepest {
            return self.fault(path, format!("has more than {} groups inside each other", self.deepest));
        }
        if rules.is_empty() && (depth > 1 || name != "all") {
            self.fault(path, "is a group without a condition");
        }
        for (at, inner) in rules.iter().enumerate() {
            self.rule(inner, &format!("{path}{dot}{name}[{at}]"), depth + 1);
        }
    }

    fn condition(&mut self, condition: &SegmentCondition, path: &str) {
        let Some(field) = ListField::named(&condition.field, self.fields) else {
            return self.fault(path, format!("names '{}', which is not a field", condition.field));
        };
        let shape = field.shape();
        let (test, values): (&str, Vec<&String>) = match &condition.test {
            Test::Is(values) => ("is", values.iter().collect()),
            Test::IsNot(values) => ("is_not", values.iter().collect()),
            Test::HasAll(values) => ("has_all", values.iter().collect()),
            Test::Contains(text) => ("contains", vec![text]),
            Test::Lacks(text) => ("lacks", vec![text]),
            Test::StartsWith(text) => ("starts_with", vec![text]),
            Test::AtLeast(value) => ("at_least", vec![value]),
            Test::AtMost(value) => ("at_most", vec![value]),
            Test::InLastDays(_) => ("in_last_days", vec![]),
            Test::InNextDays(_) => ("in_next_days", vec![]),
            Test::Filled(_) => return,
        };
        if !shape.has_test(&condition.test) {
            return self.fault(path, format!("{} has no test '{test}'", condition.field));
        }
        if values.is_empty() && !test.starts_with("in_") {
            self.fault(path, "needs at least one value");
        }
        if values.len() > MOST_VALUES {
            self.fault(path, format!("has more than {MOST_VALUES} values"));
        }
        for value in values {
            if value.trim().is_empty() {
                self.fault(path, "has an empty value");
            } else if let Err(why) = shape.check(value) {
                self.fault(path, format!("'{value}' {why}"));
            }
        }
    }
}

/// The days that a test of time lies within, both ends included; each end may be open.
pub fn days_of(test: &Test, today: Date) -> Option<(Option<Date>, Option<Date>)> {
    let day = |text: &str| text.trim().parse::<Date>().ok();
    let by = |days: i64| today.checked_add(jiff::Span::new().days(days)).ok();
    match test {
        Test::Is(values) => values.first().and_then(|value| day(value)).map(|on| (Some(on), Some(on))),
        Test::AtLeast(value) => Some((Some(day(value)?), None)),
        Test::AtMost(value) => Some((None, Some(day(value)?))),
        Test::InLastDays(days) => Some((by(-i64::from((*days).min(36_500))), Some(today))),
        Test::InNextDays(days) => Some((Some(today), by(i64::from((*days).min(36_500))))),
        _ => None,
    }
}

/// The day of an instant in UTC, by which tests of time go.
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[cfg(test)]
mod tests;
