//! What a key may do by an id in a body or a query: each route says what it does with the ids of other resources, and
//! asks for their scope.

use super::api_keys::{call_with, call_with_bytes, key, signed_in_rows};
use super::story::Story;
use crate::api::Api;
use anyhow::{Context, Result};
use domain::workspace::api_key::ApiScope;
use http::StatusCode;
use http_api::{IdUse, RouteRow};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const DOCUMENT: &str = include_str!("../../../../openapi.json");

/// The kinds of ids, the names of parameters that have them, and the scopes that are about what they name. No scope is
/// about accounts.
const KINDS: [(&str, &[&str], &str); 7] = [
    ("CampaignId", &["campaign", "campaigns", "campaign_id"], "campaigns"),
    ("SequenceId", &["sequence", "sequences", "sequence_id"], "sequences"),
    ("TemplateId", &["template", "template_id"], "sequences"),
    ("AccountId", &["account", "account_id", "mailbox", "mailbox_id"], "no scope"),
    ("ColumnId", &["column", "column_id"], "leads"),
    ("LeadId", &["lead", "lead_id"], "leads"),
    (FILTER, &["filter"], "leads"),
];

/// The filter of leads. The number that it matches tells what is stored of them, one question after the other, so that
/// whoever changes leads and may not read them gives ids instead.
const FILTER: &str = "LeadFilter";

fn kind_of(schema: &str) -> Option<&'static str> {
    KINDS.iter().find(|(kind, ..)| *kind == schema).map(|(kind, ..)| *kind)
}

fn is_about(scope: ApiScope, kind: &str) -> bool {
    if kind == FILTER {
        return scope == ApiScope::LeadsRead;
    }
    let about = KINDS.iter().find(|(named, ..)| *named == kind).map(|(.., scope)| *scope);
    about == scope.as_str().split(':').next()
}

/// Adds each place below the schema that has an id, with the id's kind.
fn find(
    schemas: &Map<String, Value>,
    schema: &Value,
    (place, above): (&str, &mut Vec<String>),
    found: &mut BTreeSet<(String, &'static str)>,
) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        if let Some(kind) = kind_of(name) {
            found.insert((place.to_owned(), kind));
        } else if !above.iter().any(|known| known == name) {
            above.push(name.to_owned());
            find(schemas, &schemas[name], (place, above), found);
            above.pop();
        }
        return;
    }
    let parts = ["oneOf", "anyOf", "allOf"]
        .into_iter()
        .flat_map(|word| schema[word].as_array().into_iter().flatten());
    for part in parts.chain(schema.get("items")).chain(schema.get("additionalProperties")) {
        find(schemas, part, (place, above), found);
    }
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        let below = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
        find(schemas, inner, (&below, above), found);
    }
}

/// The places of an operation's body and query that have ids.
fn places(schemas: &Map<String, Value>, operation: &Value) -> BTreeSet<(String, &'static str)> {
    let mut found = BTreeSet::new();
    for (_, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
        find(schemas, &content["schema"], ("", &mut Vec::new()), &mut found);
    }
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or("");
        if parameter["in"] == "query" {
            let place = format!("query.{name}");
            find(schemas, &parameter["schema"], (&place, &mut Vec::new()), &mut found);
            if let Some((kind, ..)) = KINDS.iter().find(|(_, names, _)| names.contains(&name)) {
                found.insert((place, kind));
            }
        }
    }
    found
}

fn rows_for_keys() -> impl Iterator<Item = (RouteRow, ApiScope)> {
    signed_in_rows().into_iter().filter_map(|row| row.scope.map(|scope| (row, scope)))
}

#[test]
fn each_route_for_keys_says_what_it_does_with_the_ids_of_other_resources() -> Result<()> {
    let document: Value = serde_json::from_str(DOCUMENT)?;
    let schemas = document["components"]["schemas"].as_object().context("schemas")?;
    let (mut silent, mut idle, mut seen) = (BTreeSet::new(), BTreeSet::new(), 0);
    for (row, scope) in rows_for_keys() {
        let line = format!("{} {}", row.method, row.path);
        let operation = &document["paths"][&row.path][row.method.as_str().to_lowercase()];
        let places = places(schemas, operation);
        for (place, kind) in &places {
            seen += 1;
            let is_said = row.other_ids.iter().any(|(said, _)| said == place);
            if !is_said && !is_about(scope, kind) {
                silent.insert(format!("{line}: {place} is a {kind}"));
            }
        }
        for (said, _) in row.other_ids {
            if !places.iter().any(|(place, _)| place == said) {
                idle.insert(format!("{line}: {said}"));
            }
        }
    }
    assert!(silent.is_empty(), "the row says nothing of (`RouteAccess::naming`): {silent:#?}");
    assert!(idle.is_empty(), "the document has no such field: {idle:#?}");
    assert!(seen > 20, "{seen} places");
    Ok(())
}

