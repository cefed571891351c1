//! Reports of calls: signed, answered with instructions, and harmless when repeated or out of order.

use super::*;
use application::ports::due::DueWork;
use domain::event::Actor;
use domain::lead::Lead;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::spend::Usd;
use domain::workspace::call::{Call, CallEnd, CallLeg, CallRequest, CallState, LeadNumber};
use domain::workspace::call_cost::{CallCost, CallCostState};
use domain::workspace::recording::RecordingState;
use domain::{CallId, LeadId, UserId};

const LEAD: &str = "+447400123456";

struct Scene {
    suite: Suite,
    account: AccountId,
    call: CallId,
    user: UserId,
}

/// A call of Maya's to Elena, for which the provider has been asked.
async fn scene() -> Scene {
    let suite = suite().await;
    let settings = match twilio_settings() {
        AccountSettings::Twilio { base_url, account_sid, from_number, .. } => {
            AccountSettings::Twilio { base_url, account_sid, from_number, places_calls: true }
        }
        other => other,
    };
    let account = connect(&suite, settings, SecretFields::one("auth_token", "token")).await;
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let mut lead = Lead::blank(LeadId::derived(now, &["elena"]), suite.workspace.clone(), now);
    lead.phone = PhoneNumber::parse(LEAD, None).ok();
    let event = Event::system(EventKind::LeadChanged, now);
    ports.leads().create(&lead, &event).await.unwrap();
    let id = CallId::derived(&lead.id, &["call"]);
    let call = Call {
        number_digest: Some(Call::digest(&id, &PhoneNumber::parse(LEAD, None).unwrap())),
        id,
        workspace: suite.workspace.clone(),
        user: UserId::derived(now, &["maya"]),
        account: account.clone(),
        number: LeadNumber::First,
        task: None,
        request: CallRequest::Asked,
        provider_id: None,
        user_leg: CallLeg::Waiting,
        lead_leg: CallLeg::Waiting,
        seconds: None,
        placed_at: now,
        earlier: Vec::new(),
        rev: 0,
    };
    let event = Event::new(EventKind::CallPlaced, Actor::User(call.user.clone()), now);
    ports.calls().save(&call, Some(&event)).await.unwrap();
    Scene { account, call: call.id, user: call.user, suite }
}

impl Scene {
    fn path(&self, part: &str) -> String {
        let Self { account, call, user, .. } = self;
        format!("/api/webhooks/twilio-voice/{account}?call={call}&user={user}&part={part}")
    }

    async fn post(&self, path: &str, form: &[(&str, &str)], token: &str) -> Reply {
        let mut fields = form.to_vec();
        fields.sort_unstable();
        let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).unwrap();
        mac.update(format!("https://leadflow.example{path}").as_bytes());
        for (name, value) in &fields {
            mac.update(format!("{name}{value}").as_bytes());
        }
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let kind = "application/x-www-form-urlencoded";
        let headers = [("content-type", kind), ("x-twilio-signature", signature.as_str())];
        self.suite.send_bytes(Method::POST, path, body.join("&").into_bytes(), &headers).await
    }

    async fn told(&self, part: &str, form: &[(&str, &str)]) -> String {
        let reply = self.post(&self.path(part), form, "token").await;
        assert_eq!(reply.headers["content-type"], "text/xml; charset=utf-8");
        reply.expect(200).as_str().unwrap().to_owned()
    }

    async fn change_lead(&self, change: impl FnOnce(&mut Lead)) {
        let leads = self.suite.stage.ports.leads();
        let before = leads.get(&self.suite.workspace, &self.call.lead()).await.unwrap();
        let mut after = before.clone();
        change(&mut after);
        let event = Event::system(EventKind::LeadChanged, self.suite.stage.clock.now());
        leads.change_identity(&before, &after, &event).await.unwrap();
    }

    async fn call(&self) -> Call {
        let calls = self.suite.stage.ports.calls();
        calls.of_user(&self.suite.workspace, &self.user).await.unwrap().unwrap()
    }
}

