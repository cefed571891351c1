//! Enrolment jobs over several pages, leads that may not be enrolled, and launches in between.

mod auto_enrols;
mod call_costs;
mod companies;
mod counts;
mod earlier_opt_outs;
mod held_in_simulation;
mod late;
mod option_names;
mod own_lines;
mod pauses;
mod recorded;
mod recordings;
mod releases;
mod rollouts;
mod rules;
mod simulated_texts;
mod slack;
mod tasks;
mod tracking_domains;
mod web_push;

use application::campaign::enrol_jobs::{Audience, EnrolJob, start_enrol_job};
use application::campaign::simulation::{
    SenderLoad, Simulation, has_more, read_simulation, simulated_people, start_simulation,
};
use application::ports::accounts::SecretFields;
use application::ports::enrolments::EnrolmentFilter;
use application::ports::outbox::send_all;
use application::queue_messages::{CampaignJob, Queue};
use application::sending::{DAY, cap_queue, domain_bucket, workspace_bucket};
use application::{Clock, PageRequest, Ports};
use aws_platform::Connected;
use domain::campaign::{Campaign, CampaignState};
use domain::capacity::quota::SendingLimits;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::filter::LeadFilter;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::time::time_zone::ZoneName;
use domain::workspace::account::AccountSettings;
use domain::{AccountId, CampaignId, LeadId, WorkspaceId};
use jiff::SignedDuration;
use jiff::civil::Date;
use local_cloud::{Fault, Moment};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use test_stage::Stage;

struct World {
    stage: Stage,
    workspace: WorkspaceId,
    campaign: CampaignId,
}

impl World {
    /// An account at Twilio that places calls.
    async fn calling_account(&self) -> AccountId {
        let settings = AccountSettings::Twilio {
            base_url: "https://api.twilio.example".to_owned(),
            account_sid: format!("AC{}", "0".repeat(32)),
            from_number: PhoneNumber::parse("+14155552671", None).unwrap(),
            places_calls: true,
        };
        let secret = SecretFields::one("auth_token", "token");
        self.stage.account(&self.workspace, settings, secret).await
    }

    /// Fails the write to the table with this number, counted from now.
    fn break_off_at_write(&self, nth: usize) {
        let writes = AtomicUsize::new(0);
        self.stage.cloud.faults().inject(move |moment, call| {
            let is_write = moment == Moment::Before
                && matches!(call.operation, "PutItem" | "TransactWriteItems" | "UpdateItem");
            let breaks = is_write && writes.fetch_add(1, Ordering::Relaxed) == nth;
            breaks.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
        });
    }

    async fn new(leads: usize) -> Self {
        Self::with_steps(leads, &["first"]).await
    }

    /// A world whose second step is due a day after the first, and the third two days after the second.
    async fn with_steps(leads: usize, steps: &[&str]) -> Self {
        Self::over(Channel::Email, leads, steps).await
    }

