//! A provider that is down is left alone: who is due waits, no try counts, and everybody is written to once it is back.

use super::scene::{PHONE, World, accepted, answer, by_utc, refused};
use application::ports::outbox::send_all;
use application::ports::store::PageRequest;
use application::queue_messages::SendMessage;
use application::sending::queue_one_off;
use application::{Clock, Ports};
use domain::campaign::Campaign;
use domain::capacity::circuit_breaker::{Breaker, OPENS_AFTER, allowance};
use domain::capacity::quota::SendingLimits;
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::message::{Direction, Message, MessageState};
use domain::time::time_zone::ZoneName;
use domain::{MessageId, UserId};
use http::Response;
use jiff::SignedDuration;
use providers::transport::TransportError;
use serde_json::json;

const PEOPLE: usize = 12;

fn unreached() -> Result<Response<Vec<u8>>, TransportError> {
    Err(TransportError::NotSent("refused".into()))
}

impl World {
    /// Ann, and others in the same campaign.
    pub async fn crowd(&self) -> Vec<EnrolmentKey> {
        self.crowd_of(PEOPLE).await
    }

    async fn crowd_of(&self, people: usize) -> Vec<EnrolmentKey> {
        let ports = self.ports();
        let campaign: Campaign = ports.campaigns().get(&self.workspace, &self.key.campaign).await.unwrap();
        let sequence = ports.sequences().get(&self.workspace, &campaign.sequence).await.unwrap();
        let mut keys = vec![self.key.clone()];
        for n in 1..people {
            let named = |lead: &mut Lead| {
                lead.first_name = Some(format!("P{n}"));
                lead.phone = PhoneNumber::try_from(format!("+1206555{:04}", 200 + n)).ok();
                lead.zone = by_utc();
            };
            let lead = self.stage.lead(&self.workspace, &format!("p{n}"), named).await;
            keys.push(self.stage.enrolment(&campaign, &sequence, &lead.id).await.key().clone());
        }
        keys
    }

    pub async fn all_are_due(&self, keys: &[EnrolmentKey]) {
        let due = self.stage.clock.now();
        let message =
            |key: &EnrolmentKey| SendMessage::Step { enrolment: key.clone(), generation: 0, due, slot: None };
        let messages: Vec<SendMessage> = keys.iter().map(message).collect();
        send_all(&*self.ports().outbox(), &messages, 0).await.unwrap();
        self.run().await;
    }

    pub async fn enrolments(&self, keys: &[EnrolmentKey]) -> Vec<Enrolment> {
        let mut all = Vec::new();
        for key in keys {
            all.push(self.ports().enrolments().get(key).await.unwrap());
        }
        all
    }

    async fn minutes(&self, count: usize) {
        for _ in 0..count {
            self.pass(60);
            self.run_due().await;
        }
    }

    pub async fn breaker(&self) -> Option<Breaker> {
        self.ports().breakers().list(&self.workspace).await.unwrap().pop()
    }

    pub async fn told(&self) -> Vec<String> {
        let anybody = UserId::derived(self.stage.clock.now(), &["anybody"]);
        let notifications = self.ports().notifications();
        let page = notifications.list(&self.workspace, &anybody, PageRequest::first(50)).await.unwrap();
        let mut titles: Vec<String> = page.items.into_iter().map(|note| note.title).collect();
        titles.sort();
        titles
    }
}

