//! Looks at a tracking domain from outside. Implemented by the providers.

use crate::ports::parts::NotReached;
use async_trait::async_trait;
use domain::workspace::tracking_domain::DomainName;

#[async_trait]
pub trait TrackingDomainProbe: Send + Sync {
    /// Asks the public DNS about the domain, and the domain itself for this path over HTTPS, within ten seconds. It MUST
    /// NOT reach addresses that are not public, nor follow redirects. What it returns is a stranger's word.
    async fn look_at_domain(&self, domain: &DomainName, path: &str) -> DomainLook;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainLook {
    /// The targets of the domain's CNAME record, else its addresses. `None`: DNS could not be asked.
    pub records: Option<Vec<String>>,
    /// The text of a successful response, at most `LONGEST_ANSWER` bytes of it; empty for any other response.
    pub page: Result<String, NotReached>,
}

pub const LONGEST_ANSWER: usize = 100;
