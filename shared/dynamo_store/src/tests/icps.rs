use super::*;
use application::StoreError;
use application::ports::icps::{IcpSaved, IcpStore};
use domain::icp::Icp;
use domain::{IcpId, UserId};

pub(crate) fn icp(name: &str) -> Icp {
    let profile = serde_json::json!({
        "rules": [
            {"rule": {"if": {"field": "custom.Rooms", "at_most": "8"}}, "not_known": "keep"},
            {"rule": {"none": [{"if": {"field": "status", "is": ["won"]}}]}, "not_known": "leave_out"},
        ],
        "weights": [{"rule": {"if": {"field": "rating", "at_least": "4.6"}}, "points": 40}],
        "threshold": 60,
    });
    Icp {
        id: IcpId::derived(Still.now(), &["icp", name]),
        workspace: workspace(),
        name: name.to_owned(),
        profile: serde_json::from_value(profile).unwrap(),
        main: true,
        version: 3,
        by: Some(UserId::derived(Still.now(), &["user", "maya"])),
        created_at: Still.now(),
        updated_at: later(1),
        rev: 0,
    }
}

async fn save(world: &World, icp: &Icp, former: Option<&str>, no_longer_main: Option<&Icp>) -> IcpSaved {
    let event = event(EventKind::IcpChanged);
    IcpStore::save(&world.table, icp, former, no_longer_main, &event).await.unwrap()
}

#[tokio::test]
async fn icp_that_becomes_the_main_one_replaces_the_former_in_one_write() {
    let world = World::new();
    let clinics = icp("Clinics");
    assert_eq!(save(&world, &clinics, None, None).await, IcpSaved::At(1));
    let clinics = Icp { rev: 1, ..clinics };
    let hotels = icp("Hotels");
    assert_eq!(save(&world, &hotels, None, Some(&clinics)).await, IcpSaved::At(1));
    let mut known = IcpStore::list(&world.table, &workspace()).await.unwrap();
    known.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(known, [Icp { main: false, rev: 2, ..clinics }, Icp { rev: 1, ..hotels }]);
    // The former main one was changed meanwhile: neither is written.
    let event = event(EventKind::IcpChanged);
    let stale = Icp { rev: 1, ..icp("Clinics") };
    let again = Icp { name: "Inns".to_owned(), ..known[1].clone() };
    let refused = IcpStore::save(&world.table, &again, Some("Hotels"), Some(&stale), &event).await;
    assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    assert_eq!(IcpStore::get(&world.table, &workspace(), &again.id).await.unwrap().name, "Hotels");
}

#[tokio::test]
async fn name_of_an_icp_is_its_own_until_it_is_changed_or_deleted() {
    let world = World::new();
    let clinics = icp("Clinics");
    save(&world, &clinics, None, None).await;
    let other = Icp { id: icp("other").id, main: false, ..icp(" CLINICS ") };
    assert_eq!(save(&world, &other, None, None).await, IcpSaved::NameTaken);
    let renamed = Icp { name: "Small clinics".to_owned(), rev: 1, ..clinics };
    assert_eq!(save(&world, &renamed, Some("Clinics"), None).await, IcpSaved::At(2));
    assert_eq!(save(&world, &other, None, None).await, IcpSaved::At(1));
    let stale = IcpStore::delete(&world.table, &renamed, &event(EventKind::IcpDeleted)).await;
    assert!(matches!(stale, Err(StoreError::Conflict)), "{stale:?}");
    let read = IcpStore::get(&world.table, &workspace(), &renamed.id).await.unwrap();
    IcpStore::delete(&world.table, &read, &event(EventKind::IcpDeleted)).await.unwrap();
    let gone = IcpStore::get(&world.table, &workspace(), &read.id).await;
    assert!(matches!(gone, Err(StoreError::NotFound)), "{gone:?}");
    let again = Icp { id: icp("third").id, main: false, ..icp("Small clinics") };
    assert_eq!(save(&world, &again, None, None).await, IcpSaved::At(1), "its name is free");
}
