//! The opening lines of a campaign's leads are ordered anew when its writing settings change.

use super::*;
use std::collections::BTreeSet;

#[tokio::test]
async fn lines_are_ordered_for_all_active_leads_over_several_pages() {
    let world = World::new(130).await;
    let campaigns = world.stage.ports.campaigns();
    let mut campaign = campaigns.get(&world.workspace, &world.campaign).await.unwrap();
    let sequence = world.stage.ports.sequences().get(&world.workspace, &campaign.sequence).await.unwrap();
    let (mut ids, _) = world.stage.ports.leads().ids(&world.workspace, None).await.unwrap();
    ids.sort();
    assert_eq!(ids.len(), 130);
    for lead in &ids {
        world.stage.enrolment(&campaign, &sequence, lead).await;
    }
    let enrolments = world.stage.ports.enrolments();
    let event = Event::system(EventKind::EnrolmentEnded, world.stage.clock.now());
    enrolments.stop(&world.workspace, &ids[0], EndReason::Replied, &event).await.unwrap();
    let order = CampaignJob::WriteLines {
        workspace: world.workspace.clone(),
        campaign: world.campaign.clone(),
        cursor: None,
    };
    let run = async || {
        send_all(&*world.stage.ports.outbox(), std::slice::from_ref(&order), 0).await.unwrap();
        let pages = world.stage.drain(Queue::Enrolments, &crate::handler(&world.stage.ports)).await;
        let orders = world.stage.messages(Queue::Ai);
        let leads = orders.iter().map(|order| order["lead"].as_str().unwrap().to_owned());
        (pages, leads.collect::<BTreeSet<String>>(), orders.len())
    };
    assert_eq!(run().await, (1, BTreeSet::new(), 0), "the campaign has no style of its own");
    campaign.writing.language = "German".to_owned();
    campaigns.save(&campaign, &event).await.unwrap();
    let active: BTreeSet<String> = ids[1..].iter().map(ToString::to_string).collect();
    assert_eq!(run().await, (2, active, 129));
}
