use super::*;
use crate::campaign::WhenMailboxGone;
use crate::campaign::calendar::{FailingAccount, OpenMailbox, PausedAccount, SICK_AFTER, TRIED_AGAIN_AFTER};
use crate::campaign::enrol_rules::{EnrolRefusal, Entrance, may_enrol};
use crate::contact::channel::Channel;
use crate::contact::country::Country;
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::enrolment::key::EnrolmentKey;
use crate::enrolment::late_rule::{LateAnswer, WhenLate};
use crate::forecast::{Forecast, ForecastEnd, ForecastStep, PlannedOutcome, Route, forecast_lead};
use crate::ids::{AccountId, CampaignId, LeadId, MessageId, SequenceId, StepId, TaskId, WorkspaceId};
use crate::lead::consent::policy::{ConsentPolicy, ConsentStrictness};
use crate::lead::consent::{Consent, ConsentBasis, ConsentSource, Consents};
use crate::lead::enrichment::Deliverability;
use crate::lead::opt_out_hold::Doubt;
use crate::lead::stage::StageId;
use crate::lead::suppression::{Endings, Ends, SuppressionReason, SuppressionScope};
use crate::planning::jitter::MAX_SPREAD;
use crate::planning::send_window::hours_for;
use crate::planning::send_window::tests::SEARCHES;
use crate::sequence::Step;
use crate::sequence::compiled_texts::Texts;
use crate::sequence::condition::{Condition, Goal};
use crate::sequence::merge_fields::MergeContext;
use crate::sequence::step_kind::StepTask;
use crate::time::days_off::DayOff;
use crate::time::delay::{Delay, DelayUnit};
use crate::time::time_zone::ZoneName;
use crate::time::time_zone::ZoneSource;
use crate::time::weekly_hours::WorkingHours;
use crate::time::weekly_hours::{MinuteRange, OnHolidays, SendingWindow};
use crate::workspace::Company;
use crate::workspace::task::TaskOutcome;
use jiff::SignedDuration;
use jiff::civil::date;
use std::collections::BTreeSet;

/// Tuesday, ten o'clock in London.
const NOW: &str = "2027-01-05T10:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

struct World {
    enrolment: Enrolment,
    version: SequenceVersion,
    lead: Lead,
    campaign: Campaign,
    calendar: Calendar,
    sending: Sending,
    suppressions: Vec<Suppression>,
    seen: Behaviour,
    now: Timestamp,
}

fn id(name: &str) -> StepId {
    StepId::derived(Timestamp::UNIX_EPOCH, &[name])
}

fn step(name: &str, amount: u32, kind: StepKind) -> Step {
    let delay = Delay { amount, unit: DelayUnit::Days };
    Step { id: id(name), delay, not_before: None, not_after: None, kind }
}

fn email() -> StepKind {
    StepKind::Email { subject: String::new(), body: "Hello".to_owned(), template: None, variants: Vec::new() }
}

fn sms() -> StepKind {
    StepKind::Sms { body: "Hello".to_owned(), template: None, variants: Vec::new() }
}

fn task(task: StepTask) -> StepKind {
    StepKind::Task { task, title: "Ring".to_owned(), body: String::new() }
}

fn consent(basis: ConsentBasis) -> Consent {
    Consent {
        basis,
        on: date(2026, 2, 2),
        source: ConsentSource::Hand,
        by: None,
        note: None,
        withdrawn_at: None,
    }
}

