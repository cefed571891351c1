//! People who match (`person/search`). Each record of the answer costs a credit.

use super::PeopleDataLabs;
use super::person::{Person, Told};
use super::refusal::read;
use crate::data_connectors::SearchesProspects;
use crate::question::Question;
use application::ports::data_providers::{
    EmployeeRange, FoundProspect, ProspectCriterion, ProspectPage, ProspectQuery,
};
use application::ports::provider_calls::CallError;
use http::Response;
use serde::Deserialize;
use serde_json::{Value, json};

const MOST: u32 = 100;
/// The sizes of companies, as they are told: their words and where each begins and ends.
const SIZES: [(&str, u32, u32); 8] = [
    ("1-10", 1, 10),
    ("11-50", 11, 50),
    ("51-200", 51, 200),
    ("201-500", 201, 500),
    ("501-1000", 501, 1_000),
    ("1001-5000", 1_001, 5_000),
    ("5001-10000", 5_001, 10_000),
    ("10001+", 10_001, u32::MAX),
];
/// Our words for seniority, with theirs.
const LEVELS: [(&str, &str); 11] = [
    ("owner", "owner"),
    ("founder", "owner"),
    ("c_suite", "cxo"),
    ("partner", "partner"),
    ("vp", "vp"),
    ("head", "director"),
    ("director", "director"),
    ("manager", "manager"),
    ("senior", "senior"),
    ("entry", "entry"),
    ("intern", "training"),
];

impl SearchesProspects for PeopleDataLabs {
    fn criteria(&self) -> &'static [ProspectCriterion] {
        &[
            ProspectCriterion::Titles,
            ProspectCriterion::Seniorities,
            ProspectCriterion::Locations,
            ProspectCriterion::Industries,
            ProspectCriterion::Employees,
            ProspectCriterion::Domains,
        ]
    }

    fn billed_calls(&self, prospects: u32) -> u64 {
        u64::from(prospects)
    }

    fn question(&self, query: &ProspectQuery) -> Result<Question, String> {
        if query.criteria().is_empty() {
            return Err("say at least one thing that the people have in common".to_owned());
        }
        let mut levels = Vec::new();
        for asked in &query.seniorities {
            let known = LEVELS.iter().find(|(ours, _)| ours == asked);
            levels.push(known.ok_or_else(|| format!("People Data Labs knows no seniority {asked}"))?.1);
        }
        let lower =
            |words: &[String]| words.iter().map(|word| word.trim().to_lowercase()).collect::<Vec<_>>();
        let mut must = Vec::new();
        if !query.titles.is_empty() {
            let titles = lower(&query.titles);
            must.push(any(titles
                .iter()
                .map(|title| json!({"match_phrase": {"job_title": title}}))
                .collect()));
        }
        if !levels.is_empty() {
            must.push(json!({"terms": {"job_title_levels": levels}}));
        }
        if !query.locations.is_empty() {
            let places = lower(&query.locations);
            let fields = ["location_country", "location_region", "location_locality"];
            must.push(any(fields.map(|field| json!({"terms": {field: places}})).into()));
        }
        if !query.industries.is_empty() {
            must.push(json!({"terms": {"job_company_industry": lower(&query.industries)}}));
        }
        if !query.employees.is_empty() {
            must.push(json!({"terms": {"job_company_size": sizes(&query.employees)}}));
        }
        if !query.domains.is_empty() {
            must.push(json!({"terms": {"job_company_website": lower(&query.domains)}}));
        }
        let mut body = json!({
            "query": {"bool": {"must": must}},
            "size": query.limit.clamp(1, MOST),
            "titlecase": true,
        });
        if let Some(after) = &query.after {
            body["scroll_token"] = json!(after);
        }
        Ok(Question::post("/person/search").with_body(body))
    }

    fn page(&self, query: &ProspectQuery, response: &Response<Vec<u8>>) -> Result<ProspectPage, CallError> {
        let Some(answer) = read::<Answer>(response)? else {
            // Nobody matches; on a later page, nobody more.
            let total = query.after.is_none().then_some(0);
            return Ok(ProspectPage { total, ..ProspectPage::default() });
        };
        let next = answer.scroll_token.filter(|token| !token.is_empty() && !answer.data.is_empty());
        let prospects = answer.data.into_iter().filter_map(prospect).collect();
        Ok(ProspectPage { total: answer.total, prospects, next })
    }
}

fn any(should: Vec<Value>) -> Value {
    json!({"bool": {"should": should}})
}

/// The sizes that have any number of a range in common with it.
fn sizes(ranges: &[EmployeeRange]) -> Vec<&'static str> {
    let fits = |from: u32, to: u32| {
        ranges.iter().any(|range| range.from <= to && range.to.is_none_or(|end| from <= end))
    };
    SIZES.iter().filter(|(_, from, to)| fits(*from, *to)).map(|(word, ..)| *word).collect()
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    data: Vec<Person>,
    total: Option<u64>,
    #[serde(default)]
    scroll_token: Option<String>,
}

fn prospect(person: Person) -> Option<FoundProspect> {
    let has_email = person.work_email.as_ref().is_some_and(Told::is_there);
    let has_phone = person.mobile_phone.as_ref().is_some_and(Told::is_there);
    let values = person.found().any()?.values;
    Some(FoundProspect {
        provider_id: person.id,
        values,
        masked: Vec::new(),
        has_email: Some(has_email),
        has_phone: Some(has_phone),
    })
}
