//! The ports, each with what implements it.

use super::Connected;
use crate::parts::Parts;
use crate::vault::SealedVault;
use application::identity::stage_keys::StageKeys;
use application::lead::list::LeadCache;
use application::ports::access_log::AccessLogStore;
use application::ports::accounts::{AccountStore, Vault};
use application::ports::api_keys::ApiKeyStore;
use application::ports::auto_enrol::AutoEnrolStore;
use application::ports::blobs::Blobs;
use application::ports::bulk_messages::BulkMessageStore;
use application::ports::calls::{CallPlacer, CallStore};
use application::ports::campaigns::CampaignStore;
use application::ports::change_log::ChangeLogStore;
use application::ports::changes::ChangeReader;
use application::ports::circuit_breakers::BreakerStore;
use application::ports::columns::{CellStore, ColumnRunStore, ColumnStore};
use application::ports::commissions::CommissionStore;
use application::ports::companies::CompanyStore;
use application::ports::conversations::ConversationStore;
use application::ports::custom_fields::CustomFieldStore;
use application::ports::data_providers::{
    ActorRunner, DataLookup, ProspectSearch, SiteCrawler, WebhookRunner,
};
use application::ports::deals::DealStore;
use application::ports::declarations::Declarations;
use application::ports::digests::DigestStore;
use application::ports::due::DueStore;
use application::ports::duplicates::DismissedDuplicateStore;
use application::ports::enrolments::EnrolmentStore;
use application::ports::icps::IcpStore;
use application::ports::imports::ImportStore;
use application::ports::inbound_records::InboundRecordStore;
use application::ports::lead_access::LeadAccessStore;
use application::ports::lead_merges::LeadMergeStore;
use application::ports::lead_views::LeadViewStore;
use application::ports::leads::LeadStore;
use application::ports::logins::LoginStore;
use application::ports::mail_drafts::DraftSender;
use application::ports::mailbox_finder::MailboxFinder;
use application::ports::mailbox_grants::MailboxGrants;
use application::ports::mailbox_push::MailboxPush;
use application::ports::mailbox_readings::MailboxReadingStore;
use application::ports::mailboxes::MailboxReader;
use application::ports::messages::MessageStore;
use application::ports::notifications::NotificationStore;
use application::ports::outbox::{EventBus, Outbox, Redelivery};
use application::ports::parts::PartInspector;
use application::ports::preview_pages::PreviewStore;
use application::ports::prompts::PromptStore;
use application::ports::prospects::ProspectStore;
use application::ports::provider_calls::{
    AccountTrial, EmailVerifier, MailSender, PlaceLookup, SmsSender, TextModel, WhatsappSender,
};
use application::ports::provider_events::WebhookReader;
use application::ports::push::{PushSender, PushStore};
use application::ports::queues::QueueInspector;
use application::ports::quotas::QuotaStore;
use application::ports::rate_limits::RateLimitStore;
use application::ports::revenue::RevenueStore;
use application::ports::routing::RoutingStore;
use application::ports::schedules::ScheduleStore;
use application::ports::segments::SegmentStore;
use application::ports::sequences::SequenceStore;
use application::ports::sign_in_providers::SignInProviders;
use application::ports::sign_up_rule::SignUpRule;
use application::ports::slack::SlackStore;
use application::ports::spend::SpendStore;
use application::ports::stages::StageStore;
use application::ports::stats::StatsStore;
use application::ports::suppressions::SuppressionStore;
use application::ports::system_mail::SystemMail;
use application::ports::targets::TargetStore;
use application::ports::tasks::TaskStore;
use application::ports::templates::TemplateStore;
use application::ports::tracking_domains::TrackingDomainProbe;
use application::ports::trigger_rules::RuleStore;
use application::ports::users::UserStore;
use application::ports::web_push::{NotificationChoiceStore, PushDeviceStore, PushService};
use application::ports::workspaces::WorkspaceStore;
use application::{Clock, Ids, Ports};
use http::Uri;
use std::sync::Arc;

