//! The routes of leads.

mod calls;
mod columns;
mod companies;
mod consent;
mod corrections;
mod custom_fields;
mod deals;
mod deletion;
mod duplicates;
mod erasure;
mod follow_ups;
mod handing_over;
mod line;
mod merging;
mod opt_outs;
mod pauses;
mod placeholders;
mod programs;
mod routing;
mod second_addresses;
mod segments;
mod stages;
mod uncertain;
mod views;
mod why;
mod won;

use crate::{App, routes};
use application::queue_messages::Queue;
use domain::LeadId;
use domain::workspace::user::Role;
use serde_json::{Value, json};
use test_stage::Suite;

async fn suite() -> Suite {
    Suite::new(routes(), App::new).await
}

async fn ana(suite: &Suite) -> Value {
    let body = json!({"first_name": "Ana", "company": "Quay Dental", "email": " Ana@Quay.Example ",
        "phone": "020 7946 0018", "country": "GB", "tags": ["dentist"]});
    suite.post("/api/leads", body).await.expect(201)
}

fn id(of: &Value) -> String {
    of["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn routes_refuse_callers_without_the_role() {
    suite().await.refuses_those_who_may_not(routes().rows()).await;
}

#[tokio::test]
async fn created_lead_is_normalised_and_queued_for_enrichment() {
    let suite = suite().await;
    let lead = ana(&suite).await;
    assert_eq!(lead["email"], "ana@quay.example");
    assert_eq!(lead["phone"], "+442079460018");
    assert_eq!(lead["zone"]["zone"], "Europe/London");
    assert_eq!(lead["status"], "new");
    assert!(lead["score"].as_u64().unwrap() > 0 && !lead["reasons"].as_array().unwrap().is_empty());
    let queued = suite.stage.messages(Queue::Enrichment);
    assert_eq!(queued.len(), 1);
    assert_eq!(queued[0]["lead"], lead["id"]);
    let read = suite.get(&format!("/api/leads/{}", id(&lead))).await.expect(200);
    assert_eq!(read, lead);
}

#[tokio::test]
async fn new_lead_names_every_invalid_field() {
    let suite = suite().await;
    let body =
        json!({"email": "nope", "phone": "12", "country": "Narnia", "tags": ["x".repeat(99)], "rating": 11});
    let problem = suite.post("/api/leads", body).await.expect(422);
    let fields: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["country", "email", "phone", "tags", "rating"]);
    let problem = suite.post("/api/leads", json!({"first_name": "Ana"})).await.expect(422);
    assert_eq!(problem["field"], "email");
    assert_eq!(suite.post("/api/leads", json!({"rating": "high"})).await.expect(422)["field"], "rating");
}

#[tokio::test]
async fn known_address_is_refused_with_its_lead() {
    let suite = suite().await;
    let lead = ana(&suite).await;
    let problem = suite.post("/api/leads", json!({"email": "ANA@quay.example"})).await.expect(409);
    assert_eq!(problem["code"], "duplicate_lead");
    assert!(problem["detail"].as_str().unwrap().contains(&id(&lead)));
    assert_eq!(problem["existing_id"], lead["id"]);
    let other = suite.post("/api/leads", json!({"email": "ben@quay.example"})).await.expect(201);
    let path = format!("/api/leads/{}", id(&other));
    assert_eq!(
        suite.patch(&path, json!({"email": "ana@quay.example"})).await.expect(409)["code"],
        "duplicate_lead"
    );
}

#[tokio::test]
async fn change_keeps_absent_fields_and_clears_null_ones() {
    let suite = suite().await;
    let lead = ana(&suite).await;
    let path = format!("/api/leads/{}", id(&lead));
    let changed = suite.patch(&path, json!({"company": null, "notes": "Likes boats"})).await.expect(200);
    assert_eq!(changed["company"], Value::Null);
    assert_eq!(changed["first_name"], "Ana");
    let stale = json!({"notes": "Old", "rev": lead["rev"]});
    assert_eq!(suite.patch(&path, stale).await.expect(409)["code"], "changed_meanwhile");
    let headers = [("if-match", "\"1\"")];
    suite.send(http::Method::PATCH, &path, Some(json!({"notes": "Old"})), &headers).await.expect(409);
    let moved = suite.patch(&path, json!({"email": "ana@dental.example", "phone": null})).await.expect(200);
    assert_eq!(moved["email"], "ana@dental.example");
    assert_eq!(moved["phone"], Value::Null);
    suite.post("/api/leads", json!({"email": "ana@quay.example"})).await.expect(201);
    assert_eq!(suite.patch(&path, json!({"email": null})).await.expect(422)["field"], "email");
}

