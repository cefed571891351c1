//! A lead replies: their colleagues are held, if the workspace has set that.

use crate::App;
use crate::tests::relayed_mail;
use application::ingesting::ingest;
use application::ports::due::DueWork;
use application::{Clock, Ports};
use domain::LeadId;
use domain::event::{Event, EventKind};
use domain::lead::company_hold::CompanyHold;
use jiff::SignedDuration;
use test_stage::Stage;

const ANSWER: &str = "From: ann@one.example\r\nTo: joe@northquay.example\r\nSubject: Re: Hello\r\n\
    Message-ID: <answer-1@one.example>\r\n\r\nThat sounds good, call me tomorrow.\r\n";

/// Takes in this mail; returns the lead, the hold of their company, and the due work.
async fn answered(days: u8, mail: &str) -> (Stage, LeadId, Option<CompanyHold>, Vec<DueWork>) {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let workspaces = stage.ports.workspaces();
    let mut tenant = workspaces.get(&workspace).await.unwrap();
    tenant.company_hold_days = days;
    workspaces.save(&tenant, &Event::system(EventKind::SettingsChanged, stage.clock.now())).await.unwrap();
    let account = stage.inbound_mail(&workspace).await;
    let ann = stage.lead(&workspace, "ann", |_| {}).await;
    let event = relayed_mail(&stage, (&workspace, &account), "answer-1", "ann@one.example", mail);
    for _ in 0..2 {
        ingest(&App::new(&stage.ports).ports, &event).await.unwrap();
    }
    let company = ann.company_domain().unwrap();
    let held = stage.ports.companies().find(&workspace, &[company]).await.unwrap().pop();
    let due = stage.ports.due().due(stage.clock.now(), 9).await.unwrap();
    let due = due.into_iter().flat_map(|pack| pack.hints).map(|hint| hint.what).collect();
    (stage, ann.id, held, due)
}

#[tokio::test]
async fn reply_holds_the_company_and_leaves_a_job_for_its_leads() {
    let (stage, ann, held, due) = answered(5, ANSWER).await;
    let held = held.unwrap();
    assert_eq!((held.lead, held.company.as_str()), (ann.clone(), "one.example"));
    assert_eq!(held.until.duration_since(held.since), SignedDuration::from_hours(5 * 24));
    assert!(held.since <= stage.clock.now());
    let job = DueWork::HoldCompany { workspace: held.workspace, lead: ann };
    assert!(due.contains(&job), "{due:?}");
}

#[tokio::test]
async fn company_is_not_held_without_the_setting_or_by_an_automatic_reply() {
    let (_, _, held, due) = answered(0, ANSWER).await;
    assert_eq!((held, due), (None, Vec::new()));
    let away = ANSWER.replace("\r\n\r\n", "\r\nAuto-Submitted: auto-replied\r\n\r\n");
    let (_, _, held, _) = answered(5, &away).await;
    assert_eq!(held, None);
}
