use super::*;
use crate::campaign::calendar::{Calendar, OpenMailbox, PausedAccount};
use crate::campaign::{Campaign, CampaignState};
use crate::capacity::queue_position::QueuePosition;
use crate::contact::channel::Channel;
use crate::contact::email_address::EmailAddress;
use crate::enrolment::key::EnrolmentKey;
use crate::enrolment::{Enrolment, EnrolmentState};
use crate::forecast::{Route, forecast_lead};
use crate::ids::{AccountId, CampaignId, SequenceId, StepId, WorkspaceId};
use crate::lead::Lead;
use crate::lead::consent::{Consent, ConsentBasis, ConsentSource, Consents};
use crate::sequence::compiled_texts::Texts;
use crate::sequence::merge_fields::MergeContext;
use crate::sequence::rollout::{Onward, StepMapping};
use crate::sequence::step_kind::StepKind;
use crate::sequence::{SequenceVersion, Step};
use crate::time::delay::{Delay, DelayUnit};
use crate::time::weekly_hours::SendingWindow;

struct World {
    version: SequenceVersion,
    campaign: Campaign,
    calendar: Calendar,
    leads: Vec<Lead>,
    now: Timestamp,
}

/// Mails two days apart to leads in London, from Monday on.
fn world(people: usize, mails: usize) -> World {
    let now: Timestamp = "2027-01-04T09:00:00Z".parse().expect("an instant");
    let workspace = WorkspaceId::derived(now, &["w"]);
    let step = |n: usize| Step {
        id: StepId::derived(now, &[&n.to_string()]),
        delay: Delay { amount: if n == 0 { 0 } else { 2 }, unit: DelayUnit::Days },
        not_before: None,
        not_after: None,
        kind: StepKind::Email {
            subject: "Hi".to_owned(),
            body: "Hello".to_owned(),
            template: None,
            variants: Vec::new(),
        },
    };
    let version = SequenceVersion {
        sequence: SequenceId::derived(now, &["s"]),
        version: 1,
        steps: (0..mails).map(step).collect(),
        window: SendingWindow::default(),
    };
    let campaign = Campaign {
        id: CampaignId::derived(now, &["c"]),
        workspace: workspace.clone(),
        name: "Spring".to_owned(),
        state: CampaignState::Active,
        state_since: now,
        paused_until: None,
        sequence: version.sequence.clone(),
        sequence_version: 1,
        mailboxes: Vec::new(),
        when_mailbox_gone: Default::default(),
        sms_sender: None,
        whatsapp_sender: None,
        zone: london(),
        lead_tag: None,
        only_verified: false,
        untracked: Default::default(),
        writing: Default::default(),
        promotes_winner: false,
        ab_tests: Default::default(),
        late_answer: None,
        auto_enrol: None,
        owner: None,
        created_at: now,
        launched_at: Some(now),
        rev: 1,
    };
    let lead = |n: usize| {
        let mut lead = Lead::blank(LeadId::derived(now, &[&n.to_string()]), workspace.clone(), now);
        lead.email = EmailAddress::parse(&format!("p{n}@example.com")).ok();
        lead
    };
    World { version, campaign, calendar: Calendar::default(), leads: (0..people).map(lead).collect(), now }
}

fn london() -> ZoneName {
    ZoneName::parse("Europe/London").expect("it exists")
}

