//! A lead's engagement: what the lead did with our messages, who did it (a person, a machine, the own team), and the
//! hot-lead rule.

use crate::mutant;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Three views of the preview by a person within this time, ends included, make a lead hot.
pub const HOT_WINDOW: SignedDuration = SignedDuration::from_mins(10);
pub const HOT_VIEWS: usize = 3;
/// The three views keep a lead hot for so long.
pub const HOT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
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
    /// A chat app or social network that shows what a link leads to.
    Preview,
    /// The same click of a person, counted already.
    Repeat,
    /// One of more visits than are counted.
    OverLimit,
}

impl Verdict {
    /// Tells whether a machine made the visit, or one of our own people.
    pub fn is_machine(self) -> bool {
        !matches!(self, Self::Human | Self::Repeat)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "action")]
pub enum Action {
    Opened,
    Clicked {
        url: String,
    },
    /// The link of a mail that no reader can see.
    HiddenLinkFollowed,
    PreviewViewed {
        session: String,
    },
    /// A slice of viewing time, at most 15 s.
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

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Engagement by people only. Counts last for ever; the decaying sum feeds score and temperature. It is
/// stored with the lead, which each action saves, so zeros are left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Engagement {
    #[serde(default, skip_serializing_if = "is_zero")]
    pub opens: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub clicks: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub views: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cta_clicks: u32,
    /// Messages received from the lead, without automatic replies.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub messages: u32,
    /// How many of them do not count for the score: refusals, declined invitations, messages without words.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cold_messages: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub seconds_on_page: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heat: Option<Decaying>,
    /// Times of the latest views, oldest first (at most 10): input of the hot-lead rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recent_views: Vec<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hot_since: Option<Timestamp>,
    /// When the score last rose to hot while nothing else made the lead hot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hot_by_score_since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_action_at: Option<Timestamp>,
    /// Hours between our last message and the lead's first reply, in their working hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_hours: Option<f64>,
    /// The latest events recorded (at most 24, of them 12 slices of viewing time), so that a repeated
    /// delivery changes nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Taken>,
}

/// An event that was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredTaken")]
pub struct Taken {
    pub id: String,
    /// Its number among events of its kind, if the kind is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nth: Option<u32>,
    /// Whether it is a slice of viewing time, which a page reports every few seconds.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub slice: bool,
}

/// Leads stored by an earlier version have the ids alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredTaken {
    Id(String),
    Taken {
        id: String,
        nth: Option<u32>,
        #[serde(default)]
        slice: bool,
    },
}

impl From<StoredTaken> for Taken {
    fn from(stored: StoredTaken) -> Self {
        match stored {
            StoredTaken::Id(id) => Self { id, nth: None, slice: false },
            StoredTaken::Taken { id, nth, slice } => Self { id, nth, slice },
        }
    }
}

/// Heat that each action adds. Two clicks or four views alone make a lead warm, and a reply almost does.
pub const HEAT_OPENED: f64 = 2.0;
pub const HEAT_CLICKED: f64 = 20.0;
pub const HEAT_VIEWED: f64 = 10.0;
pub const HEAT_CALL_TO_ACTION: f64 = 25.0;
pub const HEAT_REPLIED: f64 = 35.0;
pub const HEAT_PER_MINUTE: f64 = 5.0;
/// Half of the heat is left after so long without contact.
pub const HEAT_HALF_LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// The most that a page reports at a time.
pub const MAX_SLICE_SECONDS: u32 = 15;
const KEPT_VIEWS: usize = 10;
const KEPT_EVENTS: usize = 24;
const KEPT_SLICES: usize = 12;

/// The result of recording an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recorded {
    /// False for a machine's action and for an event that was recorded before.
    pub counted: bool,
    pub turned_hot: bool,
}

/// The end of the time in which three views at that time make a lead hot, if it is not over.
pub fn hot_by_views_until(since: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let until = since?.checked_add(HOT_FOR).ok()?;
    (until > now).then_some(until)
}

impl Decaying {
    pub fn value_at(&self, now: Timestamp, half_life: SignedDuration) -> f64 {
        let age = now.duration_since(self.at).as_secs_f64().max(0.0);
        self.value * 0.5_f64.powf(age / half_life.as_secs_f64())
    }
}

