//! The ports: everything a function may be given. A composition root implements `Ports`; a function's `App::new`
//! takes what it uses, and only that becomes part of its binary.

pub mod access_log;
pub mod accounts;
pub mod api_keys;
pub mod auto_enrol;
pub mod blobs;
pub mod bulk_messages;
pub mod calls;
pub mod campaigns;
pub mod change_log;
pub mod changes;
pub mod circuit_breakers;
pub mod clock;
pub mod columns;
pub mod commissions;
pub mod companies;
pub mod conversations;
pub mod custom_fields;
pub mod data_providers;
pub mod deals;
pub mod declarations;
pub mod digests;
pub mod due;
pub mod duplicates;
pub mod enrolments;
pub mod icps;
pub mod ids;
pub mod imports;
pub mod inbound_records;
pub mod lead_access;
pub mod lead_merges;
pub mod lead_views;
pub mod leads;
pub mod logins;
pub mod mail_drafts;
pub mod mailbox_finder;
pub mod mailbox_grants;
pub mod mailbox_push;
pub mod mailbox_readings;
pub mod mailboxes;
pub mod messages;
pub mod notifications;
pub mod outbox;
pub mod parts;
pub mod preview_pages;
pub mod prompts;
pub mod prospects;
pub mod provider_calls;
pub mod provider_events;
pub mod push;
pub mod queues;
pub mod quotas;
pub mod rate_limits;
pub mod revenue;
pub mod routing;
pub mod schedules;
pub mod segments;
pub mod sequences;
pub mod sign_in_providers;
pub mod sign_up_rule;
pub mod slack;
pub mod spend;
pub mod stages;
pub mod stats;
pub mod store;
pub mod suppressions;
pub mod system_mail;
pub mod targets;
pub mod tasks;
pub mod templates;
pub mod tracking_domains;
pub mod trigger_rules;
pub mod users;
pub mod web_push;
pub mod workspaces;

use crate::identity::stage_keys::StageKeys;
use crate::lead::list::LeadCache;
use crate::ports::access_log::AccessLogStore;
use crate::ports::accounts::{AccountStore, Vault};
use crate::ports::api_keys::ApiKeyStore;
use crate::ports::auto_enrol::AutoEnrolStore;
use crate::ports::blobs::Blobs;
use crate::ports::bulk_messages::BulkMessageStore;
use crate::ports::calls::{CallPlacer, CallStore};
use crate::ports::campaigns::CampaignStore;
use crate::ports::change_log::ChangeLogStore;
use crate::ports::changes::ChangeReader;
use crate::ports::circuit_breakers::BreakerStore;
use crate::ports::clock::Clock;
use crate::ports::columns::{CellStore, ColumnRunStore, ColumnStore};
use crate::ports::commissions::CommissionStore;
use crate::ports::companies::CompanyStore;
use crate::ports::conversations::ConversationStore;
use crate::ports::custom_fields::CustomFieldStore;
use crate::ports::data_providers::{ActorRunner, DataLookup, ProspectSearch, SiteCrawler, WebhookRunner};
use crate::ports::deals::DealStore;
use crate::ports::declarations::Declarations;
use crate::ports::digests::DigestStore;
use crate::ports::due::DueStore;
use crate::ports::duplicates::DismissedDuplicateStore;
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::icps::IcpStore;
use crate::ports::ids::Ids;
use crate::ports::imports::ImportStore;
use crate::ports::inbound_records::InboundRecordStore;
use crate::ports::lead_access::LeadAccessStore;
use crate::ports::lead_merges::LeadMergeStore;
use crate::ports::lead_views::LeadViewStore;
use crate::ports::leads::LeadStore;
use crate::ports::logins::LoginStore;
use crate::ports::mail_drafts::DraftSender;
use crate::ports::mailbox_finder::MailboxFinder;
use crate::ports::mailbox_grants::MailboxGrants;
use crate::ports::mailbox_push::MailboxPush;
use crate::ports::mailbox_readings::MailboxReadingStore;
use crate::ports::mailboxes::MailboxReader;
use crate::ports::messages::MessageStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::{EventBus, Outbox, Redelivery};
use crate::ports::parts::PartInspector;
use crate::ports::preview_pages::PreviewStore;
use crate::ports::prompts::PromptStore;
use crate::ports::prospects::ProspectStore;
use crate::ports::provider_calls::{
    AccountTrial, EmailVerifier, MailSender, PlaceLookup, SmsSender, TextModel, WhatsappSender,
};
use crate::ports::provider_events::WebhookReader;
use crate::ports::push::{PushSender, PushStore};
use crate::ports::queues::QueueInspector;
use crate::ports::quotas::QuotaStore;
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::revenue::RevenueStore;
use crate::ports::routing::RoutingStore;
use crate::ports::schedules::ScheduleStore;
use crate::ports::segments::SegmentStore;
use crate::ports::sequences::SequenceStore;
use crate::ports::sign_in_providers::SignInProviders;
use crate::ports::sign_up_rule::SignUpRule;
use crate::ports::slack::SlackStore;
use crate::ports::spend::SpendStore;
use crate::ports::stages::StageStore;
use crate::ports::stats::StatsStore;
use crate::ports::suppressions::SuppressionStore;
use crate::ports::system_mail::SystemMail;
use crate::ports::targets::TargetStore;
use crate::ports::tasks::TaskStore;
use crate::ports::templates::TemplateStore;
use crate::ports::tracking_domains::TrackingDomainProbe;
use crate::ports::trigger_rules::RuleStore;
use crate::ports::users::UserStore;
use crate::ports::web_push::{NotificationChoiceStore, PushDeviceStore, PushService};
use crate::ports::workspaces::WorkspaceStore;
use std::sync::Arc;

