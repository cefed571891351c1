//! Delivery reports (RFC 3464, and RFC 6533 for addresses beyond ASCII) and abuse reports (RFC 5965): reads the
//! machine-readable part, and the headers of the returned mail.

use super::mime::cut;
use application::ports::provider_events::{BounceReport, ReturnedMail};
use mail_parser::{HeaderName, Message, MessageParser, MessagePart, MimeHeaders, PartType};

const TAG: &str = "X-Leadflow-Message";
const LONGEST_FIELD: usize = 1_000;
/// The content types of the returned mail, or of its headers.
const RETURNED: [(&str, &str); 4] =
    [("text", "rfc822-headers"), ("message", "rfc822"), ("message", "global"), ("message", "global-headers")];

pub(super) fn read(mail: &Message<'_>) -> Option<BounceReport> {
    let tells = |part: &&MessagePart<'_>| {
        is(part, "message", "delivery-status") || is(part, "message", "global-delivery-status")
    };
    let status = mail.parts.iter().find(tells)?;
    let status = String::from_utf8_lossy(status.contents()).into_owned();
    let groups = groups(&status);
    let recipients = || groups.iter().filter(|group| field(group, "action").is_some());
    let failed = recipients()
        .find(|group| field(group, "action").is_some_and(|action| action.eq_ignore_ascii_case("failed")));
    let group = failed.or_else(|| recipients().next())?;
    let recipient = field(group, "original-recipient").or_else(|| field(group, "final-recipient"));
    Some(BounceReport {
        action: first_word(field(group, "action").unwrap_or_default()).to_ascii_lowercase(),
        status: first_word(field(group, "status").unwrap_or_default()).to_owned(),
        diagnostic: typed_value(field(group, "diagnostic-code").unwrap_or_default()).to_owned(),
        recipient: typed_value(recipient.unwrap_or_default()).trim_matches(['<', '>']).to_owned(),
        original: returned(mail),
    })
}

/// Reads a complaint. Of the types that an abuse report may have, only `abuse` is a person's complaint.
pub(super) fn complaint(mail: &Message<'_>) -> Option<ReturnedMail> {
    let report = mail.parts.iter().find(|part| is(part, "message", "feedback-report"))?;
    let report = String::from_utf8_lossy(report.contents()).into_owned();
    let groups = groups(&report);
    let kind = groups.iter().find_map(|group| field(group, "feedback-type"))?;
    kind.eq_ignore_ascii_case("abuse").then(|| returned(mail))
}

fn is(part: &MessagePart<'_>, kind: &str, subtype: &str) -> bool {
    part.content_type().is_some_and(|found| {
        found.ctype().eq_ignore_ascii_case(kind)
            && found.subtype().is_some_and(|name| name.eq_ignore_ascii_case(subtype))
    })
}

/// Reads groups of fields by lower-case name; an empty line ends a group, a leading blank continues a field.
fn groups(text: &str) -> Vec<Vec<(String, String)>> {
    let mut all: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for line in text.lines().take(2_000) {
        let group = all.last_mut().expect("there is always one group");
        if line.trim().is_empty() {
            if !group.is_empty() {
                all.push(Vec::new());
            }
        } else if line.starts_with([' ', '\t']) {
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

fn first_word(value: &str) -> &str {
    value.split_ascii_whitespace().next().unwrap_or_default()
}

/// Returns Message-ID, our tag and recipient of the returned mail, whole or headers only.
fn returned(mail: &Message<'_>) -> ReturnedMail {
    for part in &mail.parts {
        let found = match &part.body {
            PartType::Message(original) => identity(original),
            _ if RETURNED.iter().any(|(kind, subtype)| is(part, kind, subtype)) => {
                match MessageParser::default().parse_headers(part.contents()) {
                    Some(headers) if !headers.parts.is_empty() => identity(&headers),
                    // A parser that stops at headers keeps no part when the body is missing: give it one.
                    _ => {
                        let whole = [part.contents(), b"\r\n\r\n-\r\n"].concat();
                        MessageParser::default()
                            .parse(&whole)
                            .map_or_else(ReturnedMail::default, |mail| identity(&mail))
                    }
                }
            }
            _ => continue,
        };
        if found.id.is_some() || found.tag.is_some() {
            return found;
        }
    }
    ReturnedMail::default()
}

fn identity(original: &Message<'_>) -> ReturnedMail {
    if original.parts.is_empty() {
        return ReturnedMail::default();
    }
    let id = original.message_id().map(|id| cut(id, LONGEST_FIELD));
    let tag = original.header(HeaderName::Other(TAG.into())).and_then(|value| value.as_text());
    let to = original.to().and_then(|to| to.first()).and_then(|first| first.address());
    let cut = |text: &str| cut(text.trim(), LONGEST_FIELD);
    ReturnedMail { id, tag: tag.map(cut), to: to.map(cut) }
}
