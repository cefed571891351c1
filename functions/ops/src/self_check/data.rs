//! Checks the data as users see it: lists from the index, and figures from the counters that the projection
//! moves.

use super::finding::{Part, PartCheck};
use crate::App;
use application::PageRequest;
use application::ports::parts::Looked;
use domain::message::conversation::Folder;
use domain::workspace::Workspace;
use jiff::{SignedDuration, Timestamp};

/// Counters follow within seconds; after an import of many thousands within minutes.
const COUNTED_WITHIN: SignedDuration = SignedDuration::from_mins(15);

enum Figures {
    NoLeads,
    UpToDate,
    /// Events at this time are not in the counters.
    Behind(Timestamp),
}

impl App {
    pub(super) async fn check_data(&self, workspace: &Workspace, part: Part) -> PartCheck {
        match self.within(self.look_at_figures(workspace)).await {
            Err(fault) => part.fault(fault, "Fix the table first."),
            Ok(Figures::NoLeads) => {
                part.not_set_up("There are no leads yet.", "Import a file: it is two clicks from Today.")
            }
            Ok(Figures::Behind(since)) => part.broken(
                format!(
                    "The counters have not read what happened at {}: Today shows too little.",
                    since.strftime("%-d %b %H:%M UTC")
                ),
                "The stream's reader stands still. The log of project_events says why; `aws lambda list-event-source-mappings \
                 --function-name <project_events>` must say Enabled. It catches up automatically for 24 hours.",
            ),
            Ok(Figures::UpToDate) => part.fine("Leads are listed, and counted."),
        }
    }

    /// Compares the counters with the latest events that are known without reading all leads: new leads and
    /// replies.
    async fn look_at_figures(&self, workspace: &Workspace) -> Looked<Figures> {
        let id = &workspace.id;
        let newest = || PageRequest::first(1);
        let ((leads, _), open, done, counted) = futures::try_join!(
            self.leads.ids(id, None),
            self.conversations.list(id, Folder::Open, newest()),
            self.conversations.list(id, Folder::Done, newest()),
            self.stats.counted_at(id),
        )?;
        let answers = open.items.into_iter().chain(done.items).map(|conversation| conversation.last_at);
        let Some(happened) = leads.iter().map(|lead| lead.at()).chain(answers).max() else {
            return Ok(Figures::NoLeads);
        };
        let known = counted.is_some_and(|counted| counted.as_second() >= happened.as_second());
        let fresh = self.clock.now().duration_since(happened) <= COUNTED_WITHIN;
        Ok(if known || fresh { Figures::UpToDate } else { Figures::Behind(happened) })
    }
}
