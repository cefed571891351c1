//! Recordings of calls: played in parts without any secret, and deleted, also at the provider.

use super::placing::ready;
use super::*;
use application::ports::due::DueWork;
use domain::CallId;
use domain::workspace::recording::{CallRecording, RecordingState};
use domain::workspace::user::Role;
use http::{Method, Request, Response};
use jiff::SignedDuration;
use std::sync::{Arc, Mutex};

/// A call of the suite's user to Elena, with a recording in this state.
async fn recorded(suite: &Suite, lead: &Lead, state: RecordingState) -> CallRecording {
    let account = suite.stage.ports.accounts().list(&suite.workspace).await.unwrap().remove(0);
    let mut recording = CallRecording {
        call: CallId::derived(&lead.id, &["call"]),
        workspace: suite.workspace.clone(),
        user: suite.user.clone(),
        account: account.id,
        provider_id: "RE1".to_owned(),
        state,
        seconds: Some(62),
        made_at: suite.stage.clock.now(),
        rev: 0,
    };
    recording.rev = suite.stage.ports.calls().save_recording(&recording, None).await.unwrap();
    recording
}

fn path(recording: &CallRecording) -> String {
    format!("/api/calls/{}/recording", recording.call)
}

#[tokio::test]
async fn recording_is_played_in_parts_with_the_accounts_secret() {
    let (suite, lead, _) = ready().await;
    let recording = recorded(&suite, &lead, RecordingState::Ready).await;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = asked.clone();
    suite.stage.providers_answer(move |request: Request<Vec<u8>>| {
        let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        let from: usize = header("range")["bytes=".len()..].split('-').next().unwrap().parse().unwrap();
        assert!(header("authorization").starts_with("Basic "));
        seen.lock().unwrap().push(request.uri().path().to_owned());
        let sound = &b"the whole sound"[from..];
        let range = format!("bytes {from}-14/15");
        let answer = Response::builder().status(206).header("content-type", "audio/mpeg");
        Ok(answer.header("content-range", range).body(sound.to_vec()).unwrap())
    });
    let first = suite.get(&path(&recording)).await;
    assert_eq!(first.headers["content-type"], "audio/mpeg");
    assert_eq!(first.headers["content-range"], "bytes 0-14/15");
    assert_eq!(first.headers["cache-control"], "private, no-store");
    assert_eq!(first.expect(206), "the whole sound");
    let range = [("range", "bytes=10-")];
    let rest = suite.send(Method::GET, &path(&recording), None, &range).await;
    assert_eq!(rest.headers["content-range"], "bytes 10-14/15");
    assert_eq!(rest.expect(206), "sound");
    let asked = asked.lock().unwrap().clone();
    assert!(asked.iter().all(|path| path.ends_with("/Recordings/RE1.mp3")), "{asked:?}");
    for odd in ["bytes=-5", "items=0-", "bytes=x-"] {
        let refused = suite.send(Method::GET, &path(&recording), None, &[("range", odd)]).await;
        assert_eq!(refused.expect(422)["field"], "range", "{odd}");
    }
}

#[tokio::test]
async fn refusal_of_the_provider_shows_nothing_of_the_account() {
    let (suite, lead, _) = ready().await;
    let recording = recorded(&suite, &lead, RecordingState::Ready).await;
    suite.stage.providers_answer(|_| {
        let body = br#"{"code":20003,"message":"Authenticate AC0000","status":401}"#;
        Ok(Response::builder().status(401).body(body.to_vec()).unwrap())
    });
    let refused = suite.get(&path(&recording)).await.expect(502);
    assert_eq!(refused["code"], "provider_silent");
    assert!(!refused.to_string().contains("AC0000"), "{refused}");
}

#[tokio::test]
async fn recording_is_deleted_once_it_is_ready_and_is_not_played_any_more() {
    let (mut suite, lead, asked) = ready().await;
    let recording = recorded(&suite, &lead, RecordingState::Recording).await;
    assert_eq!(suite.get(&path(&recording)).await.expect(409)["code"], "recording_not_ready");
    assert_eq!(suite.delete(&path(&recording)).await.expect(409)["code"], "recording_not_ready");
    let ready = CallRecording { state: RecordingState::Ready, ..recording.clone() };
    suite.stage.ports.calls().save_recording(&ready, None).await.unwrap();
    suite.sign_in(Role::Rep);
    suite.delete(&path(&recording)).await.expect(403);
    suite.sign_in(Role::Manager);
    suite.delete(&path(&recording)).await.expect(204);
    let due = suite.stage.ports.due().due(suite.stage.clock.now(), 10).await.unwrap();
    let hints: Vec<DueWork> = due.into_iter().flat_map(|pack| pack.hints).map(|hint| hint.what).collect();
    let (workspace, account, provider_id) = (suite.workspace.clone(), recording.account, "RE1".to_owned());
    assert_eq!(hints, [DueWork::DeleteRecording { workspace, account, provider_id }]);
    suite.get(&format!("/api/calls/{}/recording", recording.call)).await.expect(404);
    suite.delete(&format!("/api/calls/{}/recording", recording.call)).await.expect(404);
    assert!(asked.lock().unwrap().is_empty(), "a deleted recording is not asked for");
}

#[tokio::test]
async fn recording_whose_last_report_was_lost_is_deleted_once_its_call_must_be_over() {
    let (mut suite, lead, _) = ready().await;
    let recording = recorded(&suite, &lead, RecordingState::Recording).await;
    suite.stage.advance(SignedDuration::from_hours(5));
    suite.sign_in(Role::Manager);
    suite.delete(&path(&recording)).await.expect(204);
}

#[tokio::test]
async fn rep_who_sees_only_own_leads_plays_no_recording_of_another_lead() {
    let (mut suite, lead, _) = ready().await;
    let recording = recorded(&suite, &lead, RecordingState::Ready).await;
    suite.stage.reps_see_own_leads(&suite.workspace).await;
    suite.user = suite.stage.add_user(&suite.workspace, "eve", Role::Rep).await;
    suite.sign_in(Role::Rep);
    suite.get(&path(&recording)).await.expect(404);
}

#[tokio::test]
async fn list_of_calls_names_the_recording_of_the_call_that_was_placed() {
    let (suite, lead, _) = ready().await;
    let recording = recorded(&suite, &lead, RecordingState::Ready).await;
    let call = json!({"lead_id": lead.id, "title": "Call", "kind": "call"});
    let call = suite.post("/api/tasks", call).await.expect(201);
    let task = format!("/api/tasks/{}", call["id"].as_str().unwrap());
    let other = CallId::derived(&LeadId::derived(suite.stage.clock.now(), &["other"]), &["call"]);
    let wrong = json!({"outcome": "connected", "call_id": other});
    assert_eq!(suite.patch(&task, wrong).await.expect(422)["field"], "call_id");
    suite.patch(&task, json!({"outcome": "connected", "call_id": recording.call})).await.expect(200);
    let listed = suite.get("/api/calls").await.expect(200);
    let shown = json!({"call_id": recording.call, "state": "ready", "seconds": 62});
    assert_eq!(listed["items"][0]["recording"], shown);
    suite.delete(&path(&recording)).await.expect(204);
    assert_eq!(suite.get("/api/calls").await.expect(200)["items"][0]["recording"], Value::Null);
}
