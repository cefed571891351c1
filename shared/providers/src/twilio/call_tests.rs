//! Calls as requests and instructions, and their reports.

use super::*;
use domain::LeadId;
use domain::contact::phone_number::PhoneNumber;
use jiff::Timestamp;

fn ids() -> (CallId, UserId) {
    let now = Timestamp::UNIX_EPOCH;
    (CallId::derived(&LeadId::derived(now, &["ana"]), &["1"]), UserId::derived(now, &["maya"]))
}

fn reports() -> String {
    let (call, user) = ids();
    format!("https://app.acme.test/api/webhooks/twilio-voice/account_1?call={call}&user={user}")
}

fn told(part: &str, form: &[(&str, &str)]) -> Result<CallReport, Unreadable> {
    let payload = serde_json::json!({"url": format!("{}&part={part}", reports()), "form": form});
    report(&payload.to_string())
}

#[test]
fn report_names_the_leg_and_the_time_on_the_phone() {
    let (call, user) = ids();
    let leg = |side, leg, seconds| CallNews::Leg { side, leg, seconds };
    let user_rings = told("user", &[("CallSid", "CA1"), ("CallStatus", "ringing")]).unwrap();
    assert_eq!((&user_rings.call, &user_rings.user), (&call, &user));
    assert_eq!(user_rings.provider_id.as_deref(), Some("CA1"));
    assert_eq!(user_rings.news, leg(CallSide::User, CallLeg::Ringing, None));
    let key = told("key", &[("CallSid", "CA1"), ("Digits", "1")]).unwrap();
    assert_eq!(key.news, CallNews::KeyPressed);
    let child =
        [("CallSid", "CA2"), ("ParentCallSid", "CA1"), ("CallStatus", "completed"), ("CallDuration", "62")];
    let child = told("lead", &child).unwrap();
    assert_eq!(child.news, leg(CallSide::Lead, CallLeg::Completed, Some(62)));
    assert_eq!(child.provider_id, None, "the lead's leg is not what is hung up");
    let after = [("CallSid", "CA1"), ("DialCallStatus", "no-answer"), ("CallStatus", "in-progress")];
    assert_eq!(told("after", &after).unwrap().news, leg(CallSide::Lead, CallLeg::NoAnswer, None));
    let odd = told("user", &[("CallStatus", "a-status-of-tomorrow")]).unwrap();
    assert_eq!(odd.news, leg(CallSide::User, CallLeg::Waiting, None));
}

#[test]
fn report_without_call_part_or_status_is_unreadable() {
    assert!(told("user", &[("CallSid", "CA1")]).is_err());
    assert!(told("other", &[("CallStatus", "ringing")]).is_err());
    let nameless = serde_json::json!({"url": "https://a.test/?part=key", "form": []});
    assert!(report(&nameless.to_string()).is_err());
}

#[test]
fn instructions_dial_the_lead_with_the_accounts_number_or_hang_up() {
    let number = |text: &str| PhoneNumber::parse(text, None).unwrap();
    let dial = Dial { to: number("+442074960351"), caller: number("+14155552671"), reports: reports() };
    let script = instructions(Some(&dial));
    assert!(script.contains("callerId=\"+14155552671\""), "{script}");
    assert!(script.contains(">+442074960351</Number>"), "{script}");
    assert!(script.contains("&amp;part=lead") && !script.contains("&part"), "{script}");
    assert!(instructions(None).ends_with("<Response><Hangup/></Response>"));
}

#[test]
fn hanging_up_a_call_that_is_over_succeeds() {
    let answer = |status: u16, body: &str| {
        hung_up(Ok(Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap()))
    };
    assert!(answer(200, "{}").is_ok());
    assert!(answer(404, r#"{"code":20404,"message":"gone","status":404}"#).is_ok());
    assert!(answer(400, r#"{"code":21220,"message":"not live","status":400}"#).is_ok());
    assert!(matches!(answer(401, r#"{"code":20003,"message":"no"}"#), Err(CallError::Account(_))));
    assert!(matches!(answer(404, "<html>"), Err(CallError::Account(_))));
    assert!(matches!(answer(504, ""), Err(CallError::Lost(_))));
}
