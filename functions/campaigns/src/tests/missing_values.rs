//! Which leads would be held for a missing value, asked before a launch.

use super::*;

fn mail(suite: &Suite, name: &str, body: &str) -> Value {
    json!({"id": StepId::derived(now(suite), &[name]), "kind": "email", "subject": "Hi", "body": body,
        "delay": {"amount": 1, "unit": "days"}})
}

/// A draft with three leads, whose sequence has since got texts that need their city and their score.
async fn renamed() -> (Suite, String, [LeadId; 3]) {
    let suite = suite().await;
    let (first, second) = (mail(&suite, "first", "Hello {{ first_name }}"), mail(&suite, "second", "Again"));
    let before = sequence(&suite, json!([first, second])).await;
    let mailbox = suite.stage.mailbox(&suite.workspace).await;
    let body = json!({"name": "Spring", "sequence_id": before.id, "mailbox_ids": [mailbox]});
    let path =
        format!("/api/campaigns/{}", text(&suite.post("/api/campaigns", body).await.expect(201)["id"]));
    let people = [lead(&suite, "ana").await, lead(&suite, "ben").await, lead(&suite, "cleo").await];
    let enrolled = suite.post(&format!("{path}/enrolments"), json!({ "lead_ids": people })).await.expect(200);
    assert_eq!(enrolled["enrolled"], 3);
    let third = mail(&suite, "third", "From {{ custom.deal | default('there') }}");
    let after = json!([mail(&suite, "first", "In {{ city }}"), mail(&suite, "second", "Again"), third]);
    suite.stage.steps(&before, serde_json::from_value(after).unwrap()).await;
    (suite, path, people)
}

async fn missing_values(suite: &Suite, path: &str, query: &str) -> Value {
    suite.get(&format!("{path}/missing-values{query}")).await.expect(200)
}

async fn changed(suite: &Suite, id: &LeadId, change: impl FnOnce(&mut Lead)) {
    let mut lead = suite.stage.ports.leads().get(&suite.workspace, id).await.unwrap();
    change(&mut lead);
    suite.stage.ports.leads().save(&lead, &Event::system(EventKind::LeadChanged, now(suite))).await.unwrap();
}

#[tokio::test]
async fn missing_values_are_counted_for_the_version_to_be_launched() {
    let (suite, path, [ana, _, cleo]) = renamed().await;
    let told = missing_values(&suite, &path, "").await;
    assert_eq!((&told["version"], &told["looked_at"], &told["people"]), (&json!(3), &json!(3), &json!(3)));
    assert_eq!(told["fields"], json!([{ "field": "city", "people": 3 }]), "{told}");
    changed(&suite, &ana, |ana| ana.city = Some("Leeds".to_owned())).await;
    assert_eq!(missing_values(&suite, &path, "").await["people"], 2);
    // A lead that no mail can reach lacks nothing that a mail needs.
    changed(&suite, &cleo, |cleo| {
        cleo.deliverability = Some(domain::lead::enrichment::Deliverability::Undeliverable);
    })
    .await;
    let told = missing_values(&suite, &path, "").await;
    assert_eq!((&told["looked_at"], &told["people"]), (&json!(3), &json!(1)));
    let before = missing_values(&suite, &path, "?version=2").await;
    assert_eq!((&before["looked_at"], &before["people"]), (&json!(3), &json!(0)), "as they were enrolled");
}

#[tokio::test]
async fn missing_values_cover_every_lead_page_by_page() {
    let (suite, path, people) = renamed().await;
    order(&suite, &path, "launch").await;
    // One lead is in another state, and so in another of the lists that are read.
    let mut held = suite.stage.ports.enrolments().get(&key(&suite, &path, &people[1])).await.unwrap();
    held.pause(None, now(&suite)).unwrap();
    let event = Event::system(EventKind::EnrolmentHeld, now(&suite));
    suite.stage.ports.enrolments().save(&held, &event).await.unwrap();
    let (mut leads_missing_values, mut answers, mut cursor) = (0, 0, String::new());
    loop {
        let told = missing_values(&suite, &path, &format!("?limit=1{cursor}")).await;
        leads_missing_values += told["people"].as_u64().unwrap();
        answers += 1;
        match told["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(
        (leads_missing_values, answers),
        (3, 3),
        "who has looked at the last one does not speak of others"
    );
    for (query, field) in
        [("?limit=0", "query.limit"), ("?limit=1001", "query.limit"), ("?version=9", "query.version")]
    {
        assert_eq!(suite.get(&format!("{path}/missing-values{query}")).await.expect(422)["field"], field);
    }
}

#[tokio::test]
async fn missing_values_of_steps_already_done_do_not_count() {
    let (suite, path, [ana, ben, _]) = renamed().await;
    for (past, to) in [(&ana, "second"), (&ben, "third")] {
        let enrolments = suite.stage.ports.enrolments();
        let mut enrolment = enrolments.get(&key(&suite, &path, past)).await.unwrap();
        enrolment.rebuild_with(|it| it.state = domain::enrolment::EnrolmentState::Scheduled);
        enrolment.advance(now(&suite), Some(StepId::derived(now(&suite), &[to])), None);
        enrolments.save(&enrolment, &Event::system(EventKind::StepDone, now(&suite))).await.unwrap();
    }
    let told = missing_values(&suite, &path, "").await;
    assert_eq!((&told["looked_at"], &told["people"]), (&json!(3), &json!(1)), "the other two have had it");
}

#[tokio::test]
async fn leads_without_consent_are_counted_by_channel_and_rule_before_a_launch() {
    let (suite, path, [ana, ben, cleo]) = renamed().await;
    let told = missing_values(&suite, &path, "").await;
    assert_eq!(told["without_consent"], json!([]));
    let in_country = |code: &'static str| {
        move |lead: &mut Lead| lead.country = domain::contact::country::Country::parse(code)
    };
    changed(&suite, &ana, in_country("DE")).await;
    changed(&suite, &ben, in_country("DE")).await;
    changed(&suite, &cleo, in_country("CA")).await;
    let told = missing_values(&suite, &path, "").await;
    let rows = told["without_consent"].as_array().unwrap();
    assert_eq!((&rows[0]["channel"], &rows[0]["people"]), (&json!("email"), &json!(2)), "{told}");
    assert!(rows[0]["rule"].as_str().unwrap().contains("German law"), "{told}");
    assert_eq!((rows.len(), &rows[1]["people"]), (2, &json!(1)));
}

#[tokio::test]
async fn leads_without_a_time_zone_are_counted_before_a_launch() {
    let (suite, path, [ana, ben, cleo]) = renamed().await;
    let told = missing_values(&suite, &path, "").await;
    let before = told["zone_unknown"].as_u64().unwrap();
    let in_country = |code: &'static str| {
        move |lead: &mut Lead| {
            lead.country = domain::contact::country::Country::parse(code);
            lead.phone = None;
        }
    };
    for lead in [&ana, &ben] {
        changed(&suite, lead, in_country("GB")).await;
    }
    changed(&suite, &cleo, in_country("US")).await;
    let told = missing_values(&suite, &path, "").await;
    assert_eq!((&told["zone_unknown"], &told["without_hours"]), (&json!(1), &json!(0)), "{before} before");
}
