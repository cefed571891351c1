//! A mail too large for a webhook: its relay has put it into the bucket and sends its name.

use crate::App;
use application::Clock;
use application::Ports;
use application::ingesting::context::IngestError;
use application::ingesting::ingest;
use application::ingesting::large_payloads::upload;
use application::ports::store::PageRequest;
use application::queue_messages::{IngestEvent, Payload};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::contact::email_address::EmailAddress;
use domain::message::conversation::Folder;
use domain::workspace::account::AccountKind;
use jiff::SignedDuration;
use serde_json::json;
use test_stage::Stage;

const LARGE: usize = 8 * 1024 * 1024;

#[tokio::test]
async fn uploaded_reply_is_taken_in_once_it_is_in_the_bucket() {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let account = stage.inbound_mail(&workspace).await;
    let ports = &stage.ports;
    stage.lead(&workspace, "ann", |lead| lead.email = EmailAddress::parse("ann@one.example").ok()).await;
    let app = App::new(ports);
    let event = |name: &str| IngestEvent::Webhook {
        workspace: workspace.clone(),
        account: account.clone(),
        kind: AccountKind::InboundEmail,
        settings: None,
        received_at: stage.clock.now(),
        event_id: "e-1".to_owned(),
        body: Payload::Inline(
            json!({ "type": "email.received", "data": {
                "from": "ann@one.example", "to": ["replies@northquay.example"], "upload": name,
            }})
            .to_string(),
        ),
    };
    let elsewhere = ingest(&app.ports, &event("../../another/inbound/x")).await;
    assert!(matches!(elsewhere, Err(IngestError::Unreadable(_))), "{elsewhere:?}");
    let name = "ab".repeat(32);
    let early = ingest(&app.ports, &event(&name)).await;
    assert!(matches!(early, Err(IngestError::Store(_))), "{early:?}: it may be on its way");
    let never = event(&"cd".repeat(32));
    stage.advance(SignedDuration::from_mins(4));
    let missed = ingest(&app.ports, &never).await;
    assert!(matches!(missed, Err(IngestError::Unreadable(_))), "{missed:?}");

    let attachment = STANDARD.encode(vec![7; LARGE]);
    let raw = format!(
        "From: ann@one.example\r\nTo: replies@northquay.example\r\nSubject: Plans\r\nMessage-ID: <1@one.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nHere are the plans.\r\n\
         --b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{attachment}\r\n--b--\r\n"
    );
    let key = upload(&workspace, &account, &name).unwrap();
    ports.blobs().put(&key, "message/rfc822", raw.into_bytes()).await.unwrap();
    ingest(&app.ports, &event(&name)).await.unwrap();
    let open = ports.conversations().list(&workspace, Folder::Open, PageRequest::first(10)).await.unwrap();
    assert_eq!(open.items.len(), 1);
    assert!(open.items[0].snippet.contains("Here are the plans"), "{}", open.items[0].snippet);
}
