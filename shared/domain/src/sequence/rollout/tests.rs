use super::*;
use crate::campaign::calendar::Calendar;
use crate::campaign::{Campaign, CampaignState};
use crate::contact::channel::Channel;
use crate::contact::email_address::EmailAddress;
use crate::enrolment::key::EnrolmentKey;
use crate::enrolment::reasons::{EndReason, HoldReason};
use crate::enrolment::{Enrolment, EnrolmentState};
use crate::ids::{LeadId, MessageId, TaskId};
use crate::lead::Lead;
use crate::message::{Direction, Message, MessageState};
use crate::planning::behaviour::Behaviour;
use crate::planning::planner::{Decision, PlanInput, plan};
use crate::planning::skip_reason::SkipReason;
use crate::sequence::condition::Condition;
use crate::sequence::step_kind::{StepKind, StepTask};
use crate::time::delay::{Delay, DelayUnit};
use crate::time::time_zone::ZoneName;
use crate::time::weekly_hours::{MinuteRange, OnHolidays, SendingWindow};
use crate::workspace::Sending;
use crate::workspace::task::{Task, TaskKind, TaskOutcome};
use jiff::SignedDuration;
use proptest::prelude::*;

fn now() -> Timestamp {
    "2027-01-05T10:00:00Z".parse().unwrap()
}

fn id(name: &str) -> StepId {
    StepId::derived(Timestamp::UNIX_EPOCH, &[name])
}

fn step(name: &str, kind: StepKind) -> Step {
    let delay = Delay { amount: 1, unit: DelayUnit::Days };
    Step { id: id(name), delay, not_before: None, not_after: None, kind }
}

fn mail() -> StepKind {
    StepKind::Email {
        subject: "Hi".to_owned(),
        body: "Hello".to_owned(),
        template: None,
        variants: Vec::new(),
    }
}

fn version(number: u32, steps: Vec<Step>) -> SequenceVersion {
    let window = SendingWindow {
        weekdays: (1..=7).collect(),
        ranges: vec![MinuteRange { start: 0, end: 1_440 }],
        on_holidays: OnHolidays::Send,
    };
    SequenceVersion { sequence: SequenceId::derived(now(), &["s"]), version: number, steps, window }
}

fn mails(number: u32, names: &[&str]) -> SequenceVersion {
    version(number, names.iter().map(|name| step(name, mail())).collect())
}

fn enrolment(version: &SequenceVersion) -> Enrolment {
    let key = EnrolmentKey {
        workspace: WorkspaceId::derived(now(), &["w"]),
        lead: LeadId::derived(now(), &["l"]),
        campaign: CampaignId::derived(now(), &["c"]),
    };
    Enrolment::begin(key, version, EnrolmentState::Scheduled, None, now())
}

fn rollout(name: &str) -> RolloutId {
    RolloutId::derived(now(), &[name])
}

fn mapping(of: &[(&str, Option<&str>)]) -> StepMapping {
    let target = |to: &Option<&str>| to.map_or(StepTarget::Exit, |to| StepTarget::Step(id(to)));
    StepMapping(of.iter().map(|(from, to)| (id(from), target(to))).collect())
}

#[test]
fn enrolment_stays_at_its_step_unless_mapped() {
    let to = mails(2, &["c", "a", "new"]);
    let place = |mapping: &StepMapping, step: &str| mapping.place(&id(step), &to);
    assert_eq!(place(&StepMapping::default(), "a"), Destination::At(id("a")));
    assert_eq!(place(&StepMapping::default(), "b"), Destination::Nowhere);
    let said = mapping(&[("b", Some("new")), ("a", None)]);
    assert_eq!(place(&said, "b"), Destination::At(id("new")));
    assert_eq!(place(&said, "a"), Destination::Exit);
    assert_eq!(place(&said, "c"), Destination::At(id("c")));
}

