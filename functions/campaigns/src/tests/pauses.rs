//! Pauses with an end, of a campaign and of one enrolment.

use super::*;
use application::ports::accounts::SecretFields;
use domain::enrolment::pause::PausedScope;
use domain::workspace::account::AccountSettings;
use local_cloud::{Fault, Moment};

async fn pause(suite: &Suite, path: &str, until: &str) -> Value {
    suite.post(&format!("{path}/pause"), json!({ "until": until })).await.expect(200)
}

fn last_check(why: &Value) -> &Value {
    why["checks"].as_array().unwrap().last().unwrap()
}

#[tokio::test]
async fn campaign_pause_reads_its_end_in_the_workspaces_time_zone() {
    let suite = suite().await;
    let path = draft(&suite).await;
    order(&suite, &path, "launch").await;
    let mut workspace = suite.stage.ports.workspaces().get(&suite.workspace).await.unwrap();
    workspace.default_zone = ZoneName::parse("Europe/Berlin").unwrap();
    let event = Event::system(EventKind::SettingsChanged, now(&suite));
    suite.stage.ports.workspaces().save(&workspace, &event).await.unwrap();
    let day = now(&suite).to_zoned(workspace.default_zone.zone()).date().tomorrow().unwrap();
    let spent = suite.stage.cloud.ledger().snapshot();
    let paused = pause(&suite, &path, &format!("{day}T09:00")).await;
    // One write is the hint for the pause's end, the other the campaign.
    assert_eq!(suite.stage.cloud.ledger().since(&spent).write_units(), 2.0);
    let until = day.at(9, 0, 0, 0).to_zoned(workspace.default_zone.zone()).unwrap().timestamp();
    assert_eq!((&paused["state"], &paused["paused_until"]), (&json!("pausing"), &json!(until)));
    let hints = suite.stage.ports.due().due(until, 9).await.unwrap();
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    let what = DueWork::Resume { workspace: suite.workspace.clone(), what: PausedScope::Campaign(id) };
    assert!(hints.iter().flat_map(|packed| &packed.hints).any(|hint| hint.at == until && hint.what == what));
    let why = suite.get(&format!("{path}/why")).await.expect(200);
    assert!(text(&why["checks"][1]["seen"]).ends_with(&format!("until {until}")), "{why}");
    assert_eq!(why["next"]["at"], json!(until), "{why}");
    // The same pause again writes nothing; another end is written, and the ten seconds do not begin anew.
    let spent = suite.stage.cloud.ledger().snapshot();
    pause(&suite, &path, &until.to_string()).await;
    assert_eq!(suite.stage.cloud.ledger().since(&spent).write_units(), 0.0);
    suite.stage.advance(SignedDuration::from_secs(10));
    let other = suite.post(&format!("{path}/pause"), json!({})).await.expect(200);
    assert_eq!((&other["state"], &other["paused_until"]), (&json!("paused"), &Value::Null));
    assert_eq!(other["state_since"], paused["state_since"]);
    pause(&suite, &path, &day.to_string()).await;
    assert_eq!(order(&suite, &path, "resume").await["paused_until"], Value::Null);
}

#[tokio::test]
async fn pause_with_an_invalid_end_is_refused_with_the_field() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let ana = lead(&suite, "ana").await;
    order(&suite, &path, "launch").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let past = now(&suite) - SignedDuration::from_mins(1);
    let far = now(&suite) + SignedDuration::from_hours(24 * 367);
    for path in [path.clone(), format!("{path}/enrolments/{ana}")] {
        for (until, why) in [
            ("someday".to_owned(), "must be a day"),
            (past.to_string(), "is in the past"),
            (far.to_string(), "is more than a year ahead"),
        ] {
            let refused = suite.post(&format!("{path}/pause"), json!({ "until": until })).await.expect(422);
            assert_eq!(refused["field"], "until", "{refused}");
            assert!(text(&refused["detail"]).contains(why), "{refused}");
        }
    }
    assert_eq!(suite.get(&path).await.expect(200)["state"], "active");
}

