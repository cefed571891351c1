//! The people at domains (`domain-search`), one domain after the other.

use super::Hunter;
use super::company::SEARCH;
use super::refusal::data;
use crate::data_connectors::SearchesProspects;
use crate::found::{Found, linkedin_url, website};
use crate::question::Question;
use application::ports::data_providers::{FoundProspect, ProspectCriterion, ProspectPage, ProspectQuery};
use application::ports::provider_calls::CallError;
use domain::lead::data_field::DataField;
use http::Response;
use serde::Deserialize;

/// The most people of a page.
const MOST: u32 = 100;
/// The people that one credit pays for.
const OF_A_CREDIT: u32 = 10;

/// Hunter's three words for seniority, with ours.
const SENIORITIES: [(&str, &[&str]); 3] = [
    ("executive", &["owner", "founder", "c_suite", "partner", "vp", "head", "director", "executive"]),
    ("senior", &["manager", "senior"]),
    ("junior", &["entry", "intern", "junior"]),
];

impl SearchesProspects for Hunter {
    fn criteria(&self) -> &'static [ProspectCriterion] {
        &[ProspectCriterion::Domains, ProspectCriterion::Seniorities]
    }

    fn billed_calls(&self, prospects: u32) -> u64 {
        u64::from(prospects.div_ceil(OF_A_CREDIT).max(1))
    }

    fn question(&self, query: &ProspectQuery) -> Result<Question, String> {
        let (index, offset) = place(query)?;
        let domain = query.domains.get(index).ok_or("Hunter searches by domain: name at least one")?;
        let wanted = |words: &[&str]| query.seniorities.iter().any(|asked| words.contains(&asked.as_str()));
        let unknown = query
            .seniorities
            .iter()
            .find(|asked| !SENIORITIES.iter().any(|(_, words)| words.contains(&asked.as_str())));
        if let Some(unknown) = unknown {
            return Err(format!("Hunter knows no seniority {unknown}"));
        }
        let named: Vec<&str> =
            SENIORITIES.iter().filter(|(_, words)| wanted(words)).map(|(name, _)| *name).collect();
        let question = Question::get(SEARCH)
            .with("domain", domain.as_str())
            .with("type", "personal")
            .with("limit", query.limit.clamp(1, MOST).to_string())
            .with("offset", offset.to_string());
        Ok(if named.is_empty() { question } else { question.with("seniority", named.join(",")) })
    }

    fn page(&self, query: &ProspectQuery, response: &Response<Vec<u8>>) -> Result<ProspectPage, CallError> {
        let (index, offset) = place(query).map_err(CallError::Rejected)?;
        let domain: Option<Domain> = data(response)?;
        let meta: Option<Answer> = serde_json::from_slice(response.body()).ok();
        let results = meta.and_then(|answer| answer.meta).and_then(|meta| meta.results);
        let (prospects, asked): (Vec<FoundProspect>, u64) = match domain {
            Some(domain) => {
                let asked = domain.emails.len() as u64;
                (domain.emails.iter().filter_map(|person| person.prospect(&domain)).collect(), asked)
            }
            None => (Vec::new(), 0),
        };
        let read = offset + asked;
        let next = match results {
            Some(results) if asked > 0 && read < results => Some(format!("{index}:{read}")),
            _ if index + 1 < query.domains.len() => Some(format!("{}:0", index + 1)),
            _ => None,
        };
        // Of several domains only the one that was asked is counted.
        let total = results.filter(|_| query.domains.len() == 1);
        Ok(ProspectPage { total, prospects, next })
    }
}

/// The domain's place in the query and the people of it that were read before.
fn place(query: &ProspectQuery) -> Result<(usize, u64), String> {
    let Some(after) = &query.after else { return Ok((0, 0)) };
    let parts =
        after.split_once(':').and_then(|(index, offset)| Some((index.parse().ok()?, offset.parse().ok()?)));
    parts.ok_or_else(|| "the page is not one of this search".to_owned())
}

#[derive(Deserialize)]
struct Answer {
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Meta {
    results: Option<u64>,
}

#[derive(Deserialize)]
struct Domain {
    domain: Option<String>,
    organization: Option<String>,
    industry: Option<String>,
    country: Option<String>,
    headcount: Option<String>,
    #[serde(default)]
    emails: Vec<Person>,
}

#[derive(Deserialize)]
struct Person {
    value: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    position: Option<String>,
    seniority: Option<String>,
    linkedin: Option<String>,
    phone_number: Option<String>,
    confidence: Option<f64>,
}

impl Person {
    fn prospect(&self, domain: &Domain) -> Option<FoundProspect> {
        let names =
            [&self.first_name, &self.last_name].map(|name| name.as_deref().unwrap_or_default().trim());
        let found = Found::default()
            .with(DataField::Email, self.value.as_deref())
            .with(DataField::FullName, Some(names.join(" ").trim()))
            .with(DataField::JobTitle, self.position.as_deref())
            .with(DataField::Seniority, self.seniority.as_deref())
            .with(DataField::LinkedinUrl, linkedin_url(self.linkedin.as_deref()))
            .with(DataField::MobilePhone, self.phone_number.as_deref())
            .with(DataField::CompanyName, domain.organization.as_deref())
            .with(DataField::CompanyWebsite, website(domain.domain.as_deref()))
            .with(DataField::Industry, domain.industry.as_deref())
            .with(DataField::Country, domain.country.as_deref())
            .with(DataField::Employees, domain.headcount.as_deref())
            .sure(self.confidence);
        let values = found.any()?.values;
        let email = values.get(&DataField::Email)?.clone();
        let has_phone = values.contains_key(&DataField::MobilePhone);
        Some(FoundProspect {
            provider_id: Some(email),
            values,
            masked: Vec::new(),
            has_email: Some(true),
            has_phone: Some(has_phone),
        })
    }
}
