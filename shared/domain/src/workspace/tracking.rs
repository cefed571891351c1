//! Tracking: whether a mail to a lead has a pixel, and links that lead through us.
//!
//! Each of workspace, campaign, country of the lead and lead can switch tracking off, and none switches it on again
//! where another has switched it off. What is switched off is left out when a mail is composed.

use crate::contact::country::Country;
use crate::lead::Lead;
use crate::lead::verdict::NetworkRange;
use crate::workspace::tracking_domain::TrackingDomain;
use serde::{Deserialize, Serialize};

pub const MOST_COUNTRIES: usize = 250;
pub const MOST_NETWORKS: usize = 50;

/// A workspace's choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracking {
    pub opens: bool,
    pub clicks: bool,
    /// Leads in these countries are not tracked at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries_off: Vec<Country>,
    /// The networks of the own team, whose visits do not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_networks: Vec<NetworkRange>,
    /// The name in links and pixels, where the workspace has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<TrackingDomain>,
}

impl Default for Tracking {
    fn default() -> Self {
        Self { opens: true, clicks: true, countries_off: Vec::new(), own_networks: Vec::new(), domain: None }
    }
}

/// A campaign's choices, which only switch off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Untracked {
    #[serde(default)]
    pub opens: bool,
    #[serde(default)]
    pub clicks: bool,
}

impl Untracked {
    /// Tells whether nothing is switched off.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What is tracked in one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tracked {
    pub opens: bool,
    pub clicks: bool,
}

/// What switched tracking off, of all mails to a lead or of those of one campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TrackingOff {
    Workspace,
    Campaign,
    Country,
    Lead,
}

impl Tracking {
    /// Tells what of a mail to this lead is tracked.
    pub fn of(&self, lead: &Lead, untracked: Untracked) -> Tracked {
        let off = self.is_off_for(lead).is_some();
        Tracked {
            opens: self.opens && !untracked.opens && !off,
            clicks: self.clicks && !untracked.clicks && !off,
        }
    }

    /// Returns the address under which links and pixels of new mails are reached: the workspace's own domain while it
    /// works, else the installation's.
    pub fn address(&self, standard: &str) -> String {
        match self.domain.as_ref().filter(|domain| domain.works()) {
            Some(domain) => format!("https://{}", domain.name.as_str()),
            None => standard.to_owned(),
        }
    }

    /// Returns what switched off the tracking of opens and of clicks in a campaign's mails to this lead: the workspace
    /// first, then the lead, the country and the campaign.
    pub fn off_by(&self, lead: &Lead, untracked: Untracked) -> (Option<TrackingOff>, Option<TrackingOff>) {
        let of_part = |is_on: bool, by_campaign: bool| {
            let by_workspace = (!is_on).then_some(TrackingOff::Workspace);
            let by_campaign = by_campaign.then_some(TrackingOff::Campaign);
            by_workspace.or_else(|| self.is_off_for(lead)).or(by_campaign)
        };
        (of_part(self.opens, untracked.opens), of_part(self.clicks, untracked.clicks))
    }

    /// Returns what switched all tracking of this lead off, if anything did.
    pub fn is_off_for(&self, lead: &Lead) -> Option<TrackingOff> {
        if !self.opens && !self.clicks {
            Some(TrackingOff::Workspace)
        } else if lead.do_not_track {
            Some(TrackingOff::Lead)
        } else if lead.country.is_some_and(|country| self.countries_off.contains(&country)) {
            Some(TrackingOff::Country)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{LeadId, WorkspaceId};
    use jiff::Timestamp;

    #[test]
    fn each_switch_turns_tracking_off_and_none_turns_it_on_again() {
        let at = Timestamp::UNIX_EPOCH;
        let mut lead = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
        let all = Tracking::default();
        let of = |tracking: &Tracking, lead: &Lead, untracked: Untracked| {
            let Tracked { opens, clicks } = tracking.of(lead, untracked);
            (opens, clicks)
        };
        let none = Untracked::default();
        assert_eq!(of(&all, &lead, none), (true, true));
        assert_eq!(of(&all, &lead, Untracked { opens: true, clicks: false }), (false, true));
        assert_eq!(of(&Tracking { clicks: false, ..all.clone() }, &lead, none), (true, false));
        let germany = Country::from_name("DE").unwrap();
        let abroad = Tracking { countries_off: vec![germany], ..all.clone() };
        assert_eq!(of(&abroad, &lead, none), (true, true), "the country is not known");
        lead.country = Some(germany);
        assert_eq!(
            (of(&abroad, &lead, none), abroad.is_off_for(&lead)),
            ((false, false), Some(TrackingOff::Country))
        );
        lead.do_not_track = true;
        assert_eq!((of(&all, &lead, none), all.is_off_for(&lead)), ((false, false), Some(TrackingOff::Lead)));
        let off = Tracking { opens: false, clicks: false, ..all };
        assert_eq!(off.is_off_for(&lead), Some(TrackingOff::Workspace));
    }

    #[test]
    fn reason_why_opens_and_clicks_are_not_tracked_is_told_for_each() {
        let at = Timestamp::UNIX_EPOCH;
        let mut lead = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
        let all = Tracking::default();
        let campaign = Untracked { opens: true, clicks: false };
        assert_eq!(all.off_by(&lead, Untracked::default()), (None, None));
        assert_eq!(all.off_by(&lead, campaign), (Some(TrackingOff::Campaign), None));
        let no_clicks = Tracking { clicks: false, ..all.clone() };
        assert_eq!(
            no_clicks.off_by(&lead, campaign),
            (Some(TrackingOff::Campaign), Some(TrackingOff::Workspace))
        );
        lead.do_not_track = true;
        let lead_off = Some(TrackingOff::Lead);
        assert_eq!(all.off_by(&lead, campaign), (lead_off, lead_off));
        for (opens, clicks) in [(false, false), (false, true), (true, true)] {
            let tracking = Tracking { opens, clicks, ..all.clone() };
            let (no_opens, no_clicks) = tracking.off_by(&lead, campaign);
            let tracked = tracking.of(&lead, campaign);
            assert_eq!((tracked.opens, tracked.clicks), (no_opens.is_none(), no_clicks.is_none()));
        }
    }
}