/// The query, or the body, that names some id at the place.
fn naming(place: &str) -> (String, Value) {
    match place.strip_prefix("query.") {
        Some(name) => (format!("?{name}=some"), json!([])),
        None => {
            let body = place.rsplit('.').fold(json!("some"), |inner, name| json!({ name: inner }));
            (String::new(), body)
        }
    }
}

#[tokio::test]
async fn key_without_the_scope_of_an_id_is_refused_at_each_route_that_acts_on_it() -> Result<()> {
    let story = Story::begin().await?;
    let mut tried = 0;
    for (row, own) in rows_for_keys() {
        for (place, used) in row.other_ids {
            let IdUse::Needs(scope) = used else { continue };
            tried += 1;
            let (query, body) = naming(place);
            let line = format!("{} {} {place}", row.method, row.path);
            let own: Vec<ApiScope> = [own].into_iter().chain(row.and_scope).collect();
            let (_, program) = key(&story, &own, None).await?;
            // A list of the values is read as the object, so it may name the id, too.
            let listed = json!([["some"], { "any": "id" }]);
            for body in [&listed, &body] {
                let (status, problem) = call_with(&program, &row, (query.as_str(), body.clone())).await?;
                assert_eq!(
                    (status, &problem["code"]),
                    (StatusCode::FORBIDDEN, &json!("scope_missing")),
                    "{line}"
                );
                let names = problem["detail"].as_str().is_some_and(|d| d.contains(scope.as_str()));
                assert!(names || *body == listed, "{line}: {problem}");
            }
            // A body that is read differently by two readers may name anything to one of them.
            for after in [" x", " {}", "\u{0}"] {
                let torn = (body.to_string() + after).into_bytes();
                let (status, problem) = call_with_bytes(&program, &row, (query.as_str(), torn)).await?;
                assert_eq!(
                    (status, &problem["code"]),
                    (StatusCode::FORBIDDEN, &json!("scope_missing")),
                    "{line}, {after:?} behind the body"
                );
            }
            let (_, program) = key(&story, &[own, vec![*scope]].concat(), None).await?;
            let torn = (body.to_string() + " x").into_bytes();
            let (status, problem) = call_with(&program, &row, (query.as_str(), body)).await?;
            assert_ne!(status, StatusCode::FORBIDDEN, "{line}: {problem}");
            if place.starts_with("query.") {
                continue;
            }
            let (status, problem) = call_with_bytes(&program, &row, (query.as_str(), torn)).await?;
            assert!(status.is_client_error(), "{line}, more behind the body: {status} {problem}");
        }
    }
    assert!(tried >= 8, "{tried}");
    Ok(())
}

#[tokio::test]
async fn key_for_leads_alone_neither_commits_an_import_into_a_campaign_nor_moves_its_audience() -> Result<()>
{
    let story = Story::begin().await?;
    let (_, program) = key(&story, &[ApiScope::LeadsRead, ApiScope::LeadsWrite], None).await?;
    let campaign = story.campaign(&story.sequence(5).await?).await?;
    let new = json!({ "file_name": "a.csv", "size_bytes": 10, "options": { "campaign": campaign } });
    let import = story.api.post("/api/imports", new).await?;
    let rule = json!({ "all": [] });
    let segment = story.api.post("/api/segments", json!({ "name": "British", "rule": rule })).await?;
    let changes = json!({ "auto_enrol": { "filter": { "segment": segment["id"] }, "per_day": 10 } });
    story.api.patch(&format!("/api/campaigns/{campaign}"), changes).await?;
    let refused = |answer: http::Response<Vec<u8>>| -> Result<()> {
        let problem: Value = serde_json::from_slice(answer.body())?;
        assert_eq!((answer.status(), &problem["code"]), (StatusCode::FORBIDDEN, &json!("scope_missing")));
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("campaigns:write")));
        Ok(())
    };
    let commit = format!("/api/imports/{}/commit", import["id"].as_str().context("an id")?);
    refused(program.answer(http::Method::POST, &commit, "application/json", b"{}".to_vec()).await?)?;
    let path = format!("/api/segments/{}", segment["id"].as_str().context("an id")?);
    let changes = json!({ "rule": rule }).to_string().into_bytes();
    refused(program.answer(http::Method::PATCH, &path, "application/json", changes).await?)
}

