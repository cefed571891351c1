//! The stages of a workspace, why leads are lost, and the board.

use super::*;
use domain::lead::Lead;
use domain::lead::stage::StageId;
use jiff::SignedDuration;

/// The workspace's stages as a request gives them, with a stage between qualified and won.
async fn with_demo(suite: &mut Suite) -> Value {
    let mut body = suite.get("/api/stages").await.expect(200);
    let demo = json!({"name": "Demo booked", "probability": 70, "stale_after_days": 9});
    body["stages"].as_array_mut().unwrap().insert(4, demo);
    suite.sign_in(Role::Admin);
    suite.put("/api/stages", body).await.expect(200)
}

fn names(stages: &Value) -> Vec<&str> {
    stages["stages"].as_array().unwrap().iter().map(|stage| stage["name"].as_str().unwrap()).collect()
}

fn position(stages: &Value, id: &str) -> usize {
    stages["stages"].as_array().unwrap().iter().position(|stage| stage["id"] == id).unwrap()
}

fn row(board: &Value, stage: &str) -> (Value, Vec<String>) {
    let columns = board["columns"].as_array().unwrap();
    let column = columns.iter().find(|column| column["stage"] == stage).unwrap();
    let cards = column["cards"].as_array().unwrap();
    (column["count"].clone(), cards.iter().map(|card| card["name"].as_str().unwrap().to_owned()).collect())
}

#[tokio::test]
async fn stage_is_added_renamed_put_in_order_and_deleted() {
    let mut suite = suite().await;
    let known = with_demo(&mut suite).await;
    assert_eq!(names(&known), ["New", "Contacted", "Replied", "Qualified", "Demo booked", "Won", "Lost"]);
    assert_eq!((&known["stages"][4]["id"], &known["rev"]), (&json!("stage_6"), &json!(1)));
    let mut body = known.clone();
    body["stages"][4]["name"] = json!("Demo");
    body["stages"].as_array_mut().unwrap().swap(3, 4);
    let sorted = suite.put("/api/stages", body.clone()).await.expect(200);
    assert_eq!(names(&sorted), ["New", "Contacted", "Replied", "Demo", "Qualified", "Won", "Lost"]);
    suite.put("/api/stages", body).await.expect(409);
    let mut without = sorted.clone();
    without["stages"].as_array_mut().unwrap().remove(3);
    let gone = suite.put("/api/stages", without.clone()).await.expect(200);
    assert_eq!(names(&gone).len(), 6);
    let again = with_demo(&mut suite).await;
    let id = &again["stages"][4]["id"];
    assert_eq!(id, "stage_7", "a number is not given twice");
    suite.sign_in(Role::Manager);
    suite.put("/api/stages", again).await.expect(403);
}

#[tokio::test]
async fn stage_with_leads_is_deleted_once_they_are_moved() {
    let mut suite = suite().await;
    let known = with_demo(&mut suite).await;
    let lead = id(&ana(&suite).await);
    let path = format!("/api/leads/{lead}");
    suite.patch(&path, json!({"status": "stage_6"})).await.expect(200);
    suite.stage.record_changes().await;
    let mut without = known;
    without["stages"].as_array_mut().unwrap().remove(4);
    let refused = suite.put("/api/stages", without.clone()).await.expect(409);
    assert_eq!(refused["code"], "stage_in_use");
    assert!(
        refused["detail"].as_str().unwrap().starts_with("1 lead is still in the stage Demo booked"),
        "{refused}"
    );
    suite.patch(&path, json!({"status": "qualified"})).await.expect(200);
    suite.put("/api/stages", without).await.expect(200);
    let gone = suite.patch(&path, json!({"status": "stage_6"})).await.expect(422);
    assert_eq!(
        (&gone["field"], &gone["detail"]),
        (&json!("status"), &json!("status: there is no such stage in this workspace"))
    );
}

