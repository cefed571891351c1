//! The headers of a mail, whichever provider carries it. No value can add a line.

use application::ports::provider_calls::{OutgoingMail, SendError};
use domain::message::failure_class::FailureClass;

const LONGEST_SUBJECT: usize = 500;
const LONGEST_NAME: usize = 100;
const LONGEST_ID: usize = 250;
/// The longest URL: a header line holds 998 characters.
const LONGEST_URL: usize = 900;
/// The most references: the oldest ancestor and the youngest ones, enough for every client to thread by.
const MOST_REFERENCES: usize = 20;

pub(crate) fn refused(class: FailureClass, detail: impl Into<String>) -> SendError {
    SendError::Rejected { class, code: None, detail: detail.into(), suppress: false }
}

pub(crate) fn subject(mail: &OutgoingMail) -> Result<String, SendError> {
    let subject = one_line(&mail.subject);
    if subject.chars().count() > LONGEST_SUBJECT {
        return Err(refused(
            FailureClass::BadContent,
            format!("the subject is longer than {LONGEST_SUBJECT} characters"),
        ));
    }
    Ok(subject)
}

/// Returns our own headers: the tag, the thread and the unsubscribe link. `between` joins the references.
pub(crate) fn own_headers(
    mail: &OutgoingMail,
    between: &str,
) -> Result<Vec<(&'static str, String)>, SendError> {
    if !is_id(&mail.message_id) || !is_id(&mail.tag) {
        return Err(refused(FailureClass::BadContent, "the message id or tag cannot be a header"));
    }
    let mut headers = vec![("X-Leadflow-Message", mail.tag.clone())];
    if let Some(id) = mail.in_reply_to.as_deref().filter(|id| is_id(id)) {
        headers.push(("In-Reply-To", format!("<{id}>")));
    }
    let references = references(&mail.references);
    if !references.is_empty() {
        headers.push(("References", references.join(between)));
    }
    if let Some(url) = &mail.unsubscribe_url {
        if !is_header_url(url) {
            return Err(refused(FailureClass::BadContent, "the unsubscribe link cannot be a header"));
        }
        headers.push(("List-Unsubscribe", format!("<{url}>")));
        headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    Ok(headers)
}

/// Returns a name beside an address, if anything is left of it.
pub(crate) fn name(text: &str) -> Option<String> {
    let name: String = one_line(text).chars().take(LONGEST_NAME).collect();
    (!name.is_empty()).then_some(name)
}

/// Makes line ends uniform, and drops all other control characters but the tab.
pub(crate) fn body(text: &str) -> String {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    unix.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// Turns any run of white space and control characters into one space.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Tells whether a text may stand between angle brackets as it is.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>')
}

fn is_header_url(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && url.len() <= LONGEST_URL
        && url.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>')
}

/// Writes the references. Ids come from received mail, so those that could break a header are left out.
fn references(ids: &[String]) -> Vec<String> {
    let sound: Vec<_> = ids.iter().filter(|id| is_id(id)).collect();
    let skipped = sound.len().saturating_sub(MOST_REFERENCES);
    let kept = sound.iter().enumerate().filter(|(at, _)| *at == 0 || *at > skipped);
    kept.map(|(_, id)| format!("<{id}>")).collect()
}