const PRESSED: [(&str, &str); 2] = [("CallSid", "CA1"), ("Digits", "1")];
const HANG_UP: &str = "<Response><Hangup/></Response>";

#[tokio::test]
async fn lead_is_dialled_once_the_user_has_pressed_a_key() {
    let scene = scene().await;
    let now = scene.suite.stage.clock.now();
    let rings = scene.told("user", &[("CallSid", "CA1"), ("CallStatus", "ringing")]).await;
    assert!(rings.ends_with(HANG_UP), "a report is answered, and its answer obeyed by no phone: {rings}");
    assert_eq!(scene.call().await.state(now), CallState::RingingYou);
    assert_eq!(scene.call().await.provider_id.as_deref(), Some("CA1"), "a lost answer is made good");
    let script = scene.told("key", &[("CallSid", "CA1"), ("Digits", "1")]).await;
    assert!(
        script.contains("callerId=\"+447400000000\"") && script.contains(">+447400123456</Number>"),
        "{script}"
    );
    scene.told("lead", &[("CallSid", "CA2"), ("CallStatus", "in-progress")]).await;
    assert_eq!(scene.call().await.state(now), CallState::Talking);
    let replayed = scene.told("key", &[("CallSid", "CA1"), ("Digits", "1")]).await;
    assert!(replayed.ends_with(HANG_UP), "a replay dials nobody again: {replayed}");
    let after = [("CallSid", "CA1"), ("DialCallStatus", "completed"), ("DialCallDuration", "41")];
    assert!(scene.told("after", &after).await.ends_with(HANG_UP));
    // The rest arrives late, in the wrong order, and twice.
    for _ in 0..2 {
        scene.told("user", &[("CallSid", "CA1"), ("CallStatus", "completed"), ("CallDuration", "60")]).await;
        scene.told("lead", &[("CallSid", "CA2"), ("CallStatus", "ringing")]).await;
        scene.told("user", &[("CallSid", "CA1"), ("CallStatus", "in-progress")]).await;
    }
    let call = scene.call().await;
    assert_eq!((call.end(now), call.seconds), (Some(CallEnd::Completed), Some(41)));
    assert!(scene.suite.stage.messages(Queue::Inbound).is_empty(), "a report of a call is no message");
}

#[tokio::test]
async fn forged_report_is_refused_and_one_of_an_unknown_call_hangs_up() {
    let scene = scene().await;
    let form = [("CallSid", "CA1"), ("CallStatus", "ringing")];
    let forged = scene.post(&scene.path("user"), &form, "other").await;
    assert_eq!(forged.expect(401)["code"], "bad_signature");
    let before = scene.call().await;
    let other = CallId::derived(&scene.call.lead(), &["another"]);
    let path = scene.path("key").replace(scene.call.as_str(), other.as_str());
    let unknown = scene.post(&path, &[("CallSid", "CA9"), ("Digits", "1")], "token").await;
    assert!(unknown.expect(200).as_str().unwrap().ends_with(HANG_UP));
    let partless = scene.post(&scene.path("nothing"), &form, "token").await;
    assert!(partless.expect(200).as_str().unwrap().ends_with(HANG_UP));
    assert_eq!(scene.call().await, before);
}

#[tokio::test]
async fn lead_who_must_not_be_contacted_any_more_is_not_dialled() {
    let scene = scene().await;
    scene.change_lead(|lead| lead.do_not_contact = true).await;
    assert!(scene.told("key", &PRESSED).await.ends_with(HANG_UP));
}

