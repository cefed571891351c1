//! Columns as users make, change and run them.

use crate::{App, routes};
use domain::workspace::api_key::ApiScope::{BudgetSpend, ColumnsWrite, FieldsWrite, LeadsRead, LeadsWrite};
use domain::workspace::user::Role;
use serde_json::{Value, json};
use test_stage::Suite;

async fn suite() -> Suite {
    Suite::new(routes(), App::new).await
}

fn formula(name: &str, expression: &str) -> Value {
    json!({
        "name": name, "recipe": { "kind": "formula", "expression": expression },
        "target": { "to": "new_field", "label": name, "kind": { "kind": "text" } },
    })
}

async fn create(suite: &Suite, column: Value) -> Value {
    suite.post("/api/columns", column).await.expect(201)
}

#[tokio::test]
async fn column_is_made_with_its_field_changed_and_deleted() {
    let suite = suite().await;
    let column = create(&suite, formula("Shout", "company | upper")).await;
    assert_eq!((&column["field"], &column["rests_on"]), (&json!("custom.shout"), &json!(["company"])));
    assert!(column["run"].is_string(), "a formula is computed for all leads: {column}");
    let path = format!("/api/columns/{}", column["id"].as_str().unwrap());
    let changes =
        json!({ "recipe": { "kind": "formula", "expression": "city | upper" }, "rev": column["rev"] });
    let changed: Value = suite.patch(&path, changes.clone()).await.expect(200);
    assert_eq!((&changed["version"], changed["run"].is_string()), (&json!(2), true));
    suite.patch(&path, changes).await.expect(409);
    let renamed: Value = suite.patch(&path, json!({ "name": "Loud" })).await.expect(200);
    assert_eq!((&renamed["version"], &renamed["run"]), (&json!(2), &Value::Null), "the recipe is the same");
    suite.delete(&path).await.expect(204);
    suite.get(&path).await.expect(404);
}

#[tokio::test]
async fn circle_is_refused_with_the_names_of_its_columns() {
    let suite = suite().await;
    let first = create(&suite, formula("First", "company")).await;
    create(&suite, formula("Second", "custom.first")).await;
    let path = format!("/api/columns/{}", first["id"].as_str().unwrap());
    let closing = json!({ "recipe": { "kind": "formula", "expression": "custom.second" } });
    let refused: Value = suite.patch(&path, closing).await.expect(422);
    let told = refused["errors"][0]["detail"].as_str().unwrap();
    assert!(told.contains("First") && told.contains("Second"), "{refused}");
}

