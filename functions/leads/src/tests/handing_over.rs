//! A lead gets another owner: its enrolments are held until the owner decides.

use super::suite;
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::workspace::login::Login;
use domain::workspace::user::{Role, User};
use domain::{LoginId, UserId};
use jiff::SignedDuration;
use local_cloud::Moment;
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use test_stage::Suite;

const HELD: EnrolmentState = EnrolmentState::Held { reason: HoldReason::OwnerChanged, until: None };

async fn joe(suite: &Suite) -> UserId {
    let users = suite.stage.ports.users();
    let owner = users.get(&suite.workspace, &suite.user).await.unwrap();
    let id = UserId::derived(owner.created_at, &["joe"]);
    let email = EmailAddress::parse("joe@northquay.example").unwrap();
    let login = LoginId::derived(owner.created_at, &["joe"]);
    let joe = User { id: id.clone(), login, email, role: Role::Rep, rev: 0, ..owner };
    users.add(&Login::of(&joe, String::new()), &joe).await.unwrap();
    id
}

/// Ann and Bob, both enrolled and owned by Maya.
async fn ann_and_bob(suite: &Suite) -> [(Lead, Enrolment); 2] {
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
    let campaign = suite.stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
    let maya = UserId::derived(sequence.created_at, &["maya"]);
    let given = |lead: &mut Lead| lead.owner = Some(maya.clone());
    let ann = suite.stage.lead(&suite.workspace, "ann", given).await;
    let bob = suite.stage.lead(&suite.workspace, "bob", given).await;
    let ann_in = suite.stage.enrolment(&campaign, &sequence, &ann.id).await;
    let bob_in = suite.stage.enrolment(&campaign, &sequence, &bob.id).await;
    [(ann, ann_in), (bob, bob_in)]
}

async fn state(suite: &Suite, enrolment: &Enrolment) -> EnrolmentState {
    suite.stage.ports.enrolments().get(enrolment.key()).await.unwrap().state().clone()
}

#[tokio::test]
async fn new_owner_holds_the_leads_enrolments() {
    let suite = suite().await;
    let joe = joe(&suite).await;
    let [(lead, enrolment), _] = ann_and_bob(&suite).await;
    let path = format!("/api/leads/{}", lead.id);
    suite.patch(&path, json!({ "job_title": "Owner" })).await.expect(200);
    assert_eq!(state(&suite, &enrolment).await, EnrolmentState::Scheduled);
    suite.patch(&path, json!({ "owner": joe })).await.expect(200);
    assert_eq!(state(&suite, &enrolment).await, HELD);
    let why = suite.get(&format!("{path}/why")).await.expect(200);
    let last = why["enrolments"][0]["checks"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["rule"], &last["seen"]),
        (&json!("enrolment_not_held"), &json!("waiting for the new owner"))
    );
    assert_eq!(why["next"]["what"], "await_person");
}

#[tokio::test]
async fn bulk_assignment_holds_enrolments_unless_to_oneself() {
    let suite = suite().await;
    let joe = joe(&suite).await;
    let [(first, first_in), (second, second_in)] = ann_and_bob(&suite).await;
    let assign = |ids: Vec<&Lead>, owner: &UserId| {
        let ids: Vec<_> = ids.into_iter().map(|lead| lead.id.to_string()).collect();
        json!({ "ids": ids, "action": { "do": "assign", "owner": owner } })
    };
    suite.post("/api/leads/bulk", assign(vec![&second], &suite.user)).await.expect(200);
    assert_eq!(state(&suite, &second_in).await, EnrolmentState::Scheduled);
    let answer = suite.post("/api/leads/bulk", assign(vec![&first, &second], &joe)).await.expect(200);
    assert_eq!(answer["changed"], 2);
    assert_eq!((state(&suite, &first_in).await, state(&suite, &second_in).await), (HELD, HELD));
}

#[tokio::test]
async fn assignment_from_a_user_leaves_the_leads_of_others() {
    let suite = suite().await;
    let joe = joe(&suite).await;
    let [(first, _), (second, _)] = ann_and_bob(&suite).await;
    suite.patch(&format!("/api/leads/{}", second.id), json!({ "owner": suite.user })).await.expect(200);
    let action = json!({ "do": "assign", "owner": joe, "from": first.owner });
    let body = json!({ "ids": [first.id, second.id], "action": action });
    let answer = suite.post("/api/leads/bulk", body).await.expect(200);
    assert_eq!((&answer["changed"], &answer["skipped"][0]["reason"]), (&json!(1), &json!("not_routed")));
    let owner = suite.get(&format!("/api/leads/{}", second.id)).await.expect(200)["owner"].clone();
    assert_eq!(owner, json!(suite.user));
}

