//! The product's connectors to providers of data against the fakes, and what the fakes refuse.

use super::connectors::{BASE, account, connected};
use super::fixture::{World, world, world_with};
use crate::companies::{self, Company};
use crate::config::RateLimit;
use crate::{Credentials, Provider};
use application::ports::data_providers::{
    ActorRun, ActorRunner, DataLookup, EmployeeRange, ProspectPage, ProspectQuery, ProspectSearch,
};
use application::ports::provider_calls::{CallError, EmailVerifier, OpenAccount, PlaceLookup};
use axum::body::Body;
use domain::contact::email_address::EmailAddress;
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use domain::lead::enrichment::Deliverability;
use domain::workspace::account::AccountSettings;
use http::Request;
use jiff::SignedDuration;
use providers::Providers;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const KEYS: [(&str, &str); 6] = [
    ("hunter", Credentials::HUNTER_KEY),
    ("apollo", Credentials::APOLLO_KEY),
    ("people_data_labs", Credentials::PEOPLE_DATA_LABS_KEY),
    ("zerobounce", Credentials::ZEROBOUNCE_KEY),
    ("serper", Credentials::SERPER_KEY),
    ("apify", Credentials::APIFY_TOKEN),
];

fn with_key(provider: &str, key: &str) -> OpenAccount {
    let base_url = format!("{BASE}/{provider}");
    let settings = match provider {
        "hunter" => AccountSettings::Hunter { base_url },
        _ => {
            AccountSettings::DataProvider { provider: provider.to_owned(), base_url, fields: BTreeMap::new() }
        }
    };
    account(settings, "api_key", key)
}

fn at(provider: &str) -> OpenAccount {
    with_key(provider, KEYS.iter().find(|(known, _)| *known == provider).unwrap().1)
}

fn rows() -> impl Iterator<Item = &'static Company> {
    companies::all().iter().filter(|row| !row.last_name.is_empty() && !row.host.is_empty())
}

fn subject(row: &Company) -> DataSubject {
    DataSubject {
        first_name: Some(row.first_name.clone()),
        last_name: Some(row.last_name.clone()),
        company: Some(row.company.clone()),
        domain: Some(row.host.clone()),
        ..DataSubject::default()
    }
}

/// Asks again where the provider was not ready.
async fn ask(
    providers: &Providers,
    provider: &str,
    subject: &DataSubject,
    wanted: DataField,
) -> Option<DataFound> {
    for _ in 0..3 {
        match providers.look_up(&at(provider), subject, wanted).await {
            Err(CallError::Unavailable(_)) => {}
            found => return found.unwrap(),
        }
    }
    panic!("{provider} is never ready")
}

#[tokio::test]
async fn all_providers_tell_the_same_of_a_person_and_each_lacks_others() {
    let providers = connected(&world());
    let mut found_by: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_anyone = 0;
    let asked: Vec<&Company> = rows().take(60).collect();
    for row in &asked {
        let mut told = BTreeSet::new();
        for provider in ["hunter", "apollo", "people_data_labs"] {
            let found = ask(&providers, provider, &subject(row), DataField::Email).await;
            let email = found.and_then(|found| found.values.get(&DataField::Email).cloned());
            *found_by.entry(provider).or_default() += usize::from(email.is_some());
            told.extend(email);
        }
        assert!(told.len() <= 1, "{told:?}");
        assert!(told.iter().all(|email| *email == row.email), "{told:?} {}", row.email);
        by_anyone += told.len();
    }
    for (provider, count) in &found_by {
        assert!((asked.len() / 5..asked.len() * 4 / 5).contains(count), "{provider}: {count}");
        assert!(by_anyone > *count, "{provider} is not enough: {count} of {by_anyone}");
    }
}

#[tokio::test]
async fn profile_leads_to_the_person() {
    let providers = connected(&world());
    let mut checked = 0;
    for row in rows().take(30) {
        let found = ask(&providers, "people_data_labs", &subject(row), DataField::LinkedinUrl).await;
        let Some(profile) = found.and_then(|found| found.values.get(&DataField::LinkedinUrl).cloned()) else {
            continue;
        };
        let by_profile = DataSubject { linkedin_url: Some(profile.clone()), ..DataSubject::default() };
        let found = ask(&providers, "people_data_labs", &by_profile, DataField::FullName).await.unwrap();
        assert_eq!(found.values[&DataField::FullName], format!("{} {}", row.first_name, row.last_name));
        assert_eq!(found.values[&DataField::LinkedinUrl], profile);
        if let Some(found) = ask(&providers, "apollo", &by_profile, DataField::FullName).await {
            assert_eq!(found.values[&DataField::CompanyName], row.company);
        }
        checked += 1;
    }
    assert!(checked > 5, "{checked}");
}

