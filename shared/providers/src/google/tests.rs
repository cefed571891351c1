//! Whole calls against Gmail in process: drafts, history, and every answer that changes what is done.

use crate::tests::mailbox_stage::{
    GMAIL, MailboxStage, OWNER, client, composed, letter, mail, mailbox, text,
};
use application::ports::mail_drafts::{DraftSender, DraftState};
use application::ports::mailboxes::{
    MailPlace, MailReference, MailboxCursor, MailboxError, MailboxPoll, MailboxReader, PollLimits,
};
use application::ports::provider_calls::{
    AccountTrial, MailSender, OpenAccount, SendError, Sender, StatusQuery, TrialError,
};
use domain::message::MessageState;
use domain::message::failure_class::FailureClass;
use jiff::SignedDuration;
use mailbox_fakes::{Gmail, GrantRules};
use std::sync::Arc;

struct Stage {
    gmail: Arc<Gmail>,
    on: MailboxStage,
    account: OpenAccount,
}

fn stage() -> Stage {
    stage_with(super::SCOPES)
}

fn stage_with(scopes: &[&str]) -> Stage {
    let gmail = Arc::new(Gmail::new(OWNER, client(), GrantRules::default()));
    let served = gmail.clone();
    let on = MailboxStage::over(move |request, now| served.answer(request, now));
    let account = mailbox("google", GMAIL, gmail.grant(scopes, on.now()));
    Stage { gmail, on, account }
}

impl Stage {
    async fn begin(&self) -> MailboxCursor {
        self.on.providers.begin(&self.account, self.on.now()).await.unwrap()
    }

    async fn poll(&self, cursor: &MailboxCursor, mails: usize) -> Result<MailboxPoll, MailboxError> {
        let limits = PollLimits { mails, ..PollLimits::default() };
        self.on.providers.poll(&self.account, cursor, limits).await
    }

    fn pass(&self, seconds: i64) {
        self.on.clock.pass(SignedDuration::from_secs(seconds));
    }
}

fn references(poll: &MailboxPoll) -> Vec<&str> {
    poll.mails.iter().map(|mail| mail.reference.0.as_str()).collect()
}

#[tokio::test]
async fn draft_is_sent_byte_for_byte_and_only_once() {
    let Stage { gmail, on, account } = stage();
    let (providers, mail) = (&on.providers, mail(1));
    let draft = providers.create_draft(&account, &mail).await.unwrap();
    let id = &mail.message_id;
    assert_eq!(providers.draft_state(&account, &draft.id, id).await.unwrap(), DraftState::NotSent);
    assert!(gmail.sent().is_empty());

    let accepted = providers.send_draft(&account, &draft, &mail).await.unwrap();
    assert_eq!(accepted.internet_id, None, "Gmail keeps our Message-ID");
    assert_eq!(gmail.sent(), [composed(&on, &mail)]);
    let state = providers.draft_state(&account, &draft.id, id).await.unwrap();
    assert_eq!(state, DraftState::Sent(accepted.clone()));

    // A repeat finds the mail that was sent.
    let again = providers.send_draft(&account, &draft, &mail).await.unwrap();
    assert_eq!((again, gmail.sent().len()), (accepted, 1));
}

#[tokio::test]
async fn lost_answer_is_cleared_up_by_the_draft() {
    let Stage { gmail, on, account } = stage();
    let (providers, first) = (&on.providers, mail(1));
    let draft = providers.create_draft(&account, &first).await.unwrap();
    on.lose_answer("/drafts/send");
    let lost = providers.send_draft(&account, &draft, &first).await;
    assert!(matches!(lost, Err(SendError::Uncertain(_))), "{lost:?}");
    let state = providers.draft_state(&account, &draft.id, &first.message_id).await.unwrap();
    assert!(matches!(state, DraftState::Sent(_)), "{state:?}");

    // Before it was sent, the draft shows that it was not.
    let second = mail(2);
    let draft = providers.create_draft(&account, &second).await.unwrap();
    gmail.fail_next("POST /gmail/v1/users/me/drafts/send", 503, "backendError", "Service unavailable");
    let lost = providers.send_draft(&account, &draft, &second).await;
    assert!(matches!(lost, Err(SendError::Uncertain(_))), "{lost:?}");
    let state = providers.draft_state(&account, &draft.id, &second.message_id).await.unwrap();
    assert_eq!(state, DraftState::NotSent);
    providers.discard_draft(&account, &draft.id).await.unwrap();
    providers.discard_draft(&account, &draft.id).await.unwrap();
    assert_eq!((gmail.drafts(), gmail.sent().len()), (0, 1));
    let state = providers.draft_state(&account, &draft.id, &second.message_id).await.unwrap();
    assert_eq!(state, DraftState::Unknown);
    let gone = providers.send_draft(&account, &draft, &second).await;
    assert!(matches!(gone, Err(SendError::Uncertain(_))), "{gone:?}");
}

