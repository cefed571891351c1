//! The routes of campaigns.

mod auto_enrol;
mod held;
mod launch_check;
mod left_out;
mod missing_values;
mod page;
mod pauses;
mod simulated;
mod variants;
mod writing;

use crate::{App, routes};
use application::Ports;
use application::ports::due::DueWork;
use application::queue_messages::Queue;
use domain::capacity::circuit_breaker::{Breaker, Health};
use domain::capacity::quota::{Quota, SendingLimits, SlotRequest};
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::sequence::Sequence;
use domain::time::days_off::DayOff;
use domain::time::time_zone::ZoneName;
use domain::time::weekly_hours::MinuteRange;
use domain::time::weekly_hours::WorkingHours;
use domain::workspace::user::Role;
use domain::{AccountId, LeadId, StepId};
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::Suite;

async fn suite() -> Suite {
    Suite::new(routes(), App::new).await
}

fn now(suite: &Suite) -> jiff::Timestamp {
    suite.stage.ports.clock().now()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The left-out leads of an answer by reason, in the order of the answer.
fn left_out(answer: &Value) -> Vec<(&str, u64)> {
    fn one(entry: &Value) -> (&str, u64) {
        (entry["reason"].as_str().unwrap(), entry["people"].as_u64().unwrap())
    }
    answer["left_out"].as_array().unwrap().iter().map(one).collect()
}

async fn lead(suite: &Suite, name: &str) -> LeadId {
    let at = now(suite);
    let mut lead = Lead::blank(LeadId::derived(at, &[name]), suite.workspace.clone(), at);
    lead.first_name = Some(name.to_owned());
    lead.email = Some(EmailAddress::parse(&format!("{name}@leads.example")).unwrap());
    lead.country = domain::contact::country::Country::parse("GB");
    suite.stage.ports.leads().create(&lead, &Event::system(EventKind::LeadCreated, at)).await.unwrap();
    lead.id
}

/// Creates a sequence with these steps.
async fn sequence(suite: &Suite, steps: Value) -> Sequence {
    let empty = suite.stage.sequence(&suite.workspace, Channel::Email, &[]).await;
    suite.stage.steps(&empty, serde_json::from_value(steps).unwrap()).await
}

/// Creates a draft campaign with one mailbox and returns its path.
async fn draft(suite: &Suite) -> String {
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello", "Again"]).await;
    let mailbox = suite.stage.mailbox(&suite.workspace).await;
    let body =
        json!({"name": "Spring", "sequence_id": sequence.id, "mailbox_ids": [mailbox], "lead_tag": "spring"});
    let campaign = suite.post("/api/campaigns", body).await.expect(201);
    assert_eq!(campaign["state"], "draft");
    format!("/api/campaigns/{}", text(&campaign["id"]))
}

async fn order(suite: &Suite, path: &str, what: &str) -> Value {
    suite.post(&format!("{path}/{what}"), json!({})).await.expect(200)
}

fn key(suite: &Suite, path: &str, lead: &LeadId) -> EnrolmentKey {
    let campaign = path.rsplit('/').next().unwrap().parse().unwrap();
    EnrolmentKey { workspace: suite.workspace.clone(), lead: lead.clone(), campaign }
}

#[tokio::test]
async fn routes_refuse_callers_without_the_role() {
    suite().await.refuses_those_who_may_not(routes().rows()).await;
}

#[tokio::test]
async fn campaign_why_respects_days_off() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let ana = lead(&suite, "ana").await;
    let workspaces = suite.stage.ports.workspaces();
    let mut workspace = workspaces.get(&suite.workspace).await.unwrap();
    let day =
        |date: &str| DayOff { date: date.parse().unwrap(), name: "Stocktaking".to_owned(), yearly: false };
    workspace.days_off = vec![day("2026-11-20")];
    workspaces.save(&workspace, &Event::system(EventKind::SettingsChanged, now(&suite))).await.unwrap();
    order(&suite, &path, "launch").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let why = suite.get(&format!("{path}/enrolments/{ana}")).await.expect(200);
    let last = why["checks"].as_array().unwrap().last().unwrap();
    assert!(text(&last["seen"]).ends_with(", delayed by day off: Stocktaking"), "{last}");
    let accounts = suite.stage.ports.accounts();
    let mut account = accounts.get(&suite.workspace, &mailbox_of(&suite, &path).await).await.unwrap();
    account.hours = Some(WorkingHours {
        zone: ZoneName::parse("Asia/Tokyo").unwrap(),
        weekdays: vec![1, 2, 3, 4, 5],
        ranges: vec![MinuteRange { start: 9 * 60, end: 17 * 60 }],
    });
    accounts.save(&account, &Event::system(EventKind::AccountChanged, now(&suite))).await.unwrap();
    let ben = lead(&suite, "ben").await;
    let answer = suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ben]})).await.expect(200);
    assert_eq!(answer["skipped"], json!([{"lead_id": ben, "reason": "window_never_opens"}]));
}

