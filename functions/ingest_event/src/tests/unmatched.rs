//! Messages that match no lead: what they do when they come, and once a user has said whose they are.

use crate::App;
use crate::tests::relayed_mail;
use application::ingesting::ingest;
use application::ingesting::kept_mail::kept_mail;
use application::lead::change::erase_blobs;
use application::ports::leads::Reached;
use application::queue_messages::IngestEvent;
use application::{Clock, PageRequest, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::suppression::SuppressionScope;
use domain::message::Direction;
use domain::message::conversation::Folder;
use domain::message::understanding::ReplyKind;
use domain::message::unmatched::{Link, UnmatchedReply};
use domain::{AccountId, MessageId, UserId, WorkspaceId};
use test_stage::Stage;

const OTHER: &str = "ann.private@two.example";

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    inbound: AccountId,
    user: UserId,
    lead: Lead,
    key: EnrolmentKey,
    app: App,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        let inbound = stage.inbound_mail(&workspace).await;
        let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
        let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let lead = stage.lead(&workspace, "ann", |_| {}).await;
        let key = stage.enrolment(&campaign, &sequence, &lead.id).await.key().clone();
        let app = App::new(&stage.ports);
        Self { stage, workspace, inbound, user, lead, key, app }
    }

    async fn comes(&self, id: &str, headers: &str, body: &str) {
        let raw = format!(
            "From: \"Ann Lund\" <{OTHER}>\r\nTo: replies@northquay.example\r\nMessage-ID: <{id}@two.example>\r\n\
             Subject: Re: Hello\r\nMIME-Version: 1.0\r\n{headers}\r\n\r\n{body}\r\n"
        );
        let event =
            relayed_mail(&self.stage, (&self.workspace, &self.inbound), &format!("e-{id}"), OTHER, &raw);
        // Twice, as webhooks come.
        for _ in 0..2 {
            ingest(&self.app.ports, &event).await.unwrap();
        }
    }

    async fn waiting(&self) -> Vec<UnmatchedReply> {
        let page = PageRequest::first(5);
        self.stage.ports.conversations().unmatched(&self.workspace, page).await.unwrap().items
    }

    async fn is_linked(&self, reply: &UnmatchedReply, user: &UserId, learns_address: bool) {
        let (lead, by, at) = (self.lead.id.clone(), user.clone(), self.stage.clock.now());
        let link = Link { lead, learns_address, by, at };
        let event = IngestEvent::Linked { workspace: self.workspace.clone(), reply: reply.id.clone(), link };
        for _ in 0..2 {
            ingest(&self.app.ports, &event).await.unwrap();
        }
    }

    async fn ended(&self) -> Option<EndReason> {
        match *self.stage.ports.enrolments().get(&self.key).await.unwrap().state() {
            EnrolmentState::Ended { reason } => Some(reason),
            _ => None,
        }
    }

    async fn inbound_messages(&self) -> Vec<domain::message::Message> {
        let file = self.stage.ports.leads().file(&self.workspace, &self.lead.id).await.unwrap();
        file.messages.into_iter().filter(|message| message.direction == Direction::In).collect()
    }

    async fn is_suppressed(&self) -> bool {
        let scope = [SuppressionScope::Email(OTHER.to_owned())];
        !self.stage.ports.suppressions().find(&self.workspace, &scope).await.unwrap().is_empty()
    }
}

const PLAIN: &str = "Content-Type: text/plain; charset=utf-8";

