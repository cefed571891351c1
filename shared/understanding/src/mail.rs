//! A mail as it is read: its headers, its texts and the parts that machines write. Read from raw bytes, or put together
//! from the fields of a provider that gives no raw mail. What a hostile sender makes large is cut, what cannot be read is
//! left out; nothing fails.

use crate::{charset, html};
use jiff::Timestamp;
use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};
use mail_parser::{
    Address, Encoding, HeaderName, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};
use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};

const LARGEST_MAIL: usize = 8 * 1024 * 1024;
const MOST_HEADERS: usize = 200;
const LONGEST_HEADER: usize = 4_000;
const MOST_RECIPIENTS: usize = 50;
pub const LONGEST_TEXT: usize = 256 * 1024;
/// The most body parts that make up the text: mailing lists put theirs behind the writer's.
const MOST_TEXTS: usize = 5;
const MOST_PARTS: usize = 20;
const LONGEST_PART: usize = 64 * 1024;

/// A mail from outside. Every field may hold anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Names in lower case, values unfolded, in the order of the mail.
    pub headers: Vec<(String, String)>,
    pub from: String,
    pub from_name: String,
    pub to: Vec<String>,
    pub subject: String,
    pub date: Option<Timestamp>,
    /// The plain text; empty if the mail has none.
    pub text: String,
    pub html: String,
    /// Parts that are no text to read: reports, calendars, reactions.
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The content type in lower case without parameters, `text/calendar`.
    pub kind: String,
    pub text: String,
}

impl Mail {
    pub fn parse(raw: &[u8]) -> Self {
        let raw = &raw[..raw.len().min(LARGEST_MAIL)];
        // The parser has handled everything that was tried; if a mail should make it panic, the bytes are kept as text.
        catch_unwind(AssertUnwindSafe(|| parsed(raw))).ok().flatten().unwrap_or_else(|| Self {
            text: cut(&String::from_utf8_lossy(raw), LONGEST_TEXT),
            ..Self::default()
        })
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    pub fn header_has(&self, name: &str, word: &str) -> bool {
        self.header(name).is_some_and(|value| value.to_ascii_lowercase().contains(word))
    }

    pub fn part(&self, kind: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.kind == kind)
    }

    /// The text to read: the plain one, or the HTML as text.
    pub fn plain(&self) -> String {
        if self.text.trim().is_empty() { html::to_text(&self.html) } else { self.text.clone() }
    }
}

fn parsed(raw: &[u8]) -> Option<Mail> {
    let mail = MessageParser::default().parse(raw).filter(|mail| !mail.parts.is_empty())?;
    let sender = mail.from().and_then(Address::first);
    let header =
        |name: &str| mail.header(HeaderName::Other(name.to_owned().into())).and_then(|value| value.as_text());
    let named = [mail.to(), mail.cc()].into_iter().flatten().flat_map(|list| list.iter());
    let delivered = ["Delivered-To", "X-Original-To"].into_iter().filter_map(header);
    let to = named.filter_map(|address| address.address()).chain(delivered).take(MOST_RECIPIENTS);
    Some(Mail {
        headers: headers(&mail),
        from: cut(sender.and_then(|sender| sender.address()).unwrap_or_default(), LONGEST_HEADER),
        from_name: name_of(&mail, sender.and_then(|sender| sender.name()).unwrap_or_default()),
        to: to.map(|address| cut(address.trim(), LONGEST_HEADER)).collect(),
        subject: subject(&mail),
        date: mail
            .date()
            .filter(|date| date.is_valid())
            .and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
        text: texts(&mail, &mail.text_body, |part| match &part.body {
            PartType::Text(text) => Some(text.as_ref()),
            _ => None,
        }),
        html: texts(&mail, &mail.html_body, |part| match &part.body {
            PartType::Html(text) => Some(text.as_ref()),
            _ => None,
        }),
        parts: parts(&mail),
    })
}