impl World {
    fn route(&self) -> Route<'_> {
        let Self { version, campaign, calendar, .. } = self;
        Route { version, campaign, calendar, texts: None, onward: None }
    }

    fn lead_forecasts(&self) -> Vec<Forecast<'_>> {
        self.forecasts_on(self.route())
    }

    fn forecasts_on<'a>(&'a self, route: Route<'a>) -> Vec<Forecast<'a>> {
        let mut forecasts = Vec::new();
        for lead in &self.leads {
            let key = EnrolmentKey {
                workspace: lead.workspace.clone(),
                lead: lead.id.clone(),
                campaign: self.campaign.id.clone(),
            };
            let enrolment = Enrolment::begin(key, &self.version, EnrolmentState::Scheduled, None, self.now);
            forecasts.push(Forecast::of(route, lead, &[], enrolment, self.now));
        }
        forecasts
    }

    /// Adds so many open mailboxes to the campaign.
    fn among(mut self, count: usize) -> Self {
        let mailbox = |n: usize| AccountId::derived(self.now, &["mailbox", &n.to_string()]);
        self.campaign.mailboxes = (0..count).map(mailbox).collect();
        let open = |id: &AccountId| (id.clone(), OpenMailbox { name: "Mailbox".to_owned(), hours: None });
        self.calendar.mailboxes = self.campaign.mailboxes.iter().map(open).collect();
        self
    }

    fn capacity(&self, limits: SendingLimits) -> SharedCapacity {
        let mailbox = |mailbox: &AccountId| {
            let quota = Quota::unused(self.campaign.workspace.clone(), mailbox.clone());
            let quota = Some((limits.clone(), quota));
            MailboxCandidate { mailbox: mailbox.clone(), hours: None, works: true, quota }
        };
        let mailboxes = self.campaign.mailboxes.iter().map(mailbox).collect();
        SharedCapacity { mailboxes, ..SharedCapacity::default() }
    }

    fn figures(&self, paths: &[SimulatedPath]) -> Figures {
        let account = |mailbox: &AccountId| ((Channel::Email, Some(mailbox.clone())), london());
        let zones = self.campaign.mailboxes.iter().map(account).collect();
        Figures::of(paths, &zones, &ZoneName::utc())
    }
}

fn limits(per_day: u32, new_per_day: Option<u32>) -> SendingLimits {
    SendingLimits { per_day, new_per_day, ..SendingLimits::of_a_mailbox(london()) }
}

fn days(figures: &Figures) -> Vec<(String, u32)> {
    let days = figures.by_day.values().flatten();
    days.map(|(day, count)| (day.to_string(), *count)).collect()
}

/// Messages by mailbox.
fn shares(figures: &Figures) -> Vec<u32> {
    figures.by_day.values().map(|days| days.values().sum()).collect()
}

#[test]
fn accounts_needed_give_every_day_room_for_all_and_for_first_messages() {
    let world = world(59, 2);
    let natural = world.figures(&simulate(world.lead_forecasts(), SharedCapacity::default()));
    let day = |day: i8| jiff::civil::date(2027, 1, day);
    let total = |openings: u32| DayTotal { messages: 59, openings };
    assert_eq!(natural.of_channel[&Channel::Email], [(day(4), total(59)), (day(6), total(0))].into());
    let needed = |limits: &SendingLimits| natural.accounts_needed(Channel::Email, limits);
    assert_eq!(needed(&limits(40, None)), 2);
    assert_eq!(needed(&limits(40, Some(25))), 3, "25 people are new on a day");
    assert_eq!(needed(&limits(100, None)), 1);
    let ramp_up = Some(crate::capacity::quota::RampUp { from: day(4), first_day: 10, daily_increase: 10 });
    assert_eq!(
        needed(&SendingLimits { ramp_up, ..limits(40, None) }),
        6,
        "ten on Monday, thirty on Wednesday"
    );
    assert_eq!(natural.accounts_needed(Channel::Sms, &limits(1, Some(1))), 1);
}

#[test]
fn first_message_is_the_earliest_that_the_simulation_sends() {
    let world = world(7, 2).among(1);
    let capacity = || world.capacity(limits(3, None));
    let sent = |path: &SimulatedPath| {
        path.steps.iter().find_map(|step| match step.outcome {
            PlannedOutcome::SendAt(at) => Some((at, path.lead.clone())),
            _ => None,
        })
    };
    let earliest =
        simulate(world.lead_forecasts(), capacity()).iter().filter_map(sent).min_by_key(|(at, _)| *at);
    let first = first_message(world.lead_forecasts(), capacity()).expect("there are leads");
    assert_eq!((first.at, first.channel), (earliest.expect("they get mail").0, Channel::Email));
}

#[test]
fn campaign_that_sends_nothing_has_no_first_message() {
    let nobody = world(0, 1);
    assert_eq!(first_message(nobody.lead_forecasts(), SharedCapacity::default()), None);
    let mut held = world(3, 1);
    held.calendar.without_account.insert(Channel::Email);
    assert_eq!(first_message(held.lead_forecasts(), SharedCapacity::default()), None);
    let figures = held.figures(&simulate(held.lead_forecasts(), SharedCapacity::default()));
    let stop = (1, 0, Some(Channel::Email), HoldReason::Mailbox);
    assert_eq!(figures.stops, [(stop, 3)].into(), "the stop is named with its step and channel");
}

