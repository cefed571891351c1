//! Mail from a mailbox of the workspace: a copy, or a user writing in their own mail program. It is no reply
//! of the lead.

use crate::App;
use crate::tests::relayed_mail;
use application::ingesting::ingest;
use application::ports::store::PageRequest;
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::event::EventKind;
use domain::lead::stage::StageId;
use domain::message::conversation::Folder;
use domain::message::identity::internet_id;
use domain::message::{Direction, Message, MessageState};
use domain::{AccountId, MessageId, WorkspaceId};
use test_stage::Stage;

/// Takes in a reply from this address to one of our messages.
async fn arrives(app: &App, stage: &Stage, to: (&WorkspaceId, &AccountId), from: &str, about: &MessageId) {
    let answers = internet_id(about, "northquay.example");
    let raw = format!(
        "From: {from}\r\nTo: replies@northquay.example\r\nSubject: Re: Hello\r\nMessage-ID: <1-{from}>\r\n\
         In-Reply-To: <{answers}>\r\n\r\nYes, please call me tomorrow.\r\n"
    );
    let event = relayed_mail(stage, to, &format!("e-{from}"), from, &raw);
    ingest(&app.ports, &event).await.unwrap();
}

#[tokio::test]
async fn mail_from_our_own_mailbox_is_no_reply() {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let inbound = stage.inbound_mail(&workspace).await;
    let mailbox = stage.mailbox(&workspace).await;
    let ports = &stage.ports;
    let own = ports.accounts().get(&workspace, &mailbox).await.unwrap();
    let own = own.settings.mailbox().unwrap().address.to_string();
    let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
    let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
    let lead =
        stage.lead(&workspace, "ann", |lead| lead.email = EmailAddress::parse("ann@one.example").ok()).await;
    let key = stage.enrolment(&campaign, &sequence, &lead.id).await.key().clone();
    let now = stage.clock.now();
    let id = MessageId::derived(&lead.id, &["sent"]);
    let sent = Message {
        state: MessageState::Accepted,
        campaign: Some(campaign.id.clone()),
        accepted_at: Some(now),
        ..Message::blank(id.clone(), workspace.clone(), Direction::Out, Channel::Email, now)
    };
    ports.messages().create(&sent, &domain::event::Event::system(EventKind::LeadChanged, now)).await.unwrap();
    let app = App::new(ports);

    arrives(&app, &stage, (&workspace, &inbound), &own, &id).await;
    assert!(ports.enrolments().get(&key).await.unwrap().is_active(), "the sequence goes on");
    let known = ports.leads().get(&workspace, &lead.id).await.unwrap();
    assert_ne!(known.status, StageId::REPLIED);
    assert_eq!(ports.messages().get(&workspace, &id).await.unwrap().answered, None);
    let open = ports.conversations().list(&workspace, Folder::Open, PageRequest::first(10)).await.unwrap();
    assert!(open.items.is_empty());

    arrives(&app, &stage, (&workspace, &inbound), "ann@one.example", &id).await;
    assert!(!ports.enrolments().get(&key).await.unwrap().is_active(), "hers ends it");
}

/// A reply to a test mail, from whatever address, is about the text; the lead has got nothing.
#[tokio::test]
async fn reply_to_a_test_mail_is_not_the_leads() {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let inbound = stage.inbound_mail(&workspace).await;
    let ports = &stage.ports;
    let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
    let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
    let lead = stage.lead(&workspace, "ann", |_| {}).await;
    let key = stage.enrolment(&campaign, &sequence, &lead.id).await.key().clone();
    let now = stage.clock.now();
    let id = MessageId::derived(&lead.id, &["test"]);
    let test = Message {
        test: true,
        state: MessageState::Uncertain,
        ..Message::blank(id.clone(), workspace.clone(), Direction::Out, Channel::Email, now)
    };
    ports.messages().create(&test, &domain::event::Event::system(EventKind::LeadChanged, now)).await.unwrap();
    let app = App::new(ports);
    for from in ["maya@private.example", "ann@one.example"] {
        arrives(&app, &stage, (&workspace, &inbound), from, &id).await;
    }
    assert!(ports.enrolments().get(&key).await.unwrap().is_active(), "the sequence goes on");
    let known = ports.leads().get(&workspace, &lead.id).await.unwrap();
    assert_eq!((known.status, known.last_contacted_at), (StageId::NEW, None));
    assert_eq!(ports.messages().get(&workspace, &id).await.unwrap().state, MessageState::Accepted);
    let open = ports.conversations().list(&workspace, Folder::Open, PageRequest::first(10)).await.unwrap();
    assert!(open.items.is_empty());
}
