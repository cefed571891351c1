//! Mail about an account on leadflow itself.

use super::keyed::{Sent, keyed};
use super::scene::{World, answer};
use application::identity::invitations::{create_invitation, read_invitation};
use application::identity::password_reset::reset_password;
use application::ports::accounts::SecretFields;
use application::ports::outbox::send_all;
use application::queue_messages::SendMessage;
use application::sending::{FORGOTTEN, INVITED};
use application::{Clock, Ports};
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::event::Actor;
use domain::workspace::account::AccountSettings;
use domain::workspace::invitation::Invitation;
use domain::workspace::login::Membership;
use domain::workspace::user::{Role, User};
use domain::{InvitationId, UserId};
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

fn mails(sent: &Sent) -> Vec<Value> {
    sent.lock().unwrap().iter().map(|(_, body)| serde_json::from_slice(body).unwrap()).collect()
}

fn token_in(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    text.split_once("#token=").unwrap().1.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn user_who_forgot_the_password_gets_a_link_by_mail() {
    let (world, sent, _) = keyed(0).await;
    forget(&world, "owner@northquay.example").await;
    world.run().await;
    let mail = mails(&sent).remove(0);
    assert!(mail["to"].to_string().contains("owner@northquay.example"), "{mail}");
    let (ports, now) = (world.ports(), world.stage.clock.now());
    let link = (&*token_in(&mail), "another password");
    assert!(
        reset_password((&*ports.logins(), &*ports.users()), &*ports.ids(), link, now).await.unwrap().is_ok()
    );
}

#[tokio::test]
async fn unknown_or_late_password_request_sends_no_mail() {
    let (world, sent, _) = keyed(0).await;
    forget(&world, "nobody@northquay.example").await;
    world.run().await;
    forget(&world, "owner@northquay.example").await;
    world.stage.advance(SignedDuration::from_mins(31));
    world.run().await;
    assert_eq!(mails(&sent), Vec::<Value>::new());
}

/// Lets the owner of the first workspace join another one, which has a mailbox of its own and was used last.
async fn owner_joins_elsewhere(world: &World, address: &str) {
    let ports = world.ports();
    let (elsewhere, _) = world.stage.workspace("elsewhere").await;
    let settings = AccountSettings::Resend {
        base_url: "https://api.resend.example".to_owned(),
        from_address: EmailAddress::parse("them@elsewhere.example").unwrap(),
        from_name: "Them".to_owned(),
        reply_to: None,
    };
    world.stage.account(&elsewhere, settings, SecretFields::one("api_key", "re_key")).await;
    let email = EmailAddress::parse(address).unwrap();
    let mut login = ports.logins().by_email(&email).await.unwrap().unwrap();
    let now = world.stage.clock.now();
    let user = User {
        id: UserId::derived(now, &["both"]),
        workspace: elsewhere,
        login: login.id.clone(),
        email,
        name: "Owner".to_owned(),
        role: Role::Rep,
        created_at: now,
        disabled: false,
        ai_off: false,
        phone: None,
        rev: 0,
    };
    login.put_first(Membership::of(&user));
    ports.users().add(&login, &user).await.unwrap();
}

#[tokio::test]
async fn password_link_that_opens_several_workspaces_goes_through_no_mailbox_of_another_one() {
    let (world, sent, _) = keyed(0).await;
    owner_joins_elsewhere(&world, "owner@northquay.example").await;
    forget(&world, "owner@northquay.example").await;
    world.run().await;
    let mail = mails(&sent).remove(0);
    assert_eq!(
        mail["from"], "\"Maya\" <maya@northquay.example>",
        "elsewhere's owners read what them@ has sent"
    );
    let (ports, now) = (world.ports(), world.stage.clock.now());
    let link = (&*token_in(&mail), "another password");
    assert!(
        reset_password((&*ports.logins(), &*ports.users()), &*ports.ids(), link, now).await.unwrap().is_ok()
    );
}

#[tokio::test]
async fn password_mails_to_one_user_are_limited() {
    let (world, sent, _) = keyed(0).await;
    for _ in 0..8 {
        forget(&world, "owner@northquay.example").await;
        world.run().await;
    }
    assert_eq!(mails(&sent).len(), 5);
}

#[tokio::test]
async fn invitation_goes_out_by_the_workspaces_or_the_first_ones_mailbox() {
    let (world, sent, _) = keyed(0).await;
    let ports = world.ports();
    for name in ["northquay", "elsewhere"] {
        let (workspace, owner) = world.stage.workspace(name).await;
        let now = world.stage.clock.now();
        let mut invitation = Invitation {
            id: InvitationId::new(ports.ids().next()),
            workspace,
            email: EmailAddress::parse("ben@example.com").unwrap(),
            name: "Ben".to_owned(),
            role: Role::Rep,
            invited_by: owner,
            token_hash: String::new(),
            created_at: now,
            expires_at: now,
            rev: 0,
        };
        let token = create_invitation(&*ports.users(), &*ports.ids(), &mut invitation, (Actor::System, now))
            .await
            .unwrap();
        let order = SendMessage::Invitation { sealed: ports.keys().seal(INVITED, &token), at: now };
        send_all(&*ports.outbox(), &[order], 0).await.unwrap();
        world.run().await;
        let mail = mails(&sent).pop().unwrap();
        assert!(mail["subject"].as_str().unwrap().contains(name), "{mail}");
        assert_eq!(token_in(&mail), token);
        assert!(read_invitation(&*ports.users(), &token, now).await.unwrap().is_ok());
    }
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
    assert!(
        reset_password((&*ports.logins(), &*ports.users()), &*ports.ids(), link, now).await.unwrap().is_ok()
    );
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
