//! Mail that a user writes to a lead in their mail program: it is read when the mailbox is, perhaps long after.

use crate::App;
use application::ingesting::context::IngestError;
use application::ingesting::ingest;
use application::ports::accounts::SecretFields;
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

/// A copy of our mail out of a mailbox by IMAP has our tag and Message-ID. Out of Microsoft's it has neither.
#[tokio::test]
async fn mail_by_hand_waits_for_an_uncertain_mail_only_where_copies_have_other_ids() {
    let world = World::new().await;
    let smtp = world.stage.mailbox_with_imap(&world.workspace).await;
    let microsoft = AccountSettings::EmailSender {
        provider: "microsoft".to_owned(),
        base_url: "https://graph.example".to_owned(),
        from_address: EmailAddress::parse("tom@northquay.example").unwrap(),
        from_name: "Tom".to_owned(),
        reply_to: None,
        account: None,
        fields: Default::default(),
    };
    let microsoft =
        world.stage.account(&world.workspace, microsoft, SecretFields::one("client_secret", "x")).await;
    let now = world.stage.clock.now();
    for account in [&smtp, &microsoft] {
        let id = MessageId::derived(&world.lead, &["sent", account.as_str()]);
        let mut sent = Message {
            state: MessageState::Uncertain,
            account: Some(account.clone()),
            ..Message::blank(id, world.workspace.clone(), Direction::Out, Channel::Email, now)
        };
        if *account == microsoft {
            sent.note_draft("AAMk1");
        }
        let event = Event::system(EventKind::MessageRowWritten, now);
        world.stage.ports.messages().create(&sent, &event).await.unwrap();
    }
    let key = world.enrolled("Autumn").await;
    let early = world.is_read(&microsoft, ("1", true), now).await;
    assert!(matches!(early, Err(IngestError::Early(_))), "{early:?}");
    assert_eq!(world.ended(&key).await, None);
    world.is_read(&smtp, ("2", true), now).await.unwrap();
    assert_eq!(world.ended(&key).await, Some(EndReason::TakenOver));
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
