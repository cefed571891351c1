//! Rows of a file that name a lead that is deleted, a colleague's, or one who has opted out. A policy that skips known leads leaves the lead deleted; one that updates
//! them restores it, with its enrolments ended. Either way the row has a remark that says so. The remark does not name
//! the lead: it is kept for longer than a deleted lead is.

use crate::lead::opted_out_person::{CLOSED_AS_OTHER, Shared};
use domain::import::{DuplicatePolicy, RowProblem};
use domain::lead::Lead;

/// Makes the remark on a row whose address or number belongs to a deleted lead.
pub(super) fn remark_on_deleted(line: u64, lead: &Lead, policy: DuplicatePolicy) -> RowProblem {
    let reason = match policy {
        DuplicatePolicy::Skip => "belongs to a deleted lead: restore the lead to import the row",
        DuplicatePolicy::UpdateEmpty | DuplicatePolicy::Overwrite => {
            "belongs to a deleted lead: the row restores it"
        }
    };
    remark(line, lead, reason)
}

/// What a row is told whose lead can no longer be restored.
pub(super) fn remark_on_erased(line: u64, lead: &Lead) -> RowProblem {
    remark(line, lead, "belongs to a deleted lead that is being erased: import the row again tomorrow")
}

/// What a row is told whose address or number belongs to a lead that the importer does not see. It says nothing of that
/// lead: the field is one that the row has itself.
pub(super) fn remark_on_colleagues_lead(line: u64, has_email: bool) -> RowProblem {
    let field = if has_email { "email" } else { "phone" };
    let reason = "belongs to a colleague's lead: the row is left out";
    RowProblem { line, field: field.to_owned(), reason: reason.to_owned(), row: Vec::new() }
}

/// What a row is told whose number or address is also that of a lead who has opted out.
pub(super) fn remark_on_opted_out(line: u64, shared: Shared) -> RowProblem {
    let (field, reason) = (shared.field().to_owned(), CLOSED_AS_OTHER.to_owned());
    RowProblem { line, field, reason, row: Vec::new() }
}

fn remark(line: u64, lead: &Lead, reason: &str) -> RowProblem {
    let field = if lead.email.is_some() { "email" } else { "phone" };
    RowProblem { line, field: field.to_owned(), reason: reason.to_owned(), row: Vec::new() }
}
