//! Pauses with an end: what was paused resumes automatically, once, unless a user has changed it meanwhile.

use super::*;
use application::campaign::resume::put_end_of_pause;
use domain::AccountId;
use domain::enrolment::EnrolmentState;
use domain::enrolment::pause::PausedScope;
use domain::workspace::Sending;
use jiff::Timestamp;

impl World {
    async fn campaign(&self) -> Campaign {
        self.ports().campaigns().get(&self.workspace, &self.campaign).await.unwrap()
    }

    async fn pause(&self, until: Timestamp) {
        let now = self.stage.clock.now();
        let mut campaign = self.campaign().await;
        campaign.pause(Some(until), now).unwrap();
        self.ports()
            .campaigns()
            .save(&campaign, &Event::system(EventKind::CampaignPaused, now))
            .await
            .unwrap();
    }

    async fn stop(&self, until: Timestamp) {
        let (workspaces, now) = (self.ports().workspaces(), self.stage.clock.now());
        let mut tenant = workspaces.get(&self.workspace).await.unwrap();
        tenant.sending = tenant.sending.stop(Some(until), now);
        workspaces.save(&tenant, &Event::system(EventKind::SendingStopped, now)).await.unwrap();
    }

    async fn sending(&self) -> Sending {
        self.ports().workspaces().get(&self.workspace).await.unwrap().sending
    }

    /// Sends the end of a pause, as its hint does.
    async fn end(&self, what: PausedScope, until: Timestamp) {
        let message = CampaignJob::Resume { workspace: self.workspace.clone(), what, until };
        send_all(&*self.ports().outbox(), &[message], 0).await.unwrap();
        self.run().await;
    }

    fn this_one(&self) -> PausedScope {
        PausedScope::Campaign(self.campaign.clone())
    }

    /// Holds all enrolments, as the sender leaves them while nothing may be sent.
    pub async fn hold_all(&self, reason: HoldReason) {
        let now = self.stage.clock.now();
        let page = PageRequest::first(200);
        let all = self.ports().enrolments().of_campaign(&self.workspace, &self.campaign, None, page).await;
        for mut enrolment in all.unwrap().items {
            enrolment.hold(reason, None, now).unwrap();
            let event = Event::system(EventKind::EnrolmentHeld, now);
            self.ports().enrolments().save(&enrolment, &event).await.unwrap();
        }
    }
}

async fn launched() -> World {
    let world = World::new(3).await.with_mailbox().await;
    world.launch().await;
    world.start().await;
    world.run().await;
    // The launch looks a second time.
    world.stage.advance(SignedDuration::from_secs(31));
    world.run().await;
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 3);
    world
}

#[tokio::test]
async fn lead_paused_in_a_draft_books_no_capacity_at_launch() {
    let world = World::new(3).await;
    world.limited(2).await;
    world.start().await;
    world.run().await;
    let (enrolments, page) = (world.ports().enrolments(), PageRequest::first(200));
    let all = enrolments.of_campaign(&world.workspace, &world.campaign, None, page).await.unwrap().items;
    let mut paused = all[0].clone();
    paused.pause(None, world.stage.clock.now()).unwrap();
    enrolments
        .save(&paused, &Event::system(EventKind::EnrolmentHeld, world.stage.clock.now()))
        .await
        .unwrap();
    world.launch().await;
    world.run().await;
    assert_eq!(world.people(EnrolmentFilter::Pending).await, 0);
    let shares = world.shares().await;
    assert_eq!((shares[&None], shares.values().sum::<usize>()), (1, 3));
    let paused = enrolments.get(paused.key()).await.unwrap();
    assert_eq!(
        (paused.mailbox().is_none(), paused.due()),
        (true, Some(world.stage.clock.now())),
        "looked at soon"
    );
}

