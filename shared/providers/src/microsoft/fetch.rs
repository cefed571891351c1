//! Reads a whole mail as MIME. One that is larger than asked for is read without its attachments, as plain text.

use super::api;
use super::poll::headers;
use super::response::{done, prefer};
use crate::mailbox_api::{ApiAccount, Trouble, mail_of, object, segment};
use application::ports::mailboxes::{MailReference, WholeMail};
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
    let url = api(call, &path, &[("$select", "body")])?;
    let request = prefer(call.empty(Method::GET, &url)?, "outlook.body-content-type=\"text\"");
    let WithBody { body } = match done(call, request).await {
        Err(Trouble::Missing) => return Ok(None),
        other => object(&other?)?,
    };
    let kind = if body.content_type.eq_ignore_ascii_case("html") { "html" } else { "plain" };
    let headers: Vec<_> =
        headers(call, &mail.0).await?.into_iter().map(|header| (header.name, header.value)).collect();
    Ok(Some(WholeMail { bytes: mail_of(&headers, kind, &body.content, most_bytes), is_cut: true }))
}
