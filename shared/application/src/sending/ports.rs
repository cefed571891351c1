//! The ports of the send pipeline.

use crate::digest::DigestPorts;
use crate::identity::stage_keys::StageKeys;
use crate::lead::address_closed::ClosingPorts;
use crate::lead::suppressing::SuppressPorts;
use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::bulk_messages::BulkMessageStore;
use crate::ports::campaigns::CampaignStore;
use crate::ports::circuit_breakers::BreakerStore;
use crate::ports::clock::Clock;
use crate::ports::companies::CompanyStore;
use crate::ports::conversations::ConversationStore;
use crate::ports::due::DueStore;
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::ids::Ids;
use crate::ports::leads::LeadStore;
use crate::ports::logins::LoginStore;
use crate::ports::mail_drafts::DraftSender;
use crate::ports::mailbox_grants::MailboxGrants;
use crate::ports::mailbox_readings::MailboxReadingStore;
use crate::ports::mailboxes::MailboxReader;
use crate::ports::messages::MessageStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::Outbox;
use crate::ports::preview_pages::PreviewStore;
use crate::ports::provider_calls::{MailSender, SmsSender, WhatsappSender};
use crate::ports::quotas::QuotaStore;
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::sequences::SequenceStore;
use crate::ports::suppressions::SuppressionStore;
use crate::ports::system_mail::SystemMail;
use crate::ports::tasks::TaskStore;
use crate::ports::users::UserStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::workspace::account_grant::GrantPorts;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct SendPorts {
        pub clock: Arc<dyn Clock>,
        pub ids: Arc<dyn Ids>,
        pub keys: Arc<StageKeys>,
        pub public_url: Arc<str>,
        pub vault: Arc<dyn Vault>,
        pub breakers: Arc<dyn BreakerStore>,
        pub campaigns: Arc<dyn CampaignStore>,
        pub companies: Arc<dyn CompanyStore>,
        pub accounts: Arc<dyn AccountStore>,
        pub conversations: Arc<dyn ConversationStore>,
        pub digest: DigestPorts = DigestPorts::new,
        pub due: Arc<dyn DueStore>,
        pub enrolments: Arc<dyn EnrolmentStore>,
        /// Deleted leads too: what was sent to one before is still settled. Their enrolments have ended, and one-off
        /// messages to them are cancelled when they are due.
        pub leads: Arc<dyn LeadStore> = crate::Ports::leads_with_deleted,
        pub limits: Arc<dyn RateLimitStore>,
        pub mailbox_reader: Arc<dyn MailboxReader>,
        pub mailbox_readings: Arc<dyn MailboxReadingStore>,
        pub bulk_messages: Arc<dyn BulkMessageStore>,
        pub messages: Arc<dyn MessageStore>,
        pub notifications: Arc<dyn NotificationStore>,
        pub outbox: Arc<dyn Outbox>,
        pub quotas: Arc<dyn QuotaStore>,
        pub previews: Arc<dyn PreviewStore>,
        pub sequences: Arc<dyn SequenceStore>,
        pub suppressions: Arc<dyn SuppressionStore>,
        pub suppressing: SuppressPorts = SuppressPorts::new,
        pub tasks: Arc<dyn TaskStore>,
        pub users: Arc<dyn UserStore>,
        pub logins: Arc<dyn LoginStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
        pub mail: Arc<dyn MailSender>,
        pub drafts: Arc<dyn DraftSender>,
        pub grants: Arc<dyn MailboxGrants>,
        pub system_mail: Arc<dyn SystemMail>,
        pub sms: Arc<dyn SmsSender>,
        pub whatsapp: Arc<dyn WhatsappSender>,
    }
}

impl<'a> From<&'a SendPorts> for GrantPorts<'a> {
    fn from(ports: &'a SendPorts) -> Self {
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

impl<'a> From<&'a SendPorts> for ClosingPorts<'a> {
    fn from(ports: &'a SendPorts) -> Self {
        Self {
            due: &*ports.due,
            enrolments: &*ports.enrolments,
            leads: &*ports.leads,
            sequences: &*ports.sequences,
            suppressions: &*ports.suppressions,
        }
    }
}
