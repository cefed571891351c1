//! What a lead did with what we sent, who judged it human and how, and the hot-lead rule.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Three human page loads of the preview within this window, ends included, make a lead hot.
pub const HOT_WINDOW: SignedDuration = SignedDuration::from_mins(10);
pub const HOT_VIEWS: usize = 3;
/// A lead turns hot at most once in this time.
pub const HOT_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Human,
    Scanner,
    PrivacyProxy,
    OwnTeam,
    Prefetch,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "action")]
pub enum Action {
    Opened,
    Clicked {
        url: String,
    },
    PreviewViewed {
        session: String,
    },
    /// A slice of at most 15 s.
    TimeOnPage {
        session: String,
        seconds: u32,
    },
    CallToAction {
        session: String,
        target: String,
    },
    Replied,
}

/// A sum that halves every half-life: its value is only known together with its time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Decaying {
    pub value: f64,
    pub at: Timestamp,
}

/// Human actions only. Counts are for ever; the decaying sums feed score and temperature.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Engagement {
    pub opens: u32,
    pub clicks: u32,
    pub views: u32,
    pub cta_clicks: u32,
    /// Human messages received.
    pub messages: u32,
    pub seconds_on_page: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heat: Option<Decaying>,
    /// Page loads of the last minutes, oldest first (≤ 10): input of the hot-lead rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recent_views: Vec<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hot_since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_action_at: Option<Timestamp>,
    /// Hours between our last message and their first answer, in their working time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_hours: Option<f64>,
    /// Ids of the latest events taken in (≤ 24): a repeated delivery changes nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<String>,
}
