//! Saved views of the lead list: own and shared ones.

use super::*;
use application::Ports;
use domain::UserId;

async fn view(suite: &Suite, body: Value) -> Value {
    suite.post("/api/views", body).await.expect(201)
}

async fn names(suite: &Suite) -> Vec<String> {
    let page = suite.get("/api/views").await.expect(200);
    page["items"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
}

fn fields(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect()
}

fn path(view: &Value) -> String {
    format!("/api/views/{}", id(view))
}

/// Signs in as another user of the workspace.
async fn colleague(suite: &mut Suite, role: Role) {
    suite.user = UserId::new(suite.stage.ports.ids().next());
    suite.sign_in(role);
}

#[tokio::test]
async fn view_keeps_what_the_list_shows_and_is_changed_in_parts() {
    let suite = suite().await;
    suite.post("/api/fields", json!({"label": "Seats", "kind": "number"})).await.expect(201);
    let rule = json!({"if": {"field": "city", "is": ["Bonn"]}});
    let bonn = id(&suite.post("/api/segments", json!({"name": "Bonn", "rule": rule})).await.expect(201));
    let body = json!({"name": " Fair ", "filter": {"q": "quay", "tag": ["fair"]}, "segment": bonn,
        "sort": "custom.Seats", "order": "desc", "columns": ["company", "custom.Seats"]});
    let saved = view(&suite, body).await;
    assert_eq!(
        (&saved["name"], &saved["shared"], &saved["segment"]),
        (&json!("Fair"), &json!(false), &json!(bonn))
    );
    assert_eq!((&saved["filter"]["q"], &saved["filter"]["segment"]), (&json!("quay"), &Value::Null));
    assert_eq!((&saved["owner"], &saved["order"]), (&json!(suite.user), &json!("desc")));
    let changed = json!({"filter": {"tag": ["expo"]}, "order": null, "columns": [], "rev": saved["rev"]});
    let changed = suite.patch(&path(&saved), changed).await.expect(200);
    assert_eq!((&changed["filter"]["tag"], &changed["filter"]["q"]), (&json!(["expo"]), &Value::Null));
    assert_eq!((&changed["segment"], &changed["sort"]), (&json!(bonn), &json!("custom.Seats")));
    assert_eq!((&changed["order"], &changed["columns"]), (&Value::Null, &json!([])));
    let without = suite.patch(&path(&saved), json!({"segment": null, "sort": null})).await.expect(200);
    assert_eq!((&without["segment"], &without["sort"]), (&Value::Null, &Value::Null));
    let stale = suite.patch(&path(&saved), json!({"name": "Late", "rev": saved["rev"]})).await.expect(409);
    assert_eq!(stale["code"], "changed_meanwhile");
    suite.delete(&path(&saved)).await.expect(204);
    suite.delete(&path(&saved)).await.expect(404);
}

#[tokio::test]
async fn views_come_own_ones_first_by_position_and_name() {
    let mut suite = suite().await;
    view(&suite, json!({"name": "theirs", "shared": true})).await;
    view(&suite, json!({"name": "hidden"})).await;
    colleague(&mut suite, Role::Rep).await;
    for (name, position) in [("beta", 1), ("Alpha", 1), ("zeta", 0)] {
        view(&suite, json!({"name": name, "position": position})).await;
    }
    view(&suite, json!({"name": "ours", "position": 9, "shared": true})).await;
    assert_eq!(names(&suite).await, ["zeta", "Alpha", "beta", "ours", "theirs"]);
}

#[tokio::test]
async fn private_view_is_hidden_and_a_shared_one_is_its_owners_and_the_admins() {
    let mut suite = suite().await;
    let (own, shared) = (
        view(&suite, json!({"name": "Own"})).await,
        view(&suite, json!({"name": "Shared", "shared": true})).await,
    );
    colleague(&mut suite, Role::Owner).await;
    assert_eq!(names(&suite).await, ["Shared"]);
    suite.patch(&path(&own), json!({"name": "x"})).await.expect(404);
    suite.delete(&path(&own)).await.expect(404);
    suite.sign_in(Role::Manager);
    suite.patch(&path(&shared), json!({"name": "x"})).await.expect(403);
    suite.delete(&path(&shared)).await.expect(403);
    suite.sign_in(Role::Admin);
    suite.patch(&path(&shared), json!({"shared": false})).await.expect(403);
    let renamed = suite.patch(&path(&shared), json!({"name": "Ours"})).await.expect(200);
    assert_eq!((&renamed["name"], &renamed["owner"]), (&json!("Ours"), &shared["owner"]));
    suite.delete(&path(&shared)).await.expect(204);
}

#[tokio::test]
async fn view_that_is_shared_later_is_seen_by_all_until_it_is_private_again() {
    let mut suite = suite().await;
    let own = view(&suite, json!({"name": "Own"})).await;
    let shared = suite.patch(&path(&own), json!({"shared": true, "rev": own["rev"]})).await.expect(200);
    let first = suite.user.clone();
    colleague(&mut suite, Role::Rep).await;
    assert_eq!(names(&suite).await, ["Own"]);
    let second = std::mem::replace(&mut suite.user, first);
    suite.sign_in(Role::Rep);
    suite.patch(&path(&own), json!({"shared": false, "rev": own["rev"]})).await.expect(409);
    suite.patch(&path(&own), json!({"shared": false, "rev": shared["rev"]})).await.expect(200);
    assert_eq!(names(&suite).await, ["Own"]);
    suite.user = second;
    suite.sign_in(Role::Rep);
    assert_eq!(names(&suite).await, Vec::<String>::new());
}

#[tokio::test]
async fn view_names_each_part_that_is_wrong() {
    let suite = suite().await;
    let gone = "segment_01M7HSBBM0YEW9W2K9Z1FK586Z";
    let filter = json!({"rule": {"any": []}, "tag": ["x".repeat(201)]});
    let body = json!({"name": "", "filter": filter, "sort": "luck", "columns": ["company", "shoe_size"]});
    let refused = suite.post("/api/views", body).await.expect(422);
    assert_eq!(fields(&refused), ["name", "filter.tag", "sort", "columns[1]", "filter.rule"]);
    let refused = suite.post("/api/views", json!({"name": "Gone", "segment": gone})).await.expect(422);
    assert_eq!(fields(&refused), ["segment"]);
    let two = json!({"name": "Two", "segment": gone, "filter": {"segment": gone.replace('Z', "Y")}});
    assert_eq!(fields(&suite.post("/api/views", two).await.expect(422)), ["segment"]);
    let odd = json!({"name": "Odd", "order": "up"});
    assert_eq!(fields(&suite.post("/api/views", odd).await.expect(422)), ["order"]);
}

#[tokio::test]
async fn view_of_a_deleted_field_is_renamed_all_the_same() {
    let suite = suite().await;
    let seats = suite.post("/api/fields", json!({"label": "Seats", "kind": "number"})).await.expect(201);
    let rule = json!({"if": {"field": "custom.Seats", "at_least": "9"}});
    let body = json!({"name": "Seats", "filter": {"rule": rule}, "sort": "custom.Seats", "columns": ["custom.Seats"]});
    let saved = view(&suite, body).await;
    suite.delete(&format!("/api/fields/{}", id(&seats))).await.expect(204);
    suite.patch(&path(&saved), json!({"name": "Large"})).await.expect(200);
    let again = json!({"columns": ["company", "custom.Seats"]});
    assert_eq!(fields(&suite.patch(&path(&saved), again).await.expect(422)), ["columns[1]"]);
}

#[tokio::test]
async fn user_has_at_most_fifty_private_views() {
    let mut suite = suite().await;
    for number in 0..50 {
        view(&suite, json!({"name": format!("View {number}")})).await;
    }
    let refused = suite.post("/api/views", json!({"name": "One more"})).await.expect(409);
    assert_eq!(refused["code"], "too_many_views");
    let shared = view(&suite, json!({"name": "Shared", "shared": true})).await;
    let refused = suite.patch(&path(&shared), json!({"shared": false})).await.expect(409);
    assert_eq!(refused["code"], "too_many_views");
    colleague(&mut suite, Role::Rep).await;
    view(&suite, json!({"name": "Mine"})).await;
}

#[tokio::test]
async fn workspace_has_at_most_a_hundred_shared_views() {
    let mut suite = suite().await;
    for number in 0..100 {
        view(&suite, json!({"name": format!("View {number}"), "shared": true})).await;
    }
    colleague(&mut suite, Role::Rep).await;
    let refused = suite.post("/api/views", json!({"name": "One more", "shared": true})).await.expect(409);
    assert_eq!(refused["code"], "too_many_views");
}
