//! People who match (`mixed_people/api_search`): free, and without address, number and the letters of the surname.

use super::Apollo;
use super::company::Organization;
use super::refusal::read;
use crate::data_connectors::SearchesProspects;
use crate::found::Found;
use crate::question::Question;
use application::ports::data_providers::{FoundProspect, ProspectCriterion, ProspectPage, ProspectQuery};
use application::ports::provider_calls::CallError;
use domain::lead::data_field::DataField;
use http::Response;
use serde::Deserialize;

const MOST: u32 = 100;
const MOST_PAGES: u32 = 500;
const MOST_DOMAINS: usize = 1_000;
/// The upper end of a range that is open above.
const NO_END: u32 = 10_000_000;
const SENIORITIES: [&str; 11] = [
    "owner", "founder", "c_suite", "partner", "vp", "head", "director", "manager", "senior", "entry",
    "intern",
];

impl SearchesProspects for Apollo {
    fn criteria(&self) -> &'static [ProspectCriterion] {
        &[
            ProspectCriterion::Titles,
            ProspectCriterion::Seniorities,
            ProspectCriterion::Locations,
            ProspectCriterion::Employees,
            ProspectCriterion::Domains,
            ProspectCriterion::Keywords,
        ]
    }

    fn question(&self, query: &ProspectQuery) -> Result<Question, String> {
        if query.criteria().is_empty() {
            return Err("say at least one thing that the people have in common".to_owned());
        }
        if query.domains.len() > MOST_DOMAINS {
            return Err(format!("Apollo takes at most {MOST_DOMAINS} domains"));
        }
        if let Some(unknown) = query.seniorities.iter().find(|asked| !SENIORITIES.contains(&asked.as_str())) {
            return Err(format!("Apollo knows no seniority {unknown}"));
        }
        let ranges: Vec<String> = query
            .employees
            .iter()
            .map(|range| format!("{},{}", range.from, range.to.unwrap_or(NO_END)))
            .collect();
        let mut question = Question::post("/mixed_people/api_search");
        for (name, values) in [
            ("person_titles[]", &query.titles),
            ("person_seniorities[]", &query.seniorities),
            ("person_locations[]", &query.locations),
            ("organization_num_employees_ranges[]", &ranges),
            ("q_organization_domains_list[]", &query.domains),
        ] {
            for value in values {
                question = question.with(name, value.as_str());
            }
        }
        if !query.keywords.is_empty() {
            question = question.with("q_keywords", query.keywords.join(" "));
        }
        let page = page_of(query)?;
        Ok(question.with("page", page.to_string()).with("per_page", query.limit.clamp(1, MOST).to_string()))
    }

    fn page(&self, query: &ProspectQuery, response: &Response<Vec<u8>>) -> Result<ProspectPage, CallError> {
        let answer: Answer = read(response)?;
        let page = page_of(query).map_err(CallError::Rejected)?;
        let read = u64::from(page) * u64::from(query.limit.clamp(1, MOST));
        let is_more = !answer.people.is_empty() && answer.total_entries.is_some_and(|total| read < total);
        let next = (is_more && page < MOST_PAGES).then(|| (page + 1).to_string());
        let prospects = answer.people.into_iter().filter_map(Person::prospect).collect();
        Ok(ProspectPage { total: answer.total_entries, prospects, next })
    }
}

fn page_of(query: &ProspectQuery) -> Result<u32, String> {
    let page = query.after.as_deref().map_or(Ok(1), str::parse);
    page.ok()
        .filter(|page| (1..=MOST_PAGES).contains(page))
        .ok_or_else(|| "the page is not one of this search".to_owned())
}

#[derive(Deserialize)]
struct Answer {
    total_entries: Option<u64>,
    #[serde(default)]
    people: Vec<Person>,
}

#[derive(Deserialize)]
struct Person {
    id: Option<String>,
    first_name: Option<String>,
    last_name_obfuscated: Option<String>,
    title: Option<String>,
    has_email: Option<Told>,
    has_direct_phone: Option<Told>,
    organization: Option<Organization>,
}

/// A yes or no, which comes as a word, too.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Flag(bool),
    Word(String),
}

impl Told {
    fn is_yes(&self) -> bool {
        match self {
            Self::Flag(flag) => *flag,
            Self::Word(word) => word.eq_ignore_ascii_case("yes") || word.eq_ignore_ascii_case("true"),
        }
    }
}

impl Person {
    fn prospect(self) -> Option<FoundProspect> {
        let id = self.id.filter(|id| !id.is_empty())?;
        let names = [self.first_name, self.last_name_obfuscated].map(Option::unwrap_or_default);
        let found = Found::default()
            .with(DataField::FullName, Some(names.join(" ").trim()))
            .with(DataField::JobTitle, self.title);
        let found = match self.organization {
            Some(organization) => organization.add_to(found),
            None => found,
        };
        Some(FoundProspect {
            provider_id: Some(id),
            values: found.any()?.values,
            masked: vec![DataField::FullName],
            has_email: self.has_email.as_ref().map(Told::is_yes),
            has_phone: self.has_direct_phone.as_ref().map(Told::is_yes),
        })
    }
}
