//! Whether a workspace, an account or a campaign sends at this moment, whoever is next: the checks that hold for everybody.

use crate::breaker::{Breaker, Health};
use crate::campaign::{Campaign, CampaignState};
use crate::caps::{day_begins, day_of};
use crate::connection::{Connection, ConnectionKind};
use crate::days_off::DaysOff;
use crate::lead::Lead;
use crate::opening::Opening;
use crate::pace::{Pace, Wish};
use crate::pause::ending;
use crate::plain::plain;
use crate::planner::{Check, may_be_contacted};
use crate::reach::channel_closed;
use crate::sequence::{Channel, SequenceVersion};
use crate::suppression::{Endings, Suppression};
use crate::what_next::{Next, NextWhat};
use crate::workspace::Sending;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Standing {
    /// Nothing keeps a message from going out now that is due. Of several accounts one is enough.
    pub sends: bool,
    pub checks: Vec<Check>,
    pub next: Next,
}

impl Standing {
    /// `from`: when what is known to speak against it is over; none where a person has to act.
    fn of(sends: bool, checks: Vec<Check>, from: Option<Timestamp>) -> Self {
        let what = if from.is_some() { NextWhat::Send } else { NextWhat::AwaitPerson };
        Self { sends, checks, next: Next { what, at: from } }
    }

    /// Whether the workspace has room today besides, behind its first check.
    #[must_use]
    pub fn and(mut self, room: Option<Check>, now: Timestamp) -> Self {
        if let Some(room) = room {
            self.sends &= room.passed;
            let tomorrow = (!room.passed).then(|| day_begins(day_of(now) + 1));
            self.next.at = self.next.at.map(|at| tomorrow.map_or(at, |tomorrow| tomorrow.max(at)));
            self.checks.insert(1, room);
        }
        self
    }
}

/// An account with what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    pub connection: &'a Connection,
    pub breaker: Option<&'a Breaker>,
    pub pace: Option<&'a Pace>,
}

