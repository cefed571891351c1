//! Leads that are one person are merged and separated again.

use super::{id, suite};
use application::campaign::enrol::{WithMissingValues, enrol_lead, would_enrol};
use application::campaign::enrol_ports::EnrolPorts;
use application::campaign::planning_context::PlanningContext;
use application::lead::merging::{MergeOutcome, MergePorts, merge_leads};
use application::ports::leads::Reached;
use application::projection::stream::{ProjectPorts, project};
use application::{Clock, PageRequest, Ports, StoreError};
use domain::campaign::enrol_progress::EnrolOutcome;
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use domain::contact::chat_recipient::ChatUser;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::merging::MergeChoices;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::message::Direction;
use domain::message::answer_draft::{AnswerDraft, AnswerDraftState, DraftStanding, WhyOutdated};
use domain::message::conversation::{Conversation, Folder, end_of};
use domain::spend::Usd;
use domain::workspace::task::{Task, TaskKind};
use domain::workspace::user::Role;
use domain::{LeadId, MessageId, TaskId};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use test_stage::Suite;

async fn made(suite: &Suite, body: Value) -> String {
    id(&suite.post("/api/leads", body).await.expect(201))
}

/// Makes two leads that are one person: the one that stays, and the one that is merged into it.
async fn both(suite: &Suite) -> (String, String) {
    let stays =
        json!({"first_name": "Ana", "last_name": "Silva", "email": "ana@quay.example", "tags": ["vip"]});
    let goes = json!({"first_name": "Anna", "company": "Quay Dental", "email": "anna@home.example",
        "phone": "+442079460018", "tags": ["dentist"], "notes": "Has a dog."});
    (made(suite, stays).await, made(suite, goes).await)
}

async fn merge(suite: &Suite, stays: &str, goes: &str) -> Value {
    suite.post("/api/leads/merge", json!({"into": stays, "leads": [goes]})).await.expect(200)
}

async fn unmerge(suite: &Suite, stays: &str, goes: &str) -> Value {
    suite.post(&format!("/api/leads/{stays}/unmerge"), json!({"lead": goes})).await.expect(200)
}

fn lead_id(text: &str) -> LeadId {
    LeadId::parse(text).unwrap()
}

/// Reads a lead as it is stored.
async fn stored(suite: &Suite, lead: &str) -> Lead {
    let ids = [lead_id(lead)];
    suite.stage.ports.lead_merges().stored(&suite.workspace, &ids).await.unwrap().remove(0)
}

async fn campaign(suite: &Suite, name: &str) -> (Campaign, domain::sequence::Sequence) {
    // Two sequences of one moment would have one id.
    suite.stage.advance(SignedDuration::from_secs(1));
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["first", "second"]).await;
    (suite.stage.campaign(name, &sequence, CampaignState::Active, |_| {}).await, sequence)
}

fn key(suite: &Suite, lead: &str, campaign: &Campaign) -> EnrolmentKey {
    EnrolmentKey { workspace: suite.workspace.clone(), lead: lead_id(lead), campaign: campaign.id.clone() }
}

async fn enrol(
    suite: &Suite,
    lead: &str,
    (campaign, sequence): &(Campaign, domain::sequence::Sequence),
) -> Result<(), StoreError> {
    let stage = &suite.stage;
    let now = stage.clock.now();
    let key = key(suite, lead, campaign);
    let enrolment = Enrolment::begin(key, &sequence.pinned(), EnrolmentState::Scheduled, None, now);
    let event = Event::system(EventKind::LeadEnrolled, now);
    stage.ports.enrolments().enrol(&stored(suite, lead).await, &enrolment, &event).await
}

async fn is_active(suite: &Suite, lead: &str, campaign: &Campaign) -> bool {
    suite.stage.ports.enrolments().get(&key(suite, lead, campaign)).await.unwrap().is_active()
}

async fn suppress(suite: &Suite, scope: SuppressionScope, reason: SuppressionReason) {
    let at = suite.stage.clock.now();
    let entry = Suppression {
        workspace: suite.workspace.clone(),
        scope,
        reason,
        source: None,
        created_by: None,
        created_at: at,
        expires_at: None,
        sign: None,
    };
    let event = Event::system(EventKind::AddressSuppressed, at);
    suite.stage.ports.suppressions().put(&entry, &event).await.unwrap();
}

fn email(address: &str) -> SuppressionScope {
    SuppressionScope::Email(address.to_owned())
}

