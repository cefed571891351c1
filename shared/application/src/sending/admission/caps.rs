//! The caps of a workspace over all its accounts: messages a day to a recipient's domain and altogether, and the least
//! time between two messages to one lead. A number that several leads share gets one lead's texts at a time. All of it is
//! taken right before a claim, so that no two functions take the same; where nothing went out it is given back, once that
//! is written.

use crate::ports::rate_limits::RateLimitStore;
use crate::ports::store::StoreResult;
use crate::sending::ports::SendPorts;
use domain::capacity::admission::{Admission, DelayReason};
use domain::capacity::contact_caps::{day_begins, day_of};
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::Lead;
use domain::mutant;
use domain::planning::check::Check;
use domain::workspace::Workspace;
use domain::{LeadId, MessageId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// The length of a day, as the counters of domains and workspaces count it.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The time after which a number that was texted for one lead may be texted for another one.
const SHARED_NUMBER_APART: SignedDuration = DAY;

/// The places that one message has taken under the caps.
#[derive(Default)]
pub(crate) struct TakenCaps {
    /// The keys of the times since the last message to the lead, and to the number, and their holder.
    since_last: Vec<(String, String)>,
    /// The counters, and when each was raised.
    counters: Vec<(String, Timestamp)>,
}

/// A counter that has a cap.
struct Capped {
    bucket: String,
    most: u32,
    /// Why a message waits that finds the counter full.
    full: DelayReason,
}

/// The counter of a domain's messages.
pub fn domain_bucket(workspace: &WorkspaceId, domain: &str) -> String {
    format!("mails/{workspace}/{domain}")
}

/// The counter of all messages of a workspace's campaigns and to many.
pub fn workspace_bucket(workspace: &WorkspaceId) -> String {
    format!("messages/{workspace}")
}

/// The queue of the messages that wait for a day on which the counter has room.
pub fn cap_queue(bucket: &str) -> String {
    format!("line/{bucket}")
}

/// Checks whether the workspace may send one message more today; none where it has no cap.
pub async fn workspace_room(
    limits: &dyn RateLimitStore,
    workspace: &Workspace,
    now: Timestamp,
) -> StoreResult<Option<Check>> {
    if workspace.caps.messages_per_day.is_none() {
        return Ok(None);
    }
    let taken = limits.taken(&workspace_bucket(&workspace.id), DAY, now).await?;
    Ok(workspace.caps.room(taken))
}

fn lead_key(workspace: &WorkspaceId, lead: &LeadId) -> String {
    format!("apart/{workspace}/{lead}")
}

fn number_key(workspace: &WorkspaceId, number: &PhoneNumber) -> String {
    format!("number/{workspace}/{}", number.subscriber())
}

/// The lead that a step or a bulk message is for.
#[derive(Clone, Copy)]
pub(crate) struct Recipient<'a> {
    pub workspace: &'a Workspace,
    pub lead: &'a Lead,
    pub channel: Channel,
    /// The first time from a given one on at which the message may go out to the lead.
    pub open_from: &'a (dyn Fn(Timestamp) -> Timestamp + Send + Sync),
}

impl Recipient<'_> {
    fn capped(&self) -> Vec<Capped> {
        let workspace = self.workspace;
        let caps = &workspace.caps;
        let whole = caps.messages_per_day.map(|most| Capped {
            bucket: workspace_bucket(&workspace.id),
            most,
            full: DelayReason::WorkspaceFull,
        });
        let email = self.lead.email.as_ref().filter(|_| self.channel == Channel::Email);
        let domain = caps.domain_per_day.zip(email).map(|(most, email)| Capped {
            bucket: domain_bucket(&workspace.id, email.domain()),
            most,
            full: DelayReason::DomainFull,
        });
        whole.into_iter().chain(domain).collect()
    }

    /// Tells whether a counter is full for today, and when to come again. Nothing is taken.
    pub async fn look(&self, ports: &SendPorts) -> StoreResult<Admission<()>> {
        for capped in self.capped() {
            let taken = ports.limits.taken(&capped.bucket, DAY, ports.clock.now()).await?;
            if taken >= capped.most && !mutant!("workspace_cap_ignored") {
                return self.book_later_day(ports, &capped).await;
            }
        }
        Ok(Admission::Granted(()))
    }

    /// Books a later day of the message's own, behind those that came before: else all would come back each midnight.
    async fn book_later_day<T>(&self, ports: &SendPorts, capped: &Capped) -> StoreResult<Admission<T>> {
        // A day without a window counts for nothing.
        let from = (self.open_from)(day_begins(day_of(ports.clock.now()) + 1));
        let begins = ports.limits.take_position(&cap_queue(&capped.bucket), capped.most, DAY, from).await?;
        Ok(Admission::NotBefore { at: begins.max(from), why: capped.full })
    }

    /// Takes all that the caps ask of this message, or nothing.
    pub async fn take(&self, ports: &SendPorts, message: &MessageId) -> StoreResult<Admission<TakenCaps>> {
        let now = ports.clock.now();
        let mut taken = TakenCaps::default();
        for capped in self.capped() {
            let most = if mutant!("workspace_cap_ignored") { u32::MAX } else { capped.most };
            match ports.limits.take(&capped.bucket, most, DAY, now).await? {
                Ok(()) => taken.counters.push((capped.bucket, now)),
                Err(_) => {
                    taken.give_back(ports).await;
                    return self.book_later_day(ports, &capped).await;
                }
            }
        }
        if let Some(apart) = self.workspace.caps.minimum_gap() {
            let key = lead_key(&self.workspace.id, &self.lead.id);
            match ports.limits.take_key(&key, message.as_str(), apart, now).await? {
                Ok(()) => taken.since_last.push((key, message.as_str().to_owned())),
                Err(at) => {
                    taken.give_back(ports).await;
                    return Ok(Admission::NotBefore { at, why: DelayReason::TooSoon });
                }
            }
        }
        if let Some(number) = self.lead.phone.as_ref().filter(|_| self.channel != Channel::Email) {
            // The lead holds the number, so that its own next text does not wait.
            let (key, holder) = (number_key(&self.workspace.id, number), self.lead.id.as_str());
            match ports.limits.take_key(&key, holder, SHARED_NUMBER_APART, now).await? {
                Ok(()) => taken.since_last.push((key, holder.to_owned())),
                Err(at) => {
                    taken.give_back(ports).await;
                    let at = (self.open_from)(at).max(at);
                    return Ok(Admission::NotBefore { at, why: DelayReason::NumberShared });
                }
            }
        }
        Ok(Admission::Granted(taken))
    }
}

impl TakenCaps {
    /// Keeps the times since the last message, which another attempt at the same message has taken, too.
    pub fn without_lead(self) -> Self {
        Self { since_last: Vec::new(), ..self }
    }

    /// Gives back as far as possible: others miss for a while what is not given back, no more.
    pub async fn give_back(self, ports: &SendPorts) {
        for (key, who) in self.since_last {
            if let Err(error) = ports.limits.release_key(&key, &who).await {
                tracing::warn!(%error, "the time between two messages was not given back");
            }
        }
        for (bucket, taken_at) in self.counters {
            if let Err(error) = ports.limits.give_back(&bucket, DAY, taken_at).await {
                tracing::warn!(%error, "a place under a cap was not given back");
            }
        }
    }
}