#[tokio::test]
async fn pause_of_a_claimed_enrolment_is_pending_and_can_be_undone() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let ana = lead(&suite, "ana").await;
    order(&suite, &path, "launch").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let (key, enrolments) = (key(&suite, &path, &ana), suite.stage.ports.enrolments());
    let expires = now(&suite) + SignedDuration::from_mins(2);
    let mut claimed = enrolments.get(&key).await.unwrap();
    claimed.claim(&domain::enrolment::ClaimToken::new(1, "token"), expires).unwrap();
    enrolments.claim(&claimed, now(&suite)).await.unwrap();
    let one = format!("{path}/enrolments/{ana}");
    let until = now(&suite) + SignedDuration::from_hours(72);
    let wanted = pause(&suite, &one, &until.to_string()).await;
    assert_eq!((&wanted["state"], &wanted["pause_wanted"]), (&json!("sending"), &json!({ "until": until })));
    let why = suite.get(&one).await.expect(200);
    assert!(text(&last_check(&why)["seen"]).ends_with(&format!("; then paused until {until}")), "{why}");
    assert_eq!(order(&suite, &one, "pause").await["pause_wanted"], json!({ "until": null }));
    let back = order(&suite, &one, "resume").await;
    assert_eq!((&back["state"], &back["pause_wanted"]), (&json!("sending"), &Value::Null));
    assert!(
        enrolments.get(&key).await.unwrap().is_claimed_by(&domain::enrolment::ClaimToken::new(1, "token"))
    );
    suite.post(&format!("{one}/resume"), json!({})).await.expect(409);
}

#[tokio::test]
async fn pause_and_resume_keep_the_open_task() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let ana = lead(&suite, "ana").await;
    order(&suite, &path, "launch").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let enrolments = suite.stage.ports.enrolments();
    let mut waits = enrolments.get(&key(&suite, &path, &ana)).await.unwrap();
    let step = waits.step().clone().unwrap();
    let task = domain::TaskId::for_step(&ana, &waits.key().campaign, &step);
    waits.wait_for(task.clone()).unwrap();
    enrolments.save(&waits, &Event::system(EventKind::TaskOpened, now(&suite))).await.unwrap();
    let one = format!("{path}/enrolments/{ana}");
    let held = order(&suite, &one, "pause").await;
    assert_eq!((&held["state"], &held["hold_reason"]), (&json!("held"), &json!("paused_by_user")));
    assert_eq!(held["task"], json!(task));
    let refused = suite.post(&format!("{one}/skip"), json!({})).await.expect(409);
    assert!(text(&refused["detail"]).contains("task of this step is open"), "{refused}");
    let resumed = order(&suite, &one, "resume").await;
    assert_eq!((&resumed["state"], &resumed["task"]), (&json!("scheduled"), &json!(task)));
}

#[tokio::test]
async fn resume_drops_a_pending_owner_hold_behind_a_task() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let ana = lead(&suite, "ana").await;
    order(&suite, &path, "launch").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let enrolments = suite.stage.ports.enrolments();
    let mut waits = enrolments.get(&key(&suite, &path, &ana)).await.unwrap();
    let task = domain::TaskId::for_step(&ana, &waits.key().campaign, &waits.step().clone().unwrap());
    waits.wait_for(task).unwrap();
    assert!(waits.hold_for_owner(now(&suite)));
    enrolments.save(&waits, &Event::system(EventKind::LeadChanged, now(&suite))).await.unwrap();
    let one = format!("{path}/enrolments/{ana}");
    let goes_on = order(&suite, &one, "resume").await;
    assert_eq!((&goes_on["state"], &goes_on["pause_wanted"]), (&json!("waiting_task"), &Value::Null));
    suite.post(&format!("{one}/resume"), json!({})).await.expect(409);
}

