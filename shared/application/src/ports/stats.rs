//! Stores pre-aggregated numbers: documents per workspace and day, campaign and step. A dashboard reads these and
//! nothing else.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::money::Currency;
use domain::sequence::Step;
use domain::sequence::ab_test::Tried;
use domain::sequence::variant::Variant;
use domain::{BulkMessageId, CampaignId, RolloutId, StepId, VariantId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[async_trait]
pub trait StatsStore: Send + Sync {
    /// Adds stream records to the documents. Each document counts only records after its own position in the shard,
    /// and stores that position in the same write: a batch delivered again, whole or in part, counts nothing twice.
    /// The all-time documents are written last.
    async fn apply(&self, shard: &str, now: Timestamp, records: &[Counted]) -> StoreResult<()>;

    /// Returns the last record of the shard that a workspace's all-time document has counted.
    async fn position(&self, shard: &str, workspace: &WorkspaceId) -> StoreResult<Option<String>>;

    /// Returns when a workspace's all-time documents last counted anything.
    async fn counted_at(&self, workspace: &WorkspaceId) -> StoreResult<Option<Timestamp>>;

    /// Returns the all-time counters, money left out.
    async fn total(&self, workspace: &WorkspaceId) -> StoreResult<Counters>;
    /// Returns the counters of each day, money left out.
    async fn days(
        &self,
        workspace: &WorkspaceId,
        from: Date,
        to: Date,
    ) -> StoreResult<BTreeMap<Date, Counters>>;
    /// Returns the currencies in which a workspace has ever counted money.
    async fn currencies(&self, workspace: &WorkspaceId) -> StoreResult<BTreeSet<Currency>>;
    /// Returns the counters of `total` and the money in one currency.
    async fn total_in(&self, workspace: &WorkspaceId, currency: Currency) -> StoreResult<Counters>;
    /// Returns the counters of `days` and the money in one currency.
    async fn days_in(
        &self,
        workspace: &WorkspaceId,
        currency: Currency,
        from: Date,
        to: Date,
    ) -> StoreResult<BTreeMap<Date, Counters>>;
    async fn campaign(&self, workspace: &WorkspaceId, id: &CampaignId) -> StoreResult<CampaignCounters>;

    /// Returns how many enrolments stand at each step.
    async fn step_counts(&self, workspace: &WorkspaceId, id: &CampaignId) -> StoreResult<StepCounts>;

    async fn rollout(&self, workspace: &WorkspaceId, id: &RolloutId) -> StoreResult<Counters>;

    async fn bulk_message(&self, workspace: &WorkspaceId, id: &BulkMessageId) -> StoreResult<Counters>;
}

/// The number of enrolments by version and by the end of the step's id.
pub type StepCounts = BTreeMap<(u32, String), i64>;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CampaignCounters {
    pub all: Counters,
    /// The counters by the end of the step's id, over all versions.
    pub steps: BTreeMap<String, Counters>,
    /// The counters by the ends of the step's and the variant's id.
    pub variants: BTreeMap<(String, String), Counters>,
}

pub type Counters = BTreeMap<Metric, i64>;

impl CampaignCounters {
    pub fn of_variant(&self, step: &Step, variant: &Variant) -> &Counters {
        static NONE: Counters = Counters::new();
        let key = (step.id.tail().to_owned(), variant.id.tail().to_owned());
        self.variants.get(&key).unwrap_or(&NONE)
    }
}

/// Returns the results of a variant, as they are compared with the others of its step.
pub fn tried(counted: &CampaignCounters, step: &Step, variant: &Variant) -> Tried {
    let counters = counted.of_variant(step, variant);
    Tried {
        contacted: contacted(counters),
        positive: people(counters, &[Metric::AnsweredWell]),
        turned_away: people(counters, &[Metric::LedToOptOut]),
        complained: people(counters, &[Metric::Complained]),
        paused: variant.paused,
    }
}

pub fn contacted(counters: &Counters) -> u64 {
    people(counters, &[Metric::EmailsSent, Metric::SmsSent, Metric::WhatsappSent])
}

pub fn people(counters: &Counters, metrics: &[Metric]) -> u64 {
    let sum: i64 = metrics.iter().filter_map(|metric| counters.get(metric)).sum();
    u64::try_from(sum).unwrap_or(0)
}

/// The counts of one stream record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub sequence: String,
    pub deltas: Vec<Delta>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    pub workspace: WorkspaceId,
    pub scope: Scope,
    pub metric: Metric,
    pub by: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    Total,
    /// The UTC day of the event.
    Day(Date),
    /// The money in one currency, all-time and by UTC day: it stands beside the other counters of `Total` and `Day`.
    TotalIn(Currency),
    DayIn(Date, Currency),
    Campaign(CampaignId),
    Step(CampaignId, StepId),
    /// A variant of a step; it counts for its step, too.
    Variant(CampaignId, StepId, VariantId),
    /// The active enrolments of a campaign on this version at this step.
    Standing(CampaignId, u32, StepId),
    Rollout(RolloutId),
    BulkMessage(BulkMessageId),
}

macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// A counted quantity. Only human events count, where that makes a difference.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Metric { $($(#[$doc])* #[serde(rename = $text)] $name),+ }

        impl Metric {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

metrics! {
    /// Enrolments that stand at a step and are not done with it.
    Standing = "standing",
    /// Enrolments that a rollout moved to its version, marked to move with their next step, or ended because their
    /// step is gone.
    Transferred = "transferred",
    BoundFor = "bound_for",
    Exited = "exited",
    LeadsCreated = "leads_created",
    LeadsDeleted = "leads_deleted",
    LeadsContacted = "leads_contacted",
    LeadsReplied = "leads_replied",
    LeadsQualified = "leads_qualified",
    LeadsWon = "leads_won",
    LeadsLost = "leads_lost",
    /// Leads whose place, verification or both were looked up and found.
    Enriched = "enriched",
    EnrichmentFailed = "enrichment_failed",
    Personalised = "personalised",
    PersonalisationFallback = "personalisation_fallback",
    EmailsSent = "emails_sent",
    SmsSent = "sms_sent",
    WhatsappSent = "whatsapp_sent",
    /// Mails that a provider accepted and that did not bounce: no report says that a mail has arrived.
    EmailsDelivered = "emails_delivered",
    /// Texts that were reported to have arrived.
    SmsDelivered = "sms_delivered",
    WhatsappDelivered = "whatsapp_delivered",
    /// Messages opened at least once by a person.
    Opened = "opened",
    Clicked = "clicked",
    /// Opens and clicks by machines, each visit once: they are left out of `Opened` and `Clicked`.
    MachineVisits = "machine_visits",
    Bounced = "bounced",
    SendFailed = "send_failed",
    Uncertain = "uncertain",
    /// Messages called back before they went out.
    Cancelled = "cancelled",
    /// Replies by people.
    Replied = "replied",
    /// Inbound messages that were understood; those among them that a user corrected.
    Understood = "understood",
    Corrected = "corrected",
    /// Those that a model understood; those among them that a user corrected.
    ReadByModel = "read_by_model",
    CorrectedModel = "corrected_model",
    /// Our messages that a person replied to; those among them with a positive reply; those that led to an opt-out;
    /// those reported as spam.
    Answered = "answered",
    AnsweredWell = "answered_well",
    LedToOptOut = "led_to_opt_out",
    Complained = "complained",
    /// Addresses and numbers that are not to be written to any more.
    OptedOut = "opted_out",
    PreviewViews = "preview_views",
    CtaClicks = "cta_clicks",
    TurnedHot = "turned_hot",
    /// Tasks for hot leads. Each hot lead ends in a task: if there are fewer of these than of `TurnedHot`, an
    /// alert is missing.
    HotAnnounced = "hot_announced",
    Enrolled = "enrolled",
    /// Enrolments that have not ended.
    InFlight = "in_flight",
    Held = "held",
    /// Held enrolments that wait for a user to decide whether a late message still goes out.
    Late = "late",
    Finished = "finished",
    EndedReplied = "ended_replied",
    EndedOptedOut = "ended_opted_out",
    EndedBounced = "ended_bounced",
    EndedWon = "ended_won",
    EndedOther = "ended_other",
    Clients = "clients",
    /// The monthly recurring revenue in minor units, rounded per client.
    MrrMinor = "mrr_minor",
    MrrNewMinor = "mrr_new_minor",
    MrrExpansionMinor = "mrr_expansion_minor",
    MrrContractionMinor = "mrr_contraction_minor",
    MrrChurnMinor = "mrr_churn_minor",
    /// The part of `MrrMinor` whose subscriptions are cancelled and still run.
    EndingMinor = "ending_minor",
    /// Clients with recurring revenue in the currency.
    Subscribed = "subscribed",
    /// Clients whose recurring revenue is unsure, because a discount or a price is unknown.
    Unsure = "unsure",
    /// Collected money in disputes that are not decided.
    DisputedMinor = "disputed_minor",
    /// All payments less refunds and chargebacks.
    CollectedMinor = "collected_minor",
    Payments = "payments",
    TasksOpened = "tasks_opened",
    TasksDone = "tasks_done",
}
