//! The due tick: every minute, work that has come due goes to its queue. A hint is deleted only after the queue has accepted
//! its message. For accounts with limits the slots of the coming minutes are taken together, so that each message is looked
//! at once, in its slot.

use crate::campaign::mailbox_choice::Accounts;
use crate::campaign::quota_booking::reserve;
use crate::ports::accounts::AccountStore;
use crate::ports::campaigns::CampaignStore;
use crate::ports::circuit_breakers::BreakerStore;
use crate::ports::clock::Clock;
use crate::ports::due::{DueStore, DueWork, Hint};
use crate::ports::outbox::{Outbox, Outgoing};
use crate::ports::quotas::QuotaStore;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::queue_messages::{CampaignJob, PollMailbox, Queue, SendMessage, Slot};
use domain::campaign::{Campaign, CampaignState};
use domain::capacity::admission::{Admission, DelayReason};
use domain::capacity::circuit_breaker::Health;
use domain::capacity::follow_up_load::FollowUps;
use domain::capacity::mailbox_rotation::choose;
use domain::capacity::quota::{Place, SlotRequest};
use domain::contact::channel::Channel;
use domain::enrolment::key::EnrolmentKey;
use domain::time::weekly_hours::Week;
use domain::workspace::account::Account;
use domain::{AccountId, CampaignId, LeadId, WorkspaceId};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The packed items that are read at a time, and the rounds of one tick.
const PACKS: usize = 100;
const ROUNDS: usize = 50;

crate::ports! {
    pub struct DuePorts {
        pub due: Arc<dyn DueStore>,
        pub outbox: Arc<dyn Outbox>,
        pub clock: Arc<dyn Clock>,
        pub campaigns: Arc<dyn CampaignStore>,
        pub accounts: Arc<dyn AccountStore>,
        pub quotas: Arc<dyn QuotaStore>,
        pub breakers: Arc<dyn BreakerStore>,
    }
}

/// Puts all due work into its queue. Returns how many messages that were.
pub async fn enqueue_due(ports: &DuePorts) -> StoreResult<usize> {
    let mut senders = Senders::default();
    let mut count = 0;
    for _ in 0..ROUNDS {
        let now = ports.clock.now();
        let packs = ports.due.due(now, PACKS).await?;
        let hints: Vec<&Hint> = packs.iter().flat_map(|pack| &pack.hints).collect();
        let mut slots = take_slots(ports, &mut senders, &hints).await?;
        let mut orders: BTreeMap<Queue, Vec<Outgoing>> = BTreeMap::new();
        let mut later = Vec::new();
        for (number, hint) in hints.into_iter().enumerate() {
            let slot = match slots.remove(&number) {
                Some(Admission::Granted(slot)) => Some(slot),
                Some(Admission::NotBefore { at, .. }) => {
                    later.push(Hint { at, what: hint.what.clone() });
                    continue;
                }
                None => None,
            };
            let (queue, outgoing) = send_order(hint, slot, now)?;
            orders.entry(queue).or_default().push(outgoing);
        }
        for (queue, messages) in orders {
            count += messages.len();
            ports.outbox.send_raw(queue, messages).await?;
        }
        if !later.is_empty() {
            ports.due.put(&later).await?;
        }
        ports.due.delete(&packs).await?;
        // That was all; another look would be paid for every minute.
        if packs.len() < PACKS {
            break;
        }
    }
    Ok(count)
}

