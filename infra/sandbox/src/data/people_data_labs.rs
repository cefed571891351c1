//! People Data Labs: enrichment in lower case unless asked otherwise, misses as 404, and a search that costs a credit a
//! record.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::directory::{Firm, Person};
use super::search::{Wanted, people};
use super::{admit, header, knows, pairs, value};
use crate::doors::{Provider, Refusal};
use crate::sandbox::Sandbox;

const LEVELS: [(&str, &[&str]); 9] = [
    ("owner", &["owner", "founder"]),
    ("cxo", &["c_suite"]),
    ("partner", &["partner"]),
    ("vp", &["vp"]),
    ("director", &["head", "director"]),
    ("manager", &["manager"]),
    ("senior", &["senior"]),
    ("entry", &["entry"]),
    ("training", &["intern"]),
];

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/v5/person/enrich", get(enrich_person).fallback(wrong_method))
        .route("/v5/company/enrich", get(enrich_company).fallback(wrong_method))
        .route("/v5/person/search", post(search).fallback(wrong_method))
        .fallback(async || refuse(404, "not_found", "The requested resource does not exist"))
}

async fn wrong_method() -> Response {
    refuse(405, "invalid_request_error", "The method is not allowed")
}

fn refuse(code: u16, kind: &str, message: &str) -> Response {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(json!({"status": code, "error": {"type": kind, "message": message}}))).into_response()
}

