//! Large files, which are read again and again.

use super::{chunk, id, suite};
use crate::read_limit::MOST_READS;
use serde_json::json;
use test_stage::Suite;

const CHUNK: usize = 1024 * 1024;

/// Uploads a file of three chunks of a megabyte.
async fn uploaded(suite: &Suite) -> String {
    let row = b"ana.winter@quay.example,Ana Winter of the northern quay, harbour office, the second door\n";
    let mut file = b"E-mail,Name\n".to_vec();
    file.extend(row.iter().cycle().take(3 * CHUNK - file.len()));
    let body = json!({ "file_name": "leads.csv", "size_bytes": file.len() });
    let path = format!("/api/imports/{}", id(&suite.post("/api/imports", body).await.expect(201)));
    for (number, bytes) in file.chunks(CHUNK).enumerate() {
        chunk(suite, &path, number, bytes).await.expect(204);
    }
    path
}

#[tokio::test]
async fn large_file_is_read_a_limited_number_of_times_an_hour() {
    let suite = suite().await;
    let path = uploaded(&suite).await;
    suite.post(&format!("{path}/detect"), json!({})).await.expect(200);
    for _ in 1..MOST_READS {
        suite.post(&format!("{path}/check"), json!({})).await.expect(202);
    }
    for part in ["detect", "check"] {
        let refused = suite.post(&format!("{path}/{part}"), json!({})).await;
        assert!(refused.headers.contains_key("retry-after"));
        assert_eq!(refused.expect(429)["code"], "too_many_requests");
    }
}