pub trait Ports {
    fn clock(&self) -> Arc<dyn Clock>;
    fn ids(&self) -> Arc<dyn Ids>;
    fn keys(&self) -> Arc<StageKeys>;
    /// The installation's public address, `https://…` without a trailing slash. Links and webhook signatures are made
    /// with it.
    fn public_url(&self) -> Arc<str>;
    /// The host that a tracking domain's CNAME record names.
    fn tracking_target(&self) -> Arc<str>;
    /// The stage: `prod`, `dev` or `local`.
    fn stage(&self) -> Arc<str>;
    fn sign_up_rule(&self) -> SignUpRule;

    fn blobs(&self) -> Arc<dyn Blobs>;
    fn outbox(&self) -> Arc<dyn Outbox>;
    fn redelivery(&self) -> Arc<dyn Redelivery>;
    fn bus(&self) -> Arc<dyn EventBus>;
    fn queues(&self) -> Arc<dyn QueueInspector>;
    fn parts(&self) -> Arc<dyn PartInspector>;
    fn vault(&self) -> Arc<dyn Vault>;

    fn api_keys(&self) -> Arc<dyn ApiKeyStore>;
    fn lead_access(&self) -> Arc<dyn LeadAccessStore>;
    fn rules(&self) -> Arc<dyn RuleStore>;
    fn breakers(&self) -> Arc<dyn BreakerStore>;
    fn quotas(&self) -> Arc<dyn QuotaStore>;
    fn calls(&self) -> Arc<dyn CallStore>;
    fn campaigns(&self) -> Arc<dyn CampaignStore>;
    fn change_log(&self) -> Arc<dyn ChangeLogStore>;
    /// Reads the changes out of the table's stream.
    fn changes(&self) -> Arc<dyn ChangeReader>;
    fn cells(&self) -> Arc<dyn CellStore>;
    fn column_runs(&self) -> Arc<dyn ColumnRunStore>;
    fn columns(&self) -> Arc<dyn ColumnStore>;
    fn companies(&self) -> Arc<dyn CompanyStore>;
    fn custom_fields(&self) -> Arc<dyn CustomFieldStore>;
    fn accounts(&self) -> Arc<dyn AccountStore>;
    fn conversations(&self) -> Arc<dyn ConversationStore>;
    fn digests(&self) -> Arc<dyn DigestStore>;
    fn dismissed_duplicates(&self) -> Arc<dyn DismissedDuplicateStore>;
    fn due(&self) -> Arc<dyn DueStore>;
    fn enrolments(&self) -> Arc<dyn EnrolmentStore>;
    fn imports(&self) -> Arc<dyn ImportStore>;
    fn inbound_records(&self) -> Arc<dyn InboundRecordStore>;
    fn auto_enrols(&self) -> Arc<dyn AutoEnrolStore>;
    fn lead_merges(&self) -> Arc<dyn LeadMergeStore>;
    fn lead_views(&self) -> Arc<dyn LeadViewStore>;
    fn leads(&self) -> Arc<dyn LeadStore>;
    /// The same leads, and those that are deleted and can still be restored: for what must reach a lead whether or
    /// not users see it.
    fn leads_with_deleted(&self) -> Arc<dyn LeadStore>;
    /// The lead lists that this process holds in memory.
    fn lead_cache(&self) -> Arc<LeadCache>;
    fn limits(&self) -> Arc<dyn RateLimitStore>;
    fn logins(&self) -> Arc<dyn LoginStore>;
    fn bulk_messages(&self) -> Arc<dyn BulkMessageStore>;
    fn mailbox_readings(&self) -> Arc<dyn MailboxReadingStore>;
    fn messages(&self) -> Arc<dyn MessageStore>;
    fn access_log(&self) -> Arc<dyn AccessLogStore>;
    fn notifications(&self) -> Arc<dyn NotificationStore>;
    fn notification_choices(&self) -> Arc<dyn NotificationChoiceStore>;
    fn push_devices(&self) -> Arc<dyn PushDeviceStore>;
    fn previews(&self) -> Arc<dyn PreviewStore>;
    fn revenue(&self) -> Arc<dyn RevenueStore>;
    fn commissions(&self) -> Arc<dyn CommissionStore>;
    fn deals(&self) -> Arc<dyn DealStore>;
    fn push(&self) -> Arc<dyn PushStore>;
    fn routing(&self) -> Arc<dyn RoutingStore>;
    fn stages(&self) -> Arc<dyn StageStore>;
    fn schedules(&self) -> Arc<dyn ScheduleStore>;
    fn icps(&self) -> Arc<dyn IcpStore>;
    fn prompts(&self) -> Arc<dyn PromptStore>;
    fn prospects(&self) -> Arc<dyn ProspectStore>;
    fn segments(&self) -> Arc<dyn SegmentStore>;
    fn sequences(&self) -> Arc<dyn SequenceStore>;
    fn slack(&self) -> Arc<dyn SlackStore>;
    fn spend(&self) -> Arc<dyn SpendStore>;
    fn stats(&self) -> Arc<dyn StatsStore>;
    fn suppressions(&self) -> Arc<dyn SuppressionStore>;
    fn targets(&self) -> Arc<dyn TargetStore>;
    fn tasks(&self) -> Arc<dyn TaskStore>;
    fn templates(&self) -> Arc<dyn TemplateStore>;
    fn users(&self) -> Arc<dyn UserStore>;
    fn workspaces(&self) -> Arc<dyn WorkspaceStore>;

