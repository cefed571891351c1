//! Tells open pages what has changed. A page whose session is over is told nothing: its connection is closed instead.
//! Each connection gets at most one text a second: what changes within the second waits in the stream, and is told at its
//! end with the next batch. A batch with notifications does not wait, because they are of use while they are new. Nothing here fails the batch, because a page that is told nothing polls.

use super::connect::{SessionPorts, is_signed_in};
use crate::ports::clock::Clock;
use crate::ports::push::{PushSender, PushStore};
use crate::ports::store::{StoreError, StoreResult};
use domain::workspace::push::{LONGEST_CONNECTION, MOST_CONNECTIONS, PushConnection, PushSession, PushTopic};
use domain::{UserId, WorkspaceId};
use futures::future::join_all;
use futures::{FutureExt, StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The least time between two texts to one connection.
const BETWEEN: SignedDuration = SignedDuration::from_secs(1);
/// The longest that a batch of the stream waits for its pages.
const LONGEST: Duration = Duration::from_secs(5);
/// The longest that a connection takes to be established once it is stored.
const ESTABLISHING: SignedDuration = SignedDuration::from_secs(30);
/// The most sessions of a workspace whose pages are told at the same time.
const AT_ONCE: usize = 64;
/// The most workspaces whose last text is remembered.
const MOST_REMEMBERED: usize = 10_000;

/// The topics of a batch, by workspace.
pub type News = BTreeMap<WorkspaceId, BTreeSet<PushTopic>>;

crate::ports! {
    pub struct TellPorts {
        push: Arc<dyn PushStore>,
        pages: Arc<dyn PushSender>,
        clock: Arc<dyn Clock>,
        sessions: SessionPorts = SessionPorts::new,
        told: Told = Told::new,
    }
}

/// When each workspace's pages were told something last.
pub struct Told(Mutex<HashMap<WorkspaceId, Timestamp>>);

impl Told {
    fn new(_: &impl crate::Ports) -> Self {
        Self(Mutex::default())
    }

    /// Returns how long the workspace's pages must still be left alone.
    fn wait(&self, workspace: &WorkspaceId, now: Timestamp) -> Duration {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(workspace).copied();
        let wait = told.map_or(SignedDuration::ZERO, |told| BETWEEN - now.duration_since(told));
        Duration::try_from(wait.min(BETWEEN)).unwrap_or_default()
    }

    fn set(&self, workspace: &WorkspaceId, now: Timestamp) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MOST_REMEMBERED {
            told.clear();
        }
        told.insert(workspace.clone(), now);
    }
}

/// Tells all open pages of these workspaces what has changed there.
pub async fn tell_pages(ports: &TellPorts, news: &News) {
    let all = join_all(news.iter().map(|(workspace, topics)| tell_workspace(ports, workspace, topics)));
    match tokio::time::timeout(LONGEST, all).await {
        Ok(told) => told.into_iter().filter_map(Result::err).for_each(|error| {
            tracing::warn!(error = error.in_full(), "open pages are not told of changes");
        }),
        Err(_) => tracing::warn!("open pages are not told of changes in time"),
    }
}

async fn tell_workspace(
    ports: &TellPorts,
    workspace: &WorkspaceId,
    topics: &BTreeSet<PushTopic>,
) -> StoreResult<()> {
    let now = ports.clock.now();
    let mut connections = ports.push.connections(workspace).await?;
    connections.retain(|connection| now.duration_since(connection.opened_at) < LONGEST_CONNECTION);
    if connections.is_empty() {
        return Ok(());
    }
    if !topics.contains(&PushTopic::Notifications) {
        tokio::time::sleep(ports.told.wait(workspace, now)).await;
    }
    ports.told.set(workspace, ports.clock.now());
    let text = json!({ "topics": topics }).to_string();
    let (connections, too_many) = newest_of_each_user(connections);
    let (mut gone, mut failed) = (Vec::new(), None);
    let mut sessions: BTreeMap<PushSession, Vec<PushConnection>> = BTreeMap::new();
    for connection in connections {
        sessions.entry(connection.of.clone()).or_default().push(connection);
    }
    let mut telling = Vec::with_capacity(sessions.len());
    for (of, pages) in sessions {
        telling.push(tell_session(ports, (workspace, of), pages, &text).boxed());
    }
    let outcomes: Vec<_> = stream::iter(telling).buffer_unordered(AT_ONCE).collect().await;
    for (over, error) in outcomes {
        gone.extend(over);
        failed = failed.or(error);
    }
    let dismissals = too_many.into_iter().map(async |page| (dismiss(ports, &page).await, page));
    let dismissed: Vec<_> = stream::iter(dismissals).buffer_unordered(AT_ONCE).collect().await;
    for (outcome, page) in dismissed {
        match outcome {
            Ok(()) => gone.push(page),
            Err(error) => failed = Some(error),
        }
    }
    ports.push.forget_connections(&gone).await?;
    failed.map_or(Ok(()), Err)
}

/// Parts the connections that are told from each user's oldest, which are too many.
fn newest_of_each_user(mut connections: Vec<PushConnection>) -> (Vec<PushConnection>, Vec<PushConnection>) {
    connections.sort_by_key(|connection| Reverse(connection.opened_at));
    let mut counts: HashMap<UserId, usize> = HashMap::new();
    connections.into_iter().partition(|connection| {
        let count = counts.entry(connection.of.user.clone()).or_default();
        *count += 1;
        *count <= MOST_CONNECTIONS
    })
}

/// Closes a connection that is one too many. Its page is told so before: it would otherwise connect anew at once and push
/// out the next.
async fn dismiss(ports: &TellPorts, page: &PushConnection) -> StoreResult<()> {
    match ports.pages.send(&page.id, r#"{"topics":[],"closing":"too_many"}"#).await {
        Ok(()) | Err(StoreError::NotFound) => ports.pages.close(&page.id).await,
        Err(other) => Err(other),
    }
}

/// Tells a session's pages, after one look at the session. Returns the connections that are over, and what failed.
async fn tell_session(
    ports: &TellPorts,
    (workspace, of): (&WorkspaceId, PushSession),
    pages: Vec<PushConnection>,
    text: &str,
) -> (Vec<PushConnection>, Option<StoreError>) {
    let text = match is_signed_in(&ports.sessions, workspace, &of, ports.clock.now()).await {
        Ok(is_open) => is_open.then_some(text),
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut gone = Vec::new();
    let mut failed = None;
    for page in pages {
        match tell(ports, &page, text).await {
            Ok(true) => {}
            Ok(false) => gone.push(page),
            Err(error) => failed = Some(error),
        }
    }
    (gone, failed)
}

/// Sends the text to one connection, or closes it where there is none because its session is over. False where the
/// connection is over.
async fn tell(ports: &TellPorts, page: &PushConnection, text: Option<&str>) -> StoreResult<bool> {
    let Some(text) = text else {
        ports.pages.close(&page.id).await?;
        return Ok(false);
    };
    match ports.pages.send(&page.id, text).await {
        Ok(()) => Ok(true),
        // API Gateway answers so, too, while a connection is being established.
        Err(StoreError::NotFound) => Ok(ports.clock.now().duration_since(page.opened_at) < ESTABLISHING),
        Err(other) => Err(other),
    }
}
