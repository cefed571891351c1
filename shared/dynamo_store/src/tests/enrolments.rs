use super::*;
use application::ports::enrolments::{Claim, EnrolmentFilter, EnrolmentStore};
use application::ports::leads::LeadStore;
use application::{PageRequest, StoreError};
use domain::enrolment::ClaimToken;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::message::{Attempt, Message, MessageState};

async fn stored_lead(world: &World, n: i64) -> Lead {
    let lead = lead(n);
    world.table.create(&lead, &event(EventKind::LeadCreated)).await.unwrap();
    Lead { rev: 1, ..lead }
}

async fn enrolled(world: &World, n: i64, campaign: &Campaign, state: EnrolmentState) -> Enrolment {
    let lead = stored_lead(world, n).await;
    let enrolment = enrolment(&lead, campaign, state);
    world.table.enrol(&lead, &enrolment, &event(EventKind::LeadEnrolled)).await.unwrap();
    enrolment.stored_at(1)
}

#[tokio::test]
async fn lead_is_enrolled_once_and_under_its_present_fence() {
    let world = World::new();
    let spring = campaign("spring");
    let first = enrolled(&world, 1, &spring, EnrolmentState::Scheduled).await;
    assert_eq!(EnrolmentStore::get(&world.table, first.key()).await.unwrap(), first);
    let now = LeadStore::get(&world.table, &workspace(), &first.key().lead).await.unwrap();
    assert!(now.active.contains(&spring.id));
    let again = world
        .table
        .enrol(&now, &enrolment(&now, &spring, EnrolmentState::Scheduled), &event(EventKind::LeadChanged))
        .await;
    assert!(matches!(again, Err(StoreError::Conflict)));

    let summer = campaign("summer");
    world
        .table
        .stop(&workspace(), &now.id, EndReason::Replied, &event(EventKind::LeadReplied))
        .await
        .unwrap();
    let late = world
        .table
        .enrol(&now, &enrolment(&now, &summer, EnrolmentState::Scheduled), &event(EventKind::LeadChanged))
        .await;
    assert!(matches!(late, Err(StoreError::Conflict)), "the fence has risen");
}

#[tokio::test]
async fn claim_is_taken_once_and_costs_one_unit() {
    let world = World::new();
    let enrolment = enrolled(&world, 1, &campaign("spring"), EnrolmentState::Scheduled).await;
    let key = enrolment.key();
    let stored = enrolment.clone().stored_at(1);
    let claim = |rev: u64, token: &'static str, seconds: i64| {
        let (table, mut claimed) = (world.table.clone(), stored.clone().stored_at(rev));
        claimed.claim(&ClaimToken::new(1, token), later(seconds + 120)).unwrap();
        async move { table.claim(&claimed, later(seconds)).await.unwrap() }
    };
    assert!(matches!(claim(2, "a", 0).await, Claim::Gone(Some(_))), "written by somebody else");
    let (taken, units) = world.write_units(claim(1, "a", 0)).await;
    let Claim::Taken(taken) = taken else { panic!("{taken:?}") };
    assert_eq!(units, 1.0);
    assert_eq!(
        *taken.state(),
        EnrolmentState::Claimed { token: ClaimToken::new(1, "a"), expires: later(120) }
    );
    assert_eq!(taken.rev(), 2);
    assert_eq!(claim(1, "a", 1).await, Claim::Taken(taken.clone()), "the answer had been lost");
    assert_eq!(claim(1, "b", 1).await, Claim::Busy { until: later(120) });
    assert_eq!(claim(1, "b", 120).await, Claim::Expired(taken.clone()));

    let mut next = taken;
    next.advance(later(10), next.step().clone(), Some(later(3600)));
    let (rev, units) =
        world.write_units(EnrolmentStore::save(&world.table, &next, &event(EventKind::StepDone))).await;
    assert_eq!((rev.unwrap(), units), (3, 1.0), "moving on does not touch the index");
    let nowhere = EnrolmentKey { campaign: campaign("none").id, ..key.clone() };
    let mut missing = stored.clone();
    missing.rebuild_with(|it| it.key = nowhere);
    missing.claim(&ClaimToken::new(1, "a"), later(9)).unwrap();
    let gone = world.table.claim(&missing, later(0)).await.unwrap();
    assert_eq!(gone, Claim::Gone(None));
}

#[tokio::test]
async fn one_of_two_simultaneous_claims_is_taken() {
    let world = World::new();
    let enrolment = enrolled(&world, 1, &campaign("spring"), EnrolmentState::Scheduled).await;
    let claim = |token: &'static str| {
        let (table, mut claimed) = (world.table.clone(), enrolment.clone().stored_at(1));
        claimed.claim(&ClaimToken::new(1, token), later(60)).unwrap();
        async move { table.claim(&claimed, later(0)).await }
    };
    let (a, b) = tokio::join!(claim("a"), claim("b"));
    let taken = [a.unwrap(), b.unwrap()].iter().filter(|claim| matches!(claim, Claim::Taken(_))).count();
    assert_eq!(taken, 1);
}