async fn is_suppressed(suite: &Suite, scope: SuppressionScope) -> bool {
    !suite.stage.ports.suppressions().find(&suite.workspace, &[scope]).await.unwrap().is_empty()
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

fn kinds(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn merged_leads_are_one_in_every_list_and_two_again_after_undoing() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    let before = suite.get(&format!("/api/leads/{stays}")).await.expect(200);
    let other_before = suite.get(&format!("/api/leads/{goes}")).await.expect(200);
    let done = merge(&suite, &stays, &goes).await;
    assert_eq!((&done["merged"], &done["lead"]["merged"]), (&json!([goes]), &json!(1)));
    let lead = &done["lead"];
    assert_eq!((&lead["first_name"], &lead["company"]), (&json!("Ana"), &json!("Quay Dental")));
    assert_eq!(
        (&lead["email"], &lead["second_email"]),
        (&json!("ana@quay.example"), &json!("anna@home.example"))
    );
    assert_eq!((&lead["tags"], &lead["notes"]), (&json!(["dentist", "vip"]), &json!("Has a dog.")));
    let seen: Vec<&str> =
        done["seen"].as_array().unwrap().iter().map(|seen| seen.as_str().unwrap()).collect();
    let list = suite.get(&format!("/api/leads?seen={}", seen.join(","))).await.expect(200);
    assert_eq!(ids(&list), [&stays]);
    assert_eq!(suite.get(&format!("/api/leads/{goes}")).await.expect(200)["id"], json!(stays));
    assert_eq!(suite.get("/api/leads/deleted").await.expect(200)["items"], json!([]));
    let merges = suite.get(&format!("/api/leads/{stays}/merges")).await.expect(200);
    let kept = &merges["items"][0];
    assert_eq!(
        (&kept["lead"], &kept["name"], &kept["can_undo"]),
        (&json!(goes), &json!("Anna"), &json!(true))
    );
    assert_eq!(kept["merged_by"], json!(suite.user));

    let undone = unmerge(&suite, &stays, &goes).await;
    let ignored = |view: &Value| {
        let mut view = view.clone();
        for key in ["rev", "updated_at"] {
            view[key] = Value::Null;
        }
        view
    };
    assert_eq!(ignored(&undone["lead"]), ignored(&before));
    assert_eq!(ignored(&undone["parted"]), ignored(&other_before));
    let mut both = [stays.as_str(), goes.as_str()];
    both.sort_unstable();
    suite.stage.record_changes().await;
    let list = suite.get("/api/leads").await.expect(200);
    let mut shown = ids(&list);
    shown.sort_unstable();
    assert_eq!(shown, both);
    assert_eq!(suite.get(&format!("/api/leads/{stays}/merges")).await.expect(200)["items"], json!([]));
    let timeline = suite.get(&format!("/api/leads/{stays}/timeline")).await.expect(200);
    assert_eq!(kinds(&timeline), ["created", "merged", "unmerged"]);
    let again = suite.post(&format!("/api/leads/{stays}/unmerge"), json!({"lead": goes})).await;
    again.expect(404);
}

#[tokio::test]
async fn lead_list_leaves_out_the_absorbed_lead_once_the_change_is_recorded() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    suite.stage.record_changes().await;
    assert_eq!(suite.get("/api/leads").await.expect(200)["total"], 2);
    merge(&suite, &stays, &goes).await;
    suite.stage.record_changes().await;
    for list in ["/api/leads", "/api/leads?q=silva", "/api/leads?tag=dentist&sort=name"] {
        let page = suite.get(list).await.expect(200);
        assert_eq!((ids(&page), &page["total"]), (vec![stays.as_str()], &json!(1)), "{list}");
    }
}

#[tokio::test]
async fn preview_tells_field_by_field_what_a_merge_does() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    let autumn = campaign(&suite, "Autumn").await;
    enrol(&suite, &goes, &autumn).await.unwrap();
    suppress(&suite, email("anna@home.example"), SuppressionReason::OptedOut).await;
    suite
        .patch(&format!("/api/leads/{goes}"), json!({"status": "qualified", "owner": suite.user}))
        .await
        .expect(200);
    let asked = json!({"leads": [stays, goes], "into": stays});
    let preview = suite.post("/api/leads/merge/preview", asked).await.expect(200);
    let field = |name: &str| {
        let fields = preview["fields"].as_array().unwrap();
        fields.iter().find(|field| field["field"] == name).unwrap_or_else(|| panic!("no {name} in {preview}"))
    };
    let first = field("first_name");
    assert_eq!(
        (&first["label"], &first["chosen"], &first["differs"]),
        (&json!("First name"), &json!(stays), &json!(true))
    );
    assert_eq!(first["values"][1]["value"], "Anna");
    let company = field("company");
    assert_eq!((&company["chosen"], &company["differs"]), (&json!(goes), &json!(false)));
    assert_eq!((&field("status")["chosen"], &field("status")["result"]), (&json!(goes), &json!("qualified")));
    let second = field("second_email");
    assert_eq!((&second["result"], &second["can_choose"]), (&json!("anna@home.example"), &json!(false)));
    assert_ne!(field("owner")["values"][0]["value"], json!(suite.user));
    let united: Vec<&str> =
        preview["united"].as_array().unwrap().iter().map(|one| one["value"].as_str().unwrap()).collect();
    assert_eq!(united, ["dentist, vip", "Has a dog."]);
    assert_eq!(preview["ends"], json!([{"lead": goes, "campaign": autumn.0.id, "name": "Autumn"}]));
    assert_eq!(preview["opted_out"], json!([{"lead": goes, "channel": "email"}]));
    // Nothing was changed by looking.
    assert!(is_active(&suite, &goes, &autumn.0).await);
    assert!(!is_suppressed(&suite, email("ana@quay.example")).await);
}

