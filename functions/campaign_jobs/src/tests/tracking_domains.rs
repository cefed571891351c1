//! The look at a tracking domain that the schedule asks for.

use super::*;
use application::workspace::tracking_domain::{MARK_PATH, answer};
use domain::workspace::tracking_domain::{DomainName, DomainState, TrackingDomain};
use http::Response;

#[tokio::test]
async fn job_stores_that_a_domain_works() {
    let stage = Stage::new().await;
    let (id, _) = stage.workspace("northquay").await;
    let (workspaces, now) = (stage.ports.workspaces(), stage.clock.now());
    let mut workspace = workspaces.get(&id).await.unwrap();
    workspace.tracking.domain = Some(TrackingDomain::new(DomainName::parse("go.acme.com").unwrap(), now));
    workspaces.save(&workspace, &Event::system(EventKind::SettingsChanged, now)).await.unwrap();
    let keys = stage.ports.keys();
    stage.providers_answer(move |request| {
        let question = request.uri().path().strip_prefix(&format!("{MARK_PATH}/"));
        let body = question.map_or(r#"{"Status":3}"#.to_owned(), |question| answer(&keys, question));
        Ok(Response::new(body.into_bytes()))
    });
    let job = CampaignJob::CheckTrackingDomain { workspace: id.clone() };
    send_all(&*stage.ports.outbox(), &[job], 0).await.unwrap();
    let handled = stage.drain(Queue::Enrolments, &crate::handler(&stage.ports)).await;
    let domain = workspaces.get(&id).await.unwrap().tracking.domain.unwrap();
    assert_eq!((handled, domain.state), (1, DomainState::Works));
}
