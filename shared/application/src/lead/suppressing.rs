//! Putting entries on the suppression list. All of them pass here, because the workspace's own addresses and numbers are
//! never listed: an answer through a mailing list, a test lead or a slip of the hand would close a mailbox for all leads.

use crate::ports::accounts::AccountStore;
use crate::ports::leads::LeadStore;
use crate::ports::store::StoreResult;
use crate::ports::suppressions::SuppressionStore;
use crate::ports::users::UserStore;
use domain::WorkspaceId;
use domain::contact::email_address::EmailAddress;
use domain::event::Event;
use domain::lead::suppression::{Suppression, SuppressionScope};
use domain::workspace::own_addresses::{Nearness, OwnAddresses};
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct SuppressPorts {
        pub accounts: Arc<dyn AccountStore>,
        pub leads: Arc<dyn LeadStore> = crate::Ports::leads_with_deleted,
        pub suppressions: Arc<dyn SuppressionStore>,
        pub users: Arc<dyn UserStore>,
    }
}

/// Adds an entry, unless it is about the workspace itself. Returns whether it was added.
pub async fn suppress_scope(ports: &SuppressPorts, entry: &Suppression, event: &Event) -> StoreResult<bool> {
    let own = own_addresses(ports, &entry.workspace).await?;
    suppress_foreign(ports, &own, entry, event).await
}

/// Does the same where the workspace's own addresses have been read.
pub async fn suppress_foreign(
    ports: &SuppressPorts,
    own: &OwnAddresses,
    entry: &Suppression,
    event: &Event,
) -> StoreResult<bool> {
    if is_own(ports, own, &entry.workspace, &entry.scope).await? {
        tracing::info!(workspace.id = %entry.workspace, "an address of the workspace itself is not suppressed");
        return Ok(false);
    }
    ports.suppressions.put(entry, event).await.map(|()| true)
}

pub async fn own_addresses(ports: &SuppressPorts, workspace: &WorkspaceId) -> StoreResult<OwnAddresses> {
    let accounts = ports.accounts.list(workspace).await?;
    Ok(OwnAddresses::of(&accounts, &ports.users.list(workspace).await?))
}

/// Tells whether an entry would be about the workspace itself. An address at its domain that a lead has is the lead's.
pub async fn is_own(
    ports: &SuppressPorts,
    own: &OwnAddresses,
    workspace: &WorkspaceId,
    scope: &SuppressionScope,
) -> StoreResult<bool> {
    match own.nearness_of(scope) {
        Nearness::Foreign => Ok(false),
        Nearness::Own => Ok(true),
        Nearness::OwnDomain => {
            let SuppressionScope::Email(value) = scope else { return Ok(true) };
            match EmailAddress::parse(value) {
                Ok(address) => Ok(ports.leads.find_by_email(workspace, &address).await?.is_none()),
                Err(_) => Ok(false),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    /// The Rust files below a folder, without tests.
    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_test = path.file_stem().is_some_and(|name| name == "tests");
            if path.is_dir() && !is_test {
                sources(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") && !is_test {
                found.push(path);
            }
        }
    }

    #[test]
    fn entries_are_put_on_the_list_nowhere_else() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Vec::new();
        sources(&here.join("src"), &mut found);
        for function in fs::read_dir(here.join("../../functions")).unwrap() {
            let source = function.unwrap().path().join("src");
            if source.is_dir() {
                sources(&source, &mut found);
            }
        }
        let puts = |path: &Path| {
            let text = fs::read_to_string(path).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap();
            let text: String = text.split_whitespace().collect();
            ["suppressions.put(", "suppressions().put("].iter().any(|call| text.contains(call))
        };
        let (here, others): (Vec<PathBuf>, Vec<PathBuf>) = found
            .into_iter()
            .filter(|path| puts(path))
            .partition(|path| path.ends_with("lead/suppressing.rs"));
        assert_eq!(here.len(), 1, "the call is found where it is");
        assert!(others.is_empty(), "they do not ask whether it is the workspace's own: {others:?}");
    }
}
