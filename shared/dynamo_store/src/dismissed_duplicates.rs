//! Groups of leads that a user has said to be different people. An item holds no lead, only their digest in its key, so
//! it stays when a lead is erased.

use crate::errors::Refused;
use crate::item::{Item, encode_event, number, text};
use crate::keys;
use crate::table::Table;
use crate::write::{delete, present, put};
use application::StoreResult;
use application::ports::duplicates::DismissedDuplicateStore;
use async_trait::async_trait;
use domain::event::Event;
use domain::{LeadId, WorkspaceId};
use std::collections::HashSet;

#[async_trait]
impl DismissedDuplicateStore for Table {
    async fn dismissed(&self, workspace: &WorkspaceId, groups: &[&[LeadId]]) -> StoreResult<Vec<bool>> {
        let wanted: Vec<_> =
            groups.iter().map(|group| keys::dismissed_duplicates(workspace, group)).collect();
        let found = self.read_items(&wanted).await?;
        let there: HashSet<&str> =
            found.iter().filter_map(|item| item.get("sk")?.as_s().ok()).map(String::as_str).collect();
        Ok(wanted.iter().map(|key| there.contains(key.sk())).collect())
    }

    async fn dismiss(&self, workspace: &WorkspaceId, group: &[LeadId], event: &Event) -> StoreResult<()> {
        Ok(self.write(put(dismissed(workspace, group, event)?, None)).await?)
    }

    async fn propose_again(
        &self,
        workspace: &WorkspaceId,
        group: &[LeadId],
        event: &Event,
    ) -> StoreResult<()> {
        // The item's last state has the event: nothing else says who took the dismissal back.
        match self.write(put(dismissed(workspace, group, event)?, present())).await {
            Ok(()) => Ok(self.write(delete(&keys::dismissed_duplicates(workspace, group), None)).await?),
            Err(Refused::Condition(_)) => Ok(()),
            Err(Refused::Other(error)) => Err(error),
        }
    }
}

fn dismissed(workspace: &WorkspaceId, group: &[LeadId], event: &Event) -> StoreResult<Item> {
    let key = keys::dismissed_duplicates(workspace, group);
    Ok(Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
        ("entity".to_owned(), text("dismissed_duplicates")),
        ("v".to_owned(), number(1)),
        ("ev".to_owned(), encode_event(event)?),
    ]))
}
