use super::*;
use crate::enrolment::EnrolmentState;
use crate::enrolment::key::EnrolmentKey;
use crate::ids::{CampaignId, LeadId, MessageId, SequenceId, StepId, WorkspaceId};
use crate::message::Direction;
use crate::sequence::Step;
use crate::sequence::step_kind::StepKind;
use crate::time::delay::Delay;
use crate::time::weekly_hours::SendingWindow;
use jiff::Timestamp;

fn id(name: &str) -> StepId {
    StepId::derived(Timestamp::UNIX_EPOCH, &[name])
}

fn kind(channel: Channel) -> StepKind {
    let (body, variants) = ("Hello".to_owned(), Vec::new());
    match channel {
        Channel::Email => StepKind::Email { subject: String::new(), body, template: None, variants },
        Channel::Sms => StepKind::Sms { body, template: None, variants },
        Channel::Whatsapp => StepKind::Whatsapp {
            template_name: "hello".to_owned(),
            language: "en".to_owned(),
            body,
            free_text: String::new(),
            variants,
        },
    }
}

/// Steps: a mail, a text, a chat, and each once more.
fn version() -> SequenceVersion {
    let step = |number: usize| Step {
        id: id(&number.to_string()),
        delay: Delay::NONE,
        not_before: None,
        not_after: None,
        kind: kind([Channel::Email, Channel::Sms, Channel::Whatsapp][number % 3]),
    };
    SequenceVersion {
        sequence: SequenceId::derived(Timestamp::UNIX_EPOCH, &["s"]),
        version: 1,
        steps: (0..6).map(step).collect(),
        window: SendingWindow::default(),
    }
}

fn enrolment(version: &SequenceVersion) -> Enrolment {
    let at = Timestamp::UNIX_EPOCH;
    let key = EnrolmentKey {
        workspace: WorkspaceId::derived(at, &["w"]),
        lead: LeadId::derived(at, &["l"]),
        campaign: CampaignId::derived(at, &["c"]),
    };
    Enrolment::begin(key, version, EnrolmentState::Scheduled, None, at)
}

/// Whether each step sends the lead's first message, if they get those that `arrives` names.
fn openings(arrives: &[usize]) -> Vec<bool> {
    let version = version();
    let mut enrolment = enrolment(&version);
    let mut openings = Vec::new();
    for number in 0..version.steps.len() {
        enrolment.step = Some(id(&number.to_string()));
        let touch = enrolment.touch(&version).unwrap();
        openings.push(touch.opening);
        if arrives.contains(&number) {
            let (at, whose) = (Timestamp::UNIX_EPOCH, enrolment.key.workspace.clone());
            let message = MessageId::derived(&enrolment.key.lead, &[&number.to_string()]);
            enrolment.note_accepted_message(&Message::blank(
                message,
                whose,
                Direction::Out,
                touch.channel,
                at,
            ));
        }
    }
    openings
}

#[test]
fn message_is_first_if_nothing_went_out_before_wherever_its_step_stands() {
    assert_eq!(openings(&[0, 1, 2, 3, 4, 5]), [true, false, true, false, false, false]);
    assert_eq!(openings(&[1, 2, 3]), [true, true, true, false, false, false], "the mail was left out");
    assert_eq!(openings(&[]), [true; 6]);
}

#[test]
fn whatsapp_message_is_first_if_none_went_out_there_before() {
    assert_eq!(openings(&[0, 1, 5]), [true, false, true, false, false, true]);
}
