//! Signature vectors, requests and responses word for word, and reports as events.

use super::request::message;
use super::response::outcome;
use super::webhook::{account, confirm, translate, verify};
use application::ports::provider_calls::{OutgoingWhatsapp, SendError, WhatsappTemplate};
use application::ports::provider_events::{Forged, ProviderEvent, WebhookRequest};
use domain::contact::channel::Channel;
use domain::contact::chat_recipient::ChatRecipient;
use domain::message::MessageState;
use domain::message::failure_class::FailureClass;
use domain::{LeadId, MessageId};
use http::Response;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const NUMBER: &str = "106540352242922";

fn posted(body: &[u8], signature: &str) -> WebhookRequest {
    WebhookRequest {
        url: "https://app.acme.test/api/webhooks/whatsapp/account_1".to_owned(),
        headers: vec![("x-hub-signature-256".to_owned(), signature.to_owned())],
        body: body.to_vec(),
    }
}

#[test]
fn signature_covers_the_bytes_and_not_their_meaning() {
    for (body, signature) in [
        (
            r#"{"object":"whatsapp_business_account","entry":[]}"#,
            "sha256=c236c758c9b2bd40b388a550eeca09eaca72384dd0aa5e7c31d19cddac5bba46",
        ),
        (
            r#"{"text":"caf\u00e9"}"#,
            "sha256=a1397a83a96cf96678bb776afd8c0e9a78d35713d51310073c02170d2d06ae69",
        ),
    ] {
        assert!(verify(&posted(body.as_bytes(), signature), "app_secret").is_ok(), "{body}");
        let other = body.replace("\\u00e9", "é").replace("[]", "[ ]");
        assert_eq!(verify(&posted(other.as_bytes(), signature), "app_secret"), Err(Forged::Mismatch));
        assert_eq!(verify(&posted(body.as_bytes(), signature), "app_secreT"), Err(Forged::Mismatch));
        let bare = &signature["sha256=".len()..];
        assert_eq!(verify(&posted(body.as_bytes(), bare), "app_secret"), Err(Forged::Mismatch));
    }
    let mut unsigned = posted(b"{}", "");
    unsigned.headers.clear();
    assert_eq!(verify(&unsigned, "app_secret"), Err(Forged::Missing));
}

#[test]
fn challenge_is_answered_only_with_the_verify_token() {
    let asked = |query: &str| {
        let mut request = posted(b"", "");
        request.url = format!("{}?{query}", request.url);
        confirm(&request, "a token")
    };
    let good = "hub.mode=subscribe&hub.verify_token=a+token&hub.challenge=1158201444";
    assert_eq!(asked(good).as_deref(), Some("1158201444"));
    assert_eq!(asked(&good.replace("a+token", "another")), None);
    assert_eq!(asked(&good.replace("subscribe", "other")), None);
    assert_eq!(asked("hub.mode=subscribe&hub.challenge=1"), None);
    assert_eq!(asked(&good.replace("1158201444", "%3Cscript%3E")), None);
}

fn tag() -> MessageId {
    MessageId::derived(&LeadId::derived(Timestamp::UNIX_EPOCH, &["lead"]), &["message"])
}

fn webhook(value: Value) -> Vec<ProviderEvent> {
    let mut value = value;
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({"display_phone_number": "1 500-555-0006", "phone_number_id": NUMBER});
    let body = json!({"object": "whatsapp_business_account", "entry": [
        {"id": "1", "changes": [{"field": "messages", "value": value}]},
        {"id": "1", "changes": [{"field": "message_template_status_update", "value": {"event": "PAUSED"}}]},
    ]});
    let request = posted(body.to_string().as_bytes(), "");
    assert_eq!(account(&request).as_deref(), Some(NUMBER));
    assert_eq!(translate("another number", &body.to_string()).unwrap(), Vec::new());
    translate(NUMBER, &body.to_string()).unwrap()
}

