//! Whole calls against Graph in process: drafts, delta, subscriptions, and every answer that changes what is done.

use crate::tests::mailbox_stage::{
    GRAPH, MailboxStage, OWNER, client, composed, letter, mail, mailbox, text,
};
use application::ports::mail_drafts::{DraftSender, DraftState};
use application::ports::mailbox_push::{MailboxPush, PushAddress, PushNotice};
use application::ports::mailboxes::{
    MailPlace, MailboxCursor, MailboxError, MailboxPoll, MailboxReader, PollLimits,
};
use application::ports::provider_calls::{AccountTrial, CallError, MailSender, OpenAccount, SendError};
use application::ports::provider_events::{Forged, WebhookRequest};
use domain::message::failure_class::FailureClass;
use domain::workspace::mailbox_push::PushNews;
use jiff::SignedDuration;
use mailbox_fakes::{GrantRules, Graph};
use serde_json::{Value, json};
use std::sync::Arc;

struct Stage {
    graph: Arc<Graph>,
    on: MailboxStage,
    account: OpenAccount,
}

fn stage() -> Stage {
    stage_with(super::SCOPES)
}

fn stage_with(scopes: &[&str]) -> Stage {
    let graph = Arc::new(Graph::new(GRAPH, OWNER, client(), GrantRules::default()));
    let served = graph.clone();
    let on = MailboxStage::over(move |request, now| {
        if let Some(asked) = served.handshake_of(request) {
            let call = WebhookRequest { url: asked.url.clone(), headers: Vec::new(), body: Vec::new() };
            let told = super::handshake(&call).unwrap_or_default().into_bytes();
            let answer = http::Response::builder().header("content-type", "text/plain").body(told).unwrap();
            served.hear_handshake(&asked, &answer);
        }
        served.answer(request, now)
    });
    let account = mailbox("microsoft", GRAPH, graph.grant(scopes, on.now()));
    Stage { graph, on, account }
}

impl Stage {
    async fn begin(&self) -> MailboxCursor {
        self.on.providers.begin(&self.account, self.on.now()).await.unwrap()
    }

    async fn poll(&self, cursor: &MailboxCursor, mails: usize) -> Result<MailboxPoll, MailboxError> {
        let limits = PollLimits { mails, ..PollLimits::default() };
        self.on.providers.poll(&self.account, cursor, limits).await
    }

    fn deliver(&self, number: u32, folder: &'static str) {
        let raw =
            letter("Ann <ann@lead.test>", "Re: Hello", &format!("{number}@lead.test"), "X-Mark: own\r\n");
        self.graph.deliver(&raw, folder, self.on.now());
    }
}

#[tokio::test]
async fn draft_keeps_its_id_as_it_is_sent_and_is_sent_once() {
    let Stage { graph, on, account } = stage();
    let (providers, mail) = (&on.providers, mail(1));
    let draft = providers.create_draft(&account, &mail).await.unwrap();
    assert_eq!(draft.internet_id, None, "our Message-ID is kept");
    let id = &mail.message_id;
    assert_eq!(providers.draft_state(&account, &draft.id, id).await.unwrap(), DraftState::NotSent);

    let accepted = providers.send_draft(&account, &draft, &mail).await.unwrap();
    assert_eq!(accepted.provider_id.as_deref(), Some(draft.id.as_str()));
    assert_eq!(graph.sent(), [composed(&on, &mail)]);
    let state = providers.draft_state(&account, &draft.id, id).await.unwrap();
    assert_eq!(state, DraftState::Sent(accepted.clone()));
    let again = providers.send_draft(&account, &draft, &mail).await.unwrap();
    assert_eq!((again, graph.sent().len()), (accepted, 1));
    // The copy among sent mail is the user's.
    providers.discard_draft(&account, &draft.id).await.unwrap();
    assert_eq!(graph.sent().len(), 1);
}

