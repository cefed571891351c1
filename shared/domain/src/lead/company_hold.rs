//! The company hold: after a reply nobody else at the same company is contacted for a while, if the workspace
//! wants that. A company is the domain of an e-mail address; free mail domains are none.

use crate::enrolment::reasons::HoldReason;
use crate::enrolment::{Enrolment, EnrolmentState};
use crate::ids::{LeadId, WorkspaceId};
use crate::lead::Lead;
use crate::lead::colleague_reply::ColleagueAnswered;
use jiff::{SignedDuration, Timestamp};

/// The length of a hold in a new workspace, in days.
pub const USUAL_DAYS: u8 = 5;
/// The longest hold that a workspace may set, in days.
pub const MOST_DAYS: u8 = 90;

/// The latest reply from a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyHold {
    pub workspace: WorkspaceId,
    pub company: String,
    /// The lead who replied; the hold does not concern them.
    pub lead: LeadId,
    pub since: Timestamp,
    pub until: Timestamp,
}

impl Lead {
    pub fn company_domain(&self) -> Option<&str> {
        self.email.as_ref()?.company_domain()
    }
}

impl CompanyHold {
    /// The hold after a reply. `days` is the workspace's setting; with 0, or without a company, there is none.
    pub fn from_reply(lead: &Lead, days: u8, at: Timestamp) -> Option<Self> {
        let company = lead.company_domain().filter(|_| days > 0)?.to_owned();
        let until = at.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok()?;
        Some(Self { workspace: lead.workspace.clone(), company, lead: lead.id.clone(), since: at, until })
    }

    pub fn concerns(&self, lead: &Lead) -> Option<ColleagueAnswered> {
        let colleague = lead.id != self.lead && lead.company_domain() == Some(&self.company);
        colleague.then_some(ColleagueAnswered { since: self.since, until: self.until })
    }
}

impl ColleagueAnswered {
    /// Whether the reply holds this enrolment. After a user released a hold, only a reply that holds for longer does again.
    pub fn holds(self, enrolment: &Enrolment, now: Timestamp) -> bool {
        self.until > now && enrolment.company_until().is_none_or(|known| known < self.until)
    }
}

impl Enrolment {
    /// Holds a waiting enrolment at once. Others (held for another reason, waiting for a task, being sent)
    /// are left to the planner. True if that changes something.
    pub fn hold_for_company(&mut self, answered: ColleagueAnswered, now: Timestamp) -> bool {
        let waits = match *self.state() {
            EnrolmentState::Scheduled => true,
            EnrolmentState::Held { reason, .. } => reason == HoldReason::CompanyAnswered,
            _ => false,
        };
        waits
            && answered.holds(self, now)
            && self.hold(HoldReason::CompanyAnswered, Some(answered.until), now).is_ok()
    }
}

#[cfg(test)]
mod tests;
