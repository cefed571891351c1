//! The list of a company's active leads follows a change of address.

use super::suite;
use application::ports::store::PageRequest;
use application::{Clock, Ports};
use domain::LeadId;
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use jiff::SignedDuration;
use serde_json::json;
use test_stage::Suite;

async fn registered_leads(suite: &Suite, company: &str) -> Vec<LeadId> {
    let companies = suite.stage.ports.companies();
    companies.registered_leads(&suite.workspace, company, PageRequest::first(9)).await.unwrap().items
}

#[tokio::test]
async fn lead_with_a_new_address_is_listed_under_the_new_company_only() {
    for days in [0, 5] {
        let suite = suite().await;
        let ports = &suite.stage.ports;
        let mut workspace = ports.workspaces().get(&suite.workspace).await.unwrap();
        workspace.company_hold_days = days;
        let event = Event::system(EventKind::LeadChanged, suite.stage.clock.now());
        ports.workspaces().save(&workspace, &event).await.unwrap();
        let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
        let campaign = suite.stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let ann = suite.stage.lead(&suite.workspace, "ann", |_| {}).await.id;
        suite.stage.enrolment(&campaign, &sequence, &ann).await;
        let until = suite.stage.clock.now() + SignedDuration::from_hours(1);
        ports.companies().register_lead(&suite.workspace, "one.example", &ann, until).await.unwrap();
        let path = format!("/api/leads/{ann}");
        suite.patch(&path, json!({ "job_title": "Owner" })).await.expect(200);
        assert_eq!(registered_leads(&suite, "one.example").await, std::slice::from_ref(&ann));
        suite.patch(&path, json!({ "email": "ann@two.example" })).await.expect(200);
        let there: &[LeadId] = if days > 0 { std::slice::from_ref(&ann) } else { &[] };
        assert_eq!(registered_leads(&suite, "two.example").await, there, "{days}");
        assert_eq!(registered_leads(&suite, "one.example").await.is_empty(), days > 0);
        suite.stage.advance(SignedDuration::from_hours(2));
        suite.stage.cloud.sweep_expired().unwrap();
        assert!(registered_leads(&suite, "one.example").await.is_empty(), "it is forgotten by itself");
    }
}
