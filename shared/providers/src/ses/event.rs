//! Notices of SES as events. What is about mails that others send from the same AWS account names no message of ours, and
//! is ignored.

use super::notice::{Bounce, Notice, read};
use crate::inbound_email::mail;
use crate::wire::excerpt;
use application::ports::provider_events::{ProviderEvent, Unreadable};
use domain::message::failure_class::FailureClass;
use domain::message::{Failure, MessageState};

const WITHOUT_HEADERS: &str = "Amazon SES reports without the mails' headers, so nobody knows which mail a report is \
                               about: tick “Include original email headers” in the identity's notifications";
const WITHOUT_MAIL: &str = "Amazon SES announces received mail without its content: let the receipt rule deliver it to \
                            leadflow's S3 bucket, or publish it to the SNS topic";
const UNSUBSCRIBED: &str =
    "Amazon SNS has ended the subscription of the webhook's address: create it again for the topic";

pub(super) fn translate(payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
    let Some(notice) = read(payload)? else { return Ok(Vec::new()) };
    let event = match notice.kind.as_str() {
        "Received" => received(&notice)?,
        "UnsubscribeConfirmation" => Some(ProviderEvent::WrongForm(UNSUBSCRIBED)),
        "Send" | "Delivery" | "Bounce" | "Complaint" | "Reject" => became(&notice),
        // A delayed mail is still on its way: SES reports how it ends. Opens and clicks are counted by our own links.
        _ => None,
    };
    Ok(event.into_iter().collect())
}

fn received(notice: &Notice) -> Result<Option<ProviderEvent>, Unreadable> {
    if let Some(raw) = notice.content() {
        let (from, to) = notice.envelope();
        return Ok(Some(mail(&raw, from, to)));
    }
    match notice.has_content() {
        true => Err(Unreadable("content: a mail in base64 was expected".to_owned())),
        false => Ok(Some(ProviderEvent::WrongForm(WITHOUT_MAIL))),
    }
}

fn became(notice: &Notice) -> Option<ProviderEvent> {
    if notice.mail.headers.is_none() {
        return Some(ProviderEvent::WrongForm(WITHOUT_HEADERS));
    }
    let message = notice.mail.message()?;
    let addressee = notice.addressee();
    let (state, failure) = match notice.kind.as_str() {
        "Send" => (MessageState::Accepted, None),
        "Delivery" => (MessageState::Delivered, None),
        "Bounce" => (MessageState::Bounced, Some(bounced(notice.bounce.as_ref()))),
        "Complaint" => {
            let told = notice.complaint.as_ref().and_then(|told| told.complaint_feedback_type.as_deref());
            // Somebody has taken the mail out of the spam folder.
            return (told != Some("not-spam")).then_some(ProviderEvent::Complained { message, addressee });
        }
        _ => {
            let detail = "Amazon SES found a virus in the mail".to_owned();
            (MessageState::Failed, Some(Failure { class: FailureClass::BadContent, code: None, detail }))
        }
    };
    let suppress = failure.as_ref().is_some_and(|failure| failure.class.suppresses());
    Some(ProviderEvent::MessageStatus { message, state, failure, suppress, provider_id: None, addressee })
}

fn bounced(bounce: Option<&Bounce>) -> Failure {
    let Some(bounce) = bounce else {
        let detail = "Amazon SES reports a bounce".to_owned();
        return Failure { class: FailureClass::Unknown, code: None, detail };
    };
    let class = class_of_bounce(&bounce.bounce_type, &bounce.bounce_sub_type);
    let recipient = bounce.bounced_recipients.first();
    let told = recipient.and_then(|told| told.diagnostic_code.as_deref());
    let kind = format!("{} {}", bounce.bounce_type, bounce.bounce_sub_type);
    let code = recipient.and_then(|told| told.status.as_deref()).unwrap_or(&kind);
    Failure { class, code: Some(excerpt(code)), detail: excerpt(told.unwrap_or(&kind)) }
}

/// Classifies a bounce in the words of SES, which Resend passes on. Only a permanent one without a narrower cause says
/// that the address is dead.
pub(crate) fn class_of_bounce(kind: &str, sub_kind: &str) -> FailureClass {
    match (kind, sub_kind) {
        (_, "MailboxFull") => FailureClass::SoftFull,
        (_, "MessageTooLarge") => FailureClass::TooLarge,
        (_, "ContentRejected" | "AttachmentRejected") => FailureClass::BlockedPolicy,
        ("Permanent", _) => FailureClass::HardUnknownUser,
        ("Transient", _) => FailureClass::SoftTemp,
        _ => FailureClass::Unknown,
    }
}