#[tokio::test]
async fn preview_and_merge_refuse_what_is_no_group_of_leads() {
    let mut suite = suite().await;
    let (stays, goes) = both(&suite).await;
    for (body, field) in [
        (json!({"leads": [stays]}), "leads"),
        (json!({"leads": [stays, stays]}), "leads"),
        (json!({"leads": [stays, goes], "into": "lead_01M8J1A0XVB3JYZ9SBPZQEMPTC"}), "into"),
    ] {
        let refused = suite.post("/api/leads/merge/preview", body.clone()).await.expect(422);
        assert_eq!(refused["field"], field, "{body}");
    }
    for (body, field) in [
        (json!({"into": stays, "leads": []}), "leads"),
        (json!({"into": stays, "leads": [stays]}), "leads"),
        (json!({"into": stays, "leads": [goes], "choices": {"shoe_size": goes}}), "choices.shoe_size"),
        (
            json!({"into": stays, "leads": [goes], "choices": {"email": "lead_01M8J1A0XVB3JYZ9SBPZQEMPTC"}}),
            "choices.email",
        ),
    ] {
        let refused = suite.post("/api/leads/merge", body.clone()).await.expect(422);
        assert_eq!(refused["field"], field, "{body}");
    }
    suite.sign_in(Role::Manager);
    suite.delete(&format!("/api/leads/{goes}")).await.expect(204);
    let body = json!({"into": stays, "leads": [goes]});
    assert_eq!(suite.post("/api/leads/merge", body).await.expect(404)["code"], "no_such_lead");
    let body = json!({"leads": [stays, goes]});
    assert_eq!(suite.post("/api/leads/merge/preview", body).await.expect(404)["code"], "no_such_lead");
}

#[tokio::test]
async fn survivor_keeps_its_own_address_and_takes_the_others_where_it_has_none() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    let body = json!({"into": stays, "leads": [goes], "choices": {"email": goes}});
    let refused = suite.post("/api/leads/merge", body).await.expect(422);
    assert_eq!(refused["field"], "choices.email");
    let alone = made(&suite, json!({"first_name": "A.", "phone": "+442079460019"})).await;
    let lead = merge(&suite, &alone, &goes).await["lead"].clone();
    assert_eq!((&lead["email"], &lead["phone"]), (&json!("anna@home.example"), &json!("+442079460019")));
    assert_eq!(lead["second_phone"], "+442079460018");
    let known = suite.post("/api/leads", json!({"email": "anna@home.example"})).await.expect(409);
    assert!(known["detail"].as_str().unwrap().contains(&alone), "{known}");
    let undone = unmerge(&suite, &alone, &goes).await;
    assert_eq!((&undone["lead"]["email"], &undone["lead"]["second_phone"]), (&Value::Null, &Value::Null));
    assert_eq!(undone["parted"]["email"], "anna@home.example");
    for (body, owner) in
        [(json!({"phone": "+442079460019"}), &alone), (json!({"email": "anna@home.example"}), &goes)]
    {
        let known = suite.post("/api/leads", body).await.expect(409);
        assert!(known["detail"].as_str().unwrap().contains(owner), "{known}");
    }
}

#[tokio::test]
async fn merged_lead_can_be_given_the_address_of_the_one_that_it_absorbed() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    merge(&suite, &stays, &goes).await;
    let path = format!("/api/leads/{stays}");
    let moved = suite.patch(&path, json!({"email": "anna@home.example"})).await.expect(200);
    assert_eq!(moved["email"], "anna@home.example");
    let refused = suite.post(&format!("{path}/unmerge"), json!({"lead": goes})).await.expect(409);
    assert_eq!(refused["code"], "address_taken");
    suite.patch(&path, json!({"email": "ana@quay.example", "second_email": null})).await.expect(200);
    unmerge(&suite, &stays, &goes).await;
    let back = suite.get(&format!("/api/leads/{goes}")).await.expect(200);
    assert_eq!((&back["id"], &back["email"]), (&json!(goes), &json!("anna@home.example")));
}

#[tokio::test]
async fn undoing_is_refused_where_another_lead_has_the_address_by_now() {
    let suite = suite().await;
    let stays = made(&suite, json!({"first_name": "Ana", "phone": "+442079460019"})).await;
    let goes = made(&suite, json!({"first_name": "Anna", "email": "anna@home.example"})).await;
    assert_eq!(merge(&suite, &stays, &goes).await["lead"]["email"], "anna@home.example");
    // The merged lead gives the address up, and a third lead takes it.
    suite.patch(&format!("/api/leads/{stays}"), json!({"email": "ana@new.example"})).await.expect(200);
    made(&suite, json!({"email": "anna@home.example"})).await;
    let refused = suite.post(&format!("/api/leads/{stays}/unmerge"), json!({"lead": goes})).await.expect(409);
    assert_eq!(refused["code"], "address_taken");
    assert!(refused["detail"].as_str().unwrap().contains("anna@home.example"), "{refused}");
    assert_eq!(suite.get(&format!("/api/leads/{goes}")).await.expect(200)["id"], json!(stays));
}

#[tokio::test]
async fn leads_that_are_known_by_their_number_alone_are_merged_and_separated() {
    let suite = suite().await;
    let stays = made(&suite, json!({"first_name": "Ana", "phone": "+442079460018"})).await;
    let goes = made(&suite, json!({"first_name": "Anna", "phone": "+442079460019"})).await;
    let lead = merge(&suite, &stays, &goes).await["lead"].clone();
    assert_eq!((&lead["phone"], &lead["second_phone"]), (&json!("+442079460018"), &json!("+442079460019")));
    for phone in ["+442079460018", "+442079460019"] {
        let known = suite.post("/api/leads", json!({"phone": phone})).await.expect(409);
        assert!(known["detail"].as_str().unwrap().contains(&stays), "{known}");
    }
    let undone = unmerge(&suite, &stays, &goes).await;
    assert_eq!(
        (&undone["lead"]["phone"], &undone["lead"]["second_phone"]),
        (&json!("+442079460018"), &Value::Null)
    );
    assert_eq!(undone["parted"]["phone"], "+442079460019");
    for (phone, owner) in [("+442079460018", &stays), ("+442079460019", &goes)] {
        let known = suite.post("/api/leads", json!({"phone": phone})).await.expect(409);
        assert!(known["detail"].as_str().unwrap().contains(owner), "{known}");
    }
}

