use super::*;
use application::StoreError;
use application::campaigns::CampaignStore;

#[tokio::test]
async fn a_campaign_is_saved_under_its_revision() {
    let world = World::new();
    let mut spring = campaign("spring");
    assert_eq!(CampaignStore::save(&world.table, &spring, &event("campaign_created")).await.unwrap(), 1);
    let twice = CampaignStore::save(&world.table, &spring, &event("campaign_created")).await;
    assert!(matches!(twice, Err(StoreError::Conflict)));
    spring = CampaignStore::get(&world.table, &workspace(), &spring.id).await.unwrap();
    spring.move_to(CampaignState::Active, later(1)).unwrap();
    assert_eq!(CampaignStore::save(&world.table, &spring, &event("campaign_launched")).await.unwrap(), 2);
    let listed = CampaignStore::list(&world.table, &workspace()).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].state, CampaignState::Active);
    assert!(CampaignStore::list(&world.table, &other_workspace()).await.unwrap().is_empty());
}
