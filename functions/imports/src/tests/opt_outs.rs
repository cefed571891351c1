//! Columns that say who has opted out: certain ones are mapped, others are asked about before anything is imported.

use super::*;

const UNCLEAR: &str = "email,Mailing\nana@quay.example,unsubscribed\nben@quay.example,weekly\n";

fn column(view: &Value, place: usize) -> &Value {
    &view["columns"][place]
}

#[tokio::test]
async fn column_that_may_say_who_has_opted_out_is_asked_about_before_the_check() {
    let suite = suite().await;
    let body = json!({"file_name": "list.csv", "size_bytes": UNCLEAR.len()});
    let path = format!("/api/imports/{}", id(&suite.post("/api/imports", body).await.expect(201)));
    chunk(&suite, &path, 0, UNCLEAR.as_bytes()).await.expect(204);
    let found = suite.post(&format!("{path}/detect"), json!({})).await.expect(200);
    // `Mailing` is about a state, and one of its words is an opt-out: it is read as such.
    assert_eq!(column(&found, 1)["target"], "opted_out_email");
    let ignored = json!({"columns": [{"header": "Mailing", "target": "ignore"}]});
    let view = suite.patch(&path, ignored).await.expect(200);
    assert_eq!(column(&view, 1)["opt_out_question"], true);
    for action in ["check", "commit"] {
        let refused = suite.post(&format!("{path}/{action}"), json!({})).await.expect(422);
        assert_eq!(refused["field"], "columns.Mailing");
    }
    let answer = json!({"columns": [{"header": "Mailing", "target": "ignore", "no_opt_out": true}]});
    let view = suite.patch(&path, answer).await.expect(200);
    assert!(column(&view, 1)["opt_out_question"].is_null());
    assert_eq!(suite.post(&format!("{path}/check"), json!({})).await.expect(200)["counts"]["opted_out"], 0);
    // Another use is another question.
    let text = json!({"columns": [{"header": "Mailing"}]});
    assert_eq!(column(&suite.patch(&path, text).await.expect(200), 1)["opt_out_question"], true);
}

#[tokio::test]
async fn file_in_one_request_is_refused_until_its_sender_says_what_a_column_means() {
    let suite = suite().await;
    let file = "email,Please do not disturb\nana@quay.example,x\nben@quay.example,\n";
    let refused = at_once(&suite, "", "text/csv", file.as_bytes()).await.expect(422);
    assert_eq!(refused["field"], "columns.Please do not disturb");
    assert!(refused["detail"].as_str().unwrap().contains("opt_out_columns"), "{refused}");
    let unknown = at_once(&suite, "?opt_out_columns=Nope", "text/csv", file.as_bytes()).await.expect(422);
    assert_eq!(unknown["field"], "query.opt_out_columns");
    let dry = "?dry_run=true&opt_out_columns=Please%20do%20not%20disturb";
    let counted = at_once(&suite, dry, "text/csv", file.as_bytes()).await.expect(200);
    assert_eq!((&counted["counts"]["created"], &counted["counts"]["opted_out"]), (&json!(2), &json!(1)));
    let dry = "?dry_run=true&no_opt_out_columns=Please%20do%20not%20disturb";
    let counted = at_once(&suite, dry, "text/csv", file.as_bytes()).await.expect(200);
    assert_eq!(counted["counts"]["opted_out"], 0);
    let begun = "?no_opt_out_columns=Please%20do%20not%20disturb";
    let begun = at_once(&suite, begun, "text/csv", file.as_bytes()).await.expect(202);
    assert_eq!(column(&begun, 1)["no_opt_out"], true, "the rows are read by the answer, too");
}

#[tokio::test]
async fn column_that_is_recognised_says_nothing_of_opt_outs_if_its_sender_says_so() {
    let suite = suite().await;
    let file = "email,Unsubscribed\nana@quay.example,1\n";
    let counted = at_once(&suite, "?dry_run=true", "text/csv", file.as_bytes()).await.expect(200);
    assert_eq!(counted["counts"]["opted_out"], 1);
    let dry = "?dry_run=true&no_opt_out_columns=Unsubscribed";
    let counted = at_once(&suite, dry, "text/csv", file.as_bytes()).await.expect(200);
    assert_eq!((&counted["counts"]["opted_out"], &counted["counts"]["warnings"]), (&json!(0), &json!(0)));
    assert!(column(&counted, 1)["opt_out_question"].is_null() && column(&counted, 1)["target"].is_null());
}

#[tokio::test]
async fn list_of_another_system_is_counted_by_what_it_says() {
    let suite = suite().await;
    let file = "Id,Email,Phone,Email Opt Out,Do Not Call\n1,ana@quay.example,,1,0\n2,ben@quay.example,,0,1\n3,ida@quay.example,,0,0\n";
    let counted = at_once(&suite, "?dry_run=true", "text/csv", file.as_bytes()).await.expect(200);
    assert_eq!((&counted["counts"]["created"], &counted["counts"]["opted_out"]), (&json!(3), &json!(2)));
}

#[tokio::test]
async fn object_around_rows_is_refused_and_no_import_begins() {
    let suite = suite().await;
    let body = json!({"rows": [{"email": "impa@quay.example"}, {"email": "impb@quay.example"}]}).to_string();
    for kind in ["application/json", "application/x-ndjson"] {
        let refused = at_once(&suite, "", kind, body.as_bytes()).await.expect(422);
        assert_eq!(refused["field"], "file");
        assert!(refused["detail"].as_str().unwrap().contains("send an array of objects"), "{refused}");
    }
    assert_eq!(suite.get("/api/imports").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn numbers_that_became_amounts_are_read_and_unclear_ones_are_asked_about() {
    let suite = suite().await;
    let file = json!([
        {"email": "a@quay.example", "phone": 4.4794611e11},
        {"email": "b@quay.example", "phone": 447911123456.0},
        {"email": "c@quay.example", "phone": 447911123457_u64},
        {"email": "d@quay.example", "phone": "2079460018"},
    ]);
    let dry =
        at_once(&suite, "?dry_run=true", "application/json", file.to_string().as_bytes()).await.expect(200);
    assert_eq!(dry["phone_question"]["examples"][0], "2079460018");
    assert_eq!(dry["counts"]["warnings"], 2, "{dry}");
    let phone = dry["columns"].as_array().unwrap().iter().find(|column| column["header"] == "phone").unwrap();
    assert_eq!((&phone["fits"], &phone["of"]), (&json!(2), &json!(4)));
    let chosen =
        at_once(&suite, "?dry_run=true&country=GB", "application/json", file.to_string().as_bytes()).await;
    assert_eq!(chosen.expect(200)["counts"]["warnings"], 1);
}
