//! Trigger rules whose jobs come from the table's stream, and the follow-up dates that they set.

use super::*;
use application::ingesting::rules::carry_out_rules_for;
use application::ingesting::timed_rules::judge_timed_rule;
use application::ports::due::{DueWork, Hint};
use application::ports::leads::{Activity, ActivityKind, RuleEffect};
use domain::campaign::trigger_rule::{Happened, OnlyIf, Trigger, TriggerAction, TriggerRule, TriggerRules};
use domain::lead::stage::StageId;
use domain::message::understanding::{Intent, ReplyKind, Understanding};
use domain::message::{Direction, Message};
use domain::time::days_off::DayOff;
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::{MessageId, RuleId, TaskId, UserId};
use jiff::Timestamp;

/// The stage's time is Friday, 20 November, 09:00; two working days later is Tuesday.
const TUESDAY: &str = "2026-11-24T09:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

struct Case {
    world: World,
    lead: LeadId,
    rule: RuleId,
}

impl Case {
    /// A lead, and a rule that sets a follow-up in two working days.
    async fn new(when: Trigger) -> Self {
        let world = World::new(0).await;
        let owner = UserId::derived(world.stage.clock.now(), &["owner"]);
        let owned = |lead: &mut Lead| lead.owner = Some(owner.clone());
        let lead = world.stage.lead(&world.workspace, "ann", owned).await.id;
        let now = world.stage.clock.now();
        let rule = TriggerRule {
            id: RuleId::derived(now, &["rule"]),
            name: "Ask again".to_owned(),
            when,
            only: OnlyIf::default(),
            actions: vec![TriggerAction::SetFollowUp { working_days: 2, note: "Ask for a time".to_owned() }],
            enabled: true,
            created_by: owner.clone(),
            created_at: now,
        };
        let case = Self { world, lead, rule: rule.id.clone() };
        case.keep(rule).await;
        case
    }

    async fn keep(&self, rule: TriggerRule) {
        let store = self.world.ports().rules();
        let known = store.get(&self.world.workspace).await.unwrap();
        let event = Event::system(EventKind::RuleCreated, self.world.stage.clock.now());
        store.save(&TriggerRules { rules: vec![rule], ..known }, &event).await.unwrap();
    }

    async fn lead(&self) -> Lead {
        self.world.ports().leads().get(&self.world.workspace, &self.lead).await.unwrap()
    }

    async fn change(&self, change: impl FnOnce(&mut Lead)) {
        let mut lead = self.lead().await;
        change(&mut lead);
        let event = Event::system(EventKind::LeadChanged, self.world.stage.clock.now());
        self.world.ports().leads().save(&lead, &event).await.unwrap();
    }

    /// The rule does this instead of setting a follow-up.
    async fn act(&self, actions: Vec<TriggerAction>) {
        let mut rule = self.world.ports().rules().get(&self.world.workspace).await.unwrap().rules.remove(0);
        rule.actions = actions;
        self.keep(rule).await;
    }

    async fn closes_call(&self, outcome: TaskOutcome, at: Timestamp) {
        let mut task = Task::about(&self.lead().await, self.task(), TaskKind::Call, "Call".to_owned(), at);
        task.close(outcome, at);
        self.world.ports().tasks().save(&task, &Event::system(EventKind::TaskDone, at)).await.unwrap();
    }

    async fn send(&self, job: CampaignJob) {
        send_all(&*self.world.ports().outbox(), &[job], 0).await.unwrap();
        self.world.run().await;
    }

    async fn happens(&self, happened: Happened) {
        let (workspace, lead) = (self.world.workspace.clone(), self.lead.clone());
        let at = self.world.stage.clock.now();
        self.send(CampaignJob::CarryOutRules { workspace, lead, happened, at }).await;
    }

    /// The time has come at which the rule looks what has happened since.
    async fn is_judged(&self, since: Timestamp) {
        let (workspace, lead, rule) = (self.world.workspace.clone(), self.lead.clone(), self.rule.clone());
        let at = self.world.stage.clock.now();
        self.send(CampaignJob::JudgeRule { workspace, lead, rule, since, at }).await;
    }

