//! Files with notes above their header, and files whose encoding nothing tells.

use super::{at_once, chunk, id, suite};
use serde_json::{Value, json};
use test_stage::Suite;

/// "Jörg" as a Mac wrote it: in the encoding of Windows it is as good a name, "Jšrg".
const MAC: &[u8] = b"Name;E-Mail\nJ\x9arg;joerg@one.example\n";

/// Uploads a file and has it recognised.
async fn uploaded(suite: &Suite, file: &[u8]) -> (String, Value) {
    let body = json!({ "file_name": "leads.csv", "size_bytes": file.len() });
    let path = format!("/api/imports/{}", id(&suite.post("/api/imports", body).await.expect(201)));
    chunk(suite, &path, 0, file).await.expect(204);
    let found = suite.post(&format!("{path}/detect"), json!({})).await.expect(200);
    (path, found)
}

#[tokio::test]
async fn file_of_uncertain_encoding_is_shown_as_a_guess_and_read_as_the_user_chooses() {
    let suite = suite().await;
    let (path, found) = uploaded(&suite, MAC).await;
    assert_eq!(found["format"]["encoding_sure"], false);
    let chosen = suite.post(&format!("{path}/detect?encoding=Macintosh"), json!({})).await.expect(200);
    assert_eq!(
        (&chosen["format"]["encoding"], &chosen["format"]["encoding_sure"]),
        (&json!("macintosh"), &json!(true))
    );
    assert_eq!(chosen["columns"][0]["samples"], json!(["Jörg"]));
    let checked = suite.post(&format!("{path}/check"), json!({})).await.expect(200);
    assert_eq!(checked["counts"]["created"], 1);
    let unknown = suite.post(&format!("{path}/detect?encoding=klingon"), json!({})).await.expect(422);
    assert_eq!(unknown["field"], "query.encoding");
}

#[tokio::test]
async fn file_of_uncertain_encoding_is_refused_where_nobody_sees_the_guess() {
    let suite = suite().await;
    for query in ["", "?dry_run=true"] {
        let problem = at_once(&suite, query, "text/csv", MAC).await.expect(422);
        assert_eq!(problem["field"], "query.encoding");
    }
    assert_eq!(suite.get("/api/imports").await.expect(200)["total"], 0);
    let made = at_once(&suite, "?encoding=macintosh", "text/csv", MAC).await.expect(202);
    assert_eq!(made["format"]["encoding"], "macintosh");
}

#[tokio::test]
async fn both_ways_of_importing_find_the_header_below_a_note() {
    let suite = suite().await;
    let file = b"Leads trade fair Q4;;\n;;\nFirma;E-Mail;Telefon\nBerg;ida@berg.example;\nHafen;;\n";
    let (path, found) = uploaded(&suite, file).await;
    assert_eq!(found["format"]["lines_above"], 2);
    let checked = suite.post(&format!("{path}/check"), json!({})).await.expect(200);
    assert_eq!((&checked["counts"]["created"], &checked["counts"]["rejected"]), (&json!(1), &json!(1)));
    let problems = suite.get(&format!("{path}/problems")).await.expect(200);
    assert_eq!(problems["items"][0]["line"], 5);
    let dry = at_once(&suite, "?dry_run=true", "text/csv", file).await.expect(200);
    assert_eq!(dry["counts"], checked["counts"]);
}
