//! The leads of a workspace that its users see: all users all leads, or reps their own and managers those of their team.

use crate::ids::UserId;
use crate::lead::scope::LeadScope;
use crate::workspace::user::Role;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most teams of a workspace.
pub const MOST_TEAMS: usize = 50;
/// The most members of a team: their ids are the values of one condition of a segment rule.
pub const MOST_MEMBERS: usize = 100;
/// The most characters of a team's name.
pub const LONGEST_TEAM_NAME: usize = 60;

/// What the reps of a workspace see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RepsSee {
    #[default]
    AllLeads,
    /// The leads that they own.
    OwnLeads,
}

/// A team: users whose leads its managers see. A user is in one team at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Up to 60 characters; no other team has the same.
    pub name: String,
    /// The users of the team, at most 100, each in no other team.
    pub members: Vec<UserId>,
}

/// The leads that users see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LeadAccess {
    pub reps_see: RepsSee,
    pub teams: Vec<Team>,
}

impl LeadAccess {
    /// Tells whether it is as at sign-up: all users see all leads, and there are no teams.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// The team that a user is in.
    pub fn team_of(&self, user: &UserId) -> Option<&Team> {
        self.teams.iter().find(|team| team.members.contains(user))
    }

    /// The leads that a user with this role sees. A read-only user sees what a manager would see.
    pub fn scope_of(&self, user: &UserId, role: Role) -> LeadScope {
        if self.reps_see == RepsSee::AllLeads {
            return LeadScope::All;
        }
        match role {
            Role::Owner | Role::Admin => LeadScope::All,
            Role::Manager | Role::ReadOnly => match self.team_of(user) {
                Some(team) => LeadScope::Owners(team.members.iter().cloned().collect()),
                None => LeadScope::All,
            },
            Role::Rep => LeadScope::of_owner(user.clone()),
        }
    }

    /// The faults of the teams: the place of each, and what is expected there.
    pub fn team_faults(&self) -> Vec<(String, String)> {
        let (mut faults, mut names, mut members) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        if self.teams.len() > MOST_TEAMS {
            return vec![(String::new(), format!("are at most {MOST_TEAMS}"))];
        }
        for (at, team) in self.teams.iter().enumerate() {
            let name = team.name.trim();
            if name.is_empty() || name.chars().count() > LONGEST_TEAM_NAME {
                faults.push((format!("[{at}].name"), format!("has 1 to {LONGEST_TEAM_NAME} characters")));
            } else if !names.insert(name.to_lowercase()) {
                faults.push((format!("[{at}].name"), "is the name of another team".to_owned()));
            }
            if team.members.len() > MOST_MEMBERS {
                faults.push((format!("[{at}].members"), format!("are at most {MOST_MEMBERS}")));
                continue;
            }
            for (place, member) in team.members.iter().enumerate() {
                if !members.insert(member) {
                    let field = format!("[{at}].members[{place}]");
                    faults.push((field, "is in a team already: a user is in one team at most".to_owned()));
                }
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn user(name: &str) -> UserId {
        UserId::derived(Timestamp::UNIX_EPOCH, &[name])
    }

    fn team(name: &str, members: &[&str]) -> Team {
        Team { name: name.to_owned(), members: members.iter().map(|name| user(name)).collect() }
    }

    fn own(teams: Vec<Team>) -> LeadAccess {
        LeadAccess { reps_see: RepsSee::OwnLeads, teams }
    }

    #[test]
    fn all_users_see_all_leads_unless_reps_see_their_own() {
        let open = LeadAccess { teams: vec![team("North", &["ann", "max"])], ..LeadAccess::default() };
        for role in [Role::ReadOnly, Role::Rep, Role::Manager, Role::Admin, Role::Owner] {
            assert_eq!(open.scope_of(&user("ann"), role), LeadScope::All, "{role:?}");
        }
    }

    #[test]
    fn reps_see_their_own_leads_and_managers_those_of_their_team() {
        let access = own(vec![team("North", &["ann", "max"])]);
        let members = LeadScope::Owners([user("ann"), user("max")].into());
        assert_eq!(access.scope_of(&user("ann"), Role::Rep), LeadScope::of_owner(user("ann")));
        assert_eq!(access.scope_of(&user("zoe"), Role::Rep), LeadScope::of_owner(user("zoe")));
        assert_eq!(access.scope_of(&user("max"), Role::Manager), members);
        assert_eq!(access.scope_of(&user("max"), Role::ReadOnly), members);
        assert_eq!(access.scope_of(&user("kim"), Role::Manager), LeadScope::All);
        assert_eq!(access.scope_of(&user("max"), Role::Admin), LeadScope::All);
    }

    #[test]
    fn teams_with_one_name_or_one_member_twice_are_refused() {
        assert_eq!(own(vec![team("North", &["ann"]), team("South", &["bob"])]).team_faults(), []);
        let twice = own(vec![team("North", &["ann"]), team(" north", &["bob", "ann"])]).team_faults();
        let places: Vec<&str> = twice.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(places, ["[1].name", "[1].members[1]"]);
        assert_eq!(own(vec![team(" ", &[])]).team_faults()[0].0, "[0].name");
    }
}
