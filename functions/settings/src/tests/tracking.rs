//! What is tracked, for whom not, and whose visits never count.

use super::*;

const SETTINGS: &str = "/api/settings";

async fn change(suite: &Suite, tracking: Value) -> test_stage::Reply {
    suite.patch(SETTINGS, json!({ "tracking": tracking })).await
}

#[tokio::test]
async fn tracking_is_switched_off_part_by_part() {
    let suite = suite().await;
    let first = suite.get(SETTINGS).await.expect(200);
    let all = json!({"opens": true, "clicks": true, "countries_off": [], "own_networks": []});
    assert_eq!(first["tracking"], all);
    change(&suite, json!({"opens": false})).await.expect(200);
    let changed = change(&suite, json!({"countries_off": ["de", "Germany", "FR"]})).await.expect(200);
    let kept = json!({"opens": false, "clicks": true, "countries_off": ["DE", "FR"], "own_networks": []});
    assert_eq!(changed["tracking"], kept);
    assert_eq!(suite.get(SETTINGS).await.expect(200)["tracking"], kept);
    let cleared = change(&suite, json!({"countries_off": [], "opens": true})).await.expect(200);
    assert_eq!(cleared["tracking"], all);
}

#[tokio::test]
async fn own_networks_are_kept_as_written_once_and_wrong_ones_are_named() {
    let suite = suite().await;
    let networks = json!({"own_networks": ["192.0.2.0/24", "198.51.100.7", "192.0.2.0/24", "2001:db8::/48"]});
    let saved = change(&suite, networks).await.expect(200);
    let saved = saved["tracking"]["own_networks"].as_array().unwrap().len();
    assert_eq!(saved, 3, "one was given twice");
    let wrong = json!({"own_networks": ["10.0.0.0/8", "office", "192.0.2.1"], "countries_off": ["Atlantis"]});
    let problem = change(&suite, wrong).await.expect(422);
    assert_eq!(
        fields(&problem),
        ["tracking.countries_off[0]", "tracking.own_networks[0]", "tracking.own_networks[1]"]
    );
    let many: Vec<String> = (0..51).map(|n| format!("192.0.2.{n}")).collect();
    let problem = change(&suite, json!({"own_networks": many})).await.expect(422);
    assert_eq!(fields(&problem), ["tracking.own_networks"]);
    let kept = suite.get(SETTINGS).await.expect(200);
    assert_eq!(
        kept["tracking"]["own_networks"].as_array().unwrap().len(),
        3,
        "a refused change changes nothing"
    );
}

#[tokio::test]
async fn stored_visits_are_judged_again_in_the_background() {
    let suite = suite().await;
    suite.post("/api/settings/tracking/judge-visits", json!({})).await.expect(202);
    let jobs = suite.stage.messages(Queue::Enrolments);
    assert_eq!(jobs.len(), 1);
    assert!(jobs[0].to_string().contains("judge_visits"), "{}", jobs[0]);
}