/// WhatsApp's id of the lead, as a message has told it.
async fn chats_as(suite: &Suite, lead: &str, user: &str) {
    let before = stored(suite, lead).await;
    let after = Lead { chat_user: ChatUser::parse(user).ok(), ..before.clone() };
    let event = Event::system(EventKind::LeadChanged, suite.stage.clock.now());
    suite.stage.ports.leads().change_identity(&before, &after, &event).await.unwrap();
}

async fn stops(suite: &Suite, scope: SuppressionScope) {
    let at = suite.stage.clock.now();
    let (reason, workspace) = (SuppressionReason::OptedOut, suite.workspace.clone());
    let (source, created_by, expires_at, sign) = (None, None, None, None);
    let entry =
        Suppression { workspace, scope, reason, source, created_by, created_at: at, expires_at, sign };
    let event = Event::system(EventKind::AddressSuppressed, at);
    suite.stage.ports.suppressions().put(&entry, &event).await.unwrap();
}

async fn is_listed(suite: &Suite, scope: SuppressionScope) -> bool {
    !suite.stage.ports.suppressions().find(&suite.workspace, &[scope]).await.unwrap().is_empty()
}

#[tokio::test]
async fn merge_joins_number_and_id_and_an_opt_out_under_either_holds_under_both() {
    let (number, user) = (
        SuppressionScope::Phone("+442079460018".to_owned()),
        SuppressionScope::ChatUser("GB.1349".to_owned()),
    );
    for (said, other) in [(&user, &number), (&number, &user)] {
        let suite = suite().await;
        let stays = made(&suite, json!({"email": "ana@quay.example"})).await;
        let goes = made(&suite, json!({"email": "anna@home.example", "phone": "+442079460018"})).await;
        chats_as(&suite, &stays, "GB.1349").await;
        stops(&suite, said.clone()).await;
        let lead = merge(&suite, &stays, &goes).await["lead"].clone();
        assert_eq!((&lead["chat_user"], &lead["phone"]), (&json!("GB.1349"), &json!("+442079460018")));
        assert!(is_listed(&suite, other.clone()).await, "{other:?}");
    }
}

#[tokio::test]
async fn merged_id_finds_the_survivor_until_the_merge_is_undone() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    chats_as(&suite, &goes, "GB.1349").await;
    assert_eq!(merge(&suite, &stays, &goes).await["lead"]["chat_user"], "GB.1349");
    let user = ChatUser::parse("GB.1349").unwrap();
    let found = async || {
        let leads = suite.stage.ports.leads();
        leads.find_by_former(&suite.workspace, Reached::ChatUser(&user)).await.unwrap()
    };
    assert!(found().await.contains(&lead_id(&stays)));
    let undone = unmerge(&suite, &stays, &goes).await;
    assert_eq!(
        (&undone["lead"]["chat_user"], &undone["parted"]["chat_user"]),
        (&Value::Null, &json!("GB.1349"))
    );
    assert_eq!(found().await, [lead_id(&goes)]);
}

#[tokio::test]
async fn number_that_a_user_takes_away_leaves_its_opt_out_with_the_id() {
    let suite = suite().await;
    let (_, lead) = both(&suite).await;
    chats_as(&suite, &lead, "GB.1349").await;
    stops(&suite, SuppressionScope::Phone("+442079460018".to_owned())).await;
    let path = format!("/api/leads/{lead}");
    let changed = suite.patch(&path, json!({"phone": null})).await.expect(200);
    assert!(is_listed(&suite, SuppressionScope::ChatUser("GB.1349".to_owned())).await);
    let chat =
        changed["channels"].as_array().unwrap().iter().find(|one| one["channel"] == "whatsapp").unwrap();
    assert_eq!((&chat["open"], &chat["closed_because"]), (&json!(false), &json!("address_suppressed")));
}

#[tokio::test]
async fn number_that_replaces_another_drops_its_id_and_keeps_the_stop() {
    let suite = suite().await;
    let (_, lead) = both(&suite).await;
    chats_as(&suite, &lead, "GB.1349").await;
    stops(&suite, SuppressionScope::Phone("+442079460018".to_owned())).await;
    let path = format!("/api/leads/{lead}");
    let changed = suite.patch(&path, json!({"phone": "+442079460019"})).await.expect(200);
    assert_eq!(changed["chat_user"], Value::Null);
    assert!(is_listed(&suite, SuppressionScope::Phone("+442079460019".to_owned())).await);
}

#[tokio::test]
async fn id_is_exported_and_gone_with_the_lead() {
    let suite = suite().await;
    let (_, lead) = both(&suite).await;
    chats_as(&suite, &lead, "GB.1349").await;
    let csv = String::from_utf8(suite.get("/api/leads/export.csv").await.body).unwrap();
    assert!(csv.contains("phone,whatsapp_id,city") && csv.contains("GB.1349"), "{csv}");
    let leads = suite.stage.ports.leads_with_deleted();
    let event = Event::system(EventKind::LeadErased, suite.stage.clock.now());
    leads.erase(&suite.workspace, &lead_id(&lead), &event).await.unwrap();
    let user = ChatUser::parse("GB.1349").unwrap();
    assert!(leads.find_by_former(&suite.workspace, Reached::ChatUser(&user)).await.unwrap().is_empty());
}

