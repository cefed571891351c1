//! Makes one mail of the headers and texts that a provider has taken out of it. Attachments and the parts of a bounce that
//! machines read are lost then, so the raw mail is preferred wherever a provider can be told to send it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const MOST_HEADERS: usize = 500;
const LONGEST_VALUE: usize = 16 * 1024;
const BOUNDARY: &str = "=_rebuilt";
/// Headers that describe the form that the mail had.
const OF_ITS_FORM: [&str; 4] =
    ["content-type", "content-transfer-encoding", "content-disposition", "mime-version"];

/// A text of the mail, in the character set in which the provider hands it over.
pub(crate) struct TextPart<'a> {
    pub charset: &'a str,
    pub bytes: &'a [u8],
}

impl<'a> TextPart<'a> {
    pub fn utf8(text: &'a str) -> Option<Self> {
        (!text.is_empty()).then_some(Self { charset: "utf-8", bytes: text.as_bytes() })
    }
}

/// Writes the mail; nothing if it has neither a header nor a text.
pub(crate) fn rebuild(
    headers: &[(String, String)],
    text: Option<TextPart<'_>>,
    html: Option<TextPart<'_>>,
) -> Option<Vec<u8>> {
    if headers.is_empty() && text.is_none() && html.is_none() {
        return None;
    }
    let mut mail = String::new();
    for (name, value) in headers.iter().take(MOST_HEADERS) {
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b':');
        if !is_name || OF_ITS_FORM.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let value = &value[..value.floor_char_boundary(LONGEST_VALUE)];
        mail.push_str(&format!("{name}: {}\r\n", value.trim()));
    }
    mail.push_str(&format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"{BOUNDARY}\"\r\n\r\n"
    ));
    for (kind, part) in [("plain", text), ("html", html)] {
        let Some(TextPart { charset, bytes }) = part else { continue };
        let is_known = |b: u8| b.is_ascii_alphanumeric() || b"-_.:".contains(&b);
        let charset = if (1..=40).contains(&charset.len()) && charset.bytes().all(is_known) {
            charset
        } else {
            "utf-8"
        };
        mail.push_str(&format!(
            "--{BOUNDARY}\r\nContent-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        ));
        for line in STANDARD.encode(bytes).as_bytes().chunks(76) {
            mail.push_str(std::str::from_utf8(line).expect("base64 is ASCII"));
            mail.push_str("\r\n");
        }
    }
    mail.push_str(&format!("--{BOUNDARY}--\r\n"));
    Some(mail.into_bytes())
}

/// Reads a block of raw headers, whose long ones go on in lines that begin with a blank.
pub(crate) fn header_lines(block: &str) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    headers
}
