//! Variants of a step in the checks of an enrolment and in the report.

use super::*;
use application::ports::stats::{Counted, Delta, Metric, Scope};
use domain::VariantId;
use domain::sequence::ab_test::Tried;

/// A sequence of one mail in two variants, the first of them paused on request.
async fn varied(suite: &Suite, paused: bool) -> Sequence {
    let steps = json!([{"id": StepId::derived(now(suite), &["mail"]), "kind": "email",
    "delay": {"amount": 0, "unit": "minutes"}, "variants": [
        {"subject": "Hi {{ first_name }}", "body": "Hello", "paused": paused},
        {"name": "Short", "subject": "Hi", "body": "One question", "weight": 25},
    ]}]);
    sequence(suite, steps).await
}

async fn campaign(suite: &Suite, sequence: &Sequence) -> String {
    let mailbox = suite.stage.mailbox(&suite.workspace).await;
    let body = json!({"name": "Spring", "sequence_id": sequence.id, "mailbox_ids": [mailbox]});
    format!("/api/campaigns/{}", text(&suite.post("/api/campaigns", body).await.expect(201)["id"]))
}

#[tokio::test]
async fn enrolment_names_the_next_variant() {
    let suite = suite().await;
    let campaign = campaign(&suite, &varied(&suite, true).await).await;
    let ana = lead(&suite, "ana").await;
    suite.post(&format!("{campaign}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    order(&suite, &campaign, "launch").await;
    let enrolments = suite.stage.ports.enrolments();
    let mut enrolment = enrolments.get(&key(&suite, &campaign, &ana)).await.unwrap();
    enrolment.rebuild_with(|it| {
        (it.state, it.anchor, it.due) = (EnrolmentState::Scheduled, now(&suite), None);
    });
    enrolments.save(&enrolment, &Event::system(EventKind::LeadChanged, now(&suite))).await.unwrap();
    let why = suite.get(&format!("{campaign}/enrolments/{ana}")).await.expect(200);
    let checks = why["checks"].as_array().unwrap();
    let variant = checks.iter().find(|check| check["rule"] == "variant").unwrap();
    assert_eq!((&variant["passed"], &variant["seen"]), (&json!(true), &json!("Short, one of 2")));
}

/// Writes the counters that the stream would: sent, positive replies, opt-outs; all but one of the latter
/// complained.
async fn tried(suite: &Suite, campaign: &str, figures: &[(VariantId, i64, i64, i64)]) {
    let campaign_id: domain::CampaignId = campaign.rsplit('/').next().unwrap().parse().unwrap();
    let campaign = suite.stage.ports.campaigns().get(&suite.workspace, &campaign_id).await.unwrap();
    let sequences = suite.stage.ports.sequences();
    let version =
        sequences.version(&suite.workspace, &campaign.sequence, campaign.sequence_version).await.unwrap();
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
            delta(variant, Metric::Complained, left - 1),
        ]
    });
    let standing = Delta {
        scope: Scope::Standing(campaign_id.clone(), 12_345_678, version.steps[0].id.clone()),
        ..delta(&figures[0].0, Metric::Standing, 7)
    };
    let brought =
        Delta { scope: Scope::Campaign(campaign_id.clone()), ..delta(&figures[0].0, Metric::Clients, 3) };
    let record = Counted { sequence: "1".to_owned(), deltas: deltas.chain([standing, brought]).collect() };
    suite.stage.ports.stats().apply("shard", now(suite), &[record]).await.unwrap();
}

