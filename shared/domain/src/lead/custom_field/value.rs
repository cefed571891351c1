//! The value of a custom field: read from what a person wrote, or from what is stored; its `Display` is what is stored.

use super::FieldKind;
use super::spelling::{Spelling, may_group, written_date};
use crate::contact::email_address::EmailAddress;
use crate::money::{Currency, Money};
use crate::yes_no;
use jiff::civil::Date;
use std::fmt;
use url::Url;

/// What stands between the options of a value.
pub(super) const BETWEEN: char = ';';

const LONGEST_TEXT: usize = 1_000;
const LONGEST_URL: usize = 500;
/// The most digits before the point. With `DECIMALS` after it a number still is exact as a double.
const WHOLE_DIGITS: usize = 11;
const DECIMALS: usize = 4;

/// A value of a custom field.
#[derive(Debug, Clone, PartialEq)]
pub enum CustomValue {
    Text(String),
    /// The number in units of 0.0001.
    Number(i64),
    Date(Date),
    Choice(String),
    Choices(Vec<String>),
    Check(bool),
    Url(String),
    Money(Money),
    Person(EmailAddress),
}

/// Says what a field expected, for the sentence "… is not a number such as 12.5".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadValue(String);

impl FieldKind {
    /// Reads a value as a person, a program or a file writes it: numbers with either decimal sign, yes and no as words,
    /// options in any case. What this returns, written with `Display`, is read as the same value again.
    pub fn read(&self, written: &str) -> Result<CustomValue, BadValue> {
        self.read_spelled(written, Spelling::default())
    }

    /// Reads a value of a file that spells numbers and dates in its own way. What the plain reading takes and is
    /// not ambiguous is read as there.
    pub fn read_spelled(&self, written: &str, spelling: Spelling) -> Result<CustomValue, BadValue> {
        let comma = spelling.decimal_comma;
        let text = written.trim();
        let bad = |why: &str| Err(BadValue(why.to_owned()));
        match self {
            Self::Text if text.chars().count() > LONGEST_TEXT => {
                Err(BadValue(format!("has more than {LONGEST_TEXT} characters")))
            }
            Self::Text => Ok(CustomValue::Text(text.to_owned())),
            Self::Number => match decimal(text, DECIMALS, comma) {
                Some(number) => Ok(CustomValue::Number(number)),
                None => bad("is not a number such as 12.5"),
            },
            Self::Date => match date(text, spelling.day_first) {
                Some(date) => Ok(CustomValue::Date(date)),
                None => bad(match spelling.day_first {
                    None => "is not a date such as 2026-11-28",
                    Some(true) => "is not a date such as 28/11/2026 or 2026-11-28",
                    Some(false) => "is not a date such as 11/28/2026 or 2026-11-28",
                }),
            },
            Self::Choice { options } => one_of(options, text).map(CustomValue::Choice),
            Self::Choices { options } => many_of(options, text).map(CustomValue::Choices),
            Self::Check => match yes_no::read(text) {
                Some(yes) => Ok(CustomValue::Check(yes)),
                None => bad("is neither yes nor no"),
            },
            Self::Url => web_address(text).map(CustomValue::Url),
            Self::Money { currency } => match amount(text, *currency, comma) {
                Some(money) => Ok(CustomValue::Money(money)),
                None => bad("is not an amount such as 1200.50 EUR"),
            },
            Self::Person => match EmailAddress::parse(text) {
                Ok(address) => Ok(CustomValue::Person(address)),
                Err(_) => bad("is not a team member's e-mail address"),
            },
        }
    }
}

