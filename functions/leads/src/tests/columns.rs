//! Columns that fill themselves hear of every change of a lead, and keep the fields that they use.

use super::{id, suite};
use application::queue_messages::Queue;
use application::{Clock, Ports};
use domain::ColumnId;
use domain::column::recipe::{LookupSource, Recipe};
use domain::column::target::{ColumnTarget, FilledField};
use domain::column::{LeadColumn, Triggers};
use domain::event::{Event, EventKind};
use serde_json::{Value, json};
use test_stage::Suite;

/// Makes a column that fills itself for new leads, and where a field changes that it reads.
async fn column(suite: &Suite, name: &str, target: ColumnTarget, recipe: Recipe) -> LeadColumn {
    let now = suite.stage.clock.now();
    let column = LeadColumn {
        id: ColumnId::derived(now, &[name]),
        workspace: suite.workspace.clone(),
        name: name.to_owned(),
        target,
        recipe,
        condition: None,
        triggers: Triggers { on_new: true, on_change: true, schedule: None },
        fresh_days: 30,
        month_cap: None,
        version: 1,
        scheduled_through: None,
        created_at: now,
        updated_at: now,
        rev: 0,
    };
    let event = Event::system(EventKind::ColumnChanged, now);
    suite.stage.ports.columns().save(&column, &event).await.unwrap();
    column
}

fn formula(expression: &str) -> Recipe {
    Recipe::Formula { expression: expression.to_owned() }
}

fn custom(key: &str) -> ColumnTarget {
    ColumnTarget::CustomField { key: key.to_owned() }
}

const CITY: ColumnTarget = ColumnTarget::LeadField { field: FilledField::City };

/// What columns were told since the last look: the lead, why, and the fields that were changed.
fn told(suite: &Suite) -> Vec<(Value, Value, Value)> {
    let messages = suite.stage.messages(Queue::Columns);
    let told = messages
        .into_iter()
        .map(|mut told| (told["lead"].take(), told["cause"].take(), told["changed"].take()));
    let mut told: Vec<_> = told.collect();
    told.sort_by_key(|(lead, ..)| lead.to_string());
    told
}

#[tokio::test]
async fn new_lead_an_edit_and_a_bulk_change_tell_the_columns_that_rest_on_it() {
    let suite = suite().await;
    suite.post("/api/fields", json!({"label": "Plan", "kind": "text"})).await.expect(201);
    let mut leads = Vec::new();
    for name in ["ann", "ben"] {
        leads.push(id(&suite
            .post("/api/leads", json!({"email": format!("{name}@quay.example")}))
            .await
            .expect(201)));
    }
    assert_eq!(told(&suite), [], "there is no column");
    column(&suite, "Shout", CITY, formula("custom.plan | upper")).await;
    let new = suite.post("/api/leads", json!({"email": "cas@quay.example"})).await.expect(201);
    assert_eq!(told(&suite), [(new["id"].clone(), json!("new"), Value::Null)]);
    let path = format!("/api/leads/{}", leads[0]);
    suite.patch(&path, json!({"custom": {"Plan": "Gold"}})).await.expect(200);
    let changed = |lead: &str| (json!(lead), json!("changed"), json!(["custom.plan"]));
    assert_eq!(told(&suite), [changed(&leads[0])]);
    suite.patch(&path, json!({"job_title": "Owner"})).await.expect(200);
    assert_eq!(told(&suite), [], "no column rests on the job title");
    let fill = json!({"ids": leads, "action": {"do": "fill", "field": "Plan", "value": "Silver"}});
    suite.post("/api/leads/bulk", fill.clone()).await.expect(200);
    let mut both = [changed(&leads[0]), changed(&leads[1])];
    both.sort_by_key(|(lead, ..)| lead.to_string());
    assert_eq!(told(&suite), both);
    suite.post("/api/leads/bulk", fill).await.expect(200);
    assert_eq!(told(&suite), [], "nothing changed");
}

#[tokio::test]
async fn merge_and_its_undoing_tell_the_columns_that_rest_on_what_they_change() {
    let suite = suite().await;
    let stays = id(&suite.post("/api/leads", json!({"email": "ann@quay.example"})).await.expect(201));
    let goes = json!({"email": "ann@home.example", "company": "Quay Dental"});
    let goes = id(&suite.post("/api/leads", goes).await.expect(201));
    column(&suite, "Shout", CITY, formula("company | upper")).await;
    suite.post("/api/leads/merge", json!({"into": stays, "leads": [goes]})).await.expect(200);
    let changed = [(json!(stays), json!("changed"), json!(["company"]))];
    let only_company = |told: Vec<(Value, Value, Value)>| {
        let is_company =
            |fields: &Value| fields.as_array().is_some_and(|all| all.contains(&json!("company")));
        told.into_iter()
            .map(|(lead, cause, fields)| (lead, cause, json!(is_company(&fields).then_some(["company"]))))
            .collect::<Vec<_>>()
    };
    assert_eq!(only_company(told(&suite)), changed);
    suite.post(&format!("/api/leads/{stays}/unmerge"), json!({"lead": goes})).await.expect(200);
    assert_eq!(only_company(told(&suite)), changed);
}

#[tokio::test]
async fn field_that_a_column_fills_or_reads_is_not_deleted_before_the_column() {
    let suite = suite().await;
    let mut fields = Vec::new();
    for label in ["Plan", "Deal size", "Team", "Loose"] {
        let made = suite.post("/api/fields", json!({"label": label, "kind": "text"})).await.expect(201);
        fields.push(format!("/api/fields/{}", id(&made)));
    }
    let filled = column(&suite, "Fills", custom("Plan"), formula("company")).await;
    column(&suite, "Reads", CITY, formula("custom.deal_size")).await;
    let colleague = LookupSource::Colleague { field: "custom.team".to_owned() };
    column(&suite, "Looks", custom("Elsewhere"), Recipe::Lookup { from: colleague }).await;
    for (path, name) in fields.iter().zip(["Fills", "Reads", "Looks"]) {
        let refused = suite.delete(path).await.expect(409);
        assert_eq!(refused["code"], "in_use");
        assert_eq!(refused["errors"][0]["detail"], format!("the column {name}"), "{refused}");
    }
    suite.delete(&fields[3]).await.expect(204);
    let filled = suite.stage.ports.columns().get(&suite.workspace, &filled.id).await.unwrap();
    let event = Event::system(EventKind::ColumnDeleted, suite.stage.clock.now());
    suite.stage.ports.columns().delete(&filled, &event).await.unwrap();
    suite.delete(&fields[0]).await.expect(204);
}
