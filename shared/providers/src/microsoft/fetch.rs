//! Reads a whole mail as MIME. One that is larger than asked for is read without its attachments, as plain text.

use super::api;
use super::poll::headers;
use super::response::{done, prefer};
use crate::mailbox_api::{ApiAccount, Trouble, mail_of, mail_of_known, object, segment};
use application::ports::mailboxes::{MailReference, NewMail, WholeMail};
use http::Method;
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
struct WithBody {
    body: Body,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    content_type: String,
    content: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WithPreview {
    body_preview: String,
}

impl Body {
    /// The text's subtype.
    fn kind(&self) -> &'static str {
        if self.content_type.eq_ignore_ascii_case("html") { "html" } else { "plain" }
    }
}

pub(super) async fn fetch(
    call: ApiAccount<'_>,
    mail: &MailReference,
    most_bytes: usize,
) -> Result<Option<WholeMail>, Trouble> {
    let path = format!("/me/messages/{}", segment(&mail.0));
    let url = api(call, &format!("{path}/$value"), &[])?;
    match done(call, call.empty(Method::GET, &url)?).await {
        Ok(answer) if answer.body().len() <= most_bytes => {
            return Ok(Some(WholeMail { bytes: answer.into_body(), is_cut: false }));
        }
        Ok(_) | Err(Trouble::TooLarge) => {}
        Err(Trouble::Missing) => return Ok(None),
        Err(other) => return Err(other),
    }
    let Some(body) = body(call, &path).await? else { return Ok(None) };
    let headers: Vec<_> =
        headers(call, &mail.0).await?.into_iter().map(|header| (header.name, header.value)).collect();
    Ok(Some(WholeMail { bytes: mail_of(&headers, body.kind(), &body.content, most_bytes), is_cut: true }))
}

/// Reads the text of a mail whose MIME cannot be read, of which Graph tells no part. Where the text cannot be read either, its
/// preview is some 250 letters, which are stored beside the mail.
pub(super) async fn fetch_beginning(
    call: ApiAccount<'_>,
    mail: &NewMail,
    most_bytes: usize,
) -> Result<Option<WholeMail>, Trouble> {
    let path = format!("/me/messages/{}", segment(&mail.reference.0));
    let (kind, text) = match body(call, &path).await {
        Ok(Some(body)) => (body.kind(), body.content),
        Ok(None) => return Ok(None),
        Err(trouble) if !trouble.may_be_of_one_mail() => return Err(trouble),
        Err(_) => match preview(call, &path).await? {
            Some(preview) => ("plain", preview),
            None => return Ok(None),
        },
    };
    Ok(Some(WholeMail { bytes: mail_of_known(mail, kind, &text, most_bytes), is_cut: true }))
}

async fn body(call: ApiAccount<'_>, path: &str) -> Result<Option<Body>, Trouble> {
    let url = api(call, path, &[("$select", "body")])?;
    let request = prefer(call.empty(Method::GET, &url)?, "outlook.body-content-type=\"text\"");
    match done(call, request).await {
        Err(Trouble::Missing) => Ok(None),
        other => object::<WithBody>(&other?).map(|told| Some(told.body)),
    }
}

async fn preview(call: ApiAccount<'_>, path: &str) -> Result<Option<String>, Trouble> {
    let url = api(call, path, &[("$select", "bodyPreview")])?;
    match done(call, call.empty(Method::GET, &url)?).await {
        Err(Trouble::Missing) => Ok(None),
        other => object::<WithPreview>(&other?).map(|told| Some(told.body_preview)),
    }
}
