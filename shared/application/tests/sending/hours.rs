//! Between the plan and the call some seconds pass: what is over by then is not sent.

use super::many::many_to;
use super::scene::World;
use application::{Clock, PageRequest, Ports};
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::EnrolmentState;
use domain::event::{Event, EventKind};
use domain::message::MessageState;
use domain::time::time_zone::ZoneName;
use domain::time::weekly_hours::{MinuteRange, WorkingHours};
use jiff::SignedDuration;
use local_cloud::Moment;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Three seconds before its window closes, on a Friday.
async fn late_on_friday() -> World {
    let world = World::new().await;
    world.stage.clock.advance_to("2026-11-20T16:59:57Z".parse().unwrap());
    world
}

impl World {
    /// So many seconds pass at the first write that says these words.
    pub fn slow(&self, moment: Moment, words: &'static str, seconds: i64) {
        let (clock, first) = (self.stage.clock.clone(), AtomicBool::new(true));
        self.stage.cloud.faults().hold_up(move |when, call| {
            let is_it = when == moment && String::from_utf8_lossy(call.body).contains(words);
            if !is_it || !first.swap(false, Ordering::Relaxed) {
                return None;
            }
            let clock = clock.clone();
            Some(Box::pin(async move { clock.advance_to(clock.now() + SignedDuration::from_secs(seconds)) }))
        });
    }

    async fn waits_for_monday(&self) {
        self.pass(2);
        self.run().await;
        assert_eq!(self.calls(), 0);
        let enrolment = self.enrolment().await;
        assert_eq!((enrolment.generation(), enrolment.state().clone()), (0, EnrolmentState::Scheduled));
        let due = enrolment.due().unwrap().to_string();
        assert!(due.starts_with("2026-11-23T09:0"), "{due}");
        assert!(self.message().await.is_none(), "nothing was tried");
        self.stage.clock.advance_to("2026-11-23T10:00:00Z".parse().unwrap());
        self.run_due().await;
        assert_eq!((self.calls(), self.enrolment().await.generation()), (1, 1));
    }
}

#[tokio::test]
async fn window_that_closes_before_the_claim_prevents_it() {
    let world = late_on_friday().await;
    world.slow(Moment::Before, "BREAKERS", 4);
    world.ask_and_run().await;
    world.waits_for_monday().await;
}

#[tokio::test]
async fn window_that_closes_after_the_claim_prevents_the_call() {
    for moment in [Moment::Before, Moment::After] {
        let world = late_on_friday().await;
        world.slow(moment, "step_claimed", 4);
        world.ask_and_run().await;
        world.waits_for_monday().await;
    }
}

/// It stands still before its claim, and what it reads anew after that takes six seconds to come.
#[tokio::test]
async fn slow_reads_permit_no_call() {
    let world = World::new().await;
    let (clock, looks) = (world.stage.clock.clone(), AtomicUsize::new(0));
    world.stage.cloud.faults().hold_up(move |moment, call| {
        let claims = String::from_utf8_lossy(call.body).contains("step_claimed");
        let seconds = match (moment, looks.load(Ordering::Relaxed)) {
            (Moment::Before, 0) if claims => 10,
            (Moment::After, 1) if !claims => 6,
            _ => return None,
        };
        looks.fetch_add(1, Ordering::Relaxed);
        clock.advance_to(clock.now() + SignedDuration::from_secs(seconds));
        None
    });
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
    world.pass(2);
    world.run().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1), "it is planned anew");
}

#[tokio::test]
async fn bulk_text_without_hours_in_the_zones_of_its_lead_waits_and_its_author_is_told_once() {
    let world = World::new().await;
    let ports = world.ports();
    let changed = async |phone: &str| {
        let mut lead = ports.leads().get(&world.workspace, &world.key.lead).await.unwrap();
        lead.phone = PhoneNumber::try_from(phone.to_owned()).ok();
        (lead.zone, lead.country) = (None, None);
        let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
        ports.leads().save(&lead, &event).await.unwrap();
    };
    let accounts = ports.accounts();
    for mut account in accounts.list(&world.workspace).await.unwrap() {
        account.hours = Some(WorkingHours {
            zone: ZoneName::utc(),
            weekdays: vec![1, 2, 3, 4, 5, 6, 7],
            ranges: vec![MinuteRange { start: 9 * 60, end: 16 * 60 }],
        });
        let event = Event::system(EventKind::AccountChanged, world.stage.clock.now());
        accounts.save(&account, &event).await.unwrap();
    }
    // Toll-free: somewhere in North America.
    changed("+18005550123").await;
    let (_, ids) = many_to(&world, Channel::Sms, "Hello", std::slice::from_ref(&world.key.lead)).await;
    world.run().await;
    world.hours(48).await;
    let message = world.one(&ids[0]).await;
    assert_eq!((message.state, world.calls()), (MessageState::Queued, 0));
    let (notifications, author) = (ports.notifications(), message.author.clone().unwrap());
    let told = notifications.list(&world.workspace, &author, PageRequest::first(20)).await.unwrap();
    let told: Vec<_> = told.items.into_iter().filter(|note| note.user.is_some()).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].detail.contains("day wherever they may be"), "{told:?}");
    // New York.
    let moved = message.to.clone();
    changed("+12125550123").await;
    world.hours(48).await;
    assert_ne!(world.one(&ids[0]).await.state, MessageState::Queued, "{moved}");
}
