//! Calls as requests and instructions, and their reports.

use super::*;
use application::ports::accounts::SecretFields;
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
fn ringing_the_user_asks_the_provider_to_end_the_call_after_an_hour() {
    let settings = serde_json::json!({
        "kind": "twilio", "base_url": "https://api.twilio.example", "account_sid": "AC00000000000000000000000000000001",
        "from_number": "+14155552671", "places_calls": true,
    });
    let settings = serde_json::from_value(settings).unwrap();
    let account = crate::tests::account(settings, SecretFields::one("auth_token", "12345"));
    let call = OutgoingCall { to: PhoneNumber::parse("+14155550100", None).unwrap(), reports: reports() };
    let request = ring(&account, &call).unwrap();
    let form = String::from_utf8(request.into_body()).unwrap();
    assert!(form.split('&').any(|pair| pair == "TimeLimit=3600"), "{form}");
}

#[test]
fn code_is_read_twice_digit_by_digit_within_a_minute() {
    let settings = serde_json::json!({
        "kind": "twilio", "base_url": "https://api.twilio.example", "account_sid": "AC00000000000000000000000000000001",
        "from_number": "+14155552671", "places_calls": true,
    });
    let settings = serde_json::from_value(settings).unwrap();
    let account = crate::tests::account(settings, SecretFields::one("auth_token", "12345"));
    let call = CodeCall { to: PhoneNumber::parse("+14155550100", None).unwrap(), code: "048151".to_owned() };
    let request = read_code(&account, &call).unwrap();
    assert!(request.uri().path().ends_with("/Calls.json"), "{}", request.uri());
    let form: Vec<(String, String)> =
        url::form_urlencoded::parse(&request.into_body()).into_owned().collect();
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!((field("To"), field("From")), (Some("+14155550100"), Some("+14155552671")));
    assert_eq!((field("TimeLimit"), field("StatusCallback")), (Some("59"), None));
    assert_eq!(field("Twiml").unwrap().matches("0, 4, 8, 1, 5, 1.").count(), 2, "{form:?}");
}

#[test]
fn instructions_dial_the_lead_with_the_accounts_number_or_hang_up() {
    let number = |text: &str| PhoneNumber::parse(text, None).unwrap();
    let (to, caller) = (number("+442074960351"), number("+14155552671"));
    let dial = Dial { to, caller, reports: reports(), recorded: false };
    let script = instructions(&Instruction::Dial(dial));
    assert!(script.contains("callerId=\"+14155552671\""), "{script}");
    assert!(script.contains(">+442074960351</Number>"), "{script}");
    assert!(script.contains(" timeLimit=\"3600\" "), "the provider ends it after an hour: {script}");
    assert!(script.contains("&amp;part=lead") && !script.contains("&part"), "{script}");
    assert!(!script.contains("record") && !script.contains("Say"), "{script}");
    assert!(instructions(&Instruction::HangUp).ends_with("<Response><Hangup/></Response>"));
}

#[test]
fn recorded_call_is_announced_to_the_user_and_asks_what_to_say_to_the_lead() {
    let number = |text: &str| PhoneNumber::parse(text, None).unwrap();
    let (to, caller) = (number("+442074960351"), number("+14155552671"));
    let script = instructions(&Instruction::Dial(Dial { to, caller, reports: reports(), recorded: true }));
    assert!(
        script.contains("<Response><Say language=\"en-GB\">This call is recorded.</Say><Dial "),
        "{script}"
    );
    assert!(script.contains("record=\"record-from-answer-dual\""), "{script}");
    assert!(script.contains("<Number method=\"POST\" url=\"") && script.contains("part=notice"), "{script}");
    assert!(script.contains("recordingStatusCallback=\"") && script.contains("part=recording"), "{script}");
    let notice = RecordingNotice { language: "fr-FR", text: "Cet appel est enregistré." };
    let said = instructions(&Instruction::Say(notice));
    assert!(
        said.ends_with("<Response><Say language=\"fr-FR\">Cet appel est enregistré.</Say></Response>"),
        "{said}"
    );
}

#[test]
fn report_of_a_recording_names_it_and_how_far_it_is() {
    let recorded = |status: &str| {
        let form = [("RecordingSid", "RE1"), ("RecordingStatus", status), ("RecordingDuration", "62")];
        told("recording", &form).unwrap().news
    };
    for (status, state) in [
        ("in-progress", RecordingState::Recording),
        ("completed", RecordingState::Ready),
        ("absent", RecordingState::Empty),
        ("failed", RecordingState::Empty),
        ("a-status-of-tomorrow", RecordingState::Recording),
    ] {
        let provider_id = "RE1".to_owned();
        assert_eq!(
            recorded(status),
            CallNews::Recorded { provider_id, state, seconds: Some(62) },
            "{status}"
        );
    }
    assert!(told("recording", &[("RecordingStatus", "completed")]).is_err());
    for sid in ["", "a b", "../Accounts", &"R".repeat(65)] {
        assert!(told("recording", &[("RecordingSid", sid)]).is_err(), "{sid:?} is no id");
    }
    assert_eq!(told("notice", &[("CallSid", "CA2")]).unwrap().news, CallNews::NoticeWanted);
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