    async fn over(channel: Channel, leads: usize, steps: &[&str]) -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let sequence = stage.sequence(&workspace, channel, steps).await;
        let tag = |campaign: &mut Campaign| campaign.lead_tag = Some("autumn".to_owned());
        let campaign = stage.campaign("Autumn", &sequence, CampaignState::Draft, tag).await;
        let known = |lead: &mut Lead| {
            lead.first_name = Some("Ana".to_owned());
            lead.phone = PhoneNumber::parse("+442074960351", None).ok().filter(|_| channel != Channel::Email);
        };
        for n in 0..leads {
            stage.lead(&workspace, &format!("lead{n}"), known).await;
        }
        Self { stage, workspace, campaign: campaign.id }
    }

    fn ports(&self) -> &Connected {
        &self.stage.ports
    }

    async fn start(&self) {
        self.start_job(false).await;
    }

    async fn start_job(&self, with_missing_values: bool) {
        let ports = self.ports();
        let whom = Audience::Filter { filter: Box::default(), except: Vec::new() };
        let job =
            EnrolJob { by: None, at: ports.clock().now(), whom, with_missing_values, waits_until: None };
        let (blobs, outbox, ids) = (&*ports.blobs(), &*ports.outbox(), &*ports.ids());
        start_enrol_job(blobs, outbox, ids, &self.workspace, &self.campaign, &job).await.unwrap();
    }

    async fn launch_behind_its_pages(&self) {
        let now = self.stage.clock.now();
        let mut campaign = self.ports().campaigns().get(&self.workspace, &self.campaign).await.unwrap();
        campaign.move_to(CampaignState::Active, now).unwrap();
        self.ports()
            .campaigns()
            .save(&campaign, &Event::system(EventKind::CampaignLaunched, now))
            .await
            .unwrap();
    }

    async fn launch(&self) {
        self.launch_behind_its_pages().await;
        let (workspace, campaign) = (self.workspace.clone(), self.campaign.clone());
        let schedule =
            CampaignJob::Schedule { workspace, campaign, cursor: None, second: false, resumed: None };
        send_all(&*self.ports().outbox(), &[schedule], 0).await.unwrap();
    }

    async fn run(&self) -> usize {
        self.stage.drain(Queue::Enrolments, &crate::handler(self.ports())).await
    }

    /// Adds a mailbox without limits to the campaign.
    async fn with_mailbox(self) -> Self {
        let mailbox = self.stage.mailbox(&self.workspace).await;
        let campaigns = self.ports().campaigns();
        let mut campaign = campaigns.get(&self.workspace, &self.campaign).await.unwrap();
        campaign.mailboxes.push(mailbox);
        let event = Event::system(EventKind::CampaignChanged, self.stage.clock.now());
        campaigns.save(&campaign, &event).await.unwrap();
        self
    }

    /// Adds a mailbox that may contact so many new leads a day to the campaign.
    async fn limited(&self, new_per_day: u32) -> SendingLimits {
        let ports = self.ports();
        let mut campaign = ports.campaigns().get(&self.workspace, &self.campaign).await.unwrap();
        let number = campaign.mailboxes.len();
        let settings = AccountSettings::Resend {
            base_url: "https://api.resend.example".to_owned(),
            from_address: EmailAddress::parse(&format!("maya{number}@northquay.example")).unwrap(),
            from_name: "Maya".to_owned(),
            reply_to: None,
        };
        let id = self.stage.account(&self.workspace, settings, SecretFields::one("api_key", "k")).await;
        let mut mailbox = ports.accounts().get(&self.workspace, &id).await.unwrap();
        let new_per_day = Some(new_per_day);
        let limits = SendingLimits { new_per_day, ..SendingLimits::of_a_mailbox(ZoneName::utc()) };
        mailbox.limits = Some(limits.clone());
        let event = Event::system(EventKind::AccountChanged, self.stage.clock.now());
        ports.accounts().save(&mailbox, &event).await.unwrap();
        campaign.mailboxes.push(id);
        ports.campaigns().save(&campaign, &event).await.unwrap();
        limits
    }

    /// The number of enrolments by mailbox.
    async fn shares(&self) -> BTreeMap<Option<AccountId>, usize> {
        let page = PageRequest::first(200);
        let all = self.ports().enrolments().of_campaign(&self.workspace, &self.campaign, None, page).await;
        let mut shares = BTreeMap::new();
        for enrolment in all.unwrap().items {
            *shares.entry(enrolment.mailbox().clone()).or_default() += 1;
        }
        shares
    }

    async fn simulated(&self) -> Simulation {
        let ports = self.ports();
        let campaign = ports.campaigns().get(&self.workspace, &self.campaign).await.unwrap();
        let (blobs, now) = (ports.blobs(), self.stage.clock.now());
        start_simulation(&*blobs, &*ports.outbox(), &*ports.ids(), &campaign, now).await.unwrap();
        self.run().await;
        read_simulation(&*blobs, &self.workspace, &self.campaign).await.unwrap()
    }

    /// The number of enrolments due on each day that has any.
    async fn due_days(&self, limits: &SendingLimits) -> Vec<u32> {
        self.due_by_day(limits).await.into_values().collect()
    }

    async fn due_by_day(&self, limits: &SendingLimits) -> BTreeMap<Date, u32> {
        let page = PageRequest::first(200);
        let all = self.ports().enrolments().of_campaign(&self.workspace, &self.campaign, None, page).await;
        let mut days = BTreeMap::new();
        for due in all.unwrap().items.into_iter().filter_map(|enrolment| enrolment.due()) {
            *days.entry(limits.day_of(due)).or_insert(0) += 1;
        }
        days
    }

    /// Launches the campaign with all leads enrolled and returns the write units spent.
    async fn launched(&self) -> f64 {
        self.start().await;
        self.run().await;
        let before = self.stage.cloud.ledger().snapshot();
        self.launch().await;
        self.run().await;
        self.stage.cloud.ledger().since(&before).write_units()
    }

    async fn people(&self, state: EnrolmentFilter) -> usize {
        let page = PageRequest::first(200);
        let enrolments = &self.ports().enrolments();
        enrolments.of_campaign(&self.workspace, &self.campaign, Some(state), page).await.unwrap().items.len()
    }

    async fn due_hints(&self) -> usize {
        let later = self.stage.clock.now() + jiff::SignedDuration::from_hours(24 * 7);
        let packs = self.ports().due().due(later, 1000).await.unwrap();
        packs.iter().map(|pack| pack.hints.len()).sum()
    }
}

