//! Pausing and resuming one lead in all its campaigns.

use super::suite;
use application::Ports;
use application::ports::due::DueWork;
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use jiff::{SignedDuration, Timestamp};
use local_cloud::{Fault, Moment};
use serde_json::{Value, json};
use test_stage::Suite;

/// Ana, enrolled in each of these campaigns, which are created in this order.
pub(super) async fn ana_in(suite: &Suite, campaigns: &[(&str, CampaignState)]) -> (Lead, Vec<Enrolment>) {
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello", "Again"]).await;
    let mailbox = suite.stage.mailbox(&suite.workspace).await;
    let ana = suite.stage.lead(&suite.workspace, "ana", |_| {}).await;
    let mut enrolments = Vec::new();
    for (name, state) in campaigns {
        suite.stage.advance(SignedDuration::from_secs(1));
        let sends_by = |campaign: &mut domain::campaign::Campaign| campaign.mailboxes = vec![mailbox.clone()];
        let campaign = suite.stage.campaign(name, &sequence, *state, sends_by).await;
        enrolments.push(suite.stage.enrolment(&campaign, &sequence, &ana.id).await);
    }
    (ana, enrolments)
}

pub(super) const BOTH: [(&str, CampaignState); 2] =
    [("Spring", CampaignState::Active), ("Autumn", CampaignState::Active)];

fn now(suite: &Suite) -> Timestamp {
    suite.stage.ports.clock().now()
}

pub(super) async fn stands(suite: &Suite, enrolment: &Enrolment) -> Enrolment {
    suite.stage.ports.enrolments().get(enrolment.key()).await.unwrap()
}

async fn changed(suite: &Suite, enrolment: &Enrolment, change: impl FnOnce(&mut Enrolment)) {
    let mut changed = stands(suite, enrolment).await;
    change(&mut changed);
    let event = Event::system(EventKind::LeadChanged, now(suite));
    suite.stage.ports.enrolments().save(&changed, &event).await.unwrap();
}