#[tokio::test]
async fn lost_answer_is_cleared_up_by_the_draft() {
    let Stage { graph, on, account } = stage();
    let (providers, first) = (&on.providers, mail(1));
    let draft = providers.create_draft(&account, &first).await.unwrap();
    graph.be_slow();
    on.lose_answer("/send");
    let lost = providers.send_draft(&account, &draft, &first).await;
    assert!(matches!(lost, Err(SendError::Uncertain(_))), "{lost:?}");
    let state = providers.draft_state(&account, &draft.id, &first.message_id).await.unwrap();
    assert_eq!(state, DraftState::BeingSent);
    graph.settle();
    let state = providers.draft_state(&account, &draft.id, &first.message_id).await.unwrap();
    assert!(matches!(state, DraftState::Sent(_)), "{state:?}");

    let second = mail(2);
    let draft = providers.create_draft(&account, &second).await.unwrap();
    graph.fail_next("/send", 504, "UnknownError");
    let lost = providers.send_draft(&account, &draft, &second).await;
    assert!(matches!(lost, Err(SendError::Uncertain(_))), "{lost:?}");
    let state = providers.draft_state(&account, &draft.id, &second.message_id).await.unwrap();
    assert_eq!(state, DraftState::NotSent);
    providers.discard_draft(&account, &draft.id).await.unwrap();
    let state = providers.draft_state(&account, &draft.id, &second.message_id).await.unwrap();
    assert_eq!((state, graph.drafts()), (DraftState::Unknown, 0));
}

#[tokio::test]
async fn each_refusal_says_what_can_be_done() {
    let Stage { graph, on, account } = stage();
    graph.throttle_next("/send", 7);
    let fast = on.providers.send_mail(&account, &mail(1)).await.unwrap_err();
    let SendError::TooFast { after, .. } = fast else { panic!("{fast:?}") };
    assert_eq!(after, SignedDuration::from_secs(7));
    graph.throttle_next("/send", 600);
    let down = on.providers.send_mail(&account, &mail(1)).await.unwrap_err();
    assert!(matches!(down, SendError::Down { .. }), "{down:?}");
    graph.fail_next("/send", 403, "ErrorSendAsDenied");
    let account_refused = on.providers.send_mail(&account, &mail(1)).await.unwrap_err();
    assert!(matches!(account_refused, SendError::Account { .. }), "{account_refused:?}");
    graph.fail_next("/send", 400, "ErrorInvalidRecipients");
    let bad = on.providers.send_mail(&account, &mail(1)).await.unwrap_err();
    assert!(matches!(bad, SendError::Rejected { class: FailureClass::AddressNotSupported, .. }), "{bad:?}");
    let mut large = mail(1);
    large.html = "x".repeat(5 << 20);
    let large = on.providers.send_mail(&account, &large).await.unwrap_err();
    assert!(matches!(large, SendError::Rejected { class: FailureClass::TooLarge, .. }), "{large:?}");
    assert_eq!((graph.drafts(), graph.sent().len()), (0, 0), "what was not sent leaves no draft behind");
}

#[tokio::test]
async fn reading_begins_at_the_moment_of_connecting_in_three_folders() {
    let stage = stage();
    let Stage { graph, on, .. } = &stage;
    stage.deliver(1, "inbox");
    on.clock.pass(SignedDuration::from_secs(60));
    let cursor = stage.begin().await;
    let nothing = stage.poll(&cursor, 50).await.unwrap();
    assert!(nothing.mails.is_empty() && nothing.is_complete());

    on.clock.pass(SignedDuration::from_secs(60));
    stage.deliver(2, "inbox");
    stage.deliver(3, "junkemail");
    graph.deliver(&letter(OWNER, "Lunch?", "h1@acme.test", ""), "sentitems", on.now());
    stage.deliver(4, "drafts");
    let poll = stage.poll(&nothing.cursor, 50).await.unwrap();
    let places: Vec<MailPlace> = poll.mails.iter().map(|mail| mail.place).collect();
    assert_eq!(places, [MailPlace::Received, MailPlace::Junk, MailPlace::Sent]);
    let headers = text(&poll.mails[0].headers);
    assert!(
        headers.contains("From: Ann <ann@lead.test>\r\n") && headers.contains("X-Mark: own\r\n"),
        "{headers}"
    );
    assert_eq!(headers.matches("Message-ID:").count(), 1, "{headers}");
    assert!(!headers.contains("Secret words"));
    // The copy of a sent mail has no headers of its own: they are made of what is told about it.
    let sent = text(&poll.mails[2].headers);
    assert!(
        sent.contains("To: \"Joe\" <joe@acme.test>\r\n") && sent.contains("Message-ID: <h1@acme.test>\r\n"),
        "{sent}"
    );
    assert!(poll.mails[0].thread.is_some());
    assert!(stage.poll(&poll.cursor, 50).await.unwrap().mails.is_empty());
}

