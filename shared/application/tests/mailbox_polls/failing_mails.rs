//! A mail that cannot be read: it is tried in three polls, then less of it, then it is skipped and users are told.

use super::kinds::{each_kind, replied};
use super::world::{LEAD, OWNER, Refused, Server, World, letter};
use mailbox_fakes::{Gmail, Graph, ImapAccount};

each_kind!(
    mail_that_is_not_handed_out_whole_is_read_by_its_beginning_in_the_third_poll,
    mail_of_which_nothing_is_handed_out_is_skipped_and_its_user_is_told_which,
    mail_whose_headers_come_late_is_handed_over_once,
    mail_that_comes_again_whole_in_the_second_poll_is_not_cut,
);

async fn mail_that_is_not_handed_out_whole_is_read_by_its_beginning_in_the_third_poll<S: Server>() {
    let world = World::<S>::new().await;
    world.server.refuse(Refused::Whole);
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    let before = world.reading().await;
    world.minutes(6).await;
    let reading = world.reading().await;
    assert_eq!((&reading.cursor, &reading.failure), (&before.cursor, &None));
    assert_eq!(reading.failing.iter().map(|mail| mail.polls).collect::<Vec<_>>(), [1]);
    assert_eq!(world.ingest().await, 0);
    world.minutes(6).await;
    let reading = world.reading().await;
    assert!(reading.failing.is_empty() && reading.cursor != before.cursor, "{reading:?}");
    assert!(reading.is_fresh(application::Clock::now(&*world.stage.clock)));
    assert_eq!(world.ingest().await, 1);
    assert_eq!(world.state().await, replied());
    let messages = world.messages().await;
    assert!(messages[0].text.contains("Please call me."), "{}", messages[0].text);
    assert!(skipped(&world).await.is_empty());
}

async fn mail_of_which_nothing_is_handed_out_is_skipped_and_its_user_is_told_which<S: Server>() {
    let world = World::<S>::new().await;
    world.server.refuse(Refused::Text);
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.minutes(13).await;
    let reading = world.reading().await;
    assert!(reading.failing.is_empty() && reading.failure.is_none(), "{reading:?}");
    let told = skipped(&world).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].detail.contains(LEAD) && told[0].detail.contains("“Hello”"), "{}", told[0].detail);
    assert_eq!(told[0].lead.as_ref(), Some(&world.key.lead));
    world.server.repair();
    world.arrives(&letter(LEAD, OWNER, "r2@one.example", ""));
    world.minutes(6).await;
    assert_eq!(world.ingest().await, 1, "the mail behind it is read, and the skipped one is not");
}

async fn mail_whose_headers_come_late_is_handed_over_once<S: Server>() {
    let world = World::<S>::new().await;
    world.server.refuse(Refused::Headers);
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.minutes(6).await;
    assert_eq!(world.reading().await.failing.len(), 1);
    assert_eq!(world.ingest().await, 0);
    world.server.repair();
    world.minutes(10).await;
    assert_eq!(world.ingest().await, 1);
    assert_eq!(world.state().await, replied());
    assert!(skipped(&world).await.is_empty() && world.reading().await.failing.is_empty());
}

async fn mail_that_comes_again_whole_in_the_second_poll_is_not_cut<S: Server>() {
    let world = World::<S>::new().await;
    world.server.refuse(Refused::Text);
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.minutes(6).await;
    world.server.repair();
    world.minutes(4).await;
    assert_eq!(world.ingest().await, 1);
    assert!(world.reading().await.failing.is_empty());
}

async fn skipped<S: Server>(world: &World<S>) -> Vec<domain::workspace::notification::Notification> {
    let all = world.notifications().await;
    all.into_iter()
        .filter(|told| told.title.ends_with("cannot be read") && told.title.starts_with("A mail"))
        .collect()
}

#[tokio::test]
async fn imap_mail_whose_headers_are_refused_is_skipped_after_three_polls_with_nothing_of_it_stored() {
    let world = World::<ImapAccount>::new().await;
    world.server.refuse(Some("HEADER.FIELDS"));
    world.arrives(&letter("doctor@clinic.example", OWNER, "p1@clinic.example", ""));
    world.minutes(9).await;
    assert!(skipped(&world).await.is_empty() && world.reading().await.failing.len() == 1);
    world.minutes(4).await;
    let told = skipped(&world).await;
    assert_eq!((told.len(), told[0].lead.as_ref()), (1, None));
    let stored = format!("{told:?} {:?}", world.reading().await);
    assert!(!stored.contains("clinic") && !stored.contains("Hello"), "{stored}");
    assert_eq!(world.fetched(), 0);
}

#[tokio::test]
async fn graph_mail_whose_headers_are_refused_is_read_by_what_the_list_tells() {
    let world = World::<Graph>::new().await;
    Server::refuse(&*world.server, Refused::Headers);
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.arrives(&letter("doctor@clinic.example", OWNER, "p1@clinic.example", ""));
    world.minutes(13).await;
    assert_eq!(world.ingest().await, 1);
    assert_eq!(world.state().await, replied());
    assert!(skipped(&world).await.is_empty());
}

#[tokio::test]
async fn outage_of_the_mailbox_counts_no_failure_of_a_mail() {
    let world = World::<Graph>::new().await;
    Server::refuse(&*world.server, Refused::Text);
    world.server.fail_always("mailFolders/inbox?", 503, "serviceNotAvailable");
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.minutes(40).await;
    let reading = world.reading().await;
    assert!(reading.failing.is_empty() && reading.failure.is_some(), "{reading:?}");
    Server::repair(&*world.server);
    world.minutes(61).await;
    assert_eq!(world.ingest().await, 1);
}

#[tokio::test]
async fn imap_connection_that_is_lost_at_a_mail_is_made_anew_in_the_same_poll() {
    let world = World::<ImapAccount>::new().await;
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.server.break_off_at("UID FETCH 1 (UID RFC822.SIZE BODY.PEEK[]");
    world.minutes(6).await;
    assert_eq!((world.ingest().await, world.reading().await.failing.len()), (1, 0));
}

#[tokio::test]
async fn mail_that_fails_keeps_no_other_of_its_page_back() {
    let world = World::<Gmail>::new().await;
    world.arrives(&letter(LEAD, OWNER, "r1@one.example", ""));
    world.arrives(&letter(LEAD, OWNER, "r2@one.example", ""));
    world.server.fail_always("/messages/m1?format=raw", 500, "backendError");
    world.minutes(6).await;
    assert_eq!(world.ingest().await, 1, "the second one is handed over in the same poll");
    world.minutes(7).await;
    assert_eq!(world.ingest().await, 1, "and not twice");
    assert_eq!(world.messages().await.len(), 2);
}