#[tokio::test]
async fn launch_names_everything_that_is_missing() {
    let suite = suite().await;
    let empty = suite.stage.sequence(&suite.workspace, Channel::Email, &[]).await;
    let body = json!({"name": "Spring", "sequence_id": empty.id});
    let campaign = suite.post("/api/campaigns", body).await.expect(201);
    let path = format!("/api/campaigns/{}", text(&campaign["id"]));
    let launch = format!("{path}/launch");
    assert_eq!(suite.post(&launch, json!({})).await.expect(422)["field"], "sequence_id");
    let mail = json!([{"id": StepId::derived(now(&suite), &["mail"]), "kind": "email", "subject": "Hi", "body": "Hello",
        "delay": {"amount": 0, "unit": "minutes"}}]);
    suite.stage.steps(&empty, serde_json::from_value(mail).unwrap()).await;
    assert_eq!(suite.post(&launch, json!({})).await.expect(422)["field"], "mailbox_ids");
    suite
        .patch(&path, json!({"mailbox_ids": [suite.stage.mailbox(&suite.workspace).await]}))
        .await
        .expect(200);
    assert_eq!(suite.post(&launch, json!({})).await.expect(200)["state"], "active");
    assert_eq!(suite.stage.messages(Queue::Enrolments)[0]["do"], "schedule");
}

#[tokio::test]
async fn mailbox_list_refuses_duplicates_and_more_than_twenty() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let mailbox = mailbox_of(&suite, &path).await;
    let texts = suite.stage.text_account(&suite.workspace).await;
    let gone = AccountId::derived(now(&suite), &["gone"]);
    let wrong = json!({"mailbox_ids": [mailbox, texts, gone, mailbox]});
    let problem = suite.patch(&path, wrong).await.expect(422);
    let told: Vec<String> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| text(&e["field"]) + " " + &text(&e["detail"]))
        .collect();
    let expected = [
        "mailbox_ids[1] is not a mailbox",
        "mailbox_ids[2] there is no such account",
        "mailbox_ids[3] is chosen twice",
    ];
    assert_eq!(told, expected);
    let many = json!({"mailbox_ids": vec![mailbox.clone(); 21]});
    assert_eq!(suite.patch(&path, many).await.expect(422)["field"], "mailbox_ids");
    let fresh = suite.get(&path).await.expect(200);
    assert_eq!(
        fresh["when_mailbox_gone"], "hold",
        "no lead moves to another mailbox without a user's choice"
    );
    let kept = suite.patch(&path, json!({"when_mailbox_gone": "exit"})).await.expect(200);
    assert_eq!((&kept["mailbox_ids"], &kept["when_mailbox_gone"]), (&json!([mailbox]), &json!("exit")));
    let copy = suite.post(&format!("{path}/clone"), json!({})).await.expect(201);
    assert_eq!((&copy["mailbox_ids"], &copy["when_mailbox_gone"]), (&json!([mailbox]), &json!("exit")));
}

#[tokio::test]
async fn campaign_moves_through_its_states_and_pauses_after_ten_seconds() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let why = suite.get(&format!("{path}/why")).await.expect(200);
    assert_eq!((&why["sends"], &why["checks"][1]["rule"]), (&json!(false), &json!("campaign_active")));
    assert!(text(&why["checks"][1]["seen"]).starts_with("draft since"), "{why}");
    suite.post(&format!("{path}/pause"), json!({})).await.expect(409);
    order(&suite, &path, "launch").await;
    assert_eq!(order(&suite, &path, "pause").await["state"], "pausing");
    suite.stage.advance(SignedDuration::from_secs(10));
    assert_eq!(suite.get(&path).await.expect(200)["state"], "paused");
    assert_eq!(order(&suite, &path, "resume").await["state"], "active");
    assert_eq!(suite.post(&format!("{path}/archive"), json!({})).await.expect(409)["code"], "illegal_move");
    assert_eq!(order(&suite, &path, "complete").await["state"], "completed");
    assert_eq!(order(&suite, &path, "archive").await["state"], "archived");
    assert_eq!(suite.get("/api/campaigns").await.expect(200)["total"], 0);
    assert_eq!(suite.get("/api/campaigns?state=archived").await.expect(200)["total"], 1);
    let late = json!({"lead_ids": [lead(&suite, "late").await]});
    assert_eq!(suite.post(&format!("{path}/enrolments"), late).await.expect(409)["code"], "campaign_closed");
}