#[tokio::test]
async fn companies_are_told_alike() {
    let providers = connected(&world());
    let listed = companies::all()
        .iter()
        .filter(|row| !row.category.is_empty() && companies::at_host(&row.host).len() == 1);
    let mut names = BTreeMap::new();
    for row in listed.take(25) {
        let subject = DataSubject { domain: Some(row.host.clone()), ..DataSubject::default() };
        for provider in ["hunter", "apollo", "people_data_labs"] {
            if let Some(found) = ask(&providers, provider, &subject, DataField::Industry).await {
                assert_eq!(found.values[&DataField::CompanyName], row.company, "{provider}");
                assert_eq!(found.values[&DataField::Industry], row.category, "{provider}");
                *names.entry(provider).or_insert(0) += 1;
            }
        }
    }
    assert_eq!(names.len(), 3, "{names:?}");
}

#[tokio::test]
async fn miss_costs_nothing_and_a_lost_answer_does() {
    let world = world();
    let providers = connected(&world);
    let nobody = DataSubject { email: Some("x@y.example".to_owned()), ..DataSubject::default() };
    for (provider, name) in [("apollo", Provider::Apollo), ("people_data_labs", Provider::PeopleDataLabs)] {
        assert_eq!(ask(&providers, provider, &nobody, DataField::FullName).await, None);
        assert_eq!(world.sandbox.credits_spent(name), 0, "{provider}");
        let mut known = None;
        for row in rows().take(30) {
            if ask(&providers, provider, &subject(row), DataField::JobTitle).await.is_some() {
                known = Some(subject(row));
                break;
            }
        }
        assert_eq!(world.sandbox.credits_spent(name), 1, "{provider}");
        world.sandbox.lose_answers(name, 1);
        let lost = providers.look_up(&at(provider), &known.clone().unwrap(), DataField::JobTitle).await;
        assert!(matches!(lost, Err(CallError::Lost(_))), "{lost:?}");
        assert_eq!(world.sandbox.credits_spent(name), 2, "{provider}: it was carried out");
        world.sandbox.set_credits(name, 1);
        assert!(providers.look_up(&at(provider), &known.clone().unwrap(), DataField::JobTitle).await.is_ok());
        let spent = providers.look_up(&at(provider), &known.unwrap(), DataField::JobTitle).await;
        assert!(matches!(spent, Err(CallError::Account(_))), "{spent:?}");
    }
}

/// Makes a call that each provider can answer.
async fn call(providers: &Providers, account: &OpenAccount) -> Result<(), CallError> {
    let row = rows().next().unwrap();
    match account.settings.data_provider().unwrap() {
        "zerobounce" => {
            let email = EmailAddress::parse("ann@acme.example").unwrap();
            providers.verify_email(account, &email).await.map(drop)
        }
        "serper" => providers.find_place(account, None, "12 Main St, Dallas, TX 75201").await.map(drop),
        "apify" => providers.start(account, "sandbox/echo", "{}").await.map(drop),
        _ => providers.look_up(account, &subject(row), DataField::Industry).await.map(drop),
    }
}

#[tokio::test]
async fn keys_outages_credit_and_lost_answers_are_told_as_each_provider_does() {
    for (provider, door) in [
        ("hunter", Provider::Hunter),
        ("apollo", Provider::Apollo),
        ("people_data_labs", Provider::PeopleDataLabs),
        ("zerobounce", Provider::Zerobounce),
        ("serper", Provider::Serper),
        ("apify", Provider::Apify),
    ] {
        let world = world();
        let providers = connected(&world);
        assert!(call(&providers, &at(provider)).await.is_ok(), "{provider}");
        let stranger = call(&providers, &with_key(provider, "wrong")).await;
        assert!(matches!(stranger, Err(CallError::Account(_))), "{provider}: {stranger:?}");
        world.sandbox.set_out_of_credit(door, true);
        let no_credit = call(&providers, &at(provider)).await;
        assert!(matches!(no_credit, Err(CallError::Account(_))), "{provider}: {no_credit:?}");
        world.sandbox.set_out_of_credit(door, false);
        world.sandbox.set_outage(door, true);
        let down = call(&providers, &at(provider)).await;
        assert!(matches!(down, Err(CallError::Unavailable(_))), "{provider}: {down:?}");
    }
}

