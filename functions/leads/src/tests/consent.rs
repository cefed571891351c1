//! A lead's consent: recorded with the lead, changed by hand, shown with what is asked for, and its history.

use super::*;
use application::{Clock, Ports};
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};

async fn consent(suite: &Suite, lead: &Value) -> Value {
    suite.get(&format!("/api/leads/{}/consent", id(lead))).await.expect(200)["channels"].clone()
}

fn allowed(channels: &Value) -> Vec<bool> {
    channels.as_array().unwrap().iter().map(|channel| channel["allowed"].as_bool().unwrap()).collect()
}

#[tokio::test]
async fn new_lead_has_the_consent_that_is_stated() {
    let suite = suite().await;
    let body = json!({"email": "ana@quay.example", "phone": "+12065550101", "country": "US", "consent": {
        "email": {"basis": "legitimate_interest"},
        "sms": {"basis": "written_consent", "on": "2026-03-04", "note": " Web form "}}});
    let lead = suite.post("/api/leads", body).await.expect(201);
    let sms = &lead["consent"][1];
    assert_eq!((&sms["channel"], &sms["basis"]), (&json!("sms"), &json!("written_consent")));
    assert_eq!(
        (&sms["on"], &sms["note"], &sms["source"]),
        (&json!("2026-03-04"), &json!("Web form"), &json!("hand"))
    );
    assert_eq!(sms["by"], json!(suite.user));
    assert!(lead["consent"][0]["on"].is_string(), "today");
    let channels = consent(&suite, &lead).await;
    assert_eq!(allowed(&channels), [true, true, false]);
    assert_eq!(channels[0]["needed"], Value::Null);
    assert_eq!(channels[1]["needed"]["accepts"], json!(["written_consent"]));
    assert_eq!(channels[2]["recorded"], Value::Null);
    assert!(channels[2]["needed"]["rule"].as_str().unwrap().contains("WhatsApp"));
}

#[tokio::test]
async fn invalid_consent_is_refused_with_its_field() {
    let suite = suite().await;
    let with = |consent: Value| json!({"email": "ana@quay.example", "consent": consent});
    for (consent, field) in [
        (json!({"email": {"basis": "consent", "on": "2999-01-01"}}), "consent.email.on"),
        (json!({"sms": {"basis": "consent", "on": "yesterday"}}), "consent.sms.on"),
        (json!({"whatsapp": {"basis": "consent", "note": "x".repeat(501)}}), "consent.whatsapp.note"),
    ] {
        assert_eq!(suite.post("/api/leads", with(consent)).await.expect(422)["field"], field);
    }
    suite.post("/api/leads", with(json!({"fax": {"basis": "consent"}}))).await.expect(422);
    suite.post("/api/leads", with(json!({"email": {"basis": "verbal"}}))).await.expect(422);
}

#[tokio::test]
async fn consent_is_changed_and_removed_by_hand_with_its_history() {
    let suite = suite().await;
    let lead = ana(&suite).await;
    let path = format!("/api/leads/{}", id(&lead));
    let change = |consent: Value| json!({ "consent": consent });
    let given = json!({"basis": "existing_customer", "on": "2026-02-01", "note": "Contract 7"});
    let changed = suite.patch(&path, change(json!({ "email": given }))).await.expect(200);
    assert_eq!(changed["consent"][0]["basis"], "existing_customer");
    // The same again changes nothing, and leaves no entry.
    suite.patch(&path, change(json!({ "email": given }))).await.expect(200);
    let removed = suite.patch(&path, change(json!({ "email": null }))).await.expect(200);
    assert_eq!(removed["consent"], json!([]));
    let timeline = suite.get(&format!("{path}/timeline")).await.expect(200);
    let told: Vec<&Value> = timeline["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["kind"] == "consent_changed")
        .collect();
    assert_eq!(told.len(), 2, "{timeline}");
    assert_eq!((&told[0]["from"], &told[0]["to"]), (&Value::Null, &json!("existing_customer")));
    assert_eq!((&told[0]["on"], &told[0]["note"]), (&json!("2026-02-01"), &json!("Contract 7")));
    assert_eq!((&told[1]["from"], &told[1]["to"]), (&json!("existing_customer"), &Value::Null));
    assert_eq!(told[0]["user"], json!(suite.user));
}

#[tokio::test]
async fn consent_shows_as_withdrawn_where_the_address_is_suppressed_by_an_opt_out() {
    let suite = suite().await;
    let body =
        json!({"email": "ana@quay.example", "country": "DE", "consent": {"email": {"basis": "consent"}}});
    let lead = suite.post("/api/leads", body).await.expect(201);
    assert_eq!(allowed(&consent(&suite, &lead).await), [true, false, false]);
    let at = suite.stage.clock.now();
    let entry = Suppression {
        workspace: suite.workspace.clone(),
        scope: SuppressionScope::Email("ana@quay.example".to_owned()),
        reason: SuppressionReason::OptedOut,
        source: None,
        created_by: None,
        created_at: at,
        expires_at: None,
        sign: None,
    };
    suite
        .stage
        .ports
        .suppressions()
        .put(&entry, &Event::system(EventKind::SuppressionAdded, at))
        .await
        .unwrap();
    let channels = consent(&suite, &lead).await;
    assert_eq!(channels[0]["recorded"]["withdrawn_at"], json!(at));
    assert_eq!(allowed(&channels), [false, false, false]);
}

#[tokio::test]
async fn consent_from_before_an_opt_out_cannot_be_recorded_after_it() {
    let suite = suite().await;
    let body =
        json!({"email": "ana@quay.example", "consent": {"email": {"basis": "consent", "on": "2026-01-02"}}});
    let lead = suite.post("/api/leads", body).await.expect(201);
    let lead_id = LeadId::parse(&id(&lead)).unwrap();
    let leads = suite.stage.ports.leads();
    let mut stored = leads.get(&suite.workspace, &lead_id).await.unwrap();
    let at = suite.stage.clock.now();
    assert!(stored.consents.withdraw(&[Channel::Email], at));
    leads.save(&stored, &Event::system(EventKind::ConsentWithdrawn, at)).await.unwrap();
    let path = format!("/api/leads/{}", id(&lead));
    let record = |on: &str| json!({"consent": {"email": {"basis": "written_consent", "on": on}}});
    assert_eq!(suite.patch(&path, record("2026-01-03")).await.expect(422)["field"], "consent.email.on");
    let today = at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    let anew = suite.patch(&path, record(&today)).await.expect(200);
    assert_eq!(anew["consent"][0]["withdrawn_at"], Value::Null);
}
