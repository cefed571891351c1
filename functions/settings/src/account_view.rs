//! A provider account as the API shows it, never with its secret.

use crate::App;
use crate::grant_access::GrantView;
use application::identity::links::webhook_url;
use application::ingesting::large_payloads;
use domain::AccountId;
use domain::capacity::circuit_breaker::{Breaker, Health};
use domain::capacity::day_plan::{DayAhead, Used};
use domain::capacity::quota::{Quota, SendingLimits, SlotRequest};
use domain::enrolment::pause::AccountPause;
use domain::time::weekly_hours::WorkingHours;
use domain::workspace::account::{Account, AccountKind, AccountSettings, InboundVia};
use domain::workspace::account_fault::AccountState;
use domain::workspace::account_fault::LastError;
use domain::workspace::mailbox_reading::MailboxReading;
use domain::workspace::reply_path::hears_replies;
use http_api::{ApiResult, utoipa};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

pub const DAYS_AHEAD: usize = 7;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AccountView {
    pub id: AccountId,
    pub name: String,
    pub kind: AccountKind,
    pub settings: AccountSettings,
    /// Names of the secret fields that are set.
    pub secrets: Vec<String>,
    /// The hours in which messages to leads go out from it, in its own time zone.
    pub hours: Option<WorkingHours>,
    /// Its limits; absent if it has none.
    pub limits: Option<SendingLimits>,
    /// How much of today's limit is used.
    pub today: Option<TodayView>,
    /// Today and the six days after it, if there are limits.
    pub ahead: Vec<DayAhead>,
    pub enabled: bool,
    /// A user has paused it: nothing goes out from it.
    pub pause: Option<AccountPauseView>,
    /// The grant of a mailbox that is used by one; absent for all others.
    pub grant: Option<GrantView>,
    /// How far its mailbox was read; absent for accounts whose mailbox leadflow does not read.
    pub reading: Option<ReadingView>,
    /// Whether the account is known to work, by a test or by a message.
    pub state: AccountState,
    /// Whether replies to its messages reach leadflow; a reply that does not reach it stops no sequence.
    /// Absent for accounts that send nothing.
    pub hears_replies: Option<bool>,
    /// The latest time that the provider refused something from it; it matters until `over_at`.
    pub last_error: Option<LastError>,
    /// The provider's health; absent if it works.
    pub health: Option<HealthView>,
    /// The URL for the provider's webhooks.
    pub webhook_url: Option<String>,
    /// The prefix under which a provider puts received mail into the installation's bucket; absent for providers that post
    /// it.
    pub mail_folder: Option<String>,
    pub created_at: Timestamp,
    pub rev: u64,
}

/// A saved account, with a generated secret that only this answer shows.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SavedAccount {
    #[serde(flatten)]
    pub account: AccountView,
    /// Generated for the other side to be set up with (inbound mail, WhatsApp), and shown this once.
    pub generated_secret: Option<String>,
}

/// Today's use of the limits, in the account's time zone.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TodayView {
    pub day: Date,
    /// The day's limit; lower while the account is ramped up.
    pub allowed: u32,
    pub taken: u32,
    /// The first messages to leads among them.
    pub taken_new: u32,
    /// Those in the present hour.
    pub taken_in_hour: u32,
    /// The earliest time at which a follow-up could go out.
    pub next_free: Timestamp,
    /// Until when it has sent as much as it may in its day or hour; null while it has room.
    pub full_until: Option<Timestamp>,
}

