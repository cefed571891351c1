//! Tells a workspace's Slack channel of notifications. The stream brings each notification once it is written; those of a
//! batch that the workspace wants become one order, so that a burst is one text. Each notification is claimed before the
//! call, so that it is told once at most; a claim is given back only where Slack certainly took nothing.

use crate::identity::stage_keys::StageKeys;
use crate::ports::clock::Clock;
use crate::ports::data_providers::{WebhookCall, WebhookMethod, WebhookReply, WebhookRunner};
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::provider_calls::CallError;
use crate::ports::slack::SlackStore;
use crate::ports::store::{StoreResult, found, or_skip};
use crate::ports::users::UserStore;
use crate::queue_messages::{CampaignJob, NotificationKey};
use domain::event::{Event, EventKind};
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::slack_channel::{SlackChannel, SlackFault, SlackOff, SlackUrl};
use domain::workspace::user::Role;
use domain::{NotificationId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The wait after a rate limit that names none.
const OVER_THE_RATE: SignedDuration = SignedDuration::from_secs(30);

crate::ports! {
    #[derive(Clone)]
    pub struct SlackPorts {
        pub clock: Arc<dyn Clock>,
        pub keys: Arc<StageKeys>,
        pub public_url: Arc<str>,
        pub slack: Arc<dyn SlackStore>,
        pub notifications: Arc<dyn NotificationStore>,
        pub users: Arc<dyn UserStore>,
        pub webhook_runner: Arc<dyn WebhookRunner>,
    }
}

/// Seals the address for one workspace: sealed for another it cannot be opened.
pub fn seal_url(keys: &StageKeys, workspace: &WorkspaceId, url: &SlackUrl) -> String {
    keys.seal(&bound_to(workspace), url.secret())
}

fn open_url(keys: &StageKeys, channel: &SlackChannel) -> Option<SlackUrl> {
    SlackUrl::parse(&keys.open(&bound_to(&channel.workspace), &channel.sealed_url)?).ok()
}

fn bound_to(workspace: &WorkspaceId) -> String {
    format!("slack {workspace}")
}

/// Orders that new notifications are told where their workspace wants it.
pub(crate) async fn order_slack(
    slack: &dyn SlackStore,
    outbox: &dyn Outbox,
    new: Vec<Notification>,
) -> StoreResult<()> {
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<Notification>> = BTreeMap::new();
    for one in new {
        by_workspace.entry(one.workspace.clone()).or_default().push(one);
    }
    for (workspace, new) in by_workspace {
        let Some(channel) = or_skip(slack.channel(&workspace).await, &workspace)? else { continue };
        let told: Vec<NotificationKey> = new
            .into_iter()
            .filter(|one| channel.tells(one.kind))
            .map(|one| NotificationKey { user: one.user, id: one.id })
            .collect();
        if !told.is_empty() {
            send_all(outbox, &[CampaignJob::TellSlack { workspace, told }], 0).await?;
        }
    }
    Ok(())
}

/// What became of an order to tell the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlackTold {
    /// It is told, or there is nothing to tell.
    Done,
    /// Slack takes nothing before that time; the order comes again.
    Later(SignedDuration),
    /// Slack is not reached or out of order; the order comes again.
    Down,
}

/// Tells the channel of these notifications in one text.
pub async fn tell_slack(
    ports: &SlackPorts,
    workspace: &WorkspaceId,
    told: &[NotificationKey],
) -> StoreResult<SlackTold> {
    let Some(channel) = ports.slack.channel(workspace).await? else { return Ok(SlackTold::Done) };
    let Some(url) = open_url(&ports.keys, &channel) else {
        tracing::error!(workspace.id = %workspace, "the address of a Slack channel cannot be opened");
        return Ok(SlackTold::Done);
    };
    let mut claimed = Vec::new();
    let all = claim_wanted(ports, &channel, told, &mut claimed).await;
    let ids: Vec<NotificationId> = claimed.iter().map(|one| one.id.clone()).collect();
    if let Err(error) = all {
        ports.slack.release(workspace, &ids).await?;
        return Err(error);
    }
    if claimed.is_empty() {
        return Ok(SlackTold::Done);
    }
    let text = channel.text_of(&claimed, &ports.public_url);
    match post(&*ports.webhook_runner, &url, &text).await {
        Posted::Taken => Ok(SlackTold::Done),
        Posted::TooFast(after) => {
            ports.slack.release(workspace, &ids).await?;
            Ok(SlackTold::Later(after))
        }
        Posted::Down => {
            ports.slack.release(workspace, &ids).await?;
            Ok(SlackTold::Down)
        }
        Posted::Fault(fault) => {
            switch_off(ports, channel, fault, ports.clock.now()).await?;
            Ok(SlackTold::Done)
        }
        Posted::Refused(detail) => {
            tracing::error!(workspace.id = %workspace, detail, "Slack refused a text");
            Ok(SlackTold::Done)
        }
        Posted::Lost => {
            tracing::warn!(workspace.id = %workspace, "whether Slack took a text is not known: it is not told again");
            Ok(SlackTold::Done)
        }
    }
}

