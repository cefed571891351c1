//! The mailbox or number that an answer leaves from, from how the lead's message comes in until the mailbox is removed.

use crate::App;
use crate::tests::{relayed_mail, webhook};
use application::inbox::sender_choice::{NoSender, choose_sender};
use application::ingesting::ingest;
use application::ports::accounts::SecretFields;
use application::queue_messages::IngestEvent;
use application::{Clock, PageRequest, Ports};
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::message::identity::{internet_id, reply_address};
use domain::message::unmatched::Link;
use domain::message::{Direction, Message, MessageState};
use domain::workspace::account::{AccountKind, AccountSettings};
use domain::{AccountId, MessageId, UserId, WorkspaceId};
use jiff::SignedDuration;
use serde_json::json;
use test_stage::Stage;

const LEAD: &str = "ann@one.example";
const RELAY: &str = "replies@northquay.example";
const TO_BEN: &str = "To: ben@northquay.example\r\n";

/// A lead to whom Ben wrote, then Anna; mail to both, and answers to them, comes through one relay.
struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    user: UserId,
    anna: AccountId,
    ben: AccountId,
    numbers: [AccountId; 2],
    relay: AccountId,
    lead: Lead,
    bens: MessageId,
    app: App,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        let mailbox = async |name: &str| {
            let settings = AccountSettings::Resend {
                base_url: "https://api.resend.example".to_owned(),
                from_address: EmailAddress::parse(&format!("{name}@northquay.example")).unwrap(),
                from_name: name.to_owned(),
                reply_to: EmailAddress::parse(RELAY).ok(),
            };
            stage.account(&workspace, settings, SecretFields::one("api_key", "re_key")).await
        };
        let (anna, ben) = (mailbox("anna").await, mailbox("ben").await);
        let number = async |number: &str| {
            let settings = AccountSettings::Twilio {
                base_url: "https://api.twilio.example".to_owned(),
                account_sid: format!("AC{}", "1".repeat(32)),
                from_number: PhoneNumber::try_from(number.to_owned()).unwrap(),
                places_calls: false,
            };
            stage.account(&workspace, settings, SecretFields::one("auth_token", "token")).await
        };
        let numbers = [number("+447400123401").await, number("+447400123402").await];
        let relay = stage.inbound_mail(&workspace).await;
        let phone = PhoneNumber::try_from("+447400123456".to_owned()).ok();
        let lead = stage.lead(&workspace, "ann", |lead| lead.phone = phone).await;
        let mut sent = Vec::new();
        for account in [&ben, &anna] {
            let now = stage.clock.now();
            let id = MessageId::derived(&lead.id, &["sent", account.as_str()]);
            let message = Message {
                state: MessageState::Accepted,
                account: Some(account.clone()),
                subject: "Quick question".to_owned(),
                to: LEAD.to_owned(),
                accepted_at: Some(now),
                ..Message::blank(id.clone(), workspace.clone(), Direction::Out, Channel::Email, now)
            };
            let event = Event::system(EventKind::MessageAccepted, now);
            stage.ports.messages().create(&message, &event).await.unwrap();
            stage.advance(SignedDuration::from_mins(1));
            sent.push(id);
        }
        let app = App::new(&stage.ports);
        Self { workspace, user, anna, ben, numbers, relay, lead, bens: sent.remove(0), app, stage }
    }

    async fn takes_in(&self, event: &IngestEvent) {
        ingest(&self.app.ports, event).await.unwrap();
    }

    async fn mail_from(&self, from: &str, headers: &str) {
        let raw = format!(
            "From: Ann <{from}>\r\n{headers}Message-ID: <1@one.example>\r\nSubject: Re: Quick question\r\n\r\n\
             Yes, call me.\r\n"
        );
        let relay = (&self.workspace, &self.relay);
        self.takes_in(&relayed_mail(&self.stage, relay, "e-1", from, &raw)).await;
    }

    async fn text_to(&self, number: &str) {
        let form =
            [("MessageSid", "SM1"), ("From", "+447400123456"), ("To", number), ("Body", "Yes, call me")];
        let body = json!({ "url": "https://app.example/", "form": form });
        let first = (&self.workspace, &self.numbers[0]);
        self.takes_in(&webhook(&self.stage, first, AccountKind::Twilio, "SM1", &body)).await;
    }

    async fn remove(&self, account: &AccountId) {
        let event = Event::system(EventKind::AccountDeleted, self.stage.clock.now());
        self.stage.ports.accounts().delete(&self.workspace, account, &event).await.unwrap();
    }

    async fn answer_leaves_from(&self, channel: Channel) -> Result<AccountId, NoSender> {
        let accounts = self.stage.ports.accounts().list(&self.workspace).await.unwrap();
        let file = self.stage.ports.leads().file(&self.workspace, &self.lead.id).await.unwrap();
        assert!(file.messages.iter().any(|message| message.direction == Direction::In));
        choose_sender(&accounts, &file.messages, channel, None).map(|account| account.id.clone())
    }
}

