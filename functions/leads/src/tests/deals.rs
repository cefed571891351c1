//! Deals of leads: added, changed, closed by themselves or with their lead, summed on the board and in the forecast.

use super::*;
use application::Ports;
use application::projection::stream::{ProjectPorts, project};
use domain::deal::Deal;
use domain::event::{Actor, Event, EventKind};
use http::Method;
use jiff::SignedDuration;
use local_cloud::{Fault, Moment};

async fn add(suite: &Suite, lead: &str, name: &str, amount_minor: i64, currency: &str) -> Value {
    let body =
        json!({"name": name, "amount_minor": amount_minor, "currency": currency, "close_on": "2026-03-31"});
    suite.post(&format!("/api/leads/{lead}/deals"), body).await.expect(201)
}

async fn deals_of(suite: &Suite, lead: &str) -> Vec<Value> {
    let list = suite.get(&format!("/api/leads/{lead}/deals")).await.expect(200);
    list["items"].as_array().unwrap().clone()
}

/// The deals of a column of the board: their number, and value and weighted value of the first currency.
async fn column(suite: &Suite, stage: &str) -> (u64, Value, Value) {
    suite.stage.record_changes().await;
    let board = suite.get("/api/leads/board").await.expect(200);
    let columns = board["columns"].as_array().unwrap();
    let deals = &columns.iter().find(|column| column["stage"] == stage).unwrap()["deals"];
    let first = &deals["sums"][0];
    (deals["deals"].as_u64().unwrap(), first["value_minor"].clone(), first["weighted_minor"].clone())
}

async fn follow_the_stream(suite: &Suite) {
    project(&ProjectPorts::new(&suite.stage.ports), "shard-1", &suite.stage.stream()).await.unwrap();
}