#[tokio::test]
async fn status_may_go_back_and_is_on_the_timeline_with_notes() {
    let suite = suite().await;
    let path = format!("/api/leads/{}", id(&ana(&suite).await));
    suite.patch(&path, json!({"status": "qualified"})).await.expect(200);
    suite
        .patch(&path, json!({"status": "contacted", "follow_up_at": "2026-12-01T09:00:00Z"}))
        .await
        .expect(200);
    suite.stage.advance(jiff::SignedDuration::from_secs(1));
    let note = suite.post(&format!("{path}/notes"), json!({"text": "Called"})).await.expect(201);
    assert_eq!(note["kind"], "note");
    let timeline = suite.get(&format!("{path}/timeline")).await.expect(200);
    let items = timeline["items"].as_array().unwrap();
    let kinds: Vec<&str> = items.iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["created", "status_changed", "status_changed", "note", "follow_up"]);
    assert_eq!(items[2]["from"], "qualified");
    assert_eq!(items[4]["planned"], true);
}

#[tokio::test]
async fn lead_list_is_filtered_counted_and_paged() {
    let suite = suite().await;
    for n in 0..5 {
        let country = if n < 3 { "GB" } else { "DE" };
        let body =
            json!({"first_name": format!("Lead{n}"), "email": format!("l{n}@a.example"), "country": country});
        suite.post("/api/leads", body).await.expect(201);
    }
    let page = suite.get("/api/leads?country=GB&limit=2&sort=name&order=desc").await.expect(200);
    assert_eq!(page["total"], 3);
    assert_eq!(page["items"][0]["name"], "Lead2");
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = suite
        .get(&format!("/api/leads?country=GB&limit=2&sort=name&order=desc&cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest.get("next_cursor"), None);
    assert_eq!(suite.get("/api/leads?status=new,nope").await.expect(422)["field"], "query.status");
    assert_eq!(suite.get("/api/leads?limit=0").await.expect(422)["field"], "query.limit");
    assert_eq!(suite.get("/api/leads?sort=shoe").await.expect(422)["field"], "query.sort");
}

#[tokio::test]
async fn answer_without_a_policy_of_its_own_runs_nothing_and_is_framed_nowhere() {
    let suite = suite().await;
    for path in ["/api/leads", "/api/leads/none", "/api/leads/export.csv"] {
        let reply = suite.get(path).await;
        assert_eq!(
            reply.headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'",
            "{path}"
        );
    }
}

#[tokio::test]
async fn exported_list_cannot_be_executed_by_a_spreadsheet() {
    let suite = suite().await;
    ana(&suite).await;
    suite.post("/api/leads", json!({"first_name": "=1+1", "email": "f@a.example"})).await.expect(201);
    let reply = suite.get("/api/leads/export.csv?sort=name").await;
    assert_eq!(reply.headers["content-type"], "text/csv; charset=utf-8");
    let csv = String::from_utf8(reply.body).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[1].starts_with("'=1+1,"));
    assert!(lines[2].starts_with("Ana,,Quay Dental,ana@quay.example,'+442079460018,"), "{}", lines[2]);
    assert_eq!(suite.get("/api/leads/export.csv?sort=shoe").await.expect(422)["field"], "query.sort");
}

#[tokio::test]
async fn bulk_change_by_filter_needs_the_count_that_was_seen() {
    let suite = suite().await;
    for n in 0..3 {
        suite.post("/api/leads", json!({"email": format!("l{n}@a.example")})).await.expect(201);
    }
    let tag = |count| json!({"filter": {}, "expected_count": count, "action": {"do": "tag", "add": ["new"]}});
    assert_eq!(suite.post("/api/leads/bulk", tag(4)).await.expect(409)["code"], "count_differs");
    let answer = suite.post("/api/leads/bulk", tag(3)).await.expect(200);
    assert_eq!((answer["matched"].clone(), answer["changed"].clone()), (json!(3), json!(3)));
    let newest = suite.get("/api/leads?tag=new").await.expect(200);
    assert_eq!(newest["total"], 3);
    let but_one = json!({"filter": {}, "expected_count": 3, "except": [newest["items"][1]["id"]],
        "action": {"do": "tag", "add": ["most"]}});
    assert_eq!(suite.post("/api/leads/bulk", but_one).await.expect(200)["matched"], 2);
    assert_eq!(suite.get("/api/leads?tag=most").await.expect(200)["total"], 2);
    let nobody = LeadId::derived(jiff::Timestamp::UNIX_EPOCH, &["nobody"]);
    let body =
        json!({"ids": [nobody], "action": {"do": "status", "status": "lost", "lost_reason": "no_answer"}});
    let answer = suite.post("/api/leads/bulk", body).await.expect(200);
    assert_eq!(answer["skipped"][0]["reason"], "no_such_lead");
    let many: Vec<String> = (0..50).map(|n| format!("tag {n}")).collect();
    let full = json!({"filter": {}, "expected_count": 3, "action": {"do": "tag", "add": many}});
    let answer = suite.post("/api/leads/bulk", full).await.expect(200);
    assert_eq!(
        (answer["changed"].clone(), answer["skipped"][2]["reason"].clone()),
        (json!(0), json!("too_many_tags"))
    );
}

#[tokio::test]
async fn bulk_change_is_undone_by_its_answer() {
    let suite = suite().await;
    let mut ids = Vec::new();
    for (n, status) in ["new", "contacted", "qualified"].into_iter().enumerate() {
        let new = json!({"email": format!("l{n}@a.example"), "tags": [format!("t{n}")]});
        let lead = suite.post("/api/leads", new).await.expect(201);
        let path = format!("/api/leads/{}", id(&lead));
        suite.patch(&path, json!({"status": status})).await.expect(200);
        ids.push(lead["id"].clone());
    }
    let stages = async || {
        let mut stages = Vec::new();
        for lead in &ids {
            let path = format!("/api/leads/{}", lead.as_str().unwrap());
            let lead = suite.get(&path).await.expect(200);
            stages.push((lead["status"].clone(), lead["tags"].clone()));
        }
        stages
    };
    let before = stages().await;
    for action in [
        json!({"do": "status", "status": "qualified"}),
        json!({"do": "tag", "add": ["spring"], "remove": ["t0"]}),
        json!({"do": "assign", "owner": suite.user}),
    ] {
        let done = suite.post("/api/leads/bulk", json!({"ids": ids, "action": action})).await.expect(200);
        for undo in done["undo"].as_array().unwrap() {
            suite.post("/api/leads/bulk", undo.clone()).await.expect(200);
        }
        assert!(!done["undo"].as_array().unwrap().is_empty(), "{action}");
        assert_eq!(stages().await, before, "{action}");
    }
}

#[tokio::test]
async fn erased_lead_frees_its_address() {
    let mut suite = suite().await;
    let path = format!("/api/leads/{}", id(&ana(&suite).await));
    suite.sign_in(Role::Manager);
    suite.post(&format!("{path}/erase"), json!({})).await.expect(204);
    suite.get(&path).await.expect(404);
    ana(&suite).await;
}

#[tokio::test]
async fn enrichment_and_opening_line_are_ordered_and_the_preview_found() {
    let suite = suite().await;
    let path = format!("/api/leads/{}", id(&ana(&suite).await));
    suite.stage.messages(Queue::Enrichment);
    suite.post(&format!("{path}/enrich"), json!({})).await.expect(202);
    suite.post(&format!("{path}/personalize"), json!({})).await.expect(202);
    assert_eq!(suite.stage.messages(Queue::Enrichment)[0]["force"], true);
    assert_eq!(suite.stage.messages(Queue::Ai).len(), 1);
    let first = suite.get(&format!("{path}/preview")).await.expect(200);
    assert!(first["url"].as_str().unwrap().starts_with("https://leadflow.example/preview/"));
    assert_eq!(suite.get(&format!("{path}/preview")).await.expect(200), first);
    let closed = suite.patch(&format!("{path}/preview"), json!({"open": false})).await.expect(200);
    assert_eq!((&closed["url"], &closed["revoked"]), (&first["url"], &json!(true)));
    let open = suite.patch(&format!("{path}/preview"), json!({"open": true})).await.expect(200);
    assert_eq!((&open["url"], &open["revoked"]), (&first["url"], &json!(false)));
    assert_eq!(suite.get(&format!("{path}/preview")).await.expect(200), open);
    assert_eq!(suite.post(&format!("{path}/stop"), json!({})).await.expect(200)["ended"], json!([]));
}

#[tokio::test]
async fn opening_line_by_hand_is_shown_with_its_source_and_one_that_is_no_line_is_refused() {
    let suite = suite().await;
    let path = format!("/api/leads/{}/opening-line", id(&ana(&suite).await));
    let lead = suite.put(&path, json!({"text": " Slate roofs since 1987. "})).await.expect(200);
    let line = &lead["enrichment"].as_array().unwrap()[0];
    assert_eq!((&line["field"], &line["source"]), (&json!("first_line"), &json!("user")));
    assert_eq!(line["value"]["text"], "Slate roofs since 1987.");
    for (text, why) in [
        ("", "is required"),
        ("One.\nTwo.", "must be one line"),
        (&"x".repeat(221), "is longer than 220 characters"),
    ] {
        let refused = suite.put(&path, json!({ "text": text })).await.expect(422).to_string();
        assert!(refused.contains("text") && refused.contains(why), "{refused}");
    }
    assert_eq!(
        suite.get(&path.replace("/opening-line", "")).await.expect(200)["enrichment"],
        lead["enrichment"]
    );
}

#[tokio::test]
async fn lead_of_another_workspace_is_not_found() {
    let mut suite = suite().await;
    let path = format!("/api/leads/{}", id(&ana(&suite).await));
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    suite.get(&path).await.expect(404);
    suite.patch(&path, json!({"notes": "mine"})).await.expect(404);
    suite.delete(&path).await.expect(404);
    for what in ["timeline", "why", "preview"] {
        suite.get(&format!("{path}/{what}")).await.expect(404);
    }
    suite.put(&format!("{path}/opening-line"), json!({"text": "mine"})).await.expect(404);
    for what in ["enrich", "personalize", "stop", "restore", "erase"] {
        suite.post(&format!("{path}/{what}"), json!({})).await.expect(404);
    }
    suite.post(&format!("{path}/notes"), json!({"text": "mine"})).await.expect(404);
    assert_eq!(suite.get("/api/leads").await.expect(200)["total"], 0);
    suite.get("/api/leads/lead_1").await.expect(404);
}
