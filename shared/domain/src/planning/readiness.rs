//! Readiness: whether a workspace, an account or a campaign can send at this moment, by the checks that are
//! the same for every lead.

use crate::campaign::{Campaign, CampaignState};
use crate::capacity::circuit_breaker::{Breaker, Health};
use crate::capacity::contact_caps::{day_begins, day_of};
use crate::capacity::quota::{Quota, SlotRequest};
use crate::contact::channel::Channel;
use crate::enrolment::pause::ending;
use crate::ids::AccountId;
use crate::lead::Lead;
use crate::lead::suppression::{Endings, Suppression};
use crate::planning::check::{Check, CheckRule};
use crate::planning::eligibility::channel_closed;
use crate::planning::eligibility::may_be_contacted;
use crate::planning::next_action::{NextAction, NextActionKind};
use crate::planning::scope_checks::campaign_is_active;
use crate::planning::scope_checks::workspace_sends;
use crate::sequence::SequenceVersion;
use crate::time::days_off::DaysOff;
use crate::time::opening_hours::Opening;
use crate::workspace::Sending;
use crate::workspace::account::{Account, AccountKind};
use crate::workspace::account_fault::LastError;
use crate::workspace::account_fault::{AccountFault, AccountState};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Readiness {
    /// Whether a message that is due now would go out, on at least one channel.
    pub sends: bool,
    /// The channels that the campaign's steps use or, for a workspace or account, those that accounts send on.
    pub channels: Vec<ChannelReadiness>,
    /// Each account that messages go out by, and whether it is known to work.
    pub accounts: Vec<AccountReadiness>,
    pub checks: Vec<Check>,
    /// The next action on the channel that can send first.
    pub next: NextAction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelReadiness {
    pub channel: Channel,
    /// True if at least one account of this channel can send.
    pub sends: bool,
    pub next: NextAction,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountReadiness {
    pub id: AccountId,
    pub name: String,
    pub channel: Option<Channel>,
    pub state: AccountState,
    /// The fault of a failing account, if its last error said so.
    pub fault: Option<AccountFault>,
}

/// Whether workspace and campaign send at all, whatever the account, and from when; without `from`, a user has to act first.
#[derive(Debug, Clone, Copy)]
struct Whole {
    runs: bool,
    from: Option<Timestamp>,
}

impl Readiness {
    /// Adds the check of the workspace's daily cap behind the first check: if it is reached, nothing goes out
    /// before tomorrow.
    #[must_use]
    pub fn with_workspace_cap(mut self, room: Option<Check>, now: Timestamp) -> Self {
        if let Some(room) = room {
            let tomorrow = (!room.passed).then(|| day_begins(day_of(now) + 1));
            let wait = |sends: &mut bool, next: &mut NextAction| {
                *sends &= room.passed;
                next.at = next.at.map(|at| tomorrow.map_or(at, |tomorrow| tomorrow.max(at)));
            };
            wait(&mut self.sends, &mut self.next);
            for ChannelReadiness { sends, next, .. } in &mut self.channels {
                wait(sends, next);
            }
            self.checks.insert(1, room);
        }
        self
    }
}

impl ChannelReadiness {
    fn of(channel: Channel, accounts: &[CheckedAccount<'_>], whole: Whole, now: Timestamp) -> Self {
        let of_channel: Vec<CheckedAccount<'_>> =
            accounts.iter().filter(|account| account.is_of(channel)).copied().collect();
        let (sends, from) = any_sends(&of_channel, now);
        Self { channel, sends: whole.runs && sends, next: sent_from(later(from, whole.from)) }
    }
}

/// An account with what is known of its provider's health and its used quota.
#[derive(Debug, Clone, Copy)]
pub struct CheckedAccount<'a> {
    pub account: &'a Account,
    pub breaker: Option<&'a Breaker>,
    pub quota: Option<&'a Quota>,
}

pub fn workspace_readiness(sending: &Sending, accounts: &[CheckedAccount<'_>], now: Timestamp) -> Readiness {
    let mut checks = vec![workspace_sends(sending)];
    let whole = Whole { runs: checks[0].passed, from: sending.runs_from(now) };
    checks.extend(accounts.iter().flat_map(|account| account.checks(now)));
    if accounts.is_empty() {
        checks.push(no_account("no account is connected".to_owned()));
    }
    let is_there = |channel: &Channel| accounts.iter().any(|account| account.is_of(*channel));
    let of = |channel| ChannelReadiness::of(channel, accounts, whole, now);
    let channels = Channel::ALL.into_iter().filter(is_there).map(of).collect();
    let (any, from) = any_sends(accounts, now);
    let next = sent_from(later(from, whole.from));
    let accounts = accounts.iter().map(CheckedAccount::readiness).collect();
    Readiness { sends: whole.runs && any, channels, accounts, checks, next }
}

pub fn account_readiness(sending: &Sending, account: &CheckedAccount<'_>, now: Timestamp) -> Readiness {
    workspace_readiness(sending, &[*account], now)
}

/// The readiness of a campaign; `accounts` are those it sends by.
pub fn campaign_readiness(
    (sending, campaign): (&Sending, &Campaign),
    version: &SequenceVersion,
    accounts: &[CheckedAccount<'_>],
    now: Timestamp,
) -> Readiness {
    let mut checks = vec![workspace_sends(sending), campaign_is_active(campaign), has_steps(version)];
    let active_from = match campaign.state {
        CampaignState::Active => Some(now),
        _ => campaign.paused_until,
    };
    let whole = Whole {
        runs: checks.iter().all(|check| check.passed),
        from: later(active_from, sending.runs_from(now)).filter(|_| checks[2].passed),
    };
    let (mut channels, mut used) = (Vec::new(), Vec::new());
    for channel in Channel::ALL {
        if version.steps.iter().any(|step| step.kind.channel() == Some(channel)) {
            let of_channel = || accounts.iter().filter(|account| account.is_of(channel));
            checks.extend(of_channel().flat_map(|account| account.checks(now)));
            used.extend(of_channel().map(CheckedAccount::readiness));
            if of_channel().next().is_none() {
                checks.push(no_account(format!("no account for {} is connected", channel.words())));
            }
            channels.push(ChannelReadiness::of(channel, accounts, whole, now));
        }
    }
    // A sequence without message steps moves its enrolments on all the same.
    let sends = whole.runs && (channels.is_empty() || channels.iter().any(|channel| channel.sends));
    let next = match channels.iter().filter_map(|channel| channel.next.at).min() {
        None if channels.is_empty() => sent_from(whole.from),
        first => sent_from(first),
    };
    Readiness { sends, channels, accounts: used, checks, next }
}

/// The checks for a lead outside any sequence: whether the workspace sends, whether the lead may be
/// contacted, and on which channels.
pub fn lead_checks(
    (sending, endings): (&Sending, &Endings),
    lead: &Lead,
    suppressions: &[Suppression],
    now: Timestamp,
) -> Vec<Check> {
    let closed = |channel| channel_closed(lead, channel, suppressions, now);
    let open: Vec<&str> =
        Channel::ALL.into_iter().filter(|c| closed(*c).is_none()).map(Channel::as_str).collect();
    let closed_words = |channel: Channel| Some(format!("{}: {}", channel.as_str(), closed(channel)?.words()));
    let seen = match open.is_empty() {
        true => Channel::ALL.into_iter().filter_map(closed_words).collect::<Vec<_>>().join(", "),
        false => open.join(", "),
    };
    let reachable = Check { rule: CheckRule::Reachable, passed: !open.is_empty(), seen };
    vec![workspace_sends(sending), may_be_contacted(lead, suppressions, endings, now), reachable]
}

/// The later of two times; none if either is unknown.
fn later(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.zip(other).map(|(one, other)| one.max(other))
}

/// The next action as a send at `from`; without `from`, a user has to act first.
fn sent_from(from: Option<Timestamp>) -> NextAction {
    let what = if from.is_some() { NextActionKind::Send } else { NextActionKind::AwaitPerson };
    NextAction { what, at: from }
}

/// Whether any of the accounts can send now, and when the first of them can.
fn any_sends(accounts: &[CheckedAccount<'_>], now: Timestamp) -> (bool, Option<Timestamp>) {
    let sends = |account: &CheckedAccount<'_>| {
        account.checks(now).iter().all(|check| check.passed || check.rule == NOT_TRIED)
    };
    let from =
        |account: &CheckedAccount<'_>| account.sends_from(SlotRequest { at: now, opening: false }, now);
    (accounts.iter().any(sends), accounts.iter().filter_map(from).min())
}

/// An untested account does not count as failing: the first message that goes out by it tells whether it works.
const NOT_TRIED: CheckRule = CheckRule::SenderTried;

fn no_account(seen: String) -> Check {
    Check { rule: CheckRule::SenderEnabled, passed: false, seen }
}

fn has_steps(version: &SequenceVersion) -> Check {
    let count = version.steps.len();
    let seen = format!("version {} has {count} steps", version.version);
    Check { rule: CheckRule::SequenceHasSteps, passed: count > 0, seen }
}

impl<'a> CheckedAccount<'a> {
    pub fn all(accounts: &'a [Account], breakers: &'a [Breaker], quotas: &'a [Quota]) -> Vec<Self> {
        let account = |account: &'a Account| Self {
            account,
            breaker: breakers.iter().find(|breaker| breaker.account == account.id),
            quota: quotas.iter().find(|quota| quota.account == account.id),
        };
        accounts.iter().map(account).collect()
    }

    fn is_of(&self, channel: Channel) -> bool {
        AccountKind::of_channel(channel).contains(&self.account.settings.kind())
    }

    /// All checks of the account, also those behind one that has failed.
    fn checks(&self, now: Timestamp) -> Vec<Check> {
        let Account { name, enabled, .. } = self.account;
        let word = if *enabled { "on" } else { "off" };
        let enabled =
            Check { rule: CheckRule::SenderEnabled, passed: *enabled, seen: format!("{name}: {word}") };
        let mut checks = vec![enabled];
        checks.extend(self.has_failed());
        checks.extend(self.is_paused());
        let reachable = self.is_reachable(now);
        // A provider without reported trouble proves nothing about an account that fails or was never tested.
        if !reachable.passed || self.account.state() == AccountState::Works {
            checks.push(reachable);
        }
        checks.extend(self.check_sending_hours(now));
        checks.extend(self.has_room_today(now));
        checks
    }

    fn readiness(&self) -> AccountReadiness {
        let Account { id, name, settings, last_error, .. } = self.account;
        let state = self.account.state();
        let failing = last_error.as_ref().filter(|_| state == AccountState::Failing);
        AccountReadiness {
            id: id.clone(),
            name: name.clone(),
            channel: settings.kind().channel(),
            state,
            fault: failing.and_then(|last| last.fault),
        }
    }

    /// Fails if the account is failing or untested; no check if it is known to work.
    fn has_failed(&self) -> Option<Check> {
        let Account { name, last_error, .. } = self.account;
        let (rule, seen) = match (self.account.state(), last_error) {
            (AccountState::Works, _) => return None,
            (AccountState::Failing, Some(last)) => {
                let since = last.since.unwrap_or(last.at);
                (CheckRule::SenderWorks, format!("{name} has been failing since {since}: {}", last.detail))
            }
            (AccountState::Untested | AccountState::Failing, _) => {
                (NOT_TRIED, format!("{name} has not been tested yet"))
            }
        };
        Some(Check { rule, passed: false, seen })
    }

    /// Fails if a user has paused the account; no check otherwise.
    fn is_paused(&self) -> Option<Check> {
        let pause = self.account.pause?;
        let seen = format!("{} was paused {}{}", self.account.name, pause.since, ending(pause.until));
        Some(Check { rule: CheckRule::SenderNotPaused, passed: false, seen })
    }

    /// Whether the provider takes messages, by the account's circuit breaker. One that has just recovered
    /// does, a few a minute.
    pub fn is_reachable(&self, now: Timestamp) -> Check {
        let name = &self.account.name;
        let (passed, seen) = match self.breaker.map_or(Health::Works, |breaker| breaker.health(now)) {
            Health::Works => (true, format!("{name} accepts messages")),
            Health::Down { since, next_try } => {
                (false, format!("{name} has accepted nothing since {since}; next try {next_try}"))
            }
            Health::Recovering { since } => (
                true,
                format!("{name} has been recovering since {since}; waiting messages go out a few at a time"),
            ),
        };
        Check { rule: CheckRule::ProviderTakesMessages, passed, seen }
    }

    /// Whether the account is in its sending hours now; no check if it has none.
    fn check_sending_hours(&self, now: Timestamp) -> Option<Check> {
        let hours = self.account.hours.as_ref()?;
        let zone = hours.zone.zone();
        let opening = Opening { week: hours.week(), zone: zone.clone(), days_off: DaysOff::NONE };
        let name = &self.account.name;
        let passed = opening.is_open(now);
        let seen = match opening.next(now) {
            _ if passed => format!("{name} is within its sending hours"),
            Some(next) => {
                let local = next.to_zoned(zone).strftime("%a %-d %b %H:%M %Z").to_string();
                format!("{name} sends again from {local}")
            }
            None => format!("{name} has no sending hours"),
        };
        Some(Check { rule: CheckRule::SenderHours, passed, seen })
    }

    /// When the account can send this message, as far as is known; none if a user has to act first.
    pub fn sends_from(&self, wish: SlotRequest, now: Timestamp) -> Option<Timestamp> {
        let Account { enabled, hours, limits, last_error, .. } = self.account;
        let needs_a_person = last_error.as_ref().is_some_and(LastError::needs_a_person);
        if needs_a_person {
            return None;
        }
        let asked = match self.breaker.map_or(Health::Works, |breaker| breaker.health(now)) {
            Health::Down { next_try, .. } => next_try.max(now),
            Health::Works | Health::Recovering { .. } => now,
        };
        let at_work = |from: Timestamp| match hours {
            None => Some(from),
            Some(hours) => {
                let (week, zone) = (hours.week(), hours.zone.zone());
                Opening { week, zone, days_off: DaysOff::NONE }.next(from)
            }
        };
        let asked = match self.account.pause {
            None => asked,
            Some(pause) => pause.until?.max(asked),
        };
        let open = at_work(asked).filter(|_| *enabled)?;
        match limits {
            None => Some(open),
            Some(limits) => {
                let wish = SlotRequest { at: wish.at.max(open), ..wish };
                at_work(self.used_quota().next(limits, wish, now)).filter(|at| *at < Timestamp::MAX)
            }
        }
    }

    /// Whether the account has a slot for this message now; no check if it has no limits.
    pub fn has_room(&self, wish: SlotRequest, now: Timestamp) -> Option<Check> {
        let limits = self.account.limits.as_ref()?;
        Some(self.used_quota().room(limits, &self.account.name, wish, now))
    }

    fn has_room_today(&self, now: Timestamp) -> Option<Check> {
        let limits = self.account.limits.as_ref()?;
        Some(self.used_quota().room_today(limits, &self.account.name, now))
    }

    fn used_quota(&self) -> Quota {
        let Account { workspace, id, .. } = self.account;
        self.quota.cloned().unwrap_or_else(|| Quota::unused(workspace.clone(), id.clone()))
    }
}

#[cfg(test)]
mod tests;
