//! Replays of opt-outs: one that was applied is not applied again, one that was not recognised is applied now.

use super::*;

/// Its lead was created after it came, and a user has lifted what it asked for.
#[tokio::test]
async fn replayed_opt_out_of_a_lead_that_is_known_by_now_is_recorded_and_stops_nothing() {
    let world = World::new().await;
    world.mail("stop", "late@one.example", "Subject: Hello\r\n", "Please stop writing to me.\r\n").await;
    let scope = [SuppressionScope::Email("late@one.example".to_owned())];
    let suppressions = world.stage.ports.suppressions();
    let [listed] = <[_; 1]>::try_from(suppressions.find(&world.workspace, &scope).await.unwrap()).unwrap();
    let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
    suppressions.lift(&listed, &event).await.unwrap();
    let (lead, _) = world.lead("late", None).await;
    world.replay_all().await;
    assert!(suppressions.find(&world.workspace, &scope).await.unwrap().is_empty());
    let file = world.stage.ports.leads().file(&world.workspace, &lead.id).await.unwrap();
    assert!(file.enrolments.iter().all(domain::enrolment::Enrolment::is_active));
    assert!(file.messages.iter().any(|message| message.direction == Direction::In), "it is shown");
}

/// An older version took its words for an answer, and its sender was no lead then.
#[tokio::test]
async fn replayed_mail_that_is_found_to_be_an_opt_out_only_now_is_applied() {
    let world = World::new().await;
    world.mail("stop", "late@one.example", "Subject: Hello\r\n", "Please stop writing to me.\r\n").await;
    let scope = [SuppressionScope::Email("late@one.example".to_owned())];
    let (suppressions, records) = (world.stage.ports.suppressions(), world.stage.ports.inbound_records());
    let [listed] = <[_; 1]>::try_from(suppressions.find(&world.workspace, &scope).await.unwrap()).unwrap();
    let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
    suppressions.lift(&listed, &event).await.unwrap();
    let [record] = <[_; 1]>::try_from(world.records().await).unwrap();
    assert_eq!(record.became, [Became::OptOut, Became::Unmatched]);
    records.save(&InboundRecord { became: vec![Became::Unmatched], ..record }).await.unwrap();
    let (lead, _) = world.lead("late", None).await;
    world.replay_all().await;
    assert_eq!(suppressions.find(&world.workspace, &scope).await.unwrap().len(), 1);
    let file = world.stage.ports.leads().file(&world.workspace, &lead.id).await.unwrap();
    assert!(!file.enrolments.iter().any(domain::enrolment::Enrolment::is_active));
}
