//! Headers that an API tells as names and values, written as the block that a mail parser reads. No value can add a line.

use application::ports::mailboxes::{NewMail, PollLimits};

/// A block of headers that does not grow beyond a limit.
pub(crate) struct HeaderBlock {
    bytes: Vec<u8>,
    most: usize,
    is_cut: bool,
}

impl HeaderBlock {
    pub fn new(limits: PollLimits) -> Self {
        Self { bytes: Vec::new(), most: limits.header_bytes, is_cut: false }
    }

    /// Adds a header, unless its name is none.
    pub fn add(&mut self, name: &str, value: &str) {
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b':');
        if !is_name {
            return;
        }
        let value = one_line(value);
        if self.bytes.len() + name.len() + value.len() + 4 > self.most {
            self.is_cut = true;
            return;
        }
        self.bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }

    pub fn finish(self) -> (Vec<u8>, bool) {
        (self.bytes, self.is_cut)
    }
}

/// Puts a value on one line, as unfolding does.
fn one_line(value: &str) -> String {
    let lines = value.split(['\r', '\n', '\0']).map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

/// Makes a mail of a block of headers and one text, for a mail whose attachments are left out. `kind` is the text's
/// subtype. The headers that describe the former body are replaced.
pub(crate) fn mail_of(headers: &[(String, String)], kind: &str, text: &str, most_bytes: usize) -> Vec<u8> {
    let mut block = HeaderBlock { bytes: Vec::new(), most: most_bytes / 2, is_cut: false };
    // What says how to read the text comes first: many headers of a sender leave no room behind them.
    block.add("MIME-Version", "1.0");
    block.add("Content-Type", &format!("text/{kind}; charset=utf-8"));
    block.add("Content-Transfer-Encoding", "8bit");
    for (name, value) in headers {
        let describes_body = name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("content-"));
        if !describes_body && !name.eq_ignore_ascii_case("mime-version") {
            block.add(name, value);
        }
    }
    let mut bytes = block.bytes;
    bytes.extend_from_slice(b"\r\n");
    let mut room = most_bytes.saturating_sub(bytes.len()).min(text.len());
    while !text.is_char_boundary(room) {
        room -= 1;
    }
    bytes.extend_from_slice(&text.as_bytes()[..room]);
    bytes
}

/// Makes a mail of the headers that a poll has reported, and one text.
pub(crate) fn mail_of_known(known: &NewMail, kind: &str, text: &str, most_bytes: usize) -> Vec<u8> {
    let block = String::from_utf8_lossy(&known.headers);
    let fields = block.lines().filter_map(|line| line.split_once(':'));
    let headers: Vec<_> = fields.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
    mail_of(&headers, kind, text, most_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_mail_with_odd_and_many_headers_keeps_its_content_type() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut headers = vec![header("1234567ß", "odd"), header("CONTENT-TYPE", "multipart/mixed")];
        headers.extend((0..100).map(|number| (format!("X-{number}"), "x".repeat(50))));
        let mail = String::from_utf8(mail_of(&headers, "html", "<p>Grüße</p>", 2_000)).unwrap();
        assert!(mail.contains("Content-Type: text/html; charset=utf-8\r\n"), "{mail}");
        assert!(!mail.contains("multipart") && mail.contains("X-0: "), "{mail}");
        assert!(mail.ends_with("\r\n\r\n<p>Grüße</p>"), "{mail}");
    }
}