/// Claims those of these notifications that the channel is told of, one after another, and keeps what it has claimed also
/// where it fails.
async fn claim_wanted(
    ports: &SlackPorts,
    channel: &SlackChannel,
    told: &[NotificationKey],
    claimed: &mut Vec<Notification>,
) -> StoreResult<()> {
    let (workspace, now) = (&channel.workspace, ports.clock.now());
    for key in told {
        // It goes with its lead.
        let one = found(ports.notifications.get(workspace, key.user.as_ref(), &key.id).await)?;
        let Some(one) = one.filter(|one| channel.tells(one.kind)) else { continue };
        if ports.slack.claim(workspace, &one.id, now).await? {
            claimed.push(one);
        }
    }
    Ok(())
}

/// Slack's answer to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    Taken,
    TooFast(SignedDuration),
    /// Slack took nothing: it is not reached, or out of order.
    Down,
    /// The webhook works no more.
    Fault(SlackFault),
    /// The text is refused, with Slack's own word.
    Refused(String),
    /// It may have been taken.
    Lost,
}

impl Posted {
    /// What went wrong and what to do, as a user reads it; none where the text was taken.
    pub fn trouble(&self) -> Option<String> {
        match self {
            Self::Taken => None,
            Self::TooFast(_) => Some("Slack takes no more texts for now. Try again in a minute.".to_owned()),
            Self::Down => Some("Slack does not answer. Try again later.".to_owned()),
            Self::Fault(fault) => Some(fault.words().to_owned()),
            Self::Refused(word) => Some(format!("Slack refused the text: {word}")),
            Self::Lost => Some("Slack's answer was lost. Look into the channel.".to_owned()),
        }
    }
}

async fn post(runner: &dyn WebhookRunner, url: &SlackUrl, text: &str) -> Posted {
    let body = serde_json::json!({ "text": text, "unfurl_links": false, "unfurl_media": false }).to_string();
    let (method, url) = (WebhookMethod::Post, url.secret().to_owned());
    match runner.run(&WebhookCall { method, url, headers: Vec::new(), body: Some(body) }).await {
        Ok(reply) => posted(&reply),
        Err(CallError::RateLimited { after }) => Posted::TooFast(after.unwrap_or(OVER_THE_RATE)),
        Err(CallError::Unavailable(_)) => Posted::Down,
        Err(CallError::Lost(_)) => Posted::Lost,
        Err(CallError::Rejected(why) | CallError::Account(why)) => Posted::Refused(why),
    }
}

fn posted(reply: &WebhookReply) -> Posted {
    if let Some(fault) = SlackFault::of_status(reply.status) {
        return Posted::Fault(fault);
    }
    match reply.status {
        200 => Posted::Taken,
        429 => Posted::TooFast(reply.retry_after.unwrap_or(OVER_THE_RATE)),
        500.. => Posted::Down,
        other => {
            let word = reply.body.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(60);
            Posted::Refused(format!("{other} {}", word.collect::<String>()))
        }
    }
}

/// Sends a text that says that the channel is connected, and switches the channel on or off by the answer.
pub async fn send_slack_test(
    ports: &SlackPorts,
    mut channel: SlackChannel,
    event: &Event,
) -> StoreResult<Posted> {
    let Some(url) = open_url(&ports.keys, &channel) else {
        return Ok(Posted::Refused("the stored address cannot be read, enter it again".to_owned()));
    };
    let answer = post(&*ports.webhook_runner, &url, "leadflow is connected to this channel.").await;
    let off = match &answer {
        Posted::Taken => None,
        Posted::Fault(fault) => Some(SlackOff { at: event.at, fault: *fault }),
        _ => return Ok(answer),
    };
    if channel.off.as_ref().map(|off| off.fault) != off.as_ref().map(|off| off.fault) {
        channel.off = off;
        ports.slack.save(&channel, event).await?;
    }
    Ok(answer)
}

/// Switches the channel off and tells the admins why. They are told first: where the function is killed in between, the next
/// notification finds the same fault and tells them again.
async fn switch_off(
    ports: &SlackPorts,
    mut channel: SlackChannel,
    fault: SlackFault,
    now: Timestamp,
) -> StoreResult<()> {
    let event = Event::system(EventKind::SettingsChanged, now);
    let rev = channel.rev.to_string();
    for user in ports.users.list(&channel.workspace).await? {
        if user.disabled || user.role < Role::Admin {
            continue;
        }
        let notification = Notification {
            id: NotificationId::derived(now, &["slack off", &rev, user.id.as_str()]),
            workspace: channel.workspace.clone(),
            user: Some(user.id),
            kind: NotificationKind::Health,
            title: "Slack is switched off".to_owned(),
            detail: fault.words().to_owned(),
            lead: None,
            created_at: now,
            read_at: None,
        };
        ports.notifications.put(&notification, &event).await?;
    }
    channel.off = Some(SlackOff { at: now, fault });
    crate::ports::store::unless_taken(ports.slack.save(&channel, &event).await.map(drop))
}