fn hours(world: &World, hours: i64) -> Timestamp {
    world.stage.clock.now() + SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn campaign_resumes_at_the_end_of_its_pause_and_is_scheduled() {
    let world = launched().await;
    let until = hours(&world, 47);
    world.pause(until).await;
    world.hold_all(HoldReason::CampaignPaused).await;
    world.stage.advance(SignedDuration::from_hours(47));
    world.end(world.this_one(), until).await;
    let campaign = world.campaign().await;
    assert_eq!((campaign.state, campaign.state_since), (CampaignState::Active, until));
    assert_eq!(campaign.paused_until, None);
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 3);
    let page = PageRequest::first(9);
    let all = world.ports().enrolments().of_campaign(&world.workspace, &world.campaign, None, page).await;
    assert!(all.unwrap().items.iter().all(|one| one.due().is_some_and(|due| due >= until)));
    // The message comes again and writes nothing.
    let before = world.stage.cloud.ledger().snapshot();
    world.end(world.this_one(), until).await;
    assert_eq!(world.stage.cloud.ledger().since(&before).write_units(), 0.0);
}

#[tokio::test]
async fn end_of_a_pause_schedules_leads_of_a_campaign_resumed_before() {
    let world = launched().await;
    let until = hours(&world, 1);
    world.pause(until).await;
    world.hold_all(HoldReason::CampaignPaused).await;
    world.stage.advance(SignedDuration::from_hours(2));
    let mut campaign = world.campaign().await;
    let now = world.stage.clock.now();
    campaign.move_to(CampaignState::Active, now).unwrap();
    world.ports().campaigns().save(&campaign, &Event::system(EventKind::CampaignResumed, now)).await.unwrap();
    world.end(world.this_one(), until).await;
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 3);
}

/// A request resumed or closed the campaign and failed afterwards: the hint that it had left comes a few
/// minutes later.
#[tokio::test]
async fn hint_completes_a_request_that_failed_midway() {
    let world = launched().await;
    let until = hours(&world, 48);
    world.pause(until).await;
    world.hold_all(HoldReason::CampaignPaused).await;
    for (to, people) in
        [(CampaignState::Active, EnrolmentFilter::Moving), (CampaignState::Completed, EnrolmentFilter::Ended)]
    {
        world.stage.advance(SignedDuration::from_hours(1));
        let (mut campaign, now) = (world.campaign().await, world.stage.clock.now());
        let put = now + SignedDuration::from_mins(5);
        campaign.move_to(to, now).unwrap();
        world.ports().campaigns().save(&campaign, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
        world.stage.advance(SignedDuration::from_mins(5));
        world.end(world.this_one(), put).await;
        assert_eq!(world.people(people).await, 3);
    }
}

#[tokio::test]
async fn leads_held_for_a_deleted_account_are_released_at_the_end_of_its_pause() {
    let world = launched().await;
    let until = hours(&world, 1);
    let mailbox = world.campaign().await.mailboxes[0].clone();
    world.hold_all(HoldReason::AccountPaused).await;
    let event = Event::system(EventKind::AccountDeleted, world.stage.clock.now());
    world.ports().accounts().delete(&world.workspace, &mailbox, &event).await.unwrap();
    world.stage.advance(SignedDuration::from_hours(1));
    let elsewhere = AccountId::derived(until, &["another"]);
    world.end(PausedScope::Account(elsewhere), until).await;
    assert_eq!(world.people(EnrolmentFilter::Held).await, 3, "it was no account of theirs");
    world.end(PausedScope::Account(mailbox), until).await;
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 3);
}

#[tokio::test]
async fn outdated_end_of_a_pause_changes_nothing() {
    let world = launched().await;
    let (first, second) = (hours(&world, 1), hours(&world, 2));
    world.pause(first).await;
    world.pause(second).await;
    world.hold_all(HoldReason::CampaignPaused).await;
    world.stage.advance(SignedDuration::from_mins(90));
    world.end(world.this_one(), first).await;
    assert_eq!(world.campaign().await.state, CampaignState::Paused);
    assert_eq!(world.people(EnrolmentFilter::Held).await, 3);
    // The end comes too early, from a clock that is behind: it is ignored.
    world.end(world.this_one(), second).await;
    assert_eq!(world.campaign().await.state, CampaignState::Paused);
    let message = world.stage.messages(Queue::Enrolments);
    assert!(message.is_empty(), "{message:?}");
    // A user resumed the campaign and paused it again, without an end.
    let mut campaign = world.campaign().await;
    let now = world.stage.clock.now();
    campaign.move_to(CampaignState::Active, now).unwrap();
    campaign.pause(None, now).unwrap();
    world.ports().campaigns().save(&campaign, &Event::system(EventKind::CampaignPaused, now)).await.unwrap();
    world.stage.advance(SignedDuration::from_hours(9));
    world.end(world.this_one(), second).await;
    assert_eq!(world.campaign().await.state, CampaignState::Paused);
}