fn told(timeline: &Value) -> Vec<&str> {
    let items = timeline["items"].as_array().unwrap().iter();
    items.filter(|item| item["kind"] == "deal").map(|item| item["news"]["did"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn deal_is_added_changed_won_and_opened_again_and_the_timeline_tells_it() {
    let suite = suite().await;
    let later = || suite.stage.advance(SignedDuration::from_secs(60));
    let lead = id(&ana(&suite).await);
    let deal = add(&suite, &lead, "Booking page", 90_000, "EUR").await;
    assert_eq!(
        (&deal["state"], &deal["chance"], &deal["lead_id"]),
        (&json!("open"), &json!(5), &json!(lead))
    );
    let path = format!("/api/deals/{}", id(&deal));
    later();
    let changed = json!({"amount_minor": 120_000, "probability": 40, "rev": deal["rev"]});
    let changed = suite.patch(&path, changed).await.expect(200);
    assert_eq!((&changed["amount_minor"], &changed["chance"]), (&json!(120_000), &json!(40)));
    suite.patch(&path, json!({"name": "Late", "rev": deal["rev"]})).await.expect(409);
    later();
    let won = suite.post(&format!("{path}/win"), json!({})).await.expect(200);
    assert_eq!(
        (&won["state"], &won["chance"], &won["closed_with_lead"]),
        (&json!("won"), &json!(100), &json!(false))
    );
    assert_eq!(suite.post(&format!("{path}/win"), json!({})).await.expect(200)["rev"], won["rev"]);
    let lost = suite.post(&format!("{path}/lose"), json!({"lost_reason": "other"})).await.expect(409);
    assert_eq!(lost["code"], "deal_closed");
    later();
    let open = suite.post(&format!("{path}/reopen"), json!({})).await.expect(200);
    assert_eq!((&open["state"], &open["closed_at"]), (&json!("open"), &json!(null)));
    later();
    let lost = suite.post(&format!("{path}/lose"), json!({"lost_reason": "too_early"})).await.expect(200);
    assert_eq!((&lost["state"], &lost["lost_reason"]), (&json!("lost"), &json!("too_early")));
    let lead = suite.get(&format!("/api/leads/{lead}/timeline")).await.expect(200);
    assert_eq!(told(&lead), ["added", "value_changed", "won", "reopened", "lost"]);
}

#[tokio::test]
async fn deal_whose_answer_failed_is_not_added_again_by_a_repeat() {
    let mut suite = suite().await;
    let lead = id(&ana(&suite).await);
    let body =
        json!({"name": "Booking page", "amount_minor": 1, "currency": "EUR", "close_on": "2026-03-31"});
    let path = format!("/api/leads/{lead}/deals");
    let key = [("idempotency-key", "once")];
    // The stages are read for the answer, once the deal is saved.
    suite.stage.cloud.faults().inject(|moment, call| {
        let reads_stages = String::from_utf8_lossy(call.body).contains("\"STAGES\"");
        (moment == Moment::Before && reads_stages).then(|| Fault::Fail {
            status: 400,
            code: "Gone".to_owned(),
            message: String::new(),
        })
    });
    suite.send(Method::POST, &path, Some(body.clone()), &key).await.expect(503);
    suite.stage.cloud.faults().clear();
    suite.stage.advance(SignedDuration::from_mins(3));
    suite.sign_in(Role::Owner);
    let deal = suite.send(Method::POST, &path, Some(body), &key).await.expect(201);
    let deals = deals_of(&suite, &lead).await;
    assert_eq!((deals.len(), &deals[0]["id"]), (1, &deal["id"]));
    let timeline = suite.get(&format!("/api/leads/{lead}/timeline")).await.expect(200);
    assert_eq!(told(&timeline), ["added"]);
}

#[tokio::test]
async fn new_deal_names_every_invalid_field() {
    let suite = suite().await;
    let lead = id(&ana(&suite).await);
    let path = format!("/api/leads/{lead}/deals");
    let body =
        json!({"name": " ", "amount_minor": -1, "currency": "EUR", "probability": 101, "close_on": "soon"});
    let problem = suite.post(&path, body).await.expect(422);
    let mut fields: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["amount_minor", "close_on", "name", "probability"]);
    let body = json!({"name": "x", "amount_minor": 1, "currency": "euro", "close_on": "2026-03-31"});
    assert_eq!(suite.post(&path, body).await.expect(422)["field"], "currency");
    let deal = add(&suite, &lead, "One", 1, "EUR").await;
    let lose = format!("/api/deals/{}/lose", id(&deal));
    let unknown = suite.post(&lose, json!({"lost_reason": "reason_99"})).await.expect(422);
    assert_eq!(unknown["field"], "lost_reason");
}

#[tokio::test]
async fn lead_has_at_most_twenty_open_deals() {
    let suite = suite().await;
    let lead = id(&ana(&suite).await);
    let mut last = Value::Null;
    for number in 0..20 {
        last = add(&suite, &lead, &format!("Deal {number}"), 1, "EUR").await;
    }
    let body = json!({"name": "One more", "amount_minor": 1, "currency": "EUR", "close_on": "2026-03-31"});
    let refused = suite.post(&format!("/api/leads/{lead}/deals"), body).await.expect(409);
    assert_eq!(refused["code"], "too_many_deals");
    suite.post(&format!("/api/deals/{}/win", id(&last)), json!({})).await.expect(200);
    add(&suite, &lead, "One more", 1, "EUR").await;
    let refused = suite.post(&format!("/api/deals/{}/reopen", id(&last)), json!({})).await.expect(409);
    assert_eq!(refused["code"], "too_many_deals");
}

#[tokio::test]
async fn deals_are_closed_with_their_lead_and_opened_when_the_move_is_undone() {
    let suite = suite().await;
    let lead = id(&ana(&suite).await);
    let path = format!("/api/leads/{lead}");
    let alone = add(&suite, &lead, "Lost before", 500, "EUR").await;
    suite.stage.advance(SignedDuration::from_secs(60));
    add(&suite, &lead, "Booking page", 90_000, "EUR").await;
    suite.stage.advance(SignedDuration::from_secs(60));
    suite.post(&format!("/api/deals/{}/lose", id(&alone)), json!({"lost_reason": "other"})).await.expect(200);
    suite.stage.advance(SignedDuration::from_secs(60));
    suite.patch(&path, json!({"status": "lost", "lost_reason": "too_expensive"})).await.expect(200);
    let state = |deal: &Value| {
        let text = |field: &str| deal[field].as_str().unwrap_or("-").to_owned();
        (text("name"), text("state"), text("lost_reason"))
    };
    let row = |name: &str, state: &str, reason: &str| (name.to_owned(), state.to_owned(), reason.to_owned());
    let lost = [row("Booking page", "lost", "too_expensive"), row("Lost before", "lost", "other")];
    assert_eq!(deals_of(&suite, &lead).await.iter().map(state).collect::<Vec<_>>(), lost);
    suite.stage.advance(SignedDuration::from_secs(60));
    suite.patch(&path, json!({"status": "new"})).await.expect(200);
    let open = [row("Booking page", "open", "-"), row("Lost before", "lost", "other")];
    assert_eq!(deals_of(&suite, &lead).await.iter().map(state).collect::<Vec<_>>(), open);
    for again in [json!({"status": "lost", "lost_reason": "too_expensive"}), json!({"status": "new"})] {
        suite.stage.advance(SignedDuration::from_secs(60));
        suite.patch(&path, again).await.expect(200);
    }
    // The stream says the same again.
    follow_the_stream(&suite).await;
    assert_eq!(deals_of(&suite, &lead).await.iter().map(state).collect::<Vec<_>>(), open);
    let timeline = suite.get(&format!("{path}/timeline")).await.expect(200);
    assert_eq!(told(&timeline), ["added", "added", "lost", "lost", "reopened", "lost", "reopened"]);
}

#[tokio::test]
async fn deals_of_leads_that_are_moved_together_follow_with_the_stream() {
    let suite = suite().await;
    let lead = id(&ana(&suite).await);
    add(&suite, &lead, "Booking page", 90_000, "EUR").await;
    suite.stage.advance(SignedDuration::from_secs(60));
    let won = json!({"ids": [lead], "action": {"do": "status", "status": "won"}});
    suite.post("/api/leads/bulk", won).await.expect(200);
    follow_the_stream(&suite).await;
    let deals = deals_of(&suite, &lead).await;
    assert_eq!((&deals[0]["state"], &deals[0]["closed_with_lead"]), (&json!("won"), &json!(true)));
}

#[tokio::test]
async fn deal_that_is_saved_just_after_its_lead_has_moved_follows_with_the_stream() {
    let suite = suite().await;
    let lead = id(&ana(&suite).await);
    let deal = id(&add(&suite, &lead, "Booking page", 90_000, "EUR").await);
    let deals = suite.stage.ports.deals();
    let deal = deals.get(&suite.workspace, &domain::DealId::parse(&deal).unwrap()).await.unwrap();
    suite.stage.advance(SignedDuration::from_secs(60));
    suite.patch(&format!("/api/leads/{lead}"), json!({"status": "won"})).await.expect(200);
    follow_the_stream(&suite).await;
    let from = suite.stage.stream().len();
    let late = Deal { id: domain::DealId::derived(&deal.lead, &["late"]), rev: 0, ..deal };
    let added = Event::new(EventKind::DealCreated, Actor::System, late.created_at);
    deals.save(&late, &added).await.unwrap();
    let news = suite.stage.stream();
    project(&ProjectPorts::new(&suite.stage.ports), "shard-1", &news[from..]).await.unwrap();
    assert!(deals_of(&suite, &lead).await.iter().all(|deal| deal["state"] == "won"));
}

#[tokio::test]
async fn deal_of_a_client_needs_a_probability_and_stays_open() {
    let suite = suite().await;
    let lead = id(&ana(&suite).await);
    suite.patch(&format!("/api/leads/{lead}"), json!({"status": "won"})).await.expect(200);
    suite.stage.advance(SignedDuration::from_secs(60));
    let path = format!("/api/leads/{lead}/deals");
    let mut body =
        json!({"name": "Second site", "amount_minor": 1_000, "currency": "EUR", "close_on": "2026-03-31"});
    assert_eq!(suite.post(&path, body.clone()).await.expect(422)["field"], "probability");
    body["probability"] = json!(80);
    suite.post(&path, body).await.expect(201);
    follow_the_stream(&suite).await;
    assert_eq!(deals_of(&suite, &lead).await[0]["state"], "open");
    assert_eq!(column(&suite, "won").await, (1, json!(1_000), json!(800)));
}

#[tokio::test]
async fn board_sums_follow_a_move_a_deletion_and_a_restoration() {
    let mut suite = suite().await;
    suite.sign_in(Role::Manager);
    let lead = id(&ana(&suite).await);
    let other = id(&suite.post("/api/leads", json!({"email": "ben@quay.example"})).await.expect(201));
    add(&suite, &lead, "Booking page", 90_000, "EUR").await;
    add(&suite, &lead, "Printing", 10_000, "GBP").await;
    add(&suite, &other, "Website", 10_000, "EUR").await;
    assert_eq!(column(&suite, "new").await, (3, json!(100_000), json!(5_000)));
    suite.patch(&format!("/api/leads/{lead}"), json!({"status": "qualified"})).await.expect(200);
    assert_eq!(column(&suite, "qualified").await, (2, json!(90_000), json!(54_000)));
    assert_eq!(column(&suite, "new").await, (1, json!(10_000), json!(500)));
    let board = suite.get("/api/leads/board?q=ben").await.expect(200);
    assert_eq!(
        board["deals"],
        json!({"deals": 1, "sums": [{"currency": "EUR", "value_minor": 10_000, "weighted_minor": 500}]})
    );
    suite.delete(&format!("/api/leads/{lead}")).await.expect(204);
    assert_eq!(column(&suite, "qualified").await.0, 0);
    let list = suite.get("/api/deals").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    suite.post(&format!("/api/leads/{lead}/restore"), json!({})).await.expect(200);
    assert_eq!(column(&suite, "qualified").await.0, 2);
}

#[tokio::test]
async fn deals_go_with_a_merged_lead_and_come_back_when_it_is_separated() {
    let suite = suite().await;
    let stays = id(&ana(&suite).await);
    let goes = id(&suite.post("/api/leads", json!({"email": "ana@home.example"})).await.expect(201));
    let deal = add(&suite, &goes, "Booking page", 90_000, "EUR").await;
    suite.post("/api/leads/merge", json!({"into": stays, "leads": [goes]})).await.expect(200);
    let deals = deals_of(&suite, &stays).await;
    assert_eq!((&deals[0]["id"], &deals[0]["lead_id"]), (&deal["id"], &json!(stays)));
    assert_eq!(column(&suite, "new").await, (1, json!(90_000), json!(4_500)));
    let path = format!("/api/deals/{}", id(&deal));
    assert_eq!(suite.patch(&path, json!({"name": "Pages"})).await.expect(200)["lead_id"], json!(stays));
    suite.post(&format!("/api/leads/{stays}/unmerge"), json!({"lead": goes})).await.expect(200);
    assert!(deals_of(&suite, &stays).await.is_empty());
    assert_eq!(deals_of(&suite, &goes).await[0]["lead_id"], json!(goes));
    assert_eq!(column(&suite, "new").await.0, 1);
}

#[tokio::test]
async fn deals_are_listed_by_state_month_and_owner_and_forecast_by_month() {
    let mut suite = suite().await;
    suite.sign_in(Role::Manager);
    let now = suite.stage.advance(SignedDuration::ZERO);
    let month = domain::time::calendar_month::CalendarMonth::at(now);
    let next = domain::time::calendar_month::CalendarMonth::at(month.end());
    let lead = id(&ana(&suite).await);
    let add = |name: &'static str, amount: i64, day: String| {
        let body = json!({"name": name, "amount_minor": amount, "currency": "EUR", "close_on": day});
        let path = format!("/api/leads/{lead}/deals");
        let suite = &suite;
        async move { suite.post(&path, body).await.expect(201) }
    };
    add("Now", 1_000, format!("{month}-28")).await;
    let later = add("Later", 2_000, format!("{next}-01")).await;
    let won = add("Won", 4_000, format!("{next}-01")).await;
    add("Overdue", 8_000, "2001-01-01".to_owned()).await;
    suite.patch(&format!("/api/deals/{}", id(&later)), json!({"probability": 50})).await.expect(200);
    suite.post(&format!("/api/deals/{}/win", id(&won)), json!({})).await.expect(200);
    suite.stage.record_changes().await;
    let listed = |query: String| {
        let suite = &suite;
        async move {
            let page = suite.get(&format!("/api/deals{query}")).await.expect(200);
            let items = page["items"].as_array().unwrap().iter();
            items.map(|deal| deal["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        }
    };
    assert_eq!(listed(String::new()).await, ["Overdue", "Now", "Later"]);
    assert_eq!(listed(format!("?month={next}")).await, ["Later"]);
    assert_eq!(listed(format!("?state=won&month={month}")).await, ["Won"]);
    assert_eq!(listed("?state=lost".to_owned()).await, [""; 0]);
    assert_eq!(listed("?owner=none&limit=1".to_owned()).await, ["Overdue"]);
    assert_eq!(listed("?owner=me".to_owned()).await, [""; 0]);
    assert_eq!(suite.get("/api/deals?month=may").await.expect(422)["field"], "query.month");
    let forecast = suite.get("/api/deals/forecast").await.expect(200);
    assert_eq!(
        (&forecast["this_month"], &forecast["overdue"]["sums"][0]["value_minor"]),
        (&json!(month.as_str()), &json!(8_000))
    );
    let months = forecast["months"].as_array().unwrap();
    assert_eq!(months.len(), 9);
    let sum = |at: usize, what: &str, field: &str| months[at][what]["sums"][0][field].clone();
    assert_eq!(months[3]["month"], month.as_str());
    assert_eq!((sum(3, "open", "value_minor"), sum(3, "open", "weighted_minor")), (json!(1_000), json!(50)));
    assert_eq!(sum(3, "won", "value_minor"), json!(4_000));
    assert_eq!(
        (sum(4, "open", "value_minor"), sum(4, "open", "weighted_minor")),
        (json!(2_000), json!(1_000))
    );
}

#[tokio::test]
async fn deleted_deal_is_gone_and_another_workspace_finds_none() {
    let mut suite = suite().await;
    let lead = id(&ana(&suite).await);
    let (kept, gone) =
        (add(&suite, &lead, "Kept", 1, "EUR").await, add(&suite, &lead, "Gone", 1, "EUR").await);
    let path = format!("/api/deals/{}", id(&gone));
    suite.delete(&path).await.expect(204);
    suite.delete(&path).await.expect(404);
    assert_eq!(deals_of(&suite, &lead).await.len(), 1);
    let elsewhere = domain::WorkspaceId::derived(jiff::Timestamp::UNIX_EPOCH, &["elsewhere"]);
    suite.sign_in_to(elsewhere, Role::Owner);
    suite.patch(&format!("/api/deals/{}", id(&kept)), json!({"name": "Mine"})).await.expect(404);
}

#[tokio::test]
async fn pipeline_health_tells_ages_conversion_times_and_coverage() {
    let mut suite = suite().await;
    let (ana, ben) = (
        id(&ana(&suite).await),
        id(&suite.post("/api/leads", json!({"email": "ben@quay.example"})).await.expect(201)),
    );
    suite.stage.advance(SignedDuration::from_hours(24 * 4));
    suite.sign_in(Role::Manager);
    suite.patch(&format!("/api/leads/{ana}"), json!({"status": "replied"})).await.expect(200);
    add(&suite, &ana, "Booking page", 90_000, "EUR").await;
    suite
        .patch(&format!("/api/leads/{ben}"), json!({"status": "lost", "lost_reason": "other"}))
        .await
        .expect(200);
    suite.stage.advance(SignedDuration::from_hours(24 * 8));
    suite.sign_in(Role::Manager);
    suite.stage.record_changes().await;
    follow_the_stream(&suite).await;
    let health = suite.get("/api/pipeline/health").await.expect(200);
    let stage = |name: &str| {
        let stages = health["stages"].as_array().unwrap();
        stages.iter().find(|stage| stage["stage"] == name).unwrap().clone()
    };
    assert_eq!(health["stages"].as_array().unwrap().len(), 4, "won and lost are no open stages");
    let new = stage("new");
    assert_eq!((&new["left"], &new["went_on"], &new["lost"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!(new["median_hours"], 96);
    let replied = stage("replied");
    assert_eq!((&replied["under_30_days"], &replied["stale"]), (&json!(1), &json!(1)));
    assert_eq!(replied["deals"]["sums"][0]["weighted_minor"], 27_000);
    assert_eq!(
        (&health["won"], &health["hours_to_win"], &health["cut_off"]),
        (&json!(0), &json!(null), &json!(false))
    );
    suite.patch(&format!("/api/leads/{ana}"), json!({"status": "won"})).await.expect(200);
    suite.stage.record_changes().await;
    follow_the_stream(&suite).await;
    let health = suite.get("/api/pipeline/health").await.expect(200);
    assert_eq!((&health["won"], &health["hours_to_win"]), (&json!(1), &json!(24 * 12)));
    assert_eq!(health["won_three_months"]["deals"], 0, "it was won in this month");
}
