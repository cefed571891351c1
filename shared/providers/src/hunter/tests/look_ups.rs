//! What is asked with what is known, and what is read of the answers.

use crate::tests::{account, answering, no_smtp, providers};
use application::ports::accounts::SecretFields;
use application::ports::data_providers::{DataLookup, ProspectQuery, ProspectSearch};
use application::ports::provider_calls::{CallError, OpenAccount};
use domain::lead::data_field::{DataField, DataFound, DataSubject};
use domain::workspace::account::AccountSettings;

fn ours() -> OpenAccount {
    let settings = AccountSettings::Hunter { base_url: "https://api.hunter.io/v2".to_owned() };
    account(settings, SecretFields::one("api_key", "k3y"))
}

fn ann() -> DataSubject {
    let some = |text: &str| Some(text.to_owned());
    DataSubject {
        first_name: some("Ann"),
        last_name: some("Lee"),
        domain: some("www.Acme.example"),
        ..DataSubject::default()
    }
}

async fn ask(
    subject: &DataSubject,
    wanted: DataField,
    (status, body): (u16, &str),
) -> (Result<Option<DataFound>, CallError>, String) {
    let (http, asked) = answering(status, body);
    let found = providers(http, no_smtp()).look_up(&ours(), subject, wanted).await;
    let asked = asked.lock().unwrap();
    assert_eq!(asked[0].headers()["x-api-key"], "k3y");
    let uri = asked[0].uri().to_string();
    assert!(!uri.contains("k3y"));
    (found, uri.replace("https://api.hunter.io/v2", ""))
}

fn values(found: Option<DataFound>) -> Vec<(DataField, String)> {
    found.unwrap().values.into_iter().collect()
}

#[tokio::test]
async fn address_is_found_by_name_and_domain() {
    let (found, uri) = ask(&ann(), DataField::Email, (200, include_str!("../fixtures/finder.json"))).await;
    assert_eq!(uri, "/email-finder?domain=acme.example&first_name=Ann&last_name=Lee&max_duration=20");
    let found = found.unwrap().unwrap();
    assert_eq!(found.confidence, Some(92));
    assert_eq!(found.values[&DataField::Email], "ann@acme.example");
    assert_eq!(found.values[&DataField::JobTitle], "Owner");
    assert_eq!(found.values[&DataField::CompanyWebsite], "https://acme.example");
    assert!(!found.values.contains_key(&DataField::MobilePhone), "null is no value");
    let none = r#"{"data":{"first_name":"Ann","email":null,"score":null,"position":"Owner","domain":"acme.example"}}"#;
    assert_eq!(ask(&ann(), DataField::Email, (200, none)).await.0.unwrap(), None);
}

#[tokio::test]
async fn person_is_found_by_address() {
    let known = DataSubject { email: Some("Ann@acme.example".to_owned()), ..DataSubject::default() };
    let (found, uri) = ask(&known, DataField::JobTitle, (200, include_str!("../fixtures/person.json"))).await;
    assert_eq!(uri, "/people/find?email=ann%40acme.example");
    let found = found.unwrap().unwrap();
    assert_eq!(found.values[&DataField::LinkedinUrl], "https://www.linkedin.com/in/ann-lee");
    assert_eq!(
        (found.values[&DataField::City].as_str(), found.values[&DataField::Country].as_str()),
        ("Dallas", "United States")
    );
    assert_eq!(found.values[&DataField::Seniority], "executive");
}

#[tokio::test]
async fn company_is_found_by_domain_or_name() {
    let (found, uri) =
        ask(&ann(), DataField::Employees, (200, include_str!("../fixtures/company.json"))).await;
    assert_eq!(uri, "/companies/find?domain=acme.example");
    let expected = [
        (DataField::CompanyName, "Acme Roofs"),
        (DataField::CompanyWebsite, "https://acme.example"),
        (DataField::CompanyPhone, "+1 214 555 0101"),
        (DataField::CompanyLinkedinUrl, "https://www.linkedin.com/company/acme-roofs"),
        (DataField::Industry, "Construction"),
        (DataField::Employees, "11-50"),
        (DataField::CompanyDescription, "Acme repairs slate roofs."),
        (DataField::CompanyAddress, "12 Main St, 75201, Dallas, United States"),
    ];
    assert_eq!(values(found.unwrap()), expected.map(|(field, text)| (field, text.to_owned())));
    let named = DataSubject { company: Some("Acme Roofs".to_owned()), ..DataSubject::default() };
    let (found, uri) =
        ask(&named, DataField::CompanyWebsite, (200, include_str!("../fixtures/domain.json"))).await;
    assert_eq!(uri, "/domain-search?company=Acme+Roofs&limit=1");
    assert_eq!(found.unwrap().unwrap().values[&DataField::CompanyWebsite], "https://acme.example");
    let nobody = r#"{"data":{"domain":null,"organization":"Acme Roofs","emails":[]},"meta":{"results":0}}"#;
    assert_eq!(ask(&named, DataField::CompanyWebsite, (200, nobody)).await.0.unwrap(), None);
}

