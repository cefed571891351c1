//! Somebody of a company has answered: for a while nobody else there is turned to, where the workspace has it so. People are
//! of a company by the domain of their address, unless anybody can have one there.

use crate::enrolment::reasons::HoldReason;
use crate::enrolment::{Enrolment, EnrolmentState};
use crate::ids::{LeadId, WorkspaceId};
use crate::lead::Lead;
use crate::lead::colleague_reply::ColleagueAnswered;
use jiff::{SignedDuration, Timestamp};

/// For how long a new workspace holds a company.
pub const USUAL_DAYS: u8 = 5;
/// The most that a workspace may hold a company for.
pub const MOST_DAYS: u8 = 90;

/// The latest answer of a company's people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyHold {
    pub workspace: WorkspaceId,
    pub company: String,
    /// Who answered: what they are in is another matter.
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
    /// `days`: as the workspace has it, 0 for never.
    pub fn of_answer(lead: &Lead, days: u8, at: Timestamp) -> Option<Self> {
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
    /// Whoever was held for this answer, or one that holds as long, is not held for it again: somebody has let them go on.
    pub fn holds(self, enrolment: &Enrolment, now: Timestamp) -> bool {
        self.until > now && enrolment.company_until.is_none_or(|known| known < self.until)
    }
}

impl Enrolment {
    /// Ahead of its time. What waits for a cause of its own, or for a person, or is under way, is looked at when it goes on.
    /// True where that changes something.
    pub fn hold_for_company(&mut self, answered: ColleagueAnswered, now: Timestamp) -> bool {
        let waits = match self.state {
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
