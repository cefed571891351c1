//! Formulas: minijinja expressions over a lead's fields. They are user input, so the language is bounded: no loops, no
//! calls but filters that do not multiply, and a limited amount of work.

use crate::lead::Lead;
use crate::lead::custom_field::{CustomFields, CustomValue};
use crate::sequence::merge_fields::{custom_name, is_of_lead, lead_value};
use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, ErrorKind, UndefinedBehavior, filters, tests as jinja_tests};
use std::collections::{BTreeMap, BTreeSet};

pub const LONGEST_FORMULA: usize = 2_000;
const LONGEST_RESULT: usize = 1_000;
const FUEL: u64 = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormulaError {
    #[error("is longer than {LONGEST_FORMULA} characters")]
    TooLong,
    #[error("cannot be read: {0}")]
    Syntax(String),
    #[error("names '{0}', which leads do not have")]
    UnknownField(String),
    /// The lead has no value for a field that the formula needs.
    #[error("'{0}' has no value")]
    Missing(String),
    #[error("multiplies '{0}', which may be a text: only numbers and fields with numbers are multiplied")]
    MultipliesText(String),
    #[error("cannot be computed: {0}")]
    Failed(String),
}

/// Checks a formula and returns the fields that it names.
pub fn check(expression: &str) -> Result<BTreeSet<String>, FormulaError> {
    let names = names(expression)?;
    match names.iter().find(|name| !is_of_lead(name)) {
        Some(name) => Err(FormulaError::UnknownField(name.clone())),
        None => Ok(names),
    }
}

/// Returns the fields that a formula names, as templates spell them.
pub fn names(expression: &str) -> Result<BTreeSet<String>, FormulaError> {
    let environment = environment();
    Ok(compiled(&environment, expression)?.undeclared_variables(true).into_iter().collect())
}

/// Computes a formula for a lead. None: its result is nothing, or an empty text.
pub fn compute(expression: &str, lead: &Lead, fields: &CustomFields) -> Result<Option<String>, FormulaError> {
    let value = evaluate(expression, lead, fields)?;
    let text = match value.kind() {
        ValueKind::Undefined | ValueKind::None => return Ok(None),
        ValueKind::Bool => (if value.is_true() { "yes" } else { "no" }).to_owned(),
        ValueKind::Number => number_text(&value),
        ValueKind::String => value.as_str().unwrap_or_default().trim().to_owned(),
        other => return Err(FormulaError::Failed(format!("the result is a {other}, not a text or number"))),
    };
    if text.chars().count() > LONGEST_RESULT {
        return Err(FormulaError::Failed(format!("the result is longer than {LONGEST_RESULT} characters")));
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// Tells whether a condition is true of a lead. One that needs a value that the lead does not have is not.
pub fn holds(condition: &str, lead: &Lead, fields: &CustomFields) -> Result<bool, FormulaError> {
    match evaluate(condition, lead, fields) {
        Ok(value) => Ok(value.is_true()),
        Err(FormulaError::Missing(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

fn evaluate(expression: &str, lead: &Lead, fields: &CustomFields) -> Result<Value, FormulaError> {
    for name in multiplied(expression)? {
        let number = name.strip_prefix("custom.").and_then(|key| custom_number(lead, key, fields));
        if number.is_none() && name.starts_with("custom.") {
            let missing = lead_value(lead, &name).is_none();
            return Err(if missing {
                FormulaError::Missing(name)
            } else {
                FormulaError::MultipliesText(name)
            });
        }
    }
    let environment = environment();
    let compiled = compiled(&environment, expression)?;
    let named = compiled.undeclared_variables(true);
    compiled.eval(values(lead, fields)).map_err(|error| match error.kind() {
        ErrorKind::UndefinedError => {
            let missing = named.iter().filter(|name| lead_value(lead, name).is_none()).min();
            missing.map_or_else(|| failed(&error), |name| FormulaError::Missing(name.clone()))
        }
        ErrorKind::OutOfFuel => FormulaError::Failed("it takes too much work".to_owned()),
        _ => {
            // Arithmetic with a field that the lead lacks fails in words that name no field.
            let missing = named.iter().filter(|name| lead_value(lead, name).is_none()).min();
            missing.map_or_else(|| failed(&error), |name| FormulaError::Missing(name.clone()))
        }
    })
}

fn failed(error: &minijinja::Error) -> FormulaError {
    FormulaError::Failed(error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned))
}

fn compiled<'a>(
    environment: &'a Environment<'_>,
    expression: &'a str,
) -> Result<minijinja::Expression<'a, 'a>, FormulaError> {
    if expression.chars().count() > LONGEST_FORMULA {
        return Err(FormulaError::TooLong);
    }
    multiplied(expression)?;
    environment.compile_expression(expression).map_err(|error| {
        let detail = error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned);
        FormulaError::Syntax(detail)
    })
}

fn environment<'a>() -> Environment<'a> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(50);
    environment.add_filter("default", filters::default);
    environment.add_filter("d", filters::default);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("title", filters::title);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("length", filters::length);
    environment.add_filter("round", filters::round);
    environment.add_filter("abs", filters::abs);
    environment.add_filter("int", filters::int);
    environment.add_filter("float", filters::float);
    environment.add_filter("string", filters::string);
    environment.add_test("defined", jinja_tests::is_defined);
    environment.add_test("undefined", jinja_tests::is_undefined);
    environment.add_test("startingwith", jinja_tests::is_startingwith);
    environment.add_test("endingwith", jinja_tests::is_endingwith);
    environment.add_test("in", jinja_tests::is_in);
    environment
}

/// Returns the fields that are multiplied. A text times a number is that many texts, so whatever may be a text is refused:
/// a factor is a number, a field with a number, or in brackets where the formula has no texts at all.
fn multiplied(expression: &str) -> Result<BTreeSet<String>, FormulaError> {
    let (mut fields, mut quote, mut brackets) = (BTreeSet::new(), None, false);
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let mut escaped = false;
    for (at, c) in expression.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '*') => {
                let (left, right) = (expression[..at].trim_end(), expression[at + 1..].trim_start());
                let left = &left[left.trim_end_matches(is_name).len()..];
                let bare = right.strip_prefix('-').unwrap_or(right);
                let right = &bare[..bare.find(|c| !is_name(c)).unwrap_or(bare.len())];
                let next_to =
                    [(left, expression[..at].trim_end().ends_with(')')), (right, bare.starts_with('('))];
                for (factor, in_brackets) in next_to {
                    let is_number = factor.starts_with(|c: char| c.is_ascii_digit());
                    match factor {
                        "rating" | "reviews" => {}
                        _ if is_number => {}
                        _ if factor.starts_with("custom.") => drop(fields.insert(factor.to_owned())),
                        "" if in_brackets => brackets = true,
                        other => return Err(FormulaError::MultipliesText(other.to_owned())),
                    }
                }
            }
            _ => {}
        }
    }
    if brackets {
        if let Some(sign) = expression.chars().find(|c| "\"'~|[".contains(*c)) {
            return Err(FormulaError::MultipliesText(sign.to_string()));
        }
        let environment = environment();
        let parsed = environment.compile_expression(expression);
        let named = parsed.map(|parsed| parsed.undeclared_variables(true)).unwrap_or_default();
        for name in named {
            match name.as_str() {
                "rating" | "reviews" => {}
                other if other.starts_with("custom.") => drop(fields.insert(name)),
                _ => return Err(FormulaError::MultipliesText(name)),
            }
        }
    }
    Ok(fields)
}