#[tokio::test]
async fn lost_answer_to_the_making_of_a_draft_sends_nothing() {
    let Stage { gmail, on, account } = stage();
    on.lose_answer("/drafts");
    let lost = on.providers.create_draft(&account, &mail(1)).await;
    assert!(matches!(lost, Err(SendError::Down { .. })), "{lost:?}");
    assert!(gmail.sent().is_empty());
}

#[tokio::test]
async fn follow_up_joins_the_thread_of_what_it_answers() {
    let Stage { gmail, on, account } = stage();
    let first = mail(1);
    on.providers.send_mail(&account, &first).await.unwrap();
    let mut second = mail(2);
    second.subject = "Re: Hello".to_owned();
    second.in_reply_to = Some(first.message_id.clone());
    second.references = vec![first.message_id.clone()];
    on.providers.send_mail(&account, &second).await.unwrap();
    let threads = gmail.sent_threads();
    assert_eq!(threads[0], threads[1]);

    // A parent that this mailbox does not have leaves the mail without a thread, and sends it.
    let mut third = mail(3);
    third.in_reply_to = Some("elsewhere@lead.test".to_owned());
    on.providers.send_mail(&account, &third).await.unwrap();
    assert_eq!(gmail.sent_threads().len(), 3);
    assert_eq!(gmail.drafts(), 0);
}

#[tokio::test]
async fn follow_up_asks_once_for_its_thread_and_never_by_other_words() {
    let Stage { gmail, on, account } = stage();
    on.providers.send_mail(&account, &mail(1)).await.unwrap();
    let asked = async |parent: &str| {
        let before = gmail.asked().len();
        let mut follow_up = mail(2);
        follow_up.in_reply_to = Some(parent.to_owned());
        on.providers.create_draft(&account, &follow_up).await.unwrap();
        gmail.asked().split_off(before)
    };
    let made = "POST /gmail/v1/users/me/drafts";
    assert_eq!(asked("msg_1@acme.test").await, ["GET /gmail/v1/users/me/messages", made]);
    assert_eq!(asked("a OR in:anywhere").await, [made]);
}

#[tokio::test]
async fn each_refusal_says_what_can_be_done() {
    let Stage { gmail, on, account } = stage();
    let path = "POST /gmail/v1/users/me/drafts/send";
    let mut number = 0;
    let mut sent = async |status, reason: &str, message: &str| {
        number += 1;
        gmail.fail_next(path, status, reason, message);
        on.providers.send_mail(&account, &mail(number)).await.unwrap_err()
    };
    let fast = sent(429, "rateLimitExceeded", "Too many concurrent requests for user").await;
    assert!(matches!(fast, SendError::TooFast { .. }), "{fast:?}");
    let cap = sent(429, "userRateLimitExceeded", "Retry after 2026-11-20T15:00:00.000Z").await;
    let SendError::Down { after, .. } = cap else { panic!("{cap:?}") };
    assert_eq!(after, Some(SignedDuration::from_hours(3)));
    let token = sent(401, "authError", "Invalid Credentials").await;
    assert!(matches!(token, SendError::Account { .. }), "{token:?}");
    let scope = sent(403, "insufficientPermissions", "").await;
    assert!(matches!(scope, SendError::Account { .. }), "{scope:?}");
    let bad = sent(400, "invalidArgument", "Invalid To header").await;
    assert!(matches!(bad, SendError::Rejected { class: FailureClass::BadContent, .. }), "{bad:?}");
    // What was certainly not sent leaves no draft behind.
    assert_eq!((gmail.drafts(), gmail.sent().len()), (0, 0));
}

