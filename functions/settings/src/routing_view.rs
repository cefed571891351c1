//! Owner routing in requests and answers.

use crate::App;
use domain::contact::country::Country;
use domain::lead::routing::{
    LONGEST_TEXT, MOST_RULES, MOST_USERS, MOST_VALUES, OwnerAway, OwnerChoice, Routing, RoutingConditions,
    RoutingRule,
};
use domain::{RoutingRuleId, UserId, WorkspaceId};
use http_api::{ApiResult, FieldErrors, utoipa};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RoutingView {
    /// The rules in order: the first that takes a lead decides.
    pub rules: Vec<RoutingRule>,
    /// The owner of leads that no rule assigns.
    pub otherwise: OwnerChoice,
    /// Users who get no new leads for a while.
    pub away: Vec<OwnerAway>,
    pub rev: u64,
}

impl From<Routing> for RoutingView {
    fn from(Routing { workspace: _, rules, otherwise, away, rev }: Routing) -> Self {
        Self { rules, otherwise, away, rev }
    }
}

/// The rules as a request gives them, all together.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoutingBody {
    rules: Vec<RoutingRuleBody>,
    otherwise: OwnerChoice,
    #[serde(default)]
    away: Vec<OwnerAwayBody>,
    /// The revision that this change is based on; `If-Match` does the same.
    pub rev: Option<u64>,
}

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoutingRuleBody {
    /// The id of a rule that is kept; a rule without one is new.
    id: Option<RoutingRuleId>,
    name: String,
    #[serde(default)]
    when: RoutingConditionsBody,
    assign: OwnerChoice,
}

/// Conditions that must all be met, as far as they have values; the values of one are alternatives.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoutingConditionsBody {
    /// Two letters, or names.
    #[serde(default)]
    countries: Vec<String>,
    /// States, provinces or cities.
    #[serde(default)]
    regions: Vec<String>,
    #[serde(default)]
    sources: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnerAwayBody {
    user: UserId,
    /// The last day, such as `2026-11-28`.
    until: String,
}

impl RoutingBody {
    /// Parses the rules; answers 422 on each fault. New rules get the ids.
    pub async fn parse(self, app: &App, workspace: &WorkspaceId, rev: u64) -> ApiResult<Routing> {
        let mut errors = FieldErrors::default();
        let team: BTreeSet<UserId> =
            app.users.list(workspace).await?.into_iter().map(|user| user.id).collect();
        if self.rules.len() > MOST_RULES {
            errors.add("rules", format!("are at most {MOST_RULES}"));
        }
        if self.away.len() > MOST_USERS {
            errors.add("away", format!("are at most {MOST_USERS}"));
        }
        let mut rules: Vec<RoutingRule> = Vec::new();
        for (place, rule) in self.rules.into_iter().take(MOST_RULES).enumerate() {
            let path = format!("rules[{place}]");
            let id = rule.id.unwrap_or_else(|| RoutingRuleId::new(app.ids.next()));
            if rules.iter().any(|other| other.id == id) {
                errors.add(format!("{path}.id"), "is there twice");
            }
            let name = errors.required(&format!("{path}.name"), &rule.name, LONGEST_TEXT);
            let when = rule.when.parse(&mut errors, &format!("{path}.when"));
            check_choice(&mut errors, &format!("{path}.assign"), &rule.assign, &team);
            rules.push(RoutingRule { id, name, when, assign: rule.assign });
        }
        check_choice(&mut errors, "otherwise", &self.otherwise, &team);
        let mut away: Vec<OwnerAway> = Vec::new();
        for (place, OwnerAwayBody { user, until }) in self.away.into_iter().take(MOST_USERS).enumerate() {
            let path = format!("away[{place}]");
            if !team.contains(&user) {
                errors.add(format!("{path}.user"), "there is no such user in this workspace");
            }
            if away.iter().any(|other| other.user == user) {
                errors.add(format!("{path}.user"), "is there twice");
            }
            let until: Result<Date, _> = until.trim().parse().map_err(|_| "is not a day such as 2026-11-28");
            if let Some(until) = errors.take(&format!("{path}.until"), until) {
                away.push(OwnerAway { user, until });
            }
        }
        errors.finish()?;
        Ok(Routing { workspace: workspace.clone(), rules, otherwise: self.otherwise, away, rev })
    }
}

impl RoutingConditionsBody {
    fn parse(self, errors: &mut FieldErrors, path: &str) -> RoutingConditions {
        let mut countries = Vec::new();
        for (place, country) in self.countries.iter().take(MOST_VALUES).enumerate() {
            let country = Country::from_name(country).ok_or("is not a country code such as GB");
            countries.extend(errors.take(&format!("{path}.countries[{place}]"), country));
        }
        if self.countries.len() > MOST_VALUES {
            errors.add(format!("{path}.countries"), format!("are at most {MOST_VALUES}"));
        }
        let mut texts = |field: &str, values: Vec<String>| {
            let path = format!("{path}.{field}");
            if values.len() > MOST_VALUES {
                errors.add(path.clone(), format!("are at most {MOST_VALUES}"));
            }
            let each = values.into_iter().take(MOST_VALUES).enumerate();
            each.filter_map(|(place, value)| {
                errors.text(&format!("{path}[{place}]"), Some(value), LONGEST_TEXT)
            })
            .collect()
        };
        RoutingConditions {
            regions: texts("regions", self.regions),
            sources: texts("sources", self.sources),
            tags: texts("tags", self.tags),
            countries,
        }
    }
}

/// Checks that a choice names users of the workspace, each once.
fn check_choice(errors: &mut FieldErrors, path: &str, choice: &OwnerChoice, team: &BTreeSet<UserId>) {
    let users = choice.users();
    let field = if matches!(choice, OwnerChoice::One { .. }) { "user" } else { "users" };
    if users.is_empty() && !matches!(choice, OwnerChoice::Nobody {}) {
        errors.add(format!("{path}.users"), "choose at least one team member");
    }
    if users.len() > MOST_USERS {
        errors.add(format!("{path}.users"), format!("are at most {MOST_USERS}"));
    }
    if users.iter().any(|user| !team.contains(user)) {
        errors.add(format!("{path}.{field}"), "there is no such user in this workspace");
    }
    if users.iter().collect::<BTreeSet<_>>().len() < users.len() {
        errors.add(format!("{path}.users"), "names a team member twice");
    }
}
