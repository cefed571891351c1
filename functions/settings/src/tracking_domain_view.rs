//! The workspace's tracking domain as the API shows it.

use crate::App;
use domain::workspace::Workspace;
use domain::workspace::tracking_domain::DomainState;
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TrackingDomainView {
    /// The domain that links and pixels of new mails use while it works; null if none is set.
    pub domain: Option<String>,
    /// The state of the domain; null if none is set.
    pub state: Option<DomainState>,
    /// The time since which it is in this state.
    pub since: Option<Timestamp>,
    /// The targets and addresses that DNS has told, where they explain the state.
    pub found: Vec<String>,
    /// The host that the domain's CNAME record names.
    pub target: String,
    /// The address that links and pixels use without a working domain.
    pub standard_address: String,
}

impl App {
    pub(crate) fn tracking_domain_view(&self, workspace: Workspace) -> TrackingDomainView {
        let domain = workspace.tracking.domain;
        TrackingDomainView {
            state: domain.as_ref().map(|domain| domain.state),
            since: domain.as_ref().map(|domain| domain.since),
            found: domain.as_ref().map(|domain| domain.found.clone()).unwrap_or_default(),
            domain: domain.map(|domain| domain.name.into()),
            target: self.tracking_target.to_string(),
            standard_address: self.public_url.to_string(),
        }
    }
}
