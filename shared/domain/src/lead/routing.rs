//! Owner routing: who owns a new lead. A workspace has rules in order; the first whose conditions the lead meets and
//! that has somebody available decides, else the choice for all other leads does. A stated owner is never replaced.
//!
//! Users who share a rule's leads *in turn* do so by a counter: the lead at position `n` goes to the `n`-th of those
//! available, counted round. The store gives every position out once, so the shares are equal however many functions
//! create leads at the same time (`application::lead::routing`).

use crate::contact::country::Country;
use crate::ids::{RoutingRuleId, UserId, WorkspaceId};
use crate::lead::Lead;
pub use crate::lead::routed::{RoutedBy, RoutedHow};
use crate::text_match::folded;
use crate::workspace::user::{Role, User};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub const MOST_RULES: usize = 50;
/// The most users of a rule, and the most who are away at a time.
pub const MOST_USERS: usize = 100;
/// The most values of one condition.
pub const MOST_VALUES: usize = 100;
/// The most characters of a rule's name or of a value.
pub const LONGEST_TEXT: usize = 60;

/// A workspace's rules, stored as one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routing {
    pub workspace: WorkspaceId,
    pub rules: Vec<RoutingRule>,
    /// The owner of leads that no rule assigns.
    pub otherwise: OwnerChoice,
    /// Users who get no new leads for a while.
    pub away: Vec<OwnerAway>,
    pub rev: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoutingRule {
    pub id: RoutingRuleId,
    /// The name that the lead's timeline shows.
    pub name: String,
    /// Every condition that has values must be met; a rule without any takes every lead.
    pub when: RoutingConditions,
    pub assign: OwnerChoice,
}

/// The leads that a rule is for. The values of one condition are alternatives; case and accents do not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RoutingConditions {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<Country>,
    /// States, provinces or cities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// How an owner is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "how", deny_unknown_fields)]
pub enum OwnerChoice {
    /// The leads stay without an owner.
    Nobody {},
    One {
        user: UserId,
    },
    /// The users take turns.
    RoundRobin {
        users: Vec<UserId>,
    },
    /// The user with the fewest open leads; in the order given where several have the same number.
    LeastLoad {
        users: Vec<UserId>,
    },
}

/// A user who gets no new leads up to and on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OwnerAway {
    pub user: UserId,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub until: Date,
}

/// What the rules say of a lead, before a turn is taken or open leads are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerRoute<'a> {
    /// None: the choice for all other leads.
    pub rule: Option<&'a RoutingRule>,
    pub how: RoutedHow,
    /// The users who may get the lead, at least one.
    pub users: Vec<&'a UserId>,
}

impl OwnerChoice {
    pub fn users(&self) -> &[UserId] {
        match self {
            Self::Nobody {} => &[],
            Self::One { user } => std::slice::from_ref(user),
            Self::RoundRobin { users } | Self::LeastLoad { users } => users,
        }
    }

    fn how(&self) -> Option<RoutedHow> {
        match self {
            Self::Nobody {} => None,
            Self::One { .. } => Some(RoutedHow::One),
            Self::RoundRobin { .. } => Some(RoutedHow::RoundRobin),
            Self::LeastLoad { .. } => Some(RoutedHow::LeastLoad),
        }
    }
}

impl RoutingConditions {
    pub fn are_met_by(&self, lead: &Lead) -> bool {
        let is_one = |values: &[String], text: &str| {
            let text = folded(text);
            !text.is_empty() && values.iter().any(|value| folded(value) == text)
        };
        let country = lead.country.or_else(|| lead.phone.as_ref()?.country());
        let of_number =
            || self.countries.is_empty() || country.is_some_and(|of| self.countries.contains(&of));
        let regions = || {
            // An import keeps a column of states under its header.
            let states = lead.custom.iter().filter(|(key, _)| {
                matches!(folded(key).as_str(), "state" | "province" | "region" | "stateprovince")
            });
            let of_place = lead.city.iter().chain(states.map(|(_, value)| value));
            self.regions.is_empty() || of_place.into_iter().any(|place| is_one(&self.regions, place))
        };
        let sources = || {
            self.sources.is_empty()
                || lead.source.as_ref().is_some_and(|source| is_one(&self.sources, source))
        };
        let tags = || self.tags.is_empty() || lead.tags.iter().any(|tag| is_one(&self.tags, tag));
        of_number() && regions() && sources() && tags()
    }
}

impl Routing {
    /// The routing of a workspace that has set none: new leads have no owner.
    pub fn none(workspace: WorkspaceId) -> Self {
        let (rules, away) = (Vec::new(), Vec::new());
        Self { workspace, rules, otherwise: OwnerChoice::Nobody {}, away, rev: 0 }
    }

    /// Whether no lead gets an owner by it.
    pub fn assigns_nothing(&self) -> bool {
        let assigns = |assign: &OwnerChoice| assign.how().is_some();
        !self.rules.iter().any(|rule| assigns(&rule.assign)) && !assigns(&self.otherwise)
    }

    /// The users who may get new leads on this day: those who can sign in and change leads, and are not away.
    pub fn available(&self, team: &[User], today: Date) -> BTreeSet<UserId> {
        let is_away = |user: &UserId| self.away.iter().any(|away| away.user == *user && away.until >= today);
        let open = team.iter().filter(|user| !user.disabled && user.role >= Role::Rep && !is_away(&user.id));
        open.map(|user| user.id.clone()).collect()
    }

    /// What the rules say of this lead. A rule with nobody available is passed over; one that leaves its leads without
    /// an owner decides. None: the lead gets no owner.
    pub fn route(&self, lead: &Lead, available: &BTreeSet<UserId>) -> Option<OwnerRoute<'_>> {
        let rules = self.rules.iter().map(|rule| (Some(rule), &rule.assign));
        for (rule, assign) in rules.chain([(None, &self.otherwise)]) {
            if rule.is_some_and(|rule| !rule.when.are_met_by(lead)) {
                continue;
            }
            let how = assign.how()?;
            let users: Vec<&UserId> =
                assign.users().iter().filter(|user| available.contains(*user)).collect();
            if !users.is_empty() {
                return Some(OwnerRoute { rule, how, users });
            }
        }
        None
    }
}

impl OwnerRoute<'_> {
    /// The owner whose turn it is at this position.
    pub fn at_turn(&self, position: u64) -> &UserId {
        let count = u64::try_from(self.users.len()).unwrap_or(u64::MAX).max(1);
        let place = usize::try_from(position % count).unwrap_or(0);
        self.users[place]
    }

    /// The owner with the fewest open leads; the first of several.
    pub fn least_loaded(&self, load: impl Fn(&UserId) -> usize) -> &UserId {
        let least = self.users.iter().min_by_key(|user| load(user));
        least.expect("a route has somebody available")
    }

    /// The decision for this owner, as the lead keeps it.
    pub fn decision(&self, owner: &UserId) -> RoutedBy {
        let name = self.rule.map(|rule| rule.name.clone()).unwrap_or_default();
        RoutedBy { owner: owner.clone(), rule: self.rule.map(|rule| rule.id.clone()), name, how: self.how }
    }
}

#[cfg(test)]
mod tests;
