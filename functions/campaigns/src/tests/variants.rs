//! Variants of a step: written, paused on a version in use, seen in the preview and in the "why".

use super::*;
use application::stats::{Counted, Delta, Metric, Scope};
use domain::VariantId;

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
async fn variants_have_ids_and_weights_and_their_faults_a_place() {
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
    // Other words in a new version are another variant, and counted anew.
    steps[0]["variants"][1]["body"] = json!("Two questions");
    let changed = suite.patch(&path, json!({"steps": steps})).await.expect(200);
    let now = &changed["steps"][0]["variants"];
    assert_eq!((&changed["version"], &now[0]["id"]), (&json!(2), &variants[0]["id"]));
    assert_ne!(now[1]["id"], variants[1]["id"]);
}

#[tokio::test]
async fn a_variant_is_paused_on_a_version_in_use_and_that_is_on_record() {
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
async fn the_preview_shows_what_the_lead_would_get_or_the_one_that_is_asked_for() {
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

#[tokio::test]
async fn the_why_names_the_variant_that_is_next() {
    let suite = suite().await;
    let (made, path) = written(&suite).await;
    let mut steps = made["steps"].clone();
    steps[0]["variants"][0]["paused"] = json!(true);
    suite.post(&format!("{path}/patches"), json!({"steps": steps})).await.expect(200);
    let body = json!({"name": "Spring", "sequence_id": made["id"], "mailbox_ids": [mailbox(&suite).await]});
    let campaign = suite.post("/api/campaigns", body).await.expect(201);
    let campaign = format!("/api/campaigns/{}", text(&campaign["id"]));
    let ana = lead(&suite, "ana").await;
    suite.post(&format!("{campaign}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    order(&suite, &campaign, "launch").await;
    let enrolments = suite.stage.ports.enrolments();
    let mut enrolment = enrolments.get(&key(&suite, &campaign, &ana)).await.unwrap();
    enrolment.state = EnrolmentState::Scheduled;
    (enrolment.anchor, enrolment.due) = (now(&suite), None);
    enrolments.save(&enrolment, &Event::system("test", now(&suite))).await.unwrap();
    let why = suite.get(&format!("{campaign}/enrolments/{ana}")).await.expect(200);
    let checks = why["checks"].as_array().unwrap();
    let variant = checks.iter().find(|check| check["rule"] == "variant").unwrap();
    assert_eq!((&variant["passed"], &variant["seen"]), (&json!(true), &json!("Short, one of 2")));
}

/// What the stream would have told: sent, answered well, opted out.
async fn tried(suite: &Suite, campaign: &str, figures: &[(VariantId, i64, i64, i64)]) {
    let campaign_id: domain::CampaignId = campaign.rsplit('/').next().unwrap().parse().unwrap();
    let campaign = suite.stage.ports.campaigns().get(&suite.workspace, &campaign_id).await.unwrap();
    let sequences = suite.stage.ports.sequences();
    let version = sequences.version(&suite.workspace, &campaign.sequence, 1).await.unwrap();
    let delta = |variant: &VariantId, metric, by| Delta {
        workspace: suite.workspace.clone(),
        scope: Scope::Variant(campaign_id.clone(), version.steps[0].id.clone(), variant.clone()),
        metric,
        by,
    };
    let deltas = figures.iter().flat_map(|(variant, sent, positive, left)| {
        [
            delta(variant, Metric::EmailsSent, *sent),
            delta(variant, Metric::Answered, *positive),
            delta(variant, Metric::AnsweredWell, *positive),
            delta(variant, Metric::LedToOptOut, *left),
        ]
    });
    let standing = Delta {
        scope: Scope::Standing(campaign_id.clone(), 12_345_678, version.steps[0].id.clone()),
        ..delta(&figures[0].0, Metric::Standing, 7)
    };
    let record = Counted { sequence: "1".to_owned(), deltas: deltas.chain([standing]).collect() };
    suite.stage.ports.stats().apply("shard", now(suite), &[record]).await.unwrap();
}

#[tokio::test]
async fn the_report_counts_people_says_how_sure_it_is_and_who_is_ahead() {
    let suite = suite().await;
    let (made, _) = written(&suite).await;
    let body = json!({"name": "Spring", "sequence_id": made["id"], "mailbox_ids": [mailbox(&suite).await]});
    let campaign = suite.post("/api/campaigns", body).await.expect(201);
    let campaign = format!("/api/campaigns/{}", text(&campaign["id"]));
    let report = format!("{campaign}/variants");
    let ids: Vec<VariantId> =
        (0..2).map(|at| text(&made["steps"][0]["variants"][at]["id"]).parse().unwrap()).collect();
    let none = suite.get(&report).await.expect(200);
    let step = &none["steps"][0];
    assert_eq!((&step["verdict"], &step["leader"]), (&json!("too_early"), &Value::Null));
    assert_eq!(
        (&step["variants"][0]["rates"]["positive"], &step["variants"][0]["best"]),
        (&json!(0.0), &Value::Null)
    );
    tried(&suite, &campaign, &[(ids[0].clone(), 200, 4, 2), (ids[1].clone(), 200, 14, 3)]).await;
    let told = suite.get(&report).await.expect(200);
    let step = &told["steps"][0];
    assert_eq!((&step["verdict"], &step["leader"]), (&json!("ahead"), &json!(ids[1])));
    let short = &step["variants"][1];
    assert_eq!(
        (&short["label"], &short["contacted"], &short["positive"]),
        (&json!("Short"), &json!(200), &json!(14))
    );
    assert_eq!((&short["opted_out"], &short["rates"]["opted_out"]), (&json!(3), &json!(0.015)));
    let (low, high) = (&short["rates"]["positive_low"], &short["rates"]["positive_high"]);
    assert!(low.as_f64().unwrap() > 0.039 && high.as_f64().unwrap() < 0.114, "{low} {high}");
    assert!(short["best"].as_f64().unwrap() > 0.98);
    // The step's figures are its variants' together; who stands there is no variant.
    let stats = suite.get(&format!("{campaign}/stats")).await.expect(200);
    let messages = &stats["steps"][0]["messages"];
    assert_eq!((&messages["sent_email"], &messages["replied"]), (&json!(400), &json!(18)));
    assert_eq!(messages["opted_out"], 5);
}

#[tokio::test]
async fn a_report_of_another_workspace_is_not_there() {
    let mut suite = suite().await;
    let campaign = draft(&suite).await;
    assert_eq!(suite.get(&format!("{campaign}/variants")).await.expect(200)["steps"], json!([]));
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    suite.get(&format!("{campaign}/variants")).await.expect(404);
}
