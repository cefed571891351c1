//! How often one link may stop its messages.

use super::*;
use application::digest::stop::StopLink;
use local_cloud::{Fault, Moment};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

impl Scene {
    fn digest_path(&self) -> String {
        let (ports, workspace, user) = (&self.suite.stage.ports, &self.suite.workspace, &self.suite.user);
        let (keys, public_url) = (ports.keys(), ports.public_url());
        let url = StopLink { keys: &keys, public_url: &public_url, workspace, user }.url();
        url.strip_prefix("https://leadflow.example").unwrap().to_owned()
    }

    async fn stop(&self, path: &str) -> u16 {
        self.suite.send_bytes(Method::POST, path, Vec::new(), &[]).await.status.as_u16()
    }

    fn queued(&self) -> usize {
        self.suite.stage.messages(Queue::Inbound).len()
    }

    /// Makes calls of this service fail, the first `most` of them.
    fn fail(&self, service: Service, most: u32) {
        let failed = Arc::new(AtomicU32::new(0));
        self.suite.stage.cloud.faults().inject(move |moment, call| {
            let is_it = moment == Moment::Before && call.service == service;
            (is_it && failed.fetch_add(1, Ordering::Relaxed) < most).then(|| Fault::Fail {
                status: 400,
                code: "AccessDenied".to_owned(),
                message: "not now".to_owned(),
            })
        });
    }
}

#[tokio::test]
async fn link_that_is_called_all_day_is_answered_and_queues_a_few_stops_an_hour() {
    let scene = scene().await;
    for path in [scene.path(|links| links.unsubscribe(None)), scene.digest_path()] {
        for _ in 0..300 {
            assert_eq!(scene.stop(&path).await, 200, "{path}");
        }
        assert_eq!(scene.queued(), 20, "{path}");
        scene.suite.stage.advance(SignedDuration::from_hours(1));
        assert_eq!((scene.stop(&path).await, scene.queued()), (200, 1), "the next hour's is heard");
    }
}

#[tokio::test]
async fn link_with_its_address_is_heard_after_a_flood_without_it() {
    let scene = scene().await;
    let to = EmailAddress::parse("elena+x@linden.example").unwrap();
    let whole = scene.path(|links| links.unsubscribe(Some(&to)));
    let (cut, _) = whole.split_once("?to=").unwrap();
    for nth in 0..30 {
        assert_eq!(scene.stop(&format!("{cut}?to=forged{nth}")).await, 200);
    }
    assert_eq!(scene.queued(), 20);
    assert_eq!(scene.stop(&whole).await, 200);
    assert_eq!(scene.suite.stage.messages(Queue::Inbound)[0]["to"], json!(to));
}

#[tokio::test]
async fn stop_that_was_not_queued_thirty_times_is_queued_by_the_next_attempt() {
    let scene = scene().await;
    for path in [scene.path(|links| links.unsubscribe(None)), scene.digest_path()] {
        scene.fail(Service::Sqs, u32::MAX);
        for _ in 0..30 {
            assert_eq!(scene.stop(&path).await, 503, "{path}");
        }
        assert_eq!(scene.queued(), 0);
        scene.suite.stage.cloud.faults().clear();
        assert_eq!((scene.stop(&path).await, scene.queued()), (200, 1), "{path}");
    }
}

#[tokio::test]
async fn stop_that_cannot_be_counted_is_queued() {
    let scene = scene().await;
    let path = scene.path(|links| links.unsubscribe(None));
    // The sender's name is read from the same table, and the page works without it.
    scene.fail(Service::DynamoDb, u32::MAX);
    assert_eq!((scene.stop(&path).await, scene.queued()), (200, 1));
}