#[tokio::test]
async fn bad_stages_are_refused_by_field() {
    let mut suite = suite().await;
    let known = with_demo(&mut suite).await;
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut body = known.clone();
        change(&mut body);
        body
    };
    let stages =
        |body: &mut Value, change: &dyn Fn(&mut Vec<Value>)| change(body["stages"].as_array_mut().unwrap());
    let qualified = position(&known, "qualified");
    for (field, body) in [
        ("stages", changed(&|body| stages(body, &|stages| drop(stages.remove(1))))),
        ("stages", changed(&|body| stages(body, &|stages| stages.swap(5, 6)))),
        ("stages", changed(&|body| stages(body, &|stages| stages.swap(4, 6)))),
        ("stages[3].name", changed(&|body| body["stages"][qualified]["name"] = json!(" replied "))),
        ("stages[3].name", changed(&|body| body["stages"][qualified]["name"] = json!(""))),
        ("stages[3].id", changed(&|body| body["stages"][qualified]["id"] = json!("stage_9"))),
        ("stages[3].id", changed(&|body| body["stages"][qualified]["id"] = json!("new"))),
        ("stages[3].probability", changed(&|body| body["stages"][qualified]["probability"] = json!(101))),
        (
            "stages[3].stale_after_days",
            changed(&|body| body["stages"][qualified]["stale_after_days"] = json!(0)),
        ),
        ("lost_reasons", changed(&|body| body["lost_reasons"] = json!([]))),
        ("lost_reasons[0].id", changed(&|body| body["lost_reasons"][0]["id"] = json!("reason_9"))),
        (
            "stages",
            changed(&|body| {
                stages(body, &|stages| {
                    for n in 0..15 {
                        stages.insert(
                            4,
                            json!({"name": format!("S{n}"), "probability": 1, "stale_after_days": null}),
                        );
                    }
                });
            }),
        ),
    ] {
        let refused = suite.put("/api/stages", body).await.expect(422);
        let errors = refused["errors"].as_array().cloned().unwrap_or_else(|| vec![refused.clone()]);
        assert!(errors.iter().any(|error| error["field"] == field), "{field}: {refused}");
    }
}

#[tokio::test]
async fn lost_lead_has_a_reason_until_it_is_moved_on() {
    let mut suite = suite().await;
    let lead = id(&ana(&suite).await);
    let path = format!("/api/leads/{lead}");
    let unsaid = suite.patch(&path, json!({"status": "lost"})).await.expect(422);
    assert_eq!(unsaid["field"], "lost_reason");
    assert!(unsaid["detail"].as_str().unwrap().contains("too_early, too_expensive"), "{unsaid}");
    let bulk = |action: Value| json!({"ids": [lead], "action": action});
    let unsaid =
        suite.post("/api/leads/bulk", bulk(json!({"do": "status", "status": "lost"}))).await.expect(422);
    assert_eq!(unsaid["field"], "action.lost_reason");
    for wrong in [json!({"status": "won", "lost_reason": "other"}), json!({"lost_reason": "other"})] {
        assert_eq!(suite.patch(&path, wrong).await.expect(422)["field"], "lost_reason");
    }
    let strange = json!({"status": "lost", "lost_reason": "reason_6"});
    assert_eq!(suite.patch(&path, strange).await.expect(422)["field"], "lost_reason");
    suite.stage.advance(SignedDuration::from_hours(72));
    suite.sign_in(Role::Rep);
    let lost = suite.patch(&path, json!({"status": "lost", "lost_reason": "too_early"})).await.expect(200);
    assert_eq!((&lost["lost_reason"], &lost["status"]), (&json!("too_early"), &json!("lost")));
    assert_eq!(lost["stage_since"], lost["updated_at"]);
    let timeline = suite.get(&format!("{path}/timeline")).await.expect(200);
    let told = timeline["items"].as_array().unwrap().iter().find(|entry| entry["to"] == "lost").cloned();
    assert_eq!(told.unwrap()["lost_reason"], "too_early");
    suite.stage.record_changes().await;
    let query = "rule=%7B%22if%22:%7B%22field%22:%22lost_reason%22,%22is%22:%5B%22too_early%22%5D%7D%7D";
    assert_eq!(suite.get(&format!("/api/leads?{query}")).await.expect(200)["total"], 1);
    let file = suite.get("/api/leads/export.csv").await.expect(200);
    assert!(file.as_str().unwrap().contains(",Lost,"), "{file}");
    assert!(file.as_str().unwrap().contains(",Too early,"), "{file}");
    let other = suite.patch(&path, json!({"lost_reason": "no_answer"})).await.expect(200);
    assert_eq!((&other["lost_reason"], &other["stage_since"]), (&json!("no_answer"), &lost["stage_since"]));
    let undo =
        suite.post("/api/leads/bulk", bulk(json!({"do": "status", "status": "new"}))).await.expect(200);
    assert_eq!(suite.get(&path).await.expect(200)["lost_reason"], Value::Null);
    suite.post("/api/leads/bulk", undo["undo"][0].clone()).await.expect(200);
    assert_eq!(suite.get(&path).await.expect(200)["lost_reason"], "no_answer");
}

