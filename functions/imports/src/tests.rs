//! The routes of imports.

mod fields;
mod odd_files;
mod opt_outs;
mod phones;
mod read_limit;

use crate::{App, routes};
use application::Ports;
use application::ports::imports::blob_keys;
use application::ports::sign_up_rule::SignUpRule;
use application::queue_messages::Queue;
use domain::ImportId;
use domain::import::RowProblem;
use domain::workspace::user::Role;
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::{Reply, Suite};

const FILE: &str = "Name,E-mail,Phone,Shoe size\n\
    Ana Winter,ana@quay.example,020 7946 0018,38\n\
    Ben Stone,BEN@quay.example,nonsense,44\n\
    Ana Again,ana@quay.example,,39\n\
    Nobody,,,\n";

async fn suite() -> Suite {
    Suite::new(routes(), App::new).await
}

fn id(of: &Value) -> String {
    of["id"].as_str().unwrap().to_owned()
}

async fn chunk(suite: &Suite, path: &str, n: usize, bytes: &[u8]) -> Reply {
    let headers = [("content-type", "application/octet-stream")];
    suite.send_bytes(Method::PUT, &format!("{path}/chunks/{n}"), bytes.to_vec(), &headers).await
}

async fn at_once(suite: &Suite, query: &str, kind: &str, bytes: &[u8]) -> Reply {
    let path = format!("/api/leads/import{query}");
    suite.send_bytes(Method::POST, &path, bytes.to_vec(), &[("content-type", kind)]).await
}

/// Uploads a file in two chunks and has its columns recognised.
async fn mapped(suite: &Suite) -> (String, Value) {
    let body = json!({"file_name": "leads.csv", "size_bytes": FILE.len()});
    let made = suite.post("/api/imports", body).await.expect(201);
    assert_eq!(made["options"]["default_country"], "GB");
    let path = format!("/api/imports/{}", id(&made));
    chunk(suite, &path, 0, &FILE.as_bytes()[..50]).await.expect(204);
    chunk(suite, &path, 1, &FILE.as_bytes()[50..]).await.expect(204);
    let found = suite.post(&format!("{path}/detect"), json!({})).await.expect(200);
    (path, found)
}

#[tokio::test]
async fn routes_refuse_callers_without_the_role() {
    suite().await.refuses_those_who_may_not(routes().rows()).await;
}

#[tokio::test]
async fn uploaded_file_is_recognised_mapped_and_checked_before_the_commit() {
    let suite = suite().await;
    let (path, found) = mapped(&suite).await;
    let targets: Vec<&Value> = found["columns"].as_array().unwrap().iter().map(|c| &c["target"]).collect();
    assert_eq!(targets, [&json!("full_name"), &json!("email"), &json!("phone"), &Value::Null]);
    let change =
        json!({"columns": [{"header": "Shoe size", "target": "ignore"}], "options": {"tag": "spring"}});
    let changed = suite.patch(&path, change).await.expect(200);
    assert_eq!(changed["columns"][3]["target"], "ignore");
    assert_eq!(changed["options"]["tag"], "spring");
    let checked = suite.post(&format!("{path}/check"), json!({})).await.expect(200);
    assert_eq!(checked["state"], "checked");
    assert_eq!(
        checked["counts"],
        json!({"rows": 4, "created": 2, "updated": 0, "duplicates": 1, "rejected": 1, "warnings": 1, "suppressed": 0, "opted_out": 0})
    );
    let problems = suite.get(&format!("{path}/problems")).await.expect(200);
    assert_eq!(problems["total"], 2);
    assert_eq!(problems["items"][1]["line"], 5);
    let reply = suite.get(&format!("{path}/problems.csv")).await;
    assert_eq!(reply.headers["content-type"], "text/csv; charset=utf-8");
    let csv = String::from_utf8(reply.body).unwrap();
    assert!(
        csv.starts_with("\u{feff}Name,E-mail,Phone,Shoe size,import_line,import_field,import_reason\r\n")
    );
    assert_eq!(csv.lines().count(), 2);
    assert_eq!(suite.stage.messages(Queue::Imports), Vec::<Value>::new());
    let committed = suite.post(&format!("{path}/commit"), json!({})).await.expect(202);
    assert_eq!(
        (committed["state"].clone(), committed["counts"]["rows"].clone()),
        (json!("committing"), json!(0))
    );
    let queued = suite.stage.messages(Queue::Imports);
    assert_eq!((queued[0]["do"].clone(), queued[0]["chunk"].clone()), (json!("commit"), json!(0)));
    suite.patch(&path, json!({"options": {"tag": null}})).await.expect(409);
    assert_eq!(suite.get("/api/imports").await.expect(200)["total"], 1);
}

#[tokio::test]
async fn invalid_mapping_is_refused() {
    let suite = suite().await;
    let (path, _) = mapped(&suite).await;
    let twice = json!({"columns": [{"header": "Phone", "target": "email"}]});
    assert_eq!(suite.patch(&path, twice).await.expect(422)["field"], "columns.Phone");
    let lost = json!({"columns": [{"header": "Fax", "target": "phone"}]});
    assert_eq!(suite.patch(&path, lost).await.expect(422)["field"], "columns.Fax");
    let unreachable = json!({"columns": [{"header": "E-mail"}, {"header": "Phone"}]});
    assert_eq!(suite.patch(&path, unreachable).await.expect(422)["field"], "columns");
}

