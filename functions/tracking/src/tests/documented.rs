//! The answers of the public pages, compared with what the API's document says of them.

use super::{header, scene};
use crate::routes;
use http::StatusCode;
use serde_json::{Value, json};

/// The type without its parameters, as a document names it.
fn essence(kind: &str) -> &str {
    kind.split(';').next().unwrap_or("").trim()
}

/// Tells whether the document has this type for this status, or for all that it does not name.
fn documents(operation: &Value, status: StatusCode, kind: &str) -> bool {
    let responses = &operation["responses"];
    let named = &responses[status.as_str()];
    let response = if named.is_null() { &responses["default"] } else { named };
    response["content"].get(essence(kind)).is_some()
}

#[tokio::test]
async fn refusal_of_every_public_route_has_the_type_that_the_document_names() {
    let scene = scene().await;
    let document = serde_json::to_value(routes().openapi()).unwrap();
    let mut asked = 0;
    for row in routes().rows().iter().filter(|row| row.path != "/preview/page.js") {
        let unknown = row.path.replace(['{', '}'], "");
        let longest = row.path.replace("{question}", &"x".repeat(65)).replace(['{', '}'], "");
        // API Gateway decodes a path: what follows a `%3F` or a `%23` in a link is lost on its way here.
        let cut = unknown.rsplit_once('/').map_or("", |(kept, _)| kept).to_owned();
        for path in [unknown, longest, cut] {
            let reply = scene.suite.send(row.method.clone(), &path, Some(json!({})), &[]).await;
            if reply.status.is_success() {
                continue;
            }
            let operation = &document["paths"][&row.path][row.method.as_str().to_lowercase()];
            let kind = header(&reply, "content-type");
            assert!(
                documents(operation, reply.status, kind),
                "{} {path}: {} {kind}",
                row.method,
                reply.status
            );
            asked += 1;
        }
    }
    assert!(asked >= 20, "{asked}");
}
