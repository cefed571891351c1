//! Classifies a server's reply, or its silence, by what may be done about it.

use super::status_code::{Enhanced, Verdict, judge};
use crate::transport::{SmtpFailure, SmtpReply, SmtpStage};
use crate::wire::excerpt;
use application::ports::provider_calls::{Accepted, SendError};
use domain::message::failure_class::FailureClass;
use jiff::SignedDuration;
use std::error::Error as _;

const QUOTA_WAIT: SignedDuration = SignedDuration::from_hours(1);
/// The wait after a refusal of one recipient or one mail: a server that greylists refuses a quick repetition, too.
const GREYLIST_WAIT: SignedDuration = SignedDuration::from_mins(6);

/// Classifies the result of a delivery. `recipient` is removed from the server's text.
pub(crate) fn outcome(
    result: Result<SmtpReply, SmtpFailure>,
    (host, recipient): (&str, &str),
) -> Result<Accepted, SendError> {
    let failure = match result {
        Ok(reply) => {
            let provider_id = relay_id(&reply.text);
            let internet_id = provider_id.as_ref().and_then(|id| amazons(host, id));
            return Ok(Accepted { internet_id, ..Accepted::with_id(provider_id) });
        }
        Err(failure) => failure,
    };
    match (&failure.reply, failure.stage) {
        (_, SmtpStage::Target) => Err(SendError::Account { detail: chain(&failure) }),
        (None, SmtpStage::FinalDot) => Err(SendError::Uncertain(failure.into())),
        (None, _) => Err(SendError::Down { detail: chain(&failure), after: None }),
        (Some(reply), stage) => Err(refusal(stage, reply, recipient)),
    }
}

fn refusal(stage: SmtpStage, reply: &SmtpReply, recipient: &str) -> SendError {
    let detail = detail(reply, recipient);
    let permanent = reply.code >= 500;
    match (stage, reply.code) {
        (_, 530 | 534 | 535 | 538) => SendError::Account { detail },
        _ if !permanent && is_of_account(stage, reply) => SendError::Down { detail, after: patience(reply) },
        _ if !permanent => SendError::Retryable { detail, after: patience(reply).or(Some(GREYLIST_WAIT)) },
        (
            SmtpStage::Target
            | SmtpStage::LookUp
            | SmtpStage::Connect
            | SmtpStage::StartTls
            | SmtpStage::Auth,
            _,
        ) => SendError::Account { detail },
        _ => match judge(reply.code, &reply.text) {
            Verdict::Quota => SendError::Down { detail, after: Some(QUOTA_WAIT) },
            Verdict::Account => SendError::Account { detail },
            Verdict::RecipientsQuota => SendError::Retryable { detail, after: Some(QUOTA_WAIT) },
            // A refusal of the sender concerns all mail of this account; only the size, and letters of the
            // recipient's address, are about this mail.
            Verdict::Refused { class, .. }
                if stage == SmtpStage::Mail
                    && class != FailureClass::TooLarge
                    && (class != FailureClass::AddressNotSupported || recipient.is_ascii()) =>
            {
                SendError::Account { detail }
            }
            Verdict::Refused { class, suppress } => {
                SendError::refused(class, Some(code(reply)), detail, suppress)
            }
        },
    }
}

/// Tells whether a 4yz reply would meet any other mail, too. Greylisting, or a full mailbox, concerns one recipient.
fn is_of_account(stage: SmtpStage, reply: &SmtpReply) -> bool {
    use SmtpStage::{Content, Data, FinalDot, Rcpt};
    let of_the_system = Enhanced::find(&reply.text).is_some_and(|enhanced| enhanced.subject == 3);
    !matches!(stage, Rcpt | Data | Content | FinalDot) || matches!(reply.code, 421 | 454) || of_the_system
}

/// Returns how long a 4yz reply asks us to wait, where that is known.
fn patience(reply: &SmtpReply) -> Option<SignedDuration> {
    let text = reply.text.to_ascii_lowercase();
    if text.contains("greylist") || text.contains("graylist") {
        return Some(GREYLIST_WAIT);
    }
    match Enhanced::find(&reply.text).map(|e| (e.subject, e.detail)) {
        // The server is out of order, in maintenance or shutting down, and does not say for how long.
        Some((3, 2)) if reply.code == 421 => None,
        // Unusual rate, too quickly, reputation, throttled, full.
        Some((7, 0 | 28) | (2, 1 | 2) | (3, 2)) => Some(QUOTA_WAIT),
        _ if reply.code == 454 && text.contains("throttling") => Some(QUOTA_WAIT),
        _ => None,
    }
}

fn code(reply: &SmtpReply) -> String {
    match Enhanced::find(&reply.text) {
        Some(enhanced) => format!("{} {enhanced}", reply.code),
        None => reply.code.to_string(),
    }
}

fn detail(reply: &SmtpReply, recipient: &str) -> String {
    excerpt(&format!("{} {}", reply.code, reply.text.replace(recipient, "the recipient")))
}

pub(super) fn chain(failure: &SmtpFailure) -> String {
    let mut text = failure.to_string();
    let mut cause = failure.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    excerpt(&text)
}

/// Returns the Message-ID that an Amazon relay with this host name (`email-smtp.eu-west-1.amazonaws.com`) gives to
/// the mail that it knows as `id`.
fn amazons(host: &str, id: &str) -> Option<String> {
    let relay = host.strip_prefix("email-smtp").map(|rest| rest.strip_prefix("-fips").unwrap_or(rest))?;
    let region = relay.strip_prefix('.')?.strip_suffix(".amazonaws.com")?;
    let domain = if region == "us-east-1" { "email" } else { region };
    Some(format!("{id}@{domain}.amazonses.com"))
}

/// Reads the id of Amazon's relay, which answers `Ok <id>` and sends the mail under that id instead of ours: replies
/// then name it.
fn relay_id(text: &str) -> Option<String> {
    let mut words = text.split_ascii_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some("Ok"), Some(id), None) if id.len() >= 20 => Some(id.to_owned()),
        _ => None,
    }
}