#[test]
fn mapping_covers_removed_steps_and_names_only_existing_targets() {
    let to = mails(2, &["a", "c"]);
    let gone = BTreeSet::from([id("b")]);
    let faults =
        |mapping: &StepMapping| mapping.faults(&gone, &to).into_iter().map(|fault| fault.step).collect();
    let found: Vec<StepId> = faults(&StepMapping::default());
    assert_eq!(found, [id("b")]);
    let found: Vec<StepId> = faults(&mapping(&[("b", Some("nowhere"))]));
    assert_eq!(found, [id("b")]);
    let found: Vec<StepId> = faults(&mapping(&[("b", None), ("a", Some("c"))]));
    assert!(found.is_empty());
}

#[test]
fn enrolment_that_completed_a_step_continues_below_it_in_the_new_version() {
    let from = mails(1, &["a", "b", "c", "d"]);
    let beyond = |mapping: &StepMapping, left: &str, to: &SequenceVersion| {
        mapping.destination_after(from.step(&id(left)).unwrap(), from.after(&id(left)).as_ref(), &from, to)
    };
    let none = StepMapping::default();
    assert_eq!(beyond(&none, "a", &mails(2, &["a", "new", "b"])), Destination::At(id("new")));
    // A step added below the last one comes next for enrolments that have just completed the last one.
    assert_eq!(beyond(&none, "d", &mails(2, &["a", "d", "new"])), Destination::At(id("new")));
    assert_eq!(beyond(&none, "a", &mails(2, &["c", "a"])), Destination::Done);
    // The step was removed: the first of those that would have come next, if it exists, is next.
    assert_eq!(beyond(&none, "a", &mails(2, &["d", "c"])), Destination::At(id("c")));
    assert_eq!(beyond(&none, "d", &mails(2, &["a"])), Destination::Done);
    assert_eq!(beyond(&mapping(&[("a", Some("d"))]), "a", &mails(2, &["c", "d"])), Destination::At(id("d")));
    assert_eq!(beyond(&mapping(&[("a", None)]), "a", &mails(2, &["c", "d"])), Destination::Exit);
    assert_eq!(beyond(&mapping(&[("a", Some("a"))]), "a", &mails(2, &["a", "d"])), Destination::At(id("d")));
}

#[test]
fn branch_that_was_decided_keeps_its_way() {
    let fork = StepKind::Branch { condition: Condition::Opened {}, yes: id("b"), no: id("c") };
    let steps = |names: &[&str]| {
        let kind = |name: &str| if name == "fork" { fork.clone() } else { mail() };
        names.iter().map(|name| step(name, kind(name))).collect::<Vec<_>>()
    };
    let from = version(1, steps(&["a", "fork", "b", "c", "d"]));
    let left = from.step(&id("fork")).unwrap();
    let beyond =
        |to: SequenceVersion| StepMapping::default().destination_after(left, Some(&id("c")), &from, &to);
    assert_eq!(beyond(version(2, steps(&["a", "fork", "new", "b", "c"]))), Destination::At(id("c")));
    assert_eq!(beyond(mails(2, &["a", "d"])), Destination::At(id("d")));
}

#[test]
fn enrolment_with_a_send_task_or_uncertain_message_is_not_moved() {
    let to = mails(2, &["a", "b"]);
    let task = TaskId::for_step(&enrolment(&to).key().lead, &enrolment(&to).key().campaign, &id("a"));
    let mut claimed = enrolment(&to);
    claimed.claim(&crate::enrolment::ClaimToken::new(1, "t"), now()).unwrap();
    let mut waiting = enrolment(&to);
    waiting.wait_for(task).unwrap();
    let mut uncertain = enrolment(&to);
    uncertain.hold(HoldReason::Uncertain, None, now()).unwrap();
    for at_it in [claimed, waiting, uncertain] {
        let mut moved = at_it.clone();
        assert!(moved.transfer_now(&rollout("r"), 2, Destination::At(id("b")), now()).is_err());
        assert_eq!(moved, at_it);
    }
}

