//! A lead is paused while a message to it is under way: the outcome is recorded, then the lead is held.

use super::scene::{World, accepted, refused};
use application::campaign::pause::{cancel_pending_pause, pause_enrolment};
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{EnrolmentState, PauseWanted};
use domain::event::{Event, EventKind};
use domain::message::MessageState;
use domain::workspace::account::Account;
use jiff::{SignedDuration, Timestamp};
use local_cloud::Moment;
use providers::transport::TransportError;
use std::sync::atomic::{AtomicBool, Ordering};

impl World {
    /// Just before the first write that says these words.
    fn paused_before(&self, words: &'static str, until: Option<Timestamp>) {
        let (enrolments, due) = (self.ports().enrolments(), self.ports().due());
        let (key, event) =
            (self.key.clone(), Event::system(EventKind::EnrolmentHeld, self.stage.clock.now()));
        self.just_before(words, async move {
            let paused = pause_enrolment((&*enrolments, &*due), &key, until, &event).await.unwrap();
            assert!(matches!(*paused.unwrap().state(), EnrolmentState::Claimed { .. }));
        });
    }

    async fn is_paused(&self, until: Option<Timestamp>) {
        let enrolment = self.enrolment().await;
        assert_eq!(*enrolment.state(), EnrolmentState::Held { reason: HoldReason::PausedByUser, until });
        assert_eq!(enrolment.pause_wanted(), None);
    }
}

impl World {
    /// A week, hour by hour, weekends with it; or until the provider was called so often.
    async fn hour_by_hour(&self, calls: usize) {
        for _ in 0..7 * 24 {
            self.pass(3_600);
            self.run_due().await;
            if self.calls() == calls {
                return;
            }
        }
    }
}

fn in_days(world: &World, days: i64) -> Timestamp {
    world.stage.clock.now() + SignedDuration::from_hours(24 * days)
}

#[tokio::test]
async fn message_accepted_during_a_pause_is_recorded_and_nothing_follows() {
    let world = World::new().await;
    world.paused_before("message_accepted", None);
    world.ask_and_run().await;
    let enrolment = world.enrolment().await;
    assert_eq!((world.calls(), enrolment.generation()), (1, 1));
    assert_eq!(world.message().await.unwrap().state, MessageState::Accepted);
    for _ in 0..4 {
        world.pass(86_400);
        world.run_due().await;
    }
    assert_eq!(world.calls(), 1);
    world.is_paused(None).await;
}

#[tokio::test]
async fn message_not_taken_during_a_pause_goes_out_after_it() {
    let world = World::new().await;
    world.provider(|| Ok(refused(429, 20429)));
    let until = in_days(&world, 3);
    world.paused_before("send_postponed", Some(until));
    world.ask_and_run().await;
    world.pass(2);
    world.run().await;
    assert_eq!(world.calls(), 1);
    world.is_paused(Some(until)).await;
    world.provider(|| Ok(accepted()));
    for _ in 0..2 {
        world.pass(86_400);
        world.run_due().await;
    }
    assert_eq!(world.calls(), 1);
    world.hour_by_hour(2).await;
    assert!(world.stage.clock.now() >= until);
    assert_eq!((world.calls(), world.enrolment().await.generation()), (2, 1));
}

#[tokio::test]
async fn uncertain_message_is_reconciled_before_a_pause_begins() {
    let world = World::new().await;
    world.provider(|| Err(TransportError::Ambiguous("reset".into())));
    world.paused_before("message_uncertain", None);
    world.ask_and_run().await;
    let enrolment = world.enrolment().await;
    assert!(matches!(*enrolment.state(), EnrolmentState::Held { reason: HoldReason::Uncertain, .. }));
    assert_eq!(enrolment.pause_wanted(), Some(PauseWanted::by_user(None)));
    let text = world.message().await.unwrap().text;
    world.list("SM1", &text, "delivered", world.stage.clock.now());
    for _ in 0..3 {
        world.pass(86_400);
        world.run_due().await;
    }
    assert_eq!(world.message().await.unwrap().state, MessageState::Delivered);
    assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1));
    world.is_paused(None).await;
}