    /// What the rule did, by the lead's timeline.
    async fn effects(&self) -> Vec<RuleEffect> {
        let file = self.world.ports().leads().file(&self.world.workspace, &self.lead).await.unwrap();
        let told = file.activities.into_iter().filter_map(|activity| match activity.kind {
            ActivityKind::RuleCarriedOut { effects, .. } => Some(effects),
            _ => None,
        });
        told.flatten().collect()
    }

    fn task(&self) -> TaskId {
        TaskId::derived(&self.lead, &["call"])
    }

    fn message(&self) -> MessageId {
        MessageId::derived(&self.lead, &["in"])
    }
}

fn unreached() -> Trigger {
    Trigger::CallEnded { outcome: TaskOutcome::NoAnswer }
}

fn set(on: &str) -> RuleEffect {
    RuleEffect::FollowUpSet { at: at(on), note: "Ask for a time".to_owned() }
}

#[tokio::test]
async fn each_trigger_sets_one_date_that_names_its_rule() {
    for number in 0..3 {
        let when = match number {
            0 => unreached(),
            1 => Trigger::StageReached { stage: StageId::QUALIFIED },
            _ => Trigger::Answered { intent: Intent::NotNow },
        };
        let case = Case::new(when).await;
        let happened = |fits: bool| match number {
            0 => {
                let outcome = if fits { TaskOutcome::NoAnswer } else { TaskOutcome::Busy };
                Happened::CallEnded { task: case.task(), outcome }
            }
            1 => {
                let stage = if fits { StageId::QUALIFIED } else { StageId::REPLIED };
                Happened::StageReached { stage }
            }
            _ => {
                let intent = if fits { Intent::NotNow } else { Intent::Interested };
                Happened::Answered { message: case.message(), intent }
            }
        };
        case.happens(happened(false)).await;
        assert_eq!(case.lead().await.follow_up_at, None, "{when:?}");
        case.happens(happened(true)).await;
        let lead = case.lead().await;
        assert_eq!(lead.follow_up_at, Some(at(TUESDAY)), "{when:?}");
        let by = lead.follow_up_rule().unwrap();
        assert_eq!(
            (&by.rule, by.name.as_str(), by.note.as_str()),
            (&case.rule, "Ask again", "Ask for a time")
        );
        assert_eq!(case.effects().await, [set(TUESDAY)]);
    }
}

#[tokio::test]
async fn repeated_event_does_not_bring_back_a_date_that_a_user_removed() {
    let case = Case::new(unreached()).await;
    let call = || Happened::CallEnded { task: case.task(), outcome: TaskOutcome::NoAnswer };
    case.happens(call()).await;
    case.change(|lead| lead.follow_up_at = None).await;
    case.happens(call()).await;
    assert_eq!(case.lead().await.follow_up_at, None);
    assert_eq!(case.effects().await, [set(TUESDAY)]);
}

#[tokio::test]
async fn job_that_breaks_off_at_any_write_sets_one_date_when_it_is_repeated() {
    for nth in 0.. {
        let case = Case::new(unreached()).await;
        case.world.break_off_at_write(nth);
        let app = crate::App::new(case.world.ports());
        let happened = Happened::CallEnded { task: case.task(), outcome: TaskOutcome::NoAnswer };
        let now = case.world.stage.clock.now();
        let whose = (&case.world.workspace, &case.lead);
        let first = carry_out_rules_for(&app.rules, whose, happened.clone(), now).await;
        case.world.stage.cloud.faults().clear();
        case.world.stage.advance(SignedDuration::from_hours(24));
        carry_out_rules_for(&app.rules, whose, happened, now).await.unwrap();
        let lead = case.lead().await;
        assert_eq!(
            case.effects().await,
            [RuleEffect::FollowUpSet { at: lead.follow_up_at.unwrap(), note: "Ask for a time".to_owned() }]
        );
        if first.is_ok() {
            assert!(nth >= 3, "the hint, the date and the timeline are three writes, and {nth} were broken");
            return;
        }
    }
}

