//! Rules in plain words, and what each says of one lead: the reasons of a fit.

use super::FitAnswer;
use crate::lead::attributes::LeadText;
use crate::lead::custom_field::CustomFields;
use crate::lead::segment::{ListField, SegmentCondition, SegmentRule, Test};

/// The most values that are named of a condition or of a lead.
const NAMED: usize = 3;
/// The most characters that are shown of a lead's value.
const LONGEST_VALUE: usize = 60;

/// Says what a rule asks for: `Rooms 2 to 8`, `City is Bonn or Rome`.
pub fn rule_text(rule: &SegmentRule, fields: &CustomFields) -> String {
    let joined = |rules: &[SegmentRule], word: &str| {
        let parts: Vec<String> = rules
            .iter()
            .map(|rule| match rule {
                SegmentRule::If(_) => rule_text(rule, fields),
                group => format!("({})", rule_text(group, fields)),
            })
            .collect();
        parts.join(word)
    };
    match rule {
        SegmentRule::All(rules) => match range_of(rules) {
            Some((field, low, high)) => format!("{} {low} to {high}", label_of(field, fields)),
            None => joined(rules, " and "),
        },
        SegmentRule::Any(rules) => joined(rules, " or "),
        SegmentRule::None(rules) => format!("not {}", joined(rules, " or ")),
        SegmentRule::If(condition) => {
            format!("{} {}", label_of(&condition.field, fields), test_text(condition))
        }
    }
}

/// Says why a rule has its answer for a lead: `Rooms 4`, `Rooms not known`, `Rooms is 9, the limit is 8`. `value` gives
/// what the lead has in a field, as users read it.
pub fn reason_text(
    rule: &SegmentRule,
    answer: FitAnswer,
    fields: &CustomFields,
    value: impl Fn(&str) -> Option<String>,
) -> String {
    let mut asked: Vec<&SegmentCondition> = Vec::new();
    for condition in rule.conditions() {
        if !asked.iter().any(|known| known.field == condition.field) {
            asked.push(condition);
        }
    }
    let label = |condition: &SegmentCondition| label_of(&condition.field, fields);
    let value = |condition: &SegmentCondition| {
        // The ids of users and campaigns say nothing to a reader.
        let is_named = !matches!(condition.field.as_str(), "owner" | "campaign");
        value(&condition.field).filter(|_| is_named).map(|value| shortened(&value))
    };
    match answer {
        FitAnswer::NotKnown => {
            let missing = asked.iter().filter(|condition| value(condition).is_none());
            let missing: Vec<String> = missing.map(|condition| label(condition)).collect();
            format!("{} not known", missing.join(" and "))
        }
        FitAnswer::Met => {
            // That a number or a website is known says enough.
            let has = |condition: &&SegmentCondition| match &condition.test {
                Test::Filled(true) => Some(format!("{} known", label(condition))),
                _ => Some(format!("{} {}", label(condition), value(condition)?)),
            };
            let has: Vec<String> = asked.iter().filter_map(has).take(NAMED).collect();
            if has.is_empty() { rule_text(rule, fields) } else { has.join(", ") }
        }
        FitAnswer::NotMet => {
            let beyond = rule.conditions().into_iter().find_map(|condition| {
                let has = value(condition)?;
                limit_text(&condition.test, &has).map(|why| format!("{} is {has}, {why}", label(condition)))
            });
            beyond.unwrap_or_else(|| {
                let is = |condition: &SegmentCondition| match value(condition) {
                    Some(has) => format!("{} is {has}", label(condition)),
                    None => format!("no {}", lower_first(&label(condition))),
                };
                let is: Vec<String> = asked.iter().take(NAMED).map(|condition| is(condition)).collect();
                format!("{}; asked for: {}", is.join(", "), rule_text(rule, fields))
            })
        }
    }
}

/// The field and the bounds of a rule that asks for a number or a day between two.
fn range_of(rules: &[SegmentRule]) -> Option<(&str, &str, &str)> {
    let [SegmentRule::If(low), SegmentRule::If(high)] = rules else { return None };
    match (&low.test, &high.test) {
        (Test::AtLeast(from), Test::AtMost(to)) if low.field == high.field => Some((&low.field, from, to)),
        _ => None,
    }
}

/// Says by which limit a value fails, if it does.
fn limit_text(test: &Test, has: &str) -> Option<String> {
    match test {
        Test::AtMost(limit) => (size(has)? > size(limit)?).then(|| format!("the limit is {limit}")),
        Test::AtLeast(limit) => (size(has)? < size(limit)?).then(|| format!("at least {limit} is asked for")),
        _ => None,
    }
}

/// The number by which a value and a limit are compared: of an amount its number, of a day its digits.
fn size(text: &str) -> Option<f64> {
    let first = text.split_whitespace().next()?;
    first.parse().ok().or_else(|| first.replace('-', "").parse().ok())
}

fn test_text(condition: &SegmentCondition) -> String {
    let is_id = matches!(condition.field.as_str(), "owner" | "campaign");
    let listed = |values: &[String], word: &str| {
        if is_id && values != ["none"] {
            return format!("one of {} chosen", values.len());
        }
        let named: Vec<&str> = values.iter().take(NAMED).map(String::as_str).collect();
        match values.len() - named.len() {
            0 => named.join(word),
            more => format!("{}{word}{more} more", named.join(", ")),
        }
    };
    match &condition.test {
        Test::Is(values) => format!("is {}", listed(values, " or ")),
        Test::IsNot(values) => format!("is not {}", listed(values, " or ")),
        Test::HasAll(values) => format!("has {}", listed(values, " and ")),
        Test::Contains(text) => format!("contains “{text}”"),
        Test::Lacks(text) => format!("does not contain “{text}”"),
        Test::StartsWith(text) => format!("begins with “{text}”"),
        Test::AtLeast(value) => format!("at least {value}"),
        Test::AtMost(value) => format!("at most {value}"),
        Test::InLastDays(days) => format!("within the last {days} days"),
        Test::InNextDays(days) => format!("within the next {days} days"),
        Test::Filled(true) => "has a value".to_owned(),
        Test::Filled(false) => "has no value".to_owned(),
    }
}

/// The name of a field as users read it.
fn label_of(name: &str, fields: &CustomFields) -> String {
    if let Some(ListField::Custom(field)) = ListField::named(name, fields) {
        return field.label.clone();
    }
    let known = LeadText::all().find(|text| text.name() == name).map(LeadText::label);
    let words = match (name, known) {
        ("email", _) => "E-mail".to_owned(),
        ("linkedin", _) => "LinkedIn".to_owned(),
        (_, Some(label)) => label.to_owned(),
        (other, None) => other.trim_start_matches("custom.").replace('_', " "),
    };
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn shortened(value: &str) -> String {
    match value.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", value[..end].trim_end()),
        None => value.to_owned(),
    }
}
