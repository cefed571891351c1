//! Leads by company: a company is the domain of its people's e-mail addresses, and its numbers are those of their rows.

use crate::LeadColumns;
use crate::listed::TextField;
use crate::text_column::TextColumn;
use domain::contact::email_address::is_free_mail;
use domain::lead::Temperature;
use domain::lead::stage::StageId;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A company as its people's rows show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyTally {
    pub domain: String,
    /// The company's name as the lead that was changed last has it.
    pub name: Option<String>,
    pub leads: usize,
    /// The number of leads in each stage that has any.
    pub by_status: BTreeMap<StageId, usize>,
    /// The highest score, and whether somebody is hot.
    pub score: u8,
    pub hot: bool,
    pub last_contacted: Option<Timestamp>,
    pub updated: Timestamp,
    /// When the lead was changed that has the name.
    named: Timestamp,
}

impl CompanyTally {
    pub fn in_status(&self, status: StageId) -> usize {
        self.by_status.get(&status).copied().unwrap_or_default()
    }
}

/// Returns the domain of an address as a company's; none for a free-mail domain.
pub fn company_domain(email: &str) -> Option<&str> {
    let (_, domain) = email.rsplit_once('@')?;
    Some(domain).filter(|domain| !is_free_mail(domain))
}

impl LeadColumns {
    /// The column of the companies' domains, made at the first call.
    pub(crate) fn company_domains(&mut self) -> &mut TextColumn {
        if self.company_domains.is_none() {
            let emails = &self.texts[TextField::Email as usize];
            let mut domains = TextColumn::default();
            domains.grow(self.ids.len());
            for row in 0..self.ids.len() {
                domains.set(row, emails.get(row).and_then(company_domain));
            }
            self.company_domains = Some(domains);
        }
        self.company_domains.get_or_insert_default()
    }

    /// Counts the leads of each company, in no order.
    pub fn companies(&mut self, now: Timestamp) -> Vec<CompanyTally> {
        let domains = self.company_domains();
        let numbers: Vec<u32> = (0..domains.rows()).map(|row| domains.number_of(row)).collect();
        let mut tallies: Vec<Option<CompanyTally>> = Vec::new();
        for row in self.live.rows() {
            let number = numbers[row] as usize;
            if number == 0 {
                continue;
            }
            if tallies.len() < number {
                tallies.resize(number, None);
            }
            self.add_to(&mut tallies[number - 1], row, now);
        }
        tallies.into_iter().flatten().collect()
    }

    /// Counts the leads of one company; none if it has none.
    pub fn company(&mut self, domain: &str, now: Timestamp) -> Option<CompanyTally> {
        let domain = domain.to_lowercase();
        let mut rows = self.company_domains().rows_with(|own| own == domain);
        rows.and(&self.live);
        let mut tally = None;
        rows.rows().for_each(|row| self.add_to(&mut tally, row, now));
        tally
    }

    fn add_to(&self, tally: &mut Option<CompanyTally>, row: usize, now: Timestamp) {
        let lead = self.row(row);
        let domains = self.company_domains.as_ref();
        let tally = tally.get_or_insert_with(|| CompanyTally {
            domain: domains.and_then(|domains| domains.get(row)).unwrap_or_default().to_owned(),
            name: None,
            leads: 0,
            by_status: BTreeMap::new(),
            score: 0,
            hot: false,
            last_contacted: None,
            updated: Timestamp::MIN,
            named: Timestamp::MIN,
        });
        tally.leads += 1;
        *tally.by_status.entry(lead.status()).or_default() += 1;
        tally.score = tally.score.max(lead.score(now));
        tally.hot |= lead.temperature(now) == Temperature::Hot;
        tally.last_contacted = tally.last_contacted.max(lead.last_contacted());
        if let Some(name) = lead.text(TextField::Company).filter(|_| lead.updated() >= tally.named) {
            tally.name = Some(name.to_owned());
            tally.named = lead.updated();
        }
        tally.updated = tally.updated.max(lead.updated());
    }
}