fn suppressed(world: &World, address: &str) -> Suppression {
    Suppression {
        workspace: world.workspace.clone(),
        scope: SuppressionScope::Email(address.to_owned()),
        reason: SuppressionReason::OptedOut,
        source: None,
        created_by: None,
        created_at: world.stage.clock.now(),
        expires_at: None,
        sign: None,
    }
}

#[tokio::test]
async fn enrol_job_runs_page_by_page_and_its_repeat_changes_nothing() {
    let world = World::new(60).await;
    world.start().await;
    assert_eq!(world.run().await, 3);
    assert_eq!(world.people(EnrolmentFilter::Pending).await, 60);
    world.start().await;
    world.run().await;
    assert_eq!(world.people(EnrolmentFilter::Pending).await, 60);
    let now = world.stage.clock.now();
    let lead = world.ports().leads().get(&world.workspace, &LeadId::derived(now, &["lead7"])).await.unwrap();
    assert!(lead.tags.contains("autumn"));
}

#[tokio::test]
async fn archived_campaign_ends_all_enrolments() {
    for launched in [false, true] {
        let world = World::new(60).await;
        world.start().await;
        world.run().await;
        if launched {
            world.launch().await;
            world.run().await;
        }
        let now = world.stage.clock.now();
        let campaigns = world.ports().campaigns();
        let mut campaign = campaigns.get(&world.workspace, &world.campaign).await.unwrap();
        campaign.state = CampaignState::Archived;
        campaigns.save(&campaign, &Event::system(EventKind::CampaignArchived, now)).await.unwrap();
        let (workspace, campaign) = (world.workspace.clone(), world.campaign.clone());
        let schedule =
            CampaignJob::Schedule { workspace, campaign, cursor: None, second: false, resumed: None };
        send_all(&*world.ports().outbox(), &[schedule], 0).await.unwrap();
        world.run().await;
        assert_eq!(world.people(EnrolmentFilter::Ended).await, 60);
        let lead = LeadId::derived(now, &["lead7"]);
        let lead = world.ports().leads().get(&world.workspace, &lead).await.unwrap();
        assert!(lead.active.is_empty(), "free for another campaign");
    }
}

#[tokio::test]
async fn launch_schedules_every_enrolment_once() {
    let world = World::new(60).await;
    world.start().await;
    world.run().await;
    assert_eq!(world.due_hints().await, 0);
    world.launch().await;
    world.run().await;
    assert_eq!((world.people(EnrolmentFilter::Moving).await, world.due_hints().await), (60, 60));
}

#[tokio::test]
async fn simulation_predicts_the_launch() {
    let world = World::new(60).await;
    let limits = world.limited(25).await;
    let now = world.stage.clock.now();
    let entry = suppressed(&world, "lead3@one.example");
    world.start().await;
    world.run().await;
    world
        .ports()
        .suppressions()
        .put(&entry, &Event::system(EventKind::AddressSuppressed, now))
        .await
        .unwrap();
    let ports = world.ports();
    let campaign = ports.campaigns().get(&world.workspace, &world.campaign).await.unwrap();
    let blobs = ports.blobs();
    let asked = start_simulation(&*blobs, &*ports.outbox(), &*ports.ids(), &campaign, now).await.unwrap();
    assert_eq!(asked.result, None);
    world.run().await;
    let read = async || read_simulation(&*blobs, &world.workspace, &world.campaign).await.unwrap();
    let made = read().await;
    let result = made.result.clone().unwrap();
    assert_eq!((result.people, result.messages, result.held, result.cut_off), (60, 59, 0, false));
    assert_eq!((result.ends[&EndReason::Finished], result.ends[&EndReason::Suppressed]), (59, 1));
    let [mailbox] = result.senders.as_slice() else { panic!("{result:?}") };
    let days: Vec<u32> = mailbox.days.iter().map(|day| day.messages).collect();
    assert_eq!((days.as_slice(), mailbox.without_limits, mailbox.accounts_needed), (&[25, 25, 9][..], 59, 3));
    let people = simulated_people(&*blobs, &world.workspace, &world.campaign, &made, 0).await.unwrap();
    assert!(people.len() == 60 && !has_more(&result, 0));
    // The message of the first simulation comes again and changes nothing.
    let (workspace, campaign_id) = (world.workspace.clone(), world.campaign.clone());
    let again = CampaignJob::Simulate { workspace, campaign: campaign_id, simulation: asked.id };
    send_all(&*ports.outbox(), &[again], 0).await.unwrap();
    world.run().await;
    assert_eq!(read().await, made);
    // The launch books as many messages on each day.
    world.launch().await;
    world.run().await;
    assert_eq!(world.due_days(&limits).await, [25, 25, 9]);
}

