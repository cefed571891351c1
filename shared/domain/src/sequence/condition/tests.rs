use super::*;
use crate::enrolment::Enrolment;
use crate::enrolment::EnrolmentState;
use crate::ids::{CampaignId, LeadId, SequenceId, WorkspaceId};
use crate::message::Direction;
use crate::message::Message;
use crate::message::MessageState;
use crate::planning::skip_reason::SkipReason;
use crate::sequence::SequenceVersion;
use crate::time::weekly_hours::SendingWindow;
use jiff::SignedDuration;

fn lead() -> Lead {
    let at = Timestamp::UNIX_EPOCH;
    let mut lead = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
    lead.company = Some("Northquay ".to_owned());
    lead.custom.insert("Deal Tier".to_owned(), "Gold".to_owned());
    lead
}

fn holds(condition: &Condition, seen: &Behaviour) -> bool {
    condition.holds(&lead(), seen, Timestamp::UNIX_EPOCH).0
}

#[test]
fn fields_are_compared_without_case_and_surrounding_spaces() {
    let none = Behaviour::default();
    let equals =
        |field: &str, value: &str| Condition::FieldEquals { field: field.into(), value: value.into() };
    assert!(holds(&equals("company", " northquay"), &none));
    assert!(holds(&equals("custom.deal_tier", "gold"), &none));
    assert!(!holds(&equals("city", "London"), &none));
    assert!(!holds(&Condition::FieldPresent { field: "city".into() }, &none));
    assert!(holds(&Condition::FieldPresent { field: "company".into() }, &none));
}

#[test]
fn condition_depends_on_the_leads_behaviour() {
    let (none, all) = (
        Behaviour::default(),
        Behaviour { replied_ever: true, opened: true, clicked: true, ..Behaviour::default() },
    );
    for condition in [Condition::Opened {}, Condition::Clicked {}, Condition::Replied {}] {
        assert_eq!((holds(&condition, &none), holds(&condition, &all)), (false, true), "{condition:?}");
    }
    assert!(holds(&Condition::NotReplied {}, &none) && !holds(&Condition::NotReplied {}, &all));
    assert!(holds(&Condition::ScoreAtLeast { score: 0 }, &none));
    assert!(!holds(&Condition::ScoreAtLeast { score: 100 }, &none));
    assert!(!holds(&Condition::TemperatureAtLeast { temperature: Temperature::Hot }, &none));
}

#[test]
fn goal_is_a_stage_reached_or_passed() {
    let stage = |stage| Goal::Stage { stage };
    let at = |status, goal: Goal| goal.reached(&Lead { status, ..lead() }, &Behaviour::default());
    assert!(at(StageId::WON, stage(StageId::QUALIFIED)));
    assert!(at(StageId::QUALIFIED, stage(StageId::QUALIFIED)));
    assert!(!at(StageId::REPLIED, stage(StageId::QUALIFIED)));
    assert!(!at(StageId::LOST, stage(StageId::QUALIFIED)));
    assert!(at(StageId::LOST, stage(StageId::LOST)));
    assert!(at(StageId::WON, Goal::Paid {}) && !at(StageId::REPLIED, Goal::Paid {}));
    assert!(Goal::Booked {}.reached(&lead(), &Behaviour { booked: true, ..Behaviour::default() }));
}

fn enrolment_in(campaign: &CampaignId, at: Timestamp) -> Enrolment {
    let key = crate::enrolment::key::EnrolmentKey {
        workspace: lead().workspace,
        lead: lead().id,
        campaign: campaign.clone(),
    };
    let version = SequenceVersion {
        sequence: SequenceId::derived(at, &["s"]),
        version: 1,
        steps: vec![],
        window: SendingWindow::default(),
    };
    Enrolment::begin(key, &version, EnrolmentState::Scheduled, None, at)
}

#[test]
fn only_people_and_only_this_campaign_count() {
    let at = Timestamp::UNIX_EPOCH;
    let campaign = CampaignId::derived(at, &["c"]);
    let enrolment = enrolment_in(&campaign, at);
    let id = crate::ids::MessageId::derived(&lead().id, &["m"]);
    let mut sent = Message {
        state: crate::message::MessageState::Delivered,
        campaign: Some(campaign),
        machine_events: 3,
        ..Message::blank(id, lead().workspace, Direction::Out, crate::contact::channel::Channel::Email, at)
    };
    assert_eq!(Behaviour::of(&enrolment, std::slice::from_ref(&sent), &[]), Behaviour::default());
    sent.first_opened_at = Some(at);
    assert!(Behaviour::of(&enrolment, std::slice::from_ref(&sent), &[]).opened);
    sent.campaign = Some(CampaignId::derived(at, &["another"]));
    assert!(!Behaviour::of(&enrolment, std::slice::from_ref(&sent), &[]).opened);
}

#[test]
fn skipped_step_tells_sent_from_refused_messages() {
    let at: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    let began = at + SignedDuration::from_hours(48);
    let (campaign, step) = (CampaignId::derived(at, &["c"]), crate::ids::StepId::derived(at, &["step"]));
    let mut enrolment = enrolment_in(&campaign, at);
    enrolment.advance(began, Some(step.clone()), None);
    let id = crate::ids::MessageId::for_step(&lead().id, &campaign, &step);
    let blank =
        Message::blank(id, lead().workspace, Direction::Out, crate::contact::channel::Channel::Email, at);
    let had = |change: fn(&mut Message)| {
        let mut message = blank.clone();
        change(&mut message);
        Behaviour::of(&enrolment, &[message], &[]).had_before
    };
    let refused = |message: &mut Message| {
        message.refuse(crate::message::Failure {
            class: crate::message::failure_class::FailureClass::BlockedPolicy,
            code: None,
            detail: String::new(),
        })
    };
    assert_eq!(had(|message| message.state = MessageState::Queued), None);
    assert_eq!(had(|message| message.state = MessageState::Uncertain), Some(SkipReason::AlreadySent));
    assert_eq!(had(refused), Some(SkipReason::RefusedBefore));
    // A message that may have gone out before the refusal counts as sent.
    assert_eq!(
        had(|message| {
            message.given_up = true;
            message.refuse(crate::message::Failure {
                class: crate::message::failure_class::FailureClass::BlockedPolicy,
                code: None,
                detail: String::new(),
            });
        }),
        Some(SkipReason::AlreadySent)
    );
    assert_eq!(
        had(|message| {
            message.raise_state(MessageState::Failed, message.created_at);
        }),
        Some(SkipReason::AlreadySent)
    );
}
