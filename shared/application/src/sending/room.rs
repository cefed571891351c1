//! Room that no account gives: a recipient's domain has so many messages a day, and two messages to a person lie so far
//! apart. It is taken right before a claim, so that no two functions take the same; where nothing went out it is given back.

use super::SendPorts;
use super::step::Scene;
use crate::store::StoreResult;
use domain::caps::{day_begins, day_of};
use domain::enrolment::Enrolment;
use domain::planner::Decision;
use domain::sequence::Channel;
use domain::{LeadId, MessageId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// How long a domain's counter lasts.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);

pub(super) enum Taking {
    Taken(Room),
    NotBefore(Timestamp, &'static str),
}

/// What was taken.
#[derive(Default)]
pub(super) struct Room {
    person: Option<(String, MessageId)>,
    /// The domain's counter, and when it was raised.
    domain: Option<(String, Timestamp)>,
}

/// The counter of a domain's messages, which lasts a day.
pub fn domain_bucket(workspace: &WorkspaceId, domain: &str) -> String {
    format!("mails/{workspace}/{domain}")
}

/// The line of those who wait for a day on which the domain has room.
pub fn domain_line(workspace: &WorkspaceId, domain: &str) -> String {
    format!("line/{}", domain_bucket(workspace, domain))
}

fn person_key(workspace: &WorkspaceId, lead: &LeadId) -> String {
    format!("apart/{workspace}/{lead}")
}

/// A domain with a cap, and how many messages it may have.
fn capped_domain(scene: &Scene, channel: Channel) -> Option<(&str, u32)> {
    let most = scene.workspace.caps.domain_per_day.filter(|_| channel == Channel::Email)?;
    let email = scene.file.lead.email.as_ref()?;
    Some((email.domain(), most))
}

/// When to come again, where the domain is full for today. None of its room is taken.
pub(super) async fn full_until(
    ports: &SendPorts,
    scene: &Scene,
    enrolment: &Enrolment,
    channel: Channel,
) -> StoreResult<Option<Timestamp>> {
    let Some((domain, most)) = capped_domain(scene, channel) else { return Ok(None) };
    let bucket = domain_bucket(&scene.workspace.id, domain);
    let taken = ports.limits.taken(&bucket, DAY, ports.clock.now()).await?;
    Ok(if taken >= most { Some(place_in_line(ports, scene, enrolment, (domain, most)).await?) } else { None })
}

/// On a later day of its own, behind those who came before: else all of them would come back each midnight.
async fn place_in_line(
    ports: &SendPorts,
    scene: &Scene,
    enrolment: &Enrolment,
    (domain, most): (&str, u32),
) -> StoreResult<Timestamp> {
    let now = ports.clock.now();
    let tomorrow = day_begins(day_of(now) + 1);
    // On days without a window nobody is written to.
    let later = Enrolment { due: Some(tomorrow), ..enrolment.clone() };
    let from = match scene.decide(&later, now) {
        Decision::Wait { until } => until,
        _ => tomorrow,
    };
    let line = domain_line(&scene.workspace.id, domain);
    let begins = ports.limits.line_up(&line, most, DAY, from).await?;
    Ok(begins.max(from))
}

pub(super) async fn take(
    ports: &SendPorts,
    scene: &Scene,
    enrolment: &Enrolment,
    (channel, message): (Channel, &MessageId),
) -> StoreResult<Taking> {
    let now = ports.clock.now();
    let mut room = Room::default();
    if let Some((domain, most)) = capped_domain(scene, channel) {
        let bucket = domain_bucket(&scene.workspace.id, domain);
        match ports.limits.take(&bucket, most, DAY, now).await? {
            Ok(()) => room.domain = Some((bucket, now)),
            Err(_) => {
                let until = place_in_line(ports, scene, enrolment, (domain, most)).await?;
                return Ok(Taking::NotBefore(until, DOMAIN_FULL));
            }
        }
    }
    if let Some(apart) = scene.workspace.caps.apart() {
        let key = person_key(&scene.workspace.id, &scene.file.lead.id);
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

/// Why a step waits whose domain has had its messages of the day.
pub(super) const DOMAIN_FULL: &str = "domain_full";

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
        if let Some((bucket, taken_at)) = self.domain
            && let Err(error) = ports.limits.give_back(&bucket, DAY, taken_at).await
        {
            tracing::warn!(%error, "a domain's room was not given back");
        }
    }
}
