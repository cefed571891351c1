use super::*;
use crate::inbound_records::MOST_LOOKED_AT;
use application::ports::calls::CallStore;
use application::ports::conversations::ConversationStore;
use application::ports::inbound_records::{InboundFilter, InboundRecord, InboundRecordStore, Replay};
use application::ports::leads::LeadStore;
use application::ports::messages::{Draft, MessageStore};
use application::ports::tasks::{OwnedBy, TaskStore};
use application::queue_messages::{IngestEvent, Payload};
use application::{PageRequest, StoreError};
use domain::ai_prompt::WrittenWith;
use domain::contact::channel::Channel;
use domain::message::answer_draft::{AnswerDraft, AnswerDraftState};
use domain::message::conversation::{Conversation, Folder, end_of};
use domain::message::failure_class::FailureClass;
use domain::message::inbound_outcome::{Became, InboundOutcome};
use domain::message::understanding::{ReplyKind, Understanding};
use domain::message::unmatched::{UnmatchedReply, UnmatchedState};
use domain::message::{Direction, Failure, Message, MessageClaim, MessageState};
use domain::spend::Usd;
use domain::workspace::account::AccountKind;
use domain::workspace::call::{Call, CallLeg, CallRequest, LeadNumber};
use domain::workspace::call_cost::{CallCost, CallCostState};
use domain::workspace::recording::{CallRecording, RecordingState};
use domain::workspace::task::{Task, TaskKind};
use domain::{AccountId, CallId, DraftId, InboundId, MessageId, StepId, TaskId, UserId};

pub(crate) fn message(text: &str) -> Message {
    let lead = lead(1);
    let (campaign, step) = (campaign("spring").id, StepId::derived(Still.now(), &["step"]));
    let id = MessageId::for_step(&lead.id, &campaign, &step);
    Message {
        internet_id: Some(format!("{id}@mail.acme.example")),
        state: MessageState::Accepted,
        campaign: Some(campaign),
        step: Some(step),
        step_index: Some(0),
        account: Some(AccountId::derived(Still.now(), &["mailbox"])),
        from: "sam@acme.example".into(),
        to: "billy1@hanson.example.com".into(),
        subject: "Your listing in Evansbury".into(),
        text: text.into(),
        provider_id: Some("SM0123456789abcdef".into()),
        attempts: 1,
        accepted_at: Some(Still.now()),
        ..Message::blank(id, workspace(), Direction::Out, Channel::Email, Still.now())
    }
}

pub(crate) fn inbound_record() -> InboundRecord {
    let (now, account) = (Still.now(), AccountId::derived(Still.now(), &["numbers"]));
    InboundRecord {
        id: InboundId::derived(now, &[account.as_str(), "SM1"]),
        workspace: workspace(),
        account: account.clone(),
        provider: "twilio".to_owned(),
        event: IngestEvent::Webhook {
            workspace: workspace(),
            account,
            kind: AccountKind::Twilio,
            settings: None,
            received_at: now,
            event_id: "SM1".to_owned(),
            body: Payload::Inline("{}".to_owned()),
        },
        blobs: vec!["blob".to_owned()],
        outcome: InboundOutcome::Filed,
        became: vec![Became::Reply],
        leads: vec![lead(1).id],
        unmatched: None,
        detail: Some("told".to_owned()),
        replay: Some(Replay {
            by: UserId::derived(now, &["ada"]),
            asked_at: now,
            done_at: Some(now),
            has_changed: true,
        }),
        rev: 0,
    }
}