impl FieldKind {
    /// The parts of a value that are none of the field's options.
    pub fn unknown_options<'t>(&self, written: &'t str) -> Vec<&'t str> {
        let unknown = |options: &[String], part: &str| one_of(options, part).is_err();
        let text = written.trim();
        match self {
            Self::Choice { options } if !text.is_empty() && unknown(options, text) => vec![text],
            Self::Choices { options } => {
                parts(options, text).into_iter().filter(|part| unknown(options, part)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The options that a stored value has; other parts of it are passed over.
    pub fn options_in(&self, value: &str) -> Vec<String> {
        let read = |options: &[String], part: &str| one_of(options, part).ok();
        match self {
            Self::Choice { options } => read(options, value.trim()).into_iter().collect(),
            Self::Choices { options } => {
                parts(options, value).into_iter().filter_map(|part| read(options, part)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Reads a date as its own text, so that nothing more (a time, a zone) is dropped unseen; if the spelling is known, also
/// as files write dates.
fn date(text: &str, day_first: Option<bool>) -> Option<Date> {
    let plain = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
    plain.or_else(|| written_date(text, day_first?))
}

fn one_of(options: &[String], text: &str) -> Result<String, BadValue> {
    let wanted = text.to_lowercase();
    let exact = options.iter().find(|option| *option == text);
    exact.or_else(|| options.iter().find(|option| option.to_lowercase() == wanted)).cloned().ok_or_else(
        || {
            const SHOWN: usize = 5;
            let more = if options.len() > SHOWN { ", …" } else { "" };
            let some = options.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
            BadValue(format!("is not one of the options: {some}{more}"))
        },
    )
}

/// Splits a value into its options. A comma separates them as well, unless an option of its own contains one.
fn parts<'t>(options: &[String], text: &'t str) -> Vec<&'t str> {
    let commas = options.iter().any(|option| option.contains(','));
    let parts = text.split(|c| c == BETWEEN || c == '\n' || c == ',' && !commas);
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn many_of(options: &[String], text: &str) -> Result<Vec<String>, BadValue> {
    let named = parts(options, text).into_iter().map(|part| one_of(options, part));
    let named: Vec<String> = named.collect::<Result<_, _>>()?;
    Ok(options.iter().filter(|option| named.contains(option)).cloned().collect())
}

fn web_address(text: &str) -> Result<String, BadValue> {
    let bad = || BadValue("is not a web address".to_owned());
    if text.len() > LONGEST_URL || text.contains(char::is_whitespace) {
        return Err(bad());
    }
    let scheme = if text.contains("://") { "" } else { "https://" };
    let url = Url::parse(&format!("{scheme}{text}")).map_err(|_| bad())?;
    let web =
        matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| host.contains('.'));
    if web { Ok(format!("{scheme}{text}")) } else { Err(bad()) }
}

/// Reads an amount, with its currency before or behind it, as a code or a sign, or without any.
fn amount(text: &str, usual: Currency, comma: Option<bool>) -> Option<Money> {
    let text = text.trim();
    if let Some((sign, number)) = without_sign(text) {
        let currency = currency_of(sign, usual)?;
        let amount_minor = decimal(number.trim(), currency.digits() as usize, comma)?;
        return Some(Money { amount_minor, currency });
    }
    let letters = |c: char| c.is_ascii_alphabetic();
    let front = text.trim_start_matches(letters);
    let (code, number) = if front.len() < text.len() {
        (&text[..text.len() - front.len()], front)
    } else {
        let back = text.trim_end_matches(letters);
        (&text[back.len()..], back)
    };
    let currency = if code.is_empty() { usual } else { Currency::parse(code)? };
    let amount_minor = decimal(number.trim(), currency.digits() as usize, comma)?;
    Some(Money { amount_minor, currency })
}

const CURRENCY_SIGNS: [char; 4] = ['€', '$', '£', '¥'];

/// Splits a currency's sign off an amount.
fn without_sign(text: &str) -> Option<(char, &str)> {
    let front = text.chars().next().filter(|c| CURRENCY_SIGNS.contains(c));
    let back = text.chars().next_back().filter(|c| CURRENCY_SIGNS.contains(c));
    match (front, back) {
        (Some(sign), None) => Some((sign, &text[sign.len_utf8()..])),
        (None, Some(sign)) => Some((sign, &text[..text.len() - sign.len_utf8()])),
        _ => None,
    }
}

/// Returns the currency that a sign means. A sign of several currencies means the field's, if that is one of them.
fn currency_of(sign: char, usual: Currency) -> Option<Currency> {
    let (codes, first): (&[&str], &str) = match sign {
        '€' => (&[], "EUR"),
        '£' => (&[], "GBP"),
        '¥' => (&["CNY"], "JPY"),
        _ => (&["AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "ARS", "CLP", "COP"], "USD"),
    };
    if codes.contains(&usual.as_str()) { Some(usual) } else { Currency::parse(first) }
}

/// Reads a decimal number in units of the last of `decimals` places. `1.234` and `1,234` are read as a thousand and
/// more only if a further sign (`1.234,5`, `1,234,567`) or `comma`, whether the comma is the decimal sign, says so:
/// otherwise a sign that stands alone is the decimal one.
fn decimal(text: &str, decimals: usize, comma: Option<bool>) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = digits.replace([' ', '\u{a0}', '\u{202f}', '\''], "");
    let point = match (digits.rfind('.'), digits.rfind(',')) {
        (Some(dot), Some(comma)) => Some(dot.max(comma)),
        (Some(at), None) | (None, Some(at)) => {
            let sign = char::from(digits.as_bytes()[at]);
            let is_decimal = comma.is_none_or(|comma| (sign == ',') == comma) || !may_group(&digits, sign);
            (digits.matches(sign).count() == 1 && is_decimal).then_some(at)
        }
        (None, None) => None,
    };
    let (whole, fraction) = match point {
        Some(at) => (&digits[..at], digits[at + 1..].trim_end_matches('0')),
        None => (digits.as_str(), ""),
    };
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let grouped =
        groups.len() == 1 || !groups[0].is_empty() && groups[1..].iter().all(|group| group.len() == 3);
    let whole = groups.concat();
    let whole = whole.trim_start_matches('0');
    let empty =
        groups.concat().is_empty() && fraction.is_empty() && point.is_none_or(|at| digits.len() == at + 1);
    if !grouped || empty || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    if whole.len() > WHOLE_DIGITS || fraction.len() > decimals {
        return None;
    }
    let units: i64 = format!("{whole}{fraction:0<decimals$}")
        .parse()
        .or(if decimals == 0 && whole.is_empty() { Ok(0) } else { Err(()) })
        .ok()?;
    Some(if negative { -units } else { units })
}

impl fmt::Display for CustomValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Choice(text) | Self::Url(text) => f.write_str(text),
            Self::Number(units) => {
                let unit = 10_u64.pow(DECIMALS as u32);
                let (sign, size) = (if *units < 0 { "-" } else { "" }, units.unsigned_abs());
                write!(f, "{sign}{}", size / unit)?;
                let fraction = format!("{:04}", size % unit);
                match fraction.trim_end_matches('0') {
                    "" => Ok(()),
                    fraction => write!(f, ".{fraction}"),
                }
            }
            Self::Date(date) => write!(f, "{date}"),
            Self::Choices(options) => f.write_str(&options.join("; ")),
            Self::Check(yes) => f.write_str(if *yes { "yes" } else { "no" }),
            Self::Money(money) => write!(f, "{money}"),
            Self::Person(address) => write!(f, "{address}"),
        }
    }
}