#[tokio::test]
async fn resume_checks_the_pinned_version_not_the_newest() {
    let suite = suite().await;
    let path = draft(&suite).await;
    order(&suite, &path, "launch").await;
    let id = text(&suite.get(&path).await.expect(200)["sequence_id"]).parse().unwrap();
    let sequence = suite.stage.ports.sequences().get(&suite.workspace, &id).await.unwrap();
    suite.stage.steps(&sequence, Vec::new()).await;
    order(&suite, &path, "pause").await;
    assert_eq!(order(&suite, &path, "resume").await["state"], "active");
}

#[tokio::test]
async fn cloned_campaign_has_no_leads() {
    let suite = suite().await;
    let path = draft(&suite).await;
    order(&suite, &path, "launch").await;
    let ana = lead(&suite, "ana").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let cloned = suite.post(&format!("{path}/clone"), json!({"name": "Summer"})).await.expect(201);
    let was = suite.get(&path).await.expect(200);
    assert_eq!((&cloned["state"], &cloned["name"]), (&json!("draft"), &json!("Summer")));
    for same in ["sequence_id", "mailbox_ids", "zone", "lead_tag"] {
        assert_eq!(cloned[same], was[same], "{same}");
    }
    assert_eq!(cloned["launched_at"], Value::Null);
    let people = suite.get(&format!("/api/campaigns/{}/enrolments", text(&cloned["id"]))).await.expect(200);
    assert!(people["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn enrolment_is_pending_in_a_draft_and_scheduled_in_an_active_campaign() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let (ana, ben) = (lead(&suite, "ana").await, lead(&suite, "ben").await);
    let enrolments = format!("{path}/enrolments");
    let answer = suite.post(&enrolments, json!({"lead_ids": [ana]})).await.expect(200);
    assert_eq!((answer["enrolled"].clone(), answer["matched"].clone()), (json!(1), json!(1)));
    let ports = &suite.stage.ports;
    assert_eq!(
        *ports.enrolments().get(&key(&suite, &path, &ana)).await.unwrap().state(),
        EnrolmentState::Pending
    );
    assert!(ports.leads().get(&suite.workspace, &ana).await.unwrap().tags.contains("spring"));
    order(&suite, &path, "launch").await;
    let answer = suite.post(&enrolments, json!({"lead_ids": [ana, ben]})).await.expect(200);
    assert_eq!((&answer["enrolled"], left_out(&answer)), (&json!(1), vec![("already", 1)]));
    assert_eq!(answer["skipped"], json!([{"lead_id": ana, "reason": "already"}]));
    let moving = ports.enrolments().get(&key(&suite, &path, &ben)).await.unwrap();
    assert_eq!(*moving.state(), EnrolmentState::Scheduled);
    let hints = ports.due().due(moving.due().unwrap(), 10).await.unwrap();
    let steps = hints.iter().flat_map(|packed| &packed.hints);
    let steps = steps.filter(|hint| matches!(hint.what, DueWork::Step { .. }));
    assert_eq!(steps.count(), 1);
    let page = suite.get(&format!("{enrolments}?state=moving")).await.expect(200);
    assert_eq!(page["items"][0]["lead_name"], "ben");
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn enrolment_leaves_out_unreachable_leads_with_a_reason() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let (gone, mute) = (lead(&suite, "gone").await, LeadId::derived(now(&suite), &["mute"]));
    let ports = &suite.stage.ports;
    let suppression = Suppression {
        workspace: suite.workspace.clone(),
        scope: SuppressionScope::Email("gone@leads.example".to_owned()),
        reason: SuppressionReason::OptedOut,
        source: None,
        created_by: None,
        created_at: now(&suite),
        expires_at: None,
        sign: None,
    };
    ports
        .suppressions()
        .put(&suppression, &Event::system(EventKind::SuppressionAdded, now(&suite)))
        .await
        .unwrap();
    let mut phone_only = Lead::blank(mute.clone(), suite.workspace.clone(), now(&suite));
    phone_only.phone =
        Some(domain::contact::phone_number::PhoneNumber::parse("+442079460018", None).unwrap());
    ports.leads().create(&phone_only, &Event::system(EventKind::LeadCreated, now(&suite))).await.unwrap();
    let nobody = LeadId::derived(now(&suite), &["nobody"]);
    let body = json!({"lead_ids": [gone, mute, nobody]});
    let answer = suite.post(&format!("{path}/enrolments"), body).await.expect(200);
    assert_eq!(left_out(&answer), [("no_such_lead", 1), ("suppressed", 1), ("unreachable", 1)]);
    let mut reasons: Vec<String> =
        answer["skipped"].as_array().unwrap().iter().map(|s| text(&s["reason"])).collect();
    reasons.sort();
    assert_eq!(reasons, ["no_such_lead", "suppressed", "unreachable"]);
}

#[tokio::test]
async fn lead_in_another_campaign_is_reported_by_the_check_and_left_out() {
    let suite = suite().await;
    let first = draft(&suite).await;
    let cloned = suite.post(&format!("{first}/clone"), json!({})).await.expect(201);
    let second = format!("/api/campaigns/{}", text(&cloned["id"]));
    let (ana, ben) = (lead(&suite, "ana").await, lead(&suite, "ben").await);
    suite.post(&format!("{first}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let path = format!("{second}/enrolments");
    let both = json!({"lead_ids": [ana, ben]});
    let mut asked = both.clone();
    asked["check"] = json!(true);
    let told = suite.post(&path, asked.clone()).await.expect(200);
    assert_eq!((&told["enrolled"], left_out(&told)), (&json!(1), vec![("in_other_campaign", 1)]));
    assert_eq!(told["skipped"], json!([{"lead_id": ana, "reason": "in_other_campaign"}]));
    let nobody = suite.get(&path).await.expect(200);
    assert_eq!(nobody["items"], json!([]), "nobody was enrolled");
    let done = suite.post(&path, both.clone()).await.expect(200);
    assert_eq!((&done["enrolled"], left_out(&done)), (&json!(1), vec![("in_other_campaign", 1)]));
    let workspaces = suite.stage.ports.workspaces();
    let mut workspace = workspaces.get(&suite.workspace).await.unwrap();
    workspace.caps.one_campaign = false;
    workspaces.save(&workspace, &Event::system(EventKind::SettingsChanged, now(&suite))).await.unwrap();
    let told = suite.post(&path, asked).await.expect(200);
    assert_eq!((&told["enrolled"], left_out(&told)), (&json!(1), vec![("already", 1)]));
    assert_eq!(suite.post(&path, both).await.expect(200)["enrolled"], 1);
}

#[tokio::test]
async fn enrolment_by_filter_needs_the_count_that_was_seen() {
    let suite = suite().await;
    let path = format!("{}/enrolments", draft(&suite).await);
    lead(&suite, "ana").await;
    let body = |count| json!({"filter": {"country": ["GB"]}, "expected_count": count});
    assert_eq!(suite.post(&path, body(7)).await.expect(409)["code"], "count_differs");
    assert_eq!(suite.post(&path, body(1)).await.expect(200)["enrolled"], 1);
    assert_eq!(suite.post(&path, json!({})).await.expect(422)["field"], "lead_ids");
    let many: Vec<LeadId> = (0..101).map(|n| LeadId::derived(now(&suite), &[&n.to_string()])).collect();
    let answer = suite.post(&path, json!({"lead_ids": many})).await.expect(200);
    assert_eq!((answer["matched"].clone(), answer["enrolled"].clone()), (json!(101), json!(0)));
    assert_eq!(suite.stage.messages(Queue::Enrolments)[0]["job"], answer["job"]);
}

#[tokio::test]
async fn enrolment_can_be_paused_resumed_and_removed() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let ana = lead(&suite, "ana").await;
    order(&suite, &path, "launch").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let one = format!("{path}/enrolments/{ana}");
    let held = order(&suite, &one, "pause").await;
    assert_eq!(
        (held["state"].clone(), held["hold_reason"].clone()),
        (json!("held"), json!("paused_by_user"))
    );
    let why = suite.get(&one).await.expect(200);
    let last = why["checks"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((last["rule"].clone(), last["passed"].clone()), (json!("enrolment_not_held"), json!(false)));
    assert_eq!(why["next"], json!({"what": "await_person", "at": null}));
    assert_eq!(order(&suite, &one, "resume").await["state"], "scheduled");
    suite.post(&format!("{one}/resume"), json!({})).await.expect(409);
    let late = suite.post(&format!("{path}/late"), json!({"then": "skip"})).await.expect(200);
    assert_eq!(late["late_answer"]["then"], "skip");
    suite.post(&format!("{one}/skip"), json!({})).await.expect(409);
    order(&suite, &one, "pause").await;
    let skipped = order(&suite, &one, "skip").await;
    assert_eq!((&skipped["state"], &skipped["step"]), (&json!("scheduled"), &json!(1)));
    let removed = order(&suite, &one, "remove").await;
    assert_eq!((removed["state"].clone(), removed["end_reason"].clone()), (json!("ended"), json!("removed")));
    assert!(suite.stage.ports.leads().get(&suite.workspace, &ana).await.unwrap().active.is_empty());
    suite.post(&format!("{one}/pause"), json!({})).await.expect(409);
    let stats = suite.get(&format!("{path}/stats")).await.expect(200);
    assert_eq!(stats["steps"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn simulation_is_ordered_and_read_once_finished() {
    let suite = suite().await;
    let path = draft(&suite).await;
    suite.get(&format!("{path}/simulation")).await.expect(404);
    let asked = suite.post(&format!("{path}/simulate"), json!({})).await.expect(202);
    assert!(asked["result"].is_null(), "{asked}");
    assert_eq!(suite.get(&format!("{path}/simulation")).await.expect(200)["id"], asked["id"]);
    let people = format!("{path}/simulation/people");
    assert_eq!(suite.get(&people).await.expect(200)["items"], json!([]));
    let refused = suite.get(&format!("{people}?cursor=x")).await.expect(422);
    assert_eq!(refused["errors"][0]["field"], "query.cursor");
    let orders: Vec<Value> = suite.stage.messages(Queue::Enrolments);
    assert_eq!((&orders[0]["do"], &orders[0]["simulation"]), (&json!("simulate"), &asked["id"]));
    order(&suite, &path, "archive").await;
    suite.post(&format!("{path}/simulate"), json!({})).await.expect(409);
}

#[tokio::test]
async fn removed_enrolment_with_a_claimed_mail_keeps_the_claims_expiry() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let ana = lead(&suite, "ana").await;
    order(&suite, &path, "launch").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let key = EnrolmentKey {
        workspace: suite.workspace.clone(),
        lead: ana.clone(),
        campaign: domain::CampaignId::parse(path.rsplit('/').next().unwrap()).unwrap(),
    };
    let enrolments = suite.stage.ports.enrolments();
    let expires = now(&suite) + SignedDuration::from_secs(120);
    let mut claimed = enrolments.get(&key).await.unwrap();
    claimed.claim(&domain::enrolment::ClaimToken::new(1, "attempt"), expires).unwrap();
    enrolments.claim(&claimed, now(&suite)).await.unwrap();
    assert_eq!(order(&suite, &format!("{path}/enrolments/{ana}"), "remove").await["state"], "ended");
    // The claimed mail's outcome still has to be found out and recorded.
    assert_eq!(enrolments.get(&key).await.unwrap().claim_open_until(), Some(expires));
}

#[tokio::test]
async fn enrolment_checks_name_the_full_mailbox_and_when_it_has_capacity() {
    let mut suite = suite().await;
    let path = draft(&suite).await;
    let ana = lead(&suite, "ana").await;
    order(&suite, &path, "launch").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    suite.stage.advance(SignedDuration::from_mins(15));
    suite.sign_in(Role::Owner);
    let ports = &suite.stage.ports;
    let id = mailbox_of(&suite, &path).await;
    let mut mailbox = ports.accounts().get(&suite.workspace, &id).await.unwrap();
    let limits = SendingLimits { per_day: 2, ..SendingLimits::of_a_mailbox(ZoneName::utc()) };
    mailbox.limits = Some(limits.clone());
    let event = Event::system(EventKind::AccountChanged, now(&suite));
    ports.accounts().save(&mailbox, &event).await.unwrap();
    let last = async || {
        let why = suite.get(&format!("{path}/enrolments/{ana}")).await.expect(200);
        why["checks"].as_array().unwrap().last().unwrap().clone()
    };
    let check = last().await;
    assert_eq!((&check["rule"], &check["passed"]), (&json!("sender_has_room"), &json!(true)));
    assert_eq!(check["seen"], "An account: 0 of 2 today");
    let mut quota = Quota::unused(suite.workspace.clone(), id);
    let wish = SlotRequest { at: now(&suite), opening: true };
    quota.place(&limits, &[wish; 2], now(&suite));
    quota.place(&limits, &[wish; 2], now(&suite) + SignedDuration::from_hours(1));
    ports.quotas().save(&quota, &event).await.unwrap();
    let check = last().await;
    assert_eq!((&check["rule"], &check["passed"]), (&json!("sender_has_room"), &json!(false)));
    let next = suite.get(&format!("{path}/enrolments/{ana}")).await.expect(200)["next"].clone();
    assert_eq!(next["what"], "send");
    assert!(text(&next["at"]).ends_with("T00:00:00Z"), "{next}");
    let seen = text(&check["seen"]);
    assert!(
        seen.starts_with("An account: 2 of 2 today; capacity from ") && seen.ends_with(" 00:00 UTC"),
        "{seen}"
    );
}

#[tokio::test]
async fn enrolment_checks_name_the_provider_outage_and_the_next_try() {
    let mut suite = suite().await;
    let path = draft(&suite).await;
    let ana = lead(&suite, "ana").await;
    order(&suite, &path, "launch").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let one = format!("{path}/enrolments/{ana}");
    suite.stage.advance(SignedDuration::from_mins(15));
    suite.sign_in(Role::Owner);
    let mut breaker = Breaker::closed(suite.workspace.clone(), mailbox_of(&suite, &path).await);
    while !breaker.is_down() {
        breaker.failed(false, None, None, now(&suite));
    }
    let ports = &suite.stage.ports;
    let event = Event::system(EventKind::ProviderDown, now(&suite));
    breaker.rev = ports.breakers().save(&breaker, &event).await.unwrap();
    let last = async || {
        let why = suite.get(&one).await.expect(200);
        let checks = why["checks"].as_array().unwrap().clone();
        assert!(checks.iter().rev().skip(1).all(|check| check["passed"] == true), "{why}");
        checks.last().unwrap().clone()
    };
    let Health::Down { next_try, .. } = breaker.health(now(&suite)) else { panic!("{breaker:?}") };
    let check = last().await;
    assert_eq!((&check["rule"], &check["passed"]), (&json!("provider_takes_messages"), &json!(false)));
    let seen = text(&check["seen"]);
    assert!(
        seen.starts_with("An account has accepted nothing since") && seen.ends_with(&next_try.to_string()),
        "{seen}"
    );
    let campaign = suite.get(&format!("{path}/why")).await.expect(200);
    assert_eq!(campaign["sends"], false);
    let failed: Vec<&Value> =
        campaign["checks"].as_array().unwrap().iter().filter(|check| check["passed"] == false).collect();
    assert_eq!((failed.len(), &failed[0]["seen"]), (1, &check["seen"]));
    // The checks of a step that is not due do not mention the provider.
    let key = EnrolmentKey {
        workspace: suite.workspace.clone(),
        lead: ana.clone(),
        campaign: domain::CampaignId::parse(path.rsplit('/').next().unwrap()).unwrap(),
    };
    let mut enrolment = ports.enrolments().get(&key).await.unwrap();
    enrolment.rebuild_with(|it| it.anchor = now(&suite) + SignedDuration::from_hours(24));
    ports.enrolments().save(&enrolment, &event).await.unwrap();
    assert_eq!(last().await["rule"], "delay_over");
}

async fn mailbox_of(suite: &Suite, path: &str) -> AccountId {
    let campaign = suite.get(path).await.expect(200);
    AccountId::parse(&text(&campaign["mailbox_ids"][0])).unwrap()
}

#[tokio::test]
async fn campaign_of_another_workspace_is_not_found() {
    let mut suite = suite().await;
    let path = draft(&suite).await;
    let ana = lead(&suite, "ana").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let sequence = text(&suite.get(&path).await.expect(200)["sequence_id"]);
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    for what in ["", "/stats", "/enrolments", &format!("/enrolments/{ana}")] {
        suite.get(&format!("{path}{what}")).await.expect(404);
    }
    suite.patch(&path, json!({"name": "mine"})).await.expect(404);
    for what in ["launch", "pause", "resume", "complete", "archive"] {
        suite.post(&format!("{path}/{what}"), json!({})).await.expect(404);
    }
    suite.post(&format!("{path}/clone"), json!({})).await.expect(404);
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(404);
    for what in ["pause", "resume", "remove"] {
        suite.post(&format!("{path}/enrolments/{ana}/{what}"), json!({})).await.expect(404);
    }
    let theirs = json!({"name": "Mine", "sequence_id": sequence});
    assert_eq!(suite.post("/api/campaigns", theirs).await.expect(422)["field"], "sequence_id");
}
