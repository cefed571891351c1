//! The row of a lead in a list, made from its summary alone.

use crate::lead_item::LeadSum;
use application::ports::leads::LeadRow;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::engagement::Decaying;
use domain::lead::score::{score, temperature};
use domain::lead::{Lead, Priority, Temperature};
use domain::{LeadId, WorkspaceId};
use jiff::Timestamp;

impl LeadSum {
    /// Makes the row with score and temperature as of `as_of`, else as of the lead's last change.
    pub(crate) fn into_row(self, workspace: &WorkspaceId, id: LeadId, as_of: Option<Timestamp>) -> LeadRow {
        let lead = self.scored(workspace, &id);
        let total = score(&lead, as_of.unwrap_or(self.up)).total;
        LeadRow {
            name: self.name(),
            id,
            first_name: self.f,
            last_name: self.l,
            company: self.co,
            email: self.e,
            phone: self.p,
            city: self.ci,
            country: self.cc,
            category: self.ca,
            zone: self.z,
            status: self.s,
            priority: if self.hi { Priority::High } else { Priority::Normal },
            do_not_contact: self.no,
            owner: self.o,
            tags: self.t.into_iter().collect(),
            score: total,
            temperature: temperature(total, lead.announced_temperature),
            announced_temperature: lead.announced_temperature,
            active: self.ac.into_iter().collect(),
            follow_up_at: self.fu,
            last_contacted_at: self.lc,
            created_at: self.cr,
            updated_at: self.up,
            rev: self.r,
        }
    }

    /// Returns the same name as `Lead::display_name`.
    fn name(&self) -> String {
        let person = [self.f.as_deref(), self.l.as_deref()];
        let person: Vec<&str> = person.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        if !person.is_empty() {
            return person.join(" ");
        }
        let known = [&self.co, &self.e, &self.p].into_iter().flatten().next();
        known.cloned().unwrap_or_else(|| "Unnamed".to_owned())
    }

    /// Rebuilds as much of the lead as its score needs. An address that can no longer be parsed costs its points, and
    /// does not break the list.
    fn scored(&self, workspace: &WorkspaceId, id: &LeadId) -> Lead {
        let has = |bit: u8| (self.k & bit != 0).then(String::new);
        let mut lead = Lead::blank(id.clone(), workspace.clone(), self.cr);
        lead.first_name = self.f.clone();
        lead.last_name = self.l.clone();
        lead.company = self.co.clone();
        lead.city = self.ci.clone();
        lead.category = self.ca.clone();
        lead.email = self.e.as_deref().and_then(|email| EmailAddress::parse(email).ok());
        lead.phone = self.p.clone().and_then(|phone| PhoneNumber::try_from(phone).ok());
        lead.website = has(1);
        lead.address = has(2);
        lead.job_title = has(4);
        lead.rating = self.st;
        lead.reviews = self.rv;
        lead.deliverability = self.dl;
        lead.engagement.heat = self.h.zip(self.ha).map(|(value, at)| Decaying { value, at });
        lead.engagement.hot_since = self.hs;
        lead.engagement.last_action_at = self.la;
        lead.engagement.response_hours = self.rh;
        lead.announced_temperature = self.te.unwrap_or(Temperature::Cold);
        lead
    }
}