#[tokio::test]
async fn undoing_leaves_the_survivor_only_the_former_addresses_that_it_had_before() {
    let suite = suite().await;
    let stays = made(&suite, json!({"first_name": "Ana", "email": "old@quay.example"})).await;
    suite.patch(&format!("/api/leads/{stays}"), json!({"email": "ana@quay.example"})).await.expect(200);
    let first = made(&suite, json!({"first_name": "Anna", "email": "old@quay.example"})).await;
    let second = made(&suite, json!({"first_name": "A.", "email": "anna@home.example"})).await;
    for goes in [&first, &second] {
        merge(&suite, &stays, goes).await;
        unmerge(&suite, &stays, goes).await;
    }
    let leads = suite.stage.ports.leads();
    for (address, is_former) in [("old@quay.example", true), ("anna@home.example", false)] {
        let address = EmailAddress::parse(address).unwrap();
        let found = leads.find_by_former(&suite.workspace, Reached::Email(&address)).await.unwrap();
        assert_eq!(found.contains(&lead_id(&stays)), is_former, "{address}");
    }
}

#[tokio::test]
async fn latest_merge_is_undone_first() {
    let suite = suite().await;
    let (stays, first) = both(&suite).await;
    let second = made(&suite, json!({"first_name": "A.", "email": "a@third.example"})).await;
    merge(&suite, &stays, &first).await;
    suite.stage.advance(SignedDuration::from_secs(1));
    merge(&suite, &stays, &second).await;
    let merges = suite.get(&format!("/api/leads/{stays}/merges")).await.expect(200);
    let told: Vec<_> =
        merges["items"].as_array().unwrap().iter().map(|one| (&one["lead"], &one["can_undo"])).collect();
    assert_eq!(told, [(&json!(second), &json!(true)), (&json!(first), &json!(false))]);
    let refused =
        suite.post(&format!("/api/leads/{stays}/unmerge"), json!({"lead": first})).await.expect(409);
    assert_eq!(refused["code"], "undo_later_first");
    unmerge(&suite, &stays, &second).await;
    unmerge(&suite, &stays, &first).await;
}

#[tokio::test]
async fn lead_that_was_separated_is_not_enrolled_where_it_may_have_had_the_messages() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    let stage = &suite.stage;
    let mailbox = stage.mailbox(&suite.workspace).await;
    let sequence = stage.sequence(&suite.workspace, Channel::Email, &["first"]).await;
    let sends = |campaign: &mut Campaign| campaign.mailboxes = vec![mailbox];
    let autumn = (stage.campaign("Autumn", &sequence, CampaignState::Active, sends).await, sequence);
    merge(&suite, &stays, &goes).await;
    enrol(&suite, &stays, &autumn).await.unwrap();
    unmerge(&suite, &stays, &goes).await;
    let ports = EnrolPorts::new(&suite.stage.ports);
    let planning = PlanningContext::of(&ports, autumn.0.clone()).await.unwrap();
    let choice = (None, WithMissingValues::Enrolled);
    let entry = enrol_lead(&ports, &planning, &lead_id(&goes), choice, None).await.unwrap();
    assert_eq!(entry.outcome, EnrolOutcome::Already);
    let prospects =
        would_enrol(&ports, &planning, &[lead_id(&goes)], WithMissingValues::Enrolled).await.unwrap();
    assert_eq!(prospects[0].entry.outcome, EnrolOutcome::Already);
}

#[tokio::test]
async fn lead_that_was_merged_is_not_changed_in_bulk_by_its_own_id() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    merge(&suite, &stays, &goes).await;
    let body =
        json!({"ids": [goes], "action": {"do": "status", "status": "lost", "lost_reason": "no_answer"}});
    let done = suite.post("/api/leads/bulk", body).await.expect(200);
    assert_eq!(done["skipped"][0]["reason"], "no_such_lead");
    assert_eq!(suite.get(&format!("/api/leads/{stays}")).await.expect(200)["status"], "new");
}

#[tokio::test]
async fn opt_out_of_one_address_while_merged_covers_both_after_undoing() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    merge(&suite, &stays, &goes).await;
    suppress(&suite, email("ana@quay.example"), SuppressionReason::Manual).await;
    unmerge(&suite, &stays, &goes).await;
    assert!(is_suppressed(&suite, email("anna@home.example")).await);
}

#[tokio::test]
async fn merge_ends_what_both_could_get_twice_and_nothing_else() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    let (shared, of_one, of_other) =
        (campaign(&suite, "Both").await, campaign(&suite, "One").await, campaign(&suite, "Other").await);
    for (lead, campaign) in [(&stays, &shared), (&goes, &shared), (&stays, &of_one), (&goes, &of_other)] {
        enrol(&suite, lead, campaign).await.unwrap();
    }
    let done = merge(&suite, &stays, &goes).await;
    assert_eq!(done["ended"], 3);
    assert_eq!(done["lead"]["active"], json!([of_one.0.id]));
    assert!(is_active(&suite, &stays, &of_one.0).await);
    assert!(!is_active(&suite, &stays, &shared.0).await && !is_active(&suite, &goes, &of_other.0).await);
    let (survivor, hidden) = (stored(&suite, &stays).await, stored(&suite, &goes).await);
    assert!(hidden.active.is_empty() && hidden.fence > 0 && survivor.fence > 0);
    let undone = unmerge(&suite, &stays, &goes).await;
    assert_eq!((&undone["lead"]["active"], &undone["parted"]["active"]), (&json!([of_one.0.id]), &json!([])));
}

