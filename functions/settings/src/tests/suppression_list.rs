//! The suppression list is searched, imported and exported.

use super::suite;
use domain::contact::email_address::EmailAddress;
use domain::workspace::api_key::ApiScope;
use domain::workspace::user::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::Suite;

const LIST: &str = "/api/settings/suppressions";

async fn import(suite: &Suite, lines: &[&str]) -> Vec<(u64, String, String)> {
    let told = suite.post(&format!("{LIST}/import"), json!({ "lines": lines })).await.expect(200);
    let items = told["items"].as_array().unwrap().clone();
    let line = |item: &Value| {
        let said = if item["problem"].is_string() { &item["problem"] } else { &item["value"] };
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (item["line"].as_u64().unwrap(), word(&item["outcome"]), word(said))
    };
    items.iter().map(line).collect()
}

async fn found(suite: &Suite, query: &str) -> Vec<String> {
    let listed = suite.get(&format!("{LIST}{query}")).await.expect(200);
    let items = listed["items"].as_array().unwrap();
    let mut values: Vec<_> = items.iter().map(|item| item["value"].as_str().unwrap().to_owned()).collect();
    values.sort();
    values
}

#[tokio::test]
async fn each_line_of_an_import_is_told_and_a_wrong_one_stops_no_other() {
    let suite = suite().await;
    suite.stage.inbound_mail(&suite.workspace).await;
    let email = EmailAddress::parse("ann@quay.example").ok();
    let ann = suite.stage.lead(&suite.workspace, "ann", |lead| lead.email = email).await;
    let lines = [
        "E-mail",
        "ann@quay.example",
        "ben@quay",
        "ANN@quay.example",
        "replies@northquay.example",
        "",
        "pier.example",
        "+1 206 555 0101",
    ];
    let told = import(&suite, &lines).await;
    let outcomes: Vec<_> = told.iter().map(|(line, outcome, _)| (*line, outcome.as_str())).collect();
    let expected = [
        (1, "skipped"),
        (2, "added"),
        (3, "refused"),
        (4, "repeated"),
        (5, "refused"),
        (6, "skipped"),
        (7, "added"),
        (8, "added"),
    ];
    assert_eq!(outcomes, expected, "{told:?}");
    assert_eq!(told[2].2, "ben@quay has no valid domain after the @");
    assert!(told[4].2.starts_with("replies@northquay.example is the workspace's own"), "{}", told[4].2);
    assert_eq!(found(&suite, "").await, ["+12065550101", "ann@quay.example", "pier.example"]);
    let listed = suite.get(&format!("{LIST}?q=ann")).await.expect(200);
    assert_eq!(listed["items"][0]["lead_id"], json!(ann.id));
    // The same lines again do nothing twice.
    assert_eq!(import(&suite, &lines[1..2]).await[0].1, "already_listed");
    let many = vec!["x"; 501];
    assert_eq!(
        suite.post(&format!("{LIST}/import"), json!({ "lines": many })).await.expect(422)["field"],
        "lines"
    );
}

#[tokio::test]
async fn search_finds_a_part_of_a_value_and_a_number_however_it_is_written() {
    let suite = suite().await;
    import(&suite, &["ann@quay.example", "ben@quay.example", "quay.example", "+1 206 555 0101"]).await;
    assert_eq!(found(&suite, "?q=BEN").await, ["ben@quay.example"]);
    assert_eq!(found(&suite, "?q=%28206%29%20555-01").await, ["+12065550101"]);
    // A whole address finds the entry of its domain, too, which closes it as well.
    assert_eq!(found(&suite, "?q=ann%40quay.example").await, ["ann@quay.example", "quay.example"]);
    assert_eq!(found(&suite, "?q=nobody").await, Vec::<String>::new());
}

