//! Mail about an account on leadflow itself.

use super::keyed::keyed;
use super::scene::{World, answer};
use application::identity::address_proof::prove_address;
use application::identity::invitations::{create_invitation, read_invitation};
use application::identity::password_reset::reset_password;
use application::ports::outbox::send_all;
use application::queue_messages::SendMessage;
use application::sending::{ADDRESS_ASKED, FORGOTTEN, INVITED};
use application::{Clock, Ports};
use domain::InvitationId;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::event::Actor;
use domain::workspace::invitation::Invitation;
use domain::workspace::login::AddressProof;
use domain::workspace::user::Role;
use http::{Request, Response};
use jiff::SignedDuration;
use providers::transport::TransportError;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use test_stage::Stage;

async fn forget(world: &World, address: &str) {
    let sealed = world.stage.ports.keys().seal(FORGOTTEN, address);
    let order = SendMessage::ForgottenPassword { sealed, at: world.stage.clock.now() };
    send_all(&*world.ports().outbox(), &[order], 0).await.unwrap();
}

fn token_in(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    text.split_once("#token=").unwrap().1.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn password_link_goes_through_no_mailbox_of_a_workspace() {
    let (world, sent, _) = keyed(0).await;
    forget(&world, "owner@northquay.example").await;
    world.run().await;
    assert_eq!(sent.lock().unwrap().len(), 0, "who reads the mailbox would choose the owner's password");
}

#[tokio::test]
async fn unknown_or_late_password_request_sends_no_mail() {
    let (world, seen) = with_system_sender(|| Ok(answer(200, &json!({ "MessageId": "0100" })))).await;
    forget(&world, "nobody@northquay.example").await;
    world.run().await;
    forget(&world, "owner@northquay.example").await;
    world.stage.advance(SignedDuration::from_mins(31));
    world.run().await;
    assert_eq!(seen.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn password_mails_to_one_user_are_limited() {
    let (world, seen) = with_system_sender(|| Ok(answer(200, &json!({ "MessageId": "0100" })))).await;
    for _ in 0..8 {
        forget(&world, "owner@northquay.example").await;
        world.run().await;
    }
    assert_eq!(seen.lock().unwrap().len(), 5);
}

/// Creates an invitation to the workspace and orders its mail; returns the token.
async fn invite(world: &World) -> String {
    let ports = world.ports();
    let (workspace, owner) = world.stage.workspace("northquay").await;
    let now = world.stage.clock.now();
    let mut invitation = Invitation {
        id: InvitationId::new(ports.ids().next()),
        workspace,
        email: EmailAddress::parse("ben@example.com").unwrap(),
        name: "Ben".to_owned(),
        role: Role::Admin,
        invited_by: owner,
        offers_ended: None,
        token_hash: String::new(),
        created_at: now,
        expires_at: now,
        rev: 0,
    };
    let by = (Actor::System, now);
    let token = create_invitation(&*ports.users(), &*ports.ids(), &mut invitation, by).await.unwrap();
    let order = SendMessage::Invitation { sealed: ports.keys().seal(INVITED, &token), at: now };
    send_all(&*ports.outbox(), &[order], 0).await.unwrap();
    token
}

#[tokio::test]
async fn invitation_goes_through_no_mailbox_of_a_workspace() {
    let (world, sent, _) = keyed(0).await;
    invite(&world).await;
    world.run().await;
    assert_eq!(sent.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn invitation_is_mailed_by_the_installations_own_sender() {
    let (world, seen) = with_system_sender(|| Ok(answer(200, &json!({ "MessageId": "0100" })))).await;
    let token = invite(&world).await;
    world.run().await;
    let mail: Value = serde_json::from_slice(seen.lock().unwrap().remove(0).body()).unwrap();
    let simple = &mail["Content"]["Simple"];
    assert!(simple["Subject"]["Data"].as_str().unwrap().contains("northquay"), "{mail}");
    assert_eq!(token_in(&json!({ "text": simple["Body"]["Text"]["Data"] })), token);
    let now = world.stage.clock.now();
    assert!(read_invitation(&*world.ports().users(), &token, now).await.unwrap().is_ok());
}

pub type Seen = Arc<Mutex<Vec<Request<Vec<u8>>>>>;

/// An installation whose operator has named a sender, and what SES is asked.
pub async fn with_system_sender(
    ses: impl Fn() -> Result<Response<Vec<u8>>, TransportError> + Send + 'static,
) -> (World, Seen) {
    let stage = Stage::with_variables(&[("SYSTEM_SENDER", "accounts@leadflow.example")]).await;
    let (workspace, _) = stage.workspace("northquay").await;
    let account = stage.text_account(&workspace).await;
    let world = World::over(stage, workspace, Channel::Sms, account).await;
    let seen = Seen::default();
    let noted = seen.clone();
    world.provider_reading(move |request| {
        noted.lock().unwrap().push(request.clone());
        ses()
    });
    (world, seen)
}

#[tokio::test]
async fn installations_own_sender_mails_for_a_workspace_without_mailbox() {
    let (world, seen) = with_system_sender(|| Ok(answer(200, &json!({ "MessageId": "0100" })))).await;
    forget(&world, "owner@northquay.example").await;
    world.run().await;
    let request = seen.lock().unwrap().remove(0);
    assert_eq!(request.uri(), "https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails");
    let signature = request.headers()["authorization"].to_str().unwrap();
    assert!(signature.contains("/eu-west-1/ses/aws4_request"), "{signature}");
    let mail: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(mail["FromEmailAddress"], "leadflow <accounts@leadflow.example>");
    assert_eq!(mail["Destination"]["ToAddresses"], json!(["owner@northquay.example"]));
    let simple = &mail["Content"]["Simple"];
    assert_eq!(simple["Subject"]["Data"], "Reset your leadflow password");
    let token = token_in(&json!({ "text": simple["Body"]["Text"]["Data"] }));
    assert!(simple["Body"]["Html"]["Data"].as_str().unwrap().contains(&token));
    let (ports, now) = (world.ports(), world.stage.clock.now());
    let link = (&*token, "another password");
    let (logins, users) = (ports.logins(), ports.users());
    let stores = (&*logins, &*users, ports.sign_up_rule());
    assert!(reset_password(stores, &*ports.ids(), link, now).await.unwrap().is_ok());
}

#[tokio::test]
async fn link_that_proves_an_address_is_mailed_to_the_login() {
    let (world, seen) = with_system_sender(|| Ok(answer(200, &json!({ "MessageId": "0100" })))).await;
    let (ports, now) = (world.ports(), world.stage.clock.now());
    let owner = EmailAddress::parse("owner@northquay.example").unwrap();
    let mut login = ports.logins().by_email(&owner).await.unwrap().unwrap();
    login.address = AddressProof::Unproven;
    login.rev = ports.logins().save_login(&login).await.unwrap();
    let sealed = ports.keys().seal(ADDRESS_ASKED, login.id.as_str());
    send_all(&*ports.outbox(), &[SendMessage::AddressLink { sealed, at: now }], 0).await.unwrap();
    world.run().await;
    let mail: Value = serde_json::from_slice(seen.lock().unwrap().remove(0).body()).unwrap();
    assert_eq!(mail["Destination"]["ToAddresses"], json!([owner]));
    let token = token_in(&json!({ "text": mail["Content"]["Simple"]["Body"]["Text"]["Data"] }));
    let user = ports.users().get(&login.memberships[0].workspace, &login.memberships[0].user).await.unwrap();
    let who = (login.clone(), user);
    prove_address(&*ports.logins(), &ports.keys(), who, (&token, now)).await.unwrap().unwrap();
    assert_eq!(ports.logins().login(&login.id).await.unwrap().address, AddressProof::Proven);
}

#[tokio::test]
async fn throttled_ses_mail_is_sent_again_and_a_refused_one_given_up() {
    for (status, tries) in [(429, 2), (503, 2), (400, 1), (403, 1)] {
        let (world, seen) = with_system_sender(move || Ok(answer(status, &json!({ "message": "no" })))).await;
        forget(&world, "owner@northquay.example").await;
        world.run().await;
        world.pass(61);
        world.run().await;
        assert_eq!(seen.lock().unwrap().len(), tries, "{status}");
    }
}
