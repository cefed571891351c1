use super::*;
use application::ports::changes::{Change, ChangeReader};
use application::ports::enrolments::EnrolmentStore;
use application::ports::leads::LeadStore;
use application::ports::stats::{Counted, Counters, Delta, Metric, Scope, StatsStore};
use application::projection::deltas;
use domain::enrolment::reasons::EndReason;
use domain::lead::stage::StageId;

/// Projects what the stream holds, in batches of `size`.
async fn project(world: &World, size: usize) {
    let mut read = 0;
    loop {
        let batch = world.cloud.stream_records("main", read, size).unwrap();
        if batch.records.is_empty() {
            return;
        }
        let counted: Vec<Counted> =
            batch.records.iter().filter_map(|record| counted(world, record)).collect();
        world.table.apply("shard-0", later(0), &counted).await.unwrap();
        read = batch.last;
    }
}

fn counted(world: &World, record: &local_cloud::StreamRecord) -> Option<Counted> {
    let changed = world.table.read_record(&record.event).unwrap()?;
    let sequence = record.event["dynamodb"]["SequenceNumber"].as_str().unwrap().to_owned();
    Some(Counted { sequence, deltas: deltas(&changed) })
}

async fn a_story(world: &World) -> Campaign {
    let spring = campaign("spring");
    for n in 0..3 {
        world.table.create(&lead(n), &event(EventKind::LeadCreated)).await.unwrap();
        let mut lead = Lead { rev: 1, ..lead(n) };
        lead.status = StageId::CONTACTED;
        lead.rev = LeadStore::save(&world.table, &lead, &event(EventKind::LeadContacted)).await.unwrap();
        let new = enrolment(&lead, &spring, EnrolmentState::Scheduled);
        world.table.enrol(&lead, &new, &event(EventKind::LeadEnrolled)).await.unwrap();
    }
    let mut claimed = enrolment(&lead(0), &spring, EnrolmentState::Scheduled).stored_at(1);
    claimed.claim(&domain::enrolment::ClaimToken::new(1, "t"), later(60)).unwrap();
    world.table.claim(&claimed, later(0)).await.unwrap();
    world
        .table
        .stop(&workspace(), &lead(1).id, EndReason::Replied, &event(EventKind::LeadReplied))
        .await
        .unwrap();
    world
        .table
        .stop(&workspace(), &lead(2).id, EndReason::Removed, &event(EventKind::LeadStopped))
        .await
        .unwrap();
    LeadStore::erase(&world.table, &workspace(), &lead(2).id, &event(EventKind::LeadDeleted)).await.unwrap();
    spring
}