#[tokio::test]
async fn stopped_workspace_resumes_at_the_end_of_its_stop() {
    let world = launched().await;
    let (first, until) = (hours(&world, 1), hours(&world, 3));
    world.stop(first).await;
    world.stop(until).await;
    world.hold_all(HoldReason::SendingStopped).await;
    world.stage.advance(SignedDuration::from_hours(2));
    world.end(PausedScope::Workspace, first).await;
    assert!(matches!(world.sending().await, Sending::Stopped { .. }));
    assert_eq!(world.people(EnrolmentFilter::Held).await, 3);
    world.stage.advance(SignedDuration::from_hours(1));
    world.end(PausedScope::Workspace, until).await;
    assert_eq!(world.sending().await, Sending::Running);
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 3);
}

#[tokio::test]
async fn lead_paused_by_a_user_stays_held_when_the_campaign_resumes() {
    let world = launched().await;
    let until = hours(&world, 1);
    world.pause(until).await;
    world.hold_all(HoldReason::PausedByUser).await;
    world.stage.advance(SignedDuration::from_hours(1));
    world.end(world.this_one(), until).await;
    assert_eq!(world.people(EnrolmentFilter::Held).await, 3);
    let page = PageRequest::first(1);
    let all = world.ports().enrolments().of_campaign(&world.workspace, &world.campaign, None, page).await;
    let state = all.unwrap().items.remove(0).state().clone();
    assert_eq!(state, EnrolmentState::Held { reason: HoldReason::PausedByUser, until: None });
}

#[tokio::test]
async fn pause_with_an_end_costs_one_hint() {
    let world = launched().await;
    let spent = world.stage.cloud.ledger().snapshot();
    let due = world.ports().due();
    put_end_of_pause(&*due, &world.workspace, world.this_one(), Some(hours(&world, 48))).await.unwrap();
    assert_eq!(world.stage.cloud.ledger().since(&spent).write_units(), 1.0);
    let spent = world.stage.cloud.ledger().snapshot();
    put_end_of_pause(&*due, &world.workspace, world.this_one(), None).await.unwrap();
    assert_eq!(world.stage.cloud.ledger().since(&spent).write_units(), 0.0);
}

#[tokio::test]
async fn account_resumes_at_the_end_of_its_pause_and_its_leads_are_scheduled() {
    let world = launched().await;
    let (first, until) = (hours(&world, 1), hours(&world, 3));
    let accounts = world.ports().accounts();
    let id = world.campaign().await.mailboxes[0].clone();
    let mut account = accounts.get(&world.workspace, &id).await.unwrap();
    account.pause(Some(first), world.stage.clock.now());
    account.pause(Some(until), world.stage.clock.now());
    let event = Event::system(EventKind::AccountPaused, world.stage.clock.now());
    accounts.save(&account, &event).await.unwrap();
    world.hold_all(HoldReason::AccountPaused).await;
    world.stage.advance(SignedDuration::from_hours(2));
    world.end(PausedScope::Account(id.clone()), first).await;
    assert_eq!(world.people(EnrolmentFilter::Held).await, 3);
    world.stage.advance(SignedDuration::from_hours(1));
    world.end(PausedScope::Account(id.clone()), until).await;
    assert_eq!(accounts.get(&world.workspace, &id).await.unwrap().pause, None);
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 3);
}

#[tokio::test]
async fn campaign_with_a_paused_mailbox_launches_and_enrols() {
    let world = World::new(2).await.with_mailbox().await;
    let id = world.campaign().await.mailboxes[0].clone();
    let accounts = world.ports().accounts();
    let mut account = accounts.get(&world.workspace, &id).await.unwrap();
    account.pause(None, world.stage.clock.now());
    let event = Event::system(EventKind::AccountPaused, world.stage.clock.now());
    accounts.save(&account, &event).await.unwrap();
    world.launch().await;
    world.start().await;
    world.run().await;
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 2, "they are held when their step is due");
}
