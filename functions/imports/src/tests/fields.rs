//! Columns of a file fill the workspace's custom fields.

use super::*;
use application::ports::custom_fields::CustomFieldStore;
use domain::CustomFieldId;
use domain::event::{Event, EventKind};
use domain::lead::custom_field::{CustomField, CustomFields, FieldKind};
use domain::workspace::api_key::ApiScope;
use std::sync::Arc;

const FILE: &str = "email;Plan;Seats;Ends;Shoe size\n\
    a@one.example;gold;1.200;24.12.2026;38\n\
    b@one.example;Platinum;12,5;03/04/2026;\n\
    c@one.example;platinum;many;;40\n\
    d@one.example;Tin;;;\n";

fn fields_of(suite: &Suite) -> Arc<dyn CustomFieldStore> {
    suite.stage.ports.custom_fields()
}

async fn known(suite: &Suite) -> CustomFields {
    fields_of(suite).get(&suite.workspace).await.unwrap()
}

async fn add(suite: &Suite, label: &str, kind: FieldKind) {
    let mut fields = known(suite).await;
    let at = suite.stage.ports.clock().now();
    let id = CustomFieldId::derived(at, &[label]);
    fields.fields.push(CustomField { id, key: label.to_owned(), label: label.to_owned(), kind });
    fields_of(suite).save(&fields, &Event::system(EventKind::CustomFieldCreated, at)).await.unwrap();
}

async fn typed() -> Suite {
    let suite = suite().await;
    add(&suite, "Plan", FieldKind::Choice { options: vec!["Gold".to_owned(), "Silver".to_owned()] }).await;
    add(&suite, "Seats", FieldKind::Number).await;
    add(&suite, "Ends", FieldKind::Date).await;
    suite
}

async fn uploaded(suite: &Suite, file: &str) -> (String, Value) {
    let body = json!({ "file_name": "typed.csv", "size_bytes": file.len() });
    let path = format!("/api/imports/{}", id(&suite.post("/api/imports", body).await.expect(201)));
    chunk(suite, &path, 0, file.as_bytes()).await.expect(204);
    let found = suite.post(&format!("{path}/detect"), json!({})).await.expect(200);
    (path, found)
}

fn column<'a>(import: &'a Value, header: &str) -> &'a Value {
    import["columns"].as_array().unwrap().iter().find(|column| column["header"] == header).unwrap()
}

#[tokio::test]
async fn columns_are_proposed_for_typed_fields_and_counted_by_kind() {
    let suite = typed().await;
    let (_, found) = uploaded(&suite, FILE).await;
    for (header, fits, of) in [("Plan", 1, 4), ("Seats", 2, 3), ("Ends", 2, 2)] {
        let column = column(&found, header);
        assert_eq!((&column["field"], &column["target"]), (&json!(header), &Value::Null), "{column}");
        assert_eq!((&column["fits"], &column["of"]), (&json!(fits), &json!(of)), "{column}");
    }
    assert_eq!(column(&found, "Shoe size").get("field"), None);
    let values = &found["options"]["values"];
    assert_eq!(
        *values,
        json!({ "bad_values": "reject", "decimal_comma": true, "day_first": true, "spelling_chosen": false })
    );
}

#[tokio::test]
async fn check_rejects_bad_values_or_leaves_them_out_as_the_importer_chooses() {
    let suite = typed().await;
    let (path, _) = uploaded(&suite, FILE).await;
    let checked = suite.post(&format!("{path}/check"), json!({})).await.expect(200);
    assert_eq!((&checked["counts"]["created"], &checked["counts"]["rejected"]), (&json!(1), &json!(3)));
    let problems = suite.get(&format!("{path}/problems")).await.expect(200);
    assert_eq!((&problems["items"][0]["line"], &problems["items"][0]["field"]), (&json!(3), &json!("Plan")));
    assert_eq!(
        problems["items"][1]["reason"],
        "'platinum' is not one of the options: Gold, Silver; Seats: 'many' is not a number such as 12.5"
    );
    let csv = String::from_utf8(suite.get(&format!("{path}/problems.csv")).await.body).unwrap();
    assert_eq!(csv.lines().count(), 4);
    assert!(csv.contains("d@one.example,Tin,,,,5,Plan,\"'Tin' is not one of the options"), "{csv}");
    let leave_out = json!({ "options": { "values": { "bad_values": "leave_out" } } });
    suite.patch(&path, leave_out).await.expect(200);
    let checked = suite.post(&format!("{path}/check"), json!({})).await.expect(200);
    assert_eq!((&checked["counts"]["created"], &checked["counts"]["warnings"]), (&json!(4), &json!(3)));
    let problems = suite.get(&format!("{path}/problems")).await.expect(200);
    assert_eq!(problems["items"][2]["reason"], "'many' is not a number such as 12.5: left out");
}

