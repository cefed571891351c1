//! A mail as bytes. The same mail at the same instant gives the same bytes, boundary included; no value can add a header.

use crate::transport::SmtpEnvelope;
use application::provider_calls::{OutgoingMail, SendError};
use domain::email_address::EmailAddress;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

const LONGEST_SUBJECT: usize = 500;
const LONGEST_NAME: usize = 100;
const LONGEST_ID: usize = 250;
/// A header line holds 998 characters.
const LONGEST_URL: usize = 900;
/// The oldest ancestor and the youngest ones: enough for every client to thread by.
const MOST_REFERENCES: usize = 20;

/// `now` becomes `Date`.
pub(crate) fn compose(
    mail: &OutgoingMail,
    from: &EmailAddress,
    from_name: &str,
    reply_to: Option<&EmailAddress>,
    now: Timestamp,
) -> Result<(SmtpEnvelope, Vec<u8>), SendError> {
    let subject = one_line(&mail.subject);
    if subject.chars().count() > LONGEST_SUBJECT {
        return Err(refused(
            "bad_content",
            format!("the subject is longer than {LONGEST_SUBJECT} characters"),
        ));
    }
    if !is_id(&mail.message_id) || !is_id(&mail.tag) {
        return Err(refused("bad_content", "the message id or tag cannot be a header"));
    }
    let date = jiff::fmt::rfc2822::to_string(&now.to_zoned(TimeZone::UTC))
        .map_err(|_| refused("bad_content", "the date has no form that mail knows"))?;

    let mut builder = Message::builder()
        .from(mailbox(Some(from_name), from)?)
        .to(mailbox(mail.to_name.as_deref(), &mail.to)?)
        .raw_header(plain("Date", date))
        .raw_header(plain("Message-ID", format!("<{}>", mail.message_id)))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Subject"), subject))
        .raw_header(plain("X-Leadflow-Message", mail.tag.clone()));
    if let Some(address) = mail.reply_to.as_ref().or(reply_to) {
        builder = builder.reply_to(mailbox(None, address)?);
    }
    if let Some(id) = mail.in_reply_to.as_deref().filter(|id| is_id(id)) {
        builder = builder.raw_header(plain("In-Reply-To", format!("<{id}>")));
    }
    if let Some(ids) = references(&mail.references) {
        builder = builder.raw_header(plain("References", ids));
    }
    if let Some(url) = &mail.unsubscribe_url {
        if !is_header_url(url) {
            return Err(refused("bad_content", "the unsubscribe link cannot be a header"));
        }
        builder = builder
            .raw_header(plain("List-Unsubscribe", format!("<{url}>")))
            .raw_header(plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    let parts = MultiPart::alternative()
        .boundary(boundary(&mail.message_id))
        .singlepart(SinglePart::plain(body(&mail.text)))
        .singlepart(SinglePart::html(body(&mail.html)));
    let message = builder.multipart(parts).map_err(|error| refused("bad_content", error.to_string()))?;
    let envelope = SmtpEnvelope { from: from.as_str().to_owned(), to: mail.to.as_str().to_owned() };
    Ok((envelope, message.formatted()))
}

fn refused(class: &str, detail: impl Into<String>) -> SendError {
    SendError::Rejected { class: class.to_owned(), code: None, detail: detail.into(), suppress: false }
}

fn mailbox(name: Option<&str>, address: &EmailAddress) -> Result<Mailbox, SendError> {
    if !address.as_str().is_ascii() {
        let detail =
            "the part before the @ has letters beyond ASCII, which ordinary mail servers do not take";
        return Err(refused("address_not_supported", detail));
    }
    let parsed = Address::new(address.local_part(), address.domain())
        .map_err(|_| refused("address_not_supported", "the address cannot be written in a mail"))?;
    let name = name.map(|name| one_line(name).chars().take(LONGEST_NAME).collect::<String>());
    Ok(Mailbox::new(name.filter(|name| !name.is_empty()), parsed))
}

fn plain(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

/// Any run of white space and control characters becomes one space.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// May stand between angle brackets as it is.
fn is_id(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>')
}

fn is_header_url(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && url.len() <= LONGEST_URL
        && url.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>')
}

/// Ids come from received mail: those that could break a header are left out.
fn references(ids: &[String]) -> Option<String> {
    let sound: Vec<_> = ids.iter().filter(|id| is_id(id)).collect();
    let skipped = sound.len().saturating_sub(MOST_REFERENCES);
    let kept = sound.iter().enumerate().filter(|(at, _)| *at == 0 || *at > skipped);
    let lines: Vec<_> = kept.map(|(_, id)| format!("<{id}>")).collect();
    (!lines.is_empty()).then(|| lines.join("\r\n "))
}

/// Line ends as the client then writes them; no other control character but the tab.
fn body(text: &str) -> String {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    unix.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn boundary(message_id: &str) -> String {
    format!("leadflow-{}", &hex::encode(Sha256::digest(message_id.as_bytes()))[..32])
}