impl Engagement {
    /// Records one event, in whatever order events arrive; a repeated one changes nothing.
    pub fn record(&mut self, event_id: &str, action: &Action, verdict: Verdict, at: Timestamp) -> Recorded {
        let known = self.has_seen(event_id) && !mutant!("reply_counts_each_delivery");
        if verdict != Verdict::Human || known {
            return Recorded::default();
        }
        let mut turned_hot = false;
        let (heat, nth) = match action {
            Action::Opened => {
                self.opens += 1;
                (HEAT_OPENED, Some(self.opens))
            }
            Action::Clicked { .. } => {
                self.clicks += 1;
                (HEAT_CLICKED, Some(self.clicks))
            }
            Action::HiddenLinkFollowed => (0.0, None),
            Action::PreviewViewed { session } => {
                turned_hot = self.view_makes_hot(at);
                // A view in a known session counts for the hot-lead rule but not as another view.
                if self.is_new_session(session) {
                    self.views += 1;
                    (HEAT_VIEWED, Some(self.views))
                } else {
                    (0.0, None)
                }
            }
            Action::TimeOnPage { session, seconds } => {
                let seconds = (*seconds).min(MAX_SLICE_SECONDS);
                self.seconds_on_page += seconds;
                self.is_new_session(session);
                (f64::from(seconds) / 60.0 * HEAT_PER_MINUTE, None)
            }
            Action::CallToAction { .. } => {
                self.cta_clicks += 1;
                (HEAT_CALL_TO_ACTION, Some(self.cta_clicks))
            }
            Action::Replied => {
                self.messages += 1;
                (HEAT_REPLIED, Some(self.messages))
            }
        };
        let slice = matches!(action, Action::TimeOnPage { .. });
        self.remember(Taken { id: event_id.to_owned(), nth, slice });
        self.add_heat(heat, at);
        self.last_action_at = self.last_action_at.max(Some(at));
        Recorded { counted: true, turned_hot }
    }

    /// Records an answer of the lead. One that does not warm, such as a refusal, is counted and leaves the score as it is.
    pub fn record_reply(&mut self, event_id: &str, warms: bool, at: Timestamp) {
        if warms {
            self.record(event_id, &Action::Replied, Verdict::Human, at);
        } else if !self.has_seen(event_id) || mutant!("reply_counts_each_delivery") {
            self.messages += 1;
            self.cold_messages += 1;
            self.remember(Taken { id: event_id.to_owned(), nth: None, slice: false });
            self.last_action_at = self.last_action_at.max(Some(at));
        }
    }

    /// Counts a recorded answer anew, because it was understood as something else since. Returns whether that changes
    /// anything.
    pub fn reread_reply(&mut self, event_id: &str, warms: bool, at: Timestamp) -> bool {
        let messages = self.messages;
        let Some(known) = self.seen.iter_mut().find(|seen| seen.id == event_id) else { return false };
        match (known.nth.is_some(), warms) {
            (true, false) => {
                known.nth = None;
                self.cold_messages += 1;
                self.add_heat(-HEAT_REPLIED, at);
                self.heat = self.heat.filter(|heat| heat.value > 1e-6);
                self.response_hours = None;
            }
            (false, true) if self.cold_messages > 0 => {
                known.nth = Some(messages);
                self.cold_messages -= 1;
                self.add_heat(HEAT_REPLIED, at);
            }
            _ => return false,
        }
        true
    }

    /// Takes back an event that `record` counted, because another verdict was given later. The time spent on a page
    /// stays. A lead that would not have turned hot without a view is not hot any more.
    pub fn take_back(&mut self, event_id: &str, action: &Action, at: Timestamp) {
        let heat = match action {
            Action::Opened => {
                self.opens = self.opens.saturating_sub(1);
                HEAT_OPENED
            }
            Action::Clicked { .. } => {
                self.clicks = self.clicks.saturating_sub(1);
                HEAT_CLICKED
            }
            Action::PreviewViewed { .. } => {
                self.take_back_view(at);
                // A view in a session that was known before added no heat, and is not among the counted.
                match self.nth(event_id) {
                    Some(_) => {
                        self.views = self.views.saturating_sub(1);
                        HEAT_VIEWED
                    }
                    None => 0.0,
                }
            }
            Action::CallToAction { .. } => {
                self.cta_clicks = self.cta_clicks.saturating_sub(1);
                HEAT_CALL_TO_ACTION
            }
            Action::HiddenLinkFollowed | Action::TimeOnPage { .. } | Action::Replied => return,
        };
        self.seen.retain(|seen| seen.id != event_id);
        self.add_heat(-heat, at);
        self.heat = self.heat.filter(|heat| heat.value > 1e-6);
    }

