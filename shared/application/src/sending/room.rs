//! Room that no account gives: a recipient's domain and the whole workspace have so many messages a day, and two messages
//! to a person lie so far apart. It is taken right before a claim, so that no two functions take the same; where nothing went out it is
//! given back, once that is written.

use crate::ports::rate_limits::RateLimitStore;
use crate::ports::store::StoreResult;
use crate::sending::SendPorts;
use crate::sending::context::SendContext;
use domain::capacity::contact_caps::{day_begins, day_of};
use domain::contact::channel::Channel;
use domain::enrolment::Enrolment;
use domain::lead::Lead;
use domain::planning::check::Check;
use domain::planning::planner::Decision;
use domain::workspace::Workspace;
use domain::{LeadId, MessageId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// How long the counter of a domain or a workspace lasts.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);

pub(super) enum Taking {
    Taken(Room),
    NotBefore(Timestamp, &'static str),
}

/// What was taken.
#[derive(Default)]
pub(super) struct Room {
    person: Option<(String, MessageId)>,
    /// The counters, and when they were raised.
    counters: Vec<(String, Timestamp)>,
}

/// A counter that has a cap.
struct Capped {
    bucket: String,
    most: u32,
    /// Why a message waits that finds it full.
    full: &'static str,
}

/// The counter of a domain's messages.
pub fn domain_bucket(workspace: &WorkspaceId, domain: &str) -> String {
    format!("mails/{workspace}/{domain}")
}

/// The counter of all messages of a workspace's campaigns and to many.
pub fn workspace_bucket(workspace: &WorkspaceId) -> String {
    format!("messages/{workspace}")
}

/// The line of those who wait for a day on which the counter has room.
pub fn line_of(bucket: &str) -> String {
    format!("line/{bucket}")
}

/// Whether the workspace may send one message more today; none where it has no cap.
pub async fn workspace_room(
    limits: &dyn RateLimitStore,
    workspace: &Workspace,
    now: Timestamp,
) -> StoreResult<Option<Check>> {
    if workspace.caps.messages_per_day.is_none() {
        return Ok(None);
    }
    let taken = limits.taken(&workspace_bucket(&workspace.id), DAY, now).await?;
    Ok(workspace.caps.room(taken))
}

fn person_key(workspace: &WorkspaceId, lead: &LeadId) -> String {
    format!("apart/{workspace}/{lead}")
}

/// Whom a message of a campaign, or one of many, is for.
pub(super) struct Recipient<'a> {
    pub workspace: &'a Workspace,
    pub lead: &'a Lead,
    pub channel: Channel,
    /// When they may be written to, that moment or later.
    pub open_from: &'a (dyn Fn(Timestamp) -> Timestamp + Send + Sync),
}

impl Recipient<'_> {
    fn capped(&self) -> Vec<Capped> {
        let workspace = self.workspace;
        let caps = &workspace.caps;
        let whole = caps.messages_per_day.map(|most| Capped {
            bucket: workspace_bucket(&workspace.id),
            most,
            full: "workspace_full",
        });
        let email = self.lead.email.as_ref().filter(|_| self.channel == Channel::Email);
        let domain = caps.domain_per_day.zip(email).map(|(most, email)| Capped {
            bucket: domain_bucket(&workspace.id, email.domain()),
            most,
            full: "domain_full",
        });
        whole.into_iter().chain(domain).collect()
    }

    /// When to come again, and why, where something is full for today. None of its room is taken.
    pub async fn full_until(&self, ports: &SendPorts) -> StoreResult<Option<(Timestamp, &'static str)>> {
        for capped in self.capped() {
            let taken = ports.limits.taken(&capped.bucket, DAY, ports.clock.now()).await?;
            if taken >= capped.most {
                return Ok(Some((self.place_in_line(ports, &capped).await?, capped.full)));
            }
        }
        Ok(None)
    }

    /// On a later day of its own, behind those who came before: else all of them would come back each midnight.
    async fn place_in_line(&self, ports: &SendPorts, capped: &Capped) -> StoreResult<Timestamp> {
        // On days without a window nobody is written to.
        let from = (self.open_from)(day_begins(day_of(ports.clock.now()) + 1));
        let begins = ports.limits.line_up(&line_of(&capped.bucket), capped.most, DAY, from).await?;
        Ok(begins.max(from))
    }

    pub async fn take(&self, ports: &SendPorts, message: &MessageId) -> StoreResult<Taking> {
        let now = ports.clock.now();
        let mut room = Room::default();
        for capped in self.capped() {
            match ports.limits.take(&capped.bucket, capped.most, DAY, now).await? {
                Ok(()) => room.counters.push((capped.bucket, now)),
                Err(_) => {
                    room.give_back(ports).await;
                    return Ok(Taking::NotBefore(self.place_in_line(ports, &capped).await?, capped.full));
                }
            }
        }
        if let Some(apart) = self.workspace.caps.apart() {
            let key = person_key(&self.workspace.id, &self.lead.id);
            match ports.limits.keep_apart(&key, message.as_str(), apart, now).await? {
                Ok(()) => room.person = Some((key, message.clone())),
                Err(until) => {
                    room.give_back(ports).await;
                    return Ok(Taking::NotBefore(until, "too_soon"));
                }
            }
        }
        Ok(Taking::Taken(room))
    }
}

/// As the planner has it for the step that stands.
fn planned_from(
    scene: &SendContext,
    enrolment: &Enrolment,
    (now, from): (Timestamp, Timestamp),
) -> Timestamp {
    match scene.decide(&Enrolment { due: Some(from), ..enrolment.clone() }, now) {
        Decision::Wait { until } => until,
        _ => from,
    }
}

/// Of a step.
pub(super) async fn full_until(
    ports: &SendPorts,
    scene: &SendContext,
    enrolment: &Enrolment,
    channel: Channel,
) -> StoreResult<Option<(Timestamp, &'static str)>> {
    let now = ports.clock.now();
    let open_from = |from| planned_from(scene, enrolment, (now, from));
    let (workspace, lead) = (&scene.workspace, &scene.file.lead);
    Recipient { workspace, lead, channel, open_from: &open_from }.full_until(ports).await
}

/// For a step.
pub(super) async fn take(
    ports: &SendPorts,
    scene: &SendContext,
    enrolment: &Enrolment,
    (channel, message): (Channel, &MessageId),
) -> StoreResult<Taking> {
    let now = ports.clock.now();
    let open_from = |from| planned_from(scene, enrolment, (now, from));
    let (workspace, lead) = (&scene.workspace, &scene.file.lead);
    Recipient { workspace, lead, channel, open_from: &open_from }.take(ports, message).await
}

impl Room {
    /// Another attempt at the same message was first: the person's time is its as well.
    pub fn without_the_person(self) -> Self {
        Self { person: None, ..self }
    }

    /// As far as it can be: what is not given back is missed by others for a while, no more.
    pub async fn give_back(self, ports: &SendPorts) {
        if let Some((key, who)) = self.person
            && let Err(error) = ports.limits.let_go(&key, who.as_str()).await
        {
            tracing::warn!(%error, "the time between two messages was not given back");
        }
        for (bucket, taken_at) in self.counters {
            if let Err(error) = ports.limits.give_back(&bucket, DAY, taken_at).await {
                tracing::warn!(%error, "a day's room was not given back");
            }
        }
    }
}
