//! An out-of-office reply: whatever the enrolment waits for, nothing is sent before the lead is back.

use crate::App;
use crate::tests::relayed_mail;
use application::ingesting::ingest;
use application::{Clock, Ports};
use domain::TaskId;
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::EventKind;
use domain::lead::Lead;
use test_stage::Stage;

const NOTE: &str = "From: ann@one.example\r\nTo: joe@northquay.example\r\nSubject: Automatic reply: out of office\r\n\
    Auto-Submitted: auto-replied\r\nMessage-ID: <away-1@one.example>\r\n\r\n\
    I am out of the office until 2026-12-01.\r\n";

/// Returns the enrolment, changed like this first, and the lead after the out-of-office reply.
async fn told_that_ann_is_away(change: impl FnOnce(&mut Enrolment)) -> (Enrolment, Lead) {
    told(change, &[NOTE]).await
}

async fn told(change: impl FnOnce(&mut Enrolment), letters: &[&str]) -> (Enrolment, Lead) {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let account = stage.inbound_mail(&workspace).await;
    let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
    let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
    let lead = stage.lead(&workspace, "ann", |_| {}).await;
    let mut enrolment = stage.enrolment(&campaign, &sequence, &lead.id).await;
    change(&mut enrolment);
    let enrolments = stage.ports.enrolments();
    let event = domain::event::Event::system(EventKind::LeadChanged, stage.clock.now());
    enrolments.save(&enrolment, &event).await.unwrap();
    for (number, letter) in letters.iter().enumerate() {
        let id = format!("away-{number}");
        let note = relayed_mail(&stage, (&workspace, &account), &id, "ann@one.example", letter);
        ingest(&App::new(&stage.ports).ports, &note).await.unwrap();
    }
    let lead = stage.ports.leads().get(&workspace, &lead.id).await.unwrap();
    (enrolments.get(enrolment.key()).await.unwrap(), lead)
}

fn is_held_until_december(enrolment: &Enrolment) -> bool {
    let EnrolmentState::Held { reason: HoldReason::OutOfOffice, until: Some(until) } = enrolment.state()
    else {
        return false;
    };
    until.to_string().starts_with("2026-12-0")
}

#[tokio::test]
async fn out_of_office_holds_the_next_step() {
    let (held, _) = told_that_ann_is_away(|_| {}).await;
    assert!(is_held_until_december(&held), "{held:?}");
}

/// The reply may come seconds after the mail, whose sender has not recorded it yet, or before the campaign is
/// launched.
#[tokio::test]
async fn out_of_office_is_kept_on_the_lead_of_a_claimed_or_pending_enrolment() {
    let expires = "2099-01-01T00:00:00Z".parse().unwrap();
    let claimed = EnrolmentState::Claimed { token: domain::enrolment::ClaimToken::new(1, "mine"), expires };
    for state in [claimed, EnrolmentState::Pending] {
        let change = |enrolment: &mut Enrolment| enrolment.rebuild_with(|it| it.state = state.clone());
        let (enrolment, lead) = told_that_ann_is_away(change).await;
        assert_eq!(*enrolment.state(), state);
        assert_eq!(lead.away.unwrap().returns_on, "2026-12-01".parse().ok());
    }
}

#[tokio::test]
async fn second_out_of_office_without_a_date_keeps_the_first_date() {
    let second = NOTE.replace(" until 2026-12-01", "").replace("away-1", "away-2");
    let (held, lead) = told(|_| {}, &[NOTE, &second]).await;
    assert!(is_held_until_december(&held), "{held:?}");
    assert_eq!(lead.away.unwrap().returns_on, "2026-12-01".parse().ok());
}

#[tokio::test]
async fn reply_ends_out_of_office() {
    let answer = "From: ann@one.example\r\nTo: joe@northquay.example\r\nSubject: Re: first\r\n\
        Message-ID: <here-1@one.example>\r\n\r\nYes, let us talk on Monday.\r\n";
    let (enrolment, lead) = told(|_| {}, &[NOTE, answer]).await;
    assert!(!enrolment.is_active());
    assert_eq!(lead.away, None);
}

#[tokio::test]
async fn out_of_office_holds_the_step_after_an_open_task() {
    let (held, _) = told_that_ann_is_away(|enrolment| {
        let step = enrolment.step().clone().unwrap();
        let task = TaskId::for_step(&enrolment.key().lead, &enrolment.key().campaign, &step);
        enrolment.wait_for(task).unwrap();
    })
    .await;
    assert!(is_held_until_december(&held), "{held:?}");
    assert!(held.task().is_some(), "the task stays open");
}