#[tokio::test]
async fn unknown_options_are_counted_and_added_when_the_import_starts() {
    let suite = typed().await;
    let (path, _) = uploaded(&suite, FILE).await;
    let checked = suite.post(&format!("{path}/check"), json!({})).await.expect(200);
    assert_eq!(
        column(&checked, "Plan")["unknown_options"],
        json!([{ "option": "Platinum", "rows": 2 }, { "option": "Tin", "rows": 1 }])
    );
    let add = |options: Value| json!({ "columns": [{ "header": "Plan", "field": "Plan", "add_options": options }] });
    let odd = suite.patch(&path, add(json!(["a; b"]))).await.expect(422);
    assert_eq!(odd["field"], "columns.Plan");
    suite.patch(&path, add(json!(["Platinum"]))).await.expect(200);
    let checked = suite.post(&format!("{path}/check"), json!({})).await.expect(200);
    assert_eq!(column(&checked, "Plan")["unknown_options"], json!([{ "option": "Tin", "rows": 1 }]));
    assert_eq!(checked["counts"]["created"], 2, "Platinum fits, 'many' and Tin do not");
    assert_eq!(
        known(&suite).await.fields[0].kind.options().unwrap(),
        ["Gold", "Silver"],
        "nothing is saved yet"
    );
    suite.post(&format!("{path}/commit"), json!({})).await.expect(202);
    assert_eq!(known(&suite).await.fields[0].kind.options().unwrap(), ["Gold", "Silver", "Platinum"]);
}

#[tokio::test]
async fn start_gives_columns_without_a_use_a_text_field_once() {
    let suite = typed().await;
    let (path, _) = uploaded(&suite, FILE).await;
    suite.post(&format!("{path}/check"), json!({})).await.expect(200);
    assert_eq!(known(&suite).await.fields.len(), 3, "a dry run makes no field");
    let started = suite.post(&format!("{path}/commit"), json!({})).await.expect(202);
    assert_eq!(column(&started, "Shoe size")["field"], "Shoe size");
    suite.post(&format!("{path}/commit"), json!({})).await.expect(202);
    let fields = known(&suite).await.fields;
    assert_eq!((fields.len(), fields[3].label.as_str(), &fields[3].kind), (4, "Shoe size", &FieldKind::Text));
}

#[tokio::test]
async fn import_that_needs_more_fields_than_there_may_be_is_refused_before_it_starts() {
    let suite = suite().await;
    let mut fields = known(&suite).await;
    let at = suite.stage.ports.clock().now();
    for number in 0..99 {
        let label = format!("Field {number}");
        let id = CustomFieldId::derived(at, &[&label]);
        fields.fields.push(CustomField { id, key: label.clone(), label, kind: FieldKind::Text });
    }
    fields_of(&suite).save(&fields, &Event::system(EventKind::CustomFieldCreated, at)).await.unwrap();
    let file = "email,one,two\na@one.example,1,2\n";
    let (path, _) = uploaded(&suite, file).await;
    for action in ["check", "commit"] {
        let refused = suite.post(&format!("{path}/{action}"), json!({})).await.expect(422);
        assert_eq!(refused["field"], "columns");
        assert!(refused["detail"].as_str().unwrap().contains("99 of at most 100 custom fields"), "{refused}");
    }
    assert_eq!(at_once(&suite, "", "text/csv", file.as_bytes()).await.expect(422)["field"], "columns");
    let left_out = json!({ "columns": [{ "header": "two", "target": "ignore" }] });
    suite.patch(&path, left_out).await.expect(200);
    suite.post(&format!("{path}/commit"), json!({})).await.expect(202);
    assert_eq!(known(&suite).await.fields.len(), 100);
}

