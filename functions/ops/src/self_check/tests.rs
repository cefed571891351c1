//! Every part is broken in turn, on the local cloud: the self-check names it, what it saw, and how to fix it.

use crate::{App, routes};
use application::change_log::fold::{FoldPorts, fold};
use application::ports::schedules::{Schedule, ScheduleRuns};
use application::ports::stats::{Counted, Delta, Metric, Scope};
use application::{Clock, Ports};
use domain::capacity::circuit_breaker::Breaker;
use domain::event::{Event, EventKind};
use domain::workspace::account::AccountSettings;
use domain::workspace::user::Role;
use http::{Request, Response};
use jiff::SignedDuration;
use local_cloud::{Fault, Moment, Principal, names};
use providers::transport::TransportError;
use serde_json::{Value, json};
use std::time::Duration;
use test_stage::{Stage, Suite};

/// A healthy installation: pages answer, schedules ran, accounts work, a lead is counted.
async fn healthy() -> Suite {
    healthy_with(App::new).await
}

async fn healthy_with(app: impl FnOnce(&aws_platform::Connected) -> App) -> Suite {
    healthy_over(&[("SYSTEM_SENDER", "accounts@leadflow.example")], app).await
}

async fn healthy_over(
    variables: &[(&str, &str)],
    app: impl FnOnce(&aws_platform::Connected) -> App,
) -> Suite {
    let suite = Suite::over(Stage::with_variables(variables).await, routes(), app).await;
    suite.stage.providers_answer(|request| Ok(own_page(&request)));
    let now = suite.stage.clock.now();
    for schedule in Schedule::ALL {
        suite.stage.ports.schedules().note_run(schedule, now).await.unwrap();
    }
    suite.stage.text_account(&suite.workspace).await;
    let look_ups = AccountSettings::SerpApi { base_url: "https://serpapi.example".to_owned() };
    suite.stage.account(&suite.workspace, look_ups, Default::default()).await;
    let payments = AccountSettings::Stripe { account_id: None, livemode: false };
    suite.stage.account(&suite.workspace, payments, Default::default()).await;
    suite.stage.lead(&suite.workspace, "ann", |_| {}).await;
    let delta = Delta {
        workspace: suite.workspace.clone(),
        scope: Scope::Total,
        metric: Metric::LeadsCreated,
        by: 1,
    };
    let counted = Counted { sequence: "1".to_owned(), deltas: vec![delta] };
    suite.stage.ports.stats().apply("shard", now, &[counted]).await.unwrap();
    suite.stage.record_changes().await;
    suite
}

/// The installation's answers at its own public address.
fn own_page(request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let (status, body) = match request.uri().path() {
        "/" => (200, "<div id=\"root\"></div>"),
        "/health" | "/api/auth/signup" => (200, "{}"),
        _ => (404, "{}"),
    };
    let answer = Response::builder().status(status).header("x-request-id", "req_1");
    answer.body(body.as_bytes().to_vec()).unwrap()
}

fn lost(why: &'static str) -> TransportError {
    TransportError::NotSent(why.into())
}

/// Makes a call to the cloud that breaks something for good.
#[track_caller]
fn call(suite: &Suite, target: &str, body: Value) {
    let request = Request::post("https://aws.example/").header("x-amz-target", target);
    let request = request.body(body.to_string().into_bytes()).unwrap();
    let answer = suite.stage.cloud.request(&Principal::root(), request).unwrap();
    assert!(answer.status().is_success(), "{}", String::from_utf8_lossy(answer.body()));
}

fn fail(suite: &Suite, operation: &'static str, status: u16, code: &'static str) {
    suite.stage.cloud.faults().inject(move |moment, call| {
        let hit = moment == Moment::Before && call.operation == operation;
        let message = "as the test wants it".to_owned();
        hit.then(|| Fault::Fail { status, code: code.to_owned(), message })
    });
}

/// Moves the clock and signs in again: no access token lasts that long.
fn later(suite: &mut Suite, by: SignedDuration) -> jiff::Timestamp {
    let now = suite.stage.advance(by);
    suite.sign_in(Role::Owner);
    now
}

async fn checked(suite: &Suite) -> Value {
    suite.get("/api/ops/check").await.expect(200)
}

