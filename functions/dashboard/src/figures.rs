//! Counters as the API shows them: every metric by name, zero where nothing was counted.

use application::ports::stats::{Counters, Metric};
use domain::money::Currency;
use http_api::utoipa;
use serde::Serialize;

macro_rules! figures {
    ($($name:ident = $metric:ident),+ $(,)?) => {
        /// Counted events by metric. Opens and clicks by machines are not counted. Amounts are those in the
        /// workspace's currency, and are not counted by campaign.
        #[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
        pub struct Figures { $(pub $name: i64),+ }

        impl From<&Counters> for Figures {
            fn from(counters: &Counters) -> Self {
                let of = |metric| counters.get(&metric).copied().unwrap_or(0);
                Self { $($name: of(Metric::$metric)),+ }
            }
        }

        impl Figures {
            /// The metrics with their names, in the order of the struct.
            pub fn named(&self) -> Vec<(&'static str, i64)> {
                vec![$((stringify!($name), self.$name)),+]
            }
        }
    };
}

figures! {
    leads_created = LeadsCreated,
    leads_deleted = LeadsDeleted,
    leads_contacted = LeadsContacted,
    leads_replied = LeadsReplied,
    leads_qualified = LeadsQualified,
    leads_won = LeadsWon,
    leads_lost = LeadsLost,
    enriched = Enriched,
    enrichment_failed = EnrichmentFailed,
    personalised = Personalised,
    personalisation_fallback = PersonalisationFallback,
    emails_sent = EmailsSent,
    sms_sent = SmsSent,
    whatsapp_sent = WhatsappSent,
    emails_delivered = EmailsDelivered,
    sms_delivered = SmsDelivered,
    whatsapp_delivered = WhatsappDelivered,
    opened = Opened,
    clicked = Clicked,
    bounced = Bounced,
    send_failed = SendFailed,
    uncertain = Uncertain,
    replied = Replied,
    understood = Understood,
    corrected = Corrected,
    read_by_model = ReadByModel,
    corrected_model = CorrectedModel,
    opted_out = OptedOut,
    preview_views = PreviewViews,
    cta_clicks = CtaClicks,
    turned_hot = TurnedHot,
    enrolled = Enrolled,
    in_flight = InFlight,
    held = Held,
    finished = Finished,
    ended_replied = EndedReplied,
    ended_opted_out = EndedOptedOut,
    ended_bounced = EndedBounced,
    ended_won = EndedWon,
    ended_other = EndedOther,
    clients = Clients,
    mrr_minor = MrrMinor,
    mrr_new_minor = MrrNewMinor,
    mrr_expansion_minor = MrrExpansionMinor,
    mrr_contraction_minor = MrrContractionMinor,
    mrr_churn_minor = MrrChurnMinor,
    collected_minor = CollectedMinor,
    payments = Payments,
    tasks_opened = TasksOpened,
    tasks_done = TasksDone,
}

pub fn sum<'a>(days: impl IntoIterator<Item = &'a Counters>) -> Counters {
    let mut total = Counters::new();
    for (metric, by) in days.into_iter().flatten() {
        *total.entry(*metric).or_default() += by;
    }
    total
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Amount {
    pub amount_minor: i64,
    pub currency: Currency,
}

/// A share, together with the numbers that it is computed from.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
pub struct Rate {
    pub count: i64,
    pub of: i64,
    /// 0–1; absent if `of` is zero.
    pub rate: Option<f64>,
}

impl Rate {
    pub fn new(count: i64, of: i64) -> Self {
        Self { count, of, rate: (of > 0).then(|| count as f64 / of as f64) }
    }
}