#[tokio::test]
async fn reading_begins_at_the_moment_of_connecting() {
    let stage = stage();
    let Stage { gmail, on, .. } = &stage;
    gmail.deliver(&letter("old@lead.test", "Private", "old@lead.test", ""), &["INBOX"], on.now());
    stage.pass(60);
    let cursor = stage.begin().await;
    let nothing = stage.poll(&cursor, 50).await.unwrap();
    assert!(nothing.mails.is_empty() && nothing.is_complete());

    stage.pass(60);
    let more = "In-Reply-To: <msg_1@acme.test>\r\nX-Private: hidden\r\n";
    let answer = gmail.deliver(
        &letter("Ann <ann@lead.test>", "Re: Hello", "a1@lead.test", more),
        &["INBOX"],
        on.now(),
    );
    let junk = gmail.deliver(&letter("b@lead.test", "No", "b1@lead.test", ""), &["SPAM"], on.now());
    let archived = gmail.deliver(&letter("c@lead.test", "Yes", "c1@lead.test", ""), &["Label_7"], on.now());
    let by_hand = gmail.send_by_hand(&letter(OWNER, "Lunch?", "h1@acme.test", ""), on.now());
    gmail.deliver(&letter(OWNER, "Unfinished", "d1@acme.test", ""), &["DRAFT"], on.now());
    let gone = gmail.deliver(&letter("e@lead.test", "Gone", "e1@lead.test", ""), &["INBOX"], on.now());
    gmail.delete(&gone);
    let poll = stage.poll(&nothing.cursor, 50).await.unwrap();
    assert_eq!(references(&poll), [&answer, &junk, &archived, &by_hand]);
    let places: Vec<MailPlace> = poll.mails.iter().map(|mail| mail.place).collect();
    assert_eq!(places, [MailPlace::Received, MailPlace::Junk, MailPlace::Received, MailPlace::Sent]);
    let headers = text(&poll.mails[0].headers);
    assert!(headers.contains("In-Reply-To: <msg_1@acme.test>\r\n"), "{headers}");
    assert!(!headers.contains("hidden") && !headers.contains("Secret words"), "{headers}");
    assert_eq!(poll.mails[0].received_at, Some(on.now()));
    assert!(!format!("{poll:?}").contains("Re: Hello"));
    // No body was asked for.
    let asked = gmail.asked();
    assert!(asked.iter().all(|line| line.starts_with("GET ")), "{asked:?}");

    let after = stage.poll(&poll.cursor, 50).await.unwrap();
    assert!(after.mails.is_empty() && after.is_complete());
    // A cursor that was not stored reports the same again.
    assert_eq!(references(&stage.poll(&nothing.cursor, 50).await.unwrap()), references(&poll));
}

#[tokio::test]
async fn many_mails_come_in_pages() {
    let stage = stage();
    let mut cursor = stage.begin().await;
    for number in 0..7 {
        let raw = letter("a@lead.test", "Hi", &format!("{number}@lead.test"), "");
        stage.gmail.deliver(&raw, &["INBOX"], stage.on.now());
    }
    let mut found = Vec::new();
    for page in 0..3 {
        let poll = stage.poll(&cursor, 3).await.unwrap();
        found.extend(references(&poll).into_iter().map(str::to_owned));
        assert_eq!(poll.is_complete(), page == 2, "{page}");
        cursor = poll.cursor;
    }
    found.dedup();
    assert_eq!(found.len(), 7);
}

#[tokio::test]
async fn forgotten_history_makes_the_cursor_void_and_reading_begins_anew() {
    let stage = stage();
    let Stage { gmail, on, account } = &stage;
    let cursor = stage.begin().await;
    let read_at = on.now();
    stage.pass(1_800);
    for number in 0..3 {
        gmail.deliver(&letter("a@lead.test", "Hi", &format!("{number}@lead.test"), ""), &["INBOX"], on.now());
    }
    gmail.forget_history();
    assert!(matches!(stage.poll(&cursor, 50).await, Err(MailboxError::CursorVoid)));

    let mut cursor = on.providers.begin(account, read_at).await.unwrap();
    let late = gmail.deliver(&letter("b@lead.test", "Late", "late@lead.test", ""), &["SPAM"], on.now());
    let mut found = Vec::new();
    loop {
        let poll = stage.poll(&cursor, 2).await.unwrap();
        found.extend(references(&poll).into_iter().map(str::to_owned));
        let is_complete = poll.is_complete();
        cursor = poll.cursor;
        if is_complete {
            break;
        }
    }
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 4);
    assert!(found.contains(&late));
    for odd in ["", "{}", "{\"v\":2}"] {
        let void = stage.poll(&MailboxCursor(odd.to_owned()), 50).await;
        assert!(matches!(void, Err(MailboxError::CursorVoid)), "{odd}");
    }
}