fn of<'a>(report: &'a Value, id: &str) -> &'a Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["id"].as_str().unwrap().starts_with(id)).unwrap_or_else(|| {
        panic!("no check {id} in {report:#}");
    })
}

fn promise<'a>(report: &'a Value, name: &str) -> &'a Value {
    let promises = report["promises"].as_array().unwrap();
    promises.iter().find(|promise| promise["promise"] == name).unwrap()
}

/// Asserts that the check finds this, and that the overall state is no better.
async fn finds(suite: &Suite, id: &str, state: &str, seen: &str, fix: &str) -> Value {
    let report = checked(suite).await;
    let check = of(&report, id);
    assert_eq!(check["state"], state, "{check:#}");
    let says = |field: &str, words: &str| {
        assert!(
            check[field].as_str().is_some_and(|text| text.contains(words)),
            "{words:?} is not in {check:#}"
        );
    };
    says("seen", seen);
    says("fix", fix);
    if state == "broken" {
        assert_eq!(report["state"], "broken");
    }
    report
}

fn state_of(report: &Value, name: &str) -> String {
    promise(report, name)["state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn healthy_installation_is_fine_in_every_part_and_promise() {
    let suite = healthy().await;
    let report = checked(&suite).await;
    let all = ["checks", "promises"].map(|list| report[list].as_array().unwrap().clone()).concat();
    for one in &all {
        assert_eq!((&one["state"], &one["fix"]), (&json!("fine"), &Value::Null), "{one:#}");
    }
    assert_eq!(report["state"], "fine");
    assert_eq!(report["checked_at"], suite.stage.clock.now().to_string());
    assert_eq!(report["promises"].as_array().unwrap().len(), 9);
    let loads = promise(&report, "frontend_loads");
    assert_eq!(loads["seen"], "All is well: Public address, Certificate, The app's page.");
}

#[tokio::test]
async fn missing_sender_of_mail_about_accounts_is_named_with_what_is_not_mailed() {
    let suite = healthy_over(&[], App::new).await;
    let seen = "no link to a new password, no invitation and no digest";
    finds(&suite, "system_sender", "not_set_up", seen, "LEADFLOW_SYSTEM_SENDER").await;
    let suite = healthy().await;
    let report = checked(&suite).await;
    assert_eq!(of(&report, "system_sender")["seen"], "It comes from accounts@leadflow.example.");
}

#[tokio::test]
async fn address_that_only_this_machine_reaches_sends_nothing_and_mails_no_link() {
    for here in
        ["http://localhost:8787", "http://127.0.0.2:8787", "http://0.0.0.0:8787", "http://app.localhost"]
    {
        let suite = healthy_over(&[("PUBLIC_URL", here)], App::new).await;
        finds(&suite, "address", "not_set_up", "nothing is sent", "LEADFLOW_PUBLIC_URL").await;
        finds(&suite, "certificate", "not_set_up", "this machine alone", "TLS").await;
        let seen = "only this machine reaches the public address";
        finds(&suite, "system_sender", "not_set_up", seen, "Set the public address first").await;
    }
    let suite = healthy_over(&[("PUBLIC_URL", "http://localhost.example.com")], App::new).await;
    finds(&suite, "certificate", "broken", "passwords can be read", "TLS").await;
}

#[tokio::test]
async fn deleted_queue_is_named_with_its_fix() {
    let suite = healthy().await;
    call(&suite, "AmazonSQS.DeleteQueue", json!({ "QueueUrl": names::queue_url("test-send") }));
    let report = finds(&suite, "queue_send", "broken", "It is not there", "SendQueue").await;
    assert_eq!(state_of(&report, "sms_can_be_sent"), "broken");
    assert_eq!(state_of(&report, "workers_run"), "broken");
    assert_eq!(state_of(&report, "frontend_loads"), "fine");
}

#[tokio::test]
async fn dead_letters_are_counted_and_lead_to_the_queue_page_of_the_app() {
    let suite = healthy().await;
    suite.stage.cloud.queues().send("test-inbound-dead", "one").unwrap();
    suite.stage.cloud.queues().send("test-inbound-dead", "two").unwrap();
    let report = finds(&suite, "queue_inbound", "warning", "2 messages failed for good", "Failed jobs").await;
    assert_eq!(state_of(&report, "payments_arrive"), "warning");
}

#[tokio::test]
async fn unconsumed_messages_lead_to_the_mapping() {
    let suite = healthy().await;
    suite.stage.cloud.queues().send("test-enrichment", "one").unwrap();
    let report =
        finds(&suite, "queue_enrichment", "warning", "1 message waiting", "list-event-source-mappings").await;
    assert_eq!(state_of(&report, "enrichment_works"), "warning");
    suite.stage.cloud.queues().receive("test-enrichment", 1, None).unwrap();
    assert_eq!(of(&checked(&suite).await, "queue_enrichment")["state"], "fine", "somebody is at work");
}

#[tokio::test]
async fn switched_off_stream_is_named_with_its_fix() {
    let suite = healthy().await;
    let off = json!({ "TableName": "test", "StreamSpecification": { "StreamEnabled": false } });
    call(&suite, "DynamoDB_20120810.UpdateTable", off);
    let report = finds(&suite, "stream", "broken", "It is off", "StreamEnabled=true").await;
    for name in ["data_is_shown", "preview_tracking_logs", "notifications_appear"] {
        assert_eq!(state_of(&report, name), "broken");
    }
}

#[tokio::test]
async fn table_without_expiry_is_named_with_its_fix() {
    let suite = healthy().await;
    let off = json!({ "AttributeName": "ttl", "Enabled": false });
    let off = json!({ "TableName": "test", "TimeToLiveSpecification": off });
    call(&suite, "DynamoDB_20120810.UpdateTimeToLive", off);
    finds(&suite, "table", "warning", "do not expire", "update-time-to-live --table-name test").await;
}

#[tokio::test]
async fn undescribable_table_is_told_from_a_missing_one() {
    let suite = healthy().await;
    fail(&suite, "DescribeTable", 400, "AccessDeniedException");
    finds(&suite, "table", "broken", "AccessDeniedException", "Deploy again").await;
}

/// No caller can be authenticated without the table, so the deployer asks directly.
#[tokio::test]
async fn missing_table_is_reported_to_a_direct_caller() {
    let suite = healthy().await;
    call(&suite, "DynamoDB_20120810.DeleteTable", json!({ "TableName": "test" }));
    let direct = crate::direct(&suite.stage.ports);
    let report = direct.ask(&json!({ "self_check": {} })).expect("it is the question").await.unwrap();
    let table = of(&report, "table");
    assert_eq!((&table["state"], &table["seen"]), (&json!("broken"), &json!("It is not there.")));
    assert!(table["fix"].as_str().unwrap().contains("Restore it"), "{table:#}");
    assert_eq!(of(&report, "bucket")["state"], "fine");
    assert_eq!(state_of(&report, "data_is_shown"), "broken");
}

#[tokio::test]
async fn missing_bucket_is_named_with_its_fix() {
    let suite = healthy().await;
    suite.stage.cloud.delete_bucket("test-bucket").unwrap();
    finds(&suite, "bucket", "broken", "It is not there", "aws s3 mb").await;
}

#[tokio::test]
async fn missing_bus_is_named_with_both_fixes() {
    let suite = healthy().await;
    fail(&suite, "DescribeEventBus", 400, "ResourceNotFoundException");
    finds(&suite, "event_bus", "broken", "It is not there", "create-event-bus").await;
}

#[tokio::test]
async fn unusable_secret_is_reported_and_never_shown() {
    let suite = healthy().await;
    fail(&suite, "GetSecretValue", 400, "AccessDeniedException");
    let report = finds(&suite, "secret", "broken", "AccessDeniedException", "policy").await;
    assert_eq!(state_of(&report, "sign_in_works"), "broken");
    suite.stage.cloud.faults().clear();
    let other = json!({ "master_key": "k".repeat(64) }).to_string();
    suite.stage.cloud.put_secret("test/stage", &other).unwrap();
    finds(&suite, "secret", "warning", "changed after this function started", "start anew").await;
    suite.stage.cloud.put_secret("test/stage", r#"{"master_key": "hunter2"}"#).unwrap();
    let report = finds(&suite, "secret", "broken", "shorter than 64", "AWSPREVIOUS").await;
    assert!(!report.to_string().contains("hunter2"));
    call(&suite, "secretsmanager.DeleteSecret", json!({ "SecretId": "test/stage" }));
    finds(&suite, "secret", "broken", "It is not there", "restore-secret").await;
}

#[tokio::test]
async fn schedule_is_missed_after_twice_its_period() {
    let mut suite = healthy().await;
    later(&mut suite, SignedDuration::from_mins(2));
    assert_eq!(checked(&suite).await["state"], "fine");
    later(&mut suite, SignedDuration::from_mins(3));
    let report =
        finds(&suite, "schedule_due_steps", "broken", "last ran 5 minutes ago", "must be enabled").await;
    assert_eq!(state_of(&report, "sms_can_be_sent"), "broken");
    assert_eq!(of(&report, "schedule_monitor")["state"], "fine");
    later(&mut suite, SignedDuration::from_hours(49));
    finds(
        &suite,
        "schedule_nightly",
        "broken",
        "last ran 2 days ago and should run every 24 hours",
        "Nightly",
    )
    .await;
}

#[tokio::test]
async fn schedule_that_never_ran_is_awaited_first_and_missed_later() {
    let mut suite = Suite::new(routes(), App::new).await;
    let report = checked(&suite).await;
    let nightly = of(&report, "schedule_nightly");
    assert_eq!(
        (&nightly["state"], &nightly["seen"]),
        (&json!("fine"), &json!("It has not run yet, and will within 24 hours."))
    );
    later(&mut suite, SignedDuration::from_hours(100));
    finds(&suite, "schedule_nightly", "warning", "No run of any schedule", "After an update").await;
    let first = suite.stage.clock.now();
    suite.stage.ports.schedules().note_run(Schedule::DueSteps, first).await.unwrap();
    assert_eq!(of(&checked(&suite).await, "schedule_nightly")["state"], "fine");
    let last = later(&mut suite, SignedDuration::from_hours(1));
    suite.stage.ports.schedules().note_run(Schedule::DueSteps, last).await.unwrap();
    let runs = suite.stage.ports.schedules().runs(Schedule::DueSteps).await.unwrap();
    assert_eq!(runs, Some(ScheduleRuns { first, last }));
    finds(&suite, "schedule_monitor", "broken", "It never ran", "Monitor").await;
}

#[tokio::test]
async fn unreachable_public_address_is_named_once() {
    let suite = healthy().await;
    suite.stage.providers_answer(|_| Err(lost("dns error: no such host")));
    let report = finds(&suite, "address", "broken", "no such host", "DomainTarget").await;
    for id in ["certificate", "app_page", "sign_in", "webhooks", "tracking"] {
        let check = of(&report, id);
        assert_eq!(
            (&check["state"], &check["fix"]),
            (&json!("broken"), &json!("Fix the public address first."))
        );
    }
    assert!(promise(&report, "frontend_loads")["seen"].as_str().unwrap().starts_with("Public address: "));
}

#[tokio::test]
async fn refused_certificate_is_told_from_an_unreachable_address() {
    let suite = healthy().await;
    suite.stage.providers_answer(|_| Err(lost("invalid peer certificate: Expired")));
    let report = finds(&suite, "certificate", "broken", "Expired", "describe-certificate").await;
    assert_eq!(of(&report, "address")["fix"], "Fix the certificate, below.");
}

#[tokio::test]
async fn another_site_at_the_public_address_is_not_taken_for_the_installation() {
    let suite = healthy().await;
    suite.stage.providers_answer(|_| Ok(Response::new(b"Welcome to nginx!".to_vec())));
    finds(&suite, "address", "broken", "Something other", "PublicUrl").await;
    finds(&suite, "webhooks", "broken", "It answers 200", "log of the function provider_webhooks").await;
}

#[tokio::test]
async fn denied_function_is_named_with_its_missing_permission() {
    let suite = healthy().await;
    suite.stage.providers_answer(|request| {
        Ok(match request.uri().path() {
            "/preview/self-check" => Response::builder().status(503).body(Vec::new()).unwrap(),
            _ => own_page(&request),
        })
    });
    let report = finds(&suite, "tracking", "broken", "It answers 503", "Throttles").await;
    assert_eq!(state_of(&report, "preview_tracking_logs"), "broken");
    assert_eq!(state_of(&report, "frontend_loads"), "fine");
}

#[tokio::test]
async fn missing_web_app_is_reported() {
    let suite = healthy().await;
    suite.stage.providers_answer(|request| {
        let mut page = own_page(&request);
        if request.uri().path() == "/" {
            *page.body_mut() = b"The web app is not built".to_vec();
        }
        Ok(page)
    });
    let report = finds(&suite, "app_page", "broken", "not built", "npm run build").await;
    assert_eq!(state_of(&report, "frontend_loads"), "broken");
}

#[tokio::test]
async fn failing_account_is_reported_in_its_providers_words() {
    let suite = healthy().await;
    let mut account = account(&suite, "twilio").await;
    account.note_error("20003: Authenticate", suite.stage.clock.now());
    let event = Event::system(EventKind::AccountFailed, suite.stage.clock.now());
    suite.stage.ports.accounts().save(&account, &event).await.unwrap();
    let report = finds(&suite, "account_twilio_", "broken", "20003: Authenticate", "save the account").await;
    assert_eq!(state_of(&report, "sms_can_be_sent"), "broken");
    assert_eq!(state_of(&report, "workers_run"), "fine");
    suite.stage.text_account(&suite.other_workspace().await).await;
    assert_eq!(
        state_of(&checked(&suite).await, "sms_can_be_sent"),
        "broken",
        "another workspace's is not theirs"
    );
}

#[tokio::test]
async fn provider_outage_is_reported_with_the_next_try() {
    let suite = healthy().await;
    let (now, account) = (suite.stage.clock.now(), account(&suite, "serp_api").await);
    let mut breaker = Breaker::closed(suite.workspace.clone(), account.id.clone());
    while !breaker.is_down() {
        breaker.failed(false, None, None, now);
    }
    suite.stage.ports.breakers().save(&breaker, &Event::system(EventKind::ProviderDown, now)).await.unwrap();
    let report = finds(&suite, "account_serp_api_", "broken", "since 20 Nov 09:00 UTC", "status page").await;
    assert_eq!(state_of(&report, "enrichment_works"), "broken");
}

#[tokio::test]
async fn undecryptable_account_secret_is_reported_and_never_shown() {
    let suite = healthy().await;
    let mut account = account(&suite, "stripe").await;
    account.sealed_secret = "v1.of.another-key".to_owned();
    let event = Event::system(EventKind::AccountChanged, suite.stage.clock.now());
    suite.stage.ports.accounts().save(&account, &event).await.unwrap();
    let report =
        finds(&suite, "account_stripe_", "broken", "cannot be opened", "Enter its secret again").await;
    assert_eq!(state_of(&report, "payments_arrive"), "broken");
    assert!(!report.to_string().contains("another-key"));
}

#[tokio::test]
async fn uncounted_leads_show_that_the_stream_is_not_read() {
    let mut suite = healthy().await;
    later(&mut suite, SignedDuration::from_mins(20));
    assert_eq!(of(&checked(&suite).await, "data")["state"], "fine", "nothing has happened since");
    suite.stage.lead(&suite.workspace, "bob", |_| {}).await;
    assert_eq!(of(&checked(&suite).await, "data")["state"], "fine", "it was created just now");
    later(&mut suite, SignedDuration::from_mins(20));
    let report = finds(&suite, "data", "broken", "counters have not read", "project_events").await;
    assert_eq!(state_of(&report, "data_is_shown"), "broken");
}

#[tokio::test]
async fn unrecorded_leads_show_since_when_the_lists_and_the_log_stand_still() {
    let mut suite = healthy().await;
    later(&mut suite, SignedDuration::from_mins(20));
    assert_eq!(of(&checked(&suite).await, "lead_list")["state"], "fine", "nothing has happened since");
    suite.stage.lead(&suite.workspace, "bob", |_| {}).await;
    assert_eq!(of(&checked(&suite).await, "lead_list")["state"], "fine", "it was created just now");
    later(&mut suite, SignedDuration::from_mins(11));
    let report = finds(&suite, "lead_list", "broken", "as of 20 Nov 09:00 UTC", "record_changes").await;
    assert_eq!(state_of(&report, "data_is_shown"), "broken");
    suite.stage.record_changes().await;
    assert_eq!(of(&checked(&suite).await, "lead_list")["state"], "fine", "it has caught up");
}

#[tokio::test]
async fn event_that_is_told_late_does_not_make_lists_look_old() {
    let mut suite = healthy().await;
    later(&mut suite, SignedDuration::from_mins(20));
    let mut lead = suite.stage.lead(&suite.workspace, "bob", |_| {}).await;
    suite.stage.record_changes().await;
    let an_hour_ago = suite.stage.clock.now() - SignedDuration::from_hours(1);
    let event = Event::system(EventKind::LeadEngaged, an_hour_ago);
    for folded in [false, true] {
        lead.reviews = Some(lead.reviews.unwrap_or(0) + 1);
        lead.rev = suite.stage.ports.leads().save(&lead, &event).await.unwrap();
        suite.stage.record_changes().await;
        if folded {
            fold(&FoldPorts::new(&suite.stage.ports), &suite.workspace).await.unwrap();
        }
    }
    later(&mut suite, SignedDuration::from_mins(20));
    assert_eq!(of(&checked(&suite).await, "lead_list")["state"], "fine");
}

#[tokio::test]
async fn recorded_changes_count_though_an_erasure_has_emptied_them() {
    let mut suite = healthy().await;
    let lead = suite.stage.lead(&suite.workspace, "bob", |_| {}).await;
    let event = Event::system(EventKind::LeadErased, suite.stage.clock.now());
    suite.stage.ports.leads().erase(&suite.workspace, &lead.id, &event).await.unwrap();
    suite.stage.record_changes().await;
    fold(&FoldPorts::new(&suite.stage.ports), &suite.workspace).await.unwrap();
    let tail = suite.stage.ports.change_log().tail(&suite.workspace).await.unwrap();
    assert!(tail.changes[0].is_emptied);
    later(&mut suite, SignedDuration::from_mins(20));
    assert_eq!(of(&checked(&suite).await, "lead_list")["state"], "fine");
}

#[tokio::test]
async fn part_that_is_not_set_up_is_not_broken() {
    let suite = Suite::new(routes(), App::new).await;
    suite.stage.providers_answer(|request| Ok(own_page(&request)));
    let report = checked(&suite).await;
    for name in ["sms_can_be_sent", "enrichment_works", "payments_arrive"] {
        let promise = promise(&report, name);
        assert_eq!(promise["state"], "not_set_up");
        assert!(promise["fix"].as_str().unwrap().starts_with("Connect"), "{promise:#}");
    }
    assert_eq!(report["state"], "not_set_up");
}

#[tokio::test]
async fn hanging_check_is_reported_and_delays_no_other() {
    let suite = healthy_with(|ports| App { look_takes: Duration::from_secs(1), ..App::new(ports) }).await;
    suite.stage.cloud.faults().hold_up(|moment, call| {
        let hangs = moment == Moment::Before && call.operation == "DescribeTable";
        hangs.then(|| -> local_cloud::Pause { Box::pin(std::future::pending()) })
    });
    let report = finds(&suite, "table", "broken", "nothing came within 1 s", "health.aws.amazon.com").await;
    assert_eq!(of(&report, "bucket")["state"], "fine");
    assert_eq!(of(&report, "queue_send")["state"], "fine");
}

#[tokio::test]
async fn self_check_is_for_the_installing_workspace_only() {
    let mut suite = healthy().await;
    suite.sign_in(Role::Admin);
    suite.get("/api/ops/check").await.expect(403);
    suite.sign_in_to(suite.other_workspace().await, Role::Owner);
    suite.get("/api/ops/check").await.expect(403);
}

/// The troubleshooting page and the app use the same words.
#[test]
fn troubleshooting_page_has_every_promise_in_the_same_words() {
    let document = include_str!("../../../../docs/TROUBLESHOOTING.md");
    let document = document.split_whitespace().collect::<Vec<_>>().join(" ");
    for promise in super::promises::Promise::ALL {
        assert!(document.contains(&format!("## {}", promise.name())), "{promise:?} has no section");
        assert!(document.contains(promise.look_at()), "{}", promise.look_at());
    }
}

async fn account(suite: &Suite, kind: &str) -> domain::workspace::account::Account {
    let all = suite.stage.ports.accounts().list(&suite.workspace).await.unwrap();
    all.into_iter().find(|account| account.settings.kind().as_str() == kind).unwrap()
}