#[tokio::test]
async fn linked_mail_stops_the_lead_and_stands_in_the_conversation_once() {
    let scene = Scene::new().await;
    scene.comes("1", PLAIN, "Yes please, tell me more.").await;
    let [reply] = scene.waiting().await.try_into().expect("one message waits");
    assert_eq!((reply.from_name.as_str(), reply.understood.kind), ("Ann Lund", ReplyKind::Person));
    assert_eq!(scene.ended().await, None);

    scene.is_linked(&reply, &scene.user, true).await;
    assert_eq!(scene.ended().await, Some(EndReason::Replied));
    let [message] = scene.inbound_messages().await.try_into().expect("it is recorded once");
    assert_eq!(message.id, MessageId::of_inbound(&scene.lead.id, &reply.external_id));
    assert_eq!((message.from.as_str(), message.text.trim()), (OTHER, "Yes please, tell me more."));
    let conversation = scene.stage.ports.conversations().get(&scene.workspace, &scene.lead.id).await.unwrap();
    let conversation = conversation.unwrap();
    assert_eq!((conversation.folder, conversation.unread), (Folder::Open, 1));
    assert!(scene.waiting().await.is_empty());
}

#[tokio::test]
async fn address_that_was_learnt_matches_the_next_mail() {
    let scene = Scene::new().await;
    scene.comes("1", PLAIN, "Hello").await;
    let [reply] = scene.waiting().await.try_into().unwrap();
    scene.is_linked(&reply, &scene.user, true).await;
    scene.comes("2", PLAIN, "And by the month?").await;
    assert!(scene.waiting().await.is_empty());
    assert_eq!(scene.inbound_messages().await.len(), 2);
}

#[tokio::test]
async fn address_that_was_not_learnt_matches_nothing_and_a_repeat_does_not_come_back() {
    let scene = Scene::new().await;
    scene.comes("1", PLAIN, "Hello").await;
    let [reply] = scene.waiting().await.try_into().unwrap();
    scene.is_linked(&reply, &scene.user, false).await;
    scene.comes("1", PLAIN, "Hello").await;
    assert!(scene.waiting().await.is_empty(), "it is linked already");
    scene.comes("2", PLAIN, "Hello again").await;
    assert_eq!(scene.waiting().await.len(), 1);
    let leads = scene.stage.ports.leads();
    let other = EmailAddress::parse(OTHER).unwrap();
    assert!(leads.find_by_former(&scene.workspace, Reached::Email(&other)).await.unwrap().is_empty());
}

#[tokio::test]
async fn second_of_two_links_has_no_effect() {
    let scene = Scene::new().await;
    scene.comes("1", PLAIN, "Hello").await;
    let [reply] = scene.waiting().await.try_into().unwrap();
    let conversations = scene.stage.ports.conversations();
    let mut taken = conversations.unmatched_reply(&scene.workspace, &reply.id).await.unwrap();
    taken.dismiss(&scene.user, scene.stage.clock.now());
    let event = Event::system(EventKind::UnmatchedDismissed, scene.stage.clock.now());
    conversations.save_unmatched(&taken, &event).await.unwrap();
    scene.is_linked(&reply, &scene.user, true).await;
    assert!(scene.inbound_messages().await.is_empty());
    assert_eq!(scene.ended().await, None);
}

#[tokio::test]
async fn opt_out_from_an_unknown_address_suppresses_it_and_its_link_stops_the_lead() {
    let scene = Scene::new().await;
    scene.comes("1", PLAIN, "Please take me off your list and unsubscribe me.").await;
    assert!(scene.is_suppressed().await);
    let [reply] = scene.waiting().await.try_into().unwrap();
    assert_eq!(reply.understood.kind, ReplyKind::OptOut);
    scene.is_linked(&reply, &scene.user, true).await;
    assert_eq!(scene.ended().await, Some(EndReason::OptedOut));
    let conversation = scene.stage.ports.conversations().get(&scene.workspace, &scene.lead.id).await.unwrap();
    assert_eq!(conversation.unwrap().folder, Folder::Done, "an opt-out waits for no answer");
}

