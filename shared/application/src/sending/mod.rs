//! Sending: plan again, claim, render, call the provider once, record. A send that may have gone out is never repeated.

pub mod due_tick;
pub mod test_send;
pub mod uncertain;

mod account;
mod account_mail;
mod claim;
mod compose;
mod context;
mod decide;
mod gate;
mod health;
mod kept;
mod mailbox;
mod memory;
mod missing_values;
mod moves;
mod of_many;
mod one_off;
mod one_off_outcome;
mod one_off_settle;
mod outcome;
mod permit;
mod provider_answer;
mod ready;
mod reconcile;
mod room;
mod seen;
mod step;
mod task;
mod test_mail;
mod turns;

use crate::campaign::quota_booking::give_back;
use crate::identity::stage_keys::StageKeys;
use crate::lead::address_closed::ClosingPorts;

use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::bulk_messages::BulkMessageStore;
use crate::ports::campaigns::CampaignStore;
use crate::ports::circuit_breakers::BreakerStore;
use crate::ports::clock::Clock;
use crate::ports::companies::CompanyStore;
use crate::ports::conversations::ConversationStore;
use crate::ports::due::{DueStore, Hint};
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::ids::Ids;
use crate::ports::leads::LeadStore;
use crate::ports::messages::MessageStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::preview_pages::PreviewStore;
use crate::ports::provider_calls::{MailSender, SmsSender, WhatsappSender};
use crate::ports::quotas::QuotaStore;
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::sequences::SequenceStore;
use crate::ports::store::{StoreError, StoreResult, found, unless_taken};
use crate::ports::suppressions::SuppressionStore;
use crate::ports::system_mail::SystemMail;
use crate::ports::tasks::TaskStore;
use crate::ports::users::UserStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::queue_messages::{SendMessage, Slot};
pub use account::sending_account;
pub use account_mail::{FORGOTTEN, INVITED};
use claim::call_off;
pub use compose::{ComposeError, Composed, compose_mail, compose_sms};
pub(crate) use compose::{Thread, first_line, letter, thread_of};
use domain::AccountId;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::{ClaimToken, Enrolment};
use domain::event::Event;
use domain::lead::Lead;
use domain::message::Message;
use domain::workspace::account::Account;
pub(crate) use health::note_blocked;
use jiff::{SignedDuration, Timestamp};
use kept::{Kept, set_going_again};
use memory::Memory;
pub use one_off::queue_one_off;
pub(crate) use one_off::{one_off_hint, one_off_order};
use room::Room;
pub use room::{DAY, domain_bucket, line_of, workspace_bucket, workspace_room};
use std::collections::HashMap;
use std::sync::Arc;

/// A claim outlives the function that made it: after this its outcome will never be told.
pub const CLAIM_LASTS: SignedDuration = SignedDuration::from_secs(120);
/// An uncertain send without evidence by then is left to the workspace's policy.
pub const UNCERTAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// Who is kept back while nothing at all is sent is looked at again after this.
pub const STOPPED_WAIT: SignedDuration = SignedDuration::from_mins(15);
/// What of a batch would begin later than this goes back into the queue: a function that its time runs out for is killed in the
/// middle of a call, and nobody knows what became of that message.
pub const BEGINS_WITHIN: SignedDuration = SignedDuration::from_secs(15);
crate::ports! {
    #[derive(Clone)]
    pub struct SendPorts {
        pub clock: Arc<dyn Clock>,
        pub ids: Arc<dyn Ids>,
        pub keys: Arc<StageKeys>,
        pub public_url: Arc<str>,
        pub vault: Arc<dyn Vault>,
        pub breakers: Arc<dyn BreakerStore>,
        pub campaigns: Arc<dyn CampaignStore>,
        pub companies: Arc<dyn CompanyStore>,
        pub accounts: Arc<dyn AccountStore>,
        pub conversations: Arc<dyn ConversationStore>,
        pub due: Arc<dyn DueStore>,
        pub enrolments: Arc<dyn EnrolmentStore>,
        pub leads: Arc<dyn LeadStore>,
        pub limits: Arc<dyn RateLimitStore>,
        pub bulk_messages: Arc<dyn BulkMessageStore>,
        pub messages: Arc<dyn MessageStore>,
        pub notifications: Arc<dyn NotificationStore>,
        pub outbox: Arc<dyn Outbox>,
        pub quotas: Arc<dyn QuotaStore>,
        pub previews: Arc<dyn PreviewStore>,
        pub sequences: Arc<dyn SequenceStore>,
        pub suppressions: Arc<dyn SuppressionStore>,
        pub tasks: Arc<dyn TaskStore>,
        pub users: Arc<dyn UserStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
        pub mail: Arc<dyn MailSender>,
        pub system_mail: Arc<dyn SystemMail>,
        pub sms: Arc<dyn SmsSender>,
        pub whatsapp: Arc<dyn WhatsappSender>,
    }
}