    fn take_back_view(&mut self, at: Timestamp) {
        if let Some(place) = self.recent_views.iter().position(|view| *view == at) {
            self.recent_views.remove(place);
        }
        let known_since = self.recent_views.first().copied().unwrap_or(at).min(at);
        let still_hot = self.recent_views.windows(HOT_VIEWS).any(|views| {
            let within = views[HOT_VIEWS - 1].duration_since(views[0]) <= HOT_WINDOW;
            within && self.hot_since.is_some_and(|since| views.contains(&since))
        });
        if !still_hot && self.hot_since.is_some_and(|since| since >= known_since) {
            self.hot_since = None;
        }
    }

    /// Whether the event is among the latest recorded.
    pub fn has_seen(&self, event_id: &str) -> bool {
        self.seen.iter().any(|seen| seen.id == event_id)
    }

    /// The event's number among its kind, whatever came after it; none if it is not among the latest.
    pub fn nth(&self, event_id: &str) -> Option<u32> {
        self.seen.iter().find(|seen| seen.id == event_id)?.nth
    }

    /// Remembers that something was done for this lead, so that it is not done twice.
    pub fn note(&mut self, id: String) {
        self.remember(Taken { id, nth: None, slice: false });
    }

    /// `(10·views + 20·clicks + 15·messages + 5·seconds/60) / 100`, without an upper limit; of the messages, those that are
    /// not cold.
    pub fn raw_score(&self) -> f64 {
        let weighted = 10.0 * f64::from(self.views)
            + 20.0 * f64::from(self.clicks)
            + 15.0 * f64::from(self.messages.saturating_sub(self.cold_messages))
            + 5.0 * f64::from(self.seconds_on_page) / 60.0;
        weighted / 100.0
    }

    /// The same, at most 1.
    pub fn clamped_score(&self) -> f64 {
        self.raw_score().clamp(0.0, 1.0)
    }

    /// The end of the time in which the latest three views make the lead hot, if it is not over.
    pub fn hot_by_views_until(&self, now: Timestamp) -> Option<Timestamp> {
        hot_by_views_until(self.hot_since, now)
    }

    pub fn heat_at(&self, now: Timestamp) -> f64 {
        self.heat.map_or(0.0, |heat| heat.value_at(now, HEAT_HALF_LIFE))
    }

    /// Whether this view makes the lead hot: it must be one of the three, so that old views do not fire again.
    fn view_makes_hot(&mut self, at: Timestamp) -> bool {
        let place = self.recent_views.partition_point(|view| *view <= at);
        self.recent_views.insert(place, at);
        let with_this = place.saturating_sub(HOT_VIEWS - 1)..=place;
        let hot = with_this
            .filter_map(|first| self.recent_views.get(first..first + HOT_VIEWS))
            .any(|views| views[HOT_VIEWS - 1].duration_since(views[0]) <= HOT_WINDOW);
        let surplus = self.recent_views.len().saturating_sub(KEPT_VIEWS);
        self.recent_views.drain(..surplus);
        let lately = self.hot_since.is_some_and(|since| at.duration_since(since) < HOT_AGAIN_AFTER);
        if hot && !lately {
            self.hot_since = Some(at);
        }
        hot && !lately
    }

    fn is_new_session(&mut self, session: &str) -> bool {
        let key = format!("session:{session}");
        let known = self.seen.iter().position(|seen| seen.id == key);
        if let Some(at) = known {
            self.seen.remove(at);
        }
        self.remember(Taken { id: key, nth: None, slice: false });
        known.is_none()
    }

    /// Slices push out slices only, so that a minute of viewing does not displace events that a rule or a
    /// repeated delivery may need.
    fn remember(&mut self, event: Taken) {
        let slices = self.seen.iter().filter(|seen| seen.slice).count();
        if event.slice && slices >= KEPT_SLICES {
            let oldest = self.seen.iter().position(|seen| seen.slice).unwrap_or(0);
            self.seen.remove(oldest);
        } else if self.seen.len() >= KEPT_EVENTS {
            self.seen.remove(0);
        }
        self.seen.push(event);
    }

    /// Adds heat as of the later of event and sum: an older event has cooled by then.
    fn add_heat(&mut self, amount: f64, at: Timestamp) {
        if amount == 0.0 {
            return;
        }
        let now = self.heat.map_or(at, |heat| heat.at.max(at));
        let value = self.heat_at(now) + Decaying { value: amount, at }.value_at(now, HEAT_HALF_LIFE);
        self.heat = Some(Decaying { value, at: now });
    }
}

#[cfg(test)]
mod tests;
