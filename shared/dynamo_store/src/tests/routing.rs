//! Turns of owner routing: each is given out once, whoever asks and however many.

use super::*;
use application::ports::routing::RoutingStore;
use domain::RoutingRuleId;
use domain::lead::routing::{OwnerAway, OwnerChoice, Routing, RoutingConditions, RoutingRule};
use futures::future::try_join_all;

fn workspace() -> WorkspaceId {
    WorkspaceId::derived(Still.now(), &["northquay"])
}

fn rule() -> RoutingRuleId {
    RoutingRuleId::derived(Still.now(), &["rule"])
}

#[tokio::test]
async fn turns_taken_at_the_same_time_are_all_different() {
    let world = World::new();
    let (workspace, rule) = (workspace(), rule());
    let takers = (0..20).map(|n| world.table.take_turns(&workspace, Some(&rule), n % 5 + 1));
    let mut turns: Vec<u64> = try_join_all(takers).await.unwrap().concat();
    turns.sort_unstable();
    assert_eq!(turns, (0..60).collect::<Vec<u64>>());
    assert_eq!(world.table.next_turn(&workspace, Some(&rule)).await.unwrap(), 60);
}

#[tokio::test]
async fn turns_that_were_given_back_come_first_and_once() {
    let world = World::new();
    let (workspace, rule) = (workspace(), rule());
    assert_eq!(world.table.take_turns(&workspace, Some(&rule), 4).await.unwrap(), [0, 1, 2, 3]);
    for _ in 0..2 {
        world.table.give_back_turns(&workspace, Some(&rule), &[3, 1]).await.unwrap();
    }
    world.table.give_back_turns(&workspace, Some(&rule), &[]).await.unwrap();
    assert_eq!(world.table.next_turn(&workspace, Some(&rule)).await.unwrap(), 1);
    let takers = (0..6).map(|_| world.table.take_turns(&workspace, Some(&rule), 1));
    let mut turns: Vec<u64> = try_join_all(takers).await.unwrap().concat();
    turns.extend(world.table.take_turns(&workspace, Some(&rule), 2).await.unwrap());
    turns.sort_unstable();
    assert_eq!(turns.len(), 8);
    turns.dedup();
    assert_eq!(turns.len(), 8, "{turns:?}");
    assert!(turns.contains(&1) && turns.contains(&3) && !turns.contains(&0), "{turns:?}");
}

#[tokio::test]
async fn each_rule_and_each_workspace_has_turns_of_its_own() {
    let world = World::new();
    let other = WorkspaceId::derived(Still.now(), &["southbank"]);
    for (workspace, rule) in [(workspace(), Some(rule())), (workspace(), None), (other, Some(rule()))] {
        let turns = world.table.take_turns(&workspace, rule.as_ref(), 2).await.unwrap();
        assert_eq!(turns, [0, 1], "{workspace} {rule:?}");
    }
}

#[tokio::test]
async fn batch_of_turns_costs_one_write_unit() {
    let world = World::new();
    let (workspace, rule) = (workspace(), rule());
    let (_, units) = world.write_units(world.table.take_turns(&workspace, Some(&rule), 16)).await;
    assert_eq!(units, 1.0);
}

#[tokio::test]
async fn rules_are_read_as_they_were_saved() {
    let world = World::new();
    let known = RoutingStore::get(&world.table, &workspace()).await.unwrap();
    assert_eq!(known, Routing::none(workspace()));
    let user = domain::UserId::derived(Still.now(), &["maya"]);
    let saved = Routing {
        rules: vec![RoutingRule {
            id: rule(),
            name: "Vets".to_owned(),
            when: RoutingConditions { tags: vec!["vet".to_owned()], ..Default::default() },
            assign: OwnerChoice::LeastLoad { users: vec![user.clone()] },
        }],
        away: vec![OwnerAway { user, until: "2026-12-01".parse().unwrap() }],
        ..known
    };
    let rev = RoutingStore::save(&world.table, &saved, &event(EventKind::RoutingChanged)).await.unwrap();
    let read = RoutingStore::get(&world.table, &workspace()).await.unwrap();
    assert_eq!(read, Routing { rev, ..saved.clone() });
    let stale = RoutingStore::save(&world.table, &saved, &event(EventKind::RoutingChanged)).await;
    assert!(matches!(stale, Err(application::StoreError::Conflict)));
}