#[test]
fn lead_of_a_paused_mailbox_waits_for_it_and_others_get_the_open_one() {
    let mut world = world(10, 2).among(2);
    let [open, paused] = world.campaign.mailboxes.clone().try_into().expect("two");
    let capacity = world.capacity(limits(40, None));
    let ends = world.now + jiff::SignedDuration::from_hours(4);
    world.calendar.mailboxes.remove(&paused);
    let pause = PausedAccount { name: "Mailbox".to_owned(), until: Some(ends), hours: None };
    world.calendar.paused.insert(paused.clone(), pause.clone());
    let mut forecasts = world.lead_forecasts();
    forecasts[0].give_mailbox(paused.clone());
    let paths = simulate(forecasts, capacity.clone());
    assert!(paths.iter().all(|path| path.mailbox.as_ref() == Some(&open)), "nobody knows it yet");
    // If every mailbox is paused, leads wait for the first that resumes.
    world.calendar.mailboxes.clear();
    let later = PausedAccount { until: Some(ends + jiff::SignedDuration::from_hours(24)), ..pause.clone() };
    world.calendar.paused.insert(open, later);
    let paths = simulate(world.lead_forecasts(), capacity);
    let first = |path: &SimulatedPath| match &path.steps[0].outcome {
        PlannedOutcome::SendAt(at) => *at,
        other => panic!("{other:?}"),
    };
    let by_it = |path: &SimulatedPath| first(path) >= ends && path.mailbox.as_ref() == Some(&paused);
    assert!(paths.iter().all(|path| by_it(path) && path.end == ForecastEnd::Ended(EndReason::Finished)));
}

#[test]
fn simulation_without_limits_gives_each_lead_the_previewed_way() {
    let world = world(5, 3);
    for (path, lead) in simulate(world.lead_forecasts(), SharedCapacity::default()).iter().zip(&world.leads) {
        let alone = forecast_lead(
            &world.version,
            (lead, Default::default()),
            &world.campaign,
            &world.calendar,
            &[],
            world.now,
        );
        assert_eq!((&path.steps, path.end), (&alone.steps, alone.end));
    }
}

#[test]
fn mailbox_stays_within_its_limits_and_every_lead_is_written_to() {
    let world = world(60, 3).among(1);
    let paths = simulate(world.lead_forecasts(), world.capacity(limits(20, Some(8))));
    let figures = world.figures(&paths);
    assert_eq!((figures.messages, figures.ends[&EndReason::Finished]), (180, 60));
    let days = days(&figures);
    assert!(days.iter().all(|(_, count)| *count <= 20), "{days:?}");
    assert!(days.len() >= 9, "{days:?}");
    let mut openings: BTreeMap<Date, u32> = BTreeMap::new();
    let mut slots = Vec::new();
    for path in &paths {
        let times: Vec<Timestamp> = path
            .steps
            .iter()
            .map(|step| match step.outcome {
                PlannedOutcome::SendAt(at) => at,
                ref other => panic!("{other:?}"),
            })
            .collect();
        assert!(times.is_sorted());
        *openings.entry(limits(20, None).day_of(times[0])).or_default() += 1;
        slots.extend(times);
    }
    assert!(openings.values().all(|count| *count <= 8), "{openings:?}");
    slots.sort();
    assert!(slots.windows(2).all(|two| two[1].duration_since(two[0]).as_secs() >= 90), "the gap is kept");
    let natural = world.figures(&simulate(world.lead_forecasts(), SharedCapacity::default()));
    assert_eq!(natural.most_on_a_day(Channel::Email), 60);
    assert!(natural.last < figures.last);
}

#[test]
fn follow_ups_do_not_wait_for_first_messages() {
    let world = world(40, 2).among(1);
    let paths = simulate(world.lead_forecasts(), world.capacity(limits(10, Some(5))));
    for path in &paths {
        let [
            PlannedStep { outcome: PlannedOutcome::SendAt(first), .. },
            PlannedStep { outcome: PlannedOutcome::SendAt(second), .. },
        ] = path.steps.as_slice()
        else {
            panic!("{path:?}")
        };
        let wait = second.duration_since(*first).as_hours() / 24;
        assert!((2..=5).contains(&wait), "two days, and a weekend perhaps: {wait}");
    }
}