#[tokio::test]
async fn late_stop_ends_what_ran_when_the_call_ended_and_spares_what_began_since() {
    let case = Case::new(unreached()).await;
    case.act(vec![TriggerAction::Stop {}]).await;
    let (stage, workspace) = (&case.world.stage, &case.world.workspace);
    stage.advance(SignedDuration::from_hours(2));
    let sequence = stage.sequence(workspace, Channel::Email, &["Hello"]).await;
    let mut begun = Vec::new();
    for name in ["Before", "Since"] {
        let campaign = stage.campaign(name, &sequence, CampaignState::Active, |_| {}).await;
        stage.enrolment(&campaign, &sequence, &case.lead).await;
        begun.push(campaign.id);
        stage.advance(SignedDuration::from_hours(2));
    }
    let (workspace, lead) = (workspace.clone(), case.lead.clone());
    let happened = Happened::CallEnded { task: case.task(), outcome: TaskOutcome::NoAnswer };
    let at = stage.clock.now() - SignedDuration::from_hours(3);
    case.send(CampaignJob::CarryOutRules { workspace, lead, happened, at }).await;
    assert_eq!(case.lead().await.active.into_iter().collect::<Vec<_>>(), begun[1..]);
    assert_eq!(case.effects().await, [RuleEffect::Stopped]);
}

#[tokio::test]
async fn date_that_is_there_stays_whoever_set_it() {
    for known in ["2026-11-21T09:00:00Z", "2027-03-01T09:00:00Z", "2026-11-19T09:00:00Z"] {
        let case = Case::new(unreached()).await;
        case.change(|lead| lead.follow_up_at = Some(at(known))).await;
        case.happens(Happened::CallEnded { task: case.task(), outcome: TaskOutcome::NoAnswer }).await;
        let lead = case.lead().await;
        assert_eq!((lead.follow_up_at, lead.follow_up_rule()), (Some(at(known)), None));
        assert_eq!(case.effects().await, [RuleEffect::FollowUpKept { at: at(known) }]);
    }
}

#[tokio::test]
async fn lost_lead_and_one_not_to_be_contacted_get_no_date() {
    let lost: fn(&mut Lead) = |lead| lead.status = StageId::LOST;
    let closed: fn(&mut Lead) = |lead| lead.do_not_contact = true;
    for change in [lost, closed] {
        let case = Case::new(unreached()).await;
        case.change(change).await;
        case.happens(Happened::CallEnded { task: case.task(), outcome: TaskOutcome::NoAnswer }).await;
        assert_eq!(case.lead().await.follow_up_at, None);
        assert_eq!(case.effects().await, [RuleEffect::NoFollowUp]);
    }
}

#[tokio::test]
async fn days_off_of_the_workspace_are_no_working_days() {
    let case = Case::new(unreached()).await;
    let workspaces = case.world.ports().workspaces();
    let mut workspace = workspaces.get(&case.world.workspace).await.unwrap();
    workspace.days_off =
        vec![DayOff { date: "2026-11-23".parse().unwrap(), name: "Move".to_owned(), yearly: false }];
    let event = Event::system(EventKind::SettingsChanged, case.world.stage.clock.now());
    workspaces.save(&workspace, &event).await.unwrap();
    case.happens(Happened::CallEnded { task: case.task(), outcome: TaskOutcome::NoAnswer }).await;
    assert_eq!(case.lead().await.follow_up_at, Some(at("2026-11-25T09:00:00Z")));
}

#[tokio::test]
async fn date_of_a_rule_becomes_a_task_with_the_note_and_tells_the_owner_of_the_rule() {
    let case = Case::new(unreached()).await;
    case.happens(Happened::CallEnded { task: case.task(), outcome: TaskOutcome::NoAnswer }).await;
    let due = case.world.ports().due();
    case.world.stage.advance(SignedDuration::from_hours(24 * 4));
    let packs = due.due(case.world.stage.clock.now(), 10).await.unwrap();
    let hints: Vec<_> = packs.into_iter().flat_map(|pack| pack.hints).map(|hint| hint.at).collect();
    assert_eq!(hints, [at(TUESDAY)]);
    let (workspace, lead) = (case.world.workspace.clone(), case.lead.clone());
    case.send(CampaignJob::FollowUp { workspace, lead, at: at(TUESDAY) }).await;
    let page = PageRequest::first(10);
    let open = case.world.ports().tasks().open(&case.world.workspace, None, page).await.unwrap().items;
    assert_eq!((open.len(), open[0].title.as_str()), (1, "Ask for a time"));
    let owner = case.lead().await.owner.unwrap();
    let page = PageRequest::first(10);
    let told =
        case.world.ports().notifications().list(&case.world.workspace, &owner, page).await.unwrap().items;
    assert_eq!(told[0].detail, "Ask for a time. Set by rule: Ask again");
}

