//! Segments: rules saved under a name, counted while they are written, and used as a filter.

use super::*;
use application::campaign::enrol_jobs::read_enrol_job;
use application::lead::list::LeadLists;
use application::ports::leads::{LeadQuery, LeadSort};
use application::{Clock, Ports};
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use domain::lead::scope::LeadScope;
use domain::lead::segment::{Segment, SegmentRule};
use domain::{SegmentId, UserId};
use http::Method;

fn vip() -> Value {
    json!({"if": {"field": "tag", "is": ["vip"]}})
}

fn city(name: &str) -> Value {
    json!({"if": {"field": "city", "is": [name]}})
}

async fn lead(suite: &Suite, name: &str, more: Value) -> String {
    let mut body = json!({"first_name": name, "email": format!("{}@a.example", name.to_lowercase())});
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    id(&suite.post("/api/leads", body).await.expect(201))
}

/// Ann and Ben are in Bonn, Cleo in Rome; Ben is a vip.
async fn three(suite: &Suite) {
    lead(suite, "Ann", json!({"city": "Bonn"})).await;
    lead(suite, "Ben", json!({"city": "Bonn", "tags": ["vip"]})).await;
    lead(suite, "Cleo", json!({"city": "Rome"})).await;
}

async fn segment(suite: &Suite, name: &str, rule: Value) -> Value {
    suite.post("/api/segments", json!({"name": name, "rule": rule})).await.expect(201)
}

fn query(name: &str, value: &str) -> String {
    let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("/api/leads?sort=name&{name}={value}")
}