/// A campaign enrols by the fit itself, another by a segment whose rule asks for it.
#[tokio::test]
async fn key_for_leads_alone_does_not_change_whom_a_campaign_enrols_by_their_fit() -> Result<()> {
    let story = Story::begin().await?;
    let (_, program) = key(&story, &[ApiScope::LeadsRead, ApiScope::LeadsWrite], None).await?;
    let (_, trusted) = key(&story, &[ApiScope::LeadsWrite, ApiScope::CampaignsWrite], None).await?;
    let send = async |by: &Api, method: &str, path: &str, body: Value| -> Result<(StatusCode, Value)> {
        let method = http::Method::from_bytes(method.as_bytes())?;
        let answer = by.answer(method, path, "application/json", body.to_string().into_bytes()).await?;
        Ok((answer.status(), serde_json::from_slice(answer.body())?))
    };
    let wide = || json!([{ "points": 10, "rule": { "if": { "field": "city", "is": ["Bonn", "Mainz"] } } }]);
    let bonn = || json!([{ "points": 10, "rule": { "if": { "field": "city", "is": ["Bonn"] } } }]);
    let new = |name: &str, main: bool| json!({ "name": name, "weights": bonn(), "main": main });
    let main = story.api.post("/api/icp", new("Clinics", true)).await?;
    let other = story.api.post("/api/icp", new("Hotels", false)).await?;
    let path = |icp: &Value| format!("/api/icp/{}", icp["id"].as_str().unwrap_or_default());
    let sequence = story.sequence(5).await?;

    // Nothing goes by a fit yet.
    let (status, answer) = send(&program, "PATCH", &path(&other), json!({ "weights": wide() })).await?;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let field = format!("fit:{}", other["id"].as_str().context("an id")?);
    let rule = json!({ "if": { "field": field, "at_least": "50" } });
    let segment = story.api.post("/api/segments", json!({ "name": "Good", "rule": rule })).await?;
    let campaign = story.campaign(&sequence).await?;
    let campaign = format!("/api/campaigns/{campaign}");
    let by = |filter: Value| json!({ "auto_enrol": { "filter": filter, "per_day": 10 } });
    story.api.patch(&campaign, by(json!({ "segment": segment["id"] }))).await?;

    let refused = async |method: &str, at: &str, body: Value| -> Result<()> {
        let (status, problem) = send(&program, method, at, body.clone()).await?;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::FORBIDDEN, &json!("scope_missing")),
            "{at} {body}"
        );
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("campaigns:write")));
        Ok(())
    };
    let passes = async |by: &Api, method: &str, at: &str, body: Value| -> Result<()> {
        let (status, answer) = send(by, method, at, body.clone()).await?;
        assert!(status.is_success(), "{at} {body}: {answer}");
        Ok(())
    };
    refused("PATCH", &path(&other), json!({ "weights": bonn() })).await?;
    refused("PATCH", &path(&other), json!({ "threshold": 10, "name": "Inns" })).await?;
    passes(&program, "PATCH", &path(&other), json!({ "name": "Inns" })).await?;
    passes(&program, "PATCH", &path(&main), json!({ "weights": wide() })).await?;
    passes(&program, "POST", "/api/icp", new("Spas", false)).await?;
    passes(&trusted, "PATCH", &path(&other), json!({ "weights": bonn() })).await?;

    let rule = json!({ "if": { "field": "fit", "at_least": "50" } });
    story.api.patch(&campaign, by(json!({ "rule": rule }))).await?;
    refused("PATCH", &path(&main), json!({ "weights": bonn() })).await?;
    refused("PATCH", &path(&other), json!({ "main": true })).await?;
    refused("POST", "/api/icp", new("Gyms", true)).await?;
    passes(&program, "PATCH", &path(&other), json!({ "weights": wide() })).await?;
    passes(&trusted, "POST", "/api/icp", new("Gyms", true)).await
}