#[tokio::test]
async fn rates_are_told_with_their_headers() {
    let world = world_with(|config| {
        let once = vec![RateLimit { requests: 1, per: SignedDuration::from_secs(60) }];
        let limits = &mut config.limits;
        (limits.apollo, limits.people_data_labs, limits.serper) = (once.clone(), once.clone(), once.clone());
        (limits.zerobounce, limits.apify, limits.hunter) = (once.clone(), once.clone(), once);
    });
    let providers = connected(&world);
    for (provider, _) in KEYS {
        assert!(call(&providers, &at(provider)).await.is_ok(), "{provider}");
        let Err(CallError::RateLimited { after }) = call(&providers, &at(provider)).await else {
            panic!("{provider}")
        };
        let told = (provider == "apollo").then(|| SignedDuration::from_secs(60));
        assert_eq!(after, told, "{provider}");
    }
}

#[tokio::test]
async fn verdicts_are_true_in_zerobounces_words() {
    let world = world();
    let providers = connected(&world);
    let verdict = async |email: &str| {
        let email = EmailAddress::parse(email).unwrap();
        providers.verify_email(&at("zerobounce"), &email).await.unwrap().verdict
    };
    assert_eq!(verdict("x+nosuchuser@firm.test").await, Deliverability::Undeliverable);
    assert_eq!(verdict("x+bouncer@firm.test").await, Deliverability::AcceptAll);
    assert_eq!(verdict("x@mailinator.com").await, Deliverability::Undeliverable);
    assert_eq!(world.sandbox.credits_spent(Provider::Zerobounce), 3);
    assert_eq!(verdict("x+vanished@firm.test").await, Deliverability::Unknown);
    assert_eq!(world.sandbox.credits_spent(Provider::Zerobounce), 3, "what it cannot tell is free");
    assert_eq!(verdict("donotmail@example.com").await, Deliverability::Risky);
    assert_eq!(verdict("spamtrap@example.com").await, Deliverability::Undeliverable);
}

#[tokio::test]
async fn places_are_the_same_on_both_maps() {
    let providers = connected(&world());
    let serpapi = AccountSettings::SerpApi { base_url: format!("{BASE}/serpapi") };
    let serpapi = account(serpapi, "api_key", Credentials::SERPAPI_KEY);
    let address = "12 Main St, Dallas, TX 75201";
    let one = providers.find_place(&serpapi, Some("Ace Roofing"), address).await.unwrap();
    let other = providers.find_place(&at("serper"), Some("Ace Roofing"), address).await.unwrap();
    assert_eq!(one, other);
    assert!(one.is_some());
}

/// Reads a search to its end.
async fn all(providers: &Providers, account: &OpenAccount, query: &ProspectQuery) -> Vec<ProspectPage> {
    let (mut pages, mut query) = (Vec::new(), query.clone());
    loop {
        let page = providers.search_prospects(account, &query).await.unwrap();
        query.after = page.next.clone();
        pages.push(page);
        if query.after.is_none() {
            return pages;
        }
        assert!(pages.len() < 200, "it does not end");
    }
}

#[tokio::test]
async fn people_are_found_page_by_page_and_then_looked_up_by_id() {
    let world = world();
    let providers = connected(&world);
    let query = ProspectQuery {
        seniorities: vec!["owner".to_owned()],
        employees: vec![EmployeeRange { from: 11, to: Some(200) }],
        limit: 50,
        ..ProspectQuery::default()
    };
    for provider in ["apollo", "people_data_labs"] {
        let pages = all(&providers, &at(provider), &query).await;
        let ids: BTreeSet<&String> = pages
            .iter()
            .flat_map(|page| &page.prospects)
            .filter_map(|found| found.provider_id.as_ref())
            .collect();
        assert!(
            pages.len() > 1 && pages[0].total == Some(ids.len() as u64),
            "{provider}: {:?} {}",
            pages[0].total,
            ids.len()
        );
    }
    let pages = all(&providers, &at("apollo"), &query).await;
    assert_eq!(world.sandbox.credits_spent(Provider::Apollo), 0, "the search is free");
    let first = &pages[0].prospects[0];
    assert!(
        first.values[&DataField::FullName].contains('*') && !first.values.contains_key(&DataField::Email)
    );
    let by_id = DataSubject { provider_id: first.provider_id.clone(), ..DataSubject::default() };
    let found = ask(&providers, "apollo", &by_id, DataField::FullName).await.unwrap();
    assert!(!found.values[&DataField::FullName].contains('*'));
    assert_eq!(world.sandbox.credits_spent(Provider::Apollo), 1);
}