#[tokio::test]
async fn many_mails_come_in_pages_and_none_is_left_out() {
    let stage = stage();
    let mut cursor = stage.begin().await;
    for number in 0..5 {
        stage.deliver(number, "inbox");
        stage.deliver(100 + number, "junkemail");
    }
    let mut found = Vec::new();
    loop {
        let poll = stage.poll(&cursor, 2).await.unwrap();
        assert!(poll.mails.len() <= 3);
        found.extend(poll.mails.iter().map(|mail| mail.reference.clone()));
        let is_complete = poll.is_complete();
        cursor = poll.cursor;
        if is_complete {
            break;
        }
    }
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 10);
    stage.deliver(200, "junkemail");
    assert_eq!(stage.poll(&cursor, 50).await.unwrap().mails.len(), 1);
}

#[tokio::test]
async fn round_that_was_interrupted_is_complete_after_another_of_all_folders() {
    let stage = stage();
    let cursor = stage.begin().await;
    stage.deliver(1, "inbox");
    // The inbox ends, and junk is refused.
    stage.graph.throttle_next("junkemail/messages/delta", 600);
    let broken = stage.poll(&cursor, 50).await.unwrap();
    assert_eq!((broken.mails.len(), broken.is_complete()), (1, false));
    stage.on.clock.pass(SignedDuration::from_mins(10));
    stage.deliver(2, "inbox");
    let ended = stage.poll(&broken.cursor, 50).await.unwrap();
    assert_eq!((ended.mails.len(), ended.is_complete()), (0, false), "nobody has looked into the inbox");
    let whole = stage.poll(&ended.cursor, 50).await.unwrap();
    assert_eq!((whole.mails.len(), whole.is_complete()), (1, true));
}

#[tokio::test]
async fn forgotten_link_makes_the_cursor_void_and_reading_begins_anew() {
    let stage = stage();
    let Stage { graph, on, account } = &stage;
    let read_at = on.now();
    let poll = stage.poll(&stage.begin().await, 50).await.unwrap();
    stage.deliver(1, "inbox");
    graph.forget_links();
    assert!(matches!(stage.poll(&poll.cursor, 50).await, Err(MailboxError::CursorVoid)));
    let cursor = on.providers.begin(account, read_at).await.unwrap();
    assert_eq!(stage.poll(&cursor, 50).await.unwrap().mails.len(), 1);
    for odd in ["", "{}"] {
        let void = stage.poll(&MailboxCursor(odd.to_owned()), 50).await;
        assert!(matches!(void, Err(MailboxError::CursorVoid)), "{odd}");
    }
}

#[tokio::test]
async fn token_goes_to_no_other_server() {
    let stage = stage();
    let cursor = stage.begin().await;
    let evil = MailboxCursor(cursor.0.replace(GRAPH, "https://evil.test"));
    let refused = stage.poll(&evil, 50).await;
    assert!(matches!(refused, Err(MailboxError::Refused { .. })), "{refused:?}");
    assert!(stage.graph.asked().is_empty());
}

#[tokio::test]
async fn trouble_of_a_reader_is_told_apart() {
    let stage = stage();
    let Stage { graph, on, .. } = &stage;
    let cursor = stage.begin().await;
    graph.throttle_next("/delta", 20);
    let Err(MailboxError::Throttled { until }) = stage.poll(&cursor, 50).await else { panic!() };
    assert_eq!(until, on.now() + SignedDuration::from_secs(20));
    graph.fail_next("/delta", 500, "generalException");
    assert!(matches!(stage.poll(&cursor, 50).await, Err(MailboxError::Unreachable(_))));
    graph.fail_next("/delta", 404, "MailboxNotEnabledForRESTAPI");
    assert!(matches!(stage.poll(&cursor, 50).await, Err(MailboxError::Refused { .. })));
    graph.void_access();
    assert!(matches!(stage.poll(&cursor, 50).await, Err(MailboxError::TokenRefused)));
}