#[tokio::test]
async fn survivor_leaves_a_campaign_that_the_absorbed_lead_has_ended_before() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    let autumn = campaign(&suite, "Autumn").await;
    enrol(&suite, &goes, &autumn).await.unwrap();
    suite.post(&format!("/api/leads/{goes}/stop"), json!({})).await.expect(200);
    enrol(&suite, &stays, &autumn).await.unwrap();
    assert_eq!(merge(&suite, &stays, &goes).await["ended"], 1);
    assert!(!is_active(&suite, &stays, &autumn.0).await);
}

#[tokio::test]
async fn enrolment_from_what_was_read_before_the_merge_is_refused() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    let (autumn, sequence) = campaign(&suite, "Autumn").await;
    let as_read = [stored(&suite, &stays).await, stored(&suite, &goes).await];
    merge(&suite, &stays, &goes).await;
    let stage = &suite.stage;
    for lead in as_read {
        let now = stage.clock.now();
        let key = key(&suite, lead.id.as_str(), &autumn);
        let enrolment = Enrolment::begin(key, &sequence.pinned(), EnrolmentState::Scheduled, None, now);
        let event = Event::system(EventKind::LeadEnrolled, now);
        let refused = stage.ports.enrolments().enrol(&lead, &enrolment, &event).await;
        assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    }
}

#[tokio::test]
async fn opt_out_of_either_lead_covers_the_addresses_of_both() {
    for of_survivor in [true, false] {
        let suite = suite().await;
        let (stays, goes) = both(&suite).await;
        let (has, lacks) = match of_survivor {
            true => ("ana@quay.example", "anna@home.example"),
            false => ("anna@home.example", "ana@quay.example"),
        };
        suppress(&suite, email(has), SuppressionReason::OptedOut).await;
        merge(&suite, &stays, &goes).await;
        assert!(is_suppressed(&suite, email(lacks)).await, "{of_survivor}");
        unmerge(&suite, &stays, &goes).await;
        assert!(is_suppressed(&suite, email(lacks)).await, "{of_survivor}");
    }
}

#[tokio::test]
async fn dead_address_of_one_lead_says_nothing_about_the_others() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    suppress(&suite, email("anna@home.example"), SuppressionReason::HardBounce).await;
    merge(&suite, &stays, &goes).await;
    assert!(!is_suppressed(&suite, email("ana@quay.example")).await);
}

#[tokio::test]
async fn conversations_of_both_are_one_that_waits_if_either_did() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    let ports = &suite.stage.ports;
    let at = suite.stage.clock.now();
    for (lead, name, ago, folder) in
        [(&stays, "Ana Silva", 5, Folder::Done), (&goes, "Anna", 60, Folder::Open)]
    {
        let conversation = Conversation {
            workspace: suite.workspace.clone(),
            lead: lead_id(lead),
            lead_name: name.to_owned(),
            lead_deleted: false,
            folder,
            channel: Channel::Email,
            last_direction: Direction::In,
            last_at: at - SignedDuration::from_mins(ago),
            snippet: format!("From {name}"),
            unread: 1,
            understood: None,
            assignee: None,
            lead_owner: None,
            taken_in: Vec::new(),
            draft: None,
            rev: 0,
        };
        ports.conversations().save(&conversation, &Event::system(EventKind::LeadToldAnew, at)).await.unwrap();
    }
    merge(&suite, &stays, &goes).await;
    let in_folder = async |folder: Folder| {
        let page = PageRequest { limit: 10, cursor: None };
        ports.conversations().list(&suite.workspace, folder, page).await.unwrap().items
    };
    let open = in_folder(Folder::Open).await;
    let told: Vec<_> = open.iter().map(|one| (one.lead.as_str(), one.snippet.as_str(), one.unread)).collect();
    assert_eq!(told, [(stays.as_str(), "From Ana Silva", 2)]);
    assert_eq!(in_folder(Folder::Done).await, []);
    let by_former_id = ports.conversations().get(&suite.workspace, &lead_id(&goes)).await.unwrap().unwrap();
    assert_eq!(by_former_id.lead, lead_id(&stays));
    merge(&suite, &stays, &goes).await;
    assert_eq!(in_folder(Folder::Open).await[0].unread, 2, "a repeat adds nothing");
    unmerge(&suite, &stays, &goes).await;
    let open = in_folder(Folder::Open).await;
    let told: Vec<_> = open.iter().map(|one| (one.lead.as_str(), one.lead_name.as_str())).collect();
    assert_eq!(told, [(goes.as_str(), "Anna")]);
}

