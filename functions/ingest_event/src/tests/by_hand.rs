//! Mail that a user writes to a lead in their mail program: it is read when the mailbox is, perhaps long after.

use crate::App;
use application::ingesting::context::IngestError;
use application::ingesting::ingest;
use application::ports::accounts::SecretFields;
use application::ports::mailboxes::MailReference;
use application::queue_messages::{IngestEvent, Payload};
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::message::conversation::{Conversation, Folder};
use domain::message::{Direction, Message, MessageState};
use domain::workspace::account::{AccountKind, AccountSettings};
use domain::{AccountId, LeadId, MessageId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use test_stage::Stage;

struct World {
    stage: Stage,
    workspace: WorkspaceId,
    lead: LeadId,
    app: App,
}

impl World {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, _) = stage.workspace("northquay").await;
        let change = |lead: &mut Lead| {
            lead.email = EmailAddress::parse("ann@one.example").ok();
            lead.phone = PhoneNumber::try_from("+12065550101".to_owned()).ok();
        };
        let lead = stage.lead(&workspace, "ann", change).await.id;
        let app = App::new(&stage.ports);
        Self { stage, workspace, lead, app }
    }

    async fn enrolled(&self, name: &str) -> EnrolmentKey {
        let sequence = self.stage.sequence(&self.workspace, Channel::Email, &["first", "second"]).await;
        let campaign = self.stage.campaign(name, &sequence, CampaignState::Active, |_| {}).await;
        self.stage.enrolment(&campaign, &sequence, &self.lead).await.key().clone()
    }

    async fn ended(&self, key: &EnrolmentKey) -> Option<EndReason> {
        match *self.stage.ports.enrolments().get(key).await.unwrap().state() {
            EnrolmentState::Ended { reason } => Some(reason),
            _ => None,
        }
    }

    /// Reads this mail out of a mailbox, among what was sent or received.
    async fn is_read(
        &self,
        mailbox: &AccountId,
        (id, is_by_hand): (&str, bool),
        at: Timestamp,
    ) -> Result<(), IngestError> {
        let (from, to) = match is_by_hand {
            true => ("maya@northquay.example", "ann@one.example"),
            false => ("ann@one.example", "maya@northquay.example"),
        };
        let raw = format!(
            "From: {from}\r\nTo: {to}\r\nSubject: Your visit\r\nMessage-ID: <{id}@mail.example>\r\n\r\n\
             Could we meet on Thursday at nine?\r\n"
        );
        let blob = format!("{}/inbound/{mailbox}/{id}", self.workspace);
        self.stage.ports.blobs().put(&blob, "message/rfc822", raw.into_bytes()).await.unwrap();
        let event = IngestEvent::Mail {
            workspace: self.workspace.clone(),
            account: mailbox.clone(),
            event_id: id.to_owned(),
            received_at: at,
            is_by_hand,
            blob,
        };
        ingest(&self.app.ports, &event).await
    }
}

#[tokio::test]
async fn mail_by_hand_ends_what_had_begun_when_it_was_written() {
    let world = World::new().await;
    let mailbox = world.stage.mailbox_with_imap(&world.workspace).await;
    let before = world.enrolled("Before").await;
    world.stage.advance(SignedDuration::from_mins(10));
    let written = world.stage.clock.now();
    world.stage.advance(SignedDuration::from_hours(30));
    let since = world.enrolled("Since").await;
    for _ in 0..2 {
        world.is_read(&mailbox, ("1", true), written).await.unwrap();
    }
    assert_eq!(world.ended(&before).await, Some(EndReason::TakenOver));
    assert_eq!(world.ended(&since).await, None, "it was begun knowingly");
    let lead = world.stage.ports.leads().get(&world.workspace, &world.lead).await.unwrap();
    assert_eq!(lead.active.into_iter().collect::<Vec<_>>(), [since.campaign]);
}

impl World {
    /// Makes a mailbox at Microsoft, and a mail of which nobody knows whether it went out from there by the draft `AAkALg1=`.
    async fn uncertain_at_microsoft(&self) -> (AccountId, MessageId) {
        let settings = AccountSettings::EmailSender {
            provider: "microsoft".to_owned(),
            base_url: "https://graph.example".to_owned(),
            from_address: EmailAddress::parse("tom@northquay.example").unwrap(),
            from_name: "Tom".to_owned(),
            reply_to: None,
            account: None,
            fields: Default::default(),
        };
        let secret = SecretFields::one("client_secret", "x");
        let account = self.stage.account(&self.workspace, settings, secret).await;
        let id = MessageId::derived(&self.lead, &["sent"]);
        let now = self.stage.clock.now();
        let mut sent = Message {
            state: MessageState::Uncertain,
            account: Some(account.clone()),
            ..Message::blank(id.clone(), self.workspace.clone(), Direction::Out, Channel::Email, now)
        };
        sent.note_draft("AAkALg1=");
        let event = Event::system(EventKind::MessageRowWritten, now);
        self.stage.ports.messages().create(&sent, &event).await.unwrap();
        (account, id)
    }
}