    fn trial(&self) -> Arc<dyn AccountTrial>;
    fn mail(&self) -> Arc<dyn MailSender>;
    fn drafts(&self) -> Arc<dyn DraftSender>;
    fn grants(&self) -> Arc<dyn MailboxGrants>;
    fn mailbox_finder(&self) -> Arc<dyn MailboxFinder>;
    fn tracking_domains(&self) -> Arc<dyn TrackingDomainProbe>;
    fn mailbox_push(&self) -> Arc<dyn MailboxPush>;
    fn mailbox_reader(&self) -> Arc<dyn MailboxReader>;
    fn sign_in_providers(&self) -> Arc<dyn SignInProviders>;
    /// Reaches the pages that are open.
    fn pages(&self) -> Arc<dyn PushSender>;
    fn system_mail(&self) -> Arc<dyn SystemMail>;
    fn sms(&self) -> Arc<dyn SmsSender>;
    fn call_placer(&self) -> Arc<dyn CallPlacer>;
    fn whatsapp(&self) -> Arc<dyn WhatsappSender>;
    fn places(&self) -> Arc<dyn PlaceLookup>;
    fn verifier(&self) -> Arc<dyn EmailVerifier>;
    fn model(&self) -> Arc<dyn TextModel>;
    fn data_lookup(&self) -> Arc<dyn DataLookup>;
    fn prospect_search(&self) -> Arc<dyn ProspectSearch>;
    fn site_crawler(&self) -> Arc<dyn SiteCrawler>;
    fn webhook_runner(&self) -> Arc<dyn WebhookRunner>;
    /// Reaches the push services of browsers.
    fn push_service(&self) -> Arc<dyn PushService>;
    fn actor_runner(&self) -> Arc<dyn ActorRunner>;
    fn webhooks(&self) -> Arc<dyn WebhookReader>;
    fn declarations(&self) -> Arc<dyn Declarations>;
}

/// Declares a struct of ports with its `new`: a field takes the port of its name, or what the function behind `=` makes of the
/// ports.
///
/// ```text
/// application::ports! {
///     pub struct App {
///         leads: Arc<dyn LeadStore>,
///         writing: WritePorts = WritePorts::new,
///     }
/// }
/// ```
#[macro_export]
macro_rules! ports {
    (@value $ports:ident $field:ident) => { $ports.$field() };
    (@value $ports:ident $field:ident $made:path) => { $made($ports) };
    ($(#[$about:meta])* $seen:vis struct $name:ident {
        $($(#[$field_about:meta])* $field_seen:vis $field:ident: $type:ty $(= $made:path)?),* $(,)?
    }) => {
        $(#[$about])*
        $seen struct $name {
            $($(#[$field_about])* $field_seen $field: $type),*
        }

        impl $name {
            pub fn new(ports: &impl $crate::Ports) -> Self {
                Self { $($field: $crate::ports!(@value ports $field $($made)?)),* }
            }
        }
    };
}