/// Takes slots, by the number of the hint. A message whose account has a slot later that day waits until then. One that is
/// left out is looked at without a slot: its account has no limits or is full for the day, or the message is not known.
async fn take_slots(
    ports: &DuePorts,
    senders: &mut Senders,
    hints: &[&Hint],
) -> StoreResult<HashMap<usize, Admission<Slot>>> {
    let mut asking: BTreeMap<AccountId, (Account, Vec<(usize, SlotRequest)>)> = BTreeMap::new();
    for (number, hint) in hints.iter().enumerate() {
        let DueWork::Step { enrolment, touch: Some(touch), mailbox, .. } = &hint.what else { continue };
        let wish = SlotRequest { at: hint.at.max(ports.clock.now()), opening: touch.opening };
        let accounts = senders.of(ports, enrolment).await?;
        let sender = match touch.channel {
            Channel::Sms | Channel::Whatsapp => accounts.texts.get(&touch.channel),
            Channel::Email => accounts.mailbox_of(&enrolment.lead, mailbox.as_ref(), wish),
        };
        let Some(sender) = sender else { continue };
        let (_, wishes) = asking.entry(sender.id.clone()).or_insert_with(|| (sender.clone(), Vec::new()));
        wishes.push((number, SlotRequest { at: hint.at, ..wish }));
    }
    let mut given = HashMap::new();
    for (id, (sender, asked)) in asking {
        let Some(limits) = &sender.limits else { continue };
        let (numbers, wishes): (Vec<usize>, Vec<SlotRequest>) = asked.into_iter().unzip();
        let places = reserve(&*ports.quotas, &*ports.clock, (&sender, limits), &wishes).await?;
        let today = limits.day_of(ports.clock.now());
        for ((number, wish), place) in numbers.into_iter().zip(wishes).zip(places) {
            match place {
                Place::Slot(at) => {
                    let slot = Slot { sender: id.clone(), at, opening: wish.opening, limits: limits.clone() };
                    given.insert(number, Admission::Granted(slot));
                }
                Place::About(at) if limits.day_of(at) == today => {
                    given.insert(number, Admission::NotBefore { at, why: DelayReason::SenderFull });
                }
                Place::About(_) => {}
            }
        }
    }
    Ok(given)
}

/// The accounts of active campaigns, as they were read in this tick.
#[derive(Default)]
struct Senders(HashMap<(WorkspaceId, CampaignId), Accounts>);

impl Senders {
    async fn of(&mut self, ports: &DuePorts, enrolment: &EnrolmentKey) -> StoreResult<&mut Accounts> {
        let key = (enrolment.workspace.clone(), enrolment.campaign.clone());
        if !self.0.contains_key(&key) {
            let campaign = found(ports.campaigns.get(&key.0, &key.1).await)?;
            let accounts = match campaign.filter(|campaign| campaign.state == CampaignState::Active) {
                Some(campaign) => Accounts::asked_for_slots(ports, &campaign).await?,
                None => Accounts::default(),
            };
            self.0.insert(key.clone(), accounts);
        }
        Ok(self.0.entry(key).or_default())
    }
}

impl Accounts {
    /// The accounts that take slots. A number without limits, or one that does not work, takes none.
    async fn asked_for_slots(ports: &DuePorts, campaign: &Campaign) -> StoreResult<Self> {
        let stores: (&dyn BreakerStore, &dyn QuotaStore) = (&*ports.breakers, &*ports.quotas);
        let mut accounts = Self::of(&*ports.accounts, stores, campaign, ports.clock.now()).await?;
        for (channel, account) in std::mem::take(&mut accounts.texts) {
            if account.limits.is_some() && account.pause.is_none() && is_working(ports, &account).await? {
                accounts.texts.insert(channel, account);
            }
        }
        Ok(accounts)
    }

    /// The lead's own mailbox, or the one that is chosen now: also for a lead that was never written to while its own is
    /// down. A mailbox that is gone is left to the planner, and one that is down takes no slot.
    fn mailbox_of(&mut self, lead: &LeadId, own: Option<&AccountId>, wish: SlotRequest) -> Option<&Account> {
        let own = match own {
            Some(own) => Some(self.candidates.iter().position(|candidate| candidate.mailbox == *own)?),
            None => None,
        };
        let chosen = match own.filter(|own| self.candidates[*own].works || !wish.opening) {
            Some(own) => own,
            None => choose(&self.candidates, lead, wish, &FollowUps::none(Week::ALWAYS))?,
        };
        let candidate = &mut self.candidates[chosen];
        if !candidate.works {
            return None;
        }
        candidate.count_message(wish);
        self.mailboxes.get(chosen).filter(|mailbox| mailbox.limits.is_some())
    }
}