#[tokio::test]
async fn inbound_records_are_listed_newest_first_by_provider_and_outcome() {
    let world = World::new();
    for (at, provider, outcome) in [
        (0, "twilio", InboundOutcome::Filed),
        (60, "stripe", InboundOutcome::Ignored),
        (120, "twilio", InboundOutcome::Unmatched),
    ] {
        let record = InboundRecord {
            id: InboundId::derived(later(at), &[provider]),
            provider: provider.to_owned(),
            outcome,
            ..inbound_record()
        };
        assert_eq!(InboundRecordStore::save(&world.table, &record).await.unwrap(), 1);
        let again = InboundRecordStore::save(&world.table, &record).await;
        assert!(matches!(again, Err(StoreError::Conflict)));
        let read = InboundRecordStore::get(&world.table, &workspace(), &record.id).await.unwrap();
        assert_eq!(read, InboundRecord { rev: 1, ..record });
    }
    let list = |provider: Option<&str>, outcome| {
        let filter = InboundFilter { provider: provider.map(str::to_owned), outcome };
        let table = &world.table;
        async move {
            let page = PageRequest::first(1);
            let first = InboundRecordStore::list(table, &workspace(), &filter, page).await.unwrap();
            let cursor = first.next_cursor.clone();
            let mut found = first.items;
            if cursor.is_some() {
                let page = PageRequest { limit: 9, cursor };
                found.extend(
                    InboundRecordStore::list(table, &workspace(), &filter, page).await.unwrap().items,
                );
            }
            found.into_iter().map(|record| (record.provider, record.outcome)).collect::<Vec<_>>()
        }
    };
    assert_eq!(list(None, None).await.len(), 3);
    let twilio =
        [("twilio".to_owned(), InboundOutcome::Unmatched), ("twilio".to_owned(), InboundOutcome::Filed)];
    assert_eq!(list(Some("twilio"), None).await, twilio);
    assert_eq!(list(Some("twilio"), Some(InboundOutcome::Filed)).await, twilio[1..]);
    assert_eq!(list(Some("resend"), None).await, []);
}

#[tokio::test]
async fn page_of_rare_inbound_records_ends_early_with_a_cursor() {
    let world = World::new();
    let count = MOST_LOOKED_AT + 60;
    for at in 0..count {
        let outcome = if at == 0 { InboundOutcome::Unreadable } else { InboundOutcome::Filed };
        let id = InboundId::derived(later(i64::try_from(at).unwrap()), &["twilio"]);
        let record = InboundRecord { id, outcome, leads: Vec::new(), ..inbound_record() };
        InboundRecordStore::save(&world.table, &record).await.unwrap();
    }
    let filter = InboundFilter { provider: None, outcome: Some(InboundOutcome::Unreadable) };
    let page = PageRequest::first(50);
    let first = InboundRecordStore::list(&world.table, &workspace(), &filter, page).await.unwrap();
    assert!(first.items.is_empty() && first.next_cursor.is_some(), "{first:?}");
    let page = PageRequest { limit: 50, cursor: first.next_cursor };
    let second = InboundRecordStore::list(&world.table, &workspace(), &filter, page).await.unwrap();
    assert_eq!((second.items.len(), second.next_cursor), (1, None));
}

const PARAGRAPH: &str = "Hello Billy, I read what people write about Hanson-Burke in Evansbury and liked how often \
    they mention the garden. Many of our clients in your trade had the same page for years and lost guests to it; \
    a new one took them two weeks. I made a draft for you, so that you see what I mean before we speak. ";

#[tokio::test]
async fn message_costs_one_unit_and_is_read_back_whole() {
    let world = World::new();
    let mail = message(&PARAGRAPH.repeat(3));
    let (created, units) = world
        .write_units(MessageStore::create(&world.table, &mail, &event(EventKind::MessageAccepted)))
        .await;
    created.unwrap();
    assert_eq!(units, 1.0, "{} characters", mail.text.len());
    let mut read = MessageStore::get(&world.table, &workspace(), &mail.id).await.unwrap();
    assert_eq!(read, Message { rev: 1, ..mail.clone() });
    let again = MessageStore::create(&world.table, &mail, &event(EventKind::MessageAccepted)).await;
    assert!(matches!(again, Err(StoreError::Conflict)));

    read.raise_state(MessageState::Bounced, later(9));
    read.failure = Some(Failure { class: FailureClass::HardUnknownUser, code: None, detail: "550".into() });
    read.opens = 3;
    read.first_opened_at = Some(later(5));
    assert_eq!(MessageStore::save(&world.table, &read, &event(EventKind::MessageBounced)).await.unwrap(), 2);
    let bounced = MessageStore::get(&world.table, &workspace(), &mail.id).await.unwrap();
    assert_eq!(bounced, Message { rev: 2, ..read });

    LeadStore::create(&world.table, &lead(1), &event(EventKind::LeadCreated)).await.unwrap();
    let file = world.table.file(&workspace(), &lead(1).id).await.unwrap();
    assert_eq!(file.messages, vec![bounced]);
}

