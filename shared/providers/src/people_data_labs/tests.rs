//! Golden requests, recorded answers and every error by class.

use crate::tests::{answering, data_account, no_http, no_smtp, providers};
use application::ports::data_providers::{DataLookup, EmployeeRange, ProspectQuery, ProspectSearch};
use application::ports::provider_calls::{CallError, OpenAccount};
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use serde_json::{Value, json};

fn ours() -> OpenAccount {
    data_account("people_data_labs", "https://api.peopledatalabs.com/v5")
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn by_profile() -> DataSubject {
    DataSubject {
        linkedin_url: some("https://www.linkedin.com/in/ann-lee/"),
        domain: some("acme.example"),
        ..DataSubject::default()
    }
}

async fn ask(wanted: DataField, status: u16, body: &str) -> (Result<Option<DataFound>, CallError>, String) {
    let (http, asked) = answering(status, body);
    let found = providers(http, no_smtp()).look_up(&ours(), &by_profile(), wanted).await;
    let asked = asked.lock().unwrap();
    assert_eq!(asked[0].headers()["x-api-key"], "k3y");
    assert!(!format!("{:?}", asked[0]).contains("k3y"));
    (found, asked[0].uri().to_string())
}

#[tokio::test]
async fn person_is_found_by_linkedin_profile() {
    let (found, uri) = ask(DataField::Email, 200, include_str!("fixtures/person.json")).await;
    assert_eq!(
        uri,
        "https://api.peopledatalabs.com/v5/person/enrich?profile=linkedin.com%2Fin%2Fann-lee%2F&min_likelihood=6&titlecase=true&required=work_email"
    );
    let found = found.unwrap().unwrap();
    assert_eq!((found.values[&DataField::Email].as_str(), found.confidence), ("ann@acme.example", Some(90)));
    assert_eq!(found.values[&DataField::LinkedinUrl], "https://www.linkedin.com/in/ann-lee");
    assert_eq!(found.values[&DataField::CompanyWebsite], "https://acme.example");
    assert_eq!(found.values[&DataField::MobilePhone], "+12145550102");
    assert!(
        !found.values.values().any(|value| value.contains("mail.example")),
        "private addresses are not taken"
    );
}

#[tokio::test]
async fn contact_that_the_plan_only_announces_is_no_value() {
    let body = include_str!("fixtures/person.json")
        .replace("\"ann@acme.example\"", "true")
        .replace("\"+12145550102\"", "false");
    let found = ask(DataField::JobTitle, 200, &body).await.0.unwrap().unwrap();
    assert!(
        !found.values.contains_key(&DataField::Email) && !found.values.contains_key(&DataField::MobilePhone)
    );
}

#[tokio::test]
async fn company_answer_has_no_envelope() {
    let (found, uri) = ask(DataField::Employees, 200, include_str!("fixtures/company.json")).await;
    assert_eq!(uri, "https://api.peopledatalabs.com/v5/company/enrich?website=acme.example&titlecase=true");
    let found = found.unwrap().unwrap();
    assert_eq!((found.values[&DataField::Employees].as_str(), found.confidence), ("11-50", Some(80)));
    assert_eq!(found.values[&DataField::CompanyName], "Acme Roofs");
    assert_eq!(found.values[&DataField::CompanyAddress], "12 Main St, Dallas, Texas, United States");
}

#[test]
fn best_known_part_of_a_person_is_asked_with() {
    let providers = providers(no_http(), no_smtp());
    let question = |subject: &DataSubject, wanted| providers.question(&ours(), subject, wanted);
    let named =
        DataSubject { full_name: some("Ann Lee"), company: some("Acme Roofs"), ..DataSubject::default() };
    assert!(
        question(&named, DataField::JobTitle)
            .unwrap()
            .contains("first_name=ann&last_name=lee&company=acme+roofs")
    );
    assert!(question(&named, DataField::MobilePhone).unwrap().ends_with("required=mobile_phone"));
    let with_phone = DataSubject { phone: some("+12145550102"), ..DataSubject::default() };
    assert!(question(&with_phone, DataField::FullName).unwrap().contains("phone=%2b12145550102"));
    assert_eq!(question(&DataSubject { company: None, ..named }, DataField::Email), None);
    assert_eq!(question(&by_profile(), DataField::CompanyPhone), None, "it knows none");
}

#[tokio::test]
async fn people_are_searched_by_the_words_of_its_records() {
    let (http, asked) = answering(200, include_str!("fixtures/people.json"));
    let providers = providers(http, no_smtp());
    let query = ProspectQuery {
        titles: vec!["Head of Roofs".to_owned()],
        seniorities: vec!["c_suite".to_owned()],
        locations: vec!["United States".to_owned()],
        employees: vec![EmployeeRange { from: 20, to: Some(60) }, EmployeeRange { from: 10_001, to: None }],
        limit: 2,
        after: some("1117$9"),
        ..ProspectQuery::default()
    };
    let page = providers.search_prospects(&ours(), &query).await.unwrap();
    assert_eq!((page.total, page.next.as_deref()), (Some(99), Some("1117$12.176522")));
    assert_eq!((page.prospects[0].has_email, page.prospects[0].has_phone), (Some(true), Some(false)));
    assert!(!page.prospects[0].values.contains_key(&DataField::Email));
    assert_eq!(page.prospects[1].values[&DataField::Email], "bo@acme.example");
    assert_eq!(page.prospects[1].provider_id.as_deref(), Some("b_0000"));
    let sent: Value = serde_json::from_slice(asked.lock().unwrap()[0].body()).unwrap();
    assert_eq!(
        sent,
        json!({"size": 2, "titlecase": true, "scroll_token": "1117$9", "query": {"bool": {"must": [
            {"bool": {"should": [{"match_phrase": {"job_title": "head of roofs"}}]}},
            {"terms": {"job_title_levels": ["cxo"]}},
            {"bool": {"should": [
                {"terms": {"location_country": ["united states"]}}, {"terms": {"location_region": ["united states"]}},
                {"terms": {"location_locality": ["united states"]}}]}},
            {"terms": {"job_company_size": ["11-50", "51-200", "10001+"]}},
        ]}}})
    );
    let (http, _) = answering(404, r#"{"status":404,"error":{"type":"not_found","message":"none"}}"#);
    let first = ProspectQuery { after: None, ..query };
    let none = crate::tests::providers(http, no_smtp()).search_prospects(&ours(), &first).await.unwrap();
    assert_eq!((none.total, none.prospects.len(), none.next), (Some(0), 0, None));
}

#[tokio::test]
async fn errors_are_classified_by_what_can_be_done() {
    let told = |status: u16, kind: &str| {
        json!({"status": status, "error": {"type": kind, "message": "no"}}).to_string()
    };
    let asked = async |status: u16, kind: &str| ask(DataField::Email, status, &told(status, kind)).await.0;
    assert_eq!(asked(404, "not_found").await.unwrap(), None);
    assert!(
        matches!(ask(DataField::Email, 404, "<html>").await.0, Err(CallError::Account(_))),
        "another server's"
    );
    assert!(matches!(asked(400, "invalid_request_error").await, Err(CallError::Rejected(_))));
    assert!(matches!(asked(401, "authentication_error").await, Err(CallError::Account(_))));
    assert!(matches!(asked(402, "payment_required").await, Err(CallError::Account(_))));
    assert!(matches!(asked(405, "invalid_request_error").await, Err(CallError::Rejected(_))));
    assert!(matches!(asked(429, "rate_limit_error").await, Err(CallError::RateLimited { after: None })));
    assert!(matches!(asked(500, "api_error").await, Err(CallError::Unavailable(_))));
    assert!(matches!(ask(DataField::Email, 200, "<html>").await.0, Err(CallError::Lost(_))));
    let several = r#"{"status":400,"error":{"type":["invalid_request_error","x"],"message":"no"}}"#;
    assert!(
        matches!(ask(DataField::Email, 400, several).await.0, Err(CallError::Rejected(told)) if told.contains("invalid"))
    );
}
