//! Leads that are enrolled in a campaign with a style of its own get an opening line of its own.

use super::{Scene, all_done};
use application::Ports;
use application::queue_messages::Queue;
use domain::LeadId;
use domain::campaign::writing::CampaignWriting;
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use serde_json::json;

#[tokio::test]
async fn enrolled_lead_has_its_line_ordered_where_the_campaign_writes_its_own() {
    let scene = Scene::new().await;
    let now = scene.stage.ports.clock().now();
    let sequence = scene.stage.sequence(&scene.workspace, Channel::Email, &["Hello"]).await;
    let warm = |campaign: &mut Campaign| campaign.writing.tone = "warm".to_owned();
    let own = scene.stage.campaign("Warm", &sequence, CampaignState::Active, warm).await;
    let off = |campaign: &mut Campaign| {
        campaign.writing = CampaignWriting { ai: false, tone: "warm".to_owned(), ..Default::default() };
    };
    let silent = scene.stage.campaign("Silent", &sequence, CampaignState::Active, off).await;
    let plain = scene.stage.campaign("Plain", &sequence, CampaignState::Active, |_| {}).await;
    let lead = |name: &str| LeadId::derived(now, &[name]);
    for campaign in [&silent, &plain] {
        scene.stage.enrolment(campaign, &sequence, &lead("ann")).await;
    }
    assert_eq!(scene.project(&scene.stage.stream()).await, all_done());
    assert_eq!(scene.stage.messages(Queue::Ai), Vec::<serde_json::Value>::new());

    let before = scene.stage.stream().len();
    for name in ["ann", "cy"] {
        scene.stage.enrolment(&own, &sequence, &lead(name)).await;
    }
    assert_eq!(scene.project(&scene.stage.stream()[before..]).await, all_done());
    let order = |name: &str| json!({ "workspace": scene.workspace, "lead": lead(name), "campaign": own.id, "force": false, "attempt": 0 });
    assert_eq!(scene.stage.messages(Queue::Ai), [order("ann"), order("cy")]);
}