#[tokio::test]
async fn uncertain_messages_are_listed_until_it_is_known_what_became_of_them() {
    let world = World::new();
    let uncertain = Message { state: MessageState::Uncertain, accepted_at: None, ..message("Hello") };
    let under_way = MessageClaim { token: "t".into(), until: later(2) };
    let named = |name: &str| MessageId::derived(&lead(1).id, &[name]);
    let claimed = Message { id: named("claimed"), claim: Some(under_way), ..uncertain.clone() };
    let test = Message { id: named("test"), test: true, ..uncertain.clone() };
    let later_one = Message { id: named("later"), created_at: later(1), ..uncertain.clone() };
    let inbound = Message {
        id: named("in"),
        direction: Direction::In,
        state: MessageState::Received,
        ..uncertain.clone()
    };
    for one in [&later_one, &uncertain, &claimed, &test, &inbound] {
        MessageStore::create(&world.table, one, &event(EventKind::MessageUncertain)).await.unwrap();
    }
    let listed = async |limit: usize, cursor: Option<String>| {
        let page = PageRequest { limit, cursor };
        let page = world.table.uncertain(&workspace(), page).await.unwrap();
        (page.items.into_iter().map(|message| message.id).collect::<Vec<_>>(), page.next_cursor)
    };
    assert_eq!(listed(9, None).await.0, [uncertain.id.clone(), later_one.id.clone()]);
    let (first, cursor) = listed(1, None).await;
    assert_eq!(first, std::slice::from_ref(&uncertain.id));
    assert_eq!(listed(1, cursor).await, (vec![later_one.id.clone()], None));
    let mut known = MessageStore::get(&world.table, &workspace(), &uncertain.id).await.unwrap();
    known.raise_state(MessageState::Delivered, later(9));
    MessageStore::save(&world.table, &known, &event(EventKind::MessageDelivered)).await.unwrap();
    assert_eq!(listed(9, None).await.0, [later_one.id]);
}

#[tokio::test]
async fn draft_is_saved_over_itself() {
    let world = World::new();
    let draft = Draft {
        id: DraftId::derived(Still.now(), &["draft"]),
        workspace: workspace(),
        author: UserId::derived(Still.now(), &["user"]),
        lead: Some(lead(1).id),
        channel: Channel::Email,
        subject: String::new(),
        body: "Dear".into(),
        updated_at: Still.now(),
    };
    world.table.put_draft(&draft).await.unwrap();
    let draft = Draft { body: "Dear Billy".into(), ..draft };
    world.table.put_draft(&draft).await.unwrap();
    assert_eq!(world.table.draft(&workspace(), &draft.id).await.unwrap(), draft);
    world.table.delete_draft(&workspace(), &draft.id).await.unwrap();
    assert!(matches!(world.table.draft(&workspace(), &draft.id).await, Err(StoreError::NotFound)));
}

pub(crate) fn conversation(n: i64) -> Conversation {
    Conversation {
        workspace: workspace(),
        lead: lead(n).id,
        lead_name: format!("Billy {n}"),
        lead_deleted: false,
        folder: Folder::Open,
        channel: Channel::Sms,
        last_direction: Direction::In,
        last_at: later(n),
        snippet: "Sounds good".into(),
        unread: 1,
        understood: None,
        assignee: None,
        lead_owner: None,
        taken_in: Vec::new(),
        draft: None,
        rev: 0,
    }
}

pub(crate) fn answer_draft(n: i64) -> AnswerDraft {
    AnswerDraft {
        workspace: workspace(),
        lead: lead(n).id,
        message: MessageId::derived(&lead(n).id, &["in", "1"]),
        text: "Hi Billy, I will find out.".into(),
        state: AnswerDraftState::Waiting {},
        written_with: Some(WrittenWith { model: "small".into(), prompt: "2.3".into() }),
        cost: Usd::micros(120),
        tokens: Default::default(),
        reservation: Some("chat_model#answer_draft#1".into()),
        made_at: later(n),
        asked_by: Some(owners()[0].clone()),
        rev: 0,
    }
}

