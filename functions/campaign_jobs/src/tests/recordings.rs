//! Recordings are deleted at the provider, once it answers.

use super::*;
use application::tasks::recordings::{RecordingPorts, delete_at_provider};
use http::{Method, Request, Response};
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn recording_is_deleted_at_the_provider_and_one_that_is_gone_is_no_fault() {
    let world = World::new(0).await;
    let account = world.calling_account().await;
    let ports = RecordingPorts::new(&world.stage.ports);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let answer = |status: u16, body: &'static str| {
        let seen = asked.clone();
        world.stage.providers_answer(move |request: Request<Vec<u8>>| {
            seen.lock().unwrap().push((request.method().clone(), request.uri().path().to_owned()));
            Ok(Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap())
        });
    };
    let delete =
        async |account: &AccountId| delete_at_provider(&ports, (&world.workspace, account), "RE1").await;
    answer(503, "");
    assert!(delete(&account).await.is_err(), "a provider that is down is asked again");
    answer(401, r#"{"code":20003,"message":"no","status":401}"#);
    assert!(delete(&account).await.is_err());
    answer(404, r#"{"code":20404,"message":"gone","status":404}"#);
    delete(&account).await.unwrap();
    answer(204, "");
    let (workspace, provider_id) = (world.workspace.clone(), "RE1".to_owned());
    let job = CampaignJob::DeleteRecording { workspace, account: account.clone(), provider_id };
    send_all(&*world.stage.ports.outbox(), &[job], 0).await.unwrap();
    world.run().await;
    let path = format!("/2010-04-01/Accounts/AC{}/Recordings/RE1.json", "0".repeat(32));
    assert_eq!(*asked.lock().unwrap(), vec![(Method::DELETE, path); 4]);
    let disconnected = AccountId::derived(world.stage.clock.now(), &["gone"]);
    delete(&disconnected).await.unwrap();
    assert_eq!(asked.lock().unwrap().len(), 4);
}