#[tokio::test]
async fn board_has_the_leads_of_each_stage_with_a_cursor_for_more() {
    let mut suite = suite().await;
    with_demo(&mut suite).await;
    let put = |name: &'static str, stage: StageId, rating: f64| {
        let change = move |lead: &mut Lead| {
            lead.first_name = Some(name.to_owned());
            lead.rating = Some(rating);
            let at = lead.created_at;
            lead.move_to(stage, at);
        };
        (name, change)
    };
    let demo = StageId::numbered(6);
    for (name, change) in [
        put("ann", StageId::NEW, 1.0),
        put("ben", demo, 1.0),
        put("cas", demo, 5.0),
        put("dan", demo, 4.0),
        put("eve", StageId::WON, 3.0),
    ] {
        suite.stage.lead(&suite.workspace, name, change).await;
    }
    suite.stage.advance(SignedDuration::from_hours(24 * 40));
    suite.sign_in(Role::Rep);
    suite.stage.lead(&suite.workspace, "fay", put("fay", StageId::WON, 1.0).1).await;
    suite.stage.record_changes().await;
    let board = suite.get("/api/leads/board?sort=name&limit=2&closed_days=30").await.expect(200);
    let stages = board["columns"].as_array().unwrap().iter().map(|column| column["stage"].as_str().unwrap());
    let wanted = ["new", "contacted", "replied", "qualified", "stage_6", "won", "lost"];
    assert_eq!((stages.collect::<Vec<_>>(), &board["total"]), (wanted.to_vec(), &json!(5)));
    assert_eq!(row(&board, "stage_6"), (json!(3), vec!["ben".to_owned(), "cas".to_owned()]));
    assert_eq!(row(&board, "won"), (json!(1), vec!["fay".to_owned()]), "eve was won too long ago");
    assert_eq!(row(&suite.get("/api/leads/board").await.expect(200), "won").0, json!(2));
    let cursor = board["columns"][4]["next_cursor"].as_str().unwrap();
    let more = format!("/api/leads/board?sort=name&limit=2&closed_days=30&cursor={cursor}");
    let rest = suite.get(&format!("{more}&status=stage_6")).await.expect(200);
    assert_eq!((row(&rest, "stage_6"), &rest["total"]), ((json!(3), vec!["dan".to_owned()]), &json!(3)));
    assert_eq!(suite.get(&more).await.expect(422)["field"], "query.status");
    let of_another = suite.get(&format!("{more}&status=new")).await.expect(422);
    assert_eq!(of_another["field"], "query.cursor");
    assert_eq!(suite.get("/api/leads/board?closed_days=0").await.expect(422)["field"], "query.closed_days");
    let longest = suite.get("/api/leads/board?sort=stage_since&order=asc&status=won").await.expect(200);
    assert_eq!(row(&longest, "won").1, ["eve", "fay"]);
    assert_eq!(longest["columns"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn lead_whose_stage_was_deleted_is_restored_to_one_that_is_there() {
    let mut suite = suite().await;
    let known = with_demo(&mut suite).await;
    let path = format!("/api/leads/{}", id(&ana(&suite).await));
    suite.patch(&path, json!({"status": "stage_6"})).await.expect(200);
    suite.delete(&path).await.expect(204);
    let mut without = known.clone();
    without["stages"].as_array_mut().unwrap().remove(4);
    let without = suite.put("/api/stages", without).await.expect(200);
    assert_eq!(suite.post(&format!("{path}/restore"), json!({})).await.expect(200)["status"], "qualified");
    suite.patch(&path, json!({"status": "qualified"})).await.expect(200);
    suite.delete(&path).await.expect(204);
    let mut less = without;
    less["stages"].as_array_mut().unwrap().remove(3);
    suite.put("/api/stages", less).await.expect(200);
    assert_eq!(suite.post(&format!("{path}/restore"), json!({})).await.expect(200)["status"], "replied");
}

#[tokio::test]
async fn move_that_is_undone_leaves_the_lead_in_its_stage_since_before() {
    let mut suite = suite().await;
    let lead = id(&ana(&suite).await);
    let path = format!("/api/leads/{lead}");
    suite.stage.advance(SignedDuration::from_hours(1));
    suite.sign_in(Role::Owner);
    let before = suite.patch(&path, json!({"status": "replied"})).await.expect(200);
    suite.stage.advance(SignedDuration::from_hours(50));
    suite.sign_in(Role::Owner);
    suite.patch(&path, json!({"status": "won"})).await.expect(200);
    suite.stage.advance(SignedDuration::from_secs(8));
    let undone = suite.patch(&path, json!({"status": "replied"})).await.expect(200);
    assert_eq!(undone["stage_since"], before["stage_since"]);
    let bulk = json!({"ids": [lead], "action": {"do": "status", "status": "qualified"}});
    let done = suite.post("/api/leads/bulk", bulk).await.expect(200);
    suite.stage.advance(SignedDuration::from_secs(8));
    suite.post("/api/leads/bulk", done["undo"][0].clone()).await.expect(200);
    assert_eq!(suite.get(&path).await.expect(200)["stage_since"], before["stage_since"]);
}
