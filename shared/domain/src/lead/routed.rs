//! The decision that gave a new lead its owner, as the lead keeps it.

use crate::ids::{RoutingRuleId, UserId};
use serde::{Deserialize, Serialize};

crate::codes! {
    /// How the owner was chosen.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum RoutedHow {
        One = "one",
        RoundRobin = "round_robin",
        LeastLoad = "least_load",
    }
}

/// The decision as the lead keeps it: its timeline explains it, also after the rule or the owner has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutedBy {
    pub owner: UserId,
    /// None: the choice for all other leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RoutingRuleId>,
    /// The rule's name at that time; empty for the choice for all other leads.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub how: RoutedHow,
}
