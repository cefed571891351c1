//! Golden requests, recorded answers and every error by class.

use crate::tests::{answering, data_account, no_http, no_smtp, providers};
use application::ports::data_providers::{DataLookup, EmployeeRange, ProspectQuery, ProspectSearch};
use application::ports::provider_calls::{CallError, OpenAccount};
use domain::lead::data_field::{DataField, DataFound, DataSubject};

fn ours() -> OpenAccount {
    data_account("apollo", "https://api.apollo.io/api/v1")
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn ann() -> DataSubject {
    DataSubject { full_name: some("Ann Lee"), domain: some("acme.example"), ..DataSubject::default() }
}

async fn ask(wanted: DataField, status: u16, body: &str) -> (Result<Option<DataFound>, CallError>, String) {
    let (http, asked) = answering(status, body);
    let found = providers(http, no_smtp()).look_up(&ours(), &ann(), wanted).await;
    let asked = asked.lock().unwrap();
    assert_eq!(asked[0].headers()["x-api-key"], "k3y");
    assert!(!format!("{:?}", asked[0]).contains("k3y"));
    (found, format!("{} {}", asked[0].method(), asked[0].uri()))
}

#[tokio::test]
async fn person_is_matched_by_name_and_domain() {
    let (found, asked) = ask(DataField::Email, 200, include_str!("fixtures/person.json")).await;
    assert_eq!(
        asked,
        "POST https://api.apollo.io/api/v1/people/match?reveal_personal_emails=false&first_name=Ann&last_name=Lee&domain=acme.example"
    );
    let found = found.unwrap().unwrap();
    assert_eq!((found.values[&DataField::Email].as_str(), found.confidence), ("ann@acme.example", Some(95)));
    assert_eq!(found.values[&DataField::LinkedinUrl], "https://www.linkedin.com/in/ann-lee");
    assert_eq!(found.values[&DataField::Employees], "23");
    assert!(!found.values.contains_key(&DataField::CompanyPhone), "an empty number is none");
}

#[tokio::test]
async fn locked_or_missing_address_is_none() {
    let person = include_str!("fixtures/person.json");
    for body in [
        person.replace("ann@acme.example", "email_not_unlocked@domain.com"),
        person.replace("\"verified\"", "\"unavailable\""),
        person.replace("\"ann@acme.example\"", "null"),
    ] {
        let found = ask(DataField::Email, 200, &body).await.0.unwrap().unwrap();
        assert!(!found.values.contains_key(&DataField::Email) && found.confidence.is_none(), "{found:?}");
        assert_eq!(found.values[&DataField::JobTitle], "Owner");
    }
    assert_eq!(ask(DataField::Email, 200, r#"{"person":null}"#).await.0.unwrap(), None);
    let guessed = person.replace("\"verified\"", "\"extrapolated\"");
    assert_eq!(ask(DataField::Email, 200, &guessed).await.0.unwrap().unwrap().confidence, Some(60));
}

#[tokio::test]
async fn company_is_found_by_domain() {
    let (found, asked) = ask(DataField::Industry, 200, include_str!("fixtures/organization.json")).await;
    assert_eq!(asked, "GET https://api.apollo.io/api/v1/organizations/enrich?domain=acme.example");
    let found = found.unwrap().unwrap();
    assert_eq!(found.values[&DataField::CompanyPhone], "+1 214-555-0101");
    assert_eq!(found.values[&DataField::CompanyAddress], "12 Main St, Dallas, Texas, US, 75201");
    assert_eq!(ask(DataField::Industry, 200, r#"{"organization":null}"#).await.0.unwrap(), None);
}

#[test]
fn best_known_part_of_a_person_is_asked_with() {
    let providers = providers(no_http(), no_smtp());
    let question = |subject: &DataSubject, wanted| providers.question(&ours(), subject, wanted);
    let subject = DataSubject { linkedin_url: some("linkedin.com/in/ann-lee"), ..ann() };
    assert!(
        question(&subject, DataField::Email)
            .unwrap()
            .contains("linkedin_url=https%3a%2f%2fwww.linkedin.com%2fin%2fann-lee")
    );
    let subject = DataSubject { email: some("Ann@acme.example"), ..subject };
    assert!(question(&subject, DataField::JobTitle).unwrap().contains("&email=ann%40acme.example"));
    let subject = DataSubject { provider_id: some("67bd"), ..subject };
    assert!(question(&subject, DataField::Email).unwrap().ends_with("&id=67bd"));
    assert_eq!(question(&ann(), DataField::MobilePhone), None, "that comes only by a webhook");
    assert_eq!(question(&DataSubject::default(), DataField::Industry), None);
}

#[tokio::test]
async fn people_are_searched_masked_and_page_by_page() {
    let (http, asked) = answering(200, include_str!("fixtures/people.json"));
    let providers = providers(http, no_smtp());
    let query = ProspectQuery {
        titles: vec!["owner".to_owned(), "ceo".to_owned()],
        locations: vec!["Texas, US".to_owned()],
        employees: vec![EmployeeRange { from: 11, to: Some(50) }, EmployeeRange { from: 5_001, to: None }],
        keywords: vec!["slate".to_owned(), "roofs".to_owned()],
        limit: 100,
        ..ProspectQuery::default()
    };
    let page = providers.search_prospects(&ours(), &query).await.unwrap();
    assert_eq!((page.total, page.next.as_deref()), (Some(232), Some("2")));
    let first = &page.prospects[0];
    assert_eq!(
        (first.values[&DataField::FullName].as_str(), first.masked.as_slice()),
        ("Ann L*e", [DataField::FullName].as_slice())
    );
    assert_eq!((first.has_email, first.has_phone), (Some(true), Some(true)));
    assert_eq!((page.prospects[1].has_email, page.prospects[1].has_phone), (Some(false), Some(false)));
    let last = ProspectQuery { after: some("3"), ..query.clone() };
    assert_eq!(providers.search_prospects(&ours(), &last).await.unwrap().next, None);
    let first = asked.lock().unwrap()[0].uri().query().unwrap().to_owned();
    assert_eq!(
        first,
        "person_titles%5B%5D=owner&person_titles%5B%5D=ceo&person_locations%5B%5D=Texas%2C+US\
         &organization_num_employees_ranges%5B%5D=11%2C50&organization_num_employees_ranges%5B%5D=5001%2C10000000\
         &q_keywords=slate+roofs&page=1&per_page=100"
    );
    for query in [
        ProspectQuery::default(),
        ProspectQuery { industries: vec!["roofing".to_owned()], ..ProspectQuery::default() },
        ProspectQuery { seniorities: vec!["wizard".to_owned()], ..ProspectQuery::default() },
        ProspectQuery { after: some("501"), ..query.clone() },
    ] {
        assert!(
            matches!(providers.search_prospects(&ours(), &query).await, Err(CallError::Rejected(_))),
            "{query:?}"
        );
    }
}

#[tokio::test]
async fn errors_are_classified_by_what_can_be_done() {
    let asked = async |status, body: &str| ask(DataField::Email, status, body).await.0;
    assert!(
        matches!(asked(401, "Invalid access credentials.").await, Err(CallError::Account(told)) if told.contains("Invalid"))
    );
    let no_scope = r#"{"error":"not accessible","error_code":"API_INACCESSIBLE"}"#;
    assert!(
        matches!(asked(403, no_scope).await, Err(CallError::Account(told)) if told.contains("API_INACCESSIBLE"))
    );
    for told in [
        r#"{"error":"You have insufficient credits"}"#,
        r#"{"error":"no","error_code":"BILLING.LIMIT.CREDITS_EXHAUSTED"}"#,
    ] {
        assert!(matches!(asked(422, told).await, Err(CallError::Account(_))), "{told}");
    }
    assert!(matches!(
        asked(422, r#"{"error":"Required parameter 'domain' missing"}"#).await,
        Err(CallError::Rejected(_))
    ));
    assert!(matches!(
        asked(400, r#"{"status":"failed","error_code":"INVALID_REQUEST","error_message":"no"}"#).await,
        Err(CallError::Rejected(_))
    ));
    assert!(matches!(asked(429, "").await, Err(CallError::RateLimited { .. })));
    assert!(matches!(asked(500, "").await, Err(CallError::Unavailable(_))));
    assert!(matches!(asked(504, "").await, Err(CallError::Lost(_))));
    assert!(matches!(asked(200, "<html>").await, Err(CallError::Lost(_))));
}