impl TodayView {
    fn of(limits: &SendingLimits, quota: &Quota, now: Timestamp) -> Self {
        let Used { day, taken, taken_new, taken_in_hour } = quota.used(limits, now);
        let next_free = quota.next(limits, SlotRequest { at: now, opening: false }, now);
        let full_until = quota.full_until(limits, now);
        Self { day, allowed: limits.allowed_on(day), taken, taken_new, taken_in_hour, next_free, full_until }
    }
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AccountPauseView {
    pub state: AccountPauseState,
    pub since: Timestamp,
    /// When it resumes automatically.
    pub until: Option<Timestamp>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountPauseState {
    /// A message that was already claimed may still go out.
    Pausing,
    Paused,
}

impl AccountPauseView {
    fn of(pause: AccountPause, now: Timestamp) -> Self {
        let pausing = pause.is_pausing(now);
        let state = if pausing { AccountPauseState::Pausing } else { AccountPauseState::Paused };
        Self { state, since: pause.since, until: pause.until }
    }
}

/// The reading of a mailbox, by which replies to it arrive.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReadingView {
    /// Everything that had arrived by then was read; absent before the first reading.
    pub last_read_at: Option<Timestamp>,
    /// Why it cannot be read at the moment.
    pub failure: Option<ReadingFailureView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReadingFailureView {
    pub detail: String,
    pub since: Timestamp,
}

impl ReadingView {
    fn of(reading: Option<&MailboxReading>) -> Self {
        let failure = reading.and_then(|reading| reading.failure.as_ref());
        let failure = failure.map(|one| ReadingFailureView { detail: one.detail.clone(), since: one.since });
        Self { last_read_at: reading.and_then(|reading| reading.complete_at), failure }
    }
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HealthView {
    pub state: HealthState,
    pub since: Timestamp,
    /// While the account is down, nothing is sent from it until this time.
    pub next_try: Option<Timestamp>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthState {
    /// The provider accepts nothing; due messages wait.
    Down,
    /// The provider works again; waiting messages go out gradually.
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

/// The items beside an account that its view shows. Each is missing until there is something to note.
#[derive(Clone, Copy)]
pub struct BesideAccount<'a> {
    pub breaker: Option<&'a Breaker>,
    pub quota: Option<&'a Quota>,
    pub reading: Option<&'a MailboxReading>,
}

/// The account's stored quota, or an unused one if no slot was reserved yet.
pub fn quota_of(account: &Account, stored: Option<&Quota>) -> Quota {
    let unused = || Quota::unused(account.workspace.clone(), account.id.clone());
    stored.cloned().unwrap_or_else(unused)
}

/// Returns the folder of the bucket into which SES puts the account's mail.
fn mail_folder(account: &Account) -> Option<String> {
    let is_ses = matches!(account.settings, AccountSettings::InboundEmail { via: InboundVia::Ses, .. });
    is_ses.then(|| large_payloads::mail_folder(&account.workspace, &account.id))
}

impl App {
    /// Whether the webhook of a sender is set up, and brings received mail.
    fn brings_mail(&self, account: &Account) -> bool {
        let declared = self.declared(&account.settings);
        let Some(field) = declared.and_then(|known| known.brings_mail_with) else { return false };
        let opened = self.vault.open(&account.workspace, &account.id, &account.sealed_secret);
        opened.is_ok_and(|secret| secret.get(field).is_some_and(|text| !text.is_empty()))
    }

    pub async fn as_it_stands(&self, account: Account) -> ApiResult<AccountView> {
        let breaker = self.breakers.get(&account.workspace, &account.id).await?;
        let quota = self.quotas.get(&account.workspace, &account.id).await?;
        let reading = self.mailbox_readings.get(&account.workspace, &account.id).await?;
        let all = self.accounts.list(&account.workspace).await?;
        let beside =
            BesideAccount { breaker: breaker.as_ref(), quota: quota.as_ref(), reading: reading.as_ref() };
        Ok(self.account_view(account, &all, beside))
    }

    /// `all` are the workspace's accounts.
    pub fn account_view(
        &self,
        account: Account,
        all: &[Account],
        BesideAccount { breaker, quota, reading }: BesideAccount<'_>,
    ) -> AccountView {
        let kind = account.settings.kind();
        let reports = match kind {
            AccountKind::Stripe | AccountKind::InboundEmail | AccountKind::Bookings => true,
            _ => self.declared(&account.settings).is_some_and(|known| known.reports),
        };
        let webhook_url = || webhook_url(&self.public_url, &account.id, &account.settings);
        let opened = self.vault.open(&account.workspace, &account.id, &account.sealed_secret);
        let now = self.clock.now();
        let broken = opened.as_ref().err();
        let broken = broken.map(|error| LastError {
            detail: error.to_string(),
            since: None,
            at: now,
            over_at: None,
            fault: None,
        });
        let state = if broken.is_some() { AccountState::Failing } else { account.state() };
        let is_read = |known: &Account| self.mailbox_reader.mailbox_of(&known.settings).is_some();
        let hears_replies = hears_replies(&account, all, is_read, |known| self.brings_mail(known));
        let quota = quota_of(&account, quota);
        let limits = account.limits.as_ref();
        let today = limits.map(|limits| TodayView::of(limits, &quota, now));
        let ahead = limits.map(|limits| quota.ahead(limits, limits.day_of(now), DAYS_AHEAD));
        let is_by_grant = self.grants.needs_grant(&account.settings);
        let grant = opened.as_ref().ok().filter(|_| is_by_grant).map(GrantView::of);
        let reading = is_read(&account).then(|| ReadingView::of(reading));
        let typed_in = self.secret_names(&account.settings);
        let mut secrets: Vec<String> =
            opened.map(|secret| secret.0.into_keys().collect()).unwrap_or_default();
        secrets.retain(|name| typed_in.contains(&name.as_str()));
        AccountView {
            webhook_url: reports.then(webhook_url),
            mail_folder: mail_folder(&account),
            id: account.id,
            name: account.name,
            kind,
            settings: account.settings,
            secrets,
            grant,
            reading,
            hours: account.hours,
            limits: account.limits,
            today,
            ahead: ahead.unwrap_or_default(),
            enabled: account.enabled,
            pause: account.pause.map(|pause| AccountPauseView::of(pause, now)),
            state,
            hears_replies,
            last_error: broken.or(account.last_error),
            health: breaker.and_then(|breaker| HealthView::of(breaker, now)),
            created_at: account.created_at,
            rev: account.rev,
        }
    }
}