#[tokio::test]
async fn column_is_mapped_to_one_use_that_exists() {
    let suite = typed().await;
    let (path, _) = uploaded(&suite, FILE).await;
    let map = |body: Value| suite.patch(&path, json!({ "columns": [body] }));
    let both = map(json!({ "header": "Seats", "target": "company", "field": "Seats" })).await.expect(422);
    assert_eq!(both["field"], "columns.Seats");
    let unknown = map(json!({ "header": "Seats", "field": "Chairs" })).await.expect(422);
    assert_eq!(unknown["detail"], "columns.Seats: there is no custom field 'Chairs'");
    let taken = map(json!({ "header": "Shoe size", "field": "Seats" })).await.expect(422);
    assert_eq!(
        taken["detail"],
        "columns.Shoe size: 'Shoe size' and 'Seats' cannot both fill the field 'Seats'"
    );
    let named = map(json!({ "header": "Seats" })).await.expect(200);
    assert_eq!(column(&named, "Seats")["field"], "Seats", "a name that is a field's means that field");
    let spelled = json!({ "options": { "values": { "decimal_comma": false } } });
    let spelled = suite.patch(&path, spelled).await.expect(200);
    assert_eq!(spelled["options"]["values"]["spelling_chosen"], true);
    assert_eq!(spelled["options"]["values"]["decimal_comma"], false, "what was chosen is not guessed again");
}

#[tokio::test]
async fn field_that_is_deleted_meanwhile_is_named() {
    let suite = typed().await;
    let (path, _) = uploaded(&suite, FILE).await;
    let mut fields = known(&suite).await;
    fields.fields.retain(|field| field.key != "Seats");
    let event = Event::system(EventKind::CustomFieldDeleted, suite.stage.ports.clock().now());
    fields_of(&suite).save(&fields, &event).await.unwrap();
    let refused = suite.post(&format!("{path}/check"), json!({})).await.expect(422);
    assert_eq!(refused["field"], "columns.Seats");
    assert!(refused["detail"].as_str().unwrap().ends_with("choose another use for the column"), "{refused}");
}

#[tokio::test]
async fn file_in_one_request_leaves_bad_values_out_if_it_asks_for_that() {
    let suite = typed().await;
    for (query, created) in [("?dry_run=true", 1), ("?dry_run=true&bad_values=leave_out", 4)] {
        let dry = at_once(&suite, query, "text/csv", FILE.as_bytes()).await.expect(200);
        assert_eq!(dry["counts"]["created"], created, "{query}");
    }
}

#[tokio::test]
async fn program_imports_into_the_fields_that_are_there_and_adds_some_only_with_their_scope() {
    let mut suite = typed().await;
    let (path, _) = uploaded(&suite, FILE).await;
    suite.use_new_key(&[ApiScope::LeadsRead, ApiScope::LeadsWrite]).await;
    suite.post(&format!("{path}/commit"), json!({})).await.lacks(ApiScope::FieldsWrite);
    let whole = async |suite: &Suite, more: &str, file: &str| {
        let path = format!("/api/leads/import?file_name=whole.csv&force=true{more}");
        suite.send_bytes(Method::POST, &path, file.as_bytes().to_vec(), &[("content-type", "text/csv")]).await
    };
    whole(&suite, "&bad_values=leave_out", FILE).await.lacks(ApiScope::FieldsWrite);
    whole(&suite, "&dry_run=true", FILE).await.expect(200);
    whole(&suite, "", "email,Plan\nk@one.example,gold\n").await.expect(202);
    assert_eq!(known(&suite).await.fields.len(), 3);
    suite.use_new_key(&[ApiScope::LeadsRead, ApiScope::LeadsWrite, ApiScope::FieldsWrite]).await;
    suite.post(&format!("{path}/commit"), json!({})).await.expect(202);
    assert_eq!(known(&suite).await.fields.len(), 4);
}