#[tokio::test]
async fn chunks_beyond_the_announced_size_are_refused_and_not_kept() {
    let suite = suite().await;
    let body = json!({"file_name": "leads.csv", "size_bytes": FILE.len()});
    let made = suite.post("/api/imports", body).await.expect(201);
    let path = format!("/api/imports/{}", id(&made));
    let larger = [FILE.as_bytes(), b"x"].concat();
    assert_eq!(chunk(&suite, &path, 0, &larger).await.expect(422)["field"], "body");
    chunk(&suite, &path, 0, FILE.as_bytes()).await.expect(204);
    chunk(&suite, &path, 0, FILE.as_bytes()).await.expect(204);
    for n in [1, 2, 999] {
        assert_eq!(chunk(&suite, &path, n, FILE.as_bytes()).await.expect(422)["field"], "body", "{n}");
    }
    assert_eq!(chunk(&suite, &path, 1_000, b"x").await.expect(422)["field"], "n");
    let import = ImportId::parse(&id(&made)).unwrap();
    let prefix = blob_keys::all_chunks(&suite.workspace, &import);
    let kept = suite.stage.ports.blobs().total_bytes(&prefix).await.unwrap();
    assert_eq!(kept, FILE.len() as u64);
}

#[tokio::test]
async fn workspace_begins_a_hundred_imports_a_day_where_everybody_may_sign_up() {
    let mut suite =
        Suite::new(routes(), |ports| App { sign_up_rule: SignUpRule::Open, ..App::new(ports) }).await;
    let body = json!({"file_name": "leads.csv", "size_bytes": 1});
    for _ in 0..100 {
        suite.post("/api/imports", body.clone()).await.expect(201);
    }
    let refused = suite.post("/api/imports", body.clone()).await;
    assert!(refused.headers.contains_key("retry-after"));
    let refused = refused.expect(429);
    assert_eq!(refused["code"], "quota_reached");
    assert!(refused["detail"].as_str().unwrap().contains("100 imports"), "{refused}");
    let at_once = at_once(&suite, "", "text/csv", FILE.as_bytes()).await.expect(429);
    assert_eq!(at_once["code"], "quota_reached");
    suite.stage.advance(SignedDuration::from_hours(25));
    suite.sign_in(Role::Owner);
    suite.post("/api/imports", body).await.expect(201);
}

#[tokio::test]
async fn upload_with_a_missing_chunk_is_refused() {
    let suite = suite().await;
    let body = json!({"file_name": "leads.csv", "size_bytes": FILE.len()});
    let path = format!("/api/imports/{}", id(&suite.post("/api/imports", body).await.expect(201)));
    suite.post(&format!("{path}/commit"), json!({})).await.expect(409);
    chunk(&suite, &path, 1, &FILE.as_bytes()[50..]).await.expect(204);
    assert_eq!(suite.post(&format!("{path}/detect"), json!({})).await.expect(422)["field"], "chunks");
    chunk(&suite, &path, 0, &FILE.as_bytes()[..40]).await.expect(204);
    assert_eq!(suite.post(&format!("{path}/detect"), json!({})).await.expect(422)["field"], "chunks");
    chunk(&suite, &path, 0, b"").await.expect(422);
    chunk(&suite, &path, 0, &vec![b'x'; crate::LARGEST_CHUNK + 1]).await.expect(413);
    let empty = json!({"file_name": "", "size_bytes": 0});
    assert_eq!(suite.post("/api/imports", empty).await.expect(422)["field"], "file_name");
}

#[tokio::test]
async fn file_in_one_request_is_imported_once() {
    let suite = suite().await;
    let dry = at_once(&suite, "?dry_run=true&country=DE", "text/csv; charset=utf-8", FILE.as_bytes())
        .await
        .expect(200);
    assert_eq!(
        (dry["counts"]["created"].clone(), dry["options"]["default_country"].clone()),
        (json!(2), json!("DE"))
    );
    let first = at_once(&suite, "?file_name=a.csv", "text/csv", FILE.as_bytes()).await.expect(202);
    assert_eq!((first["state"].clone(), first["file_name"].clone()), (json!("committing"), json!("a.csv")));
    let again = at_once(&suite, "", "text/csv", FILE.as_bytes()).await.expect(409);
    assert_eq!(again["code"], "already_imported");
    assert!(again["detail"].as_str().unwrap().contains(&id(&first)));
    at_once(&suite, "?force=true", "text/csv", FILE.as_bytes()).await.expect(202);
    let json = json!([{"name": "Ana", "email": "ana@quay.example"}]).to_string();
    let view = at_once(&suite, "", "application/json", json.as_bytes()).await.expect(202);
    assert_eq!(view["format"]["format"], "json");
}

