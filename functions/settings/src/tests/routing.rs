//! The rules of owner routing: saved all together, checked part by part, tried before they are saved.

use super::*;
use application::Clock;

fn choice(users: &[&str]) -> Value {
    json!({"how": "round_robin", "users": users})
}

#[tokio::test]
async fn rules_are_replaced_on_the_revision_that_was_read() {
    let suite = suite().await;
    let path = "/api/settings/routing";
    let none = suite.get(path).await.expect(200);
    assert_eq!((&none["rules"], &none["otherwise"]["how"]), (&json!([]), &json!("nobody")));
    let me = suite.user.to_string();
    let body = json!({"rev": none["rev"], "rules": [{"name": " Germany ", "when": {"countries": ["Germany"], "tags": ["vip"]},
        "assign": choice(&[&me])}], "otherwise": {"how": "one", "user": me}, "away": [{"user": me, "until": "2026-12-24"}]});
    let saved = suite.put(path, body.clone()).await.expect(200);
    assert_eq!(
        (&saved["rules"][0]["name"], &saved["rules"][0]["when"]["countries"]),
        (&json!("Germany"), &json!(["DE"]))
    );
    assert_eq!(saved["away"], json!([{"user": me, "until": "2026-12-24"}]));
    assert_eq!(suite.get(path).await.expect(200), saved);
    suite.put(path, body).await.expect(409);
    // What was read can be sent back, and keeps its ids.
    let again = suite.put(path, saved.clone()).await.expect(200);
    assert_eq!(again["rules"], saved["rules"]);
}

#[tokio::test]
async fn invalid_rules_are_refused_field_by_field() {
    let suite = suite().await;
    let stranger = domain::UserId::derived(suite.stage.clock.now(), &["stranger"]).to_string();
    let me = suite.user.to_string();
    let body = json!({
        "rules": [
            {"name": "", "when": {"countries": ["Narnia"]}, "assign": choice(&[])},
            {"name": "B", "when": {"regions": ["x".repeat(61)]}, "assign": {"how": "one", "user": stranger}},
            {"name": "C", "assign": choice(&[&me, &me])},
        ],
        "otherwise": {"how": "least_load", "users": [stranger]},
        "away": [{"user": stranger, "until": "soon"}],
    });
    let problem = suite.put("/api/settings/routing", body).await.expect(422);
    assert_eq!(
        fields(&problem),
        [
            "rules[0].name",
            "rules[0].when.countries[0]",
            "rules[0].assign.users",
            "rules[1].when.regions[0]",
            "rules[1].assign.user",
            "rules[2].assign.users",
            "otherwise.users",
            "away[0].user",
            "away[0].until",
        ]
    );
}

#[tokio::test]
async fn preview_tells_the_next_ten_owners_and_uses_up_no_turn() {
    let suite = suite().await;
    let me = suite.user.to_string();
    let rules = json!({"rules": [{"name": "VIP", "when": {"tags": ["vip"]}, "assign": choice(&[&me])}],
        "otherwise": {"how": "nobody"}});
    let path = "/api/settings/routing/preview";
    for _ in 0..2 {
        let body = json!({"routing": rules, "lead": {"tag": "VIP"}});
        let next = suite.post(path, body).await.expect(200)["leads"].clone();
        assert_eq!(next.as_array().unwrap().len(), 10);
        assert_eq!((&next[0]["owner"], &next[9]["rule_name"]), (&json!(me), &json!("VIP")));
    }
    assert_eq!(suite.stage.ports.routing().next_turn(&suite.workspace, None).await.unwrap(), 0);
    let nobody = suite.post(path, json!({"routing": rules})).await.expect(200);
    assert_eq!(nobody["leads"][0]["owner"], Value::Null);
    let saved = suite.post(path, json!({})).await.expect(200);
    assert_eq!(saved["leads"][0]["owner"], Value::Null, "nothing is saved yet");
    assert_eq!(
        suite.post(path, json!({"lead": {"country": "Narnia"}})).await.expect(422)["field"],
        "lead.country"
    );
}

#[tokio::test]
async fn consent_setting_is_the_laws_at_first_and_looks_at_held_leads_again() {
    let suite = suite().await;
    assert_eq!(suite.get("/api/settings").await.expect(200)["consent"], "law");
    let changed = suite.patch("/api/settings", json!({"consent": "stated_basis"})).await.expect(200);
    assert_eq!(changed["consent"], "stated_basis");
    suite.patch("/api/settings", json!({"consent": "none"})).await.expect(422);
    assert!(suite.stage.messages(Queue::Enrolments).is_empty(), "no campaign is active");
}