#[tokio::test]
async fn open_task_of_the_absorbed_lead_is_shown_with_the_survivor() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    let ports = &suite.stage.ports;
    let at = suite.stage.clock.now();
    let task_id = TaskId::derived(&lead_id(&goes), &["call"]);
    let about = stored(&suite, &goes).await;
    let task = Task::about(&about, task_id.clone(), TaskKind::FollowUp, "Call".to_owned(), at);
    ports.tasks().save(&task, &Event::system(EventKind::TaskCreated, at)).await.unwrap();
    merge(&suite, &stays, &goes).await;
    let task = ports.tasks().get(&suite.workspace, &task_id).await.unwrap();
    assert_eq!((task.lead_name.as_str(), task.lead_deleted), ("Ana Silva", false));
    unmerge(&suite, &stays, &goes).await;
    assert_eq!(ports.tasks().get(&suite.workspace, &task_id).await.unwrap().lead_name, "Anna");
}

#[tokio::test]
async fn absorbed_lead_is_not_deleted_by_its_own_id() {
    let mut suite = suite().await;
    let (stays, goes) = both(&suite).await;
    merge(&suite, &stays, &goes).await;
    suite.sign_in(Role::Manager);
    assert_eq!(suite.delete(&format!("/api/leads/{goes}")).await.expect(409)["code"], "merged");
    let erased = suite.post(&format!("/api/leads/{goes}/erase"), json!({})).await.expect(409);
    assert_eq!(erased["code"], "merged");
    let many = suite.post("/api/leads/delete", json!({"ids": [goes]})).await.expect(200);
    assert_eq!((&many["deleted"], &many["skipped"][0]["reason"]), (&json!([]), &json!("no_such_lead")));
    assert_eq!(suite.get(&format!("/api/leads/{stays}")).await.expect(200)["merged"], 1);
}

#[tokio::test]
async fn deleting_the_survivor_hides_both_and_restoring_brings_it_back() {
    let mut suite = suite().await;
    let (stays, goes) = both(&suite).await;
    merge(&suite, &stays, &goes).await;
    suite.sign_in(Role::Manager);
    suite.delete(&format!("/api/leads/{stays}")).await.expect(204);
    suite.get(&format!("/api/leads/{goes}")).await.expect(404);
    let refused = suite.post(&format!("/api/leads/{stays}/unmerge"), json!({"lead": goes})).await;
    refused.expect(404);
    suite.post(&format!("/api/leads/{stays}/restore"), json!({})).await.expect(200);
    assert_eq!(suite.get(&format!("/api/leads/{goes}")).await.expect(200)["id"], json!(stays));
    unmerge(&suite, &stays, &goes).await;
}

#[tokio::test]
async fn erasing_the_survivor_erases_what_it_absorbed() {
    let mut suite = suite().await;
    let (stays, goes) = both(&suite).await;
    suite.post(&format!("/api/leads/{goes}/notes"), json!({"text": "Private"})).await.expect(201);
    merge(&suite, &stays, &goes).await;
    suite.sign_in(Role::Manager);
    suite.post(&format!("/api/leads/{stays}/erase"), json!({})).await.expect(204);
    let ports = &suite.stage.ports;
    let both = [lead_id(&stays), lead_id(&goes)];
    assert_eq!(ports.lead_merges().stored(&suite.workspace, &both).await.unwrap().len(), 0);
    let left = serde_json::to_string(&suite.stage.cloud.items("test").unwrap()).unwrap();
    for text in ["Private", "anna@home.example", "ana@quay.example", "Has a dog."] {
        assert!(!left.contains(text), "{text} is left");
    }
    made(&suite, json!({"email": "anna@home.example"})).await;
}

#[tokio::test]
async fn merge_is_undone_within_thirty_days_only() {
    let mut suite = suite().await;
    let (stays, goes) = both(&suite).await;
    merge(&suite, &stays, &goes).await;
    suite.stage.advance(SignedDuration::from_hours(24 * 30));
    suite.sign_in(Role::Rep);
    let merges = suite.get(&format!("/api/leads/{stays}/merges")).await.expect(200);
    assert_eq!(merges["items"][0]["can_undo"], false);
    let refused = suite.post(&format!("/api/leads/{stays}/unmerge"), json!({"lead": goes})).await.expect(409);
    assert_eq!(refused["code"], "undo_over");
    assert_eq!(suite.get(&format!("/api/leads/{goes}")).await.expect(200)["id"], json!(stays));
}

#[tokio::test]
async fn leads_are_merged_one_into_the_other_and_separated_in_any_order() {
    let suite = suite().await;
    let (second, first) = both(&suite).await;
    let third = made(&suite, json!({"first_name": "A.", "email": "a@third.example"})).await;
    merge(&suite, &second, &first).await;
    let done = merge(&suite, &third, &second).await;
    assert_eq!(done["lead"]["merged"], 2);
    for lead in [&first, &second, &third] {
        assert_eq!(suite.get(&format!("/api/leads/{lead}")).await.expect(200)["id"], json!(third));
    }
    // The inner merge waits for the outer one.
    suite.post(&format!("/api/leads/{second}/unmerge"), json!({"lead": first})).await.expect(404);
    unmerge(&suite, &third, &second).await;
    assert_eq!(suite.get(&format!("/api/leads/{first}")).await.expect(200)["id"], json!(second));
    unmerge(&suite, &second, &first).await;
    assert_eq!(suite.get(&format!("/api/leads/{first}")).await.expect(200)["id"], json!(first));
}

