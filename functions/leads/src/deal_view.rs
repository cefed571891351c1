//! A deal, and sums of deals, as the API shows them.

use application::deals::with_leads::DealOfLead;
use application::lead::list::LeadPlace;
use domain::deal::{Deal, DealOutcome, DealSums};
use domain::lead::Lead;
use domain::lead::stage::{LostReasonId, StageId, Stages};
use domain::money::Currency;
use domain::{DealId, LeadId, UserId};
use http_api::utoipa;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DealView {
    pub id: DealId,
    pub lead_id: LeadId,
    pub lead_name: String,
    /// The stage of its lead.
    pub stage: StageId,
    /// The owner of its lead, who owns the deal.
    pub owner: Option<UserId>,
    pub name: String,
    pub amount_minor: i64,
    pub currency: Currency,
    /// The probability that a user gave it, in percent.
    pub probability: Option<u8>,
    /// The probability that it counts with: 100 or 0 once it is closed, then its own, then that of its lead's stage.
    pub chance: u8,
    /// The day on which it is expected to be closed.
    #[schema(value_type = String, format = Date)]
    pub close_on: Date,
    pub state: DealState,
    pub closed_at: Option<Timestamp>,
    /// Its lead's move closed it, and opens it again.
    pub closed_with_lead: bool,
    pub lost_reason: Option<LostReasonId>,
    pub created_at: Timestamp,
    pub rev: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DealState {
    Open,
    Won,
    Lost,
}

impl DealState {
    pub fn of(deal: &Deal) -> Self {
        match deal.closed.as_ref().map(|closing| closing.outcome) {
            None => Self::Open,
            Some(DealOutcome::Won) => Self::Won,
            Some(DealOutcome::Lost) => Self::Lost,
        }
    }
}

impl DealView {
    pub fn of(deal: Deal, lead: &Lead, stages: &Stages) -> Self {
        let place = LeadPlace {
            id: lead.id.clone(),
            name: lead.display_name(),
            owner: lead.owner.clone(),
            stage: lead.status,
            stage_since: lead.stage_since,
        };
        let chance = deal.chance(lead.status, stages);
        DealOfLead { deal, lead: place, chance }.into()
    }
}

impl From<DealOfLead> for DealView {
    fn from(DealOfLead { deal, lead, chance }: DealOfLead) -> Self {
        let closing = deal.closed.as_ref();
        Self {
            state: DealState::of(&deal),
            closed_at: closing.map(|closing| closing.at),
            closed_with_lead: closing.is_some_and(|closing| closing.with_lead),
            lost_reason: closing.and_then(|closing| closing.lost_reason),
            id: deal.id,
            lead_id: lead.id,
            lead_name: lead.name,
            stage: lead.stage,
            owner: lead.owner,
            name: deal.name,
            amount_minor: deal.value.amount_minor,
            currency: deal.value.currency,
            probability: deal.probability,
            chance,
            close_on: deal.close_on,
            created_at: deal.created_at,
            rev: deal.rev,
        }
    }
}

/// What some deals come to: their number, and a sum of each currency.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct DealSumsView {
    pub deals: usize,
    pub sums: Vec<DealSum>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DealSum {
    pub currency: Currency,
    pub value_minor: i64,
    /// Each value times its probability.
    pub weighted_minor: i64,
}

impl From<&DealSums> for DealSumsView {
    fn from(sums: &DealSums) -> Self {
        let sum = |money: domain::money::Money| DealSum {
            currency: money.currency,
            value_minor: money.amount_minor,
            weighted_minor: sums.weighted.amount_minor(money.currency),
        };
        Self { deals: sums.deals, sums: sums.value.iter().map(sum).collect() }
    }
}
