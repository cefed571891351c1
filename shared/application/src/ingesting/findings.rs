//! Notes what an event from outside becomes, and the leads that it is about, and where it lies, while it is handled.

use domain::LeadId;
use domain::message::inbound_outcome::Became;
use std::sync::Mutex;

/// The most leads that are noted of one event.
const MOST_LEADS: usize = 50;

#[derive(Debug, Default)]
pub(crate) struct Findings(Mutex<Found>);

#[derive(Debug, Default, Clone)]
pub(crate) struct Found {
    pub became: Vec<Became>,
    pub leads: Vec<LeadId>,
    /// Keys of the bucket under which parts of the event lie.
    pub blobs: Vec<String>,
}

impl Findings {
    pub fn became(&self, became: Became) {
        self.change(|found| {
            if !found.became.contains(&became) {
                found.became.push(became);
            }
        });
    }

    pub fn concerns(&self, lead: &LeadId) {
        self.change(|found| {
            if !found.leads.contains(lead) && found.leads.len() < MOST_LEADS {
                found.leads.push(lead.clone());
            }
        });
    }

    pub fn lies_in(&self, blob: &str) {
        self.change(|found| {
            if !found.blobs.iter().any(|known| known == blob) {
                found.blobs.push(blob.to_owned());
            }
        });
    }

    pub fn found(&self) -> Found {
        let mut found = Found::default();
        self.change(|known| found = known.clone());
        found
    }

    fn change(&self, change: impl FnOnce(&mut Found)) {
        change(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}
