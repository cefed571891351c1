//! Reads a line of a pasted list or a file of addresses, numbers and domains that get nothing.
//!
//! A line is one value, several of them, or a row of a table. All e-mail addresses of a line are entries. Its numbers
//! are entries only where it has no address, and its domains only where it has neither: a row of a table that names a
//! lead is about this lead, and not about the number of their company or everybody at its domain. A row that begins
//! with the kind of its entry is a row of our own export.

use crate::contact::chat_recipient::ChatUser;
use crate::contact::country::Country;
use crate::contact::email_address::{EmailAddress, is_free_mail};
use crate::contact::phone_number::PhoneNumber;
use crate::lead::suppression::{SuppressionReason, SuppressionScope};

/// The columns of our own export.
pub const EXPORTED_COLUMNS: [&str; 5] = ["kind", "value", "reason", "since", "until"];

const FREE_MAIL: &str = "is a domain at which the public has addresses: list the addresses one by one";
const NOTHING: &str = "has no e-mail address, number or domain";
/// The fewest digits that make a cell a number; a house number or a year has fewer.
const FEWEST_DIGITS: usize = 7;

/// An entry that a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEntry {
    pub scope: SuppressionScope,
    /// The reason, which only our own export tells.
    pub reason: Option<SuppressionReason>,
}

/// The meaning of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListLine {
    /// The line is empty, or the first one with the names of columns.
    Nothing,
    /// The entries, and what is wrong with values that cannot be one. At least one of both.
    Values(Vec<Result<ListedEntry, String>>),
}

/// Reads a line. `home` is the country of numbers without a country code; a first line may be a heading.
pub fn read_line(line: &str, home: Country, is_first: bool) -> ListLine {
    let cells = cells_of(line);
    let filled: Vec<&str> = cells.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
    if filled.is_empty() {
        return ListLine::Nothing;
    }
    if let Some(exported) = exported_row(&cells) {
        return ListLine::Values(vec![exported]);
    }
    let mut values: Vec<_> =
        filled.iter().filter(|cell| is_address(cell)).flat_map(|cell| emails(cell)).collect();
    if values.is_empty() {
        values =
            filled.iter().filter(|cell| looks_like_number(cell)).map(|cell| number(cell, home)).collect();
    }
    if values.is_empty() {
        values = filled.iter().filter_map(|cell| domain(cell)).collect();
    }
    if values.is_empty() {
        let is_heading = is_first && !line.contains(|c: char| c == '@' || c.is_ascii_digit());
        return if is_heading { ListLine::Nothing } else { ListLine::Values(vec![Err(NOTHING.to_owned())]) };
    }
    ListLine::Values(values)
}

/// The cells of a line, trimmed, without quotation marks and without the apostrophe that keeps a spreadsheet from reading
/// a cell as a formula.
fn cells_of(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.trim_start_matches('\u{feff}').chars() {
        match c {
            '"' => quoted = !quoted,
            ',' | ';' | '|' | '\t' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().expect("there is always a cell").push(c),
        }
    }
    cells.iter().map(|cell| cell.trim().trim_start_matches('\'').trim().to_owned()).collect()
}

fn exported_row(cells: &[String]) -> Option<Result<ListedEntry, String>> {
    let [kind, value, more @ ..] = cells else { return None };
    let scope = match kind.as_str() {
        "email" => {
            EmailAddress::parse(value).map(|email| SuppressionScope::Email(email.into())).map_err(text)
        }
        "domain" => domain_of(value).map(SuppressionScope::Domain),
        "phone" => PhoneNumber::parse(value, None).map(|phone| SuppressionScope::phone(&phone)).map_err(text),
        "chat_user" => ChatUser::parse(value).map(|user| SuppressionScope::chat_user(&user)).map_err(text),
        _ => return None,
    };
    let named = |reason: &SuppressionReason| more.first().is_some_and(|cell| cell == reason.as_str());
    let reason = SuppressionReason::ALL.into_iter().find(named);
    match scope {
        Ok(scope) => Some(Ok(ListedEntry { scope, reason })),
        // A heading may have such a word, too.
        Err(_) if !value.contains(|c: char| matches!(c, '@' | '.') || c.is_ascii_digit()) => None,
        Err(why) => Some(Err(format!("{value} {why}"))),
    }
}

/// Whether the cell is meant to be an address: a domain may have its sign before it.
fn is_address(cell: &str) -> bool {
    cell.contains('@') && !cell.starts_with('@')
}

/// The addresses of a cell; several have spaces between them.
fn emails(cell: &str) -> Vec<Result<ListedEntry, String>> {
    let read = |part: &str| match EmailAddress::parse_given(part) {
        Ok(email) => Ok(ListedEntry { scope: SuppressionScope::Email(email.into()), reason: None }),
        Err(why) => Err(format!("{part} {why}")),
    };
    let parts: Vec<&str> = EmailAddress::parts_of(cell).collect();
    match read(cell) {
        Err(_) if parts.len() > 1 => parts.into_iter().map(read).collect(),
        one => vec![one],
    }
}

