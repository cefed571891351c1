use super::*;
use application::StoreError;
use application::ports::lead_views::LeadViewStore;
use application::ports::segments::{SegmentSaved, SegmentStore};
use domain::lead::filter::LeadFilter;
use domain::lead::list_view::{LeadListView, SortOrder};
use domain::lead::segment::Segment;
use domain::{LeadViewId, SegmentId, UserId};

fn user(name: &str) -> UserId {
    UserId::derived(Still.now(), &["user", name])
}

pub(crate) fn segment(name: &str) -> Segment {
    let rule = serde_json::json!({"all": [
        {"if": {"field": "status", "is": ["new", "won"]}},
        {"any": [{"if": {"field": "custom.Seats", "at_least": "10"}}, {"if": {"field": "email", "filled": false}}]},
        {"none": [{"if": {"field": "last_contacted", "in_last_days": 30}}]},
    ]});
    Segment {
        id: SegmentId::derived(Still.now(), &["segment", name]),
        workspace: workspace(),
        name: name.to_owned(),
        rule: serde_json::from_value(rule).unwrap(),
        by: Some(user("maya")),
        created_at: Still.now(),
        updated_at: later(1),
        rev: 0,
    }
}

pub(crate) fn view(owner: &str, name: &str) -> LeadListView {
    LeadListView {
        id: LeadViewId::derived(Still.now(), &["view", name]),
        workspace: workspace(),
        owner: user(owner),
        name: name.to_owned(),
        shared: false,
        position: 2,
        filter: LeadFilter {
            tag: vec!["fair".to_owned()],
            segment: Some(segment("Big").id),
            ..LeadFilter::default()
        },
        sort: Some("custom.Seats".to_owned()),
        order: Some(SortOrder::Descending),
        columns: vec!["company".to_owned(), "custom.Seats".to_owned()],
        created_at: Still.now(),
        updated_at: later(1),
        rev: 0,
    }
}

async fn save(world: &World, segment: &Segment, former: Option<&str>) -> SegmentSaved {
    SegmentStore::save(&world.table, segment, former, &event(EventKind::SegmentChanged)).await.unwrap()
}

#[tokio::test]
async fn name_of_a_segment_is_its_own_until_it_is_given_up() {
    let world = World::new();
    let big = segment("Big");
    assert_eq!(save(&world, &big, None).await, SegmentSaved::At(1));
    let other = Segment { id: segment("other").id, ..segment(" BIG ") };
    assert_eq!(save(&world, &other, None).await, SegmentSaved::NameTaken);
    let renamed = Segment { name: "Large".to_owned(), rev: 1, ..big.clone() };
    assert_eq!(save(&world, &renamed, Some("Big")).await, SegmentSaved::At(2));
    assert_eq!(save(&world, &other, None).await, SegmentSaved::At(1));
    let back = Segment { rev: 2, ..big.clone() };
    assert_eq!(save(&world, &back, Some("Large")).await, SegmentSaved::NameTaken);
    let read = SegmentStore::get(&world.table, &workspace(), &big.id).await.unwrap();
    assert_eq!(read, Segment { rev: 2, ..renamed }, "nothing of the refused change is written");
    let spelled = Segment { name: "LARGE".to_owned(), ..read };
    assert_eq!(save(&world, &spelled, Some("Large")).await, SegmentSaved::At(3), "its own name again");
}

#[tokio::test]
async fn deleted_segment_frees_its_name_and_a_stale_one_is_not_deleted() {
    let world = World::new();
    let big = segment("Big");
    save(&world, &big, None).await;
    let stored = Segment { rev: 1, ..big.clone() };
    assert_eq!(SegmentStore::list(&world.table, &workspace()).await.unwrap(), std::slice::from_ref(&stored));
    let deleted = event(EventKind::SegmentDeleted);
    let stale = SegmentStore::delete(&world.table, &Segment { rev: 9, ..big.clone() }, &deleted).await;
    assert!(matches!(stale, Err(StoreError::Conflict)));
    SegmentStore::delete(&world.table, &stored, &deleted).await.unwrap();
    let gone = SegmentStore::get(&world.table, &workspace(), &big.id).await;
    assert!(matches!(gone, Err(StoreError::NotFound)));
    let again = Segment { id: segment("again").id, ..big };
    assert_eq!(save(&world, &again, None).await, SegmentSaved::At(1));
}

