//! The lists of deals.

use super::Doc;
use crate::keys::deals::{closed_deal_listing, open_deal_listing};
use domain::{DealId, WorkspaceId};
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(super) fn in_the_index(doc: &mut Doc, (workspace, at): (&WorkspaceId, Timestamp), deal: &DealId) {
    let open = open_deal_listing(workspace, at.to_zoned(TimeZone::UTC).date(), deal);
    doc.listed("open deals by the day on which they are expected", open, "`DealStore::{open, page}`");
    let closed = closed_deal_listing(workspace, at, deal);
    doc.listed("closed deals by their closing", closed, "`DealStore::{closed_since, page}`");
}