#[tokio::test]
async fn launch_books_follow_ups_too_and_the_simulation_agrees() {
    let world = World::with_steps(100, &["first", "second"]).await;
    let limits = world.limited(40).await;
    world.start().await;
    world.run().await;
    let result = world.simulated().await.result.unwrap();
    let [mailbox] = result.senders.as_slice() else { panic!("{result:?}") };
    let sent: Vec<(Date, u32)> = mailbox.days.iter().map(|day| (day.day, day.messages)).collect();
    let messages: Vec<u32> = sent.iter().map(|(_, messages)| *messages).collect();
    assert_eq!(messages, [40, 40, 40, 40, 20, 20], "none has more than 40, so no follow-up is put off");
    world.launch().await;
    world.run().await;
    assert_eq!(world.due_by_day(&limits).await, [sent[0], sent[2], sent[4]].into());
}

#[tokio::test]
async fn enrolment_in_an_active_campaign_books_days_like_a_launch() {
    let world = World::with_steps(100, &["first", "second"]).await;
    let limits = world.limited(40).await;
    world.launch().await;
    world.run().await;
    world.start().await;
    world.run().await;
    let days = world.due_by_day(&limits).await;
    assert_eq!(days.values().copied().collect::<Vec<u32>>(), [40, 40, 20]);
    let mailbox = world.shares().await.into_keys().next().unwrap().expect("it was chosen with the day");
    let quota = world.ports().quotas().get(&world.workspace, &mailbox).await.unwrap().unwrap();
    let today = limits.day_of(world.stage.clock.now());
    let expected: Vec<(u32, bool)> =
        (quota.ahead(&limits, today, 10).into_iter().filter(|day| day.expected > 0))
            .map(|day| (day.expected, days.contains_key(&day.day)))
            .collect();
    let room = [(40, true), (40, false), (40, true), (40, false), (20, true), (20, false)];
    assert_eq!(expected, room, "their follow-ups are counted");
    assert_eq!(world.due_hints().await, 100);
}

#[tokio::test]
async fn completed_campaign_frees_its_booked_capacity() {
    let world = World::with_steps(60, &["first", "second"]).await;
    let limits = world.limited(40).await;
    world.start().await;
    world.run().await;
    world.launch().await;
    world.run().await;
    let mailbox = world.shares().await.into_keys().next().unwrap().unwrap();
    let today = limits.day_of(world.stage.clock.now());
    let expected = async || {
        let quota = world.ports().quotas().get(&world.workspace, &mailbox).await.unwrap().unwrap();
        quota.ahead(&limits, today, 14).into_iter().map(|day| day.expected).sum::<u32>()
    };
    assert_eq!(expected().await, 120);
    let campaigns = world.ports().campaigns();
    let mut campaign = campaigns.get(&world.workspace, &world.campaign).await.unwrap();
    campaign.move_to(CampaignState::Completed, world.stage.clock.now()).unwrap();
    let event = Event::system(EventKind::CampaignCompleted, world.stage.clock.now());
    campaigns.save(&campaign, &event).await.unwrap();
    let (workspace, campaign) = (world.workspace.clone(), world.campaign.clone());
    let schedule = CampaignJob::Schedule { workspace, campaign, cursor: None, second: false, resumed: None };
    send_all(&*world.ports().outbox(), &[schedule], 0).await.unwrap();
    world.run().await;
    assert_eq!((world.people(EnrolmentFilter::Ended).await, expected().await), (60, 0));
}