#[tokio::test]
async fn segments_are_those_of_their_workspace() {
    let world = World::new();
    save(&world, &segment("Big"), None).await;
    let elsewhere = Segment { workspace: other_workspace(), ..segment("Big") };
    assert_eq!(save(&world, &elsewhere, None).await, SegmentSaved::At(1));
    let listed = SegmentStore::list(&world.table, &other_workspace()).await.unwrap();
    assert_eq!(listed, [Segment { rev: 1, ..elsewhere }]);
}

#[tokio::test]
async fn private_view_is_seen_by_its_owner_and_a_shared_one_by_all() {
    let world = World::new();
    let (mine, theirs) = (view("maya", "Mine"), view("ben", "Theirs"));
    let shown = LeadListView { shared: true, ..view("ben", "Shown") };
    for view in [&mine, &theirs, &shown] {
        let saved = LeadViewStore::save(&world.table, view, false, &event(EventKind::LeadViewCreated)).await;
        assert_eq!(saved.unwrap(), 1);
    }
    let names = |views: Vec<LeadListView>| views.into_iter().map(|view| view.name).collect::<Vec<_>>();
    let (maya, table) = (user("maya"), &world.table);
    let listed = LeadViewStore::list(table, &workspace(), &maya).await.unwrap();
    assert_eq!(names(listed), ["Mine", "Shown"]);
    let get = async |id: &LeadViewId| LeadViewStore::get(table, &workspace(), &maya, id).await;
    assert_eq!(get(&mine.id).await.unwrap(), LeadListView { rev: 1, ..mine });
    assert_eq!(get(&shown.id).await.unwrap().name, "Shown");
    assert!(matches!(get(&theirs.id).await, Err(StoreError::NotFound)));
    assert_eq!(LeadViewStore::all(table, &workspace()).await.unwrap().len(), 3);
    assert_eq!(LeadViewStore::all(table, &other_workspace()).await.unwrap(), []);
}

#[tokio::test]
async fn shared_view_moves_once_and_is_no_longer_where_it_was() {
    let world = World::new();
    let (table, maya, ben) = (&world.table, user("maya"), user("ben"));
    let changed = event(EventKind::LeadViewChanged);
    let mine = view("maya", "Mine");
    LeadViewStore::save(table, &mine, false, &changed).await.unwrap();
    let shared = LeadListView { shared: true, rev: 1, ..mine.clone() };
    assert_eq!(LeadViewStore::save(table, &shared, false, &changed).await.unwrap(), 2);
    let shared = LeadListView { rev: 2, ..shared };
    for user in [&maya, &ben] {
        let seen = LeadViewStore::list(table, &workspace(), user).await.unwrap();
        assert_eq!(seen, std::slice::from_ref(&shared));
    }
    let stale = LeadListView { shared: true, rev: 1, ..mine.clone() };
    let refused = LeadViewStore::save(table, &stale, false, &changed).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));
    let back = LeadListView { shared: false, ..shared };
    assert_eq!(LeadViewStore::save(table, &back, true, &changed).await.unwrap(), 3);
    assert_eq!(LeadViewStore::list(table, &workspace(), &ben).await.unwrap(), []);
    let back = LeadListView { rev: 3, ..back };
    let deleted = event(EventKind::LeadViewDeleted);
    LeadViewStore::delete(table, &back, &deleted).await.unwrap();
    assert!(matches!(LeadViewStore::delete(table, &back, &deleted).await, Err(StoreError::Conflict)));
    assert_eq!(LeadViewStore::list(table, &workspace(), &maya).await.unwrap(), []);
}