#[tokio::test]
async fn whole_mail_is_fetched_as_it_is_and_a_large_one_without_attachments() {
    let stage = stage();
    let Stage { on, account, .. } = &stage;
    let cursor = stage.begin().await;
    stage.deliver(1, "inbox");
    let poll = stage.poll(&cursor, 50).await.unwrap();
    let reference = &poll.mails[0].reference;
    let whole = on.fetch(account, reference, 100_000).await.unwrap().unwrap();
    assert!(!whole.is_cut && text(&whole.bytes).ends_with("Secret words\r\n"));
    let cut = on.fetch(account, reference, whole.bytes.len() - 1).await.unwrap().unwrap();
    assert!(cut.is_cut && cut.bytes.len() < whole.bytes.len());
}

#[tokio::test]
async fn mail_that_fails_is_told_apart_from_a_mailbox_that_does_not_answer() {
    let stage = stage();
    let Stage { graph, on, account } = &stage;
    let cursor = stage.begin().await;
    stage.deliver(1, "inbox");
    let poll = stage.poll(&cursor, 50).await.unwrap();
    let mail = &poll.mails[0];
    let fetch = || on.fetch(account, &mail.reference, 100_000);
    for code in [500, 400] {
        graph.fail_always("/$value", code, "ErrorItemCorrupt");
        assert!(matches!(fetch().await, Err(MailboxError::MailFails(_))), "{code}");
        graph.repair();
    }
    graph.throttle_next("/$value", 20);
    assert!(matches!(fetch().await, Err(MailboxError::Throttled { .. })));
    graph.fail_always("/$value", 500, "generalException");
    graph.fail_next("mailFolders/inbox?", 503, "serviceNotAvailable");
    assert!(matches!(fetch().await, Err(MailboxError::Unreachable(_))));
    graph.void_access();
    assert!(matches!(fetch().await, Err(MailboxError::TokenRefused)));
}

#[tokio::test]
async fn beginning_of_a_mail_is_its_text_or_its_preview_under_the_headers_that_are_known() {
    let stage = stage();
    let Stage { graph, on, account } = &stage;
    let cursor = stage.begin().await;
    stage.deliver(1, "inbox");
    let poll = stage.poll(&cursor, 50).await.unwrap();
    let mail = &poll.mails[0];
    let beginning = async || {
        let mut fetcher = on.providers.fetcher(account, 8 << 20).unwrap();
        fetcher.fetch_beginning(mail, 256 * 1024).await
    };
    graph.fail_always("/$value", 500, "ErrorItemCorrupt");
    graph.fail_always("$select=internetMessageHeaders", 500, "ErrorItemCorrupt");
    for broken in ["nothing besides", "the body"] {
        let read = beginning().await.unwrap().unwrap();
        let text = text(&read.bytes);
        assert!(read.is_cut && text.contains("From: Ann <ann@lead.test>\r\n"), "{broken}: {text}");
        assert!(
            text.contains("Secret words") && text.matches("Content-Type").count() == 1,
            "{broken}: {text}"
        );
        // The preview alone is left.
        graph.fail_next("$select=body", 500, "ErrorItemCorrupt");
    }
    graph.repair();
    graph.fail_always("$select=body", 500, "ErrorItemCorrupt");
    assert!(matches!(beginning().await, Err(MailboxError::MailFails(_))));
}

#[tokio::test]
async fn mail_whose_headers_fail_is_reported_as_unreadable_with_what_the_list_tells() {
    let stage = stage();
    let Stage { graph, .. } = &stage;
    let cursor = stage.begin().await;
    stage.deliver(1, "inbox");
    stage.deliver(2, "inbox");
    graph.fail_always("AAkALg1=?$select=internetMessageHeaders", 500, "ErrorItemCorrupt");
    let poll = stage.poll(&cursor, 50).await.unwrap();
    assert_eq!((poll.mails.len(), poll.unreadable.len()), (1, 1));
    assert!(text(&poll.unreadable[0].headers).contains("ann@lead.test"));
    let again = stage.poll(&cursor, 50).await.unwrap();
    assert_eq!(again.unreadable, poll.unreadable, "the former cursor reports it again");
    graph.repair();
    assert_eq!(stage.poll(&cursor, 50).await.unwrap().mails.len(), 2);
}

