//! Headers that an API tells as names and values, written as the block that a mail parser reads. No value can add a line.

use application::ports::mailboxes::PollLimits;

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
    for (name, value) in headers {
        let describes_body = name.len() >= 8 && name[..8].eq_ignore_ascii_case("content-");
        if !describes_body && !name.eq_ignore_ascii_case("mime-version") {
            block.add(name, value);
        }
    }
    block.add("MIME-Version", "1.0");
    block.add("Content-Type", &format!("text/{kind}; charset=utf-8"));
    block.add("Content-Transfer-Encoding", "8bit");
    let mut bytes = block.bytes;
    bytes.extend_from_slice(b"\r\n");
    let mut room = most_bytes.saturating_sub(bytes.len()).min(text.len());
    while !text.is_char_boundary(room) {
        room -= 1;
    }
    bytes.extend_from_slice(&text.as_bytes()[..room]);
    bytes
}
