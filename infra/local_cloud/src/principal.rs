//! The callers and their policies: least privilege is enforced here before it is deployed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// One `Allow` statement. `*` and `?` are wildcards in both lists, as in IAM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub actions: Vec<String>,
    pub resources: Vec<String>,
}

impl Statement {
    pub fn new<A: Into<String>, R: Into<String>>(
        actions: impl IntoIterator<Item = A>,
        resources: impl IntoIterator<Item = R>,
    ) -> Self {
        Self {
            actions: actions.into_iter().map(Into::into).collect(),
            resources: resources.into_iter().map(Into::into).collect(),
        }
    }

    fn allows(&self, action: &str, resource: &str) -> bool {
        let action = action.to_ascii_lowercase();
        self.actions.iter().any(|pattern| matches(&pattern.to_ascii_lowercase(), &action))
            && self.resources.iter().any(|pattern| matches(pattern, resource))
    }
}

/// A calling function by its name, with the policy it is deployed with.
#[derive(Debug, Clone)]
pub struct Principal {
    name: Arc<str>,
    policy: Option<Arc<[Statement]>>,
}

impl Principal {
    /// A principal that may do everything.
    pub fn root() -> Self {
        Self::unrestricted("root")
    }

    /// A principal that may do everything and is recorded under its own name.
    pub fn unrestricted(name: &str) -> Self {
        Self { name: name.into(), policy: None }
    }

    /// A principal that may do what the statements allow and nothing else.
    pub fn with_policy(name: &str, policy: Vec<Statement>) -> Self {
        Self { name: name.into(), policy: Some(policy.into()) }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn may(&self, action: &str, resource: &str) -> bool {
        self.policy.as_ref().is_none_or(|policy| policy.iter().any(|s| s.allows(action, resource)))
    }

    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:sts::{}:assumed-role/{}/{}", crate::names::ACCOUNT, self.name, self.name)
    }
}

/// An action on a resource, for instance `sqs:SendMessage` on a queue's ARN.
pub type Permission = (String, String);

/// The permissions that each principal really used, or was denied.
#[derive(Default)]
pub(crate) struct UsedPermissions(Mutex<BTreeMap<String, BTreeSet<Permission>>>);

impl UsedPermissions {
    pub(crate) fn record(&self, principal: &Principal, permissions: &[Permission]) {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !used.contains_key(principal.name()) {
            used.insert(principal.name().to_owned(), BTreeSet::new());
        }
        if let Some(set) = used.get_mut(principal.name()) {
            for permission in permissions {
                if !set.contains(permission) {
                    set.insert(permission.clone());
                }
            }
        }
    }

    pub(crate) fn all(&self) -> BTreeMap<String, BTreeSet<Permission>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// IAM's wildcard match: `*` any run, `?` any one character.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == b'*' {
            retry = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == b'?' || pattern[p] == text[t]) {
            p += 1;
            t += 1;
        } else if let Some((star, from)) = retry {
            retry = Some((star, from + 1));
            p = star + 1;
            t = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&c| c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_like_in_iam() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("table/*", "table/main/index/roster", true),
            ("table/main", "table/main/index/roster", false),
            ("table/main/index/*", "table/main", false),
            ("secret:x-??????", "secret:x-Local1", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abcd", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn policy_grants_only_what_it_names() {
        let reader = Principal::with_policy("r", vec![Statement::new(["dynamodb:Get*"], ["arn:t"])]);
        assert!(reader.may("dynamodb:GetItem", "arn:t"));
        assert!(!reader.may("dynamodb:PutItem", "arn:t"));
        assert!(!reader.may("dynamodb:GetItem", "arn:u"));
        assert!(Principal::root().may("anything:AtAll", "anywhere"));
    }
}
