//! Held leads in a simulation: where they would be held, who goes on when a pause ends, and who is left out.

use super::*;
use application::campaign::simulation::SimulationResult;
use domain::enrolment::pause::AccountPause;
use domain::workspace::Sending;
use domain::workspace::account::Account;
use jiff::Timestamp;

impl World {
    async fn change_campaign(&self, change: impl FnOnce(&mut Campaign)) {
        let campaigns = self.ports().campaigns();
        let mut campaign = campaigns.get(&self.workspace, &self.campaign).await.unwrap();
        change(&mut campaign);
        let event = Event::system(EventKind::CampaignChanged, self.stage.clock.now());
        campaigns.save(&campaign, &event).await.unwrap();
    }

    /// Adds an account for this channel to the campaign.
    pub async fn account(&self, channel: Channel) -> AccountId {
        let stage = &self.stage;
        let id = match channel {
            Channel::Email => stage.mailbox(&self.workspace).await,
            Channel::Sms => stage.text_account(&self.workspace).await,
            Channel::Whatsapp => stage.whatsapp_account(&self.workspace).await,
        };
        let own = id.clone();
        self.change_campaign(|campaign| match channel {
            Channel::Email => campaign.mailboxes.push(own),
            Channel::Sms => campaign.sms_sender = Some(own),
            Channel::Whatsapp => campaign.whatsapp_sender = Some(own),
        })
        .await;
        id
    }

    async fn change_account(&self, id: &AccountId, change: impl FnOnce(&mut Account)) {
        let accounts = self.ports().accounts();
        let mut account = accounts.get(&self.workspace, id).await.unwrap();
        change(&mut account);
        let event = Event::system(EventKind::AccountChanged, self.stage.clock.now());
        accounts.save(&account, &event).await.unwrap();
    }

    async fn all_would_wait(&self, channel: Channel) {
        let made = self.simulated().await;
        let result = made.result.clone().unwrap();
        assert_eq!((result.messages, result.ends.len()), (0, 0), "{channel:?}");
        assert_eq!(result.would_be_held, BTreeMap::from([(HoldReason::Mailbox, 2)]), "{channel:?}");
        let stops: Vec<_> =
            result.stops.iter().map(|stop| (stop.step, stop.channel, stop.reason, stop.people)).collect();
        assert_eq!(stops, [(0, Some(channel), HoldReason::Mailbox, 2)], "the step is named");
        let blobs = self.ports().blobs();
        let people = simulated_people(&*blobs, &self.workspace, &self.campaign, &made, 0).await.unwrap();
        assert!(people.iter().all(|person| person.end.is_none()));
        assert!(people.iter().all(|person| person.steps[0].held == Some(HoldReason::Mailbox)));
    }
}

#[tokio::test]
async fn simulation_holds_leads_without_an_account() {
    for channel in Channel::ALL {
        let world = World::over(channel, 2, &["first"]).await;
        world.start().await;
        world.run().await;
        // The draft has no account for this channel yet.
        world.all_would_wait(channel).await;
        let account = world.account(channel).await;
        assert_eq!(world.simulated().await.result.unwrap().messages, 2, "{channel:?}");
        world.change_account(&account, |account| account.enabled = false).await;
        world.all_would_wait(channel).await;
        let event = Event::system(EventKind::AccountDeleted, world.stage.clock.now());
        world.ports().accounts().delete(&world.workspace, &account, &event).await.unwrap();
        world.all_would_wait(channel).await;
    }
}

/// A launched campaign with two enrolments, both held for this reason.
async fn held(reason: HoldReason) -> (World, AccountId) {
    let world = World::new(2).await;
    let mailbox = world.account(Channel::Email).await;
    world.start().await;
    world.run().await;
    world.launch().await;
    world.run().await;
    world.hold_all(reason).await;
    (world, mailbox)
}

fn on_their_way(result: &SimulationResult) -> (usize, u32, usize) {
    (result.people, result.messages, result.held)
}

#[tokio::test]
async fn simulation_releases_scope_pauses_and_counts_other_holds_by_reason() {
    for reason in [HoldReason::CampaignPaused, HoldReason::SendingStopped, HoldReason::AccountPaused] {
        let (world, _) = held(reason).await;
        let result = world.simulated().await.result.unwrap();
        assert_eq!((on_their_way(&result), result.held_by.len()), ((2, 2, 0), 0), "{reason:?}");
    }
    let (world, _) = held(HoldReason::PausedByUser).await;
    let result = world.simulated().await.result.unwrap();
    assert_eq!(on_their_way(&result), (0, 0, 2));
    assert_eq!(result.held_by, BTreeMap::from([(HoldReason::PausedByUser, 2)]));
}

#[tokio::test]
async fn simulation_begins_at_the_end_of_the_pause() {
    let ends = |world: &World, hours: i64| world.stage.clock.now() + SignedDuration::from_hours(hours);
    let first_day = async |world: &World, until: Timestamp| {
        let result = world.simulated().await.result.unwrap();
        assert_eq!(on_their_way(&result), (2, 2, 0));
        assert!(result.last_message.unwrap() >= until && result.made_at == world.stage.clock.now());
    };
    let (world, _) = held(HoldReason::CampaignPaused).await;
    let (now, until) = (world.stage.clock.now(), ends(&world, 30));
    world.change_campaign(|campaign| assert!(campaign.pause(Some(until), now).is_ok())).await;
    first_day(&world, until).await;

    let (world, _) = held(HoldReason::SendingStopped).await;
    let (workspaces, until) = (world.ports().workspaces(), ends(&world, 30));
    let mut workspace = workspaces.get(&world.workspace).await.unwrap();
    workspace.sending = Sending::Stopped { since: now, until: Some(until) };
    workspaces.save(&workspace, &Event::system(EventKind::SendingStopped, now)).await.unwrap();
    first_day(&world, until).await;

    let (world, mailbox) = held(HoldReason::AccountPaused).await;
    let until = ends(&world, 4);
    let pause = |until| move |account: &mut Account| account.pause = Some(AccountPause { since: now, until });
    world.change_account(&mailbox, pause(Some(until))).await;
    first_day(&world, until).await;
    world.change_account(&mailbox, pause(None)).await;
    let result = world.simulated().await.result.unwrap();
    assert_eq!(on_their_way(&result), (2, 0, 0));
    assert_eq!(result.would_be_held, BTreeMap::from([(HoldReason::AccountPaused, 2)]));
}
