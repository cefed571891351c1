//! Search for one lead in a stored simulation, whatever page the lead is on.

use super::{draft, lead, now, order, suite, text};
use application::Ports;
use serde_json::{Value, json};
use test_stage::Suite;

/// Stores a simulation as its job does: two hundred leads a file.
async fn store(suite: &Suite, campaign: &str, parts: &[Value]) {
    let at = now(suite);
    let costs = json!({"currency": "GBP", "emails": 0, "email_micros": null, "sms_segments": 0, "sms_micros": null,
        "whatsapp": 0, "whatsapp_micros": null});
    let result = json!({"made_at": at, "people": parts.len() * 200, "held": 0, "cut_off": false, "messages": 2,
        "tasks": 0, "last_message": null, "senders": [], "skipped": {}, "ends": {}, "would_be_held": {}, "costs": costs});
    let summary = json!({"id": "simulation_1", "asked_at": at, "result": result});
    let place = format!("{}/simulations/{campaign}", suite.workspace);
    let blobs = suite.stage.ports.blobs();
    let put = async |name: &str, value: &Value| {
        let body = serde_json::to_vec(value).unwrap();
        blobs.put(&format!("{place}/{name}.json"), "application/json", body).await.unwrap();
    };
    put("summary", &summary).await;
    for (number, people) in parts.iter().enumerate() {
        put(&format!("people-{number:03}"), &json!({"simulation": "simulation_1", "people": people})).await;
    }
}

#[tokio::test]
async fn simulation_search_finds_a_lead_by_name_or_address() {
    let suite = suite().await;
    let path = draft(&suite).await;
    let campaign = path.rsplit('/').next().unwrap().to_owned();
    let (ana, ben) = (lead(&suite, "ana").await, lead(&suite, "ben").await);
    let outside = lead(&suite, "anabel").await;
    order(&suite, &path, "launch").await;
    suite.post(&format!("{path}/enrolments"), json!({"lead_ids": [ana, ben]})).await.expect(200);
    let step = json!({"step": 0, "kind": "email", "at": now(&suite), "local": "2026-11-20T09:12", "cost_micros": 400});
    let person = |lead: &domain::LeadId| json!({"lead": lead, "zone": "Europe/London", "version": 1, "end": "finished", "steps": [step]});
    store(&suite, &campaign, &[json!([person(&ben)]), json!([person(&ana), person(&outside)])]).await;
    let found = async |q: &str| suite.get(&format!("{path}/simulation/people?q={q}")).await.expect(200);
    for q in ["ana", "ANA@leads.example"] {
        let page = found(q).await;
        assert_eq!(page["items"].as_array().unwrap().len(), 1, "{page}");
        let one = &page["items"][0];
        assert_eq!((text(&one["lead_id"]), &one["page"]), (ana.to_string(), &json!("1")));
        assert_eq!(
            (&one["steps"][0]["local"], &one["end"]),
            (&json!("2026-11-20T09:12"), &json!("finished"))
        );
    }
    assert_eq!(found("ben").await["items"][0]["page"], Value::Null);
    assert_eq!(found("nobody").await, json!({"items": [], "next_cursor": null}));
    let first = suite.get(&format!("{path}/simulation/people")).await.expect(200);
    assert_eq!((first["items"].as_array().unwrap().len(), &first["next_cursor"]), (1, &json!("1")));
    suite.stage.record_changes().await;
    let before = suite.stage.cloud.ledger().snapshot();
    found("ana").await;
    let spent = suite.stage.cloud.ledger().since(&before);
    assert!(spent.read_units() <= 14.0 && spent.write_units() == 0.0, "{} read units", spent.read_units());
}
