//! Reads any bytes as a mail, with the recipients of its envelope. What a hostile sender makes large is cut, what
//! cannot be read is left out; nothing fails.

use application::ports::provider_events::InboundEmail;
use understanding::Mail;

const LONGEST_ID: usize = 4_000;
const MOST_RECIPIENTS: usize = 50;
const MOST_NOTED: usize = 10;
const MOST_REFERENCES: usize = 100;
/// The headers in which a program that delivers or passes on a mail notes to whom.
const NOTED_ON_THE_WAY: [&str; 3] = ["delivered-to", "x-original-to", "envelope-to"];

pub(super) fn read(raw: &[u8], envelope_from: Option<String>, envelope_to: Vec<String>) -> InboundEmail {
    let mail = Mail::parse(raw);
    let ids = |name: &str| mail.header(name).map(ids).unwrap_or_default();
    InboundEmail {
        from: Some(mail.from.clone()).filter(|from| !from.is_empty()).or(envelope_from),
        to: recipients(&mail, envelope_to),
        internet_id: ids("message-id").into_iter().next(),
        in_reply_to: ids("in-reply-to").into_iter().next(),
        references: ids("references"),
        mail,
    }
}

/// The recipients of the envelope, of `To` and `Cc`, then those of whom programs on the way have noted that they are meant.
fn recipients(mail: &Mail, envelope: Vec<String>) -> Vec<String> {
    let named = mail.headers.iter().filter(|(name, _)| NOTED_ON_THE_WAY.contains(&name.as_str()));
    let noted = named.map(|(_, value)| value.trim().trim_matches(['<', '>']));
    let noted = noted.filter(|value| value.contains('@') && !value.contains(char::is_whitespace));
    let written = envelope.iter().chain(&mail.to).map(|address| address.trim());
    let mut all: Vec<String> = Vec::new();
    for address in written.take(MOST_RECIPIENTS).chain(noted.take(MOST_NOTED)) {
        let known = all.iter().any(|other| other.eq_ignore_ascii_case(address));
        if !known && !address.is_empty() {
            all.push(address.to_owned());
        }
    }
    all
}

/// The ids in a header: what stands in angle brackets, or, where a program leaves them out, its words.
fn ids(value: &str) -> Vec<String> {
    let given: Vec<&str> = if value.contains('<') {
        value.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect()
    } else {
        value.split_whitespace().collect()
    };
    let mut found: Vec<String> = Vec::new();
    for id in given.into_iter().map(str::trim) {
        let id = id[..id.floor_char_boundary(LONGEST_ID)].to_owned();
        if !id.is_empty() && !found.contains(&id) && found.len() < MOST_REFERENCES {
            found.push(id);
        }
    }
    found
}
