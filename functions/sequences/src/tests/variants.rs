//! Variants of a step: written, paused on a version in use, shown in the preview.

use super::*;

fn varied() -> Value {
    json!({"name": "Hello", "steps": [{"kind": "email", "delay": {"amount": 0, "unit": "minutes"}, "variants": [
        {"subject": " Hi {{ first_name }} ", "body": "Hello"},
        {"name": "Short", "subject": "Hi", "body": "One question", "weight": 25},
    ]}]})
}

async fn written(suite: &Suite) -> (Value, String) {
    let made = suite.post("/api/sequences", varied()).await.expect(201);
    let path = format!("/api/sequences/{}", text(&made["id"]));
    (made, path)
}

#[tokio::test]
async fn variants_get_ids_and_weights_and_faults_name_their_field() {
    let suite = suite().await;
    let (made, path) = written(&suite).await;
    let variants = &made["steps"][0]["variants"];
    assert_eq!(
        (&variants[0]["subject"], &variants[0]["weight"]),
        (&json!("Hi {{ first_name }}"), &json!(50))
    );
    assert!(text(&variants[1]["id"]).starts_with("variant_"));
    let mut steps = made["steps"].clone();
    steps[0]["variants"][1]["body"] = json!("{{ nonsense }}");
    let refused = suite.patch(&path, json!({"steps": steps})).await.expect(422);
    assert_eq!(refused["field"], "steps[0].variants[1].body");
    // Another text in a new version is another variant, and counted anew.
    steps[0]["variants"][1]["body"] = json!("Two questions");
    let changed = suite.patch(&path, json!({"steps": steps})).await.expect(200);
    let now = &changed["steps"][0]["variants"];
    assert_eq!((&changed["version"], &now[0]["id"]), (&json!(2), &variants[0]["id"]));
    assert_ne!(now[1]["id"], variants[1]["id"]);
}

#[tokio::test]
async fn paused_variant_of_a_version_in_use_is_recorded_as_a_patch() {
    let suite = suite().await;
    let (made, path) = written(&suite).await;
    let mut steps = made["steps"].clone();
    steps[0]["variants"][0]["paused"] = json!(true);
    let told = suite.post(&format!("{path}/diff"), json!({"steps": steps})).await.expect(200);
    assert_eq!(
        (&told["diff"]["steps"][0]["fields"], &told["diff"]["is_patch"]),
        (&json!(["variant_shares"]), &json!(true))
    );
    let patched = suite.post(&format!("{path}/patches"), json!({"steps": steps})).await.expect(200);
    assert_eq!((&patched["version"], &patched["steps"]), (&json!(1), &steps));
    let versions = suite.get(&format!("{path}/versions")).await.expect(200);
    let before = &versions["items"][0]["patches"][0]["before"][0]["variants"];
    assert_eq!(before[0]["paused"], false);
    steps[0]["variants"][1]["paused"] = json!(true);
    let refused = suite.post(&format!("{path}/patches"), json!({"steps": steps})).await.expect(422);
    assert_eq!(refused["field"], "steps[0].variants");
}

#[tokio::test]
async fn preview_shows_the_leads_variant_or_the_requested_one() {
    let suite = suite().await;
    let (made, path) = written(&suite).await;
    let ana = lead(&suite, "ana").await;
    let preview = format!("{path}/preview");
    let theirs = suite.post(&preview, json!({"lead_id": ana})).await.expect(200);
    assert_eq!(theirs, suite.post(&preview, json!({"lead_id": ana})).await.expect(200));
    let words = [("Hi ana", "Hello"), ("Hi", "One question")];
    for (variant, (subject, body)) in made["steps"][0]["variants"].as_array().unwrap().iter().zip(words) {
        let asked = json!({"lead_id": ana, "variants": [variant["id"]]});
        let shown = suite.post(&preview, asked).await.expect(200)["steps"][0].clone();
        assert_eq!((&shown["variant"], &shown["subject"]), (&variant["id"], &json!(subject)));
        assert_eq!(shown["text"], body);
        if theirs["steps"][0]["variant"] == variant["id"] {
            assert_eq!(theirs["steps"][0], shown);
        }
    }
}