/// The first step is skipped because its last day is over.
#[test]
fn lead_without_a_message_from_the_first_step_gets_the_first_from_the_second() {
    let mut world = world(12, 2).among(1);
    world.version.steps[0].not_after = Some("2027-01-01".parse().expect("a day"));
    let paths = simulate(world.lead_forecasts(), world.capacity(limits(20, Some(4))));
    let mut openings: BTreeMap<Date, u32> = BTreeMap::new();
    for path in &paths {
        let [PlannedStep { outcome: PlannedOutcome::Skipped(_), .. }, second] = path.steps.as_slice() else {
            panic!("{path:?}")
        };
        let PlannedOutcome::SendAt(at) = second.outcome else { panic!("{second:?}") };
        assert!(second.opening);
        *openings.entry(limits(20, None).day_of(at)).or_default() += 1;
    }
    assert!(openings.values().all(|count| *count <= 4), "{openings:?}");
}

#[test]
fn simulation_is_repeatable() {
    let world = world(30, 3).among(1);
    let once = simulate(world.lead_forecasts(), world.capacity(limits(7, None)));
    assert_eq!(once, simulate(world.lead_forecasts(), world.capacity(limits(7, None))));
}

#[test]
fn two_mailboxes_share_the_leads_and_each_lead_keeps_one() {
    let (alone, world) = (world(60, 3).among(1), world(60, 3).among(2));
    let capacity = world.capacity(limits(20, Some(8)));
    let paths = simulate(world.lead_forecasts(), capacity.clone());
    assert!(paths.iter().all(|path| path.mailbox.is_some()));
    let figures = world.figures(&paths);
    assert_eq!((figures.messages, shares(&figures).len()), (180, 2));
    assert!(shares(&figures).iter().all(|share| (84..=96).contains(share)), "{:?}", shares(&figures));
    assert!(days(&figures).iter().all(|(_, count)| *count <= 20));
    let one = alone.figures(&simulate(alone.lead_forecasts(), alone.capacity(limits(20, Some(8)))));
    assert!(figures.last < one.last, "two are done sooner");
    // Without limits the draw decides, always the same way.
    let mut free = capacity;
    free.mailboxes.iter_mut().for_each(|mailbox| mailbox.quota = None);
    let paths = simulate(world.lead_forecasts(), free.clone());
    let share = shares(&world.figures(&paths));
    assert!(share.iter().all(|share| (60..=120).contains(share)), "{share:?}");
    free.mailboxes.reverse();
    let again = simulate(world.lead_forecasts(), free);
    assert!(paths.iter().zip(again).all(|(path, again)| path.mailbox == again.mailbox));
}

fn capped(most: u32) -> RecipientDomains {
    RecipientDomains::new(most)
}

#[test]
fn domain_cap_moves_the_rest_to_later_days_in_order() {
    let mut world = world(25, 2).among(1);
    for lead in &mut world.leads[20..] {
        lead.email = EmailAddress::parse(&format!("{}@other.example", lead.id)).ok();
    }
    let free = SharedCapacity { domains: Some(capped(6)), ..world.capacity(limits(1_000, None)) };
    let paths = simulate(world.lead_forecasts(), free.clone());
    let figures = world.figures(&paths);
    assert_eq!((figures.messages, figures.ends[&EndReason::Finished]), (50, 25));
    let mut days: BTreeMap<(bool, i64), u32> = BTreeMap::new();
    for (path, lead) in paths.iter().zip(&world.leads) {
        let other = lead.email.as_ref().is_some_and(|email| email.domain() == "other.example");
        for step in &path.steps {
            let PlannedOutcome::SendAt(at) = step.outcome else { panic!("{step:?}") };
            *days.entry((other, day_of(at))).or_default() += 1;
        }
    }
    assert!(days.values().all(|count| *count <= 6), "{days:?}");
    assert_eq!(days.keys().filter(|(other, _)| *other).count(), 2, "the others wait for nobody");
    // Messages sent today, and those that wait for tomorrow, come before all of these.
    let mut busy = capped(6);
    let tuesday = day_of(world.now) + 1;
    busy.set_taken("example.com", world.now, 6, Some(QueuePosition { window: tuesday, number: 6 }));
    let later = simulate(world.lead_forecasts(), SharedCapacity { domains: Some(busy), ..free });
    let first = later.iter().take(20).map(|path| match path.steps[0].outcome {
        PlannedOutcome::SendAt(at) => day_of(at),
        ref other => panic!("{other:?}"),
    });
    assert_eq!(first.min(), Some(tuesday + 1));
}

