//! A batch with messages of several accounts: accounts are served side by side, each by one message at a time.

use super::scene::{World, answer};
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::{
    Accepted, CallError, MailSender, OpenAccount, OutgoingMail, ProviderRecord, SendError, Sender,
    SenderClass, StatusQuery,
};
use application::queue_messages::{Queue, SendMessage, Slot};
use application::sending::{SendPorts, Sent, send_batch};
use application::{Clock, Ports};
use async_trait::async_trait;
use domain::AccountId;
use domain::capacity::quota::SendingLimits;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::key::EnrolmentKey;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::time::time_zone::ZoneName;
use domain::workspace::account::AccountSettings;
use jiff::SignedDuration;
use local_cloud::VirtualClock;
use serde_json::json;
use std::sync::{Arc, Mutex};
use test_stage::Stage;

/// So often a call that waits for others looks for them.
const LOOKS: usize = 200;

/// A provider whose calls wait, and that notes which were under way at once.
struct Watched {
    inner: Arc<dyn MailSender>,
    clock: Arc<VirtualClock>,
    /// The accounts whose calls are under way.
    under_way: Mutex<Vec<AccountId>>,
    /// The accounts of the calls that have ended, in order.
    ended: Mutex<Vec<AccountId>>,
    most_at_once: Mutex<usize>,
    /// A call waits until so many are under way, and no longer than for a number of looks.
    waits_for: usize,
    /// The account whose first call lasts for twenty seconds, and begins them once this many others have ended.
    slow: Option<(AccountId, usize)>,
    refuses: Option<AccountId>,
}

impl Watched {
    fn of(world: &World, ports: &SendPorts) -> Self {
        Self {
            inner: ports.mail.clone(),
            clock: world.stage.clock.clone(),
            under_way: Mutex::default(),
            ended: Mutex::default(),
            most_at_once: Mutex::default(),
            waits_for: usize::MAX,
            slow: None,
            refuses: None,
        }
    }

    fn has_waited_enough(&self) -> bool {
        let at_once = self.under_way.lock().unwrap().len();
        let mut most = self.most_at_once.lock().unwrap();
        *most = at_once.max(*most);
        *most >= self.waits_for
            || self.slow.as_ref().is_some_and(|(_, others)| self.ended.lock().unwrap().len() >= *others)
    }

    fn count_of(&self, account: &AccountId) -> usize {
        self.under_way.lock().unwrap().iter().filter(|other| *other == account).count()
    }
}

#[async_trait]
impl Sender for Watched {
    fn class(&self, settings: &AccountSettings) -> SenderClass {
        self.inner.class(settings)
    }

    async fn look_up(
        &self,
        account: &OpenAccount,
        query: &StatusQuery,
    ) -> Result<Option<ProviderRecord>, CallError> {
        self.inner.look_up(account, query).await
    }
}

#[async_trait]
impl MailSender for Watched {
    async fn send_mail(&self, account: &OpenAccount, mail: &OutgoingMail) -> Result<Accepted, SendError> {
        self.under_way.lock().unwrap().push(account.id.clone());
        assert_eq!(self.count_of(&account.id), 1, "an account is called by one message at a time");
        let looks = match &self.slow {
            Some((slow, _)) if *slow == account.id => 10 * LOOKS,
            Some(_) => 1,
            None => LOOKS,
        };
        for _ in 0..looks {
            if self.has_waited_enough() {
                break;
            }
            tokio::task::yield_now().await;
        }
        if self.slow.as_ref().is_some_and(|(slow, _)| *slow == account.id) {
            self.clock.advance_to(self.clock.now() + SignedDuration::from_secs(20));
        }
        let answer = match self.refuses.as_ref() == Some(&account.id) {
            true => Err(SendError::Account { detail: "no such user".to_owned() }),
            false => self.inner.send_mail(account, mail).await,
        };
        self.under_way.lock().unwrap().retain(|other| *other != account.id);
        self.ended.lock().unwrap().push(account.id.clone());
        answer
    }
}

/// A campaign with so many mailboxes, and as many leads that are due, each in a slot of the next mailbox in turn.
async fn due(mailboxes: usize, leads: usize) -> (World, Vec<AccountId>, Vec<SendMessage>) {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let limits = SendingLimits {
        per_day: 100,
        gap_seconds: 0,
        jitter_seconds: 0,
        ..SendingLimits::of_a_mailbox(ZoneName::utc())
    };
    let event = Event::system(EventKind::AccountChanged, stage.clock.now());
    let mut accounts = Vec::new();
    for n in 0..mailboxes {
        let settings = AccountSettings::Resend {
            base_url: "https://api.resend.example".to_owned(),
            from_address: EmailAddress::parse(&format!("maya{n}@northquay.example")).unwrap(),
            from_name: "Maya".to_owned(),
            reply_to: None,
        };
        let id = stage.account(&workspace, settings, SecretFields::one("api_key", "re_key")).await;
        let mut account = stage.ports.accounts().get(&workspace, &id).await.unwrap();
        account.limits = Some(limits.clone());
        stage.ports.accounts().save(&account, &event).await.unwrap();
        accounts.push(id);
    }
    let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
    let world =
        World::enrolled(stage, workspace, Channel::Email, accounts[0].clone(), sequence.clone()).await;
    world.provider(|| Ok(answer(200, &json!({ "id": "49a3999c" }))));
    let campaigns = world.ports().campaigns();
    let mut campaign = campaigns.get(&world.workspace, &world.key.campaign).await.unwrap();
    campaign.mailboxes = accounts.clone();
    campaigns.save(&campaign, &event).await.unwrap();
    let mut keys: Vec<EnrolmentKey> = vec![world.key.clone()];
    for n in 1..leads {
        let named = |lead: &mut Lead| lead.first_name = Some(format!("P{n}"));
        let lead = world.stage.lead(&world.workspace, &format!("p{n}"), named).await;
        keys.push(world.stage.enrolment(&campaign, &sequence, &lead.id).await.key().clone());
    }
    let at = world.stage.clock.now();
    let in_turn = keys.into_iter().zip(accounts.iter().cycle());
    let batch = in_turn.map(|(enrolment, sender)| SendMessage::Step {
        enrolment,
        generation: 0,
        due: at,
        slot: Some(Slot { sender: sender.clone(), at, opening: true, limits: limits.clone() }),
    });
    let batch = batch.collect();
    (world, accounts, batch)
}