fn world() -> World {
    let now = at(NOW);
    let workspace = WorkspaceId::derived(now, &["w"]);
    let mut lead = Lead::blank(LeadId::derived(now, &["l"]), workspace.clone(), now);
    lead.email = Some(EmailAddress::parse("ana@example.com").unwrap());
    lead.phone = Some(PhoneNumber::parse("+442074960351", None).unwrap());
    lead.consents = Consents::on(Channel::ALL, &consent(ConsentBasis::WrittenConsent));
    let version = SequenceVersion {
        sequence: SequenceId::derived(now, &["s"]),
        version: 3,
        steps: vec![step("first", 0, email()), step("second", 2, sms()), step("third", 3, email())],
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
        sequence_version: 3,
        mailboxes: Vec::new(),
        when_mailbox_gone: WhenMailboxGone::Reassign,
        sms_sender: None,
        whatsapp_sender: None,
        zone: ZoneName::parse("America/New_York").unwrap(),
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
    let key = EnrolmentKey { workspace, lead: lead.id.clone(), campaign: campaign.id.clone() };
    let enrolment = Enrolment::begin(key, &version, EnrolmentState::Scheduled, None, now);
    let (calendar, suppressions, seen) = (Calendar::default(), vec![], Behaviour::default());
    let sending = Sending::Running;
    World { enrolment, version, lead, campaign, calendar, sending, suppressions, seen, now }
}

impl World {
    /// Adds an open mailbox to the campaign.
    fn with_mailbox(&mut self, name: &str, hours: Option<WorkingHours>) -> AccountId {
        let id = AccountId::derived(at(NOW), &[name]);
        self.campaign.mailboxes.push(id.clone());
        self.calendar.mailboxes.insert(id.clone(), OpenMailbox { name: name.to_owned(), hours });
        id
    }

    fn pause(&mut self, account: &AccountId, until: Option<Timestamp>) {
        let open = self.calendar.mailboxes.remove(account);
        let name = open.map_or_else(|| "an account".to_owned(), |mailbox| mailbox.name);
        self.calendar.paused.insert(account.clone(), PausedAccount { name, until, hours: None });
    }

    /// Why the lead may not be enrolled, if every channel has an account.
    fn refusal(&self) -> Option<EnrolRefusal> {
        self.refusal_with(&Channel::ALL.into())
    }

    fn refusal_with(&self, senders: &BTreeSet<Channel>) -> Option<EnrolRefusal> {
        let World { lead, campaign, version, calendar, suppressions, now, .. } = self;
        let company = Company::default();
        let texts = Texts::of(version, Box::new(|lead, _| MergeContext::from_lead(lead, &company)));
        let entrance = Entrance { campaign, version, calendar, senders, company: None, texts: Some(&texts) };
        may_enrol(lead, entrance, suppressions, *now).err()
    }

    fn plan(&self) -> Plan {
        plan(&PlanInput {
            enrolment: &self.enrolment,
            version: &self.version,
            lead: &self.lead,
            campaign: &self.campaign,
            calendar: &self.calendar,
            sending: &self.sending,
            suppressions: &self.suppressions,
            seen: &self.seen,
            now: self.now,
        })
    }

    fn suppress(&mut self, scope: SuppressionScope, reason: SuppressionReason) {
        self.suppressions.push(Suppression {
            workspace: self.lead.workspace.clone(),
            scope,
            reason,
            source: None,
            created_by: None,
            created_at: self.now,
            expires_at: None,
            sign: None,
        });
    }
}

fn decided(change: impl FnOnce(&mut World)) -> (Decision, &'static str) {
    let mut world = world();
    change(&mut world);
    let plan = world.plan();
    let last = plan.checks.last().unwrap();
    assert_eq!(last.passed, matches!(plan.decision, Decision::Send));
    assert!(plan.checks[..plan.checks.len() - 1].iter().all(|check| check.passed));
    (plan.decision, last.rule.as_str())
}

#[test]
fn step_without_obstacles_is_sent_and_all_checks_are_listed() {
    let plan = world().plan();
    assert_eq!(plan.decision, Decision::Send);
    assert_eq!(plan.zone.source, ZoneSource::Phone);
    assert_eq!(plan.zone.zone.as_str(), "Europe/London");
    let rules: Vec<&str> = plan.checks.iter().map(|check| check.rule.as_str()).collect();
    assert_eq!(
        rules,
        [
            "enrolment_open",
            "enrolment_not_held",
            "workspace_sending",
            "campaign_active",
            "may_be_contacted",
            "no_reply",
            "step_left",
            "reachable",
            "consent_recorded",
            "delay_over",
            "not_a_day_off",
            "window_open"
        ]
    );
}

#[test]
fn every_rule_can_fail() {
    let hold = |reason| Decision::Hold { reason, until: None };
    let end = Decision::End;
    assert_eq!(
        decided(|w| w.enrolment.rebuild_with(|it| it.step = Some(id("elsewhere")))),
        (end(EndReason::StepRemoved), "step_left")
    );
    let since = at(NOW);
    assert_eq!(
        decided(|w| w.sending = Sending::Stopped { since, until: None }),
        (hold(HoldReason::SendingStopped), "workspace_sending")
    );
    for state in [CampaignState::Draft, CampaignState::Paused] {
        let found = decided(|w| w.campaign.state = state);
        assert_eq!(found, (hold(HoldReason::CampaignPaused), "campaign_active"));
    }
    for state in [CampaignState::Completed, CampaignState::Archived] {
        assert_eq!(decided(|w| w.campaign.state = state), (end(EndReason::Removed), "campaign_active"));
    }
    assert_eq!(decided(|w| w.lead.do_not_contact = true), (end(EndReason::Suppressed), "may_be_contacted"));
    assert_eq!(decided(may_have_opted_out), (end(EndReason::Replied), "may_be_contacted"));
    assert_eq!(decided(|w| w.seen.replied_since_enrolment = true), (end(EndReason::Replied), "no_reply"));
    assert_eq!(
        decided(|w| w.enrolment.rebuild_with(|it| it.step = None)),
        (end(EndReason::Finished), "step_left")
    );
    assert_eq!(decided(|w| w.enrolment.end(EndReason::Won, since)), (end(EndReason::Won), "enrolment_open"));
    let never = (end(EndReason::Failed), "delay_over");
    assert_eq!(decided(|w| w.version.window.weekdays.clear()), never);
}

#[test]
fn claim_is_waited_for_and_uncertain_once_expired() {
    let expires = at(NOW) + SignedDuration::from_mins(2);
    let claimed =
        |w: &mut World| w.enrolment.claim(&crate::enrolment::ClaimToken::new(1, "token"), expires).unwrap();
    assert_eq!(decided(claimed), (Decision::Wait { until: expires }, "enrolment_open"));
    let late = decided(|w| {
        claimed(w);
        w.now = expires;
        // A stopped workspace does not turn an unknown outcome into a known one.
        w.sending = Sending::Stopped { since: expires, until: None };
    });
    assert_eq!(late, (Decision::Hold { reason: HoldReason::Uncertain, until: None }, "enrolment_open"));
}

#[test]
fn hold_ends_with_its_time_or_its_cause() {
    let tomorrow = at(NOW) + SignedDuration::from_hours(24);
    let held = |reason, until| {
        move |w: &mut World| w.enrolment.rebuild_with(|it| it.state = EnrolmentState::Held { reason, until })
    };
    let send = (Decision::Send, "window_open");
    assert_eq!(decided(held(HoldReason::CampaignPaused, None)), send);
    assert_eq!(decided(held(HoldReason::SendingStopped, None)), send);
    assert_eq!(decided(held(HoldReason::OutOfOffice, Some(at(NOW)))), send);
    for (reason, until) in [
        (HoldReason::OutOfOffice, Some(tomorrow)),
        (HoldReason::PausedByUser, None),
        (HoldReason::MissingValue, None),
        (HoldReason::Uncertain, Some(at(NOW))),
    ] {
        assert_eq!(decided(held(reason, until)), (Decision::Hold { reason, until }, "enrolment_not_held"));
    }
}

#[test]
fn lead_who_knows_a_paused_mailbox_waits_for_it_under_every_campaign_rule() {
    for when_gone in [WhenMailboxGone::Hold, WhenMailboxGone::Reassign, WhenMailboxGone::Exit] {
        let mut w = world();
        w.campaign.when_mailbox_gone = when_gone;
        let (first, second) = (w.with_mailbox("first", None), w.with_mailbox("second", None));
        w.enrolment.rebuild_with(|it| it.mailbox = Some(first.clone()));
        w.enrolment.rebuild_with(|it| it.thread = Some(MessageId::derived(&w.lead.id, &["m"])));
        let until = Some(at(NOW) + SignedDuration::from_hours(9));
        w.pause(&first, until);
        let plan = w.plan();
        let hold = Decision::Hold { reason: HoldReason::AccountPaused, until: None };
        assert_eq!(
            (plan.decision, plan.checks.last().unwrap().rule.as_str()),
            (hold.clone(), "sender_not_paused")
        );
        assert!(plan.checks.last().unwrap().seen.contains("first is paused until"));
        // A lead who has had no mail yet goes out by the other mailbox while there is one.
        w.enrolment.rebuild_with(|it| it.thread = None);
        assert_eq!(w.plan().decision, Decision::Send);
        w.pause(&second, None);
        assert_eq!(w.plan().decision, hold);
    }
}

#[test]
fn text_waits_for_its_paused_account_and_resumes_with_it() {
    let mut w = world();
    let number = AccountId::derived(at(NOW), &["number"]);
    w.campaign.sms_sender = Some(number.clone());
    w.version.steps = vec![step("first", 0, sms())];
    w.enrolment.rebuild_with(|it| it.step = w.version.first());
    w.enrolment.rebuild_with(|it| {
        it.state = EnrolmentState::Held { reason: HoldReason::AccountPaused, until: None }
    });
    assert_eq!(w.plan().decision, Decision::Send, "it is over with its cause");
    w.pause(&number, None);
    assert_eq!(w.plan().decision, Decision::Hold { reason: HoldReason::AccountPaused, until: None });
}

#[test]
fn lead_without_a_sending_account_is_held_and_planned_again() {
    let hour = Some(at(NOW) + SignedDuration::from_hours(1));
    let hold = Decision::Hold { reason: HoldReason::Mailbox, until: hour };
    let chat = StepKind::Whatsapp {
        template_name: "hello".to_owned(),
        language: "en".to_owned(),
        body: "Hello".to_owned(),
        free_text: String::new(),
        variants: Vec::new(),
    };
    let kinds = [
        (email(), "mailbox_usable", "the campaign has no mailbox"),
        (sms(), "sender_enabled", "the campaign has no account for SMS"),
        (chat, "sender_enabled", "the campaign has no account for WhatsApp"),
    ];
    for (kind, rule, seen) in kinds {
        let mut w = world();
        w.version.steps = vec![step("first", 0, kind.clone())];
        assert_eq!(w.plan().decision, Decision::Send);
        w.calendar.without_account = kind.channel().into_iter().collect();
        let plan = w.plan();
        let last = plan.checks.last().unwrap();
        assert_eq!(
            (plan.decision, last.rule.as_str(), last.passed, last.seen.as_str()),
            (hold.clone(), rule, false, seen)
        );
        let way = forecast_lead(&w.version, (&w.lead, w.seen), &w.campaign, &w.calendar, &[], w.now);
        assert_eq!(way.end, ForecastEnd::Held(HoldReason::Mailbox));
        // An account missing for another channel does not matter.
        w.calendar.without_account =
            Channel::ALL.into_iter().filter(|other| Some(*other) != kind.channel()).collect();
        assert_eq!(w.plan().decision, Decision::Send);
    }
    let mut w = world();
    w.version.steps = vec![step("first", 0, sms())];
    w.campaign.sms_sender = Some(AccountId::derived(at(NOW), &["number"]));
    w.calendar.without_account = [Channel::Sms].into();
    let plan = w.plan();
    assert_eq!(plan.decision, hold);
    assert_eq!(
        plan.checks.last().unwrap().seen,
        "the campaign's account for SMS was deleted or switched off"
    );
}

#[test]
fn pending_pause_begins_once_nothing_is_under_way() {
    let later = at(NOW) + SignedDuration::from_hours(5);
    let wish = |until| {
        move |w: &mut World| {
            w.enrolment.rebuild_with(|it| it.pause_wanted = Some(PauseWanted::by_user(until)))
        }
    };
    for until in [None, Some(later)] {
        let hold = Decision::Hold { reason: HoldReason::PausedByUser, until };
        assert_eq!(decided(wish(until)), (hold, "enrolment_not_held"));
    }
    assert_eq!(decided(wish(Some(at(NOW)))).0, Decision::Send, "it is over");
    let mut claimed = world();
    claimed.enrolment.rebuild_with(|it| it.pause_wanted = Some(PauseWanted::by_user(None)));
    claimed.enrolment.claim(&crate::enrolment::ClaimToken::new(1, "a"), later).unwrap();
    let plan = claimed.plan();
    assert_eq!(plan.decision, Decision::Wait { until: later });
    assert!(plan.checks[0].seen.ends_with("; then paused"), "{plan:?}");
}

#[test]
fn own_hold_comes_before_the_hold_of_campaign_or_workspace() {
    let hold = Decision::Hold { reason: HoldReason::PausedByUser, until: None };
    let since = at(NOW);
    for closed in [
        |w: &mut World| w.campaign.state = CampaignState::Paused,
        |w: &mut World| w.sending = Sending::Stopped { since: at(NOW), until: None },
    ] {
        let held = decided(|w| {
            closed(w);
            w.enrolment.pause(None, since).unwrap();
        });
        assert_eq!(held, (hold.clone(), "enrolment_not_held"));
        let wished = decided(|w| {
            closed(w);
            w.enrolment.rebuild_with(|it| it.pause_wanted = Some(PauseWanted::by_user(None)));
        });
        assert_eq!(wished, (hold.clone(), "enrolment_not_held"));
        let over = decided(|w| {
            closed(w);
            w.enrolment.pause(Some(since), since).unwrap();
        });
        assert!(matches!(over.0, Decision::Hold { reason, .. } if reason.is_of_a_scope()), "{over:?}");
    }
}

#[test]
fn closed_channel_skips_the_step_and_ends_the_enrolment_if_none_is_left() {
    let skip = |why| (Decision::Skip { why }, "reachable");
    assert_eq!(decided(|w| w.lead.email = None), skip(SkipReason::NoEmail));
    let dead = Some(Deliverability::Undeliverable);
    assert_eq!(decided(|w| w.lead.deliverability = dead), skip(SkipReason::Undeliverable));
    let bounced = SuppressionScope::Email("ana@example.com".to_owned());
    let found = decided(|w| w.suppress(bounced.clone(), SuppressionReason::HardBounce));
    assert_eq!(found, skip(SkipReason::AddressSuppressed));
    let found = decided(|w| w.suppress(bounced.clone(), SuppressionReason::OptedOut));
    assert_eq!(found, (Decision::End(EndReason::Suppressed), "may_be_contacted"));
    let found = decided(|w| {
        w.suppress(bounced, SuppressionReason::OptedOut);
        w.suppressions[0].expires_at = Some(w.now);
    });
    assert_eq!(found.0, Decision::Send);
    let found = decided(|w| (w.lead.email, w.lead.phone) = (None, None));
    assert_eq!(found, (Decision::End(EndReason::Unreachable), "reachable"));
    let failed = |channels: &[Channel]| {
        let failed = channels.iter().copied().collect();
        decided(|w| w.enrolment.rebuild_with(|it| it.failed = failed))
    };
    assert_eq!(failed(&[Channel::Email]), skip(SkipReason::ChannelFailed));
    assert_eq!(failed(&[Channel::Whatsapp]).0, Decision::Send);
    let all = failed(&[Channel::Email, Channel::Sms, Channel::Whatsapp]);
    assert_eq!(all, (Decision::End(EndReason::Unreachable), "reachable"));
}

#[test]
fn step_not_yet_due_waits_once() {
    let mut world = world();
    world.enrolment.rebuild_with(|it| it.step = Some(id("second")));
    world.enrolment.rebuild_with(|it| it.generation = 1);
    let Decision::Wait { until } = world.plan().decision else { panic!("{:?}", world.plan()) };
    let due = at("2027-01-07T10:00:00Z");
    assert!(until >= due && until <= due + MAX_SPREAD, "{until}");
    world.enrolment.rebuild_with(|it| it.due = Some(until));
    assert_eq!(world.plan().decision, Decision::Wait { until });
    world.now = until;
    assert_eq!(world.plan().decision, Decision::Send);
    // It is planned late, on Friday evening: the next opening is Monday.
    world.now = at("2027-01-08T18:00:00Z");
    let Decision::Wait { until } = world.plan().decision else { panic!("{:?}", world.plan()) };
    let monday = at("2027-01-11T09:00:00Z");
    assert!(until >= monday && until <= monday + MAX_SPREAD, "{until}");
}

#[test]
fn zone_is_the_best_that_is_known() {
    let mut world = world();
    let source = |w: &World| zone_for(&w.lead, &w.campaign).source;
    assert_eq!(source(&world), ZoneSource::Phone);
    world.lead.phone = Some(PhoneNumber::parse("+12085550123", None).unwrap());
    assert_eq!(source(&world), ZoneSource::Unknown);
    world.lead.phone = None;
    assert_eq!(source(&world), ZoneSource::Campaign);
    world.lead.country = Country::parse("US");
    assert_eq!(source(&world), ZoneSource::Unknown);
    world.lead.country = Country::parse("NL");
    assert_eq!(source(&world), ZoneSource::Country);
    let zone = ZoneName::parse("Asia/Kolkata").unwrap();
    world.lead.zone = Some(ZoneFact { zone, source: ZoneSource::Address, confidence: 90 });
    assert_eq!(source(&world), ZoneSource::Address);
}

#[test]
fn text_to_a_lead_with_an_unknown_zone_is_held_where_no_hour_is_day_everywhere() {
    let mut world = world();
    world.lead.phone = Some(PhoneNumber::parse("+18005550123", None).unwrap());
    world.version.steps[0].kind =
        StepKind::Sms { body: "Hello".to_owned(), template: None, variants: Vec::new() };
    world.version.window.ranges = vec![MinuteRange { start: 9 * 60, end: 11 * 60 }];
    let plan = world.plan();
    assert_eq!(plan.decision, Decision::Hold { reason: HoldReason::UnknownZone, until: None });
    assert!(plan.checks.last().unwrap().seen.starts_with("time zone unknown"), "{:?}", plan.checks);
    // It is looked at again with what is known by then.
    let state = EnrolmentState::Held { reason: HoldReason::UnknownZone, until: None };
    world.enrolment.rebuild_with(|it| it.state = state);
    world.lead.phone = Some(PhoneNumber::parse("+12125550123", None).unwrap());
    assert!(matches!(world.plan().decision, Decision::Wait { .. } | Decision::Send), "{:?}", world.plan());
}

#[test]
fn hours_that_an_unknown_zone_closes_are_looked_for_once_for_all_leads_of_the_same_zones() {
    let mut world = world();
    world.lead.phone = Some(PhoneNumber::parse("+18005550123", None).unwrap());
    world.lead.email = None;
    world.version.steps = vec![step("first", 0, sms())];
    world.version.window.ranges = vec![MinuteRange { start: 9 * 60, end: 11 * 60 }];
    let look = |world: &World| {
        assert_eq!(world.refusal(), None, "it is held when it is due");
        assert_eq!(world.plan().decision, Decision::Hold { reason: HoldReason::UnknownZone, until: None });
    };
    look(&world);
    let before = SEARCHES.get();
    for lead in 0..50 {
        world.lead.id = LeadId::derived(at(NOW), &["another", &lead.to_string()]);
        look(&world);
    }
    assert_eq!(SEARCHES.get(), before);
    // Another version may have another window, and its own hours.
    world.version.version += 1;
    world.version.window.ranges = vec![MinuteRange { start: 9 * 60, end: 17 * 60 }];
    assert!(!matches!(world.plan().decision, Decision::Hold { .. }));
}

#[test]
fn forecast_lists_every_step_before_launch() {
    let mut world = world();
    world.campaign.state = CampaignState::Draft;
    let fly = |w: &World| {
        forecast_lead(&w.version, (&w.lead, w.seen), &w.campaign, &w.calendar, &w.suppressions, w.now)
    };
    let plan = fly(&world);
    assert_eq!(plan.end, ForecastEnd::Ended(EndReason::Finished));
    let days: Vec<String> = plan
        .steps
        .iter()
        .map(|step| match &step.outcome {
            PlannedOutcome::SendAt(at) => at.to_string()[..13].to_owned(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(days, ["2027-01-05T10", "2027-01-07T10", "2027-01-11T09"]);
    world.lead.phone = None;
    world.lead.country = Country::parse("GB");
    let plan = fly(&world);
    assert_eq!(plan.steps[1].outcome, PlannedOutcome::Skipped(SkipReason::NoPhone));
    assert_eq!(plan.end, ForecastEnd::Ended(EndReason::Finished));
}

#[test]
fn forecast_uses_what_the_lead_did_before() {
    let mut world = world();
    let (yes, no) = (id("third"), id("third"));
    world
        .version
        .steps
        .insert(1, step("asked", 0, StepKind::Branch { condition: Condition::Replied {}, yes, no }));
    let told = |world: &World| {
        let World { version, lead, seen, campaign, calendar, .. } = world;
        let plan = forecast_lead(version, (lead, *seen), campaign, calendar, &[], world.now);
        let told = plan.steps.into_iter().filter_map(|step| match step.outcome {
            PlannedOutcome::Passed(_, because) => Some(because),
            _ => None,
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(told(&world), ["replied=no"]);
    world.seen.replied_ever = true;
    assert_eq!(told(&world), ["replied=yes"]);
}

fn may_have_opted_out(world: &mut World) {
    let message = MessageId::derived(&world.lead.id, &["in"]);
    let channel = Channel::Email;
    let doubt = Doubt { message: &message, channel, sentence: "", at: Timestamp::UNIX_EPOCH };
    assert!(world.lead.hold_for(doubt));
}

#[test]
fn enrolment_is_refused_with_a_reason() {
    let refused = |change: fn(&mut World)| {
        let mut world = world();
        change(&mut world);
        world.refusal()
    };
    assert_eq!(refused(|_| ()), None);
    assert_eq!(refused(|w| w.lead.email = None), None);
    assert_eq!(refused(|w| w.campaign.state = CampaignState::Draft), None);
    assert_eq!(refused(|w| w.campaign.state = CampaignState::Archived), Some(EnrolRefusal::CampaignOver));
    assert_eq!(refused(|w| w.lead.do_not_contact = true), Some(EnrolRefusal::DoNotContact));
    assert_eq!(refused(may_have_opted_out), Some(EnrolRefusal::PossibleOptOut));
    assert_eq!(refused(|w| w.version.steps.clear()), Some(EnrolRefusal::NoSteps));
    assert_eq!(refused(|w| w.version.window.ranges.clear()), Some(EnrolRefusal::WindowNeverOpens));
    assert_eq!(refused(|w| (w.lead.email, w.lead.phone) = (None, None)), Some(EnrolRefusal::Unreachable));
    fn number() -> SuppressionScope {
        SuppressionScope::Phone("+442074960351".to_owned())
    }
    assert_eq!(refused(|w| w.suppress(number(), SuppressionReason::HardBounce)), None);
    let stopped = refused(|w| w.suppress(number(), SuppressionReason::OptedOut));
    assert_eq!(stopped, Some(EnrolRefusal::Suppressed));
    let by_channel = refused(|w| {
        w.suppress(number(), SuppressionReason::OptedOut);
        w.calendar.endings = Endings { text_stop: Ends::Channel, ..Endings::default() };
    });
    assert_eq!(by_channel, None);
    let twice = refused(|w| {
        w.lead.active.insert(w.campaign.id.clone());
    });
    assert_eq!(twice, Some(EnrolRefusal::AlreadyActive));
}

/// Nothing is sent outside the window or before its delay, waiting leads to a later moment, and every
/// sequence comes to an end, in any zone and with any window.
#[test]
fn plans_make_progress_and_stay_inside_the_window() {
    let zones = ["Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham"];
    let mut seed = 11_u64;
    let mut draw = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for round in 0..150 {
        let mut world = world();
        let zone = ZoneName::parse(zones[draw(4) as usize]).unwrap();
        world.lead.zone = Some(ZoneFact { zone: zone.clone(), source: ZoneSource::Given, confidence: 100 });
        world.lead.id = LeadId::derived(at(NOW), &[&round.to_string()]);
        world.version.window.weekdays.retain(|_| draw(3) > 0);
        world.version.window.weekdays.push(7);
        world.version.window.ranges[0].start = draw(500) as u16;
        // Some of it lies between 8 and 21 o'clock, for the text.
        world.version.window.ranges[0].end = 500 + draw(5) as u16 * 100;
        let start = Timestamp::from_second(1_790_000_000 + draw(40_000_000) as i64).unwrap();
        let plan = forecast_lead(
            &world.version,
            (&world.lead, world.seen),
            &world.campaign,
            &world.calendar,
            &[],
            start,
        );
        assert_eq!((plan.steps.len(), plan.end), (3, ForecastEnd::Ended(EndReason::Finished)));
        let mut before = start;
        for step in plan.steps {
            let PlannedOutcome::SendAt(at) = step.outcome else { panic!("{step:?}") };
            let kind = &world.version.steps[usize::from(step.step)].kind;
            let hours = hours_for(&world.lead, &world.campaign, &world.version, &world.calendar);
            assert!(hours.for_step(kind, &world.calendar, None).is_open(at), "{at}");
            let delay = i64::from(world.version.steps[usize::from(step.step)].delay.amount);
            let least = SignedDuration::from_secs((delay * 24 - 1).max(0) * 3_600);
            assert!(at >= before + least);
            before = at;
        }
    }
}

fn with_steps(steps: Vec<Step>) -> World {
    let mut world = world();
    world.version.steps = steps;
    world.enrolment.rebuild_with(|it| it.step = world.version.first());
    world
}

fn pass(world: &World, to: &str, because: &str) -> Decision {
    Decision::Pass { to: Some(id(to)), at: world.now, because: because.to_owned() }
}

#[test]
fn task_is_opened_in_the_window_and_then_awaited() {
    let mut world = with_steps(vec![step("call", 0, task(StepTask::Call)), step("mail", 2, email())]);
    assert_eq!(world.plan().decision, Decision::OpenTask);
    world.now = at("2027-01-05T20:00:00Z");
    assert!(matches!(world.plan().decision, Decision::Wait { .. }), "nobody is called at night");
    let open = TaskId::for_step(&world.lead.id, &world.campaign.id, &id("call"));
    world.enrolment.wait_for(open).unwrap();
    world.seen.task = Some(StepTaskState { done: None });
    let done = at(NOW) + SignedDuration::from_hours(9 * 24);
    world.now = done + SignedDuration::from_mins(2);
    assert_eq!(world.plan().decision, Decision::AwaitTask);
    // D6: open for nine days, the next delay of two days counts from when it is done.
    world.seen.task = Some(StepTaskState { done: Some((done, TaskOutcome::NoAnswer)) });
    let because = "task=no_answer".to_owned();
    assert_eq!(world.plan().decision, Decision::Pass { to: Some(id("mail")), at: done, because });
    world.enrolment.advance(done, Some(id("mail")), None);
    world.seen.task = None;
    let Decision::Wait { until } = world.plan().decision else { panic!("{:?}", world.plan()) };
    let due = at("2027-01-18T09:00:00Z");
    assert!(until >= due && until <= due + MAX_SPREAD, "a Saturday's due is Monday's: {until}");
}

#[test]
fn call_outcome_may_end_the_enrolment_and_a_missing_task_passes_the_step() {
    let mut world = with_steps(vec![step("call", 0, task(StepTask::Call)), step("mail", 2, email())]);
    let told = |outcome| Some(StepTaskState { done: Some((at(NOW), outcome)) });
    world.seen.task = told(TaskOutcome::Booked);
    assert_eq!(world.plan().decision, Decision::End(EndReason::Booked));
    // The task was closed before the enrolment was saved as waiting for it.
    world.seen.task = told(TaskOutcome::Done);
    assert!(matches!(world.plan().decision, Decision::Pass { .. }));
    world.seen.task = None;
    world.enrolment.rebuild_with(|it| it.state = EnrolmentState::WaitingTask);
    assert!(matches!(world.plan().decision, Decision::Pass { .. }));
}

#[test]
fn task_without_a_number_to_call_is_skipped() {
    let calls = |w: &mut World| w.version.steps[0].kind = task(StepTask::Whatsapp);
    let found = decided(|w| {
        calls(w);
        w.lead.phone = None;
    });
    assert_eq!(found, (Decision::Skip { why: SkipReason::NoPhone }, "reachable"));
    let mut world = with_steps(vec![step("linked", 0, task(StepTask::Linkedin))]);
    (world.lead.phone, world.lead.email, world.lead.country) = (None, None, Country::parse("GB"));
    assert_eq!(world.plan().decision, Decision::OpenTask);
}

#[test]
fn branch_follows_its_condition_and_says_what_it_saw() {
    let kind = StepKind::Branch { condition: Condition::Opened {}, yes: id("yes"), no: id("no") };
    let mut world = with_steps(vec![
        step("branch", 0, kind),
        step("yes", 0, email()),
        step("end", 0, StepKind::End {}),
        step("no", 0, sms()),
    ]);
    // A branch needs no open window.
    world.now = at("2027-01-05T23:00:00Z");
    let plan = world.plan();
    assert_eq!(plan.decision, pass(&world, "no", "opened=no"));
    let last = plan.checks.last().unwrap();
    assert_eq!((last.rule.as_str(), last.seen.as_str()), ("branch", "no: not opened by a person"));
    world.seen.opened = true;
    assert_eq!(world.plan().decision, pass(&world, "yes", "opened=yes"));
    world.enrolment.advance(world.now, Some(id("end")), None);
    assert_eq!(world.plan().decision, Decision::End(EndReason::Finished));
}

#[test]
fn goal_ends_the_enrolment_once_reached_and_passes_others() {
    let stage = Goal::Stage { stage: StageId::QUALIFIED };
    let mut world = with_steps(vec![
        step("first", 0, email()),
        step("goal", 0, StepKind::Goal { goal: stage }),
        step("last", 0, email()),
    ]);
    assert_eq!(world.plan().decision, Decision::Send);
    world.enrolment.advance(world.now, Some(id("goal")), None);
    assert_eq!(world.plan().decision, pass(&world, "last", "stage=no"));
    world.lead.status = StageId::QUALIFIED;
    assert_eq!(world.plan().decision, Decision::End(EndReason::GoalReached));
    world.enrolment.rebuild_with(|it| it.step = Some(id("first")));
    assert_eq!(world.plan().decision, Decision::End(EndReason::GoalReached), "reached before it came there");
    world.enrolment.rebuild_with(|it| it.step = Some(id("last")));
    assert_eq!(world.plan().decision, Decision::Send, "the goal lies behind");
}

#[test]
fn goal_on_the_other_branch_ends_no_enrolment() {
    let paid = StepKind::Goal { goal: Goal::Paid {} };
    let fork = StepKind::Branch { condition: Condition::Opened {}, yes: id("upper"), no: id("lower") };
    let mut world = with_steps(vec![
        step("fork", 0, fork),
        step("upper", 0, email()),
        step("end", 0, StepKind::End {}),
        step("lower", 0, email()),
        step("goal", 0, paid),
    ]);
    world.lead.status = StageId::WON;
    let goal_reached = Decision::End(EndReason::GoalReached);
    assert_eq!(world.plan().decision, goal_reached, "either arm may still be taken");
    world.enrolment.rebuild_with(|it| it.step = Some(id("upper")));
    assert_eq!(world.plan().decision, Decision::Send);
    world.enrolment.rebuild_with(|it| it.step = Some(id("end")));
    assert_eq!(world.plan().decision, Decision::End(EndReason::Finished));
    world.enrolment.rebuild_with(|it| it.step = Some(id("lower")));
    assert_eq!(world.plan().decision, goal_reached);
    // Without its end step the upper branch runs on into the lower one.
    world.version.steps.remove(2);
    world.enrolment.rebuild_with(|it| it.step = Some(id("upper")));
    assert_eq!(world.plan().decision, goal_reached);
}

#[test]
fn branch_goal_and_end_are_not_skipped_after_their_last_day() {
    let yesterday = jiff::civil::date(2027, 1, 4);
    let dated = |name: &str, kind: StepKind| Step { not_after: Some(yesterday), ..step(name, 0, kind) };
    let fork = StepKind::Branch { condition: Condition::Opened {}, yes: id("yes"), no: id("no") };
    let mut world = with_steps(vec![
        dated("fork", fork),
        step("yes", 0, email()),
        dated("goal", StepKind::Goal { goal: Goal::Paid {} }),
        dated("end", StepKind::End {}),
        dated("no", email()),
        step("last", 0, email()),
    ]);
    assert_eq!(world.plan().decision, pass(&world, "no", "opened=no"));
    let mut at = |name: &str| {
        world.enrolment.rebuild_with(|it| it.step = Some(id(name)));
        world.plan().decision
    };
    let passed = Decision::Pass { to: Some(id("end")), at: self::at(NOW), because: "paid=no".to_owned() };
    assert_eq!(at("goal"), passed);
    assert_eq!(at("end"), Decision::End(EndReason::Finished));
    assert_eq!(at("no"), Decision::Skip { why: SkipReason::PastItsDate });
}

#[test]
fn forecast_resumes_with_the_end_of_an_account_pause() {
    let in_three_hours = at(NOW) + SignedDuration::from_hours(3);
    for (kind, knows) in [(email(), false), (email(), true), (sms(), false)] {
        let mut w = world();
        w.version.steps = vec![step("first", 0, kind.clone()), step("second", 1, kind.clone())];
        let account = w.with_mailbox("first", None);
        w.campaign.sms_sender = Some(account.clone());
        w.enrolment.rebuild_with(|it| it.mailbox = Some(account.clone()).filter(|_| knows));
        w.enrolment
            .rebuild_with(|it| it.thread = Some(MessageId::derived(&w.lead.id, &["m"])).filter(|_| knows));
        w.pause(&account, Some(in_three_hours));
        let forecast = |w: &World| {
            let World { version, campaign, calendar, .. } = w;
            let route = Route { version, campaign, calendar, texts: None, onward: None };
            let mut forecast = Forecast::of(route, &w.lead, &[], w.enrolment.clone(), w.now);
            let mut legs = Vec::new();
            while let ForecastStep::Message { at, .. } = forecast.next_forecast_step() {
                forecast.sent();
                legs.push(at);
            }
            (legs, forecast.next_forecast_step())
        };
        let (sent, _) = forecast(&w);
        assert_eq!((sent.len(), sent[0]), (2, in_three_hours));
        // A step that has waited for more than two days is late.
        w.pause(&account, Some(at(NOW) + SignedDuration::from_hours(72)));
        assert_eq!(forecast(&w), (Vec::new(), ForecastStep::Over(ForecastEnd::Held(HoldReason::Late))));
        // The pause has no end.
        w.pause(&account, None);
        let way = forecast_lead(&w.version, (&w.lead, w.seen), &w.campaign, &w.calendar, &[], w.now);
        assert_eq!(way.end, ForecastEnd::Held(HoldReason::AccountPaused));
    }
}

#[test]
fn wait_counts_its_delay_and_may_end_the_sequence() {
    let mut world = with_steps(vec![step("wait", 3, StepKind::Wait {})]);
    let until = at(NOW) + SignedDuration::from_hours(72);
    assert_eq!(world.plan().decision, Decision::Wait { until });
    world.now = until;
    assert_eq!(world.plan().decision, Decision::Pass { to: None, at: until, because: "waited".to_owned() });
}

#[test]
fn step_keeps_to_its_first_and_last_day() {
    let day = |text: &str| Some(text.parse().unwrap());
    let mut world = world();
    world.version.steps[0].not_before = day("2027-01-11");
    let Decision::Wait { until } = world.plan().decision else { panic!("{:?}", world.plan()) };
    let monday = at("2027-01-11T09:00:00Z");
    assert!(until >= monday && until <= monday + MAX_SPREAD, "{until}");
    world.version.steps[0].not_before = None;
    world.version.steps[0].not_after = day("2027-01-05");
    assert_eq!(world.plan().decision, Decision::Send, "its last day counts");
    world.now = at("2027-01-05T18:00:00Z");
    let late = world.plan();
    assert_eq!(late.decision, Decision::Skip { why: SkipReason::PastItsDate });
    assert_eq!(late.checks.last().unwrap().rule.as_str(), "not_past_its_date");
}

#[test]
fn forecast_follows_one_branch_and_closes_tasks_at_once() {
    let kind = StepKind::Branch { condition: Condition::Clicked {}, yes: id("yes"), no: id("no") };
    let world = with_steps(vec![
        step("mail", 0, email()),
        step("branch", 1, kind),
        step("yes", 0, email()),
        step("no", 0, task(StepTask::Call)),
        step("last", 1, sms()),
    ]);
    let plan = forecast_lead(
        &world.version,
        (&world.lead, world.seen),
        &world.campaign,
        &world.calendar,
        &[],
        world.now,
    );
    let taken: Vec<u16> = plan.steps.iter().map(|step| step.step).collect();
    assert_eq!((taken, plan.end), (vec![0, 1, 3, 4], ForecastEnd::Ended(EndReason::Finished)));
    assert!(matches!(plan.steps[2].outcome, PlannedOutcome::TaskAt(_)));
}

#[test]
fn public_holiday_is_kept_and_named_unless_the_window_ignores_it() {
    let mut world = world();
    world.enrolment.rebuild_with(|it| it.anchor = at("2026-12-21T10:00:00Z"));
    // Boxing Day 2026 is made up for on a Monday.
    world.now = at("2026-12-28T10:00:00Z");
    let plan = world.plan();
    let Decision::Wait { until } = plan.decision else { panic!("{plan:?}") };
    let tuesday = at("2026-12-29T09:00:00Z");
    assert!(until >= tuesday && until <= tuesday + MAX_SPREAD, "{until}");
    let last = plan.checks.last().unwrap();
    assert_eq!((last.rule.as_str(), last.seen.as_str()), ("not_a_day_off", "holiday: Boxing Day (GB)"));
    world.version.window.on_holidays = OnHolidays::Send;
    assert_eq!(world.plan().decision, Decision::Send);
    // The workspace's own days are kept all the same.
    let name = "Stocktaking".to_owned();
    world.calendar.days_off.push(DayOff { date: "2020-12-28".parse().unwrap(), name, yearly: true });
    let plan = world.plan();
    assert_eq!(plan.checks.last().unwrap().seen, "day off: Stocktaking");
    assert!(matches!(plan.decision, Decision::Wait { .. }));
}

#[test]
fn step_delayed_by_a_holiday_names_it_while_waiting() {
    let mut world = world();
    world.enrolment.rebuild_with(|it| it.step = Some(id("second")));
    world.version.steps[1].kind = email();
    world.enrolment.rebuild_with(|it| it.anchor = at("2026-12-23T10:00:00Z"));
    world.now = at("2026-12-23T11:00:00Z");
    let plan = world.plan();
    let last = plan.checks.last().unwrap();
    assert_eq!(last.rule.as_str(), "delay_over");
    let held = ", delayed by holiday: Christmas Day (GB), holiday: Boxing Day (GB)";
    assert!(last.seen.starts_with("due Tue 29 Dec 2026 09:0") && last.seen.ends_with(held), "{}", last.seen);
}

#[test]
fn text_chat_and_call_keep_quiet_hours_and_mail_does_not() {
    let late = |kind: StepKind| {
        let mut world = with_steps(vec![step("only", 0, kind)]);
        world.version.window.ranges[0].end = 24 * 60;
        world.now = at("2027-01-05T21:00:00Z");
        world.plan()
    };
    assert_eq!(late(email()).decision, Decision::Send);
    for at_any_hour in [StepTask::Linkedin, StepTask::Generic] {
        assert_eq!(late(task(at_any_hour)).decision, Decision::OpenTask);
    }
    let kinds = [
        (sms(), "quiet hours 21–8 for SMS"),
        (task(StepTask::Whatsapp), "quiet hours 21–8 for WhatsApp"),
        (task(StepTask::Call), "quiet hours 21–8 for calls"),
    ];
    for (kind, words) in kinds {
        let plan = late(kind);
        let Decision::Wait { until } = plan.decision else { panic!("{plan:?}") };
        let morning = at("2027-01-06T09:00:00Z");
        assert!(until >= morning && until <= morning + MAX_SPREAD, "{until}");
        let last = plan.checks.last().unwrap();
        assert_eq!(last.rule.as_str(), "quiet_hours");
        assert!(last.seen.starts_with(words), "{}", last.seen);
    }
}

/// Monday to Friday, 9 to 12 o'clock in New York.
fn mornings_in_new_york() -> WorkingHours {
    WorkingHours {
        zone: ZoneName::parse("America/New_York").unwrap(),
        weekdays: vec![1, 2, 3, 4, 5],
        ranges: vec![MinuteRange { start: 9 * 60, end: 12 * 60 }],
    }
}

#[test]
fn mail_waits_for_the_hours_of_its_mailbox_by_the_mailboxs_clock() {
    let mut world = world();
    world.enrolment.rebuild_with(|it| it.anchor = at("2027-01-04T15:00:00Z"));
    world.with_mailbox("mornings", Some(mornings_in_new_york()));
    let plan = world.plan();
    let Decision::Wait { until } = plan.decision else { panic!("{plan:?}") };
    let both = at("2027-01-05T14:00:00Z");
    assert!(until >= both && until <= both + MAX_SPREAD, "{until}");
    let last = plan.checks.last().unwrap();
    assert_eq!(last.rule.as_str(), "sender_hours");
    assert_eq!(last.seen, "sending hours of the mailbox: Tue 5 Jan 2027 05:00 EST");
    world.now = until;
    assert_eq!(world.plan().decision, Decision::Send);
    // A text goes out by another account.
    world.now = at(NOW);
    world.version.steps[0].kind = sms();
    assert_eq!(world.plan().decision, Decision::Send);
}

#[test]
fn lead_whose_hours_never_meet_the_mailboxs_is_not_enrolled() {
    let mut world = world();
    world.with_mailbox("mornings", Some(mornings_in_new_york()));
    let tokyo = ZoneName::parse("Asia/Tokyo").unwrap();
    world.lead.zone = Some(ZoneFact { zone: tokyo, source: ZoneSource::Given, confidence: 100 });
    assert_eq!(world.refusal(), Some(EnrolRefusal::WindowNeverOpens));
    let World { lead, campaign, version, calendar, suppressions, now, .. } = &world;
    let plan = forecast_lead(version, (lead, Behaviour::default()), campaign, calendar, suppressions, *now);
    assert_eq!((plan.steps.len(), plan.end), (1, ForecastEnd::Ended(EndReason::Failed)));
    assert_eq!(plan.steps[0].outcome, PlannedOutcome::NeverOpens);
}

#[test]
fn two_steps_without_a_delay_may_come_on_the_same_day() {
    let world = with_steps(vec![step("mail", 0, email()), step("text", 0, sms())]);
    let plan = forecast_lead(
        &world.version,
        (&world.lead, world.seen),
        &world.campaign,
        &world.calendar,
        &[],
        world.now,
    );
    for step in plan.steps {
        let PlannedOutcome::SendAt(at) = step.outcome else { panic!("{step:?}") };
        assert!(at.to_string().starts_with("2027-01-05T10:"), "{at}");
    }
}

#[test]
fn lead_without_a_mailbox_waits_for_the_first_that_opens_and_others_for_their_own() {
    let mut world = world();
    let mornings = world.with_mailbox("mornings", Some(mornings_in_new_york()));
    let nights = WorkingHours {
        ranges: vec![MinuteRange { start: 11 * 60, end: 13 * 60 }],
        zone: ZoneName::parse("Europe/London").unwrap(),
        ..mornings_in_new_york()
    };
    let noon = world.with_mailbox("noon", Some(nights));
    let opens = |world: &World| match world.plan().decision {
        Decision::Wait { until } => until,
        other => panic!("{other:?}"),
    };
    let (eleven, two) = (at("2027-01-05T11:00:00Z"), at("2027-01-05T14:00:00Z"));
    let soon_after = |found: Timestamp, opens: Timestamp| found >= opens && found <= opens + MAX_SPREAD;
    assert!(soon_after(opens(&world), eleven), "{}", opens(&world));
    world.enrolment.rebuild_with(|it| it.mailbox = Some(mornings.clone()));
    assert!(soon_after(opens(&world), two), "{}", opens(&world));
    world.enrolment.rebuild_with(|it| it.mailbox = Some(noon));
    assert!(soon_after(opens(&world), eleven), "{}", opens(&world));
    // A mailbox without sending hours takes every lead who has none yet.
    world.with_mailbox("always", None);
    world.enrolment.rebuild_with(|it| it.mailbox = None);
    assert_eq!(world.plan().decision, Decision::Send);
}

#[test]
fn mail_whose_mailbox_is_gone_goes_out_by_another_or_waits_for_one() {
    let mut world = world();
    let first = world.with_mailbox("first", None);
    world.enrolment.rebuild_with(|it| it.mailbox = Some(first.clone()));
    let checked = |world: &World| {
        let plan = world.plan();
        let check = plan.checks.iter().find(|check| check.rule.as_str() == "mailbox_usable").cloned();
        (plan.decision, check.map(|check| (check.passed, check.seen)).unwrap())
    };
    assert_eq!(checked(&world), (Decision::Send, (true, "first".to_owned())));
    world.calendar.mailboxes.clear();
    let hour = Some(at(NOW) + SignedDuration::from_hours(1));
    let (decision, (passed, seen)) = checked(&world);
    assert_eq!((decision, passed), (Decision::Hold { reason: HoldReason::Mailbox, until: hour }, false));
    assert!(seen.starts_with("no mailbox of the campaign"), "{seen}");
    world.with_mailbox("second", None);
    let (decision, (_, seen)) = checked(&world);
    assert_eq!(decision, Decision::Send);
    assert!(seen.ends_with("the campaign chooses a mailbox now, out of 1"), "{seen}");
    // A text needs none.
    world.calendar.mailboxes.clear();
    world.version.steps[0].kind = sms();
    assert_eq!(world.plan().decision, Decision::Send);
}

#[test]
fn lead_who_knows_a_missing_mailbox_follows_the_campaigns_rule() {
    let mut world = world();
    let first = world.with_mailbox("first", None);
    world.with_mailbox("second", None);
    world.calendar.mailboxes.remove(&first);
    world.enrolment.rebuild_with(|it| it.mailbox = Some(first));
    let mail = MessageId::for_step(&world.lead.id, &world.campaign.id, &id("first"));
    let hour = Some(at(NOW) + SignedDuration::from_hours(1));
    let hold = Decision::Hold { reason: HoldReason::Mailbox, until: hour };
    let ways = [
        (WhenMailboxGone::Hold, hold, "leads it has written to wait until it is back"),
        (
            WhenMailboxGone::Exit,
            Decision::End(EndReason::MailboxGone),
            "leads it has written to leave the sequence",
        ),
        (WhenMailboxGone::Reassign, Decision::Send, "the campaign chooses a mailbox now, out of 1"),
    ];
    for (way, decision, words) in ways {
        world.campaign.when_mailbox_gone = way;
        // A lead who has had no mail yet knows no mailbox.
        world.enrolment.rebuild_with(|it| it.thread = None);
        assert_eq!(world.plan().decision, Decision::Send, "{way:?}");
        world.enrolment.rebuild_with(|it| it.thread = Some(mail.clone()));
        let plan = world.plan();
        let check = plan.checks.iter().find(|check| check.rule.as_str() == "mailbox_usable").unwrap();
        assert_eq!((plan.decision, check.seen.ends_with(words)), (decision, true), "{}", check.seen);
    }
}

#[test]
fn two_messages_to_a_person_keep_the_workspaces_distance() {
    let mut world = world();
    assert_eq!(world.plan().decision, Decision::Send);
    world.seen.last_message = Some(at("2027-01-05T08:30:00Z"));
    assert_eq!(world.plan().decision, Decision::Send, "nobody wants that");
    world.calendar.caps.hours_apart = Some(3);
    let plan = world.plan();
    assert_eq!(plan.decision, Decision::Wait { until: at("2027-01-05T11:30:00Z") });
    let last = plan.checks.last().unwrap();
    assert_eq!(last.rule.as_str(), "long_enough_apart");
    assert_eq!(last.seen, "last message Tue 5 Jan 2027 08:30 GMT; at least 3 h apart");
    // The wait ends inside the window, however long it is.
    world.calendar.caps.hours_apart = Some(10);
    assert_eq!(world.plan().decision, Decision::Wait { until: at("2027-01-06T09:00:00Z") });
    world.now = at("2027-01-06T09:00:00Z");
    assert_eq!(world.plan().decision, Decision::Send);
    // A task is no message.
    world.now = at(NOW);
    world.version.steps[0].kind = task(StepTask::Call);
    assert_eq!(world.plan().decision, Decision::OpenTask);
}

#[test]
fn preview_keeps_a_persons_messages_apart() {
    let mut world = with_steps(vec![step("mail", 0, email()), step("text", 0, sms())]);
    world.calendar.caps.hours_apart = Some(5);
    let plan = forecast_lead(
        &world.version,
        (&world.lead, world.seen),
        &world.campaign,
        &world.calendar,
        &[],
        world.now,
    );
    let times: Vec<Timestamp> = plan
        .steps
        .iter()
        .map(|step| match step.outcome {
            PlannedOutcome::SendAt(at) => at,
            ref other => panic!("{other:?}"),
        })
        .collect();
    assert!(times[1].duration_since(times[0]) >= SignedDuration::from_hours(5), "{times:?}");
}

#[test]
fn lead_active_in_another_campaign_is_left_out_unless_allowed() {
    let mut world = world();
    world.lead.active.insert(CampaignId::derived(at(NOW), &["other"]));
    let refused = |world: &World| world.refusal();
    assert_eq!(refused(&world), Some(EnrolRefusal::InOtherCampaign));
    world.calendar.caps.one_campaign = false;
    assert_eq!(refused(&world), None);
    world.calendar.caps.one_campaign = true;
    world.lead.active.insert(world.campaign.id.clone());
    assert_eq!(refused(&world), Some(EnrolRefusal::AlreadyActive));
}

#[test]
fn lead_without_a_sending_account_is_not_enrolled() {
    let mut world = world();
    assert_eq!(world.refusal_with(&[Channel::Email].into()), Some(EnrolRefusal::NoMailbox), "no SMS");
    world.lead.phone = None;
    assert_eq!(world.refusal_with(&[Channel::Email].into()), None, "no text would reach them anyway");
    assert_eq!(world.refusal_with(&[].into()), Some(EnrolRefusal::NoMailbox));
}

#[test]
fn campaign_may_require_verified_addresses_if_it_mails() {
    let mut world = world();
    world.campaign.only_verified = true;
    for (found, refusal) in [
        (None, Some(EnrolRefusal::Unverified)),
        (Some(Deliverability::AcceptAll), Some(EnrolRefusal::Unverified)),
        (Some(Deliverability::Undeliverable), None),
        (Some(Deliverability::Deliverable), None),
    ] {
        world.lead.deliverability = found;
        assert_eq!(world.refusal(), refusal, "{found:?}: what is dead is not mailed, and texts reach them");
    }
}

#[test]
fn lead_without_a_merge_value_is_not_enrolled() {
    let mut world = world();
    let says = |body: &str| StepKind::Sms { body: body.to_owned(), template: None, variants: Vec::new() };
    let lacks = |field: &str| Some(EnrolRefusal::MissingValue { field: field.to_owned() });
    world.version.steps[1].kind = says("In {{ city }}");
    assert_eq!(world.refusal(), lacks("city"));
    world.lead.phone = None;
    assert_eq!(world.refusal(), None, "the text would not reach them");
    world.lead.city = Some("Leeds".to_owned());
    world.lead.phone = PhoneNumber::parse("+442074960351", None).ok();
    assert_eq!(world.refusal(), None);
    world.version.steps[2].kind = StepKind::Task {
        task: StepTask::Generic,
        title: "Visit {{ company }}".to_owned(),
        body: String::new(),
    };
    assert_eq!(world.refusal(), lacks("company"));
    world.version.steps[2].kind = StepKind::Task {
        task: StepTask::Generic,
        title: "Visit {{ company | default('them') }}".to_owned(),
        body: String::new(),
    };
    assert_eq!(world.refusal(), None);
}

#[test]
fn message_made_late_by_a_pause_waits_for_a_decision_and_follows_it() {
    let planned = at(NOW).checked_sub(SignedDuration::from_hours(49)).unwrap();
    let late = |world: &mut World| world.enrolment.rebuild_with(|it| it.late_since = Some(planned));
    let held = Decision::Hold { reason: HoldReason::Late, until: None };
    assert_eq!(decided(late), (held.clone(), "not_late"));
    let skipped = Decision::Skip { why: SkipReason::Late };
    let answered = |then, before| {
        decided(move |world| {
            late(world);
            world.campaign.late_answer = Some(LateAnswer { planned_before: before, then });
        })
        .0
    };
    assert_eq!(answered(WhenLate::Send, at(NOW)), Decision::Send);
    assert_eq!(answered(WhenLate::Skip, at(NOW)), skipped);
    assert_eq!(answered(WhenLate::Send, planned), held, "what is late since then is asked anew");
    let wanted = |then| {
        decided(|world| {
            late(world);
            world.calendar.when_late = then;
        })
        .0
    };
    assert_eq!((wanted(WhenLate::Send), wanted(WhenLate::Skip)), (Decision::Send, skipped));
    // A late enrolment is held until there is an answer.
    let mut world = world();
    late(&mut world);
    world
        .enrolment
        .rebuild_with(|it| it.state = EnrolmentState::Held { reason: HoldReason::Late, until: None });
    assert_eq!(world.plan().decision, held);
    world.calendar.when_late = WhenLate::Send;
    assert_eq!(world.plan().decision, Decision::Send);
}

#[test]
fn task_and_step_with_a_last_day_are_never_late() {
    let planned = at(NOW).checked_sub(SignedDuration::from_hours(490)).unwrap();
    let with = |change: fn(&mut Step)| {
        let mut world = world();
        world.enrolment.rebuild_with(|it| it.late_since = Some(planned));
        change(&mut world.version.steps[0]);
        world.plan().decision
    };
    assert_eq!(with(|step| step.kind = task(StepTask::Call)), Decision::OpenTask);
    assert_eq!(with(|step| step.not_after = Some(jiff::civil::date(2099, 1, 1))), Decision::Send);
    let over = with(|step| step.not_after = Some(jiff::civil::date(2001, 1, 1)));
    assert_eq!(over, Decision::Skip { why: SkipReason::PastItsDate });
}

#[test]
fn mailing_campaign_enrols_no_lead_without_a_postal_address() {
    let world = world();
    let World { lead, campaign, version, calendar, suppressions, now, .. } = &world;
    let every = Channel::ALL.into();
    let refused = |company: &Company| {
        let company = Some(company);
        let entrance = Entrance { campaign, version, calendar, senders: &every, company, texts: None };
        may_enrol(lead, entrance, suppressions, *now).err()
    };
    let address = "1 Quay Street, Bristol".to_owned();
    let whole = Company { name: "Acme".to_owned(), postal_address: address, ..Company::default() };
    assert_eq!(refused(&whole), None);
    let homeless = Company { postal_address: "  ".to_owned(), ..whole.clone() };
    assert_eq!(refused(&homeless), Some(EnrolRefusal::NoPostalAddress));
    assert_eq!(homeless.lacks_for_mail().map(|(field, _)| field), Some("company.postal_address"));
    let nameless = Company { name: String::new(), ..whole };
    assert_eq!(refused(&nameless), Some(EnrolRefusal::NoPostalAddress));
}

#[test]
fn opt_out_on_one_channel_is_named_while_others_stay_open() {
    let mut world = world();
    let number = SuppressionScope::phone(&PhoneNumber::parse("+442074960351", None).unwrap());
    world.suppress(number, SuppressionReason::OptedOut);
    let endings = Endings { text_stop: Ends::Channel, ..Endings::default() };
    let check = may_be_contacted(&world.lead, &world.suppressions, &endings, world.now);
    assert!(check.passed);
    assert!(check.seen.starts_with("+442074960351 opted out 20"), "{}", check.seen);
    assert!(check.seen.ends_with("; other channels stay open"), "{}", check.seen);
    let check = may_be_contacted(&world.lead, &world.suppressions, &Endings::default(), world.now);
    assert!(!check.passed && check.seen.contains("opted out"), "{}", check.seen);
}

#[test]
fn text_opt_out_leaves_mail_open_if_the_workspace_says_so() {
    let number = SuppressionScope::phone(&PhoneNumber::parse("+442074960351", None).unwrap());
    let stopped = |text_stop, reason| {
        let mut world = world();
        world.suppress(number.clone(), reason);
        world.calendar.endings = Endings { text_stop, ..Endings::default() };
        let mail = world.plan().decision;
        world.enrolment.rebuild_with(|it| it.step = Some(id("second")));
        world.enrolment.rebuild_with(|it| it.due = Some(world.now));
        (mail, world.plan().decision, world.refusal())
    };
    let over = Decision::End(EndReason::Suppressed);
    let whole = (over.clone(), over.clone(), Some(EnrolRefusal::Suppressed));
    assert_eq!(stopped(Ends::Everything, SuppressionReason::OptedOut), whole);
    let skipped = Decision::Skip { why: SkipReason::AddressSuppressed };
    assert_eq!(stopped(Ends::Channel, SuppressionReason::OptedOut), (Decision::Send, skipped, None));
    assert_eq!(stopped(Ends::Channel, SuppressionReason::Manual), whole, "what a person lists is for all");
}

#[test]
fn colleagues_reply_holds_the_lead_unless_released() {
    use crate::lead::colleague_reply::ColleagueAnswered;
    let mut world = world();
    let (since, until) = (at("2027-01-04T09:00:00Z"), at("2027-01-09T09:00:00Z"));
    world.seen.colleague = Some(ColleagueAnswered { since, until });
    let held = world.plan();
    let hold = Decision::Hold { reason: HoldReason::CompanyAnswered, until: Some(until) };
    assert_eq!(held.decision, hold);
    let last = held.checks.last().unwrap();
    assert_eq!(last.rule.as_str(), "company_quiet");
    assert!(
        last.seen.starts_with("a colleague at example.com replied Mon 4 Jan 2027 09:00"),
        "{}",
        last.seen
    );

    world.enrolment.hold(HoldReason::CompanyAnswered, Some(until), world.now).unwrap();
    let held = world.plan();
    assert_eq!(held.decision, hold);
    assert_eq!(held.checks.last().unwrap().rule.as_str(), "enrolment_not_held");
    world.enrolment.resume(world.now).unwrap();
    let released = world.plan();
    assert_eq!(released.decision, Decision::Send);
    assert!(released.checks.iter().any(|check| check.rule.as_str() == "company_quiet" && check.passed));

    // A later reply counts anew, and every hold ends at its time.
    world.seen.colleague = Some(ColleagueAnswered { since: world.now, until: at("2027-01-10T10:00:00Z") });
    assert!(matches!(world.plan().decision, Decision::Hold { reason: HoldReason::CompanyAnswered, .. }));
    world.seen.colleague = Some(ColleagueAnswered { since, until: world.now });
    world.enrolment.rebuild_with(|it| it.company_until = None);
    assert_eq!(world.plan().decision, Decision::Send);
}

#[test]
fn out_of_office_lead_is_held_until_they_are_back() {
    use crate::lead::out_of_office::Absence;
    let mut world = world();
    let friday = "2027-01-08".parse().ok();
    world.lead.away = Some(Absence { returns_on: friday, noted_at: at("2027-01-04T09:00:00Z") });
    let held = world.plan();
    let Decision::Hold { reason: HoldReason::OutOfOffice, until: Some(until) } = held.decision else {
        panic!("{held:?}");
    };
    assert!(until.to_string().starts_with("2027-01-11T"), "a working day after Friday: {until}");
    let last = held.checks.last().unwrap();
    assert_eq!((last.rule.as_str(), last.passed), ("not_away", false));
    assert!(last.seen.starts_with("out of office, back on 2027-01-08"), "{}", last.seen);
    // A task of a user is held too.
    world.enrolment.rebuild_with(|it| it.state = EnrolmentState::WaitingTask);
    assert!(matches!(world.plan().decision, Decision::Hold { reason: HoldReason::OutOfOffice, .. }));
    world.enrolment.rebuild_with(|it| it.state = EnrolmentState::Scheduled);
    world.now = until;
    let back = world.plan();
    assert_eq!(back.decision, Decision::Send, "{back:?}");
    assert!(back.checks.iter().any(|check| check.rule.as_str() == "not_away" && check.passed));
}

#[test]
fn enrolment_waits_for_the_new_owner_at_once_or_after_its_present_hold() {
    let mut world = world();
    assert!(world.enrolment.hold_for_owner(world.now));
    let hold = Decision::Hold { reason: HoldReason::OwnerChanged, until: None };
    assert_eq!(world.plan().decision, hold);
    assert!(!world.enrolment.hold_for_owner(world.now), "a repeat changes nothing");
    world.enrolment.resume(world.now).unwrap();
    assert_eq!(world.plan().decision, Decision::Send);

    let until = Some(at("2027-01-06T10:00:00Z"));
    world.enrolment.hold(HoldReason::OutOfOffice, until, world.now).unwrap();
    assert!(world.enrolment.hold_for_owner(world.now));
    let away = world.plan();
    assert_eq!(away.decision, Decision::Hold { reason: HoldReason::OutOfOffice, until });
    assert!(away.checks.last().unwrap().seen.ends_with("then it waits for the new owner"));
    world.now = at("2027-01-06T11:00:00Z");
    assert_eq!(world.plan().decision, hold);

    // An open call is left as it is, and goes to the new owner with the lead; the steps behind it wait.
    world.enrolment.rebuild_with(|it| (it.pause_wanted, it.state) = (None, EnrolmentState::WaitingTask));
    assert!(world.enrolment.hold_for_owner(world.now));
    assert_eq!(*world.enrolment.state(), EnrolmentState::WaitingTask);
    assert_eq!(world.plan().decision, hold);
    for state in [EnrolmentState::Pending, EnrolmentState::Ended { reason: EndReason::Replied }] {
        let mut other = world.enrolment.clone();
        other.rebuild_with(|it| (it.pause_wanted, it.state) = (None, state.clone()));
        assert!(!other.hold_for_owner(world.now));
        assert_eq!((other.state().clone(), other.pause_wanted()), (state, None));
    }
}

#[test]
fn resuming_a_campaign_or_the_end_of_a_pause_does_not_replace_the_new_owners_decision() {
    let hold = Decision::Hold { reason: HoldReason::OwnerChanged, until: None };
    for reason in [
        HoldReason::CampaignPaused,
        HoldReason::SendingStopped,
        HoldReason::AccountPaused,
        HoldReason::Late,
        HoldReason::Mailbox,
        HoldReason::MissingValue,
    ] {
        let mut world = world();
        world.enrolment.hold(reason, None, world.now).unwrap();
        assert!(world.enrolment.hold_for_owner(world.now), "{reason:?}");
        assert_eq!(world.plan().decision, hold, "{reason:?}");
    }
    let later = at("2027-01-06T10:00:00Z");
    let mut world = world();
    world.enrolment.hold_for_owner(world.now);
    world.enrolment.pause(Some(later), world.now).unwrap();
    let paused = Decision::Hold { reason: HoldReason::PausedByUser, until: Some(later) };
    assert_eq!(world.plan().decision, paused);
    world.now = later;
    assert_eq!(world.plan().decision, hold);
    world.enrolment.resume(world.now).unwrap();
    assert_eq!(world.plan().decision, Decision::Send);
}

#[test]
fn lead_is_handed_over_only_from_one_user_to_another() {
    use crate::ids::UserId;
    let mut lead = world().lead;
    let [maya, joe, ann] = ["maya", "joe", "ann"].map(|name| UserId::derived(at(NOW), &[name]));
    assert!(!lead.has_new_owner(Some(&joe), Some(&maya)), "it was nobody's");
    lead.owner = Some(maya.clone());
    assert!(lead.has_new_owner(Some(&joe), Some(&maya)) && lead.has_new_owner(Some(&joe), Some(&ann)));
    assert!(!lead.has_new_owner(Some(&joe), Some(&joe)), "who takes it over knows of it");
    assert!(!lead.has_new_owner(Some(&maya), Some(&ann)) && !lead.has_new_owner(None, Some(&maya)));
}

#[test]
fn lead_who_knows_a_long_failing_mailbox_follows_the_campaigns_rule() {
    let mut world = world();
    let first = world.with_mailbox("first", None);
    world.with_mailbox("second", None);
    world.enrolment.rebuild_with(|it| it.mailbox = Some(first.clone()));
    world.enrolment.rebuild_with(|it| {
        it.thread = Some(MessageId::for_step(&world.lead.id, &world.campaign.id, &id("first")))
    });
    let failing = |since: Timestamp, at: Timestamp| FailingAccount { name: "first".to_owned(), since, at };
    let long_failure = failing(at(NOW) - SICK_AFTER, at(NOW));
    let ways = [
        (WhenMailboxGone::Hold, Decision::Send, "leads it has written to wait until it is back"),
        (
            WhenMailboxGone::Exit,
            Decision::End(EndReason::MailboxGone),
            "leads it has written to leave the sequence",
        ),
        (WhenMailboxGone::Reassign, Decision::Send, "another mailbox of the campaign takes over"),
    ];
    let seen = |world: &World| {
        let plan = world.plan();
        let check =
            plan.checks.iter().find(|check| check.rule.as_str() == "mailbox_usable").cloned().unwrap();
        (plan.decision, check.seen)
    };
    for (way, decision, words) in ways {
        world.campaign.when_mailbox_gone = way;
        world.calendar.failing.insert(first.clone(), long_failure.clone());
        let (decided, told) = seen(&world);
        assert_eq!((decided, told.ends_with(words)), (decision, true), "{told}");
        assert!(told.starts_with("first has accepted nothing since Mon 4 Jan 2027 10:00"), "{told}");
        let second = SignedDuration::from_secs(1);
        for spared in [
            failing(long_failure.since + second, long_failure.at),
            failing(long_failure.since, long_failure.at - TRIED_AGAIN_AFTER),
        ] {
            world.calendar.failing.insert(first.clone(), spared);
            assert_eq!(seen(&world), (Decision::Send, "first".to_owned()), "{way:?}");
        }
    }
    // If every mailbox fails, nobody is moved to another.
    for mailbox in world.campaign.mailboxes.clone() {
        world.calendar.failing.insert(mailbox, long_failure.clone());
    }
    for way in [WhenMailboxGone::Reassign, WhenMailboxGone::Exit] {
        world.campaign.when_mailbox_gone = way;
        let (decided, told) = seen(&world);
        assert_eq!((decided, told.ends_with("wait until it is back")), (Decision::Send, true), "{told}");
    }
    // A lead who has had no mail yet knows no mailbox.
    world.enrolment.rebuild_with(|it| it.thread = None);
    assert_eq!(seen(&world).1, "first");
}

impl World {
    fn still_in_time(&self, now: &str) -> bool {
        still_in_time(&PlanInput {
            enrolment: &self.enrolment,
            version: &self.version,
            lead: &self.lead,
            campaign: &self.campaign,
            calendar: &self.calendar,
            sending: &self.sending,
            suppressions: &self.suppressions,
            seen: &self.seen,
            now: at(now),
        })
    }
}

#[test]
fn planned_step_is_in_time_until_its_window_account_or_last_day_ends() {
    // Ten to five in London.
    let mut world = world();
    world.now = at("2027-01-05T16:59:50Z");
    assert_eq!(world.plan().decision, Decision::Send);
    assert!(world.still_in_time("2027-01-05T16:59:59Z"));
    assert!(!world.still_in_time("2027-01-05T17:00:00Z"), "its window has closed");
    let hours = WorkingHours {
        zone: ZoneName::parse("Europe/London").unwrap(),
        weekdays: vec![2],
        ranges: vec![MinuteRange { start: 9 * 60, end: 12 * 60 }],
    };
    let mailbox = world.with_mailbox("first", Some(hours));
    world.enrolment.send_by(mailbox);
    assert!(world.still_in_time("2027-01-05T11:59:59Z"));
    assert!(!world.still_in_time("2027-01-05T12:00:00Z"), "its account is at work no more");
    world.version.window.ranges = vec![MinuteRange { start: 0, end: 24 * 60 }];
    world.version.steps[0].kind = sms();
    assert!(world.still_in_time("2027-01-05T20:59:59Z"));
    assert!(!world.still_in_time("2027-01-05T21:00:00Z"), "they sleep");
    world.version.steps[0].kind = email();
    world.enrolment.leave_mailbox();
    world.calendar = Calendar::default();
    world.version.steps[0].not_after = Some("2027-01-05".parse().unwrap());
    assert!(world.still_in_time("2027-01-05T23:59:59Z"));
    assert!(!world.still_in_time("2027-01-06T00:00:00Z"), "its last day is over");
}

#[test]
fn step_is_held_where_the_law_asks_for_a_consent_that_is_not_recorded() {
    let (decision, rule) = decided(|w| {
        w.lead.country = Country::parse("DE");
        w.lead.consents = Consents::default();
    });
    assert_eq!(decision, Decision::Hold { reason: HoldReason::NoConsent, until: None });
    assert_eq!(rule, "consent_recorded");
    let (decision, _) = decided(|w| {
        w.lead.country = Country::parse("DE");
        w.lead.consents = Consents::on([Channel::Email], &consent(ConsentBasis::ExistingCustomer));
    });
    assert_eq!(decision, Decision::Send);
}

#[test]
fn hold_for_want_of_consent_ends_once_it_is_recorded() {
    let held = |consents: Consents| {
        decided(move |w| {
            let state = EnrolmentState::Held { reason: HoldReason::NoConsent, until: None };
            w.enrolment.rebuild_with(|it| it.state = state);
            w.lead.country = Country::parse("DE");
            w.lead.consents = consents;
        })
    };
    let agreed = Consents::on([Channel::Email], &consent(ConsentBasis::Consent));
    assert_eq!(held(agreed).0, Decision::Send);
    let (decision, rule) = held(Consents::default());
    assert_eq!(decision, Decision::Hold { reason: HoldReason::NoConsent, until: None });
    assert_eq!(rule, "consent_recorded");
}

#[test]
fn task_needs_no_consent_and_a_text_needs_its_own() {
    let first = |kind: StepKind, strictness: ConsentStrictness| {
        decided(move |w| {
            w.version.steps[0].kind = kind;
            w.calendar.consent = ConsentPolicy { strictness, home: None };
            w.lead.consents = Consents::on([Channel::Email], &consent(ConsentBasis::WrittenConsent));
        })
        .0
    };
    let hold = Decision::Hold { reason: HoldReason::NoConsent, until: None };
    assert_eq!(first(email(), ConsentStrictness::Consent), Decision::Send);
    assert_eq!(first(sms(), ConsentStrictness::Law), Decision::Send);
    assert_eq!(first(sms(), ConsentStrictness::StatedBasis), hold);
    let mut world = world();
    world.version.steps[0].kind = task(StepTask::Call);
    world.calendar.consent.strictness = ConsentStrictness::Consent;
    world.lead.consents = Consents::default();
    assert_eq!(world.plan().decision, Decision::OpenTask);
}

#[test]
fn forecast_ends_where_the_consent_is_missing() {
    let mut w = world();
    w.lead.phone = PhoneNumber::parse("+12065550101", None).ok();
    w.lead.consents = Consents::on(Channel::ALL, &consent(ConsentBasis::Consent));
    let start = w.now;
    let forecast =
        forecast_lead(&w.version, (&w.lead, Behaviour::default()), &w.campaign, &w.calendar, &[], start);
    assert_eq!(forecast.end, ForecastEnd::Held(HoldReason::NoConsent));
    assert!(matches!(forecast.steps[0].outcome, PlannedOutcome::SendAt(_)));
    assert_eq!(forecast.steps[1].outcome, PlannedOutcome::Held(HoldReason::NoConsent));
}