impl<'a> From<&'a SendPorts> for ClosingPorts<'a> {
    fn from(ports: &'a SendPorts) -> Self {
        Self {
            due: &*ports.due,
            enrolments: &*ports.enrolments,
            leads: &*ports.leads,
            sequences: &*ports.sequences,
            suppressions: &*ports.suppressions,
        }
    }
}

/// What a queue does with the message that asked for a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    Done,
    /// Not now: seconds, and why.
    Later(u32, String),
    /// The store did not answer.
    Broken(String),
}

/// What remains to be written when the whole batch has been sent: hints first, packed together, then who moves on.
#[derive(Default)]
struct Afterwards {
    hints: Vec<Hint>,
    moves: Vec<(usize, Move)>,
    /// Whose moves they are, as they were last read or written.
    leads: HashMap<usize, Lead>,
    /// Rows that were put down for earlier attempts. They are called off once their enrolment is held or has left their step.
    put_down: HashMap<usize, Vec<Message>>,
    /// Who is held with a campaign, an account or the workspace, or as late.
    kept: Vec<Kept>,
}

/// An enrolment's next state, with the event that says why.
struct Move {
    enrolment: Enrolment,
    event: Event,
    /// A slot that was taken for it and is of no use any more, and whose it is.
    unused: Option<(Account, Slot)>,
    /// As that, of the room that a domain, a person or the workspace has.
    room: Room,
    /// Where it is what becomes of a claim: its token.
    claim: Option<ClaimToken>,
    /// What became of that claim's message is known.
    told: bool,
}

impl Move {
    fn of(enrolment: Enrolment, event: Event) -> Self {
        Self { enrolment, event, unused: None, room: Room::default(), claim: None, told: false }
    }
}

/// Sends a batch one by one; the claim of each comes immediately before its call. One answer for each, in order.
pub async fn send_batch(ports: &SendPorts, batch: &[SendMessage]) -> Vec<Sent> {
    let mut answers = Vec::with_capacity(batch.len());
    let mut afterwards = Afterwards::default();
    let mut memory = Memory::default();
    let began = ports.clock.now();
    for (number, message) in batch.iter().enumerate() {
        if number > 0 && ports.clock.now().duration_since(began) > BEGINS_WITHIN {
            break;
        }
        memory.gates.wanted = u32::try_from(batch.len() - number).unwrap_or(1);
        let sent = match message {
            SendMessage::Step { enrolment, generation, due, slot } => {
                let order =
                    step::Order { key: enrolment, generation: *generation, due: *due, slot: slot.as_ref() };
                step::send_step(ports, &mut memory, order, number, &mut afterwards).await
            }
            SendMessage::OneOff { workspace, message, due, slot } => {
                let order = one_off::Order { workspace, id: message, due: *due, slot: slot.as_ref() };
                one_off::send_one_off(ports, &mut memory, order).await
            }
            SendMessage::ForgottenPassword { sealed, at } => {
                account_mail::forgotten(ports, sealed, *at).await
            }
            SendMessage::Invitation { sealed, at } => account_mail::invited(ports, sealed, *at).await,
        };
        answers.push(sent.unwrap_or_else(|error| broken(&error)));
    }
    finish(ports, afterwards, &mut answers).await;
    let left = &batch[answers.len()..];
    if !left.is_empty() {
        // As new messages: none of them was tried.
        let given_back =
            send_all(&*ports.outbox, left, 0).await.map_or_else(|error| broken(&error), |()| Sent::Done);
        answers.resize(batch.len(), given_back);
    }
    answers
}

fn broken(error: &StoreError) -> Sent {
    Sent::Broken(error.in_full())
}

async fn finish(ports: &SendPorts, afterwards: Afterwards, answers: &mut [Sent]) {
    if !afterwards.hints.is_empty()
        && let Err(error) = ports.due.put(&afterwards.hints).await
    {
        // The claims stay; when they have expired, the recorded messages tell that these steps are done. Who had a hint and no
        // move is done with only when it is written, and whoever had neither finds nothing to do.
        for answer in answers.iter_mut().filter(|answer| **answer == Sent::Done) {
            *answer = broken(&error);
        }
        return;
    }
    let mut unused: HashMap<AccountId, (Account, Vec<(Timestamp, bool)>)> = HashMap::new();
    for (number, step) in afterwards.moves {
        match write_move(ports, &step, afterwards.leads.get(&number)).await {
            // Only by whose write it moved: a repeat finds it moved, and gives nothing back.
            Ok(true) => {
                if let Some((account, slot)) = step.unused {
                    let (_, slots) =
                        unused.entry(account.id.clone()).or_insert_with(|| (account, Vec::new()));
                    slots.push((slot.at, slot.opening));
                }
                step.room.give_back(ports).await;
                let rows = afterwards.put_down.get(&number);
                if let Err(error) = call_off_left(ports, &step.enrolment, rows).await {
                    answers[number] = broken(&error);
                }
            }
            Ok(false) => {}
            Err(error) => answers[number] = broken(&error),
        }
    }
    if let Err(error) = set_going_again(ports, &afterwards.kept).await {
        for kept in &afterwards.kept {
            answers[kept.number] = broken(&error);
        }
    }
    for (account, slots) in unused.into_values() {
        if let Some(limits) = &account.limits
            && let Err(error) = give_back(&*ports.quotas, &*ports.clock, (&account, limits), &slots).await
        {
            tracing::warn!(account.id = %account.id, %error, "slots that nobody used were not given back");
        }
    }
}