#[tokio::test]
async fn faults_of_a_column_name_their_field() {
    let suite = suite().await;
    create(&suite, formula("Shout", "company")).await;
    let faults = |column: Value| async {
        let reply: Value = suite.post("/api/columns", column).await.expect(422);
        let errors = reply["errors"].as_array().unwrap().iter();
        errors.map(|error| error["field"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(faults(formula("shout", "company")).await, ["target.label", "name"]);
    assert_eq!(faults(formula("Other", "shoe_size")).await, ["recipe.expression"]);
    let known = json!({ "to": "custom_field", "key": "Nowhere" });
    assert_eq!(
        faults(
            json!({ "name": "X", "target": known, "recipe": { "kind": "formula", "expression": "city" } })
        )
        .await,
        ["target.key"]
    );
    let taken = json!({ "to": "custom_field", "key": "Shout" });
    let second =
        json!({ "name": "Y", "target": taken, "recipe": { "kind": "formula", "expression": "city" } });
    assert_eq!(faults(second).await, ["target"]);
}

#[tokio::test]
async fn secret_of_a_webhook_is_never_shown_and_stays_with_its_host() {
    let suite = suite().await;
    let recipe = |url: &str, value: Option<&str>| {
        let mut header = json!({ "name": "X-Key", "secret": true });
        if let Some(value) = value {
            header["value"] = json!(value);
        }
        json!({ "kind": "webhook", "method": "get", "url": url, "answer": "/score", "wait": "at_once",
            "headers": [header] })
    };
    let target = json!({ "to": "new_field", "label": "Score", "kind": { "kind": "number" } });
    let new = json!({ "name": "Score", "target": target, "recipe": recipe("https://hooks.example/a", Some("s3cret")) });
    let column = create(&suite, new).await;
    assert!(!column.to_string().contains("s3cret"), "{column}");
    let path = format!("/api/columns/{}", column["id"].as_str().unwrap());
    let kept = json!({ "recipe": recipe("https://hooks.example/b", None) });
    suite.patch(&path, kept).await.expect(200);
    let elsewhere = json!({ "recipe": recipe("https://evil.example/b", None) });
    let refused: Value = suite.patch(&path, elsewhere).await.expect(422);
    assert_eq!(refused["errors"][0]["field"], "recipe.headers[0].value", "{refused}");
}

#[tokio::test]
async fn run_is_started_changed_and_stopped() {
    let suite = suite().await;
    let lead = suite.stage.lead(&suite.workspace, "ann", |lead| lead.city = Some("Bonn".to_owned())).await;
    let column = create(&suite, formula("Shout", "city | upper")).await;
    let preview = json!({ "recipe": column["recipe"], "leads": [lead.id] });
    let seen: Value = suite.post("/api/columns/preview", preview).await.expect(200);
    assert_eq!(seen["items"][0]["value"], "BONN", "{seen}");
    let asked = json!({ "columns": [column["id"]], "ids": [lead.id] });
    let estimate: Value = suite.post("/api/columns/estimate", asked.clone()).await.expect(200);
    assert_eq!(
        (&estimate["most"], &estimate["columns"][0]["computed"]),
        (&json!(0), &json!(1)),
        "{estimate}"
    );
    let run: Value = suite.post("/api/columns/runs", asked).await.expect(201);
    let path = format!("/api/columns/runs/{}", run["id"].as_str().unwrap());
    for (what, status, state) in [
        ("resume", 409, None),
        ("pause", 200, Some("paused")),
        ("resume", 200, Some("running")),
        ("stop", 200, Some("stopped")),
        ("pause", 409, None),
        ("cap", 409, None),
    ] {
        let reply = suite.post(&format!("{path}/{what}"), json!({})).await.expect(status);
        assert_eq!(reply.get("state").and_then(Value::as_str), state, "{what}: {reply}");
    }
    let nothing = json!({ "columns": [column["id"]] });
    suite.post("/api/columns/runs", nothing).await.expect(422);
    suite.stage.messages(application::queue_messages::Queue::Columns);
}

#[tokio::test]
async fn only_managers_make_columns_and_a_forged_callback_leads_nowhere() {
    let mut suite = suite().await;
    suite.post("/api/hooks/columns/forged", json!({ "value": 1 })).await.expect(404);
    suite.sign_in(Role::Rep);
    suite.post("/api/columns", formula("Shout", "company")).await.expect(403);
    suite.get("/api/columns").await.expect(200);
}

#[tokio::test]
async fn cells_of_a_run_are_listed_by_their_outcome() {
    let suite = suite().await;
    let mut ids = Vec::new();
    for (name, city) in [("ann", "Bonn"), ("ben", "Kiel"), ("cas", "Lyon")] {
        ids.push(suite.stage.lead(&suite.workspace, name, |lead| lead.city = Some(city.to_owned())).await.id);
    }
    let ports = application::columns::ColumnPorts::new(&suite.stage.ports);
    let number = json!({ "name": "Sum", "target": { "to": "new_field", "label": "Sum", "kind": { "kind": "number" } },
        "recipe": { "kind": "formula", "expression": "7 if city == 'Kiel' else city" } });
    let column = create(&suite, number).await;
    let asked = json!({ "columns": [column["id"]], "ids": ids });
    let run: Value = suite.post("/api/columns/runs", asked).await.expect(201);
    let id = run["id"].as_str().unwrap();
    let run_id = domain::ColumnRunId::parse(id).unwrap();
    let queued = suite.stage.messages(application::queue_messages::Queue::Columns);
    assert!(queued.iter().any(|page| page["run"] == id), "{queued:?}");
    application::columns::page::fill_page(&ports, (&suite.workspace, &run_id, 0), "worker").await.unwrap();
    let view = suite.get(&format!("/api/columns/runs/{id}")).await.expect(200);
    let column = column["id"].as_str().unwrap();
    assert_eq!(view["counts"][column], json!({ "found": 1, "failed": 2 }), "{view}");
    assert_eq!(view["sources"][column]["formula"], json!({ "rows": 1, "spent": 0 }), "{view}");
    let list = |query: &str| format!("/api/columns/cells?run={id}{query}");
    let leads = |page: &Value| {
        let cells = page["items"].as_array().unwrap().iter();
        cells.map(|cell| cell["lead"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = suite.get(&list("&state=failed,answer_lost&limit=1")).await.expect(200);
    assert_eq!(leads(&first), [ids[0].to_string()]);
    let next = format!("&state=failed&cursor={}", first["next_cursor"].as_str().unwrap());
    let second = suite.get(&list(&next)).await.expect(200);
    assert_eq!((leads(&second), &second["next_cursor"]), (vec![ids[2].to_string()], &Value::Null));
    assert_eq!(leads(&suite.get(&list("")).await.expect(200)).len(), 3);
    let named = format!("&leads={},{}&state=found", ids[0], ids[1]);
    assert_eq!(leads(&suite.get(&list(&named)).await.expect(200)), [ids[1].to_string()]);
    let wrong: Value = suite.get(&list("&state=broken")).await.expect(422);
    assert_eq!(wrong["field"], "query.state");
    assert_eq!(suite.get("/api/columns/cells").await.expect(422)["field"], "query.leads");
}

#[tokio::test]
async fn program_makes_columns_and_spends_only_with_the_scopes_for_it() {
    let mut suite = suite().await;
    let column = create(&suite, formula("Shout", "city | upper")).await;
    let lead = suite.stage.lead(&suite.workspace, "ann", |lead| lead.city = Some("Bonn".to_owned())).await;
    let asked = json!({ "columns": [column["id"]], "ids": [lead.id] });
    let path = format!("/api/columns/{}", column["id"].as_str().unwrap());
    let cell = format!("{path}/cells/{}/run", lead.id);
    suite.use_new_key(&[LeadsRead, LeadsWrite]).await;
    suite.post("/api/columns", formula("Low", "city")).await.lacks(ColumnsWrite);
    suite.patch(&path, json!({ "name": "Loud" })).await.lacks(ColumnsWrite);
    suite.delete(&path).await.lacks(ColumnsWrite);
    suite.post("/api/columns/estimate", asked.clone()).await.expect(200);
    suite.post("/api/columns/runs", asked.clone()).await.lacks(BudgetSpend);
    suite.post(&cell, json!({})).await.lacks(BudgetSpend);
    suite.use_new_key(&[LeadsRead, LeadsWrite, BudgetSpend]).await;
    let run: Value = suite.post("/api/columns/runs", asked).await.expect(201);
    let run = format!("/api/columns/runs/{}", run["id"].as_str().unwrap());
    suite.use_new_key(&[LeadsRead, LeadsWrite]).await;
    suite.post(&format!("{run}/pause"), json!({})).await.expect(200);
    suite.post(&format!("{run}/resume"), json!({})).await.lacks(BudgetSpend);
    suite.post(&format!("{run}/cap"), json!({})).await.lacks(BudgetSpend);
    suite.post(&format!("{run}/stop"), json!({})).await.expect(200);
    suite.stage.messages(application::queue_messages::Queue::Columns);
}

#[tokio::test]
async fn program_for_columns_makes_no_field_and_none_that_spends_by_itself() {
    let mut suite = suite().await;
    suite.post("/api/columns", formula("Shout", "city | upper")).await.expect(201);
    let webhook = json!({ "kind": "webhook", "method": "get", "url": "https://hooks.example/a",
        "answer": "/score", "wait": "at_once", "headers": [] });
    let target = json!({ "to": "lead_field", "field": "job_title" });
    let column = |triggers: Value| json!({ "name": "Score", "target": target, "recipe": webhook, "triggers": triggers });
    suite.use_new_key(&[LeadsRead, ColumnsWrite]).await;
    suite.post("/api/columns", formula("Low", "city")).await.lacks(FieldsWrite);
    let mut fills_all = column(json!({}));
    fills_all["recipe"] = formula("Low", "city")["recipe"].clone();
    suite.post("/api/columns", fills_all).await.lacks(LeadsWrite);
    suite.post("/api/columns", column(json!({ "on_new": true }))).await.lacks(LeadsWrite);
    suite.use_new_key(&[LeadsRead, LeadsWrite, ColumnsWrite]).await;
    suite.post("/api/columns", column(json!({ "on_new": true }))).await.lacks(BudgetSpend);
    let made = suite.post("/api/columns", column(json!({}))).await.expect(201);
    let path = format!("/api/columns/{}", made["id"].as_str().unwrap());
    let daily = json!({ "triggers": { "schedule": "daily" } });
    suite.patch(&path, daily.clone()).await.lacks(BudgetSpend);
    suite.use_new_key(&[LeadsRead, LeadsWrite, ColumnsWrite, BudgetSpend]).await;
    suite.patch(&path, daily).await.expect(200);
    suite.use_new_key(&[LeadsRead, ColumnsWrite]).await;
    suite.patch(&path, json!({ "name": "Points" })).await.expect(200);
    suite.patch(&path, json!({ "month_cap": null, "fresh_days": 3 })).await.lacks(LeadsWrite);
    suite.patch(&path, json!({ "triggers": {} })).await.expect(200);
    suite.delete(&path).await.expect(204);
    suite.stage.messages(application::queue_messages::Queue::Columns);
}
