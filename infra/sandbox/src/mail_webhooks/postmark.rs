//! An inbound stream of Postmark that includes the raw mail.

use serde_json::json;

use super::{Letter, MailWebhook};
use crate::inbound::{Delivery, Via};
use crate::sandbox::Sandbox;

pub(super) fn received(sandbox: &Sandbox, webhook: &MailWebhook, id: &str, letter: &Letter<'_>) -> Delivery {
    let person = |address: &str| json!({ "Email": address, "Name": "", "MailboxHash": hash_of(address) });
    let event = json!({
        "FromName": "", "MessageStream": "inbound", "From": letter.from, "FromFull": person(letter.from),
        "To": letter.to, "ToFull": [person(letter.to)], "Cc": "", "CcFull": [], "Bcc": "", "BccFull": [],
        "OriginalRecipient": letter.to, "Subject": letter.subject, "MessageID": id,
        "ReplyTo": "", "MailboxHash": hash_of(letter.to),
        "Date": sandbox.now().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string(),
        "TextBody": "", "HtmlBody": "", "StrippedTextReply": "", "Tag": "", "Headers": [], "Attachments": [],
        "RawEmail": letter.raw,
    });
    Delivery::new(Via::Postmark, id.to_owned(), webhook.url.clone(), event.to_string())
}

fn hash_of(address: &str) -> &str {
    let local = address.split('@').next().unwrap_or_default();
    local.split_once('+').map_or("", |(_, hash)| hash)
}
