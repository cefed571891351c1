//! The digest: a mail on working days that tells a user what waits. It goes out by the installation's own sender only: a
//! workspace's mailbox has limits of its own, and its readers are not this user.

pub mod compose;
pub mod plan;
pub mod send;
pub mod stop;

use crate::identity::stage_keys::StageKeys;
use crate::ports::clock::Clock;
use crate::ports::conversations::ConversationStore;
use crate::ports::digests::DigestStore;
use crate::ports::ids::Ids;
use crate::ports::lead_access::LeadAccessStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::system_mail::SystemMail;
use crate::ports::tasks::TaskStore;
use crate::ports::users::UserStore;
use crate::ports::workspaces::WorkspaceStore;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct DigestPorts {
        pub clock: Arc<dyn Clock>,
        pub ids: Arc<dyn Ids>,
        pub keys: Arc<StageKeys>,
        pub public_url: Arc<str>,
        pub conversations: Arc<dyn ConversationStore>,
        pub digests: Arc<dyn DigestStore>,
        pub lead_access: Arc<dyn LeadAccessStore>,
        pub notifications: Arc<dyn NotificationStore>,
        pub system_mail: Arc<dyn SystemMail>,
        pub tasks: Arc<dyn TaskStore>,
        pub users: Arc<dyn UserStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}