fn outcomes(answer: &Value) -> Vec<(&str, &str)> {
    fn one(row: &Value) -> (&str, &str) {
        (row["campaign_name"].as_str().unwrap(), row["outcome"].as_str().unwrap())
    }
    answer["campaigns"].as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn pause_and_resume_apply_to_every_campaign() {
    let suite = suite().await;
    let (ana, enrolments) = ana_in(&suite, &BOTH).await;
    let path = format!("/api/leads/{}", ana.id);
    let paused = suite.post(&format!("{path}/pause"), json!({})).await.expect(200);
    assert_eq!(outcomes(&paused), [("Spring", "paused"), ("Autumn", "paused")]);
    assert_eq!(paused["campaigns"][0]["before"]["state"], "scheduled");
    assert_eq!(paused["campaigns"][0]["now"]["hold_reason"], "paused_by_user");
    let held = EnrolmentState::Held { reason: HoldReason::PausedByUser, until: None };
    for enrolment in &enrolments {
        assert_eq!(*stands(&suite, enrolment).await.state(), held);
    }
    let spent = suite.stage.cloud.ledger().snapshot();
    let again = suite.post(&format!("{path}/pause"), json!({})).await.expect(200);
    assert_eq!(outcomes(&again), [("Spring", "already_paused"), ("Autumn", "already_paused")]);
    assert_eq!(suite.stage.cloud.ledger().since(&spent).write_units(), 0.0, "the same again writes nothing");
    let resumed = suite.post(&format!("{path}/resume"), json!({})).await.expect(200);
    assert_eq!(outcomes(&resumed), [("Spring", "goes_on"), ("Autumn", "goes_on")]);
    for enrolment in &enrolments {
        let goes_on = stands(&suite, enrolment).await;
        assert_eq!(*goes_on.state(), EnrolmentState::Scheduled);
        assert!(goes_on.due().is_some_and(|due| due >= now(&suite)), "{goes_on:?}");
    }
    let again = suite.post(&format!("{path}/resume"), json!({})).await.expect(200);
    assert_eq!(outcomes(&again), [("Spring", "not_paused"), ("Autumn", "not_paused")]);
}

#[tokio::test]
async fn pause_with_an_end_leaves_hints_and_a_new_end_shows_the_former() {
    let suite = suite().await;
    let (ana, _) = ana_in(&suite, &BOTH).await;
    let path = format!("/api/leads/{}/pause", ana.id);
    let until = now(&suite) + SignedDuration::from_hours(72);
    suite.post(&path, json!({ "until": until })).await.expect(200);
    let found = suite.stage.ports.due().due(until, 9).await.unwrap();
    let found = found.iter().flat_map(|packed| &packed.hints);
    let found = found.filter(|hint| hint.at == until && matches!(hint.what, DueWork::Step { .. }));
    assert_eq!(found.count(), 2);
    let longer = until + SignedDuration::from_hours(24);
    let other = suite.post(&path, json!({ "until": longer })).await.expect(200);
    for row in other["campaigns"].as_array().unwrap() {
        assert_eq!(row["outcome"], "paused");
        assert_eq!(row["before"]["held_until"], json!(until));
        assert_eq!(row["now"]["held_until"], json!(longer));
    }
    let refused = suite.post(&path, json!({ "until": "someday" })).await.expect(422);
    assert_eq!(refused["field"], "until");
    let past = now(&suite) - SignedDuration::from_hours(1);
    suite.post(&path, json!({ "until": past })).await.expect(422);
}

#[tokio::test]
async fn pause_waits_for_claims_and_keeps_other_holds() {
    let suite = suite().await;
    let all = ["Sent", "Away", "Late", "Given"].map(|name| (name, CampaignState::Active));
    let (ana, enrolments) = ana_in(&suite, &all).await;
    let [sent, away, late, given] = &enrolments[..] else { unreachable!() };
    let (at, expires) = (now(&suite), now(&suite) + SignedDuration::from_mins(2));
    let stored = suite.stage.ports.enrolments();
    let mut claimed = stored.get(sent.key()).await.unwrap();
    claimed.claim(&domain::enrolment::ClaimToken::new(1, "token"), expires).unwrap();
    stored.claim(&claimed, at).await.unwrap();
    let back = at + SignedDuration::from_hours(48);
    changed(&suite, away, |away| away.hold(HoldReason::OutOfOffice, Some(back), at).unwrap()).await;
    let path = format!("/api/leads/{}", ana.id);
    let paused = suite.post(&format!("{path}/pause"), json!({})).await.expect(200);
    let wanted = ["pause_wanted", "pause_wanted", "paused", "paused"];
    assert_eq!(outcomes(&paused).into_iter().map(|(_, outcome)| outcome).collect::<Vec<_>>(), wanted);
    let wish = json!({ "until": null, "reason": "paused_by_user" });
    assert_eq!(paused["campaigns"][0]["now"]["pause_wanted"], wish);
    assert!(stands(&suite, sent).await.is_claimed_by(&domain::enrolment::ClaimToken::new(1, "token")));

    changed(&suite, late, |late| late.hold(HoldReason::Late, None, at).unwrap()).await;
    changed(&suite, given, |given| given.hold(HoldReason::OwnerChanged, None, at).unwrap()).await;
    let resumed = suite.post(&format!("{path}/resume"), json!({})).await.expect(200);
    assert_eq!(
        outcomes(&resumed),
        [
            ("Sent", "wish_taken_back"),
            ("Away", "wish_taken_back"),
            ("Late", "held_otherwise"),
            ("Given", "goes_on")
        ]
    );
    assert_eq!(resumed["campaigns"][2]["now"]["hold_reason"], "late");
    let (sent, away) = (stands(&suite, sent).await, stands(&suite, away).await);
    assert!(
        sent.is_claimed_by(&domain::enrolment::ClaimToken::new(1, "token")) && sent.pause_wanted().is_none()
    );
    let is_away = EnrolmentState::Held { reason: HoldReason::OutOfOffice, until: Some(back) };
    assert_eq!((away.state().clone(), away.pause_wanted()), (is_away, None));
}

#[tokio::test]
async fn pause_of_a_pending_enrolment_keeps_it_pending() {
    let suite = suite().await;
    let (ana, enrolments) = ana_in(&suite, &[("Draft", CampaignState::Draft)]).await;
    let pending = |new: &mut Enrolment| {
        new.rebuild_with(|it| (it.state, it.due) = (EnrolmentState::Pending, None));
    };
    changed(&suite, &enrolments[0], pending).await;
    let path = format!("/api/leads/{}", ana.id);
    let paused = suite.post(&format!("{path}/pause"), json!({})).await.expect(200);
    assert_eq!(outcomes(&paused), [("Draft", "paused")]);
    let wish = json!({ "until": null, "reason": "paused_by_user" });
    assert_eq!(paused["campaigns"][0]["now"]["pause_wanted"], wish);
    let resumed = suite.post(&format!("{path}/resume"), json!({})).await.expect(200);
    assert_eq!(outcomes(&resumed), [("Draft", "wish_taken_back")]);
    let pending = stands(&suite, &enrolments[0]).await;
    assert_eq!(
        (pending.state().clone(), pending.due(), pending.pause_wanted()),
        (EnrolmentState::Pending, None, None)
    );
}

#[tokio::test]
async fn contended_enrolment_is_busy_and_the_others_are_paused() {
    let suite = suite().await;
    let (ana, enrolments) = ana_in(&suite, &BOTH).await;
    let spring = enrolments[0].key().campaign.to_string();
    suite.stage.cloud.faults().inject(move |moment, call| {
        let body = String::from_utf8_lossy(call.body);
        let is_it = moment == Moment::Before && body.contains("enrolment_held") && body.contains(&spring);
        is_it.then(|| Fault::Fail {
            status: 400,
            code: "ConditionalCheckFailedException".to_owned(),
            message: "changed meanwhile".to_owned(),
        })
    });
    let path = format!("/api/leads/{}/pause", ana.id);
    let paused = suite.post(&path, json!({})).await.expect(200);
    assert_eq!(outcomes(&paused), [("Spring", "busy"), ("Autumn", "paused")]);
    assert_eq!(paused["campaigns"][0]["now"]["state"], "scheduled");
    suite.stage.cloud.faults().clear();
    let again = suite.post(&path, json!({})).await.expect(200);
    assert_eq!(outcomes(&again), [("Spring", "paused"), ("Autumn", "already_paused")]);
}

#[tokio::test]
async fn pause_of_a_lead_without_campaigns_is_empty_and_of_an_unknown_lead_404() {
    let suite = suite().await;
    let (ana, _) = ana_in(&suite, &BOTH).await;
    let path = format!("/api/leads/{}", ana.id);
    suite.post(&format!("{path}/stop"), json!({})).await.expect(200);
    for order in ["pause", "resume"] {
        let answer = suite.post(&format!("{path}/{order}"), json!({})).await.expect(200);
        assert_eq!(answer, json!({ "campaigns": [] }), "what has ended is not touched");
    }
    let nobody = domain::LeadId::derived(now(&suite), &["nobody"]);
    suite.post(&format!("/api/leads/{nobody}/pause"), json!({})).await.expect(404);
    suite.post(&format!("/api/leads/{nobody}/resume"), json!({})).await.expect(404);
}
