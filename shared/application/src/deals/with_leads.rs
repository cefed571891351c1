//! Deals with their leads: what of them a caller sees, and what they count with. A deal of a lead that is deleted, or that
//! the caller does not see, is left out, and comes back with its lead.

use crate::lead::list::{LeadLists, LeadPlace};
use crate::ports::deals::DealStore;
use crate::ports::leads::LeadQuery;
use crate::ports::stages::StageStore;
use crate::ports::store::StoreResult;
use domain::deal::Deal;
use domain::lead::scope::LeadScope;
use domain::{LeadId, WorkspaceId};
use jiff::Timestamp;
use std::sync::Arc;

/// The most deals that one sum reads.
pub const MOST_SUMMED: usize = 10_000;

crate::ports! {
    #[derive(Clone)]
    pub struct DealPorts {
        pub deals: Arc<dyn DealStore>,
        pub lists: LeadLists = LeadLists::new,
        pub stages: Arc<dyn StageStore>,
    }
}

/// A deal with its lead.
#[derive(Debug, Clone)]
pub struct DealOfLead {
    pub deal: Deal,
    pub lead: LeadPlace,
    /// The probability that it counts with, in percent.
    pub chance: u8,
}

/// Deals with their leads, and whether there are more than a sum reads.
#[derive(Debug, Clone, Default)]
pub struct DealsRead {
    pub deals: Vec<DealOfLead>,
    pub cut_off: bool,
}

/// Reads the open deals of the leads that a query selects. Won and lost leads count if they became so within the last
/// `closed_days` days; all of them do, if none are given.
pub async fn open_deals(
    ports: &DealPorts,
    workspace: &WorkspaceId,
    scope: &LeadScope,
    (query, closed_days): (&LeadQuery, Option<u32>),
) -> StoreResult<DealsRead> {
    let deals = ports.deals.open(workspace, MOST_SUMMED).await?;
    let cut_off = deals.len() >= MOST_SUMMED;
    let deals = with_leads(ports, (workspace, scope), deals, (query, closed_days)).await?;
    Ok(DealsRead { deals, cut_off })
}

/// Reads the deals closed since then.
pub async fn closed_deals(
    ports: &DealPorts,
    workspace: &WorkspaceId,
    scope: &LeadScope,
    since: Timestamp,
) -> StoreResult<DealsRead> {
    let deals = ports.deals.closed_since(workspace, since, MOST_SUMMED).await?;
    let cut_off = deals.len() >= MOST_SUMMED;
    let deals = with_leads(ports, (workspace, scope), deals, (&LeadQuery::default(), None)).await?;
    Ok(DealsRead { deals, cut_off })
}

/// Puts deals beside their leads, and leaves out those of leads that the query does not select.
pub async fn with_leads(
    ports: &DealPorts,
    (workspace, scope): (&WorkspaceId, &LeadScope),
    deals: Vec<Deal>,
    (query, closed_days): (&LeadQuery, Option<u32>),
) -> StoreResult<Vec<DealOfLead>> {
    if deals.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<LeadId> = deals.iter().map(|deal| deal.lead.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let places = ports.lists.places(workspace, scope, (query, closed_days), &ids).await?;
    let stages = ports.stages.get(workspace).await?;
    let beside = |deal: Deal| {
        let lead = places.get(&deal.lead)?.clone();
        let chance = deal.chance(lead.stage, &stages);
        Some(DealOfLead { deal, lead, chance })
    };
    Ok(deals.into_iter().filter_map(beside).collect())
}
