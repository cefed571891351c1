//! The workspace's tracking domain: entered by an admin, looked at on request and every quarter of an hour, and used for
//! new mails only while it works.
//!
//! The installation recognises itself: it asks the domain a question that nobody can know before, and whoever answers with
//! the signature of that question has the stage's key, or passes requests on to us.

use crate::identity::stage_keys::StageKeys;
use crate::ports::clock::Clock;
use crate::ports::ids::Ids;
use crate::ports::notifications::NotificationStore;
use crate::ports::store::{StoreError, StoreResult};
use crate::ports::tracking_domains::{DomainLook, TrackingDomainProbe};
use crate::ports::workspaces::WorkspaceStore;
use domain::event::{Actor, Event, EventKind};
use domain::time::wall_clock::start_of_utc_day;
use domain::workspace::Workspace;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::tracking_domain::{DomainAnswer, DomainSeen, DomainState, TrackingDomain};
use domain::{NotificationId, WorkspaceId};
use jiff::Timestamp;
use std::sync::Arc;

/// The path at which an installation answers the question, without the question.
pub const MARK_PATH: &str = "/.well-known/leadflow";

/// The longest question that is answered.
pub const LONGEST_QUESTION: usize = 64;

/// How often a look is written that met another change of the workspace.
const WRITES: usize = 5;

crate::ports! {
    pub struct DomainPorts {
        pub clock: Arc<dyn Clock>,
        pub ids: Arc<dyn Ids>,
        pub keys: Arc<StageKeys>,
        pub notifications: Arc<dyn NotificationStore>,
        /// The host that the domain's CNAME record names.
        pub tracking_target: Arc<str>,
        pub tracking_domains: Arc<dyn TrackingDomainProbe>,
        pub public_url: Arc<str>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// Returns this installation's answer to a question: its signature.
pub fn answer(keys: &StageKeys, question: &str) -> String {
    keys.sign_link(&["tracking domain", question])
}

fn seen(keys: &StageKeys, question: &str, look: DomainLook) -> DomainSeen {
    let answer = match &look.page {
        Ok(page) if keys.link_is_signed(&["tracking domain", question], page.trim()) => {
            DomainAnswer::ThisInstallation
        }
        Ok(_) => DomainAnswer::OtherServer,
        Err(not_reached) if not_reached.bad_certificate => DomainAnswer::BadCertificate,
        Err(_) => DomainAnswer::NotReached,
    };
    DomainSeen { records: look.records, answer }
}

/// Looks at the workspace's domain and stores its state if that is another one. The domain becomes the workspace's when a look
/// shows that it works, and not when it is entered, so that nobody keeps another from a domain that is theirs. When a domain stops working, the team is
/// told, once a day at most. Returns the workspace as it is stored.
pub async fn check_tracking_domain(
    ports: &DomainPorts,
    id: &WorkspaceId,
    actor: Actor,
) -> StoreResult<Workspace> {
    let mut workspace = ports.workspaces.get(id).await?;
    let Some(looked_at) = workspace.tracking.domain.as_ref().map(|domain| domain.name.clone()) else {
        return Ok(workspace);
    };
    let question = ports.ids.next().to_string();
    let look = ports.tracking_domains.look_at_domain(&looked_at, &format!("{MARK_PATH}/{question}")).await;
    let seen = seen(&ports.keys, &question, look);
    for _ in 0..WRITES {
        let now = ports.clock.now();
        let Some(domain) = workspace.tracking.domain.as_mut().filter(|domain| domain.name == looked_at)
        else {
            return Ok(workspace);
        };
        let before = domain.clone();
        let worked = domain.works();
        if !domain.take_in(&seen, &ports.tracking_target, now) {
            return Ok(workspace);
        }
        if domain.works() {
            match claim(ports, &workspace, before, (&actor, now)).await {
                Err(StoreError::Conflict) => workspace = ports.workspaces.get(id).await?,
                claimed => return claimed,
            }
            continue;
        }
        // The notification comes first: after a write that breaks off, the next look finds nothing new to tell.
        if worked && !domain.works() {
            tell_team(ports, id, domain, now).await?;
        }
        let event = Event::new(EventKind::SettingsChanged, actor.clone(), now);
        match ports.workspaces.save(&workspace, &event).await {
            Ok(rev) => {
                workspace.rev = rev;
                return Ok(workspace);
            }
            // A user has changed other settings while the look was under way.
            Err(StoreError::Conflict) => workspace = ports.workspaces.get(id).await?,
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Conflict)
}

/// Stores that the domain works, which makes it this workspace's. Where it works for another one, that is stored.
async fn claim(
    ports: &DomainPorts,
    working: &Workspace,
    before: TrackingDomain,
    (actor, now): (&Actor, Timestamp),
) -> StoreResult<Workspace> {
    let event = Event::new(EventKind::SettingsChanged, actor.clone(), now);
    let domain = working.tracking.domain.clone();
    let claimed = ports.workspaces.set_tracking_domain(working.clone(), domain, &event).await?;
    if let Ok(workspace) = claimed {
        return Ok(workspace);
    }
    let mut workspace = working.clone();
    let mut domain = before;
    let is_new = domain.take_in_other_user(now);
    workspace.tracking.domain = Some(domain);
    if is_new {
        workspace.rev = ports.workspaces.save(&workspace, &event).await?;
    }
    Ok(workspace)
}

async fn tell_team(
    ports: &DomainPorts,
    workspace: &WorkspaceId,
    domain: &TrackingDomain,
    now: Timestamp,
) -> StoreResult<()> {
    let name = domain.name.as_str();
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    let notification = Notification {
        id: NotificationId::derived(
            start_of_utc_day(now),
            &[workspace.as_str(), "tracking-domain", name, &day],
        ),
        workspace: workspace.clone(),
        user: None,
        kind: NotificationKind::Health,
        title: format!("Tracking domain {name} no longer works"),
        detail: format!(
            "{} New mails use {} again. Links in mails that went out with {name} lead nowhere until it works: see Settings, Tracking.",
            why(domain),
            ports.public_url
        ),
        lead: None,
        created_at: now,
        read_at: None,
    };
    ports.notifications.put(&notification, &Event::system(EventKind::HealthNoted, now)).await
}

fn why(domain: &TrackingDomain) -> String {
    match domain.state {
        DomainState::WaitingForDns => "Its DNS record is gone.".to_owned(),
        DomainState::WrongTarget => format!("Its DNS record leads to {}.", domain.found.join(", ")),
        DomainState::BadCertificate => "Its certificate is refused.".to_owned(),
        DomainState::OtherServer => "Something other than leadflow answers there.".to_owned(),
        DomainState::NotReached => "It does not answer over HTTPS.".to_owned(),
        DomainState::Works | DomainState::UsedElsewhere => String::new(),
    }
}