#[tokio::test]
async fn visits_of_one_day_without_a_reply_make_one_task_and_one_notification() {
    let case = Case::new(Trigger::PreviewUnanswered { working_days: 1 }).await;
    let actions =
        vec![TriggerAction::CreateTask { title: "Ask for a time".to_owned() }, TriggerAction::Notify {}];
    case.act(actions).await;
    let visits = [at("2026-11-20T10:00:00Z"), at("2026-11-20T11:00:00Z")];
    case.change(|lead| lead.engagement.recent_views = visits.to_vec()).await;
    let judged_at = case.world.stage.advance(SignedDuration::from_hours(24 * 3));
    for visit in visits {
        case.is_judged(visit).await;
    }
    assert_eq!(case.effects().await.len(), 2);
    let page = PageRequest::first(10);
    let open = case.world.ports().tasks().open(&case.world.workspace, None, page).await.unwrap().items;
    assert_eq!((open.len(), open[0].due_at), (1, judged_at), "it is due when the rule makes it");
    let owner = case.lead().await.owner.unwrap();
    let page = PageRequest::first(10);
    let told =
        case.world.ports().notifications().list(&case.world.workspace, &owner, page).await.unwrap().items;
    assert_eq!((told.len(), told[0].created_at), (1, judged_at));
}

#[tokio::test]
async fn lead_that_booked_talked_or_bought_after_its_visit_gets_no_date() {
    for (number, is_set) in [(0, true), (1, false), (2, false), (3, true), (4, false)] {
        for when in [Trigger::PreviewUnanswered { working_days: 1 }, Trigger::SequenceEnded {}] {
            let case = Case::new(when).await;
            let since = case.world.stage.clock.now();
            let then = case.world.stage.advance(SignedDuration::from_hours(1));
            let outcome = match number {
                2 => Some(TaskOutcome::Connected),
                3 => Some(TaskOutcome::NoAnswer),
                4 => Some(TaskOutcome::Booked),
                _ => None,
            };
            if number == 1 {
                case.change(|lead| lead.status = StageId::WON).await;
            }
            if let Some(outcome) = outcome {
                case.closes_call(outcome, then).await;
            }
            case.world.stage.advance(SignedDuration::from_hours(24 * 3));
            case.is_judged(since).await;
            assert_eq!(case.lead().await.follow_up_at.is_some(), is_set, "{when:?} {outcome:?}");
        }
    }
}

#[tokio::test]
async fn visit_without_a_reply_sets_a_date_and_further_visits_before_it_set_none() {
    let case = Case::new(Trigger::PreviewUnanswered { working_days: 1 }).await;
    let visits = [at("2026-11-20T10:00:00Z"), at("2026-11-20T11:00:00Z")];
    case.world.stage.advance(SignedDuration::from_hours(24 * 3));
    for visit in visits {
        case.is_judged(visit).await;
    }
    assert_eq!(case.effects().await, [set("2026-11-25T09:00:00Z")]);
    case.change(|lead| lead.follow_up_at = None).await;
    case.is_judged(visits[1]).await;
    assert_eq!(case.lead().await.follow_up_at, None, "the rule has set its date for this visit");
    // A visit after that begins anew.
    let again = case.world.stage.clock.now() + SignedDuration::from_hours(1);
    case.world.stage.advance(SignedDuration::from_hours(24));
    case.is_judged(again).await;
    assert_eq!(case.lead().await.follow_up_at, Some(at("2026-11-26T09:00:00Z")));
}

