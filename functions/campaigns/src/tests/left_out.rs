//! Which leads enrolment leaves out and why; accounts that an active campaign must keep.

use super::*;
use domain::lead::enrichment::{Deliverability, Field, FieldResult, FieldStatus, FieldValue};
use domain::lead::stage::StageId;

#[tokio::test]
async fn enrolment_by_filter_leaves_out_excepted_leads_inline_and_by_job() {
    let suite = suite().await;
    let path = format!("{}/enrolments", draft(&suite).await);
    let (ana, ben) = (lead(&suite, "ana").await, lead(&suite, "ben").await);
    let all_but =
        |count: usize| json!({"filter": {"country": ["GB"]}, "expected_count": count, "except": [ana]});
    assert_eq!(suite.post(&path, all_but(1)).await.expect(409)["code"], "count_differs");
    let done = suite.post(&path, all_but(2)).await.expect(200);
    assert_eq!((&done["matched"], &done["enrolled"]), (&json!(1), &json!(1)));
    let there = suite.get(&path).await.expect(200);
    assert_eq!((&there["items"][0]["lead_id"], &there["items"][1]), (&json!(ben), &Value::Null));
    for n in 0..100 {
        lead(&suite, &format!("lead{n}")).await;
    }
    let done = suite.post(&path, all_but(102)).await.expect(200);
    assert_eq!((&done["matched"], &done["enrolled"]), (&json!(101), &json!(0)));
    assert_eq!(suite.stage.messages(Queue::Enrolments)[0]["job"], done["job"]);
    let mut many = all_but(102);
    many["except"] = json!(vec![ana; 1_001]);
    assert_eq!(suite.post(&path, many).await.expect(422)["field"], "except");
}

#[tokio::test]
async fn active_campaign_cannot_lose_the_account_its_steps_need() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let mailbox = mailbox_of(&suite, &path).await;
    suite.patch(&path, json!({"mailbox_ids": []})).await.expect(200);
    suite.patch(&path, json!({"mailbox_ids": [mailbox]})).await.expect(200);
    order(&suite, &path, "launch").await;
    let refused = suite.patch(&path, json!({"mailbox_ids": []})).await.expect(422);
    assert_eq!(refused["field"], "mailbox_ids");
    assert_eq!(suite.get(&path).await.expect(200)["mailbox_ids"], json!([mailbox]));
    // A sequence of mails alone needs no number.
    suite.patch(&path, json!({"name": "Autumn", "sms_sender_id": null})).await.expect(200);
    order(&suite, &path, "pause").await;
    suite.stage.clock.advance_to(now(&suite) + SignedDuration::from_secs(11));
    assert_eq!(suite.patch(&path, json!({"mailbox_ids": []})).await.expect(422)["field"], "mailbox_ids");
}

#[tokio::test]
async fn launch_and_enrolment_need_a_postal_address() {
    let suite = suite().await;
    let path = draft(&suite).await;
    mailbox_of(&suite, &path).await;
    let workspaces = suite.stage.ports.workspaces();
    let mut workspace = workspaces.get(&suite.workspace).await.unwrap();
    let address = std::mem::take(&mut workspace.company.postal_address);
    let event = domain::event::Event::system(EventKind::SettingsChanged, now(&suite));
    workspace.rev = workspaces.save(&workspace, &event).await.unwrap();
    let refused = suite.post(&format!("{path}/launch"), json!({})).await.expect(422);
    assert_eq!(refused["field"], "company.postal_address");
    workspace.company.postal_address = address;
    workspace.rev = workspaces.save(&workspace, &event).await.unwrap();
    order(&suite, &path, "launch").await;
    // An active campaign whose workspace has lost its postal address enrols nobody.
    workspace.company.postal_address = "  ".to_owned();
    workspaces.save(&workspace, &event).await.unwrap();
    let ana = lead(&suite, "ana").await;
    let done = suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    assert_eq!((&done["enrolled"], left_out(&done)), (&json!(0), vec![("no_postal_address", 1)]));
}