/// Whether the account's provider works. While it is down its messages are looked at again and again, and no look may cost a
/// slot.
async fn is_working(ports: &DuePorts, sender: &Account) -> StoreResult<bool> {
    let breaker = ports.breakers.get(&sender.workspace, &sender.id).await?;
    Ok(breaker.is_none_or(|breaker| breaker.health(ports.clock.now()) == Health::Works))
}

fn send_order(hint: &Hint, slot: Option<Slot>, now: Timestamp) -> StoreResult<(Queue, Outgoing)> {
    let at = slot.as_ref().map_or(hint.at, |slot| slot.at);
    let workspace = match &hint.what {
        DueWork::Step { enrolment, .. } => &enrolment.workspace,
        DueWork::OneOff { workspace, .. }
        | DueWork::Resume { workspace, .. }
        | DueWork::Erase { workspace, .. }
        | DueWork::HoldCompany { workspace, .. }
        | DueWork::FollowUp { workspace, .. }
        | DueWork::RemindTask { workspace, .. }
        | DueWork::JudgeRule { workspace, .. }
        | DueWork::PollMailbox { workspace, .. }
        | DueWork::DeleteRecording { workspace, .. }
        | DueWork::PriceCall { workspace, .. } => workspace,
    };
    let to_send = |message: SendMessage| (Queue::Send, serde_json::to_string(&message));
    let to_jobs = |job: CampaignJob| (Queue::Enrolments, serde_json::to_string(&job));
    let (queue, body) = match hint.what.clone() {
        DueWork::Step { enrolment, generation, .. } => {
            to_send(SendMessage::Step { enrolment, generation, due: at, slot })
        }
        DueWork::OneOff { workspace, message } => {
            to_send(SendMessage::OneOff { workspace, message, due: at, slot: None })
        }
        DueWork::Resume { workspace, what } => {
            to_jobs(CampaignJob::Resume { workspace, what, until: hint.at })
        }
        DueWork::Erase { workspace, lead } => to_jobs(CampaignJob::Erase { workspace, lead }),
        DueWork::HoldCompany { workspace, lead } => {
            to_jobs(CampaignJob::HoldCompany { workspace, lead, cursor: None })
        }
        DueWork::FollowUp { workspace, lead } => {
            to_jobs(CampaignJob::FollowUp { workspace, lead, at: hint.at })
        }
        DueWork::JudgeRule { workspace, lead, rule, since } => {
            to_jobs(CampaignJob::JudgeRule { workspace, lead, rule, since, at: hint.at })
        }
        DueWork::RemindTask { workspace, task } => {
            to_jobs(CampaignJob::RemindTask { workspace, task, at: hint.at })
        }
        DueWork::DeleteRecording { workspace, account, provider_id } => {
            to_jobs(CampaignJob::DeleteRecording { workspace, account, provider_id })
        }
        DueWork::PriceCall { workspace, call } => {
            to_jobs(CampaignJob::PriceCall { workspace, call, at: hint.at })
        }
        DueWork::PollMailbox { workspace, account } => {
            (Queue::Mailboxes, serde_json::to_string(&PollMailbox::due(workspace, account)))
        }
    };
    let body = body.map_err(|error| StoreError::Unavailable(Box::new(error)))?;
    // Rounded up, so that it does not come a moment early.
    let wait = at.duration_since(now);
    let seconds = wait.as_secs() + i64::from(wait.subsec_nanos() > 0);
    let delay_seconds = u32::try_from(seconds.clamp(0, 900)).unwrap_or(0);
    Ok((queue, Outgoing { body, delay_seconds, group: Some(workspace.to_string()) }))
}
