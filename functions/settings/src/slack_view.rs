//! The Slack channel, in requests and answers. Its address is never answered: it is a secret.

use application::identity::stage_keys::StageKeys;
use application::workspace::slack::seal_url;
use domain::WorkspaceId;
use domain::workspace::notification::NotificationKind;
use domain::workspace::slack_channel::{SlackChannel, SlackFault, SlackUrl};
use http_api::{ApiError, ApiResult, FieldErrors, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The kinds that a channel is told of unless an admin chooses others.
const USUAL_KINDS: [NotificationKind; 4] = [
    NotificationKind::HotLead,
    NotificationKind::Reply,
    NotificationKind::Meeting,
    NotificationKind::Payment,
];

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SlackView {
    /// The last four characters of the webhook's address; none where no channel is connected.
    pub ending: Option<String>,
    pub kinds: Vec<NotificationKind>,
    /// Whether the channel gets the second line of a notification, too, which may quote a message.
    pub with_details: bool,
    /// Why nothing is told any more.
    pub off: Option<SlackOffView>,
    pub rev: u64,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SlackOffView {
    pub at: Timestamp,
    pub fault: SlackFault,
    pub detail: String,
}

impl SlackView {
    pub fn of(channel: Option<&SlackChannel>) -> Self {
        let Some(channel) = channel else {
            let kinds = USUAL_KINDS.to_vec();
            return Self { ending: None, kinds, with_details: false, off: None, rev: 0 };
        };
        let off = channel.off.as_ref().map(|off| SlackOffView {
            at: off.at,
            fault: off.fault,
            detail: off.fault.words().to_owned(),
        });
        Self {
            ending: Some(channel.ending.clone()),
            kinds: channel.kinds.clone(),
            with_details: channel.with_details,
            off,
            rev: channel.rev,
        }
    }
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlackBody {
    /// The address of an incoming webhook, `https://hooks.slack.com/services/…`. The known one stays if left out; a new one
    /// also switches the channel on again.
    #[serde(default)]
    url: Option<String>,
    /// What the channel is told of, at least one kind.
    kinds: Vec<NotificationKind>,
    with_details: bool,
    #[serde(default)]
    pub rev: Option<u64>,
}

impl SlackBody {
    pub fn parse(
        self,
        keys: &StageKeys,
        workspace: &WorkspaceId,
        known: Option<SlackChannel>,
    ) -> ApiResult<SlackChannel> {
        let mut errors = FieldErrors::default();
        let given = self.url.map(|url| errors.take("url", SlackUrl::parse(&url)));
        let mut kinds: Vec<NotificationKind> = Vec::new();
        for kind in self.kinds {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        if kinds.is_empty() {
            errors.add("kinds", "names at least one kind");
        }
        if given.is_none() && known.is_none() {
            errors.add("url", "is required");
        }
        errors.finish()?;
        let missing = || ApiError::internal("a missing address is an error above");
        let (sealed_url, ending, off) = match (given.flatten(), &known) {
            (Some(url), _) => (seal_url(keys, workspace, &url), url.ending(), None),
            (None, Some(known)) => (known.sealed_url.clone(), known.ending.clone(), known.off.clone()),
            (None, None) => return Err(missing()),
        };
        let rev = known.map_or(0, |known| known.rev);
        let (workspace, with_details) = (workspace.clone(), self.with_details);
        Ok(SlackChannel { workspace, sealed_url, ending, kinds, with_details, off, rev })
    }
}