#[tokio::test]
async fn copy_that_a_draft_has_become_among_sent_mail_shows_that_the_uncertain_mail_went_out() {
    let world = World::new().await;
    let (microsoft, sent) = world.uncertain_at_microsoft().await;
    let key = world.enrolled("Autumn").await;
    let now = world.stage.clock.now();
    // Its Message-ID is none of ours, and no tag is told.
    for _ in 0..2 {
        world
            .is_read(&microsoft, (&MailReference("AAkALg1=".to_owned()).event_id(), true), now)
            .await
            .unwrap();
    }
    assert_eq!(world.ended(&key).await, None);
    let sent = world.stage.ports.messages().get(&world.workspace, &sent).await.unwrap();
    assert_eq!((sent.state, sent.accepted_at), (MessageState::Accepted, Some(now)));
}

#[tokio::test]
async fn mail_by_hand_takes_the_lead_over_although_another_mail_is_uncertain_for_days() {
    let world = World::new().await;
    let (microsoft, sent) = world.uncertain_at_microsoft().await;
    let key = world.enrolled("Autumn").await;
    world.stage.advance(SignedDuration::from_hours(72));
    let now = world.stage.clock.now();
    world.is_read(&microsoft, (&MailReference("AAkALg2=".to_owned()).event_id(), true), now).await.unwrap();
    assert_eq!(world.ended(&key).await, Some(EndReason::TakenOver));
    let sent = world.stage.ports.messages().get(&world.workspace, &sent).await.unwrap();
    assert_eq!(sent.state, MessageState::Uncertain, "its owner is asked about it elsewhere");
}

impl World {
    async fn conversation(&self) -> Conversation {
        let conversations = self.stage.ports.conversations();
        conversations.get(&self.workspace, &self.lead).await.unwrap().unwrap()
    }

    /// Takes in a text of the lead's that was written as many minutes ago.
    async fn writes(&self, texts: &AccountId, words: &str, minutes_ago: i64) {
        let at = self.stage.clock.now() - SignedDuration::from_mins(minutes_ago);
        let words = json!({ "from": "12065550101", "id": format!("wamid.{words}"), "timestamp": at.as_second().to_string(),
            "type": "text", "text": { "body": words } });
        let value = json!({ "messaging_product": "whatsapp", "messages": [words],
            "metadata": { "display_phone_number": "15005550006", "phone_number_id": "106540352242922" } });
        let body = json!({ "entry": [{ "changes": [{ "field": "messages", "value": value }] }] });
        let event = IngestEvent::Webhook {
            workspace: self.workspace.clone(),
            account: texts.clone(),
            kind: AccountKind::Whatsapp,
            settings: None,
            received_at: self.stage.clock.now(),
            event_id: format!("{minutes_ago}"),
            body: Payload::Inline(body.to_string()),
        };
        ingest(&self.app.ports, &event).await.unwrap();
    }
}

/// The two folders of a mailbox are read in any order.
#[tokio::test]
async fn late_message_that_a_user_has_answered_by_hand_does_not_open_the_conversation() {
    let world = World::new().await;
    let mailbox = world.stage.mailbox_with_imap(&world.workspace).await;
    let answered = world.stage.clock.now();
    world.is_read(&mailbox, ("2", true), answered).await.unwrap();
    world.is_read(&mailbox, ("1", false), answered - SignedDuration::from_mins(9)).await.unwrap();
    let conversation = world.conversation().await;
    assert_eq!((conversation.folder, conversation.unread), (Folder::Done, 0));
    assert_eq!((conversation.last_direction, conversation.last_at), (Direction::Out, answered));
    let file = world.stage.ports.leads().file(&world.workspace, &world.lead).await.unwrap();
    assert_eq!(file.messages.len(), 2);
}

#[tokio::test]
async fn late_message_that_a_user_who_wrote_here_cannot_know_opens_the_conversation() {
    let world = World::new().await;
    let mailbox = world.stage.mailbox_with_imap(&world.workspace).await;
    let (now, user) = (world.stage.clock.now(), domain::UserId::derived(Timestamp::UNIX_EPOCH, &["maya"]));
    world.is_read(&mailbox, ("1", false), now).await.unwrap();
    let id = MessageId::derived(&world.lead, &["written here"]);
    let written = now + SignedDuration::from_mins(9);
    let message = Message {
        author: Some(user),
        state: MessageState::Accepted,
        ..Message::blank(id, world.workspace.clone(), Direction::Out, Channel::Email, written)
    };
    let event = Event::system(EventKind::ConversationContinued, written);
    world.stage.ports.messages().create(&message, &event).await.unwrap();
    let mut conversation = world.conversation().await;
    (conversation.folder, conversation.unread) = (Folder::Done, 0);
    (conversation.last_direction, conversation.last_at) = (Direction::Out, written);
    world.stage.ports.conversations().save(&conversation, &event).await.unwrap();
    world.stage.advance(SignedDuration::from_mins(12));
    world.is_read(&mailbox, ("2", false), now + SignedDuration::from_mins(5)).await.unwrap();
    let conversation = world.conversation().await;
    assert_eq!((conversation.folder, conversation.unread), (Folder::Open, 1));
    assert_eq!(conversation.last_at, written);
}

#[tokio::test]
async fn late_opt_out_leaves_a_conversation_open_that_has_a_later_question() {
    let world = World::new().await;
    let chats = world.stage.whatsapp_account(&world.workspace).await;
    world.writes(&chats, "What does it cost?", 0).await;
    world.writes(&chats, "STOP", 30).await;
    let conversation = world.conversation().await;
    assert_eq!((conversation.folder, conversation.unread), (Folder::Open, 1));
}
