//! Reads a whole mail as it is. One that is larger than asked for is read without its attachments: the text of an answer
//! matters, the brochure that hangs on it does not.

use super::api;
use super::drafts::{Message, Part, get};
use crate::mailbox_api::{ApiAccount, Trouble, mail_of, mail_of_known, object, segment};
use application::ports::mailboxes::{MailReference, NewMail, WholeMail};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Gmail writes base64url with padding, and its documentation without.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// A mail's parts are followed so deep.
const DEEPEST: usize = 8;

pub(super) async fn fetch(
    call: ApiAccount<'_>,
    mail: &MailReference,
    most_bytes: usize,
) -> Result<Option<WholeMail>, Trouble> {
    let Some(known) = read(call, mail, "minimal").await? else { return Ok(None) };
    if known.size_estimate.is_none_or(|size| size <= most_bytes as u64) {
        let whole = match read(call, mail, "raw").await {
            Err(Trouble::TooLarge) => None,
            Ok(None) => return Ok(None),
            other => other?.and_then(|message| LENIENT.decode(message.raw?).ok()),
        };
        if let Some(bytes) = whole.filter(|bytes| bytes.len() <= most_bytes) {
            return Ok(Some(WholeMail { bytes, is_cut: false }));
        }
    }
    without_attachments(call, mail, most_bytes).await
}

async fn without_attachments(
    call: ApiAccount<'_>,
    mail: &MailReference,
    most_bytes: usize,
) -> Result<Option<WholeMail>, Trouble> {
    let Some(message) = read(call, mail, "full").await? else { return Ok(None) };
    let payload = message.payload.unwrap_or_default();
    let found = text_of(&payload, "text/plain", 0).map(|text| ("plain", text));
    let found = found.or_else(|| text_of(&payload, "text/html", 0).map(|text| ("html", text)));
    let (kind, text) = found.unwrap_or(("plain", String::new()));
    let headers: Vec<_> = payload.headers.into_iter().map(|header| (header.name, header.value)).collect();
    Ok(Some(WholeMail { bytes: mail_of(&headers, kind, &text, most_bytes), is_cut: true }))
}

/// Reads the text of a mail that cannot be read raw, of which Gmail tells no part. Where its parts cannot be read either, the
/// snippet is some 200 letters, which are stored beside the mail.
pub(super) async fn fetch_beginning(
    call: ApiAccount<'_>,
    mail: &NewMail,
    most_bytes: usize,
) -> Result<Option<WholeMail>, Trouble> {
    match without_attachments(call, &mail.reference, most_bytes).await {
        Err(trouble) if trouble.may_be_of_one_mail() => {}
        other => return other,
    }
    let Some(message) = read(call, &mail.reference, "minimal").await? else { return Ok(None) };
    // A snippet is written as HTML.
    let snippet = message.snippet.unwrap_or_default();
    Ok(Some(WholeMail { bytes: mail_of_known(mail, "html", &snippet, most_bytes), is_cut: true }))
}

async fn read(call: ApiAccount<'_>, mail: &MailReference, format: &str) -> Result<Option<Message>, Trouble> {
    let url = api(call, &format!("/messages/{}", segment(&mail.0)), &[("format", format)])?;
    match get(call, url).await {
        Err(Trouble::Missing) => Ok(None),
        other => object(&other?).map(Some),
    }
}

/// Returns the first text of a kind that is no attachment.
fn text_of(part: &Part, kind: &str, depth: usize) -> Option<String> {
    if depth > DEEPEST {
        return None;
    }
    if part.mime_type.eq_ignore_ascii_case(kind) && part.filename.is_empty() {
        let bytes = LENIENT.decode(part.body.data.as_deref()?).ok()?;
        return Some(String::from_utf8_lossy(&bytes).into_owned());
    }
    part.parts.iter().find_map(|part| text_of(part, kind, depth + 1))
}
