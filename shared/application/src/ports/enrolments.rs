//! Stores enrolments: enrol, claim, advance, stop. Enrol and stop exclude each other through the lead's fence; a
//! claim is one conditional write of the enrolment. So at most one function sends a step, and none after a stop.

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

/// The seconds until the lists show what was written, with much to spare: nothing promises when an index
/// does, and a job does not find an enrolment that is in no list at its last read.
pub const LISTS_LAG: u32 = 30;

#[async_trait]
pub trait EnrolmentStore: Send + Sync {
    /// Enrols in one transaction: the lead, if its fence and revision are still those of `lead`, with the campaign in
    /// its active set; and the enrolment, if there is none for this campaign. `Conflict` otherwise.
    async fn enrol(&self, lead: &Lead, enrolment: &Enrolment, event: &Event) -> StoreResult<()>;

    /// Reads an enrolment as it stands. A claim also stores the step after it, which counts once the claimed message
    /// was accepted, and is written out with the next write. All reads apply that.
    async fn get(&self, key: &EnrolmentKey) -> StoreResult<Enrolment>;

    /// Reads several enrolments, strongly consistent; missing ones are left out.
    async fn get_many(&self, keys: &[EnrolmentKey]) -> StoreResult<Vec<Enrolment>>;

    /// Claims a step by one conditional write: the enrolment as `claimed` has it, if it was not written since
    /// it was read. An attempt that read it before another one deferred it claims nothing.
    async fn claim(&self, claimed: &Enrolment, now: Timestamp) -> StoreResult<Claim>;

    async fn save(&self, enrolment: &Enrolment, event: &Event) -> StoreResult<u64>;

    /// Stores the waiting enrolment and the new task that it waits for, in one transaction. `Conflict` where either
    /// is not as it was read: then neither is written.
    async fn wait_for_task(&self, enrolment: (&Enrolment, &Event), task: (&Task, &Event)) -> StoreResult<()>;

    /// Stops a lead in one transaction: the lead with its fence raised, its active set emptied and whatever `change`
    /// does to it; each active enrolment ended with `reason`. It is repeated on conflict, `change` too. Afterwards no
    /// claim of this lead succeeds. Returns what was ended. Where `change` returns false, because it was done before,
    /// nothing is written.
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

    /// Stops a lead like `stop_and`, because of what happened at this time: an enrolment that began later goes on.
    async fn stop_begun_by(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        reason: EndReason,
        event: &Event,
        at: Timestamp,
        change: &mut LeadChange<'_>,
    ) -> StoreResult<Vec<CampaignId>>;

    /// Ends one enrolment and takes the campaign out of the lead's active set, in one transaction. `lead` is
    /// the lead as read just now, if it was; it is read again if it was written since.
    async fn finish(&self, enrolment: &Enrolment, lead: Option<&Lead>, event: &Event) -> StoreResult<()>;

    /// Returns a campaign's enrolments in one state; `None` for all.
    async fn of_campaign(
        &self,
        workspace: &WorkspaceId,
        campaign: &CampaignId,
        state: Option<EnrolmentFilter>,
        page: PageRequest,
    ) -> StoreResult<Page<Enrolment>>;

    /// Returns the leads that are or were in a campaign. They are read from the list alone, so one that was enrolled
    /// a moment ago may be missing.
    async fn leads_of_campaign(
        &self,
        workspace: &WorkspaceId,
        campaign: &CampaignId,
    ) -> StoreResult<BTreeSet<LeadId>>;
}

/// A change of the lead in the same write as its stop.
pub type LeadChange<'a> = dyn FnMut(&mut Lead) -> bool + Send + 'a;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolmentFilter {
    Pending,
    /// Scheduled or claimed.
    Moving,
    /// A user has a task to do.
    WaitingTask,
    Held,
    Ended,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// The claim is this attempt's, now or by an earlier write of it whose answer was lost.
    Taken(Enrolment),
    /// Another attempt holds the claim, which has not expired.
    Busy { until: Timestamp },
    /// An attempt died between claim and outcome: it is uncertain whether the message went out.
    Expired(Enrolment),
    /// The enrolment is stopped, held, or further along: there is nothing to send.
    Gone(Option<Enrolment>),
}
