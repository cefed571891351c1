//! Profiles: what kind of life a seed lives. The seeds of each profile count from one.

use std::fmt::{self, Display};
use std::str::FromStr;

/// The kinds of lives. Each profile adds something to those before it; the last six are apart: every one of
/// them builds on `FullDays` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Some people, one sequence, a user and every general kind of trouble.
    Ordinary,
    /// Three lives of four are short: fewer people and fewer days, for a third of the price.
    Short,
    /// Users give leads another address or number, close channels, hand leads over; companies hold them.
    AddressChanges,
    /// A second workspace shares some people; limits of numbers, bulk messages, auto-enrol and trigger rules are used.
    TwoTenants,
    /// Users change limits, hours, days off and caps while leads are under way.
    SettingsChanges,
    /// Users also work in the inbox and on single messages.
    InboxActions,
    /// Days are fuller than limits allow, mailboxes pause for days, providers refuse for good or are out of reach.
    FullDays,
    /// Two things happen at one moment, one kind of moment a life.
    Races,
    /// A row of events that hardly ever follow each other, one row a life.
    RareChains,
    /// Reads that may be stale often lag behind by seconds.
    StaleReads,
    /// One or two troubles a life: blocked senders, late deliveries, brown-outs, deployments.
    Troubles,
    /// Many leads come due at one moment and are written to by several accounts.
    FullBatches,
    /// Leads are written to from mailboxes that are read, by IMAP, at Google and at Microsoft, and answer there.
    Mailboxes,
}

impl Profile {
    pub const ALL: [Self; 13] = [
        Self::Ordinary,
        Self::Short,
        Self::AddressChanges,
        Self::TwoTenants,
        Self::SettingsChanges,
        Self::InboxActions,
        Self::FullDays,
        Self::Races,
        Self::RareChains,
        Self::StaleReads,
        Self::Troubles,
        Self::FullBatches,
        Self::Mailboxes,
    ];

    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The name, and the number that is added to a seed's own before chance is drawn from it, so that no two
    /// profiles draw alike.
    fn row(self) -> (&'static str, u64) {
        match self {
            Self::Ordinary => ("ordinary", 0),
            Self::Short => ("short", 1_000),
            Self::AddressChanges => ("address_changes", 5_000),
            Self::TwoTenants => ("two_tenants", 7_000),
            Self::SettingsChanges => ("settings_changes", 9_000),
            Self::InboxActions => ("inbox_actions", 10_000),
            Self::FullDays => ("full_days", 1_000_000),
            Self::Races => ("races", 2_000_000),
            Self::RareChains => ("rare_chains", 3_000_000),
            Self::StaleReads => ("stale_reads", 4_000_000),
            Self::Troubles => ("troubles", 5_000_000),
            Self::FullBatches => ("full_batches", 6_000_000),
            Self::Mailboxes => ("mailboxes", 7_000_000),
        }
    }

    /// The seed of this number in the profile.
    pub fn seed(self, number: u64) -> Seed {
        Seed { profile: self, number }
    }
}

impl Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|profile| profile.name() == text);
        found.ok_or_else(|| format!("there is no profile “{text}”; there are {}", names()))
    }
}

/// A life's profile and its number in it: everything that happens follows from these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seed {
    pub profile: Profile,
    pub number: u64,
}

impl Seed {
    /// The seed that comes so many later in the same profile.
    #[must_use]
    pub fn later(self, by: u64) -> Self {
        self.profile.seed(self.number + by)
    }

    /// Selects one of `count` things, so that following seeds take turns.
    pub fn generation(self, count: usize) -> usize {
        (u64::from(self) % count.max(1) as u64) as usize
    }
}

impl From<Seed> for u64 {
    fn from(seed: Seed) -> Self {
        seed.profile.row().1 + seed.number
    }
}

impl Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.profile, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profile_is_found_by_its_name() {
        for profile in Profile::ALL {
            assert_eq!(profile.name().parse(), Ok(profile));
        }
        assert!("7000".parse::<Profile>().unwrap_err().contains("two_tenants"));
    }

    #[test]
    fn profiles_draw_apart_from_each_other() {
        let firsts = Profile::ALL.map(|profile| u64::from(profile.seed(1)));
        assert!(firsts.is_sorted_by(|one, next| one < next), "{firsts:?}");
        assert_eq!(Profile::Races.seed(6).later(2).to_string(), "races 8");
    }
}
