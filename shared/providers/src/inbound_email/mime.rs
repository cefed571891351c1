//! Reads any bytes as a mail. What a hostile sender makes large is cut, what cannot be read is left out; nothing
//! fails.

use super::report;
use application::ports::provider_events::InboundEmail;
use jiff::Timestamp;
use mail_parser::{Address, HeaderName, HeaderValue, Message, MessageParser};
use std::panic::{AssertUnwindSafe, catch_unwind};

const MOST_HEADERS: usize = 200;
const LONGEST_HEADER: usize = 4_000;
const MOST_RECIPIENTS: usize = 50;
const MOST_REFERENCES: usize = 100;
const LONGEST_TEXT: usize = 256 * 1024;
/// The most body parts that make up the text: mailing lists put theirs behind the writer's.
const MOST_PARTS: usize = 5;

pub(super) fn read(raw: &[u8], envelope_from: Option<String>, envelope_to: Vec<String>) -> InboundEmail {
    let recipients_known = envelope_to.clone();
    let from_known = envelope_from.clone();
    // The parser has handled everything that was tried; if a mail should make it panic, the bytes are kept as text.
    catch_unwind(AssertUnwindSafe(|| parsed(raw, envelope_from, envelope_to)))
        .ok()
        .flatten()
        .unwrap_or_else(|| headless(raw, from_known, recipients_known))
}

fn parsed(raw: &[u8], envelope_from: Option<String>, envelope_to: Vec<String>) -> Option<InboundEmail> {
    let mail = MessageParser::default().parse(raw).filter(|mail| !mail.parts.is_empty())?;
    let sender = mail.from().and_then(Address::first);
    Some(InboundEmail {
        from: sender.and_then(|s| s.address()).map(str::to_owned).or(envelope_from),
        from_name: sender.and_then(|s| s.name()).map(|name| cut(name, LONGEST_HEADER)),
        to: recipients(&mail, envelope_to),
        subject: cut(mail.subject().unwrap_or_default(), LONGEST_HEADER),
        text: text(&mail),
        internet_id: mail.message_id().map(|id| cut(id, LONGEST_HEADER)),
        in_reply_to: ids(mail.in_reply_to()).into_iter().next(),
        references: ids(mail.references()),
        headers: headers(&mail),
        date: date(&mail),
        bounce: report::read(&mail),
        complaint: report::complaint(&mail),
    })
}

/// Makes a mail without any header: the bytes are the text.
fn headless(raw: &[u8], from: Option<String>, to: Vec<String>) -> InboundEmail {
    InboundEmail {
        from,
        from_name: None,
        to: to.into_iter().take(MOST_RECIPIENTS).collect(),
        subject: String::new(),
        text: cut(&String::from_utf8_lossy(raw), LONGEST_TEXT),
        internet_id: None,
        in_reply_to: None,
        references: Vec::new(),
        headers: Vec::new(),
        date: None,
        bounce: None,
        complaint: None,
    }
}

fn recipients(mail: &Message<'_>, envelope: Vec<String>) -> Vec<String> {
    let named = [mail.to(), mail.cc()].into_iter().flatten().flat_map(|list| list.iter());
    let named = named.filter_map(|address| address.address()).map(str::to_owned);
    let delivered = ["Delivered-To", "X-Original-To"]
        .into_iter()
        .filter_map(|name| mail.header(HeaderName::Other(name.into()))?.as_text())
        .map(str::to_owned);
    let mut all: Vec<String> = Vec::new();
    for address in envelope.into_iter().chain(delivered).chain(named) {
        let address = address.trim().to_owned();
        let known = all.iter().any(|other| other.eq_ignore_ascii_case(&address));
        if !known && !address.is_empty() && all.len() < MOST_RECIPIENTS {
            all.push(address);
        }
    }
    all
}

fn text(mail: &Message<'_>) -> String {
    let parts = (0..mail.text_body_count().min(MOST_PARTS)).filter_map(|at| mail.body_text(at));
    let whole = parts.map(|part| part.replace("\r\n", "\n")).collect::<Vec<_>>().join("\n");
    cut(&whole.replace('\0', ""), LONGEST_TEXT)
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let given: Vec<&str> = match value {
        HeaderValue::TextList(ids) => ids.iter().map(AsRef::as_ref).collect(),
        other => other.as_text().into_iter().collect(),
    };
    let mut found: Vec<String> = Vec::new();
    for id in given {
        let id = cut(id.trim().trim_matches(['<', '>']), LONGEST_HEADER);
        if !id.is_empty() && !found.contains(&id) && found.len() < MOST_REFERENCES {
            found.push(id);
        }
    }
    found
}

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

fn date(mail: &Message<'_>) -> Option<Timestamp> {
    let date = mail.date().filter(|date| date.is_valid())?;
    Timestamp::from_second(date.to_timestamp()).ok()
}

/// Cuts a text to at most this many bytes, at a character's end.
pub(super) fn cut(text: &str, bytes: usize) -> String {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
