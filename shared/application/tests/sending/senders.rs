//! The account that a message by hand leaves from when it is due: it waits for its own, and no other takes its place.

use super::keyed::keyed;
use super::scene::World;
use application::ports::accounts::SecretFields;
use application::{Clock, PageRequest, Ports};
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::message::{Direction, Message, MessageState};
use domain::workspace::account::{Account, AccountSettings};
use domain::{MessageId, UserId};

async fn second_mailbox(world: &World) -> Account {
    let settings = AccountSettings::Resend {
        base_url: "https://api.resend.example".to_owned(),
        from_address: EmailAddress::parse("zoe@northquay.example").unwrap(),
        from_name: "Zoe".to_owned(),
        reply_to: None,
    };
    let id = world.stage.account(&world.workspace, settings, SecretFields::one("api_key", "re_key")).await;
    world.ports().accounts().get(&world.workspace, &id).await.unwrap()
}

fn author() -> UserId {
    UserId::derived(jiff::Timestamp::UNIX_EPOCH, &["maya"])
}

/// A message that a user has written to leave from this account.
async fn written(world: &World, account: Option<&Account>, text: &str) -> MessageId {
    let id = world.write(Channel::Email, None).await;
    let mut message = world.one(&id).await;
    message.account = account.map(|account| account.id.clone());
    message.author = Some(author());
    message.text = text.to_owned();
    let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
    world.ports().messages().save(&message, &event).await.unwrap();
    id
}

async fn switched(world: &World, account: &Account, enabled: bool) {
    let accounts = world.ports().accounts();
    let mut stored = accounts.get(&world.workspace, &account.id).await.unwrap();
    stored.enabled = enabled;
    let event = Event::system(EventKind::AccountChanged, world.stage.clock.now());
    accounts.save(&stored, &event).await.unwrap();
}

async fn told(world: &World) -> Vec<String> {
    let notes = world.ports().notifications();
    let page = notes.list(&world.workspace, &author(), PageRequest::first(5)).await.unwrap();
    page.items.into_iter().filter(|note| note.user.is_some()).map(|note| note.detail).collect()
}

#[tokio::test]
async fn message_waits_for_its_account_and_leaves_from_no_other() {
    let (world, sent, _) = keyed(0).await;
    let zoe = second_mailbox(&world).await;
    let id = written(&world, Some(&zoe), "Hello").await;
    switched(&world, &zoe, false).await;
    world.run().await;
    assert_eq!((world.one(&id).await.state, sent.lock().unwrap().len()), (MessageState::Queued, 0));
    assert!(told(&world).await[0].contains("is switched off"), "{:?}", told(&world).await);
    switched(&world, &zoe, true).await;
    world.pass(15 * 60);
    world.run_due().await;
    let message = world.one(&id).await;
    assert_eq!(
        (message.state, message.from.as_str()),
        (MessageState::Accepted, "Zoe <zoe@northquay.example>")
    );
}

#[tokio::test]
async fn message_whose_account_was_removed_waits_and_says_so() {
    let (world, sent, _) = keyed(0).await;
    let zoe = second_mailbox(&world).await;
    let id = written(&world, Some(&zoe), "Hello").await;
    let event = Event::system(EventKind::AccountDeleted, world.stage.clock.now());
    world.ports().accounts().delete(&world.workspace, &zoe.id, &event).await.unwrap();
    world.run().await;
    world.hours(3).await;
    assert_eq!((world.one(&id).await.state, sent.lock().unwrap().len()), (MessageState::Queued, 0));
    assert!(told(&world).await[0].contains("was removed"), "{:?}", told(&world).await);
}

#[tokio::test]
async fn message_whose_mailbox_was_removed_goes_out_once_the_same_one_is_connected_anew() {
    let (world, _, _) = keyed(0).await;
    let zoe = second_mailbox(&world).await;
    written(&world, Some(&zoe), "Hello").await;
    world.run().await;
    let id = world.write_one("waits", Channel::Email, None).await;
    let mut message = world.one(&id).await;
    message.account = Some(zoe.id.clone());
    let event = Event::system(EventKind::AccountDeleted, world.stage.clock.now());
    world.ports().messages().save(&message, &event).await.unwrap();
    world.ports().accounts().delete(&world.workspace, &zoe.id, &event).await.unwrap();
    world.run().await;
    assert_eq!(world.one(&id).await.state, MessageState::Queued);
    world.pass(60);
    let anew = second_mailbox(&world).await;
    assert_ne!(anew.id, zoe.id);
    world.hours(25).await;
    let message = world.one(&id).await;
    assert_eq!((message.state, message.account), (MessageState::Accepted, Some(anew.id)));
}

#[tokio::test]
async fn message_that_was_queued_without_an_account_leaves_from_the_one_that_the_lead_knows() {
    let (world, _, _) = keyed(0).await;
    let zoe = second_mailbox(&world).await;
    let now = world.stage.clock.now();
    let key = MessageId::derived(&world.key.lead, &["asked"]);
    let asked = Message {
        account: Some(zoe.id.clone()),
        ..Message::blank(key, world.workspace.clone(), Direction::In, Channel::Email, now)
    };
    world.ports().messages().create(&asked, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
    let id = written(&world, None, "Hello").await;
    world.run().await;
    assert_eq!(world.one(&id).await.account, Some(zoe.id));
}

#[tokio::test]
async fn sender_name_in_the_text_is_that_of_the_header() {
    let (world, sent, _) = keyed(0).await;
    let zoe = second_mailbox(&world).await;
    let workspaces = world.ports().workspaces();
    let mut workspace = workspaces.get(&world.workspace).await.unwrap();
    workspace.company.sender_name = "The team".to_owned();
    let event = Event::system(EventKind::SettingsChanged, world.stage.clock.now());
    workspaces.save(&workspace, &event).await.unwrap();
    written(&world, Some(&zoe), "{{ sender.name }} here").await;
    world.run().await;
    let mail: serde_json::Value = serde_json::from_slice(&sent.lock().unwrap()[0].1).unwrap();
    assert!(mail["text"].as_str().unwrap().starts_with("Zoe here"), "{mail}");
    assert!(mail["from"].as_str().unwrap().contains("Zoe"), "{mail}");
}