#[tokio::test]
async fn simulation_respects_the_daily_cap_of_a_domain() {
    let world = World::new(13).await;
    world.limited(40).await;
    world.start().await;
    world.run().await;
    let ports = world.ports();
    let now = world.stage.clock.now();
    let mut workspace = ports.workspaces().get(&world.workspace).await.unwrap();
    workspace.caps.domain_per_day = Some(5);
    ports.workspaces().save(&workspace, &Event::system(EventKind::SettingsChanged, now)).await.unwrap();
    // Another campaign has used two of today's slots, and one of its messages waits for a later day.
    let limits = ports.limits();
    let bucket = domain_bucket(&world.workspace, "one.example");
    for _ in 0..2 {
        limits.take(&bucket, 5, DAY, now).await.unwrap().unwrap();
    }
    limits.take_position(&cap_queue(&bucket), 5, DAY, now + DAY * 3).await.unwrap();
    let result = world.simulated().await.result.unwrap();
    let [mailbox] = result.senders.as_slice() else { panic!("{result:?}") };
    let days: Vec<u32> = mailbox.days.iter().map(|day| day.messages).collect();
    assert_eq!((days.as_slice(), mailbox.accounts_needed), (&[3, 4, 5, 1][..], 1));
    assert!(mailbox.days[1].day >= (now + DAY * 3).to_zoned(jiff::tz::TimeZone::UTC).date());
}

#[tokio::test]
async fn simulation_respects_the_daily_cap_of_the_workspace() {
    let world = World::new(7).await;
    world.limited(40).await;
    world.start().await;
    world.run().await;
    let ports = world.ports();
    let now = world.stage.clock.now();
    let mut workspace = ports.workspaces().get(&world.workspace).await.unwrap();
    workspace.caps.messages_per_day = Some(4);
    ports.workspaces().save(&workspace, &Event::system(EventKind::SettingsChanged, now)).await.unwrap();
    // Another campaign has sent three of today's messages, and one of its messages waits for Monday.
    let (limits, bucket) = (ports.limits(), workspace_bucket(&world.workspace));
    for _ in 0..3 {
        limits.take(&bucket, 4, DAY, now).await.unwrap().unwrap();
    }
    limits.take_position(&cap_queue(&bucket), 4, DAY, now + DAY * 3).await.unwrap();
    let result = world.simulated().await.result.unwrap();
    let days: Vec<u32> = result.senders[0].days.iter().map(|day| day.messages).collect();
    assert_eq!(days, [1, 3, 3]);
}

#[tokio::test]
async fn two_mailboxes_share_the_leads_as_simulated() {
    let world = World::new(60).await;
    world.limited(10).await;
    let limits = world.limited(20).await;
    world.start().await;
    world.run().await;
    let senders = world.simulated().await.result.unwrap().senders;
    let on_a_day = |sender: &SenderLoad| sender.days.iter().map(|day| day.messages).collect::<Vec<_>>();
    let mut days: Vec<Vec<u32>> = senders.iter().map(on_a_day).collect();
    days.sort();
    assert_eq!(days, [[10, 10], [20, 20]]);
    let before = world.stage.cloud.ledger().snapshot();
    world.launch().await;
    world.run().await;
    let spent = world.stage.cloud.ledger().since(&before).write_units();
    assert_eq!(world.due_days(&limits).await, [30, 30]);
    let shares = world.shares().await;
    let mut counts: Vec<usize> = shares.values().copied().collect();
    counts.sort_unstable();
    assert!(!shares.contains_key(&None) && counts == [20, 40], "{shares:?}");
    let alone = World::new(60).await;
    alone.limited(30).await;
    let one = alone.launched().await;
    assert!(spent <= one + 8.0, "{spent} for two, {one} for one: a line a page, and hints of their own");
}

#[tokio::test]
async fn launch_over_the_daily_limit_is_spread_over_days() {
    let world = World::new(60).await;
    let limits = world.limited(25).await;
    let spent = world.launched().await;
    let unlimited = World::new(60).await.launched().await;
    assert!(
        spent <= unlimited + 8.0,
        "{spent}, not {unlimited}: a write a page, and hints of three days for one"
    );
    assert_eq!(world.due_days(&limits).await, [25, 25, 10]);
    assert_eq!(world.due_hints().await, 60);
}

