use super::*;
use crate::ids::{LeadId, derived_ulid};

const AT: Timestamp = Timestamp::UNIX_EPOCH;

fn rule(when: Trigger) -> TriggerRule {
    let id = derived_ulid(Timestamp::UNIX_EPOCH, &["x"]);
    TriggerRule {
        id: RuleId::new(id),
        name: "Call them".to_owned(),
        when,
        only: OnlyIf::default(),
        actions: vec![TriggerAction::Notify {}],
        enabled: true,
        created_by: UserId::new(id),
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn lead() -> Lead {
    let id = derived_ulid(Timestamp::UNIX_EPOCH, &["x"]);
    Lead::blank(LeadId::new(id), WorkspaceId::new(id), Timestamp::UNIX_EPOCH)
}

#[test]
fn rule_answers_its_own_event_with_an_occasion_for_each() {
    let (lead, since) = (lead(), Timestamp::UNIX_EPOCH);
    let message = MessageId::derived(&lead.id, &["in"]);
    let hot = rule(Trigger::TurnedHot {});
    assert_eq!(hot.occasion(&Happened::TurnedHot { since }, &lead, AT).unwrap(), "hot-1970-01-01T00:00:00Z");
    assert_eq!(hot.occasion(&Happened::AnsweredPositively { message: message.clone() }, &lead, AT), None);
    let answered = rule(Trigger::AnsweredPositively {});
    let occasion = answered.occasion(&Happened::AnsweredPositively { message: message.clone() }, &lead, AT);
    assert_eq!(occasion.unwrap(), message.as_str());
    assert_eq!(answered.occasion(&Happened::Did { deed: Deed::Opened, nth: 1 }, &lead, AT), None);
}

#[test]
fn rule_on_a_count_fires_once_and_for_its_own_behaviour_only() {
    let third = rule(Trigger::Did { what: Deed::Clicked, times: 3 });
    for (nth, expected) in [(2, None), (3, Some("clicked-3".to_owned())), (4, None)] {
        assert_eq!(third.occasion(&Happened::Did { deed: Deed::Clicked, nth }, &lead(), AT), expected);
        assert_eq!(third.occasion(&Happened::Did { deed: Deed::Opened, nth }, &lead(), AT), None);
    }
    for (deed, word) in [
        (Deed::Opened, "opened-1"),
        (Deed::PageViewed, "page_viewed-1"),
        (Deed::CallToAction, "call_to_action-1"),
    ] {
        let first = rule(Trigger::Did { what: deed, times: 1 });
        assert_eq!(first.occasion(&Happened::Did { deed, nth: 1 }, &lead(), AT).unwrap(), word);
    }
}

#[test]
fn rule_ignores_leads_that_miss_a_condition_and_does_nothing_when_off() {
    let mut rule = rule(Trigger::TurnedHot {});
    let happened = Happened::TurnedHot { since: Timestamp::UNIX_EPOCH };
    rule.only = OnlyIf {
        status: vec![StageId::NEW, StageId::CONTACTED],
        country: vec![Country::parse("DE").unwrap()],
        tag: vec!["vip".to_owned()],
    };
    let mut lead = lead();
    assert_eq!(rule.occasion(&happened, &lead, AT), None);
    lead.tags.insert("vip".to_owned());
    assert_eq!(rule.occasion(&happened, &lead, AT), None);
    lead.country = Country::parse("DE");
    assert!(rule.occasion(&happened, &lead, AT).is_some());
    lead.status = StageId::LOST;
    assert_eq!(rule.occasion(&happened, &lead, AT), None);
    lead.status = StageId::CONTACTED;
    rule.created_at = AT + jiff::SignedDuration::from_secs(1);
    assert_eq!(rule.occasion(&happened, &lead, AT), None, "it was made later");
    rule.created_at = AT;
    assert!(rule.occasion(&happened, &lead, AT).is_some());
    rule.enabled = false;
    assert_eq!(rule.occasion(&happened, &lead, AT), None);
}

#[test]
fn rule_on_calls_stages_answers_and_sequences_has_an_occasion_for_each() {
    let lead = lead();
    let task = TaskId::derived(&lead.id, &["call"]);
    let message = MessageId::derived(&lead.id, &["in"]);
    let id = derived_ulid(AT, &["x"]);
    let all = [
        (
            Trigger::CallEnded { outcome: TaskOutcome::NoAnswer },
            Happened::CallEnded { task: task.clone(), outcome: TaskOutcome::NoAnswer },
            format!("{task}-no_answer"),
        ),
        (
            Trigger::StageReached { stage: StageId::QUALIFIED },
            Happened::StageReached { stage: StageId::QUALIFIED },
            "stage-qualified-1970-01-01T00:00:00Z".to_owned(),
        ),
        (
            Trigger::Answered { intent: Intent::NotNow },
            Happened::Answered { message: message.clone(), intent: Intent::NotNow },
            format!("{message}-not_now"),
        ),
        (
            Trigger::SequenceEnded {},
            Happened::SequenceEnded { rule: RuleId::new(id) },
            "ended-1970-01-01T00:00:00Z".to_owned(),
        ),
        (
            Trigger::PreviewUnanswered { working_days: 2 },
            Happened::PreviewUnanswered { rule: RuleId::new(id) },
            "unanswered-1970-01-01T00:00:00Z".to_owned(),
        ),
        (
            Trigger::NoActivity { days: 14 },
            Happened::NoActivity { rule: RuleId::new(id) },
            "quiet-1970-01-01T00:00:00Z".to_owned(),
        ),
    ];
    for (when, own, key) in &all {
        let rules = TriggerRules { rules: vec![rule(*when)], ..TriggerRules::none(WorkspaceId::new(id)) };
        for (_, happened, _) in &all {
            let expected = (happened == own).then(|| key.clone());
            assert_eq!(rules.rules[0].occasion(happened, &lead, AT), expected, "{when:?} {happened:?}");
            assert_eq!(rules.wait_for(happened, AT), happened == own);
        }
    }
    let others = [
        (all[0].0, Happened::CallEnded { task, outcome: TaskOutcome::Busy }),
        (all[1].0, Happened::StageReached { stage: StageId::REPLIED }),
        (all[2].0, Happened::Answered { message, intent: Intent::Interested }),
        (all[3].0, Happened::SequenceEnded { rule: RuleId::new(derived_ulid(AT, &["other"])) }),
        (all[4].0, Happened::PreviewUnanswered { rule: RuleId::new(derived_ulid(AT, &["other"])) }),
        (all[5].0, Happened::NoActivity { rule: RuleId::new(derived_ulid(AT, &["other"])) }),
    ];
    for (when, other) in others {
        assert_eq!(rule(when).occasion(&other, &lead, AT), None, "{when:?} {other:?}");
    }
}

#[test]
fn faults_of_a_follow_up_and_of_its_trigger_name_their_field() {
    let fields = |when, working_days, letters| {
        let mut rule = rule(when);
        rule.actions = vec![TriggerAction::SetFollowUp { working_days, note: "a".repeat(letters) }];
        rule.faults().into_iter().map(|(field, _)| field).collect::<Vec<_>>()
    };
    let unanswered = |working_days| Trigger::PreviewUnanswered { working_days };
    assert!(fields(unanswered(1), 1, 0).is_empty() && fields(unanswered(30), 60, 200).is_empty());
    let action = ["actions[0].working_days", "actions[0].note"];
    assert_eq!(fields(Trigger::SequenceEnded {}, 0, 201), action);
    assert_eq!(fields(Trigger::SequenceEnded {}, 61, 0), action[..1]);
    assert_eq!(fields(unanswered(0), 1, 0), ["when.working_days"]);
    assert_eq!(fields(unanswered(31), 1, 0), ["when.working_days"]);
    for (days, faults) in [(0, &["when.days"][..]), (1, &[]), (365, &[]), (366, &["when.days"])] {
        assert_eq!(fields(Trigger::NoActivity { days }, 1, 0), faults);
    }
    assert_eq!(fields(Trigger::CallEnded { outcome: TaskOutcome::Cancelled }, 1, 0), ["when.outcome"]);
}

#[test]
fn rule_about_quiet_leads_stops_nothing() {
    let mut quiet = rule(Trigger::NoActivity { days: 14 });
    quiet.actions = vec![TriggerAction::Notify {}, TriggerAction::Stop {}];
    assert_eq!(quiet.faults()[0].0, "actions[1]");
    quiet.when = Trigger::SequenceEnded {};
    assert_eq!(quiet.faults(), []);
}

#[test]
fn faults_of_a_rule_name_their_field() {
    let mut bad = rule(Trigger::Did { what: Deed::Opened, times: 0 });
    bad.only.tag = vec!["a".to_owned(); 21];
    let task = |title: &str| TriggerAction::CreateTask { title: title.to_owned() };
    bad.actions = vec![task(" "), TriggerAction::Stop {}, task(&"a".repeat(201))];
    let fields: Vec<String> = bad.faults().into_iter().map(|(field, _)| field).collect();
    let expected = ["when.times", "only", "actions[0].title", "actions[2]", "actions[2].title"];
    assert_eq!(fields, expected);
    bad.actions.clear();
    assert_eq!(bad.faults()[2].0, "actions");
    assert_eq!(rule(Trigger::Did { what: Deed::Opened, times: 100 }).faults(), []);
    assert_eq!(rule(Trigger::Did { what: Deed::Opened, times: 101 }).faults().len(), 1);
}
