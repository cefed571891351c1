//! The ports that polling mailboxes needs.

use crate::identity::stage_keys::StageKeys;
use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::blobs::Blobs;
use crate::ports::clock::Clock;
use crate::ports::due::DueStore;
use crate::ports::ids::Ids;
use crate::ports::leads::LeadStore;
use crate::ports::mailbox_grants::MailboxGrants;
use crate::ports::mailbox_push::MailboxPush;
use crate::ports::mailbox_readings::MailboxReadingStore;
use crate::ports::mailboxes::MailboxReader;
use crate::ports::messages::MessageStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::Outbox;
use crate::ports::provider_events::WebhookReader;
use crate::workspace::account_grant::GrantPorts;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct PollPorts {
        pub clock: Arc<dyn Clock>,
        pub ids: Arc<dyn Ids>,
        pub vault: Arc<dyn Vault>,
        pub accounts: Arc<dyn AccountStore>,
        pub blobs: Arc<dyn Blobs>,
        pub due: Arc<dyn DueStore>,
        pub leads: Arc<dyn LeadStore> = crate::Ports::leads_with_deleted,
        pub mailbox_push: Arc<dyn MailboxPush>,
        pub mailbox_reader: Arc<dyn MailboxReader>,
        pub mailbox_readings: Arc<dyn MailboxReadingStore>,
        pub messages: Arc<dyn MessageStore>,
        pub notifications: Arc<dyn NotificationStore>,
        pub outbox: Arc<dyn Outbox>,
        pub grants: Arc<dyn MailboxGrants>,
        pub webhooks: Arc<dyn WebhookReader>,
        pub keys: Arc<StageKeys>,
        pub public_url: Arc<str>,
    }
}

impl<'a> From<&'a PollPorts> for GrantPorts<'a> {
    fn from(ports: &'a PollPorts) -> Self {
        Self {
            clock: &*ports.clock,
            ids: &*ports.ids,
            accounts: &*ports.accounts,
            vault: &*ports.vault,
            grants: &*ports.grants,
            notifications: &*ports.notifications,
        }
    }
}