#[tokio::test]
async fn undo_of_a_hand_over_leaves_a_lead_that_has_a_newer_owner() {
    let suite = suite().await;
    let joe = joe(&suite).await;
    let [(first, _), (second, _)] = ann_and_bob(&suite).await;
    let assign = async |owner: &UserId| {
        let action = json!({ "do": "assign", "owner": owner });
        let body = json!({ "ids": [first.id, second.id], "action": action });
        suite.post("/api/leads/bulk", body).await.expect(200)["undo"].clone()
    };
    assign(&suite.user).await;
    let undo = assign(&joe).await;
    suite.patch(&format!("/api/leads/{}", second.id), json!({ "owner": null })).await.expect(200);
    for part in undo.as_array().unwrap() {
        suite.post("/api/leads/bulk", part.clone()).await.expect(200);
    }
    let owner =
        async |lead: &Lead| suite.get(&format!("/api/leads/{}", lead.id)).await.expect(200)["owner"].clone();
    assert_eq!((owner(&first).await, owner(&second).await), (json!(suite.user), json!(null)));
}

#[tokio::test]
async fn undo_of_a_removed_owner_leaves_a_lead_that_has_a_newer_one() {
    let suite = suite().await;
    let joe = joe(&suite).await;
    let [(first, _), (second, _)] = ann_and_bob(&suite).await;
    let assign = async |owner: Option<&UserId>| {
        let action = json!({ "do": "assign", "owner": owner });
        let body = json!({ "ids": [first.id, second.id], "action": action });
        suite.post("/api/leads/bulk", body).await.expect(200)["undo"].clone()
    };
    assign(Some(&suite.user)).await;
    let undo = assign(None).await;
    suite.patch(&format!("/api/leads/{}", second.id), json!({ "owner": joe })).await.expect(200);
    for part in undo.as_array().unwrap() {
        suite.post("/api/leads/bulk", part.clone()).await.expect(200);
    }
    let owner =
        async |lead: &Lead| suite.get(&format!("/api/leads/{}", lead.id)).await.expect(200)["owner"].clone();
    assert_eq!((owner(&first).await, owner(&second).await), (json!(suite.user), json!(joe)));
}

#[tokio::test]
async fn enrolment_made_during_the_assignment_is_held_too() {
    for many in [false, true] {
        let suite = suite().await;
        let joe = joe(&suite).await;
        let [(lead, _), _] = ann_and_bob(&suite).await;
        let later = enrolled_before_the_lead_is_changed(&suite, &lead).await;
        if many {
            let assign = json!({ "ids": [lead.id], "action": { "do": "assign", "owner": joe } });
            assert_eq!(suite.post("/api/leads/bulk", assign).await.expect(200)["changed"], 1);
        } else {
            suite.patch(&format!("/api/leads/{}", lead.id), json!({ "owner": joe })).await.expect(200);
        }
        let found = suite.stage.ports.enrolments().get(&later).await.unwrap();
        assert_eq!(*found.state(), HELD, "many: {many}");
    }
}

/// Enrols the lead in a second campaign after the request has read it and before it is changed.
async fn enrolled_before_the_lead_is_changed(suite: &Suite, lead: &Lead) -> EnrolmentKey {
    suite.stage.advance(SignedDuration::from_secs(1));
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello again"]).await;
    let campaign = suite.stage.campaign("Winter", &sequence, CampaignState::Active, |_| {}).await;
    let now = suite.stage.clock.now();
    let key =
        EnrolmentKey { workspace: lead.workspace.clone(), lead: lead.id.clone(), campaign: campaign.id };
    let enrolment = Enrolment::begin(key.clone(), &sequence.pinned(), EnrolmentState::Scheduled, None, now);
    let (leads, enrolments) = (suite.stage.ports.leads(), suite.stage.ports.enrolments());
    let (first, wanted) = (AtomicBool::new(true), key.clone());
    suite.stage.cloud.faults().hold_up(move |moment, call| {
        let saves = moment == Moment::Before && String::from_utf8_lossy(call.body).contains("lead_changed");
        if !saves || !first.swap(false, Ordering::Relaxed) {
            return None;
        }
        let (leads, enrolments) = (leads.clone(), enrolments.clone());
        let (wanted, enrolment) = (wanted.clone(), enrolment.clone());
        Some(Box::pin(async move {
            let lead = leads.get(&wanted.workspace, &wanted.lead).await.unwrap();
            enrolments.enrol(&lead, &enrolment, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
        }))
    });
    key
}

#[tokio::test]
async fn refused_address_changes_neither_owner_nor_enrolments() {
    let suite = suite().await;
    let joe = joe(&suite).await;
    let [(lead, enrolment), _] = ann_and_bob(&suite).await;
    let both = json!({ "owner": joe, "email": "bob@one.example" });
    suite.patch(&format!("/api/leads/{}", lead.id), both).await.expect(409);
    assert_eq!(state(&suite, &enrolment).await, EnrolmentState::Scheduled);
}
