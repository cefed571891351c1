//! A lead that is won or lost leaves its campaigns, even if the request fails midway.

use super::suite;
use application::Ports;
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::lead::stage::StageId;
use local_cloud::{Fault, Moment};
use serde_json::json;

#[tokio::test]
async fn repeated_closing_status_ends_enrolments_left_active() {
    for bulk in [false, true] {
        let suite = suite().await;
        let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
        let campaign = suite.stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let lead = suite.stage.lead(&suite.workspace, "ann", |_| {}).await;
        let enrolment = suite.stage.enrolment(&campaign, &sequence, &lead.id).await;
        let (leads, enrolments) = (suite.stage.ports.leads(), suite.stage.ports.enrolments());
        let mut won = leads.get(&suite.workspace, &lead.id).await.unwrap();
        won.status = StageId::WON;
        leads.save(&won, &Event::system(EventKind::LeadChanged, sequence.created_at)).await.unwrap();

        let path = format!("/api/leads/{}", lead.id);
        suite.patch(&path, json!({ "job_title": "Owner" })).await.expect(200);
        assert!(enrolments.get(enrolment.key()).await.unwrap().is_active(), "nobody has asked for it");
        if bulk {
            let body = json!({ "ids": [lead.id], "action": { "do": "status", "status": "won" } });
            suite.post("/api/leads/bulk", body).await.expect(200);
        } else {
            suite.patch(&path, json!({ "status": "won" })).await.expect(200);
        }
        let ended = enrolments.get(enrolment.key()).await.unwrap().state().clone();
        assert_eq!(ended, EnrolmentState::Ended { reason: EndReason::Won });
        assert!(leads.get(&suite.workspace, &lead.id).await.unwrap().active.is_empty());
    }
}

/// The enrolments end before the status is saved; in the other order a failed request would leave them active
/// until it is repeated.
#[tokio::test]
async fn enrolments_end_before_the_closing_status_is_saved() {
    for (bulk, change) in [
        (false, json!({ "status": "lost", "lost_reason": "no_answer" })),
        (false, json!({ "do_not_contact": true })),
        (false, json!({ "status": "won", "email": "anna@northquay.example" })),
        (true, json!({ "status": "lost", "lost_reason": "no_answer" })),
    ] {
        let suite = suite().await;
        let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
        let campaign = suite.stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let lead = suite.stage.lead(&suite.workspace, "ann", |_| {}).await;
        let enrolment = suite.stage.enrolment(&campaign, &sequence, &lead.id).await;
        let path = format!("/api/leads/{}", lead.id);
        let seen = suite.get(&path).await.expect(200)["rev"].clone();
        let ask = async || match bulk {
            true => {
                let body = json!({ "ids": [lead.id], "action": { "do": "status", "status": "lost", "lost_reason": "no_answer" } });
                suite.post("/api/leads/bulk", body).await
            }
            false => {
                let mut change = change.clone();
                change["rev"] = seen.clone();
                suite.patch(&path, change).await
            }
        };
        suite.stage.cloud.faults().inject(|moment, call| {
            let writes = String::from_utf8_lossy(call.body).contains("lead_changed");
            (moment == Moment::Before && writes).then(|| Fault::Fail {
                status: 400,
                code: "Gone".to_owned(),
                message: String::new(),
            })
        });
        ask().await.expect(503);
        suite.stage.cloud.faults().clear();
        let there = suite.stage.ports.enrolments().get(enrolment.key()).await.unwrap();
        assert!(!there.is_active(), "{change}");
        if bulk {
            ask().await.expect(200);
        } else {
            ask().await.expect(409);
            suite.patch(&path, change.clone()).await.expect(200);
        }
        let said = suite.get(&path).await.expect(200);
        assert!(change.as_object().unwrap().iter().all(|(field, value)| said[field] == *value), "{said}");
    }
}

/// The change is based on the revision that the caller saw, though ending the enrolments has changed it.
#[tokio::test]
async fn closing_change_applies_though_it_changed_the_revision_itself() {
    let suite = suite().await;
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
    let campaign = suite.stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
    let lead = suite.stage.lead(&suite.workspace, "ann", |_| {}).await;
    suite.stage.enrolment(&campaign, &sequence, &lead.id).await;
    let path = format!("/api/leads/{}", lead.id);
    let seen = suite.get(&path).await.expect(200)["rev"].clone();
    let change = json!({ "status": "lost", "lost_reason": "no_answer", "job_title": "Owner", "rev": seen });
    let said = suite.patch(&path, change.clone()).await.expect(200);
    assert_eq!((&said["status"], &said["job_title"]), (&json!("lost"), &json!("Owner")));
    suite.patch(&path, change).await.expect(409);
}
