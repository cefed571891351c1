//! What a server reads of a mail's bytes.

use mail_parser::{MessageParser, MimeHeaders};

/// Returns the headers in order, unfolded.
pub(crate) fn headers(raw: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(raw);
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines().take_while(|line| !line.is_empty()) {
        match line.split_once(':').filter(|_| !line.starts_with([' ', '\t'])) {
            Some((name, value)) => found.push((name.to_owned(), value.trim().to_owned())),
            None => {
                if let Some((_, value)) = found.last_mut() {
                    *value = format!("{value} {}", line.trim());
                }
            }
        }
    }
    found
}

pub(crate) fn header(raw: &[u8], name: &str) -> Option<String> {
    headers(raw).into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

pub(crate) fn message_id(raw: &[u8]) -> Option<String> {
    header(raw, "message-id").map(|id| id.trim_matches(['<', '>']).to_owned())
}

/// Returns the addresses of a header with their names.
pub(crate) fn addresses(raw: &[u8], name: &str) -> Vec<(Option<String>, String)> {
    let Some(mail) = MessageParser::default().parse(raw) else { return Vec::new() };
    let Some(list) = mail.header(name).and_then(|value| value.as_address()) else { return Vec::new() };
    list.iter().filter_map(|one| Some((one.name().map(str::to_owned), one.address()?.to_owned()))).collect()
}

pub(crate) fn has_recipient(raw: &[u8]) -> bool {
    ["to", "cc", "bcc"].into_iter().any(|name| !addresses(raw, name).is_empty())
}

/// Returns the subject without the prefix of an answer.
pub(crate) fn bare_subject(raw: &[u8]) -> String {
    let subject = header(raw, "subject").unwrap_or_default();
    subject.strip_prefix("Re: ").unwrap_or(&subject).to_owned()
}

/// Returns the text of a mail, and the names of its attachments.
pub(crate) fn text_and_attachments(raw: &[u8]) -> (String, Vec<String>) {
    let Some(mail) = MessageParser::default().parse(raw) else { return Default::default() };
    let text = mail.body_text(0).unwrap_or_default().into_owned();
    let names = mail.attachments().filter_map(|part| part.attachment_name().map(str::to_owned)).collect();
    (text, names)
}