#[tokio::test]
async fn resume_overrides_out_of_office() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let ana = lead(&suite, "ana").await;
    order(&suite, &path, "launch").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let (leads, enrolments) = (suite.stage.ports.leads(), suite.stage.ports.enrolments());
    let noted_at = now(&suite);
    let mut away = leads.get(&suite.workspace, &ana).await.unwrap();
    away.away = Some(domain::lead::out_of_office::Absence { returns_on: None, noted_at });
    leads.save(&away, &Event::system(EventKind::LeadAway, noted_at)).await.unwrap();
    let mut held = enrolments.get(&key(&suite, &path, &ana)).await.unwrap();
    held.hold_while_away(away.away_until(noted_at), noted_at);
    enrolments.save(&held, &Event::system(EventKind::EnrolmentHeld, noted_at)).await.unwrap();
    let one = format!("{path}/enrolments/{ana}");
    assert_eq!(last_check(&suite.get(&one).await.expect(200))["rule"], "enrolment_not_held");
    assert_eq!(order(&suite, &one, "resume").await["state"], "scheduled");
    assert_eq!(leads.get(&suite.workspace, &ana).await.unwrap().away, None);
    assert!(last_check(&suite.get(&one).await.expect(200))["rule"] != "not_away");
}

#[tokio::test]
async fn enrolment_pause_with_an_end_leaves_a_hint_for_that_time() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let ana = lead(&suite, "ana").await;
    order(&suite, &path, "launch").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let one = format!("{path}/enrolments/{ana}");
    let until = now(&suite) + SignedDuration::from_hours(72);
    let held = pause(&suite, &one, &until.to_string()).await;
    assert_eq!((&held["hold_reason"], &held["held_until"]), (&json!("paused_by_user"), &json!(until)));
    let why = suite.get(&one).await.expect(200);
    assert_eq!(last_check(&why)["seen"], format!("paused by a user until {until}"));
    let found = suite.stage.ports.due().due(until, 9).await.unwrap();
    let turn = |hint: &application::ports::due::Hint| {
        hint.at == until && matches!(&hint.what, DueWork::Step { enrolment, .. } if enrolment.lead == ana)
    };
    assert!(found.iter().flat_map(|packed| &packed.hints).any(turn));
    let sooner = now(&suite) + SignedDuration::from_hours(24);
    assert_eq!(pause(&suite, &one, &sooner.to_string()).await["held_until"], json!(sooner));
    assert_eq!(order(&suite, &one, "resume").await["state"], "scheduled");
}

#[tokio::test]
async fn change_of_mailboxes_reschedules_leads_of_a_paused_mailbox() {
    let suite = suite().await;
    let path = draft(&suite).await;
    order(&suite, &path, "launch").await;
    let first = suite.get(&path).await.expect(200)["mailbox_ids"][0].clone();
    let settings = AccountSettings::Resend {
        base_url: "https://api.resend.example".to_owned(),
        from_address: EmailAddress::parse("second@northquay.example").unwrap(),
        from_name: "Maya".to_owned(),
        reply_to: None,
    };
    let key = SecretFields::one("api_key", "k");
    let second = suite.stage.account(&suite.workspace, settings, key).await;
    let both = json!({ "mailbox_ids": [first, second] });
    suite.patch(&path, json!({ "mailbox_ids": [first] })).await.expect(200);
    let accounts = suite.stage.ports.accounts();
    let mut account =
        accounts.get(&suite.workspace, &first.as_str().unwrap().parse().unwrap()).await.unwrap();
    account.pause(None, now(&suite));
    accounts.save(&account, &Event::system(EventKind::AccountPaused, now(&suite))).await.unwrap();
    let before = suite.stage.messages(Queue::Enrolments).len();
    suite.patch(&path, json!({ "name": "Renamed" })).await.expect(200);
    assert_eq!(suite.stage.messages(Queue::Enrolments).len(), 0, "besides the {before} of the launch");
    for mailboxes in [both, json!({ "mailbox_ids": [second] })] {
        suite.patch(&path, mailboxes).await.expect(200);
        let scheduled = suite.stage.messages(Queue::Enrolments);
        assert_eq!(scheduled.len(), 1, "{scheduled:?}");
        assert_eq!(scheduled[0]["do"], "schedule");
    }
}