#[tokio::test]
async fn outage_defers_all_and_recovery_sends_all() {
    let world = World::new().await;
    let keys = world.crowd().await;
    world.provider(unreached);
    world.all_are_due(&keys).await;
    assert_eq!(world.calls(), usize::from(OPENS_AFTER), "then nobody is called");
    assert!(world.breaker().await.unwrap().is_down());
    world.pass(10);
    world.run().await;
    assert_eq!(world.calls(), usize::from(OPENS_AFTER), "nor again within seconds");
    for (number, enrolment) in world.enrolments(&keys).await.into_iter().enumerate() {
        assert_eq!(*enrolment.state(), EnrolmentState::Scheduled);
        assert!(enrolment.due().unwrap() > world.stage.clock.now());
        // Those who were called before it opened have tried; the one that opened it, and all others, have not.
        assert_eq!(enrolment.attempts(), u8::from(number + 1 < usize::from(OPENS_AFTER)));
    }
    world.minutes(60).await;
    let probes = world.calls() - usize::from(OPENS_AFTER);
    assert!((4..=9).contains(&probes), "{probes} in an hour");
    assert_eq!(world.told().await, ["An account does not accept messages"]);
    let accounts = world.ports().accounts().list(&world.workspace).await.unwrap();
    assert!(accounts[0].last_error.as_ref().is_some_and(|last| last.over_at.is_none()));

    world.provider(|| Ok(accepted()));
    let before = world.calls();
    world.minutes(30).await;
    assert_eq!(world.calls() - before, PEOPLE, "each of them once");
    let enrolments = world.enrolments(&keys).await;
    assert!(enrolments.iter().all(|enrolment| (enrolment.generation(), enrolment.attempts()) == (1, 0)));
    assert_eq!(
        world.told().await,
        ["An account accepts messages again", "An account does not accept messages"]
    );
    let accounts = world.ports().accounts().list(&world.workspace).await.unwrap();
    assert!(accounts[0].last_error.as_ref().is_some_and(|last| last.over_at.is_some()));
}

/// Twelve wait from the beginning, and try; a thousand more fall due while it is down.
#[tokio::test]
async fn outage_hour_costs_a_hundredth_of_the_calls_due_in_it() {
    const NOMINAL: usize = 1_000 + PEOPLE;
    let world = World::new().await;
    let keys = world.crowd_of(NOMINAL).await;
    world.provider(unreached);
    world.all_are_due(&keys[..PEOPLE]).await;
    world.minutes(49).await;
    world.all_are_due(&keys[PEOPLE..]).await;
    world.minutes(11).await;
    let once_open = world.calls() - usize::from(OPENS_AFTER);
    println!("without limits: {once_open} calls of {NOMINAL} in an hour of outage");
    assert!(once_open > 0 && once_open * 100 <= NOMINAL, "{once_open} calls of {NOMINAL}");
    let waiting = world.enrolments(&keys).await;
    let waits = |enrolment: &Enrolment| {
        *enrolment.state() == EnrolmentState::Scheduled
            && enrolment.due().is_some_and(|due| due > world.stage.clock.now())
    };
    assert!(waiting.iter().all(waits), "nobody is lost");
    assert!(waiting[PEOPLE..].iter().all(|enrolment| enrolment.attempts() == 0), "no try was counted");
    world.provider(|| Ok(accepted()));
    // The first three minutes in which it takes something.
    let (mut minute, mut waited) = (0, 0);
    while minute < 3 {
        let before = world.calls();
        world.minutes(1).await;
        let calls = world.calls() - before;
        assert!(calls <= allowance(minute) as usize + 1, "{calls} calls in minute {minute}");
        minute += u32::from(minute > 0 || calls > 0);
        waited += 1;
        assert!(waited < 20, "it is found to be back");
    }
}

#[tokio::test]
async fn outage_hour_costs_a_hundredth_of_the_quota_and_at_least_one_call() {
    for per_hour in [40_usize, 100, 300, 600] {
        let world = World::new().await;
        let accounts = world.ports().accounts();
        let mut account = accounts.list(&world.workspace).await.unwrap().remove(0);
        let limits = SendingLimits::of_a_number(Channel::Sms, ZoneName::utc());
        let per_hour_of = u32::try_from(per_hour).ok();
        account.limits = Some(SendingLimits { per_hour: per_hour_of, per_minute: None, ..limits });
        let event = Event::system(EventKind::AccountChanged, world.stage.clock.now());
        accounts.save(&account, &event).await.unwrap();
        let keys = world.crowd().await;
        world.provider(unreached);
        world.all_are_due(&keys).await;
        assert_eq!(world.calls(), usize::from(OPENS_AFTER), "then nobody is called");
        world.minutes(59).await;
        let once_open = world.calls() - usize::from(OPENS_AFTER);
        println!("{per_hour} an hour: {once_open} calls in an hour of outage");
        assert!(once_open > 0 && once_open <= (per_hour / 100).max(1), "{once_open} calls of {per_hour}");
        world.provider(|| Ok(accepted()));
        world.minutes(90).await;
        let enrolments = world.enrolments(&keys).await;
        assert!(enrolments.iter().all(|enrolment| enrolment.generation() == 1), "everybody is written to");
    }
}