#[test]
fn move_voids_plans_and_keeps_what_a_hold_waits_for() {
    let (from, to) = (mails(1, &["a", "b"]), mails(2, &["b", "a"]));
    let mut planned = enrolment(&from);
    planned.rebuild_with(|it| it.due = Some(now()));
    planned.rebuild_with(|it| it.attempts = 2);
    planned.transfer_now(&rollout("r"), to.version, Destination::At(id("b")), now()).unwrap();
    assert_eq!((planned.version(), planned.step().clone(), planned.generation()), (2, Some(id("b")), 1));
    assert_eq!((planned.due(), planned.attempts(), planned.anchor()), (None, 0, now()));
    let until = now() + SignedDuration::from_hours(40);
    let mut away = enrolment(&from);
    away.hold(HoldReason::OutOfOffice, Some(until), now()).unwrap();
    away.transfer_now(&rollout("r"), 2, Destination::At(id("a")), now()).unwrap();
    assert_eq!(*away.state(), EnrolmentState::Held { reason: HoldReason::OutOfOffice, until: Some(until) });
    assert_eq!(away.due(), Some(until));
    let mut unwritten = enrolment(&from);
    unwritten.hold(HoldReason::MissingValue, None, now()).unwrap();
    unwritten.transfer_now(&rollout("r"), 2, Destination::At(id("a")), now()).unwrap();
    assert_eq!(*unwritten.state(), EnrolmentState::Scheduled);
    let mut out = enrolment(&from);
    out.transfer_now(&rollout("r"), 2, Destination::Exit, now()).unwrap();
    assert_eq!(*out.state(), EnrolmentState::Ended { reason: EndReason::StepRemoved });
    assert!(out.transfer_now(&rollout("r"), 2, Destination::At(id("a")), now()).is_err());
}

#[test]
fn pending_transfer_happens_after_the_step_and_the_latest_rollout_counts() {
    let (from, to) = (mails(1, &["a", "b"]), mails(2, &["a", "new"]));
    let onward = |name: &str, to: &SequenceVersion| Onward {
        rollout: rollout(name),
        version: to.clone(),
        mapping: StepMapping::default(),
    };
    let mut goes = enrolment(&from);
    goes.transfer_later(&rollout("r"), 2, now()).unwrap();
    assert_eq!((goes.version(), goes.pending_transfer().map(|transfer| transfer.to)), (1, Some(2)));
    goes.advance_onto(now(), Some(id("b")), &from, Some(&onward("r", &to)));
    assert_eq!((goes.version(), goes.step(), goes.pending_transfer()), (2, &Some(id("new")), None));
    let mut stays = enrolment(&from);
    stays.transfer_later(&rollout("r"), 2, now()).unwrap();
    stays.transfer_later(&rollout("back"), 1, now()).unwrap();
    assert_eq!(stays.pending_transfer(), None);
    stays.advance_onto(now(), Some(id("b")), &from, Some(&onward("r", &to)));
    assert_eq!((stays.version(), stays.step().clone()), (1, Some(id("b"))));
    let mut ended = enrolment(&from);
    ended.transfer_later(&rollout("r"), 2, now()).unwrap();
    ended.stop(EndReason::Replied, now());
    ended.advance_onto(now(), Some(id("b")), &from, Some(&onward("r", &to)));
    assert_eq!(
        (ended.version(), ended.state().clone()),
        (1, EnrolmentState::Ended { reason: EndReason::Replied })
    );
}

/// One lead's life across rollouts, as the runtime would run it by the planner's decisions.
struct Life {
    versions: Vec<SequenceVersion>,
    enrolment: Enrolment,
    onward: Option<Onward>,
    lead: Lead,
    campaign: Campaign,
    messages: Vec<Message>,
    tasks: Vec<Task>,
    /// Every step that reached the lead, in order.
    done: Vec<StepId>,
    passed_over: usize,
    now: Timestamp,
}