#[tokio::test]
async fn test_of_an_account_sees_whose_mailbox_it_is() {
    let Stage { graph, on, account } = stage();
    on.providers.try_account(&account).await.unwrap();
    graph.fail_next("GET /v1.0/me/mailFolders/inbox", 404, "MailboxNotEnabledForRESTAPI");
    assert!(on.providers.try_account(&account).await.is_err());
    let reading = stage_with(&["Mail.Read", "User.Read"]);
    reading.on.providers.try_account(&reading.account).await.unwrap();
    let refused = reading.on.providers.send_mail(&reading.account, &mail(1)).await;
    assert!(matches!(refused, Err(SendError::Account { .. })), "{refused:?}");
}

fn address() -> PushAddress {
    PushAddress {
        url: "https://app.test/api/webhooks/microsoft/acc_1".to_owned(),
        client_state: "c13nt-state".to_owned(),
    }
}

#[tokio::test]
async fn subscription_is_made_renewed_and_missed() {
    let Stage { graph, on, account } = stage();
    let month = on.now() + SignedDuration::from_hours(720);
    let made = on.providers.subscribe(&account, &address(), month).await.unwrap();
    assert!(made.expires_at <= on.now() + SignedDuration::from_mins(10_080));
    let stored = &graph.subscriptions()[0];
    assert_eq!(stored["notificationUrl"], made.url.as_str());
    assert_eq!(stored["changeType"], "created");
    assert_eq!(stored["lifecycleNotificationUrl"], stored["notificationUrl"]);
    on.clock.pass(SignedDuration::from_mins(30));
    let renewed = on.providers.renew_subscription(&account, &made.id, month).await.unwrap().unwrap();
    assert!(renewed > made.expires_at);
    assert_eq!(on.providers.renew_subscription(&account, "gone", month).await.unwrap(), None);
    for _ in 0..2 {
        on.providers.unsubscribe(&account, &made.id).await.unwrap();
        assert!(graph.subscriptions().is_empty());
    }
    let mut open = address();
    open.url = "http://app.test/".to_owned();
    let refused = on.providers.subscribe(&account, &open, month).await;
    assert!(matches!(refused, Err(CallError::Rejected(_))), "{refused:?}");
}

fn webhook(query: &str, body: &Value) -> WebhookRequest {
    WebhookRequest {
        url: format!("https://app.test/api/webhooks/microsoft/acc_1{query}"),
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    }
}

#[test]
fn handshake_sends_the_decoded_token_back() {
    let on = stage().on.providers;
    let asked = webhook("?validationToken=Validation%3A+Testing+%C3%BC", &Value::Null);
    assert_eq!(on.handshake("microsoft", &asked).as_deref(), Some("Validation: Testing ü"));
    assert_eq!(on.handshake("microsoft", &webhook("", &Value::Null)), None);
    assert_eq!(on.handshake("microsoft", &webhook("?validationToken=", &Value::Null)), None);
    assert_eq!(on.handshake("google", &asked), None);
}

#[test]
fn notice_is_believed_for_its_client_state() {
    let on = stage().on.providers;
    let notice = |state: &str, event: Option<&str>| {
        let mut notice = json!({ "subscriptionId": "s1", "clientState": state });
        match event {
            Some(event) => notice["lifecycleEvent"] = json!(event),
            None => notice["changeType"] = json!("created"),
        }
        notice
    };
    let read = |notices: Vec<Value>| {
        on.notices("microsoft", &webhook("", &json!({ "value": notices })), "c13nt-state")
    };
    let good = "c13nt-state";
    let told = read(vec![
        notice(good, None),
        notice(good, Some("reauthorizationRequired")),
        notice(good, Some("subscriptionRemoved")),
        notice(good, Some("missed")),
        notice(good, Some("somethingNew")),
    ]);
    let news: Vec<PushNews> = told.unwrap().into_iter().map(|PushNotice { news, .. }| news).collect();
    assert_eq!(
        news,
        [PushNews::Read, PushNews::Renew, PushNews::SubscribeAnew, PushNews::Read, PushNews::Read]
    );
    assert_eq!(read(vec![notice(good, None), notice("other", None)]), Err(Forged::Mismatch));
    assert_eq!(read(vec![json!({ "subscriptionId": "s1" })]), Err(Forged::Missing));
    let no_secret = on.notices("microsoft", &webhook("", &json!({ "value": [notice("", None)] })), "");
    assert!(no_secret.is_err());
    assert!(on.notices("microsoft", &webhook("", &json!([])), good).is_err());
    assert!(on.notices("google", &webhook("", &json!({ "value": [] })), good).is_err());
}