impl Ports for Connected {
    fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }
    fn ids(&self) -> Arc<dyn Ids> {
        self.ids.clone()
    }
    /// A port that needs keys is asked for when the function starts, so that no test and no deploy misses a wrong
    /// `STAGE_KEYS`.
    fn keys(&self) -> Arc<StageKeys> {
        self.keys.clone().expect("the template gives keys to every function that has a port which needs them")
    }
    fn public_url(&self) -> Arc<str> {
        self.public_url.clone()
    }
    fn tracking_target(&self) -> Arc<str> {
        let host = |url: &str| Uri::try_from(url).ok()?.host().map(str::to_owned);
        let target = self.config.tracking_target.clone().or_else(|| host(&self.public_url));
        target.unwrap_or_default().into()
    }
    fn stage(&self) -> Arc<str> {
        self.stage.clone()
    }
    fn sign_up_rule(&self) -> SignUpRule {
        self.sign_up
    }
    fn blobs(&self) -> Arc<dyn Blobs> {
        self.bucket.clone()
    }
    fn outbox(&self) -> Arc<dyn Outbox> {
        self.queues.clone()
    }
    fn redelivery(&self) -> Arc<dyn Redelivery> {
        self.queues.clone()
    }
    fn bus(&self) -> Arc<dyn EventBus> {
        self.bus.clone()
    }
    fn queues(&self) -> Arc<dyn QueueInspector> {
        self.queues.clone()
    }
    fn parts(&self) -> Arc<dyn PartInspector> {
        Arc::new(Parts {
            aws: self.aws.clone(),
            config: self.config.clone(),
            keys: self.keys(),
            bucket: self.bucket.clone(),
            http: self.providers.http.clone(),
            public_url: self.public_url.clone(),
        })
    }
    fn vault(&self) -> Arc<dyn Vault> {
        Arc::new(SealedVault::new(self.keys(), self.ids.clone()))
    }
    fn quotas(&self) -> Arc<dyn QuotaStore> {
        self.table.clone()
    }
    fn rules(&self) -> Arc<dyn RuleStore> {
        self.table.clone()
    }
    fn breakers(&self) -> Arc<dyn BreakerStore> {
        self.table.clone()
    }
    fn campaigns(&self) -> Arc<dyn CampaignStore> {
        self.table.clone()
    }
    fn changes(&self) -> Arc<dyn ChangeReader> {
        self.table.clone()
    }
    fn change_log(&self) -> Arc<dyn ChangeLogStore> {
        self.table.clone()
    }
    fn lead_cache(&self) -> Arc<LeadCache> {
        self.lead_cache.clone()
    }
    fn cells(&self) -> Arc<dyn CellStore> {
        self.table.clone()
    }
    fn column_runs(&self) -> Arc<dyn ColumnRunStore> {
        self.table.clone()
    }
    fn columns(&self) -> Arc<dyn ColumnStore> {
        self.table.clone()
    }
    fn companies(&self) -> Arc<dyn CompanyStore> {
        self.table.clone()
    }
    fn custom_fields(&self) -> Arc<dyn CustomFieldStore> {
        self.table.clone()
    }
    fn lead_views(&self) -> Arc<dyn LeadViewStore> {
        self.table.clone()
    }
    fn push(&self) -> Arc<dyn PushStore> {
        self.table.clone()
    }
    fn pages(&self) -> Arc<dyn PushSender> {
        self.pages.clone()
    }
    fn digests(&self) -> Arc<dyn DigestStore> {
        self.table.clone()
    }
    fn slack(&self) -> Arc<dyn SlackStore> {
        self.table.clone()
    }
    fn routing(&self) -> Arc<dyn RoutingStore> {
        self.table.clone()
    }
    fn stages(&self) -> Arc<dyn StageStore> {
        self.table.clone()
    }
    fn prompts(&self) -> Arc<dyn PromptStore> {
        self.table.clone()
    }
    fn icps(&self) -> Arc<dyn IcpStore> {
        self.table.clone()
    }
    fn prospects(&self) -> Arc<dyn ProspectStore> {
        self.table.clone()
    }
    fn segments(&self) -> Arc<dyn SegmentStore> {
        self.table.clone()
    }
    fn accounts(&self) -> Arc<dyn AccountStore> {
        self.table.clone()
    }
    fn conversations(&self) -> Arc<dyn ConversationStore> {
        self.table.clone()
    }
    fn dismissed_duplicates(&self) -> Arc<dyn DismissedDuplicateStore> {
        self.table.clone()
    }
    fn due(&self) -> Arc<dyn DueStore> {
        self.table.clone()
    }
    fn enrolments(&self) -> Arc<dyn EnrolmentStore> {
        self.table.clone()
    }
    fn bulk_messages(&self) -> Arc<dyn BulkMessageStore> {
        self.table.clone()
    }
    fn imports(&self) -> Arc<dyn ImportStore> {
        self.table.clone()
    }
    fn inbound_records(&self) -> Arc<dyn InboundRecordStore> {
        self.table.clone()
    }
    fn auto_enrols(&self) -> Arc<dyn AutoEnrolStore> {
        self.table.clone()
    }
    fn lead_merges(&self) -> Arc<dyn LeadMergeStore> {
        self.table.clone()
    }
    fn leads(&self) -> Arc<dyn LeadStore> {
        self.table.clone()
    }
    fn leads_with_deleted(&self) -> Arc<dyn LeadStore> {
        Arc::new(self.table.with_deleted_leads())
    }
    fn limits(&self) -> Arc<dyn RateLimitStore> {
        self.table.clone()
    }
    fn mailbox_readings(&self) -> Arc<dyn MailboxReadingStore> {
        self.table.clone()
    }
    fn messages(&self) -> Arc<dyn MessageStore> {
        self.table.clone()
    }
    fn access_log(&self) -> Arc<dyn AccessLogStore> {
        self.table.clone()
    }
    fn notifications(&self) -> Arc<dyn NotificationStore> {
        self.table.clone()
    }
    fn notification_choices(&self) -> Arc<dyn NotificationChoiceStore> {
        self.table.clone()
    }
    fn push_devices(&self) -> Arc<dyn PushDeviceStore> {
        self.table.clone()
    }
    fn previews(&self) -> Arc<dyn PreviewStore> {
        self.table.clone()
    }
    fn revenue(&self) -> Arc<dyn RevenueStore> {
        self.table.clone()
    }
    fn commissions(&self) -> Arc<dyn CommissionStore> {
        self.table.clone()
    }
    fn deals(&self) -> Arc<dyn DealStore> {
        self.table.clone()
    }
    fn schedules(&self) -> Arc<dyn ScheduleStore> {
        self.table.clone()
    }
    fn sequences(&self) -> Arc<dyn SequenceStore> {
        self.table.clone()
    }
    fn lead_access(&self) -> Arc<dyn LeadAccessStore> {
        self.table.clone()
    }
    fn api_keys(&self) -> Arc<dyn ApiKeyStore> {
        self.table.clone()
    }
    fn spend(&self) -> Arc<dyn SpendStore> {
        self.table.clone()
    }
    fn stats(&self) -> Arc<dyn StatsStore> {
        self.table.clone()
    }
    fn suppressions(&self) -> Arc<dyn SuppressionStore> {
        self.table.clone()
    }
    fn targets(&self) -> Arc<dyn TargetStore> {
        self.table.clone()
    }
    fn tasks(&self) -> Arc<dyn TaskStore> {
        self.table.clone()
    }
    fn calls(&self) -> Arc<dyn CallStore> {
        self.table.clone()
    }
    fn templates(&self) -> Arc<dyn TemplateStore> {
        self.table.clone()
    }
    fn users(&self) -> Arc<dyn UserStore> {
        self.table.clone()
    }
    fn logins(&self) -> Arc<dyn LoginStore> {
        self.table.clone()
    }
    fn workspaces(&self) -> Arc<dyn WorkspaceStore> {
        self.table.clone()
    }
    fn trial(&self) -> Arc<dyn AccountTrial> {
        self.providers.clone()
    }
    fn mail(&self) -> Arc<dyn MailSender> {
        self.providers.clone()
    }
    fn drafts(&self) -> Arc<dyn DraftSender> {
        self.providers.clone()
    }
    fn mailbox_push(&self) -> Arc<dyn MailboxPush> {
        self.providers.clone()
    }
    fn mailbox_reader(&self) -> Arc<dyn MailboxReader> {
        self.providers.clone()
    }
    fn tracking_domains(&self) -> Arc<dyn TrackingDomainProbe> {
        self.providers.clone()
    }
    fn mailbox_finder(&self) -> Arc<dyn MailboxFinder> {
        self.providers.clone()
    }
    fn grants(&self) -> Arc<dyn MailboxGrants> {
        self.providers.clone()
    }
    fn sign_in_providers(&self) -> Arc<dyn SignInProviders> {
        self.sign_in.clone()
    }
    fn system_mail(&self) -> Arc<dyn SystemMail> {
        self.system_mail.clone()
    }
    fn sms(&self) -> Arc<dyn SmsSender> {
        self.providers.clone()
    }
    fn call_placer(&self) -> Arc<dyn CallPlacer> {
        self.providers.clone()
    }
    fn whatsapp(&self) -> Arc<dyn WhatsappSender> {
        self.providers.clone()
    }
    fn places(&self) -> Arc<dyn PlaceLookup> {
        self.providers.clone()
    }
    fn verifier(&self) -> Arc<dyn EmailVerifier> {
        self.providers.clone()
    }
    fn model(&self) -> Arc<dyn TextModel> {
        self.providers.clone()
    }
    fn data_lookup(&self) -> Arc<dyn DataLookup> {
        self.providers.clone()
    }
    fn prospect_search(&self) -> Arc<dyn ProspectSearch> {
        self.providers.clone()
    }
    fn site_crawler(&self) -> Arc<dyn SiteCrawler> {
        self.providers.clone()
    }
    fn webhook_runner(&self) -> Arc<dyn WebhookRunner> {
        self.providers.clone()
    }
    fn push_service(&self) -> Arc<dyn PushService> {
        self.providers.clone()
    }
    fn actor_runner(&self) -> Arc<dyn ActorRunner> {
        self.providers.clone()
    }
    fn webhooks(&self) -> Arc<dyn WebhookReader> {
        self.providers.clone()
    }
    fn declarations(&self) -> Arc<dyn Declarations> {
        self.providers.clone()
    }
}
