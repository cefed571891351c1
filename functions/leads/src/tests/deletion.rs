//! A deletion that breaks off.

use super::{ana, id, suite};
use application::Clock;
use application::Ports;
use application::StoreError;
use application::due::DueWork;
use domain::LeadId;
use domain::event::Event;
use domain::user::Role;
use jiff::SignedDuration;
use local_cloud::{Fault, Moment};
use serde_json::json;
use test_stage::Suite;

/// Marked as gone, its address forgotten, and nothing removed yet.
async fn breaks_off(suite: &mut Suite, path: &str) {
    suite.post(&format!("{path}/notes"), json!({ "text": "Called twice." })).await.expect(201);
    suite.stage.cloud.faults().inject(|moment, call| {
        let removes = moment == Moment::Before && call.operation == "BatchWriteItem";
        removes.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
    });
    suite.sign_in(Role::Manager);
    suite.delete(path).await.expect(503);
    suite.stage.cloud.faults().clear();
    suite.get(path).await.expect(404);
}

#[tokio::test]
async fn a_repeat_finishes_it() {
    let mut suite = suite().await;
    let lead = id(&ana(&suite).await);
    let path = format!("/api/leads/{lead}");
    breaks_off(&mut suite, &path).await;
    suite.delete(&path).await.expect(204);
    suite.delete(&path).await.expect(404);
}

#[tokio::test]
async fn nobody_needs_to_repeat_it() {
    let mut suite = suite().await;
    let lead = id(&ana(&suite).await);
    breaks_off(&mut suite, &format!("/api/leads/{lead}")).await;
    suite.stage.advance(SignedDuration::from_mins(30));
    let ports = &suite.stage.ports;
    let due = ports.due().due(suite.stage.clock.now(), 10).await.unwrap();
    let hints = due.iter().flat_map(|packed| &packed.hints);
    let (workspace, erased) = hints
        .filter_map(|hint| match &hint.what {
            DueWork::Erase { workspace, lead } => Some((workspace, lead)),
            _ => None,
        })
        .next()
        .unwrap();
    assert_eq!(*erased, LeadId::parse(&lead).unwrap());
    ports.leads().finish_deletion(workspace, erased).await.unwrap();
    let again = Event::system("lead_deleted", suite.stage.clock.now());
    let nothing = ports.leads().delete(workspace, erased, &again).await;
    assert!(matches!(nothing, Err(StoreError::NotFound)), "{nothing:?}");
}