fn custom_number(lead: &Lead, name: &str, fields: &CustomFields) -> Option<f64> {
    let (key, text) = lead.custom.iter().find(|(key, _)| custom_name(key) == name)?;
    f64::try_from(typed(key, text, fields)).ok()
}

/// Returns the lead's values: numbers and checks as such, everything else as text.
fn values(lead: &Lead, fields: &CustomFields) -> Value {
    let mut root: BTreeMap<String, Value> = BTreeMap::new();
    for name in crate::sequence::merge_fields::fields().filter(|name| is_of_lead(name)) {
        if let Some(text) = lead_value(lead, name) {
            root.insert(name.to_owned(), Value::from(text));
        }
    }
    if let Some(rating) = lead.rating {
        root.insert("rating".to_owned(), Value::from(rating));
    }
    if let Some(reviews) = lead.reviews {
        root.insert("reviews".to_owned(), Value::from(reviews));
    }
    let custom: BTreeMap<String, Value> = lead
        .custom
        .iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(key, text)| (custom_name(key), typed(key, text, fields)))
        .collect();
    root.insert("custom".to_owned(), Value::from_iter(custom));
    Value::from_iter(root)
}

fn typed(key: &str, text: &str, fields: &CustomFields) -> Value {
    let read = fields.get(key).and_then(|field| field.kind.read(text).ok());
    match read {
        Some(number @ CustomValue::Number(_)) => {
            number.to_string().parse::<f64>().map_or_else(|_| Value::from(text), Value::from)
        }
        Some(CustomValue::Check(yes)) => Value::from(yes),
        _ => Value::from(text.trim()),
    }
}

/// Writes a number with at most four decimals, as custom fields store it.
fn number_text(value: &Value) -> String {
    match f64::try_from(value.clone()) {
        Ok(number) if number.is_finite() => {
            let text = format!("{number:.4}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => String::new(),
    }
}