#[tokio::test]
async fn lead_that_replied_after_its_visit_gets_no_date() {
    for (minutes, kind, is_set) in
        [(30, ReplyKind::Person, false), (-30, ReplyKind::Person, true), (30, ReplyKind::OutOfOffice, true)]
    {
        let case = Case::new(Trigger::PreviewUnanswered { working_days: 1 }).await;
        let viewed_at = case.world.stage.clock.now() + SignedDuration::from_hours(1);
        let came = viewed_at + SignedDuration::from_mins(minutes);
        let workspace = case.world.workspace.clone();
        let reply = Message {
            understood: Some(Understanding::by_rule(kind, "no_sign", "Hello")),
            ..Message::blank(case.message(), workspace, Direction::In, Channel::Email, came)
        };
        let event = Event::system(EventKind::LeadReplied, came);
        case.world.ports().messages().create(&reply, &event).await.unwrap();
        case.world.stage.advance(SignedDuration::from_hours(24 * 3));
        case.is_judged(viewed_at).await;
        assert_eq!(case.lead().await.follow_up_at.is_some(), is_set, "{kind:?} after {minutes} minutes");
    }
}

#[tokio::test]
async fn rule_that_was_switched_off_meanwhile_sets_no_date() {
    let case = Case::new(Trigger::PreviewUnanswered { working_days: 1 }).await;
    let mut rule = case.world.ports().rules().get(&case.world.workspace).await.unwrap().rules.remove(0);
    rule.enabled = false;
    case.keep(rule).await;
    let viewed_at = case.world.stage.clock.now();
    case.world.stage.advance(SignedDuration::from_hours(24 * 3));
    case.is_judged(viewed_at).await;
    assert_eq!((case.lead().await.follow_up_at, case.effects().await), (None, Vec::new()));
}

#[tokio::test]
async fn quiet_lead_gets_one_date_and_another_after_the_next_quiet_time() {
    let case = Case::new(Trigger::NoActivity { days: 14 }).await;
    let begin = case.lead().await.updated_at;
    case.world.stage.advance(SignedDuration::from_hours(24 * 14 - 1));
    case.is_judged(begin).await;
    assert_eq!(case.lead().await.follow_up_at, None, "an hour is missing");
    // Friday, 4 December.
    case.world.stage.advance(SignedDuration::from_hours(1));
    for _ in 0..2 {
        case.is_judged(begin).await;
        assert_eq!(case.lead().await.follow_up_at, Some(at("2026-12-08T09:00:00Z")));
    }
    case.world.stage.advance(SignedDuration::from_hours(24 * 20));
    case.is_judged(begin).await;
    assert_eq!(case.effects().await.len(), 1, "the date is still there");
    let now = case.world.stage.clock.now();
    case.change(|lead| (lead.follow_up_at, lead.updated_at) = (None, now)).await;
    case.is_judged(begin).await;
    assert_eq!(case.lead().await.follow_up_at, None, "the follow-up was done just now");
    case.world.stage.advance(SignedDuration::from_hours(24 * 14));
    case.is_judged(now).await;
    assert_eq!((case.lead().await.follow_up_at.is_some(), case.effects().await.len()), (true, 2));
}

#[tokio::test]
async fn job_about_a_quiet_lead_that_breaks_off_at_any_write_tells_and_sets_a_date_when_it_is_repeated() {
    for nth in 0.. {
        let case = Case::new(Trigger::NoActivity { days: 14 }).await;
        let date = TriggerAction::SetFollowUp { working_days: 2, note: String::new() };
        case.act(vec![date, TriggerAction::Notify {}]).await;
        let (owner, begin) = (case.lead().await.owner.unwrap(), case.lead().await.updated_at);
        case.world.stage.advance(SignedDuration::from_hours(24 * 14));
        let app = crate::App::new(case.world.ports());
        let due = (begin, case.world.stage.clock.now());
        let judge = async || {
            let whose = (&case.world.workspace, &case.lead);
            judge_timed_rule(&app.rules, whose, case.rule.clone(), due).await
        };
        case.world.break_off_at_write(nth);
        let first = judge().await;
        case.world.stage.cloud.faults().clear();
        judge().await.unwrap();
        let first_page = PageRequest { limit: 10, cursor: None };
        let told = case.world.ports().notifications().list(&case.world.workspace, &owner, first_page).await;
        assert_eq!((case.lead().await.follow_up_at.is_some(), told.unwrap().items.len()), (true, 1), "{nth}");
        if first.is_ok() {
            assert!(nth >= 4, "notification, hint, date and timeline are four writes, and {nth} were broken");
            return;
        }
    }
}

