//! Everything a function may be given. A composition root implements it; a function's `App::new` takes what it uses, and
//! only that becomes part of its binary. The macro `ports!` declares such a struct and its `new` at once.

use crate::blobs::Blobs;
use crate::breakers::BreakerStore;
use crate::campaigns::CampaignStore;
use crate::clock::Clock;
use crate::companies::CompanyStore;
use crate::connections::{ConnectionStore, Vault};
use crate::conversations::ConversationStore;
use crate::declarations::Declarations;
use crate::due::DueStore;
use crate::enrolments::EnrolmentStore;
use crate::ids::Ids;
use crate::imports::ImportStore;
use crate::intakes::IntakeStore;
use crate::leads::LeadStore;
use crate::limits::LimitStore;
use crate::mailings::MailingStore;
use crate::messages::MessageStore;
use crate::notifications::NotificationStore;
use crate::outbox::{EventBus, Outbox, Redelivery};
use crate::paces::PaceStore;
use crate::parts::PartInspector;
use crate::preview_pages::PreviewStore;
use crate::projection::ChangeReader;
use crate::provider_calls::{
    ConnectionTrial, EmailVerifier, MailSender, PlaceLookup, SmsSender, TextModel, WhatsappSender,
};
use crate::provider_events::WebhookReader;
use crate::queues::QueueInspector;
use crate::revenue::RevenueStore;
use crate::schedules::ScheduleStore;
use crate::sequences::SequenceStore;
use crate::sign_up::SignUpRule;
use crate::stage_keys::StageKeys;
use crate::stats::StatsStore;
use crate::suppressions::SuppressionStore;
use crate::system_mail::SystemMail;
use crate::tasks::TaskStore;
use crate::templates::TemplateStore;
use crate::trigger_rules::RuleStore;
use crate::users::UserStore;
use crate::workspaces::WorkspaceStore;
use std::sync::Arc;

pub trait Ports {
    fn clock(&self) -> Arc<dyn Clock>;
    fn ids(&self) -> Arc<dyn Ids>;
    fn keys(&self) -> Arc<StageKeys>;
    /// `https://…` without a trailing slash: what links and webhook signatures are made with.
    fn public_url(&self) -> Arc<str>;
    /// `prod`, `dev`, `local`.
    fn stage(&self) -> Arc<str>;
    fn sign_up_rule(&self) -> SignUpRule;

    fn blobs(&self) -> Arc<dyn Blobs>;
    fn outbox(&self) -> Arc<dyn Outbox>;
    fn redelivery(&self) -> Arc<dyn Redelivery>;
    fn bus(&self) -> Arc<dyn EventBus>;
    fn queues(&self) -> Arc<dyn QueueInspector>;
    fn parts(&self) -> Arc<dyn PartInspector>;
    fn vault(&self) -> Arc<dyn Vault>;

    fn rules(&self) -> Arc<dyn RuleStore>;
    fn breakers(&self) -> Arc<dyn BreakerStore>;
    fn paces(&self) -> Arc<dyn PaceStore>;
    fn campaigns(&self) -> Arc<dyn CampaignStore>;
    /// What the table's stream says.
    fn changes(&self) -> Arc<dyn ChangeReader>;
    fn companies(&self) -> Arc<dyn CompanyStore>;
    fn connections(&self) -> Arc<dyn ConnectionStore>;
    fn conversations(&self) -> Arc<dyn ConversationStore>;
    fn due(&self) -> Arc<dyn DueStore>;
    fn enrolments(&self) -> Arc<dyn EnrolmentStore>;
    fn imports(&self) -> Arc<dyn ImportStore>;
    fn intakes(&self) -> Arc<dyn IntakeStore>;
    fn leads(&self) -> Arc<dyn LeadStore>;
    fn limits(&self) -> Arc<dyn LimitStore>;
    fn mailings(&self) -> Arc<dyn MailingStore>;
    fn messages(&self) -> Arc<dyn MessageStore>;
    fn notifications(&self) -> Arc<dyn NotificationStore>;
    fn previews(&self) -> Arc<dyn PreviewStore>;
    fn revenue(&self) -> Arc<dyn RevenueStore>;
    fn schedules(&self) -> Arc<dyn ScheduleStore>;
    fn sequences(&self) -> Arc<dyn SequenceStore>;
    fn stats(&self) -> Arc<dyn StatsStore>;
    fn suppressions(&self) -> Arc<dyn SuppressionStore>;
    fn tasks(&self) -> Arc<dyn TaskStore>;
    fn templates(&self) -> Arc<dyn TemplateStore>;
    fn users(&self) -> Arc<dyn UserStore>;
    fn workspaces(&self) -> Arc<dyn WorkspaceStore>;

    fn trial(&self) -> Arc<dyn ConnectionTrial>;
    fn mail(&self) -> Arc<dyn MailSender>;
    fn system_mail(&self) -> Arc<dyn SystemMail>;
    fn sms(&self) -> Arc<dyn SmsSender>;
    fn whatsapp(&self) -> Arc<dyn WhatsappSender>;
    fn places(&self) -> Arc<dyn PlaceLookup>;
    fn verifier(&self) -> Arc<dyn EmailVerifier>;
    fn model(&self) -> Arc<dyn TextModel>;
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
///         writing: WritePorts = WritePorts::from,
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
