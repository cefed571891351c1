//! Phone numbers without a country code are read like the file's other numbers, and the user is asked.

use super::*;

/// Made-up rows as an American CRM writes them: few numbers have a country code, some have an extension, one
/// is no number.
const CRM: &str = "First Name,Email 1,Phone 1,Phone 2\n\
    Ann,ann@oak.example,732-356-7405x362,001-903-405-6413x95376\n\
    Bob,bob@oak.example,(518)519-6001,790.683.8637x94026\n\
    Cas,cas@oak.example,+1-212-555-0142,212.555.0143\n\
    Dee,dee@oak.example,001-202-555-0144x12,\n\
    Eve,eve@oak.example,202-555-0145,\n\
    Fay,fay@oak.example,000-12,\n\
    Gil,gil@oak.example,,\n";

async fn uploaded(suite: &Suite, file: &str) -> (String, Value) {
    let body = json!({"file_name": "crm.csv", "size_bytes": file.len()});
    let path = format!("/api/imports/{}", id(&suite.post("/api/imports", body).await.expect(201)));
    chunk(suite, &path, 0, file.as_bytes()).await.expect(204);
    let found = suite.post(&format!("{path}/detect"), json!({})).await.expect(200);
    (path, found)
}

fn column<'a>(view: &'a Value, header: &str) -> &'a Value {
    view["columns"].as_array().unwrap().iter().find(|column| column["header"] == header).unwrap()
}

fn country(view: &Value) -> (&str, bool) {
    let options = &view["options"];
    (options["default_country"].as_str().unwrap(), options["country_chosen"].as_bool().unwrap())
}

/// The mapping's count of numbers that fit and of all numbers, and the check's count of problems.
async fn told(suite: &Suite, path: &str, view: &Value) -> (u64, u64, u64) {
    suite.post(&format!("{path}/check"), json!({})).await.expect(200);
    let problems = suite.get(&format!("{path}/problems")).await.expect(200);
    let amiss = problems["items"].as_array().unwrap().iter().filter(|one| one["field"] == "Phone 1").count();
    let phone = column(view, "Phone 1");
    (phone["fits"].as_u64().unwrap(), phone["of"].as_u64().unwrap(), amiss as u64)
}

#[tokio::test]
async fn american_numbers_in_a_british_workspace_raise_a_question_and_are_read_as_american() {
    let suite = suite().await;
    let (path, found) = uploaded(&suite, CRM).await;
    assert_eq!(country(&found), ("US", false));
    let question = &found["phone_question"];
    assert_eq!(question["candidates"][0]["country"], "US");
    assert_eq!(question["candidates"][1]["country"], "GB");
    assert!(question["examples"].as_array().unwrap().contains(&json!("732-356-7405x362")));
    assert_eq!((&found["fits_whole"], column(&found, "Phone 1")["of"].as_u64()), (&json!(true), Some(6)));
    let (fits, of, amiss) = told(&suite, &path, &found).await;
    assert_eq!(of - fits, amiss, "what fits is what the check finds");
    assert_eq!(amiss, 1, "000-12 is no number anywhere");
}

#[tokio::test]
async fn chosen_country_is_kept_and_counts_like_the_check() {
    let suite = suite().await;
    let (path, _) = uploaded(&suite, CRM).await;
    let british = suite.patch(&path, json!({"options": {"default_country": "GB"}})).await.expect(200);
    assert_eq!(country(&british), ("GB", true));
    let (fits, of, amiss) = told(&suite, &path, &british).await;
    assert_eq!(of - fits, amiss);
    assert!(amiss > 1, "most are no British numbers: {amiss}");
    let tagged = suite.patch(&path, json!({"options": {"tag": "crm"}})).await.expect(200);
    assert_eq!(country(&tagged), ("GB", true));
}

#[tokio::test]
async fn country_of_the_row_wins_and_raises_no_question() {
    let suite = suite().await;
    let file = "Name,Email,Phone,Country\n\
        Ann,ann@oak.example,732-356-7405,United States\n\
        Ben,ben@oak.example,020 7946 0018,United Kingdom\n\
        Cas,cas@oak.example,+1-212-555-0142,\n";
    let (_, found) = uploaded(&suite, file).await;
    assert_eq!((&found["phone_question"], country(&found).0), (&Value::Null, "GB"));
    let phone = column(&found, "Phone");
    assert_eq!((phone["fits"].as_u64(), phone["of"].as_u64()), (Some(3), Some(3)));
}

#[tokio::test]
async fn numbers_of_the_workspaces_country_raise_no_question() {
    let suite = suite().await;
    let (_, found) = mapped(&suite).await;
    assert_eq!((&found["phone_question"], country(&found)), (&Value::Null, ("GB", false)));
    let phone = column(&found, "Phone");
    assert_eq!(
        (phone["fits"].as_u64(), phone["of"].as_u64()),
        (Some(1), Some(2)),
        "\"nonsense\" does not fit"
    );
}

#[tokio::test]
async fn file_in_one_request_is_read_by_its_own_numbers() {
    let suite = suite().await;
    let counted = at_once(&suite, "?dry_run=true", "text/csv", CRM.as_bytes()).await.expect(200);
    assert_eq!((country(&counted), &counted["counts"]["warnings"]), (("US", false), &json!(1)));
    let said = at_once(&suite, "?dry_run=true&country=GB", "text/csv", CRM.as_bytes()).await.expect(200);
    assert_eq!(country(&said), ("GB", true));
}
