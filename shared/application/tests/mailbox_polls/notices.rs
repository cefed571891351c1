//! Notices of Microsoft's mailboxes: the subscription follows from polls, and a poll follows from a notice.

use super::world::{LEAD, OWNER, World, letter};
use application::Ports;
use application::mailbox_polling::{PollPorts, Polled, poll_mailbox};
use application::queue_messages::PollMailbox;
use application::workspace::account_grant::GrantPorts;
use application::workspace::mailbox_push::end_notices;
use domain::workspace::mailbox_push::{PushNews, PushSubscription};
use domain::workspace::mailbox_reading::MailboxReading;
use jiff::{SignedDuration, Timestamp};
use mailbox_fakes::{Gmail, Graph};
use serde_json::json;

#[tokio::test]
async fn first_poll_of_a_microsoft_mailbox_subscribes_to_its_notices() {
    let world = World::<Graph>::new().await;
    let [made] = world.server.subscriptions().try_into().unwrap();
    let address = format!("https://leadflow.example/api/webhooks/microsoft/{}/mailbox", world.account);
    assert_eq!(
        (&made["notificationUrl"], &made["resource"]),
        (&address.into(), &"me/mailFolders('inbox')/messages".into())
    );
    let push = world.reading().await.push.unwrap();
    assert_eq!(made["id"], push.id.as_str());
    let stored = format!("{:?}", world.reading().await);
    assert!(!stored.contains(made["clientState"].as_str().unwrap()), "the secret is stored nowhere");
    world.minutes(11).await;
    assert_eq!(world.server.subscriptions().len(), 1);
    let google = World::<Gmail>::new().await;
    assert_eq!(google.reading().await.push, None);
}

#[tokio::test]
async fn noticed_mailbox_is_read_at_once_and_once_for_a_burst() {
    let world = World::<Graph>::new().await;
    world.stage.advance(SignedDuration::from_mins(1));
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    assert_eq!(world.server.take_notices().len(), 1);
    let asked = || world.server.asked().iter().filter(|line| line.ends_with("inbox/messages/delta")).count();
    let before = asked();
    for _ in 0..3 {
        world.notice(PushNews::Read).await;
    }
    world.poll().await;
    assert_eq!((asked() - before, world.ingest().await), (1, 1));
}

#[tokio::test]
async fn subscription_is_renewed_before_its_end_or_when_the_provider_asks_for_it() {
    let world = World::<Graph>::new().await;
    let end = |world: &World<Graph>| -> Timestamp {
        world.server.subscriptions()[0]["expirationDateTime"].as_str().unwrap().parse().unwrap()
    };
    let first = end(&world);
    world.stage.advance(SignedDuration::from_hours(24));
    world.minutes(2).await;
    assert_eq!(end(&world), first);
    world.notice(PushNews::Renew).await;
    world.poll().await;
    let second = end(&world);
    assert!(second > first);
    world.stage.advance(SignedDuration::from_hours(5 * 24 + 2));
    world.minutes(2).await;
    assert!(end(&world) > second);
    assert_eq!(world.server.subscriptions().len(), 1);
}

#[tokio::test]
async fn subscription_that_is_gone_is_made_anew() {
    let world = World::<Graph>::new().await;
    let before = world.reading().await.push.unwrap();
    world.server.tell_of_life("subscriptionRemoved");
    world.stage.advance(SignedDuration::from_mins(1));
    world.notice(PushNews::SubscribeAnew).await;
    world.poll().await;
    let after = world.reading().await.push.unwrap();
    assert_ne!(after.id, before.id);
    assert_eq!(world.server.subscriptions()[0]["id"], after.id.as_str());
}

#[tokio::test]
async fn poll_after_a_change_of_the_public_address_subscribes_there_and_ends_the_former_subscription() {
    let world = World::<Graph>::new().await;
    let moved =
        || PollPorts { public_url: "https://new.example".into(), ..PollPorts::new(&world.stage.ports) };
    let poll = async || {
        world.stage.advance(SignedDuration::from_mins(6));
        let due = PollMailbox::due(world.workspace.clone(), world.account.clone());
        assert_eq!(poll_mailbox(&moved(), &due).await.unwrap(), Polled::Done);
    };
    world.server.fail_next("DELETE", 503, "serviceNotAvailable");
    for subscriptions in [2, 2] {
        poll().await;
        assert_eq!(world.server.subscriptions().len(), subscriptions, "the former one stays, for days");
    }
    let address = format!("https://new.example/api/webhooks/microsoft/{}/mailbox", world.account);
    let push = world.reading().await.push.unwrap();
    let [_, made] = world.server.subscriptions().try_into().unwrap();
    assert_eq!((&made["id"], &made["notificationUrl"]), (&json!(push.id), &json!(address)));
    assert_eq!(push.url, address);

    let former = world.reading().await;
    let elsewhere = PushSubscription { url: "https://leadflow.example/".to_owned(), ..push };
    world
        .stage
        .ports
        .mailbox_readings()
        .save(&MailboxReading { push: Some(elsewhere), ..former })
        .await
        .unwrap();
    poll().await;
    let ids: Vec<_> = world.server.subscriptions().iter().map(|known| known["id"].clone()).collect();
    assert_eq!(ids, ["subscription-1", "subscription-3"]);
}

#[tokio::test]
async fn refused_subscription_stops_no_poll_and_is_asked_for_hours_later() {
    let world = World::<Graph>::new().await;
    world.server.tell_of_life("subscriptionRemoved");
    world.server.fail_always("POST /v1.0/subscriptions", 403, "ExtensionError");
    world.notice(PushNews::SubscribeAnew).await;
    world.poll().await;
    let reading = world.reading().await;
    assert_eq!((&reading.failure, &reading.push), (&None, &None));
    let asked = || world.server.asked().iter().filter(|line| *line == "POST /v1.0/subscriptions").count();
    let before = asked();
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.minutes(30).await;
    assert_eq!((world.ingest().await, asked()), (1, before));
    world.server.repair();
    world.minutes(36).await;
    assert!(world.reading().await.push.is_some());
}

#[tokio::test]
async fn account_that_is_deleted_leaves_no_subscription_behind() {
    let world = World::<Graph>::new().await;
    let ports = PollPorts::new(&world.stage.ports);
    let account = world.stage.ports.accounts().get(&world.workspace, &world.account).await.unwrap();
    let push = (&*ports.mailbox_push, &*ports.mailbox_readings);
    world.server.fail_next("DELETE", 503, "serviceNotAvailable");
    end_notices(&GrantPorts::from(&ports), push, &account).await;
    assert_eq!(world.server.subscriptions().len(), 1, "nothing but the subscription stays, for days");
    end_notices(&GrantPorts::from(&ports), push, &account).await;
    assert!(world.server.subscriptions().is_empty());
}
