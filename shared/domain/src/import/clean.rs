//! Cleans one cell of a file: removes what came along by accident.

use crate::text_match::folded;
use std::borrow::Cow;

/// The value on one line, without control characters, invisible marks and surrounding space.
pub(super) fn line(value: &str) -> Cow<'_, str> {
    if value.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return Cow::Borrowed(unguarded(value.trim_matches(' ')));
    }
    let value = unguarded(value.trim_matches(|c: char| c.is_whitespace() || is_mark(c)));
    if value.chars().all(|c| !c.is_control() && !is_mark(c)) {
        return Cow::Borrowed(value);
    }
    let spaced = value.replace("\r\n", " ");
    let kept = spaced.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c });
    Cow::Owned(kept.filter(|c| !c.is_control() && !is_mark(*c)).collect::<String>().trim().to_owned())
}

/// The value cleaned the same way, but with its line breaks.
pub(super) fn lines(value: &str) -> Cow<'_, str> {
    if !value.contains(['\n', '\r']) {
        return line(value);
    }
    let value = unguarded(value.trim()).replace("\r\n", "\n").replace('\r', "\n");
    let kept = value.chars().map(|c| if c == '\t' { ' ' } else { c });
    Cow::Owned(kept.filter(|c| *c == '\n' || !c.is_control() && !is_mark(*c)).collect())
}

/// Removes the apostrophe that an export put before a formula, and Excel's `="…"` around text.
fn unguarded(value: &str) -> &str {
    if let Some(rest) = value.strip_prefix('\'')
        && super::rejects::needs_guard(rest)
    {
        return rest;
    }
    value.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}

/// Byte-order marks, soft hyphens, zero-width and direction marks. What joins letters and signs of emoji stays.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The value cut at `limit` characters, and whether something was cut off.
pub(super) fn limited(value: &str, limit: usize) -> (&str, bool) {
    if value.len() <= limit {
        return (value, false);
    }
    match value.char_indices().nth(limit) {
        Some((end, _)) => (value[..end].trim_end(), true),
        None => (value, false),
    }
}

pub(super) fn header_key(header: &str) -> String {
    folded(header)
}

/// The phone numbers in a cell. A slash separates numbers only if there are several: it may also follow an area code.
pub(super) fn phones(value: &str) -> impl Iterator<Item = &str> {
    let enough = |part: &&str| part.bytes().filter(u8::is_ascii_digit).count() >= 7;
    let by_slash = value.split('/').filter(enough).count() > 1;
    let sign = move |c: char| matches!(c, ';' | ',' | '|' | '\n') || by_slash && c == '/';
    // Google puts `:::` between the values of a cell.
    value.split(":::").flat_map(move |part| part.split(sign)).map(str::trim).filter(|part| !part.is_empty())
}

/// Reads numbers such as `4.5`, `4,5`, `1,234.5`, `1.234,5`, `4.5/5`, `4,5 stars`.
pub(super) fn number(value: &str) -> Option<f64> {
    let end = value
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+')))
        .unwrap_or(value.len());
    let (digits, rest) = value.split_at(end);
    let rest = rest.trim_start();
    if !(rest.is_empty()
        || rest.starts_with('/')
        || rest.starts_with(char::is_alphabetic)
        || rest.starts_with(['★', '%']))
    {
        return None;
    }
    let plain = match (digits.rfind('.'), digits.rfind(',')) {
        (Some(dot), Some(comma)) if comma > dot => digits.replace('.', "").replace(',', "."),
        (_, Some(_)) if digits.contains('.') => digits.replace(',', ""),
        (None, Some(_)) => digits.replace(',', "."),
        _ => digits.to_owned(),
    };
    plain.parse().ok().filter(|n: &f64| n.is_finite())
}

/// Reads whole numbers such as `428`, `1,234`, `1.234`, `1 234`, `(57)`, `57 reviews`, `57.0`.
pub(super) fn whole_number(value: &str) -> Option<u32> {
    let value = value.trim_matches(|c: char| matches!(c, '(' | ')' | ' ' | '+'));
    let (number, _) = value.split_once(char::is_alphabetic).unwrap_or((value, ""));
    let number = number.trim();
    if let Ok(plain) = number.parse() {
        return Some(plain);
    }
    let groups: Vec<&str> = number.split([',', '.', ' ', '\'', '\u{a0}', '\u{202f}']).collect();
    let digits = |group: &&str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    if !groups.iter().all(digits) {
        return None;
    }
    if groups.iter().skip(1).all(|group| group.len() == 3) && groups[0].len() <= 3 {
        return groups.concat().parse().ok();
    }
    let [whole, fraction] = groups.as_slice() else { return None };
    fraction.bytes().all(|b| b == b'0').then(|| whole.parse().ok()).flatten()
}
