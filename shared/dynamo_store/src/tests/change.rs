use super::*;
use application::enrolments::EnrolmentStore;
use application::leads::LeadStore;
use application::projection::{Change, ChangeReader, deltas, is_after};
use application::stats::{Counters, Metric, StatsStore};
use domain::enrolment::EndReason;
use domain::lead::LeadStatus;

/// Projects what the stream holds beyond the cursor, in batches of `size`.
async fn project(world: &World, size: usize) {
    let (mut read, mut cursor) = (0, world.table.cursor("shard-0").await.unwrap());
    loop {
        let batch = world.cloud.stream_records("main", read, size).unwrap();
        let Some(last) = batch.records.last() else { return };
        let to = last.event["dynamodb"]["SequenceNumber"].as_str().unwrap().to_owned();
        let mut moves = Vec::new();
        for record in &batch.records {
            let sequence = record.event["dynamodb"]["SequenceNumber"].as_str().unwrap();
            if is_after(sequence, cursor.as_deref()) {
                let changed = world.table.read_record(&record.event).unwrap();
                moves.extend(changed.iter().flat_map(deltas));
            }
        }
        // What is no news moves no cursor: or every move would be followed by another.
        if !moves.is_empty() {
            world.table.apply("shard-0", cursor.as_deref(), &to, &moves).await.unwrap();
            cursor = Some(to);
        }
        read = batch.last;
    }
}

async fn a_story(world: &World) -> Campaign {
    let spring = campaign("spring");
    for n in 0..3 {
        world.table.create(&lead(n), &event("lead_created")).await.unwrap();
        let mut lead = Lead { rev: 1, ..lead(n) };
        lead.status = LeadStatus::Contacted;
        lead.rev = LeadStore::save(&world.table, &lead, &event("lead_contacted")).await.unwrap();
        let new = enrolment(&lead, &spring, EnrolmentState::Scheduled);
        world.table.enrol(&lead, &new, &event("lead_enrolled")).await.unwrap();
    }
    world
        .table
        .claim(&enrolment(&lead(0), &spring, EnrolmentState::Scheduled).key, 0, "t", later(0), later(60))
        .await
        .unwrap();
    world.table.stop(&workspace(), &lead(1).id, EndReason::Replied, &event("lead_replied")).await.unwrap();
    world.table.stop(&workspace(), &lead(2).id, EndReason::Removed, &event("lead_stopped")).await.unwrap();
    LeadStore::delete(&world.table, &workspace(), &lead(2).id, &event("lead_deleted")).await.unwrap();
    spring
}

#[tokio::test]
async fn counters_follow_the_stream_exactly_once_however_it_is_cut() {
    let mut seen: Option<Counters> = None;
    for size in [1, 2, 100] {
        let world = World::new();
        let spring = a_story(&world).await;
        project(&world, size).await;
        project(&world, 7).await;
        let total = world.table.total(&workspace()).await.unwrap();
        assert_eq!(total[&Metric::LeadsCreated], 3);
        assert_eq!(total[&Metric::LeadsDeleted], 1);
        assert_eq!(total[&Metric::LeadsContacted], 3);
        let of_campaign = world.table.campaign(&workspace(), &spring.id).await.unwrap().all;
        assert_eq!(of_campaign[&Metric::Enrolled], 3);
        assert_eq!(of_campaign[&Metric::InFlight], 1);
        assert_eq!(of_campaign[&Metric::EndedReplied], 1);
        assert_eq!(of_campaign[&Metric::EndedOther], 1);
        let day = "2026-11-20".parse().unwrap();
        let days = world.table.days(&workspace(), day, day).await.unwrap();
        assert_eq!(days[&day], total);
        assert_eq!(seen.get_or_insert(total.clone()), &total);
    }
}

#[tokio::test]
async fn a_batch_is_applied_once_and_only_from_its_cursor() {
    let world = World::new();
    world.table.create(&lead(1), &event("lead_created")).await.unwrap();
    let records = world.cloud.stream_records("main", 0, 10).unwrap().records;
    let changes = records.iter().filter_map(|record| world.table.read_record(&record.event).unwrap());
    let moves: Vec<_> = changes.flat_map(|changed| deltas(&changed)).collect();
    assert_eq!(moves.len(), 2, "the lead alone is news, for workspace and day");
    world.table.apply("shard-0", None, "10", &moves).await.unwrap();
    let again = world.table.apply("shard-0", None, "10", &moves).await;
    assert!(matches!(again, Err(application::StoreError::Conflict)));
    world.table.apply("shard-1", None, "10", &moves).await.unwrap();
    world.table.apply("shard-0", Some("10"), "12", &[]).await.unwrap();
    assert_eq!(world.table.cursor("shard-0").await.unwrap().as_deref(), Some("12"));
    assert_eq!(world.table.total(&workspace()).await.unwrap()[&Metric::LeadsCreated], 2);
}

#[tokio::test]
async fn the_projections_own_writes_are_no_news() {
    let world = World::new();
    world.table.create(&lead(1), &event("lead_created")).await.unwrap();
    project(&world, 100).await;
    let records = world.cloud.stream_records("main", 0, 100).unwrap().records;
    assert!(records.len() > 3);
    let news: Vec<_> =
        records.iter().filter_map(|record| world.table.read_record(&record.event).unwrap()).collect();
    assert_eq!(news.len(), 1);
    assert!(matches!(&news[0].change, Change::Lead { old: None, new: Some(new) } if new.id == lead(1).id));
    assert_eq!(news[0].event, event("lead_created"));
    assert_eq!(news[0].workspace, workspace());
}