fn texts(
    mail: &Message<'_>,
    places: &[u32],
    text: impl for<'m> Fn(&'m MessagePart<'_>) -> Option<&'m str>,
) -> String {
    let mut whole = String::new();
    let parts =
        places.iter().filter_map(|at| mail.parts.get(*at as usize)).filter(|part| !is_for_machines(part));
    let texts = parts.filter_map(|part| {
        let by_parser = text(part)?;
        Some(text_in_its_real_charset(mail, part).unwrap_or_else(|| by_parser.to_owned()))
    });
    for part in texts.take(MOST_TEXTS) {
        if !whole.is_empty() {
            whole.push('\n');
        }
        whole.push_str(&cut(&part, LONGEST_TEXT));
    }
    cut(&whole.replace("\r\n", "\n").replace('\r', "\n").replace('\0', ""), LONGEST_TEXT)
}

/// The text of a part in the charset that it has, whatever it declares; none where the parser's reading stands.
fn text_in_its_real_charset(mail: &Message<'_>, part: &MessagePart<'_>) -> Option<String> {
    let raw = mail.raw_message.get(part.offset_body as usize..part.offset_end as usize)?;
    let declared = part.content_type().and_then(|kind| kind.attribute("charset"));
    match part.encoding {
        _ if part.is_encoding_problem => None,
        Encoding::None => charset::decoded(raw, declared),
        Encoding::Base64 => charset::decoded(&base64_decode(raw)?, declared),
        Encoding::QuotedPrintable => charset::decoded(&quoted_printable_decode(raw)?, declared),
    }
}

/// The bytes of the first header of that name, where the parser may have read them wrongly: they have eight bits, or name
/// charsets.
fn doubtful<'m>(mail: &'m Message<'_>, name: &HeaderName<'_>) -> Option<&'m [u8]> {
    let header = mail.headers().iter().find(|header| header.name == *name)?;
    let raw = mail.raw_message.get(header.offset_start as usize..header.offset_end as usize)?;
    let raw = &raw[..raw.len().min(LONGEST_HEADER)];
    (!raw.is_ascii() || raw.windows(2).any(|two| two == b"=?") || raw.contains(&0x1b)).then_some(raw)
}

fn subject(mail: &Message<'_>) -> String {
    let read = doubtful(mail, &HeaderName::Subject).map(charset::header);
    cut(read.as_deref().or_else(|| mail.subject()).unwrap_or_default().trim(), LONGEST_HEADER)
}

/// The sender's name; `by_parser` where the header has nothing but plain letters.
fn name_of(mail: &Message<'_>, by_parser: &str) -> String {
    let read = doubtful(mail, &HeaderName::From).map(charset::header);
    let name =
        read.as_deref().and_then(|read| read.split_once('<')).map(|(name, _)| name.trim_matches(['"', ' ']));
    let name = name.filter(|name| !name.is_empty() && !name.contains(['"', ',', ';', '@']));
    cut(name.unwrap_or(by_parser), LONGEST_HEADER)
}

fn kind_of(part: &MessagePart<'_>) -> String {
    part.content_type().map_or_else(String::new, |kind| {
        format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase()
    })
}

/// Kinds of parts that are kept apart from the text.
fn is_for_machines(part: &MessagePart<'_>) -> bool {
    let kind = kind_of(part);
    let kind = kind.as_str();
    RETURNED.contains(&kind)
        || matches!(
            kind,
            "message/delivery-status"
                | "message/global-delivery-status"
                | "message/feedback-report"
                | "text/calendar"
                | "application/ics"
                | "text/vnd.google.email-reaction+json"
                | "message/disposition-notification"
                | "text/x-amp-html"
        )
}

fn parts(mail: &Message<'_>) -> Vec<Part> {
    let mut found = Vec::new();
    gather(mail, &mail.raw_message, 0, &mut found);
    found
}

