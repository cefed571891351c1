//! A tracking domain: the workspace's own name in the links and pixels of its mails, in place of the installation's address.
//!
//! A domain is used only while it works: when this installation answers under it over HTTPS. What DNS says explains why it
//! does not work yet; it never decides. A domain that stops working is no longer used for new mails.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A name such as `go.acme.com`: lower case, two labels or more, ASCII.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DomainName(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a domain such as go.acme.com, without https:// and without a path")]
pub struct BadDomainName;

impl DomainName {
    pub fn parse(text: &str) -> Result<Self, BadDomainName> {
        let name = text.trim().trim_end_matches('.').to_ascii_lowercase();
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let labels: Vec<&str> = name.split('.').collect();
        // Web clients read a name whose last label begins with a digit as an address.
        let ends_as_name =
            labels.last().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_alphabetic()));
        let is_name = name.len() <= 253 && labels.len() >= 2 && ends_as_name;
        if is_name && labels.into_iter().all(is_label) { Ok(Self(name)) } else { Err(BadDomainName) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DomainName {
    type Error = BadDomainName;
    fn try_from(text: String) -> Result<Self, BadDomainName> {
        Self::parse(&text)
    }
}

impl From<DomainName> for String {
    fn from(name: DomainName) -> Self {
        name.0
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackingDomain {
    pub name: DomainName,
    pub state: DomainState,
    /// The targets and addresses that DNS has told, where they explain the state.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<String>,
    /// The time since which it is in this state.
    pub since: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DomainState {
    /// DNS knows no record of the name.
    WaitingForDns,
    /// The records lead elsewhere, and this installation does not answer there.
    WrongTarget,
    /// A server answers whose certificate is not for this domain.
    BadCertificate,
    /// The record is right, and something other than this installation answers.
    OtherServer,
    /// The record is right, and nothing answers over HTTPS.
    NotReached,
    /// This installation answers under the domain.
    Works,
    /// This installation answers under the domain, and another workspace of it uses the domain.
    UsedElsewhere,
}

/// What a look at a domain has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainSeen {
    /// The targets of its CNAME record, else its addresses. `None`: DNS could not be asked.
    pub records: Option<Vec<String>>,
    pub answer: DomainAnswer,
}

/// What answered under a domain over HTTPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainAnswer {
    ThisInstallation,
    OtherServer,
    BadCertificate,
    NotReached,
}

impl TrackingDomain {
    pub fn new(name: DomainName, now: Timestamp) -> Self {
        Self { name, state: DomainState::WaitingForDns, found: Vec::new(), since: now }
    }

    pub fn works(&self) -> bool {
        self.state == DomainState::Works
    }

    /// Tells whether nothing shows that the domain's record was taken away. An answer that fails is no such sign: whoever floods
    /// the installation can bring that about.
    pub fn may_lead_here(&self) -> bool {
        match self.state {
            DomainState::Works
            | DomainState::BadCertificate
            | DomainState::OtherServer
            | DomainState::NotReached => true,
            DomainState::WaitingForDns | DomainState::WrongTarget | DomainState::UsedElsewhere => false,
        }
    }

    /// Takes in that the domain works for another workspace, and tells whether that is new.
    pub fn take_in_other_user(&mut self, now: Timestamp) -> bool {
        let changed = self.state != DomainState::UsedElsewhere;
        if changed {
            (self.state, self.since) = (DomainState::UsedElsewhere, now);
        }
        self.found = Vec::new();
        changed
    }

    /// Takes in what a look has shown, and tells whether anything changed. A look that has reached neither DNS nor the
    /// domain may have failed on our side: it changes nothing.
    pub fn take_in(&mut self, seen: &DomainSeen, target: &str, now: Timestamp) -> bool {
        let leads_here = |record: &String| record.trim_end_matches('.').eq_ignore_ascii_case(target);
        let (state, found) = match (seen.answer, seen.records.as_deref()) {
            (DomainAnswer::ThisInstallation, _) => (DomainState::Works, &[][..]),
            (DomainAnswer::NotReached, None) => return false,
            (_, Some([])) => (DomainState::WaitingForDns, &[][..]),
            (_, Some(records)) if !records.iter().any(leads_here) => (DomainState::WrongTarget, records),
            (DomainAnswer::BadCertificate, records) => {
                (DomainState::BadCertificate, records.unwrap_or_default())
            }
            (DomainAnswer::OtherServer, records) => (DomainState::OtherServer, records.unwrap_or_default()),
            (DomainAnswer::NotReached, Some(records)) => (DomainState::NotReached, records),
        };
        let changed = (self.state, self.found.as_slice()) != (state, found);
        if self.state != state {
            self.since = now;
        }
        (self.state, self.found) = (state, found.to_vec());
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    const TARGET: &str = "d-abc.execute-api.eu-central-1.amazonaws.com";

    fn domain() -> TrackingDomain {
        TrackingDomain::new(DomainName::parse("go.acme.com").unwrap(), Timestamp::UNIX_EPOCH)
    }

    fn after(answer: DomainAnswer, records: Option<&[&str]>) -> (DomainState, Vec<String>) {
        let mut domain = domain();
        let records = records.map(|all| all.iter().map(ToString::to_string).collect());
        domain.take_in(&DomainSeen { records, answer }, TARGET, Timestamp::UNIX_EPOCH);
        (domain.state, domain.found)
    }

    #[test]
    fn domain_is_a_bare_name() {
        assert_eq!(DomainName::parse(" Go.Acme.COM. ").unwrap().as_str(), "go.acme.com");
        let long = format!("{}.com", "a".repeat(64));
        for bad in ["", "acme", "https://go.acme.com", "go.acme.com/x", "go..com", "-go.acme.com", "10.0.0.1"]
        {
            assert!(DomainName::parse(bad).is_err(), "{bad}");
        }
        for bad in ["go.acme.com:8080", "go.127.1", "gö.acme.com", "a_b.acme.com", "user@acme.com", &long] {
            assert!(DomainName::parse(bad).is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<DomainName>("\"not a name\"").is_err());
    }

    #[test]
    fn answer_of_this_installation_decides_whatever_dns_says() {
        let here = DomainAnswer::ThisInstallation;
        for records in [None, Some(&[][..]), Some(&["192.0.2.7"][..])] {
            assert_eq!(after(here, records), (DomainState::Works, vec![]));
        }
    }

    #[test]
    fn records_explain_why_a_domain_does_not_work() {
        use DomainAnswer::{BadCertificate, NotReached, OtherServer};
        assert_eq!(after(NotReached, Some(&[])), (DomainState::WaitingForDns, vec![]));
        let shop = vec!["shops.example.".to_owned()];
        assert_eq!(after(OtherServer, Some(&["shops.example."])), (DomainState::WrongTarget, shop));
        let dotted = format!("{}.", TARGET.to_uppercase());
        let right = Some(&[dotted.as_str()][..]);
        assert_eq!(after(NotReached, right).0, DomainState::NotReached);
        assert_eq!(after(BadCertificate, right).0, DomainState::BadCertificate);
        assert_eq!(after(OtherServer, right).0, DomainState::OtherServer);
        assert_eq!(after(OtherServer, None).0, DomainState::OtherServer, "DNS could not be asked");
    }

    #[test]
    fn look_that_reached_nothing_changes_nothing() {
        let mut works = TrackingDomain { state: DomainState::Works, ..domain() };
        let nothing = DomainSeen { records: None, answer: DomainAnswer::NotReached };
        assert!(!works.take_in(&nothing, TARGET, Timestamp::UNIX_EPOCH + SignedDuration::from_secs(60)));
        assert!(works.works());
    }

    #[test]
    fn time_since_which_a_domain_works_stays_while_it_works() {
        let at = |seconds| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        let seen = DomainSeen { records: Some(vec![]), answer: DomainAnswer::ThisInstallation };
        let mut domain = domain();
        assert!(domain.take_in(&seen, TARGET, at(60)));
        assert!(!domain.take_in(&seen, TARGET, at(120)), "nothing is new");
        assert_eq!((domain.since, domain.works()), (at(60), true));
        let gone = DomainSeen { records: Some(vec![]), answer: DomainAnswer::NotReached };
        assert!(domain.take_in(&gone, TARGET, at(180)));
        assert_eq!((domain.since, domain.works()), (at(180), false));
    }
}