#[tokio::test]
async fn people_at_a_domain_are_listed() {
    let providers = connected(&world());
    let row = rows().next().unwrap();
    let query = ProspectQuery {
        domains: vec![row.host.clone(), "acme.example".to_owned()],
        limit: 2,
        ..ProspectQuery::default()
    };
    let pages = all(&providers, &at("hunter"), &query).await;
    let found: Vec<_> = pages.iter().flat_map(|page| &page.prospects).collect();
    assert!(found.iter().any(|found| found.values[&DataField::Email] == row.email));
    assert!(found.iter().any(|found| found.values[&DataField::Email].ends_with("@acme.example")));
}

#[tokio::test]
async fn businesses_are_listed_by_both_maps() {
    let providers = connected(&world());
    let query = ProspectQuery {
        keywords: vec!["plumbers".to_owned()],
        locations: vec!["Berlin".to_owned()],
        ..ProspectQuery::default()
    };
    let serpapi = AccountSettings::SerpApi { base_url: format!("{BASE}/serpapi") };
    let serpapi = account(serpapi, "api_key", Credentials::SERPAPI_KEY);
    let names = |pages: &[ProspectPage]| -> Vec<String> {
        pages
            .iter()
            .flat_map(|page| &page.prospects)
            .map(|found| found.values[&DataField::CompanyName].clone())
            .collect()
    };
    let one = names(&all(&providers, &serpapi, &query).await);
    let other = names(&all(&providers, &at("serper"), &query).await);
    assert!(one.len() > 10 && one == other, "{one:?} {other:?}");
}