#[tokio::test]
async fn end_step_cannot_be_skipped() {
    let suite = suite().await;
    let id = |name: &str| StepId::derived(now(&suite), &[name]);
    let day = json!({"amount": 1, "unit": "days"});
    let steps = json!([
        {"id": id("end"), "kind": "end", "delay": day},
        {"id": id("mail"), "kind": "email", "subject": "Hi", "body": "Hello", "delay": day},
    ]);
    let sequence = sequence(&suite, steps).await;
    let mailbox = suite.stage.mailbox(&suite.workspace).await;
    let body = json!({"name": "Spring", "sequence_id": sequence.id, "mailbox_ids": [mailbox]});
    let campaign = suite.post("/api/campaigns", body).await.expect(201);
    let path = format!("/api/campaigns/{}", text(&campaign["id"]));
    let ana = lead(&suite, "ana").await;
    order(&suite, &path, "launch").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    let one = format!("{path}/enrolments/{ana}");
    order(&suite, &one, "pause").await;
    let refused = suite.post(&format!("{one}/skip"), json!({})).await.expect(409);
    assert_eq!(refused["code"], "illegal_move");
}

/// Makes the queue fail: the request ends right after its writes.
fn nothing_is_queued(suite: &Suite) {
    suite.stage.cloud.faults().inject(|moment, call| {
        let is_it = moment == Moment::Before && call.operation == "SendMessageBatch";
        is_it.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
    });
}

#[tokio::test]
async fn request_that_fails_after_its_write_leaves_a_hint() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let id: domain::CampaignId = path.rsplit('/').next().unwrap().parse().unwrap();
    let what =
        DueWork::Resume { workspace: suite.workspace.clone(), what: PausedScope::Campaign(id.clone()) };
    for (order, body) in [
        ("launch", json!({})),
        ("pause", json!({})),
        ("resume", json!({})),
        ("late", json!({ "then": "send" })),
        ("complete", json!({})),
    ] {
        nothing_is_queued(&suite);
        let status = if order == "pause" { 200 } else { 503 };
        suite.post(&format!("{path}/{order}"), body).await.expect(status);
        suite.stage.cloud.faults().clear();
        let found =
            suite.stage.ports.due().due(now(&suite) + SignedDuration::from_mins(15), 9).await.unwrap();
        let hints = found.iter().flat_map(|packed| &packed.hints).filter(|hint| hint.what == what);
        assert_eq!(hints.count(), usize::from(order != "pause"), "{order}");
        suite.stage.ports.due().delete(&found).await.unwrap();
        suite.stage.advance(SignedDuration::from_secs(11));
    }
}

#[tokio::test]
async fn request_that_succeeds_removes_its_hint() {
    let suite = suite().await;
    let path = draft(&suite).await;
    for (order, body) in [
        ("launch", json!({})),
        ("pause", json!({})),
        ("resume", json!({})),
        ("late", json!({ "then": "send" })),
        ("complete", json!({})),
    ] {
        let before = suite.stage.cloud.ledger().snapshot();
        suite.post(&format!("{path}/{order}"), body).await.expect(200);
        let hints = suite.stage.cloud.ledger().since(&before).only(|line| line.keys == "DUE").write_units();
        assert_eq!(hints, if order == "pause" { 0.0 } else { 2.0 }, "{order}");
        let due = suite.stage.ports.due().due(now(&suite) + SignedDuration::from_mins(15), 9).await.unwrap();
        assert!(due.is_empty(), "{order}: {due:?}");
        suite.stage.advance(SignedDuration::from_secs(11));
    }
}

#[tokio::test]
async fn enrol_request_that_fails_midway_leaves_a_hint() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let id: domain::CampaignId = path.rsplit('/').next().unwrap().parse().unwrap();
    let what = DueWork::Resume { workspace: suite.workspace.clone(), what: PausedScope::Campaign(id) };
    let ana = lead(&suite, "ana").await;
    let body = json!({ "lead_ids": [ana] });
    let put = async || {
        let until = now(&suite) + SignedDuration::from_mins(15);
        let found = suite.stage.ports.due().due(until, 9).await.unwrap();
        found.iter().flat_map(|packed| &packed.hints).filter(|hint| hint.what == what).count()
    };
    suite.stage.cloud.faults().inject(|moment, call| {
        let enrols = moment == Moment::After && call.operation == "TransactWriteItems";
        enrols.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
    });
    suite.post(&format!("{path}/enrolments"), body.clone()).await.expect(503);
    suite.stage.cloud.faults().clear();
    assert_eq!(put().await, 1);
    suite.stage.advance(SignedDuration::from_secs(2));
    suite.post(&format!("{path}/enrolments"), body).await.expect(200);
    assert_eq!(put().await, 1, "the second has taken its own back");
}
