//! The link that stops a user's digest: signed, so that it works without a sign-in, and for this user's digest only.

use crate::identity::stage_keys::StageKeys;
use crate::ports::digests::DigestStore;
use crate::ports::store::StoreResult;
use domain::event::{Actor, Event, EventKind};
use domain::{UserId, WorkspaceId};
use jiff::Timestamp;

pub struct StopLink<'a> {
    pub keys: &'a StageKeys,
    pub public_url: &'a str,
    pub workspace: &'a WorkspaceId,
    pub user: &'a UserId,
}

impl StopLink<'_> {
    pub fn url(&self) -> String {
        let signature = self.keys.sign_link(&self.parts());
        format!("{}/d/{}/{}/{signature}", self.public_url, self.workspace, self.user)
    }

    pub fn is_signed(&self, signature: &str) -> bool {
        self.keys.link_is_signed(&self.parts(), signature)
    }

    fn parts(&self) -> [&str; 3] {
        ["stop digest", self.workspace.as_str(), self.user.as_str()]
    }
}

/// Stops a user's digest, as the user asked by the link of one. Asking again changes nothing.
pub async fn stop_digest(
    digests: &dyn DigestStore,
    (workspace, user): (&WorkspaceId, &UserId),
    at: Timestamp,
) -> StoreResult<()> {
    crate::retry!(async {
        let mut settings = digests.settings(workspace, user).await?;
        if settings.hour.take().is_none() {
            return Ok(());
        }
        let event = Event::new(EventKind::SettingsChanged, Actor::User(user.clone()), at);
        digests.save(&settings, &event).await.map(drop)
    })
}