#[tokio::test]
async fn refusal_of_one_recipient_does_not_open_the_breaker() {
    let world = World::new().await;
    let keys = world.crowd().await;
    world.provider(|| Ok(refused(400, 21614)));
    world.all_are_due(&keys).await;
    assert_eq!((world.calls(), world.breaker().await), (PEOPLE, None), "and nothing is written of it");
}

#[tokio::test]
async fn breaker_of_a_working_account_is_never_written() {
    let world = World::new().await;
    let keys = world.crowd().await;
    world.all_are_due(&keys).await;
    assert_eq!((world.calls(), world.breaker().await), (PEOPLE, None));
}

#[tokio::test]
async fn account_over_its_rate_defers_the_whole_batch() {
    let world = World::new().await;
    let keys = world.crowd().await;
    world.provider(|| {
        let mut answer = answer(429, &json!({ "code": 20429, "message": "Too many requests" }));
        answer.headers_mut().insert("retry-after", "1200".parse().unwrap());
        Ok(answer)
    });
    world.all_are_due(&keys).await;
    assert_eq!(world.calls(), usize::from(OPENS_AFTER));
    world.provider(|| Ok(accepted()));
    world.minutes(19).await;
    assert_eq!(world.calls(), usize::from(OPENS_AFTER), "twenty minutes were asked for");
    world.minutes(50).await;
    let done = world.enrolments(&keys).await.iter().filter(|enrolment| enrolment.generation() == 1).count();
    assert_eq!(done, PEOPLE);
}

#[tokio::test]
async fn lost_answers_open_the_breaker_and_are_not_repeated_meanwhile() {
    let world = World::new().await;
    let keys = world.crowd().await;
    world.provider(|| Err(TransportError::Ambiguous("reset".into())));
    world.all_are_due(&keys).await;
    assert_eq!(world.calls(), usize::from(OPENS_AFTER));
    // The first look is due after a minute; the account is not called before its own time.
    let looks = || world.looks.load(std::sync::atomic::Ordering::Relaxed);
    world.pass(20);
    world.run_due().await;
    assert_eq!((world.calls(), looks()), (usize::from(OPENS_AFTER), 0));
    world.provider(|| Ok(accepted()));
    world.minutes(45).await;
    let calls = world.calls();
    assert_eq!(calls, PEOPLE, "who may have been reached is not called again");
    assert!(looks() >= usize::from(OPENS_AFTER), "but asked about: {}", looks());
    let uncertain = world.enrolments(&keys).await.into_iter().filter(|enrolment| enrolment.generation() == 0);
    assert_eq!(uncertain.count(), usize::from(OPENS_AFTER));
}

#[tokio::test]
async fn one_off_text_outlasts_an_outage_longer_than_its_queue() {
    let world = World::new().await;
    let keys = world.crowd().await;
    world.provider(unreached);
    world.all_are_due(&keys[1..=5]).await;
    assert!(world.breaker().await.unwrap().is_down());
    let now = world.stage.clock.now();
    let id = MessageId::derived(&world.key.lead, &["single"]);
    let text = Message {
        state: MessageState::Queued,
        to: PHONE.to_owned(),
        text: "Are you there?".to_owned(),
        ..Message::blank(id.clone(), world.workspace.clone(), Direction::Out, Channel::Sms, now)
    };
    let ports = world.ports();
    let stores = (&*ports.messages(), &*ports.due(), &*ports.outbox());
    queue_one_off(stores, &text, Actor::System).await.unwrap();
    world.run().await;
    world.minutes(240).await;
    let stored = ports.messages().get(&world.workspace, &id).await.unwrap();
    assert_eq!((stored.state, stored.failure), (MessageState::Queued, None));
    world.provider(|| Ok(accepted()));
    world.minutes(30).await;
    let stored = ports.messages().get(&world.workspace, &id).await.unwrap();
    assert_eq!(stored.state, MessageState::Accepted);
    assert!(now + SignedDuration::from_hours(4) < stored.accepted_at.unwrap());
}