#[tokio::test]
async fn lead_who_has_opted_out_since_the_first_ring_is_not_dialled() {
    let scene = scene().await;
    let (ports, now) = (&scene.suite.stage.ports, scene.suite.stage.clock.now());
    let entry = Suppression {
        workspace: scene.suite.workspace.clone(),
        scope: SuppressionScope::phone(&PhoneNumber::parse(LEAD, None).unwrap()),
        reason: SuppressionReason::OptedOut,
        source: None,
        created_by: None,
        created_at: now,
        expires_at: None,
        sign: None,
    };
    let event = Event::system(EventKind::AddressSuppressed, now);
    ports.suppressions().put(&entry, &event).await.unwrap();
    assert!(scene.told("key", &PRESSED).await.ends_with(HANG_UP));
    ports.suppressions().lift(&entry, &event).await.unwrap();
    let script = scene.told("key", &PRESSED).await;
    assert!(script.contains(">+447400123456</Number>"), "{script}");
}

#[tokio::test]
async fn number_that_has_taken_the_place_of_the_chosen_one_is_not_dialled() {
    let scene = scene().await;
    scene.change_lead(|lead| lead.phone = PhoneNumber::parse("+447400123457", None).ok()).await;
    assert!(scene.told("key", &PRESSED).await.ends_with(HANG_UP));
}

async fn record_calls(scene: &Scene) {
    let workspaces = scene.suite.stage.ports.workspaces();
    let mut workspace = workspaces.get(&scene.suite.workspace).await.unwrap();
    workspace.recording.enabled = true;
    let event = Event::system(EventKind::SettingsChanged, scene.suite.stage.clock.now());
    workspaces.save(&workspace, &event).await.unwrap();
}

const READY: [(&str, &str); 3] =
    [("RecordingSid", "RE1"), ("RecordingStatus", "completed"), ("RecordingDuration", "41")];

#[tokio::test]
async fn recorded_call_says_a_notice_to_the_lead_before_it_connects() {
    let scene = scene().await;
    let script = scene.told("key", &PRESSED).await;
    assert!(!script.contains("record"), "nothing is recorded until it is switched on: {script}");
    record_calls(&scene).await;
    let script = scene.told("key", &PRESSED).await;
    assert!(
        script.contains("record=\"record-from-answer-dual\"") && script.contains("part=notice"),
        "{script}"
    );
    let said = scene.told("notice", &[("CallSid", "CA2")]).await;
    assert!(
        said.ends_with("<Response><Say language=\"en-GB\">This call is recorded.</Say></Response>"),
        "{said}"
    );
    assert_eq!(scene.call().await.state(scene.suite.stage.clock.now()), CallState::Talking);
}

#[tokio::test]
async fn lead_hears_no_silence_where_the_notice_is_not_known_any_more() {
    let scene = scene().await;
    record_calls(&scene).await;
    scene.told("key", &PRESSED).await;
    scene.change_lead(|lead| lead.phone = None).await;
    assert!(scene.told("notice", &[("CallSid", "CA2")]).await.ends_with(HANG_UP));
}

#[tokio::test]
async fn recording_is_known_whatever_the_order_of_its_reports_and_after_the_next_call() {
    let scene = scene().await;
    let calls = scene.suite.stage.ports.calls();
    let mut next = scene.call().await;
    next.id = CallId::derived(&scene.call.lead(), &["next"]);
    calls.save(&next, None).await.unwrap();
    let forged = scene.post(&scene.path("recording"), &READY, "other").await;
    assert_eq!(forged.expect(401)["code"], "bad_signature");
    for _ in 0..2 {
        scene.told("recording", &READY).await;
        scene.told("recording", &[("RecordingSid", "RE1"), ("RecordingStatus", "in-progress")]).await;
    }
    let recording = calls.recording(&scene.suite.workspace, &scene.call).await.unwrap();
    assert_eq!((recording.state, recording.seconds, recording.rev), (RecordingState::Ready, Some(41), 1));
    assert_eq!((recording.provider_id.as_str(), &recording.user), ("RE1", &scene.user));
    let after = scene.call().await;
    assert_eq!((after.id, after.lead_leg), (next.id, next.lead_leg), "the next call is not touched");
}

