//! A deal: money that is expected from a lead, by a day and with a probability.
//!
//! A deal belongs to one lead and has no owner of its own: whoever owns the lead owns its deals. It follows the lead's
//! stage: when the lead is won or lost, its open deals are closed with it, and when the lead leaves that stage again, they
//! are opened. A deal that a user closes by itself stays as it is, whatever becomes of the lead.

mod forecast;
pub mod pipeline_health;
mod sums;

pub use forecast::{ForecastMonth, forecast};
pub use sums::DealSums;

use crate::ids::{DealId, LeadId, WorkspaceId};
use crate::lead::Lead;
use crate::lead::stage::{LostReasonId, StageId, Stages};
use crate::money::{Currency, Money};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The most open deals of a lead that a user may add to or open again. Those that come back with their lead may be more.
pub const MOST_OPEN_DEALS: usize = 20;
/// The most deals of a lead, closed ones included.
pub const MOST_DEALS: usize = 200;
/// The most characters of a deal's name.
pub const LONGEST_DEAL_NAME: usize = 120;
/// The largest value of a deal, in minor units.
pub const LARGEST_VALUE_MINOR: i64 = 1_000_000_000_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    pub id: DealId,
    pub workspace: WorkspaceId,
    /// The lead whose deal it is: the one that its id names, or the one that this lead was merged into.
    pub lead: LeadId,
    pub name: String,
    pub value: Money,
    /// The probability that a user gave it, in percent; without one it has that of its lead's stage.
    pub probability: Option<u8>,
    /// The day by which it is expected to be closed.
    pub close_on: Date,
    /// How it was closed; none while it is open.
    pub closed: Option<DealClosing>,
    /// The time from which it is open: a lead that was won or lost before does not close it.
    pub open_since: Timestamp,
    pub created_at: Timestamp,
    pub rev: u64,
}

/// The end of a deal, stored in this shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DealClosing {
    pub outcome: DealOutcome,
    pub at: Timestamp,
    /// Why it is lost; none for a won deal, and for one whose lead was lost without a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost_reason: Option<LostReasonId>,
    /// Whether its lead's move closed it: it is opened again with the lead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_lead: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DealOutcome {
    Won,
    Lost,
}

/// What became of a deal, as its lead's timeline tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "did")]
pub enum DealNews {
    Added {
        amount_minor: i64,
        currency: Currency,
    },
    ValueChanged {
        amount_minor: i64,
        currency: Currency,
        /// The value before.
        was_minor: i64,
        was_currency: Currency,
    },
    Won {
        amount_minor: i64,
        currency: Currency,
    },
    Lost {
        lost_reason: Option<LostReasonId>,
    },
    Reopened {},
}

impl Deal {
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Closes an open deal; false if it is closed already.
    pub fn close(&mut self, outcome: DealOutcome, lost_reason: Option<LostReasonId>, at: Timestamp) -> bool {
        let is_open = self.is_open();
        if is_open {
            self.closed = Some(DealClosing { outcome, at, lost_reason, with_lead: false });
        }
        is_open
    }

    /// Opens a closed deal, which the stage that its lead is in now does not close again; false if it is open.
    pub fn reopen(&mut self, at: Timestamp) -> bool {
        let was_closed = self.closed.take().is_some();
        if was_closed {
            self.open_since = at;
        }
        was_closed
    }

    /// Brings the deal to where its lead stands. Returns what became of it; nothing if that is nothing to tell.
    pub fn follow(&mut self, lead: &Lead) -> Followed {
        let moved = self.lead != lead.id;
        self.lead = lead.id.clone();
        let since = lead.stage_since;
        let was_closed = self.closed.take_if(|closing| closing.with_lead && closing.at != since);
        let outcome = match lead.status {
            StageId::WON => Some(DealOutcome::Won),
            StageId::LOST => Some(DealOutcome::Lost),
            _ => None,
        };
        if let Some(outcome) = outcome
            && self.is_open()
            && self.open_since <= since
        {
            let lost_reason = lead.lost_reason.filter(|_| outcome == DealOutcome::Lost);
            self.closed = Some(DealClosing { outcome, at: since, lost_reason, with_lead: true });
            return Followed::Told(self.news());
        }
        match (was_closed.is_some(), moved) {
            (true, _) => Followed::Told(DealNews::Reopened {}),
            (false, true) => Followed::Moved,
            (false, false) => Followed::Unchanged,
        }
    }

    /// What its present state is told as.
    pub fn news(&self) -> DealNews {
        let Money { amount_minor, currency } = self.value;
        match &self.closed {
            None => DealNews::Reopened {},
            Some(DealClosing { outcome: DealOutcome::Won, .. }) => DealNews::Won { amount_minor, currency },
            Some(DealClosing { lost_reason, .. }) => DealNews::Lost { lost_reason: *lost_reason },
        }
    }

    /// The probability that it counts with: 100 % or none once it is closed, then its own, then that of its lead's stage. An
    /// open deal of a lead that is won or lost counts nothing until it has one of its own.
    pub fn chance(&self, stage: StageId, stages: &Stages) -> u8 {
        match (&self.closed, self.probability) {
            (Some(closing), _) if closing.outcome == DealOutcome::Won => 100,
            (Some(_), _) => 0,
            (None, Some(own)) => own,
            (None, None) if stage.is_closed() => 0,
            (None, None) => stages.stage(stage).map_or(0, |stage| stage.probability),
        }
    }
}

/// What following its lead did to a deal.
#[derive(Debug, PartialEq, Eq)]
pub enum Followed {
    Unchanged,
    /// It belongs to another lead, which has absorbed its own or was separated from it.
    Moved,
    /// It was closed or opened.
    Told(DealNews),
}

#[cfg(test)]
mod tests;