#[tokio::test]
async fn lead_with_a_missing_value_is_enrolled_only_on_request() {
    let suite = suite().await;
    let mail = json!([{"id": StepId::derived(now(&suite), &["mail"]), "kind": "email", "subject": "Hi", "body": "In {{ city }}",
        "delay": {"amount": 0, "unit": "minutes"}}]);
    let sequence = sequence(&suite, mail).await;
    let mailbox = suite.stage.mailbox(&suite.workspace).await;
    let body = json!({"name": "Spring", "sequence_id": sequence.id, "mailbox_ids": [mailbox]});
    let campaign = suite.post("/api/campaigns", body).await.expect(201);
    let path = format!("/api/campaigns/{}/enrolments", text(&campaign["id"]));
    let ana = lead(&suite, "ana").await;
    let ask = |more: Value| {
        let mut body = json!({"lead_ids": [ana]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let told = suite.post(&path, ask(json!({"check": true}))).await.expect(200);
    assert_eq!((&told["enrolled"], left_out(&told)), (&json!(0), vec![("missing_value", 1)]));
    assert_eq!(told["skipped"], json!([{"lead_id": ana, "reason": "missing_value", "lacks": "city"}]));
    let done = suite.post(&path, ask(json!({}))).await.expect(200);
    assert_eq!((&done["enrolled"], left_out(&done)), (&json!(0), vec![("missing_value", 1)]));
    let told = suite.post(&path, ask(json!({"check": true, "with_missing_values": true}))).await.expect(200);
    assert_eq!(told["enrolled"], 1);
    let done = suite.post(&path, ask(json!({"with_missing_values": true}))).await.expect(200);
    assert_eq!(done["enrolled"], 1);
}

#[tokio::test]
async fn draft_enrols_by_the_version_its_launch_will_pin() {
    let suite = suite().await;
    let mail = |body: &str| {
        json!([{"id": StepId::derived(now(&suite), &["mail"]), "kind": "email", "subject": "Hi", "body": body,
            "delay": {"amount": 0, "unit": "minutes"}}])
    };
    let first = sequence(&suite, mail("In town")).await;
    let mailbox = suite.stage.mailbox(&suite.workspace).await;
    let body = json!({"name": "Spring", "sequence_id": first.id, "mailbox_ids": [mailbox]});
    let made = suite.post("/api/campaigns", body).await.expect(201);
    let newest = suite.stage.steps(&first, serde_json::from_value(mail("In {{ city }}")).unwrap()).await;
    assert_eq!((&made["sequence_version"], newest.version), (&json!(first.version), first.version + 1));
    let path = format!("/api/campaigns/{}", text(&made["id"]));
    let ana = lead(&suite, "ana").await;
    let ask = json!({"lead_ids": [ana], "check": true});
    let told = suite.post(&format!("{path}/enrolments"), ask).await.expect(200);
    assert_eq!((&told["enrolled"], left_out(&told)), (&json!(0), vec![("missing_value", 1)]));
    let done = suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    assert_eq!((&done["enrolled"], left_out(&done)), (&json!(0), vec![("missing_value", 1)]));
    // Every view of the campaign shows this version.
    let shown = suite.get(&path).await.expect(200);
    let listed = suite.get("/api/campaigns").await.expect(200);
    let changed = suite.patch(&path, json!({"name": "Autumn"})).await.expect(200);
    for view in [shown, listed["items"][0].clone(), changed] {
        assert_eq!(view["sequence_version"], json!(newest.version), "{view}");
    }
    assert_eq!(order(&suite, &path, "launch").await["sequence_version"], json!(newest.version));
    // The launch has pinned the version.
    suite.stage.steps(&newest, serde_json::from_value(mail("In the town")).unwrap()).await;
    assert_eq!(suite.get(&path).await.expect(200)["sequence_version"], json!(newest.version));
}

#[tokio::test]
async fn enrolment_check_of_a_filter_covers_every_lead_page_by_page() {
    let suite = suite().await;
    let path = format!("{}/enrolments", draft(&suite).await);
    let mut ids = Vec::new();
    for n in 0..7 {
        ids.push(lead(&suite, &format!("l{n}")).await);
    }
    for gone in [&ids[1], &ids[5], &ids[6]] {
        let mut lead = suite.stage.ports.leads().get(&suite.workspace, gone).await.unwrap();
        lead.do_not_contact = true;
        let event = Event::system(EventKind::LeadChanged, now(&suite));
        suite.stage.ports.leads().save(&lead, &event).await.unwrap();
    }
    let ask = |more: Value| {
        let filter = json!({"country": ["GB"]});
        let mut body = json!({"filter": filter, "except": [ids[6]], "expected_count": 7, "check": true});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let whole = suite.post(&path, ask(json!({}))).await.expect(200);
    assert_eq!(
        (&whole["matched"], &whole["looked_at"], &whole["enrolled"]),
        (&json!(6), &json!(6), &json!(4))
    );
    assert_eq!((left_out(&whole), &whole["next_cursor"]), (vec![("do_not_contact", 2)], &Value::Null));
    let (mut enrolled, mut looked_at, mut left_out_of) = (0, Vec::new(), 0);
    let mut cursor = Value::Null;
    loop {
        let told = suite.post(&path, ask(json!({"limit": 4, "cursor": cursor}))).await.expect(200);
        assert_eq!(told["matched"], 6);
        enrolled += told["enrolled"].as_u64().unwrap();
        looked_at.push(told["looked_at"].as_u64().unwrap());
        left_out_of += left_out(&told).iter().map(|(_, people)| people).sum::<u64>();
        cursor = told["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!((looked_at, enrolled, left_out_of), (vec![4, 2], 4, 2), "who is excepted is not looked at");
    for (field, more) in [
        ("limit", json!({"limit": 0})),
        ("limit", json!({"limit": 2_001})),
        ("cursor", json!({"cursor": "c", "check": false})),
        ("limit", json!({"limit": 5, "filter": null, "lead_ids": ids})),
    ] {
        assert_eq!(suite.post(&path, ask(more)).await.expect(422)["field"], field);
    }
}

#[tokio::test]
async fn enrolment_check_counts_won_and_lost_leads() {
    let suite = suite().await;
    let path = format!("{}/enrolments", draft(&suite).await);
    let leads = suite.stage.ports.leads();
    let mut ids = Vec::new();
    for (name, status) in
        [("ana", StageId::WON), ("ben", StageId::LOST), ("cy", StageId::WON), ("di", StageId::NEW)]
    {
        let id = lead(&suite, name).await;
        let mut found = leads.get(&suite.workspace, &id).await.unwrap();
        found.status = status;
        found.do_not_contact = name == "cy";
        leads.save(&found, &Event::system(EventKind::LeadChanged, now(&suite))).await.unwrap();
        ids.push(id);
    }
    let told = suite.post(&path, json!({"lead_ids": ids, "check": true})).await.expect(200);
    assert_eq!((&told["enrolled"], &told["won"], &told["lost"]), (&json!(3), &json!(1), &json!(1)));
}

#[tokio::test]
async fn lead_enrolled_before_is_left_out_and_reported_by_the_check() {
    let suite = suite().await;
    let campaign = draft(&suite).await;
    let path = format!("{campaign}/enrolments");
    let (ana, ben) = (lead(&suite, "ana").await, lead(&suite, "ben").await);
    suite.post(&path, json!({"lead_ids": [ana]})).await.expect(200);
    suite.post(&format!("{path}/{ana}/remove"), json!({})).await.expect(200);
    for check in [true, false] {
        let told = suite.post(&path, json!({"lead_ids": [ana, ben], "check": check})).await.expect(200);
        assert_eq!((&told["enrolled"], left_out(&told)), (&json!(1), vec![("already", 1)]), "{check}");
    }
}

#[tokio::test]
async fn opening_line_counts_as_missing_only_with_ai_off() {
    let suite = suite().await;
    let mail = json!([{"id": StepId::derived(now(&suite), &["mail"]), "kind": "email", "subject": "Hi",
        "body": "{{ first_line }}", "delay": {"amount": 0, "unit": "minutes"}}]);
    let sequence = sequence(&suite, mail).await;
    let body = json!({"name": "Spring", "sequence_id": sequence.id});
    let campaign = suite.post("/api/campaigns", body).await.expect(201);
    let path = format!("/api/campaigns/{}/enrolments", text(&campaign["id"]));
    let (ana, ben) = (lead(&suite, "ana").await, lead(&suite, "ben").await);
    let ask = json!({"lead_ids": [ana, ben], "check": true});
    let workspaces = suite.stage.ports.workspaces();
    let mut workspace = workspaces.get(&suite.workspace).await.unwrap();
    for (written, enrolled) in [(true, 2), (false, 0)] {
        workspace.ai_enabled = written;
        let event = Event::system(EventKind::SettingsChanged, now(&suite));
        workspace.rev = workspaces.save(&workspace, &event).await.unwrap();
        assert_eq!(suite.post(&path, ask.clone()).await.expect(200)["enrolled"], enrolled, "{written}");
    }
    let text = "Your clinic in Leeds".to_owned();
    let line = FieldResult {
        field: Field::FirstLine,
        status: FieldStatus::Found { value: FieldValue::FirstLine { text, facts: Vec::new() } },
        source: "chat_model".to_owned(),
        at: now(&suite),
        input_digest: String::new(),
        why: None,
        written_with: None,
    };
    let event = Event::system(EventKind::FieldFound, now(&suite));
    suite.stage.ports.leads().put_field(&suite.workspace, &ben, &line, &event).await.unwrap();
    let told = suite.post(&path, ask.clone()).await.expect(200);
    assert_eq!((&told["enrolled"], left_out(&told)), (&json!(1), vec![("missing_value", 1)]));
    // A campaign without AI has the default text for everybody.
    let of_campaign = format!("/api/campaigns/{}", campaign["id"].as_str().unwrap());
    suite.patch(&of_campaign, json!({"writing": {"ai": false}})).await.expect(200);
    assert_eq!(suite.post(&path, ask).await.expect(200)["enrolled"], 2);
}

#[tokio::test]
async fn only_verified_campaign_leaves_out_unverified_addresses() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let (ana, ben) = (lead(&suite, "ana").await, lead(&suite, "ben").await);
    let leads = suite.stage.ports.leads();
    let mut found = leads.get(&suite.workspace, &ben).await.unwrap();
    found.deliverability = Some(Deliverability::Deliverable);
    leads.save(&found, &Event::system(EventKind::LeadChanged, now(&suite))).await.unwrap();
    assert_eq!(suite.patch(&path, json!({"only_verified": true})).await.expect(200)["only_verified"], true);
    let done = suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana, ben]})).await.expect(200);
    assert_eq!((&done["enrolled"], left_out(&done)), (&json!(1), vec![("unverified", 1)]));
    assert_eq!(suite.get(&path).await.expect(200)["only_verified"], true);
}

#[tokio::test]
async fn active_campaign_without_a_mailbox_enrols_nobody() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let (ana, ben) = (lead(&suite, "ana").await, lead(&suite, "ben").await);
    let accounts = suite.stage.ports.accounts();
    let mut mailbox = accounts.get(&suite.workspace, &mailbox_of(&suite, &path).await).await.unwrap();
    order(&suite, &path, "launch").await;
    mailbox.enabled = false;
    let event = Event::system(EventKind::AccountChanged, now(&suite));
    mailbox.rev = accounts.save(&mailbox, &event).await.unwrap();
    let enrolments = format!("{path}/enrolments");
    let done = suite.post(&enrolments, json!({"lead_ids": [ana, ben]})).await.expect(200);
    assert_eq!((&done["enrolled"], left_out(&done)), (&json!(0), vec![("no_mailbox", 2)]));
    mailbox.enabled = true;
    accounts.save(&mailbox, &event).await.unwrap();
    assert_eq!(suite.post(&enrolments, json!({"lead_ids": [ana, ben]})).await.expect(200)["enrolled"], 2);
}
