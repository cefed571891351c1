//! What the API tells of a provider account. Its secret never leaves.

use crate::App;
use domain::ConnectionId;
use domain::breaker::{Breaker, Health};
use domain::calendar::WorkingHours;
use domain::connection::{Connection, ConnectionKind, ConnectionSettings};
use domain::pace::{DayAhead, Pace, SendingLimits, Wish};
use http_api::utoipa;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

const DAYS_AHEAD: usize = 7;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ConnectionView {
    pub id: ConnectionId,
    pub name: String,
    pub kind: ConnectionKind,
    pub settings: ConnectionSettings,
    /// Names of the secret fields that are set.
    pub secrets: Vec<String>,
    /// When messages to leads go out by it, by its own clock.
    pub hours: Option<WorkingHours>,
    /// How much it sends; absent: as much as there is.
    pub limits: Option<SendingLimits>,
    /// What it has given away of that.
    pub today: Option<TodayView>,
    /// Today and the six days after it, where there are limits.
    pub ahead: Vec<DayAhead>,
    pub enabled: bool,
    /// What the provider last refused the account for.
    pub last_error: Option<String>,
    /// How the provider fares. Absent where all is well.
    pub health: Option<HealthView>,
    /// Where the provider reports to.
    pub webhook_url: Option<String>,
    pub created_at: Timestamp,
    pub rev: u64,
}

/// By the clock of the account's limits.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TodayView {
    pub day: Date,
    /// Of the day; less than the limit while the account is ramped up.
    pub allowed: u32,
    pub taken: u32,
    /// First messages among them.
    pub taken_new: u32,
    /// When a follow-up could go out.
    pub next_free: Timestamp,
}

impl TodayView {
    fn of(limits: &SendingLimits, pace: &Pace, now: Timestamp) -> Self {
        let day = limits.day_of(now);
        let (taken, taken_new) = if pace.day == day { (pace.taken, pace.taken_new) } else { (0, 0) };
        let next_free = pace.next(limits, Wish { at: now, opening: false }, now);
        Self { day, allowed: limits.allowed_on(day), taken, taken_new, next_free }
    }
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HealthView {
    pub state: HealthState,
    pub since: Timestamp,
    /// While it is down: until then nothing is sent by this account.
    pub next_try: Option<Timestamp>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthState {
    /// The provider takes nothing; what is due waits.
    Down,
    /// It is back, and what has waited goes out bit by bit.
    Recovering,
}

impl HealthView {
    fn of(breaker: &Breaker, now: Timestamp) -> Option<Self> {
        match breaker.health(now) {
            Health::Works => None,
            Health::Down { since, next_try } => {
                Some(Self { state: HealthState::Down, since, next_try: Some(next_try) })
            }
            Health::Recovering { since } => {
                Some(Self { state: HealthState::Recovering, since, next_try: None })
            }
        }
    }
}

impl App {
    pub fn connection_view(
        &self,
        connection: Connection,
        breaker: Option<&Breaker>,
        pace: Option<&Pace>,
    ) -> ConnectionView {
        let kind = connection.settings.kind();
        let provider = match kind {
            ConnectionKind::Twilio => Some("twilio"),
            ConnectionKind::Stripe => Some("stripe"),
            ConnectionKind::InboundEmail => Some("inbound-email"),
            _ => None,
        };
        let opened = self.vault.open(&connection.workspace, &connection.id, &connection.sealed_secret);
        let broken = opened.as_ref().err().map(ToString::to_string);
        let now = self.clock.now();
        let unused = || Pace::unused(connection.workspace.clone(), connection.id.clone());
        let pace = pace.cloned().unwrap_or_else(unused);
        let limits = connection.limits.as_ref();
        let today = limits.map(|limits| TodayView::of(limits, &pace, now));
        let ahead = limits.map(|limits| pace.ahead(limits, limits.day_of(now), DAYS_AHEAD));
        ConnectionView {
            webhook_url: provider.map(|p| format!("{}/api/webhooks/{p}/{}", self.public_url, connection.id)),
            id: connection.id,
            name: connection.name,
            kind,
            settings: connection.settings,
            secrets: opened.map(|secret| secret.0.into_keys().collect()).unwrap_or_default(),
            hours: connection.hours,
            limits: connection.limits,
            today,
            ahead: ahead.unwrap_or_default(),
            enabled: connection.enabled,
            last_error: connection.last_error.or(broken),
            health: breaker.and_then(|breaker| HealthView::of(breaker, now)),
            created_at: connection.created_at,
            rev: connection.rev,
        }
    }
}