#[tokio::test]
async fn forgotten_page_makes_the_cursor_void() {
    let stage = stage();
    let Stage { gmail, on, account } = &stage;
    let (changes, read_at) = (stage.begin().await, on.now());
    for number in 0..4 {
        gmail.deliver(&letter("a@lead.test", "Hi", &format!("{number}@lead.test"), ""), &["INBOX"], on.now());
    }
    stage.pass(60);
    let listing = on.providers.begin(account, read_at).await.unwrap();
    for cursor in [changes, listing] {
        let first = stage.poll(&cursor, 3).await.unwrap();
        let forgotten = MailboxCursor(first.cursor.0.replace("\"page\":\"3\"", "\"page\":\"gone\""));
        assert_ne!(forgotten, first.cursor);
        let void = stage.poll(&forgotten, 3).await;
        assert!(matches!(void, Err(MailboxError::CursorVoid)), "{void:?}");
    }
}

#[tokio::test]
async fn trouble_of_a_reader_is_told_apart() {
    let stage = stage();
    let Stage { gmail, on, account } = &stage;
    let cursor = stage.begin().await;
    let path = "GET /gmail/v1/users/me/history";
    gmail.fail_next(path, 429, "rateLimitExceeded", "");
    let Err(MailboxError::Throttled { until }) = stage.poll(&cursor, 50).await else { panic!() };
    assert_eq!(until, on.now() + SignedDuration::from_secs(30));
    gmail.fail_next(path, 403, "dailyLimitExceeded", "");
    let Err(MailboxError::Throttled { until }) = stage.poll(&cursor, 50).await else { panic!() };
    assert_eq!(until, on.now() + SignedDuration::from_hours(1));
    gmail.fail_next(path, 500, "backendError", "");
    assert!(matches!(stage.poll(&cursor, 50).await, Err(MailboxError::Unreachable(_))));
    gmail.fail_next(path, 403, "accessNotConfigured", "Gmail API has not been used in project 1");
    let Err(MailboxError::Refused { detail }) = stage.poll(&cursor, 50).await else { panic!() };
    assert!(detail.contains("has not been used"), "{detail}");
    stage.pass(3_700);
    assert!(matches!(stage.poll(&cursor, 50).await, Err(MailboxError::TokenRefused)));
    let mut bare = account.clone();
    bare.secret.0.remove("access_token");
    let refused = on.providers.poll(&bare, &cursor, PollLimits::default()).await;
    assert!(matches!(refused, Err(MailboxError::TokenRefused)), "{refused:?}");
}

#[tokio::test]
async fn permission_that_was_not_given_is_named() {
    let on_reading = stage_with(&super::SCOPES[..1]);
    let refused = on_reading.on.providers.send_mail(&on_reading.account, &mail(1)).await;
    let Err(SendError::Account { detail }) = refused else { panic!("{refused:?}") };
    assert!(detail.contains("insufficient authentication scopes"), "{detail}");
    let on_drafting = stage_with(&super::SCOPES[1..]);
    let cursor = on_drafting.begin().await;
    assert!(matches!(on_drafting.poll(&cursor, 50).await, Err(MailboxError::Refused { .. })));
}

#[tokio::test]
async fn whole_mail_is_fetched_as_it_is_and_a_large_one_without_attachments() {
    let stage = stage();
    let Stage { gmail, on, account } = &stage;
    let raw = letter("a@lead.test", "Hi", "a@lead.test", "");
    let id = MailReference(gmail.deliver(&raw, &["INBOX"], on.now()));
    let whole = on.fetch(account, &id, 100_000).await.unwrap().unwrap();
    assert_eq!((whole.bytes, whole.is_cut), (raw, false));

    let attached = "x".repeat(50_000);
    let large = format!(
        "From: a@lead.test\r\nTo: {OWNER}\r\nSubject: Hi\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nYes please\r\n\
         --b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n\
         {attached}\r\n--b--\r\n"
    );
    let id = MailReference(gmail.deliver(large.as_bytes(), &["INBOX"], on.now()));
    let cut = on.fetch(account, &id, 10_000).await.unwrap().unwrap();
    assert!(cut.is_cut && cut.bytes.len() <= 10_000);
    let parsed = mail_parser::MessageParser::default().parse(&cut.bytes).unwrap();
    assert_eq!(parsed.subject(), Some("Hi"));
    assert_eq!(parsed.body_text(0).unwrap().trim(), "Yes please");
    gmail.delete(&id.0);
    assert_eq!(on.fetch(account, &id, 10_000).await.unwrap(), None);
}