#[test]
fn lead_without_a_mailbox_is_held_and_has_not_failed() {
    let mut world = world(3, 2).among(1);
    world.calendar.mailboxes.clear();
    let paths = simulate(world.lead_forecasts(), SharedCapacity::default());
    for path in &paths {
        assert_eq!(path.end, ForecastEnd::Held(HoldReason::Mailbox));
        let [PlannedStep { step: 0, outcome: PlannedOutcome::Held(HoldReason::Mailbox), .. }] =
            path.steps[..]
        else {
            panic!("{path:?}")
        };
    }
    let figures = world.figures(&paths);
    assert_eq!((figures.held[&HoldReason::Mailbox], figures.ends.len(), figures.messages), (3, 0, 0));
}

#[test]
fn lead_without_a_value_is_held_at_its_step_and_sms_are_counted_as_rendered() {
    let mut world = world(4, 2);
    let words = |body: &str| StepKind::Sms { body: body.to_owned(), template: None, variants: Vec::new() };
    world.version.steps[0].kind = words("Hello {{ first_name | default('you') }}, it’s about {{ company }}");
    world.version.steps[1].kind = words(&"a".repeat(161));
    for (lead, company) in world.leads.iter_mut().zip(["Winter", "Sommer", &"x".repeat(60)]) {
        lead.company = Some(company.to_owned());
    }
    for lead in &mut world.leads {
        lead.phone = crate::contact::phone_number::PhoneNumber::parse("+442074960351", None).ok();
    }
    let company = crate::workspace::Company::default();
    let texts = Texts::of(&world.version, Box::new(|lead, _| MergeContext::from_lead(lead, &company)));
    let paths = simulate(
        world.forecasts_on(Route { texts: Some(&texts), ..world.route() }),
        SharedCapacity::default(),
    );
    let segments = |path: &SimulatedPath| path.steps.iter().map(|step| step.segments).collect::<Vec<_>>();
    assert_eq!(segments(&paths[0]), [Some(1), Some(2)]);
    // The apostrophe makes it UCS-2, with 70 characters a segment, and this text is longer.
    assert_eq!(segments(&paths[2]), [Some(2), Some(2)]);
    assert_eq!(paths[3].end, ForecastEnd::Held(HoldReason::MissingValue));
    assert_eq!(paths[3].steps[0].outcome, PlannedOutcome::Held(HoldReason::MissingValue));
    let figures = world.figures(&paths);
    let amounts = Amounts { sms_segments: 10, ..Amounts::default() };
    assert_eq!((figures.messages, figures.amounts), (6, amounts));
    assert_eq!(figures.held[&HoldReason::MissingValue], 1);
}

