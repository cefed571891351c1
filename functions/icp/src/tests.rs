//! The routes of ICPs.

mod proposing;

use crate::{App, routes};
use application::Ports;
use application::StoreError;
use application::lead::list::LeadLists;
use application::ports::leads::{LeadQuery, LeadSort};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::custom_field::{CustomField, FieldKind};
use domain::lead::filter::LeadFilter;
use domain::lead::scope::LeadScope;
use domain::lead::segment::Segment;
use domain::{CustomFieldId, SegmentId};
use http::Method;
use serde_json::{Value, json};
use test_stage::Suite;

async fn suite() -> Suite {
    Suite::new(routes(), App::new).await
}

async fn lead(suite: &Suite, name: &str, change: impl FnOnce(&mut Lead)) -> Lead {
    suite.stage.lead(&suite.workspace, name, change).await
}

/// The workspace counts rooms.
async fn with_rooms(suite: &Suite) {
    let fields = suite.stage.ports.custom_fields();
    let mut known = fields.get(&suite.workspace).await.unwrap();
    let now = suite.stage.ports.clock().now();
    known.fields.push(CustomField {
        id: CustomFieldId::derived(now, &["rooms"]),
        key: "Rooms".to_owned(),
        label: "Rooms".to_owned(),
        kind: FieldKind::Number,
    });
    fields.save(&known, &Event::system(EventKind::CustomFieldCreated, now)).await.unwrap();
}

fn rooms(lead: &mut Lead, rooms: &str) {
    lead.custom.insert("Rooms".to_owned(), rooms.to_owned());
}

/// Ann has 4 rooms, in Bonn; Ben 7; Cleo 9; nobody knows how many Dora has.
async fn clinics(suite: &Suite) -> [Lead; 4] {
    with_rooms(suite).await;
    [
        lead(suite, "ann", |lead| {
            rooms(lead, "4");
            lead.city = Some("Bonn".to_owned());
        })
        .await,
        lead(suite, "ben", |lead| rooms(lead, "7")).await,
        lead(suite, "cleo", |lead| rooms(lead, "9")).await,
        lead(suite, "dora", |_| ()).await,
    ]
}

fn small() -> Value {
    json!({
        "rules": [{"rule": {"if": {"field": "custom.Rooms", "at_most": "8"}}}],
        "weights": [
            {"rule": {"if": {"field": "city", "is": ["Bonn"]}}, "points": 30},
            {"rule": {"if": {"field": "custom.Rooms", "at_most": "5"}}, "points": 10},
        ],
        "threshold": 60,
    })
}

