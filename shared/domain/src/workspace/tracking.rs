//! Tracking: whether a mail to a lead has a pixel, and links that lead through us.
//!
//! Each of workspace, campaign, country of the lead and lead can switch tracking off, and none switches it on again
//! where another has switched it off. Where the lead's country asks for a consent, it is off until that is recorded. What
//! is switched off is left out when a mail is composed.

use crate::contact::country::Country;
use crate::lead::Lead;
use crate::lead::verdict::NetworkRange;
use crate::workspace::tracking_domain::TrackingDomain;
use crate::workspace::tracking_law::{in_country, lacking_for};
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
    /// The law where the lead is asks for its consent, which is not recorded.
    Consent,
}

impl Tracking {
    /// Tells what of a mail to this lead is tracked.
    pub fn of(&self, lead: &Lead, untracked: Untracked) -> Tracked {
        let off = self.is_off_in_mails(lead).is_some();
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
    /// first, then the lead, the country, its law and the campaign.
    pub fn off_by(&self, lead: &Lead, untracked: Untracked) -> (Option<TrackingOff>, Option<TrackingOff>) {
        let of_part = |is_on: bool, by_campaign: bool| {
            let by_workspace = (!is_on).then_some(TrackingOff::Workspace);
            let by_campaign = by_campaign.then_some(TrackingOff::Campaign);
            by_workspace.or_else(|| self.is_off_in_mails(lead)).or(by_campaign)
        };
        (of_part(self.opens, untracked.opens), of_part(self.clicks, untracked.clicks))
    }

    /// The choices of a new workspace: in a country whose law asks for the leads' consent nothing is tracked at first.
    pub fn usual_in(country: Country) -> Self {
        let free = in_country(country).is_none();
        Self { opens: free, clicks: free, ..Self::default() }
    }

    /// Returns what switched the tracking of this lead in mails off, if anything did.
    pub fn is_off_in_mails(&self, lead: &Lead) -> Option<TrackingOff> {
        let by_law = || lacking_for(lead).map(|_| TrackingOff::Consent);
        self.is_off_for(lead).or_else(by_law)
    }

    /// Returns what switched all tracking of this lead off, its visits included, if anything did.
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
    use crate::contact::phone_number::PhoneNumber;
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
        let japan = Country::from_name("JP").unwrap();
        let abroad = Tracking { countries_off: vec![japan], ..all.clone() };
        assert_eq!(of(&abroad, &lead, none), (true, true), "the country is not known");
        lead.country = Some(japan);
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
    fn lead_whose_country_asks_for_consent_is_not_tracked_until_it_is_recorded() {
        let at = Timestamp::UNIX_EPOCH;
        let mut lead = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
        let (all, none) = (Tracking::default(), Untracked::default());
        for code in ["FR", "IT", "DE", "GB", "NL"] {
            lead.country = Country::parse(code);
            lead.tracking_consent = None;
            assert_eq!(all.off_by(&lead, none), (Some(TrackingOff::Consent), Some(TrackingOff::Consent)));
            assert_eq!(all.of(&lead, none), Tracked { opens: false, clicks: false });
            lead.tracking_consent = Some(jiff::civil::date(2026, 11, 2));
            assert_eq!(all.of(&lead, none), Tracked { opens: true, clicks: true });
        }
        (lead.country, lead.tracking_consent) = (None, None);
        lead.phone = PhoneNumber::parse("+33142685300", None).ok();
        assert_eq!(all.is_off_in_mails(&lead), Some(TrackingOff::Consent), "its number is there");
        assert_eq!(all.is_off_for(&lead), None, "visits of the preview page are another matter");
    }

    #[test]
    fn new_workspace_where_the_law_asks_for_consent_tracks_nothing() {
        let usual = |code| Tracking::usual_in(Country::parse(code).unwrap());
        assert_eq!((usual("FR").opens, usual("FR").clicks), (false, false));
        assert_eq!((usual("GB").opens, usual("GB").clicks), (false, false));
        assert_eq!(usual("US"), Tracking::default());
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
