//! Invalid input of people and machines, through the gateway: refused with the field's name, or accepted as
//! far as it is valid.

use super::story::Story;
use anyhow::{Context, Result};
use http::{Method, Request, Response};
use serde_json::{Value, json};

pub(super) async fn send(
    story: &Story,
    method: Method,
    path: &str,
    kind: &str,
    body: impl Into<Vec<u8>>,
) -> Result<(u16, Value)> {
    let answer: Response<Vec<u8>> = story.api.answer(method, path, kind, body.into()).await?;
    let body = serde_json::from_slice(answer.body()).unwrap_or(Value::Null);
    Ok((answer.status().as_u16(), body))
}

#[tokio::test]
async fn invalid_field_is_named_with_its_reason() -> Result<()> {
    let story = Story::begin().await?;
    let cases = [
        ("/api/leads", json!({ "email": "nobody at all" }), "email"),
        ("/api/leads", json!({ "first_name": "Ann" }), "email"),
        ("/api/leads", json!({ "email": 7 }), "email"),
        ("/api/campaigns", json!({ "sequence_id": "none" }), "sequence_id"),
        ("/api/sequences", json!({ "name": "" }), "name"),
        ("/api/templates", json!({ "name": "x", "channel": "fax", "body": "x" }), "channel"),
        ("/api/tasks", json!({ "title": "Call" }), "lead_id"),
        ("/api/emails/send", json!({ "lead_id": 1 }), "lead_id"),
        ("/api/settings/suppressions", json!({ "scope": "phone", "value": "12" }), "value"),
        ("/api/imports", json!({ "file_name": "x.csv" }), "size_bytes"),
        ("/api/preview/track", json!({ "token": "x", "event": "stare" }), "event"),
    ];
    for (path, body, field) in cases {
        let (status, problem) =
            send(&story, Method::POST, path, "application/json", body.to_string()).await?;
        assert_eq!(status, 422, "{path} {body}: {problem}");
        let named = problem["field"].as_str().with_context(|| format!("{path}: {problem}"))?;
        assert_eq!(named, field, "{path}: {problem}");
        assert!(problem["detail"].as_str().is_some_and(|why| !why.is_empty()), "{problem}");
    }
    for path in ["/api/leads?limit=many", "/api/leads?sort=weight", "/api/inbox?limit=-1"] {
        let (status, problem) = send(&story, Method::GET, path, "application/json", "").await?;
        assert_eq!(status, 422, "{path}: {problem}");
        assert!(problem["field"].is_string(), "{path}: {problem}");
    }
    Ok(())
}

#[tokio::test]
async fn oversized_mistyped_and_unauthenticated_requests_are_refused() -> Result<()> {
    let mut story = Story::begin().await?;
    let large = format!("{{\"first_name\":\"{}\"}}", "x".repeat(1_100_000));
    let json = "application/json";
    assert_eq!(send(&story, Method::POST, "/api/leads", json, large).await?.0, 413);
    let file = vec![b'x'; 5 * 1024 * 1024 + 1];
    assert_eq!(send(&story, Method::POST, "/api/leads/import", "text/csv", file).await?.0, 413);
    let beyond = vec![b'x'; 6 * 1024 * 1024 + 1];
    assert_eq!(send(&story, Method::POST, "/api/leads/import", "text/csv", beyond).await?.0, 413);
    assert_eq!(send(&story, Method::POST, "/api/leads", "text/plain", "name=Ann").await?.0, 415);
    assert_eq!(send(&story, Method::POST, "/api/leads/import", "image/png", "x").await?.0, 415);
    for path in ["/api/leads/lead_01M7HSBBM0YEW9W2K9Z1FK586Z", "/api/leads/nobody", "/api/nowhere"] {
        assert_eq!(send(&story, Method::GET, path, json, "").await?.0, 404, "{path}");
    }
    let new = json!({ "first_name": "Ann", "email": "ann@ours.example" }).to_string();
    let lead = send(&story, Method::POST, "/api/leads", json, new).await?.1["id"].clone();
    let lead = format!("/api/leads/{}", lead.as_str().context("an id")?);

    let member = json!({ "email": "rae@ours.example", "name": "Rae", "role": "rep" });
    let (status, invited) = send(&story, Method::POST, "/api/team", json, member.to_string()).await?;
    let link = invited["link"].as_str().with_context(|| format!("{status} and a link"))?;
    let token = link.split_once("#token=").context("a token")?.1;
    let taken = json!({ "token": token, "name": "Rae", "password": "a long password" }).to_string();
    assert_eq!(send(&story, Method::POST, "/api/auth/invitation", json, taken).await?.0, 201);
    let other = json!({
        "email": "o@others.example", "password": "a long password", "name": "O", "workspace_name": "Others",
    });
    story.api.sign_up("rae@ours.example", "a long password", other).await?;
    assert_eq!(send(&story, Method::GET, &lead, json, "").await?.0, 404, "of another workspace");
    story.api.sign_in().await?;
    assert_eq!(send(&story, Method::GET, &lead, json, "").await?.0, 200, "Rae is one of us");
    assert_eq!(send(&story, Method::GET, "/api/team", json, "").await?.0, 200);
    let (status, problem) = send(&story, Method::PATCH, "/api/settings", json, "{\"name\":\"Mine\"}").await?;
    assert_eq!((status, problem["code"].as_str()), (403, Some("forbidden")));

    let right = json!({ "email": "o@others.example", "password": "a long password" }).to_string();
    let guess = json!({ "email": "o@others.example", "password": "not this one" }).to_string();
    let mut last = 0;
    for _ in 0..200 {
        let request = Request::post("/api/auth/login").header("content-type", json);
        let answer = story.world.host.call(request.body(guess.clone().into_bytes())?).await;
        last = answer.status().as_u16();
        if last == 429 {
            assert!(answer.headers().contains_key("retry-after"));
            break;
        }
        assert_eq!(last, 401);
    }
    assert_eq!(last, 429, "guessing goes on for ever");
    let request = Request::post("/api/auth/login").header("content-type", json);
    let answer = story.world.host.call_from(request.body(right.into_bytes())?, "192.0.2.77").await;
    assert_eq!(answer.status().as_u16(), 200, "who guesses shuts out nobody elsewhere");
    Ok(())
}