#[tokio::test]
async fn pause_wish_taken_back_holds_nothing() {
    let world = World::new().await;
    world.provider(|| Err(TransportError::Ambiguous("reset".into())));
    world.paused_before("message_uncertain", None);
    world.ask_and_run().await;
    let event = Event::system(EventKind::EnrolmentResumed, world.stage.clock.now());
    let enrolments = world.ports().enrolments();
    let taken_back = cancel_pending_pause(&*enrolments, &world.key, &event).await.unwrap().unwrap();
    assert!(matches!(*taken_back.state(), EnrolmentState::Held { reason: HoldReason::Uncertain, .. }));
    assert_eq!(cancel_pending_pause(&*enrolments, &world.key, &event).await.unwrap(), None);
    let text = world.message().await.unwrap().text;
    world.list("SM1", &text, "delivered", world.stage.clock.now());
    world.provider(|| Ok(accepted()));
    world.hour_by_hour(2).await;
    assert_eq!(world.calls(), 2, "the second text has gone out");
}

impl World {
    async fn account(&self) -> Account {
        let all = self.ports().accounts().list(&self.workspace).await.unwrap();
        all.into_iter().find(|account| account.settings.kind().sends()).unwrap()
    }

    async fn pause_account(&self, paused: bool) {
        let (mut account, now) = (self.account().await, self.stage.clock.now());
        match paused {
            true => drop(account.pause(None, now)),
            false => account.pause = None,
        }
        self.ports().accounts().save(&account, &Event::system(EventKind::AccountPaused, now)).await.unwrap();
    }
}

#[tokio::test]
async fn text_without_its_account_is_looked_at_each_hour_until_it_is_back() {
    for chosen in [true, false] {
        let world = World::new().await;
        let campaigns = world.ports().campaigns();
        let (account, now) = (world.account().await, world.stage.clock.now());
        let there = async |there: bool| {
            let event = Event::system(EventKind::LeadChanged, now);
            if chosen {
                let mut account = world.account().await;
                account.enabled = there;
                world.ports().accounts().save(&account, &event).await.unwrap();
            } else {
                let mut campaign = campaigns.get(&world.workspace, &world.key.campaign).await.unwrap();
                campaign.sms_sender = there.then(|| account.id.clone());
                campaigns.save(&campaign, &event).await.unwrap();
            }
        };
        there(false).await;
        world.ask_and_run().await;
        let held = |since: Timestamp| {
            let until = since + SignedDuration::from_hours(1);
            EnrolmentState::Held { reason: HoldReason::Mailbox, until: Some(until) }
        };
        assert_eq!((world.calls(), world.enrolment().await.state().clone()), (0, held(now)));
        world.pass(3_600);
        world.run_due().await;
        assert_eq!(
            (world.calls(), world.enrolment().await.state().clone()),
            (0, held(world.stage.clock.now()))
        );
        there(true).await;
        world.pass(3_600);
        world.run_due().await;
        assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1));
    }
}

#[tokio::test]
async fn paused_account_sends_nothing_and_costs_no_looks() {
    let world = World::new().await;
    // From Monday to Tuesday: what waits for longer than two days is late.
    world.pass(3 * 86_400);
    world.falls_due().await;
    world.pause_account(true).await;
    world.ask_and_run().await;
    let held = EnrolmentState::Held { reason: HoldReason::AccountPaused, until: None };
    assert_eq!((world.calls(), world.enrolment().await.state().clone()), (0, held));
    for _ in 0..3 {
        world.pass(8 * 3_600);
        world.run_due().await;
    }
    assert_eq!(world.calls(), 0);
    world.pause_account(false).await;
    world.ask_and_run().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1));
}

#[tokio::test]
async fn lead_released_after_its_queue_message_came_is_found() {
    let world = World::new().await;
    world.pass(3 * 86_400);
    world.falls_due().await;
    world.pause_account(true).await;
    world.ask_and_run().await;
    // Whoever lets them go has put their hint, which was quick, and stands still before they write it.
    world.pass(3_600);
    world.ask_and_run().await;
    let (mut enrolment, now) = (world.enrolment().await, world.stage.clock.now());
    enrolment.rebuild_with(|it| (it.state, it.due) = (EnrolmentState::Scheduled, Some(now)));
    let scheduled = Event::system(EventKind::EnrolmentScheduled, now);
    world.ports().enrolments().save(&enrolment, &scheduled).await.unwrap();
    world.pause_account(false).await;
    world.pass(120);
    world.run().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1));
}