#[test]
fn status_reports_name_our_message() {
    let told = |status: &str, code: Option<u32>| {
        let errors: Vec<_> = code.iter().map(|code| json!({"code": code, "title": "Why"})).collect();
        let report = json!({"id": "wamid.1", "status": status, "timestamp": "1", "recipient_id": "15005550100",
            "biz_opaque_callback_data": tag(), "errors": errors});
        webhook(json!({"statuses": [report]})).into_iter().next().map(|event| match event {
            ProviderEvent::MessageStatus { message, state, failure, suppress, .. } => {
                assert_eq!(message, tag());
                (state, failure.map(|failure| failure.class), suppress)
            }
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(told("sent", None), Some((MessageState::Accepted, None, false)));
    assert_eq!(told("read", None), Some((MessageState::Delivered, None, false)));
    let failed = |class: FailureClass, suppress| Some((MessageState::Failed, Some(class), suppress));
    assert_eq!(told("failed", Some(131026)), failed(FailureClass::NotOnWhatsapp, false));
    assert_eq!(told("failed", Some(131050)), failed(FailureClass::OptedOut, true));
    assert_eq!(told("failed", Some(131049)), failed(FailureClass::SoftTemp, false));
    assert_eq!(told("failed", None), failed(FailureClass::Unknown, false));
    assert_eq!(told("warned", None), None);
    let untagged = json!({"statuses": [{"id": "wamid.1", "status": "sent"}]});
    assert_eq!(webhook(untagged), Vec::new());
}

#[test]
fn every_received_message_is_a_reply() {
    const UNSHOWN: &str = "[a message that WhatsApp does not show here]";
    const WORDLESS: [&str; 3] = ["[audio]", UNSHOWN, "👍"];
    let said = |message: Value| {
        let mut message = message;
        (message["from"], message["id"]) = (json!("15005550100"), json!("wamid.2"));
        message["timestamp"] = json!("1800000000");
        webhook(json!({"messages": [message]})).into_iter().next().map(|event| match event {
            ProviderEvent::TextReceived { channel, from, to, text, wordless, opt_out: None, at, .. } => {
                assert_eq!((channel, from.as_str()), (Channel::Whatsapp, "+15005550100"));
                assert_eq!(to, "+15005550006");
                assert_eq!(at, Timestamp::from_second(1_800_000_000).ok());
                assert_eq!(wordless, WORDLESS.contains(&text.as_str()), "{text}");
                text
            }
            other => panic!("{other:?}"),
        })
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(said(json!({"type": "text", "text": {"body": "Yes please"}})), some("Yes please"));
    assert_eq!(said(json!({"type": "text", "text": {"body": "Stop!"}})), some("Stop!"));
    let button = json!({"type": "button", "button": {"text": "Stop promotions", "payload": "x"}});
    assert_eq!(said(button), some("Stop promotions"));
    let button = json!({"type": "button", "button": {"text": "Call me", "payload": "x"}});
    assert_eq!(said(button), some("Call me"));
    let list = json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "Monday"}}});
    assert_eq!(said(list), some("Monday"));
    let picture = json!({"type": "image", "image": {"id": "1", "caption": "Our door"}});
    assert_eq!(said(picture), some("Our door"));
    assert_eq!(said(json!({"type": "audio", "audio": {"id": "1"}})), some("[audio]"));
    assert_eq!(said(json!({"type": "unsupported"})), some(UNSHOWN));
    assert_eq!(said(json!({"type": "reaction", "reaction": {"message_id": "1", "emoji": "👍"}})), some("👍"));
    assert_eq!(said(json!({"type": "reaction", "reaction": {"message_id": "1"}})), None);
    assert_eq!(said(json!({"type": "revoke", "revoke": {"original_message_id": "wamid.1"}})), None);
    assert_eq!(said(json!({"type": "system", "system": {"body": "changed"}})), None);
}

#[test]
fn unreadable_part_does_not_drop_the_others() {
    let good = json!({"from": "15005550100", "id": "wamid.2", "type": "text", "text": {"body": "Stop"}});
    let bad = json!({"from": null, "type": "text", "text": "what is this"});
    let report = json!({"id": "wamid.1", "status": "sent", "biz_opaque_callback_data": tag(), "errors": []});
    let told = webhook(json!({"messages": [bad, good], "statuses": [{"id": 7}, report]}));
    assert_eq!(told.len(), 2, "{told:?}");
    // Received messages come before reports.
    assert!(matches!(&told[0], ProviderEvent::TextReceived { text, .. } if text == "Stop"), "{told:?}");
    assert_eq!(webhook(json!({"messages": null, "statuses": null})), Vec::new());
}