pub fn of_workspace(sending: &Sending, accounts: &[Account<'_>], now: Timestamp) -> Standing {
    let mut checks = vec![workspace_sends(sending)];
    let running = checks[0].passed;
    let (open, from) = any_sends(accounts.iter(), now, &mut checks);
    Standing::of(running && open, checks, later(from, sending.runs_from(now)))
}

pub fn of_account(sending: &Sending, account: &Account<'_>, now: Timestamp) -> Standing {
    of_workspace(sending, &[*account], now)
}

/// `accounts`: those that it sends by.
pub fn of_campaign(
    (sending, campaign): (&Sending, &Campaign),
    version: &SequenceVersion,
    accounts: &[Account<'_>],
    now: Timestamp,
) -> Standing {
    let mut checks = vec![workspace_sends(sending), campaign_is_active(campaign), has_steps(version)];
    let mut sends = checks.iter().all(|check| check.passed);
    let active_from = match campaign.state {
        CampaignState::Active => Some(now),
        _ => campaign.paused_until,
    };
    let mut from = later(active_from, sending.runs_from(now)).filter(|_| checks[2].passed);
    for channel in Channel::ALL {
        if version.steps.iter().any(|step| step.kind.channel() == Some(channel)) {
            let kinds = ConnectionKind::of_channel(channel);
            let theirs =
                accounts.iter().filter(|account| kinds.contains(&account.connection.settings.kind()));
            let (any, theirs_from) = any_sends(theirs, now, &mut checks);
            sends &= any;
            from = later(from, theirs_from);
        }
    }
    Standing::of(sends, checks, from)
}

/// What is known of somebody whom no sequence leads: whether sending is on, whether they may be written to, and by what.
pub fn of_lead(
    (sending, endings): (&Sending, &Endings),
    lead: &Lead,
    suppressions: &[Suppression],
    now: Timestamp,
) -> Vec<Check> {
    let closed = |channel| channel_closed(lead, channel, suppressions, now);
    let open: Vec<&str> =
        Channel::ALL.into_iter().filter(|c| closed(*c).is_none()).map(Channel::as_str).collect();
    let told = |channel: Channel| Some(format!("{}: {}", channel.as_str(), plain(closed(channel)?)));
    let seen = match open.is_empty() {
        true => Channel::ALL.into_iter().filter_map(told).collect::<Vec<_>>().join(", "),
        false => open.join(", "),
    };
    let reachable = Check { rule: "reachable", passed: !open.is_empty(), seen };
    vec![workspace_sends(sending), may_be_contacted(lead, suppressions, endings, now), reachable]
}

/// None where one of them never comes by itself.
fn later(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.zip(other).map(|(one, other)| one.max(other))
}

/// And from when on the first of them does.
fn any_sends<'a>(
    accounts: impl Iterator<Item = &'a Account<'a>>,
    now: Timestamp,
    checks: &mut Vec<Check>,
) -> (bool, Option<Timestamp>) {
    let (mut any, mut sends, mut from) = (false, false, None);
    for account in accounts {
        let theirs = account.checks(now);
        (any, sends) = (true, sends || theirs.iter().all(|check| check.passed));
        let theirs_from = account.sends_from(Wish { at: now, opening: false }, now);
        from = from.into_iter().chain(theirs_from).min();
        checks.extend(theirs);
    }
    if !any {
        let seen = "there is no account to send by".to_owned();
        checks.push(Check { rule: "sender_enabled", passed: false, seen });
    }
    (sends, from)
}

pub fn workspace_sends(sending: &Sending) -> Check {
    let (passed, seen) = match sending {
        Sending::Running => (true, "running".to_owned()),
        Sending::Stopped { since, until } => (false, format!("stopped since {since}{}", ending(*until))),
    };
    Check { rule: "workspace_sending", passed, seen }
}

pub fn campaign_is_active(campaign: &Campaign) -> Check {
    let Campaign { state, state_since, paused_until, .. } = campaign;
    let seen = format!("{} since {state_since}{}", plain(state), ending(*paused_until));
    Check { rule: "campaign_active", passed: campaign.state == CampaignState::Active, seen }
}

fn has_steps(version: &SequenceVersion) -> Check {
    let count = version.steps.len();
    let seen = format!("version {} has {count} steps", version.version);
    Check { rule: "sequence_has_steps", passed: count > 0, seen }
}

impl<'a> Account<'a> {
    pub fn all(connections: &'a [Connection], breakers: &'a [Breaker], paces: &'a [Pace]) -> Vec<Self> {
        let account = |connection: &'a Connection| Self {
            connection,
            breaker: breakers.iter().find(|breaker| breaker.connection == connection.id),
            pace: paces.iter().find(|pace| pace.connection == connection.id),
        };
        connections.iter().map(account).collect()
    }

    /// All that is looked at, also behind one that has failed.
    fn checks(&self, now: Timestamp) -> Vec<Check> {
        let Connection { name, enabled, .. } = self.connection;
        let word = if *enabled { "on" } else { "off" };
        let enabled =
            Check { rule: "sender_enabled", passed: *enabled, seen: format!("{name} is switched {word}") };
        let mut checks = vec![enabled];
        checks.extend(self.is_paused());
        checks.push(self.is_reachable(now));
        checks.extend(self.is_at_work(now));
        checks.extend(self.has_room_today(now));
        checks
    }

    /// At a person's word; none where it is not.
    fn is_paused(&self) -> Option<Check> {
        let pause = self.connection.pause?;
        let seen = format!("{} is paused since {}{}", self.connection.name, pause.since, ending(pause.until));
        Some(Check { rule: "sender_not_paused", passed: false, seen })
    }

    /// The provider's doing.
    pub fn is_reachable(&self, now: Timestamp) -> Check {
        let name = &self.connection.name;
        let (passed, seen) = match self.breaker.map_or(Health::Works, |breaker| breaker.health(now)) {
            Health::Works => (true, format!("{name} takes messages")),
            Health::Down { since, next_try } => {
                (false, format!("{name} takes nothing since {since}; asked again at {next_try}"))
            }
            Health::Recovering { since } => {
                (false, format!("{name} is back since {since}; what has waited goes out bit by bit"))
            }
        };
        Check { rule: "provider_takes_messages", passed, seen }
    }

    /// Without hours of its own, always.
    fn is_at_work(&self, now: Timestamp) -> Option<Check> {
        let hours = self.connection.hours.as_ref()?;
        let zone = hours.zone.zone();
        let opening = Opening { week: hours.week(), zone: zone.clone(), days_off: DaysOff::NONE };
        let name = &self.connection.name;
        let passed = opening.is_open(now);
        let seen = match opening.next(now) {
            _ if passed => format!("{name} is at work"),
            Some(next) => {
                let local = next.to_zoned(zone).strftime("%a %-d %b %H:%M %Z").to_string();
                format!("{name} is at work again from {local}")
            }
            None => format!("{name} has no hours in which it works"),
        };
        Some(Check { rule: "sender_hours", passed, seen })
    }

    /// When nothing that is known of the account speaks against it any more; none where a person has to act.
    pub fn sends_from(&self, wish: Wish, now: Timestamp) -> Option<Timestamp> {
        let Connection { enabled, hours, limits, .. } = self.connection;
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
        let asked = match self.connection.pause {
            None => asked,
            Some(pause) => pause.until?.max(asked),
        };
        let open = at_work(asked).filter(|_| *enabled)?;
        match limits {
            None => Some(open),
            Some(limits) => {
                let wish = Wish { at: wish.at.max(open), ..wish };
                at_work(self.given_away().next(limits, wish, now)).filter(|at| *at < Timestamp::MAX)
            }
        }
    }

    /// Without limits, always.
    pub fn has_room(&self, wish: Wish, now: Timestamp) -> Option<Check> {
        let limits = self.connection.limits.as_ref()?;
        Some(self.given_away().room(limits, &self.connection.name, wish, now))
    }

    fn has_room_today(&self, now: Timestamp) -> Option<Check> {
        let limits = self.connection.limits.as_ref()?;
        Some(self.given_away().room_today(limits, &self.connection.name, now))
    }

    fn given_away(&self) -> Pace {
        let Connection { workspace, id, .. } = self.connection;
        self.pace.cloned().unwrap_or_else(|| Pace::unused(workspace.clone(), id.clone()))
    }
}

#[cfg(test)]
#[path = "tests/standing.rs"]
mod tests;
