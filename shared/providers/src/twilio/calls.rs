//! Calls: the request that rings a user's phone, the instructions that dial the lead from there, and the reports of both
//! legs and of the recording. The address of a report says whose call it is and which part of it; Twilio signs the address.

use super::error_code::{Meaning, meaning};
use super::request::account_url;
use super::webhook::Payload;
use crate::accounts::{Unusable, secret, wrong_kind};
use crate::calls::{broken, lost};
use crate::transport::TransportError;
use crate::wire::{FORM, excerpt, post, retry_after};
use application::ports::calls::{CallNews, CallReport, CodeCall, Dial, Instruction, OutgoingCall};
use application::ports::provider_calls::{CallError, OpenAccount};
use application::ports::provider_events::Unreadable;
use domain::workspace::account::AccountSettings;
use domain::workspace::call::{CALL_LASTS, CallLeg, CallSide};
use domain::workspace::recording::{RecordingNotice, RecordingState};
use domain::{CallId, UserId};
use http::{Request, Response};
use serde::Deserialize;
use url::form_urlencoded::Serializer;

/// How long each phone rings, in seconds. The user's stops before most voicemails pick up.
const USER_RINGS: u32 = 20;
const LEAD_RINGS: u32 = 30;
/// How long a call that reads a code may last, in seconds: one started minute is paid for it.
const CODE_CALL_LASTS: u32 = 59;
/// How long the user may take to press a key, in seconds.
const KEY_WITHIN: u32 = 10;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// A call that does not go on any more.
const NOT_LIVE: u32 = 21220;

#[derive(Deserialize)]
pub(super) struct Refusal {
    pub(super) code: u32,
    #[serde(default)]
    pub(super) message: String,
}

pub(crate) fn ring(account: &OpenAccount, call: &OutgoingCall) -> Result<Request<Vec<u8>>, Unusable> {
    let AccountSettings::Twilio { base_url, account_sid, from_number, .. } = &account.settings else {
        return Err(wrong_kind(account));
    };
    let (url, login) = account_url(base_url, account_sid, secret(account, "auth_token")?, "Calls.json")?;
    let key = escaped(&part(&call.reports, "key"));
    let script = format!(
        "<Response><Gather numDigits=\"1\" timeout=\"{KEY_WITHIN}\" method=\"POST\" action=\"{key}\">\
         <Say>Press any number to call the lead.</Say></Gather></Response>"
    );
    let form = Serializer::new(String::new())
        .append_pair("To", call.to.as_str())
        .append_pair("From", from_number.as_str())
        .append_pair("Twiml", &script)
        .append_pair("Timeout", &USER_RINGS.to_string())
        .append_pair("TimeLimit", &CALL_LASTS.as_secs().to_string())
        .append_pair("StatusCallback", &part(&call.reports, "user"))
        .append_pair("StatusCallbackMethod", "POST")
        .append_pair("StatusCallbackEvent", "initiated")
        .append_pair("StatusCallbackEvent", "ringing")
        .append_pair("StatusCallbackEvent", "answered")
        .append_pair("StatusCallbackEvent", "completed")
        .finish();
    Ok(post(&url, login, FORM, form.into_bytes())?)
}

/// Rings a phone and reads a code to whoever picks up, twice, with a pause at each comma. Nothing is reported: the code that
/// comes back tells that it was heard.
pub(crate) fn read_code(account: &OpenAccount, call: &CodeCall) -> Result<Request<Vec<u8>>, Unusable> {
    let AccountSettings::Twilio { base_url, account_sid, from_number, .. } = &account.settings else {
        return Err(wrong_kind(account));
    };
    let (url, login) = account_url(base_url, account_sid, secret(account, "auth_token")?, "Calls.json")?;
    let digits: Vec<String> = call.code.chars().map(String::from).collect();
    let digits = escaped(&digits.join(", "));
    let script = format!(
        "<Response><Say language=\"en-GB\">Your leadflow code is {digits}. Once more: {digits}. \
         If you did not ask for it, hang up.</Say></Response>"
    );
    let form = Serializer::new(String::new())
        .append_pair("To", call.to.as_str())
        .append_pair("From", from_number.as_str())
        .append_pair("Twiml", &script)
        .append_pair("Timeout", &USER_RINGS.to_string())
        .append_pair("TimeLimit", &CODE_CALL_LASTS.to_string())
        .finish();
    Ok(post(&url, login, FORM, form.into_bytes())?)
}

pub(crate) fn hang_up(account: &OpenAccount, provider_id: &str) -> Result<Request<Vec<u8>>, Unusable> {
    let AccountSettings::Twilio { base_url, account_sid, .. } = &account.settings else {
        return Err(wrong_kind(account));
    };
    if provider_id.is_empty() || !provider_id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(crate::wire::BadSettings("the call's id is not one".to_owned()).into());
    }
    let resource = format!("Calls/{provider_id}.json");
    let (url, login) = account_url(base_url, account_sid, secret(account, "auth_token")?, &resource)?;
    Ok(post(&url, login, FORM, b"Status=completed".to_vec())?)
}

