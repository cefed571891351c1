//! Trigger rules: created, switched off, deleted, and refused.

use super::*;

async fn campaign(suite: &Suite, state: CampaignState) -> String {
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["first"]).await;
    suite.stage.campaign("Warm", &sequence, state, |_| {}).await.id.to_string()
}

fn hot(actions: Value) -> Value {
    json!({"name": "Call hot leads", "when": {"event": "turned_hot"}, "actions": actions})
}

#[tokio::test]
async fn rule_is_created_switched_off_and_deleted() {
    let suite = suite().await;
    assert_eq!(suite.get("/api/settings/rules").await.expect(200)["items"], json!([]));
    let warm = campaign(&suite, CampaignState::Active).await;
    let actions = json!([{"do": "notify"}, {"do": "create_task", "title": "Ring them"},
        {"do": "enrol", "campaign": warm}, {"do": "stop"}]);
    let mut new = hot(actions);
    new["only"] = json!({"tag": ["vip"], "country": ["GB"], "status": ["contacted"]});
    let rule = suite.post("/api/settings/rules", new).await.expect(201);
    assert_eq!((&rule["enabled"], &rule["only"]["tag"]), (&json!(true), &json!(["vip"])));
    let order: Vec<&Value> = rule["actions"].as_array().unwrap().iter().map(|action| &action["do"]).collect();
    assert_eq!(order, ["stop", "enrol", "create_task", "notify"]);
    let path = format!("/api/settings/rules/{}", text(&rule["id"]));
    let off = suite.patch(&path, json!({"enabled": false})).await.expect(200);
    assert_eq!((&off["enabled"], &off["name"]), (&json!(false), &json!("Call hot leads")));
    assert_eq!(suite.patch(&path, json!({"name": " "})).await.expect(422)["field"], "name");
    suite.patch(&path, json!({"name": "Ring hot leads"})).await.expect(200);
    let listed = suite.get("/api/settings/rules").await.expect(200)["items"][0].clone();
    assert_eq!((&listed["name"], &listed["enabled"]), (&json!("Ring hot leads"), &json!(false)));
    suite.delete(&path).await.expect(204);
    suite.delete(&path).await.expect(404);
    suite.patch(&path, json!({"enabled": true})).await.expect(404);
    assert_eq!(suite.get("/api/settings/rules").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn invalid_rule_is_refused_with_the_field() {
    let suite = suite().await;
    let over = campaign(&suite, CampaignState::Archived).await;
    let enrol = json!([{"do": "enrol", "campaign": over}, {"do": "notify"}, {"do": "notify"}]);
    let problem = suite.post("/api/settings/rules", hot(enrol)).await.expect(422);
    assert_eq!(fields(&problem), ["actions[2]", "actions[0].campaign"]);
    let opened = json!({"name": "", "when": {"event": "did", "what": "opened", "times": 0}, "actions": []});
    let problem = suite.post("/api/settings/rules", opened).await.expect(422);
    assert_eq!(fields(&problem), ["name", "when.times", "actions"]);
}

#[tokio::test]
async fn follow_up_rule_is_kept_and_one_for_an_unknown_stage_is_refused() {
    let suite = suite().await;
    let follow_up = json!([{"do": "set_follow_up", "working_days": 2, "note": "Ask again"}]);
    let rule = |when: Value| json!({"name": "Ask again", "when": when, "actions": follow_up});
    for when in [
        json!({"event": "call_ended", "outcome": "no_answer"}),
        json!({"event": "stage_reached", "stage": "qualified"}),
        json!({"event": "answered", "intent": "not_now"}),
        json!({"event": "sequence_ended"}),
        json!({"event": "preview_unanswered", "working_days": 2}),
        json!({"event": "no_activity", "days": 14}),
    ] {
        let made = suite.post("/api/settings/rules", rule(when.clone())).await.expect(201);
        assert_eq!((&made["when"], &made["actions"]), (&when, &follow_up));
    }
    let unknown = rule(json!({"event": "stage_reached", "stage": "stage_90"}));
    assert_eq!(suite.post("/api/settings/rules", unknown).await.expect(422)["field"], "when.stage");
    let cancelled = rule(json!({"event": "call_ended", "outcome": "cancelled"}));
    assert_eq!(suite.post("/api/settings/rules", cancelled).await.expect(422)["field"], "when.outcome");
    let mut far = rule(json!({"event": "sequence_ended"}));
    far["actions"][0]["working_days"] = json!(61);
    assert_eq!(suite.post("/api/settings/rules", far).await.expect(422)["field"], "actions[0].working_days");
}

#[tokio::test]
async fn rules_are_limited_to_twenty_and_belong_to_the_workspace() {
    let mut suite = suite().await;
    let stop = || hot(json!([{"do": "stop"}]));
    for _ in 0..20 {
        suite.post("/api/settings/rules", stop()).await.expect(201);
    }
    assert_eq!(suite.post("/api/settings/rules", stop()).await.expect(409)["code"], "too_many_rules");
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    assert_eq!(suite.get("/api/settings/rules").await.expect(200)["items"], json!([]));
}
