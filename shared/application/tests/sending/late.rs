//! Messages that a pause or an outage has made late are not sent before a user says so.

use super::scene::{World, accepted};
use application::campaign::enrol_ports::EnrolPorts;
use application::campaign::launch::{schedule_enrolment, schedule_enrolments};
use application::campaign::planning_context::PlanningContext;
use application::ports::store::PageRequest;
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::capacity::quota::SendingLimits;
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::enrolment::late_rule::{LateAnswer, WhenLate};
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::resume_order::{GoesOn, Resumption};
use domain::event::{Event, EventKind};
use domain::sequence::Step;
use domain::sequence::step_kind::StepKind;
use domain::time::delay::Delay;
use domain::time::time_zone::ZoneName;
use domain::workspace::notification::NotificationKind;
use domain::{StepId, UserId};
use std::sync::{Arc, Mutex};

const DAY: i64 = 86_400;

impl World {
    async fn moved(&self, state: CampaignState) {
        let now = self.stage.clock.now();
        let mut campaign = self.ports().campaigns().get(&self.workspace, &self.key.campaign).await.unwrap();
        campaign.move_to(state, now).unwrap();
        self.ports().campaigns().save(&campaign, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
        self.pass(10);
    }

    async fn answered(&self, then: WhenLate) {
        let now = self.stage.clock.now();
        let mut campaign = self.ports().campaigns().get(&self.workspace, &self.key.campaign).await.unwrap();
        campaign.late_answer = Some(LateAnswer { planned_before: now, then });
        self.ports().campaigns().save(&campaign, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
        self.pass(10);
        self.scheduled().await;
    }

    /// The leads are resumed as those of a resumed campaign are.
    async fn scheduled(&self) {
        let ports = EnrolPorts::new(self.ports());
        let campaign = self.ports().campaigns().get(&self.workspace, &self.key.campaign).await.unwrap();
        let planning = PlanningContext::of(&ports, campaign).await.unwrap();
        let over = GoesOn::Resumed(Resumption::at(self.stage.clock.now()));
        schedule_enrolment(&ports, &planning, &self.key, &over).await.unwrap();
    }

    async fn told_of_lateness(&self) -> usize {
        let anybody = UserId::derived(self.stage.clock.now(), &["anybody"]);
        let notes = self.ports().notifications();
        let page = notes.list(&self.workspace, &anybody, PageRequest::first(50)).await.unwrap();
        page.items.iter().filter(|note| note.kind == NotificationKind::Late).count()
    }
}

/// Begins at ten o'clock, an hour after the window opens.
async fn due_on_monday() -> World {
    on_monday(World::new().await).await
}

async fn on_monday(world: World) -> World {
    world.pass(3 * DAY + 3600);
    world.falls_due().await;
    world
}

const LATE: EnrolmentState = EnrolmentState::Held { reason: HoldReason::Late, until: None };

#[tokio::test]
async fn lead_not_looked_at_for_two_days_is_held_and_the_owner_told_once() {
    let world = due_on_monday().await;
    world.pass(2 * DAY - 60);
    world.ask_and_run().await;
    assert_eq!(world.calls(), 1, "up to 48 h it goes out");
    let world = due_on_monday().await;
    world.pass(2 * DAY + 60);
    world.ask_and_run().await;
    world.ask_and_run().await;
    assert_eq!((world.calls(), world.enrolment().await.state().clone()), (0, LATE));
    assert_eq!((world.told_of_lateness().await, world.tasks().await.len()), (1, 0));
    world.scheduled().await;
    world.run_due().await;
    assert_eq!((world.calls(), world.enrolment().await.state().clone()), (0, LATE), "nobody has answered");
    world.answered(WhenLate::Send).await;
    world.run_due().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1));
}

#[tokio::test]
async fn campaign_paused_for_a_week_holds_late_steps_and_skips_them_on_request() {
    let world = due_on_monday().await;
    world.moved(CampaignState::Paused).await;
    world.ask_and_run().await;
    let held = world.enrolment().await;
    assert!(matches!(*held.state(), EnrolmentState::Held { reason: HoldReason::CampaignPaused, .. }));
    world.pass(7 * DAY);
    world.moved(CampaignState::Active).await;
    world.scheduled().await;
    assert_eq!(*world.enrolment().await.state(), LATE);
    world.answered(WhenLate::Skip).await;
    world.run_due().await;
    let second = world.enrolment().await;
    assert_eq!(
        (world.calls(), second.generation(), second.state().clone()),
        (0, 1, EnrolmentState::Scheduled)
    );
    let delay = second.due().unwrap().duration_since(world.stage.clock.now());
    assert!(delay.as_hours() >= 23, "the next one's delay starts now: {delay}");
    world.pass(DAY + 600);
    world.run_due().await;
    assert_eq!(world.calls(), 1);
}