#[tokio::test]
async fn claim_fails_when_the_step_was_deferred_after_it_was_read() {
    let world = World::new();
    let enrolment = enrolled(&world, 1, &campaign("spring"), EnrolmentState::Scheduled).await;
    let claim = async |read: &Enrolment| {
        let mut claimed = read.clone();
        claimed.claim(&ClaimToken::new(1, "a"), later(210)).unwrap();
        world.table.claim(&claimed, later(90)).await.unwrap()
    };
    let read = enrolment.clone().stored_at(1);
    let put_off = read.as_if_due(Some(later(120)));
    let rev = EnrolmentStore::save(&world.table, &put_off, &event(EventKind::StepWaits)).await.unwrap();
    let put_off = put_off.stored_at(rev);
    let told = claim(&read).await;
    let Claim::Gone(Some(there)) = told else { panic!("{told:?}") };
    assert_eq!((there.state().clone(), there.due()), (EnrolmentState::Scheduled, put_off.due()));
    assert!(matches!(claim(&put_off).await, Claim::Taken(_)));
}

#[tokio::test]
async fn stop_ends_all_enrolments_and_later_claims_fail() {
    let world = World::new();
    let (spring, summer) = (campaign("spring"), campaign("summer"));
    let first = enrolled(&world, 1, &spring, EnrolmentState::Scheduled).await;
    let lead = LeadStore::get(&world.table, &workspace(), &first.key().lead).await.unwrap();
    let second = enrolment(&lead, &summer, EnrolmentState::Scheduled);
    world.table.enrol(&lead, &second, &event(EventKind::LeadEnrolled)).await.unwrap();
    let ended = world
        .table
        .stop(&workspace(), &lead.id, EndReason::OptedOut, &event(EventKind::LeadStopped))
        .await
        .unwrap();
    assert_eq!(ended.len(), 2);
    for read in [&first, &second] {
        let mut claimed = read.clone().stored_at(1);
        claimed.claim(&ClaimToken::new(1, "a"), later(60)).unwrap();
        let claim = world.table.claim(&claimed, later(0)).await.unwrap();
        let Claim::Gone(Some(ended)) = claim else { panic!("{claim:?}") };
        assert_eq!(*ended.state(), EnrolmentState::Ended { reason: EndReason::OptedOut });
    }
    let stopped = LeadStore::get(&world.table, &workspace(), &lead.id).await.unwrap();
    assert_eq!((stopped.active.len(), stopped.fence), (0, 1));
    let again = world
        .table
        .stop(&workspace(), &lead.id, EndReason::OptedOut, &event(EventKind::LeadStopped))
        .await
        .unwrap();
    assert!(again.is_empty());
}

#[tokio::test]
async fn simultaneous_enrol_and_stop_leave_no_active_enrolment() {
    for _ in 0..20 {
        let world = World::new();
        let lead = stored_lead(&world, 1).await;
        let new = enrolment(&lead, &campaign("spring"), EnrolmentState::Scheduled);
        let (enrol, stop) = (event(EventKind::LeadEnrolled), event(EventKind::LeadReplied));
        let (enrolled, stopped) = tokio::join!(
            world.table.enrol(&lead, &new, &enrol),
            world.table.stop(&lead.workspace, &lead.id, EndReason::Replied, &stop),
        );
        stopped.unwrap();
        if enrolled.is_ok() {
            let now = EnrolmentStore::get(&world.table, new.key()).await.unwrap();
            assert!(!now.is_active());
        }
        assert!(LeadStore::get(&world.table, &lead.workspace, &lead.id).await.unwrap().active.is_empty());
    }
}

#[tokio::test]
async fn stop_is_retried_after_a_conflict() {
    let world = World::new();
    let enrolment = enrolled(&world, 1, &campaign("spring"), EnrolmentState::Scheduled).await;
    let tries = std::sync::atomic::AtomicU32::new(0);
    world.cloud.faults().inject(move |moment, call| {
        let first = call.operation == "TransactWriteItems"
            && moment == local_cloud::Moment::Before
            && tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 3;
        first.then_some(local_cloud::Fault::TransactionCancelled(local_cloud::Cancellation::Conflict))
    });
    let ended = world
        .table
        .stop(&workspace(), &enrolment.key().lead, EndReason::Won, &event(EventKind::LeadPaid))
        .await
        .unwrap();
    assert_eq!(ended, vec![enrolment.key().campaign.clone()]);
}