/// Imports a file and returns the numbers of created and rejected rows, and the lines of the rejected ones.
async fn imported(story: &mut Story, file: &[u8]) -> Result<(u64, u64, Vec<u64>)> {
    let (status, import) = send(story, Method::POST, "/api/leads/import", "text/csv", file).await?;
    assert_eq!(status, 202, "{import}");
    story.live(10).await?;
    let path = format!("/api/imports/{}", import["id"].as_str().context("an id")?);
    let done = story.api.get(&path).await?;
    assert_eq!(done["state"], "done", "{done}");
    let problems = story.api.get(&format!("{path}/problems")).await?;
    let lines = problems["items"].as_array().context("problems")?.iter();
    // A warning has no row: its lead was imported.
    let lines = lines.filter(|problem| problem["row"].as_array().is_some_and(|row| !row.is_empty()));
    let count = |name: &str| done["counts"][name].as_u64().unwrap_or(0);
    Ok((count("created"), count("rejected"), lines.filter_map(|problem| problem["line"].as_u64()).collect()))
}

#[tokio::test]
async fn malformed_files_are_imported_as_far_as_they_are_valid() -> Result<()> {
    let mut story = Story::begin().await?;
    let bom = "\u{feff}name,email\nAnn,ann@bom.example\n".as_bytes();
    assert_eq!(imported(&mut story, bom).await?, (1, 0, vec![]));
    let semicolons = b"name;email\nAnn;ann@semi.example\nBob;bob@semi.example\n";
    assert_eq!(imported(&mut story, semicolons).await?, (2, 0, vec![]));
    let windows = b"name;email;city\nJ\xfcrgen M\xfcller;jm@win.example;K\xf6ln\n";
    assert_eq!(imported(&mut story, windows).await?, (1, 0, vec![]));
    let found = story.api.get("/api/leads?q=jm@win.example").await?;
    assert_eq!(found["items"][0]["city"], "Köln", "{found}");
    let quoted = b"name,email,notes\nAnn,ann@quote.example,\"two\nlines, and a \"\"word\"\"\"\nBob,bob@quote.example,x\n";
    assert_eq!(imported(&mut story, quoted).await?, (2, 0, vec![]));
    let ragged =
        b"name,email,city\nAnn,ann@rag.example\n\nBob,bob@rag.example,Bonn,more,and more\n,,\nNobody,,Rome\n";
    let (created, rejected, lines) = imported(&mut story, ragged).await?;
    assert_eq!((created, rejected, lines.as_slice()), (2, 1, [6].as_slice()), "the empty rows are none");

    for nothing in
        [&b"name,email\n"[..], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"<html><body>Sign in</body></html>", b""]
    {
        let (status, problem) = send(&story, Method::POST, "/api/leads/import", "text/csv", nothing).await?;
        assert_eq!((status, problem["field"].as_str()), (422, Some("file")), "{problem}");
    }
    let (status, problem) = send(&story, Method::POST, "/api/leads/import", "text/csv", semicolons).await?;
    assert_eq!((status, problem["code"].as_str()), (409, Some("already_imported")));
    assert_eq!(story.leads().await?.len(), 8);
    Ok(())
}