#[tokio::test]
async fn actor_runs_for_a_while_and_leaves_its_items() {
    let world = world();
    let providers = connected(&world);
    let apify = at("apify");
    let run = providers.start(&apify, "sandbox/echo", r#"{"company":"Acme"}"#).await.unwrap();
    assert_eq!(providers.read(&apify, &run).await.unwrap(), ActorRun::Running);
    world.clock.forward(20);
    let done = providers.read(&apify, &run).await.unwrap();
    assert_eq!(done, ActorRun::Done { items: r#"[{"company":"Acme"}]"#.to_owned() });
    let failing = providers.start(&apify, "sandbox/failing", "{}").await.unwrap();
    world.clock.forward(20);
    assert!(matches!(providers.read(&apify, &failing).await.unwrap(), ActorRun::Failed { .. }));
    let unknown = providers.start(&apify, "sandbox/nothing", "{}").await;
    assert!(matches!(unknown, Err(CallError::Rejected(_))), "{unknown:?}");
    world.sandbox.lose_answers(Provider::Apify, 1);
    assert!(matches!(providers.start(&apify, "sandbox/echo", "{}").await, Err(CallError::Lost(_))));
}

async fn post(world: &World, path: &str, key: (&str, &str), body: &str) -> (u16, Value) {
    let request = Request::post(path).header(key.0, key.1).header("content-type", "application/json");
    world.call(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn get(world: &World, path: &str, key: (&str, &str)) -> (u16, Value) {
    world.call(Request::get(path).header(key.0, key.1).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn malformed_requests_are_refused_as_the_real_ones_do() {
    let world = world();
    let hunter = ("x-api-key", Credentials::HUNTER_KEY);
    for (path, id) in [
        ("email-finder?first_name=A&last_name=B", "wrong_params"),
        ("email-finder?domain=acme.example", "wrong_params"),
        ("email-finder?domain=acme.example&full_name=A+B&max_duration=90", "wrong_params"),
        ("domain-search?limit=10", "wrong_params"),
        ("domain-search?domain=acme.example&limit=1000", "wrong_params"),
        ("domain-search?domain=acme.example&offset=1000", "pagination_error"),
        ("people/find?email=nonsense", "invalid_email"),
        ("companies/find", "wrong_params"),
    ] {
        let (status, body) = get(&world, &format!("/hunter/v2/{path}"), hunter).await;
        assert_eq!((status, body["errors"][0]["id"].as_str()), (400, Some(id)), "{path}");
    }
    let apollo = ("x-api-key", Credentials::APOLLO_KEY);
    let enrich = "/apollo/api/v1/organizations/enrich";
    assert_eq!(
        get(&world, enrich, apollo).await,
        (422, json!({"error": "Required parameter 'domain' missing"}))
    );
    let (status, body) = get(&world, enrich, ("x-api-key", "wrong")).await;
    assert_eq!((status, body), (401, json!("Invalid access credentials.")), "as plain text");
    assert_eq!(post(&world, "/apollo/api/v1/people/match", apollo, "{}").await.0, 422);
    for query in [
        "page=501",
        "per_page=101",
        "person_seniorities[]=wizard",
        "organization_num_employees_ranges[]=many",
    ] {
        let path = format!("/apollo/api/v1/mixed_people/api_search?{query}");
        assert_eq!(post(&world, &path, apollo, "{}").await.0, 422, "{query}");
    }
    let labs = ("x-api-key", Credentials::PEOPLE_DATA_LABS_KEY);
    let (status, body) = get(&world, "/people_data_labs/v5/person/enrich?min_likelihood=2", labs).await;
    assert_eq!((status, &body["error"]["type"]), (400, &json!("invalid_request_error")));
    assert_eq!(
        get(&world, "/people_data_labs/v5/person/enrich?email=a@b.example&min_likelihood=11", labs).await.0,
        400
    );
    assert_eq!(post(&world, "/people_data_labs/v5/company/enrich", labs, "{}").await.0, 405);
    for body in [
        "{",
        "{}",
        r#"{"query":{"bool":{"must":[]}},"sql":"SELECT"}"#,
        r#"{"query":{"bool":{"must":[]}},"size":101}"#,
    ] {
        assert_eq!(post(&world, "/people_data_labs/v5/person/search", labs, body).await.0, 400, "{body}");
    }
    let loud = r#"{"query":{"bool":{"must":[{"terms":{"location_country":["Germany"]}}]}},"size":1}"#;
    assert_eq!(
        post(&world, "/people_data_labs/v5/person/search", labs, loud).await.0,
        400,
        "terms are in lower case"
    );
    assert_eq!(
        get(&world, "/zerobounce/v2/validate?email=a@b.example", labs).await,
        (400, json!({"error": "Missing parameter: api_key."}))
    );
    let (_, credits) = get(&world, "/zerobounce/v2/getcredits?api_key=wrong", labs).await;
    assert_eq!(credits, json!({"Credits": "-1"}));
    let serper = ("x-api-key", Credentials::SERPER_KEY);
    for (body, message) in [
        ("{}", "Missing query parameter"),
        (
            r#"{"q":"plumbers in Berlin","page":2}"#,
            "Parameter ll (GPS location) is required for paginated maps search",
        ),
        (
            r#"{"q":"plumbers in Berlin","page":2,"ll":"@52,13"}"#,
            "Parameter ll (GPS location) is required for paginated maps search",
        ),
    ] {
        assert_eq!(
            post(&world, "/serper/maps", serper, body).await,
            (400, json!({"message": message, "statusCode": 400}))
        );
    }
    let token = format!("Bearer {}", Credentials::APIFY_TOKEN);
    let apify = ("authorization", token.as_str());
    let runs = "/apify/v2/acts/sandbox~echo/runs";
    let kind = |(status, body): (u16, Value)| {
        (status, body["error"]["type"].as_str().unwrap_or_default().to_owned())
    };
    for (path, key, body, expected) in [
        (runs, ("x-none", "x"), "{}", (401, "token-not-provided")),
        (runs, ("authorization", "Bearer wrong"), "{}", (401, "user-or-token-not-found")),
        (runs, apify, "{", (400, "run-input-body-not-valid-json")),
        ("/apify/v2/acts/sandbox~echo/runs?timeout=soon", apify, "{}", (400, "invalid-value")),
        ("/apify/v2/acts/sandbox~nothing/runs", apify, "{}", (404, "record-not-found")),
    ] {
        assert_eq!(
            kind(post(&world, path, key, body).await),
            (expected.0, expected.1.to_owned()),
            "{path} {body}"
        );
    }
}
