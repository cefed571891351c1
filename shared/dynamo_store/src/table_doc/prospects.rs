//! The access patterns of prospects.

use super::Doc;
use crate::keys::prospects;
use domain::{ProspectSearchId, WorkspaceId};
use ulid::Ulid;

pub(super) fn describe(doc: &mut Doc, workspace: &WorkspaceId, id: Ulid) {
    let search = ProspectSearchId::new(id);
    doc.key(
        "searches for prospects (they expire)",
        prospects::prospect_search(workspace, &search),
        "`ProspectStore::{search, save_search}`",
    );
    doc.key(
        "… their pages",
        prospects::prospect_page(workspace, &search, 1),
        "`ProspectStore::{page, pages, save_page}`",
    );
    doc.key(
        "what was done about a prospect, by the digest of the provider's id",
        prospects::prospect_record(workspace, "…"),
        "`ProspectStore::{records, save_record}`",
    );
}
