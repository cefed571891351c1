//! The self-check: all parts are checked side by side, each with its own time limit, so that one that hangs
//! does not hold up the others.

mod accounts;
mod address;
mod data;
mod finding;
mod promises;
mod queues;
mod schedules;
mod storage;
#[cfg(test)]
mod tests;

pub use finding::{CheckGroup, CheckState, PartCheck};
pub use promises::PromiseView;

use crate::App;
use application::Ports;
use application::ports::parts::{Looked, PartFault};
use domain::workspace::Workspace;
use finding::Part;
use http_api::only_this_machine_reaches;
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;
use std::future::Future;
use std::time::Duration;

/// Returns the time limit of one look. At most two follow each other, and the gateway waits for 29 seconds.
pub fn look_takes(_: &impl Ports) -> Duration {
    Duration::from_secs(8)
}

/// The results of all checks. Contains no secret, and nothing about workspaces other than the one that
/// installed this server.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SelfCheck {
    pub checked_at: Timestamp,
    /// The worst state of all checks.
    pub state: CheckState,
    /// The promises to users, in the order of `docs/TROUBLESHOOTING.md`.
    pub promises: Vec<PromiseView>,
    /// The checks of the parts, in groups.
    pub checks: Vec<PartCheck>,
}

impl App {
    pub async fn self_check(&self) -> SelfCheck {
        let now = self.clock.now();
        let (storage, queues, runs, address, (workspace, theirs)) = futures::join!(
            self.check_storage(),
            self.check_queues(),
            self.schedule_runs(),
            self.check_address(),
            self.check_workspace(),
        );
        let known_since = workspace.as_ref().map(|workspace| workspace.created_at);
        let schedules = schedules::checks(&runs, known_since, now);
        let checks: Vec<PartCheck> = [storage, queues, schedules, address, vec![self.check_sender()], theirs]
            .into_iter()
            .flatten()
            .collect();
        let promises = promises::views(&checks, workspace.as_ref());
        let state = checks.iter().map(|check| check.state).max().unwrap_or(CheckState::Fine);
        SelfCheck { checked_at: now, state, promises, checks }
    }

    /// Tells whether mail about accounts goes out. It never goes by a workspace's mailbox, whose readers would get in.
    fn check_sender(&self) -> PartCheck {
        let part = Part::new("system_sender", CheckGroup::Accounts, "Mail about accounts");
        match self.system_mail.address() {
            Some(address) => part.fine(format!("It comes from {address}.")),
            None if only_this_machine_reaches(&self.public_url) => part.not_set_up(
                "No link to a new password, no invitation and no digest is mailed: only this machine reaches the public address, \
                 or the installation has no sender of its own. Admins hand links over.",
                "Set the public address first, then LEADFLOW_SYSTEM_SENDER and LEADFLOW_SMTP_HOST. See docs/OPERATIONS.md, \
                 \"Passwords\".",
            ),
            None => part.not_set_up(
                "The installation has no sender of its own: no link to a new password, no invitation and no digest is mailed. \
                 Admins hand links over.",
                "Deploy with `--parameter SystemSender=…`; on one machine set LEADFLOW_SYSTEM_SENDER and LEADFLOW_SMTP_HOST. See \
                 docs/OPERATIONS.md, \"Passwords\".",
            ),
        }
    }

    /// Checks the accounts of the workspace that installed this server, and of no other.
    async fn check_workspace(&self) -> (Option<Workspace>, Vec<PartCheck>) {
        let part = Part::new("data", CheckGroup::Storage, "Leads and counters");
        match self.within(self.installing_workspace()).await {
            Ok(Some(workspace)) => {
                let (mut checks, data) =
                    futures::join!(self.check_accounts(&workspace), self.check_data(&workspace, part));
                checks.extend(data);
                (Some(workspace), checks)
            }
            Ok(None) => {
                let fix = "Open the link that the deploy printed, and sign up. `cargo xtask setup-code` prints the code.";
                (None, vec![part.not_set_up("No user has signed up yet.", fix)])
            }
            Err(fault) => (None, vec![part.fault(fault, "Fix the table first.")]),
        }
    }

    async fn installing_workspace(&self) -> Looked<Option<Workspace>> {
        match self.users.first_workspace().await? {
            Some(id) => Ok(Some(self.workspaces.get(&id).await?)),
            None => Ok(None),
        }
    }

    async fn within<T>(&self, look: impl Future<Output = Looked<T>>) -> Looked<T> {
        tokio::time::timeout(self.look_takes, look).await.unwrap_or_else(|_| {
            Err(PartFault::NoAnswer(format!("nothing came within {} s", self.look_takes.as_secs())))
        })
    }
}