#[tokio::test]
async fn eleventh_lead_is_not_merged_into_one() {
    let suite = suite().await;
    let stays = made(&suite, json!({"email": "stays@many.example"})).await;
    let mut others = Vec::new();
    for n in 0..11 {
        others.push(made(&suite, json!({"email": format!("n{n}@many.example")})).await);
    }
    for part in [&others[..9], &others[9..10]] {
        suite.post("/api/leads/merge", json!({"into": stays, "leads": part})).await.expect(200);
    }
    let refused =
        suite.post("/api/leads/merge", json!({"into": stays, "leads": [others[10]]})).await.expect(409);
    assert_eq!(refused["code"], "too_many_merged");
    let lead = suite.get(&format!("/api/leads/{stays}")).await.expect(200);
    assert_eq!(lead["merged"], 10);
}

#[tokio::test]
async fn merged_duplicates_leave_their_page_and_come_back_with_undoing() {
    let suite = suite().await;
    let stays =
        made(&suite, json!({"first_name": "Ana", "last_name": "Silva", "email": "ana@quay.example"})).await;
    let goes =
        made(&suite, json!({"first_name": "Ana", "last_name": "Silva", "email": "silva@quay.example"})).await;
    suite.stage.record_changes().await;
    super::duplicates::search(&suite).await;
    let groups =
        async || suite.get("/api/leads/duplicates").await.expect(200)["items"].as_array().unwrap().len();
    assert_eq!(groups().await, 1);
    merge(&suite, &stays, &goes).await;
    assert_eq!(groups().await, 0);
    unmerge(&suite, &stays, &goes).await;
    assert_eq!(groups().await, 1);
}

#[tokio::test]
async fn counters_count_what_both_did_once() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    suite.patch(&format!("/api/leads/{goes}"), json!({"status": "won"})).await.expect(200);
    merge(&suite, &stays, &goes).await;
    project(&ProjectPorts::new(&suite.stage.ports), "shard-1", &suite.stage.stream()).await.unwrap();
    let total = suite.stage.ports.stats().total(&suite.workspace).await.unwrap();
    use application::ports::stats::Metric;
    assert_eq!(
        (total[&Metric::LeadsCreated], total[&Metric::LeadsDeleted], total[&Metric::LeadsWon]),
        (2, 1, 1)
    );
}

#[tokio::test]
async fn two_users_who_merge_the_same_leads_into_each_other_merge_them_once() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    let ports = MergePorts::new(&suite.stage.ports);
    let (one, two) = (lead_id(&stays), lead_id(&goes));
    let choices = MergeChoices::new();
    let (there, back) = tokio::join!(
        merge_leads(&ports, &suite.workspace, (&one, &two), &choices, None),
        merge_leads(&ports, &suite.workspace, (&two, &one), &choices, None),
    );
    let merged = |outcome: &MergeOutcome| matches!(outcome, MergeOutcome::Merged(_));
    let (there, back) = (there.unwrap(), back.unwrap());
    assert!(merged(&there) != merged(&back), "{there:?} {back:?}");
    let at: Timestamp = suite.stage.clock.now();
    assert!(stored(&suite, &stays).await.updated_at <= at);
}

#[tokio::test]
async fn draft_of_an_answer_is_outdated_by_a_merge_and_waits_again_after_it_is_undone() {
    let suite = suite().await;
    let (stays, goes) = both(&suite).await;
    let (conversations, at) = (suite.stage.ports.conversations(), suite.stage.clock.now());
    let message = MessageId::derived(&lead_id(&goes), &["in", "1"]);
    let mut conversation = Conversation {
        workspace: suite.workspace.clone(),
        lead: lead_id(&goes),
        lead_name: "Anna".to_owned(),
        lead_deleted: false,
        folder: Folder::Open,
        channel: Channel::Email,
        last_direction: Direction::In,
        last_at: at,
        snippet: "How much is it?".to_owned(),
        unread: 1,
        understood: None,
        assignee: None,
        lead_owner: None,
        taken_in: Vec::new(),
        draft: Some(end_of(&message).to_owned()),
        rev: 0,
    };
    assert!(conversation.add_inbound(&message));
    let draft = AnswerDraft {
        workspace: suite.workspace.clone(),
        lead: lead_id(&goes),
        message,
        text: "I will find out.".to_owned(),
        state: AnswerDraftState::Waiting {},
        written_with: None,
        cost: Usd::ZERO,
        tokens: Default::default(),
        reservation: None,
        made_at: at,
        asked_by: None,
        rev: 0,
    };
    let event = Event::system(EventKind::AnswerDrafted, at);
    conversations.save_answer_draft(&draft, &conversation, &event).await.unwrap();
    let standing = async |id: &str| {
        let found = conversations.get(&suite.workspace, &lead_id(id)).await.unwrap().unwrap();
        let file = suite.stage.ports.leads().file(&suite.workspace, &lead_id(id)).await.unwrap();
        let draft = file.answer_draft.expect("the draft follows the lead");
        match draft.standing(&found) {
            DraftStanding::Outdated(why) => Some(why),
            other => {
                assert_eq!(other, DraftStanding::Waits);
                None
            }
        }
    };
    assert_eq!(standing(&goes).await, None);
    merge(&suite, &stays, &goes).await;
    assert_eq!(standing(&stays).await, Some(WhyOutdated::Merged));
    let listed = conversations.with_draft(&suite.workspace, PageRequest::first(10)).await.unwrap();
    assert_eq!(listed.items, []);
    unmerge(&suite, &stays, &goes).await;
    assert_eq!(standing(&goes).await, None);
}