#[tokio::test]
async fn short_pause_makes_nothing_late() {
    let world = due_on_monday().await;
    world.moved(CampaignState::Paused).await;
    world.ask_and_run().await;
    world.pass(DAY);
    world.moved(CampaignState::Active).await;
    world.scheduled().await;
    world.pass(60);
    world.run_due().await;
    assert_eq!((world.calls(), world.told_of_lateness().await), (1, 0));
}

#[tokio::test]
async fn number_resumed_sends_to_the_oldest_first_within_its_limits() {
    let kind = StepKind::Sms { body: "Hello".to_owned(), template: None, variants: Vec::new() };
    let id = StepId::derived(jiff::Timestamp::UNIX_EPOCH, &["only"]);
    let only = Step { id, delay: Delay::NONE, not_before: None, not_after: None, kind };
    let world = on_monday(World::with_steps(vec![only]).await).await;
    let mut sender = world.ports().accounts().list(&world.workspace).await.unwrap().pop().unwrap();
    let number = SendingLimits::of_a_number(Channel::Sms, ZoneName::utc());
    sender.limits = Some(SendingLimits { per_day: 8, ..number });
    let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
    world.ports().accounts().save(&sender, &event).await.unwrap();
    let mut keys = world.crowd().await;
    // The last of them was due first.
    keys.reverse();
    let since = world.stage.clock.now();
    world.moved(CampaignState::Paused).await;
    for enrolment in world.enrolments(&keys).await.iter_mut() {
        let place = keys.iter().position(|key| *key == *enrolment.key()).unwrap();
        let due = since + jiff::SignedDuration::from_mins(i64::try_from(place).unwrap());
        enrolment.rebuild_with(|it| it.due = Some(due));
        enrolment.hold(HoldReason::CampaignPaused, None, due).unwrap();
        world.ports().enrolments().save(enrolment, &event).await.unwrap();
    }
    world.pass(3600);
    world.moved(CampaignState::Active).await;
    let sent: Arc<Mutex<Vec<(jiff::Timestamp, String)>>> = Arc::default();
    let (noted, clock) = (sent.clone(), world.stage.clock.clone());
    world.provider_reading(move |request| {
        noted.lock().unwrap().push((clock.now(), String::from_utf8_lossy(request.body()).into_owned()));
        Ok(accepted())
    });
    let ports = EnrolPorts::new(world.ports());
    let campaign = world.ports().campaigns().get(&world.workspace, &world.key.campaign).await.unwrap();
    let planning = PlanningContext::of(&ports, campaign).await.unwrap();
    let at = world.stage.clock.now();
    // Pages come in another order.
    let mut pages = keys.clone();
    pages.sort_by_key(|key| key.lead.to_string());
    for page in pages.chunks(5) {
        schedule_enrolments(&ports, &planning, page, &GoesOn::Resumed(Resumption { since, at }))
            .await
            .unwrap();
    }
    // A slot is good for half a minute.
    for _ in 0..2 {
        for _ in 0..(2 * 360) {
            world.pass(10);
            world.run_due().await;
        }
        world.pass(21 * 3600);
    }
    let leads = world.ports().leads();
    let mut wanted = Vec::new();
    for key in &keys {
        let lead = leads.get(&world.workspace, &key.lead).await.unwrap();
        wanted.push(lead.phone.unwrap().as_str().trim_start_matches('+').to_owned());
    }
    let sent = sent.lock().unwrap();
    let order: Vec<&String> =
        sent.iter().map(|(_, body)| wanted.iter().find(|phone| body.contains(*phone)).unwrap()).collect();
    assert_eq!(order, wanted.iter().collect::<Vec<_>>(), "oldest first, also over two days");
    let today = sent.iter().filter(|(when, _)| when.duration_since(at).as_hours() < 12).count();
    assert_eq!(today, 8, "the day's limit holds");
    for window in sent.windows(2) {
        assert!(window[1].0.duration_since(window[0].0).as_secs() >= 1, "never two in a second");
    }
}