#[tokio::test]
async fn finished_enrolment_leaves_the_active_set() {
    let world = World::new();
    let mut enrolment = enrolled(&world, 1, &campaign("spring"), EnrolmentState::Scheduled).await;
    enrolment.end(EndReason::Finished, later(5));
    world.table.finish(&enrolment, None, &event(EventKind::EnrolmentEnded)).await.unwrap();
    let lead = LeadStore::get(&world.table, &workspace(), &enrolment.key().lead).await.unwrap();
    assert!(lead.active.is_empty());
    let stale = world.table.finish(&enrolment, None, &event(EventKind::EnrolmentEnded)).await;
    assert!(matches!(stale, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn enrolments_of_a_campaign_are_listed_by_state_in_pages() {
    let world = World::new();
    let spring = campaign("spring");
    for n in 0..12 {
        let state = match n % 3 {
            0 => EnrolmentState::Pending,
            1 => EnrolmentState::Scheduled,
            _ => EnrolmentState::Held { reason: HoldReason::OutOfOffice, until: Some(later(60)) },
        };
        enrolled(&world, n, &spring, state).await;
    }
    for (filter, expected) in [
        (None, 12),
        (Some(EnrolmentFilter::Pending), 4),
        (Some(EnrolmentFilter::Moving), 4),
        (Some(EnrolmentFilter::Held), 4),
        (Some(EnrolmentFilter::Ended), 0),
    ] {
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let page = PageRequest { limit: 3, cursor };
            let page = world.table.of_campaign(&workspace(), &spring.id, filter, page).await.unwrap();
            assert!(page.items.len() <= 3);
            found.extend(page.items.into_iter().map(|enrolment| enrolment.key().lead.clone()));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        found.sort();
        found.dedup();
        assert_eq!(found.len(), expected, "{filter:?}");
    }
}

#[tokio::test]
async fn stop_during_a_send_keeps_the_time_when_the_claim_expires() {
    let world = World::new();
    let enrolment = enrolled(&world, 1, &campaign("spring"), EnrolmentState::Scheduled).await;
    let mut claimed = enrolment.clone().stored_at(1);
    claimed.claim(&ClaimToken::new(1, "a"), later(120)).unwrap();
    world.table.claim(&claimed, later(0)).await.unwrap();
    world
        .table
        .stop(&workspace(), &enrolment.key().lead, EndReason::Replied, &event(EventKind::LeadReplied))
        .await
        .unwrap();
    let stopped = EnrolmentStore::get(&world.table, enrolment.key()).await.unwrap();
    assert_eq!(*stopped.state(), EnrolmentState::Ended { reason: EndReason::Replied });
    assert_eq!(stopped.claim_open_until(), Some(later(120)));
}

/// Everything that an enrolment may carry while a text goes out.
#[tokio::test]
async fn largest_claim_costs_one_unit() {
    let world = World::new();
    let spring = campaign("spring");
    let mut claimed = enrolled(&world, 1, &spring, EnrolmentState::Scheduled).await;
    let at = later(0);
    let mailbox = domain::AccountId::derived(at, &["mailbox"]);
    claimed.rebuild_with(|it| it.thread = Some(inbox::message("Hello").id));
    claimed.rebuild_with(|it| it.mailbox = Some(mailbox));
    claimed.rebuild_with(|it| it.enrolled_by = Some(domain::UserId::derived(at, &["maya"]).into()));
    claimed.rebuild_with(|it| it.late_since = Some(at));
    claimed.claim(&ClaimToken::new(u64::MAX, "0".repeat(26)), later(120)).unwrap();
    let (told, units) = world.write_units(world.table.claim(&claimed, at)).await;
    assert!(matches!(told, Ok(Claim::Taken(_))));
    assert_eq!(units, 1.0);
}

/// The row of a mail of a hundred words, as it is written before its claim and once it was accepted: without
/// its request, and with it, where the provider honours a key.
#[tokio::test]
async fn row_of_a_mail_costs_as_much_each_time_it_is_written() {
    use application::ports::messages::MessageStore;
    let world = World::new();
    let text = "The terrace that you wrote of would be ready by May, if we begin in March. ".repeat(8);
    let html = format!("<html><body><p>{text}</p><p>Acme, 1 High Street, Leeds</p></body></html>");
    let request = serde_json::json!({ "mail": { "subject": "Your terrace", "text": &text, "html": html } });
    for (n, frozen, units) in [(1, None, 2.0), (2, Some(request.to_string()), 2.0)] {
        let sent = inbox::message(&text);
        let id = domain::MessageId::derived(&sent.id.lead(), &[&n.to_string()]);
        let attempt = Some(Attempt { rev: 7, renderer: 1 });
        let taken = Message { id, attempt, ..sent };
        let row = Message { state: MessageState::Sending, accepted_at: None, frozen, ..taken.clone() };
        let (put, first) = world
            .write_units(MessageStore::create(&world.table, &row, &event(EventKind::MessageRowWritten)))
            .await;
        let taken = Message { rev: 1, ..taken };
        let (saved, second) = world
            .write_units(MessageStore::save(&world.table, &taken, &event(EventKind::MessageAccepted)))
            .await;
        assert!(put.is_ok() && saved.is_ok());
        assert_eq!((first, second), (units, units), "{n}");
    }
}