#[tokio::test]
async fn pause_is_noticed_within_ten_seconds_in_one_batch() {
    let world = World::new().await;
    let (slow, account) = (AtomicBool::new(true), world.account().await);
    let accounts = world.ports().accounts();
    let now = world.stage.clock.now();
    // After the scene was read, and before its account is.
    world.stage.cloud.faults().hold_up(move |moment, call| {
        let reads = call.operation == "PutItem" || call.operation == "UpdateItem";
        if moment != Moment::After || !reads || !slow.swap(false, Ordering::Relaxed) {
            return None;
        }
        let (accounts, mut account) = (accounts.clone(), account.clone());
        Some(Box::pin(async move {
            account.pause(None, now);
            accounts.save(&account, &Event::system(EventKind::AccountPaused, now)).await.unwrap();
        }))
    });
    world.ask_and_run().await;
    world.hour_by_hour(2).await;
    assert_eq!(world.calls(), 1, "what was claimed before went out, and nothing after it");
    let held = EnrolmentState::Held { reason: HoldReason::AccountPaused, until: None };
    assert_eq!(*world.enrolment().await.state(), held);
}

impl World {
    async fn campaign_moves(&self, to: CampaignState) {
        let (campaigns, now) = (self.ports().campaigns(), self.stage.clock.now());
        let mut campaign = campaigns.get(&self.workspace, &self.key.campaign).await.unwrap();
        campaign.move_to(to, now).unwrap();
        campaigns.save(&campaign, &Event::system(EventKind::CampaignChanged, now)).await.unwrap();
    }
}

#[tokio::test]
async fn lead_paused_by_a_user_stays_paused_when_the_campaign_is_paused() {
    let world = World::new().await;
    let (enrolments, due) = (world.ports().enrolments(), world.ports().due());
    let event = Event::system(EventKind::EnrolmentHeld, world.stage.clock.now());
    pause_enrolment((&*enrolments, &*due), &world.key, None, &event).await.unwrap().unwrap();
    world.campaign_moves(CampaignState::Paused).await;
    let spent = world.stage.cloud.ledger().snapshot();
    world.ask_and_run().await;
    assert_eq!(world.stage.cloud.ledger().since(&spent).write_units(), 0.0);
    world.is_paused(None).await;
}

#[tokio::test]
async fn lead_held_as_its_campaign_resumes_is_released() {
    let world = World::new().await;
    world.campaign_moves(CampaignState::Paused).await;
    let (campaigns, now) = (world.ports().campaigns(), world.stage.clock.now());
    let (workspace, id) = (world.workspace.clone(), world.key.campaign.clone());
    // It was read as paused; it goes on, and whoever is held then gets a time; and only then is this hold written.
    world.just_before("campaign_paused", async move {
        let mut campaign = campaigns.get(&workspace, &id).await.unwrap();
        campaign.move_to(CampaignState::Active, now).unwrap();
        campaigns.save(&campaign, &Event::system(EventKind::CampaignResumed, now)).await.unwrap();
    });
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
    world.hour_by_hour(1).await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1));
}

#[tokio::test]
async fn lead_held_as_its_campaign_leaves_the_account_is_released() {
    let world = World::new().await;
    // On a Monday.
    world.pass(3 * 86_400);
    world.falls_due().await;
    world.pause_account(true).await;
    let (id, now) = (world.stage.text_account(&world.workspace).await, world.stage.clock.now());
    let (campaigns, first) = (world.ports().campaigns(), AtomicBool::new(true));
    let (workspace, campaign) = (world.workspace.clone(), world.key.campaign.clone());
    // It was read with the paused one; it gets another, and whoever is held then gets a time; and only then is this hold written.
    world.stage.cloud.faults().hold_up(move |moment, call| {
        let holds = String::from_utf8_lossy(call.body).contains("account_paused");
        if moment != Moment::Before || !holds || !first.swap(false, Ordering::Relaxed) {
            return None;
        }
        let (campaigns, workspace, campaign) = (campaigns.clone(), workspace.clone(), campaign.clone());
        let id = id.clone();
        Some(Box::pin(async move {
            let mut campaign = campaigns.get(&workspace, &campaign).await.unwrap();
            campaign.sms_sender = Some(id);
            campaigns.save(&campaign, &Event::system(EventKind::CampaignChanged, now)).await.unwrap();
        }))
    });
    world.ask_and_run().await;
    assert_eq!(world.calls(), 0);
    world.hour_by_hour(1).await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (1, 1));
}