fn outgoing(template: Option<&[&str]>) -> OutgoingWhatsapp {
    OutgoingWhatsapp {
        to: ChatRecipient::parse("+15005550100").unwrap(),
        text: "Hi Ana!".to_owned(),
        template: template.map(|parameters| WhatsappTemplate {
            name: "greeting".to_owned(),
            language: "en_US".to_owned(),
            parameters: parameters.iter().map(|p| (*p).to_owned()).collect(),
        }),
        tag: tag().to_string(),
    }
}

fn sent(outgoing: &OutgoingWhatsapp) -> Value {
    let request = message("https://graph.example/v23.0/", NUMBER, "token", outgoing).unwrap();
    assert_eq!(request.uri(), "https://graph.example/v23.0/106540352242922/messages");
    assert_eq!(request.headers()["authorization"], "Bearer token");
    serde_json::from_slice(request.body()).unwrap()
}

#[test]
fn message_request_holds_the_template_or_the_text() {
    let body = sent(&outgoing(Some(&["Ana"])));
    assert_eq!(
        body,
        json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": "15005550100", "type": "template",
            "biz_opaque_callback_data": tag(),
            "template": {"name": "greeting", "language": {"code": "en_US"},
                "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}]},
        })
    );
    assert_eq!(sent(&outgoing(Some(&[])))["template"].get("components"), None);
    let by_id = OutgoingWhatsapp { to: ChatRecipient::parse("US.1349").unwrap(), ..outgoing(None) };
    assert_eq!((&sent(&by_id)["recipient"], sent(&by_id).get("to")), (&json!("US.1349"), None));
    assert_eq!(sent(&outgoing(None))["text"], json!({"body": "Hi Ana!", "preview_url": true}));
    assert!(message("https://graph.example", "../1", "token", &outgoing(None)).is_err());
}

#[test]
fn responses_are_classified_by_their_code() {
    let answered = |status: u16, code: u32| {
        let body = json!({"error": {"message": "to 15005550100", "type": "OAuthException", "code": code}});
        let response = Response::builder().status(status).body(body.to_string().into_bytes()).unwrap();
        outcome(Ok(response), "+15005550100").unwrap_err()
    };
    for status in [400, 429] {
        let closed = answered(status, 131047);
        let SendError::Rejected { class, suppress: false, detail, .. } = &closed else {
            panic!("{closed:?}")
        };
        assert_eq!((class.as_str(), detail.as_str()), ("window_closed", "to the recipient"));
    }
    let by_id = answered(400, 131062);
    let SendError::Rejected { class: FailureClass::AddressNotSupported, detail, .. } = &by_id else {
        panic!("{by_id:?}")
    };
    assert!(detail.contains("only to a phone number"), "{detail}");
    assert!(matches!(answered(400, 131050), SendError::Rejected { suppress: true, .. }));
    assert!(matches!(answered(401, 190), SendError::Account { .. }));
    assert!(matches!(answered(429, 130429), SendError::Down { .. }));
    let day = SignedDuration::from_hours(24);
    assert!(matches!(answered(400, 131049), SendError::Retryable { after: Some(after), .. } if after == day));
    assert!(matches!(answered(500, 131000), SendError::Uncertain(_)));
    assert!(matches!(answered(503, 999), SendError::Uncertain(_)));
    assert!(matches!(answered(400, 999), SendError::Rejected { .. }));
    let taken = Response::builder().status(200);
    let taken =
        taken.body(br#"{"messages":[{"id":"wamid.9","message_status":"accepted"}]}"#.to_vec()).unwrap();
    assert_eq!(outcome(Ok(taken), "+1").unwrap().provider_id.as_deref(), Some("wamid.9"));
    let garbled = Response::builder().status(200).body(b"{}".to_vec()).unwrap();
    assert!(matches!(outcome(Ok(garbled), "+1"), Err(SendError::Uncertain(_))));
}
