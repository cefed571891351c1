//! Tells which leads would be enrolled and which left out, before anything is written.

use application::campaign::enrol::{Prospect, WithMissingValues, would_enrol};
use application::campaign::enrol_ports::EnrolPorts;
use application::campaign::planning_context::PlanningContext;
use domain::LeadId;
use futures::{StreamExt, TryStreamExt};
use http_api::ApiResult;

/// The most leads that one request checks: reading them takes a few seconds, well within a request's time
/// even if the table is slow, and its parallel reads stay below what an idle table serves.
pub const MOST_CHECKED: usize = 2_000;
const PAGE: usize = 100;
const PAGES_AT_ONCE: usize = 4;

pub async fn check(
    ports: &EnrolPorts,
    planning: &PlanningContext,
    missing_values: WithMissingValues,
    ids: &[LeadId],
) -> ApiResult<Vec<Prospect>> {
    let pages: Vec<Vec<LeadId>> = ids.chunks(PAGE).map(<[LeadId]>::to_vec).collect();
    let pages = pages
        .into_iter()
        .map(|page| async move { would_enrol(ports, planning, &page, missing_values).await });
    Ok(futures::stream::iter(pages).buffered(PAGES_AT_ONCE).try_concat().await?)
}