impl Life {
    fn new(versions: Vec<SequenceVersion>) -> Self {
        let enrolment = enrolment(&versions[0]);
        let workspace = enrolment.key().workspace.clone();
        let mut lead = Lead::blank(enrolment.key().lead.clone(), workspace.clone(), now());
        lead.email = EmailAddress::parse("ana@example.com").ok();
        let campaign = Campaign {
            id: enrolment.key().campaign.clone(),
            workspace,
            name: "Spring".to_owned(),
            state: CampaignState::Active,
            state_since: now(),
            paused_until: None,
            sequence: enrolment.sequence().clone(),
            sequence_version: 1,
            mailboxes: Vec::new(),
            when_mailbox_gone: Default::default(),
            sms_sender: None,
            whatsapp_sender: None,
            zone: ZoneName::parse("UTC").unwrap(),
            lead_tag: None,
            only_verified: false,
            untracked: Default::default(),
            writing: Default::default(),
            promotes_winner: false,
            ab_tests: Default::default(),
            late_answer: None,
            auto_enrol: None,
            owner: None,
            created_at: now(),
            launched_at: Some(now()),
            rev: 1,
        };
        let (onward, messages, tasks, done) = (None, vec![], vec![], vec![]);
        Self {
            versions,
            enrolment,
            onward,
            lead,
            campaign,
            messages,
            tasks,
            done,
            passed_over: 0,
            now: now(),
        }
    }

    fn version(&self) -> &SequenceVersion {
        self.versions.iter().find(|version| version.version == self.enrolment.version()).unwrap()
    }

    fn decide(&self) -> Decision {
        plan(&PlanInput {
            enrolment: &self.enrolment,
            version: self.version(),
            lead: &self.lead,
            campaign: &self.campaign,
            calendar: &Calendar::default(),
            sending: &Sending::Running,
            suppressions: &[],
            seen: &Behaviour::of(&self.enrolment, &self.messages, &self.tasks),
            now: self.now,
        })
        .decision
    }

    fn go_on(&mut self, at: Timestamp, next: Option<StepId>) {
        let from = self.version().clone();
        self.enrolment.advance_onto(at, next, &from, self.onward.as_ref());
        self.enrolment.rebuild_with(|it| it.due = None);
    }

    fn present(&self) -> StepId {
        self.enrolment.step().clone().unwrap()
    }

    /// Does what the planner decides. False at the end.
    fn live(&mut self) -> bool {
        let below = self.enrolment.step().as_ref().and_then(|step| self.version().after(step));
        match self.decide() {
            Decision::Send => {
                let step = self.present();
                let key = self.enrolment.key();
                let id = MessageId::for_step(&key.lead, &key.campaign, &step);
                let workspace = key.workspace.clone();
                let mut message = Message::blank(id, workspace, Direction::Out, Channel::Email, self.now);
                message.state = MessageState::Accepted;
                message.accepted_at = Some(self.now);
                self.messages.push(message);
                self.done.push(step);
                self.go_on(self.now, below);
            }
            Decision::OpenTask => {
                let step = self.present();
                let key = self.enrolment.key();
                let id = TaskId::for_step(&key.lead, &key.campaign, &step);
                self.tasks.push(Task::about(
                    &self.lead,
                    id.clone(),
                    TaskKind::Manual,
                    String::new(),
                    self.now,
                ));
                self.done.push(step);
                self.enrolment.wait_for(id).unwrap();
            }
            Decision::AwaitTask => {
                self.now += SignedDuration::from_hours(5);
                let now = self.now;
                self.tasks.last_mut().unwrap().close(TaskOutcome::Done, now);
            }
            Decision::Pass { to, at, .. } => self.go_on(at, to),
            Decision::Skip { why } => {
                assert_eq!(why, SkipReason::AlreadySent);
                self.passed_over += 1;
                self.go_on(self.now, below);
            }
            Decision::Wait { until } => {
                assert!(until > self.now);
                self.now = until;
            }
            Decision::End(reason) => self.enrolment.end(reason, self.now),
            Decision::Hold { .. } => panic!("nothing holds"),
        }
        self.enrolment.is_active()
    }