fn looks_like_number(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let is_written_so = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+()-./".contains(c);
    digits >= FEWEST_DIGITS && cell.chars().all(is_written_so) || cell.starts_with('+') && digits > 0
}

fn number(cell: &str, home: Country) -> Result<ListedEntry, String> {
    match PhoneNumber::parse(cell, Some(home)) {
        Ok(phone) => Ok(ListedEntry { scope: SuppressionScope::phone(&phone), reason: None }),
        Err(why) => Err(format!("{cell} {why}")),
    }
}

/// The domain that a cell is; none if it does not look like one.
fn domain(cell: &str) -> Option<Result<ListedEntry, String>> {
    match domain_of(cell) {
        Ok(domain) => Some(Ok(ListedEntry { scope: SuppressionScope::Domain(domain), reason: None })),
        Err(why) if cell.starts_with('@') || why == FREE_MAIL => Some(Err(format!("{cell} {why}"))),
        Err(_) => None,
    }
}

fn domain_of(cell: &str) -> Result<String, String> {
    let name = cell.trim_start_matches('@');
    let address = EmailAddress::parse(&format!("x@{name}")).map_err(text)?;
    match is_free_mail(address.domain()) {
        true => Err(FREE_MAIL.to_owned()),
        false => Ok(address.domain().to_owned()),
    }
}

fn text(why: impl ToString) -> String {
    why.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> ListLine {
        read_line(line, Country::parse("US").unwrap(), false)
    }

    /// The values of a line as the list keeps them, or what is wrong.
    fn values(line: &str) -> Vec<String> {
        let ListLine::Values(values) = read(line) else { return Vec::new() };
        let spelled = |value: Result<ListedEntry, String>| match value.map(|entry| entry.scope) {
            Ok(SuppressionScope::Email(value) | SuppressionScope::Phone(value)) => value,
            Ok(SuppressionScope::Domain(value)) => format!("@{value}"),
            Ok(SuppressionScope::ChatUser(value)) => format!("id {value}"),
            Err(why) => format!("! {why}"),
        };
        values.into_iter().map(spelled).collect()
    }

    #[test]
    fn line_is_one_value_or_several_addresses_or_a_row_about_one_lead() {
        for (line, expected) in [
            (" Ann@One.example ", vec!["ann@one.example"]),
            ("Ann Lee <ann@one.example>", vec!["ann@one.example"]),
            (
                "ann@one.example; ben@two.example,cy@three.example",
                vec!["ann@one.example", "ben@two.example", "cy@three.example"],
            ),
            ("ann@one.example ben@two.example", vec!["ann@one.example", "ben@two.example"]),
            ("Ann,Lee,ann@one.example,+1 206 555 0101,one.example", vec!["ann@one.example"]),
            ("Ann;Lee;+1 206 555 0101;one.example", vec!["+12065550101"]),
            ("(206) 555-0101", vec!["+12065550101"]),
            ("one.example", vec!["@one.example"]),
            ("@One.example", vec!["@one.example"]),
            ("\"Lee, Ann\",\"'+12065550101\"", vec!["+12065550101"]),
        ] {
            assert_eq!(values(line), expected, "{line}");
        }
    }

    #[test]
    fn value_that_cannot_be_an_entry_is_named_and_the_others_of_its_line_stay() {
        let wrong = values("ann@one.example, ben@two");
        assert_eq!(wrong, ["ann@one.example", "! ben@two has no valid domain after the @"]);
        assert_eq!(values("Call Ann"), [format!("! {NOTHING}")]);
        assert_eq!(values("gmail.com"), [format!("! gmail.com {FREE_MAIL}")]);
        assert!(values("+1 2")[0].starts_with("! +1 2 is not"), "{:?}", values("+1 2"));
    }

    #[test]
    fn row_of_our_export_keeps_its_kind_and_reason() {
        let entry = |scope, reason| ListLine::Values(vec![Ok(ListedEntry { scope, reason })]);
        let phone = SuppressionScope::Phone("+12065550101".to_owned());
        let exported = read("phone,'+12065550101,opted_out,2026-11-20T08:00:00Z,");
        assert_eq!(exported, entry(phone, Some(SuppressionReason::OptedOut)));
        let user = SuppressionScope::ChatUser("US.1349".to_owned());
        assert_eq!(read("chat_user,US.1349"), entry(user, None));
    }

    #[test]
    fn empty_line_and_a_heading_ask_for_nothing() {
        let home = Country::parse("US").unwrap();
        for first in ["", " ; ", "\u{feff}kind,value,reason,since,until", "email,phone", "E-mail address"] {
            assert_eq!(read_line(first, home, true), ListLine::Nothing, "{first}");
        }
        assert_eq!(values("E-mail address"), [format!("! {NOTHING}")], "a heading is first");
    }
}