#[tokio::test]
async fn counters_count_each_record_once_for_any_batch_size() {
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
async fn document_counts_a_record_once_per_shard() {
    let world = World::new();
    world.table.create(&lead(1), &event(EventKind::LeadCreated)).await.unwrap();
    let records = world.cloud.stream_records("main", 0, 10).unwrap().records;
    let one: Vec<Counted> = records.iter().filter_map(|record| counted(&world, record)).collect();
    assert_eq!(one[0].deltas.len(), 2, "the lead alone is news, for workspace and day");
    let created = async || world.table.total(&workspace()).await.unwrap()[&Metric::LeadsCreated];
    let (applied, units) = world.write_units(world.table.apply("shard-0", later(0), &one)).await;
    applied.unwrap();
    assert_eq!((units, created().await), (2.0, 1), "one unit a document");
    let (again, units) = world.write_units(world.table.apply("shard-0", later(1), &one)).await;
    again.unwrap();
    assert_eq!((units, created().await), (0.0, 1));
    // These two shards count into one lane.
    let mut same_lane = (0..)
        .map(|n| format!("shard-{n}"))
        .filter(|name| crate::keys::lane(name) == crate::keys::lane("shard-0"));
    let other = same_lane.nth(1).unwrap();
    world.table.apply(&other, later(2), &one).await.unwrap();
    world.table.apply("shard-0", later(3), &one).await.unwrap();
    assert_eq!(created().await, 2);
    let position = world.table.position("shard-0", &workspace()).await.unwrap();
    assert_eq!(position, Some(one[0].sequence.clone()));
}

/// The first writer died after reading, and another has counted the same records meanwhile; they sum to nothing.
#[tokio::test]
async fn position_moves_for_records_that_sum_to_nothing_so_that_a_late_write_counts_nothing() {
    let world = World::new();
    let record = |sequence: &str, day: &str, by: i64| {
        let scopes = [Scope::Total, Scope::Day(day.parse().unwrap())];
        let delta = |scope| Delta { workspace: workspace(), scope, metric: Metric::LeadsCreated, by };
        Counted { sequence: sequence.to_owned(), deltas: scopes.map(delta).into() }
    };
    let both = [record("1", "2026-11-20", -1), record("2", "2026-11-20", 1)];
    let (applied, units) = world.write_units(world.table.apply("shard-0", later(0), &both)).await;
    applied.unwrap();
    assert_eq!(units, 2.0, "each document passes them");
    world.table.apply("shard-0", later(1), &[record("3", "2026-11-21", 1)]).await.unwrap();
    world.table.apply("shard-0", later(19), &both[..1]).await.unwrap();
    let total = world.table.total(&workspace()).await.unwrap();
    assert_eq!(total[&Metric::LeadsCreated], 1);
    let days = ["2026-11-20", "2026-11-21"].map(|day| day.parse().unwrap());
    let days = world.table.days(&workspace(), days[0], days[1]).await.unwrap();
    let by_day = days.values().filter_map(|of| of.get(&Metric::LeadsCreated));
    assert_eq!(by_day.sum::<i64>(), 1, "and its days say the same");
}

#[tokio::test]
async fn broken_batch_continues_at_each_documents_position() {
    let world = World::new();
    let spring = a_story(&world).await;
    world.cloud.faults().inject({
        let left = std::sync::atomic::AtomicUsize::new(1);
        move |moment, call| {
            use std::sync::atomic::Ordering::Relaxed;
            let update = moment == local_cloud::Moment::Before && call.operation == "UpdateItem";
            let fails = update && left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_err();
            fails.then(|| local_cloud::Fault::Fail {
                status: 500,
                code: "InternalServerError".into(),
                message: "broken".into(),
            })
        }
    });
    let batch = world.cloud.stream_records("main", 0, 100).unwrap();
    let counted: Vec<Counted> = batch.records.iter().filter_map(|record| counted(&world, record)).collect();
    world.table.apply("shard-0", later(0), &counted).await.unwrap_err();
    assert_eq!(world.table.position("shard-0", &workspace()).await.unwrap(), None, "all-time moves last");
    world.cloud.faults().clear();
    project(&world, 3).await;
    project(&world, 100).await;
    let total = world.table.total(&workspace()).await.unwrap();
    let day = "2026-11-20".parse().unwrap();
    assert_eq!(world.table.days(&workspace(), day, day).await.unwrap()[&day], total);
    let of_campaign = world.table.campaign(&workspace(), &spring.id).await.unwrap();
    assert_eq!((total[&Metric::LeadsCreated], of_campaign.all[&Metric::Enrolled]), (3, 3));
}

#[tokio::test]
async fn stream_reader_ignores_the_projections_own_writes() {
    let world = World::new();
    world.table.create(&lead(1), &event(EventKind::LeadCreated)).await.unwrap();
    project(&world, 100).await;
    let records = world.cloud.stream_records("main", 0, 100).unwrap().records;
    assert!(records.len() > 3);
    let news: Vec<_> =
        records.iter().filter_map(|record| world.table.read_record(&record.event).unwrap()).collect();
    assert_eq!(news.len(), 1);
    assert!(matches!(&news[0].change, Change::Lead { old: None, new: Some(new) } if new.id == lead(1).id));
    assert_eq!(news[0].event, event(EventKind::LeadCreated));
    assert_eq!(news[0].workspace, workspace());
}
