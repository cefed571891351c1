//! Enrolments: enrol, claim, advance, stop. Enrol and stop serialise on the lead; a claim is one conditional write.

use crate::ports::store::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::enrolment::Enrolment;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::event::Event;
use domain::lead::Lead;
use domain::workspace::task::Task;
use domain::{CampaignId, LeadId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Seconds until the lists show what was written, with much to spare: nothing promises when an index does, and who is in no
/// list when it is read last is found by nobody.
pub const LISTS_LAG: u32 = 30;

#[async_trait]
pub trait EnrolmentStore: Send + Sync {
    /// One transaction: the lead, if its fence and rev are still those of `lead`, with the campaign in its active set;
    /// the enrolment, if there is none for this campaign. `Conflict` otherwise.
    async fn enrol(&self, lead: &Lead, enrolment: &Enrolment, event: &Event) -> StoreResult<()>;

    async fn get(&self, key: &EnrolmentKey) -> StoreResult<Enrolment>;

    /// Strongly consistent, missing ones left out.
    async fn get_many(&self, keys: &[EnrolmentKey]) -> StoreResult<Vec<Enrolment>>;

    /// One conditional write: the enrolment as `claimed` has it, if nobody has written it since it was read. Who looked before
    /// somebody else put it off claims nothing.
    async fn claim(&self, claimed: &Enrolment, now: Timestamp) -> StoreResult<Claim>;

    async fn save(&self, enrolment: &Enrolment, event: &Event) -> StoreResult<u64>;

    /// One transaction: the enrolment that waits, and the new task that it waits for. `Conflict` where either is not as it
    /// was read: then there is neither.
    async fn wait_for_task(&self, enrolment: (&Enrolment, &Event), task: (&Task, &Event)) -> StoreResult<()>;

    /// One transaction: the lead with its fence raised, its active set emptied and whatever `change` does to it; each
    /// active enrolment ended with `reason`. Repeated on conflict, `change` too. Afterwards no claim of this lead
    /// succeeds. Answers what was ended. Where `change` says no, as it was done before, nothing is written.
    async fn stop_and(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        reason: EndReason,
        event: &Event,
        change: &mut LeadChange<'_>,
    ) -> StoreResult<Vec<CampaignId>>;

    async fn stop(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        reason: EndReason,
        event: &Event,
    ) -> StoreResult<Vec<CampaignId>> {
        self.stop_and(workspace, lead, reason, event, &mut |_| true).await
    }

    /// Ends one enrolment and takes the campaign out of the lead's active set: one transaction. `lead`: as it was read just
    /// now, where it was; it is read again if somebody has written it since.
    async fn finish(&self, enrolment: &Enrolment, lead: Option<&Lead>, event: &Event) -> StoreResult<()>;

    /// A campaign's people. `state` as `EnrolmentView` names it; `None` for all.
    async fn of_campaign(
        &self,
        workspace: &WorkspaceId,
        campaign: &CampaignId,
        state: Option<EnrolmentFilter>,
        page: PageRequest,
    ) -> StoreResult<Page<Enrolment>>;

    /// Who is or was in a campaign, from the list alone: who came in a moment ago may be missing.
    async fn everybody(
        &self,
        workspace: &WorkspaceId,
        campaign: &CampaignId,
    ) -> StoreResult<BTreeSet<LeadId>>;
}

/// What a stop does to its lead besides: one write says both.
pub type LeadChange<'a> = dyn FnMut(&mut Lead) -> bool + Send + 'a;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolmentFilter {
    Pending,
    /// Scheduled or claimed.
    Moving,
    /// A person has its step.
    WaitingTask,
    Held,
    Ended,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// Ours, now or by an earlier write of this same attempt whose answer was lost.
    Taken(Enrolment),
    /// Another attempt is at it; its claim has not expired.
    Busy { until: Timestamp },
    /// An attempt died between claim and outcome: nobody knows whether the message went out.
    Expired(Enrolment),
    /// Stopped, held, or further along: there is nothing to send.
    Gone(Option<Enrolment>),
}
