//! Custom fields: made, changed, sorted and deleted, and what a lead's values are checked by.

use super::*;

async fn field(suite: &Suite, body: Value) -> Value {
    suite.post("/api/fields", body).await.expect(201)
}

fn labels(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|field| field["label"].as_str().unwrap()).collect()
}

fn faults(problem: &Value) -> Vec<(&str, &str)> {
    let text = |value: &'static str| move |error: &'_ Value| error[value].as_str().map(str::len);
    assert!(problem["errors"].as_array().unwrap().iter().all(|error| text("detail")(error).is_some()));
    let errors = problem["errors"].as_array().unwrap().iter();
    errors.map(|error| (error["field"].as_str().unwrap(), error["detail"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn field_is_made_renamed_sorted_and_deleted() {
    let suite = suite().await;
    assert_eq!(suite.get("/api/fields").await.expect(200)["items"], json!([]));
    let plan =
        field(&suite, json!({"label": " Plan ", "kind": "choice", "options": ["Gold", "Silver"]})).await;
    assert_eq!(
        (&plan["key"], &plan["label"], &plan["kind"]),
        (&json!("Plan"), &json!("Plan"), &json!("choice"))
    );
    let seats = field(&suite, json!({"label": "Seats", "kind": "number"})).await;
    let path = format!("/api/fields/{}", id(&plan));
    let changed = json!({"label": "Tariff", "options": ["Gold", "Silver", "Bronze"]});
    let renamed = suite.patch(&path, changed).await.expect(200);
    assert_eq!((&renamed["key"], &renamed["label"]), (&json!("Plan"), &json!("Tariff")));
    assert_eq!(renamed["options"], json!(["Gold", "Silver", "Bronze"]));
    assert_eq!(
        suite.patch(&path, json!({"kind": "choices"})).await.expect(200)["options"],
        renamed["options"]
    );
    let order = json!({"fields": [id(&seats)]});
    let sorted = suite.put("/api/fields/order", order).await.expect(200);
    assert_eq!(labels(&sorted), ["Seats", "Tariff"]);
    suite.delete(&path).await.expect(204);
    suite.delete(&path).await.expect(404);
    suite.patch(&path, json!({"label": "x"})).await.expect(404);
    assert_eq!(labels(&suite.get("/api/fields").await.expect(200)), ["Seats"]);
}

#[tokio::test]
async fn field_that_clashes_is_refused_with_the_reason() {
    let suite = suite().await;
    let size = field(&suite, json!({"label": "Deal size", "kind": "money", "currency": "EUR"})).await;
    let twice = suite.post("/api/fields", json!({"label": "deal_size"})).await.expect(422);
    assert_eq!(twice["existing_id"], size["id"]);
    assert_eq!(faults(&twice), [("label", "is taken by another field")]);
    let none = suite.post("/api/fields", json!({"label": "A", "kind": "choice", "currency": "EUR"})).await;
    assert_eq!(faults(&none.expect(422))[0], ("currency", "belongs to money only"));
    let empty = suite.post("/api/fields", json!({"label": "A", "kind": "choice", "options": []})).await;
    assert_eq!(faults(&empty.expect(422)), [("options", "need at least one")]);
    let odd = suite.post("/api/fields", json!({"label": "A", "kind": "money", "currency": "€"})).await;
    assert_eq!(faults(&odd.expect(422)), [("currency", "is not a currency code such as EUR")]);
}

#[tokio::test]
async fn workspace_has_at_most_a_hundred_fields() {
    let suite = suite().await;
    for number in 0..100 {
        field(&suite, json!({"label": format!("Field {number}")})).await;
    }
    let refused = suite.post("/api/fields", json!({"label": "One more"})).await.expect(409);
    assert_eq!(refused["code"], "too_many_fields");
}

#[tokio::test]
async fn fields_of_another_workspace_are_neither_seen_nor_changed() {
    let mut suite = suite().await;
    let plan = field(&suite, json!({"label": "Plan"})).await;
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    assert_eq!(suite.get("/api/fields").await.expect(200)["items"], json!([]));
    suite.patch(&format!("/api/fields/{}", id(&plan)), json!({"label": "x"})).await.expect(404);
    suite.delete(&format!("/api/fields/{}", id(&plan))).await.expect(404);
}

#[tokio::test]
async fn lead_values_are_checked_and_stored_as_their_fields_say() {
    let suite = suite().await;
    field(&suite, json!({"label": "Deal size", "kind": "money", "currency": "EUR"})).await;
    field(&suite, json!({"label": "Seats", "kind": "number"})).await;
    field(&suite, json!({"label": "Fairs", "kind": "choices", "options": ["Bonn", "Lyon"]})).await;
    field(&suite, json!({"label": "Reference", "kind": "check"})).await;
    field(&suite, json!({"label": "Remark"})).await;
    let custom = json!({"deal size": "1.200,50", "Seats": 12.5, "Fairs": ["lyon", "bonn"], "Reference": true,
        "Remark": "any text"});
    let new = json!({"email": "ana@quay.example", "custom": custom});
    let lead = suite.post("/api/leads", new).await.expect(201);
    let wanted = json!({"Deal size": "1200.50 EUR", "Seats": "12.5", "Fairs": "Bonn; Lyon", "Reference": "yes",
        "Remark": "any text"});
    assert_eq!(lead["custom"], wanted);
    let path = format!("/api/leads/{}", id(&lead));
    let wrong = json!({"custom": {"Seats": "many", "Fairs": "Rome", "Remark": null}});
    let problem = suite.patch(&path, wrong).await.expect(422);
    let expected = [
        ("custom.Fairs", "is not one of the options: Bonn, Lyon"),
        ("custom.Seats", "is not a number such as 12.5"),
    ];
    assert_eq!(faults(&problem), expected);
    assert_eq!(suite.get(&path).await.expect(200)["custom"], wanted, "a refused change changes nothing");
    let changed = suite.patch(&path, json!({"custom": {"Seats": 9, "Remark": null}})).await.expect(200);
    assert_eq!((&changed["custom"]["Seats"], &changed["custom"]["Remark"]), (&json!("9"), &Value::Null));
    assert_eq!(changed["custom"]["Fairs"], "Bonn; Lyon", "what is not named stays");
}

#[tokio::test]
async fn value_that_no_longer_fits_its_field_stays_until_it_is_changed() {
    let suite = suite().await;
    let seats = field(&suite, json!({"label": "Seats"})).await;
    let new = json!({"email": "ana@quay.example", "custom": {"Seats": "a dozen"}});
    let lead = suite.post("/api/leads", new).await.expect(201);
    suite.patch(&format!("/api/fields/{}", id(&seats)), json!({"kind": "number"})).await.expect(200);
    let path = format!("/api/leads/{}", id(&lead));
    field(&suite, json!({"label": "Other"})).await;
    let kept = suite.patch(&path, json!({"custom": {"Seats": "a dozen", "Other": "x"}})).await.expect(200);
    assert_eq!(kept["custom"], json!({"Seats": "a dozen", "Other": "x"}));
    suite.patch(&path, json!({"custom": {"Seats": "two dozen"}})).await.expect(422);
}

#[tokio::test]
async fn custom_value_without_a_field_is_refused_by_its_name_and_a_stored_one_is_taken_back() {
    let suite = suite().await;
    let unknown = json!({"email": "ana@quay.example", "custom": {"Plan": "Gold", "Colour": "red"}});
    let told = "is not a custom field of the workspace: add the field first";
    let refused = suite.post("/api/leads", unknown).await.expect(422);
    assert_eq!(faults(&refused), [("custom.Colour", told), ("custom.Plan", told)]);
    let plan = field(&suite, json!({"label": "Plan"})).await;
    let new = json!({"email": "ana@quay.example", "custom": {"plan": "Gold"}});
    let path = format!("/api/leads/{}", id(&suite.post("/api/leads", new).await.expect(201)));
    suite.delete(&format!("/api/fields/{}", id(&plan))).await.expect(204);
    let read = suite.get(&path).await.expect(200);
    let sent_back = suite.patch(&path, json!({"custom": read["custom"]})).await.expect(200);
    assert_eq!(sent_back["custom"], json!({"Plan": "Gold"}));
    let refused = suite.patch(&path, json!({"custom": {"Plan": "Gold", "Colour": "red"}})).await.expect(422);
    assert_eq!(faults(&refused), [("custom.Colour", told)]);
    let cleared = suite.patch(&path, json!({"custom": {"Plan": null, "Colour": null}})).await.expect(200);
    assert_eq!(cleared["custom"], json!({}));
    let refused = suite.patch(&path, json!({"custom": {"Plan": "Gold"}})).await.expect(422);
    assert_eq!(faults(&refused), [("custom.Plan", told)], "it is gone by now");
}

#[tokio::test]
async fn exported_file_has_a_column_for_each_field_in_their_order() {
    let suite = suite().await;
    let plan = field(&suite, json!({"label": "Plan", "kind": "choice", "options": ["Gold", "Silver"]})).await;
    field(&suite, json!({"label": "Score", "kind": "number"})).await;
    suite.patch(&format!("/api/fields/{}", id(&plan)), json!({"label": "Tariff; yearly"})).await.expect(200);
    let remark = field(&suite, json!({"label": "Remark"})).await;
    let custom = json!({"Plan": "gold", "Score": -5, "Remark": "has no field"});
    suite.post("/api/leads", json!({"email": "ana@quay.example", "custom": custom})).await.expect(201);
    suite.delete(&format!("/api/fields/{}", id(&remark))).await.expect(204);
    suite.post("/api/leads", json!({"email": "bea@quay.example"})).await.expect(201);
    let reply = suite.get("/api/leads/export.csv?sort=name").await;
    let csv = String::from_utf8(reply.body).unwrap();
    let ends: Vec<&str> = csv.lines().map(|line| line.rsplit("leadflow_id").next().unwrap()).collect();
    assert_eq!(ends[0], ",\"Tariff; yearly\",custom.Score");
    assert!(ends[1].ends_with(",Gold,'-5") && ends[2].ends_with(",,"), "{csv}");
}

#[tokio::test]
async fn renaming_of_options_is_stored_and_queued_and_others_wait_for_it() {
    let suite = suite().await;
    let plan = field(&suite, json!({"label": "Plan", "kind": "choice", "options": ["Gold", "Tin"]})).await;
    let path = format!("/api/fields/{}", id(&plan));
    let rename = json!({"options": ["Premium", "Tin"], "renamed_options": {"Gold": "Premium"}});
    let wrong = json!({"options": ["Premium", "Tin"], "renamed_options": {"Silver": "Premium"}});
    let problem = suite.patch(&path, wrong).await.expect(422);
    assert_eq!(faults(&problem), [("renamed_options", "'Silver' is not an option of the field")]);
    assert!(suite.stage.messages(Queue::Enrolments).is_empty());
    let renamed = suite.patch(&path, rename.clone()).await.expect(200);
    assert_eq!(renamed["options"], json!(["Premium", "Tin"]));
    let queued = suite.stage.messages(Queue::Enrolments);
    assert_eq!((&queued[0]["do"], &queued[0]["field"]), (&json!("rename_options"), &plan["id"]));
    let known = suite.get(&format!("{path}/use")).await.expect(200);
    assert_eq!(known["rename"]["names"], json!({"Gold": "Premium"}));
    suite.patch(&path, rename).await.expect(200);
    assert_eq!(suite.stage.messages(Queue::Enrolments).len(), 1, "a repeat queues the job again");
    let other = suite.patch(&path, json!({"options": ["Premium"]})).await.expect(409);
    assert_eq!(other["code"], "options_are_being_renamed");
    suite.patch(&path, json!({"label": "Tariff"})).await.expect(200);
    suite.delete(&path).await.expect(204);
    suite.get(&format!("{path}/use")).await.expect(404);
}

#[tokio::test]
async fn option_by_which_a_segment_or_a_view_selects_is_not_renamed() {
    let suite = suite().await;
    let plan = json!({"label": "Plan", "kind": "choice", "options": ["Do not mail", "Mail", "Tin"]});
    let plan = field(&suite, plan).await;
    let rule = json!({"none": [{"if": {"field": "custom.Plan", "is": ["do not mail"]}}]});
    let segment = suite.post("/api/segments", json!({"name": "Open", "rule": rule})).await.expect(201);
    let rule = json!({"if": {"field": "custom.Plan", "is_not": ["Mail"]}});
    let view = json!({"name": "Mine", "shared": false, "filter": {"rule": rule}});
    let view = suite.post("/api/views", view).await.expect(201);
    let path = format!("/api/fields/{}", id(&plan));
    let rename = |from: &str| {
        let options: Vec<&str> =
            ["Do not mail", "Mail", "Tin"].into_iter().filter(|own| *own != from).collect();
        let options: Vec<&str> = options.into_iter().chain(["New"]).collect();
        json!({"options": options, "renamed_options": {from: "New"}})
    };
    for (option, user, named) in
        [("Do not mail", &segment, "the segment “Open”"), ("Mail", &view, "the view “Mine”")]
    {
        let refused = suite.patch(&path, rename(option)).await.expect(409);
        assert_eq!(refused["code"], "in_use", "{option}");
        assert_eq!(refused["errors"], json!([{"field": user["id"], "detail": named}]));
    }
    assert!(suite.stage.messages(Queue::Enrolments).is_empty());
    suite.patch(&path, rename("Tin")).await.expect(200);
}

#[tokio::test]
async fn use_of_a_field_says_how_many_leads_have_each_option() {
    let mut suite = suite().await;
    let fairs = json!({"label": "Fairs", "kind": "choices", "options": ["Bonn", "Lyon", "Rome"]});
    let fairs = field(&suite, fairs).await;
    for (n, value) in [json!(["Bonn", "Lyon"]), json!("Lyon"), Value::Null].into_iter().enumerate() {
        let lead = json!({"email": format!("l{n}@quay.example"), "custom": {"Fairs": value}});
        suite.post("/api/leads", lead).await.expect(201);
    }
    let path = format!("/api/fields/{}/use", id(&fairs));
    let used = suite.get(&format!("{path}?count=true")).await.expect(200);
    let options = json!([{"option": "Bonn", "leads": 1}, {"option": "Lyon", "leads": 2}, {"option": "Rome", "leads": 0}]);
    assert_eq!((&used["options"], &used["is_whole"]), (&options, &json!(true)));
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    suite.get(&path).await.expect(404);
}

#[tokio::test]
async fn field_is_filled_in_many_leads_and_the_answer_takes_it_back() {
    let suite = suite().await;
    field(&suite, json!({"label": "Plan", "kind": "choice", "options": ["Gold", "Silver"]})).await;
    let mut ids = Vec::new();
    for (name, custom) in
        [("ann", json!({"Plan": "Silver"})), ("ben", json!({})), ("cas", json!({"Plan": "Gold"}))]
    {
        let lead = json!({"email": format!("{name}@quay.example"), "custom": custom});
        ids.push(suite.post("/api/leads", lead).await.expect(201)["id"].clone());
    }
    let plans = async || {
        let mut plans = Vec::new();
        for lead in &ids {
            let lead = suite.get(&format!("/api/leads/{}", lead.as_str().unwrap())).await.expect(200);
            plans.push(lead["custom"]["Plan"].clone());
        }
        plans
    };
    let before = plans().await;
    let fill = |value: Value| json!({"ids": ids, "action": {"do": "fill", "field": "plan", "value": value}});
    let done = suite.post("/api/leads/bulk", fill(json!("gold"))).await.expect(200);
    assert_eq!(plans().await, ["Gold", "Gold", "Gold"]);
    assert_eq!((&done["changed"], done["undo"].as_array().unwrap().len()), (&json!(3), 1));
    for undo in done["undo"].as_array().unwrap() {
        suite.post("/api/leads/bulk", undo.clone()).await.expect(200);
    }
    assert_eq!(plans().await, before);
    suite.post("/api/leads/bulk", fill(Value::Null)).await.expect(200);
    assert_eq!(plans().await, [Value::Null, Value::Null, Value::Null]);
    let wrong = suite.post("/api/leads/bulk", fill(json!("Bronze"))).await.expect(422);
    assert_eq!(wrong["field"], "action.value");
    let unknown = json!({"ids": ids, "action": {"do": "fill", "field": "colour", "value": "red"}});
    assert_eq!(suite.post("/api/leads/bulk", unknown).await.expect(422)["field"], "action.field");
}

#[tokio::test]
async fn undo_of_a_fill_puts_back_what_the_fields_kind_cannot_read() {
    let suite = suite().await;
    let seats = field(&suite, json!({"label": "Seats", "kind": "text"})).await;
    let lead = json!({"email": "ann@quay.example", "custom": {"Seats": "about 20"}});
    let lead = id(&suite.post("/api/leads", lead).await.expect(201));
    suite.patch(&format!("/api/fields/{}", id(&seats)), json!({"kind": "number"})).await.expect(200);
    let fill = json!({"ids": [lead], "action": {"do": "fill", "field": "Seats", "value": "5"}});
    let done = suite.post("/api/leads/bulk", fill).await.expect(200);
    let put_back = json!({"do": "put_back", "field": "Seats", "values": {(lead.as_str()): "about 20"}});
    assert_eq!(done["undo"], json!([{"ids": [lead], "action": put_back}]));
    let undone = suite.post("/api/leads/bulk", done["undo"][0].clone()).await.expect(200);
    let shown = suite.get(&format!("/api/leads/{lead}")).await.expect(200);
    assert_eq!(shown["custom"], json!({"Seats": "about 20"}));
    suite.post("/api/leads/bulk", undone["undo"][0].clone()).await.expect(200);
    let shown = suite.get(&format!("/api/leads/{lead}")).await.expect(200);
    assert_eq!(shown["custom"], json!({"Seats": "5"}), "the undo is undone");
}