fn key_of(message: &SendMessage) -> &EnrolmentKey {
    match message {
        SendMessage::Step { enrolment, .. } => enrolment,
        other => panic!("{other:?}"),
    }
}

/// Tells of each message whether its enrolment has moved on.
async fn moved(world: &World, batch: &[SendMessage]) -> Vec<bool> {
    let mut moved = Vec::new();
    for message in batch {
        moved.push(world.ports().enrolments().get(key_of(message)).await.unwrap().generation() == 1);
    }
    moved
}

async fn send(
    world: &World,
    batch: &[SendMessage],
    watch: impl FnOnce(&mut Watched),
) -> (Vec<Sent>, Arc<Watched>) {
    let mut ports = SendPorts::new(world.ports());
    let mut watched = Watched::of(world, &ports);
    watch(&mut watched);
    let watched = Arc::new(watched);
    ports.mail = watched.clone();
    (send_batch(&ports, batch).await, watched)
}

#[tokio::test]
async fn messages_of_several_accounts_are_called_side_by_side() {
    let (world, _, batch) = due(3, 3).await;
    let (answers, watched) = send(&world, &batch, |watched| watched.waits_for = 3).await;
    assert_eq!(*watched.most_at_once.lock().unwrap(), 3, "one after the other, no call would meet another");
    assert_eq!((answers, moved(&world, &batch).await), (vec![Sent::Done; 3], vec![true; 3]));
}

#[tokio::test]
async fn messages_of_one_account_are_called_one_after_the_other() {
    let (world, accounts, batch) = due(2, 6).await;
    let (answers, watched) = send(&world, &batch, |_| {}).await;
    assert_eq!((answers, moved(&world, &batch).await), (vec![Sent::Done; 6], vec![true; 6]));
    assert_eq!(*watched.most_at_once.lock().unwrap(), 2);
    for account in &accounts {
        assert_eq!(watched.ended.lock().unwrap().iter().filter(|other| *other == account).count(), 3);
    }
}

#[tokio::test]
async fn rest_of_a_slow_account_goes_back_and_others_are_sent() {
    let (world, accounts, batch) = due(2, 6).await;
    let slow = Some((accounts[0].clone(), 3));
    let (answers, _) = send(&world, &batch, |watched| watched.slow = slow).await;
    assert_eq!(answers, vec![Sent::Done; 6]);
    assert_eq!(moved(&world, &batch).await, [true, true, false, true, false, true]);
    let back: Vec<SendMessage> = (world.stage.messages(Queue::Send).into_iter())
        .map(|left| serde_json::from_value(left).unwrap())
        .collect();
    assert_eq!(back, [batch[2].clone(), batch[4].clone()]);
}

#[tokio::test]
async fn account_that_fails_leaves_the_messages_of_others_alone() {
    let (world, accounts, batch) = due(2, 4).await;
    let fails = accounts[0].clone();
    let (answers, _) = send(&world, &batch, |watched| watched.refuses = Some(fails)).await;
    assert_eq!(answers, vec![Sent::Done; 4], "what was not accepted waits by a hint");
    assert_eq!(moved(&world, &batch).await, [false, true, false, true]);
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_batch() {
    let (world, _, mut batch) = due(3, 6).await;
    let soon = world.stage.clock.now() + SignedDuration::from_secs(90);
    for number in [1, 2] {
        if let SendMessage::Step { due, .. } = &mut batch[number] {
            *due = soon;
        }
    }
    let (answers, _) = send(&world, &batch, |_| {}).await;
    let waits: Vec<bool> = answers.iter().map(|answer| matches!(answer, Sent::Later(91, _))).collect();
    assert_eq!(waits, [false, true, true, false, false, false], "{answers:?}");
    assert_eq!(moved(&world, &batch).await, [true, false, false, true, true, true]);
}

#[tokio::test]
async fn shared_reads_cost_no_more_for_several_accounts() {
    let mut spent = Vec::new();
    for mailboxes in [1, 5] {
        let (world, _, batch) = due(mailboxes, 5).await;
        // Without a wait, what one reads would be there before the next asks.
        world.stage.cloud.faults().hold_up(|_, _| Some(Box::pin(tokio::task::yield_now())));
        let before = world.stage.cloud.ledger().snapshot();
        send(&world, &batch, |watched| watched.waits_for = mailboxes).await;
        assert_eq!(moved(&world, &batch).await, vec![true; 5]);
        spent.push(world.stage.cloud.ledger().since(&before));
    }
    let of = |word: &str| -> Vec<u64> {
        spent.iter().map(|spent| spent.sum(|line| line.keys.contains(word)).calls).collect()
    };
    assert_eq!(of("CAMPAIGNS"), [1, 1], "{:?}", spent[1]);
}
