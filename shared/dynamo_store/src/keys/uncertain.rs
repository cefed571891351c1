//! The list of messages whose delivery is uncertain.

use super::{Listing, Partition, Tenant, listing, of};
use crate::times::sortable;
use domain::{MessageId, WorkspaceId};
use jiff::Timestamp;

pub(crate) fn uncertain_messages(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "UNCERTAIN")
}

pub(crate) fn uncertain_listing(workspace: &WorkspaceId, began: Timestamp, id: &MessageId) -> Listing {
    listing(uncertain_messages(workspace), format!("{}#{}", sortable(began), id.as_str()))
}

/// Returns the message in the sort key of an entry.
pub(crate) fn uncertain_message_of(sk: &str) -> Option<MessageId> {
    MessageId::parse(sk.split_once('#')?.1).ok()
}