#[test]
fn whatsapp_template_is_rendered_and_counted() {
    let mut world = world(3, 2);
    let chat = |body: &str| StepKind::Whatsapp {
        template_name: "greeting".to_owned(),
        language: "en".to_owned(),
        body: body.to_owned(),
        free_text: "Good to hear from you, {{ nickname }}.".to_owned(),
        variants: Vec::new(),
    };
    // A mail takes an empty value; a template's parameter may not be empty.
    world.version.steps[0].kind = chat("Is {{ company | default(' ') }} open on Monday?");
    world.version.steps[1].kind = chat("See you on Monday.");
    for (lead, company) in world.leads.iter_mut().zip(["Winter", "Sommer"]) {
        lead.company = Some(company.to_owned());
    }
    let consent = Consent {
        basis: ConsentBasis::WrittenConsent,
        on: "2027-01-03".parse().expect("a day"),
        source: ConsentSource::Hand,
        by: None,
        note: None,
        withdrawn_at: None,
    };
    for lead in &mut world.leads {
        lead.phone = crate::contact::phone_number::PhoneNumber::parse("+442074960351", None).ok();
        lead.consents = Consents::on([Channel::Whatsapp], &consent);
    }
    let company = crate::workspace::Company::default();
    let texts = Texts::of(&world.version, Box::new(|lead, _| MergeContext::from_lead(lead, &company)));
    let paths = simulate(
        world.forecasts_on(Route { texts: Some(&texts), ..world.route() }),
        SharedCapacity::default(),
    );
    assert_eq!(paths[2].end, ForecastEnd::Held(HoldReason::MissingValue));
    let figures = world.figures(&paths);
    assert_eq!(figures.amounts, Amounts { whatsapp: 4, ..Amounts::default() });
    assert_eq!(figures.held[&HoldReason::MissingValue], 1);
    assert!(crate::sequence::compiled_texts::fields_named(&world.version).contains("nickname"));
    // A lead who lacks a value only for the free text lacks it once they have written to us.
    let (step, campaign) = (&world.version.steps[1], &world.campaign.id);
    assert_eq!(texts.missing(&[step], &world.leads[0], campaign).as_deref(), Some("nickname"));
}

#[test]
fn lead_with_a_pending_transfer_moves_after_the_present_step() {
    let mut world = world(2, 3);
    world.version.steps[1].kind = StepKind::Task {
        task: crate::sequence::step_kind::StepTask::Call,
        title: "Ring".to_owned(),
        body: String::new(),
    };
    for lead in &mut world.leads {
        lead.phone = crate::contact::phone_number::PhoneNumber::parse("+442074960351", None).ok();
    }
    let [first, second, third] = &world.version.steps[..] else { unreachable!() };
    let mut fresh = third.clone();
    (fresh.id, fresh.delay.amount) = (StepId::derived(world.now, &["fresh"]), 5);
    let newer = SequenceVersion {
        version: 2,
        steps: vec![second.clone(), fresh, first.clone(), third.clone()],
        ..world.version.clone()
    };
    let rollout = crate::ids::RolloutId::derived(world.now, &["rollout"]);
    let onward = Onward { rollout: rollout.clone(), version: newer, mapping: StepMapping::default() };
    let route = Route { onward: Some((&onward, None)), ..world.route() };
    let forecast = |lead: usize, change: fn(&mut Enrolment, &SequenceVersion)| {
        let lead = &world.leads[lead];
        let key = EnrolmentKey {
            workspace: lead.workspace.clone(),
            lead: lead.id.clone(),
            campaign: world.campaign.id.clone(),
        };
        let mut enrolment = Enrolment::begin(key, &world.version, EnrolmentState::Scheduled, None, world.now);
        enrolment.advance(world.now, Some(second.id.clone()), None);
        enrolment.transfer_later(&rollout, 2, world.now).unwrap();
        change(&mut enrolment, &world.version);
        let had = [(first.id.clone(), crate::planning::skip_reason::SkipReason::AlreadySent)].into();
        Forecast::of(route, lead, &[], enrolment, world.now).having_had(had)
    };
    let waits = |enrolment: &mut Enrolment, _: &SequenceVersion| {
        enrolment.rebuild_with(|it| it.state = EnrolmentState::WaitingTask)
    };
    let paths = simulate(vec![forecast(0, |_, _| {}), forecast(1, waits)], SharedCapacity::default());
    let told = |path: &SimulatedPath| -> Vec<(u32, u16, &'static str)> {
        let word = |outcome: &PlannedOutcome| match outcome {
            PlannedOutcome::SendAt(_) => "sent",
            PlannedOutcome::TaskAt(_) => "task",
            PlannedOutcome::Skipped(why) => why.as_str(),
            _ => "other",
        };
        path.steps.iter().map(|step| (step.version, step.step, word(&step.outcome))).collect()
    };
    let onwards = [(2, 1, "sent"), (2, 2, "already_sent"), (2, 3, "sent")];
    assert_eq!(told(&paths[0]), [&[(1, 1, "task")][..], &onwards].concat());
    assert_eq!(told(&paths[1]), onwards, "a task that somebody has is done now");
    assert_eq!(paths[0].end, ForecastEnd::Ended(EndReason::Finished));
    assert_eq!(world.figures(&paths).messages, 4);
}