fn enter(sandbox: &Sandbox, key: &str) -> Result<(), Box<Response>> {
    let refused = match (
        key == sandbox.config().credentials.people_data_labs_key,
        admit(sandbox, Provider::PeopleDataLabs),
    ) {
        (_, Err(Refusal::Outage)) => refuse(503, "api_error", "Please try again later"),
        (false, _) => refuse(401, "authentication_error", "Request contained a missing or invalid key"),
        (true, Ok(())) => return Ok(()),
        (true, Err(Refusal::OutOfCredit)) => {
            refuse(402, "payment_required", "You have hit your account maximum")
        }
        (true, Err(Refusal::RateLimited { .. })) => {
            let mut refused = refuse(
                429,
                "rate_limit_error",
                "An error occurred due to requests hitting the API too quickly",
            );
            let left = HeaderValue::from_static(r#"{"minute": 0}"#);
            refused.headers_mut().insert("x-ratelimit-remaining", left);
            refused
        }
    };
    Err(Box::new(refused))
}

fn told(sandbox: &Sandbox, credits: u64, body: Value) -> Response {
    sandbox.spend_credits(Provider::PeopleDataLabs, credits);
    if sandbox.answer_is_lost(Provider::PeopleDataLabs) {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    let mut answer = Json(body).into_response();
    let left = HeaderValue::from_static(r#"{"minute": 900}"#);
    answer.headers_mut().insert("x-ratelimit-remaining", left);
    answer.headers_mut().insert("x-call-credits-spent", HeaderValue::from(credits));
    answer
}

/// The record as it comes: in lower case, unless `titlecase` was asked for.
fn cased(asked: bool, mut record: Value) -> Value {
    if let (false, Some(fields)) = (asked, record.as_object_mut()) {
        for value in fields.values_mut() {
            if let Value::String(text) = value {
                *text = text.to_lowercase();
            }
        }
    }
    record
}

fn level(person: &Person) -> &'static str {
    LEVELS.iter().find(|(_, ours)| ours.contains(&person.level)).map_or("entry", |(theirs, _)| theirs)
}

fn record(person: &Person) -> Value {
    let firm = &person.firm;
    let email = knows("pdl email", &person.key(), 75).then_some(&person.email);
    let mobile = knows("pdl mobile", &person.key(), 50).then_some(&person.mobile);
    json!({
        "id": person.id(), "full_name": person.name(), "first_name": person.first, "last_name": person.last,
        "work_email": email, "personal_emails": [], "mobile_phone": mobile, "job_title": person.title,
        "job_title_levels": [level(person)], "job_company_name": firm.name, "job_company_website": firm.domain,
        "job_company_size": firm.size(), "job_company_industry": firm.industry,
        "job_company_linkedin_url": firm.page(), "linkedin_url": format!("linkedin.com/in/{}", person.handle()),
        "location_name": format!("{}, {}", firm.city, firm.country), "location_locality": firm.city,
        "location_country": firm.country, "location_geo": null,
    })
}

async fn enrich_person(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = pairs(query.as_deref());
    let of = |name: &str| value(&asked, name);
    if let Err(refused) = enter(&sandbox, of("api_key").unwrap_or(header(&headers, "x-api-key"))) {
        return *refused;
    }
    let likelihood = of("min_likelihood").map_or(Ok(2), str::parse::<u64>);
    if !likelihood.as_ref().is_ok_and(|least| (0..=10).contains(least)) {
        return refuse(400, "invalid_request_error", "min_likelihood must be between 0 and 10");
    }
    let names = of("first_name").zip(of("last_name")).or(of("name").and_then(|name| name.split_once(' ')));
    let handle = of("profile").and_then(|url| url.split_once("linkedin.com/in/"));
    let person = match (of("pdl_id"), handle, of("email"), names.zip(of("company")), of("phone")) {
        (Some(id), ..) => sandbox.found_before(id),
        (_, Some((_, handle)), ..) => Person::of_handle(handle.trim_end_matches('/')),
        (_, _, Some(email), ..) => Person::of_email(email),
        (_, _, _, Some(((first, last), company)), _) => {
            let firm = if company.contains('.') { Firm::at(company) } else { Firm::named(company) };
            firm.map(|firm| Person::at(first, last, firm))
        }
        (_, _, _, _, Some(_)) => None,
        _ => {
            return refuse(
                400,
                "invalid_request_error",
                "Request does not contain enough identifying information",
            );
        }
    };
    let person = person.filter(|person| of("pdl_id").is_some() || knows("pdl person", &person.key(), 60));
    let likely =
        person.as_ref().map_or(0, |person| 5 + sandbox.seed().roll(&["likelihood", &person.key()]).below(6));
    let record = person.as_ref().map(record);
    let lacks = |record: &Value| of("required").is_some_and(|field| record[field].is_null());
    match record.filter(|record| likely >= likelihood.unwrap_or(2) && !lacks(record)) {
        Some(record) => {
            let record = cased(of("titlecase") == Some("true"), record);
            told(&sandbox, 1, json!({"status": 200, "likelihood": likely, "data": record}))
        }
        None => refuse(404, "not_found", "No records were found matching your request"),
    }
}

async fn enrich_company(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = pairs(query.as_deref());
    let of = |name: &str| value(&asked, name);
    if let Err(refused) = enter(&sandbox, of("api_key").unwrap_or(header(&headers, "x-api-key"))) {
        return *refused;
    }
    let firm = match (of("website"), of("name")) {
        (Some(website), _) => Firm::at(website.trim_start_matches("https://").trim_start_matches("http://")),
        (None, Some(name)) => Firm::named(name),
        (None, None) => {
            return refuse(400, "invalid_request_error", "Request must contain a name, website or profile");
        }
    };
    let Some(firm) = firm.filter(|firm| knows("pdl company", &firm.domain, 70)) else {
        return refuse(404, "not_found", "No records were found matching your request");
    };
    let record = json!({
        "status": 200, "likelihood": 8, "name": firm.name.to_lowercase(), "display_name": firm.name,
        "size": firm.size(), "employee_count": firm.employees, "industry": firm.industry, "website": firm.domain,
        "linkedin_url": firm.page(), "summary": firm.description,
        "location": {"name": format!("{}, {}", firm.city, firm.country), "locality": firm.city,
                     "country": firm.country, "street_address": firm.street},
    });
    told(&sandbox, 1, cased(of("titlecase") == Some("true"), record))
}

async fn search(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = enter(&sandbox, header(&headers, "x-api-key")) {
        return *refused;
    }
    let Ok(asked) = serde_json::from_slice::<Value>(&body) else {
        return refuse(400, "invalid_request_error", "The body is not valid JSON");
    };
    if asked["query"].is_object() == asked["sql"].is_string() {
        return refuse(400, "invalid_request_error", "Request must contain either query or sql");
    }
    let size = asked["size"].as_u64().unwrap_or(1);
    if !(1..=100).contains(&size) {
        return refuse(400, "invalid_request_error", "size must be between 1 and 100");
    }
    let start = match asked["scroll_token"].as_str() {
        None => 0,
        Some(token) => match token.split_once('$').and_then(|(_, start)| start.parse::<usize>().ok()) {
            Some(start) => start,
            None => return refuse(400, "invalid_request_error", "scroll_token is not valid"),
        },
    };
    let Some(wanted) = asked["query"]["bool"]["must"].as_array().and_then(|clauses| wanted(clauses)) else {
        return refuse(400, "invalid_request_error", "query is not one that this sandbox knows");
    };
    let found = people(&wanted);
    let size = usize::try_from(size).unwrap_or(1);
    let shown: Vec<&Person> = found.iter().skip(start).take(size).collect();
    if shown.is_empty() {
        return refuse(404, "not_found", "No records were found matching your search");
    }
    for person in &shown {
        sandbox.note_found(person);
    }
    let titlecase = asked["titlecase"].as_bool() == Some(true);
    let records: Vec<Value> = shown.iter().map(|person| cased(titlecase, record(person))).collect();
    let end = start + records.len();
    let token = (end < found.len()).then(|| format!("1117${end}"));
    let credits = records.len() as u64;
    told(
        &sandbox,
        credits,
        json!({"status": 200, "data": records, "scroll_token": token, "total": found.len()}),
    )
}

/// Reads the clauses that all must hold; none if one is not known.
fn wanted(clauses: &[Value]) -> Option<Wanted> {
    let mut wanted = Wanted::default();
    for clause in clauses {
        let either = clause["bool"]["should"].as_array();
        for part in either.map_or(std::slice::from_ref(clause), Vec::as_slice) {
            let (kind, fields) = part.as_object()?.iter().next()?;
            let (field, values) = fields.as_object()?.iter().next()?;
            let values: Vec<String> = match (kind.as_str(), values) {
                ("terms", Value::Array(values)) => {
                    values.iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<_>>()?
                }
                ("term" | "match" | "match_phrase", Value::String(value)) => vec![value.clone()],
                _ => return None,
            };
            // Terms are compared as they are, and records are in lower case.
            if values.iter().any(|value| *value != value.to_lowercase()) {
                return None;
            }
            match field.as_str() {
                "job_title" => wanted.titles.extend(values),
                "job_title_levels" => {
                    for value in values {
                        let (_, ours) = LEVELS.iter().find(|(theirs, _)| *theirs == value)?;
                        wanted.levels.extend(ours.iter().map(|level| (*level).to_owned()));
                    }
                }
                "location_country" | "location_region" | "location_locality" => wanted.places.extend(values),
                "job_company_industry" => wanted.industries.extend(values),
                "job_company_website" => wanted.domains.extend(values),
                "job_company_size" => {
                    for value in values {
                        let ends = match value.strip_suffix('+') {
                            Some(from) => Some((from, "10000000")),
                            None => value.split_once('-'),
                        };
                        let (from, to) = ends?;
                        wanted.employees.push((from.parse().ok()?, to.parse().ok()?));
                    }
                }
                _ => return None,
            }
        }
    }
    Some(wanted)
}