/// A conversation whose latest message has a draft.
fn drafted(n: i64) -> Conversation {
    let mut conversation = conversation(n);
    let message = answer_draft(n).message;
    assert!(conversation.add_inbound(&message));
    conversation.draft = Some(end_of(&message).to_owned());
    conversation
}

#[tokio::test]
async fn draft_is_stored_with_its_conversation_and_listed_while_it_waits() {
    let World { table, .. } = World::new();
    let made = event(EventKind::AnswerDrafted);
    for n in 0..4 {
        if n == 2 {
            ConversationStore::save(&table, &conversation(n), &made).await.unwrap();
        } else {
            table.save_answer_draft(&answer_draft(n), &drafted(n), &made).await.unwrap();
        }
    }
    let listed = async |limit, cursor| {
        let page = table.with_draft(&workspace(), PageRequest { limit, cursor }).await.unwrap();
        let leads: Vec<_> = page.items.into_iter().map(|conversation| conversation.lead_name).collect();
        (leads, page.next_cursor)
    };
    let (first, cursor) = listed(2, None).await;
    assert_eq!(first, ["Billy 3", "Billy 1"]);
    assert_eq!(listed(2, cursor).await, (vec!["Billy 0".to_owned()], None));

    let leads = [lead(0).id, lead(2).id, lead(3).id];
    let mut drafts = table.answer_drafts(&workspace(), &leads).await.unwrap();
    drafts.sort_by_key(|draft| draft.made_at);
    let stored = |n| AnswerDraft { rev: 1, ..answer_draft(n) };
    assert_eq!(drafts, [stored(0), stored(3)]);
    assert_eq!(table.answer_draft(&workspace(), &lead(3).id).await.unwrap(), Some(stored(3)));

    let mut answered = ConversationStore::get(&table, &workspace(), &lead(3).id).await.unwrap().unwrap();
    answered.last_direction = Direction::Out;
    ConversationStore::save(&table, &answered, &made).await.unwrap();
    assert_eq!(listed(2, None).await.0, ["Billy 1", "Billy 0"]);
}

#[tokio::test]
async fn draft_is_not_stored_where_a_message_has_come_in_since_its_conversation_was_read() {
    let World { table, .. } = World::new();
    let made = event(EventKind::AnswerDrafted);
    ConversationStore::save(&table, &conversation(1), &made).await.unwrap();
    let mut read = ConversationStore::get(&table, &workspace(), &lead(1).id).await.unwrap().unwrap();
    ConversationStore::save(&table, &read, &made).await.unwrap();
    read.draft = Some("1".into());
    let late = table.save_answer_draft(&answer_draft(1), &read, &made).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    assert_eq!(table.answer_draft(&workspace(), &lead(1).id).await.unwrap(), None);
}

#[tokio::test]
async fn inbox_lists_a_folder_newest_first() {
    let world = World::new();
    for n in 0..5 {
        ConversationStore::save(&world.table, &conversation(n), &event(EventKind::MessageReceived))
            .await
            .unwrap();
    }
    let mut answered =
        ConversationStore::get(&world.table, &workspace(), &lead(4).id).await.unwrap().unwrap();
    answered.folder = Folder::Done;
    answered.unread = 0;
    assert_eq!(
        ConversationStore::save(&world.table, &answered, &event(EventKind::ConversationAnswered))
            .await
            .unwrap(),
        2
    );
    let page = |folder, cursor| {
        let table = world.table.clone();
        async move {
            let request = PageRequest { limit: 3, cursor };
            ConversationStore::list(&table, &workspace(), folder, request).await.unwrap()
        }
    };
    let first = page(Folder::Open, None).await;
    let names: Vec<_> = first.items.iter().map(|c| c.lead_name.as_str()).collect();
    assert_eq!(names, ["Billy 3", "Billy 2", "Billy 1"]);
    let second = page(Folder::Open, first.next_cursor.clone()).await;
    assert_eq!((second.items.len(), second.next_cursor), (1, None));
    assert_eq!(page(Folder::Done, None).await.items, vec![Conversation { rev: 2, ..answered }]);
    let request = PageRequest { limit: 3, cursor: first.next_cursor };
    let foreign = ConversationStore::list(&world.table, &workspace(), Folder::Done, request).await;
    assert!(matches!(foreign, Err(StoreError::BadCursor)));
}

