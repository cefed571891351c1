//! Checks the data as users see it: whether the stream's two readers, which count and which record for lead lists and the
//! log, have come to what happened.

use super::CheckGroup;
use super::finding::{Part, PartCheck};
use crate::App;
use application::PageRequest;
use application::ports::parts::Looked;
use domain::message::conversation::Folder;
use domain::workspace::Workspace;
use jiff::{SignedDuration, Timestamp};

/// Counters follow within seconds; after an import of many thousands within minutes.
const COUNTED_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// The lead list and the log follow within two seconds; after an import of many thousands within minutes.
const RECORDED_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// What is known of a workspace's latest events, and how far the two readers of the stream are.
#[derive(Clone, Copy)]
struct Followed {
    /// The latest event that is known without reading all leads; none if there are no leads.
    happened: Option<Timestamp>,
    counted: Option<Timestamp>,
    recorded: Option<Timestamp>,
    /// Whether it is known how far the recorder is.
    is_told: bool,
}

impl Followed {
    /// Returns the latest event if a reader that has come to `read` should know it by `now`, and does not.
    fn missed_by(
        &self,
        read: Option<Timestamp>,
        within: SignedDuration,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let known = |happened: &Timestamp| read.is_some_and(|read| read.as_second() >= happened.as_second());
        self.happened.filter(|happened| !known(happened) && now.duration_since(*happened) > within)
    }
}

impl App {
    pub(super) async fn check_data(&self, workspace: &Workspace, data: Part) -> Vec<PartCheck> {
        let lists = Part::new("lead_list", CheckGroup::Storage, "Lead list and log");
        let followed = match self.within(self.look_at_readers(workspace)).await {
            Err(fault) => {
                return [data, lists].map(|part| part.fault(fault.clone(), "Fix the table first.")).into();
            }
            Ok(followed) => followed,
        };
        if followed.happened.is_none() {
            let fix = "Import a file: it is two clicks from Today.";
            return [data, lists].map(|part| part.not_set_up("There are no leads yet.", fix)).into();
        }
        let now = self.clock.now();
        let told = |at: Timestamp| at.strftime("%-d %b %H:%M UTC").to_string();
        let fix = |reader: &str| {
            format!(
                "The stream's reader stands still. The log of {reader} says why; `aws lambda list-event-source-mappings \
                 --function-name <{reader}>` must say Enabled. It catches up automatically for 24 hours."
            )
        };
        let data = match followed.missed_by(followed.counted, COUNTED_WITHIN, now) {
            None => data.fine("Leads are listed, and counted."),
            Some(since) => data.broken(
                format!(
                    "The counters have not read what happened at {}: Today shows too little.",
                    told(since)
                ),
                fix("project_events"),
            ),
        };
        let lists = match (followed.missed_by(followed.recorded, RECORDED_WITHIN, now), followed.recorded) {
            _ if !followed.is_told => {
                lists.fine("Changes up to the last upgrade are in lead lists and the log.")
            }
            (None, _) => lists.fine("Changes reach lead lists and the log."),
            (Some(_), Some(recorded)) => lists.broken(
                format!(
                    "Lead lists and the log are as of {}: what happened since is not in them.",
                    told(recorded)
                ),
                fix("record_changes"),
            ),
            (Some(_), None) => {
                lists.broken("No change has been recorded yet: the log is empty.", fix("record_changes"))
            }
        };
        vec![data, lists]
    }

    /// Reads the latest events that are known without reading all leads, new leads and replies, and how far the stream's
    /// readers are.
    async fn look_at_readers(&self, workspace: &Workspace) -> Looked<Followed> {
        let id = &workspace.id;
        let newest = || PageRequest::first(1);
        let ((leads, _), open, done, counted, tail) = futures::try_join!(
            self.leads.ids(id, None),
            self.conversations.list(id, Folder::Open, newest()),
            self.conversations.list(id, Folder::Done, newest()),
            self.stats.counted_at(id),
            self.change_log.tail(id),
        )?;
        let answers = open.items.into_iter().chain(done.items).map(|conversation| conversation.last_at);
        Ok(Followed {
            happened: leads.iter().map(|lead| lead.at()).chain(answers).max(),
            counted,
            // What was folded may be deleted.
            recorded: tail
                .changes
                .iter()
                .map(|change| change.at)
                .max()
                .max(tail.head.as_ref().and_then(|head| head.folded_at)),
            // A head that an earlier version wrote does not say when; what it took in has expired since.
            is_told: !tail.changes.is_empty()
                || tail.head.as_ref().is_none_or(|head| head.folded_at.is_some()),
        })
    }
}