#[tokio::test]
async fn mail_to_several_or_through_a_forwarding_rule_is_answered_from_the_mailbox_that_it_was_written_to() {
    for headers in [
        TO_BEN,
        "To: Boss <boss@one.example>, Ben <ben@northquay.example>\r\n",
        "To: boss@one.example\r\nCc: Ben@NorthQuay.example\r\n",
        "To: undisclosed-recipients:;\r\nDelivered-To: ben@northquay.example\r\n",
        "To: sales@northquay.example\r\nX-Original-To: ben@northquay.example\r\n",
    ] {
        let scene = Scene::new().await;
        scene.mail_from(LEAD, headers).await;
        assert_eq!(scene.answer_leaves_from(Channel::Email).await, Ok(scene.ben.clone()), "{headers}");
    }
}

#[tokio::test]
async fn mail_in_another_mailboxes_thread_is_answered_from_the_mailbox_that_it_was_written_to() {
    let scene = Scene::new().await;
    let annas = MessageId::derived(&scene.lead.id, &["sent", scene.anna.as_str()]);
    let answers = internet_id(&annas, "northquay.example");
    scene.mail_from(LEAD, &format!("{TO_BEN}In-Reply-To: <{answers}>\r\n")).await;
    assert_eq!(scene.answer_leaves_from(Channel::Email).await, Ok(scene.ben.clone()));
}

#[tokio::test]
async fn answer_to_a_shared_address_is_of_the_mailbox_whose_mail_was_found_by_token_or_references() {
    for by in ["token", "references", "in-reply-to"] {
        let scene = Scene::new().await;
        let id = internet_id(&scene.bens, "northquay.example");
        let token = reply_address(&EmailAddress::parse(RELAY).unwrap(), &scene.bens).unwrap();
        let headers = match by {
            "token" => format!("To: {token}\r\n"),
            "references" => format!("To: {RELAY}\r\nReferences: <0@one.example> <{id}>\r\n"),
            _ => format!("To: {RELAY}\r\nIn-Reply-To: <{id}>\r\n"),
        };
        scene.mail_from(LEAD, &headers).await;
        assert_eq!(scene.answer_leaves_from(Channel::Email).await, Ok(scene.ben.clone()), "{by}");
        scene.remove(&scene.ben).await;
        assert_eq!(scene.answer_leaves_from(Channel::Email).await, Err(NoSender::Gone), "{by}");
    }
}

#[tokio::test]
async fn mailbox_that_is_removed_after_the_lead_wrote_to_it_is_not_replaced_by_another() {
    let scene = Scene::new().await;
    scene.mail_from(LEAD, TO_BEN).await;
    scene.remove(&scene.ben).await;
    assert_eq!(scene.answer_leaves_from(Channel::Email).await, Err(NoSender::Gone));
}

#[tokio::test]
async fn mailbox_that_is_removed_before_its_mail_is_linked_to_a_lead_is_not_replaced_by_another() {
    let scene = Scene::new().await;
    scene.mail_from("ann.private@two.example", TO_BEN).await;
    scene.remove(&scene.ben).await;
    let waiting = scene.stage.ports.conversations().unmatched(&scene.workspace, PageRequest::first(5)).await;
    let [reply] = waiting.unwrap().items.try_into().expect("one waits");
    assert_eq!((reply.to.as_str(), reply.wrote_to.as_ref()), ("ben@northquay.example", Some(&scene.ben)));
    let (lead, by, at) = (scene.lead.id.clone(), scene.user.clone(), scene.stage.clock.now());
    let link = Link { lead, learns_address: false, by, at };
    scene.takes_in(&IngestEvent::Linked { workspace: scene.workspace.clone(), reply: reply.id, link }).await;
    assert_eq!(scene.answer_leaves_from(Channel::Email).await, Err(NoSender::Gone));
}

#[tokio::test]
async fn number_that_is_removed_after_the_lead_wrote_to_it_is_not_replaced_by_the_one_that_heard_the_text() {
    let scene = Scene::new().await;
    scene.text_to("+447400123402").await;
    assert_eq!(scene.answer_leaves_from(Channel::Sms).await, Ok(scene.numbers[1].clone()));
    scene.remove(&scene.numbers[1]).await;
    assert_eq!(scene.answer_leaves_from(Channel::Sms).await, Err(NoSender::Gone));
}
