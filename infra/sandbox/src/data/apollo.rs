//! Apollo: person and company by what is known of them, and a free search without contacts. The limits stand in the
//! headers of each answer.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::directory::{Firm, Person};
use super::search::{Wanted, people};
use super::{admit, bearer, header, knows, pairs, value};
use crate::doors::{Provider, Refusal, whole_seconds};
use crate::sandbox::Sandbox;

const LEVELS: [&str; 11] = [
    "owner", "founder", "c_suite", "partner", "vp", "head", "director", "manager", "senior", "entry",
    "intern",
];

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/api/v1/people/match", post(match_person))
        .route("/api/v1/organizations/enrich", get(enrich))
        .route("/api/v1/mixed_people/api_search", post(search))
        .fallback(async || (StatusCode::NOT_FOUND, Json(json!({"error": "Not found"}))))
}

fn enter(sandbox: &Sandbox, headers: &HeaderMap) -> Result<(), Box<Response>> {
    let key = match header(headers, "x-api-key") {
        "" => bearer(headers),
        key => key,
    };
    let refused = match (key == sandbox.config().credentials.apollo_key, admit(sandbox, Provider::Apollo)) {
        (_, Err(Refusal::Outage)) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        (false, _) => (StatusCode::UNAUTHORIZED, "Invalid access credentials.").into_response(),
        (true, Ok(())) => return Ok(()),
        (true, Err(Refusal::OutOfCredit)) => refuse(422, "You have insufficient credits. Please upgrade."),
        (true, Err(Refusal::RateLimited { retry_after })) => {
            let mut refused = refuse(429, "The maximum number of api calls allowed is 200 times per minute.");
            let seconds = HeaderValue::from(whole_seconds(retry_after));
            refused.headers_mut().insert("retry-after", seconds);
            refused.headers_mut().insert("x-minute-requests-left", HeaderValue::from_static("0"));
            refused
        }
    };
    Err(Box::new(refused))
}

fn refuse(status: u16, error: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(json!({"error": error}))).into_response()
}

