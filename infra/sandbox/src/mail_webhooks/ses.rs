//! What SES publishes to a topic: received mail, whole or with its key in a bucket, and the events of mails that were sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Fate, Letter, MailWebhook, sns};
use crate::inbound::Delivery;
use crate::mail::Mail;
use crate::sandbox::Sandbox;

/// SES bounces a larger mail whose rule publishes it.
const LARGEST_PUBLISHED: usize = 150 * 1024;

pub(super) fn received(sandbox: &Sandbox, webhook: &MailWebhook, id: &str, letter: &Letter<'_>) -> Delivery {
    let now = sandbox.now();
    if letter.raw.len() > LARGEST_PUBLISHED {
        tracing::warn!("a mail of more than 150 KB comes back to its sender");
    }
    let action = json!({ "type": "SNS", "topicArn": sns::TOPIC, "encoding": "BASE64" });
    let mut notice = notice((letter.from, letter.to), id, action, now);
    if letter.raw.len() <= LARGEST_PUBLISHED {
        notice["content"] = json!(STANDARD.encode(letter.raw));
    }
    sns::notification(&webhook.url, id, "Amazon SES Email Receipt Notification", &notice.to_string(), now)
}

/// The notice of a mail that a rule has put into a bucket.
pub(super) fn announced(
    webhook: &MailWebhook,
    id: &str,
    envelope: (&str, &str),
    key: &str,
    now: Timestamp,
) -> Delivery {
    let action = json!({ "type": "S3", "topicArn": sns::TOPIC, "bucketName": "leadflow", "objectKeyPrefix": "",
                         "objectKey": key });
    let notice = notice(envelope, id, action, now);
    sns::notification(&webhook.url, id, "Amazon SES Email Receipt Notification", &notice.to_string(), now)
}

fn notice((from, to): (&str, &str), id: &str, action: Value, now: Timestamp) -> Value {
    let pass = json!({ "status": "PASS" });
    json!({
        "notificationType": "Received",
        "receipt": {
            "timestamp": now.to_string(), "processingTimeMillis": 222, "recipients": [to], "spamVerdict": pass,
            "virusVerdict": pass, "spfVerdict": pass, "dkimVerdict": pass, "dmarcVerdict": pass, "action": action,
        },
        "mail": {
            "timestamp": now.to_string(), "source": from, "messageId": id, "destination": [to],
            "headersTruncated": false, "headers": [], "commonHeaders": {},
        },
    })
}

/// An event of the configuration set, with the headers of the mail.
pub(super) fn report(
    webhook: &MailWebhook,
    mail: &Mail,
    id: &str,
    fate: Fate<'_>,
    now: Timestamp,
) -> Delivery {
    let recipient = json!({ "emailAddress": mail.to });
    let (kind, name, part) = match fate {
        Fate::Delivered => (
            "Delivery",
            "delivery",
            json!({ "timestamp": now.to_string(), "processingTimeMillis": 900, "recipients": [mail.to],
                    "smtpResponse": "250 2.0.0 OK", "reportingMTA": "a8-50.smtp-out.amazonses.com" }),
        ),
        Fate::Bounced { status, diagnostic } => (
            "Bounce",
            "bounce",
            json!({ "bounceType": "Permanent", "bounceSubType": "General", "timestamp": now.to_string(), "feedbackId": id,
                    "bouncedRecipients": [{ "emailAddress": mail.to, "action": "failed", "status": status,
                                            "diagnosticCode": diagnostic }] }),
        ),
        Fate::Complained => (
            "Complaint",
            "complaint",
            json!({ "complainedRecipients": [recipient], "timestamp": now.to_string(), "feedbackId": id,
                    "complaintSubType": null, "complaintFeedbackType": "abuse" }),
        ),
    };
    let event = json!({
        "eventType": kind, name: part,
        "mail": {
            "timestamp": mail.at.to_string(), "messageId": id, "source": mail.return_path, "destination": [mail.to],
            "sendingAccountId": "123456789012", "headersTruncated": false, "headers": headers(&mail.headers),
            "tags": {},
        },
    });
    sns::notification(&webhook.url, id, "Amazon SES Email Event Notification", &event.to_string(), now)
}

/// The headers of a mail as a list, each on one line.
fn headers(head: &str) -> Vec<Value> {
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let of = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some(json!({ "name": name, "value": value.trim() }))
    };
    unfolded.split("\r\n").filter_map(of).collect()
}
