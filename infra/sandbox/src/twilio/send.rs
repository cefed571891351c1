//! Accepting an SMS: each fault that the real API refuses, in its order, with its code.

use http::Uri;
use serde_json::Value;

use super::number::{is_e164, magic_recipient, segments};
use super::refusal::Refused;
use super::resource;
use crate::people;
use crate::sandbox::Sandbox;
use crate::world::Text;

const LONGEST_BODY: usize = 1_600;
const MOST_MEDIA: usize = 10;

pub(super) fn accept(sandbox: &Sandbox, form: &[(String, String)]) -> Result<Value, Refused> {
    let field = |name: &str| {
        form.iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    };
    let to = field("To").ok_or_else(|| Refused::bad(21604, "A 'To' phone number is required."))?;
    let (from, service) = sender(sandbox, field("From"), field("MessagingServiceSid"))?;
    let body = field("Body").unwrap_or_default();
    if body.is_empty() && field("MediaUrl").is_none() && field("ContentSid").is_none() {
        return Err(Refused::bad(21619, "A text message body or media urls must be specified."));
    }
    if body.chars().count() > LONGEST_BODY {
        return Err(Refused::bad(21617, "The concatenated message body exceeds the 1600 character limit"));
    }
    let media: Vec<&str> =
        form.iter().filter(|(key, _)| key == "MediaUrl").map(|(_, value)| value.as_str()).collect();
    if media.len() > MOST_MEDIA || media.iter().any(|url| !is_public_url(url)) {
        return Err(Refused::bad(21620, "Invalid media URL(s)"));
    }
    if field("ContentSid").is_some_and(|sid| !sid.starts_with("HX")) {
        return Err(Refused::bad(21656, "The ContentSid is invalid"));
    }
    if field("SendAt").or(field("ScheduleType")).is_some() && service.is_none() {
        return Err(Refused::bad(35118, "MessagingServiceSid is required to schedule a message"));
    }
    if let Some((code, reason)) = magic_recipient(to) {
        return Err(Refused::bad(code, format!("The 'To' number {to} {reason}.")));
    }
    if !is_e164(to) {
        return Err(Refused::bad(21211, format!("Invalid 'To' Phone Number: {}", masked(to))));
    }
    if to == from {
        return Err(Refused::bad(21266, "'To' and 'From' number cannot be the same"));
    }
    let status_callback = field("StatusCallback");
    if status_callback.is_some_and(|url| !is_public_url(url)) {
        return Err(Refused::bad(21609, "The 'StatusCallback' URL is not a valid URL."));
    }
    if let Some(period) = field("ValidityPeriod")
        && !period.parse::<u32>().is_ok_and(|seconds| (1..=36_000).contains(&seconds))
    {
        return Err(Refused::bad(20422, "ValidityPeriod must be between 1 and 36000"));
    }
    let mut world = sandbox.world();
    if world.opted_out.contains(&(from.clone(), to.to_owned())) {
        return Err(Refused::bad(21610, "Attempt to send to unsubscribed recipient"));
    }
    let Some(wait) = sandbox.line_up(&from, segments(body)) else { return Err(queue_is_full()) };
    let now = sandbox.now();
    let serial = world.serial();
    let text = Text {
        id: 0,
        sid: resource::sid(sandbox.seed(), "SM", serial),
        at: now,
        updated: now,
        from,
        to: to.to_owned(),
        body: body.to_owned(),
        inbound: false,
        status: if service.is_some() { "accepted" } else { "queued" }.to_owned(),
        error_code: None,
        status_callback: status_callback.map(str::to_owned),
        service_sid: service,
        segments: segments(body),
        read: false,
        chat: false,
        tag: None,
    };
    let answer = resource::message(&sandbox.config().credentials.twilio_account_sid, &text);
    let id = world.keep_text(text);
    people::text_arrived(sandbox, &mut world, id, wait);
    Ok(answer)
}

/// The number that the text goes out from, and the messaging service if one was named.
fn sender(
    sandbox: &Sandbox,
    from: Option<&str>,
    service: Option<&str>,
) -> Result<(String, Option<String>), Refused> {
    let known = &sandbox.config().credentials;
    if let Some(service) = service {
        if service != known.twilio_messaging_service_sid {
            return Err(Refused::bad(21701, "The Messaging Service resource does not exist"));
        }
        let number = known.twilio_numbers.first().cloned();
        let number =
            number.ok_or_else(|| Refused::bad(21704, "The Messaging Service contains no phone numbers"))?;
        return match from {
            Some(from) => Ok((own(from, &known.twilio_numbers)?, Some(service.to_owned()))),
            None => Ok((number, Some(service.to_owned()))),
        };
    }
    let from = from.ok_or_else(|| Refused::bad(21603, "A 'From' phone number is required."))?;
    match from {
        "+15005550001" => return Err(Refused::bad(21212, "Invalid 'From' Phone Number")),
        "+15005550008" => return Err(queue_is_full()),
        _ => {}
    }
    if !is_e164(from) {
        return Err(Refused::bad(21212, format!("Invalid 'From' Phone Number: {}", masked(from))));
    }
    Ok((own(from, &known.twilio_numbers)?, None))
}

fn own(from: &str, numbers: &[String]) -> Result<String, Refused> {
    if numbers.iter().any(|number| number == from) {
        return Ok(from.to_owned());
    }
    let text = format!("The 'From' phone number {from} is not a Twilio number of this account");
    Err(Refused::bad(21606, text))
}

fn queue_is_full() -> Refused {
    Refused::bad(21611, "This 'From' number has exceeded its message queue")
}

/// Whether Twilio accepts the URL: http or https, with a host without underscore.
pub(crate) fn is_public_url(url: &str) -> bool {
    let Ok(uri) = url.split('#').next().unwrap_or_default().parse::<Uri>() else { return false };
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    is_web && uri.host().is_some_and(|host| !host.is_empty() && !host.contains('_'))
}

pub(super) fn masked(number: &str) -> String {
    let shown: String = number.chars().take(6).collect();
    let hidden = number.chars().count().saturating_sub(6);
    format!("{shown}{}", "X".repeat(hidden))
}
