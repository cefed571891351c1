//! The list of held enrolments over all campaigns.

use super::{now, suite, text};
use application::Ports;
use application::queue_messages::Queue;
use domain::LeadId;
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::HoldReason;
use domain::event::{Event, EventKind};
use domain::sequence::Sequence;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use test_stage::Suite;

async fn campaign(suite: &Suite, sequence: &Sequence, name: &str, state: CampaignState) -> Campaign {
    suite.stage.campaign(name, sequence, state, |_| {}).await
}

async fn hold(
    suite: &Suite,
    (campaign, sequence): (&Campaign, &Sequence),
    name: &str,
    reason: HoldReason,
) -> LeadId {
    let lead = suite.stage.lead(&suite.workspace, name, |lead| lead.first_name = Some(name.to_owned())).await;
    let mut held = suite.stage.enrolment(campaign, sequence, &lead.id).await;
    let until = Some(now(suite) + SignedDuration::from_hours(5));
    held.rebuild_with(|it| (it.state, it.due) = (EnrolmentState::Held { reason, until }, until));
    suite
        .stage
        .ports
        .enrolments()
        .save(&held, &Event::system(EventKind::EnrolmentHeld, now(suite)))
        .await
        .unwrap();
    lead.id
}

fn names(page: &Value) -> BTreeSet<String> {
    page["items"].as_array().unwrap().iter().map(|one| text(&one["lead_name"])).collect()
}

#[tokio::test]
async fn held_list_covers_all_campaigns_with_reason_and_end() {
    let suite = suite().await;
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
    let spring = campaign(&suite, &sequence, "Spring", CampaignState::Active).await;
    let autumn = campaign(&suite, &sequence, "Autumn", CampaignState::Paused).await;
    let over = campaign(&suite, &sequence, "Over", CampaignState::Completed).await;
    assert_eq!(suite.get("/api/campaigns/held").await.expect(200), json!({"items": [], "total": 0}));
    let ana = hold(&suite, (&spring, &sequence), "ana", HoldReason::OutOfOffice).await;
    hold(&suite, (&autumn, &sequence), "ben", HoldReason::CampaignPaused).await;
    hold(&suite, (&autumn, &sequence), "cleo", HoldReason::OutOfOffice).await;
    hold(&suite, (&over, &sequence), "dan", HoldReason::OutOfOffice).await;
    let moving = suite.stage.lead(&suite.workspace, "eve", |_| {}).await;
    suite.stage.enrolment(&spring, &sequence, &moving.id).await;

    let all = suite.get("/api/campaigns/held").await.expect(200);
    assert_eq!(names(&all), ["ana", "ben", "cleo"].map(str::to_owned).into());
    let first = all["items"].as_array().unwrap().iter().find(|one| one["lead_id"] == ana.as_str()).unwrap();
    assert_eq!((&first["campaign_name"], &first["hold_reason"]), (&json!("Spring"), &json!("out_of_office")));
    assert!(first["held_until"].is_string() && first["step_kind"] == "email");

    let absent = suite.get("/api/campaigns/held?reason=out_of_office").await.expect(200);
    assert_eq!(names(&absent), ["ana", "cleo"].map(str::to_owned).into());
    suite.get("/api/campaigns/held?reason=tired").await.expect(422);
    suite.get("/api/campaigns/held?cursor=nonsense").await.expect(422);

    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = suite.get(&format!("/api/campaigns/held?limit=1{cursor}")).await.expect(200);
        assert!(page["items"].as_array().unwrap().len() <= 1);
        seen.extend(names(&page));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
        assert!(seen.len() < 9, "pages without end");
    }
    assert_eq!((seen.len(), BTreeSet::from_iter(seen)), (3, names(&all)), "each once");
}

#[tokio::test]
async fn held_page_costs_by_enrolments_not_by_campaigns() {
    let suite = suite().await;
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
    for number in 0..30 {
        campaign(&suite, &sequence, &format!("C{number}"), CampaignState::Active).await;
    }
    suite.get("/api/campaigns").await.expect(200);
    let read = async |path: &str| {
        let before = suite.stage.cloud.ledger().snapshot();
        let page = suite.get(path).await.expect(200);
        let spent = suite.stage.cloud.ledger().since(&before);
        assert_eq!(spent.write_units(), 0.0);
        (page, spent.read_units())
    };
    let (page, idle) = read("/api/campaigns/held").await;
    assert!(idle <= 60.0, "{idle} read units where nobody is held");
    assert!(page["next_cursor"].is_string(), "ten campaigns are enough for one page");
    let one = campaign(&suite, &sequence, "A", CampaignState::Active).await;
    for number in 0..20 {
        hold(&suite, (&one, &sequence), &format!("p{number}"), HoldReason::MissingValue).await;
    }
    let (_, with_people) = read("/api/campaigns/held?limit=20").await;
    assert!(with_people <= 60.0 + 20.0 * 3.0, "{with_people} read units for twenty people");
}

#[tokio::test]
async fn release_by_reason_starts_a_job() {
    let suite = suite().await;
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
    let one = campaign(&suite, &sequence, "A", CampaignState::Active).await;
    let path = format!("/api/campaigns/{}/release", one.id);
    for reason in
        ["uncertain", "late", "out_of_office", "campaign_paused", "sending_stopped", "account_paused"]
    {
        let refused = suite.post(&path, json!({ "reason": reason })).await.expect(422);
        assert_eq!(refused["field"], "reason");
    }
    let answer = suite.post(&path, json!({ "reason": "missing_value" })).await.expect(200);
    assert_eq!(answer["id"], json!(one.id));
    let jobs = suite.stage.messages(Queue::Enrolments);
    let job = jobs.iter().find(|job| job["do"] == "release").unwrap();
    assert_eq!((&job["campaign"], &job["reason"]), (&json!(one.id), &json!("missing_value")));
    let paused = campaign(&suite, &sequence, "B", CampaignState::Paused).await;
    let path = format!("/api/campaigns/{}/release", paused.id);
    let refused = suite.post(&path, json!({ "reason": "missing_value" })).await.expect(409);
    assert_eq!(refused["code"], "illegal_move");
}