#[tokio::test]
async fn leads_deleted_during_a_launch_do_not_stop_it() {
    let world = World::new(60).await;
    world.limited(25).await;
    world.start().await;
    world.run().await;
    let gone: Vec<LeadId> =
        (0..50).map(|n| LeadId::derived(world.stage.clock.now(), &[&format!("lead{n}")])).collect();
    let (leads, workspace) = (world.ports().leads(), world.workspace.clone());
    let enrolments = world.ports().enrolments();
    let (event, first) =
        (Event::system(EventKind::LeadChanged, world.stage.clock.now()), AtomicBool::new(true));
    world.stage.cloud.faults().hold_up(move |moment, call| {
        let lines_up = moment == Moment::After && String::from_utf8_lossy(call.body).contains("#QUOTAS");
        if !lines_up || call.operation != "PutItem" || !first.swap(false, Ordering::Relaxed) {
            return None;
        }
        let (leads, workspace, event, gone) = (leads.clone(), workspace.clone(), event.clone(), gone.clone());
        let enrolments = enrolments.clone();
        Some(Box::pin(async move {
            for lead in gone {
                enrolments.stop(&workspace, &lead, EndReason::Removed, &event).await.unwrap();
                leads.erase(&workspace, &lead, &event).await.unwrap();
            }
        }))
    });
    world.launch().await;
    world.run().await;
    assert_eq!(
        (world.people(EnrolmentFilter::Moving).await, world.people(EnrolmentFilter::Pending).await),
        (10, 0)
    );
}

#[tokio::test]
async fn lead_enrolled_during_a_launch_is_scheduled() {
    let world = World::new(60).await.with_mailbox().await;
    world.start().await;
    world.launch().await;
    // The pages of the launch and of the job are in the queue together.
    world.run().await;
    assert_eq!(world.people(EnrolmentFilter::Moving).await, 60);
    assert!(world.due_hints().await >= 60);
}

#[tokio::test]
async fn repeated_page_schedules_leads_that_a_launch_missed() {
    let world = World::new(3).await.with_mailbox().await;
    world.start().await;
    let transactions = AtomicUsize::new(0);
    world.stage.cloud.faults().inject(move |moment, call| {
        let writes = moment == Moment::Before && call.operation == "TransactWriteItems";
        let breaks = writes && transactions.fetch_add(1, Ordering::Relaxed) == 2;
        breaks.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
    });
    assert_eq!(world.run().await, 0);
    world.stage.cloud.faults().clear();
    assert_eq!(world.people(EnrolmentFilter::Pending).await, 2);
    // The pages of the launch were processed before these two leads were enrolled.
    world.launch_behind_its_pages().await;
    world.stage.advance(SignedDuration::from_mins(15));
    assert_eq!(world.run().await, 1);
    assert_eq!((world.people(EnrolmentFilter::Moving).await, world.due_hints().await), (3, 3));
}

#[tokio::test]
async fn launch_finds_leads_that_the_index_lists_late() {
    let world = World::new(3).await;
    world.start().await;
    world.run().await;
    let lists_are_behind = || {
        world.stage.cloud.faults().inject(|moment, call| {
            let lists = moment == Moment::Before && call.operation == "Query";
            lists.then_some(Fault::Behind(Duration::from_secs(15)))
        });
    };
    world.launch().await;
    // The index may lag for longer than usual.
    for wait in [7, 7, 17] {
        lists_are_behind();
        world.run().await;
        world.stage.cloud.faults().clear();
        assert_eq!(world.people(EnrolmentFilter::Pending).await, 3);
        world.stage.advance(SignedDuration::from_secs(wait));
    }
    lists_are_behind();
    world.run().await;
    world.stage.cloud.faults().clear();
    assert_eq!((world.people(EnrolmentFilter::Moving).await, world.due_hints().await), (3, 3));
    // That was the last look.
    assert!(world.stage.messages(Queue::Enrolments).is_empty());
}

#[tokio::test]
async fn suppressed_lead_is_not_enrolled() {
    let world = World::new(5).await;
    let now = world.stage.clock.now();
    let entry = suppressed(&world, "lead3@one.example");
    let event = Event::system(EventKind::AddressSuppressed, now);
    world.ports().suppressions().put(&entry, &event).await.unwrap();
    world.start().await;
    world.run().await;
    assert_eq!(world.people(EnrolmentFilter::Pending).await, 4);
}

#[tokio::test]
async fn job_of_a_deleted_campaign_is_discarded() {
    let world = World::new(1).await;
    let (workspace, campaign) =
        (world.workspace.clone(), CampaignId::derived(world.stage.clock.now(), &["gone"]));
    let schedule = CampaignJob::Schedule { workspace, campaign, cursor: None, second: false, resumed: None };
    send_all(&*world.ports().outbox(), &[schedule], 0).await.unwrap();
    assert_eq!(world.run().await, 1);
}