#[tokio::test]
async fn lead_on_which_something_happened_or_is_planned_is_not_quiet() {
    let closed: fn(&mut Lead) = |lead| lead.status = StageId::WON;
    let active: fn(&mut Lead) = |lead| lead.active = [CampaignId::derived(lead.created_at, &["c"])].into();
    let none: fn(&mut Lead) = |_| {};
    for (change, message, call, is_quiet) in [
        (none, false, None, true),
        (closed, false, None, false),
        (active, false, None, false),
        (none, true, None, false),
        (none, false, Some(TaskOutcome::NoAnswer), false),
        (none, false, Some(TaskOutcome::Cancelled), true),
    ] {
        let case = Case::new(Trigger::NoActivity { days: 14 }).await;
        case.change(change).await;
        let begin = case.lead().await.updated_at;
        case.world.stage.advance(SignedDuration::from_hours(24 * 10));
        let now = case.world.stage.clock.now();
        if message {
            let workspace = case.world.workspace.clone();
            let out = Message::blank(case.message(), workspace, Direction::Out, Channel::Email, now);
            let event = Event::system(EventKind::MessageAccepted, now);
            let out = Message { accepted_at: Some(now), ..out };
            case.world.ports().messages().create(&out, &event).await.unwrap();
        }
        if let Some(outcome) = call {
            case.closes_call(outcome, now).await;
        }
        case.world.stage.advance(SignedDuration::from_hours(24 * 10));
        case.is_judged(begin).await;
        assert_eq!(case.lead().await.follow_up_at.is_some(), is_quiet, "{message} {call:?}");
    }
}

#[tokio::test]
async fn note_and_a_task_from_before_the_rule_are_activity_after_which_it_looks_again() {
    for is_note in [true, false] {
        let case = Case::new(Trigger::NoActivity { days: 14 }).await;
        let begin = case.lead().await.updated_at;
        let done_at = case.world.stage.advance(SignedDuration::from_hours(24 * 10));
        let (ports, workspace) = (case.world.ports(), case.world.workspace.clone());
        if is_note {
            let kind = ActivityKind::Note { text: "Met her at the fair".to_owned() };
            let actor = case.lead().await.owner.map(Into::into);
            let note = Activity { id: "note".to_owned(), at: done_at, kind, actor };
            ports.leads().put_activity(&workspace, &case.lead, &note).await.unwrap();
        } else {
            case.closes_call(TaskOutcome::NoAnswer, done_at).await;
            let mut rule = ports.rules().get(&workspace).await.unwrap().rules.remove(0);
            rule.created_at = done_at + SignedDuration::from_hours(1);
            case.keep(rule).await;
        }
        case.world.stage.advance(SignedDuration::from_hours(24 * 4));
        case.is_judged(begin).await;
        assert_eq!(case.lead().await.follow_up_at, None);
        let next = case.world.stage.advance(SignedDuration::from_hours(24 * 10));
        let (lead, rule) = (case.lead.clone(), case.rule.clone());
        let what = DueWork::JudgeRule { workspace, lead, rule, since: done_at };
        let packs = ports.due().due(next, 10).await.unwrap();
        let hints: Vec<_> = packs.into_iter().flat_map(|pack| pack.hints).collect();
        assert_eq!(hints, [Hint { at: next, what }]);
        case.is_judged(done_at).await;
        assert!(case.lead().await.follow_up_at.is_some());
    }
}

#[tokio::test]
async fn lead_that_went_quiet_before_the_rule_was_made_gets_no_date() {
    let case = Case::new(Trigger::NoActivity { days: 14 }).await;
    let begin = case.lead().await.updated_at;
    case.world.stage.advance(SignedDuration::from_hours(24 * 15));
    let mut rule = case.world.ports().rules().get(&case.world.workspace).await.unwrap().rules.remove(0);
    rule.created_at = case.world.stage.clock.now();
    case.keep(rule).await;
    case.is_judged(begin).await;
    assert_eq!(case.lead().await.follow_up_at, None);
}