pub(crate) fn hung_up(answer: Result<Response<Vec<u8>>, TransportError>) -> Result<(), CallError> {
    let answer = answer.map_err(lost)?;
    let told: Option<Refusal> = serde_json::from_slice(answer.body()).ok();
    let words = || told.as_ref().map_or_else(String::new, |told| excerpt(&told.message));
    match answer.status().as_u16() {
        200..=299 => Ok(()),
        404 if told.is_some() => Ok(()),
        400 if told.as_ref().is_some_and(|told| told.code == NOT_LIVE) => Ok(()),
        429 => Err(CallError::RateLimited { after: retry_after(&answer) }),
        401 | 403 => Err(CallError::Account(words())),
        400..=499 => match told.as_ref().map(|told| meaning(told.code)) {
            Some(Meaning::Account) | None => Err(CallError::Account(words())),
            Some(_) => Err(CallError::Rejected(words())),
        },
        _ => Err(broken(&answer)),
    }
}

pub(crate) fn instructions(next: &Instruction) -> String {
    let verbs = match next {
        Instruction::HangUp => "<Hangup/>".to_owned(),
        Instruction::Dial(of) => dial(of),
        Instruction::Say(notice) => say(notice),
    };
    format!("{HEAD}<Response>{verbs}</Response>")
}

/// Dials the lead with the account's number. The two phones are connected when the lead picks up, so the user hears the
/// lead's phone ring. Where the call is recorded, the user hears a notice before, and the lead one after picking up: its
/// address is asked for what to say before the two are connected.
fn dial(dial: &Dial) -> String {
    let address = |name: &str| escaped(&part(&dial.reports, name));
    let (after, lead) = (address("after"), address("lead"));
    let (to, caller) = (escaped(dial.to.as_str()), escaped(dial.caller.as_str()));
    let (said, record, notice) = match dial.recorded {
        false => Default::default(),
        true => (
            say(&RecordingNotice::ENGLISH),
            format!(
                " record=\"record-from-answer-dual\" recordingStatusCallbackMethod=\"POST\" \
                 recordingStatusCallbackEvent=\"in-progress completed absent\" recordingStatusCallback=\"{}\"",
                address("recording")
            ),
            format!(" method=\"POST\" url=\"{}\"", address("notice")),
        ),
    };
    let limit = CALL_LASTS.as_secs();
    format!(
        "{said}<Dial callerId=\"{caller}\" answerOnBridge=\"true\" timeout=\"{LEAD_RINGS}\" timeLimit=\"{limit}\" method=\"POST\" \
         action=\"{after}\"{record}><Number{notice} statusCallbackMethod=\"POST\" statusCallback=\"{lead}\" \
         statusCallbackEvent=\"initiated ringing answered completed\">{to}</Number></Dial>"
    )
}

fn say(notice: &RecordingNotice) -> String {
    format!("<Say language=\"{}\">{}</Say>", escaped(notice.language), escaped(notice.text))
}

pub(crate) fn report(payload: &str) -> Result<CallReport, Unreadable> {
    let payload: Payload = serde_json::from_str(payload).map_err(|error| Unreadable(error.to_string()))?;
    let lacks = |what: &str| Unreadable(format!("the report of a call lacks {what}"));
    let call = payload.parameter("call").and_then(|id| CallId::parse(&id).ok());
    let user = payload.parameter("user").and_then(|id| UserId::parse(&id).ok());
    let (call, user) = (call.ok_or_else(|| lacks("its call"))?, user.ok_or_else(|| lacks("its user"))?);
    let seconds = |name: &str| payload.field(name).and_then(|text| text.parse().ok());
    let told = |name: &str| payload.field(name).map(leg_of).ok_or_else(|| lacks(name));
    let part = payload.parameter("part");
    let (news, is_of_user) = match part.as_deref() {
        Some("key") => (CallNews::KeyPressed, true),
        Some("user") => {
            let leg = told("CallStatus")?;
            (CallNews::Leg { side: CallSide::User, leg, seconds: None }, true)
        }
        Some("lead") => {
            let leg = told("CallStatus")?;
            (CallNews::Leg { side: CallSide::Lead, leg, seconds: seconds("CallDuration") }, false)
        }
        Some("after") => {
            let leg = told("DialCallStatus")?;
            (CallNews::Leg { side: CallSide::Lead, leg, seconds: seconds("DialCallDuration") }, true)
        }
        Some("notice") => (CallNews::NoticeWanted, false),
        Some("recording") => {
            let sid = payload.field("RecordingSid").filter(|sid| is_recording_sid(sid));
            let provider_id = sid.ok_or_else(|| lacks("its recording"))?.to_owned();
            let state = match payload.field("RecordingStatus") {
                Some("completed") => RecordingState::Ready,
                Some("absent" | "failed") => RecordingState::Empty,
                _ => RecordingState::Recording,
            };
            (CallNews::Recorded { provider_id, state, seconds: seconds("RecordingDuration") }, false)
        }
        _ => return Err(lacks("the part that it is about")),
    };
    let sid = payload.field("CallSid").filter(|_| is_of_user);
    Ok(CallReport { call, user, news, provider_id: sid.map(str::to_owned) })
}

/// Whether it has the form of a recording's id, which is stored and goes into an address of the provider.
fn is_recording_sid(sid: &str) -> bool {
    (1..=64).contains(&sid.len()) && sid.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Translates a status; one that is new to us says nothing.
fn leg_of(status: &str) -> CallLeg {
    match status {
        "ringing" => CallLeg::Ringing,
        "in-progress" => CallLeg::Answered,
        "completed" | "answered" => CallLeg::Completed,
        "no-answer" => CallLeg::NoAnswer,
        "busy" => CallLeg::Busy,
        "failed" => CallLeg::Failed,
        "canceled" => CallLeg::Cancelled,
        _ => CallLeg::Waiting,
    }
}

fn part(reports: &str, part: &str) -> String {
    format!("{reports}&part={part}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod tests;