fn told(sandbox: &Sandbox, credits: u64, body: Value) -> Response {
    sandbox.spend_credits(Provider::Apollo, credits);
    if sandbox.answer_is_lost(Provider::Apollo) {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    let mut answer = Json(body).into_response();
    for (name, value) in
        [("x-rate-limit-minute", "200"), ("x-rate-limit-24-hour", "2000"), ("x-24-hour-requests-left", "")]
    {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

async fn match_person(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    if let Err(refused) = enter(&sandbox, &headers) {
        return *refused;
    }
    let asked = pairs(query.as_deref());
    let of = |name: &str| value(&asked, name);
    if of("reveal_phone_number") == Some("true")
        && of("webhook_url").is_none_or(|url| !url.starts_with("https://"))
    {
        return refuse(400, "Please add a valid 'webhook_url' parameter when using 'reveal_phone_number'");
    }
    let firm = of("domain")
        .map_or_else(|| of("organization_name").map(Firm::named), |domain| Some(Firm::at(domain)));
    let names = of("first_name").zip(of("last_name")).or(of("name").and_then(|name| name.split_once(' ')));
    let handle = of("linkedin_url").and_then(|url| url.split_once("/in/"));
    let person = match (of("id"), of("email"), handle, names, firm) {
        (Some(id), ..) => sandbox.found_before(id),
        (_, Some(email), ..) => Person::of_email(email),
        (_, _, Some((_, handle)), ..) => Person::of_handle(handle.trim_end_matches('/')),
        (_, _, _, Some((first, last)), Some(firm)) => firm.map(|firm| Person::at(first, last, firm)),
        _ => return refuse(422, "Please provide an id, email, linkedin_url, or a name with a domain"),
    };
    let known = person.filter(|person| of("id").is_some() || knows("apollo person", &person.key(), 65));
    let Some(person) = known else {
        return told(&sandbox, 0, json!({"person": null}));
    };
    let has_email = knows("apollo email", &person.key(), 85);
    let status = if has_email { "verified" } else { "unavailable" };
    told(
        &sandbox,
        1,
        json!({"person": {
            "id": person.id(), "first_name": person.first, "last_name": person.last, "name": person.name(),
            "linkedin_url": format!("http://www.linkedin.com/in/{}", person.handle()), "title": person.title,
            "seniority": person.level, "email": has_email.then_some(&person.email), "email_status": status,
            "city": person.firm.city, "state": null, "country": person.firm.country,
            "organization": organization(&person.firm),
        }}),
    )
}

async fn enrich(State(sandbox): State<Sandbox>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if let Err(refused) = enter(&sandbox, &headers) {
        return *refused;
    }
    let asked = pairs(query.as_deref());
    let Some(domain) = value(&asked, "domain") else {
        return refuse(422, "Required parameter 'domain' missing");
    };
    match Firm::at(domain).filter(|firm| knows("apollo company", &firm.domain, 75)) {
        Some(firm) => told(&sandbox, 1, json!({"organization": organization(&firm)})),
        None => told(&sandbox, 0, json!({"organization": null})),
    }
}

fn organization(firm: &Firm) -> Value {
    let phone = match knows("apollo phone", &firm.domain, 70) {
        true => json!({"number": firm.phone, "source": "Owler"}),
        false => json!({}),
    };
    json!({
        "id": null, "name": firm.name, "website_url": format!("http://www.{}", firm.domain),
        "primary_domain": firm.domain, "linkedin_url": format!("http://www.{}", firm.page()), "phone": null,
        "primary_phone": phone, "industry": firm.industry, "estimated_num_employees": firm.employees,
        "raw_address": format!("{}, {}, {}", firm.street, firm.city, firm.country), "city": firm.city,
        "country": firm.country, "short_description": firm.description,
    })
}

async fn search(State(sandbox): State<Sandbox>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if let Err(refused) = enter(&sandbox, &headers) {
        return *refused;
    }
    let asked = pairs(query.as_deref());
    let many = |name: &str| -> Vec<String> {
        asked.iter().filter(|(known, _)| known == name).map(|(_, value)| value.to_lowercase()).collect()
    };
    let number = |name: &str, usual: usize| value(&asked, name).map_or(Ok(usual), str::parse::<usize>);
    let (Ok(page), Ok(per_page)) = (number("page", 1), number("per_page", 25)) else {
        return refuse(422, "page and per_page are numbers");
    };
    if !(1..=500).contains(&page) || !(1..=100).contains(&per_page) {
        return refuse(422, "page is at most 500 and per_page at most 100");
    }
    let levels = many("person_seniorities[]");
    if levels.iter().any(|level| !LEVELS.contains(&level.as_str())) {
        return refuse(422, "person_seniorities has an unknown value");
    }
    let ranges: Option<Vec<(u64, u64)>> = many("organization_num_employees_ranges[]")
        .iter()
        .map(|range| {
            range.split_once(',').and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)))
        })
        .collect();
    let Some(employees) = ranges else {
        return refuse(422, "organization_num_employees_ranges has a value that is not like 1,10");
    };
    let words = value(&asked, "q_keywords").unwrap_or_default().to_lowercase();
    let found = people(&Wanted {
        titles: many("person_titles[]"),
        levels,
        places: many("person_locations[]"),
        industries: Vec::new(),
        employees,
        domains: many("q_organization_domains_list[]"),
        words: words.split_whitespace().map(str::to_owned).collect(),
    });
    let shown: Vec<&Person> = found.iter().skip((page - 1) * per_page).take(per_page).collect();
    for person in &shown {
        sandbox.note_found(person);
    }
    let told_of = |person: &&Person| {
        json!({
            "id": person.id(), "first_name": person.first, "last_name_obfuscated": person.masked_surname(),
            "title": person.title, "has_email": knows("apollo email", &person.key(), 85),
            "has_direct_phone": if knows("apollo mobile", &person.key(), 40) { "Yes" } else { "Maybe" },
            "organization": {"name": person.firm.name, "has_industry": true},
        })
    };
    let shown: Vec<Value> = shown.iter().map(told_of).collect();
    told(&sandbox, 0, json!({"total_entries": found.len(), "people": shown}))
}

impl Sandbox {
    /// Remembers a person that a search has shown, for those who ask by id.
    pub(super) fn note_found(&self, person: &Person) {
        let names = [person.first.clone(), person.last.clone(), person.firm.domain.clone()];
        self.world().prospects.insert(person.id(), names);
    }

    pub(super) fn found_before(&self, id: &str) -> Option<Person> {
        let [first, last, domain] = self.world().prospects.get(id)?.clone();
        Some(Person::at(&first, &last, Firm::at(&domain)?))
    }
}
