//! Who is won or lost leaves what they are in, also where the request that said so broke off halfway.

use super::suite;
use application::Ports;
use domain::campaign::CampaignState;
use domain::enrolment::{EndReason, EnrolmentState};
use domain::event::Event;
use domain::lead::LeadStatus;
use domain::sequence::Channel;
use serde_json::json;

#[tokio::test]
async fn a_repeat_takes_out_whom_the_first_request_left_in() {
    for bulk in [false, true] {
        let suite = suite().await;
        let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
        let campaign = suite.stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let lead = suite.stage.lead(&suite.workspace, "ann", |_| {}).await;
        let enrolment = suite.stage.enrolment(&campaign, &sequence, &lead.id).await;
        let (leads, enrolments) = (suite.stage.ports.leads(), suite.stage.ports.enrolments());
        let mut won = leads.get(&suite.workspace, &lead.id).await.unwrap();
        won.status = LeadStatus::Won;
        leads.save(&won, &Event::system("lead_changed", sequence.created_at)).await.unwrap();

        let path = format!("/api/leads/{}", lead.id);
        suite.patch(&path, json!({ "job_title": "Owner" })).await.expect(200);
        assert!(enrolments.get(&enrolment.key).await.unwrap().is_active(), "nobody has asked for it");
        if bulk {
            let body = json!({ "ids": [lead.id], "action": { "do": "status", "status": "won" } });
            suite.post("/api/leads/bulk", body).await.expect(200);
        } else {
            suite.patch(&path, json!({ "status": "won" })).await.expect(200);
        }
        let ended = enrolments.get(&enrolment.key).await.unwrap().state;
        assert_eq!(ended, EnrolmentState::Ended { reason: EndReason::Won });
        assert!(leads.get(&suite.workspace, &lead.id).await.unwrap().active.is_empty());
    }
}