#[test]
fn question_rests_on_what_is_known_and_names_no_key() {
    let providers = providers(crate::tests::no_http(), no_smtp());
    let question = |subject: &DataSubject, wanted| providers.question(&ours(), subject, wanted);
    assert_eq!(
        question(&ann(), DataField::Email).as_deref(),
        Some("hunter get /email-finder?domain=acme.example&first_name=ann&last_name=lee&max_duration=20")
    );
    let shouted = DataSubject { first_name: Some(" ANN ".to_owned()), ..ann() };
    assert_eq!(question(&shouted, DataField::Email), question(&ann(), DataField::Email));
    assert_eq!(question(&ann(), DataField::City), None, "it would need an address");
    assert_eq!(question(&DataSubject { last_name: None, ..ann() }, DataField::Email), None);
    for wanted in DataField::ALL {
        assert_eq!(question(&DataSubject::default(), wanted), None, "{wanted:?}");
    }
    assert!(providers.question(&crate::tests::resend_account(), &ann(), DataField::Email).is_none());
}

#[tokio::test]
async fn errors_are_classified_by_what_can_be_done() {
    let told = |id: &str| format!(r#"{{"errors":[{{"id":"{id}","code":400,"details":"d"}}]}}"#);
    let asked = async |status, body: &str| ask(&ann(), DataField::Employees, (status, body)).await.0;
    assert_eq!(asked(404, &told("not_found")).await.unwrap(), None);
    assert!(matches!(asked(404, "<html>").await, Err(CallError::Account(_))), "another server's");
    assert!(matches!(asked(400, &told("wrong_params")).await, Err(CallError::Rejected(_))));
    assert!(matches!(asked(401, &told("authentication_failed")).await, Err(CallError::Account(_))));
    assert!(matches!(asked(429, &told("usage_exceeded")).await, Err(CallError::Account(_))));
    assert!(matches!(asked(403, &told("too_many_requests")).await, Err(CallError::RateLimited { .. })));
    assert!(
        matches!(asked(451, &told("claimed_email")).await, Err(CallError::Rejected(why)) if why.contains("objected"))
    );
    assert!(
        matches!(asked(202, r#"{"data":{}}"#).await, Err(CallError::Unavailable(_))),
        "it asks again for free"
    );
    assert!(matches!(asked(500, "").await, Err(CallError::Unavailable(_))));
    assert!(matches!(asked(200, "<html>").await, Err(CallError::Lost(_))), "it was charged");
    assert!(matches!(asked(504, "").await, Err(CallError::Lost(_))));
}

#[tokio::test]
async fn people_at_domains_are_listed_one_domain_after_the_other() {
    let (http, asked) = answering(200, include_str!("../fixtures/domain.json"));
    let providers = providers(http, no_smtp());
    let query = ProspectQuery {
        domains: vec!["acme.example".to_owned(), "other.example".to_owned()],
        seniorities: vec!["owner".to_owned(), "manager".to_owned()],
        limit: 2,
        ..ProspectQuery::default()
    };
    let page = providers.search_prospects(&ours(), &query).await.unwrap();
    assert_eq!((page.total, page.next.as_deref()), (None, Some("0:2")));
    let first = &page.prospects[0];
    assert_eq!(first.provider_id.as_deref(), Some("ann@acme.example"));
    assert_eq!((first.values[&DataField::FullName].as_str(), first.has_phone), ("Ann Lee", Some(true)));
    assert_eq!(page.prospects[1].values[&DataField::FullName], "Bo");
    let last = ProspectQuery { after: Some("0:3".to_owned()), ..query.clone() };
    assert_eq!(providers.search_prospects(&ours(), &last).await.unwrap().next.as_deref(), Some("1:0"));
    let one = ProspectQuery { domains: vec!["acme.example".to_owned()], ..last.clone() };
    let page = providers.search_prospects(&ours(), &one).await.unwrap();
    assert_eq!((page.total, page.next), (Some(5), None));
    let uris: Vec<String> =
        asked.lock().unwrap().iter().map(|asked| asked.uri().query().unwrap().to_owned()).collect();
    assert_eq!(uris[0], "domain=acme.example&type=personal&limit=2&offset=0&seniority=executive%2Csenior");
    assert!(uris[1].contains("offset=3"));
}

#[tokio::test]
async fn search_that_hunter_cannot_make_is_refused_before_the_call() {
    let (http, asked) = answering(200, "{}");
    let providers = providers(http, no_smtp());
    let at = ProspectQuery { domains: vec!["acme.example".to_owned()], ..ProspectQuery::default() };
    for query in [
        ProspectQuery::default(),
        ProspectQuery { titles: vec!["owner".to_owned()], ..at.clone() },
        ProspectQuery { seniorities: vec!["wizard".to_owned()], ..at.clone() },
        ProspectQuery { after: Some("x".to_owned()), ..at.clone() },
    ] {
        let refused = providers.search_prospects(&ours(), &query).await;
        assert!(matches!(refused, Err(CallError::Rejected(_))), "{query:?}: {refused:?}");
    }
    assert!(asked.lock().unwrap().is_empty());
}
