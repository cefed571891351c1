//! Companies: what a workspace notes about a company. A company is the domain of its people's e-mail addresses; free mail
//! domains are none. Its people need no link to it, so a company exists as soon as a lead has an address there.

use crate::ids::{UserId, WorkspaceId};
use crate::workspace::tracking_domain::DomainName;
use jiff::Timestamp;

/// The longest name and the longest note of a company.
pub const LONGEST_COMPANY_NAME: usize = 120;
pub const LONGEST_COMPANY_NOTE: usize = 4_000;

/// The most companies above each other.
pub const DEEPEST_PARENTS: usize = 5;

/// What users have noted about a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyRecord {
    pub workspace: WorkspaceId,
    /// The domain of the company's e-mail addresses, in lower case.
    pub domain: DomainName,
    /// The name to show; without one, its people's is shown.
    pub name: Option<String>,
    /// The domain of the company that owns this one.
    pub parent: Option<DomainName>,
    pub owner: Option<UserId>,
    pub note: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
}

impl CompanyRecord {
    /// The record of a company about which nothing is noted yet.
    pub fn blank(workspace: WorkspaceId, domain: DomainName, now: Timestamp) -> Self {
        Self {
            workspace,
            domain,
            name: None,
            parent: None,
            owner: None,
            note: None,
            created_at: now,
            updated_at: now,
            rev: 0,
        }
    }
}

/// Why a company cannot be the parent of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadParent {
    #[error("is the company itself")]
    Itself,
    #[error("is owned by this company, directly or through others")]
    Circle,
    #[error("has five companies above it already, which is the most")]
    TooDeep,
}

/// Checks a new parent. `above` are the parent's own parents, the nearest first.
pub fn check_parent(
    company: &DomainName,
    parent: &DomainName,
    above: &[DomainName],
) -> Result<(), BadParent> {
    if parent == company {
        return Err(BadParent::Itself);
    }
    if above.contains(company) {
        return Err(BadParent::Circle);
    }
    if above.len() >= DEEPEST_PARENTS {
        return Err(BadParent::TooDeep);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parent_that_closes_a_circle_or_is_too_deep_is_refused() {
        let name = |text: &str| DomainName::parse(text).unwrap();
        let above: Vec<DomainName> = ["b.example", "c.example"].map(name).to_vec();
        let own = name("own.example");
        assert_eq!(check_parent(&own, &own, &[]), Err(BadParent::Itself));
        assert_eq!(check_parent(&name("c.example"), &name("a.example"), &above), Err(BadParent::Circle));
        assert_eq!(check_parent(&own, &name("a.example"), &above), Ok(()));
        let many: Vec<DomainName> =
            ["b.example", "c.example", "d.example", "e.example", "f.example"].map(name).to_vec();
        assert_eq!(check_parent(&own, &name("a.example"), &many[1..]), Ok(()));
        assert_eq!(check_parent(&own, &name("a.example"), &many), Err(BadParent::TooDeep));
    }
}