#[tokio::test]
async fn exported_list_is_imported_again_as_it_was_and_the_export_is_noted() {
    let mut suite = suite().await;
    let entry = json!({ "scope": "phone", "value": "+12065550101", "reason": "opted_out" });
    suite.post(LIST, entry).await.expect(201);
    import(&suite, &["ann@quay.example"]).await;
    let file = suite.get(&format!("{LIST}/export.csv")).await;
    let csv = String::from_utf8(file.body).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 3, "{csv}");
    for (scope, value) in [("phone", "+12065550101"), ("email", "ann@quay.example")] {
        let lift = json!({ "scope": scope, "value": value, "reason": "Listed by mistake." });
        suite.post(&format!("{LIST}/lift"), lift).await.expect(200);
    }
    import(&suite, &lines).await;
    let again = suite.get(LIST).await.expect(200);
    let mut reasons: Vec<_> = again["items"].as_array().unwrap().iter().map(|item| &item["reason"]).collect();
    reasons.sort_by_key(|reason| reason.to_string());
    assert_eq!(reasons, [&json!("manual"), &json!("opted_out")]);
    suite.sign_in(Role::Admin);
    let log = suite.get("/api/settings/access-log").await.expect(200);
    let noted = &log["items"][0];
    assert_eq!((&noted["kind"], &noted["leads"]), (&json!("suppressions_exported"), &json!(2)));
}

#[tokio::test]
async fn known_entry_is_answered_as_it_stands_and_is_not_created_again() {
    let suite = suite().await;
    let new = json!({ "scope": "email", "value": "ann@quay.example" });
    let first = suite.post(LIST, new.clone()).await.expect(201);
    suite.stage.advance(SignedDuration::from_mins(5));
    let again = suite.post(LIST, new.clone()).await.expect(200);
    assert_eq!(again, first);
    let listed = suite.get(LIST).await.expect(200);
    assert_eq!(listed["items"][0]["created_at"], first["created_at"]);
    let stronger = json!({ "scope": "email", "value": "ann@quay.example", "reason": "complaint" });
    let stronger = suite.post(LIST, stronger).await.expect(200);
    let weaker = suite.post(LIST, new).await.expect(200);
    assert_eq!((&weaker["reason"], &weaker), (&json!("complaint"), &stronger));
}

#[tokio::test]
async fn program_that_may_not_read_the_list_learns_nothing_of_a_known_entry() {
    let mut suite = suite().await;
    let new = json!({ "scope": "email", "value": "ann@quay.example", "reason": "complaint" });
    suite.post(LIST, new).await.expect(201);
    suite.use_new_key(&[ApiScope::SuppressionsWrite]).await;
    let manual = |value: &str| json!({ "scope": "email", "value": value });
    let known = suite.post(LIST, manual("ann@quay.example")).await.expect(201);
    let unknown = suite.post(LIST, manual("ben@quay.example")).await.expect(201);
    let but_value = |mut answer: Value| {
        answer["value"] = json!("");
        answer
    };
    assert_eq!(but_value(known), but_value(unknown));
    suite.use_new_key(&[ApiScope::SuppressionsRead, ApiScope::SuppressionsWrite]).await;
    let stands = suite.post(LIST, manual("ann@quay.example")).await.expect(200);
    assert_eq!(stands["reason"], "complaint");
}

#[tokio::test]
async fn undone_lift_answers_with_the_entry_that_was_added_meanwhile() {
    let suite = suite().await;
    let new = json!({ "scope": "domain", "value": "quay.example" });
    suite.post(LIST, new.clone()).await.expect(201);
    let lift = json!({ "scope": "domain", "value": "quay.example", "reason": "Asked us by phone." });
    let undo = suite.post(&format!("{LIST}/lift"), lift).await.expect(200);
    suite.stage.advance(SignedDuration::from_mins(5));
    let meanwhile = suite.post(LIST, new).await.expect(201);
    let restored = suite.post(&format!("{LIST}/restore"), undo).await.expect(200);
    assert_eq!(restored["created_at"], meanwhile["created_at"]);
}
