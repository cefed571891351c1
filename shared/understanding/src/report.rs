//! Delivery reports (RFC 3464, and RFC 6533 for addresses beyond ASCII) and abuse reports (RFC 5965): reads the
//! machine-readable parts, and the headers of the returned mail.

use crate::mail::{Mail, cut};

const TAG: &str = "x-leadflow-message";
const LONGEST_FIELD: usize = 1_000;
const MOST_RECIPIENTS: usize = 50;

/// The mail of ours that came back: what of it was readable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Returned {
    /// Its Message-ID without the angle brackets.
    pub id: Option<String>,
    /// Our own header.
    pub tag: Option<String>,
    pub to: Option<String>,
}

/// What a delivery report says of one recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Recipient {
    pub action: String,
    pub status: String,
    pub diagnostic: String,
    pub address: String,
}

pub(crate) fn recipients(mail: &Mail) -> Vec<Recipient> {
    let kinds = ["message/delivery-status", "message/global-delivery-status"];
    let Some(part) = mail.parts.iter().find(|part| kinds.contains(&part.kind.as_str())) else {
        return Vec::new();
    };
    let recipients = groups(&part.text).into_iter().filter(|group| {
        field(group, "action").is_some()
            || field(group, "final-recipient").is_some() && field(group, "status").is_some()
    });
    recipients
        .take(MOST_RECIPIENTS)
        .map(|group| {
            let named = ["original-recipient", "final-recipient", "x-actual-recipient"];
            let address = named
                .iter()
                .filter_map(|name| field(&group, name))
                .map(address_of)
                .find(|value| value.contains('@'));
            Recipient {
                action: first_word(field(&group, "action").unwrap_or("failed")).to_ascii_lowercase(),
                status: first_word(field(&group, "status").unwrap_or_default()).to_owned(),
                diagnostic: typed_value(field(&group, "diagnostic-code").unwrap_or_default()).to_owned(),
                address: address.unwrap_or_default(),
            }
        })
        .collect()
}

/// Reads a complaint. Of the types that an abuse report may have, only `abuse` is a person's complaint.
pub(crate) fn complaint(mail: &Mail) -> Option<Returned> {
    let part = mail.part("message/feedback-report")?;
    let groups = groups(&part.text);
    let kind = groups.iter().find_map(|group| field(group, "feedback-type"))?;
    if !["abuse", "complaint"].iter().any(|known| kind.eq_ignore_ascii_case(known)) {
        return None;
    }
    let mut found = returned(mail);
    let stated = groups.iter().find_map(|group| field(group, "original-rcpt-to")).map(address_of);
    found.to = found.to.or(stated);
    Some(found)
}

type Fields = Vec<(String, String)>;

/// Reads groups of fields by lower-case name; an empty line ends a group, a leading blank continues a field.
fn groups(text: &str) -> Vec<Fields> {
    let mut all: Vec<Fields> = vec![Vec::new()];
    for line in text.lines().take(2_000) {
        let is_empty = line.trim().is_empty();
        if is_empty && all.last().is_some_and(|group| !group.is_empty()) {
            all.push(Vec::new());
        }
        let Some(group) = all.last_mut().filter(|_| !is_empty) else { continue };
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut() {
                *value = cut(&format!("{value} {}", line.trim()), LONGEST_FIELD);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            group.push((name.trim().to_ascii_lowercase(), cut(value.trim(), LONGEST_FIELD)));
        }
    }
    all
}

fn field<'a>(group: &'a [(String, String)], name: &str) -> Option<&'a str> {
    group
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty())
}

/// Strips the type of a value: `rfc822; ann@lead.test` → `ann@lead.test`.
fn typed_value(value: &str) -> &str {
    value.split_once(';').map_or(value, |(_, rest)| rest).trim()
}

pub(crate) fn address_of(value: &str) -> String {
    let value = typed_value(value);
    let value = value.split_once('<').map_or(value, |(_, rest)| rest);
    first_word(value.trim_matches(['<', '>', '"', ' '])).trim_end_matches(['>', ',', ';']).to_lowercase()
}

fn first_word(value: &str) -> &str {
    value.split_ascii_whitespace().next().unwrap_or_default()
}

/// Message-ID, our tag and recipient of the returned mail, whole or headers only.
pub(crate) fn returned(mail: &Mail) -> Returned {
    let kinds = ["message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"];
    let parts = mail.parts.iter().filter(|part| kinds.contains(&part.kind.as_str()));
    let found = parts
        .map(|part| identity(&part.text))
        .find(|found| found.id.is_some() || found.tag.is_some() || found.to.is_some());
    found.unwrap_or_else(|| copied(&mail.plain()))
}

/// The headers of a returned mail that stands in the text of the bounce.
fn copied(text: &str) -> Returned {
    let start = text.lines().scan(0, |at, line| {
        let here = *at;
        *at += line.len() + 1;
        Some((here, line))
    });
    let headers = ["return-path:", "received:", "message-id:", "mime-version:", "from:", "date:"];
    let found = start.take(3_000).find(|(_, line)| {
        let line = line.trim_start_matches(['>', ' ']).to_ascii_lowercase();
        headers.iter().any(|header| line.starts_with(header)) && !line.ends_with(':')
    });
    found.map_or_else(Returned::default, |(at, _)| identity(&text[at..]))
}

fn identity(text: &str) -> Returned {
    let text: String =
        text.lines().take(200).map(|line| format!("{}\n", line.trim_start_matches("> "))).collect();
    let text = text.trim_start();
    let groups = groups(text);
    let find = |name: &str| groups.iter().take(4).find_map(|group| field(group, name));
    let id = find("message-id")
        .map(|id| first_word(id.trim_matches(['<', '>', ' '])).trim_end_matches('>').to_owned());
    Returned {
        id: id.filter(|id| !id.is_empty()),
        tag: find(TAG).map(|tag| tag.trim().to_owned()),
        to: find("to").map(address_of).filter(|to| to.contains('@')),
    }
}
