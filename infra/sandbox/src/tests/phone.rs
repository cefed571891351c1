//! Calls by phone: what Twilio refuses, and what it reports of both legs.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Request, Response};
use jiff::SignedDuration;
use serde_json::Value;
use tower::ServiceExt as _;

use super::fixture::{World, world};
use crate::{Credentials, Provider, signatures};

const PATH: &str = "/twilio/2010-04-01/Accounts/AC00000000000000000000000000005a4d/Calls";
const REPORTS: &str = "http://localhost:8787/api/webhooks/twilio-voice/a?call=c1&amp;part=";
const REP: &str = "+12125550110";

async fn post(world: &World, path: &str, token: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let login = STANDARD.encode(format!("{}:{token}", Credentials::TWILIO_ACCOUNT_SID));
    let request = Request::post(path)
        .header("authorization", format!("Basic {login}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(serde_urlencoded::to_string(form).unwrap()));
    world.call(request.unwrap()).await
}

async fn ring(world: &World, form: &[(&str, &str)]) -> (u16, Value) {
    post(world, &format!("{PATH}.json"), Credentials::TWILIO_AUTH_TOKEN, form).await
}

fn gather() -> String {
    format!(
        "<Response><Gather numDigits=\"1\" timeout=\"10\" action=\"{REPORTS}key\"><Say>Hi</Say></Gather></Response>"
    )
}

fn dial(to: &str) -> String {
    format!(
        "<Response><Dial callerId=\"{}\" answerOnBridge=\"true\" timeout=\"30\" action=\"{REPORTS}after\">\
         <Number statusCallback=\"{REPORTS}lead\" statusCallbackEvent=\"initiated ringing answered completed\">{to}\
         </Number></Dial></Response>",
        Credentials::TWILIO_NUMBER
    )
}

/// Calls the user, whose app answers with these instructions, and returns what each part was told, in order.
async fn told(world: &World, user: &str, script: Option<String>) -> Vec<String> {
    *world.app.instructions.lock().unwrap() = script;
    let gather = gather();
    let reports = REPORTS.replace("&amp;", "&") + "user";
    let mut form =
        vec![("To", user), ("From", Credentials::TWILIO_NUMBER), ("Twiml", &gather), ("Timeout", "20")];
    form.push(("StatusCallback", &reports));
    form.extend(
        ["initiated", "ringing", "answered", "completed"].map(|event| ("StatusCallbackEvent", event)),
    );
    let (status, call) = ring(world, &form).await;
    assert_eq!((status, &call["status"]), (201, &"queued".into()), "{call}");
    world.live(1).await;
    let calls = world.app.calls("/api/webhooks/twilio-voice");
    let mut told = Vec::new();
    for call in &calls {
        let form: Vec<(String, String)> = serde_urlencoded::from_bytes(call.body()).unwrap();
        let url = call.uri().to_string();
        let signed = signatures::twilio(Credentials::TWILIO_AUTH_TOKEN, &url, &form);
        assert_eq!(call.headers()["x-twilio-signature"], signed.as_str());
        let of = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let part = url.rsplit('=').next().unwrap();
        let status =
            of("RecordingStatus").or(of("DialCallStatus")).or(of("Digits")).or(of("CallStatus")).unwrap();
        told.push(format!("{part} {status}"));
    }
    told
}

#[tokio::test]
async fn call_that_says_something_is_heard_only_by_who_picks_up() {
    let world = world();
    let script = "<Response><Say language=\"en-GB\">Your code is 0, 4, 8.</Say></Response>";
    for (user, heard) in [
        (REP, Some("Your code is 0, 4, 8.")),
        ("+12125550120", None),
        ("+12125550130", None),
        ("+12125550140", None),
    ] {
        let form = [("To", user), ("From", Credentials::TWILIO_NUMBER), ("Twiml", script), ("Timeout", "20")];
        assert_eq!(ring(&world, &form).await.0, 201);
        assert_eq!(world.sandbox.heard(user), None, "nobody has picked up yet");
        world.live(1).await;
        assert_eq!(world.sandbox.heard(user).as_deref(), heard, "{user}");
    }
    let (status, page) = world.get(&format!("/phone/{REP}")).await;
    assert_eq!(status, 200);
    assert!(page.as_str().unwrap().contains("Your code is 0, 4, 8."), "{page}");
}

#[tokio::test]
async fn twilio_refuses_each_malformed_call_with_its_code() {
    let world = world();
    let (to, from) = (("To", REP), ("From", Credentials::TWILIO_NUMBER));
    let gather = gather();
    let script = ("Twiml", gather.as_str());
    let cases: &[(&[(&str, &str)], u32)] = &[
        (&[from, script], 21201),
        (&[to, script], 21213),
        (&[("To", "2125550110"), from, script], 21211),
        (&[("To", "+15005550003"), from, script], 21215),
        (&[to, ("From", "junk"), script], 21212),
        (&[to, ("From", "+12025550143"), script], 21210),
        (&[to, from], 21205),
        (&[to, from, ("Twiml", "<Response><Say>Hi</Response>")], 12100),
        (&[to, from, ("Twiml", "<Response><Record/></Response>")], 12100),
        (&[to, from, script, ("Timeout", "601")], 20001),
        (&[to, from, script, ("StatusCallback", "http://a_b.test/x")], 21609),
        (&[to, from, script, ("StatusCallbackEvent", "sneezed")], 21626),
    ];
    for (form, code) in cases {
        let (status, body) = ring(&world, form).await;
        assert_eq!((status, body["code"].as_u64()), (400, Some(u64::from(*code))), "{form:?} {body}");
    }
    let (status, body) = post(&world, &format!("{PATH}.json"), "wrong", &[to, from, script]).await;
    assert_eq!((status, body["code"].as_u64()), (401, Some(20003)));
    assert_eq!(world.sandbox.next_due(), None, "no phone rings");
}

#[tokio::test]
async fn user_who_presses_a_key_is_connected_and_both_legs_are_reported() {
    let told = told(&world(), REP, Some(dial("+12125550111"))).await;
    assert_eq!(
        told,
        [
            "user initiated",
            "user ringing",
            "user in-progress",
            "key 1",
            "lead initiated",
            "lead ringing",
            "lead in-progress",
            "lead completed",
            "after completed",
            "user completed"
        ]
    );
}

#[tokio::test]
async fn each_number_is_answered_as_it_says() {
    for (lead, status) in
        [("+12125550120", "busy"), ("+12125550130", "no-answer"), ("+12125550160", "failed")]
    {
        let told = told(&world(), REP, Some(dial(lead))).await;
        assert!(told.contains(&format!("after {status}")), "{told:?}");
    }
    for (user, status) in
        [("+12125550120", "busy"), ("+12125550130", "no-answer"), ("+12125550140", "no-answer")]
    {
        let told = told(&world(), user, None).await;
        assert_eq!(told.last().unwrap(), &format!("user {status}"));
        assert!(!told.iter().any(|told| told.starts_with("key")), "{told:?}");
    }
}

#[tokio::test]
async fn call_without_instructions_ends_and_an_ended_call_is_not_ended_again() {
    let world = world();
    let told = told(&world, REP, None).await;
    assert_eq!(told.last().unwrap(), "user completed");
    assert!(!told.iter().any(|told| told.starts_with("lead")), "{told:?}");
    let sid = world.sandbox.world().calls[0].sid.clone();
    let path = format!("{PATH}/{sid}.json");
    let end = [("Status", "completed")];
    let (status, body) = post(&world, &path, Credentials::TWILIO_AUTH_TOKEN, &end).await;
    assert_eq!((status, body["code"].as_u64()), (400, Some(21220)));
    let unknown = format!("{PATH}/CA{}.json", "0".repeat(32));
    assert_eq!(post(&world, &unknown, Credentials::TWILIO_AUTH_TOKEN, &end).await.0, 404);
}

#[tokio::test]
async fn lost_answer_still_rings_the_phone() {
    let world = world();
    world.sandbox.lose_answers(Provider::Twilio, 1);
    let gather = gather();
    let form = [("To", REP), ("From", Credentials::TWILIO_NUMBER), ("Twiml", gather.as_str())];
    assert_eq!(ring(&world, &form).await.0, 504);
    assert_eq!(world.sandbox.world().calls.len(), 1);
}

fn recorded_dial(to: &str) -> String {
    let plain = dial(to);
    let record = format!(
        "answerOnBridge=\"true\" record=\"record-from-answer-dual\" recordingStatusCallback=\"{REPORTS}recording\" \
         recordingStatusCallbackEvent=\"in-progress completed absent\""
    );
    plain
        .replace("<Response>", "<Response><Say language=\"en-GB\">This call is recorded.</Say>")
        .replace("answerOnBridge=\"true\"", &record)
        .replace("<Number ", &format!("<Number method=\"POST\" url=\"{REPORTS}notice\" "))
}

async fn recordings(world: &World, method: &str, name: &str, token: &str, range: &str) -> Response<Body> {
    let login = STANDARD.encode(format!("{}:{token}", Credentials::TWILIO_ACCOUNT_SID));
    let path = PATH.replace("/Calls", &format!("/Recordings{name}"));
    let request =
        Request::builder().method(method).uri(path).header("authorization", format!("Basic {login}"));
    let request = if range.is_empty() { request } else { request.header("range", range) };
    world.sandbox.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn recorded_call_says_the_notice_first_and_its_recording_is_played_and_deleted() {
    let world = world();
    let told = told(&world, REP, Some(recorded_dial("+12125550111"))).await;
    let place =
        |what: &str| told.iter().position(|told| told == what).unwrap_or_else(|| panic!("{what}: {told:?}"));
    assert!(place("notice in-progress") < place("recording in-progress"), "{told:?}");
    assert!(place("lead completed") < place("recording completed"), "{told:?}");
    let leg = world.sandbox.world().calls[0].lead.clone().unwrap();
    let sid = leg.recording.unwrap().sid.unwrap();
    let token = Credentials::TWILIO_AUTH_TOKEN;
    let mp3 = format!("/{sid}.mp3");
    assert_eq!(recordings(&world, "GET", &mp3, "wrong", "").await.status(), 401);
    let whole = recordings(&world, "GET", &mp3, token, "").await;
    assert_eq!(
        (whole.status().as_u16(), &whole.headers()["content-type"]),
        (200, &"audio/mpeg".parse().unwrap())
    );
    let whole = axum::body::to_bytes(whole.into_body(), usize::MAX).await.unwrap();
    let part = recordings(&world, "GET", &mp3, token, "bytes=104-207").await;
    let range = format!("bytes 104-207/{}", whole.len());
    assert_eq!(
        (part.status().as_u16(), part.headers()["content-range"].to_str().unwrap()),
        (206, range.as_str())
    );
    let beyond = format!("bytes={}-", whole.len());
    assert_eq!(recordings(&world, "GET", &mp3, token, &beyond).await.status(), 416);
    let json = format!("/{sid}.json");
    assert_eq!(recordings(&world, "DELETE", &json, "wrong", "").await.status(), 401);
    assert_eq!(recordings(&world, "DELETE", &json, token, "").await.status(), 204);
    assert_eq!(recordings(&world, "GET", &mp3, token, "").await.status(), 404);
    assert_eq!(recordings(&world, "DELETE", &json, token, "").await.status(), 404);
}

#[tokio::test]
async fn lead_who_hears_no_notice_is_hung_up_and_not_recorded() {
    let world = world();
    *world.app.is_silent.lock().unwrap() = true;
    let told = told(&world, REP, Some(recorded_dial("+12125550111"))).await;
    assert!(!told.iter().any(|told| told.starts_with("recording")), "{told:?}");
    assert!(told.contains(&"after completed".to_owned()), "{told:?}");
    let leg = world.sandbox.world().calls[0].lead.clone().unwrap();
    assert!(leg.answered_at.is_some(), "the lead has picked up before the notice");
}

async fn get(world: &World, path: &str, token: &str) -> (u16, Value) {
    let login = STANDARD.encode(format!("{}:{token}", Credentials::TWILIO_ACCOUNT_SID));
    let request = Request::get(path).header("authorization", format!("Basic {login}"));
    world.call(request.body(Body::empty()).unwrap()).await
}

/// Turns the clock to so many minutes after the call has ended.
fn after_the_end(world: &World, minutes: i64) {
    let ended = world.sandbox.world().calls[0].ended_at.unwrap();
    world.clock.set(ended + SignedDuration::from_mins(minutes));
}

/// The prices of the user's leg and the lead's, as they are read now.
async fn prices(world: &World) -> [Value; 2] {
    let sid = world.sandbox.world().calls[0].sid.clone();
    let token = Credentials::TWILIO_AUTH_TOKEN;
    let (status, parent) = get(world, &format!("{PATH}/{sid}.json"), token).await;
    assert_eq!(status, 200, "{parent}");
    let (status, listed) = get(world, &format!("{PATH}.json?ParentCallSid={sid}"), token).await;
    assert_eq!((status, &listed["calls"][0]["parent_call_sid"]), (200, &sid.into()), "{listed}");
    let of = |call: &Value| call["price"].clone();
    [of(&parent), of(&listed["calls"][0])]
}

#[tokio::test]
async fn each_leg_is_priced_late_by_started_minutes_and_country() {
    let world = world();
    told(&world, REP, Some(dial("+442075550111"))).await;
    after_the_end(&world, 3);
    assert_eq!(prices(&world).await, [Value::Null, Value::Null]);
    after_the_end(&world, 4);
    let (user, lead) = {
        let calls = &world.sandbox.world().calls;
        (calls[0].seconds(), calls[0].lead.as_ref().unwrap().seconds())
    };
    let price = |micros: i64, seconds: i64| {
        let micros = micros * ((seconds + 59) / 60);
        Value::from(format!("-0.{:05}", micros / 10))
    };
    assert!(user > lead && lead >= 40);
    assert_eq!(prices(&world).await, [price(14_000, user), price(30_500, lead)]);
}

#[tokio::test]
async fn unanswered_leg_has_no_price_and_numbers_say_how_they_are_priced() {
    let busy = world();
    told(&busy, REP, Some(dial("+12125550120"))).await;
    let [user, lead] = prices(&busy).await;
    assert_eq!((user.is_string(), lead), (true, Value::Null));
    let never = world();
    told(&never, REP, Some(dial("+12125550117"))).await;
    assert_eq!(prices(&never).await[1], Value::Null);
    let euros = world();
    told(&euros, "+12125550118", Some(dial("+12125550111"))).await;
    let sid = euros.sandbox.world().calls[0].sid.clone();
    let (_, parent) = get(&euros, &format!("{PATH}/{sid}.json"), Credentials::TWILIO_AUTH_TOKEN).await;
    assert_eq!(parent["price_unit"], "EUR");
}

#[tokio::test]
async fn prices_are_told_to_their_account_only() {
    let world = world();
    told(&world, REP, Some(dial("+12125550111"))).await;
    let sid = world.sandbox.world().calls[0].sid.clone();
    let list = format!("{PATH}.json?ParentCallSid={sid}");
    for path in [format!("{PATH}/{sid}.json"), list] {
        assert_eq!(get(&world, &path, "wrong").await.0, 401);
        let foreign = path.replace("5a4d", "5a4e");
        let (status, body) = get(&world, &foreign, Credentials::TWILIO_AUTH_TOKEN).await;
        assert_eq!((status, body["code"].as_u64()), (404, Some(20404)), "{foreign}");
    }
    let all = format!("{PATH}.json");
    assert_eq!(get(&world, &all, Credentials::TWILIO_AUTH_TOKEN).await.0, 400);
}