#[tokio::test]
async fn mail_is_looked_up_by_its_message_id() {
    let Stage { on, account, .. } = stage();
    on.providers.send_mail(&account, &mail(1)).await.unwrap();
    assert!(on.providers.class(&account.settings).status_query);
    let sought = |id: &str| StatusQuery {
        to: "ann@lead.test".to_owned(),
        text: String::new(),
        internet_id: Some(id.to_owned()),
        since: on.now(),
        others: Vec::new(),
    };
    let record = on.providers.look_up(&account, &sought("msg_1@acme.test")).await.unwrap().unwrap();
    assert_eq!(record.state, MessageState::Accepted);
    assert!(on.providers.look_up(&account, &sought("msg_2@acme.test")).await.unwrap().is_none());
}

#[tokio::test]
async fn test_of_an_account_sees_whose_mailbox_it_is() {
    let Stage { gmail, on, account } = stage();
    on.providers.try_account(&account).await.unwrap();
    let served = Arc::new(Gmail::new("other@acme.test", client(), GrantRules::default()));
    let tokens = served.grant(super::SCOPES, on.now());
    let elsewhere = MailboxStage::over(move |request, now| served.answer(request, now));
    let other = mailbox("google", GMAIL, tokens);
    let Err(TrialError::Failed { detail, .. }) = elsewhere.providers.try_account(&other).await else {
        panic!()
    };
    assert!(detail.contains("other@acme.test"), "{detail}");
    gmail.void_access();
    let refused = on.providers.try_account(&account).await;
    assert!(matches!(refused, Err(TrialError::Failed { .. })), "{refused:?}");
}

#[tokio::test]
async fn beginning_of_a_mail_is_its_text_or_its_snippet() {
    let stage = stage();
    let Stage { gmail, on, account } = &stage;
    let cursor = stage.begin().await;
    let raw = letter("Ann <ann@lead.test>", "Re: Hello", "1@lead.test", "X-Mark: own\r\n");
    gmail.deliver(&raw, &["INBOX"], on.now());
    let poll = stage.poll(&cursor, 50).await.unwrap();
    let mail = &poll.mails[0];
    let mut fetcher = on.providers.fetcher(account, 8 << 20).unwrap();
    gmail.fail_always("format=raw", 500, "backendError");
    let failed = fetcher.fetch(&mail.reference).await;
    assert!(matches!(failed, Err(MailboxError::MailFails(_))), "{failed:?}");
    for broken in ["nothing besides", "format=full"] {
        gmail.fail_always(broken, 500, "backendError");
        let read = fetcher.fetch_beginning(mail, 256 * 1024).await.unwrap().unwrap();
        let told = text(&read.bytes);
        assert!(read.is_cut && told.contains("From: Ann <ann@lead.test>\r\n"), "{broken}: {told}");
        assert!(told.contains("Secret words"), "{broken}: {told}");
    }
    gmail.fail_always("format=minimal", 500, "backendError");
    assert!(matches!(fetcher.fetch_beginning(mail, 1_000).await, Err(MailboxError::MailFails(_))));
    // A mailbox that does not answer at all says nothing about one mail.
    gmail.fail_always("/profile", 503, "backendError");
    assert!(matches!(fetcher.fetch_beginning(mail, 1_000).await, Err(MailboxError::Unreachable(_))));
}

#[tokio::test]
async fn mail_whose_headers_fail_is_reported_as_unreadable_until_they_come() {
    let stage = stage();
    let Stage { gmail, on, .. } = &stage;
    let cursor = stage.begin().await;
    for number in 1..3 {
        let raw = letter("Ann <ann@lead.test>", "Re: Hello", &format!("{number}@lead.test"), "");
        gmail.deliver(&raw, &["INBOX"], on.now());
    }
    gmail.fail_always("/messages/m1?format=metadata", 400, "failedPrecondition");
    let poll = stage.poll(&cursor, 50).await.unwrap();
    assert_eq!(references(&poll), ["m2"]);
    assert_eq!(poll.unreadable[0].reference, MailReference("m1".to_owned()));
    gmail.repair();
    assert_eq!(references(&stage.poll(&cursor, 50).await.unwrap()), ["m1", "m2"]);
}
