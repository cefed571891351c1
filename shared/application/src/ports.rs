//! Everything a function may be given. A composition root fills it; a function's `App::new` takes what it uses.

use crate::blobs::Blobs;
use crate::campaigns::CampaignStore;
use crate::clock::Clock;
use crate::connections::{ConnectionStore, Vault};
use crate::conversations::ConversationStore;
use crate::due::DueStore;
use crate::enrolments::EnrolmentStore;
use crate::ids::Ids;
use crate::imports::ImportStore;
use crate::leads::LeadStore;
use crate::limits::LimitStore;
use crate::messages::MessageStore;
use crate::notifications::NotificationStore;
use crate::outbox::{EventBus, Outbox, Redelivery};
use crate::preview_pages::PreviewStore;
use crate::projection::ChangeReader;
use crate::provider_calls::{EmailVerifier, MailSender, PlaceLookup, SmsSender, TextModel};
use crate::provider_events::WebhookReader;
use crate::queues::QueueInspector;
use crate::revenue::RevenueStore;
use crate::sequences::SequenceStore;
use crate::stage_keys::StageKeys;
use crate::stats::StatsStore;
use crate::suppressions::SuppressionStore;
use crate::tasks::TaskStore;
use crate::templates::TemplateStore;
use crate::users::UserStore;
use crate::workspaces::WorkspaceStore;
use std::sync::Arc;

#[derive(Clone)]
pub struct Ports {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub keys: Arc<StageKeys>,
    /// `https://…` without a trailing slash: what links and webhook signatures are made with.
    pub public_url: Arc<str>,
    /// `prod`, `dev`, `local`.
    pub stage: Arc<str>,

    pub blobs: Arc<dyn Blobs>,
    pub outbox: Arc<dyn Outbox>,
    pub redelivery: Arc<dyn Redelivery>,
    pub bus: Arc<dyn EventBus>,
    pub queues: Arc<dyn QueueInspector>,
    pub vault: Arc<dyn Vault>,

    pub campaigns: Arc<dyn CampaignStore>,
    /// What the table's stream says.
    pub changes: Arc<dyn ChangeReader>,
    pub connections: Arc<dyn ConnectionStore>,
    pub conversations: Arc<dyn ConversationStore>,
    pub due: Arc<dyn DueStore>,
    pub enrolments: Arc<dyn EnrolmentStore>,
    pub imports: Arc<dyn ImportStore>,
    pub leads: Arc<dyn LeadStore>,
    pub limits: Arc<dyn LimitStore>,
    pub messages: Arc<dyn MessageStore>,
    pub notifications: Arc<dyn NotificationStore>,
    pub previews: Arc<dyn PreviewStore>,
    pub revenue: Arc<dyn RevenueStore>,
    pub sequences: Arc<dyn SequenceStore>,
    pub stats: Arc<dyn StatsStore>,
    pub suppressions: Arc<dyn SuppressionStore>,
    pub tasks: Arc<dyn TaskStore>,
    pub templates: Arc<dyn TemplateStore>,
    pub users: Arc<dyn UserStore>,
    pub workspaces: Arc<dyn WorkspaceStore>,

    pub mail: Arc<dyn MailSender>,
    pub sms: Arc<dyn SmsSender>,
    pub places: Arc<dyn PlaceLookup>,
    pub verifier: Arc<dyn EmailVerifier>,
    pub model: Arc<dyn TextModel>,
    pub webhooks: Arc<dyn WebhookReader>,
}