/// Adds the parts of a mail, and of the mails in it those that tell which mail was returned. `raw` holds its bytes.
fn gather(mail: &Message<'_>, raw: &[u8], depth: usize, found: &mut Vec<Part>) {
    const DEEPEST: usize = 3;
    for part in mail.parts.iter().take(200) {
        if found.len() >= MOST_PARTS {
            return;
        }
        let kind = Some(kind_of(part)).filter(|kind| kind.len() > 1);
        let kind = kind.unwrap_or_else(|| "message/rfc822".to_owned());
        let is_mail = RETURNED.contains(&kind.as_str());
        let mut add = |bytes: &[u8]| {
            let text = cut(&String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST_PART)]), LONGEST_PART);
            found.push(Part { kind: kind.clone(), text });
        };
        match &part.body {
            // The parser gives the bytes of the outer mail for a mail in it that is not encoded.
            PartType::Message(inner) if part.encoding == Encoding::None => {
                add(raw.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default());
                if depth < DEEPEST {
                    gather(inner, raw, depth + 1, found);
                }
            }
            PartType::Message(inner) => {
                add(&inner.raw_message);
                if depth < DEEPEST {
                    gather(inner, &inner.raw_message, depth + 1, found);
                }
            }
            // What a mail in a mail reports is not reported to us.
            _ if is_mail || depth == 0 && is_for_machines(part) => add(part.contents()),
            _ => {}
        }
    }
}

/// The kinds of parts that hold a returned mail, whole or its headers.
pub(crate) const RETURNED: [&str; 8] = [
    "message/rfc822",
    "message/global",
    "message/rfc822-headers",
    "message/global-headers",
    "message/partial",
    "text/rfc822-headers",
    "text/rfc822-header",
    "text/rfc822",
];

fn headers(mail: &Message<'_>) -> Vec<(String, String)> {
    mail.headers()
        .iter()
        .take(MOST_HEADERS)
        .map(|header| {
            let range = header.offset_start as usize..header.offset_end as usize;
            let raw = mail.raw_message.get(range).unwrap_or_default();
            (header.name.as_str().to_ascii_lowercase(), unfold(&String::from_utf8_lossy(raw)))
        })
        .collect()
}

fn unfold(value: &str) -> String {
    let lines = value.lines().map(str::trim).filter(|line| !line.is_empty());
    cut(&lines.collect::<Vec<_>>().join(" "), LONGEST_HEADER)
}

/// The text up to this many bytes, at the end of a character.
pub fn cut(text: &str, bytes: usize) -> String {
    text[..text.floor_char_boundary(bytes)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_is_read_with_all_its_parts() {
        let mail = Mail::parse(
            b"From: =?utf-8?q?J=C3=B6rg?= <Jo@Lead.test>\r\nTo: a@us.test\r\nCc: b@us.test\r\nSubject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\r\n\
              Date: Fri, 20 Nov 2026 13:05:00 +0100\r\nX-Long: a\r\n b\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
              --x\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nSch\xf6n\r\n--x\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n\
              BEGIN:VCALENDAR\r\n--x--\r\n",
        );
        assert_eq!(
            (mail.from.as_str(), mail.from_name.as_str(), mail.subject.as_str()),
            ("Jo@Lead.test", "Jörg", "Größe")
        );
        assert_eq!(mail.to, ["a@us.test", "b@us.test"]);
        assert_eq!(mail.text.trim(), "Schön");
        assert_eq!(mail.header("x-long"), Some("a b"));
        assert_eq!(mail.date, "2026-11-20T12:05:00Z".parse().ok());
        assert!(mail.part("text/calendar").unwrap().text.contains("VCALENDAR"));
    }

    #[test]
    fn bytes_that_are_no_mail_are_kept_as_text() {
        assert_eq!(Mail::parse(b"").text, "");
        assert!(
            Mail::parse(b"\xff\xfe hello").text.contains("hello")
                || Mail::parse(b"\xff\xfe hello").headers.len() < 2
        );
    }
}