#[tokio::test]
async fn link_that_opens_a_login_is_neither_shown_nor_kept() {
    let scene = Scene::new().await;
    let names = "ws_01MGV2TGG03JJCG2XCQ7M9DBRT.user_01MGV2TGG0E1PJR6GA4Y0MFA5V";
    let secret = "Zk3-x_Q9aB7cD1eF2gH4iJ5kL6mN8oP0qR-sT_uV3wX";
    let link = format!("https://app.example/reset#token={names}.{secret}");
    let html = format!("<p>Choose a new one: <a href=\"{link}\">{link}</a></p>");
    scene.comes("1", PLAIN, &format!("Choose a new one within an hour:\n\n{link}\n\nIt works once.")).await;
    scene.comes("2", "Content-Type: text/html; charset=utf-8", &html).await;
    let waiting = scene.waiting().await;
    assert_eq!(waiting.len(), 2);
    for reply in waiting {
        assert!(reply.text.contains("[link removed]"), "{}", reply.text);
        let blob = reply.blob.as_deref().unwrap();
        let kept = scene.stage.ports.blobs().get(blob).await.unwrap();
        assert!(!String::from_utf8_lossy(&kept).contains(&secret[..10]));
        scene.is_linked(&reply, &scene.user, false).await;
    }
    let messages = scene.inbound_messages().await;
    assert_eq!(messages.len(), 2);
    assert!(messages.iter().all(|message| !message.text.contains(&secret[..10])));
}

#[tokio::test]
async fn html_of_a_linked_mail_is_kept() {
    let scene = Scene::new().await;
    scene.comes("1", "Content-Type: text/html; charset=utf-8", "<p>Hello <b>you</b></p>").await;
    let [reply] = scene.waiting().await.try_into().unwrap();
    scene.is_linked(&reply, &scene.user, true).await;
    let [message] = scene.inbound_messages().await.try_into().unwrap();
    assert!(message.has_html);
    let kept = kept_mail(&*scene.stage.ports.blobs(), message.blob.as_deref().unwrap()).await.unwrap();
    assert!(kept.unwrap().mail.html.contains("<b>you</b>"));
}

/// The sender of a mail chooses its Message-ID, so another mail may come under the same one.
#[tokio::test]
async fn mail_under_a_known_message_id_leaves_what_is_shown_and_linked_alone() {
    let scene = Scene::new().await;
    let html = "Content-Type: text/html; charset=utf-8";
    scene.comes("1", html, "<p>Hello <b>you</b></p>").await;
    scene.comes("1", html, "<p>Pay <b>here</b></p>").await;
    let [reply] = scene.waiting().await.try_into().unwrap();
    scene.is_linked(&reply, &scene.user, true).await;
    scene.comes("1", html, "<p>Pay <b>there</b></p>").await;
    let [message] = scene.inbound_messages().await.try_into().unwrap();
    let kept = kept_mail(&*scene.stage.ports.blobs(), message.blob.as_deref().unwrap()).await.unwrap();
    assert_eq!(kept.unwrap().mail.html.trim(), "<p>Hello <b>you</b></p>");
    assert_eq!(message.text.trim(), "Hello you");
}

#[tokio::test]
async fn linked_mail_is_deleted_with_its_lead() {
    let scene = Scene::new().await;
    scene.comes("1", "Content-Type: text/html; charset=utf-8", "<p>Hello</p>").await;
    let [reply] = scene.waiting().await.try_into().unwrap();
    scene.is_linked(&reply, &scene.user, false).await;
    let (ports, workspace, lead) = (&scene.stage.ports, &scene.workspace, &scene.lead.id);
    let record = ports.inbound_records().get(workspace, reply.record.as_ref().unwrap()).await.unwrap();
    assert_eq!((&record.leads, &record.unmatched), (&vec![lead.clone()], &Some(reply.id.clone())));
    let event = Event::system(EventKind::LeadChanged, scene.stage.clock.now());
    let named = ports.leads().erase(workspace, lead, &event).await.unwrap();
    erase_blobs(&*ports.leads(), &*ports.blobs(), (workspace, lead), named).await.unwrap();
    ports.inbound_records().get(workspace, &record.id).await.unwrap_err();
    ports.conversations().unmatched_reply(workspace, &reply.id).await.unwrap_err();
    ports.blobs().get(reply.blob.as_deref().unwrap()).await.unwrap_err();
}
