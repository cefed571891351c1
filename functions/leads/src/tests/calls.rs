//! How often the routes of a lead call the cloud, with what makes a difference: an idempotency key, a phone number, words to
//! search for. One request to each route of the product is counted in `local_world`. A change that needs more calls changes
//! the table, so that it is seen. One call of each route that touches leads reads who sees which leads.

use super::{ana, id, suite};
use http::Method;
use serde_json::json;

#[tokio::test]
async fn routes_of_a_lead_make_as_many_calls_as_the_table_says() {
    let suite = suite().await;
    let lead = id(&ana(&suite).await);
    let other = id(&suite.post("/api/leads", json!({"email": "ana@home.example"})).await.expect(201));
    suite.stage.record_changes().await;
    suite.get("/api/leads").await.expect(200);
    let of = |rest: &str| format!("/api/leads/{lead}{rest}");
    let tag = json!({"ids": [lead], "action": {"do": "tag", "add": ["vip"]}});
    let list = |query: &str| format!("/api/leads{query}");
    let table = [
        (3, Method::GET, of(""), None, false),
        (2, Method::GET, list("?limit=50"), None, false),
        (2, Method::GET, list("?q=ana&tag=dentist&sort=name"), None, false),
        (7, Method::GET, "/api/leads/export.csv".to_owned(), None, false),
        (4, Method::GET, list("/board"), None, false),
        (4, Method::GET, of("/deals"), None, false),
        (2, Method::GET, "/api/deals".to_owned(), None, false),
        (3, Method::GET, "/api/deals/forecast".to_owned(), None, false),
        (1, Method::GET, "/api/stages".to_owned(), None, false),
        (3, Method::GET, "/api/companies".to_owned(), None, false),
        (7, Method::GET, "/api/companies/quay.example".to_owned(), None, false),
        (2, Method::GET, of("/timeline"), None, false),
        (7, Method::GET, of("/why"), None, false),
        (8, Method::POST, list(""), Some(json!({"email": "b@quay.example"})), false),
        (10, Method::POST, list(""), Some(json!({"email": "c@quay.example"})), true),
        (
            11,
            Method::POST,
            list(""),
            Some(json!({"email": "d@quay.example", "phone": "020 7946 0020"})),
            false,
        ),
        (6, Method::PATCH, of(""), Some(json!({"job_title": "Owner"})), false),
        (3, Method::POST, "/api/leads/bulk".to_owned(), Some(tag), false),
        (3, Method::GET, of("/consent"), None, false),
        (3, Method::GET, of("/merges"), None, false),
        (6, Method::GET, of("/preview"), None, false),
        (4, Method::PATCH, of("/preview"), Some(json!({"open": false})), false),
        (2, Method::GET, list("/deleted"), None, false),
        (2, Method::GET, list("/duplicates"), None, false),
        (1, Method::GET, "/api/fields".to_owned(), None, false),
        (1, Method::GET, "/api/segments".to_owned(), None, false),
        (2, Method::GET, "/api/views".to_owned(), None, false),
        (3, Method::GET, "/api/companies/quay.example/timeline".to_owned(), None, false),
        (6, Method::POST, list("/merge/preview"), Some(json!({"leads": [lead, other]})), false),
        (17, Method::POST, list("/merge"), Some(json!({"into": lead, "leads": [other]})), false),
        (20, Method::POST, of("/unmerge"), Some(json!({"lead": other})), false),
        (3, Method::POST, of("/notes"), Some(json!({"text": "Called."})), false),
        (4, Method::POST, of("/stop"), Some(json!({})), false),
        (5, Method::DELETE, of(""), None, false),
    ];
    let mut wrong = Vec::new();
    for (wanted, method, path, body, has_key) in table {
        let headers: &[_] = if has_key { &[("idempotency-key", "calls-1")] } else { &[] };
        let before = suite.stage.cloud.ledger().snapshot();
        let reply = suite.send(method.clone(), &path, body, headers).await;
        let calls = suite.stage.cloud.ledger().since(&before).total().calls;
        assert!(reply.status.is_success(), "{method} {path}: {}", reply.status);
        if calls != wanted {
            wrong.push(format!("{method} {path}: {calls} calls, {wanted} in the table"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