/// Calls off the rows that were put down before the enrolment was written: no claim for them can succeed any more. It may wait for
/// days now and be ended meanwhile.
async fn call_off_left(
    ports: &SendPorts,
    written: &Enrolment,
    rows: Option<&Vec<Message>>,
) -> StoreResult<()> {
    for row in rows.into_iter().flatten() {
        call_off(ports, (&row.workspace, &row.id), written.rev).await?;
    }
    Ok(())
}

/// The claim was for an attempt that the provider surely has not taken, and a stop has ended the enrolment meanwhile.
async fn call_off_claimed(
    ports: &SendPorts,
    ended: &Enrolment,
    claim: Option<&ClaimToken>,
) -> StoreResult<()> {
    match (claim, ended.present_message()) {
        (Some(claim), Some(id)) => call_off(ports, (&ended.key.workspace, &id), claim.attempt).await,
        _ => Ok(()),
    }
}

/// A stop that came in between has ended the enrolment; then there is nothing to write any more, and where nobody knows what
/// became of a message it is looked at once more. Says whether it was written.
async fn write_move(ports: &SendPorts, step: &Move, lead: Option<&Lead>) -> StoreResult<bool> {
    match put_move(ports, &step.enrolment, lead, &step.event).await {
        Err(StoreError::Conflict) => match ports.enrolments.get(&step.enrolment.key).await {
            Ok(stored) if !stored.is_active() && step.told => {
                call_off_claimed(ports, &stored, step.claim.as_ref()).await.map(|()| false)
            }
            Ok(stored) if step.claim.as_ref().is_some_and(|token| stored.is_claimed_by(token)) => {
                // Whoever finds the claim run out, and the message recorded, goes on to where it is bound for by then.
                let kept = with_wishes(&step.enrolment, &stored).ok_or(StoreError::Conflict)?;
                put_move(ports, &kept, None, &step.event).await.map(|()| true)
            }
            Ok(_) => Err(StoreError::Conflict),
            // Nobody else knows of what was just written about who was deleted meanwhile.
            Err(StoreError::NotFound) => {
                let EnrolmentKey { workspace, lead, .. } = &step.enrolment.key;
                ports.leads.delete_rest(workspace, lead).await.map(|()| false)
            }
            Err(other) => Err(other),
        },
        other => other.map(|()| true),
    }
}

async fn put_move(
    ports: &SendPorts,
    enrolment: &Enrolment,
    lead: Option<&Lead>,
    event: &Event,
) -> StoreResult<()> {
    if enrolment.is_active() {
        ports.enrolments.save(enrolment, event).await.map(drop)
    } else {
        ports.enrolments.finish(enrolment, lead, event).await
    }
}

/// A claim that is still ours was written by nobody but a person who wants a pause, or a rollout that took it for run out by
/// another clock: what becomes of it keeps that. `None`: it goes on, and not to where it is bound for since.
fn with_wishes(becomes: &Enrolment, stored: &Enrolment) -> Option<Enrolment> {
    let goes_on = becomes.generation != stored.generation;
    let transfer = if goes_on { &becomes.transfer } else { &stored.transfer };
    let known = transfer.as_ref().map(|transfer| &transfer.rollout);
    let bound_since = stored.bound_for().is_some_and(|bound| known != Some(&bound.rollout));
    (!bound_since).then(|| Enrolment {
        rev: stored.rev,
        pause_wanted: stored.pause_wanted,
        transfer: transfer.clone(),
        ..becomes.clone()
    })
}

/// What becomes of a claim, unless that is known already: a stop, or ourselves with the answer lost.
async fn save_claimed(
    ports: &SendPorts,
    becomes: &Enrolment,
    token: &ClaimToken,
    event: &Event,
) -> StoreResult<()> {
    match ports.enrolments.save(becomes, event).await {
        Err(StoreError::Conflict) => {}
        other => return other.map(drop),
    }
    match found(ports.enrolments.get(&becomes.key).await)? {
        Some(stored) if stored.is_claimed_by(token) => match with_wishes(becomes, &stored) {
            Some(kept) => unless_taken(ports.enrolments.save(&kept, event).await.map(drop)),
            None => Ok(()),
        },
        Some(stored) if !stored.is_active() => call_off_claimed(ports, &stored, Some(token)).await,
        _ => Ok(()),
    }
}

/// Whole seconds from now until `at`, at least one, at most a queue's longest visibility.
fn seconds_until(now: Timestamp, at: Timestamp) -> u32 {
    let seconds = at.duration_since(now).as_secs().clamp(0, 43_199) + 1;
    u32::try_from(seconds).unwrap_or(1)
}
