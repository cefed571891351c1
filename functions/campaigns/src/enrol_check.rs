//! Who would come in and who would not, before anybody does.

use application::campaign::enrol::{Lacking, Prospect, would_enrol};
use application::campaign::enrol_ports::EnrolPorts;
use application::campaign::planning_context::Course;
use domain::LeadId;
use futures::{StreamExt, TryStreamExt};
use http_api::ApiResult;

/// Read in a few seconds, well inside a request's time also where the table is slow, and no more at once than a table that
/// was idle takes.
pub const MOST_CHECKED: usize = 2_000;
const PAGE: usize = 100;
const PAGES_AT_ONCE: usize = 4;

pub async fn check(
    ports: &EnrolPorts,
    course: &Course,
    lacking: Lacking,
    ids: &[LeadId],
) -> ApiResult<Vec<Prospect>> {
    let pages: Vec<Vec<LeadId>> = ids.chunks(PAGE).map(<[LeadId]>::to_vec).collect();
    let pages = pages.into_iter().map(|page| async move { would_enrol(ports, course, &page, lacking).await });
    Ok(futures::stream::iter(pages).buffered(PAGES_AT_ONCE).try_concat().await?)
}