    fn roll_out(&mut self, nth: usize, to: usize, people: People, mapping: StepMapping) {
        let (order, to) = (rollout(&nth.to_string()), self.versions[to % self.versions.len()].clone());
        let place =
            self.enrolment.step().as_ref().map_or(Destination::Nowhere, |step| mapping.place(step, &to));
        if people == People::Now && self.enrolment.may_move_now() && place != Destination::Nowhere {
            self.enrolment.transfer_now(&order, to.version, place, self.now).unwrap();
        } else if self.enrolment.is_active() {
            self.enrolment.transfer_later(&order, to.version, self.now).unwrap();
        }
        self.onward = Some(Onward { rollout: order, version: to, mapping });
    }
}

const POOL: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

/// Versions of mails, tasks, waits and branches; a step has the same kind in every version that has it.
fn versions() -> impl Strategy<Value = Vec<SequenceVersion>> {
    let order = Just((0..POOL.len()).collect::<Vec<_>>()).prop_shuffle();
    prop::collection::vec((order, 1..=POOL.len()), 2..5).prop_map(|orders| {
        let steps = |order: Vec<usize>| -> Vec<Step> {
            let name = |at: usize| order.get(at).map(|step| id(POOL[*step]));
            let last = order.len() - 1;
            let kind = |at: usize, step: usize| match step {
                2 => StepKind::Task { task: StepTask::Generic, title: "Ask".to_owned(), body: String::new() },
                4 => StepKind::Wait {},
                5 if at < last => StepKind::Branch {
                    condition: Condition::Opened {},
                    yes: name(last).unwrap(),
                    no: name(at + 1).unwrap(),
                },
                5 => StepKind::End {},
                _ => mail(),
            };
            order.iter().enumerate().map(|(at, step_)| step(POOL[*step_], kind(at, *step_))).collect()
        };
        let cut = |(mut order, most): (Vec<usize>, usize)| {
            order.truncate(most);
            order
        };
        orders.into_iter().zip(1..).map(|(order, number)| version(number, steps(cut(order)))).collect()
    })
}

/// A rollout: after how many events, to which version, whether at once, and the mapping.
type Order = (usize, usize, bool, Vec<(usize, Option<usize>)>);

fn orders() -> impl Strategy<Value = Vec<Order>> {
    let mapped = prop::collection::vec((0..POOL.len(), prop::option::of(0..POOL.len())), 0..4);
    prop::collection::vec((0..6_usize, 0..8_usize, any::<bool>(), mapped), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// The property holds for any versions, however often an enrolment is moved to another and back.
    #[test]
    fn no_step_comes_twice_and_every_enrolment_ends(versions in versions(), orders in orders()) {
        let mut life = Life::new(versions);
        let mut nth = 0;
        for (after, to, now, mapped) in orders {
            for _ in 0..after {
                life.live();
            }
            nth += 1;
            let mapped = mapped.iter().map(|(from, to)| (POOL[*from], to.map(|to| POOL[to])));
            let people = if now { People::Now } else { People::NextStep };
            life.roll_out(nth, to, people, mapping(&mapped.collect::<Vec<_>>()));
        }
        let mut left = 200;
        while life.live() {
            left -= 1;
            prop_assert!(left > 0, "still at {:?} of {:?}", life.enrolment.step().clone(), life.version());
        }
        let mut once = life.done.clone();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), life.done.len(), "{:?}", &life.done);
    }
}

#[test]
fn step_that_was_sent_is_skipped_with_a_reason_and_the_next_keeps_its_delay() {
    let mut life = Life::new(vec![mails(1, &["a", "b", "c"]), mails(2, &["c", "a", "b", "d"])]);
    while life.done.len() < 2 {
        life.live();
    }
    let last = life.enrolment.anchor();
    life.roll_out(0, 1, People::Now, StepMapping::default());
    while life.live() {}
    assert_eq!(life.done, ["a", "b", "c", "d"].map(id));
    assert_eq!(life.passed_over, 2);
    assert_eq!(life.messages[2].accepted_at, Some(last + SignedDuration::from_hours(24)));
    assert_eq!(life.messages[3].accepted_at, Some(last + SignedDuration::from_hours(48)));
}