#[tokio::test]
async fn file_of_a_user_whose_leads_the_caller_does_not_see_is_refused_without_its_name() {
    let mut suite = suite().await;
    at_once(&suite, "?file_name=best-clients.csv", "text/csv", FILE.as_bytes()).await.expect(202);
    suite.stage.reps_see_own_leads(&suite.workspace).await;
    suite.user = suite.stage.add_user(&suite.workspace, "eve", Role::Rep).await;
    suite.sign_in(Role::Rep);
    let again = at_once(&suite, "", "text/csv", FILE.as_bytes()).await.expect(409);
    assert_eq!(again["code"], "already_imported");
    assert_eq!(again["errors"], Value::Null);
    assert_eq!(
        again["detail"],
        "Another team member has imported the same file. Send force=true to import it again."
    );
    let own = at_once(&suite, "?force=true", "text/csv", FILE.as_bytes()).await.expect(202);
    let again = at_once(&suite, "", "text/csv", FILE.as_bytes()).await.expect(409);
    assert_eq!(again["errors"][0]["detail"], own["id"], "the caller sees this one");
}

#[tokio::test]
async fn file_without_leads_is_refused_and_leaves_nothing() {
    let suite = suite().await;
    at_once(&suite, "", "image/png", b"x").await.expect(415);
    assert_eq!(at_once(&suite, "", "text/csv", b"").await.expect(422)["field"], "file");
    assert_eq!(at_once(&suite, "", "text/csv", b"Name,E-mail\n").await.expect(422)["field"], "file");
    assert_eq!(at_once(&suite, "", "text/csv", b"PK\x03\x04xl/workbook").await.expect(422)["field"], "file");
    assert_eq!(
        at_once(&suite, "", "text/csv", b"Colour,Size\nred,4\nblue,5\n").await.expect(422)["field"],
        "columns"
    );
    assert_eq!(
        at_once(&suite, "?country=Narnia", "text/csv", FILE.as_bytes()).await.expect(422)["field"],
        "options.default_country"
    );
    at_once(&suite, "", "text/csv", &vec![b'x'; crate::LARGEST_FILE_AT_ONCE + 1]).await.expect(413);
    assert_eq!(suite.get("/api/imports").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn problems_are_listed_page_by_page_in_file_order() {
    let suite = suite().await;
    let (path, found) = mapped(&suite).await;
    suite.post(&format!("{path}/commit"), json!({})).await.expect(202);
    let import = id(&found).parse().unwrap();
    for number in 0..3_u32 {
        let problem = RowProblem {
            line: u64::from(number) + 2,
            field: "email".to_owned(),
            reason: "is empty".to_owned(),
            row: vec!["=cmd()".to_owned()],
        };
        let lines = application::imports::check::problem_lines(&[problem]);
        let key = blob_keys::problems(&suite.workspace, &import, number);
        suite.stage.ports.blobs().put(&key, "application/x-ndjson", lines).await.unwrap();
    }
    let page = suite.get(&format!("{path}/problems?limit=2")).await.expect(200);
    assert_eq!((page["total"].clone(), page["next_cursor"].clone()), (json!(3), json!("2")));
    let rest = suite.get(&format!("{path}/problems?limit=2&cursor=2")).await.expect(200);
    assert_eq!(rest["items"][0]["line"], 4);
    let csv = String::from_utf8(suite.get(&format!("{path}/problems.csv")).await.body).unwrap();
    assert!(csv.contains("\r\n'=cmd()"));
}

#[tokio::test]
async fn problems_file_fits_a_lambda_response() {
    let suite = suite().await;
    let (path, found) = mapped(&suite).await;
    suite.post(&format!("{path}/commit"), json!({})).await.expect(202);
    let import = id(&found).parse().unwrap();
    for number in 0..3_u32 {
        let problems: Vec<RowProblem> = (0..25)
            .map(|row| RowProblem {
                line: u64::from(number) * 25 + row + 2,
                field: "email".to_owned(),
                reason: "is empty".to_owned(),
                row: vec!["x".repeat(100_000)],
            })
            .collect();
        let lines = application::imports::check::problem_lines(&problems);
        let key = blob_keys::problems(&suite.workspace, &import, number);
        suite.stage.ports.blobs().put(&key, "application/x-ndjson", lines).await.unwrap();
    }
    let body = suite.get(&format!("{path}/problems.csv")).await.body;
    assert!(body.len() > 4_500_000, "as much as there is room for: {}", body.len());
    assert!(body.len().div_ceil(3) * 4 < 6_291_556, "{} bytes do not fit an answer in base 64", body.len());
}

#[tokio::test]
async fn import_of_another_workspace_is_not_found() {
    let mut suite = suite().await;
    let (path, _) = mapped(&suite).await;
    let elsewhere = suite.other_workspace().await;
    suite.sign_in_to(elsewhere, Role::Owner);
    for what in ["", "/problems", "/problems.csv"] {
        suite.get(&format!("{path}{what}")).await.expect(404);
    }
    suite.patch(&path, json!({})).await.expect(404);
    for what in ["detect", "check", "commit"] {
        suite.post(&format!("{path}/{what}"), json!({})).await.expect(404);
    }
    chunk(&suite, &path, 0, b"mine").await.expect(404);
}