#[tokio::test]
async fn unmatched_reply_is_stored_once() {
    let world = World::new();
    for reply in [unmatched(1, "<a@x>"), unmatched(2, "<b@x>"), unmatched(3, "<a@x>")] {
        world.table.put_unmatched(&reply, &event(EventKind::ReplyUnmatched)).await.unwrap();
    }
    let page = world.table.unmatched(&workspace(), PageRequest::first(10)).await.unwrap();
    let stored = |n, id| UnmatchedReply { rev: 1, ..unmatched(n, id) };
    assert_eq!(page.items, vec![stored(2, "<b@x>"), stored(1, "<a@x>")]);
}

#[tokio::test]
async fn dismissed_reply_is_listed_no_more_and_a_repeat_does_not_bring_it_back() {
    let world = World::new();
    let (first, arrived) = (unmatched(1, "<a@x>"), event(EventKind::ReplyUnmatched));
    world.table.put_unmatched(&first, &arrived).await.unwrap();
    let mut read = world.table.unmatched_reply(&workspace(), &first.id).await.unwrap();
    read.dismiss(&owners()[0], later(2));
    let dismissed = event(EventKind::UnmatchedDismissed);
    assert_eq!(world.table.save_unmatched(&read, &dismissed).await.unwrap(), 2);
    let again = world.table.save_unmatched(&read, &dismissed).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "another user was faster");
    world.table.put_unmatched(&first, &arrived).await.unwrap();
    assert!(world.table.unmatched(&workspace(), PageRequest::first(10)).await.unwrap().items.is_empty());
    let kept = world.table.unmatched_reply(&workspace(), &first.id).await.unwrap();
    assert!(kept.is_dismissed());
}

fn unmatched(n: i64, id: &str) -> UnmatchedReply {
    UnmatchedReply {
        id: UnmatchedReply::id_of(id),
        workspace: workspace(),
        account: AccountId::derived(Still.now(), &["mailbox"]),
        channel: Channel::Email,
        from: "stranger@example.org".into(),
        from_name: "Kim".into(),
        chat_user: None,
        to: "sam@acme.example".into(),
        wrote_to: None,
        subject: "Re: hello".into(),
        text: "Who are you?".into(),
        understood: Understanding::by_rule(ReplyKind::Person, "no_sign", "Who are you?"),
        blob: None,
        received_at: later(n),
        external_id: id.into(),
        record: None,
        state: UnmatchedState::Waiting {},
        rev: 0,
    }
}

fn owners() -> [UserId; 2] {
    [UserId::derived(Still.now(), &["a"]), UserId::derived(Still.now(), &["b"])]
}

pub(crate) fn task(n: usize) -> Task {
    Task {
        id: TaskId::derived(&lead(1).id, &[&n.to_string()]),
        workspace: workspace(),
        lead_name: "Billy".into(),
        lead_deleted: false,
        kind: TaskKind::FollowUp,
        title: format!("Call {n}"),
        message: None,
        body: String::new(),
        link: None,
        campaign: None,
        owner: Some(owners()[n % 2].clone()),
        lead_owner: None,
        due_at: later(100 - n as i64),
        done_at: None,
        outcome: None,
        done_by: None,
        note: None,
        call_seconds: None,
        call: None,
        priority: domain::lead::Priority::Normal,
        repeat: None,
        remind_minutes: None,
        after: None,
        tries: 0,
        created_at: Still.now(),
        rev: 0,
    }
}

pub(crate) fn call() -> Call {
    Call {
        id: CallId::derived(&lead(1).id, &["call"]),
        workspace: workspace(),
        user: owners()[0].clone(),
        account: AccountId::derived(Still.now(), &["twilio"]),
        number: LeadNumber::First,
        number_digest: Some("9f86d081884c7d65".into()),
        task: Some(task(1).id),
        request: CallRequest::Accepted,
        provider_id: Some("CA1".into()),
        user_leg: CallLeg::Answered,
        lead_leg: CallLeg::Completed,
        seconds: Some(62),
        placed_at: Still.now(),
        earlier: Vec::new(),
        rev: 0,
    }
}