fn named(name: &str, more: Value) -> Value {
    let mut body = small();
    body["name"] = json!(name);
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

async fn create(suite: &Suite, name: &str, more: Value) -> Value {
    suite.post("/api/icp", named(name, more)).await.expect(201)
}

fn path(icp: &Value) -> String {
    format!("/api/icp/{}", icp["id"].as_str().unwrap())
}

fn fields(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn routes_refuse_callers_without_the_role() {
    suite().await.refuses_those_who_may_not(routes().rows()).await;
}

#[tokio::test]
async fn preview_counts_leads_and_says_why_each_of_the_sample_fits() {
    let suite = suite().await;
    clinics(&suite).await;
    let counted = suite.post("/api/icp/preview", small()).await.expect(200);
    assert_eq!(counted["rules"], json!([{"left": 2, "not_known": 1}]));
    assert_eq!(
        (&counted["leads"], &counted["matching"], &counted["just_outside"]),
        (&json!(4), &json!(2), &json!(2))
    );
    assert_eq!(counted["histogram"], json!([1, 0, 0, 0, 0, 0, 0, 0, 0, 1]));
    assert_eq!(counted["at_threshold"], 1);
    assert_eq!(counted["weights"], json!([{"met": 1, "not_known": 1}, {"met": 1, "not_known": 0}]));
    let sample = counted["sample"].as_array().unwrap();
    assert_eq!(sample.len(), 2);
    assert_eq!(sample[0]["fit"]["points"], 100);
    let told = |fit: &Value| -> Vec<String> {
        fit["weights"]
            .as_array()
            .unwrap()
            .iter()
            .map(|reason| reason["text"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(told(&sample[0]["fit"]), ["City Bonn", "Rooms 4"]);
    assert_eq!(told(&sample[1]["fit"]), ["City not known", "Rooms is 7, the limit is 5"]);
    assert_eq!(counted["outside"]["fit"]["verdict"], "just_outside");
    assert_eq!(counted["outside"]["fit"]["failed_rule"], 0);
    let mut kept = small();
    kept["rules"][0]["not_known"] = json!("keep");
    let counted = suite.post("/api/icp/preview", kept).await.expect(200);
    assert_eq!(counted["rules"], json!([{"left": 3, "not_known": 1}]));
}

#[tokio::test]
async fn lead_that_is_just_outside_is_told_which_limit_it_breaks() {
    let suite = suite().await;
    let [ann, _, cleo, dora] = clinics(&suite).await;
    let icp = create(&suite, "Small clinics", json!({})).await;
    let fit = async |lead: &Lead| suite.get(&format!("{}/leads/{}", path(&icp), lead.id)).await.expect(200);
    let cleo = fit(&cleo).await;
    assert_eq!(cleo["fit"]["verdict"], "just_outside");
    assert_eq!(cleo["fit"]["rules"][0]["text"], "Rooms is 9, the limit is 8");
    assert_eq!(cleo["fit"]["points"], Value::Null);
    assert_eq!(fit(&dora).await["fit"]["rules"][0]["text"], "Rooms not known");
    let ann = fit(&ann).await;
    assert_eq!((&ann["fit"]["points"], &ann["threshold"]), (&json!(100), &json!(60)));
    assert_eq!(ann["points"], json!([30, 10]));
}

#[tokio::test]
async fn faults_of_an_icp_name_their_place() {
    let suite = suite().await;
    with_rooms(&suite).await;
    let bad = json!({
        "name": " ",
        "rules": [{"rule": {"if": {"field": "shoes", "filled": true}}}],
        "weights": [{"rule": {"if": {"field": "fit", "at_least": "3"}}, "points": 0}],
        "threshold": 200,
    });
    let problem = suite.post("/api/icp", bad.clone()).await.expect(422);
    assert_eq!(
        fields(&problem),
        ["name", "threshold", "weights[0].points", "rules[0].rule", "weights[0].rule"]
    );
    let mut unnamed = bad;
    unnamed.as_object_mut().unwrap().remove("name");
    let problem = suite.post("/api/icp/preview", unnamed).await.expect(422);
    assert_eq!(fields(&problem).len(), 4);
}

#[tokio::test]
async fn round_beyond_the_last_one_of_the_document_is_refused() {
    let suite = suite().await;
    let document = serde_json::to_value(routes().openapi()).unwrap();
    let last = &document["components"]["schemas"]["IcpPreviewRequest"]["properties"]["round"]["maximum"];
    let mut asked = small();
    asked["rules"] = json!([]);
    asked["weights"] = json!([]);
    asked["round"] = last.clone();
    suite.post("/api/icp/preview", asked.clone()).await.expect(200);
    asked["round"] = json!(last.as_u64().unwrap() + 1);
    assert_eq!(fields(&suite.post("/api/icp/preview", asked).await.expect(422)), ["round"]);
}

#[tokio::test]
async fn version_rises_with_the_profile_and_a_stale_change_is_refused() {
    let suite = suite().await;
    with_rooms(&suite).await;
    let icp = create(&suite, "Small clinics", json!({})).await;
    assert_eq!((&icp["version"], &icp["main"]), (&json!(1), &json!(true)), "the first one is the main one");
    let renamed = suite.patch(&path(&icp), json!({"name": "Clinics", "rev": icp["rev"]})).await.expect(200);
    assert_eq!(renamed["version"], 1, "a name changes no lead's fit");
    let changed = suite.patch(&path(&icp), json!({"threshold": 70, "rev": renamed["rev"]})).await.expect(200);
    assert_eq!((&changed["version"], &changed["threshold"]), (&json!(2), &json!(70)));
    suite.patch(&path(&icp), json!({"threshold": 80, "rev": renamed["rev"]})).await.expect(409);
    assert_eq!(suite.get(&path(&icp)).await.expect(200), changed);
}

#[tokio::test]
async fn one_icp_is_the_main_one_and_names_are_not_given_twice() {
    let suite = suite().await;
    with_rooms(&suite).await;
    let first = create(&suite, "Clinics", json!({})).await;
    let second = create(&suite, "Hotels", json!({})).await;
    assert_eq!(second["main"], false);
    let taken = suite.post("/api/icp", named(" HOTELS ", json!({}))).await.expect(422);
    assert_eq!(fields(&taken), ["name"]);
    assert_eq!(taken["existing_id"], second["id"]);
    suite.patch(&path(&second), json!({"main": true})).await.expect(200);
    let listed = suite.get("/api/icp").await.expect(200);
    let mains: Vec<(&Value, &Value)> =
        listed["items"].as_array().unwrap().iter().map(|icp| (&icp["name"], &icp["main"])).collect();
    assert_eq!(mains, [(&json!("Hotels"), &json!(true)), (&json!("Clinics"), &json!(false))]);
    suite.delete(&path(&second)).await.expect(204);
    suite.get(&path(&second)).await.expect(404);
    assert_eq!(
        suite.get(&path(&first)).await.expect(200)["main"],
        false,
        "no other one becomes it by itself"
    );
    let all = fill_up(&suite).await;
    assert_eq!(all["code"], "too_many_icps");
}

/// Fills the workspace up, and answers what the next one is told.
async fn fill_up(suite: &Suite) -> Value {
    for number in 1..20 {
        create(suite, &format!("ICP {number}"), json!({})).await;
    }
    suite.post("/api/icp", named("One more", json!({}))).await.expect(409)
}

#[tokio::test]
async fn repeated_creation_makes_one_icp() {
    let suite = suite().await;
    with_rooms(&suite).await;
    let headers = [("idempotency-key", "icp-1")];
    let send = async || {
        suite.send(Method::POST, "/api/icp", Some(named("Clinics", json!({}))), &headers).await.expect(201)
    };
    assert_eq!(send().await["id"], send().await["id"]);
    assert_eq!(suite.get("/api/icp").await.expect(200)["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn icp_of_another_workspace_is_not_there() {
    let mut suite = suite().await;
    let [ann, ..] = clinics(&suite).await;
    let icp = create(&suite, "Clinics", json!({})).await;
    let other = suite.other_workspace().await;
    suite.sign_in_to(other, domain::workspace::user::Role::Owner);
    suite.get(&path(&icp)).await.expect(404);
    suite.patch(&path(&icp), json!({"threshold": 1})).await.expect(404);
    suite.get(&format!("{}/leads/{}", path(&icp), ann.id)).await.expect(404);
    suite.delete(&path(&icp)).await.expect(404);
    assert_eq!(suite.get("/api/icp").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn icp_whose_fit_something_goes_by_is_not_deleted() {
    let suite = suite().await;
    with_rooms(&suite).await;
    let icp = create(&suite, "Clinics", json!({})).await;
    let other = create(&suite, "Hotels", json!({})).await;
    let now = suite.stage.ports.clock().now();
    let segment = |name: &str, field: &str| Segment {
        id: SegmentId::derived(now, &[name]),
        workspace: suite.workspace.clone(),
        name: name.to_owned(),
        rule: serde_json::from_value(json!({"if": {"field": field, "at_least": "60"}})).unwrap(),
        by: None,
        created_at: now,
        updated_at: now,
        rev: 0,
    };
    let segments = suite.stage.ports.segments();
    let event = Event::system(EventKind::SegmentCreated, now);
    for (name, field) in [("Good", "fit"), ("Good hotels", other["field"].as_str().unwrap())] {
        segments.save(&segment(name, field), None, &event).await.unwrap();
    }
    let refused = suite.delete(&path(&icp)).await.expect(409);
    assert_eq!(refused["code"], "in_use");
    assert!(refused["detail"].as_str().unwrap().contains("the segment “Good”"), "{refused}");
    suite.patch(&path(&icp), json!({"main": false})).await.expect(409);
    suite.delete(&path(&other)).await.expect(409);
    // The other one becomes the main one: the first is used by nothing then.
    suite.patch(&path(&other), json!({"main": true})).await.expect(200);
    suite.delete(&path(&icp)).await.expect(204);
}

#[tokio::test]
async fn list_is_sorted_filtered_and_shown_by_fit_and_names_a_missing_icp() {
    let suite = suite().await;
    clinics(&suite).await;
    let lists = LeadLists::new(&suite.stage.ports);
    let by_fit = |rule: Value, field: &str| LeadQuery {
        filter: LeadFilter { rule: serde_json::from_value(rule).unwrap(), ..LeadFilter::default() },
        sort: LeadSort::Field(field.to_owned()),
        descending: true,
        limit: 10,
        columns: vec![field.to_owned()],
        ..LeadQuery::default()
    };
    let everyone = json!({"all": []});
    let refused = lists.page(&suite.workspace, &LeadScope::All, &by_fit(everyone.clone(), "fit")).await;
    let Err(StoreError::BadQuery(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!((faults[0].path.as_str(), faults[0].why.contains("no ICP")), ("sort", true));
    let icp = create(&suite, "Clinics", json!({})).await;
    let field = icp["field"].as_str().unwrap();
    for name in ["fit", field] {
        let page =
            lists.page(&suite.workspace, &LeadScope::All, &by_fit(everyone.clone(), name)).await.unwrap();
        let fits: Vec<Option<u64>> =
            page.leads.iter().map(|row| row.fields.get(name).and_then(Value::as_u64)).collect();
        assert_eq!(fits, [Some(100), Some(0), None, None], "{name}");
        let rule = json!({"if": {"field": name, "at_least": "60"}});
        assert_eq!(
            lists.page(&suite.workspace, &LeadScope::All, &by_fit(rule, name)).await.unwrap().total,
            1
        );
    }
    suite.delete(&path(&icp)).await.expect(204);
    let rule = json!({"if": {"field": field, "at_least": "60"}});
    let refused = lists.page(&suite.workspace, &LeadScope::All, &by_fit(rule, "created")).await;
    let Err(StoreError::BadQuery(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!(faults[0].path, "rule", "a fit of an ICP that is gone selects nobody by mistake");
}