#[tokio::test]
async fn variant_report_counts_leads_and_names_the_leader() {
    let suite = suite().await;
    let sequence = varied(&suite, false).await;
    let campaign = campaign(&suite, &sequence).await;
    let report = format!("{campaign}/variants");
    let ids: Vec<VariantId> =
        sequence.steps[0].kind.variants().iter().map(|variant| variant.id.clone()).collect();
    let none = suite.get(&report).await.expect(200);
    let step = &none["steps"][0];
    assert_eq!((&step["verdict"], &step["leader"]), (&json!("too_early"), &Value::Null));
    assert_eq!(
        (&step["variants"][0]["rates"]["positive"], &step["variants"][0]["best"]),
        (&json!(0.0), &Value::Null)
    );
    assert_eq!((&none["leads_per_variant"], &none["proposed_leads"]), (&json!(1_000), &json!(797)));
    suite.get(&format!("{report}?base_rate=101")).await.expect(422);
    tried(&suite, &campaign, &[(ids[0].clone(), 200, 4, 2), (ids[1].clone(), 200, 14, 3)]).await;
    let told = suite.get(&report).await.expect(200);
    let step = &told["steps"][0];
    assert_eq!((&step["verdict"], &step["leader"]), (&json!("too_early"), &Value::Null), "whatever it seems");
    assert_eq!((&step["variants"][1]["best"], &step["compared_at"]), (&Value::Null, &Value::Null));
    let short = &step["variants"][1];
    assert_eq!(
        (&short["label"], &short["contacted"], &short["positive"]),
        (&json!("Short"), &json!(200), &json!(14))
    );
    assert_eq!((&short["opted_out"], &short["rates"]["opted_out"]), (&json!(3), &json!(0.015)));
    assert_eq!((&short["complained"], &short["rates"]["complained"]), (&json!(2), &json!(0.01)));
    let (low, high) = (&short["rates"]["positive_low"], &short["rates"]["positive_high"]);
    assert!(low.as_f64().unwrap() > 0.039 && high.as_f64().unwrap() < 0.114, "{low} {high}");
    // A step's figures are the sum of its variants; a lead that only stands at the step counts for none.
    let stats = suite.get(&format!("{campaign}/stats")).await.expect(200);
    let messages = &stats["steps"][0]["messages"];
    assert_eq!((&messages["sent_email"], &messages["replied"]), (&json!(400), &json!(18)));
    assert_eq!((&messages["opted_out"], &messages["complained"]), (&json!(5), &json!(3)));
    assert_eq!((&stats["clients"], &stats["enrolments"]["won"]), (&json!(3), &json!(0)));
}

#[tokio::test]
async fn ab_verdict_reports_the_figures_of_its_one_look_after_more_answers() {
    let suite = suite().await;
    let sequence = varied(&suite, false).await;
    let campaign = campaign(&suite, &sequence).await;
    suite.patch(&campaign, json!({"leads_per_variant": 99})).await.expect(422);
    let changed = suite.patch(&campaign, json!({"leads_per_variant": 200})).await.expect(200);
    assert_eq!(changed["leads_per_variant"], 200);
    let ids: Vec<VariantId> =
        sequence.steps[0].kind.variants().iter().map(|variant| variant.id.clone()).collect();
    let campaigns = suite.stage.ports.campaigns();
    let id = campaign.rsplit('/').next().unwrap().parse().unwrap();
    let mut stored = campaigns.get(&suite.workspace, &id).await.unwrap();
    let one = |positive| Tried { contacted: 200, positive, ..Tried::default() };
    assert!(stored.ab_tests.look(&sequence.steps[0], &[one(4), one(18)], now(&suite)));
    campaigns.save(&stored, &Event::system(EventKind::VariantsCompared, now(&suite))).await.unwrap();
    tried(&suite, &campaign, &[(ids[0].clone(), 400, 30, 2), (ids[1].clone(), 400, 18, 3)]).await;
    let step = suite.get(&format!("{campaign}/variants")).await.expect(200)["steps"][0].clone();
    assert_eq!((&step["verdict"], &step["leader"]), (&json!("ahead"), &json!(ids[1])));
    assert_eq!(step["compared_at"], json!(now(&suite)));
    assert!(step["variants"][1]["best"].as_f64().unwrap() > 0.98);
    let ana = lead(&suite, "ana").await;
    suite.post(&format!("{campaign}/enrolments"), json!({"lead_ids": [ana]})).await.expect(200);
    order(&suite, &campaign, "launch").await;
    let refused = suite.patch(&campaign, json!({"leads_per_variant": 300})).await.expect(422);
    assert_eq!(refused["field"], "leads_per_variant");
}

#[tokio::test]
async fn variant_report_of_another_workspace_is_not_found() {
    let mut suite = suite().await;
    let campaign = draft(&suite).await;
    assert_eq!(suite.get(&format!("{campaign}/variants")).await.expect(200)["steps"], json!([]));
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    suite.get(&format!("{campaign}/variants")).await.expect(404);
}