fn names(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

fn fields(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn rule_selects_by_all_any_and_none_of_its_conditions() {
    let suite = suite().await;
    three(&suite).await;
    for (number, (rule, wanted)) in [
        (json!({"all": [city("Bonn"), vip()]}), vec!["Ben"]),
        (json!({"any": [city("Rome"), vip()]}), vec!["Ben", "Cleo"]),
        (json!({"none": [vip()]}), vec!["Ann", "Cleo"]),
        (json!({"all": [city("Bonn"), {"none": [vip()]}]}), vec!["Ann"]),
    ]
    .into_iter()
    .enumerate()
    {
        let saved = segment(&suite, &format!("Segment {number}"), rule.clone()).await;
        let by_segment = suite.get(&query("segment", &id(&saved))).await.expect(200);
        let by_rule = suite.get(&query("rule", &rule.to_string())).await.expect(200);
        assert_eq!((names(&by_segment), names(&by_rule)), (wanted.clone(), wanted), "{rule}");
        assert_eq!(by_segment["total"], by_rule["total"]);
    }
}

#[tokio::test]
async fn count_tells_the_number_of_leads_and_at_most_five_of_them() {
    let suite = suite().await;
    three(&suite).await;
    for name in ["Dan", "Eve", "Fay", "Gil", "Hal"] {
        lead(&suite, name, json!({"city": "Bonn"})).await;
    }
    let count = async |body: Value| suite.post("/api/segments/count", body).await.expect(200);
    let bonn = count(json!({"rule": city("Bonn")})).await;
    assert_eq!((&bonn["total"], bonn["sample"].as_array().unwrap().len()), (&json!(7), 5));
    let saved = id(&segment(&suite, "Bonn", city("Bonn")).await);
    let both = count(json!({"rule": vip(), "segment": saved, "filter": {"q": "ben"}})).await;
    assert_eq!((&both["total"], &both["sample"][0]["name"]), (&json!(1), &json!("Ben")));
    assert_eq!(count(json!({})).await["total"], 8);
    let within = json!({"filter": {"rule": city("Rome"), "segment": saved}});
    assert_eq!(count(within).await["total"], 0);
}

#[tokio::test]
async fn fault_of_a_rule_is_named_by_its_place_in_the_request() {
    let suite = suite().await;
    let bad = json!({"all": [city("Bonn"), {"if": {"field": "custom.Seats", "at_least": "9"}}, {"any": []}]});
    let places = ["rule.all[1]", "rule.all[2]"];
    let refused = suite.post("/api/segments", json!({"name": " ", "rule": bad})).await.expect(422);
    assert_eq!(fields(&refused), ["name", places[0], places[1]]);
    let refused = suite.post("/api/segments/count", json!({"rule": bad})).await.expect(422);
    assert_eq!(fields(&refused), places);
    let refused = suite.post("/api/segments/count", json!({"filter": {"rule": bad}})).await.expect(422);
    assert_eq!(fields(&refused), ["filter.rule.all[1]", "filter.rule.all[2]"]);
    let refused = suite.get(&query("rule", &bad.to_string())).await.expect(422);
    assert_eq!(fields(&refused), ["query.rule.all[1]", "query.rule.all[2]"]);
    let odd = json!({"all": [{"if": {"field": "city", "equals": "Bonn"}}]});
    let refused = suite.post("/api/segments", json!({"name": "Odd", "rule": odd})).await.expect(422);
    assert_eq!(fields(&refused), ["rule.all[0].if.equals"]);
    assert_eq!(suite.get(&query("rule", "{all")).await.expect(422)["field"], "query.rule");
    let long = json!({"if": {"field": "city", "is": ["x".repeat(4_000)]}}).to_string();
    assert_eq!(suite.get(&query("rule", &long)).await.expect(422)["field"], "query.rule");
    let long = json!({"if": {"field": "city", "is": ["x".repeat(20_000)]}});
    let refused = suite.post("/api/segments", json!({"name": "Long", "rule": long})).await.expect(422);
    assert_eq!(fields(&refused), ["rule"]);
}

#[tokio::test]
async fn rule_cannot_name_another_segment() {
    let suite = suite().await;
    let saved = id(&segment(&suite, "Bonn", city("Bonn")).await);
    let nested = json!({"if": {"field": "segment", "is": [saved]}});
    let refused = suite.post("/api/segments", json!({"name": "Nested", "rule": nested})).await.expect(422);
    assert_eq!(fields(&refused), ["rule"]);
    let nested = json!({"all": [{"segment": saved}]});
    let refused = suite.post("/api/segments", json!({"name": "Nested", "rule": nested})).await.expect(422);
    assert_eq!(fields(&refused), ["rule.all[0].segment"]);
}

#[tokio::test]
async fn segment_is_renamed_changed_and_deleted_at_the_revision_that_was_seen() {
    let suite = suite().await;
    three(&suite).await;
    let saved = segment(&suite, " Bonn ", city("Bonn")).await;
    assert_eq!((&saved["name"], &saved["by"]), (&json!("Bonn"), &json!(suite.user)));
    let path = format!("/api/segments/{}", id(&saved));
    let changed = json!({"name": "Rome", "rule": city("Rome"), "rev": saved["rev"]});
    let changed = suite.patch(&path, changed).await.expect(200);
    assert_eq!(names(&suite.get(&query("segment", &id(&saved))).await.expect(200)), ["Cleo"]);
    let stale = suite.patch(&path, json!({"name": "Late", "rev": saved["rev"]})).await.expect(409);
    assert_eq!(stale["code"], "changed_meanwhile");
    assert_eq!(suite.get(&path).await.expect(200), changed);
    segment(&suite, "alpha", city("Bonn")).await;
    let listed = suite.get("/api/segments").await.expect(200);
    assert_eq!(names(&listed), ["alpha", "Rome"]);
    suite.delete(&path).await.expect(204);
    suite.delete(&path).await.expect(404);
    suite.get(&path).await.expect(404);
}

#[tokio::test]
async fn name_of_another_segment_is_refused_whatever_its_case() {
    let suite = suite().await;
    let bonn = segment(&suite, "Bonn", city("Bonn")).await;
    let taken = suite.post("/api/segments", json!({"name": "BONN", "rule": city("Rome")})).await.expect(422);
    assert_eq!(taken["existing_id"], bonn["id"]);
    assert_eq!((&taken["field"], fields(&taken).len()), (&json!("name"), 1));
    let other = segment(&suite, "Rome", city("Rome")).await;
    let path = format!("/api/segments/{}", id(&other));
    assert_eq!(suite.patch(&path, json!({"name": "bonn"})).await.expect(422)["field"], "name");
    suite.patch(&path, json!({"name": "ROME"})).await.expect(200);
}

#[tokio::test]
async fn deleted_segment_selects_nobody_and_says_so() {
    let suite = suite().await;
    three(&suite).await;
    let gone = id(&segment(&suite, "Bonn", city("Bonn")).await);
    suite.delete(&format!("/api/segments/{gone}")).await.expect(204);
    let refused = suite.get(&query("segment", &gone)).await.expect(422);
    assert_eq!(fields(&refused), ["query.segment"]);
    assert!(refused["detail"].as_str().unwrap().contains("does not exist"), "{refused}");
    suite.get(&format!("/api/leads/export.csv?segment={gone}")).await.expect(422);
    let refused = suite.post("/api/segments/count", json!({"segment": gone})).await.expect(422);
    assert_eq!(fields(&refused), ["segment"]);
    let tag = json!({"do": "tag", "add": ["x"]});
    let bulk = json!({"filter": {"segment": gone}, "expected_count": 3, "action": tag});
    assert_eq!(fields(&suite.post("/api/leads/bulk", bulk).await.expect(422)), ["filter.segment"]);
    let strange = suite.get("/api/leads?segment=nonsense").await.expect(422);
    assert_eq!(fields(&strange), ["query.segment"]);
}

#[tokio::test]
async fn bulk_change_by_segment_and_rule_changes_whom_both_select() {
    let suite = suite().await;
    three(&suite).await;
    let saved = id(&segment(&suite, "Bonn", city("Bonn")).await);
    let filter = json!({"segment": saved, "rule": {"none": [vip()]}});
    let bulk = json!({"filter": filter, "expected_count": 1, "action": {"do": "tag", "add": ["x"]}});
    let done = suite.post("/api/leads/bulk", bulk).await.expect(200);
    assert_eq!(done["changed"], 1);
    assert_eq!(names(&suite.get("/api/leads?tag=x").await.expect(200)), ["Ann"]);
}

#[tokio::test]
async fn enrolment_job_keeps_the_rule_that_its_segment_had() {
    let suite = suite().await;
    three(&suite).await;
    let stage = &suite.stage;
    let sequence = stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
    let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
    let saved = id(&segment(&suite, "Bonn", city("Bonn")).await);
    let action = json!({"do": "enrol", "campaign": campaign.id});
    let bulk = json!({"filter": {"segment": saved}, "expected_count": 2, "action": action});
    let job = suite.post("/api/leads/bulk", bulk).await.expect(200)["job"].as_str().unwrap().to_owned();
    suite.patch(&format!("/api/segments/{saved}"), json!({"rule": city("Rome")})).await.expect(200);
    let ports = &stage.ports;
    let job = read_enrol_job(&*ports.blobs(), &suite.workspace, &job).await.unwrap();
    let (lists, now) = (LeadLists::new(ports), suite.stage.clock.now());
    let (leads, _) = job.whom.page(&lists, &suite.workspace, None, 25, now).await.unwrap();
    assert_eq!(leads.len(), 2, "Ann and Ben, of whom the user was told");
}

#[tokio::test]
async fn segment_in_use_is_not_deleted_and_names_its_users() {
    let mut suite = suite().await;
    let saved = id(&segment(&suite, "Bonn", city("Bonn")).await);
    let path = format!("/api/segments/{saved}");
    let view = json!({"name": "Our town", "shared": true, "segment": saved});
    let view = id(&suite.post("/api/views", view).await.expect(201));
    let own = json!({"name": "Mine alone", "filter": {"segment": saved}});
    let own = id(&suite.post("/api/views", own).await.expect(201));
    suite.sign_in(Role::Rep);
    let refused = suite.delete(&path).await.expect(409);
    assert_eq!((&refused["code"], fields(&refused)), (&json!("in_use"), vec![own.as_str(), view.as_str()]));
    let told = refused["detail"].as_str().unwrap();
    assert!(told.contains("the view “Our town”") && told.contains("the view “Mine alone”"), "{told}");
    let owner = std::mem::replace(&mut suite.user, UserId::new(suite.stage.ports.ids().next()));
    suite.sign_in(Role::Rep);
    let told = suite.delete(&path).await.expect(409)["detail"].as_str().unwrap().to_owned();
    assert!(told.contains("a private view of another team member") && !told.contains("Mine"), "{told}");
    suite.user = owner;
    suite.sign_in(Role::Owner);
    for view in [view, own] {
        suite.delete(&format!("/api/views/{view}")).await.expect(204);
    }
    let stage = &suite.stage;
    let sequence = stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
    let auto_enrol = json!({"filter": {"segment": saved}, "per_day": 5});
    let enrols = |campaign: &mut Campaign| {
        campaign.auto_enrol = serde_json::from_value(auto_enrol.clone()).unwrap();
    };
    stage.campaign("Autumn", &sequence, CampaignState::Active, enrols).await;
    let refused = suite.delete(&path).await.expect(409);
    assert!(refused["detail"].as_str().unwrap().contains("campaign “Autumn”"), "{refused}");
}

#[tokio::test]
async fn segment_of_a_view_whose_user_is_gone_is_deleted() {
    let mut suite = suite().await;
    let saved = id(&segment(&suite, "Bonn", city("Bonn")).await);
    let owner = std::mem::replace(&mut suite.user, UserId::new(suite.stage.ports.ids().next()));
    suite.sign_in(Role::Rep);
    suite.post("/api/views", json!({"name": "Of a user who is gone", "segment": saved})).await.expect(201);
    let users = suite.stage.ports.users();
    let mut gone = users.get(&suite.workspace, &suite.user).await.unwrap();
    gone.disable();
    users.save(&gone, &Event::system(EventKind::UserChanged, suite.stage.clock.now())).await.unwrap();
    suite.user = owner;
    suite.sign_in(Role::Rep);
    suite.delete(&format!("/api/segments/{saved}")).await.expect(204);
}

#[tokio::test]
async fn workspace_has_at_most_two_hundred_segments() {
    let suite = suite().await;
    let (segments, now) = (suite.stage.ports.segments(), suite.stage.clock.now());
    for number in 0..200 {
        let name = format!("Segment {number}");
        let segment = Segment {
            id: SegmentId::derived(now, &[&name]),
            workspace: suite.workspace.clone(),
            name,
            rule: SegmentRule::everyone(),
            by: None,
            created_at: now,
            updated_at: now,
            rev: 0,
        };
        let event = Event::system(EventKind::SegmentCreated, now);
        segments.save(&segment, None, &event).await.unwrap();
    }
    let one_more = json!({"name": "One more", "rule": city("Bonn")});
    assert_eq!(suite.post("/api/segments", one_more).await.expect(409)["code"], "too_many_segments");
}

#[tokio::test]
async fn segments_and_views_of_another_workspace_are_not_there() {
    let mut suite = suite().await;
    let saved = id(&segment(&suite, "Bonn", city("Bonn")).await);
    let view = suite.post("/api/views", json!({"name": "Ours", "shared": true})).await.expect(201);
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    assert_eq!(suite.get("/api/segments").await.expect(200)["items"], json!([]));
    assert_eq!(suite.get("/api/views").await.expect(200)["items"], json!([]));
    for path in [format!("/api/segments/{saved}"), format!("/api/views/{}", id(&view))] {
        suite.patch(&path, json!({"name": "x"})).await.expect(404);
        suite.delete(&path).await.expect(404);
    }
    suite.get(&query("segment", &saved)).await.expect(422);
    let view = json!({"name": "Theirs", "segment": saved});
    assert_eq!(fields(&suite.post("/api/views", view).await.expect(422)), ["segment"]);
}

#[tokio::test]
async fn list_shows_asked_columns_and_sorts_by_them_page_by_page() {
    let suite = suite().await;
    suite.post("/api/fields", json!({"label": "Seats", "kind": "number"})).await.expect(201);
    let fairs = json!({"label": "Fairs", "kind": "choices", "options": ["Bonn", "Lyon"]});
    suite.post("/api/fields", fairs).await.expect(201);
    for (name, seats) in [("Ann", "9"), ("Ben", "10"), ("Cleo", "2.5")] {
        lead(&suite, name, json!({"custom": {"Seats": seats}, "job_title": "Owner", "rating": 4.5})).await;
    }
    lead(&suite, "Dan", json!({"custom": {"Fairs": "Bonn; Lyon"}, "reviews": 7})).await;
    for (order, wanted) in [("asc", ["Cleo", "Ann", "Ben", "Dan"]), ("desc", ["Ben", "Ann", "Cleo", "Dan"])] {
        let path = format!("/api/leads?limit=1&sort=custom.Seats&order={order}");
        let (mut found, mut next) = (Vec::new(), String::new());
        for _ in 0..4 {
            let page = suite.get(&format!("{path}{next}")).await.expect(200);
            found.push(page["items"][0]["name"].as_str().unwrap().to_owned());
            next = page["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        }
        assert_eq!((found, next), (wanted.map(str::to_owned).to_vec(), String::new()), "{order}");
    }
    let columns = "custom.Seats,custom.Fairs,job_title,rating,reviews,company,custom.Gone";
    let page = suite.get(&format!("/api/leads?sort=name&columns={columns}")).await.expect(200);
    assert_eq!(
        page["items"][0]["fields"],
        json!({"custom.Seats": 9, "job_title": "Owner", "rating": 4.5}),
        "company is in the row already"
    );
    assert_eq!(page["items"][3]["fields"], json!({"custom.Fairs": ["Bonn", "Lyon"], "reviews": 7}));
    let as_json = suite.get(&query("columns", r#"["rating"]"#)).await.expect(200);
    assert_eq!(as_json["items"][0]["fields"], json!({"rating": 4.5}));
    assert_eq!(suite.get("/api/leads").await.expect(200)["items"][0]["fields"], json!({}));
    for (part, field) in [
        ("columns=shoe_size", "query.columns"),
        ("sort=custom.Gone", "query.sort"),
        ("sort=shoe_size", "query.sort"),
        ("columns=%5B1", "query.columns"),
    ] {
        let refused = suite.get(&format!("/api/leads?{part}")).await.expect(422);
        assert_eq!(fields(&refused), [field], "{part}");
    }
    let many = vec!["rating"; 31].join(",");
    suite.get(&format!("/api/leads?columns={many}")).await.expect(422);
}

#[tokio::test]
async fn rule_of_a_deleted_field_selects_nobody_though_none_may_match() {
    let suite = suite().await;
    three(&suite).await;
    let seats = suite.post("/api/fields", json!({"label": "Seats", "kind": "number"})).await.expect(201);
    let none = json!({"none": [{"if": {"field": "custom.Seats", "at_least": "9"}}]});
    let saved = id(&segment(&suite, "Small", none.clone()).await);
    assert_eq!(suite.get(&query("segment", &saved)).await.expect(200)["total"], 3);
    suite.delete(&format!("/api/fields/{}", id(&seats))).await.expect(204);
    let refused = suite.get(&query("segment", &saved)).await.expect(422);
    assert_eq!(fields(&refused), ["query.segment"]);
    assert!(refused["detail"].as_str().unwrap().contains("custom.Seats"), "{refused}");
    assert_eq!(
        fields(&suite.get(&query("rule", &none.to_string())).await.expect(422)),
        ["query.rule.none[0]"]
    );
}

#[tokio::test]
async fn list_that_names_no_segment_and_no_field_costs_one_query() {
    let suite = suite().await;
    three(&suite).await;
    suite.stage.record_changes().await;
    suite.post("/api/fields", json!({"label": "Seats", "kind": "number"})).await.expect(201);
    let saved = id(&segment(&suite, "Bonn", city("Bonn")).await);
    let lists = LeadLists::new(&suite.stage.ports);
    let calls = async |filter: Value, sort: &str| {
        let filter = serde_json::from_value(filter).unwrap();
        let sort = LeadSort::Field(sort.to_owned());
        let query = LeadQuery { filter, sort, limit: 10, ..LeadQuery::default() };
        let before = suite.stage.cloud.ledger().snapshot();
        lists.page(&suite.workspace, &LeadScope::All, &query).await.unwrap();
        suite.stage.cloud.ledger().since(&before).total().calls
    };
    calls(json!({}), "name").await;
    assert_eq!(calls(json!({"rule": city("Bonn"), "tag": ["x"]}), "city").await, 1);
    assert_eq!(calls(json!({"segment": saved}), "name").await, 2);
    assert_eq!(calls(json!({"segment": saved}), "custom.Seats").await, 3);
}

#[tokio::test]
async fn reader_counts_but_saves_no_segment() {
    let mut suite = suite().await;
    suite.sign_in(Role::ReadOnly);
    suite.post("/api/segments/count", json!({"rule": city("Bonn")})).await.expect(200);
    suite.get("/api/segments").await.expect(200);
    let new = json!({"name": "Bonn", "rule": city("Bonn")});
    suite.send(Method::POST, "/api/segments", Some(new), &[]).await.expect(403);
}

#[tokio::test]
async fn value_with_a_comma_is_filtered_by_as_json() {
    let suite = suite().await;
    lead(&suite, "Ann", json!({"tags": ["Bonn, autumn"]})).await;
    lead(&suite, "Ben", json!({"tags": ["vip"]})).await;
    lead(&suite, "Cleo", json!({"tags": ["Bonn"]})).await;
    let found = suite.get(&query("tag", r#"["Bonn, autumn","vip"]"#)).await.expect(200);
    assert_eq!(names(&found), ["Ann", "Ben"]);
    let found = suite.get(&query("tag", "Bonn, vip")).await.expect(200);
    assert_eq!(names(&found), ["Ben", "Cleo"]);
    let broken = suite.get(&query("tag", "[Bonn")).await.expect(422);
    assert_eq!(fields(&broken), ["query.tag"]);
}

#[tokio::test]
async fn filter_with_thousands_of_values_is_refused() {
    let suite = suite().await;
    let filter = json!({"tag": vec!["x"; 1_001]});
    let broken = suite.post("/api/segments/count", json!({"filter": filter})).await.expect(422);
    assert_eq!(fields(&broken), ["filter"]);
}