#[tokio::test]
async fn recording_of_a_lead_that_was_erased_is_deleted_at_the_provider() {
    let scene = scene().await;
    let (ports, now) = (&scene.suite.stage.ports, scene.suite.stage.clock.now());
    let event = Event::system(EventKind::LeadErased, now);
    ports.leads().erase(&scene.suite.workspace, &scene.call.lead(), &event).await.unwrap();
    scene.told("recording", &READY).await;
    assert!(ports.calls().recording(&scene.suite.workspace, &scene.call).await.is_err());
    let due = ports.due().due(now, 10).await.unwrap();
    let hints: Vec<DueWork> = due.into_iter().flat_map(|pack| pack.hints).map(|hint| hint.what).collect();
    let (workspace, account) = (scene.suite.workspace.clone(), scene.account.clone());
    assert_eq!(hints, [DueWork::DeleteRecording { workspace, account, provider_id: "RE1".to_owned() }]);
}

#[tokio::test]
async fn price_of_a_call_is_asked_for_once_it_is_over() {
    let scene = scene().await;
    let (ports, now) = (&scene.suite.stage.ports, scene.suite.stage.clock.now());
    let (workspace, call) = (&scene.suite.workspace, &scene.call);
    let cost = CallCost::placed((workspace, call), &scene.account, Usd::cents(10), now);
    ports.calls().save_cost(&cost).await.unwrap();
    let hints = async || {
        let due = ports.due().due(now, 10).await.unwrap();
        due.into_iter().flat_map(|pack| pack.hints).map(|hint| hint.what).collect::<Vec<_>>()
    };
    scene.told("user", &[("CallSid", "CA1"), ("CallStatus", "in-progress")]).await;
    assert_eq!(hints().await, []);
    let cost = ports.calls().cost(workspace, call).await.unwrap();
    assert_eq!(cost.provider_id.as_deref(), Some("CA1"), "each report makes a lost answer good");
    for _ in 0..2 {
        scene.told("user", &[("CallSid", "CA1"), ("CallStatus", "completed")]).await;
    }
    let asked = DueWork::PriceCall { workspace: workspace.clone(), call: call.clone() };
    assert_eq!(hints().await, [asked]);
    let cost = ports.calls().cost(workspace, call).await.unwrap();
    assert_eq!((cost.state, cost.ask_at), (CallCostState::Pending, now));
}

#[tokio::test]
async fn end_of_a_call_is_heard_for_its_cost_after_the_next_call_and_only_of_its_own_account() {
    let scene = scene().await;
    let (ports, now) = (&scene.suite.stage.ports, scene.suite.stage.clock.now());
    let (workspace, call) = (&scene.suite.workspace, &scene.call);
    let mut next = scene.call().await;
    next.id = CallId::derived(&call.lead(), &["next"]);
    ports.calls().save(&next, None).await.unwrap();
    let other = AccountId::derived(now, &["other"]);
    let strange = CallCost::placed((workspace, &next.id), &other, Usd::cents(10), now);
    ports.calls().save_cost(&strange).await.unwrap();
    let cost = CallCost::placed((workspace, call), &scene.account, Usd::cents(10), now);
    ports.calls().save_cost(&cost).await.unwrap();
    let after = [("CallSid", "CA1"), ("DialCallStatus", "completed"), ("DialCallDuration", "61")];
    scene.told("after", &after).await;
    let cost = ports.calls().cost(workspace, call).await.unwrap();
    assert_eq!((cost.ask_at, cost.heard_minutes), (now, Some(2)));
    assert_eq!(cost.provider_id.as_deref(), Some("CA1"));
    let path = scene.path("after").replace(call.as_str(), next.id.as_str());
    scene.post(&path, &after, "token").await.expect(200);
    let untouched = ports.calls().cost(workspace, &next.id).await.unwrap();
    assert_eq!(untouched, CallCost { rev: 1, ..strange });
}
