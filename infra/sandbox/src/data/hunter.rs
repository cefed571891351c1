//! Hunter's calls about people and companies. Some finds take a second request, which costs nothing further.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::directory::{Firm, Person};
use super::{knows, pairs, value};
use crate::doors::Provider;
use crate::hunter::{enter, refuse};
use crate::sandbox::Sandbox;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/v2/email-finder", get(find_email))
        .route("/v2/domain-search", get(search_domain))
        .route("/v2/people/find", get(find_person))
        .route("/v2/companies/find", get(find_company))
}

type Pairs = Vec<(String, String)>;

fn checked(sandbox: &Sandbox, headers: &HeaderMap, query: Option<&str>) -> Result<Pairs, Box<Response>> {
    let asked = pairs(query);
    enter(sandbox, headers, value(&asked, "api_key"))?;
    Ok(asked)
}

/// The answer, unless it gets lost; the credit is spent either way.
fn paid(sandbox: &Sandbox, body: Value) -> Response {
    sandbox.spend_credits(Provider::Hunter, 1);
    if sandbox.answer_is_lost(Provider::Hunter) {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    Json(body).into_response()
}

async fn find_email(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = match checked(&sandbox, &headers, query.as_deref()) {
        Ok(asked) => asked,
        Err(refused) => return *refused,
    };
    let firm = match (value(&asked, "domain"), value(&asked, "company")) {
        (Some(domain), _) => Firm::at(domain),
        (None, Some(company)) => Firm::named(company),
        (None, None) => return refuse(400, "wrong_params", "You are missing the domain parameter"),
    };
    let full = value(&asked, "full_name").and_then(|name| name.split_once(' '));
    let names = value(&asked, "first_name").zip(value(&asked, "last_name")).or(full);
    let handle = value(&asked, "linkedin_handle");
    if names.is_none() && handle.is_none() {
        return refuse(
            400,
            "wrong_params",
            "You are missing the first_name and last_name or full_name parameter",
        );
    }
    let duration = value(&asked, "max_duration").map_or(Ok(10), str::parse::<u32>);
    if !duration.is_ok_and(|seconds| (3..=20).contains(&seconds)) {
        return refuse(400, "wrong_params", "The max_duration parameter must be between 3 and 20");
    }
    let person = match (names, handle) {
        (Some((first, last)), _) => firm.map(|firm| Person::at(first, last, firm)),
        (None, Some(handle)) => Person::of_handle(handle),
        (None, None) => None,
    };
    let Some(person) = person.filter(|person| knows("hunter email", &person.key(), 55)) else {
        let nobody = json!({"data": {
            "first_name": names.map(|(first, _)| first), "last_name": names.map(|(_, last)| last), "email": null,
            "score": null, "domain": value(&asked, "domain"), "accept_all": null, "position": null, "twitter": null,
            "linkedin_url": null, "phone_number": null, "company": null, "sources": [],
            "verification": {"date": null, "status": null},
        }, "meta": {"params": {}}});
        return Json(nobody).into_response();
    };
    if person.email.starts_with("objected") {
        return refuse(451, "claimed_email", "The person owning this address asked us not to process it");
    }
    let late = sandbox.seed().roll(&["finder", &person.email]).percent(4);
    if late && sandbox.world().verifying.insert(format!("finder {}", person.email)) {
        return (StatusCode::ACCEPTED, Json(json!({"data": {"email": null}, "meta": {"params": {}}})))
            .into_response();
    }
    let shown = knows("hunter position", &person.key(), 70);
    let score = 70 + sandbox.seed().roll(&["finder score", &person.email]).below(30);
    paid(
        &sandbox,
        json!({"data": {
        "first_name": person.first, "last_name": person.last, "email": person.email, "score": score,
        "domain": person.firm.domain, "accept_all": false, "position": shown.then_some(person.title),
        "twitter": null, "linkedin_url": shown.then(|| format!("https://www.linkedin.com/in/{}", person.handle())),
        "phone_number": null, "company": person.firm.name, "sources": [],
        "verification": {"date": "2026-11-01", "status": sandbox.verdict(&person.email)},
    }, "meta": {"params": {}}}),
    )
}

async fn find_person(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = match checked(&sandbox, &headers, query.as_deref()) {
        Ok(asked) => asked,
        Err(refused) => return *refused,
    };
    let person = match (value(&asked, "email"), value(&asked, "linkedin_handle")) {
        (Some(email), _) if !email.contains('@') => {
            return refuse(400, "invalid_email", "The email address you supplied is invalid");
        }
        (Some(email), _) => Person::of_email(email),
        (None, Some(handle)) => Person::of_handle(handle),
        (None, None) => return refuse(400, "wrong_params", "You are missing the email parameter"),
    };
    let Some(person) = person.filter(|person| knows("hunter person", &person.key(), 60)) else {
        return refuse(404, "not_found", "No person found");
    };
    let firm = &person.firm;
    let geo =
        json!({"city": firm.city, "state": null, "country": firm.country, "countryCode": firm.country_code});
    paid(
        &sandbox,
        json!({"data": {
        "id": person.id(), "email": person.email, "location": format!("{}, {}", firm.city, firm.country), "geo": geo,
        "name": {"fullName": person.name(), "givenName": person.first, "familyName": person.last},
        "employment": {"domain": firm.domain, "name": firm.name, "title": person.title, "role": null,
                       "subRole": null, "seniority": hunters_level(person.level)},
        "linkedin": {"handle": person.handle()}, "twitter": {"handle": null}, "facebook": {"handle": null},
        "phone": null,
    }, "meta": {"email": person.email}}),
    )
}

async fn find_company(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = match checked(&sandbox, &headers, query.as_deref()) {
        Ok(asked) => asked,
        Err(refused) => return *refused,
    };
    let Some(domain) = value(&asked, "domain") else {
        return refuse(400, "wrong_params", "You are missing the domain parameter");
    };
    let Some(firm) = Firm::at(domain).filter(|firm| knows("hunter company", &firm.domain, 65)) else {
        return refuse(404, "not_found", "No company found");
    };
    paid(
        &sandbox,
        json!({"data": {
        "id": null, "name": firm.name, "legalName": null, "domain": firm.domain, "domainAliases": [],
        "site": {"phoneNumbers": [], "emailAddresses": []},
        "category": {"sector": null, "industryGroup": null, "industry": firm.industry, "subIndustry": null},
        "tags": [], "description": firm.description, "foundedYear": null,
        "location": format!("{}, {}", firm.city, firm.country),
        "geo": {"streetAddress": firm.street, "city": firm.city, "postalCode": null, "country": firm.country,
                "countryCode": firm.country_code, "lat": null, "lng": null},
        "linkedin": {"handle": firm.page().trim_start_matches("linkedin.com/")}, "phone": firm.phone,
        "metrics": {"employees": firm.size(), "trafficRank": null},
    }, "meta": {"domain": firm.domain}}),
    )
}

async fn search_domain(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = match checked(&sandbox, &headers, query.as_deref()) {
        Ok(asked) => asked,
        Err(refused) => return *refused,
    };
    let firm = match (value(&asked, "domain"), value(&asked, "company")) {
        (Some(domain), _) => Firm::at(domain),
        (None, Some(company)) => {
            Firm::named(company).filter(|firm| knows("hunter company", &firm.domain, 65))
        }
        (None, None) => return refuse(400, "wrong_params", "You are missing the domain parameter"),
    };
    let number = |name: &str, usual: usize| value(&asked, name).map_or(Ok(usual), str::parse::<usize>);
    let (Ok(limit), Ok(offset)) = (number("limit", 10), number("offset", 0)) else {
        return refuse(400, "wrong_params", "The limit and offset parameters are numbers");
    };
    if !(1..=100).contains(&limit) {
        return refuse(400, "wrong_params", "The limit parameter must be between 1 and 100");
    }
    let levels: Vec<&str> = value(&asked, "seniority").map_or(Vec::new(), |words| words.split(',').collect());
    if let Some(odd) = levels.iter().find(|level| !["junior", "senior", "executive"].contains(level)) {
        return refuse(400, "wrong_params", &format!("The seniority {odd} is not known"));
    }
    let mut staff = firm.as_ref().map_or(Vec::new(), Firm::staff);
    staff.retain(|person| levels.is_empty() || levels.contains(&hunters_level(person.level)));
    if offset > 0 && offset >= staff.len() {
        return refuse(400, "pagination_error", "The offset is higher than the number of results");
    }
    let emails: Vec<Value> = staff.iter().skip(offset).take(limit).map(told).collect();
    let body = json!({
        "data": {
            "domain": firm.as_ref().map(|firm| &firm.domain), "disposable": false, "webmail": false,
            "accept_all": false, "pattern": "{first}.{last}",
            "organization": firm.as_ref().map_or(value(&asked, "company"), |firm| Some(&firm.name)),
            "description": firm.as_ref().map(|firm| &firm.description),
            "industry": firm.as_ref().map(|firm| &firm.industry),
            "country": firm.as_ref().map(|firm| &firm.country_code),
            "headcount": firm.as_ref().map(Firm::size), "linkedin": null, "emails": emails,
        },
        "meta": {"results": staff.len(), "limit": limit, "offset": offset, "params": {}},
    });
    if emails.is_empty() && value(&asked, "company").is_none() {
        return Json(body).into_response();
    }
    paid(&sandbox, body)
}

fn told(person: &Person) -> Value {
    json!({
        "value": person.email, "type": "personal", "confidence": 94, "first_name": person.first,
        "last_name": person.last, "position": person.title, "seniority": hunters_level(person.level),
        "department": null, "linkedin": format!("https://www.linkedin.com/in/{}", person.handle()), "twitter": null,
        "phone_number": null, "verification": {"date": "2026-11-01", "status": "valid"}, "sources": [],
    })
}

fn hunters_level(level: &str) -> &'static str {
    match level {
        "manager" | "senior" => "senior",
        "entry" | "intern" => "junior",
        _ => "executive",
    }
}