#[tokio::test]
async fn users_next_call_takes_the_place_of_the_last_and_a_stale_one_does_not() {
    let world = World::new();
    let calls: &dyn CallStore = &world.table;
    let (workspace, user) = (workspace(), owners()[0].clone());
    assert_eq!(calls.of_user(&workspace, &user).await.unwrap(), None);
    let placed = event(EventKind::CallPlaced);
    let rev = calls.save(&call(), Some(&placed)).await.unwrap();
    let taken = calls.save(&call(), Some(&placed)).await;
    assert!(matches!(taken, Err(StoreError::Conflict)), "{taken:?}");
    let next = Call { id: CallId::derived(&lead(2).id, &["call"]), rev, ..call() };
    let rev = calls.save(&next, None).await.unwrap();
    assert_eq!(calls.of_user(&workspace, &user).await.unwrap(), Some(Call { rev, ..next }));
    assert_eq!(calls.of_user(&workspace, &owners()[1]).await.unwrap(), None);
}

#[tokio::test]
async fn open_tasks_are_listed_by_due_time_and_owner() {
    let world = World::new();
    for n in 0..6 {
        TaskStore::save(&world.table, &task(n), &event(EventKind::TaskCreated)).await.unwrap();
    }
    let mut done = TaskStore::get(&world.table, &workspace(), &task(5).id).await.unwrap();
    done.done_at = Some(later(1));
    TaskStore::save(&world.table, &done, &event(EventKind::TaskDone)).await.unwrap();
    let titles = |owner: Option<UserId>, or_nobody: bool| {
        let table = world.table.clone();
        async move {
            let owner = owner.as_ref().map(|user| OwnedBy { user, or_nobody });
            let page = table.open(&workspace(), owner, PageRequest::first(10)).await.unwrap();
            page.items.into_iter().map(|task| task.title).collect::<Vec<_>>()
        }
    };
    assert_eq!(titles(None, false).await, ["Call 4", "Call 3", "Call 2", "Call 1", "Call 0"]);
    assert_eq!(titles(Some(owners()[1].clone()), false).await, ["Call 3", "Call 1"]);
    let mut unowned = TaskStore::get(&world.table, &workspace(), &task(4).id).await.unwrap();
    unowned.owner = None;
    TaskStore::save(&world.table, &unowned, &event(EventKind::TaskChanged)).await.unwrap();
    assert_eq!(titles(Some(owners()[1].clone()), false).await, ["Call 3", "Call 1"]);
    assert_eq!(titles(Some(owners()[1].clone()), true).await, ["Call 4", "Call 3", "Call 1"]);
}

#[tokio::test]
async fn due_tasks_of_a_user_are_found_behind_those_of_others() {
    let world = World::new();
    for n in 0..6 {
        TaskStore::save(&world.table, &task(n), &event(EventKind::TaskCreated)).await.unwrap();
    }
    let own = owners()[0].clone();
    let is_own = move |task: &Task| task.owner.as_ref() == Some(&own);
    let due = async |time: std::ops::Range<i64>, most: usize| {
        let time = later(time.start)..later(time.end);
        let due = world.table.due(&workspace(), time, &is_own, most).await.unwrap();
        due.into_iter().map(|task| task.title).collect::<Vec<_>>()
    };
    assert_eq!(due(0..101, 10).await, ["Call 4", "Call 2", "Call 0"]);
    assert_eq!(due(0..101, 1).await, ["Call 4"]);
    assert_eq!(due(0..97, 10).await, ["Call 4"], "the others are due later");
    assert_eq!(due(97..100, 10).await, ["Call 2"], "one was due before, and one is due later");
}

#[tokio::test]
async fn waiting_conversations_of_a_user_are_found_behind_those_of_others() {
    let world = World::new();
    let [own, other] = owners();
    let assigned = [Some(own.clone()), Some(other.clone()), None, Some(other)];
    for (n, assignee) in (1..).zip(assigned) {
        let lead_owner = assignee.clone();
        let one = Conversation { assignee, lead_owner, ..conversation(n) };
        ConversationStore::save(&world.table, &one, &event(EventKind::ConversationAnswered)).await.unwrap();
    }
    let answered = Conversation { last_direction: Direction::Out, ..conversation(5) };
    ConversationStore::save(&world.table, &answered, &event(EventKind::ConversationContinued)).await.unwrap();
    let waiting = async |user: Option<&UserId>, most: usize| {
        let is_wanted = |one: &Conversation| one.lead_name != "Billy 4";
        let waiting = world.table.waiting(&workspace(), user, &is_wanted, most).await.unwrap();
        waiting.into_iter().map(|one| one.lead_name).collect::<Vec<_>>()
    };
    assert_eq!(waiting(Some(&own), 10).await, ["Billy 3", "Billy 1"]);
    assert_eq!(waiting(Some(&own), 1).await, ["Billy 3"]);
    assert_eq!(waiting(None, 1).await, ["Billy 3"], "one that is not wanted takes no place");
    assert_eq!(waiting(None, 10).await.len(), 3);
}

pub(crate) fn recording() -> CallRecording {
    let Call { id, workspace, user, account, .. } = call();
    CallRecording {
        call: id,
        workspace,
        user,
        account,
        provider_id: "RE1".into(),
        state: RecordingState::Ready,
        seconds: Some(62),
        made_at: Still.now(),
        rev: 0,
    }
}

pub(crate) fn call_cost() -> CallCost {
    let Call { id, workspace, account, .. } = call();
    CallCost::placed((&workspace, &id), &account, Usd::cents(10), Still.now())
}

pub(crate) fn known_cost() -> CallCost {
    let state = CallCostState::Known { amount: Usd::micros(84_000) };
    let provider_id = Some("CA1".to_owned());
    CallCost { state, provider_id, minutes: Some(3), heard_minutes: Some(2), asked: 1, ..call_cost() }
}

#[tokio::test]
async fn costs_of_calls_are_read_together_and_saved_at_their_revision() {
    let world = World::new();
    let calls: &dyn CallStore = &world.table;
    let first = call_cost();
    assert!(matches!(calls.cost(&workspace(), &first.call).await, Err(StoreError::NotFound)));
    assert_eq!(calls.save_cost(&first).await.unwrap(), 1);
    assert!(matches!(calls.save_cost(&first).await, Err(StoreError::Conflict)));
    let known = CallCost { rev: 1, ..known_cost() };
    assert_eq!(calls.save_cost(&known).await.unwrap(), 2);
    let known = CallCost { rev: 2, ..known };
    assert_eq!(calls.cost(&workspace(), &first.call).await.unwrap(), known);
    let by_hand = CallId::derived(&lead(3).id, &["call"]);
    assert_eq!(calls.costs(&workspace(), &[by_hand, first.call]).await.unwrap(), [known]);
}

#[tokio::test]
async fn recordings_are_listed_by_age_until_they_are_deleted() {
    let world = World::new();
    let calls: &dyn CallStore = &world.table;
    let (workspace, first) = (workspace(), recording());
    let second =
        CallRecording { call: CallId::derived(&lead(2).id, &["call"]), made_at: later(60), ..recording() };
    for recording in [&first, &second] {
        assert_eq!(calls.save_recording(recording, None).await.unwrap(), 1);
        let again = calls.save_recording(recording, None).await;
        assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    }
    let before = async |seconds| {
        let found = calls.recordings_before(&workspace, later(seconds), 10).await.unwrap();
        found.into_iter().map(|found| found.call).collect::<Vec<_>>()
    };
    assert_eq!(before(60).await, std::slice::from_ref(&first.call));
    assert_eq!(before(61).await.len(), 2);
    let deleted = CallRecording { state: RecordingState::Deleted, rev: 1, ..first.clone() };
    calls.save_recording(&deleted, Some(&event(EventKind::RecordingDeleted))).await.unwrap();
    assert_eq!(before(61).await, std::slice::from_ref(&second.call));
    let of_lead = calls.recordings_of(&workspace, &lead(1).id).await.unwrap();
    assert_eq!(of_lead, [CallRecording { rev: 2, ..deleted }]);
    let unknown = CallId::derived(&lead(3).id, &["call"]);
    let found = calls.recordings(&workspace, &[second.call.clone(), unknown]).await.unwrap();
    assert_eq!(found, [CallRecording { rev: 1, ..second }]);
}
